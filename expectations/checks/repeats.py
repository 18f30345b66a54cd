"""Tables whose figures are those of another report: the agency's last one, or another agency's of the same year.

What counts as the same is what the corpus table `copies` counts: at least four distinct figures of together 32 bits, in the same cells.
"""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from expectations.checks.grids import DOUBTFUL, CellGrid, build_grid, form_cells
from expectations.checks.operands import list_sides, match_years
from expectations.checks.verdicts import FAILURES, Batch, Terms, Verdicts, build_verdicts
from expectations.copies.figures import fingerprint_tables
from expectations.copies.searching import describe_documents

_TITLES = {"proactive": "表二", "requests": "表三", "disputes": "表四"}


class RepeatTerms(Terms):
    """`tables` that are compared with those of the year before, or of other agencies in the batch."""

    tables: Annotated[list[str], Field(min_length=1)]
    against: Literal["year_before", "other_agencies"]


def check_repeated_tables(batch: Batch, terms: RepeatTerms, _tolerance: float) -> Verdicts:
    """One subject per table.

    Not applicable where 1 the report has none of the tables free of doubt with enough figures, 2 (`year_before`) the agency has no accepted
    report for the year before. Reports of which nobody can say whether they are of one agency are not compared (`other_agencies`).
    """
    ids = batch.grid.document_ids
    sums = {table: _sum_table(batch.grid, table) for table in terms.tables}
    match terms.against:
        case "year_before":
            last_ids, rows = match_years(batch)
            pairs = _pair_years(batch, terms.tables, sums, last_ids, rows)
            has_other = rows.is_not_null()
        case "other_agencies":
            pairs = _pair_agencies(batch, sums)
            has_other = pl.repeat(value=True, n=len(ids), eager=True)
    pairs = _keep_equal(batch, pairs)
    sources = batch.first_sources.rename({"document_id": "other_document_id", "source": "other_source"})
    title = pl.col("section").cast(pl.String).replace_strict(_TITLES, return_dtype=pl.String)
    other = pl.coalesce("other_source", "other_document_id")
    told = {
        "year_before": ("{}的全部数字与上一年报告（{}）相同", "all figures of {} are those of last year's report ({})"),
        "other_agencies": ("{}的全部数字与另一机关的报告（{}）相同", "all figures of {} are those of another agency's report ({})"),
    }
    zh, en = told[terms.against]
    failures = (
        pairs.unique(["document_id", "section"], keep="first", maintain_order=True)
        .join(sources, on="other_document_id", how="left", maintain_order="left")
        .select(
            "document_id",
            pl.col("section").cast(pl.String).alias("table"),
            pl.lit("source").cast(FAILURES["cause"]).alias("cause"),
            pl.col("start_line").alias("line"),
            pl.format(zh, title, other).alias("message_zh"),
            pl.format(en, pl.col("section").cast(pl.String), other).alias("message_en"),
        )
    )
    counted = pl.sum_horizontal((pl.Series(s).is_not_null() & (s > 0)).cast(pl.Int32) for s in sums.values())
    summary = (
        pl.DataFrame({"document_id": ids, "has_other": has_other})
        .with_columns(assessed_count=counted)
        .with_columns(
            reason=pl.when(pl.col("assessed_count") == 0)
            .then(pl.lit("too_few_figures"))
            .when(~pl.col("has_other"))
            .then(pl.lit("no_previous_year"))
        )
    )
    return build_verdicts(failures, summary.drop("has_other"))


def _sum_table(grid: CellGrid, table: str) -> pl.Series:
    """Float64 per document: the sum of the table's figures; null where one is doubtful. Equal tables have equal sums."""
    keys = [key for key in form_cells() if key[0] == table]
    total = pl.select(pl.sum_horizontal(grid.values(key) for key in keys)).to_series()
    is_doubtful = pl.select(pl.any_horizontal(grid.states(key) == DOUBTFUL for key in keys)).to_series()
    return pl.select(pl.when(~is_doubtful).then(total)).to_series()


