import polars as pl
import pytest
from builders.staging import build_partition, make_report

from expectations.catalogue import load_catalogue
from expectations.examples import RejectedInput
from expectations.findings import compute_findings
from ingest.errors import Issue

CATALOGUE = load_catalogue()


def judge(rule, tables, year=2023, **more):
    (row,) = compute_findings(tables, CATALOGUE, report_year=year, **more).filter(pl.col("rule_id") == rule).rows(named=True)
    assert row["document_id"] is None
    assert row["report_year"] == year
    return row


def bad(count, issue=Issue.UNDECODABLE, year=2023):
    return tuple(RejectedInput(source=f"bad{n}.txt", issue=issue, year=year) for n in range(count))


def drop(name, where):
    return lambda tables: tables | {name: tables[name].filter(~where)}


def double(name):
    return lambda tables: tables | {name: pl.concat([tables[name], tables[name].head(1)])}


DOCUMENT = pl.col("document_id").eq_missing("d1")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (drop("reports", DOCUMENT), "an outcome without its report: 1; cells without a report: 1; sections without a report: 1"),
        (drop("outcomes", DOCUMENT), "a report without an outcome: 1; a sighting without an outcome: 1"),
        (double("outcomes"), "a source with two outcomes: 2"),
        (double("cells"), "a cell read twice: 1"),
        (drop("sightings", DOCUMENT), "an outcome without a sighting: 1"),
        (
            lambda t: t | {"reports": t["reports"].with_columns(pl.lit("suspect").cast(t["reports"]["status"].dtype).alias("status"))},
            "an outcome and a report of different status: 2",
        ),
        (
            lambda t: t | {"outcomes": t["outcomes"].with_columns(pl.lit("no_tables").cast(t["outcomes"]["issue"].dtype).alias("issue"))},
            "an outcome whose issue does not fit its status: 2",
        ),
    ],
)
def test_whatever_is_lost_or_doubled_breaks_conservation(spoil, message):
    tables = build_partition(make_report(1), make_report(2), rejected=bad(1))
    assert judge("corpus.conservation", tables)["verdict"] == "passed"
    row = judge("corpus.conservation", spoil(tables))
    assert (row["verdict"], row["message_en"]) == ("failed", f"not conserved: {message}")


def test_a_cell_read_twice_outside_the_fixed_forms_is_noticed():
    tables = build_partition(make_report(1, template="pre2019", cells={"statistics.收到申请数.value": "5"}))
    assert judge("corpus.conservation", tables)["verdict"] == "passed"
    assert judge("corpus.conservation", double("cells")(tables))["message_en"] == "not conserved: a cell read twice: 1"


def test_an_empty_partition_conserves_nothing():
    row = judge("corpus.conservation", build_partition())
    assert (row["verdict"], row["reason"]) == ("not_applicable", "empty_partition")


def test_unreadable_inputs_are_counted_and_named():
    row = judge("corpus.readable", build_partition(make_report(1), rejected=bad(4)))
    assert (row["verdict"], row["lhs"], row["rhs"]) == ("failed", 1.0, 5.0)
    assert row["message_en"] == ("4 of 5 inputs cannot be read: bad0.txt (undecodable), bad1.txt (undecodable), bad2.txt (undecodable), …")


@pytest.mark.parametrize(("issue", "judged"), [(Issue.NOT_A_REPORT, 4.0), (Issue.BLANK_FORM, 4.0), (Issue.UNSUPPORTED, 1.0)])
def test_files_that_are_no_reports_are_not_unreadable(issue, judged):
    row = judge("corpus.readable", build_partition(make_report(1), rejected=bad(3, issue)))
    assert (row["verdict"], row["rhs"]) == ("passed", judged)


def test_in_the_unknown_partition_unreadable_inputs_are_measured_against_the_whole_scan():
    tables = build_partition(rejected=bad(2, year=None))
    tables["sightings"] = pl.concat([tables["sightings"], build_partition(*map(make_report, range(8)))["sightings"]])
    row = judge("corpus.readable", tables, year=None)
    assert (row["lhs"], row["rhs"]) == (8.0, 10.0)
    del tables["sightings"]
    assert judge("corpus.readable", tables, year=None)["reason"] == "whole_scan_unknown"


def hard(number, **fields):
    return make_report(number, status="suspect", issue=Issue.DOUBTFUL_CELLS, **fields)


def test_only_whole_tables_count_as_not_read_in_full():
    tables = build_partition(make_report(1), hard(2), hard(3, is_cut_off=True), make_report(4, status="suspect", issue=Issue.NO_TABLES))
    row = judge("corpus.read_in_full", tables)
    assert (row["lhs"], row["rhs"], row["message_en"]) == (1.0, 2.0, "1 of 2 reports whose tables are whole were not read in full: d2.txt")


def test_one_rendering_read_in_full_is_enough_for_its_agency_year():
    row = judge("corpus.read_in_full", build_partition(hard(1, agency="a"), hard(2, agency="a"), make_report(3, agency="a")))
    assert (row["verdict"], row["rhs"]) == ("passed", 1.0)


@pytest.mark.parametrize(
    ("now", "verdict", "counts"),
    [
        ([make_report(1)], "passed", (1.0, 1.0)),
        ([make_report(7, agency="a1")], "passed", (1.0, 1.0)),  # a new version of the page
        ([hard(1)], "failed", (0.0, 1.0)),
        ([hard(7, agency="a1")], "failed", (0.0, 1.0)),
        ([hard(7, agency=None, sources=("d1.txt",))], "failed", (0.0, 1.0)),  # the file is there, its agency unreadable
        ([make_report(3)], "not_applicable", (0.0, 0.0)),  # another folder: nothing in common
    ],
)
def test_a_report_that_was_read_last_time_and_is_there_again_must_still_be_read(now, verdict, counts):
    row = judge("corpus.no_regression", build_partition(*now), last_good=build_partition(make_report(1), hard(2)))
    assert (row["verdict"], (row["lhs"] or 0.0, row["rhs"] or 0.0)) == (verdict, counts)


def test_a_source_that_became_unreadable_is_a_regression_even_when_it_left_the_partition():
    last_good = build_partition(make_report(1), make_report(2))
    spoilt = build_partition(make_report(2), rejected=(RejectedInput(source="d1.txt", issue=Issue.UNDECODABLE),))
    row = judge("corpus.no_regression", spoilt, last_good=last_good)
    assert row["message_en"] == "1 of 2 reports that were read in full last time no longer are: d1.txt"
    moved = build_partition(make_report(2))
    assert judge("corpus.no_regression", moved, last_good=last_good)["rhs"] == 1.0
    moved["sightings"] = build_partition(make_report(1, year=None), make_report(2))["sightings"]
    assert judge("corpus.no_regression", moved, last_good=last_good)["lhs"] == 1.0
    assert judge("corpus.no_regression", moved, last_good=last_good)["rhs"] == 2.0


def test_without_last_good_tables_nothing_can_have_regressed():
    assert judge("corpus.no_regression", build_partition(make_report(1)))["reason"] == "no_last_good"
