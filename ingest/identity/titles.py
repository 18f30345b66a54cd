"""The title of a report, and the line above it."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.identity.heads import Heads
from ingest.identity.patterns import ENDING, GENRE, TITLE_WITH_YEAR, TITLE_WITHOUT_YEAR

_MAY_END: Final = "[报報]告|年[报報]|[总總][结結]"
_ENDS: Final = rf"{GENRE}{ENDING}$"
_LONGEST_LINE: Final = 130  # of a line of a title; of a longer line only the end can be one
_LONGEST_END: Final = 60


def read_titles(heads: Heads) -> pl.LazyFrame:
    """position, title, title_line, above (the line above it, null when it can be no name): the first title of each document that has one.

    Titles with a year go before titles without. Only lines that end as a title does are looked at, with the three lines above them.
    """
    lines_up = (3, 2, 1)
    above = [pl.when(pl.col("number") > up).then(f"above_{up}").str.tail(_LONGEST_LINE).alias(f"above_{up}") for up in lines_up]
    title = pl.col("title").struct
    return (
        heads.lines.lazy()
        .with_columns(pl.col("text").shift(up).alias(f"above_{up}") for up in lines_up)
        .filter("is_top")
        .filter(pl.col("text").str.contains(_MAY_END))
        .filter(pl.col("text").str.tail(_LONGEST_END).str.contains(_ENDS))
        .with_columns(above)
        .select(
            "position",
            "number",
            window=pl.concat_str(
                "above_3", "above_2", "above_1", pl.col("text").str.tail(_LONGEST_LINE), separator="\n", ignore_nulls=True
            ),
        )
        .with_columns(dated=_read_groups(TITLE_WITH_YEAR), undated=_read_groups(TITLE_WITHOUT_YEAR))
        .with_columns(is_undated=pl.col("dated").is_null(), title=pl.coalesce("dated", "undated"))
        .with_columns(line=title.field("line"), above=title.field("above"))
        .drop_nulls("line")
        .sort("position", "is_undated", maintain_order=True)
        .unique("position", keep="first", maintain_order=True)
        .select(
            "position",
            title=pl.col("line").str.replace_all("\n", "", literal=True),
            title_line=pl.col("number") - pl.col("line").str.count_matches("\n", literal=True).cast(pl.Int32),
            above="above",
        )
    )


def _read_groups(pattern: str) -> pl.Expr:
    """The groups `line` and `above` of a title that ends the window; null where there is none."""
    groups = pl.col("window").str.extract_groups(pattern)
    line = groups.struct.field("line")
    held = pl.struct(line=line, above=groups.struct.field("above"))
    return pl.when(line.is_not_null() & pl.col("window").str.ends_with(line)).then(held)
