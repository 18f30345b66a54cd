"""The statutory tables on the columns of a worksheet: where each printed cell stands, how wide its label is, what a value looks like."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ingest.templates import load_templates
from ingest.templates.printing import CellKey, PrintedTable, Role, print_tables

GRID: Final = 15
"""Columns that a worksheet has for the tables one below the other: as many as 表四 has values."""
COLUMN_WIDTH: Final = 9.0
_VALUES_SHARE: Final = 9
"""表二 has 3 values in a row, 表三 7: in 9 columns, so that labels have the other 6 or 8."""
_LABEL_WIDTHS: Final = (1, 2)
"""The outer labels of 表三 are narrow; the last label takes what is left."""
_DIGITS: Final = 15
"""A worksheet keeps no more digits of a number."""


@dataclass(frozen=True)
class PlacedCell:
    """One cell of a table; rows count from the table's first, columns from the sheet's."""

    row: int
    column: int
    rowspan: int
    colspan: int
    text: str
    role: Role
    key: CellKey | None


def place_table(template: str, table: str, rows: tuple[str, ...]) -> list[PlacedCell]:
    """The cells of the table as the form prints them, spread over the columns of the sheet; values are empty."""
    columns = {column.column: column for column in load_templates()[template].table(table).columns}
    keys: dict[CellKey, str] = {(table, row, column): "" for row in rows for column in columns}
    printed = print_tables(template, {table: rows}, keys, is_halfwidth=False)[table]
    starts = _spread(printed)
    return [
        PlacedCell(row, starts[column], cell.rowspan, starts[column + cell.colspan] - starts[column], cell.text, cell.role, cell.key)
        for row, column, cell in _walk(printed)
    ]


def count_rows(cells: list[PlacedCell]) -> int:
    """Rows of the sheet that the table takes."""
    return max(cell.row + cell.rowspan for cell in cells)


def choose_number_format(raw: str) -> str:
    """The number format that shows a figure as it was printed: its decimals, its separators, a plus sign."""
    text = unicodedata.normalize("NFKC", raw).strip()
    found = re.fullmatch(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?", text)
    if found is None:
        return "General"
    sign, whole, decimals = found.groups()
    shown = ("#,##0" if "," in whole else "0") + (f".{'0' * len(decimals)}" if decimals else "")
    return f"+{shown};-{shown};0" if sign == "+" else shown


def is_exact(value: Decimal) -> bool:
    """Whether a worksheet, which keeps numbers as binary doubles, shows the same digits again."""
    return len(value.normalize().as_tuple().digits) <= _DIGITS


def measure_text(text: str) -> int:
    """Columns of a terminal or a worksheet that the text takes: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _walk(printed: PrintedTable) -> "Iterator[tuple[int, int, _Printed]]":
    for number, row in enumerate(printed.rows):
        column = 0
        for cell, gap in zip(row.cells, row.gaps, strict=False):  # one gap more: what is covered behind the last cell
            column += gap
            yield number, column, _Printed(cell.text, cell.role, cell.key, cell.colspan, cell.rowspan)
            column += cell.colspan


@dataclass(frozen=True)
class _Printed:
    text: str
    role: Role
    key: CellKey | None
    colspan: int
    rowspan: int


def _spread(printed: PrintedTable) -> list[int]:
    """Sheet column at which each column of the printed table starts, and one more for where the last one ends."""
    first_value = min((column for _, column, cell in _walk(printed) if cell.key is not None), default=printed.width)
    values = printed.width - first_value
    span = max(1, _VALUES_SHARE // values) if values else 1
    room = max(GRID - values * span, first_value)
    widths = _share_labels(first_value, room) + [span] * values
    starts = [0]
    for width in widths:
        starts.append(starts[-1] + width)
    return starts


def _share_labels(labels: int, room: int) -> list[int]:
    if not labels:
        return []
    outer = [min(width, max(room // labels, 1)) for width in _LABEL_WIDTHS[: labels - 1]]
    outer += [1] * (labels - 1 - len(outer))
    return [*outer, room - sum(outer)]
