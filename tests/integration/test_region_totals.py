"""One invented district over three years: its total agrees, disagrees, and lacks a child. Every figure was added up by hand."""

from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pytest
from builders.dbt_building import build_warehouse
from builders.dbt_staging import Staging

from expectations.catalogue import load_catalogue
from expectations.checks.verdicts import Batch
from expectations.findings import judge_rules
from expectations.regions.totals import compute_region_totals
from ingest.rosters import PUBLISHERS
from ingest.tables import CELLS, OUTCOMES, REPORTS, conform

TOTAL, OFFICE, FINANCE, STREET = "霁屿区人民政府", "霁屿区人民政府办公室", "霁屿区财政局", "霁屿区听雨街道办事处"
KINDS = {TOTAL: "government", OFFICE: "government_office", FINANCE: "department", STREET: "township_government"}
NEW = ("requests", "new_received", "total")
FIGURES = {
    2021: {TOTAL: 10, OFFICE: 1, FINANCE: 4, STREET: 5},
    2022: {TOTAL: 11, OFFICE: 1, FINANCE: 4, STREET: 5},
    2023: {TOTAL: 10, OFFICE: 1, FINANCE: 4},
}
EXPECTED = pl.DataFrame(
    [
        {
            "agency_id": f"id-{agency}",
            "report_year": year,
            "agency_name": agency,
            "region_code": "330109",
            "agency_kind": kind,
            "report_scope": "region_total" if agency == TOTAL else "own",
            "parent_agency_id": None if agency == TOTAL else f"id-{TOTAL}",
            "line": line,
        }
        for year in FIGURES
        for line, (agency, kind) in enumerate(KINDS.items(), start=2)
    ]
)


def stage_reports() -> Staging:
    staging = Staging()
    for year, figures in FIGURES.items():
        for agency, count in figures.items():
            cells: dict[tuple[str, str, str], float | str] = {NEW: count, ("requests", "granted", "total"): count}
            cells["requests", "total_processed", "total"] = count
            staging.add_report(f"{agency}-{year}", year, agency, cells)
            is_street = agency == STREET
            said = {"agency_level": "township" if is_street else "county", "agency_kind": KINDS[agency], "region_code": "330109"}
            # The government's report says what it covers; its office's leaves it to the roster.
            scope = {TOTAL: "region_total", OFFICE: None, FINANCE: "own", STREET: "own"}[agency]
            staging.rows["reports"][-1].update(said, report_scope=scope)
    return staging


def read_year(staging: Staging, year: int) -> dict[str, pl.DataFrame]:
    documents = [row["document_id"] for row in staging.rows["reports"] if row["report_year"] == year]
    schemas = {"reports": REPORTS, "cells": CELLS, "outcomes": OUTCOMES}
    frames = {
        table: conform(
            pl.DataFrame([row for row in staging.rows[table] if row["document_id"] in documents], infer_schema_length=None), schema
        )
        for table, schema in schemas.items()
    }
    return {**frames, "publishers": conform(EXPECTED.filter(report_year=year), PUBLISHERS)}


def judge(year: int) -> list[dict[str, Any]]:
    """The failed findings of the rules on regions."""
    rules = [rule for rule in load_catalogue().rules if rule.id.startswith("regions.")]
    found = judge_rules(Batch(read_year(stage_reports(), year), year), rules)
    assert "errored" not in set(found["verdict"])
    return found.filter(pl.col("verdict") == "failed").rows(named=True)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    root = tmp_path_factory.mktemp("totals")
    staging = stage_reports()
    staging.corpus["publishers"] = conform(EXPECTED, PUBLISHERS).rows(named=True)
    for year in FIGURES:
        tables = read_year(staging, year)
        found = compute_region_totals(tables["reports"], tables["cells"], tables["publishers"], year)
        staging.corpus["region_totals"] += found.rows(named=True)
    staging.write(root / "staging")
    with duckdb.connect(str(build_warehouse(root)), read_only=True) as connection:
        yield connection


def read_cell(warehouse: duckdb.DuckDBPyConnection, year: int) -> dict[str, Any]:
    rows = warehouse.execute(
        "from fct_region_totals where report_year = ? and (table_key, row_key, column_key) = ('requests', 'new_received', 'total')", [year]
    ).pl()
    (row,) = rows.rows(named=True)
    return row


def test_a_total_that_is_the_sum_of_all_its_children_is_equal(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = read_cell(warehouse, 2021)
    assert (row["status"], row["reason"], row["residual_count"]) == ("equal", None, 0)
    assert (row["reported_count"], row["own_office_count"], row["children_count"]) == (10, 1, 10)
    assert (row["children_expected"], row["children_present"], row["children_counted"], row["missing_children"]) == (3, 3, 3, None)
    assert (row["largest_child_count"], row["largest_child_name"]) == (5, STREET)
    assert judge(2021) == []


def test_at_full_coverage_a_difference_is_an_error_with_the_line_of_the_total(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = read_cell(warehouse, 2022)
    assert (row["status"], row["residual_count"], row["raw"], row["line"]) == ("differs", 1, "11", 17)
    found = judge(2022)
    assert {(finding["rule_id"], finding["severity"], finding["cause"]) for finding in found} == {
        ("regions.sum_of_children", "error", "source")
    }
    assert sorted(finding["row"] for finding in found) == ["granted", "new_received", "total_processed"]
    (finding,) = [finding for finding in found if finding["row"] == "new_received"]
    assert (finding["document_id"], finding["line"], finding["lhs"], finding["rhs"]) == (f"{TOTAL}-2022", 17, 11.0, 10.0)
    assert finding["message_zh"] == f"本年新收政府信息公开申请数量总计汇总 11，下级 3 家合计 10（最大 {STREET} 5）"


def test_with_a_child_missing_nothing_is_asserted_and_the_child_is_named(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = read_cell(warehouse, 2023)
    assert (row["status"], row["reason"], row["missing_children"]) == ("not_assessable", "children_missing", STREET)
    assert (row["children_expected"], row["children_present"], row["children_count"]) == (3, 2, 5)
    assert judge(2023) == []
    missing = warehouse.execute("select agency_name, report_year from fct_expected_reports where status = 'missing'").fetchall()
    assert missing == [(STREET, 2023)]


def test_scopes_of_a_region_stand_beside_each_other_and_are_never_added(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select report_year, report_scope, report_count, new_received_count, disclosed_count, processed_count, disclosure_share, "
        "expected_count, published_count, missing_count, coverage_share from mart_region_years where region_code = '330109' order by all"
    ).fetchall()
    assert rows == [
        (2021, "own", 2, 9, 9, 9, 1.0, 4, 4, 0, 1.0),  # finance and street; the office does not say what it covers
        (2021, "region_total", 1, 10, 10, 10, 1.0, 4, 4, 0, 1.0),
        (2022, "own", 2, 9, 9, 9, 1.0, 4, 4, 0, 1.0),
        (2022, "region_total", 1, 11, 11, 11, 1.0, 4, 4, 0, 1.0),
        (2023, "own", 1, 4, 4, 4, 1.0, 4, 3, 1, 0.75),
        (2023, "region_total", 1, 10, 10, 10, 1.0, 4, 3, 1, 0.75),
    ]


def test_cells_of_tables_that_may_not_be_added_are_not_compared(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute("select distinct row_key from fct_region_totals where table_key = 'proactive' order by 1").fetchall()
    assert [row for (row,) in rows] == ["enforcement", "licence", "normative_document", "penalty", "regulation"]
