"""Tables written in another notation than borders, redrawn with borders for the careful reading.

A table that a program has written out may have its cells between commas, semicolons or slashes, in rows of JSON or LaTeX, repeat the
words of a merged cell in every cell that it covers, number its rows, or print nan where a cell is blank. All of it is redrawn character
for character, so that every offset and line stays what it was; what is printed is read from the text as it came.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from ingest.normalising import straighten
from ingest.numbers import is_dash, read_number

_DELIMITERS: Final = (",", ";", "&", "/", "^", "~")
_LEAST_ROWS: Final = 5
_LEAST_SHARE: Final = 0.8
"""Of the rows with several cells and numbers, those that a delimiter cuts into as many as the form has."""
_LEAST_WIDTH: Final = 3
_QUOTES: Final = "\"'"
_TRIMMED: Final = _QUOTES + " \t[](){}|\\"
_NOTHING: Final = re.compile(r"nan|NaN|NAN|None|null|NULL|<NA>|")
"""How programs print a cell that holds nothing."""
_NAMED_NOTHING: Final = re.compile(r"nan|none|null|<na>", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:nbsp|e[nm]sp|thinsp|#160|#x0*a0|#12288|#x3000);?", re.IGNORECASE)
_EMPHASIS: Final = re.compile(r"(?<![\w*`])(?:\*{1,3}|__?|`)(?=[-+]?\d)|(?<=\d)(?:\*{1,3}|__?|`)(?![\w*`])|~~[^~|\n]*~~")
"""Marks of Markdown around a figure, and what it strikes out."""
_BREAK: Final = re.compile(
    r"(?<![\d.,])<br\s*/?>|<br\s*/?>(?![\d.,])", re.IGNORECASE
)  # between digits nobody knows whether one number goes on
_COMMAND: Final = re.compile(r"\\[A-Za-z]+\*?(?:\{[^{}\n]*\}|\[[^\[\]\n]*\])*|\\\\")
_RULE: Final = re.compile(r"^[ \t|+:]*[-=]{3,}[-=+|: \t]*$")
_SENTENCE_END: Final = "。"
_MINUS: Final = re.compile(r"(?:(?<=[\s|])|^)[–−](?=\d)", re.MULTILINE)
_WORDS: Final = re.compile(r"[\u4e00-\u9fff]{2}")
_INDEX: Final = re.compile(r"\d{1,3}")
_INDEXED: Final = re.compile(r"^[ |]*\d{1,3}[ ]*(?:[|\t]|[ ]{2})[ |\t]*[\u4e00-\u9fff(]")
_LEAST_INDEXED: Final = 10
"""Rows numbered one after the other: the form itself numbers no more than eight."""
_WIDE_GAP: Final = re.compile(r"[ ]{2,}")
_WHOLE_HEAD: Final = re.compile(r"(?:数\s*量|金\s*额.*|增\s*/?\s*减)\s*$")
"""Of a column of table 二 that may be merged: two heads that are cut to the same words are two."""
_BLOCK_COLUMNS: Final = re.compile(r"信\s*息\s*内\s*容")


class RowLabel(NamedTuple):
    """A row label found in a text: the offset behind it, and how many cells its row has in the forms."""

    end: int
    widths: frozenset[int]


def redraw_tables(original: str, straight: str, labels: Sequence[RowLabel]) -> str:
    """The tables of a document (`straight`: straightened, `original`: as printed) with borders between all cells; of the same length."""
    delimiter = _find_delimiter(original, labels)
    if "\\hline" in straight or "\\begin{" in straight:
        straight = _COMMAND.sub(_blank, straight)
    for pattern in (_EMPHASIS, _BREAK):
        straight = pattern.sub(_blank, straight)
    lines = _MINUS.sub("-", straight).split("\n")
    if delimiter is not None:
        lines = [_redraw(raw, line, delimiter) for raw, line in zip(original.split("\n"), lines, strict=True)]
    lines = [_blank_nothing(line) for line in _join_grid_cells(lines)]
    return "\n".join(_merge_repeats(_blank_indices(lines)))


def blank_entities(text: str) -> str:
    """The text with a space for every character of an entity that stands for one: pages saved twice leave &nbsp; behind."""
    return _ENTITY.sub(_blank, text) if "&" in text else text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _find_delimiter(text: str, labels: Sequence[RowLabel]) -> str | None:
    """The sign that cuts the rows behind their labels into as many numbers as the forms have columns; None where borders do, or none."""
    rows: list[tuple[str, int, frozenset[int]]] = []  # a line, the place in it behind a label, and the widths of the label's row
    ends = [match.start() for match in re.finditer("\n|$", text)]
    for label, following in pairwise([*labels, RowLabel(len(text) + 1, frozenset())]):
        end = ends[bisect_left(ends, label.end)]
        is_wide = max(label.widths, default=0) >= _LEAST_WIDTH and following.end > end
        if is_wide and any(character.isdigit() for character in text[label.end : end]):
            start = text.rfind("\n", 0, label.end) + 1
            rows.append((text[start:end], label.end - start, label.widths))
    for delimiter in _DELIMITERS:
        fitting = sum(_fits(line, at, delimiter, widths) for line, at, widths in rows)
        if fitting >= _LEAST_ROWS and fitting >= _LEAST_SHARE * len(rows):
            return delimiter
    return None


def _fits(line: str, behind: int, delimiter: str, widths: frozenset[int]) -> bool:
    """Whether a row has behind its label as many cells as the form, all of them numbers, dashes or blank; those of merged cells may stand
    before and behind."""
    borders = [at for at in _find_borders(line, delimiter) if at >= behind]
    fields = [line[a + 1 : b] for a, b in pairwise([behind - 1, *borders, len(line)])]
    fields = [straighten(_COMMAND.sub("", field)).strip(_TRIMMED) for field in fields]
    is_table = all(_NOTHING.fullmatch(field) or is_dash(field) or read_number(field) is not None for field in fields)
    filled = [at for at, field in enumerate(fields) if field]
    return is_table and bool(borders) and len(fields) >= min(widths) and filled[-1] - filled[0] < max(widths)


def _is_list(line: str) -> bool:
    """Whether a line is a row of JSON or of a program's list."""
    return line.lstrip()[:1] in ("[", "(") and line.lstrip()[1:2] in _QUOTES