def _pair_years(batch: Batch, tables: list[str], sums: dict[str, pl.Series], last_ids: pl.Series, rows: pl.Series) -> pl.DataFrame:
    """document_id, other_document_id, section: tables with the same sum as the year before."""
    if rows.null_count() == len(rows):
        return _no_pairs()
    keys = [key for key in form_cells() if key[0] in tables]
    cells = pl.concat(side["cells"].filter(pl.col("table").is_in(tables)) for side in list_sides(batch)[::-1])
    last = build_grid(last_ids, cells.unique(["document_id", "table", "row", "column"], keep="first"), keys)
    found = []
    for table in tables:
        is_equal = (sums[table] > 0) & (sums[table] == _sum_table(last, table).gather(rows))
        at = is_equal.fill_null(value=False).arg_true()
        found.append(
            pl.DataFrame(
                {"document_id": batch.grid.document_ids.gather(at), "other_document_id": last_ids.gather(rows.gather(at))}
            ).with_columns(section=pl.lit(table))
        )
    return pl.concat(found)


def _pair_agencies(batch: Batch, sums: dict[str, pl.Series]) -> pl.DataFrame:
    """document_id, other_document_id, section: tables with the same sum in reports of two agencies, each with the first such other."""
    reports = batch.reports.select("document_id", "agency_id", "agency_name", "report_year")
    found = []
    for table, total in sums.items():
        frame = pl.DataFrame({"document_id": batch.grid.document_ids, "total": total}).filter(pl.col("total") > 0)
        frame = frame.filter(pl.col("total").is_duplicated()).with_columns(section=pl.lit(table))
        found.append(frame)
    same_sum = pl.concat(found).unique(["document_id", "section"], keep="first", maintain_order=True)
    printed = fingerprint_tables(batch.cells.join(same_sum.select("document_id").unique(), on="document_id", how="semi")).select(
        "document_id", pl.col("section").cast(pl.String), "fingerprint"
    )
    tables = printed.join(reports, on="document_id").sort("section", "fingerprint", "agency_id", "document_id", nulls_last=True)
    key = ["section", "fingerprint", "report_year"]
    # Each is compared with the first of its group, the first with the last: a pair of two reports of one agency is dropped below.
    first, last = pl.col("document_id").first().over(key), pl.col("document_id").last().over(key)
    pairs = (
        tables.with_columns(other_document_id=pl.when(pl.col("document_id") == first).then(last).otherwise(first))
        .filter(pl.col("document_id") != pl.col("other_document_id"))
        .select("document_id", "other_document_id", "section")
    )
    return describe_documents(pairs, reports).filter(~pl.col("is_same_agency")).select("document_id", "other_document_id", "section")


def _keep_equal(batch: Batch, pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs whose tables say enough and are equal figure by figure, with `start_line`."""
    if pairs.is_empty():
        return _no_pairs().with_columns(start_line=pl.lit(None, dtype=pl.Int32))
    wanted = pl.concat([pairs["document_id"], pairs["other_document_id"]]).unique()
    cells = pl.concat(side["cells"].filter(pl.col("document_id").is_in(wanted.implode())) for side in list_sides(batch))
    printed = fingerprint_tables(cells.unique(["document_id", "table", "row", "column"], keep="first"))
    printed = printed.select("document_id", pl.col("section").cast(pl.String), "fingerprint", "start_line")
    other = printed.select("section", other_document_id="document_id", other_fingerprint="fingerprint")
    return (
        pairs.join(printed, on=["document_id", "section"], how="inner", maintain_order="left")
        .join(other, on=["other_document_id", "section"], how="inner", maintain_order="left")
        .filter(pl.col("fingerprint") == pl.col("other_fingerprint"))
        .drop("fingerprint", "other_fingerprint")
    )


def _no_pairs() -> pl.DataFrame:
    return pl.DataFrame(schema={"document_id": pl.String, "other_document_id": pl.String, "section": pl.String})
