"""The sentences of a batch that may hold a mention, found in its bytes.

Marks (a digit before a unit, a negation, a Chinese numeral) are found first, in the whole batch at once; only the sentences around them
are cut out as texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from ingest.mentions.wrapping import LEAST_LINES, NARROWEST_BYTES, WIDEST_BYTES, find_wrapped, join_wrapped_lines
from ingest.tokens import Bools, Bytes, Ints, TextBatch, read_batch

_LEAST_BYTES = 20
"""Six Chinese characters and a mark: no line that names a subject and a number is shorter."""
_ROW_BORDERS = 3
"""A line with so many borders is the row of a table."""
_LONGEST_BYTES = 4500
"""A longer sentence is a table without line ends."""
_PART = 1 << 17
_NOWHERE = np.iinfo(np.int64).max
_CHARACTER = 3
"""Bytes of a Chinese character."""
_PERIOD = "。".encode()
_ZERO, _NINE, _PERCENT = b"09%"
_WIDE_DIGITS = "[０-９]"
_UNITS = "%件条次元％份篇期场人名个宗起项部例笔则轮批班條場個項筆則"
_BETWEEN = "余餘多十百千万萬亿億 \t\n\v\f\r\u0085\u00a0\u3000\u1680\u2028\u2029\u202f\u205f" + "".join(map(chr, range(0x2000, 0x200B)))
"""What may stand between a digit and its unit: multiples and every space."""
_TOLD = "信息|申请|复议|诉讼|培训|会议|解读|规范性|申請|復議|訴訟|培訓|會議|解讀|規範性"
_NUMERAL = "|".join(digit + unit for digit in "一二两三四五六七八九十" for unit in "件次份场期") + "|百件|余件|余次|百条|千条|余条|十条"
_COUNTED_NUMERAL = r"(?:^|[^第〇零一二两三四五六七八九十百千万])[〇零一二两三四五六七八九十百千万]"
"""第五十条 counts nothing."""
_NONE = "未|没有|沒有|无|無|不存在"
_DENIED = "申请|申請|复议|復議|诉讼|訴訟|费|費|规范性|規範性|规章|投诉|举报|结转|結轉"
_STATED_ZERO = "为0"


def _mark_points(characters: str) -> Bools:
    """[code point] whether it is one of those."""
    found = np.zeros(1 << 16, dtype=bool)
    found[[ord(c) for c in characters]] = True
    return found


_IS_BETWEEN: Final = _mark_points(_BETWEEN)
_IS_UNIT: Final = _mark_points(_UNITS)
_SENTENCES: Final = {"doc": pl.UInt32(), "line": pl.Int32(), "sentence": pl.String()}


@dataclass(frozen=True)
class _Passages:
    """Lines, or paragraphs of joined lines, in order: what is cut into sentences. [passage] `doc`; `line`, 1-based; `start` and `end`,
    places in the batch's bytes."""

    doc: Ints
    line: Ints
    start: Ints
    end: Ints

    def select(self, which: Bools | Ints) -> Self:
        """Those passages alone."""
        return type(self)(self.doc[which], self.line[which], self.start[which], self.end[which])


@dataclass(frozen=True)
class Candidates:
    """Sentences that may hold a mention. `sentences`: doc, line (of the first character), sentence, in printed order; [sentence]
    `context_starts` and `context_ends`: places in the bytes of `batch` of the sentence before it in its document, empty where none is."""

    batch: TextBatch
    sentences: pl.DataFrame
    context_starts: Ints
    context_ends: Ints

    def read_contexts(self, which: Ints) -> pl.Series:
        """The sentences before those."""
        starts, ends = self.context_starts[which], self.context_ends[which]
        return self.batch.slice_texts(_find_docs(self.batch, starts), starts, ends)


def find_candidates(batch: TextBatch) -> list[Candidates]:
    """Those of documents with a line for each paragraph, then those of documents whose lines the page width cut, if there are any."""
    lines = _find_lines(batch)
    prose = lines.select(lines.end - lines.start >= _LEAST_BYTES)
    borders = _find_bytes(batch.data, lambda data: (data == ord("|")) | (data == ord("\t")))
    if len(borders):
        borders = np.append(borders, [_NOWHERE] * _ROW_BORDERS)
        prose = prose.select(borders[np.searchsorted(borders, prose.start) + _ROW_BORDERS - 1] >= prose.end)
    wrapped = _find_wrapped_docs(batch, prose)
    if not len(wrapped):
        return [_choose(batch, prose)]
    is_wrapped = np.zeros(batch.size, dtype=bool)
    is_wrapped[wrapped] = True
    narrow = lines.select(is_wrapped[lines.doc] & (lines.end > lines.start))
    tokens = _read_passages(batch, narrow).filter(pl.col("token").str.count_matches(r"[|\t]") < _ROW_BORDERS)
    joined = join_wrapped_lines(tokens)
    paragraphs = read_batch(joined["token"])
    passages = _Passages(
        joined["doc"].to_numpy().astype(np.int64), joined["line"].to_numpy().astype(np.int64), paragraphs.starts[:-1], paragraphs.starts[1:]
    )
    return [_choose(batch, prose.select(~is_wrapped[prose.doc])), _choose(paragraphs, passages, are_joined=True)]


