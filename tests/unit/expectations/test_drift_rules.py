"""Every drift rule on a publication and a successor that a person wrote down."""

from datetime import datetime

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from expectations.checks.drift import find_gone
from expectations.decisions.tables import DECISIONS
from expectations.gates import audit_drift
from expectations.recording import GATE_RESULTS, tabulate_gate
from ingest.errors import RuleError
from ingest.tables import OUTCOMES, conform, empty

CATALOGUE = load_catalogue()


def agency_years(numbers, received=4, year=2023, **more):
    rows = [
        {
            "agency_id": f"a{n}", "report_year": year, "agency_name": f"{n}局", "document_id": f"d{n}", "source": f"{n}.txt",
            "new_received_count": received, "carried_over_count": 0, "processed_count": received, "carried_forward_count": 0, **more,
        }
        for n in numbers
    ]  # fmt: skip
    return pl.DataFrame(rows)


def reports(*groups):
    """(province code or None, form, how many) of 2023."""
    return pl.DataFrame(
        [
            {"report_year": 2023, "region_code": province and f"{province}0100", "template": form}
            for province, form, count in groups
            for _ in range(count)
        ],
        schema={"report_year": pl.Int64, "region_code": pl.String, "template": pl.String},
    )


def quality(count, accepted, year=2023):
    return pl.DataFrame({"report_year": [year], "report_count": [count], "accepted_report_count": [accepted]})


def outcomes(*rows):
    return conform(pl.DataFrame(list(rows), schema={"source": pl.String, "document_id": pl.String}, orient="row"), OUTCOMES)


BASE = {"mart_agency_years": agency_years(range(40)), "fct_reports": reports(("13", "2021", 40)), "mart_quality": quality(40, 40)}
SCAN = outcomes(*((f"{n}.txt", f"d{n}") for n in range(40)))


def lazy(tables):
    return {name: frame.lazy() for name, frame in tables.items()}


def audit(tmp_path, current, published=BASE, scan=SCAN, **more):
    before = published and lazy(published)
    now = lazy({**BASE, **current})
    report = audit_drift(now, before, scan, CATALOGUE, decisions=empty(DECISIONS), results_dir=tmp_path, **more)
    return {entry.rule_id.removeprefix("drift."): entry for entry in report.results}


def test_the_same_publication_again_passes_every_drift_rule(tmp_path):
    assert {entry.verdict for entry in audit(tmp_path, {}).values()} == {"passed"}


def test_before_the_first_publication_no_drift_rule_can_be_assessed(tmp_path):
    found = audit(tmp_path, {}, published=None)
    assert {(entry.verdict, entry.reason, entry.is_blocking) for entry in found.values()} == {
        ("not_applicable", "no_previous_publication", False)
    }


def test_a_publication_of_an_older_version_without_a_table_or_column_is_said_to_lack_it(tmp_path):
    found = audit(tmp_path, {}, published={"mart_agency_years": BASE["mart_agency_years"].drop("processed_count")})
    assert (found["figures_changed"].verdict, found["figures_changed"].reason) == (
        "not_applicable",
        "previous_publication_without_mart_agency_years",
    )
    assert found["reports_by_region"].reason == "previous_publication_without_fct_reports"
    assert found["received_total"].verdict == "passed"
    assert {entry.verdict for entry in audit(tmp_path, {}, published={}).values()} == {"not_applicable"}


@pytest.mark.parametrize(("gone", "verdict"), [(2, "passed"), (3, "failed")])
def test_agency_years_lost_although_their_input_is_there_block_beyond_two(tmp_path, gone, verdict):
    found = audit(tmp_path, {"mart_agency_years": agency_years(range(gone, 40))})
    lost = found["agency_years_lost"]
    assert (lost.verdict, lost.failed_count, lost.applicable_count, lost.allowed_count) == (verdict, gone, 40, 2)
    assert lost.is_blocking == (verdict == "failed")
    assert "0局 2023 (0.txt); 1局 2023 (1.txt)" in lost.worst[0].message_zh
    assert found["agency_years_removed"].failed_count == 0
    assert pl.read_csv(tmp_path / "gone_agency_years.csv").height == gone


