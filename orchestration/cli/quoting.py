"""Quotes a document around what stands open: rows that were not found or may be read in several ways."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.text import Text

from orchestration.cli.drawing import ABSENT, DOUBTFUL, write_lines
from orchestration.cli.excerpts import clean_line, crop_text, select_lines
from orchestration.cli.forms import Form, FormRow
from orchestration.cli.judging import Printed
from orchestration.cli.languages import Language
from orchestration.cli.phrases import say

_MOST_EXCERPTS: Final = 10
"""Printed lines shown of one place."""
_REACH: Final = 6
"""Lines looked at beside a table that breaks off."""
_BEFORE, _AFTER = 2, 1
"""Lines shown around a row that is doubtful: a label is printed above its figures more often than below."""
_MOST_NAMES: Final = 4
_NUMBER: Final = re.compile(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.．、])")


@dataclass
class _OpenPlace:
    """Rows that follow one another and stand open, and the lines (first, last) where they are or would be printed; null: nowhere."""

    rows: list[FormRow]
    span: tuple[int, int] | None


def draw_open_rows(printed: Printed, forms: Sequence[Form], width: int, language: Language) -> Iterator[Text]:
    """The open rows of every table with the printed lines where they are or would be. Nothing when none is open."""
    lines = printed.text.split("\n")
    places = [place for form in forms for place in _find_open_places(form, printed, len(lines))]
    if not places:
        return
    yield Text()
    yield Text(say("open_rows", language, sum(len(place.rows) for place in places)), style="bold")
    for place in places:
        yield from _name_rows(place.rows, width, language)
        sought = [strip_number(row.label) for row in place.rows]
        own = [row.lines for row in place.rows if row.lines is not None]
        quoted = [] if place.span is None else list(quote_lines(lines, place.span, width, 2, sought, language, own))
        yield from quoted or [Text("  " + say("nowhere", language), style="dim")]


def _find_open_places(form: Form, printed: Printed, line_count: int) -> Iterator[_OpenPlace]:
    pending: _OpenPlace | None = None
    rows = form.rows
    for number, row in enumerate(rows):
        if not row.is_open:
            if pending is not None:
                yield pending
            pending = None
            continue
        span = _find_gap(rows, number, form, printed, line_count)
        if row.lines is not None:
            span = max(1, row.lines[0] - _BEFORE), min(line_count, row.lines[1] + _AFTER)
        if pending is not None and _touch(pending.span, span):
            pending.rows.append(row)
            pending.span = _join(pending.span, span)
            continue
        if pending is not None:
            yield pending
        pending = _OpenPlace([row], span)
    if pending is not None:
        yield pending


def _find_gap(rows: Sequence[FormRow], number: int, form: Form, printed: Printed, line_count: int) -> tuple[int, int] | None:
    """Where a row that the reading did not find would be printed: between its neighbours, or else in the section of its table."""
    before = next((row.lines[1] for row in reversed(rows[:number]) if row.lines is not None), None)
    after = next((row.lines[0] for row in rows[number + 1 :] if row.lines is not None), None)
    if before is not None and after is not None:
        return (before + 1, after - 1) if before + 1 < after else (min(before, after), max(before, after))
    if before is not None:
        return (before + 1, min(before + _REACH, line_count)) if before < line_count else (before, before)
    if after is not None:
        return max(1, after - _REACH), max(1, after - 1)
    return next((read_span(section) for section in printed.sections if section["section"] == form.table), None)


def _touch(one: tuple[int, int] | None, other: tuple[int, int] | None) -> bool:
    if one is None or other is None:
        return one == other
    return other[0] <= one[1] + 1 and one[0] <= other[1] + 1


def _join(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or other is None:
        return one
    return min(one[0], other[0]), max(one[1], other[1])


def _name_rows(rows: Sequence[FormRow], width: int, language: Language) -> Iterator[Text]:
    """The labels of the rows, the first few when there are many, none broken at the end of a line."""
    names = []
    for row in rows[:_MOST_NAMES]:
        sign = DOUBTFUL if any(cell["is_doubtful"] for cell in row.held) else ABSENT
        names.append(Text.assemble((f"{sign} ", "bold yellow"), crop_text(clean_line(row.label), 30)))
    if len(rows) > _MOST_NAMES:
        names.append(Text(say("and_more", language, len(rows)), style="dim"))
    line = names[0]
    for name in names[1:]:
        if line.cell_len + name.cell_len + 2 > width:
            yield line
            line = name
        else:
            line = line + "  " + name
    yield line


def strip_number(label: str) -> str:
    """The words of a label that a document is likeliest to print: without its number and what follows in brackets."""
    return _NUMBER.sub("", label).split("（")[0][:8]


def quote_lines(
    lines: Sequence[str],
    span: tuple[int, int],
    width: int,
    indent: int,
    sought: Sequence[str],
    language: Language,
    own: Sequence[tuple[int, int]] = (),
) -> Iterator[Text]:
    """Printed lines with their numbers, at most _MOST_EXCERPTS of them; dim what stands only around the lines of `own`."""
    column = len(str(span[1]))
    room = width - indent - 2 * column - 3
    for excerpt in select_lines(lines, *span, room, _MOST_EXCERPTS, sought):
        if isinstance(excerpt, int):
            if excerpt > 0:
                yield Text(" " * (indent + 2 * column + 1) + "┊ " + say("skipped", language, excerpt), style="dim")
            continue
        number = write_lines((excerpt.first, excerpt.last)).rjust(2 * column + 1)
        is_around = bool(own) and not any(first <= excerpt.last and excerpt.first <= last for first, last in own)
        yield Text.assemble((" " * indent + number + "│ ", "dim"), (excerpt.text, "dim" if is_around else ""))


def read_span(section: Mapping[str, object]) -> tuple[int, int] | None:
    """First and last line of a row of SECTIONS_TABLE."""
    match section["start_line"], section["end_line"]:
        case int(start), int(end):
            return start, end
        case _:
            return None
