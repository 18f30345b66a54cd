"""Tables whose figures are those of another report: the agency's last one, or another agency's of the same year.

What counts as the same is what the corpus table `copies` counts: at least four distinct figures of together 32 bits, in the same cells.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import polars as pl
from pydantic import Field

from expectations.checks.grids import DOUBTFUL, CellGrid, Key, form_cells
from expectations.checks.operands import list_sides, match_years
from expectations.checks.verdicts import FAILURES, Batch, Terms, Verdicts, build_verdicts
from expectations.copies.figures import fingerprint_tables
from expectations.copies.searching import describe_documents

_TITLES: Final = {"proactive": "表二", "requests": "表三", "disputes": "表四"}
LEAST_SUM: Final = 70
"""Distinct figures whose log2(figure + 1) add up to 32 bits add up to at least this: 1 to 12 do so with least, to 78."""
_NEAR: Final = 0.01


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
    match terms.against:
        case "year_before":
            pairs = _pair_years(batch, terms.tables)
            has_other = match_years(batch)[1].is_not_null()
        case "other_agencies":
            pairs = _pair_agencies(batch, terms.tables)
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
    signatures = _sign_tables(batch)
    counted = pl.sum_horizontal(signatures[table].is_not_null().cast(pl.Int32) for table in terms.tables)
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


def _sign_tables(batch: Batch) -> dict[str, pl.Series]:
    """Table → Float64 per document: a weighted sum of its figures, which equal tables have in common; null where one is in doubt.

    Null too below LEAST_SUM: four distinct figures of 32 bits add up to more.
    """
    if "signatures" not in batch.shared:
        batch.shared["signatures"] = {table: _sign_grid(batch.grid, table) for table in _TITLES}
    found: dict[str, pl.Series] = batch.shared["signatures"]
    return found


def _sign_grid(grid: CellGrid, table: str) -> pl.Series:
    keys = [key for key in form_cells() if key[0] == table]
    weights = _weigh_cells()
    signed = pl.sum_horizontal(grid.values(key) * weights[key] for key in keys)
    total = pl.sum_horizontal(grid.values(key) for key in keys)
    worst = pl.min_horizontal(pl.Series(grid.states(key) == DOUBTFUL).not_() for key in keys)
    return pl.select(pl.when(worst & (total >= LEAST_SUM)).then(signed)).to_series()


def _sign_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """document_id, table, other: the same for documents of another batch, whose doubts are looked at later."""
    weights = pl.DataFrame(
        [(*key, float(weight)) for key, weight in _weigh_cells().items()], schema=["table", "row", "column", "weight"], orient="row"
    )
    return (
        cells.lazy()
        .filter(pl.col("value") != 0)
        .join(weights.lazy(), on=["table", "row", "column"])
        .group_by("document_id", "table")
        .agg((pl.col("value") * pl.col("weight")).sum().alias("other"))
        .collect()
    )


def _weigh_cells() -> dict[Key, int]:
    return {key: at * 7919 % 10007 + 1 for at, key in enumerate(form_cells())}


def _pair_years(batch: Batch, tables: list[str]) -> pl.DataFrame:
    """document_id, other_document_id, section: tables signed as those of the year before."""
    last_ids, rows = match_years(batch)
    if rows.null_count() == len(rows):
        return _no_pairs()
    signed = pl.concat(
        pl.DataFrame({"document_id": batch.grid.document_ids, "own": signature})
        .with_columns(section=pl.lit(table), other_document_id=last_ids.gather(rows))
        .drop_nulls()
        for table, signature in _sign_tables(batch).items()
        if table in tables
    )
    wanted = signed.select(document_id="other_document_id").unique()
    cells = pl.concat(side["cells"].join(wanted, on="document_id", how="semi") for side in list_sides(batch))
    last = _sign_cells(cells.unique(["document_id", "table", "row", "column"], keep="first") if len(list_sides(batch)) == 1 else cells)
    return (
        signed.join(last.rename({"document_id": "other_document_id", "table": "section"}), on=["other_document_id", "section"])
        .filter((pl.col("own") - pl.col("other")).abs() < _NEAR)
        .select(*_no_pairs().columns)
    )


def _pair_agencies(batch: Batch, tables: list[str]) -> pl.DataFrame:
    """document_id, other_document_id, section: tables signed alike in reports of two agencies, each with one such other."""
    reports = batch.reports.select("document_id", "agency_id", "agency_name", "report_year")
    signed = pl.concat(
        pl.DataFrame({"document_id": batch.grid.document_ids, "own": signature}).drop_nulls().with_columns(section=pl.lit(table))
        for table, signature in _sign_tables(batch).items()
        if table in tables
    )
    key = ["section", "own", "report_year"]
    alike = signed.filter(pl.struct("section", "own").is_duplicated()).join(reports, on="document_id")
    alike = alike.sort(*key, "agency_id", "document_id", nulls_last=True)
    # Each is compared with the first of its group, the first with the last: a pair of two reports of one agency is dropped below.
    first, last = pl.col("document_id").first().over(key), pl.col("document_id").last().over(key)
    pairs = (
        alike.with_columns(other_document_id=pl.when(pl.col("document_id") == first).then(last).otherwise(first))
        .filter(pl.col("document_id") != pl.col("other_document_id"))
        .select(*_no_pairs().columns)
    )
    return describe_documents(pairs, reports).filter(~pl.col("is_same_agency")).select(*_no_pairs().columns)


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
