"""Which reports make up a total, and when equality may not be asserted."""

from typing import Any

import polars as pl
import pytest

from expectations.examples import ExamplePublisher, ExampleReport, build_publishers, build_tables
from expectations.regions.families import find_families, read_agencies
from expectations.regions.totals import compute_region_totals, find_larger_scopes

NEW = "requests.new_received.total"
CITY = {"agency": "city", "agency_kind": "government", "level": "prefecture", "region": "150700", "scope": "region_total"}


def report(document: str, count: str = "1", **fields: Any) -> ExampleReport:
    return ExampleReport(document=document, **{"agency": document, "cells": {NEW: count}, **fields})


def department(document: str, count: str = "1", **fields: Any) -> ExampleReport:
    said = {"agency_kind": "department", "level": "prefecture", "region": "150700", "scope": "own"}
    return report(document, count, **{**said, **fields})


def county(document: str, region: str, count: str = "1", **fields: Any) -> ExampleReport:
    return report(document, count, **{"agency_kind": "government", "level": "county", "region": region, "scope": "region_total", **fields})


def compare(reports: list[ExampleReport], publishers: list[ExamplePublisher] | None = None) -> dict[str, Any]:
    """The one cell of the one total."""
    tables = build_tables(tuple(reports))
    found = compute_region_totals(tables["reports"], tables["cells"], build_publishers(tuple(publishers or ())), 2023)
    (row,) = found.rows(named=True)
    return row


def list_children(*reports: ExampleReport) -> list[str]:
    """Of the first report."""
    families = find_families(build_tables(reports)["reports"], build_publishers(()), 2023)
    return sorted(families.children.filter(document_id=reports[0].document)["child_id"])


def test_without_a_roster_departments_beside_and_governments_below_are_children_once_each() -> None:
    assert list_children(
        report("city", **CITY),
        department("bureau"),
        department("tax", agency_name="国家税务总局呼伦贝尔市税务局"),  # led from the capital
        department("school", agency_kind="public_institution"),
        department("office", agency_kind="government_office"),
        department("silent-office", agency_kind="government_office", scope=None),  # may be the government's own report
        county("hailar", "150702"),
        county("hailar-office", "150702", agency_kind="government_office"),  # the same county again
        county("yakeshi-office", "150782", agency_kind="government_office"),
        department("hailar-bureau", level="county", region="150702"),  # in the county's total already
        report("street", agency_kind="township_government", level="township", region="150702", scope="own"),
        county("elsewhere", "150802"),
        report("zone", agency_kind="zone_committee", level="zone", region="150700", scope="own"),
    ) == ["bureau", "hailar", "office", "yakeshi-office"]


def test_a_level_holds_no_lower_government_and_a_county_holds_its_townships() -> None:
    reports = [department("bureau"), county("hailar", "150702"), department("hailar-bureau", level="county", region="150702")]
    street = report("street", agency_kind="township_government", level="township", region="150702", scope="own")
    assert list_children(report("city", **{**CITY, "scope": "level"}), *reports, street) == ["bureau"]
    assert list_children(county("hailar", "150702"), *reports[:1], *reports[2:], street) == ["hailar-bureau", "street"]
    assert list_children(county("hailar", "150702", scope="level"), *reports[2:], street) == ["hailar-bureau"]


def test_without_a_roster_a_total_may_exceed_what_was_found_and_missing_counties_are_named() -> None:
    row = compare([report("city", "99", **CITY), department("bureau", "4"), county("hailar", "150702", "5", scope="own")])
    assert (row["status"], row["reason"], row["children_expected"], row["children_value"]) == ("not_assessable", "no_roster", None, 9.0)
    assert "扎赉诺尔区人民政府" in row["missing_children"] and "海拉尔区人民政府" not in row["missing_children"]
    below = compare([report("city", "8", **CITY), department("bureau", "4"), department("other", "5")])
    assert (below["status"], below["reason"]) == ("below_children", None)


LISTED = [
    ExamplePublisher(agency="city", kind="government", scope="region_total"),
    ExamplePublisher(agency="office", parent="city", kind="government_office", scope="own"),
    ExamplePublisher(agency="bureau", parent="city", kind="department", scope="own"),
    ExamplePublisher(agency="hailar", parent="city", kind="government", scope="region_total", region="150702"),
]
FOUND = [
    report("city", "10", **CITY),
    report("office", "1", agency_kind="government_office"),
    department("bureau", "4"),
    county("hailar", "150702", "5"),
]


def change(reports: list[ExampleReport], document: str, **fields: Any) -> list[ExampleReport]:
    return [item.model_copy(update=fields) if item.document == document else item for item in reports]


