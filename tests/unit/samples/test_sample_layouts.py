"""Each layout prints every figure once, in the order of the form, on the line that it records."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.samples import LAYOUTS, RenderedReport, ReportFigures, generate_figures, render_report
from ingest.samples.figures import form_cells
from ingest.tables import SECTIONS
from ingest.templates import load_templates

NUMBER = re.compile(r"[+-]?\d[\d.]*(元)?")


def numbered_figures(template: str = "2021", variants: tuple[str, ...] = ()) -> ReportFigures:
    """Every cell holds another number (1000, 1001, …), so that a swap cannot hide."""
    figures = generate_figures(1, template=template, variants=variants)
    cells = form_cells(load_templates()[template], variants)
    return replace(figures, values={cell: float(1000 + at) for at, cell in enumerate(cells)})


def numbers_printed_on(line: str) -> list[str]:
    """The cells of a line that are numbers; Word splits some over two spans."""
    return [token for token in re.split(r"[|\t\s,;/&\"\[\]]+|<[^>]*>", re.sub(r"</span><span[^>]*>", "", line)) if NUMBER.fullmatch(token)]


def assert_lines_hold_their_cells(report: RenderedReport) -> None:
    """The numbers on each line that holds cells are exactly the raws of these cells, in order."""
    by_line: dict[int, list[str]] = {}
    for cell, number in report.lines.items():
        by_line.setdefault(number, []).append(report.raws[cell])
    lines = report.text.split("\n")
    for number, raws in by_line.items():
        assert numbers_printed_on(lines[number - 1]) == [raw for raw in raws if raw], lines[number - 1]


@pytest.mark.parametrize("layout", [name for name, layout in LAYOUTS.items() if layout.separates_cells])
@pytest.mark.parametrize(("template", "variants"), [("2021", ()), ("2019", ()), ("2021", ("other_processed",))])
def test_every_figure_stands_on_its_line_in_the_order_of_the_form(layout: str, template: str, variants: tuple[str, ...]) -> None:
    figures = numbered_figures(template, variants)
    report = render_report(figures, layout)
    assert report.figures == figures.values
    assert report.lost == frozenset()
    assert_lines_hold_their_cells(report)
    in_order = [report.lines[cell] for cell in form_cells(load_templates()[template], variants)]
    assert in_order == sorted(in_order)


def test_digit_runs_join_the_figures_of_a_row_to_its_label() -> None:
    text = render_report(numbered_figures(), "digit_runs").text
    assert "一、本年新收政府信息公开申请数量1010101110121013101410151016二、上年结转" in text
    assert "行政规范性文件100310041005第二十条第（五）项" in text


def test_one_line_holds_all_tables() -> None:
    report = render_report(numbered_figures(), "one_line")
    assert len(set(report.lines.values())) == 1


# Written out by hand from the pages that the layouts are modelled on.
ROWS_BY_HAND = {
    "pipe_rows": [
        "第二十条第(一)项 | |||",
        "信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |",
        "规章 | 1000 | 1001 | 1002 |",
        "行政许可 | 1006 | ||",
        "自然人 | 法人或其他组织 | 总计 | |||||||",
        "一、本年新收政府信息公开申请数量 | 1010 | 1011 | 1012 | 1013 | 1014 | 1015 | 1016 | ||",
        "三、本年度办理结果 | (一)予以公开 | 1024 | 1025 | 1026 | 1027 | 1028 | 1029 | 1030 | |",
        "2.其他法律行政法规禁止公开 | 1045 | 1046 | 1047 | 1048 | 1049 | 1050 | 1051 | ||",
        "行政复议 | 行政诉讼 | |||||||||||||",
        "1185 | 1186 | 1187 | 1188 | 1189 | 1190 | 1191 | 1192 | 1193 | 1194 | 1195 | 1196 | 1197 | 1198 | 1199 |",
    ],
    "pipe_cells": ["第二十条第(一)项 |\n|||\n信息内容 |\n本年制发件数 |", "行政许可 |\n1006 |\n||\n第二十条第(六)项 |\n|||"],
    "bare_cells": [
        "行政许可\n\n1006\n\n第二十条第(六)项\n\n信息内容",
        "复议后起诉\n\n结果维持\n\n结果纠正\n\n其他结果\n\n尚未审结\n\n总计",
    ],
    "tab_rows": [
        "第二十条第（一）项\t\t\t\n信息内容\t本年制发件数\t本年废止件数\t现行有效件数\n规章\t1000\t1001\t1002\n",
        "\t\t\t自然人\t法人或其他组织\t\t\t\t\t总计\n\t\t\t\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t\n",
    ],
    "markdown": ["| --- | --- | --- | --- |\n", "| 行政许可 | 1006 | | |\n".replace("（", "(")],
    "open_pipe_rows": [
        "第二十条第(一)项 |\n",
        "| (三)不予公开 | 1.属于国家秘密 | 1038 | 1039 | 1040 | 1041 | 1042 | 1043 | 1044 |\n| | 2.其他法律行政法规禁止公开 | 1045 |",
    ],
    "spaced_rows": ["规章 1000 1001 1002\n", "行政许可 1006\n"],
    "html": ['<td colspan="3">一、本年新收政府信息公开申请数量</td>\n<td>1010</td>', '<td rowspan="22">三、本年度办理结果</td>'],
    "pdf_cells": ["社会公益\n组织\n法律服务\n机构\n其他\n", "2.其他法律行政法规禁止公\n开\n1045\n", "三\n、\n本\n年\n度\n"],
    "one_line": ["规章 1000 1001 1002 行政规范性文件 1003 1004 1005 第二十条第"],
    "lone_pipes": ["|\n行政许可 |\n1006 | ||\n|\n第二十条第(六)项 | |||\n"],
    "split_pipes": ["规章\n|\n1000\n|\n1001\n|\n1002\n|\n"],
    "broken_pipe_rows": ["规章 | 1000 | 1001 | 1002 |\n", "行政许可 | 1006 | ||\n"],
    "lone_pipe_blanks": ["|\n行政许可 |\n1006 | ||\n|\n第二十条第(六)项 | |||\n"],
    "split_pipe_blanks": ["规章\n|\n1000\n|\n1001\n|\n1002\n|\n"],
    "digit_runs": ["规章100010011002行政规范性文件100310041005"],
    "full_pipe_rows": ["| 规章 | 1000 | 1001 | 1002 |\n", "| 行政许可 | 1006 | | |\n"],
    "inner_pipe_rows": ["规章 | 1000 | 1001 | 1002\n", "行政许可 | 1006\n"],
    "tight_pipe_rows": ["规章|1000|1001|1002|\n", "行政许可|1006|\n"],
    "row_tables": ["|---|---|---|---|\n", "1000 | 1001 | 1002 |\n"],
    "close_cells": ["规章\n1000\n1001\n1002\n行政规范性文件\n"],
    "padded_rows": ["1000", "1001"],
    "label_lines": ["规章\n1000 1001 1002\n行政规范性文件\n", "结果维持 结果纠正 其他结果 尚未审结 总计 未经复议直接起诉"],
    "glued_rows": ["规章1000 1001 1002\n", "行政许可1006\n"],
    "row_runs": ["规章100010011002\n", "行政许可1006\n"],
    "wrapped_rows": ["规章 1000 1001 1002\n", "一、本年新收政府信息公开申\n1010 1011 1012 1013 1014 1015 1016\n请数量\n"],
    "mixed_tables": ["自然人", "1010"],
    "csv": ["规章,1000,1001,1002\n", "行政许可,1006,,\n", ",,2."],
    "quoted_csv": ['"规章","1000","1001","1002"\n', '"行政许可","1006","",""\n'],
    "semicolons": ["规章;1000;1001;1002\n", "行政许可;1006;;\n"],
    "json_rows": ['["规章", "1000", "1001", "1002"],\n', '["行政许可", "1006", "", ""],\n'],
    "latex": ["规章 & 1000 & 1001 & 1002 \\\\ \\hline\n", "\\begin{tabular}{|l|l|l|l|}\n"],
    "slashes": ["规章 1000/1001/1002\n", "行政许可 1006\n"],
    "grid": ["| 规章 | 1000 | 1001 | 1002 |\n+---", "| 一、本年新收政府信息公开 |  |  | 1010 |", "| 申请数量 |  |  |  |"],
    "data_frame": ["| 规章 | 1000 | 1001 | 1002 |\n", "| 行政许可 | 1006 | nan | nan |\n", "| 三、本年度办理结果 | （三）不予公开 | 2."],
    "html_word": ['<p class="MsoNormal" align="center">', "<td width"],
    "html_compact": ["<TR><TD>规章<TD>1000<TD>1001<TD>1002<TR>"],
    "html_nested": ['<table width="980"><tr><td class="left">', "<TR><TD>规章<TD>1000<TD>1001<TD>1002<TR>"],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_rows_look_like_the_pages_that_the_layout_is_modelled_on(layout: str) -> None:
    text = render_report(numbered_figures(), layout).text
    for expected in ROWS_BY_HAND[layout]:
        assert expected in text


def test_a_blank_cell_is_a_border_that_begins_a_line() -> None:
    figures = numbered_figures()
    zeros = {("proactive", "regulation", "made"): 0.0, ("proactive", "regulation", "in_force"): 0.0}
    figures = replace(figures, values={**figures.values, **zeros})
    printed = {
        "broken_pipe_rows": "规章 |\n| 1001 |\n|\n行政规范性文件 | 1003 |",
        "lone_pipe_blanks": "|\n规章 |\n|\n1001 |\n|\n|\n行政规范性文件 |\n1003 |",
        "split_pipe_blanks": "规章\n|\n|\n1001\n|\n|\n行政规范性文件\n|\n1003\n|",
    }
    for layout, expected in printed.items():
        assert expected in render_report(figures, layout, "blanks_for_zero").text


@pytest.mark.parametrize("layout", LAYOUTS)
def test_headings_stand_on_the_lines_recorded(layout: str) -> None:
    report = render_report(numbered_figures(), layout)
    assert tuple(report.heading_lines) == SECTIONS
    lines = report.text.split("\n")
    for section, numeral in zip(SECTIONS, "一二三四五六", strict=True):
        assert f"{numeral}、" in lines[report.heading_lines[section] - 1]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), layout=st.sampled_from(sorted(LAYOUTS)), template=st.sampled_from(["2019", "2021"]))
def test_clean_reports_print_the_figures_they_were_made_from(seed: int, layout: str, template: str) -> None:
    figures = generate_figures(seed, template=template, report_year=2020)
    report = render_report(figures, layout, seed=seed)
    assert report.figures == figures.values
    for cell, raw in report.raws.items():
        assert float(raw.removesuffix("元")) == figures.values[cell]
    if LAYOUTS[layout].separates_cells:
        assert_lines_hold_their_cells(report)
