"""The fourth step: what each indicator's columns hold, with every reading that the print allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.numbers import read_number
from ingest.statistics.heads import Head
from ingest.statistics.indicators import Indicator
from ingest.statistics.lexing import Piece

_MOST_NUMBERS = range(1, 16)
"""What may number the next indicator where the number of this one is not known."""
_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(\D*)")


class Value(NamedTuple):
    """One figure. `value` is None for a blank or a dash; `unit` where it is printed beside the figure; `start`: offset in the text."""

    value: float | None
    raw: str
    unit: str | None
    start: int


Values = tuple[Value, ...]


@dataclass(slots=True)
class Row:
    """An indicator with the readings that its columns allow: one when nothing is open, none when it cannot be read."""

    indicator: Indicator
    slots: list[Piece]
    readings: list[Values] = field(default_factory=list)
    is_split: bool = False  # its readings cut digits that belong to several columns

    @property
    def has_figures(self) -> bool:
        """Whether anything but blanks and dashes is printed in its columns."""
        return any(p.kind not in ("blank", "dash") for p in self.slots)


def read_rows(indicators: Sequence[Indicator], head: Head) -> list[Row]:
    """The rows with their readings. An indicator with neither unit nor figures groups others: it becomes a heading of the next."""
    width = len(head.columns)
    rows: list[Row] = []
    number: int | None = 0  # that the last numbered indicator of the list has; None when it is not known
    code = 0
    is_even = len({len(x.slots) for x in indicators}) == 1
    for index, indicator in enumerate(indicators):
        is_last = index + 1 == len(indicators)
        slots = indicator.slots
        headings = [*indicator.headings, indicator.label]
        for label in headings:
            number = label.number if label.number is not None else 0 if label.level in (0, 1) else number
        if head.code_after:
            code += 1
            dropped = _drop_code(slots, width, code, is_hard=head.mode != "plain")
            slots, code = dropped if dropped is not None else ([Piece("text", "", "", indicator.start)], code)
        row = Row(indicator, slots)
        tails: list[tuple[Values, int]]
        must_end = False
        if head.mode != "plain":
            tails = [(reading, 0) for reading in _read_bordered(indicator, slots, width, is_even=is_even)]
        else:
            allowed = [index + 2] if head.has_serial else [1, number + 1] if number is not None else list(_MOST_NUMBERS)
            must_end = (head.has_serial and not is_last) or (not head.has_serial and bool(slots) and slots[-1].is_numbered)
            loose = list(_read_loose(indicator, slots, width, allowed if must_end else None))
            tails = [(reading, tail) for reading, tail, _ in loose]
            row.is_split = any(is_split for _, _, is_split in loose)
        row.readings = list(dict.fromkeys(reading for reading, _ in tails))
        numbers = {tail for _, tail in tails}
        if must_end:
            number = next(iter(numbers)) if len(numbers) == 1 else None
        is_empty = all(v.value is None for reading in row.readings for v in reading)
        if not indicator.unit and row.readings and is_empty and not (slots and not head.has_unit):
            if not is_last:
                indicators[index + 1].headings = [*headings, *indicators[index + 1].headings]
            continue
        if indicator.is_broken:
            row.readings = []
        rows.append(row)
    _withdraw_splits(rows, width)
    return rows


def _drop_code(slots: list[Piece], width: int, code: int, *, is_hard: bool) -> tuple[list[Piece], int] | None:
    """The slots without the code of the row, and that code; None when it is not there."""
    if not slots:
        return [], code
    first = slots[0]
    if is_hard:
        return slots[1:], code
    if len(slots) == width + 1 and first.straight.isdigit():
        return slots[1:], int(first.straight)
    for printed in (f"{code:02d}", str(code)):
        if first.kind == "number" and first.straight.startswith(printed) and (first.is_tight or first.straight == printed):
            cut = len(printed)
            rest = Piece("number", first.raw[cut:], first.straight[cut:], first.start + cut, first.is_numbered, is_tight=True)
            return ([rest] if rest.straight else []) + slots[1:], code
    return None


def _read_bordered(indicator: Indicator, slots: list[Piece], width: int, *, is_even: bool) -> Iterator[Values]:
    """Where cells have borders: by place, or by count where a merged cell left empty ones over."""
    printed = [p for p in slots if p.kind != "blank"]
    if not printed:
        yield tuple(Value(None, "", None, slots[i].start if i < len(slots) else indicator.start) for i in range(width))
        return
    if len(slots) == width or (len(slots) > width and is_even and any(p.kind != "blank" for p in slots[:width])):
        chosen = slots[:width]
    elif len(printed) == width:
        chosen = printed
    else:
        return
    values = _read_values([(p.raw, p.start, p.kind) for p in chosen])
    if values is not None:
        yield values


def _read_values(pieces: Sequence[tuple[str, int, str]]) -> Values | None:
    """The figures of pieces (raw, start, kind); None when one of them is none."""
    values = [value for piece in pieces if (value := _read_value(*piece)) is not None]
    return tuple(values) if len(values) == len(pieces) else None


def _read_value(raw: str, start: int, kind: str) -> Value | None:
    if kind in ("blank", "dash"):
        return Value(None, raw, None, start)
    match = _NUMBER.fullmatch("".join(raw.split())) if kind == "number" else None
    number = read_number(match[1]) if match is not None else None
    return Value(number.value, raw, match[2] or None, start) if match is not None and number is not None else None


def _read_loose(indicator: Indicator, slots: list[Piece], width: int, allowed: list[int] | None) -> Iterator[tuple[Values, int, bool]]:
    """Where no borders keep cells apart: readings, each with the number of the next indicator that it leaves over and whether it cuts.

    `allowed`: the numbers of which one must end the last slot; None when none does.
    """
    if any(p.kind in ("text", "unit") for p in slots):
        return
    tails: list[int | None] = [*allowed] if allowed is not None else [None]
    for tail in tails:
        pieces = [(p.raw, p.start, p.kind) for p in slots]
        if tail is not None:
            if not pieces or pieces[-1][2] != "number" or not pieces[-1][0].endswith(str(tail)):
                continue
            raw, start, kind = pieces.pop()
            if len(raw) > len(str(tail)):
                pieces.append((raw[: -len(str(tail))], start, kind))
        number = tail or 0
        if not pieces:
            yield tuple(Value(None, "", None, indicator.start) for _ in range(width)), number, False
        elif len(pieces) == width:
            values = _read_values(pieces)
            if values is not None:
                yield values, number, False
        elif len(pieces) == 1 and pieces[0][0].isdecimal():
            for split in _split_digits(pieces[0][0], pieces[0][1], width):
                yield split, number, True


def _split_digits(digits: str, start: int, width: int) -> Iterator[Values]:
    """Every way to cut digits into numbers without leading zeros. One of two columns may be blank; of more, only zeros are cut."""
    if set(digits) == {"0"} and len(digits) == width:
        yield tuple(Value(0.0, "0", None, start + i) for i in range(width))
    elif width == 2:  # noqa: PLR2004
        for cut in range(1, min(2 if digits[0] == "0" else len(digits), len(digits))):
            if digits[cut] != "0" or cut == len(digits) - 1:
                left, right = digits[:cut], digits[cut:]
                yield Value(float(left), left, None, start), Value(float(right), right, None, start + cut)
        if digits[0] != "0" or len(digits) == 1:
            whole, blank = Value(float(digits), digits, None, start), Value(None, "", None, start)
            yield from ((whole, blank), (blank, whole))


def _withdraw_splits(rows: Sequence[Row], width: int) -> None:
    """Digits are those of every column only where the agency leaves no cell blank and the text keeps no cells apart.

    That is so when it prints zeros, no row is too short, and no row has its figures apart. A run that begins with 0 is never one number.
    """
    runs = ["".join(p.straight for p in row.slots) for row in rows]
    prints_zeros = any(run.startswith("0") for run in runs)
    is_short = any(len(run) < width for run in runs)
    is_apart = any(len(row.slots) > 1 and not row.is_split for row in rows)
    for row, run in zip(rows, runs, strict=True):
        if row.is_split and (is_apart or is_short or not prints_zeros) and not run.startswith("0"):
            row.readings = []
