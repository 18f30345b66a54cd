import polars as pl
import pytest
from builders.documents import build_raw
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import Issue
from ingest.parsing import build_outcomes, parse_documents
from ingest.samples import generate_figures, render_report
from ingest.tables import CELLS, RAW_SIGHTINGS, REPORTS, SECTIONS_TABLE
from ingest.templates import load_aliases, load_templates, parse_template


def clean_text(seed: int = 0, layout: str = "bare_cells") -> str:
    return render_report(generate_figures(seed), layout, "none", seed=seed).text


def outcome(text: str) -> tuple[str, str | None]:
    row = parse_documents(build_raw([text])).outcomes_by_document
    return row["status"][0], row["issue"][0]


def test_tables_have_their_declared_schemas_even_when_nothing_was_read() -> None:
    parsed = parse_documents(build_raw([]))
    assert (parsed.reports.schema, parsed.cells.schema, parsed.sections.schema) == (REPORTS, CELLS, SECTIONS_TABLE)


def test_cells_of_one_report_stay_together_whatever_batch_it_falls_in() -> None:
    texts = [clean_text(seed, layout) for seed in range(6) for layout in ("bare_cells", "pipe_rows", "spaced_rows", "digit_runs")]
    raw = build_raw(texts)
    whole = parse_documents(raw, batch_size=100)
    pieces = parse_documents(raw, batch_size=5)
    assert whole.cells.equals(pieces.cells)
    assert whole.reports.equals(pieces.reports)
    assert whole.sections.equals(pieces.sections)


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("关于做好年度报告编制工作的通知\n\n各单位：\n请于1月31日前发布政府信息公开工作年度报告。\n", Issue.NOT_A_REPORT),
        ("2026年政府工作报告\n各位代表：现在向大会报告工作。\n一、总体情况\n二、问题\n", Issue.NOT_A_REPORT),
        ("青岚市政府信息公开指南\n一、公开范围\n", Issue.NOT_A_REPORT),
        ("图解：青岚市财政局2023年政府信息公开工作年度报告\n一、总体情况\n", Issue.NOT_A_REPORT),
        ("政府信息公开情况统计报表\n指标名称 | 计量单位 | 本年累计 |\n主动公开信息数 | 条 | |\n", Issue.BLANK_FORM),
        ("今天天气很好。", Issue.NOT_A_REPORT),
        ("首页 > 政府信息公开 > 政府信息公开年报\n404\n您访问的页面不存在\n", Issue.NOT_A_REPORT),
        ("政府信息公开指南\n政府信息公开年报\n依申请公开\n青岚市财政局招标公告\n一、项目\n", Issue.NOT_A_REPORT),
        (
            "青岚市2023年法治政府建设年度报告\n一、总体情况\n第二十条第（六）项\n信息内容 | 本年处理决定数量 |\n行政处罚 | 33 |\n",
            Issue.NOT_A_REPORT,
        ),
        (
            "青岚市财政局2023年政府信息公开工作年度报告（模板）\n第二十条第（一）项\n信息内容 | 本年制发件数 |\n规章 | ____ |\n",
            Issue.NOT_A_REPORT,
        ),
    ],
)
def test_what_is_no_report_is_rejected_with_the_reason(text: str, issue: Issue) -> None:
    assert outcome(text) == ("rejected", issue.value)


@pytest.mark.parametrize("part", ["上半年", "下半年", "第三季度", "1季度"])
def test_a_report_on_a_part_of_the_year_is_no_annual_report(part: str) -> None:
    text = clean_text(3)
    title = next(line for line in text.split("\n") if "年度报告" in line)
    assert outcome(text.replace(title, f"青岚市财政局2023年{part}政府信息公开工作报告", 1)) == ("rejected", "not_a_report")


@pytest.mark.parametrize("ending", ["（附图解）", "（含解读）", "（图文解读）", "及解读"])
def test_what_comes_with_a_report_and_stands_in_its_title_changes_nothing(ending: str) -> None:
    text = clean_text(3)
    title = next(line for line in text.split("\n") if "年度报告" in line)
    assert outcome(text.replace(title, title + ending, 1)) == outcome(text) == ("accepted", None)


def test_a_title_on_two_lines_is_a_title() -> None:
    text = "青岚市财政局2023年\n政府信息公开工作年度报告\n一、总体情况\n全年主动公开信息20条。\n二、主动公开政府信息情况\n详见附件。\n"
    assert outcome(text) == ("suspect", "no_tables")


def test_a_report_without_tables_is_suspect() -> None:
    text = "青岚市财政局2023年政府信息公开工作年度报告\n一、总体情况\n全年主动公开信息20条。\n二、主动公开政府信息情况\n详见附件。\n"
    assert outcome(text) == ("suspect", "no_tables")


