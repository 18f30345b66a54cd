"""The first step: a statistics table as a list of pieces, whatever the layout.

Where a table keeps borders (pipes, tabs) they are the edges of cells and an empty cell is a piece; elsewhere blanks and line breaks are.
Digits directly behind a unit (`条294981916其中`) are a piece of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ingest.numbers import is_dash
from ingest.statistics.forms import BLANKS, StatisticsForm

Kind = Literal["text", "unit", "number", "dash", "blank", "end"]
Mode = Literal["rows", "cells", "plain"]
"""`rows`: a line is a row of the table and holds borders; `cells`: borders without such lines; `plain`: no borders."""

_MANY_LINES = 3
_MANY_BORDERS = 6
_RULE = re.compile(r"[\s|:\-+]*-{3,}[\s|:\-+]*")
_PAGE = re.compile(r"\s*(?:[-—–]\s*\d+\s*[-—–]|第\s*\d+\s*页.*)\s*")
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NUMBERED = re.compile(r"(\d[\d,]*)([、)]|\.(?!\d))")
_RUN = re.compile(r"\d[\d,.]*|[-—–/]+")
_WORD = re.compile(r"\S+")


@dataclass(slots=True)
class Piece:
    """`raw` as printed, `straight` half-width without blanks; `start`: offset in the text; `is_numbered`: of digits, the mark of a
    numbering follows, so the last of them number the next indicator; `end` is the end of a row's line."""

    kind: Kind
    raw: str
    straight: str
    start: int
    is_numbered: bool = False
    is_tight: bool = False  # stands directly behind its unit


@lru_cache(maxsize=2)
def _compile(units: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    unit = re.compile(rf"[(\[]?(?:单位:)?(?P<unit>{units}(?:[/、]{units})?)[)\]]?")
    number = re.compile(rf"\d[\d,]*(?:\.\d+)?(?:{units})?")
    joined = re.compile(
        rf"(?<![\d.])(?P<unit>{units})(?P<run>(?:\d[\d,.]*|[-—–/]+)+)"
        rf"|(?<=[数额费用量)])(?P<bare>{units})(?:(?P<end>$)|(?=[\u4e00-\u9fff(])(?![\u4e00-\u9fff]*\)))"
    )
    return unit, number, joined


def choose_mode(area: str) -> tuple[Mode, str]:
    """How the table keeps its cells apart, and its border."""
    lines = area.split("\n")
    for border, least in (("|", 2), ("\t", 1)):
        counts = [n for line in lines if (n := line.count(border))]
        full = sum(n >= least for n in counts)
        if full >= _MANY_LINES and full * 2 >= len(counts):
            return "rows", border
        if border == "|" and sum(counts) >= _MANY_BORDERS:
            return "cells", border
    return "plain", " "


def read_pieces(text: str, straight: str, start: int, mode: Mode, border: str, form: StatisticsForm) -> Iterator[Piece]:
    """The pieces from offset `start` on."""
    if mode == "cells":
        position = start
        for cell in straight[start:].split(border):
            yield from _read_cell(text, cell, position, mode, form, None)
            position += len(cell) + 1
        return
    position = start
    for line in straight[start:].split("\n"):
        before: Kind | None = None  # on the same line
        if not (_RULE.fullmatch(line) or _PAGE.fullmatch(line)):
            if mode == "rows" and border in line:
                for cell_start, cell in _split_line(line, border):
                    yield from _read_cell(text, cell, position + cell_start, mode, form, None)
            elif mode == "rows":
                yield from _read_cell(text, line, position, "plain", form, None)
            else:
                for word in _WORD.finditer(line):
                    for piece in _read_cell(text, word[0], position + word.start(), mode, form, before):
                        before = piece.kind
                        yield piece
            if mode == "rows":
                yield Piece("end", "", "", position + len(line))
        position += len(line) + 1


def _split_line(line: str, border: str) -> Iterator[tuple[int, str]]:
    """The cells of a line; a pipe at either end frames it."""
    position = 0
    cells = line.split(border)
    last = len(cells) - 1
    for index, cell in enumerate(cells):
        is_frame = border == "|" and not cell.strip() and index in {0, last}
        if not is_frame:
            yield position, cell
        position += len(cell) + 1


def _read_cell(text: str, cell: str, position: int, mode: Mode, form: StatisticsForm, before: Kind | None) -> Iterator[Piece]:
    unit, number, joined = _compile(form.units)
    start = position + len(cell) - len(cell.lstrip())
    body = cell.strip()
    compact = BLANKS.sub("", body)

    def piece(kind: Kind, begin: int, end: int, **more: bool) -> Piece:
        return Piece(kind, text[start + begin : start + end], BLANKS.sub("", body[begin:end]), start + begin, **more)

    if not compact:
        yield piece("blank", 0, 0)
    elif is_dash(compact):
        yield piece("dash", 0, len(body))
    elif match := unit.fullmatch(compact):
        yield Piece("unit", match["unit"], match["unit"], start)
    elif _DIGITS.fullmatch(body) or number.fullmatch(body):
        yield piece("number", 0, len(body))
    elif mode == "plain" and before in ("unit", "number") and (match := _NUMBERED.match(body)):
        yield piece("number", 0, match.end(1), is_numbered=True)
        yield from _explode(body, match.end(1), joined, piece)
    elif mode == "plain" or ((match := joined.search(compact)) and match["run"]):
        yield from _explode(body, 0, joined, piece)
    else:
        yield piece("text", 0, len(body))


def _explode(body: str, begin: int, joined: re.Pattern[str], make: Callable[..., Piece]) -> Iterator[Piece]:
    """Text, units and digits that stand together without borders."""
    matches = list(joined.finditer(body, begin))
    is_joined = any(m["run"] for m in matches)
    for m in matches:
        if not (m["run"] or is_joined or m["end"] is not None):
            continue
        if m.start() > begin:
            yield make("text", begin, m.start())
        begin = m.end()
        if m["bare"]:
            yield make("unit", *m.span("bare"))
            continue
        yield make("unit", *m.span("unit"))
        begin = m.start("run")
        for part in _RUN.finditer(m["run"]):
            raw = part[0].rstrip(",.")
            start, begin = m.start("run") + part.start(), m.start("run") + part.start() + len(raw)
            following = body[begin : begin + 2]
            is_numbered = following[:1] in ("、", ")") or (following[:1] == "." and not following[1:].isdigit())
            kind: Kind = "number" if raw[0].isdigit() else "dash"
            yield make(kind, start, begin, is_numbered=is_numbered and kind == "number", is_tight=True)
    if begin < len(body):
        yield make("text", begin, len(body))
