"""The careful reading's third step: printed rows placed in the rows of the statutory form.

Labels are evidence, order is evidence. A row of values takes the row whose label stands before it on its line, or on the lines just
before when that contradicts nothing; rows without a label take the rows missing between their labelled neighbours when there are
exactly as many. What remains is not placed: null is better than a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from ingest.chunking import (
    PRINTED,
    VALUE_KINDS,
    Chunk,
    chunk_values,
    drop_remainders,
    is_digits,
    join_broken,
    mark_strays,
    read_bars,
    read_runs,
)
from ingest.fitting import Starts, fit_columns, is_beginning, learn_starts
from ingest.form_tables import FittedRow, FormTable, Method, PlacedCell
from ingest.lexing import Lexeme
from ingest.normalising import straighten
from ingest.ordering import Placement, align_rows, drop_foreign, drop_unsettled
from ingest.proving import find_open_rows, holds_sum, is_shifted
from ingest.solving import solve_groups, solve_requests, split_freely


def place_rows(
    zone: Sequence[Lexeme], form: FormTable, *, may_split: bool = True, is_cut_off: bool = False, is_grid: bool = False
) -> list[PlacedCell]:
    """The cells of 二 or 三. `may_split`: the agency leaves no cell blank, so joined digits hold a number for each column.

    `is_cut_off`: the text ends in this table, so the last row may lack its last cells. `is_grid`: the document's own cells
    stand between the borders, none added and none joined.
    """
    widths = {(form.table, row): len(columns) for row, columns in form.rows}
    chunks = drop_remainders(join_broken(chunk_values(zone, widths, max(widths.values()), form.heads), widths), widths)
    mark_strays(chunks, max(widths.values()))
    read_bars(chunks, widths)
    starts = learn_starts(chunks, widths)
    heads = {form.heads[x.raw] for x in zone if x.raw in form.heads}
    placed = drop_unsettled(drop_foreign(align_rows(chunks, form), chunks, form, heads), chunks, form)
    taken = Counter(place.row for place in placed.values())
    fitted: list[tuple[Placement, FittedRow]] = []
    joined: dict[str, Chunk] = {}
    torn: dict[int, Chunk] = {}  # row → what stands behind it without a place
    for c, place in sorted(placed.items()):
        row, columns = form.rows[place.row]
        if taken[place.row] > 1 or (place.is_contested and form.table != "requests"):
            continue  # no sum of the form could confirm it
        values = fit_columns(chunks[c], len(columns), starts, has_total=form.table == "requests")
        if values is None and is_cut_off and c == len(chunks) - 1 and is_beginning(chunks[c], len(columns), starts):
            values = chunks[c].values
        if values is not None and not _has_joined(values):
            fitted.append((place, FittedRow(values, len(chunks[c].values), is_exact=is_grid and starts.knows(chunks[c]))))
            torn |= {place.row: chunks[c + 1]} if c + 1 < len(chunks) and c + 1 not in placed else {}
        elif place.method == "label" and is_digits(chunks[c]):
            joined[row] = chunks[c]
    open_rows = find_open_rows([row for _, row in fitted], has_totals=form.table == "requests")
    out: list[PlacedCell] = []
    for position, (place, fit) in enumerate(fitted):
        row, columns = form.rows[place.row]
        doubtful = place.is_disputed or position in open_rows or (is_grid and _is_merged(fit.values))
        cells = _make_cells(form, row, columns[: len(fit.values)], fit.values, place.method)
        is_torn = _is_torn(fit.values, torn.get(place.row), has_total=form.table == "requests")
        cells[-1:] = [replace(cell, is_doubtful=is_torn) for cell in cells[-1:]]
        if doubtful or place.is_contested:
            cells = [replace(cell, is_contested=place.is_contested, is_doubtful=cell.is_doubtful or doubtful) for cell in cells]
        out += cells
    if not any(_has_joined(chunk.values) for chunk in joined.values()):
        return out  # no run begins with a zero: a short row has lost cells, not borders
    if form.table == "requests":
        return out + _split_requests(out, joined, form)
    for row, columns in form.rows:
        splits = split_freely(read_runs(joined[row]), len(columns)) if row in joined else []
        if len(splits) == 1 and (may_split or not any(splits[0])):
            out += _make_split_cells(form, [(row, c) for c in columns], splits[0], joined[row])
    return out


def _is_torn(values: Sequence[Lexeme], following: Chunk | None, *, has_total: bool) -> bool:
    """Whether the last number of a row on one line may go on below it: a number stands there alone, and no sum speaks against it."""
    below = [] if following is None or following.label is not None else [x for x in following.values if x.kind in PRINTED]
    if len(below) != 1 or below[0].kind != "number":
        return False
    last = values[-1]
    is_below = last.kind == "number" and below[0].line == last.line + 1 and values[0].line == last.line
    return is_below and not (has_total and holds_sum(values))


def _is_merged(values: Sequence[Lexeme]) -> bool:
    """Whether a figure stands in a cell that covers several columns: nobody knows of which it is."""
    return any(a.kind == "number" and a.value and b.kind == "gap" for a, b in pairwise(values))


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
    origins = [x for x in chunk.values for _ in x.raw]
    out, at = [], 0
    for (row, column), number in zip(keys, numbers, strict=True):
        end = at + len(str(number))
        cell = PlacedCell(
            form.table,
            row,
            column,
            float(number),
            printed[at:end],
            origins[at].line,
            "arithmetic",
            is_doubtful=False,
            unit=form.units[row, column],
            start=origins[at].start,
        )
        out.append(cell)
        at = end
    return out


def place_disputes(zone: Sequence[Lexeme], form: FormTable) -> list[PlacedCell]:
    """Table 四 prints its fifteen values in one row below heads that are often damaged: by count and order, all or nothing."""
    keys = [(row, column) for row, columns in form.rows for column in columns]
    lines = [list(group) for _, group in groupby((x for x in zone if x.kind in VALUE_KINDS), key=lambda x: x.row_line)]
    lines = [line for line in lines if any(x.kind in PRINTED for x in line)]
    if not lines:
        return []
    values: list[Lexeme] | None = [x for line in lines for x in line if x.kind in PRINTED]
    if len(lines) == 1 and len(lines[0]) >= len(keys):
        values = fit_columns(Chunk(lines[0], None, is_near=False), len(keys), Starts(), has_total=False)
    if values is not None and len(values) == len(keys) and not _has_joined(values):
        cells = [cell for key, value in zip(keys, values, strict=True) for cell in _make_cells(form, key[0], [key[1]], [value], "order")]
        width = len(form.rows[0][1])
        groups = [FittedRow(values[i : i + width], width, is_exact=False) for i in range(0, len(values), width)]
        is_torn = len(lines) > 1 and max(map(len, lines)) > 1 and not all(holds_sum(group.values) for group in groups)
        doubtful = is_torn or is_shifted([cell.value for cell in cells], width) or bool(find_open_rows(groups, has_totals=True))
        return [replace(cell, is_doubtful=True) for cell in cells] if doubtful else cells
    run = Chunk([x for line in lines for x in line], None, is_near=False)
    if not is_digits(run) or not (len(run.values) == 1 or _has_joined(run.values)):
        return []  # too few numbers with borders between them: some are lost, none are joined
    numbers = solve_groups(read_runs(run), len(form.rows), len(form.rows[0][1]))
    return _make_split_cells(form, keys, numbers, run) if numbers is not None else []


def _make_cells(form: FormTable, row: str, columns: Sequence[str], values: Sequence[Lexeme], method: Method) -> list[PlacedCell]:
    return [
        PlacedCell(form.table, row, c, x.value, x.raw, x.line, method, is_doubtful=False, unit=x.unit or form.units[row, c], start=x.start)
        for c, x in zip(columns, values, strict=True)
    ]
