"""Builds a publication, with the raw documents and staging cells behind it, without dbt."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import polars as pl

from ingest.tables import CELLS, RAW_DOCUMENTS, conform
from orchestration.settings import Paths
from orchestration.storage import Storage, write_parquet

FIGURE_COLUMNS = {"requests": "request_count", "disputes": "case_count", "proactive": "value"}
FACTS = {"requests": "fct_requests", "disputes": "fct_disputes", "proactive": "fct_proactive_disclosures"}


@dataclass(frozen=True)
class Figure:
    cell: str
    raw: str
    line: int

    @property
    def value(self) -> Decimal | None:
        return Decimal(self.raw) if self.raw.replace(".", "").isdigit() else None


@dataclass(frozen=True)
class Report:
    document: str
    agency: str = "临江县财政局"
    year: int = 2023
    figures: tuple[Figure, ...] = ()
    source: str = "r/a.txt"
    reasons: str | None = None
    scope: str | None = "own"
    template: str = "2021"
    text: str | None = None
    findings: tuple[tuple[str, str], ...] = field(default=())

    @property
    def agency_id(self) -> str:
        return f"ag_{self.agency}"


def write_publication(folder: Path, reports: Sequence[Report], **manifest: object) -> Path:
    """The Parquet files that `orchestration.history` reads, and a manifest of these fields."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = ("document_id", "source", "agency_id", "agency_name", "agency_canonical_name", "report_year", "report_scope", "template")
    rows = [(r.document, r.source, r.agency_id, r.agency, f"青川市{r.agency}", r.year, r.scope, r.template, r.reasons) for r in reports]
    frame = pl.DataFrame(
        rows, schema=[*columns, "reasons"], orient="row", schema_overrides={"reasons": pl.String, "report_scope": pl.String}
    )
    frame.filter(pl.col("reasons").is_null()).drop("reasons").write_parquet(folder / "fct_reports.parquet")
    quarantined = frame.filter(pl.col("reasons").is_not_null()).drop("agency_canonical_name", "report_scope")
    quarantined.write_parquet(folder / "fct_quarantined_reports.parquet")
    for table, fact in FACTS.items():
        facts = [
            (r.document, r.agency_id, r.year, *f.cell.split(".")[1:], f.value, f.raw, f.line, "label", "件")
            for r in reports
            if r.reasons is None
            for f in r.figures
            if f.cell.startswith(table)
        ]
        names = ("document_id", "agency_id", "report_year", "row_key", "column_key", FIGURE_COLUMNS[table], "raw", "line", "method", "unit")
        types = dict.fromkeys(names, pl.String) | {"report_year": pl.Int32, "line": pl.Int32, FIGURE_COLUMNS[table]: pl.Decimal(20, 6)}
        pl.DataFrame(facts, schema=types, orient="row").write_parquet(folder / f"{fact}.parquet")
    found = [(r.document, rule, message, message) for r in reports for rule, message in r.findings]
    findings = dict.fromkeys(("document_id", "rule_id", "message_zh", "message_en"), pl.String)
    pl.DataFrame(found, schema=findings, orient="row").write_parquet(folder / "fct_findings.parquet")
    rules = pl.DataFrame({"rule_id": ["report.complete"], "on_failure": ["quarantine"], "rule_version": [1]})
    rules.write_parquet(folder / "dim_rules.parquet")
    if manifest:
        (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def write_home(paths: Paths, reports: Sequence[Report]) -> None:
    """The reports published as the current publication, their texts stored, their cells staged."""
    folder = write_publication(paths.published / ".versions" / "v1", reports)
    (paths.published / "current").symlink_to(folder)
    storage = Storage(paths)
    documents = [
        {"document_id": r.document, "report_year": r.year, "media_type": "text/plain", "text": r.text}
        for r in reports
        if r.text is not None
    ]
    storage.store_documents(conform(pl.DataFrame(documents), RAW_DOCUMENTS), set())
    for year in {r.year for r in reports}:
        cells = [
            {
                "document_id": r.document,
                **dict(zip(("table", "row", "column"), f.cell.split("."), strict=True)),
                "value": None if f.value is None else float(f.value),
                "raw": f.raw,
                "line": f.line,
                "method": "label",
                "is_doubtful": False,
                "unit": "件",
            }
            for r in reports
            if r.year == year
            for f in r.figures
        ]
        write_parquet(conform(pl.DataFrame(cells), CELLS), paths.staging / "cells" / f"report_year={year}.parquet")
