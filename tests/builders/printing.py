"""Prints a sample report as PDF, DOCX, XLSX or XLS: the inverse of the readers of those files."""

import datetime
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate
from typing import Any

from lxml import html

from ingest.samples import RenderedReport

SIZE = 9.0
MARGIN = 50.0
WIDTH, HEIGHT = 595.0, 842.0


@dataclass(frozen=True)
class Cell:
    row: int
    column: int
    rowspan: int
    colspan: int
    text: str


@dataclass(frozen=True)
class Grid:
    cells: tuple[Cell, ...]
    row_count: int
    column_count: int


Block = str | Grid


def place_rows(rows: Sequence[Sequence[tuple[str, int, int]]]) -> Grid:
    """The grid of rows of (text, colspan, rowspan), as HTML places them."""
    taken: set[tuple[int, int]] = set()
    cells = []
    for number, row in enumerate(rows):
        column = 0
        for text, colspan, rowspan in row:
            while (number, column) in taken:
                column += 1
            taken |= {(number + down, column + across) for down in range(rowspan) for across in range(colspan)}
            cells.append(Cell(number, column, rowspan, colspan, text))
    return Grid(tuple(cells), len(rows), max(column for _, column in taken) + 1)


def read_blocks(report: RenderedReport) -> list[Block]:
    """The lines and tables of a report that was rendered as HTML."""
    body = html.fromstring(report.text.encode()).find("body")
    assert body is not None
    blocks: list[Block] = []
    for element in body.iter("h1", "p", "div", "table"):
        if element.tag == "table":
            rows = [
                [
                    ((cell.text_content() or "").strip(" \xa0"), int(cell.get("colspan", "1")), int(cell.get("rowspan", "1")))
                    for cell in row.iter("td")
                ]
                for row in element.iter("tr")
            ]
            blocks.append(place_rows(rows))
        elif element.get("class") in {None, "info"}:
            blocks.append(element.text_content().strip())
    return blocks


def _measure(text: str) -> float:
    return sum(SIZE if character > "\u2000" else SIZE / 2 for character in text)


def _wrap(text: str, width: float) -> list[str]:
    lines = [""]
    for character in text:
        if lines[-1] and _measure(lines[-1] + character) > width:
            lines.append("")
        lines[-1] += character
    return lines


def _choose_widths(grid: Grid) -> list[float]:
    """Columns as wide as the line: those of values as wide as their longest number, the rest for the labels."""
    widths = [0.0] * grid.column_count
    for column in range(grid.column_count):
        texts = [cell.text for cell in grid.cells if cell.column == column and cell.colspan == 1]
        numbers = [_measure(text) + 8 for text in texts if text and text[0] in "0123456789+-"]
        least = 28.0 if grid.column_count > 6 else 80.0
        widths[column] = max([least, *numbers]) if numbers or not texts else 0.0
        if not numbers and texts and max(map(len, texts)) <= 2:
            widths[column] = 28.0
    free = [column for column, width in enumerate(widths) if width == 0.0]
    left = WIDTH - 2 * MARGIN - sum(widths)
    for column in free:
        longest = max((len(cell.text) for cell in grid.cells if cell.column == column and cell.colspan == 1), default=1)
        total = sum(max((len(c.text) for c in grid.cells if c.column == f and c.colspan == 1), default=1) for f in free)
        widths[column] = left * longest / total
    return widths


class _Printer:
    def __init__(self, *, is_ruled: bool, has_page_numbers: bool, repeats_heads: bool, running_head: str | None) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont
        from reportlab.pdfgen.canvas import Canvas

        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        self.out = BytesIO()
        self.canvas = Canvas(self.out, pagesize=(WIDTH, HEIGHT), invariant=1)
        self.is_ruled, self.has_page_numbers, self.repeats_heads = is_ruled, has_page_numbers, repeats_heads
        self.running_head = running_head
        self.page = 0
        self.begin_page()

    def begin_page(self) -> None:
        self.page += 1
        self.canvas.setFont("STSong-Light", SIZE)
        self.canvas.setLineWidth(0.5)
        self.top = MARGIN
        if self.has_page_numbers:
            self.write(str(self.page), WIDTH / 2, HEIGHT - 30)
        if self.running_head:
            self.write(self.running_head, MARGIN, 20)

    def end_page(self) -> None:
        self.canvas.showPage()
        self.begin_page()

    def write(self, text: str, x: float, top: float) -> None:
        self.canvas.drawString(x, HEIGHT - top - SIZE, text)

    def print_line(self, text: str) -> None:
        for line in _wrap(text, WIDTH - 2 * MARGIN):
            if self.top + SIZE + 5 > HEIGHT - MARGIN:
                self.end_page()
            self.write(line, MARGIN, self.top)
            self.top += SIZE + 5

    def print_grid(self, grid: Grid) -> None:
        widths = _choose_widths(grid)
        lefts = [MARGIN, *accumulate(widths, initial=MARGIN)][1:]
        wrapped = {cell: _wrap(cell.text, sum(widths[cell.column : cell.column + cell.colspan]) - 6) for cell in grid.cells}
        heights = [
            max(len(wrapped[cell]) for cell in grid.cells if cell.row == row and cell.rowspan == 1) * (SIZE + 3) + 4
            if any(cell.row == row and cell.rowspan == 1 for cell in grid.cells)
            else SIZE + 7
            for row in range(grid.row_count)
        ]
        for cell in grid.cells:  # a group's label must fit beside its rows
            needed = len(wrapped[cell]) * (SIZE + 3) + 4 - sum(heights[cell.row : cell.row + cell.rowspan])
            if needed > 0:
                heights[cell.row + cell.rowspan - 1] += needed
        begins = 0
        while begins < grid.row_count:
            first_value = min(cell.row for cell in grid.cells if cell.text.isdigit())
            heads = list(range(min(begins, first_value))) if self.repeats_heads else []
            room = HEIGHT - MARGIN - self.top - sum(heights[head] for head in heads)
            ends = begins
            while ends < grid.row_count and sum(heights[begins : ends + 1]) <= room:
                ends += 1
            if ends > begins:
                self.print_rows(grid, [*heads, *range(begins, ends)], lefts, heights, wrapped)
            begins = ends
            if begins < grid.row_count:
                self.end_page()
        self.top += 6

    def print_rows(self, grid: Grid, rows: list[int], lefts: list[float], heights: list[float], wrapped: dict[Cell, list[str]]) -> None:
        tops = dict(zip(rows, accumulate((heights[row] for row in rows), initial=self.top), strict=False))
        for cell in grid.cells:
            mine = [row for row in rows if cell.row <= row < cell.row + cell.rowspan]
            if not mine:
                continue
            left, right = lefts[cell.column], lefts[cell.column + cell.colspan]
            top, bottom = tops[mine[0]], tops[mine[-1]] + heights[mine[-1]]
            if self.is_ruled:
                self.canvas.rect(left, HEIGHT - bottom, right - left, bottom - top)
            if cell.row not in mine:
                continue  # the rest of a merged cell on the next page is blank
            lines = wrapped[cell]
            first = max(top + 1, (top + bottom - len(lines) * (SIZE + 3)) / 2)
            for index, line in enumerate(lines):
                self.write(line, left + max(1.0, (right - left - _measure(line)) / 2), first + index * (SIZE + 3))
        self.top += sum(heights[row] for row in rows)

    def finish(self) -> bytes:
        self.canvas.save()
        return self.out.getvalue()


