"""The year reported on: what each part of the head says of it, and what follows."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.identity.heads import Heads, convert_year, read_whole
from ingest.identity.patterns import COMPARED, PERIOD, STATEMENT, TABLE_START, YEAR

STRONG: Final = ("title_year", "period_year", "period_end_year", "statement_year")


def read_year_votes(heads: Heads, titles: pl.DataFrame) -> pl.LazyFrame:
    """position, STRONG, period and statement (the text that says so), title_line (of the title's year), title_origin, title, body_year.

    `body_year` is only read where it can decide: one strong year or none, or several that differ.
    """
    votes = (
        heads.frame.lazy()
        .select("position", "flat", period_=read_whole(pl.col("flat"), PERIOD), statement_=read_whole(pl.col("flat"), STATEMENT))
        .join(titles.lazy(), on="position", how="left", maintain_order="left")
        .with_columns(
            in_title=convert_year(pl.col("title").str.extract(f"({YEAR})")),
            above_title=convert_year(pl.col("above").str.extract(f"({YEAR})年?度?$")),
        )
    )
    period, statement = pl.col("period_").struct, pl.col("statement_").struct
    votes = votes.with_columns(
        title_year=pl.coalesce("in_title", "above_title"),
        title_origin=pl.when(pl.col("in_title").is_null()).then(pl.lit("above_title")).otherwise(pl.lit("title")),
        title_line=pl.when(pl.col("in_title").is_null()).then(pl.col("title_line") - 1).otherwise("title_line"),
        title=pl.when(pl.col("in_title").is_null()).then("above").otherwise("title"),
        period=period.field("1"),
        period_year=convert_year(period.field("2")),
        period_end_year=convert_year(period.field("3")),
        statement=statement.field("1"),
        statement_year=convert_year(statement.field("2")),
    )
    strong_count = pl.sum_horizontal(pl.col(name).is_not_null() for name in STRONG)
    unsure = votes.filter((strong_count <= 1) | (pl.min_horizontal(*STRONG) != pl.max_horizontal(*STRONG)))
    return votes.join(_count_body_years(unsure), on="position", how="left", maintain_order="left").select(
        "position", *STRONG, "body_year", "period", "statement", "title", "title_line", "title_origin"
    )


def decide_years(votes: pl.DataFrame, published: pl.Series) -> pl.Series:
    """Int16 report_year of each row of the votes, whose publication dates are given in the same order."""
    earliest, latest = pl.min_horizontal(*STRONG, "body_year"), pl.max_horizontal(*STRONG, "body_year")
    is_strong = pl.any_horizontal(pl.col(name).is_not_null() for name in STRONG)
    published_year = pl.col("published_date").dt.year()
    previous = (published_year - 1).cast(pl.Int16)
    is_previous = pl.any_horizontal((pl.col(name) == previous).fill_null(value=False) for name in (*STRONG, "body_year"))
    year = pl.when(earliest == latest).then(earliest).when(is_strong & is_previous).then(previous)
    # Prose alone is weak: a publication date that does not follow from it refutes it.
    is_refuted = (published_year < year) | (~is_strong & (published_year > year + 1))
    decided = pl.when(is_refuted.fill_null(value=False)).then(None).otherwise(year).cast(pl.Int16).alias("report_year")
    return votes.with_columns(published.alias("published_date")).select(decided).to_series()


def _count_body_years(heads: pl.LazyFrame) -> pl.LazyFrame:
    """position, body_year: the year that the prose before the tables speaks of more often than of any other; no row where there is none.

    Years that a figure is compared with, and dates, are not counted.
    """
    prose = pl.col("flat").str.replace(TABLE_START, "").str.replace_all(COMPARED, "")
    return (
        heads.select("position", year=prose.str.extract_all(rf"(?:^|[^0-9０-９.-]){YEAR}年(?:[^0-9]|$)"))
        .explode("year", empty_as_null=False)
        .with_columns(body_year=convert_year(pl.col("year").str.extract(f"({YEAR})")))
        .drop_nulls("body_year")
        .group_by("position", "body_year")
        .len()
        .group_by("position")
        .agg(pl.col("body_year").filter(pl.col("len") == pl.col("len").max()))
        .filter(pl.col("body_year").list.len() == 1)
        .with_columns(pl.col("body_year").list.first())
    )
