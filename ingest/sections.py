"""The six statutory sections of a report by line and byte span. Texts are never copied; offsets are bytes of the UTF-8 text."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import polars as pl

from ingest.headings import Headings
from ingest.lexicon import Lexicon
from ingest.tables import SECTIONS
from ingest.templates import section_numeral
from ingest.tokens import BlockHeads, Ints, TextBatch

_FEW = 2
"""Documents with so few headings at the beginning of a line may print them inside their lines."""


def find_sections(batch: TextBatch, headings: Headings, heads: BlockHeads, lexicon: Lexicon) -> pl.DataFrame:
    """The sections of a batch: doc, section, heading, start_line, end_line, start_byte, end_byte.

    A heading's number and words must agree. Reports number paragraphs inside 一 the same way, so 二 is the last such heading before its
    table, and each later section the first of its kind after the one before.
    """
    table = np.where(heads.counts > 0, heads.places, len(batch.data))
    chosen = np.zeros(len(headings.doc), dtype=bool)
    floor = np.full(batch.size, -1, dtype=np.int64)
    for section in ("proactive", "overview", "requests", "disputes", "problems", "other"):
        own = np.flatnonzero(headings.section == SECTIONS.index(section))
        doc, line = headings.doc[own], headings.line[own]
        if section == "proactive":
            picked = _pick_last(own[headings.place[own] < table[doc]], headings)
        elif section == "overview":
            first = _pick_first(own, headings)
            limit = floor[headings.doc[first]]
            picked = first[(limit < 0) | (headings.line[first] < limit)]
        else:
            picked = _pick_first(own[line > floor[doc]], headings)
        if section != "overview":
            floor[headings.doc[picked]] = headings.line[picked]
        chosen[picked] = True
    spans = _measure_spans(batch, headings, np.flatnonzero(chosen))
    counts = np.bincount(headings.doc[chosen], minlength=batch.size)
    inline = {doc: _find_inline(batch.texts[doc], lexicon) for doc in np.flatnonzero(counts <= _FEW).tolist()}
    rows = [(doc, *row) for doc, found_rows in inline.items() if len(found_rows) > counts[doc] for row in found_rows]
    if not rows:
        return spans
    replaced = pl.DataFrame(rows, schema=spans.schema, orient="row")
    return pl.concat([spans.join(replaced.select("doc").unique(), on="doc", how="anti"), replaced]).sort("doc", "start_byte")


def _pick_first(places: Ints, headings: Headings) -> Ints:
    """The first of each document."""
    return places[np.unique(headings.doc[places], return_index=True)[1]]


def _pick_last(places: Ints, headings: Headings) -> Ints:
    return _pick_first(places[::-1], headings)


def _find_inline(text: str, lexicon: Lexicon) -> list[tuple[str, str, int, int, int, int]]:
    """The sections of a text whose headings stand inside its lines: known headings with their number, each once, in order."""
    found: list[tuple[str, str, int, int]] = []  # section, heading, line, byte
    place = 0
    for section in SECTIONS:
        match = _inline_pattern(lexicon, section).search(text, place)
        if match is not None:
            before = text[: match.start()]
            found.append((section, match[0], before.count("\n") + 1, len(before.encode())))
            place = match.end()
    if not found:
        return []
    last = (text.count("\n") + 1, len(text.encode()))
    ends = [(line, byte) for _, _, line, byte in found[1:]] + [last]
    return [
        (section, heading, line, end_line, start, end) for (section, heading, line, start), (end_line, end) in zip(found, ends, strict=True)
    ]


@lru_cache(maxsize=32)
def _inline_pattern(lexicon: Lexicon, section: str) -> re.Pattern[str]:
    """A section's number and one of its known headings, whatever blanks and points stand between the letters."""
    labels = sorted((label for label, own in lexicon.headings.items() if own == section), key=len, reverse=True)
    spelt = "|".join("[、，,\\s]*".join(map(re.escape, label)) for label in labels)
    return re.compile(rf"{section_numeral(section)}\s*[、.．]\s*(?:{spelt})")


def _measure_spans(batch: TextBatch, headings: Headings, chosen: Ints) -> pl.DataFrame:
    """A section reaches to the line before the next one's heading, the last to the end of the text."""
    doc, line = headings.doc[chosen], headings.line[chosen]
    is_last = np.append(doc[1:] != doc[:-1], np.ones(min(1, len(doc)), dtype=bool))
    end_line = np.where(is_last, batch.line_counts[doc], np.append(line[1:], 0)[: len(doc)] - 1)
    start = batch.find_line_starts(doc, line)
    end = np.where(is_last, batch.starts[doc + 1], batch.find_line_starts(doc, end_line + 1))
    return pl.DataFrame(
        {
            "doc": doc.astype(np.uint32),
            "section": pl.Series(headings.section[chosen].astype(np.uint8)).cat.to(pl.Enum(SECTIONS)),
            "heading": headings.text.gather(pl.Series(chosen)).str.strip_chars(),
            "start_line": line.astype(np.int32),
            "end_line": end_line.astype(np.int32),
            "start_byte": start - batch.starts[doc],
            "end_byte": end - batch.starts[doc],
        }
    )
