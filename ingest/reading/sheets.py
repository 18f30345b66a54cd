"""Spreadsheets to text: each row `| a | b |`, each number as the sheet shows it.

openpyxl reads XLSX and xlrd the old XLS, because both know the number formats: 7730.276 in a cell of two decimals is printed as
7730.28, and a date is no number. A blank cell without borders at a row's end is the sheet's empty margin, not a cell of the table.
Hidden sheets, rows and columns are not shown, so they are not read.
"""

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO, StringIO
from typing import Any, Final

from ingest.errors import Issue
from ingest.reading.decoding import EmptyTextError, ReadText, RefusedError
from ingest.reading.html import collapse_blanks
from ingest.reading.inputs import ReadLimits
from ingest.reading.word import OLE_MARK, check_package

_NOT_CALCULATED: Final = "#FORMULA"
"""Stands for a formula whose result the file does not hold: letters, so that no number can be read from it."""

_FIRST_HELD: Final = 0xE000
"""Characters for private use hold the place of a format's literals while its number is formatted."""
_LITERAL: Final = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[(?:\$([^\]-]*)[^\]]*|[A-Za-z]+\d*|DBNum\d)\]')
_NUMBER_FORMAT: Final = re.compile(
    r"(?P<before>[^#0?,.%]*)(?P<whole>[#0?,]*[#0?])(?:\.(?P<decimals>[0#?]*))?(?P<percent>%?)(?P<after>[^#0?,.%]*)"
)


@dataclass(slots=True)
class _Sheet:
    """What a sheet shows: (row, column) → text of its cells; where borders are; what merged cells cover; the hidden columns."""

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    bordered: set[tuple[int, int]] = field(default_factory=set)
    covered: set[tuple[int, int]] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def read_xlsx(data: bytes, limits: ReadLimits) -> ReadText:
    """The text of an XLSX workbook. Raises RefusedError (`unreadable`, `too_large`), EmptyTextError."""
    check_package(data, limits).close()
    return _read_book(lambda: list(_scan_xlsx(data, limits)), limits)


def read_xls(data: bytes, limits: ReadLimits) -> ReadText:
    """The text of an XLS workbook. Raises RefusedError (`unreadable`, `unsupported`, `too_large`), EmptyTextError."""
    if not data.startswith(OLE_MARK) and not data[:1] == b"\x09":
        raise RefusedError(Issue.UNSUPPORTED, "the file is no workbook that is read: save it as XLSX")
    return _read_book(lambda: list(_scan_xls(data, limits)), limits)


def _read_book(scan: Callable[[], list[_Sheet]], limits: ReadLimits) -> ReadText:
    try:
        with warnings.catch_warnings(action="ignore"):  # openpyxl warns of validations and styles that it does not keep
            sheets = scan()
    except RefusedError:
        raise
    except Exception as error:  # both libraries raise whatever broken parts make them raise
        raise RefusedError(Issue.UNREADABLE, f"the workbook cannot be read: {error or type(error).__name__}"[:200]) from error
    lines = [line for sheet in sheets for line in _write_rows(sheet, limits)]
    if not lines:
        raise EmptyTextError("the workbook shows no text")
    return ReadText("\n".join(lines) + "\n", None)


def _scan_xlsx(data: bytes, limits: ReadLimits) -> Iterator[_Sheet]:
    import openpyxl

    shown = openpyxl.load_workbook(BytesIO(data), data_only=True)
    stored = openpyxl.load_workbook(BytesIO(data))
    count = 0
    for page in shown.worksheets:
        if page.sheet_state != "visible":
            continue
        formulas = stored[page.title]
        shows_zeros = page.sheet_view.showZeros is not False  # an option of the view: a 0 is then printed as a blank
        sheet = _Sheet()
        hidden_rows = {row for row, settings in page.row_dimensions.items() if settings.hidden}
        sheet.hidden_columns = {
            column
            for settings in page.column_dimensions.values()
            if settings.hidden
            for column in range(settings.min or 1, (settings.max or 0) + 1)
        }
        for (row, column), cell in page._cells.items():  # noqa: SLF001 - iter_rows() makes a cell for every place up to the farthest
            count += 1
            _check_count(count, limits)
            if row in hidden_rows or column in sheet.hidden_columns:
                continue
            border = cell.border
            if border is not None and any(
                side is not None and side.style for side in (border.left, border.right, border.top, border.bottom)
            ):
                sheet.bordered.add((row, column))
            value = cell.value
            if value is None and formulas.cell(row, column).value is not None:
                value = _NOT_CALCULATED
            if value is not None and (shows_zeros or value != 0):
                sheet.texts[row, column] = show_value(value, cell.number_format or "General")
        for merged in page.merged_cells.ranges:
            _cover(sheet, merged.min_row, merged.max_row, merged.min_col, merged.max_col, limits)
        yield sheet


