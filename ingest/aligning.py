"""The careful reading's third step: printed rows placed in the rows of the statutory form.

Labels are evidence, order is evidence. A row of values takes the row whose label stands before it on its line, or on the lines just
before when that contradicts nothing; rows without a label take the rows missing between their labelled neighbours when there are
exactly as many. What remains is not placed: null is better than a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from ingest.chunking import (
    PRINTED,
    VALUE_KINDS,
    Chunk,
    chunk_values,
    fit_columns,
    is_digits,
    learn_offsets,
    mark_strays,
    read_bars,
    read_runs,
)
from ingest.lexicon import Form, Lexicon
from ingest.lexing import Lexeme
from ingest.normalising import straighten
from ingest.solving import NOT_OUTCOMES, solve_groups, solve_requests, split_freely

Method = Literal["label", "order", "arithmetic"]


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """One cell as read. `value` is None for a blank or dash."""

    table: str
    row: str
    column: str
    value: float | None
    raw: str
    line: int
    method: Method
    is_doubtful: bool
    unit: str | None
    is_contested: bool = False  # placed by order against a label near it: doubted unless every sum holds


@dataclass(frozen=True, slots=True)
class FormTable:
    """One table of a form: its rows with their columns in printed order, and the unit of each cell."""

    table: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    units: Mapping[tuple[str, str], str | None]
    shared_labels: frozenset[str]
    """Rows whose label only groups rows in another form of the circular."""

    @property
    def cell_count(self) -> int:
        """How many cells the table has."""
        return sum(len(columns) for _, columns in self.rows)


@lru_cache(maxsize=64)
def build_form_table(form: Form, table: str, lexicon: Lexicon) -> FormTable:
    """The table of a form as the placing steps need it."""
    rows = form.rows_of(table)
    units = {(row, c): lexicon.units[form.template, table, row, c] for row, columns in rows for c in columns}
    return FormTable(table, rows, units, frozenset(row for own, row in lexicon.shared_labels if own == table))


class Placement(NamedTuple):
    """Where a printed row belongs. `is_contested`: a label near it says otherwise, so only the sums of the form can confirm it."""

    row: int
    method: Method
    is_contested: bool = False


def _align(chunks: Sequence[Chunk], rows: Sequence[str], table: str) -> dict[int, Placement] | None:
    """Chunk → its place, or the part of it that nothing contradicts.

    Labels on the line itself are fixed points; labels on the lines before are dropped between two of them where they contradict the order.
    """
    index = {row: i for i, row in enumerate(rows)}
    fixed = [(c, index[x.label[1]], x.is_near) for c, x in enumerate(chunks) if x.label and x.label[0] == table and x.label[1] in index]
    repeated = {r for r, times in Counter(r for _, r, _ in fixed).items() if times > 1}
    """Of a label that stands before two rows of values, neither is trusted."""
    labelled = {c for c, _, _ in fixed}
    fixed = [point for point in fixed if point[1] not in repeated]
    points = fixed if _is_rising(fixed) else [p for p in fixed if p[2]]
    if not _is_rising(points):
        return None
    dropped = labelled - {c for c, _, _ in points}
    placed: dict[int, Placement] = {}
    borders = [(-1, -1, True), *points, (len(chunks), len(rows), True)]
    position = 0
    while position < len(borders) - 1:
        (c0, r0, _), (c1, r1, near1) = borders[position], borders[position + 1]
        free_chunks, free_rows = c1 - c0 - 1, r1 - r0 - 1
        whole = [c for c in range(c0 + 1, c1) if not chunks[c].is_stray]
        if free_chunks != free_rows == len(whole):
            placed |= {c: Placement(r0 + 1 + k, "order", is_contested=True) for k, c in enumerate(whole)}
            free_chunks = 0
        if free_chunks and free_chunks != free_rows and not near1:
            dropped.add(c1)  # a label of a line before that leaves rows over: do not trust it
            del borders[position + 1]
            continue
        if free_chunks and free_chunks == free_rows:
            contested = any(c0 < c < c1 for c in dropped)
            placed |= {c0 + 1 + k: Placement(r0 + 1 + k, "order", contested) for k in range(free_chunks)}
        if c1 < len(chunks) and (near1 or free_chunks in {0, free_rows}):
            placed[c1] = Placement(r1, "label")
        position += 1
    return placed


def _trust_labels(chunks: Sequence[Chunk], form: FormTable) -> dict[int, Placement]:
    """Rows out of order: the blocks of 二 may be printed in any order, each row with its label on its line; 三 is one block."""
    if form.table != "proactive":
        return {}
    index = {(form.table, row): i for i, (row, _) in enumerate(form.rows)}
    return {c: Placement(index[chunk.label], "label") for c, chunk in enumerate(chunks) if chunk.is_near and chunk.label in index}


def _drop_unsettled(placed: dict[int, Placement], chunks: Sequence[Chunk], form: FormTable) -> dict[int, Placement]:
    """Leaves out rows that a row beside them, which has no place, puts in question.

    Of a run of values that was cut by count either all rows have a place or the count itself is wrong. A label that elsewhere groups rows
    is one of a row only when no further values follow. Where values stand on lines of their own, a few left over behind a row may be its
    own, and one of those before them a stray.
    """
    homeless = {chunks[c].run for c in range(len(chunks)) if c not in placed and chunks[c].run is not None}

    def is_settled(c: int, row: str, width: int) -> bool:
        if chunks[c].run in homeless:
            return False
        following = chunks[c + 1] if c + 1 < len(chunks) and c + 1 not in placed else None
        if following is None:
            return True
        left_over = following.label is None and sum(x.kind in PRINTED for x in following.values) < width
        return row not in form.shared_labels and (chunks[c].is_near or not left_over)

    return {c: place for c, place in placed.items() if is_settled(c, form.rows[place.row][0], len(form.rows[place.row][1]))}


def _is_rising(points: Sequence[tuple[int, int, bool]]) -> bool:
    return all(a[1] < b[1] for a, b in pairwise(points))


def place_rows(zone: Sequence[Lexeme], form: FormTable, *, may_split: bool = True, is_cut_off: bool = False) -> list[PlacedCell]:
    """The cells of 二 or 三. `may_split`: the agency leaves no cell blank, so joined digits hold a number for each column.

    `is_cut_off`: the text ends in this table, so the last row may lack its last cells.
    """
    widths = {(form.table, row): len(columns) for row, columns in form.rows}
    chunks = chunk_values(zone, widths, max(widths.values()))
    mark_strays(chunks, max(widths.values()))
    read_bars(chunks, widths)
    offsets = learn_offsets(chunks, set(widths.values()))
    placed = _align(chunks, [row for row, _ in form.rows], form.table)
    if placed is None:
        placed = _trust_labels(chunks, form)
    placed = _drop_unsettled(placed, chunks, form)
    out: list[PlacedCell] = []
    taken = Counter(place.row for place in placed.values())
    joined: dict[str, Chunk] = {}
    for c, place in sorted(placed.items()):
        row, columns = form.rows[place.row]
        if taken[place.row] > 1 or (len(columns) == 1 and _is_alien(chunks[c], chunks)):
            continue
        if place.is_contested and form.table != "requests":
            continue  # no sum of the form could confirm it
        values = fit_columns(chunks[c], len(columns), offsets)
        if values is None and is_cut_off and c == len(chunks) - 1 and _is_beginning(chunks[c], offsets):
            values = chunks[c].values
        if values is not None and not _has_joined(values):
            cells = _make_cells(form, row, columns[: len(values)], values, place.method)
            out += [replace(cell, is_contested=True) for cell in cells] if place.is_contested else cells
        elif place.method == "label" and is_digits(chunks[c]):
            joined[row] = chunks[c]
    if not any(_has_joined(chunk.values) for chunk in joined.values()):
        return out  # no run begins with a zero: a short row has lost cells, not borders
    if form.table == "requests":
        return out + _split_requests(out, joined, form)
    for row, columns in form.rows:
        splits = split_freely(read_runs(joined[row]), len(columns)) if row in joined else []
        if len(splits) == 1 and (may_split or not any(splits[0])):
            out += _make_split_cells(form, [(row, c) for c in columns], splits[0], joined[row])
    return out


def _is_alien(chunk: Chunk, chunks: Sequence[Chunk]) -> bool:
    """Whether a lone value follows on a line of its own where the others stand beside their labels: the row's cell may be blank."""
    labelled = [x.is_near for x in chunks if x.label is not None]
    return not chunk.is_near and 3 * sum(labelled) >= 2 * len(labelled)


