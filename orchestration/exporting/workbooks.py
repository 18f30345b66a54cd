"""Workbooks: the statutory form of each report with the sums an office files (汇总), and published tables as plain sheets."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import duckdb

from orchestration.exporting.cells import FormReport
from orchestration.exporting.forms import FormWriter
from orchestration.exporting.grids import is_exact, measure_text
from orchestration.exporting.notes import TERMS, Origin
from orchestration.exporting.schemas import ExportedTable
from orchestration.exporting.selections import Selection
from orchestration.exporting.tables import ExportError, Table

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Grouping = Literal["year", "agency"]
Report = Callable[[str, int, int | None], None]

_MOST_ROWS: Final = 1_048_575
_MOST_CHARACTERS: Final = 32_767
_MOST_NAME: Final = 31
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_NO_CLOCK: Final = datetime(2000, 1, 1)  # noqa: DTZ001 (a constant: the same figures give the same bytes)
_WIDEST: Final = 60.0


def write_form_workbook(path: Path, reports: Sequence[FormReport], origin: Origin) -> None:
    """A workbook with a sheet per report, the sums of each year's reports of one form in front of them, and a note first.

    Raises ExportError for more reports than a workbook can be opened with.
    """
    with _open_workbook(path) as book:
        names = _Names()
        notes = book.add_worksheet(names.take("说明"))
        writer = FormWriter(book, origin)
        years = {report.report_year for report in reports}
        agencies = {report.agency_id for report in reports}
        listed: list[tuple[str, FormReport]] = []
        for group in group_forms(reports):
            titles = [names.take(_name_sheet(report, len(years), len(agencies))) for report in group]
            if len(group) > 1:
                writer.write_sum(book.add_worksheet(names.take(f"汇总 {group[0].report_year}")), group, titles)
            for title, report in zip(titles, group, strict=True):
                writer.write_report(book.add_worksheet(title), report)
                listed.append((title, report))
        _write_notes(notes, origin, listed)


def group_forms(reports: Sequence[FormReport]) -> list[list[FormReport]]:
    """Reports on one year with the same form together: only their cells mean the same and may be summed."""
    groups: dict[object, list[FormReport]] = {}
    for report in reports:
        groups.setdefault((report.report_year, report.form), []).append(report)
    return list(groups.values())


def write_table_workbook(
    path: Path, connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], selection: Selection, origin: Origin, progress: Report
) -> list[ExportedTable]:
    """A workbook with a plain sheet per table. Raises ExportError for a table that a worksheet cannot hold whole."""
    exported: list[ExportedTable] = []
    with _open_workbook(path) as book:
        names = _Names()
        notes = book.add_worksheet(names.take("说明"))
        for number, table in enumerate(tables):
            progress(table.name, number, len(tables))
            rows = _write_table(book, book.add_worksheet(names.take(table.name)), connection, table, selection)
            exported.append(ExportedTable(table, path.name, rows, 0, "", selection.describe(table)))
        _write_table_notes(notes, origin, exported)
    return exported


@contextmanager
def _open_workbook(path: Path) -> "Iterator[Workbook]":
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxWriterException

    book = Workbook(str(path), {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False})
    book.set_properties({"created": _NO_CLOCK, "comments": "Nianbao"})
    try:
        yield book
        book.close()
    except XlsxWriterException as error:
        raise ExportError(f"{path} cannot be written ({error})") from error


class _Names:
    """Names of sheets: at most 31 characters, none twice (whatever the case), none of the characters that Excel refuses."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        base = _NOT_IN_NAMES.sub(" ", wanted).strip() or "表"
        name, number = base[:_MOST_NAME], 1
        while name.lower() in self._taken:
            number += 1
            tail = f" {number}"
            name = base[: _MOST_NAME - len(tail)] + tail
        self._taken.add(name.lower())
        return name


def _name_sheet(report: FormReport, years: int, agencies: int) -> str:
    """What tells the sheets of a workbook apart: the agency, the year, or both; the year is never cut off."""
    if agencies == 1:
        return str(report.report_year)
    if years == 1:
        return report.agency_name
    return f"{report.report_year} {report.agency_name}"


