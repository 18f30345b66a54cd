"""Which rows of the published tables an export holds: agencies and report years."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.exporting.tables import Table, quote_name, quote_text
from orchestration.panels import find_agency


@dataclass(frozen=True)
class Selection:
    """Agencies as (id, name), and report years; empty means all."""

    agencies: tuple[tuple[str, str], ...] = ()
    years: tuple[int, ...] = ()

    def describe(self, table: Table) -> str:
        """What of a table is held: `all rows`, or the agencies and years that it is restricted to."""
        parts = []
        if self.years and table.has_column("report_year"):
            parts.append(f"report years {', '.join(map(str, self.years))}")
        if self.agencies and _is_of_agencies(table):
            parts.append(f"agencies {', '.join(name for _, name in self.agencies)}")
        return "; ".join(parts) or "all rows"

    def write_query(self, table: Table, expressions: Sequence[str] = ("*",)) -> str:
        """The rows of the table in published order. A table without report year or agency is not restricted by it."""
        conditions = []
        if self.years and table.has_column("report_year"):
            conditions.append(f"report_year in ({', '.join(map(str, self.years))})")
        if self.agencies and _is_of_agencies(table):
            ids = ", ".join(quote_text(agency) for agency, _ in self.agencies)
            if table.has_column("agency_id"):
                conditions.append(f"agency_id in ({ids})")
            else:
                conditions.append(f"document_id in (select document_id from fct_reports where agency_id in ({ids}))")  # noqa: S608
        restricted = f" where {' and '.join(conditions)} order by rowid" if conditions else ""
        return f"select {', '.join(expressions)} from {quote_name(table.name)}{restricted}"  # noqa: S608


def select_rows(connection: duckdb.DuckDBPyConnection, agencies: Sequence[str], years: Sequence[int]) -> Selection:
    """The selection of what a person named. Raises UnknownAgencyError, with near names, for an agency that is not there."""
    return Selection(tuple(dict.fromkeys(find_agency(connection, agency) for agency in agencies)), tuple(sorted(set(years))))


def _is_of_agencies(table: Table) -> bool:
    return table.has_column("agency_id") or table.has_column("document_id")
