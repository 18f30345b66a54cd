"""Several documents of one agency and year: their order, scopes apart, and what they print differently."""

from datetime import date

import polars as pl
from builders.staging import build_partition, make_report

from expectations.catalogue import load_catalogue
from expectations.checks.revisions import build_revisions, match_previous, order_reports
from expectations.decisions.tables import DECISIONS
from expectations.examples import ExampleReport
from expectations.findings import compute_findings, select_published
from ingest.tables import REVISION_CHANGES, REVISIONS, empty

TOTAL = "requests.new_received.total"


def order(*reports: ExampleReport) -> dict[str, tuple[int, str, str | None]]:
    """document → (rank, kept, decided by)."""
    rows = order_reports(build_partition(*reports)["reports"]).select("document_id", "revision_rank", "kept_id", "decided_by").rows()
    return {document: rest for document, *rest in rows}


def test_the_first_thing_in_which_a_document_is_behind_the_best_decides() -> None:
    assert order(
        make_report(1, agency="a", published=date(2024, 1, 2)),
        make_report(2, agency="a", published=date(2024, 1, 2)),
        make_report(3, agency="a", published=date(2024, 1, 1)),
        make_report(4, agency="a"),
        make_report(5, agency="a", located=190, published=date(2024, 1, 9)),
        make_report(6, agency="a", status="suspect", located=200),
        make_report(7, agency="a", cells={}, status="suspect", template=None),
        make_report(8),
    ) == {
        "d1": [1, "d1", None],
        "d2": [2, "d1", "document_id"],
        "d3": [3, "d1", "published_date"],
        "d4": [4, "d1", "published_date"],
        "d5": [5, "d1", "cells"],
        "d6": [6, "d1", "status"],
        "d7": [7, "d1", "tables"],
        "d8": [1, "d8", None],
    }


def test_reports_of_different_scopes_are_no_revisions_of_each_other() -> None:
    reports = [
        make_report(1, agency="a", scope="level", changes={TOTAL: "5"}),
        make_report(2, agency="a", scope="region_total", changes={TOTAL: "50"}),
        make_report(3, agency="a", scope="region_total", changes={TOTAL: "51"}, located=190),
    ]
    assert order(*reports) == {"d1": [1, "d1", None], "d2": [1, "d2", None], "d3": [2, "d2", "cells"]}
    tables = build_partition(*reports)
    tables["findings"] = compute_findings(tables, load_catalogue(), report_year=2023)
    conflicts = tables["findings"].filter(pl.col("rule_id") == "report.duplicate_agency_year", pl.col("verdict") == "failed")
    assert conflicts.select("document_id", "lhs", "rhs").rows() == [("d3", 51.0, 50.0)]
    assert select_published(tables, load_catalogue(), empty(DECISIONS))["document_id"].to_list() == ["d1", "d2"]
    main = order_reports(tables["reports"]).filter("is_main")
    assert main["document_id"].to_list() == ["d1"]  # what stands for the agency: 本级 before 汇总


def test_a_document_that_does_not_say_its_scope_is_a_revision_of_the_best_that_does() -> None:
    assert order(make_report(1, agency="a"), make_report(2, agency="a", scope="level")) == {
        "d1": [1, "d1", None],
        "d2": [2, "d1", "document_id"],
    }
    three = [make_report(1, agency="a"), make_report(2, agency="a", scope="level"), make_report(3, agency="a", scope="region_total")]
    assert order(*three) == {"d1": [1, "d1", None], "d2": [2, "d1", "document_id"], "d3": [1, "d3", None]}


def test_the_year_before_is_that_of_the_same_scope() -> None:
    def match(before: list[ExampleReport], now: list[ExampleReport]) -> dict[str, str]:
        return dict(match_previous(build_partition(*before, *now)["reports"]).rows())

    level, total = ({"agency": "a", "scope": scope} for scope in ("level", "region_total"))
    both = [make_report(1, year=2022, **level), make_report(2, year=2022, **total)]
    assert match(both, [make_report(3, **total), make_report(4, **level)]) == {"d3": "d2", "d4": "d1"}
    assert match(both, [make_report(3, agency="a")]) == {}  # of which of the two it is the next cannot be told
    assert match(both[:1], [make_report(3, **total)]) == {"d3": "d1"}  # the only one there is: that the scope changed is told by a rule
    assert match(both[:1], [make_report(3, **total), make_report(4, **level)]) == {"d4": "d1"}
    assert match([make_report(1, year=2022, agency="a", status="suspect")], [make_report(3, agency="a")]) == {}


def test_what_a_revision_prints_differently_is_listed_with_both_lines() -> None:
    best = ExampleReport(document="d1", cells={TOTAL: "5", "requests.granted.total": "3", "requests.carried_over.total": "1"})
    other = ExampleReport(
        document="d2",
        cells={"requests.carried_over.total": "1", TOTAL: "15", "requests.granted.total": "-", "requests.carried_forward.total": "2"},
        located=2,
    )
    pictured = ExampleReport(document="d3", cells={}, template=None, status="suspect")
    tables = build_revisions(build_partition(best, other, pictured))
    assert {name: frame.schema for name, frame in tables.items()} == {"revisions": REVISIONS, "revision_changes": REVISION_CHANGES}
    counts = tables["revisions"].select("document_id", "differing_cell_count", "added_cell_count", "missing_cell_count").rows()
    assert counts == [("d1", None, None, None), ("d2", 1, 1, 1), ("d3", None, None, None)]
    changes = tables["revision_changes"].select("kept_id", "row", "change", "value", "line", "kept_value", "kept_line").rows()
    assert changes == [
        ("d1", "carried_forward", "added", 2.0, 4, None, None),
        ("d1", "granted", "missing", None, None, 3.0, 2),
        ("d1", "new_received", "differing", 15.0, 2, 5.0, 1),
    ]


def test_an_excluded_document_is_no_revision_that_counts_and_stands_for_nothing():
    reports = build_partition(
        make_report(1, agency="a1", scope="own"),
        make_report(2, agency="a1", scope="own", published=date(2024, 1, 5)),
        make_report(3, agency="a1", scope="region_total"),
    )["reports"]
    ordered = {row["document_id"]: row for row in order_reports(reports, ["d2"]).iter_rows(named=True)}
    assert [ordered[name]["revision_rank"] for name in ("d1", "d2", "d3")] == [1, 2, 1]
    assert (ordered["d2"]["decided_by"], ordered["d2"]["is_main"], ordered["d1"]["is_main"]) == ("excluded", False, True)
    alone = {row["document_id"]: row["is_main"] for row in order_reports(reports, ["d1", "d2"]).iter_rows(named=True)}
    assert alone == {"d1": False, "d2": False, "d3": True}
