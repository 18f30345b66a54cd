"""An agency that reports on itself and, in another document, on all of its region: both are published, and never added up."""

from collections.abc import Iterator

import duckdb
import pytest
from builders.dbt_building import build_warehouse
from builders.dbt_staging import Staging

CITY = "萧山区人民政府"
NEW = ("requests", "new_received", "total")
PLACE = {"agency_level": "county", "agency_kind": "government", "region_code": "330109"}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    root = tmp_path_factory.mktemp("scopes")
    staging = Staging()
    for document, scope, count in (("office", "own", 4), ("district", "region_total", 90)):
        staging.add_report(document, 2023, CITY, {NEW: count}, scope=scope)
        staging.rows["reports"][-1].update(PLACE)
    staging.write(root / "staging")
    with duckdb.connect(str(build_warehouse(root)), read_only=True) as connection:
        yield connection


def ask(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return warehouse.execute(query).fetchall()


def test_both_reports_and_their_cells_are_published(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert ask(warehouse, "select document_id, report_scope from fct_reports order by all") == [
        ("district", "region_total"),
        ("office", "own"),
    ]
    cells = "select document_id, request_count from fct_requests where row_key = 'new_received' and column_key = 'total' order by all"
    assert ask(warehouse, cells) == [("district", 90), ("office", 4)]
    assert ask(warehouse, "from fct_quarantined_reports") == []


@pytest.mark.parametrize("mart", ["mart_agency_years", "mart_timeliness", "mart_copied_narratives", "dim_agency_names"])
def test_the_narrower_stands_for_the_agency_in_a_panel(warehouse: duckdb.DuckDBPyConnection, mart: str) -> None:
    assert ask(warehouse, f"select document_id from {mart}") == [("office",)]
    assert ask(warehouse, "select distinct document_id from mart_agency_indicators") == [("office",)]


def test_region_and_year_keep_the_scopes_apart(warehouse: duckdb.DuckDBPyConnection) -> None:
    by_scope = "select report_scope, new_received_count from {} order by all"
    assert ask(warehouse, by_scope.format("mart_region_years")) == [("own", 4), ("region_total", 90)]
    assert ask(warehouse, by_scope.format("mart_year_scopes")) == [("own", 4), ("region_total", 90)]
    assert ask(warehouse, "select new_received_count from mart_years") == [(4,)]
