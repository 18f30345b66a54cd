"""Several documents of one agency, year and scope: which one is kept, and what the others are (order: `revisions`).

Every document but the kept one fails exactly one of two rules: `report.duplicate_agency_year` when a figure differs from the kept one's,
`report.duplicate_content` when none does. So none is counted twice.
"""

from __future__ import annotations

import polars as pl

from expectations.checks.revisions import rank_reports, select_usable
from expectations.checks.structure import NO_TABLE, NoTerms
from expectations.checks.verdicts import FAILURES, Batch, Verdicts, build_verdicts
from expectations.checks.wording import say_number


def check_conflicting_copies(batch: Batch, _terms: NoTerms, tolerance: float) -> Verdicts:
    """One subject per document: it is the kept one of its agency, year and scope, or no figure of it differs from the kept one's."""
    compared = _compare_copies(batch, tolerance).filter(pl.col("differing_count") > 0)
    failures = compared.select(
        "document_id",
        "table",
        "row",
        "column",
        "lhs",
        "rhs",
        pl.when("is_labelled").then(pl.lit("source")).otherwise(pl.lit("unknown")).cast(FAILURES["cause"]).alias("cause"),
        "line",
        "raw",
        pl.format(
            "同一机关同一年度的另一份报告 {} 被保留；有 {} 个数字与之不同，如 {}.{}.{}：{} 与 {}",
            "kept_source",
            "differing_count",
            "table",
            "row",
            "column",
            say_number(pl.col("lhs")),
            say_number(pl.col("rhs")),
        ).alias("message_zh"),
        pl.format(
            "another report of the same agency and year, {}, is kept; {} figures differ from it, such as {}.{}.{}: {} against {}",
            "kept_source",
            "differing_count",
            "table",
            "row",
            "column",
            say_number(pl.col("lhs")),
            say_number(pl.col("rhs")),
        ).alias("message_en"),
        "cells",
    )
    return build_verdicts(failures, _summarise(batch))


def check_identical_copies(batch: Batch, _terms: NoTerms, tolerance: float) -> Verdicts:
    """One subject per document: it is the kept one of its agency, year and scope, or differs from it."""
    compared = _compare_copies(batch, tolerance).filter(pl.col("differing_count") == 0)
    failures = compared.select(
        "document_id",
        pl.lit("source").cast(FAILURES["cause"]).alias("cause"),
        pl.format("与同一机关同一年度的报告 {} 数字相同，保留后者", "kept_source").alias("message_zh"),
        pl.format("has the same figures as {}, the report of the same agency and year that is kept", "kept_source").alias("message_en"),
    )
    return build_verdicts(failures, _summarise(batch))


def check_single_sighting(batch: Batch, _terms: NoTerms, _tolerance: float) -> Verdicts:
    """One subject per report: its bytes were seen in one place only."""
    places = batch.outcomes.group_by("document_id").agg(pl.col("source").sort().alias("sources"))
    judged = batch.reports.select("document_id").join(places, on="document_id", how="left")
    count = pl.col("sources").list.len()
    told = pl.col("sources").list.head(3).list.join("、")
    failures = judged.filter(count > 1).select(
        "document_id",
        count.cast(pl.Float64).alias("lhs"),
        pl.lit(1.0).alias("rhs"),
        pl.lit("source").cast(FAILURES["cause"]).alias("cause"),
        pl.format("同一文件出现在 {} 处：{}", count, told).alias("message_zh"),
        pl.format("the same bytes were seen in {} places: {}", count, told).alias("message_en"),
    )
    return build_verdicts(failures, judged.select("document_id", reason=pl.lit(None), assessed_count=pl.lit(1)))