def _find_borders(line: str, delimiter: str) -> list[int]:
    """Where the delimiter stands outside quotation marks."""
    marks = _QUOTES if _is_list(line) else '"'
    found: list[int] = []
    quote = ""
    for at, character in enumerate(line):
        if character in marks and (not quote or character == quote):
            quote = "" if quote else character
        elif character == delimiter and not quote:
            found.append(at)
    return found


def _redraw(raw: str, line: str, delimiter: str) -> str:
    """A line with a tab for every delimiter outside quotation marks, and without marks and commands: unlike a pipe, a tab at the end of
    a line is the border of a blank cell."""
    if delimiter not in raw or _SENTENCE_END in raw:
        return line
    borders = set(_find_borders(raw, delimiter))
    kept = _COMMAND.sub(_blank, raw) if delimiter == "&" else raw
    marks = _QUOTES + "[]()" if _is_list(raw) else '"'
    return "".join(
        "\t" if at in borders else " " if mark == " " or mark in marks else character
        for at, (mark, character) in enumerate(zip(kept, line, strict=True))
    )


def _join_grid_cells(lines: Sequence[str]) -> list[str]:
    """A grid of text without its rules; words that break inside their cells are written whole, on the line of the rule above their row."""
    out = list(lines)
    rules = [at for at, line in enumerate(lines) if "+" in line and _RULE.match(line)]
    for at in rules:
        out[at] = " " * len(lines[at])
    for above, below in pairwise(rules):
        block = range(above + 1, below)
        if len(block) < 2 or not all(lines[at].lstrip().startswith("|") for at in block):  # noqa: PLR2004 - broken over lines
            continue
        cells = [_find_cells(lines[at]) for at in block]
        joined: list[str] = []
        blanked: list[tuple[int, int, int]] = []
        for column in range(min(map(len, cells))):
            places = [(at, *row[column]) for at, row in zip(block, cells, strict=True) if row[column][0] < row[column][1]]
            text = "".join(lines[at][start:end] for at, start, end in places)
            if len(places) > 1 and _WORDS.search(text):
                joined.append(text)
                blanked += places
        words = " ".join(joined)
        if words and len(words) <= len(lines[above]):
            out[above] = words.ljust(len(lines[above]))
            for at, start, end in blanked:
                out[at] = out[at][:start] + " " * (end - start) + out[at][end:]
    return out


