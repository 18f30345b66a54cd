"""The fifth step: of several readings of joined digits, those that the form's own sums allow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from ingest.statistics.values import Row, Values

_MOST_COMBINATIONS = 50_000
_EXACT = 1e-6
_PROSE = re.compile(r"主动公开[^。,;\n\d]{0,20}?(\d{3,})\s*条")
"""A count in the text before the table; of fewer digits it may stand there for anything."""
_PROACTIVE = re.compile(r"主动公开[^其]*数$")

Test = Callable[[Sequence[Values]], bool]


@dataclass(frozen=True)
class Relation:
    """Rows, by position, whose readings must hold together."""

    rows: tuple[int, ...]
    holds: Test


def relate_sum(whole: int, parts: Sequence[int]) -> Relation:
    """The parts add up to the whole in every column; a blank adds nothing."""

    def holds(readings: Sequence[Values]) -> bool:
        columns = zip(*([v.value or 0 for v in reading] for reading in readings), strict=True)
        return all(abs(column[0] - sum(column[1:])) < _EXACT for column in columns)

    return Relation((whole, *parts), holds)


def relate_part(whole: int, part: int) -> Relation:
    """A part named by 其中 is not larger than its whole in any column."""

    def holds(readings: Sequence[Values]) -> bool:
        large, small = readings
        return all(a.value is None or b.value is None or a.value >= b.value for a, b in zip(large, small, strict=True))

    return Relation((whole, part), holds)


def relate_columns(row: int, small: int, large: int) -> Relation:
    """A cumulative figure is not smaller than that of the year."""

    def holds(readings: Sequence[Values]) -> bool:
        year, total = readings[0][small].value, readings[0][large].value
        return year is None or total is None or total >= year

    return Relation((row,), holds)


def find_parts(rows: Sequence[Row]) -> list[Relation]:
    """Of each row that 其中 follows, the parts: the row that 其中 begins and, where that has the number 1, those that count on from it."""
    relations: list[Relation] = []
    whole, number = -1, 0
    for index, row in enumerate(rows):
        label = row.indicator.label
        if label.is_part and index:
            whole, number = index - 1, label.number or 0
        elif number and (label.number == number + 1 or (label.number is None and label.level is None and _follows_run(rows, index))):
            number += 1
        else:
            whole, number = -1, 0
        if whole >= 0:
            relations.append(relate_part(whole, index))
    return relations


def _follows_run(rows: Sequence[Row], index: int) -> bool:
    """Whether the number of the row stands at the end of the digits before it."""
    slots = rows[index - 1].slots
    return bool(slots) and slots[-1].is_numbered


def solve_rows(rows: Sequence[Row], relations: Iterable[Relation], before: str) -> None:
    """Leaves each row the readings for which every relation can hold; several left means that the document does not decide it.

    `before` is the straightened text above the table: a count of 主动公开 stated there settles the first such row.
    """
    _ask_prose(rows, before)
    relations = list(relations)
    is_changed = True
    while is_changed:
        is_changed = False
        for relation in relations:
            concerned = [rows[i] for i in relation.rows]
            if all(len(row.readings) == 1 for row in concerned) or not all(row.readings for row in concerned):
                continue
            size = 1
            for row in concerned:
                size *= len(row.readings)
            if size > _MOST_COMBINATIONS:
                continue
            fitting = [choice for choice in product(*(row.readings for row in concerned)) if relation.holds(choice)]
            for position, row in enumerate(concerned):
                left = list(dict.fromkeys(choice[position] for choice in fitting))
                if len(left) < len(row.readings):
                    row.readings, is_changed = left, True


def _ask_prose(rows: Sequence[Row], before: str) -> None:
    stated = {float(count) for count in _PROSE.findall(before)}
    for row in rows:
        if row.is_split and not row.indicator.label.is_part and _PROACTIVE.match(row.indicator.label.text):
            fitting = [reading for reading in row.readings if reading[0].value in stated]
            if len(fitting) == 1:
                row.readings = fitting
            return