def _scan_xls(data: bytes, limits: ReadLimits) -> Iterator[_Sheet]:
    import xlrd

    book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=StringIO())
    count = 0
    for page in book.sheets():
        if page.visibility:
            continue
        sheet = _Sheet(hidden_columns={column for column, settings in page.colinfo_map.items() if settings.hidden})
        for row in range(page.nrows):
            for column in range(page.row_len(row)):
                count += 1
                _check_count(count, limits)
                if column in sheet.hidden_columns or (row in page.rowinfo_map and page.rowinfo_map[row].hidden):
                    continue
                cell = page.cell(row, column)
                style = book.xf_list[cell.xf_index]
                border = style.border
                if border.left_line_style or border.right_line_style or border.top_line_style or border.bottom_line_style:
                    sheet.bordered.add((row, column))
                if cell.ctype not in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
                    known = book.format_map.get(style.format_key)
                    sheet.texts[row, column] = show_value(_read_xls_value(cell, book), known.format_str if known is not None else "General")
        for first_row, end_row, first_column, end_column in page.merged_cells:
            _cover(sheet, first_row, end_row - 1, first_column, end_column - 1, limits)
        yield sheet


def _read_xls_value(cell: Any, book: Any) -> object:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, book.datemode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
    value: object = cell.value
    return value


def _check_count(count: int, limits: ReadLimits) -> None:
    if count > limits.max_sheet_cells:
        raise RefusedError(Issue.TOO_LARGE, f"more than {limits.max_sheet_cells} cells")


def _cover(sheet: _Sheet, top: int, bottom: int, left: int, right: int, limits: ReadLimits) -> None:
    _check_count((bottom - top + 1) * (right - left + 1), limits)
    sheet.covered.update((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
    sheet.covered.discard((top, left))


def _write_rows(sheet: _Sheet, limits: ReadLimits) -> Iterator[str]:
    """The rows that hold text. A row of one text and nothing beside it is a line: a title, a heading, prose."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in sheet.texts.items():
        if text and (row, column) not in sheet.covered:
            by_row.setdefault(row, {})[column] = text
    if not by_row:
        return
    first = min(column for texts in by_row.values() for column in texts)
    ends: dict[int, int] = {}
    for row, column in (*sheet.bordered, *sheet.covered, *((row, column) for row, texts in by_row.items() for column in texts)):
        ends[row] = max(ends.get(row, first), column)
    count = 0
    for row in sorted(by_row):
        texts = by_row[row]
        count += ends[row] - first + 1
        _check_count(count, limits)
        places = [column for column in range(first, ends[row] + 1) if column not in sheet.hidden_columns]
        is_line = len(texts) == 1 and all(
            place in texts or (row, place) in sheet.covered or (row, place) not in sheet.bordered for place in places
        )
        if is_line:
            yield from (line for part in next(iter(texts.values())).split("\n") if (line := collapse_blanks(part)))
            continue
        cells = (
            "|" if (row, at) in sheet.covered else f" {collapse_blanks(texts.get(at, '')).replace('|', chr(0xFF5C))} |" for at in places
        )
        yield "|" + "".join(cells)


def show_value(value: object, number_format: str) -> str:
    """The text that a sheet shows for a value in a number format.

    Formats that only programs of the sheet's kind can follow (fractions, conditions, powers) give the number as it is stored.
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return _show_number(value, number_format)
    return str(value)


def _show_number(value: float, number_format: str) -> str:
    sections = _split_sections(number_format)
    section = sections[0]
    is_signed = value < 0
    if is_signed and len(sections) > 1:
        section, is_signed = sections[1], False
    elif value == 0 and len(sections) > 2:  # noqa: PLR2004 - positive; negative; zero
        section = sections[2]
    literals: list[str] = []

    def hide(match: re.Match[str]) -> str:
        literals.append(match[1] or match[2] or match[3] or "")
        return chr(_FIRST_HELD + len(literals) - 1) if literals[-1] else ""

    pattern = _LITERAL.sub(hide, section)

    def restore(text: str) -> str:
        return re.sub("[\ue000-\uf8ff]", lambda held: literals[ord(held[0]) - _FIRST_HELD], text)

    if pattern.strip().lower() in {"general", "@", ""} and (len(sections) == 1 or pattern.strip()):
        return _show_plain(value)
    if not re.search("[#0?]", pattern):
        return restore(pattern).strip() if len(sections) > 1 else _show_plain(value)
    match = _NUMBER_FORMAT.fullmatch(pattern)
    if match is None or match["whole"].endswith(","):
        return _show_plain(value)
    return _round(value, match, restore, is_signed=is_signed)


def _round(value: float, match: re.Match[str], restore: Callable[[str], str], *, is_signed: bool) -> str:
    decimals = match["decimals"] or ""
    number = abs(Decimal(repr(value))) * (100 if match["percent"] else 1)
    number = number.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    text = f"{number:,f}" if "," in match["whole"] else f"{number:f}"
    for place in reversed(decimals):
        if place == "0" or not text.endswith("0"):
            break
        text = text[:-1]
    if not number and not decimals and "0" not in match["whole"]:
        text = ""  # of the pattern # a zero prints nothing
    sign = "-" if is_signed and number else ""
    return restore(f"{sign}{match['before']}{text.rstrip('.')}{match['percent']}{match['after']}").strip()


def _split_sections(number_format: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\\.|[^;"])*', number_format)[::2] if ";" in number_format else [number_format]


def _show_plain(value: float) -> str:
    if value == int(value):
        return str(int(value))
    return f"{value:.10g}"