def _write_notes(sheet: "Worksheet", origin: Origin, listed: Sequence[tuple[str, FormReport]]) -> None:
    lines = [
        ["政府信息公开工作年度报告：法定表格，各机关原样数据"],
        [f"来源：{origin.source}"],
        [f"发布版本 {origin.publication.version}；Nianbao {origin.software}"],
        ["空白单元格照印为空白，横线照印为横线；“缺”指文件中没有该单元格。汇总表的公式跳过空白和横线，只相加，不判断各机关口径是否重叠。"],
        *([line] for line in TERMS.splitlines() if line and not line.startswith("#")),
        [],
        ["工作表", "机关", "年度", "表式", "口径", "发布日期", "文件"],
    ]
    for title, report in listed:
        published = "" if report.published_date is None else report.published_date.isoformat()
        scope = report.report_scope or ""
        identity = [report.agency_name, str(report.report_year), report.template, scope, published, report.source]
        lines.append([title, *identity])
    _write_lines(sheet, lines)


def _write_table_notes(sheet: "Worksheet", origin: Origin, exported: Sequence[ExportedTable]) -> None:
    lines = [
        [f"Source: {origin.source}"],
        [f"Publication {origin.publication.version}; Nianbao {origin.software}"],
        *([line] for line in TERMS.splitlines() if line and not line.startswith("#")),
        [],
        ["table", "column", "type", "null", "description"],
    ]
    for entry in exported:
        lines.append([entry.table.name, "", "", f"{entry.rows} rows, {entry.held}", entry.table.comment or ""])
        lines.extend(
            [entry.table.name, column.name, column.type.lower(), "" if column.is_nullable else "not null", column.comment or ""]
            for column in entry.table.columns
        )
    _write_lines(sheet, lines)


def _write_lines(sheet: "Worksheet", lines: Sequence[Sequence[str]]) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text)
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 5, 12)
    sheet.set_column(6, 6, 40)


def _write_table(book: "Workbook", sheet: "Worksheet", connection: duckdb.DuckDBPyConnection, table: Table, selection: Selection) -> int:
    head = book.add_format({"bold": True, "bottom": 1})
    formats = {"date": book.add_format({"num_format": "yyyy-mm-dd"}), "timestamp": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})}
    widths = [float(measure_text(column.name)) + 2 for column in table.columns]
    for number, column in enumerate(table.columns):
        sheet.write_string(0, number, column.name, head)
    cursor = connection.execute(selection.write_query(table))
    row = 0
    while batch := cursor.fetchmany(10_000):
        for values in batch:
            row += 1
            if row > _MOST_ROWS:
                raise ExportError(f"{table.name} has more than {_MOST_ROWS:,} rows; choose --year or --agency, or --format csv")
            for number, (column, value) in enumerate(zip(table.columns, values, strict=True)):
                _write_value(sheet, row, number, value, formats.get(column.kind), f"{table.name}.{column.name}, row {row}")
                widths[number] = max(widths[number], min(measure_text(str(value)) + 2.0, _WIDEST)) if row <= 100 else widths[number]  # noqa: PLR2004
    for number, width in enumerate(widths):
        sheet.set_column(number, number, min(width, _WIDEST))
    sheet.freeze_panes(1, 0)
    if row:
        sheet.autofilter(0, 0, row, len(table.columns) - 1)
    return row


def _write_value(sheet: "Worksheet", row: int, column: int, value: Any, style: Any, place: str) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, value)
        case int() | Decimal() if not is_exact(Decimal(value)):
            sheet.write_string(row, column, str(value))
        case int() | float() | Decimal():
            sheet.write_number(row, column, float(value))
        case _ if style is not None:
            sheet.write_datetime(row, column, value, style)
        case _:
            text = str(value)
            if len(text) > _MOST_CHARACTERS:
                raise ExportError(f"{place}: a text of more than {_MOST_CHARACTERS:,} characters fits no cell; choose --format csv")
            sheet.write_string(row, column, text)
