"""How the figures of a whole year are distributed: provinces that leave tables empty, last digits that people made up."""

from __future__ import annotations

from typing import Annotated, Final

import polars as pl
from pydantic import Field

from expectations.checks.operands import read_operand
from expectations.checks.verdicts import Batch, Terms, Verdicts, judge_partition

_MAD_TO_SIGMA: Final = 1.4826
"""The median absolute deviation of a normal distribution times this is its standard deviation."""


class EmptyShareTerms(Terms):
    """Per province: the share of reports whose `cells` are all 0 is within `most_z` robust deviations of the median province.

    Provinces with `least_reports` reports count, and at least `least_provinces` of them are needed. `least_gap`: a share nearer to the
    median than this is never far off, however close together the others are.
    """

    cells: Annotated[list[str], Field(min_length=1)]
    most_z: Annotated[float, Field(gt=0)]
    least_gap: Annotated[float, Field(ge=0, le=1)]
    least_reports: int
    least_provinces: int


class LastDigitTerms(Terms):
    """The last digits of `cells` that are at least `least_value`: χ² against a uniform distribution is at most `most_chi_square`."""

    cells: Annotated[list[str], Field(min_length=1)]
    least_value: float
    least_count: int
    most_chi_square: float


def check_empty_shares(batch: Batch, terms: EmptyShareTerms, _tolerance: float) -> Verdicts:
    """Subjects: provinces. Not applicable with too few provinces or reports."""
    keys = [read_operand(text).key for text in terms.cells]
    total = pl.sum_horizontal(batch.grid.values(key) for key in keys)
    is_read = pl.all_horizontal(batch.grid.values(key).is_not_null() for key in keys)
    frame = pl.DataFrame({"document_id": batch.grid.document_ids}).with_columns(is_zero=total == 0, is_read=is_read)
    provinces = (
        frame.filter("is_read")
        .join(batch.reports.select("document_id", province=pl.col("region_code").str.slice(0, 2)), on="document_id", how="left")
        .drop_nulls("province")
        .group_by("province")
        .agg(pl.len().alias("count"), pl.col("is_zero").mean().alias("share"))
        .filter(pl.col("count") >= terms.least_reports)
        .sort("province")
    )
    if provinces.height < terms.least_provinces:
        return judge_partition(0, 0, "", "", reason="too_few_provinces")
    gap = (pl.col("share") - pl.col("share").median()).abs()
    far = provinces.filter((gap > terms.least_gap) & (gap > terms.most_z * _MAD_TO_SIGMA * gap.median()))
    named = ", ".join(f"{row['province']} {row['share']:.0%}" for row in far.iter_rows(named=True))
    median = provinces.select(pl.col("share").median()).item()
    return judge_partition(
        provinces.height - far.height,
        provinces.height,
        f"全零报告的比例与其他省份（中位数 {median:.0%}）相差很大：{named}",
        f"the share of reports with nothing but zeros is far from that of other provinces (median {median:.0%}): {named}",
    )


def check_last_digits(batch: Batch, terms: LastDigitTerms, _tolerance: float) -> Verdicts:
    """Subject: the partition. Not applicable with fewer figures than `least_count`."""
    keys = [read_operand(text).key for text in terms.cells]
    figures = pl.concat([batch.grid.values(key) for key in keys]).drop_nulls()
    figures = figures.filter((figures >= terms.least_value) & (figures == figures.round(0)))
    if len(figures) < terms.least_count:
        return judge_partition(0, 0, "", "", reason="too_few_figures")
    counts = pl.DataFrame({"digit": (figures % 10).cast(pl.Int8)}).group_by("digit").len().sort("digit")
    expected = len(figures) / 10
    squares = float(((counts["len"] - expected) ** 2).sum()) + (10 - counts.height) * expected**2
    chi_square = squares / expected
    most = counts.sort("len", "digit", descending=[True, False]).row(0)
    return judge_partition(
        int(chi_square <= terms.most_chi_square),
        1,
        f"{len(figures)} 个数的末位不均匀：χ² = {chi_square:.0f}，末位 {most[0]} 最多（{most[1]} 个）",
        f"the last digits of {len(figures)} figures are uneven: χ² = {chi_square:.0f}, most often {most[0]} ({most[1]} times)",
    )