def _find_lines(batch: TextBatch) -> _Passages:
    firsts = batch.first_newlines[:-1] + np.arange(batch.size)
    end = np.insert(batch.newlines, batch.first_newlines[1:], batch.starts[1:])
    start = np.append(0, end[:-1] + 1)
    start[firsts] = batch.starts[:-1]
    doc = np.repeat(np.arange(batch.size), batch.line_counts)
    return _Passages(doc, np.arange(len(end)) - firsts[doc] + 1, start, end)


def _find_wrapped_docs(batch: TextBatch, prose: _Passages) -> Ints:
    """The documents whose prose is cut by the width of a page: only those without a wide line are read."""
    size = prose.end - prose.start
    may_be = np.bincount(prose.doc[size >= NARROWEST_BYTES], minlength=batch.size) >= LEAST_LINES
    may_be[prose.doc[size > WIDEST_BYTES]] = False
    docs: Ints = find_wrapped(_read_passages(batch, prose.select(may_be[prose.doc]))).sort().to_numpy().astype(np.int64)
    return docs


def _read_passages(batch: TextBatch, passages: _Passages) -> pl.DataFrame:
    """doc, line, token."""
    return pl.DataFrame(
        {
            "doc": passages.doc.astype(np.uint32),
            "line": passages.line.astype(np.int32),
            "token": batch.slice_texts(passages.doc, passages.start, passages.end),
        }
    )


def _choose(batch: TextBatch, passages: _Passages, *, are_joined: bool = False) -> Candidates:
    """The sentences of passages with a counted number, with 为0, with a negation or with a numeral of what reports tell."""
    if not len(passages.start) or not len(batch.data):
        return Candidates(batch, pl.DataFrame(schema=_SENTENCES), *(np.zeros(0, dtype=np.int64) for _ in range(2)))
    periods = _find_periods(batch.data)
    words = _find_ends(batch, f"{_NUMERAL}|{_NONE}|{_STATED_ZERO}", np.arange(batch.size)) - 1
    is_zero = batch.data[words] == _ZERO
    zeros = words[is_zero]
    zeros = zeros[_decode(batch.data, zeros - _CHARACTER)[0] == ord(_STATED_ZERO[0])]
    digits, units = _find_counted(batch, over_lines=are_joined)
    counted = np.union1d(_find_sentence_starts(digits, units, passages, periods), _find_sentence_starts(zeros, zeros, passages, periods))
    words = words[~is_zero]
    worded = np.setdiff1d(_find_sentence_starts(words, words, passages, periods), counted, assume_unique=True)
    _, start, end = _find_sentences(worded, passages, periods)
    text = batch.slice_texts(_find_docs(batch, start), start, end)
    return _cut(batch, np.sort(np.concatenate((counted, worded[_is_telling(text)]))), passages, periods)


def _is_telling(text: pl.Series) -> Bools:
    """Whether a sentence without a counted number denies something, or counts it in Chinese numerals."""
    found = np.zeros(len(text), dtype=bool)
    for patterns in ((_NONE, _DENIED), (_NUMERAL, _TOLD, _COUNTED_NUMERAL)):
        at = np.flatnonzero(~found)
        for pattern in patterns:  # each asked of what the one before left
            at = at[text.gather(at).str.contains(pattern).to_numpy()]
        found[at] = True
    return found


def _cut(batch: TextBatch, places: Ints, passages: _Passages, periods: Ints) -> Candidates:
    """The sentences that begin at those places, ascending."""
    passage, start, end = _find_sentences(places, passages, periods)
    kept = np.flatnonzero(end - start <= _LONGEST_BYTES)
    passage, start, end = passage[kept], start[kept], end[kept]
    lines_before = np.searchsorted(batch.newlines, start) - np.searchsorted(batch.newlines, passages.start[passage])
    sentences = pl.DataFrame(
        {
            "doc": passages.doc[passage].astype(np.uint32),
            "line": (passages.line[passage] + lines_before).astype(np.int32),
            "sentence": batch.slice_texts(_find_docs(batch, start), start, end),
        }
    )
    # Before the first sentence of a passage stands what follows the last mark of the passage before.
    is_first = start == passages.start[passage]
    owner = passage - is_first
    context_end = np.where(is_first, passages.end[owner], start - len(_PERIOD))
    before = np.searchsorted(periods, context_end) - 1
    context_start = np.maximum(passages.start[owner], _get_ends(periods, before))
    has_one = (owner >= 0) & (passages.doc[owner] == passages.doc[passage])
    return Candidates(batch, sentences, np.where(has_one, context_start, start), np.where(has_one, context_end, start))


def _find_sentences(places: Ints, passages: _Passages, periods: Ints) -> tuple[Ints, Ints, Ints]:
    """Passage, start and end of the sentence around each place; each place is in a passage."""
    passage = np.searchsorted(passages.start, places, side="right") - 1
    behind = np.searchsorted(periods, places)
    start = np.maximum(passages.start[passage], _get_ends(periods, behind - 1))
    end = np.minimum(passages.end[passage], np.append(periods, _NOWHERE)[behind])
    return passage, start, end


