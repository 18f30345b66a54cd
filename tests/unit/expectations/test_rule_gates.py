import json
import subprocess
import sys

import polars as pl
import pytest
from builders.staging import build_partition, fill_form, make_report

from expectations.catalogue import load_catalogue
from expectations.decisions.tables import DECISIONS
from expectations.examples import RejectedInput
from expectations.findings import compute_findings
from expectations.gates import audit_marts, audit_partition
from expectations.suites import Threshold, run_suite
from ingest.errors import Issue
from ingest.tables import empty

CATALOGUE = load_catalogue()
WRONG = {"requests.total_processed.total": "4"}


def audit(tmp_path, *reports, rejected=(), **more):
    tables = build_partition(*reports, rejected=rejected)
    found = compute_findings(tables, CATALOGUE, report_year=2023, **more)
    return audit_partition({**tables, "findings": found}, CATALOGUE, report_year=2023, results_dir=tmp_path)


def result(report, rule):
    (found,) = [entry for entry in report.results if entry.rule_id == rule]
    return found


def whole(numbers, **fields):
    return [make_report(number, **fields) for number in numbers]


def test_two_of_nine_slips_pass_and_three_block(tmp_path):
    two = audit(tmp_path, *whole(range(7)), *whole((7, 8), changes=WRONG))
    assert not two.is_blocked
    balance = result(two, "requests.balance")
    assert (balance.verdict, balance.applicable_count, balance.failed_count, balance.allowed_count) == ("passed", 9, 2, 2)

    three = audit(tmp_path, *whole(range(6)), *whole((6, 7, 8), changes=WRONG))
    assert three.is_blocked
    assert {entry.rule_id for entry in three.blocking} == {
        "requests.balance",
        "requests.column_total",
        "requests.row_total",
        "corpus.sums_hold",
    }

    balance = result(three, "requests.balance")
    assert (balance.verdict, balance.failed_count) == ("failed", 3)
    assert [example.source for example in balance.worst] == ["d6.txt", "d7.txt", "d8.txt"]
    assert balance.worst[0].line == list(fill_form()).index("requests.total_processed.total") + 1
    assert balance.worst[0].message_zh == "总计列：新收 4 + 上年结转 1 = 5，总计 4 + 结转下年 2 = 6，相差 1"


def test_a_large_partition_is_judged_by_the_share(tmp_path):
    # 15 % of 40 is 6.
    assert not audit(tmp_path, *whole(range(34)), *whole(range(34, 40), changes=WRONG)).is_blocked
    assert audit(tmp_path, *whole(range(33)), *whole(range(33, 40), changes=WRONG)).is_blocked


def test_four_renderings_of_one_report_count_once(tmp_path):
    report = audit(tmp_path, *whole(range(4)), *whole(range(4, 8), agency="a0", changes=WRONG))
    balance = result(report, "requests.balance")
    assert (balance.applicable_count, balance.failed_count, balance.verdict) == (4, 1, "passed")


def test_reports_without_an_agency_count_one_by_one(tmp_path):
    balance = result(audit(tmp_path, *whole(range(3), agency=None, changes=WRONG)), "requests.balance")
    assert (balance.applicable_count, balance.failed_count, balance.verdict) == (3, 3, "failed")


def test_a_rule_that_applies_to_nothing_fails_once_there_are_enough_reports(tmp_path):
    without = {key: raw for key, raw in fill_form().items() if not key.startswith("disputes")}
    few = result(audit(tmp_path, *whole(range(5), cells=without)), "disputes.row_total")
    assert (few.verdict, few.reason, few.is_blocking) == ("not_applicable", "no_table", False)
    many = result(audit(tmp_path, *whole(range(6), cells=without)), "disputes.row_total")
    assert (many.verdict, many.applicable_count, many.is_blocking) == ("failed", 0, True)
    assert many.reason == "applied to nothing among 6 accepted reports"


def test_warnings_and_copies_never_block(tmp_path):
    report = audit(tmp_path, *whole(range(9), sections=("overview",), template="2019", agency="a"))
    assert result(report, "report.sections_present").verdict == "passed"  # one agency-year, two allowed
    report = audit(tmp_path, *whole(range(9), sections=("overview",), template="2019"))
    assert result(report, "report.sections_present").verdict == "failed"
    assert result(report, "report.template_matches_year").verdict == "failed"
    assert not report.is_blocked


