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
    ends = (
        heads.lines.lazy()
        .with_row_index("row")
        .filter(pl.col("is_top"), pl.col("text").str.contains(_MAY_END))
        .filter(pl.col("text").str.tail(_LONGEST_END).str.contains(_ENDS))
        .select("position", "number", "row")
        .collect()
    )
    text = heads.lines["text"]
    above = [
        pl.when(pl.col("number") > up).then(text.gather(ends["row"].cast(pl.Int64) - up, null_on_oob=True).str.tail(_LONGEST_LINE))
        for up in (3, 2, 1)
    ]
    windows = ends.select(
        "position",
        "number",
        window=pl.concat_str(*above, text.gather(ends["row"]).str.tail(_LONGEST_LINE), separator="\n", ignore_nulls=True),
    )
    dated = _find_titles(windows, TITLE_WITH_YEAR)
    undated = _find_titles(windows.join(dated, on="position", how="anti", maintain_order="left"), TITLE_WITHOUT_YEAR)
    return (
        pl.concat([dated, undated])
        .lazy()
        .sort("position")
        .select(
            "position",
            title=pl.col("line").str.replace_all("\n", "", literal=True),
            title_line=pl.col("number") - pl.col("line").str.count_matches("\n", literal=True).cast(pl.Int32),
            above="above",
        )
    )


def _find_titles(windows: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """position, number, line, above of the first window of each document that ends with a title of that pattern."""
    return (
        windows.select("position", "number", "window", title=pl.col("window").str.extract_groups(pattern))
        .unnest("title")
        .filter(pl.col("line").is_not_null() & pl.col("window").str.ends_with(pl.col("line")))
        .unique("position", keep="first", maintain_order=True)
        .select("position", "number", "line", "above")
    )