def _find_sentence_starts(places: Ints, reaches: Ints, passages: _Passages, periods: Ints) -> Ints:
    """Where the sentences begin that hold those places (ascending), each once. A place that reaches out of its passage is in none."""
    if not len(passages.start):
        return places[:0]
    passage = np.searchsorted(passages.start, places, side="right") - 1
    places = places[(passage >= 0) & (reaches < passages.end[passage])]
    _, start, _ = _find_sentences(places, passages, periods)
    return start[np.diff(start, prepend=-1) > 0]


def _get_ends(periods: Ints, which: Ints) -> Ints:
    """Behind each of those; -1 is none."""
    ends: Ints = np.append(periods + len(_PERIOD), 0)[which]
    return ends


def _find_docs(batch: TextBatch, places: Ints) -> Ints:
    docs: Ints = np.searchsorted(batch.starts, places, side="right") - 1
    return docs


def _find_bytes(data: Bytes, test: Callable[[Bytes], Bools]) -> Ints:
    """Where `test` holds, asked of parts that stay in the processor's cache. It sees one byte behind each part."""
    parts = []
    for start in range(0, len(data), _PART):
        found = np.flatnonzero(test(data[start : start + _PART + 1]))
        parts.append(found[found < _PART] + start)
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _find_periods(data: Bytes) -> Ints:
    last = _find_bytes(data, lambda part: (part[:-1] == _PERIOD[-2]) & (part[1:] == _PERIOD[-1]))
    starts: Ints = last[data[last - 1] == _PERIOD[0]] - 1
    return starts


def _find_counted(batch: TextBatch, *, over_lines: bool) -> tuple[Ints, Ints]:
    """Places of the digits that stand before a unit, and of those units."""
    data = batch.data
    if over_lines:
        digits = _find_bytes(data, lambda part: ((part[:-1] - _ZERO) <= _NINE - _ZERO) & _may_count(part[1:]))
    else:  # most digits before a line end are the cells of tables
        newline = ord("\n")
        digits = _find_bytes(data, lambda part: ((part[:-1] - _ZERO) <= _NINE - _ZERO) & _may_count(part[1:]) & (part[1:] != newline))
    is_cell = (data[digits + 1] <= ord(" ")) & ~_may_count(data[np.minimum(digits + 2, len(data) - 1)])
    digits = digits[~is_cell]
    wide_docs = batch.texts.str.contains(_WIDE_DIGITS).arg_true().to_numpy().astype(np.int64)
    if len(wide_docs):
        digits = np.sort(np.concatenate((digits, _find_ends(batch, _WIDE_DIGITS, wide_docs) - 1)))
    unit = np.minimum(digits + 1, len(data) - 1)
    point, size = _decode(data, unit)
    moving = np.flatnonzero(_IS_BETWEEN[point])
    while len(moving):
        step = unit[moving] + size[moving]
        moving, step = moving[step < len(data)], step[step < len(data)]
        unit[moving] = step
        point[moving], size[moving] = _decode(data, step)
        moving = moving[_IS_BETWEEN[point[moving]]]
    is_counted = _IS_UNIT[point]
    return digits[is_counted], unit[is_counted]


def _may_count(data: Bytes) -> Bools:
    """Whether a byte begins a character that is no ASCII letter, digit or common mark: a Chinese one, a space or %."""
    found: Bools = (data - (_PERCENT + 1)) >= (0xC0 - (_PERCENT + 1))  # unsigned: the small wrap around
    return found


def _decode(data: Bytes, places: Ints) -> tuple[Ints, Ints]:
    """Code point and bytes of the characters at those places; of characters of four bytes no more than that they are none of ours."""
    last = len(data) - 1
    first, second, third = (data[np.clip(places + step, 0, last)].astype(np.int64) for step in range(3))
    double, triple = (first & 0x1F) << 6 | second & 0x3F, (first & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
    is_single, is_double = first < 0x80, first < 0xE0  # noqa: PLR2004 - UTF-8
    return np.where(is_single, first, np.where(is_double, double, triple)), np.where(is_single, 1, np.where(is_double, 2, _CHARACTER))


def _find_ends(batch: TextBatch, pattern: str, docs: Ints) -> Ints:
    """Behind each match of a pattern in those documents, ascending."""
    texts = pl.DataFrame({"text": batch.texts.gather(pl.Series(docs))})
    pieces = texts.select(pl.col("text").str.split(pattern, inclusive=True, literal=False)).to_series()
    counts = pieces.list.len().to_numpy().astype(np.int64)
    sizes = pieces.explode(empty_as_null=False).str.len_bytes().to_numpy().astype(np.int64)
    shift = batch.starts[docs] - np.append(0, np.cumsum(batch.starts[docs + 1] - batch.starts[docs])[:-1])
    is_match = np.ones(len(sizes), dtype=bool)
    is_match[np.cumsum(counts) - 1] = pieces.list.last().str.contains(f"(?:{pattern})$").to_numpy()
    ends: Ints = (np.cumsum(sizes) + np.repeat(shift, counts))[is_match]
    return ends