def test_a_third_of_the_reports_garbled_blocks_against_the_last_good_tables(tmp_path):
    last_good = build_partition(*whole(range(9)))
    garbled = whole((6, 7, 8), status="suspect", issue=Issue.DOUBTFUL_CELLS, doubtful=("requests.new_received.total",))
    report = audit(tmp_path, *whole(range(6)), *garbled, last_good=last_good)
    assert [entry.rule_id for entry in report.blocking] == ["corpus.no_regression"]
    assert result(report, "corpus.no_regression").worst[0].message_en == (
        "3 of 9 reports that were read in full last time no longer are: d6.txt, d7.txt, d8.txt"
    )
    # The same reports as a first delivery are abstained from, not refused.
    assert not audit(tmp_path, *whole(range(6)), *garbled).is_blocked


def test_a_third_cut_off_blocks_against_the_last_good_tables_only(tmp_path):
    cut = whole((6, 7, 8), status="suspect", is_cut_off=True, expected=201)
    assert not audit(tmp_path, *whole(range(6)), *cut).is_blocked
    assert audit(tmp_path, *whole(range(6)), *cut, last_good=build_partition(*whole(range(9)))).is_blocked


def test_unreadable_inputs_block_beyond_a_few(tmp_path):
    bad = [RejectedInput(source=f"bad{n}.txt", issue=Issue.UNDECODABLE) for n in range(4)]
    assert not audit(tmp_path, *whole(range(9)), rejected=tuple(bad[:2])).is_blocked
    blocked = audit(tmp_path, *whole(range(9)), rejected=tuple(bad))
    assert [entry.rule_id for entry in blocked.blocking] == ["corpus.readable"]


def test_a_single_lost_report_blocks(tmp_path):
    tables = build_partition(*whole(range(9)))
    tables["reports"] = tables["reports"].head(8)
    found = compute_findings(tables, CATALOGUE, report_year=2023)
    report = audit_partition({**tables, "findings": found}, CATALOGUE, report_year=2023, results_dir=tmp_path)
    assert [entry.rule_id for entry in report.blocking] == ["corpus.conservation"]


def test_a_rule_that_errored_blocks_and_is_not_called_failed(tmp_path):
    tables = build_partition(*whole(range(3)))
    sections = tables.pop("sections")
    found = compute_findings(tables, CATALOGUE, report_year=2023)
    report = audit_partition({**tables, "sections": sections, "findings": found}, CATALOGUE, report_year=2023, results_dir=tmp_path)
    assert result(report, "report.sections_present").verdict == "errored"  # although its failures never block
    assert result(report, "report.sections_present").reason == "KeyError: 'sections'"
    assert report.is_blocked


def test_an_exception_inside_great_expectations_is_an_error_not_a_failure(tmp_path):
    subjects = pl.DataFrame({"rule": ["other"], "subject": ["s"], "failed": [0]})  # no subject of a.b, so it has no column
    (checked,), _ = run_suite("broken", subjects, [Threshold("a.b", 1, "t", "error", 1, 0)], tmp_path)
    assert not checked.is_met
    assert checked.error is not None
    assert "a.b" in checked.error


def test_an_empty_partition_is_not_blocked_and_nothing_passes(tmp_path):
    report = audit(tmp_path)
    assert not report.is_blocked
    assert {entry.verdict for entry in report.results} == {"not_applicable"}
    assert all(entry.reason for entry in report.results)


def test_the_result_of_great_expectations_is_kept_with_rule_ids(tmp_path):
    report = audit(tmp_path, *whole(range(6)), *whole((6, 7, 8), changes=WRONG))
    assert report.validation_path == tmp_path / "staging-2023.json"
    kept = json.loads(report.validation_path.read_text("utf-8"))
    assert kept["success"] is False
    by_rule = {entry["expectation_config"]["meta"]["rule_id"]: entry for entry in kept["results"]}
    assert by_rule["requests.balance"]["result"]["unexpected_count"] == 3
    assert by_rule["requests.balance"]["expectation_config"]["severity"] == "critical"