def check_unchanged(batch: Batch, _terms: NoTerms, tolerance: float) -> Verdicts:
    """One subject per document: where its source held another document when it was last published, no figure has changed.

    Not applicable where 1 nothing is published yet, 2 the source is new or holds the same bytes.
    """
    before = None if batch.last_good is None else batch.last_good["outcomes"].select("source", kept_id="document_id")
    if before is None:
        before = pl.DataFrame(schema={"source": pl.String, "kept_id": pl.String})
    replaced = (
        batch.outcomes.select("document_id", "source")
        .join(before, on="source", how="inner")
        .filter(pl.col("document_id") != pl.col("kept_id"))
        .unique("document_id", keep="first", maintain_order=True)
    )
    summary = batch.reports.select("document_id").join(
        replaced.select("document_id", is_replaced=pl.lit(value=True)), on="document_id", how="left"
    )
    failures = pl.DataFrame(schema=FAILURES)
    if batch.last_good is not None and replaced.height:
        found = _find_differences(replaced, _usable(batch.cells), _usable(batch.last_good["cells"]), tolerance)
        told = [say_number(pl.col("rhs")), say_number(pl.col("lhs"))]
        failures = found.select(
            "document_id",
            "table",
            "row",
            "column",
            "lhs",
            "rhs",
            pl.lit("unknown").cast(FAILURES["cause"]).alias("cause"),
            "line",
            "raw",
            pl.format("发布后有 {} 个数字改动，如 {}.{}.{}：{} 改为 {}", "differing_count", "table", "row", "column", *told).alias(
                "message_zh"
            ),
            pl.format("{} figures changed since, such as {}.{}.{}: {} to {}", "differing_count", "table", "row", "column", *told).alias(
                "message_en"
            ),
            "cells",
        )
    reason = pl.when(pl.col("is_replaced").is_null()).then(pl.lit("not_replaced"))
    return build_verdicts(failures, summary.select("document_id", reason=reason, assessed_count=pl.lit(1)))


def _summarise(batch: Batch) -> pl.DataFrame:
    ranked = _rank_candidates(batch).select("document_id", is_ranked=pl.lit(value=True))
    no_table = pl.col("template").is_null() | (pl.col("located_cell_count") == 0)
    return batch.reports.join(ranked, on="document_id", how="left").select(
        "document_id",
        pl.when("is_ranked")
        .then(None)
        .when(pl.col("document_id").is_in(sorted(batch.excluded)))
        .then(pl.lit("excluded"))
        .when(no_table)
        .then(pl.lit(NO_TABLE))
        .when(pl.col("agency_id").is_null())
        .then(pl.lit("no_agency"))
        .when(pl.col("report_year").is_null())
        .then(pl.lit("no_report_year"))
        .alias("reason"),
        assessed_count=pl.lit(1),
    )


def _rank_candidates(batch: Batch) -> pl.DataFrame:
    """rank_reports without those that people keep out: another report of the agency and year takes the place of such a one."""
    return rank_reports(batch.reports.filter(~pl.col("document_id").is_in(sorted(batch.excluded))))


def _compare_copies(batch: Batch, tolerance: float) -> pl.DataFrame:
    """Per document that is not kept: how many figures differ from the kept one's, and the first of them.

    Only cells with a value and no doubt on both sides are compared: a blank against a 0 may be the rendering's doing.
    """
    others = _rank_candidates(batch).filter(pl.col("document_id") != pl.col("kept_id")).select("document_id", "kept_id")
    usable = _usable(batch.cells)
    kept = usable.join(others.select(pl.col("kept_id").alias("document_id")).unique(), on="document_id", how="semi")
    differing = _find_differences(others, usable, kept, tolerance)
    return (
        others.join(differing, on="document_id", how="left")
        .with_columns(pl.col("differing_count").fill_null(0))  # no differing row: none differs
        .join(batch.first_sources.rename({"document_id": "kept_id", "source": "kept_source"}), on="kept_id", how="left")
        .with_columns(pl.col("kept_source").fill_null(pl.col("kept_id")))
        .sort("document_id")
    )


def _usable(cells: pl.DataFrame) -> pl.DataFrame:
    return select_usable(cells).select("document_id", "table", "row", "column", "value", "line", "raw", "method")


def _find_differences(pairs: pl.DataFrame, own: pl.DataFrame, kept: pl.DataFrame, tolerance: float) -> pl.DataFrame:
    """Per pair (document_id, kept_id) with a differing figure: how many differ, and the first of them."""
    key = ["table", "row", "column"]
    return (
        pairs.join(own, on="document_id", how="inner")
        .join(
            kept.select(*key, kept_id="document_id", kept_value="value", kept_method="method"),
            on=["kept_id", *key],
            how="inner",
        )
        .filter((pl.col("value") - pl.col("kept_value")).abs() > tolerance)
        .sort("document_id", "line", *key, nulls_last=True)
        .group_by("document_id", maintain_order=True)
        .agg(
            pl.len().alias("differing_count"),
            pl.col(*key, "line", "raw").first(),
            pl.col("value").first().alias("lhs"),
            pl.col("kept_value").first().alias("rhs"),
            ((pl.col("method") == "label") & (pl.col("kept_method") == "label")).all().alias("is_labelled"),
            pl.struct(*key).alias("cells"),
        )
    )
