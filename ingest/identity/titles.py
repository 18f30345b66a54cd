"""The title of a report, and the line above it."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.identity.heads import Heads
from ingest.identity.patterns import ENDING, GENRE, TITLE_WITH_YEAR, TITLE_WITHOUT_YEAR

_MAY_END: Final = "[报報]告|年[报報]|[总總][结結]"
_ENDS: Final = rf"{GENRE}{ENDING}$"
_LONGEST_LINE: Final = 130  # of a line of a title; of a longer line only the end can be one


def read_titles(heads: Heads) -> pl.DataFrame:
    """position, title, title_line, above (the line above it, null when it can be no name): the first title of each document that has one.

    Titles with a year go before titles without. Only lines that end as a title does are looked at, with the three lines above them.
    """
    lines = heads.lines.with_columns(
        previous=pl.when(pl.col("number") > 1).then(pl.col("text").shift(1)),
        before=pl.when(pl.col("number") > 2).then(pl.col("text").shift(2)),  # noqa: PLR2004
        first=pl.when(pl.col("number") > 3).then(pl.col("text").shift(3)),  # noqa: PLR2004
    )
    candidates = lines.filter(pl.col("is_top") & pl.col("text").str.contains(_MAY_END)).filter(
        pl.col("text").str.tail(60).str.contains(_ENDS)
    )
    window = pl.concat_str(
        *(pl.col(name).str.tail(_LONGEST_LINE) for name in ("first", "before", "previous", "text")), separator="\n", ignore_nulls=True
    )
    candidates = candidates.select("position", "number", window=window)
    dated = _take_first(candidates, TITLE_WITH_YEAR)
    undated = _take_first(candidates.join(dated, on="position", how="anti", maintain_order="left"), TITLE_WITHOUT_YEAR)
    return pl.concat([dated, undated]).sort("position")


def _take_first(candidates: pl.DataFrame, pattern: str) -> pl.DataFrame:
    title = pl.col("title").struct
    return (
        candidates.with_columns(title=pl.col("window").str.extract_groups(pattern))
        .with_columns(line=title.field("line"), above=title.field("above"))
        .filter(pl.col("line").is_not_null() & pl.col("window").str.ends_with(pl.col("line")))
        .unique("position", keep="first", maintain_order=True)
        .select(
            "position",
            title=pl.col("line").str.replace_all("\n", "", literal=True),
            title_line=pl.col("number") - pl.col("line").str.count_matches("\n", literal=True).cast(pl.Int32),
            above="above",
        )
    )
