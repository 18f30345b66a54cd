"""Joins the lines of prose that a PDF's page width cut, so that a sentence is in one piece again.

Only in documents whose lines are all short and mostly end inside a sentence. A joined text keeps its line ends: they tell the line of each
number.
"""

from __future__ import annotations

import polars as pl

WIDEST_BYTES = 240
"""No line of a page holds 80 Chinese characters; a paragraph on one line does."""
_NARROWEST = 18
"""Characters of a line that the page width cut, not the end of a heading."""
NARROWEST_BYTES = 3 * _NARROWEST
LEAST_LINES = 5
_SHARE = 0.4
_PAGE_BREAK = 4
"""Lines between two lines of prose with a page number between them, at most."""
_ENDS = r"[。；：！？;:!?|）)]\s*$"
_PROSE = r"[，。、,]"
_STARTS = r"^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d+[.、．]\D|第[一二三四五六]部分)"
_PAGE_NUMBER = r"^\s*[-—–]?\s*\d{1,3}\s*[-—–]?\s*$"


def find_wrapped(tokens: pl.DataFrame) -> pl.Series:
    """The documents (doc) of a token stream whose prose is cut by the width of a page."""
    size = tokens["token"].str.len_bytes()
    wide = tokens["doc"].filter(size > WIDEST_BYTES).unique()
    long = tokens.filter((size >= NARROWEST_BYTES) & (size <= WIDEST_BYTES) & ~tokens["doc"].is_in(wide.implode()))
    prose = long.filter(pl.col("token").str.contains(_PROSE))
    counted = prose.group_by("doc").agg(lines=pl.len(), cut=(~pl.col("token").str.contains(_ENDS)).sum())
    return counted.filter((pl.col("cut") >= LEAST_LINES) & (pl.col("cut") >= _SHARE * pl.col("lines")))["doc"]


def join_wrapped_lines(tokens: pl.DataFrame) -> pl.DataFrame:
    """doc, line, token: the tokens of wrapped documents, those of one paragraph joined by as many line ends as lie between them."""
    is_wide = pl.col("token").str.len_bytes() >= NARROWEST_BYTES
    tokens = tokens.filter(is_wide | is_wide.shift(1) | is_wide.shift(2))  # the cells of tables are neither cut nor what follows a cut
    is_page = pl.col("token").str.contains(_PAGE_NUMBER)
    plain = tokens.select("doc", "line", "token").with_columns(is_page=is_page, is_over_page=is_page.shift(1)).filter(~pl.col("is_page"))
    is_cut = (pl.col("token").str.len_chars() >= _NARROWEST) & ~pl.col("token").str.contains(_ENDS)
    gap = pl.col("line") - pl.col("line").shift(1)
    follows = (
        is_cut.shift(1)
        & (pl.col("doc") == pl.col("doc").shift(1))
        & ((gap == 1) | (pl.col("is_over_page") & gap.is_between(1, _PAGE_BREAK)))
        & ~pl.col("token").str.contains(_STARTS)
    ).fill_null(value=False)
    breaks = pl.lit("\n" * _PAGE_BREAK).str.head(gap.clip(0, _PAGE_BREAK).fill_null(0))
    marked = plain.with_columns(
        paragraph=(~follows).cum_sum(),
        token=pl.when(follows).then(pl.concat_str(breaks, pl.col("token").str.strip_chars_start())).otherwise("token"),
    )
    return (
        marked.group_by("paragraph", maintain_order=True).agg(pl.col("doc", "line").first(), pl.col("token").str.join("")).drop("paragraph")
    )