def print_pdf(
    blocks: Sequence[Block],
    *,
    is_ruled: bool = True,
    has_page_numbers: bool = True,
    repeats_heads: bool = False,
    first_page_lines: int = 0,
    running_head: str | None = None,
) -> bytes:
    """A text PDF on A4. `first_page_lines` lines come first, so that page breaks fall elsewhere."""
    printer = _Printer(is_ruled=is_ruled, has_page_numbers=has_page_numbers, repeats_heads=repeats_heads, running_head=running_head)
    for block in blocks:
        if isinstance(block, str):
            printer.print_line(block)
        else:
            printer.print_grid(block)
        if block is blocks[0]:
            for _ in range(first_page_lines):
                printer.print_line("本机关依法公开政府信息")
    return printer.finish()


def print_scan(page_count: int) -> bytes:
    """A PDF of pictures."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    for _ in range(page_count):
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 20, 20, WIDTH - 40, HEIGHT - 40)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def print_docx(blocks: Sequence[Block]) -> bytes:
    """A Word file with merged cells."""
    import docx

    document: Any = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(block.row_count, block.column_count)
        for cell in block.cells:
            place = table.cell(cell.row, cell.column)
            if cell.rowspan > 1 or cell.colspan > 1:
                place = place.merge(table.cell(cell.row + cell.rowspan - 1, cell.column + cell.colspan - 1))
            place.text = cell.text
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def print_xlsx(blocks: Sequence[Block]) -> bytes:
    """A workbook of one sheet, tables with borders, numbers as numbers."""
    import openpyxl
    from openpyxl.styles import Border, Side

    book: Any = openpyxl.Workbook()
    book.properties.created = book.properties.modified = datetime.datetime(2024, 1, 1)  # noqa: DTZ001
    sheet = book.active
    line = Side(style="thin")
    row = 1
    for block in blocks:
        if isinstance(block, str):
            sheet.cell(row, 1, block)
            row += 1
            continue
        for down in range(block.row_count):
            for across in range(block.column_count):
                sheet.cell(row + down, 1 + across).border = Border(line, line, line, line)
        for cell in block.cells:
            sheet.cell(row + cell.row, 1 + cell.column, _as_number(cell.text))
            if cell.rowspan > 1 or cell.colspan > 1:
                top, left = row + cell.row, 1 + cell.column
                sheet.merge_cells(start_row=top, start_column=left, end_row=top + cell.rowspan - 1, end_column=left + cell.colspan - 1)
        row += block.row_count
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def print_xls(blocks: Sequence[Block]) -> bytes:
    """The same as an old workbook, where every number is a float."""
    import xlwt

    book: Any = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    style = xlwt.easyxf("borders: left thin, right thin, top thin, bottom thin")
    row = 0
    for block in blocks:
        if isinstance(block, str):
            sheet.write(row, 0, block)
            row += 1
            continue
        for cell in block.cells:
            top, left = row + cell.row, cell.column
            sheet.write_merge(top, top + cell.rowspan - 1, left, left + cell.colspan - 1, _as_number(cell.text), style)
        row += block.row_count
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _as_number(text: str) -> str | float | None:
    if not text:
        return None
    try:
        return float(text) if text[0] != "+" else text
    except ValueError:
        return text


def rewrite_part(package: bytes, name: str, old: str, new: str) -> bytes:
    """The package with a piece of one of its parts replaced."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            part = source.read(info)
            if info.filename == name:
                assert old in part.decode()
                part = part.decode().replace(old, new).encode()
            target.writestr(info.filename, part)
    return out.getvalue()
