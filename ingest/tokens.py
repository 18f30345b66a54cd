"""A batch of documents as bytes: its lines and the tokens of its tables, found by array operations.

A token is what stands between two pipes, tabs or line ends, outer spaces removed. Only the part of a text that holds tables is cut into
tokens; numbers are read where they stand, and only words are looked at one by one, each distinct word once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

_NEWLINE, _TAB, _SPACE, _PIPE, _ZERO = b"\n\t |0"
_HEAD_BYTES: Final = (20, 100)
"""Of the token that prints the head of the first block: longer ones are sentences that quote it."""
_FIRST_BYTES: Final = len("第".encode())
_WORD: Final = 8
"""Bytes of a machine word: the longest number that is read at once."""
_SHORT: Final = 6
"""Steps taken one by one before a search is quicker."""


@dataclass(frozen=True)
class TextBatch:
    """The texts of a batch end to end. `data`: their UTF-8 bytes; `starts`: [doc] where each begins, and the end of the last;
    `newlines`: places of the line ends in `data`; `first_newlines`: [doc] the first of each document among them, and their number.
    """

    texts: pl.Series
    data: Bytes
    starts: Ints
    newlines: Ints
    first_newlines: Ints

    @property
    def size(self) -> int:
        """Documents."""
        return len(self.texts)

    @property
    def line_counts(self) -> Ints:
        """[doc] how many lines each has."""
        counts: Ints = np.diff(self.first_newlines) + 1
        return counts

    def read_lines(self, docs: Ints, places: Ints) -> Ints:
        """The line of each document on which a place of `data` stands, 1-based."""
        lines: Ints = np.searchsorted(self.newlines, places) - self.first_newlines[docs] + 1
        return lines

    def find_line_starts(self, docs: Ints, lines: Ints) -> Ints:
        """Where in `data` a line begins; the line after the last begins behind the text's last byte."""
        before = self.first_newlines[docs] + lines - 2
        inner = np.append(self.newlines, len(self.data))[np.clip(before, 0, len(self.newlines))] + 1
        found: Ints = np.where(lines <= 1, self.starts[docs], inner)
        return found

    def slice_texts(self, docs: Ints, starts: Ints, ends: Ints) -> pl.Series:
        """The pieces of the texts between two places of `data` each; both must stand between characters."""
        binary = self.texts.cast(pl.Binary)
        pieces = pl.DataFrame(
            {"text": binary.gather(pl.Series(docs)), "start": pl.Series(starts - self.starts[docs]), "size": pl.Series(ends - starts)}
        )
        return pieces.select(pl.col("text").bin.slice(pl.col("start"), pl.col("size")).cast(pl.String)).to_series()


@dataclass(frozen=True)
class Tokens:
    """The tokens of parts of a batch, in order. `start` and `end` are places in the batch's bytes. `is_plain`: the token is a number of
    at most eight digits and nothing else; `value`: that number, 0 for other tokens. `begins_line`: it is the first token of its line.
    """

    doc: Ints
    start: Ints
    end: Ints
    line: Ints
    begins_line: Bools
    is_plain: Bools
    value: Ints

    def __len__(self) -> int:
        return len(self.doc)

    def select(self, which: Bools | Ints) -> Tokens:
        """Those tokens alone."""
        return Tokens(*(column[which] for column in vars(self).values()))

    def read_texts(self, batch: TextBatch, which: Ints) -> pl.Series:
        """What those tokens print."""
        return batch.slice_texts(self.doc[which], self.start[which], self.end[which])


def read_batch(texts: pl.Series) -> TextBatch:
    """The bytes and lines of a batch. `texts`: String without nulls, lines ended by \\n."""
    data = texts.cast(pl.Binary).cast(pl.List(pl.UInt8)).explode(empty_as_null=False).to_numpy()
    starts = np.concatenate(([0], np.cumsum(texts.str.len_bytes().to_numpy().astype(np.int64))))
    newlines = np.flatnonzero(data == _NEWLINE)
    return TextBatch(texts=texts, data=data, starts=starts, newlines=newlines, first_newlines=np.searchsorted(newlines, starts))


