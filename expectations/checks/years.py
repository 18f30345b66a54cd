"""Identities between the report of a year and that of the year before."""

from __future__ import annotations

from typing import Annotated

import polars as pl
from pydantic import Field

from expectations.checks.grids import BLANK, DOUBTFUL, LABEL, MISSING, REASONS
from expectations.checks.operands import list_sides, match_years
from expectations.checks.structure import NO_TABLE
from expectations.checks.verdicts import FAILURES, Batch, Terms, Verdicts, build_verdicts
from expectations.checks.wording import label_column, say_number


class CarriedTerms(Terms):
    """`table`.`opening` of year N = `table`.`closing` of year N−1, for each of `columns`, for the same agency."""

    table: str
    opening: str
    closing: str
    columns: Annotated[list[str], Field(min_length=1)]
    opening_zh: str
    closing_zh: str


def check_carried(batch: Batch, terms: CarriedTerms, tolerance: float) -> Verdicts:
    """One subject per column. The year before is taken from `previous` and from the batch itself when it holds several years."""
    closings = _read_closings(batch, terms)
    reports = batch.reports.select("document_id", "agency_id", "template")
    known = closings.select("document_id").unique().with_columns(has_previous=pl.lit(value=True))
    opening = pl.DataFrame({"document_id": batch.grid.document_ids}).join(reports, on="document_id", how="left", maintain_order="left")
    frames = []
    for column in terms.columns:
        key = (terms.table, terms.opening, column)
        positions = batch.grid.positions(key)
        frames.append(
            opening.with_columns(
                batch.grid.values(key).alias("lhs"),
                batch.grid.states(key).alias("state"),
                batch.cells["line"].gather(positions).alias("line"),
                batch.cells["raw"].gather(positions).alias("raw"),
                pl.lit(column).alias("column"),
                pl.lit(label_column(terms.table, column).zh).alias("column_zh"),
                pl.lit(label_column(terms.table, column).en).alias("column_en"),
            )
        )
    judged = (
        pl.concat(frames)
        .join(closings, on=["document_id", "column"], how="left")
        .join(known, on="document_id", how="left")
        .with_columns(
            pl.when(pl.col("template").is_null())
            .then(pl.lit(NO_TABLE))
            .when(pl.col("agency_id").is_null())
            .then(pl.lit("no_agency"))
            .when(pl.col("has_previous").is_null())
            .then(pl.lit("no_previous_year"))
            .when(pl.col("state") == MISSING)
            .then(pl.lit(REASONS[MISSING]))
            .when(pl.col("state") == DOUBTFUL)
            .then(pl.lit(REASONS[DOUBTFUL]))
            .when(pl.col("state") == BLANK)
            .then(pl.lit(REASONS[BLANK]))
            .when(pl.col("rhs").is_null())
            .then(pl.lit("no_previous_operand"))
            .alias("reason")
        )
    )
    summary = (
        judged.group_by("document_id")
        .agg(pl.col("reason").is_null().sum().alias("assessed_count"), pl.col("reason").drop_nulls().first().alias("reason"))
        .with_columns(pl.when(pl.col("assessed_count") == 0).then("reason").alias("reason"))
        .sort("document_id")
    )
    gap = say_number((pl.col("lhs") - pl.col("rhs")).abs())
    is_labelled = (pl.col("state") == LABEL) & pl.col("is_closing_labelled")
    failures = judged.filter(pl.col("reason").is_null() & ((pl.col("lhs") - pl.col("rhs")).abs() > tolerance)).select(
        "document_id",
        pl.lit(terms.table).alias("table"),
        pl.lit(terms.opening).alias("row"),
        "column",
        "lhs",
        "rhs",
        pl.when(is_labelled).then(pl.lit("source")).otherwise(pl.lit("unknown")).cast(FAILURES["cause"]).alias("cause"),
        "line",
        "raw",
        pl.format(
            "{}列：{} {}，上一年报告的{} {}（{} 第 {} 行），相差 {}",
            "column_zh",
            pl.lit(terms.opening_zh),
            say_number(pl.col("lhs")),
            pl.lit(terms.closing_zh),
            say_number(pl.col("rhs")),
            "closing_source",
            "closing_line",
            gap,
        ).alias("message_zh"),
        pl.format(
            "column {}: {} {}; {} {} in the report of the year before ({} line {}); off by {}",
            "column_en",
            pl.lit(terms.opening.replace("_", " ")),
            say_number(pl.col("lhs")),
            pl.lit(terms.closing.replace("_", " ")),
            say_number(pl.col("rhs")),
            "closing_source",
            "closing_line",
            gap,
        ).alias("message_en"),
        pl.concat_list(pl.struct(pl.lit(terms.table).alias("table"), pl.lit(terms.opening).alias("row"), "column")).alias("cells"),
    )
    return build_verdicts(failures, summary)


def _read_closings(batch: Batch, terms: CarriedTerms) -> pl.DataFrame:
    """document_id (of the report that opens with it), column, rhs, closing_source, closing_line, is_closing_labelled."""
    sides = list_sides(batch)
    last_ids, rows = match_years(batch)
    previous = pl.DataFrame({"document_id": batch.grid.document_ids, "last_id": last_ids.gather(rows)}).drop_nulls("last_id")
    cells = pl.concat(
        tables["cells"].filter(
            (pl.col("table") == terms.table)
            & (pl.col("row") == terms.closing)
            & pl.col("column").is_in(terms.columns)
            & ~pl.col("is_doubtful")
        )
        for tables in sides
    ).unique(["document_id", "table", "row", "column"], keep="first", maintain_order=True)
    sources = (
        pl.concat(tables["outcomes"].select("document_id", "source") for tables in sides)
        .group_by("document_id")
        .agg(pl.col("source").min().alias("closing_source"))
    )
    return (
        previous.join(cells.rename({"document_id": "last_id"}), on="last_id", how="left")
        .join(sources.rename({"document_id": "last_id"}), on="last_id", how="left")
        .select(
            "document_id",
            "column",
            pl.col("value").alias("rhs"),
            pl.col("closing_source").fill_null(pl.col("last_id")).alias("closing_source"),
            pl.col("line").cast(pl.String).fill_null("?").alias("closing_line"),
            (pl.col("method") == "label").alias("is_closing_labelled"),
        )
    )