def _is_beginning(chunk: Chunk, offsets: set[tuple[str, int]] | None) -> bool:
    """Whether the values of a row that the end of the text cuts off are its first ones: they follow its label, as in the rows above."""
    return chunk.is_near and offsets is not None and ("left", 0) in offsets and all(x.kind in PRINTED for x in chunk.values)


def _has_joined(values: Sequence[Lexeme]) -> bool:
    return any(x.kind == "number" and x.value is None for x in values)


def _split_requests(cells: list[PlacedCell], joined: dict[str, Chunk], form: FormTable) -> list[PlacedCell]:
    """Rows of table 三 whose digits run together, split by the sums of the form when every row stands under its label."""
    runs = {row: read_runs(chunk) for row, chunk in joined.items()}
    for row, _ in form.rows:
        printed = [c for c in cells if c.row == row]
        if printed and all(c.raw.isdecimal() for c in printed):
            runs[row] = [straighten(c.raw) for c in printed]
    if len(runs) < len(form.rows):
        return []
    solved = solve_requests({row: runs[row] for row, _ in form.rows}, len(form.rows[0][1]))
    out: list[PlacedCell] = []
    for row, columns in form.rows:
        if row in joined and row in solved:
            out += _make_split_cells(form, [(row, c) for c in columns], solved[row], joined[row])
    return out


