"""The six statutory sections of a report by line and byte span. Texts are never copied; offsets are bytes of the UTF-8 text."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import polars as pl

from ingest.lexicon import Lexicon, read_heading
from ingest.tables import SECTIONS
from ingest.templates import section_numeral
from ingest.tokens import LINE_MARK, TokenStream

_NONE = -1
_FEW = 2
"""Documents with so few headings at the beginning of a line may print them inside their lines."""


def find_sections(texts: pl.Series, stream: TokenStream, lexicon: Lexicon) -> pl.DataFrame:
    """The sections of a batch: doc, section, heading, start_line, end_line, start_byte, end_byte.

    A heading's number and words must agree. Reports number paragraphs inside 一 the same way, so 二 is the last such heading before its
    table, and each later section the first of its kind after the one before.
    """
    size = len(texts)
    words = stream.headings["token"].unique()
    sections = [read_heading(w.removeprefix(LINE_MARK), lexicon) for w in words]
    known = pl.DataFrame({"token": words, "section": pl.Series(sections, dtype=pl.String)})
    found = stream.headings.join(known, on="token", how="inner", maintain_order="left").drop_nulls("section")
    table = np.full(size, np.iinfo(np.int32).max, dtype=np.int64)
    heads = stream.block_heads
    table[heads["doc"].to_numpy()[::-1]] = heads["line"].to_numpy()[::-1]
    table_line = pl.Series(table)
    found = found.with_columns(table_line=table_line.gather(found["doc"]))
    chosen: list[pl.DataFrame] = []
    floor = np.full(size, _NONE, dtype=np.int64)
    for section in ("proactive", "overview", "requests", "disputes", "problems", "other"):
        own = found.filter(pl.col("section") == section)
        if section == "proactive":
            before = own.filter(pl.col("line") < pl.col("table_line"))
            picked = before.group_by("doc", maintain_order=True).last()
        elif section == "overview":
            picked = own.group_by("doc", maintain_order=True).first()
            limit = floor[picked["doc"].to_numpy()]
            picked = picked.filter(pl.Series((limit == _NONE) | (picked["line"].to_numpy() < limit)))
        else:
            after = own.filter(pl.Series(own["line"].to_numpy() > floor[own["doc"].to_numpy()]))
            picked = after.group_by("doc", maintain_order=True).first()
        if section != "overview":
            floor[picked["doc"].to_numpy()] = picked["line"].to_numpy()
        chosen.append(picked.select("doc", "section", "line", "token"))
    spans = _measure_spans(texts, pl.concat(chosen), stream)
    counts = np.bincount(spans["doc"].to_numpy(), minlength=size)
    inline = {doc: _find_inline(texts[doc], lexicon) for doc in np.flatnonzero(counts <= _FEW).tolist()}
    rows = [(doc, *row) for doc, found_rows in inline.items() if len(found_rows) > counts[doc] for row in found_rows]
    if not rows:
        return spans
    replaced = pl.DataFrame(rows, schema=spans.schema, orient="row")
    return pl.concat([spans.join(replaced.select("doc").unique(), on="doc", how="anti"), replaced]).sort("doc", "start_byte")


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


def _measure_spans(texts: pl.Series, chosen: pl.DataFrame, stream: TokenStream) -> pl.DataFrame:
    sizes = texts.str.split("\n").explode(empty_as_null=False).str.len_bytes().to_numpy().astype(np.int64) + 1
    first_lines = np.cumsum(stream.line_counts) - stream.line_counts
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    spans = chosen.with_columns(pl.col("section").cast(pl.Enum(SECTIONS))).sort("doc", "line")
    doc = spans["doc"].to_numpy()
    start_line = spans["line"].to_numpy().astype(np.int64)
    is_last = np.append(doc[1:] != doc[:-1], True) if len(doc) else np.array([], dtype=bool)
    next_line = np.append(start_line[1:], 0) if len(doc) else start_line
    end_line = np.where(is_last, stream.line_counts[doc], next_line - 1)
    text_start = offsets[first_lines[doc]]
    text_bytes = texts.str.len_bytes().to_numpy().astype(np.int64)[doc]
    end_byte = np.where(is_last, text_bytes, offsets[first_lines[doc] + end_line] - text_start)
    return spans.select(
        "doc",
        "section",
        heading=pl.col("token").str.strip_prefix(LINE_MARK).str.strip_chars(),
        start_line=pl.col("line"),
        end_line=pl.Series(end_line),
        start_byte=pl.Series(offsets[first_lines[doc] + start_line - 1] - text_start),
        end_byte=pl.Series(end_byte),
    )