def test_with_all_listed_children_read_the_total_is_judged() -> None:
    assert compare(FOUND, LISTED)["status"] == "equal"
    assert compare(change(FOUND, "city", cells={NEW: "9"}), LISTED)["status"] == "differs"


@pytest.mark.parametrize(
    ("reports", "publishers", "reason"),
    [
        (FOUND[:3], LISTED, "children_missing"),
        (FOUND, [*LISTED[:1], *LISTED[2:]], "own_office_not_listed"),
        (change(FOUND, "hailar", scope="level"), LISTED, "scope_conflict"),
        (change(FOUND, "hailar", scope=None), [*LISTED[:3], LISTED[3].model_copy(update={"scope": None})], "child_scope"),
        (change(FOUND, "bureau", cells={NEW: "-"}), LISTED, "children_unread"),
        (change(FOUND, "bureau", doubtful=(NEW,)), LISTED, "children_unread"),
        (change(FOUND, "city", cells={NEW: ""}), LISTED, "total_unread"),
        (change(FOUND, "bureau", status="suspect"), LISTED, "children_missing"),
        (
            [*FOUND, department("inner", "1", region="150702")],
            [*LISTED, ExamplePublisher(agency="inner", parent="city", kind="department", scope="own", region="150702")],
            "overlapping_children",
        ),
    ],
)
def test_equality_is_not_asserted_where_something_is_open(
    reports: list[ExampleReport], publishers: list[ExamplePublisher], reason: str
) -> None:
    row = compare(change(reports, "city", cells=reports[0].cells if reports[0].cells[NEW] == "" else {NEW: "99"}), publishers)
    assert (row["status"], row["reason"]) == ("not_assessable", reason)


def test_children_that_may_overlap_are_not_added_even_for_the_bound() -> None:
    same = ExamplePublisher(agency="copy", parent="city", kind="government_office", scope="region_total")
    row = compare([*FOUND, report("copy", "10", agency_kind="government_office", scope="region_total")], [*LISTED, same])
    assert (row["children_value"], row["status"], row["reason"]) == (20.0, "not_assessable", "child_scope")
    less = change(FOUND, "city", cells={NEW: "9"})
    row = compare([*less, report("copy", "10", agency_kind="government_office", scope="region_total")], [*LISTED, same])
    assert row["status"] == "below_children"


def test_a_level_with_zones_listed_is_not_judged_and_does_not_hold_counties() -> None:
    zone = ExamplePublisher(agency="zone", parent="city", kind="zone_committee", scope="own")
    level = [item.model_copy(update={"scope": "level"}) if item.agency == "city" else item for item in LISTED]
    found = change(FOUND, "city", scope="level", cells={NEW: "5"})
    assert compare(found, level)["status"] == "equal"
    assert compare(found, [*level, zone])["reason"] == "zones_listed"


def test_documents_of_one_agency_that_disagree_count_as_unread() -> None:
    again = department("again", "6", agency="bureau")
    row = compare([*change(FOUND, "city", cells={NEW: "99"}), again], LISTED)
    assert (row["reason"], row["unread_children"], row["children_present"], row["children_counted"]) == ("children_unread", "bureau", 3, 2)


def test_joint_cases_may_make_a_total_of_disputes_less_than_the_sum_but_not_less_than_the_largest() -> None:
    key = "disputes.review.total"
    found = [item.model_copy(update={"cells": {key: item.cells[NEW]}}) for item in FOUND]
    assert compare(found, LISTED)["status"] == "equal"
    for count, status in (("9", "not_assessable"), ("5", "not_assessable"), ("4", "differs"), ("11", "differs")):
        row = compare(change(found, "city", cells={key: count}), LISTED)
        assert (count, row["status"]) == (count, status)
    assert compare(change(found, "city", cells={key: "5"}), LISTED)["reason"] == "joint_cases"


def test_reports_of_one_region_are_ordered_by_what_they_cover() -> None:
    office = {"agency_kind": "government_office", "level": "prefecture", "region": "150700"}
    tables = build_tables((report("city", **CITY), report("level", **office, scope="level"), report("own", **office, scope="own")))
    pairs = find_larger_scopes(read_agencies(tables["reports"], build_publishers(())))
    assert pairs.select("document_id", "other_document_id").rows() == [("city", "level"), ("city", "own"), ("level", "own")]


def test_a_year_without_totals_gives_an_empty_table() -> None:
    tables = build_tables((department("bureau"),))
    assert compute_region_totals(tables["reports"], tables["cells"], build_publishers(()), 2023).is_empty()
    assert isinstance(find_families(tables["reports"], build_publishers(()), None).children, pl.DataFrame)
