from datetime import date

import polars as pl
import pytest
from builders.staging import build_partition, fill_form, make_report

from expectations.catalogue import load_catalogue
from expectations.findings import compute_findings
from ingest.errors import Issue
from ingest.tables import SECTIONS

CATALOGUE = load_catalogue()


def find(rule, *reports, **more):
    found = compute_findings(build_partition(*reports), CATALOGUE, report_year=2023, **more)
    return found.filter(pl.col("rule_id") == rule)


def verdicts(found):
    return dict(found.select("document_id", "verdict").rows())


@pytest.mark.parametrize("raw", ["1.5", "-1"])
def test_a_decimal_or_negative_count_is_found(raw):
    found = find("cells.non_negative_integer", make_report(1, changes={"proactive.licence.decisions": raw}))
    (row,) = found.rows(named=True)
    assert (row["verdict"], row["row"], row["raw"], row["lhs"], row["cause"]) == ("failed", "licence", raw, float(raw), "source")
    assert row["message_zh"] == f"“行政许可”行“本年处理决定数量”列：“{raw}”不是非负整数"


@pytest.mark.parametrize(
    ("template", "cell", "raw"),
    [
        ("2021", "proactive.fee.amount_10k_yuan", "1.25"),  # money
        ("2019", "proactive.licence.items_change", "-3"),  # signed
        ("2019", "proactive.procurement.amount", "0.5"),
        ("2021", "proactive.licence.decisions", "—"),  # a dash is no number
        ("2021", "proactive.licence.decisions", "无"),
    ],
)
def test_money_signed_and_blank_cells_are_no_failures(template, cell, raw):
    found = find("cells.non_negative_integer", make_report(1, template=template, changes={cell: raw}))
    assert found["verdict"].to_list() == ["passed"]


def test_a_printed_unit_is_no_failure_when_the_number_was_read():
    tables = build_partition(make_report(1))
    cell = (pl.col("row") == "licence") & (pl.col("column") == "decisions")
    tables["cells"] = tables["cells"].with_columns(pl.when(cell).then(pl.lit("12件")).otherwise("raw").alias("raw"))
    found = compute_findings(tables, CATALOGUE, report_year=2023).filter(pl.col("rule_id") == "cells.non_negative_integer")
    assert found["verdict"].to_list() == ["passed"]


def test_digits_that_gave_no_number_are_found_unless_marked_doubtful():
    cell = "requests.new_received.total"
    sure = find("cells.non_negative_integer", make_report(1, changes={cell: "1O2"}))
    assert sure.select("verdict", "cause", "lhs").rows() == [("failed", "unknown", None)]
    doubtful = find("cells.non_negative_integer", make_report(1, changes={cell: "1O2"}, doubtful=(cell,)))
    assert doubtful["verdict"].to_list() == ["passed"]


def test_missing_and_doubtful_cells_make_a_report_incomplete_and_the_cause_is_the_cut_when_there_is_one():
    reports = [
        make_report(1),
        make_report(2, expected=201, status="suspect"),
        make_report(3, doubtful=("requests.new_received.total",), status="suspect", issue=Issue.DOUBTFUL_CELLS),
        make_report(4, expected=201, status="suspect", is_cut_off=True),
        make_report(5, template=None, status="suspect", issue=Issue.NO_TABLES, cells={}, expected=0),
        make_report(6, template="pre2019", cells={"statistics.收到申请数.value": "5"}, expected=0),
    ]
    found = find("report.complete", *reports)
    assert found.select("document_id", "verdict", "cause", "reason").rows() == [
        ("d1", "passed", None, None),
        ("d2", "failed", "parse", None),
        ("d3", "failed", "parse", None),
        ("d4", "failed", "source", None),
        ("d5", "not_applicable", None, "no_table"),
        ("d6", "not_applicable", None, "no_fixed_grid"),
    ]
    assert found["message_zh"][2] == "2021 版表格应有 200 个单元格，读到 199 个，另有 1 个存疑"
    assert found["message_zh"][3] == "2021 版表格应有 201 个单元格，读到 200 个；文本在表格处截断"


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (SECTIONS[:5], "缺少 六、其他事项"),
        ((), "缺少 一、总体情况、二、主动公开、三、依申请公开、四、复议诉讼、五、问题与改进、六、其他事项"),
        (("overview", "requests", "proactive", "disputes", "problems", "other"), "顺序颠倒 二、主动公开"),
        ((*SECTIONS, "other"), "重复出现 六、其他事项"),
    ],
)
def test_missing_reversed_and_repeated_sections_are_named(sections, message):
    found = find("report.sections_present", make_report(1, sections=sections))
    assert found["message_zh"].to_list() == [message]
    assert found["verdict"].to_list() == ["failed"]