@pytest.mark.parametrize(("gone", "verdict"), [(5, "passed"), (6, "failed")])
def test_agency_years_whose_input_is_gone_block_beyond_five(tmp_path, gone, verdict):
    left = agency_years(range(gone, 40))
    found = audit(tmp_path, {"mart_agency_years": left}, scan=SCAN.filter(pl.col("document_id").is_in(left["document_id"].to_list())))
    assert (found["agency_years_removed"].verdict, found["agency_years_removed"].failed_count) == (verdict, gone)
    assert found["agency_years_lost"].failed_count == 0


def test_a_drift_that_is_meant_does_not_block_and_the_record_says_so(tmp_path):
    left = agency_years(range(10, 40))
    scan = SCAN.filter(pl.col("document_id").is_in(left["document_id"].to_list()))
    accepted = audit(tmp_path, {"mart_agency_years": left}, scan=scan, accepted=["drift.agency_years_removed"])["agency_years_removed"]
    assert (accepted.verdict, accepted.is_blocking, accepted.reason) == ("failed", False, "accepted for this run")
    with pytest.raises(RuleError, match=r"no drift rule is named requests\.balance"):
        audit(tmp_path, {}, accepted=["requests.balance"])


def test_a_list_of_vanished_agency_years_goes_away_when_none_is_missing_any_more(tmp_path):
    audit(tmp_path, {"mart_agency_years": agency_years(range(1, 40))})
    assert (tmp_path / "gone_agency_years.csv").exists()
    audit(tmp_path, {})
    assert not (tmp_path / "gone_agency_years.csv").exists()


def test_what_became_of_a_vanished_report_is_told_from_the_scan():
    before = agency_years(range(5))
    current = agency_years([0, 9])
    scan = outcomes(("0.txt", "d0"), ("moved.txt", "d1"), ("2.txt", "worse"), ("3.txt", "d9"))
    # 1: the file moved; 2: another document in its place, not published; 3: another published report in its place; 4: no file.
    assert find_gone(before, current, scan).select("document_id", "cause").rows() == [
        ("d1", "lost"),
        ("d2", "lost"),
        ("d3", "removed"),
        ("d4", "removed"),
    ]


@pytest.mark.parametrize(
    ("province", "left", "verdict"), [("13", 36, "passed"), ("13", 35, "failed"), ("37", 7, "passed"), ("37", 6, "failed")]
)
def test_a_province_may_lose_a_tenth_or_three(tmp_path, province, left, verdict):
    before = {**BASE, "fct_reports": reports(("13", "2021", 40), ("37", "2021", 10))}
    sizes = {"13": 40, "37": 10} | {province: left}
    found = audit(tmp_path, {"fct_reports": reports(*((code, "2021", size) for code, size in sizes.items()))}, before)["reports_by_region"]
    assert (found.verdict, found.applicable_count) == (verdict, 2)


def test_small_provinces_and_reports_of_no_known_province_are_not_judged(tmp_path):
    before = {**BASE, "fct_reports": reports((None, "2021", 40), ("37", "2021", 9))}
    found = audit(tmp_path, {"fct_reports": reports(("11", "2021", 49))}, before)
    assert (found["reports_by_region"].verdict, found["reports_by_region"].reason) == ("not_applicable", "no_group_of_10")
    assert found["reports_by_template"].verdict == "passed"


def test_reports_that_are_read_as_another_form_are_missed_from_their_own(tmp_path):
    found = audit(tmp_path, {"fct_reports": reports(("13", "2021", 30), ("13", "2019", 10))})
    assert found["reports_by_template"].worst[0].message_en == "reports of 1 of 1 forms of a year dropped: 2023 2021 40 → 30"
    assert found["reports_by_region"].verdict == "passed"


@pytest.mark.parametrize(("accepted", "verdict"), [(950, "passed"), (949, "failed"), (1000, "passed")])
def test_the_acceptance_rate_of_a_large_year_may_fall_by_five_points(tmp_path, accepted, verdict):
    found = audit(tmp_path, {"mart_quality": quality(1000, accepted)}, {**BASE, "mart_quality": quality(1000, 1000)})["acceptance_rate"]
    assert (found.verdict, found.is_blocking) == (verdict, verdict == "failed")