def _make_split_cells(form: FormTable, keys: Sequence[tuple[str, str]], numbers: Sequence[int], chunk: Chunk) -> list[PlacedCell]:
    """Cells whose digits were split; `raw` is the cell's share of the run, `line` the line on which it begins."""
    printed = "".join(x.raw for x in chunk.values)
    lines = [x.line for x in chunk.values for _ in x.raw]
    out, at = [], 0
    for (row, column), number in zip(keys, numbers, strict=True):
        end = at + len(str(number))
        cell = PlacedCell(
            form.table,
            row,
            column,
            float(number),
            printed[at:end],
            lines[at],
            "arithmetic",
            is_doubtful=False,
            unit=form.units[row, column],
        )
        out.append(cell)
        at = end
    return out


def place_disputes(zone: Sequence[Lexeme], form: FormTable) -> list[PlacedCell]:
    """Table 四 prints its fifteen values in one row below heads that are often damaged: by count and order, all or nothing."""
    keys = [(row, column) for row, columns in form.rows for column in columns]
    lines = [list(group) for _, group in groupby((x for x in zone if x.kind in VALUE_KINDS), key=lambda x: x.line)]
    lines = [line for line in lines if any(x.kind in PRINTED for x in line)]
    if not lines:
        return []
    values: list[Lexeme] | None = [x for line in lines for x in line if x.kind in PRINTED]
    if len(lines) == 1 and len(lines[0]) >= len(keys):
        values = fit_columns(Chunk(lines[0], None, is_near=False), len(keys), None)
    if values is not None and len(values) == len(keys) and not _has_joined(values):
        cells = [cell for key, value in zip(keys, values, strict=True) for cell in _make_cells(form, key[0], [key[1]], [value], "order")]
        is_shifted = _is_shifted([cell.value for cell in cells], len(form.rows[0][1]))
        return [replace(cell, is_doubtful=True) for cell in cells] if is_shifted else cells
    run = Chunk([x for line in lines for x in line], None, is_near=False)
    if not is_digits(run) or not (len(run.values) == 1 or _has_joined(run.values)):
        return []  # too few numbers with borders between them: some are lost, none are joined
    numbers = solve_groups(read_runs(run), len(form.rows), len(form.rows[0][1]))
    return _make_split_cells(form, keys, numbers, run) if numbers is not None else []


def _is_shifted(values: Sequence[float | None], width: int) -> bool:
    """Whether the sums of table 四 hold in other places than where its groups stand: a value was lost and a stray took its count."""

    def holds(start: int) -> bool:
        group = [value for value in values[start : start + width] if value is not None]
        return len(group) == width and sum(group[:-1]) == group[-1]

    starts = range(len(values) - width + 1)
    fails = any(not holds(start) for start in starts if start % width == 0)
    return fails and any(holds(start) and values[start + width - 1] for start in starts if start % width)


def _make_cells(form: FormTable, row: str, columns: Sequence[str], values: Sequence[Lexeme], method: Method) -> list[PlacedCell]:
    return [
        PlacedCell(form.table, row, c, x.value, x.raw, x.line, method, is_doubtful=False, unit=x.unit or form.units[row, c])
        for c, x in zip(columns, values, strict=True)
    ]


def doubt_unproven(cells: list[PlacedCell], form: FormTable) -> list[PlacedCell]:
    """The cells of table 三 with those marked doubtful that the sums of the form speak against.

    Rows placed by order alone when any sum fails, contested ones unless every sum holds. A row printed one value a line whose own total
    fails, when sums of several columns fail too: a slip is one cell, a lost value with a stray in its place moves several.
    """
    values = {(c.row, c.column): c.value for c in cells}
    columns, outcomes = form.rows[0][1], [row for row, _ in form.rows if row not in NOT_OUTCOMES]
    down = {column: _compare(values, [(row, column) for row in outcomes], [("total_processed", column)]) for column in columns}
    across = {row: _compare(values, [(row, column) for column in columns[:-1]], [(row, columns[-1])]) for row, _ in form.rows}
    balance = {
        column: _compare(
            values, [("new_received", column), ("carried_over", column)], [("total_processed", column), ("carried_forward", column)]
        )
        for column in columns
    }
    sums = {*down.values(), *across.values()}
    ordered = {c.row for c in cells if c.method == "order"}
    doubted = set(ordered) if False in sums else set()
    if not all(down.values()):
        doubted |= {c.row for c in cells if c.is_contested}
    doubted |= {c.row for c in cells if c.is_contested and not across[c.row]}
    if sum(down[column] is False or balance[column] is False for column in columns) > 1:
        doubted |= {row for row, holds in across.items() if holds is False and len({c.line for c in cells if c.row == row}) > 1}
    return [replace(c, is_doubtful=True) if c.row in doubted else c for c in cells]


def _compare(
    values: Mapping[tuple[str, str], float | None], left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]]
) -> bool | None:
    """Whether the sums of both sides agree; None when a cell is blank or missing."""
    sides = [[values.get(key) for key in side] for side in (left, right)]
    if any(value is None for side in sides for value in side):
        return None
    totals = [sum(value for value in side if value is not None) for side in sides]
    return totals[0] == totals[1]
