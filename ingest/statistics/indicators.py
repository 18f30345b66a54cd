"""The third step: pieces to indicators, each with its label, its unit and what is printed in its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.normalising import straighten
from ingest.numbers import is_dash
from ingest.statistics.forms import BLANKS, NUMBERING, PART, Label, StatisticsForm, normalise_indicator, read_label, starts_label
from ingest.statistics.heads import Head
from ingest.statistics.lexing import Piece

_LONGEST_LABEL = 90
_LONGEST_UNIT = 4
_COLUMN_LETTERS = frozenset("甲乙丙丁戊")
_DASHES = re.compile(r"[-—–]{2,}")
_INSIDE_NUMBER = re.compile(r"(?<![第\d])(?:其中:?)?(?:(?<!\d)" + NUMBERING.pattern + ")")


@dataclass(slots=True)
class Indicator:
    """One printed indicator. `slots`: the pieces behind its unit; `is_broken`: its label may hold parts of another row."""

    label: Label
    unit: str | None
    slots: list[Piece]
    start: int
    is_broken: bool = False
    is_stray: bool = False  # a number stands behind words without a unit that is known
    ends_line: bool = False  # its line has borders and ends there: nothing of it is lost
    headings: list[Label] = field(default_factory=list)  # printed before it, without figures


class _Collector:
    """Walks over the pieces of a table and closes an indicator when the next label begins."""

    def __init__(self, head: Head, form: StatisticsForm) -> None:
        self.head, self.form = head, form
        self.found: list[Indicator] = []
        self.parts: list[Piece] = []
        self.headings: list[Label] = []
        self.current: Indicator | None = None
        self.is_broken = False

    def open(self, unit: str | None, at: Piece) -> None:
        printed = "".join(p.raw for p in self.parts)
        pieces = _split_label(printed) if self.head.mode != "rows" else [printed]
        labels = [read_label(p) for p in pieces]
        *above, label = [x for x in labels if x.text] or [read_label("")]
        self.headings += above
        is_broken = self.is_broken or len(label.text) > _LONGEST_LABEL or self._holds_two(label)
        self.current = Indicator(label, unit, [], at.start, is_broken=is_broken, headings=self.headings)
        self.parts, self.headings, self.is_broken = [], [], False

    def _holds_two(self, label: Label) -> bool:
        """Whether the label begins with that of another indicator and its unit, whose figures are blank and left no border."""
        text = normalise_indicator(label.text)
        return any(text.startswith(known + self.form.indicators[k].unit) for known, ks in self.form.known.items() for k in ks)

    def close(self, *, ends_line: bool = False) -> None:
        if self.current is not None:
            self.current.ends_line = ends_line
            if self.current.label.text:
                self.found.append(self.current)
            self.current = None

    def is_full(self) -> bool:
        """Whether the current indicator has a piece for each column."""
        return self.current is not None and len(self.current.slots) >= len(self.head.columns)

    def drop_label(self) -> None:
        """What was collected groups the indicators below."""
        printed = "".join(p.raw for p in self.parts)
        self.headings += [x for x in map(read_label, _split_label(printed)) if x.text and x.text not in ("其中：", "其中:")]
        self.parts = []


def collect_indicators(pieces: Iterable[Piece], head: Head, form: StatisticsForm) -> list[Indicator]:
    """The indicators from the head of the table to its end: a sentence, a signature, or the end of the text."""
    walk = _Collector(head, form)
    line: list[Piece] = []
    repeated = {*form.names, *form.unit_names, *form.codes, *head.columns} - {"value"}  # a head printed anew on the next page
    for piece in pieces:
        if piece.kind == "text" and piece.straight in repeated:
            walk.close()
            walk.parts = []
            continue
        if head.mode == "rows":
            if piece.kind != "end":
                line.append(piece)
                continue
            if not _read_line(line, walk):
                break
            line = []
        elif not _read_piece(piece, walk):
            break
    else:
        if line:
            _read_line(line, walk)
    walk.close()
    while walk.found and walk.found[-1].is_stray:
        walk.found.pop()  # numbers behind the table
    return walk.found


def _ends_table(piece: Piece, form: StatisticsForm) -> bool:
    return piece.kind == "text" and ("。" in piece.raw or ";" in piece.straight or form.ends.match(piece.straight) is not None)


def _read_line(line: list[Piece], walk: _Collector) -> bool:
    """One line of cells. False when the table has ended."""
    own: Piece | None = None  # the label of this line
    for index, piece in enumerate(line):
        if _ends_table(piece, walk.form):
            walk.close(ends_line=True)
            return False
        has_unit_behind = any(p.kind == "unit" for p in line[index + 1 :])
        if walk.current is not None and not (piece.kind == "text" and has_unit_behind and walk.is_full()):
            _fill_line(piece, walk.current)
        elif piece.kind == "text":
            walk.close(ends_line=True)  # a second indicator on the line
            if own is not None and walk.head.has_unit and not has_unit_behind and _is_unit_place(line[index:], walk.head):
                walk.open(piece.straight, piece)
            else:
                own = _add_label(piece, own, walk)
        elif _opens_slots(piece, walk, has_label=own is not None, has_unit_behind=has_unit_behind):
            walk.open(piece.straight if piece.kind == "unit" else None, piece)
            if walk.current is not None and piece.kind != "unit" and not (piece.kind == "dash" and walk.head.has_unit):
                walk.current.slots.append(piece)
    walk.close(ends_line=True)
    return True


def _is_unit_place(rest: list[Piece], head: Head) -> bool:
    """Whether a cell of words behind a label stands where the units do: a unit that is not known."""
    return len(rest[0].straight) <= _LONGEST_UNIT and len(rest) == 1 + len(head.columns) + head.code_after and rest[1].kind != "text"


def _fill_line(piece: Piece, current: Indicator) -> None:
    if piece.kind == "unit" and not current.slots and current.unit:
        current.unit += piece.straight
    else:
        current.slots.append(piece)


def _add_label(piece: Piece, own: Piece | None, walk: _Collector) -> Piece | None:
    """A cell of words before a unit: the label, what goes on from the line above, or a group to the left of the label."""
    if own is not None:
        walk.parts = [p for p in walk.parts if p is not own]
        walk.headings.append(read_label(own.raw))
    if walk.parts and starts_label(piece.straight) and not _is_prefix(walk.parts):
        walk.drop_label()
    walk.parts.append(piece)
    return None if _is_prefix([piece]) else piece


def _opens_slots(piece: Piece, walk: _Collector, *, has_label: bool, has_unit_behind: bool) -> bool:
    """Whether the columns of figures begin with or behind this cell."""
    if piece.kind == "unit":
        return bool(walk.parts) and walk.head.has_unit
    if not has_label or has_unit_behind:
        return False
    return piece.kind in ("dash", "number") or (piece.kind == "blank" and not walk.head.has_unit)


def _read_piece(piece: Piece, walk: _Collector) -> bool:
    """One piece of a table without rows of cells. False when the table has ended."""
    if _ends_table(piece, walk.form):
        walk.close()
        return False
    if walk.current is not None:
        if _fill_slots(piece, walk.current):
            return True
        walk.close()
    if piece.kind == "text":
        if walk.parts and starts_label(piece.straight) and not _is_prefix(walk.parts):
            walk.drop_label()
        walk.parts.append(piece)
    elif piece.kind in ("unit", "dash") and walk.parts:
        walk.open(piece.straight if piece.kind == "unit" else None, piece)
    elif piece.kind == "number" and walk.parts and not walk.head.code_before:
        _open_stray(piece, walk)
    return True


def _fill_slots(piece: Piece, current: Indicator) -> bool:
    """Adds what stands behind the unit of an indicator. False for the words of the next one."""
    if piece.kind == "unit" and not current.slots:
        current.unit = (current.unit or "") + piece.straight
        return True
    is_garbled = not current.slots and current.unit is not None and re.search(r"\d", piece.straight) and not starts_label(piece.straight)
    if piece.kind == "text" and not is_garbled:
        return False
    current.is_broken |= piece.kind == "unit"
    current.slots.append(piece)
    return True


def _open_stray(piece: Piece, walk: _Collector) -> None:
    """A number behind words without a unit that is known: a row that cannot be read, or the numbers of the columns below their heads."""
    if all(set(p.straight) <= _COLUMN_LETTERS for p in walk.parts):
        walk.parts = []
        return
    walk.is_broken = True
    walk.open(None, piece)
    if walk.current is not None:
        walk.current.is_stray = True
        walk.current.slots.append(piece)


def _is_prefix(parts: list[Piece]) -> bool:
    """Whether what was collected is no label yet: only a number, or only 其中."""
    straight = "".join(p.straight for p in parts)
    return not PART.sub("", NUMBERING.sub("", straight)).strip(":")


def _split_label(printed: str) -> list[str]:
    """A label of a text without borders, with the headings that stand before it."""
    text = BLANKS.sub("", printed)
    out: list[str] = []
    for part in _DASHES.split(text):
        straight = straighten(part)
        cuts = [m.start() for m in _INSIDE_NUMBER.finditer(straight) if m.start() and not _is_prefix_text(straight[: m.start()])]
        cuts += [m.start() for m in re.finditer("其中:", straight) if m.start() and not _is_prefix_text(straight[: m.start()])]
        borders = sorted({0, *cuts, len(part)})
        out += [part[a:b] for a, b in pairwise(borders)]
    return [part for part in out if part and not is_dash(part)]


def _is_prefix_text(straight: str) -> bool:
    return not PART.sub("", NUMBERING.sub("", straight)).strip(":.、)")
