"""The cells of published reports, for the workbooks that print the statutory form again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import duckdb

from ingest.templates import load_templates
from ingest.templates.printing import CellKey, list_rows
from orchestration.exporting.selections import Selection
from orchestration.exporting.tables import Column, Table, quote_text

_FACTS: Final = """
    select
        document_id, 'requests' as table_key, row_key, column_key, cast(request_count as decimal(20, 6)) as value, raw, line, '件' as unit
    from fct_requests
    union all
    select document_id, 'disputes', row_key, column_key, cast(case_count as decimal(20, 6)), raw, line, '件' from fct_disputes
    union all
    select document_id, 'proactive', row_key, column_key, value, raw, line, unit from fct_proactive_disclosures
    union all
    select document_id, 'statistics', indicator, column_key, value, raw, line, unit from fct_statistics
"""
_REPORT_COLUMNS: Final = ("document_id", "source", "report_year", "agency_id", "agency_name", "template", "published_date", "report_scope")


@dataclass(frozen=True)
class FormCell:
    """One printed cell; `raw` is empty for a blank."""

    value: Decimal | None
    raw: str
    line: int | None
    unit: str | None


@dataclass(frozen=True)
class FormReport:
    """One published report with its cells; `rows` names the rows of each statutory table in printed order."""

    document_id: str
    source: str
    report_year: int
    agency_id: str
    agency_name: str
    template: str
    published_date: date | None
    report_scope: str | None
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    cells: Mapping[CellKey, FormCell]

    @property
    def form(self) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]:
        """Reports with the same form have the same cells in the same places."""
        return self.template, self.rows


def read_reports(connection: duckdb.DuckDBPyConnection, selection: Selection) -> list[FormReport]:
    """The selected reports with their cells: by year, form, agency."""
    columns = tuple(Column(name, "VARCHAR", None, is_nullable=True) for name in _REPORT_COLUMNS)
    query = selection.write_query(Table("fct_reports", None, columns, ()), _REPORT_COLUMNS)
    found = connection.execute(query).fetchall()
    cells: dict[str, dict[CellKey, FormCell]] = {}
    if found:
        ids = ", ".join(quote_text(row[0]) for row in found)
        order = "order by document_id, table_key, line, row_key, column_key"  # lines matter only where no form gives the order
        for document, table, row, column, value, raw, line, unit in connection.execute(
            f"select * from ({_FACTS}) where document_id in ({ids}) {order}"  # noqa: S608
        ).fetchall():
            cells.setdefault(document, {})[table, row, column] = FormCell(value, raw or "", line, unit)
    reports = []
    for document, source, year, agency, name, template, published, scope in found:
        held = cells.get(document, {})
        reports.append(FormReport(document, source, year, agency, name, template, published, scope, _list_rows(template, held), held))
    return sorted(reports, key=lambda report: (report.report_year, report.form, report.agency_name, report.agency_id))


def _list_rows(template: str, cells: Mapping[CellKey, FormCell]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    form = load_templates().get(template)
    if form is None:  # a list of indicators of before 2019
        return (("statistics", tuple(dict.fromkeys(row for _, row, _ in cells))),)
    held: dict[str, set[str]] = {}
    for table, row, _ in cells:
        held.setdefault(table, set()).add(row)
    return tuple(
        (table.table, tuple(row.row for row in list_rows(table, held[table.table]))) for table in form.tables if table.table in held
    )
