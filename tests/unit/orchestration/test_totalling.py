"""The corpus table of region totals, from stored tables of several report years."""

from pathlib import Path

import polars as pl

from expectations.checks.revisions import build_revisions
from expectations.decisions.tables import DECISIONS
from expectations.examples import ExampleReport, build_tables
from ingest.tables import FINDINGS, conform, empty
from orchestration.manifests import PartitionManifest
from orchestration.rostering import refresh_rosters
from orchestration.settings import Settings
from orchestration.storage import Storage
from orchestration.totalling import refresh_region_totals

CELL = "requests.new_received.total"
CITY = ExampleReport(
    document="city", agency="ag_000000000001", agency_kind="government", level="prefecture", region="150700", scope="region_total"
)
BUREAU = ExampleReport(
    document="bureau", agency="ag_000000000002", agency_kind="department", level="prefecture", region="150700", scope="own"
)


def store(storage: Storage, year: int, total: str) -> None:
    reports = (
        CITY.model_copy(update={"cells": {CELL: total}, "year": year}),
        BUREAU.model_copy(update={"cells": {CELL: "3"}, "year": year}),
    )
    tables = {name: frame for name, frame in build_tables(reports).items() if name != "sightings"}
    manifest = PartitionManifest(
        partition=str(year), inputs=total, software="", previous=None, statuses={}, issues={}, findings={}, rules=()
    )
    storage.replace_tables({**tables, "findings": empty(FINDINGS), **build_revisions(tables)}, manifest)


def test_every_year_is_compared_and_nothing_is_done_again_without_news(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", reports=(tmp_path,))
    storage = Storage(settings.paths)
    store(storage, 2022, "3")
    store(storage, 2023, "2")
    record, is_new = refresh_region_totals(storage)
    assert is_new and (record.totals, record.statuses) == (1, {"below_children": 1, "not_assessable": 1})
    assert refresh_region_totals(storage)[1] is False
    table = storage.read_corpus_table("region_totals")
    assert table.select("report_year", "status", "reported_value", "children_value").rows() == [
        (2022, "not_assessable", 3.0, 3.0),
        (2023, "below_children", 2.0, 3.0),
    ]
    roster = tmp_path / "publishers.csv"
    head = "agency_name,agency_id,parent_agency_name,agency_kind,report_scope,first_report_year"
    rows = (
        "呼伦贝尔市人民政府,ag_000000000001,,government,region_total,2022",
        "呼伦贝尔市财政局,ag_000000000002,呼伦贝尔市人民政府,department,own,2022",
    )
    roster.write_text("\n".join((head, *rows)), encoding="utf-8")
    refresh_rosters(settings.model_copy(update={"publishers": roster}), storage)
    assert refresh_region_totals(storage)[1] is True
    assert set(storage.read_corpus_table("region_totals")["reason"].drop_nulls()) == {"own_office_not_listed"}


def decide(document: str, decision: str, cell: str | None = None, value: float | None = None) -> dict[str, object]:
    table, row, column = cell.split(".") if cell is not None else (None, None, None)
    cells = {"table": table, "row": row, "column": column, "decided_value": value}
    return {"document_id": document, "decision": decision, "status": "applied", "report_year": 2023, **cells}


def test_decided_figures_are_added_up_and_excluded_reports_are_not(tmp_path: Path) -> None:
    storage = Storage(Settings(home=tmp_path / "home", reports=(tmp_path,)).paths)
    store(storage, 2023, "2")
    ids = dict(storage.read_tables("2023", ("reports",))["reports"].select("agency_id", "document_id").iter_rows())
    city, bureau = ids["ag_000000000001"], ids["ag_000000000002"]
    for decisions, expected in (
        ([decide(bureau, "correct", CELL, 1.0)], [("not_assessable", 2.0, "2", 1.0)]),
        ([decide(city, "correct", CELL, 9.0)], [("not_assessable", 9.0, "2", 3.0)]),
        ([decide(bureau, "exclude")], []),  # nothing is left to compare with
        ([{**decide(bureau, "correct", CELL, 1.0), "status": "stale"}], [("below_children", 2.0, "2", 3.0)]),
    ):
        written = pl.DataFrame(decisions, schema={name: DECISIONS[name] for name in decisions[0]})
        storage.replace_corpus_table("decisions", conform(pl.concat([empty(DECISIONS), written], how="diagonal"), DECISIONS))
        (storage.paths.corpus / "region_totals.json").unlink(missing_ok=True)
        refresh_region_totals(storage)
        table = storage.read_corpus_table("region_totals")
        assert table.select("status", "reported_value", "raw", "children_value").rows() == expected