@dataclass(frozen=True)
class BlockHeads:
    """[doc]: `places`, where in the batch's bytes the first token begins that prints the head of the first block of table 二, -1 where
    none does; `counts`, how many tokens do."""

    places: Ints
    counts: Ints


def find_block_heads(batch: TextBatch, docs: Ints | None = None, *, split_spaces: bool = False) -> BlockHeads:
    """The heads of table 二, looked for in these documents, or in all."""
    places = np.full(batch.size, -1, dtype=np.int64)
    counts = np.zeros(batch.size, dtype=np.int64)
    pattern = _build_head_pattern("\n\t| \u3000" if split_spaces else "\n\t|")
    texts = batch.texts if docs is None else batch.texts.gather(pl.Series(docs))
    docs = np.arange(batch.size) if docs is None else docs
    begin = batch.starts[docs]
    while len(docs):
        found = texts.str.find(pattern)
        has = found.is_not_null().to_numpy()
        docs, begin = docs[has], begin[has] + found.drop_nulls().to_numpy().astype(np.int64)
        start, end = _find_borders(batch, docs, begin, split_spaces=split_spaces)
        is_head = (end - start >= _HEAD_BYTES[0]) & (end - start < _HEAD_BYTES[1])
        places[docs] = np.where(is_head & (counts[docs] == 0), start, places[docs])
        counts[docs] += is_head
        begin = np.where(is_head, end, begin + _FIRST_BYTES)
        texts = batch.slice_texts(docs, begin, batch.starts[docs + 1])
    return BlockHeads(places, counts)


def _build_head_pattern(borders: str) -> str:
    blanks = rf"[^\S{borders}]*"
    return blanks.join(("第", "二", "十", "[条條]", "第?", "[（(]", "一", "[)）]", "[项項]"))


def _find_borders(batch: TextBatch, docs: Ints, places: Ints, *, split_spaces: bool) -> tuple[Ints, Ints]:
    """Start and end of the token around each place; where none is within the bytes that a head may have, those of the document."""
    reach = _HEAD_BYTES[1] + _WORD
    steps = np.arange(reach)
    low, high = batch.starts[docs], batch.starts[docs + 1]
    behind = places[:, None] + steps
    is_end = _is_border(batch.data, behind, split_spaces=split_spaces) | (behind >= high[:, None])
    end = np.where(is_end.any(axis=1), places + is_end.argmax(axis=1), high)
    before = places[:, None] - 1 - steps
    is_start = _is_border(batch.data, before, split_spaces=split_spaces) | (before < low[:, None])
    start = np.where(is_start.any(axis=1), places - is_start.argmax(axis=1), low)
    return start, end


def _is_border(data: Bytes, places: Ints, *, split_spaces: bool) -> Bools:
    byte = data[np.clip(places, 0, len(data) - 1)]
    found: Bools = (byte == _NEWLINE) | (byte == _TAB) | (byte == _PIPE)
    return found | (byte == _SPACE) if split_spaces else found


def read_tokens(batch: TextBatch, docs: Ints, begins: Ints, ends: Ints, *, split_spaces: bool = False) -> Tokens:
    """The tokens of one part of each of these documents (ascending): `data[begins:ends]`, cut between characters.

    With `split_spaces` a space separates cells too: for tables whose borders are spaces.
    """
    border = np.array([_NEWLINE], dtype=np.uint8)
    pieces = [np.full(_WORD, _NEWLINE, dtype=np.uint8)]  # a number is read with the bytes before it
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        pieces += (batch.data[begin:end], border)
    data = np.concatenate(pieces)
    part_starts = _WORD + np.cumsum(ends - begins + 1) - (ends - begins + 1)
    start, end = _cut(data, split_spaces=split_spaces)
    counts = np.diff(np.append(np.searchsorted(start, part_starts), len(start)))
    part = np.repeat(np.arange(len(docs)), counts)
    is_plain, value = _read_plain(data, start, end)
    breaks = _count_breaks(data, start, end)
    passed = np.cumsum(breaks)
    firsts = np.minimum(np.cumsum(counts) - counts, max(len(start) - 1, 0))
    if len(start):
        own = np.searchsorted(batch.newlines, begins + start[firsts] - part_starts) - batch.first_newlines[docs] + 1
        line = passed + (own - passed[firsts])[part]
    else:
        line = passed
    shift = (begins - part_starts)[part]
    return Tokens(
        doc=docs[part], start=start + shift, end=end + shift, line=line, begins_line=breaks > 0, is_plain=is_plain, value=value
    )  # fmt: skip


