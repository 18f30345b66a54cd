"""Digits printed without separators, split where the identities of the form leave one reading.

`270020130` in seven columns is 27|0|0|2|0|1|30 or 2|7|0|0|20|1|30 …: the row's total, the column's total and the printed 勾稽关系 decide
together. One joint solution is a reading; none or several is not, and the cells stay unread. The search is bounded per document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

NOT_OUTCOMES = frozenset({"new_received", "carried_over", "total_processed", "carried_forward"})
"""Rows of table 三 that are not an outcome of 三、本年度办理结果."""

_MOST_CANDIDATES = 20_000
_MOST_STEPS = 200_000
"""Bounds of the search; a document that exceeds them stays unread."""

Numbers = tuple[int, ...]


class _OutOfBoundsError(Exception):
    """The search grew too large."""


@dataclass(slots=True)
class _Budget:
    left: int

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _OutOfBoundsError


def split_freely(runs: Sequence[str], count: int) -> list[Numbers]:
    """Every way to read `count` numbers out of the runs, without leading zeros; a border between runs is a border between numbers."""
    return list(_split(runs, count, _Budget(_MOST_CANDIDATES)))


def _split(runs: Sequence[str], count: int, budget: _Budget) -> Iterator[Numbers]:
    if not runs:
        if count == 0:
            yield ()
        return
    digits, rest = runs[0], runs[1:]
    if count < len(runs) or count > sum(map(len, runs)):
        return
    for length in range(1, len(digits) + 1):
        if digits[0] == "0" and length > 1:
            return
        budget.spend()
        remaining = (digits[length:], *rest) if length < len(digits) else tuple(rest)
        for tail in _split(remaining, count - 1, budget):
            yield (int(digits[:length]), *tail)


def _split_with_total(runs: Sequence[str], count: int, budget: _Budget) -> list[Numbers]:
    """The splits whose last number is the sum of the others."""
    found: list[Numbers] = []
    last = runs[-1]
    for length in range(1, len(last) + 1):
        printed = last[len(last) - length :]
        if printed[0] == "0" and length > 1:
            continue
        total = int(printed)
        before = (*runs[:-1], last[: len(last) - length]) if length < len(last) else tuple(runs[:-1])
        found += [(*parts, total) for parts in _split_to_sum(before, count - 1, total, budget)]
    return found


def _split_to_sum(runs: Sequence[str], count: int, total: int, budget: _Budget) -> Iterator[Numbers]:
    if not runs:
        if count == 0 and total == 0:
            yield ()
        return
    if count < len(runs) or count > sum(map(len, runs)):
        return
    digits, rest = runs[0], runs[1:]
    for length in range(1, len(digits) + 1):
        number = int(digits[:length])
        if (digits[0] == "0" and length > 1) or number > total:
            return
        budget.spend()
        remaining = (digits[length:], *rest) if length < len(digits) else tuple(rest)
        for tail in _split_to_sum(remaining, count - 1, total - number, budget):
            yield (number, *tail)


def solve_requests(rows: Mapping[str, Sequence[str]], width: int) -> dict[str, Numbers]:
    """Table 三 from the digits of each row: row → its numbers, for the rows that every joint solution reads alike.

    `rows` hold every row of the form, in order; each is the list of digit runs printed for it. Empty when nothing is decided. Rows that
    the number of digits alone decides (as many digits as columns, and their total holds) need no other row.
    """
    budget = _Budget(_MOST_STEPS)
    try:
        candidates = {row: _split_with_total(runs, width, budget) for row, runs in rows.items()}
        solutions = _solve_columns(candidates, width, budget)
    except _OutOfBoundsError:
        return {}
    if solutions:
        return {row: solutions[0][row] for row in rows if all(s[row] == solutions[0][row] for s in solutions)}
    return {row: found[0] for row, found in candidates.items() if len(found) == 1 and sum(map(len, rows[row])) == width}


def _solve_columns(candidates: Mapping[str, list[Numbers]], width: int, budget: _Budget) -> list[dict[str, Numbers]]:
    outcomes = sorted((row for row in candidates if row not in NOT_OUTCOMES), key=lambda row: len(candidates[row]))
    fixed = {row: candidates[row][0] for row in outcomes if len(candidates[row]) == 1}
    open_rows = [row for row in outcomes if row not in fixed]
    base = [sum(numbers[c] for numbers in fixed.values()) for c in range(width)]
    solutions: list[dict[str, Numbers]] = []
    for total in candidates["total_processed"]:
        ends = [
            {"new_received": new, "carried_over": over, "carried_forward": forward}
            for new in candidates["new_received"]
            for over in candidates["carried_over"]
            for forward in candidates["carried_forward"]
            if all(new[c] + over[c] == total[c] + forward[c] for c in range(width))
        ]
        if not ends:
            continue
        left = tuple(total[c] - base[c] for c in range(width))
        for chosen in _choose_rows(candidates, open_rows, left, budget):
            solutions += [{**fixed, **chosen, **end, "total_processed": total} for end in ends]
    return solutions


def _choose_rows(
    candidates: Mapping[str, list[Numbers]], rows: Sequence[str], left: Numbers, budget: _Budget
) -> Iterator[dict[str, Numbers]]:
    if any(n < 0 for n in left):
        return
    if not rows:
        if not any(left):
            yield {}
        return
    for numbers in candidates[rows[0]]:
        budget.spend()
        remaining = tuple(a - b for a, b in zip(left, numbers, strict=True))
        for tail in _choose_rows(candidates, rows[1:], remaining, budget):
            yield {rows[0]: numbers, **tail}


def solve_groups(runs: Sequence[str], groups: int, width: int) -> Numbers | None:
    """Table 四: the only split into `groups` × `width` numbers in which each group's last number is the sum of the others, or None."""
    try:
        found = list(_split_groups(tuple(runs), groups, width, _Budget(_MOST_STEPS)))
    except _OutOfBoundsError:
        return None
    return found[0] if len(found) == 1 else None


def _split_groups(runs: tuple[str, ...], groups: int, width: int, budget: _Budget) -> Iterator[Numbers]:
    if groups == 0:
        if not runs:
            yield ()
        return
    for numbers, rest in _take_group(runs, width, 0, budget):
        for tail in _split_groups(rest, groups - 1, width, budget):
            yield (*numbers, *tail)


def _take_group(runs: tuple[str, ...], width: int, total: int, budget: _Budget) -> Iterator[tuple[Numbers, tuple[str, ...]]]:
    """The next `width` numbers, the last of which is `total` plus the others; and what is left of the runs."""
    if not runs:
        return
    digits = runs[0]
    for length in range(1, len(digits) + 1):
        if digits[0] == "0" and length > 1:
            return
        budget.spend()
        number = int(digits[:length])
        rest = (digits[length:], *runs[1:]) if length < len(digits) else runs[1:]
        if width == 1:
            if number == total:
                yield (number,), rest
            continue
        for tail, left in _take_group(rest, width - 1, total + number, budget):
            yield (number, *tail), left
