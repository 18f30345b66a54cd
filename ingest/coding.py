"""What a token of the tables is: the forms as arrays, and the code of every distinct word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.lexicon import Form, Lexicon, RowKey, read_heading
from ingest.normalising import normalise_label, straighten
from ingest.numbers import is_dash, read_number
from ingest.tokens import Ints

OTHER, NUMBER, OPEN, ANCHOR, DASH, HEAD, ROW = 0, 1, 2, 3, 4, 10, 100
"""Codes of a token: a word without digits, a plain number, anything that needs a careful look, the head of table 三, a dash in place of a
number, HEAD + column head, ROW + row. NUMBER also for decimals."""

_UNKNOWN = -1

_NUMBERING = re.compile(r"^\(?\d[.、)]")
"""Of a damaged label: its digit is no value."""
_PAGE = re.compile(r"[-—–]\s*\d+\s*[-—–]")
_LABEL_BYTES = 240
_PROSE = "\n"
"""Stands for every word too long for a label."""


@dataclass(frozen=True)
class Grid:
    """The forms as arrays, for lookups by code."""

    rows: tuple[RowKey, ...]
    row_codes: dict[RowKey, int]
    templates: tuple[str, ...]
    heads: tuple[str, ...]  # the column heads whose order is known
    head_templates: Ints  # [head]: the template that alone has it, -1 where several do
    is_result: NDArray[np.bool_]  # [head]: of table 四 alone
    is_backward: NDArray[np.bool_]  # [head, head]: no form prints the second directly after the first
    forms: tuple[Form, ...]
    counts: Ints  # [form, table]: numbers in each of the three tables
    expected: Ints  # [form, row]: at which number of its table a row begins; -1: the form has no such row
    offsets: Ints  # [form]: first entry in `cells`
    cells: pl.DataFrame  # table, row, column, unit of every cell of every form, in printed order
    is_shared: NDArray[np.bool_]  # [row]: its label only groups rows in another form
    cell_rows: Ints  # row code of each entry of `cells`
    is_dispute: NDArray[np.bool_]  # [row]: of table 四
    cell_kinds: tuple[str, ...]  # count, signed, decimal


TABLES = ("proactive", "requests", "disputes")


@lru_cache(maxsize=4)
def build_grid(lexicon: Lexicon) -> Grid:
    """The forms of a lexicon as arrays, built once."""
    rows = tuple(dict.fromkeys((t, r) for form in lexicon.forms for t, r, _ in form.rows))
    codes = {key: i for i, key in enumerate(rows)}
    counts = np.array([[sum(len(c) for _, c in f.rows_of(t)) for t in TABLES] for f in lexicon.forms], dtype=np.int64)
    expected = np.full((len(lexicon.forms), len(rows)), -1, dtype=np.int64)
    records: list[tuple[str, str, str, str | None]] = []
    kinds: list[str] = []
    offsets: list[int] = []
    for i, form in enumerate(lexicon.forms):
        offsets.append(len(records))
        for table in TABLES:
            at = 0
            for row, columns in form.rows_of(table):
                expected[i, codes[table, row]] = at
                at += len(columns)
                records += [(table, row, c, lexicon.units[form.template, table, row, c]) for c in columns]
                kinds += [lexicon.kinds[form.template, table, row, c] for c in columns]
    cells = pl.DataFrame(records, schema=dict.fromkeys(("table", "row", "column", "unit"), pl.Categorical()), orient="row")
    templates = tuple(dict.fromkeys(f.template for f in lexicon.forms))
    heads = tuple(sorted(lexicon.column_heads - lexicon.row_labels.keys()))
    return Grid(
        rows=rows,
        row_codes=codes,
        templates=templates,
        heads=heads,
        head_templates=np.array([templates.index(lexicon.markers[h]) if h in lexicon.markers else -1 for h in heads], dtype=np.int64),
        is_result=np.array([head in lexicon.result_heads for head in heads], dtype=bool),
        # 总计 before 自然人 has two meanings, which only the sums tell apart
        is_backward=np.array(
            [[(first, second) in {*lexicon.backward_heads, lexicon.requests_ends[::-1]} for second in heads] for first in heads], dtype=bool
        ),
        forms=lexicon.forms,
        counts=counts,
        expected=expected,
        offsets=np.array(offsets, dtype=np.int64),
        cells=cells,
        cell_rows=np.array([codes[r[0], r[1]] for r in records], dtype=np.int64),
        cell_kinds=tuple(kinds),
        is_shared=np.array([key in lexicon.shared_labels for key in rows]),
        is_dispute=np.array([table == "disputes" for table, _ in rows]),
    )


class TokenCodes:
    """What each distinct word is; remembered between batches, since the words of the form recur in every report."""

    _MOST = 200_000

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._grid = build_grid(lexicon)
        self._heads = {head: number for number, head in enumerate(self._grid.heads)}
        self._forget()

    def _forget(self) -> None:
        self._words = pl.Categorical(pl.Categories.random())
        self._anchor = pl.Series([_PROSE], dtype=self._words)  # polars forgets the numbers of words that no series holds
        self._codes = np.array([], dtype=np.int32)
        self._count = 0

    def code(self, words: pl.Series) -> NDArray[np.int32]:
        """The code of each word. A text too long for a label is prose, whose numbers are open."""
        if self._count > self._MOST:
            self._forget()
        is_long = words.str.len_bytes() > _LABEL_BYTES
        if is_long.any():
            words = words.set(is_long, _PROSE)
        number = words.cast(self._words).to_physical().to_numpy()
        if len(number) and (missing := int(number.max()) + 1 - len(self._codes)) > 0:  # numbers are given out with gaps
            self._codes = np.concatenate((self._codes, np.full(missing, _UNKNOWN, dtype=np.int32)))
        fresh = np.flatnonzero(self._codes[number] == _UNKNOWN)
        if len(fresh):
            numbers, places = np.unique(number[fresh], return_index=True)
            self._codes[numbers] = [self._classify(word) for word in words.gather(pl.Series(fresh[places]))]
            self._count += len(numbers)
        codes: NDArray[np.int32] = self._codes[number]
        return codes

    def _classify(self, word: str) -> int:
        if word == _PROSE:
            return OPEN
        text = word.strip()
        if read_number(straighten(text)) is not None:
            return NUMBER
        label = normalise_label(text)
        if label in self._lexicon.row_labels:
            return ROW + self._grid.row_codes[self._lexicon.row_labels[label]]
        if label in self._heads:
            return HEAD + self._heads[label]
        if label in self._lexicon.requests_anchors:
            return ANCHOR
        if label in self._lexicon.furniture or read_heading(text, self._lexicon) is not None or _PAGE.fullmatch(text):
            return OTHER
        if is_dash(text) and len(text) < 3:  # noqa: PLR2004 - longer: a rule of Markdown
            return DASH
        return OPEN if any(c.isdigit() for c in _NUMBERING.sub("", straighten(text))) else OTHER
