"""What the sums of the form say against a reading: rows and columns that are marked doubtful."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.chunking import PRINTED
from ingest.form_tables import FittedRow, FormTable, PlacedCell
from ingest.lexing import Lexeme
from ingest.solving import NOT_OUTCOMES


def find_open_rows(rows: Sequence[FittedRow], *, has_totals: bool) -> set[int]:
    """Which of the rows with blank cells leave it open in which columns their numbers stand.

    `has_totals`: the last column is the sum of the others. Then a row is settled by its own sum, or by a blank total where blank totals
    are the rule. Without sums a row must have as many cells as the full rows of its width.
    """
    with_numbers = [row for row in rows if any(x.kind == "number" for x in row.values)]
    blank_totals = sum(row.values[-1].kind != "number" for row in with_numbers)
    are_usual = 2 * blank_totals > len(with_numbers)
    open_rows = set()
    for position, row in enumerate(rows):
        numbers = [x.value for x in row.values if x.value is not None]
        if row.is_exact or not numbers or all(x.kind in PRINTED for x in row.values):
            continue
        if not has_totals:
            full = {r.cell_count for r in rows if len(r.values) == len(row.values) and all(x.kind in PRINTED for x in r.values)}
            joins = row.values[-1].kind not in PRINTED and max(numbers) >= 10  # noqa: PLR2004 - two digits may be two numbers
            is_settled = not joins and (not full or row.cell_count in full)
        elif row.values[-1].kind == "number":
            is_settled = sum(numbers[:-1]) == numbers[-1]
        else:
            is_settled = are_usual
        if not is_settled:
            open_rows.add(position)
    return open_rows


def holds_sum(values: Sequence[Lexeme]) -> bool:
    """Whether the last number of a row is the sum of the others; blank cells and dashes add nothing."""
    numbers = [x.value for x in values if x.value is not None]
    return values[-1].value is not None and sum(numbers[:-1]) == numbers[-1]


def is_shifted(values: Sequence[float | None], width: int) -> bool:
    """Whether the sums of table 四 hold in other places than where its groups stand: a value was lost and a stray took its count."""

    def holds(start: int) -> bool:
        group = [value for value in values[start : start + width] if value is not None]
        return len(group) == width and sum(group[:-1]) == group[-1]

    starts = range(len(values) - width + 1)
    fails = any(not holds(start) for start in starts if start % width == 0)
    return fails and any(holds(start) and values[start + width - 1] for start in starts if start % width)


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