def _cut(data: Bytes, *, split_spaces: bool) -> tuple[Ints, Ints]:
    """Start and end of every token; `data` begins and ends with a border."""
    is_border = (data == _NEWLINE) | (data == _PIPE) | (data == _TAB)
    is_space = data == _SPACE
    if split_spaces:
        is_border |= is_space
        wide = np.flatnonzero((data[:-2] == 0xE3) & (data[1:-1] == 0x80) & (data[2:] == 0x80))  # noqa: PLR2004 - U+3000
        for step in range(3):
            is_border[wide + step] = True
    else:  # one space beside a border belongs to it; more are taken off below
        is_border[1:] |= is_space[1:] & is_border[:-1]
        is_border[:-1] |= is_space[:-1] & is_border[1:]
    edges = np.flatnonzero(is_border[1:] != is_border[:-1]) + 1
    start, end = edges[::2], edges[1::2]
    if not split_spaces:
        start, end = _trim(data, start, end)
    return start, end


def _trim(data: Bytes, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """The tokens without outer spaces; those of spaces alone are left out."""
    moving = np.flatnonzero(data[start] == _SPACE)
    trailing = np.flatnonzero(data[end - 1] == _SPACE)
    if not len(moving) and not len(trailing):
        return start, end
    start, end = start.copy(), end.copy()
    for _ in range(_SHORT):  # a border stands behind every token
        start[moving] += 1
        moving = moving[data[start[moving]] == _SPACE]
        end[trailing] -= 1
        trailing = trailing[data[end[trailing] - 1] == _SPACE]
    if len(moving) or len(trailing):
        letters = np.flatnonzero(data != _SPACE)
        start[moving] = letters[np.searchsorted(letters, start[moving])]
        end[trailing] = letters[np.searchsorted(letters, end[trailing]) - 1] + 1
    kept = start < end
    return start[kept], end[kept]


def _read_plain(data: Bytes, start: Ints, end: Ints) -> tuple[Bools, Ints]:
    """Whether a token is a number of at most eight digits without a zero in front, and its value.

    The eight bytes up to a token's end are one machine word: digits are told and added up inside it, all tokens at once.
    """
    words = np.ndarray((max(len(data) - _WORD + 1, 0),), dtype="<u8", buffer=data, strides=(1,))
    word = words[end - _WORD]
    size = end - start
    foreign = (np.clip(_WORD - size, 0, _WORD - 1) * 8).astype(np.uint64)
    word ^= np.uint64(0x3030303030303030)
    word >>= foreign
    word <<= foreign  # the bytes before the token count as digits 0
    is_plain: Bools = ((word + np.uint64(0x7676767676767676)) | word) & np.uint64(0x8080808080808080) == 0
    is_plain &= (size <= _WORD) & ((size == 1) | (data[start] != _ZERO))
    word = (word * np.uint64(10) + (word >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    word = (word * np.uint64(100) + (word >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    word = (word * np.uint64(10000) + (word >> np.uint64(32))) & np.uint64(0x00000000FFFFFFFF)
    word[~is_plain] = 0
    return is_plain, word.astype(np.int64)


def _count_breaks(data: Bytes, start: Ints, end: Ints) -> Ints:
    """How many line ends stand between each token and the one before it."""
    before = np.concatenate(([0], end[:-1]))
    gap = start - before
    breaks: Ints = (data[before] == _NEWLINE).astype(np.int64)
    open_ = np.flatnonzero(gap > 1)
    for step in range(1, _SHORT):
        breaks[open_] += data[before[open_] + step] == _NEWLINE
        open_ = open_[gap[open_] > step + 1]
    if len(open_):
        newlines = np.flatnonzero(data == _NEWLINE)
        breaks[open_] += np.searchsorted(newlines, start[open_]) - np.searchsorted(newlines, before[open_] + _SHORT)
    return breaks
