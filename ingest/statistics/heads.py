"""The second step: where a statistics table begins, and which columns it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.statistics.forms import BLANKS, StatisticsForm
from ingest.statistics.lexing import Mode, choose_mode

_NOT_LETTERS = re.compile(r"[\s\u200b\ufeff|*]")


@dataclass(frozen=True)
class Head:
    """The head of a table. `columns`: printed heads of its figures, empty when none is known; `start` and `end`: offsets of the head;
    `has_serial`, `has_code`: columns of row numbers before the name, of codes around the unit; `has_unit`: a column of units."""

    start: int
    end: int
    mode: Mode
    border: str
    columns: tuple[str, ...]
    has_serial: bool = False
    code_before: bool = False
    code_after: bool = False
    has_unit: bool = True


def find_heads(straight: str, form: StatisticsForm) -> Iterator[Head]:
    """The heads of statistics tables in a straightened text, in order."""
    positions = [m.start() for m in re.finditer(r"[^\s\u200b\ufeff|*]", straight)]
    compact = _NOT_LETTERS.sub("", straight)
    for match in form.head.finditer(compact):
        start = positions[match.start()]
        mode, border = choose_mode(straight[straight.rfind("\n", 0, start) + 1 :])
        end, columns = match.end(), []
        while (value := form.values.match(compact, end)) is not None and value[0]:
            columns.append(value[0])
            end = value.end()
        end = positions[end - 1] + 1
        head = Head(
            start,
            end,
            mode,
            border,
            tuple(columns),
            bool(match["serial"]),
            code_before=bool(match["before"]),
            code_after=bool(match["after"]),
        )
        yield _read_row(straight, head, form) if mode == "rows" else head
    yield from _find_without_units(straight, form)


def _split(line: str, border: str) -> list[str]:
    cells = [BLANKS.sub("", cell) for cell in line.split(border)]
    if border == "|":
        cells = cells[0 if cells[0] else 1 : len(cells) if cells[-1] else -1]
    return [cell.strip("*") for cell in cells]


def _read_row(straight: str, head: Head, form: StatisticsForm) -> Head:
    """The columns where the head is a row of cells; a second row of heads below it may name them."""
    begin = straight.rfind("\n", 0, head.start) + 1
    end = straight.find("\n", head.start)
    end = len(straight) if end < 0 else end
    cells = _split(straight[begin:end], head.border)
    unit = next((i for i, cell in enumerate(cells) if cell in form.unit_names), None)
    if unit is None:
        return head
    skipped = form.codes | form.remarks
    stop = next((i for i in range(unit + 1, len(cells)) if cells[i] in form.names), len(cells))
    places = [i for i in range(unit + 1, stop) if cells[i] not in skipped]
    following = straight.find("\n", end + 1)
    following = len(straight) if following < 0 else following
    below = _split(straight[end + 1 : following], head.border)
    if len(below) >= stop and not any(below[: unit + 1]) and sum(bool(below[i]) for i in places) > 1 and not _is_digits(below):
        cells, end = [b or (c if i <= unit else "") for i, (b, c) in enumerate(zip(below, cells, strict=False))], following
    columns = tuple(cells[i] for i in places if cells[i])
    return replace(head, end=end, columns=columns or head.columns)


def _is_digits(cells: list[str]) -> bool:
    return any(cell.replace(".", "").isdigit() for cell in cells)


def _find_without_units(straight: str, form: StatisticsForm) -> Iterator[Head]:
    """Tables in rows of cells whose head names no units: the name and columns of figures, nothing else."""
    position = 0
    for line in straight.split("\n"):
        for border in "|\t":
            cells = _split(line, border) if border in line else []
            names = [i for i, cell in enumerate(cells) if cell in form.names]
            if len(names) != 1 or form.unit_names & set(cells):
                continue
            columns = [c for c in cells[names[0] + 1 :] if c and c not in form.remarks and c not in form.codes]
            mode, found = choose_mode(straight[position:])
            if columns and all(form.values.fullmatch(c) for c in columns) and (mode, found) == ("rows", border):
                end = position + len(line)
                yield Head(position, end, mode, border, tuple(columns), has_serial=names[0] > 0, has_unit=False)
        position += len(line) + 1