def snapshot(*reports):
    tables = build_partition(*reports)
    return {**tables, "findings": compute_findings(tables, CATALOGUE, report_year=2023), "decisions": empty(DECISIONS)}


def scan(tables):
    return {name: frame.lazy() for name, frame in tables.items()}


def marts(documents, received=4):
    cells = [[*key.split(".")[1:], raw] for key, raw in fill_form().items() if key.startswith("requests.")]
    return {
        "mart_agency_years": pl.DataFrame(
            [
                {
                    "agency_id": f"a{n}",
                    "report_year": 2023,
                    "document_id": f"d{n}",
                    "new_received_count": received,
                    "disclosure_share": 1.0,
                    "denial_share": None,
                }
                for n in documents
            ]
        ),
        "fct_requests": pl.DataFrame(
            [
                {"document_id": f"d{n}", "row_key": row, "column_key": column, "printed_value": int(raw), "is_printed": True}
                for n in documents
                for row, column, raw in cells
            ]
        ),
    }


def test_marts_that_hold_what_staging_holds_pass(tmp_path):
    expected = snapshot(make_report(1), make_report(2), make_report(3, agency=None), make_report(4, status="suspect"))
    report = audit_marts(scan(marts([1, 2])), scan(expected), CATALOGUE, results_dir=tmp_path)
    assert [(entry.rule_id, entry.verdict, entry.applicable_count) for entry in report.results] == [
        ("decisions.stale", "not_applicable", 0),
        ("marts.agency_years_reconcile", "passed", 2),
        ("marts.cells_conserved", "passed", 350),
        ("marts.keys_unique", "passed", 352),
        ("marts.series_unbroken", "not_applicable", 0),
        ("marts.shares_in_range", "passed", 2),
    ]
    assert (report.is_blocked, report.validation_path.name) == (False, "marts.json")


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda m: m | {"mart_agency_years": m["mart_agency_years"].head(1)}, "marts.agency_years_reconcile"),
        (
            lambda m: m | {"mart_agency_years": m["mart_agency_years"].with_columns(new_received_count=pl.lit(5))},
            "marts.agency_years_reconcile",
        ),
        (lambda m: m | {"fct_requests": m["fct_requests"].slice(1)}, "marts.cells_conserved"),
        (lambda m: m | {"fct_requests": m["fct_requests"].with_columns(pl.col("printed_value") + 1)}, "marts.cells_conserved"),
        (lambda m: m | {"fct_requests": pl.concat([m["fct_requests"], m["fct_requests"].head(1)])}, "marts.keys_unique"),
        (lambda m: m | {"mart_agency_years": m["mart_agency_years"].with_columns(disclosure_share=1.01)}, "marts.shares_in_range"),
        (lambda m: m | {"mart_agency_years": m["mart_agency_years"].with_columns(disclosure_share=float("nan"))}, "marts.shares_in_range"),
        (lambda m: {"mart_agency_years": m["mart_agency_years"]}, "marts.cells_conserved"),
    ],
)
def test_marts_that_lost_doubled_or_changed_something_are_blocked(tmp_path, spoil, rule):
    expected = snapshot(make_report(1), make_report(2))
    report = audit_marts(scan(spoil(marts([1, 2]))), scan(expected), CATALOGUE, results_dir=tmp_path)
    assert rule in {entry.rule_id for entry in report.blocking}


def test_marts_without_any_published_report_are_not_blocked(tmp_path):
    nothing = {name: frame.clear() for name, frame in marts([1]).items()}
    report = audit_marts(scan(nothing), scan(snapshot(make_report(1, agency=None))), CATALOGUE, results_dir=tmp_path)
    assert {entry.verdict for entry in report.results} == {"not_applicable"}


def test_the_command_line_can_load_rules_and_findings_without_great_expectations():
    code = "import sys, expectations.gates, expectations.exporting; sys.exit(bool({'great_expectations', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_three_reports_with_three_different_slips_block_by_their_sum(tmp_path):
    slips = ({"requests.new_received.total": "9"}, {"requests.granted.total": "9"}, {"disputes.review.total": "9"})
    found = audit(tmp_path, *whole(range(6)), *(report for place, slip in enumerate(slips, 6) for report in whole((place,), changes=slip)))
    assert [entry.rule_id for entry in found.blocking] == ["corpus.sums_hold"]
