"""Printed lines of a document, shown so that a person can decide by eye: safe for a terminal, no wider than asked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size

CUT: Final = ".."
"""Where something is left out. The single character … is two columns wide in some terminals: figures would not stay in line."""
BREAK: Final = " ⏎ "
"""Between short lines that are shown as one."""
_TAB: Final = " ⇥ "
_UNSEEN: Final = "�"
_DANGEROUS: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\ufff9-\ufffb]"
)
"""Controls (those that are blanks apart), marks of direction, invisible and private characters."""
_SHORT: Final = 24
"""Columns of a line that may be shown beside others: the cells of layouts that print one a line."""
_LEAD: Final = 8
"""Columns shown before what a cut line was cut for."""


@dataclass(frozen=True)
class Excerpt:
    """One line to show: the printed lines first … last of the document (1-based) that it stands for, and their text."""

    first: int
    last: int
    text: str


def clean_line(line: str) -> str:
    """The line without anything that a terminal would obey: tabs as ⇥, control and invisible characters as �, runs of blanks as one."""
    return " ".join(_DANGEROUS.sub(_UNSEEN, line.replace("\t", _TAB)).split())


def cut_text(text: str, width: int, sought: Sequence[str] = ()) -> str:
    """The text in at most `width` columns, cut where the first of the `sought` words that it holds stays in sight."""
    if cell_len(text) <= width:
        return text
    start = max((found for word in sought if word and (found := text.find(word)) > 0), default=0)
    while start > 0 and cell_len(text[start:]) + _LEAD < width:
        start -= 1
    shown = text[_step_back(text, start) :]
    if len(shown) < len(text):
        shown = CUT + shown
    return shown if cell_len(shown) <= width else crop_text(shown, width)


def crop_text(text: str, width: int) -> str:
    """The beginning of the text in at most `width` columns, .. where something is left out."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text[: 2 * width], width - len(CUT)).rstrip() + CUT


def crop_start(text: str, width: int) -> str:
    """The end of the text in at most `width` columns: of a path the name matters most."""
    if cell_len(text) <= width:
        return text
    shown = text[-width:]
    while cell_len(shown) > width - len(CUT):
        shown = shown[1:]
    return CUT + shown


def select_lines(lines: Sequence[str], first: int, last: int, width: int, most: int, sought: Sequence[str] = ()) -> Iterator[Excerpt | int]:
    """Lines first … last (1-based) that are not blank, short ones joined, at most `most` excerpts.

    What is left out in the middle is given as the number of its lines.
    """
    excerpts = list(_join_short(lines, max(first, 1), min(last, len(lines)), width, sought))
    if len(excerpts) <= most:
        yield from excerpts
        return
    head, tail = (most + 1) // 2, most // 2
    yield from excerpts[:head]
    yield excerpts[len(excerpts) - tail].first - excerpts[head - 1].last - 1
    yield from excerpts[len(excerpts) - tail :]


def _step_back(text: str, start: int) -> int:
    """Where to begin so that a few columns before `start` are shown."""
    begin = start
    while begin > 0 and cell_len(text[begin:start]) < _LEAD:
        begin -= 1
    return begin


def _join_short(lines: Sequence[str], first: int, last: int, width: int, sought: Sequence[str]) -> Iterator[Excerpt]:
    pending: Excerpt | None = None
    for number in range(first, last + 1):
        text = clean_line(lines[number - 1])
        if not text:
            continue
        is_short = cell_len(text) <= _SHORT
        if pending is not None:
            joined = pending.text + BREAK + text
            if is_short and cell_len(joined) <= width:
                pending = Excerpt(pending.first, number, joined)
                continue
            yield pending
        pending = Excerpt(number, number, text)
        if not is_short:
            yield Excerpt(number, number, cut_text(text, width, sought))
            pending = None
    if pending is not None:
        yield pending