def test_the_acceptance_rate_of_a_small_year_may_fall_by_three_standard_errors(tmp_path):
    # Of 30 and 30 with 23 accepted now: pooled 53/60, error 0.083, three of them 0.249 > 7/30 = 0.233; one fewer falls by 0.267 > 0.264.
    before = {**BASE, "mart_quality": quality(30, 30)}
    assert audit(tmp_path, {"mart_quality": quality(30, 23)}, before)["acceptance_rate"].verdict == "passed"
    assert audit(tmp_path, {"mart_quality": quality(30, 22)}, before)["acceptance_rate"].verdict == "failed"
    assert audit(tmp_path, {"mart_quality": quality(29, 10)}, before)["acceptance_rate"].reason == "no_year_of_30"


def test_figures_of_an_unchanged_document_block_when_more_than_two_changed_null_included(tmp_path):
    changed = pl.concat([agency_years(range(2)).with_columns(processed_count=pl.lit(9, dtype=pl.Int64)), agency_years(range(2, 40))])
    assert audit(tmp_path, {"mart_agency_years": changed})["figures_changed"].verdict == "passed"
    third = changed.with_columns(carried_over_count=pl.when(pl.col("agency_id") != "a5").then("carried_over_count"))
    found = audit(tmp_path, {"mart_agency_years": third})["figures_changed"]
    assert (found.verdict, found.failed_count, found.is_blocking) == ("failed", 3, True)
    assert found.worst[0].message_en == (
        "3 of 40 unchanged documents give other figures: 0.txt: processed_count 4 → 9; 1.txt: processed_count 4 → 9; "
        "5.txt: carried_over_count 0 → None"
    )


def test_figures_of_a_replaced_document_are_the_agencys_own_business(tmp_path):
    replaced = agency_years(range(40), received=5).with_columns(document_id=pl.format("new{}", "agency_id"))
    found = audit(tmp_path, {"mart_agency_years": replaced})
    assert (found["figures_changed"].verdict, found["figures_changed"].reason) == ("not_applicable", "nothing_in_common")
    assert (found["received_total"].verdict, found["received_total"].is_blocking) == ("failed", False)


@pytest.mark.parametrize(("received", "verdict"), [(6, "passed"), (7, "failed"), (2, "passed"), (1, "failed")])
def test_the_median_may_move_by_half_and_by_two(tmp_path, received, verdict):
    found = audit(tmp_path, {"mart_agency_years": agency_years(range(40), received)})["received_median"]
    assert (found.verdict, found.is_blocking) == (verdict, False)


def test_the_total_counts_agencies_of_both_publications_and_names_the_largest_change(tmp_path):
    grown = agency_years(range(200))
    assert audit(tmp_path, {"mart_agency_years": grown})["received_total"].verdict == "passed"
    one_more = pl.concat([agency_years(range(39)), agency_years([39], received=13)])
    found = audit(tmp_path, {"mart_agency_years": one_more})["received_total"]
    assert found.worst[0].message_en == ("the total of new_received_count moved in 1 of 1 years: 2023 160 → 169 (39局 4 → 13)")


def test_zeros_that_appear_are_told_and_missing_figures_are_no_zeros(tmp_path):
    zeros = pl.concat([agency_years(range(10), received=0), agency_years(range(10, 40))])
    found = audit(tmp_path, {"mart_agency_years": zeros})["zero_share"]
    assert (found.verdict, found.is_blocking) == ("failed", False)
    assert found.worst[0].message_en == "the share of agencies without requests moved in 1 of 1 years: 2023 0.0% → 25.0%"
    unread = zeros.with_columns(new_received_count=pl.when(pl.col("new_received_count") > 0).then("new_received_count"))
    assert audit(tmp_path, {"mart_agency_years": unread})["zero_share"].verdict == "passed"


def test_results_become_rows_with_their_numbers(tmp_path):
    now = lazy({**BASE, "mart_agency_years": agency_years(range(3, 40))})
    report = audit_drift(now, lazy(BASE), SCAN, CATALOGUE, decisions=empty(DECISIONS), results_dir=tmp_path)
    rows = tabulate_gate(report, "run-1", datetime.fromisoformat("2026-03-01T02:30:00"))
    assert rows.schema == GATE_RESULTS
    assert rows.height == len(CATALOGUE.of_scope("drift"))
    row = rows.row(by_predicate=pl.col("rule_id") == "drift.agency_years_lost", named=True)
    numbers = ("scope", "suite", "report_year", "verdict", "is_blocking", "observed_count", "threshold_count", "evaluated_count")
    assert [row[name] for name in numbers] == ["drift", "drift", None, "failed", True, 3, 2, 40]
