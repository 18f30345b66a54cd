"""Small staging tables with figures that a person chose, written as Parquet the way dbt reads them."""

from pathlib import Path
from typing import Any

import polars as pl

from expectations.checks.revisions import build_revisions
from expectations.recording import GATE_RESULTS
from ingest.tables import STAGING_SORT_KEYS, STAGING_TABLES, conform
from ingest.templates import load_templates
from orchestration.storage import CORPUS_TABLES

CellKey = tuple[str, str, str]
MIXED = {
    ("requests", "other_overdue_correction"): None,
    ("requests", "other_overdue_fee"): None,
    ("requests", "other_other"): "other_processed",
}
"""How the mixed form differs from the 2021 form: one row stands in place of three."""


class Staging:
    """Collects documents and findings of several years, then writes the tables of each year."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {table: [] for table in STAGING_TABLES}
        self.gate_results: list[dict[str, Any]] = []
        self.corpus: dict[str, list[dict[str, Any]]] = {table: [] for table in CORPUS_TABLES}
        self._years: dict[str | None, int | None] = {}

    def add_report(
        self,
        document_id: str,
        year: int | None,
        agency: str | None,
        figures: dict[CellKey, float | str] | None = None,
        *,
        template: str | None = "2021",
        status: str = "accepted",
        issue: str | None = None,
        sources: tuple[str, ...] = (),
        is_mixed: bool = False,
        layout: str | None = "pipe_rows",
        scope: str | None = "own",
    ) -> None:
        """A report on the given form. Cells are a printed 0 unless `figures` has a number or a printed text such as "" or "-"."""
        self._years[document_id] = year
        cells = self._build_cells(document_id, template, figures or {}, is_mixed=is_mixed)
        self.rows["cells"] += cells
        self.rows["reports"].append(
            {
                "document_id": document_id,
                "report_year": year,
                "agency_id": None if agency is None else f"id-{agency}",
                "agency_name": agency,
                "template": template,
                "layout": layout,
                "report_scope": None if agency is None else scope,
                "status": status,
                "issue": issue,
                "expected_cell_count": len(cells),
                "located_cell_count": len(cells),
                "doubtful_cell_count": 0,
                "is_cut_off": False,
                "parser_version": "test",
            }
        )
        for source in sources or (f"{document_id}.txt",):
            self.add_outcome(source, document_id, year, status, issue)

    def add_outcome(self, source: str, document_id: str | None, year: int | None, status: str, issue: str | None) -> None:
        """An input; a rejected one has no report."""
        self.rows["outcomes"].append({"source": source, "document_id": document_id, "report_year": year, "status": status, "issue": issue})

    def add_finding(self, rule_id: str, document_id: str | None, year: int | None, severity: str = "error", **fields: Any) -> None:
        """A failed finding unless `fields` says otherwise."""
        row = {"rule_id": rule_id, "rule_version": 1, "verdict": "failed", "severity": severity}
        self.rows["findings"].append({**row, "document_id": document_id, "report_year": year, **fields})

    def add_copy(self, document_id: str, other_document_id: str, section: str, similarity: float, **fields: Any) -> None:
        """A pair of kind narrative unless `fields` says otherwise."""
        row = {"document_id": document_id, "other_document_id": other_document_id, "section": section, "similarity": similarity}
        self.corpus["copies"].append({**row, "kind": "narrative", **fields})

    def write(self, root: Path) -> None:
        """`<root>/<table>/report_year=<year|unknown>.parquet`, every table for every year, empty or not."""
        for table, schema in CORPUS_TABLES.items():
            (root / table).mkdir(parents=True)
            rows = self.corpus[table]
            frame = pl.DataFrame(rows, schema_overrides=schema) if rows else pl.DataFrame(schema=schema)
            conform(frame, schema).write_parquet(root / table / "corpus.parquet")
        (root / "gate_results").mkdir()
        gates = pl.DataFrame(self.gate_results, schema_overrides=GATE_RESULTS) if self.gate_results else pl.DataFrame(schema=GATE_RESULTS)
        conform(gates, GATE_RESULTS).write_parquet(root / "gate_results" / "run.parquet")
        self._order_revisions()
        years = sorted({row["report_year"] for row in self.rows["outcomes"]}, key=str)
        for table, schema in STAGING_TABLES.items():
            (root / table).mkdir(parents=True)
            for year in years:
                rows = [row for row in self.rows[table] if self._year_of(row) == year]
                frame = conform(pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame(schema=schema), schema)
                name = f"report_year={'unknown' if year is None else year}.parquet"
                frame.sort(STAGING_SORT_KEYS[table]).write_parquet(root / table / name)

    def _order_revisions(self) -> None:
        tables = {
            name: conform(pl.DataFrame(self.rows[name], infer_schema_length=None), STAGING_TABLES[name]) for name in ("reports", "cells")
        }
        for name, frame in build_revisions(tables).items():
            self.rows[name] = frame.to_dicts()

    def _year_of(self, row: dict[str, Any]) -> int | None:
        return row["report_year"] if "report_year" in row else self._years[row["document_id"]]

    def _build_cells(
        self, document_id: str, template: str | None, figures: dict[CellKey, float | str], *, is_mixed: bool
    ) -> list[dict[str, Any]]:
        if template is None:
            return []
        if template == "pre2019":  # no fixed grid: just the cells given
            return [
                {
                    "document_id": document_id, "table": table, "row": row, "column": column,
                    "value": None if isinstance(figure, str) else float(figure), "raw": str(figure), "line": line,
                    "method": "label", "is_doubtful": False, "unit": "件",
                }
                for line, ((table, row, column), figure) in enumerate(figures.items(), start=1)
            ]  # fmt: skip
        cells: list[dict[str, Any]] = []
        unused = set(figures)
        for line, (table, printed_row, column) in enumerate(load_templates()[template].cells, start=1):
            row = MIXED.get((table, printed_row), printed_row) if is_mixed else printed_row
            if row is None:
                continue
            key = (table, row, column.column)
            unused.discard(key)
            figure = figures.get(key, 0)
            cells.append(
                {
                    "document_id": document_id,
                    "table": table,
                    "row": row,
                    "column": column.column,
                    "value": None if isinstance(figure, str) else float(figure),
                    "raw": figure if isinstance(figure, str) else str(figure),
                    "line": line,
                    "method": "label",
                    "is_doubtful": False,
                    "unit": column.unit,
                }
            )
        if unused:
            raise KeyError(f"the form {template} has no cells {sorted(unused)}")
        return cells
