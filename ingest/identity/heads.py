"""The head of every document of a batch: as printed, by line, and on one line, with the line on which anything stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from ingest.identity.patterns import BLANKS, DIGIT_FORMS, PINYIN, QUOTED

HEAD_CHARS: Final = 1000  # header block, title, opening and the beginning of section 一; longer heads only add other years
TITLE_CHARS: Final = 800
FIRST_YEAR: Final = 2004  # the first local disclosure rules (Shanghai, Wuhan); the national regulation dates from 2007
LAST_YEAR: Final = 2099

_ADDRESS: Final = r"地址(?:为|是)?[:：]([\u4e00-\u9fff]{4,30})"

NO_LINE: Final = pl.lit(None, dtype=pl.Int32)


@dataclass(frozen=True)
class Heads:
    """`frame`: one row per document: position, joined (on one line without blanks), flat (joined, titles in 《》 emptied).
    `lines`: the lines of the heads: position, number (1-based), raw, text (without blanks), is_top (begins among the first characters)."""

    frame: pl.DataFrame
    lines: pl.DataFrame
    _line_starts: np.ndarray
    _first_lines: np.ndarray

    def find_lines(self, positions: pl.Series, matches: pl.Series) -> pl.Series:
        """The 1-based line on which each match, read from `joined` or `flat` of its document, begins."""
        # A title in 《》 is emptied in `flat`: what stands before it is found as it is.
        offsets = (
            pl.DataFrame({"joined": self.frame["joined"].gather(positions), "match": matches})
            .select(pl.col("joined").str.find(pl.col("match").str.splitn("《》", 2).struct.field("field_0"), literal=True).fill_null(0))
            .to_series()
            .to_numpy()
        )
        first = self._first_lines[positions.to_numpy()]
        index = np.searchsorted(self._line_starts, self._line_starts[first] + offsets, side="right") - 1
        return pl.Series("line", index - first + 1, dtype=pl.Int32)

    def locate(self, facts: pl.DataFrame, match: str = "whole") -> pl.DataFrame:
        """The facts with `line` filled in where it is null and a match says where; without the column of the match."""
        places = facts.select("position", match).with_row_index("row").filter(facts["line"].is_null() & facts[match].is_not_null())
        lines = facts["line"].scatter(places["row"], self.find_lines(places["position"], places[match]))
        return facts.with_columns(lines).drop(match)

    def read_addresses(self) -> pl.LazyFrame:
        """position, raw, line (null for now), whole (see `locate`): the address (地址：…) that a head states."""
        return (
            self.frame.lazy()
            .filter(pl.col("joined").str.contains("地址", literal=True))
            .select("position", match=read_whole(pl.col("joined"), _ADDRESS))
            .select("position", raw=pl.col("match").struct.field("2"), line=NO_LINE, whole=pl.col("match").struct.field("1"))
            .drop_nulls("raw")
        )


def read_heads(documents: pl.DataFrame) -> Heads:
    """The first characters of documents with a column `text`; a null text is an empty head."""
    frame = (
        documents.lazy()
        .select(position=pl.int_range(pl.len(), dtype=pl.UInt32), head=pl.col("text").str.head(HEAD_CHARS).fill_null(""))
        .with_columns(compact=pl.col("head").str.replace_all(f"{BLANKS}|{PINYIN}", ""))
        .with_columns(joined=pl.col("compact").str.replace_all("\n", "", literal=True))
        .with_columns(flat=pl.col("joined").str.replace_all(QUOTED, "《》"))
        .collect()
    )
    lines = (
        frame.lazy()
        .select("position", raw=pl.col("head").str.split("\n"), text=pl.col("compact").str.split("\n"))
        .explode("raw", "text", empty_as_null=False)
        .with_columns(size=pl.col("text").str.len_bytes().cast(pl.Int64), length=pl.col("text").str.len_chars().cast(pl.Int64) + 1)
        .collect()
    )
    owner = lines["position"].to_numpy()
    first_lines = np.searchsorted(owner, np.arange(frame.height))
    starts = np.cumsum(lines["size"].to_numpy()) - lines["size"].to_numpy()
    begins = np.cumsum(lines["length"].to_numpy()) - lines["length"].to_numpy()
    lines = lines.select(
        "position",
        "raw",
        "text",
        number=pl.Series(np.arange(len(lines)) - first_lines[owner] + 1, dtype=pl.Int32),
        is_top=pl.Series(begins - begins[first_lines[owner]] < TITLE_CHARS, dtype=pl.Boolean),
    )
    return Heads(frame.select("position", "joined", "flat"), lines, starts, first_lines)


def read_day(text: pl.Expr, pattern: str) -> pl.Expr:
    """The date in the first three groups of the pattern; null where the calendar has no such day."""
    groups = text.str.extract_groups(pattern).struct
    return pl.concat_str(groups.field("1"), groups.field("2").str.zfill(2), groups.field("3").str.zfill(2), separator="-").str.to_date(
        "%Y-%m-%d", strict=False
    )


def convert_year(year: pl.Expr) -> pl.Expr:
    """A printed year, in digits, full-width digits or numerals; null outside the years that reports can be on."""
    number = year.str.replace_many(DIGIT_FORMS).cast(pl.Int16, strict=False)
    return pl.when(number.is_between(FIRST_YEAR, LAST_YEAR)).then(number)


def read_whole(text: pl.Expr, pattern: str) -> pl.Expr:
    """The groups of the pattern as a struct whose field 1 is the whole match and whose fields 2, 3, … are the pattern's own."""
    return text.str.extract_groups(f"({pattern})")
