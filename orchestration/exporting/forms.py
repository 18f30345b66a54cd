"""The statutory form on worksheets: one sheet per report as it was printed, and the sums over the reports of one form."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from ingest.templates import load_templates
from orchestration.exporting.cells import FormCell, FormReport
from orchestration.exporting.grids import (
    COLUMN_WIDTH,
    GRID,
    PlacedCell,
    choose_number_format,
    count_rows,
    is_exact,
    measure_text,
    place_table,
)
from orchestration.exporting.notes import Origin

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ABSENT: Final = "缺"
"""A cell that the form has and the document does not hold."""
MIXED_UNITS: Final = "单位不一"
"""A sum that would add 元 to 万元."""
NOT_SUMMED: Final = "不能求和"
"""A sum over figures that stand in the sheets as texts, which sums pass over: too many digits, or no whole number of cases."""
_MOST_TERMS: Final = 255
_MOST_FORMULA: Final = 8_000
"""Excel takes 255 terms and 8,192 characters."""
_LINE_HEIGHT: Final = 15.0
_TITLE_HEIGHT: Final = 26.0


class FormWriter:
    """Writes the sheets of one workbook. All sheets of one form have each cell in the same place."""

    def __init__(self, book: "Workbook", origin: Origin) -> None:
        self._book = book
        self._origin = origin
        self._formats: dict[tuple[str, str], Format] = {}

    def write_report(self, sheet: "Worksheet", report: FormReport) -> None:
        """One report: its tables with the printed values, the lines they were printed on, and where it comes from."""
        lines: dict[str, list[int]] = {table: [] for table, _ in report.rows}
        for (table, _, _), found in report.cells.items():
            if found.line is not None:
                lines[table].append(found.line)
        row = self._start(sheet, f"{report.agency_name} {report.report_year}年")
        for table, rows in report.rows:
            note = f"来源：{report.source}" + (f" 第 {min(lines[table])}–{max(lines[table])} 行" if lines[table] else "")
            if table == "statistics":
                row = self._write_indicators(sheet, row, report, note)
                continue
            cells = self._write_table(sheet, row, report.template, table, rows)
            for cell in cells:
                if cell.key is not None:
                    self._write_value(sheet, row + 1 + cell.row, cell, report.cells.get(cell.key))
            row = self._write_note(sheet, row + 1 + count_rows(cells), note) + 1
        self._end(sheet, row, [f"document_id {report.document_id}", self._describe_origin()])

    def write_sum(self, sheet: "Worksheet", reports: Sequence[FormReport], titles: Sequence[str]) -> None:
        """The sums over reports of one form, as formulas over their sheets `titles`; as numbers where a formula would be too long.

        Each sheet is named in the formula: a range of sheets is not understood by every program. A cell that no report has a figure in
        stays empty; units that differ are never added.
        """
        first = reports[0]
        row = self._start(sheet, f"汇总 {first.report_year}年，{len(reports)} 个机关")
        for table, rows in first.rows:
            if table == "statistics":
                continue  # indicators of before 2019 have no common form
            cells = self._write_table(sheet, row, first.template, table, rows)
            for cell in cells:
                if cell.key is not None:
                    self._write_sum_of(sheet, row + 1 + cell.row, cell, reports, titles)
            row = (
                self._write_note(sheet, row + 1 + count_rows(cells), "各表相应单元格之和，空白和横线不计；合计列也是各机关所印合计之和") + 1
            )
        notes = ["一级政府的报告可能已含所属部门和下级政府的数字：口径重叠的报告不应相加。", self._describe_origin()]
        self._end(sheet, row, notes)

    def _start(self, sheet: "Worksheet", title: str) -> int:
        sheet.set_column(0, GRID - 1, COLUMN_WIDTH)
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 1)
        sheet.hide_gridlines(2)
        self._merge(sheet, 0, 0, 1, GRID, title, "title")
        sheet.set_row(0, _TITLE_HEIGHT)
        return 2

    def _end(self, sheet: "Worksheet", row: int, notes: Sequence[str]) -> None:
        for number, note in enumerate(notes):
            self._write_note(sheet, row + number, note)

    def _write_note(self, sheet: "Worksheet", row: int, note: str) -> int:
        self._merge(sheet, row, 0, 1, GRID, note, "note")
        sheet.set_row(row, _LINE_HEIGHT * math.ceil(measure_text(note) / (GRID * COLUMN_WIDTH)))
        return row + 1

    def _write_table(self, sheet: "Worksheet", row: int, template: str, table: str, rows: tuple[str, ...]) -> list[PlacedCell]:
        """Title in `row`, everything but the values below; returns the cells, whose rows count from `row` + 1."""
        self._merge(sheet, row, 0, 1, GRID, load_templates()[template].table(table).title, "section")
        cells = place_table(template, table, rows)
        heights: dict[int, float] = {}
        for cell in cells:
            if cell.key is None:
                style = "label" if cell.role in ("label", "group") and cell.rowspan == 1 else "head"
                self._merge(sheet, row + 1 + cell.row, cell.column, cell.rowspan, cell.colspan, cell.text, style)
            if cell.rowspan == 1:
                lines = math.ceil(measure_text(cell.text) / (cell.colspan * COLUMN_WIDTH - 1)) or 1
                heights[cell.row] = max(heights.get(cell.row, 0.0), lines * _LINE_HEIGHT + 3)
        for number, height in heights.items():
            sheet.set_row(row + 1 + number, height)
        return cells

    def _write_value(self, sheet: "Worksheet", row: int, cell: PlacedCell, found: FormCell | None) -> None:
        style = self._format("value", choose_number_format(found.raw) if found is not None else "General")
        self._span(sheet, row, cell, style)
        if found is None:
            sheet.write_string(row, cell.column, ABSENT, style)
        elif found.value is None:
            sheet.write_string(row, cell.column, found.raw, style) if found.raw else sheet.write_blank(row, cell.column, None, style)
        elif is_exact(found.value):
            sheet.write_number(row, cell.column, float(found.value), style)
        else:
            sheet.write_string(row, cell.column, found.raw, style)

    def _write_sum_of(self, sheet: "Worksheet", row: int, cell: PlacedCell, reports: Sequence[FormReport], titles: Sequence[str]) -> None:
        from xlsxwriter.utility import xl_rowcol_to_cell

        total = sum_cells([report.cells.get(cell.key) for report in reports] if cell.key is not None else [])
        decimals = max((len(str(value.normalize()).partition(".")[2]) for value in [total] if isinstance(value, Decimal)), default=0)
        style = self._format("value", "0" + (f".{'0' * decimals}" if decimals else ""))
        self._span(sheet, row, cell, style)
        match total:
            case None:
                sheet.write_blank(row, cell.column, None, style)
            case str():
                sheet.write_string(row, cell.column, total, style)
            case Decimal():
                place = xl_rowcol_to_cell(row, cell.column)
                terms = ",".join(f"'{title}'!{place}" for title in titles)
                formula = f"=SUM({terms})"
                if len(titles) > _MOST_TERMS or len(formula) > _MOST_FORMULA:
                    sheet.write_number(row, cell.column, float(total), style)
                else:
                    sheet.write_formula(row, cell.column, formula, style, float(total))

    def _write_indicators(self, sheet: "Worksheet", row: int, report: FormReport, note: str) -> int:
        """The statistics table of before 2019: a list, for it has no fixed form."""
        self._merge(sheet, row, 0, 1, GRID, "统计表", "section")
        row += 1
        for (_, indicator, column), cell in report.cells.items():
            self._merge(sheet, row, 0, 1, 8, indicator, "label")
            self._merge(sheet, row, 8, 1, 3, column, "head")
            self._write_value(sheet, row, PlacedCell(0, 11, 1, 4, "", "value", None), cell)
            row += 1
        return self._write_note(sheet, row, note) + 1

    def _describe_origin(self) -> str:
        return f"发布版本 {self._origin.publication.version}，Nianbao {self._origin.software}；数字由各机关公布，照印，未作修补"

    def _merge(self, sheet: "Worksheet", row: int, column: int, rowspan: int, colspan: int, text: str, style: str) -> None:
        chosen = self._format(style, "General")
        if rowspan > 1 or colspan > 1:
            sheet.merge_range(row, column, row + rowspan - 1, column + colspan - 1, "", chosen)
        sheet.write_string(row, column, text, chosen)

    def _span(self, sheet: "Worksheet", row: int, cell: PlacedCell, style: "Format") -> None:
        if cell.rowspan > 1 or cell.colspan > 1:
            sheet.merge_range(row, cell.column, row + cell.rowspan - 1, cell.column + cell.colspan - 1, "", style)

    def _format(self, style: str, number_format: str) -> "Format":
        known = self._formats.get((style, number_format))
        if known is None:
            known = self._book.add_format({**_STYLES[style], "num_format": number_format})
            self._formats[style, number_format] = known
        return known


def sum_cells(cells: Sequence[FormCell | None]) -> Decimal | str | None:
    """The sum of the figures; None when there is none, and the reason as a text where adding them would make a wrong number."""
    held = [cell for cell in cells if cell is not None]
    if any(cell.value is None and any(character.isdigit() for character in cell.raw) for cell in held):
        return NOT_SUMMED
    figures = [cell for cell in held if cell.value is not None]
    if not figures:
        return None
    if len({cell.unit for cell in figures}) > 1:
        return MIXED_UNITS
    total = sum((cell.value for cell in figures if cell.value is not None), Decimal(0))
    if not all(cell.value is not None and is_exact(cell.value) for cell in figures) or not is_exact(total):
        return NOT_SUMMED
    return total


_BASE: Final[dict[str, Any]] = {"font_size": 10, "text_wrap": True, "valign": "vcenter"}
_STYLES: Final[dict[str, dict[str, Any]]] = {
    "title": {**_BASE, "bold": True, "font_size": 14, "align": "center"},
    "section": {**_BASE, "bold": True, "font_size": 11},
    "head": {**_BASE, "border": 1, "align": "center"},
    "label": {**_BASE, "border": 1},
    "value": {**_BASE, "border": 1, "align": "right"},
    "note": {**_BASE, "font_size": 8, "font_color": "#666666"},
}
