"""Statistics tables of reports for years before 2019: every figure with its line, or no figure."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest
from builders.statistics import HEADS, JOINED, LAYOUTS, LOCAL, NATIONAL, Line, build_rows, render
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.parsing import ParsedTables, parse_documents
from ingest.reading.html import render_html
from ingest.statistics import read_statistics
from ingest.statistics.forms import load_statistics_form, normalise_indicator, read_label
from ingest.tables import RAW_DOCUMENTS, conform

Cell = tuple[str, str, float | None, str, int, str | None]

TITLE = "青川市测绘局2015年政府信息公开工作年度报告\n"


def read(text: str) -> list[Cell]:
    """(row, column, value, raw, line, unit) of the cells that are not doubtful."""
    reading = read_statistics(text)
    assert reading is not None
    return [(c.row, c.column, c.value, c.raw, c.line, c.unit) for c in reading.cells if not c.is_doubtful]


def read_doubtful(text: str) -> list[tuple[str, float | None, str]]:
    reading = read_statistics(text)
    assert reading is not None
    return [(c.row, c.value, c.raw) for c in reading.cells if c.is_doubtful]


def parse(text: str, year: int | None = 2015) -> ParsedTables:
    document = {"document_id": hashlib.sha256(text.encode()).hexdigest(), "report_year": year, "media_type": "text/plain", "text": text}
    return parse_documents(conform(pl.DataFrame([document]), RAW_DOCUMENTS))


def describe(tables: ParsedTables) -> tuple[object, ...]:
    row = tables.reports.select(
        "template", "layout", "status", "issue", "expected_cell_count", "located_cell_count", "doubtful_cell_count"
    ).rows()
    return row[0] if row else ("none", *tables.outcomes_by_document.select("status", "issue").row(0))


def test_pipe_rows_are_read_with_unit_and_line() -> None:
    text = "附表\n|统计指标|单位|统计数|\n|一、主动公开情况|——||\n|（一）主动公开政府信息数|条|1,208|\n|1.政府网站公开政府信息数|条|0|\n"
    assert read(text) == [("主动公开政府信息数", "value", 1208.0, "1,208", 4, "条"), ("政府网站公开政府信息数", "value", 0.0, "0", 5, "条")]


def test_one_cell_a_line_with_wrapped_labels_and_a_lost_blank() -> None:
    text = "指标名称\n计量单位\n数量\n主动公开\n信息数\n条\n12\n其中：\n1.网站公开数\n条\n2.公报公开数\n条\n7\n审核人：甲\n"
    assert read(text) == [
        ("主动公开信息数", "value", 12.0, "12", 7, "条"),
        ("其中：网站公开数", "value", None, "", 10, "条"),
        ("公报公开数", "value", 7.0, "7", 13, "条"),
    ]


def test_blank_dash_and_zero_stay_apart_in_tabs() -> None:
    text = "统计指标\t单位\t2015年度\t历年累计\n收到申请数\t件\t\t5\n当面申请数\t件\t-\t0\n传真申请数\t件\t3\t\n网络申请数\t件\t1\t2\n"
    assert [cell[2:5] for cell in read(text)] == [
        (None, "", 2),
        (5.0, "5", 2),
        (None, "-", 3),
        (0.0, "0", 3),
        (3.0, "3", 4),
        (None, "", 4),
        (1.0, "1", 5),
        (2.0, "2", 5),
    ]


def test_a_coded_local_form_gives_no_code_as_a_figure() -> None:
    rows = "|指标名称|计量单位|代码|本期实际|本年累计|\n|甲|乙|丙|1|2|\n|主动公开信息数|条|01|14|30|\n|现场接待人数|人次|02|0|6|\n"
    wanted = [("主动公开信息数", 14.0), ("主动公开信息数", 30.0), ("现场接待人数", 0.0), ("现场接待人数", 6.0)]
    assert [(c[0], c[2]) for c in read(rows)] == wanted
    spaced = rows.replace("|", " ")
    assert [(c[0], c[2]) for c in read(spaced)] == wanted
    assert [c[1] for c in read(spaced)] == ["本期实际", "本年累计"] * 2


def test_row_numbers_before_the_name_are_no_figures() -> None:
    lines = "序号 统计指标 单位 统计数\n1 一、主动公开情况 ——\n2 主动公开政府信息数 条 21\n3 制发规范性文件总数 件\n4 收到申请数 件 8\n"
    assert [(c[0], c[2]) for c in read(lines)] == [("主动公开政府信息数", 21.0), ("制发规范性文件总数", None), ("收到申请数", 8.0)]
    assert [(c[0], c[2]) for c in read("|" + lines.strip().replace(" ", "|").replace("\n", "|\n|") + "|\n")] == [
        ("主动公开政府信息数", 21.0),
        ("制发规范性文件总数", None),
        ("收到申请数", 8.0),
    ]


def test_joined_text_keeps_the_digits_of_labels_out_of_figures() -> None:
    text = (
        "统计指标单位统计数一、主动公开情况——（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）条128"
        "其中：主动公开规范性文件数条5"
        "制发规范性文件总数件13（二）通过不同渠道和方式公开政府信息的情况——1.政府公报公开政府信息数条02.政府网站公开政府信息数条120"
        "3.政务微博公开政府信息数条8"
        "七、依申请公开信息收取的费用万元0.5单位负责人：甲"
    )
    assert [(c[0], c[2], c[3], c[5]) for c in read(text)] == [
        ("主动公开政府信息数（不同渠道和方式公开相同信息计1条）", 128.0, "128", "条"),
        ("其中：主动公开规范性文件数", 5.0, "5", "条"),
        ("制发规范性文件总数", 13.0, "13", "件"),
        ("政府公报公开政府信息数", 0.0, "0", "条"),
        ("政府网站公开政府信息数", 120.0, "120", "条"),
        ("政务微博公开政府信息数", 8.0, "8", "条"),
        ("依申请公开信息收取的费用", 0.5, "0.5", "万元"),
    ]


JOINED_TWO = (
    "指标名称计量单位2015年度历年累计主动公开文件数条{0}其中：1、政府网站公开数条{0}2、政府公报公开数条00"
    "行政复议数件00行政诉讼数件03附件下载"
)


def test_two_joined_columns_are_split_where_the_text_above_states_the_count() -> None:
    text = TITLE + "二、主动公开情况 2015年主动公开政府信息3127条。\n" + JOINED_TWO.format("312795406")
    assert [(c[0], c[2], c[3]) for c in read(text)] == [
        ("主动公开文件数", 3127.0, "3127"),
        ("主动公开文件数", 95406.0, "95406"),
        ("其中：政府网站公开数", 3127.0, "3127"),
        ("其中：政府网站公开数", 95406.0, "95406"),
        ("政府公报公开数", 0.0, "0"),
        ("政府公报公开数", 0.0, "0"),
        ("行政复议数", 0.0, "0"),
        ("行政复议数", 0.0, "0"),
        ("行政诉讼数", 0.0, "0"),
        ("行政诉讼数", 3.0, "3"),
    ]


def test_two_joined_columns_stay_open_where_nothing_decides() -> None:
    text = TITLE + JOINED_TWO.format("312795406")
    assert [cell[:2] for cell in read_doubtful(text)] == [
        (row, None) for row in ("主动公开文件数", "其中：政府网站公开数") for _ in range(2)
    ]
    assert len(read(text)) == 6


def test_a_joined_table_whose_columns_are_not_known_gives_no_figure() -> None:
    text = "指标名称计量单位本年值往年值主动公开文件数条1235其中：1、网站公开数条002、公报公开数条01行政复议数件00审核人：甲"
    assert [c for c in read(text) if c[2] is not None] == []


def test_a_label_printed_under_two_indicators_has_two_keys() -> None:
    text = (
        "|统计指标|单位|统计数|\n|四、行政复议数量|件|3|\n|（一）维持具体行政行为数|件|1|\n|（二）被依法纠错数|件|2|\n|（三）其他情形数|件|0|\n"
        "|五、行政诉讼数量|件|5|\n|（一）维持具体行政行为数|件|4|\n|（二）被依法纠错数|件|1|\n|（三）其他情形数|件|0|\n"
    )
    assert [(c[0], c[2]) for c in read(text)] == [
        ("行政复议数量", 3.0),
        ("维持具体行政行为数", 1.0),
        ("被依法纠错数", 2.0),
        ("其他情形数", 0.0),
        ("行政诉讼数量", 5.0),
        ("行政诉讼数量：维持具体行政行为数", 4.0),
        ("行政诉讼数量：被依法纠错数", 1.0),
        ("行政诉讼数量：其他情形数", 0.0),
    ]
    lone = "|统计指标|单位|统计数|\n|举报投诉数量|件|3|\n|被依法纠错数|件|2|\n"
    assert read_doubtful(lone) == [("被依法纠错数", 2.0, "2")]


def test_html_with_two_rows_of_heads_and_a_merged_label_on_the_left() -> None:
    page = (
        "<table><tr><td rowspan=2 colspan=2>指标名称</td><td rowspan=2>单位</td><td colspan=2>统计数</td></tr>"
        "<tr><td>本年度</td><td>历年累计</td></tr>"
        "<tr><td rowspan=2>依申请</td><td>受理申请数</td><td>件</td><td>4</td><td>19</td></tr>"
        "<tr><td>答复数</td><td>件</td><td>3</td><td></td></tr>"
        "<tr><td colspan=2>行政复议数</td><td>件</td><td>0</td><td>1件</td></tr></table>"
    )
    assert read(render_html(page, "utf-8").text) == [
        ("受理申请数", "本年度", 4.0, "4", 3, "件"),
        ("受理申请数", "历年累计", 19.0, "19", 3, "件"),
        ("答复数", "本年度", 3.0, "3", 4, "件"),
        ("答复数", "历年累计", None, "", 4, "件"),
        ("行政复议数", "本年度", 0.0, "0", 5, "件"),
        ("行政复议数", "历年累计", 1.0, "1件", 5, "件"),
    ]


def test_a_table_without_a_column_of_units() -> None:
    text = "|统计项目|数量|\n|---|---|\n|主动公开信息数（条）|52|\n|收到申请数（件）|-|\n"
    assert read(text) == [("主动公开信息数（条）", "value", 52.0, "52", 3, None), ("收到申请数（件）", "value", None, "-", 4, None)]


@pytest.mark.parametrize("cell", ["约100", "12.3.4", "1，20", "007", "-5", "5（含网站）"])
def test_what_is_no_number_is_doubtful_and_null(cell: str) -> None:
    rows = f"|统计指标|单位|统计数|\n|主动公开信息数|条|{cell}|\n|收到申请数|件|2|\n"
    for text in (rows, rows.replace("|", " ")):
        assert read_doubtful(text) == [("主动公开信息数", None, cell)]


def test_a_figure_at_the_very_end_of_the_text_may_lack_digits() -> None:
    text = "统计指标 单位 统计数\n收到申请数 件 3\n行政复议数量 件 12"
    assert read_doubtful(text) == [("行政复议数量", 12.0, "12")]
    assert read_doubtful(text + "\n") == []
    assert read_doubtful(text[:-3]) == []  # the row lost its figure: it has no cell


def test_a_page_number_between_two_rows_makes_the_row_doubtful_never_wrong() -> None:
    text = "统计指标 单位 统计数\n收到申请数 件 3\n- 2 -\n行政复议数量 件 1\n4\n行政诉讼数量 件 0\n"
    assert [(c[0], c[2]) for c in read(text)] == [("收到申请数", 3.0), ("行政诉讼数量", 0.0)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_whole_national_table_is_accepted(layout: str) -> None:
    text = render(build_rows(NATIONAL, seed=3), layout)
    text = render_html(text, "utf-8").text if layout == "html" else text
    found = describe(parse(text))
    assert (found[0], found[2:]) == ("pre2019", ("accepted", None, 58, 58, 0))


def test_a_national_table_that_lacks_a_row_is_suspect() -> None:
    text = render(build_rows(NATIONAL, seed=3), "pipe_rows")
    text = "\n".join(line for line in text.split("\n") if "政务微信公开" not in line)
    assert describe(parse(text))[2:] == ("suspect", "incomplete_tables", 58, 57, 0)


def test_a_report_for_a_year_of_the_grid_has_no_statistics() -> None:
    text = render(build_rows(LOCAL, seed=3), "pipe_rows")
    assert parse(text, year=2019).cells.height == 0
    assert parse(text, year=2018).cells.height == 12
    assert parse(text, year=None).cells.height == 12


def test_an_empty_table_is_a_blank_form_or_the_empty_table_of_a_report() -> None:
    table = "|指标名称|计量单位|数量|\n|主动公开信息数|条||\n|收到申请数|件||\n"
    assert describe(parse("青川市政府信息公开情况统计表\n" + table, year=None)) == ("none", "rejected", "blank_form")
    assert describe(parse(TITLE + table))[2:] == ("suspect", "empty_tables", 2, 0, 0)


def test_a_table_for_a_quarter_is_no_report() -> None:
    table = "2016年第二季度政府信息公开情况统计表\n|指标名称|计量单位|数量|\n|主动公开信息数|条|5|\n|收到申请数|件|1|\n"
    assert describe(parse(table, year=2016)) == ("none", "rejected", "not_a_report")


def test_sentences_are_no_rows() -> None:
    text = (
        TITLE + "一、概述\n本年统计指标如下：主动公开信息 123 条，收到申请 5 件。\n二、主动公开信息123条\n三、收到申请5件，按时办结5件。\n"
    )
    assert read_statistics(text) is None


def test_the_sums_and_aliases_of_the_national_form_name_its_indicators() -> None:
    form = load_statistics_form()
    labels = {indicator.label for indicator in form.indicators}
    assert {label for total in form.sums for label in (total.whole, *total.parts)} <= labels
    assert len(form.indicators) == 58
    assert [normalise_indicator(i.label) in form.known for i in form.indicators] == [True] * 58


@pytest.mark.parametrize(
    ("printed", "text", "number", "level"),
    [
        ("其中：1.政府网站公开数", "其中：政府网站公开数", 1, 2),
        ("（二）申请 办结数", "申请办结数", None, 1),
        ("十一、会议", "会议", None, 0),
        ("3．信函、传真申请数", "信函、传真申请数", 3, 2),
        ("(10)“免予公开范围6”数", "“免予公开范围6”数", None, 2),
    ],
)
def test_labels_lose_spaces_and_numbering_only(printed: str, text: str, number: int | None, level: int) -> None:
    assert read_label(printed)[:3] == (text, number, level)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    form=st.sampled_from([NATIONAL, LOCAL]),
    width=st.sampled_from([1, 2]),
    layout=st.sampled_from(LAYOUTS),
    gaps=st.sampled_from([0.0, 0.05, 0.4]),
    chance=st.randoms(use_true_random=False),
)
def test_no_layout_and_no_blank_makes_a_figure_wrong(seed: int, form: str, width: int, layout: str, gaps: float, chance: object) -> None:
    rows = build_rows(form, seed, width)
    draw = chance.random  # type: ignore[attr-defined]
    rows = [
        Line(row.label, row.unit, tuple(("" if draw() < 0.5 else "-") if draw() < gaps else value for value in row.values)) for row in rows
    ]
    text = render(rows, layout)
    text = render_html(text, "utf-8").text if layout == "html" else text
    printed: dict[tuple[str, str], str] = {}
    above = ""
    for row in rows:
        key = read_label(row.label).text
        above = key if key.startswith("行政") else above
        key = f"{above}：{key}" if (key, "value" if width == 1 else HEADS[2][0]) in printed else key
        printed |= {(key, column): value for column, value in zip(("value",) if width == 1 else HEADS[2], row.values, strict=False)}
    reading = read_statistics(text)
    assert reading is not None
    for cell in reading.cells:
        if cell.is_doubtful:
            continue
        value = printed[cell.row, cell.column]
        assert cell.raw == value, (cell, value)
        assert cell.value == (None if value in {"", "-"} else float(value))
        assert value in text.split("\n")[cell.line - 1]
    if layout not in JOINED and not gaps:
        assert len(reading.cells) == len(printed)
        assert not any(cell.is_doubtful for cell in reading.cells)
