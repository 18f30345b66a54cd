"""What must hold of the marts: they hold what staging holds, once each, and their shares are shares.

`batch.tables` is the snapshot of staging that the marts were built from, with `published`: the reports that belong in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import polars as pl
from pydantic import Field

from expectations.checks.revisions import order_reports
from expectations.checks.structure import NoTerms
from expectations.checks.verdicts import Batch, Terms, Verdicts, judge_partition
from expectations.decisions.applying import apply_to_cells, printed_value, select_applied

_NAMED = 3
_CELL_KEY = ("document_id", "row_key", "column_key")


class ReconcileTerms(Terms):
    """`measure` of `mart` = the value of the cell (`table`, `row`, `column`) in staging, per document."""

    mart: str
    measure: str
    table: str
    row: str
    column: str


class CellTerms(Terms):
    """`mart` has one row per cell of `table` of the published reports; `measure` is its value."""

    mart: str
    measure: str
    table: str


class KeyTerms(Terms):
    """Mart → the columns that identify a row."""

    keys: Annotated[dict[str, list[str]], Field(min_length=1)]


class ShareTerms(Terms):
    """Columns with this suffix lie between 0 and 1."""

    suffix: str


class SeriesTerms(Terms):
    """`mart` has a row per agency and year."""

    mart: str


def check_series(batch: Batch, terms: SeriesTerms, _tolerance: float) -> Verdicts:
    """Subjects: the years between the first and the last report of each agency that has at least two."""
    listed = batch.marts[terms.mart].select("agency_id", pl.col("report_year").cast(pl.Int32))
    years = listed.collect().unique().sort("agency_id", "report_year")
    step = pl.col("report_year").diff().over("agency_id")
    steps = years.with_columns(step=step).drop_nulls("step")
    judged = int(steps["step"].sum())
    if judged == 0:
        return judge_partition(0, 0, "", "", reason="no_series")
    gaps = steps.filter(pl.col("step") > 1)
    missing = int((gaps["step"] - 1).sum())
    told = "; ".join(f"{agency} {year - step + 1}–{year - 1}" for agency, year, step in gaps.head(3).iter_rows())
    return judge_partition(judged - missing, judged, f"有 {missing} 个年度缺报告：{told}", f"{missing} years without a report: {told}")


def check_agency_years(batch: Batch, terms: ReconcileTerms, tolerance: float) -> Verdicts:
    """Subjects: published reports, of several of an agency and year the one of the narrowest scope, and rows of the mart."""
    key = ["document_id", "agency_id", "report_year"]
    is_cell = (pl.col("table") == terms.table) & (pl.col("row") == terms.row) & (pl.col("column") == terms.column)
    printed = batch.staged_cells.filter(is_cell).collect()
    cell = apply_to_cells(printed, batch.decisions).filter(is_cell).select("document_id", _whole().alias("expected"))
    main = order_reports(batch.reports, select_applied(batch.decisions, "exclude")["document_id"]).filter("is_main")
    expected = (
        batch.tables["published"]
        .join(main, on="document_id", how="semi")
        .select(key)
        .with_columns(pl.col("report_year").cast(pl.Int64))
        .join(cell, on="document_id", how="left")
        .with_columns(in_staging=pl.lit(value=True))
    )
    mart = batch.marts[terms.mart].select(
        *key[:2], pl.col("report_year").cast(pl.Int64), pl.col(terms.measure).cast(pl.Float64).alias("found"), in_mart=pl.lit(value=True)
    )
    joined = expected.join(mart.collect(), on=key, how="full", coalesce=True)
    return _compare(joined, joined.height, pl.format("{} {}", "agency_id", "report_year"), terms.mart, tolerance)


def check_cells(batch: Batch, terms: CellTerms, tolerance: float) -> Verdicts:
    """Subjects: cells of published reports and rows of the fact.

    Digests of each document's cells are compared first; only documents that then differ are compared cell by cell.
    """
    key = [pl.col(name).cast(pl.String) for name in _CELL_KEY]
    expected = (
        batch.staged_cells.filter(pl.col("table") == terms.table)
        .join(batch.tables["published"].select("document_id").lazy(), on="document_id", how="semi")
        .select("document_id", pl.col("row").alias("row_key"), pl.col("column").alias("column_key"), printed_value().alias("expected"))
        .select(*key, "expected")
    )
    printed = batch.marts[terms.mart].filter(pl.col("is_printed"))  # others are decided figures of cells that the document does not hold
    mart = printed.select(*key, pl.col(terms.measure).cast(pl.Float64).alias("found"))
    documents = _digest_documents(expected).join(_digest_documents(mart), on="document_id", how="full", coalesce=True, suffix="_found")
    is_same = (pl.col("digest") == pl.col("digest_found")) & (pl.col("cells") == pl.col("cells_found"))
    same = documents.filter(is_same)
    others = documents.filter(~is_same.fill_null(value=False)).select("document_id").lazy()
    sides = [
        frame.join(others, on="document_id", how="semi").with_columns(pl.lit(value=True).alias(mark)).collect(engine="streaming")
        for frame, mark in ((expected, "in_staging"), (mart, "in_mart"))
    ]
    joined = sides[0].join(sides[1], on=_CELL_KEY, how="full", coalesce=True)
    judged = int(same["cells"].sum()) + joined.height
    return _compare(joined, judged, pl.format("{} {}.{}", *_CELL_KEY), terms.mart, tolerance)


def check_unique_keys(batch: Batch, terms: KeyTerms, _tolerance: float) -> Verdicts:
    """Subjects: rows of the marts. A null in a key fails as well.

    Keys whose digests differ differ; those with a digest in common are compared themselves.
    """
    judged, wrong, told = 0, 0, []
    for mart, key in terms.keys.items():
        texts = batch.marts[mart].select(pl.col(name).cast(pl.String) for name in key)
        digests = texts.select(_digest(key), is_null=pl.any_horizontal(pl.all().is_null())).collect(engine="streaming")
        judged += digests.height
        ordered = digests["digest"].sort()  # in the memory of the column, where a hash table of it takes many times that
        doubled = ordered.filter(ordered == ordered.shift())
        shared = pl.concat([doubled, digests.filter("is_null")["digest"]]).unique().to_frame()
        if shared.is_empty():
            continue
        rows = texts.with_columns(_digest(key)).join(shared.lazy(), on="digest", how="semi").select(key).collect(engine="streaming")
        bad = rows.filter(rows.is_duplicated() | rows.select(pl.any_horizontal(pl.all().is_null())).to_series())
        if bad.height:
            wrong += bad.height
            told.append(f"{mart}: {bad.height} ({', '.join(map(str, bad.sort(key).row(0)))})")
    if judged == 0:
        return judge_partition(0, 0, "", "", reason="empty_marts")
    names = "; ".join(told)
    return judge_partition(judged - wrong, judged, f"主键重复或为空：{names}", f"keys repeated or null: {names}")


def check_shares(batch: Batch, terms: ShareTerms, tolerance: float) -> Verdicts:
    """Subjects: values that are not null."""
    judged, wrong, told = 0, 0, []
    for mart in sorted(batch.marts):
        columns = [name for name in batch.marts[mart].collect_schema().names() if name.endswith(terms.suffix)]
        if not columns:
            continue
        values = batch.marts[mart].select(pl.col(columns).cast(pl.Float64)).collect(engine="streaming")
        for column in values:
            given = column.drop_nulls()
            # A NaN is neither below 0 nor above 1.
            outside = len(given) - len(given.filter(given.is_between(-tolerance, 1 + tolerance)))
            judged += len(given)
            if outside:
                wrong += outside
                told.append(f"{mart}.{column.name}: {outside}")
    if judged == 0:
        return judge_partition(0, 0, "", "", reason="no_shares")
    names = "; ".join(told)
    return judge_partition(judged - wrong, judged, f"比率不在 0 与 1 之间：{names}", f"shares outside 0 to 1: {names}")


def _whole() -> pl.Expr:
    """The marts count in whole numbers: a printed 1.5 件 is null there, and a finding of cells.non_negative_integer."""
    return pl.when(pl.col("value") == pl.col("value").round(0)).then("value")


def _digest(key: Sequence[str]) -> pl.Expr:
    return pl.struct(key).hash().alias("digest")


def _digest_documents(cells: pl.LazyFrame) -> pl.DataFrame:
    """document_id, cells (how many), digest: the sum over the cells, whose order does not matter. A cell gives 48 bits: no overflow."""
    return (
        cells.select("document_id", digest=pl.struct(pl.all()).hash() // 2**16)
        .group_by("document_id")
        .agg(pl.len().alias("cells"), pl.col("digest").sum())
        .collect(engine="streaming")
    )


def _holds(tolerance: float) -> pl.Expr:
    expected, found = pl.col("expected"), pl.col("found")
    is_equal = ((expected - found).abs() <= tolerance).fill_null(value=False) | (expected.is_null() & found.is_null())
    return pl.col("in_staging").is_not_null() & pl.col("in_mart").is_not_null() & is_equal


def _compare(joined: pl.DataFrame, judged: int, label: pl.Expr, mart: str, tolerance: float) -> Verdicts:
    """`joined`: the subjects, of which there are `judged`, or those of them that may be wrong."""
    if judged == 0:
        return judge_partition(0, 0, "", "", reason="nothing_published")
    wrong = joined.filter(~_holds(tolerance)).with_columns(label.alias("label")).sort("label", nulls_last=True)
    named = "; ".join(f"{row['label']} (staging {row['expected']}, mart {row['found']})" for row in wrong.head(3).iter_rows(named=True))
    return judge_partition(
        judged - wrong.height,
        judged,
        f"{mart} 与暂存表不一致 {wrong.height} 处：{named}",
        f"{wrong.height} rows of {mart} disagree with staging: {named}",
    )


def check_decisions(batch: Batch, _terms: NoTerms, _tolerance: float) -> Verdicts:
    """Subjects: the entries of the decisions files. Held when the document and the cell are still what was decided upon."""
    decisions = batch.decisions
    if decisions.is_empty():
        return judge_partition(0, 0, "", "", reason="no_decisions")
    stale = decisions.filter(pl.col("status") == "stale")
    shown = stale.head(_NAMED).select("file", "line", "detail_zh", "detail_en").rows()
    zh, en = ("; ".join(f"{file}:{line} {detail[index]}" for file, line, *detail in shown) for index in (0, 1))
    return judge_partition(
        decisions.height - stale.height,
        decisions.height,
        f"{decisions.height} 条决定中有 {stale.height} 条已失效，未予适用：{zh}",
        f"{stale.height} of {decisions.height} decisions are stale and not applied: {en}",
    )