def test_tables_without_values_are_suspect() -> None:
    text = "青岚市财政局2023年政府信息公开工作年度报告\n一、总体情况\n无。\n第二十条第（一）项\n信息内容\n本年制发件数\n规章\n"
    text += "行政规范性文件\n五、存在的主要问题及改进情况\n"
    assert outcome(text) == ("suspect", "empty_tables")


def test_two_reports_in_one_text_are_not_taken_silently() -> None:
    parsed = parse_documents(build_raw([clean_text(1) + "\n" + clean_text(2)]))
    assert parsed.reports["issue"].to_list() == ["multiple_reports"]
    assert parsed.cells["is_doubtful"].all()


def test_the_same_report_in_every_order_of_documents_gives_the_same_tables() -> None:
    raw = build_raw([clean_text(seed) for seed in range(5)])
    assert parse_documents(raw).cells.equals(parse_documents(raw.reverse()).cells)


def test_every_sighting_has_one_outcome_and_the_unread_are_rejected() -> None:
    raw = build_raw([clean_text()])
    document = raw["document_id"][0]
    sightings = pl.DataFrame(
        [
            {"source": "b.txt", "document_id": document, "byte_count": 1, "modified_ns": 0},
            {"source": "a.txt", "document_id": document, "byte_count": 1, "modified_ns": 0},
            {
                "source": "z.zip!../x",
                "document_id": None,
                "byte_count": 1,
                "modified_ns": 0,
                "issue": "unsafe_archive_member",
                "detail": "../x",
            },
        ],
        schema=RAW_SIGHTINGS,
    )
    outcomes = build_outcomes(sightings, parse_documents(raw))
    assert outcomes.select("source", "status", "issue").rows() == [
        ("a.txt", "accepted", None),
        ("b.txt", "accepted", None),
        ("z.zip!../x", "rejected", "unsafe_archive_member"),
    ]


def test_a_document_that_could_not_be_decoded_keeps_its_issue() -> None:
    raw = build_raw(["x"]).with_columns(text=pl.lit(None, pl.String), issue=pl.lit("undecodable").cast(pl.Enum([i.value for i in Issue])))
    assert parse_documents(raw).outcomes_by_document.select("status", "issue").rows() == [("rejected", "undecodable")]


def test_a_new_version_of_the_form_is_one_file() -> None:
    import yaml

    from ingest.lexicon import build_lexicon

    old = load_templates()["2021"]
    invented = yaml.safe_load(old.model_dump_json())
    invented["template"] = "2031"
    for table in invented["tables"]:
        if table["table"] == "proactive":
            for column in table["columns"]:
                column["label"] = "新表" + column["label"]
    template = parse_template(yaml.safe_dump(invented, allow_unicode=True), "t2031.yml")
    lexicon = build_lexicon({"2031": template, **load_templates()}, load_aliases())
    text = clean_text()
    for column in old.table("proactive").columns:
        text = text.replace(column.label, "新表" + column.label)
    parsed = parse_documents(build_raw([text]), lexicon=lexicon)
    assert parsed.reports["template"].to_list() == ["2031"]
    assert parsed.reports["status"].to_list() == ["accepted"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_cut_shuffled_or_doubled_text_raises_or_vanishes(data: st.DataObject) -> None:
    lines = clean_text(
        data.draw(st.integers(0, 3)), data.draw(st.sampled_from(["pipe_rows", "bare_cells", "tab_rows", "one_line", "markdown"]))
    ).split("\n")
    kind = data.draw(st.sampled_from(["cut", "shuffled", "doubled", "noised"]))
    if kind == "cut":
        text = "\n".join(lines)[: data.draw(st.integers(0, 6000))]
    elif kind == "shuffled":
        text = "\n".join(data.draw(st.permutations(lines[:60])) + lines[60:])
    elif kind == "doubled":
        text = "\n".join([*lines, *lines])
    else:
        text = "\n".join(lines[:20]) + data.draw(st.text(max_size=200)) + "\n".join(lines[20:])
    parsed = parse_documents(build_raw([text.replace("\r", "\n")]))
    assert parsed.outcomes_by_document.height == 1


def test_a_control_character_in_a_text_moves_no_line_number() -> None:
    plain, marked = clean_text(3, "pipe_rows"), clean_text(3, "pipe_rows").replace("| 0 |", "|\x020 |", 5)
    lines = [parse_documents(build_raw([text])).cells.sort("table", "row", "column")["line"].to_list() for text in (plain, marked)]
    assert "\x02" in marked
    assert set(lines[1]) <= set(lines[0])
    assert max(lines[1]) == max(lines[0])