def _blank_nothing(line: str) -> str:
    """The line with blank cells for nan and its like."""
    if _NAMED_NOTHING.search(line) is None:
        return line
    out = list(line)
    for start, end in _find_cells(line):
        if _NOTHING.fullmatch(line[start:end]):
            out[start:end] = " " * (end - start)
    return "".join(out)


def _find_cells(line: str) -> list[tuple[int, int]]:
    """Offsets of what is printed in the cells of a line, between pipes, tabs or several spaces; blank cells are empty."""
    separator = next((sign for sign in "|\t" if sign in line), None)
    pieces: list[tuple[int, int]] = []
    at = 0
    for piece in line.split(separator) if separator else _WIDE_GAP.split(line):
        at = at if separator else line.index(piece, at)
        start = at + len(piece) - len(piece.lstrip())
        pieces.append((start, start + len(piece.strip())))
        at += len(piece) + (1 if separator else 0)
    return pieces


def _blank_indices(lines: Sequence[str]) -> list[str]:
    """The lines without a first column that numbers the rows, and without the row of column numbers above it."""
    if sum(_INDEXED.match(line) is not None for line in lines) < _LEAST_INDEXED:
        return list(lines)
    numbered: dict[int, tuple[int, int]] = {}  # line → where its number stands
    values: list[tuple[int, int, bool]] = []  # line, number, whether words follow
    for position, line in enumerate(lines):
        printed = [(start, end) for start, end in _find_cells(line) if start < end]
        if len(printed) > 1 and _INDEX.fullmatch(line, *printed[0]):
            numbered[position] = printed[0]
            values.append((position, int(line[slice(*printed[0])]), _WORDS.search(line, *printed[1]) is not None))
    # Rows of one table ascend by one: number minus rank is the same for all of them.
    runs = [list(run) for _, run in groupby(enumerate(values), key=lambda item: item[1][1] - item[0])]
    if not any(sum(has_words for _, (_, _, has_words) in run) >= _LEAST_INDEXED for run in runs):
        return list(lines)
    out = list(lines)
    for run in runs:
        first, number, _ = run[0][1]
        if number > 1 or len(run) == 1:
            continue
        for _, (position, _, _) in run:
            start, end = numbered[position]
            out[position] = out[position][:start] + " " * (end - start) + out[position][end:]
        above = next((at for at in range(first - 1, -1, -1) if lines[at].strip() and not _RULE.match(lines[at])), None)
        heads = [] if above is None else lines[above].replace("|", " ").split()
        if above is not None and heads in (_count_from(0, heads), _count_from(1, heads)):
            out[above] = " " * len(out[above])
    return out


def _count_from(first: int, heads: Sequence[str]) -> list[str]:
    return [str(number) for number in range(first, first + len(heads))] if len(heads) >= _LEAST_WIDTH else [""]


def _merge_repeats(lines: Sequence[str]) -> list[str]:
    """The lines with words that neighbouring cells repeat in the first of them alone. Under a head of table 二 that several cells repeat,
    their figures are one cell's where they are all the same."""
    out: list[str] = []
    merged: Mapping[int, int] = {}  # column → the first column of the merged head above it
    width = 0
    for line in lines:
        cells = _find_cells(line) if _WORDS.search(line) else []
        texts = [line[start:end] for start, end in cells]
        if _BLOCK_COLUMNS.search(line):
            merged, width = _find_merged(texts), len(cells)
        elif texts and len(set(filter(None, texts))) == 1 and len(cells) == width:
            merged = {}  # the head of the next block
        characters = list(line)
        for column in range(len(cells) - 1, 0, -1):
            same = texts[column] != "" and texts[column] == texts[column - 1]
            if same and (_WORDS.search(texts[column]) or (len(cells) == width and column in merged and _is_one(texts, merged, column))):
                start, end = cells[column]
                characters[start:end] = " " * (end - start)
        out.append("".join(characters))
    return out


def _find_merged(heads: Sequence[str]) -> dict[int, int]:
    """Every column whose head repeats that of its neighbour → the first of them."""
    merged: dict[int, int] = {}
    for column in range(1, len(heads)):
        if heads[column] == heads[column - 1] and _WHOLE_HEAD.search(heads[column]):
            merged[column] = merged.get(column - 1, column - 1)
    return merged


def _is_one(texts: Sequence[str], merged: Mapping[int, int], column: int) -> bool:
    """Whether all cells under one merged head print the same."""
    first = merged[column]
    own = [first, *(other for other, start in merged.items() if start == first)]
    return len({texts[other] for other in own}) == 1
