"""Rows of a table with borders whose cells are broken over lines, put together: every row of a grid has as many borders.

A page flattened cell by cell ends each cell with a border, a blank one too, and pads a row to the width of its table. So the labels of a
table stand a whole number of rows apart, counted in borders. Where all do, the borders alone say which cell is which, blank ones included.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

_WIDTHS: Final = {"proactive": (4, 7), "requests": (8, 15), "disputes": (15, 18)}
"""How many borders a row can have: one for each cell of the form, one or two for merged columns, one that may begin a row."""
_GROUPS: Final = {"proactive": 0, "requests": 2, "disputes": 0}
"""How many cells may stand before a row's label: 三、本年度办理结果, and its group."""
_LEAST_LABELS: Final = 3
_WORDS: Final = re.compile(r"[\u4e00-\u9fff]{4}")  # more than a unit: no value
_LETTER: Final = re.compile(r"[\u4e00-\u9fff]")
_LINE_END: Final = re.compile(r"[ \t]*(?:\n|$)")


class Label(NamedTuple):
    """A row label in a text: its last character, its table, and how many values its row has in the forms.

    Of 四 the heads that begin its rows: 行政复议 and 结果维持.
    """

    last: int
    table: str
    widths: frozenset[int] = frozenset()


def cut_rows(text: str, labels: Sequence[Label]) -> list[str]:
    """The lines of a text, those of a broken row together: joined by line ends they are the text again.

    `labels`: those found in it, in order. A table whose borders do not tell its rows without exception stays as it is.
    """
    cells = _find_cells(text)
    rows: list[tuple[int, int]] = []
    for table in _WIDTHS if len(cells) > _LEAST_LABELS else ():
        own = [label for label in labels if label.table == table]
        rows += _find_rows(text, cells, own, table) or _count_rows(text, cells, own, table)
    inner = {at for start, end in rows for at in range(start, end) if text[at] == "\n"}
    if not inner:
        return text.split("\n")
    ends = [match.start() for match in re.finditer("\n", text) if match.start() not in inner]
    return [text[start:end] for start, end in zip([0, *(end + 1 for end in ends)], [*ends, len(text)], strict=True)]


def _find_cells(text: str) -> list[tuple[int, int]]:
    """Offsets of the cells of a text: from one border, or its start, to the next; behind the last border only what is printed."""
    borders = [-1, *(match.start() for match in re.finditer(r"\|", text))]
    return list(pairwise([*borders, len(text)] if text[borders[-1] + 1 :].strip() else borders))


def _find_rows(text: str, cells: Sequence[tuple[int, int]], labels: Sequence[Label], table: str) -> list[tuple[int, int]]:
    """Offsets of the rows of one padded table, from its first label to its last; none when it is no proven grid."""
    ends = [end for _, end in cells]
    firsts = sorted({_find_first(text, cells, bisect_left(ends, label.last), _GROUPS[table]) for label in labels})
    distances = [b - a for a, b in pairwise(firsts)]
    if len(firsts) < _LEAST_LABELS:
        return []
    if table == "disputes":
        firsts, distances = [firsts[0] + 3 * distances[0]], distances[:2]
    width = min(distances, default=0)
    low, high = _WIDTHS[table]
    if not low <= width <= high or any(distance % width for distance in distances):
        return []
    places = range(firsts[0], firsts[-1] + 1, width)
    rows = {first: _read_row(text, cells[first : first + width], table, is_last=first == firsts[-1]) for first in places}
    return [row for row in rows.values() if row is not None] if all(rows[first] for first in firsts) else []


def _count_rows(text: str, cells: Sequence[tuple[int, int]], labels: Sequence[Label], table: str) -> list[tuple[int, int]]:
    """Offsets of the rows of a table without padding: each has as many cells between its label and the next words as the form says."""
    ends = [end for _, end in cells]
    own = [bisect_left(ends, label.last) for label in labels]
    worded = sorted({*own, *(i for i, (start, end) in enumerate(cells) if _WORDS.search(text, start + 1, end))})
    rows = set()
    for label, cell in zip(labels, own, strict=True):
        following = next(iter(worded[bisect_right(worded, cell) :]), len(cells))
        first = _find_first(text, cells, cell, _GROUPS[table])
        row = _read_row(text, cells[first:following], table, is_last=False) if following - cell - 1 in label.widths else None
        if row is None:
            return []
        rows.add(row)
    return sorted(rows) if len(rows) >= _LEAST_LABELS else []


def _find_first(text: str, cells: Sequence[tuple[int, int]], cell: int, groups: int) -> int:
    """The first cell of the row in which a label stands."""
    first = cell
    while first > max(0, cell - groups) and _WORDS.search(text, cells[first - 1][0] + 1, cells[first - 1][1]):
        first -= 1
    return first


def _read_row(text: str, cells: Sequence[tuple[int, int]], table: str, *, is_last: bool) -> tuple[int, int] | None:
    """Offsets of a row of values; None when its cells hold what no such row does: words beside the label's, a number beside its own.

    Behind the last row of a table the next heading may stand in the place of its last borders.
    """
    labels = 0 if table == "disputes" else _GROUPS[table] + 1
    foreign = next((i for i, (start, end) in enumerate(cells) if i >= labels and _WORDS.search(text, start + 1, end)), None)
    if foreign is not None and is_last and foreign >= _WIDTHS[table][0]:
        cells = cells[:foreign]
    elif foreign is not None:
        return None
    if not cells or any(_is_crowded(text[start + 1 : end]) for start, end in cells):
        return None
    begin, end = cells[0][0] + 1, min(cells[-1][1] + 1, len(text))
    begin += len(text[begin:end]) - len(text[begin:end].lstrip())
    return (begin, end) if _LINE_END.match(text, end) else None


def _is_crowded(cell: str) -> bool:
    """Whether a cell holds a line of its own that is no part of its words: another number, a page's."""
    lines = [line for line in cell.split("\n") if line.strip()]
    return len(lines) > 1 and not all(_LETTER.search(line) for line in lines)