def test_sections_are_not_judged_in_a_cut_off_text_or_before_the_form():
    found = find("report.sections_present", make_report(1, sections=(), is_cut_off=True), make_report(2, sections=(), year=2015))
    assert found.select("verdict", "reason").rows() == [("not_applicable", "cut_off"), ("not_applicable", "before_the_form")]


@pytest.mark.parametrize(
    ("template", "year", "verdict"),
    [
        ("2021", 2021, "passed"),
        ("2021", 2025, "passed"),
        ("2021", 2020, "failed"),
        ("2019", 2019, "passed"),
        ("2019", 2020, "passed"),
        ("2019", 2021, "failed"),
        ("2019", 2018, "failed"),
        ("pre2019", 2018, "passed"),
        ("pre2019", 2019, "failed"),
        ("2021", None, "not_applicable"),
        (None, 2023, "not_applicable"),
        ("2030", 2030, "not_applicable"),
    ],
)
def test_a_form_outside_its_years_is_found(template, year, verdict):
    report = make_report(1, year=year, template=template, cells=fill_form())
    assert find("report.template_matches_year", report)["verdict"].to_list() == [verdict]


def test_of_conflicting_copies_the_accepted_one_with_most_cells_is_kept_then_the_latest_then_the_smallest_id():
    def copies(**fields):
        return [make_report(n, agency="a", changes={"requests.new_received.total": str(n)}, **f) for n, f in fields["each"].items()]

    def kept(each):
        found = verdicts(find("report.duplicate_agency_year", *copies(each=each)))
        return [document for document, verdict in found.items() if verdict == "passed"]

    assert kept({1: {"status": "suspect"}, 2: {}}) == ["d2"]
    assert kept({1: {"located": 190}, 2: {}}) == ["d2"]
    assert kept({1: {"published": date(2024, 1, 1)}, 2: {"published": date(2024, 1, 2)}}) == ["d2"]
    assert kept({1: {}, 2: {"published": date(2024, 1, 2)}}) == ["d2"]
    assert kept({1: {}, 2: {}}) == ["d1"]


def test_a_conflicting_copy_names_the_kept_file_and_a_differing_figure():
    wrong = make_report(2, agency="a1", changes={"requests.new_received.total": "9"})
    (row,) = find("report.duplicate_agency_year", make_report(1), wrong).filter(pl.col("verdict") == "failed").rows(named=True)
    assert (row["document_id"], row["lhs"], row["rhs"], row["row"], row["column"]) == ("d2", 9.0, 4.0, "new_received", "total")
    assert row["message_zh"] == "同一机关同一年度的另一份报告 d1.txt 被保留；有 1 个数字与之不同，如 requests.new_received.total：9 与 4"


def test_each_copy_that_is_not_kept_fails_exactly_one_duplicate_rule():
    reports = [
        make_report(1, agency="a"),
        make_report(2, agency="a"),
        make_report(3, agency="a", changes={"requests.granted.total": "9"}),
        make_report(4, agency="a", changes={"requests.granted.total": ""}),
    ]
    conflicting = verdicts(find("report.duplicate_agency_year", *reports))
    identical = verdicts(find("report.duplicate_content", *reports))
    assert conflicting == {"d1": "passed", "d2": "passed", "d3": "failed", "d4": "passed"}
    assert identical == {"d1": "passed", "d2": "failed", "d3": "passed", "d4": "failed"}


