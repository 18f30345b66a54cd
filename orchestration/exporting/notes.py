"""What travels with every export for people: where the figures come from, on what terms, and what each column means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from orchestration.exporting.schemas import ExportedTable
from orchestration.exporting.tables import Table
from orchestration.publishing import Publication

CSV_NOTE: Final = """## Reading the CSV files

UTF-8 with a byte order mark, comma, double quotes, one header line. Columns and rows stand in the order of the publication.

- A text that begins with `=`, `+`, `-`, `@` (also full-width, also behind blanks), a tab or a line end has an apostrophe in front of it,
  so that no spreadsheet takes it for a formula; a printed dash therefore reads `'-`. A text that begins with an apostrophe gets another
  one. Take one leading apostrophe away to have the text as printed. Numbers are never touched: -3 stays -3.
- Nothing between two commas is null; `""` is an empty text, such as a cell that was printed blank. Spreadsheets show both the same.
- Import ids and codes as text, or a spreadsheet drops their leading zeros.
"""
TERMS: Final = """## Who printed the figures, and the terms

The figures were printed by the agencies themselves, in the annual reports on government information disclosure that
中华人民共和国政府信息公开条例 第四十九条、第五十条 oblige them to publish. This software read them: it adds the keys, the place of
each figure (line and method), the findings, and the shares, which are computed from the printed figures. It repaired no figure
and filled none in.

This software claims no right in the figures and cannot grant one. Passing them on, name the agency and the year of the report;
`fct_reports.source` names its file. What is marked in `fct_findings` as an agency's own slip stands here as it was printed.
"""


@dataclass(frozen=True)
class Origin:
    """What an export was made from. `source`: one sentence on the reports."""

    publication: Publication
    software: str
    source: str


def describe_source(connection: duckdb.DuckDBPyConnection) -> str:
    """One sentence: how many reports of how many agencies on which years the publication holds."""
    ((reports, agencies, first, last),) = connection.execute(
        "select count(*), count(distinct agency_id), min(report_year), max(report_year) from fct_reports"
    ).fetchall()
    years = f", report years {first} to {last}" if reports else ""
    return f"政府信息公开工作年度报告: {reports} reports of {agencies} agencies{years}"


def write_provenance(origin: Origin, exported: Sequence[ExportedTable], extra: str = "") -> str:
    """PROVENANCE.md: the publication, the files, who printed the figures, the terms; `extra`: notes of the format."""
    lines = [
        "# Provenance of this export",
        "",
        f"- Source: {origin.source}.",
        f"- Publication: version {origin.publication.version}. The same version holds the same figures.",
        f"- Software: Nianbao {origin.software}.",
        "",
        "| file | rows | holds | sha256 |",
        "|---|---|---|---|",
        *(f"| {entry.file} | {entry.rows} | {_escape(entry.held)} | {entry.sha256} |" for entry in exported),
        "",
        TERMS,
    ]
    return "\n".join(lines) + (f"\n{extra}" if extra else "")


def write_dictionary(tables: Sequence[Table]) -> str:
    """DATA_DICTIONARY.md: every table and column with its type and what it holds."""
    lines = [
        "# Data dictionary",
        "",
        "Names end in what they hold: `_count` 件, `_cny` 元, `_share` a part between 0 and 1, `_id` a key, `_date` a day.",
        "A figure is null when the report does not state it; 0 is a printed 0. Times are UTC.",
    ]
    for table in tables:
        key = f"\n\nKey: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
        lines += ["", f"## `{table.name}`", "", f"{_join(table.comment or '')}{key}".strip(), ""]
        lines += ["| column | type | | description |", "|---|---|---|---|"]
        for column in table.columns:
            constraint = "" if column.is_nullable else "not null"
            lines.append(f"| `{column.name}` | {column.type.lower()} | {constraint} | {_escape(_join(column.comment or ''))} |")
    return "\n".join(lines) + "\n"


def _join(text: str) -> str:
    return " ".join(text.split())


def _escape(text: str) -> str:
    return text.replace("|", "\\|")
