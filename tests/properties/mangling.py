"""Blows to the lines of a rendered report anywhere among its tables, with what is still true of the text afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Final, NamedTuple

from properties.cases import Case

_STRAYS = ("3", "12", "- 4 -", "0", "备注", "2023", "|", "||", "行政")
_SENTENCES = (
    "其中,予以公开2件,部分公开3件,属于国家秘密1件。",
    "行政许可 12件,行政处罚 5件",
    "本年新收政府信息公开申请数量7件",
    "一、本年新收政府信息公开申请数量 9",
    "注:规章 3",
    "合计 5 6 7",
    "小计 1 2 3 4 5 6 21",
)


class _Text(NamedTuple):
    """`lines` are (line numbers of the report that went into it, text); between `low` and `high` stand the tables."""

    lines: list[tuple[tuple[int, ...], str]]
    low: int
    high: int
    unjudged: set[int]  # lines of the report whose print was changed by chance

    def pick(self, rng: Random) -> int:
        return rng.randrange(self.low, min(self.high, len(self.lines)))


def _drop_lines(text: _Text, rng: Random) -> None:
    for _ in range(rng.choice((1, 1, 2, 3, 5))):
        del text.lines[text.pick(rng)]


def _double_line(text: _Text, rng: Random) -> None:
    place = text.pick(rng)
    text.lines.insert(place, text.lines[place])


def _join_lines(text: _Text, rng: Random) -> None:
    place = min(text.pick(rng), len(text.lines) - 2)
    (first, start), (second, end) = text.lines[place : place + 2]
    text.lines[place : place + 2] = [((*first, *second), start + rng.choice(("", " ")) + end)]


def _insert_strays(text: _Text, rng: Random) -> None:
    for _ in range(rng.choice((1, 2))):
        text.lines.insert(text.pick(rng), ((), rng.choice(_STRAYS)))


def _insert_sentence(text: _Text, rng: Random) -> None:
    text.lines.insert(text.pick(rng), ((), rng.choice(_SENTENCES)))


def _drop_number(text: _Text, rng: Random) -> None:
    place = text.pick(rng)
    numbers, words = text.lines[place][0], text.lines[place][1].split(" ")
    found = [at for at, word in enumerate(words) if word.strip("|").isdigit()]
    if found:
        at = rng.choice(found)
        del words[at : at + (2 if words[at + 1 : at + 2] == ["|"] else 1)]  # with its border: the row is a cell short
        text.lines[place] = (numbers, " ".join(words))


def _drop_labels(text: _Text, rng: Random) -> None:
    for _ in range(rng.choice((1, 2, 4, 8))):
        place = text.pick(rng)
        numbers, line = text.lines[place]
        if "列1" in line:  # invented heads would become values
            continue
        text.lines[place] = (numbers, re.sub(r"[\u4e00-\u9fff（）()“”、，]+", "", line))


def _drop_row(text: _Text, rng: Random) -> None:
    """A line and the one before it: where labels stand alone, a label and its first value."""
    place = max(1, text.pick(rng))
    del text.lines[place - 1 : place + 1]


def _cut_out(text: _Text, rng: Random) -> None:
    """A few characters out of a line."""
    place = text.pick(rng)
    numbers, line = text.lines[place]
    at = rng.randrange(len(line) + 1)
    text.lines[place] = (numbers, line[:at] + line[at + rng.randrange(1, 5) :])
    text.unjudged.update(numbers)


def _cut_ends(text: _Text, rng: Random) -> None:
    """The ends of some lines are gone, as at the edge of a scan."""
    for _ in range(rng.choice((1, 3))):
        place = text.pick(rng)
        numbers, line = text.lines[place]
        text.lines[place] = (numbers, line[: max(0, len(line) - rng.randrange(1, 4))])
        text.unjudged.update(numbers)


def _swap_lines(text: _Text, rng: Random) -> None:
    place = min(text.pick(rng), len(text.lines) - 2)
    text.unjudged.update(*(numbers for numbers, _ in text.lines[place : place + 2]))
    text.lines[place], text.lines[place + 1] = text.lines[place + 1], text.lines[place]


def _repeat_block(text: _Text, rng: Random) -> None:
    """A few lines come once more, as where two pages overlap."""
    place = text.pick(rng)
    text.lines[place:place] = text.lines[max(0, place - rng.randrange(2, 12)) : place]


def _several(text: _Text, rng: Random) -> None:
    for name in rng.choices(("drop_lines", "insert_strays", "double_line", "drop_labels", "join_lines"), k=rng.choice((2, 3))):
        MANGLES[name](text, rng)


MANGLES: Final[dict[str, Callable[[_Text, Random], None]]] = {
    "drop_lines": _drop_lines,
    "drop_row": _drop_row,
    "drop_number": _drop_number,
    "drop_labels": _drop_labels,
    "double_line": _double_line,
    "repeat_block": _repeat_block,
    "join_lines": _join_lines,
    "swap_lines": _swap_lines,
    "insert_strays": _insert_strays,
    "insert_sentence": _insert_sentence,
    "cut_out": _cut_out,
    "cut_ends": _cut_ends,
    "several": _several,
}
"""Name of a blow → what it does."""


def mangle_case(case: Case, name: str, rng: Random) -> Case:
    """The case after one blow; of a text without lines to speak of nothing changes but the lines that it has."""
    report = case.report
    lines: list[tuple[tuple[int, ...], str]] = [((number,), line) for number, line in enumerate(report.text.split("\n"), start=1)]
    low, high = max(0, min(report.lines.values(), default=1) - 3), max(report.lines.values(), default=1)
    text = _Text(lines, *((low, high) if high - low >= 8 else (0, len(lines))), set())
    MANGLES[name](text, rng)
    at = {number: place for place, (numbers, _) in reversed(list(enumerate(text.lines, start=1))) for number in numbers}
    kept = {cell: at[number] for cell, number in report.lines.items() if number in at}
    changed = replace(
        report,
        text="\n".join(line for _, line in text.lines),
        lines=kept,
        figures={cell: report.figures[cell] for cell in kept},
        lost=report.lost | (set(report.figures) - set(kept)),
    )
    # A lost line whose like still stands somewhere may rightly be read there.
    originals, left = report.text.split("\n"), {line for _, line in text.lines}
    unjudged = frozenset(
        cell
        for cell, number in report.lines.items()
        if number in text.unjudged or (number not in at and originals[number - 1] in left and originals[number - 1])
    )
    return replace(case, report=changed, name=f"{case.name} {name}", unjudged=unjudged)