def test_reports_of_other_agencies_years_or_without_agency_are_no_copies():
    reports = [
        make_report(1),
        make_report(2),
        make_report(3, agency="a1", year=2022),
        make_report(4, agency=None),
        make_report(5, agency=None),
    ]
    for rule in ("report.duplicate_agency_year", "report.duplicate_content"):
        found = verdicts(find(rule, *reports))
        assert found == {"d1": "passed", "d2": "passed", "d3": "passed", "d4": "not_applicable", "d5": "not_applicable"}


def test_the_same_bytes_in_two_places_are_one_report_seen_twice():
    found = find("report.single_sighting", make_report(1, sources=("b.txt", "a.txt")), make_report(2))
    assert verdicts(found) == {"d1": "failed", "d2": "passed"}
    assert found["message_zh"][0] == "同一文件出现在 2 处：a.txt、b.txt"
    assert found["source"][0] == "a.txt"


def carried(number=1, over="1", forward="2", **fields):
    changes = {f"requests.carried_over.{c}": over for c in ("natural_person", "total")}
    changes |= {f"requests.carried_forward.{c}": forward for c in ("natural_person", "total")}
    return make_report(number, changes=changes, **fields)


def last_year(**fields):
    return build_partition(carried(9, agency="a1", year=2022, **fields))


def test_carried_over_is_compared_with_last_years_report_of_the_same_agency():
    rule = "requests.carried_over_matches"
    assert find(rule, carried(over="2"), previous=last_year())["verdict"].to_list() == ["passed"]
    (row,) = find(rule, carried(over="3"), previous=last_year()).rows(named=True)
    line = list(fill_form()).index("requests.carried_forward.total") + 1
    assert (row["verdict"], row["severity"], row["column"], row["lhs"], row["rhs"]) == ("failed", "error", "total", 3.0, 2.0)
    assert row["message_zh"] == f"总计列：上年结转 3，上一年报告的结转下年度 2（d9.txt 第 {line} 行），相差 1"
    by_applicant = find("requests.carried_over_matches_by_applicant", carried(over="3"), previous=last_year())
    assert by_applicant.select("verdict", "severity", "column").rows() == [("failed", "warning", "natural_person")]


@pytest.mark.parametrize(
    ("report", "previous", "reason"),
    [
        (carried(), None, "no_previous_year"),
        (carried(agency="a7"), last_year(), "no_previous_year"),
        (carried(agency=None), last_year(), "no_agency"),
        (carried(over="-"), last_year(), "blank_operand"),
        (carried(), last_year(forward=""), "no_previous_operand"),
        (carried(), last_year(status="suspect"), "no_previous_year"),
        (carried(), build_partition(carried(9, agency="a1", year=2021)), "no_previous_year"),
    ],
)
def test_carried_over_is_not_judged_without_both_figures(report, previous, reason):
    found = find("requests.carried_over_matches", report, previous=previous)
    assert found.select("verdict", "reason").rows() == [("not_applicable", reason)]


def test_of_last_years_copies_the_kept_one_counts():
    # d8 is published later than d9, so its 5 is last year's figure.
    previous = build_partition(
        carried(8, agency="a1", year=2022, forward="5", published=date(2023, 3, 1)),
        carried(9, agency="a1", year=2022, forward="2", published=date(2023, 1, 1)),
    )
    assert find("requests.carried_over_matches", carried(over="5"), previous=previous)["verdict"].to_list() == ["passed"]


def test_a_batch_of_several_years_is_compared_within_itself():
    found = find("requests.carried_over_matches", carried(1, over="3"), carried(2, agency="a1", year=2022))
    assert verdicts(found) == {"d1": "failed", "d2": "not_applicable"}
