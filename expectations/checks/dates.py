"""When a report was written and published: in time, after the year it tells of, and in that order."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import polars as pl
from pydantic import Field

from expectations.checks.verdicts import FAILURES, Batch, Terms, Verdicts, build_verdicts

DateName = Literal["published_date", "written_date"]

_NAMES: Final = {"published_date": ("发布日期", "published"), "written_date": ("成文日期", "written")}
_INDEX_YEAR: Final = r"[/／—-]((?:19|20)[0-9]{2})[-—－][0-9]+$"
"""H042/2024-00017, 014416330/2018-04736, 01527918X-2020-153077: the year between the body's code and the serial number."""


class Limit(Terms):
    """`date` `compare` `month`-`day` of `years` after the year reported on.

    Judged for reports of `from_year` to `to_year`, for agencies of `kinds` (every agency where there are none), and for dates before the
    year `until_years` after the year reported on: a later one is of the page, not of the report.
    """

    date: DateName
    compare: Literal["not_before", "not_after"]
    month: int
    day: int
    years: int
    kinds: tuple[str, ...] = ()
    from_year: int | None = None
    to_year: int | None = None
    until_years: int | None = None


class LimitTerms(Terms):
    """One subject per limit."""

    limits: Annotated[list[Limit], Field(min_length=1)]


class OrderTerms(Terms):
    """`first` is no later than `second`, and by at most `most_days` earlier."""

    first: DateName
    second: DateName
    most_days: Annotated[int, Field(ge=0)]


class IndexTerms(Terms):
    """`within`: years by which the year in the 索引号 may differ from that of publication."""

    within: Annotated[int, Field(ge=0)]


def check_date_limits(batch: Batch, terms: LimitTerms, _tolerance: float) -> Verdicts:
    """Not applicable where 1 the year reported on is unknown, 2 no date of a limit is known, 3 no limit is for such an agency or year."""
    reports = batch.reports
    year = pl.col("report_year")
    failures, applies = [], []
    for number, limit in enumerate(terms.limits):
        bound = pl.date(year.cast(pl.Int32) + limit.years, limit.month, limit.day)
        of_kind = pl.col("agency_kind").cast(pl.String).is_in(limit.kinds) if limit.kinds else pl.lit(value=True)
        in_years = pl.lit(value=True)
        if limit.from_year is not None:
            in_years &= year >= limit.from_year
        if limit.to_year is not None:
            in_years &= year <= limit.to_year
        if limit.until_years is not None:
            in_years &= pl.col(limit.date).dt.year() < year.cast(pl.Int32) + limit.until_years
        is_judged = (of_kind & in_years & year.is_not_null() & pl.col(limit.date).is_not_null()).fill_null(value=False)
        applies.append(is_judged.cast(pl.Int32).alias(f"applies_{number}"))
        is_wrong = pl.col(limit.date) < bound if limit.compare == "not_before" else pl.col(limit.date) > bound
        zh, en = _NAMES[limit.date]
        verb_zh, verb_en = ("早于", "before") if limit.compare == "not_before" else ("晚于", "after")
        failures.append(
            _locate(batch, reports.filter(is_judged & is_wrong), limit.date).select(
                "document_id",
                "line",
                "raw",
                pl.lit("unknown").cast(FAILURES["cause"]).alias("cause"),
                pl.format("{}年度报告，{} {} {} {}", year, pl.lit(zh), limit.date, pl.lit(verb_zh), bound).alias("message_zh"),
                pl.format("report for {}, {} {}, {} {}", year, pl.lit(en), limit.date, pl.lit(verb_en), bound).alias("message_en"),
            )
        )
    dates = {limit.date for limit in terms.limits}
    summary = reports.with_columns(assessed_count=pl.sum_horizontal(applies)).select(
        "document_id",
        "assessed_count",
        pl.when(pl.col("assessed_count") > 0)
        .then(None)
        .when(year.is_null())
        .then(pl.lit("no_report_year"))
        .when(pl.all_horizontal(pl.col(name).is_null() for name in sorted(dates)))
        .then(pl.lit("no_date"))
        .otherwise(pl.lit("no_limit"))
        .alias("reason"),
    )
    return build_verdicts(pl.concat(failures), summary)


def check_date_order(batch: Batch, terms: OrderTerms, _tolerance: float) -> Verdicts:
    """One subject per report. Not applicable where 1 one of the dates is not known."""
    first, second = pl.col(terms.first), pl.col(terms.second)
    judged = batch.reports.with_columns(
        days=(second - first).dt.total_days(),
        assessed_count=pl.lit(1),
        reason=pl.when(first.is_null() | second.is_null()).then(pl.lit("no_date")),
    )
    names = [*_NAMES[terms.second], *_NAMES[terms.first]]
    wrong = judged.filter(pl.col("reason").is_null() & ~pl.col("days").is_between(0, terms.most_days))
    failures = _locate(batch, wrong, terms.second).select(
        "document_id",
        "line",
        "raw",
        pl.col("days").cast(pl.Float64).alias("lhs"),
        pl.lit(float(terms.most_days)).alias("rhs"),
        pl.lit("unknown").cast(FAILURES["cause"]).alias("cause"),
        pl.format("{} {}，{} {}，相差 {} 天", pl.lit(names[0]), second, pl.lit(names[2]), first, "days").alias("message_zh"),
        pl.format("{} {}, {} {}: {} days apart", pl.lit(names[1]), second, pl.lit(names[3]), first, "days").alias("message_en"),
    )
    return build_verdicts(failures, judged.select("document_id", "reason", "assessed_count"))


def check_index_year(batch: Batch, terms: IndexTerms, _tolerance: float) -> Verdicts:
    """One subject per report. Not applicable where 1 the 索引号 has no year of its own, 2 the date of publication is not known."""
    index, published = pl.col("index_number"), pl.col("published_date")
    judged = batch.reports.with_columns(
        index_year=index.str.extract(_INDEX_YEAR).cast(pl.Int32, strict=False), assessed_count=pl.lit(1)
    ).with_columns(
        reason=pl.when(pl.col("index_year").is_null()).then(pl.lit("no_index_year")).when(published.is_null()).then(pl.lit("no_date"))
    )
    gap = (pl.col("index_year") - published.dt.year()).abs()
    failures = _locate(batch, judged.filter(pl.col("reason").is_null() & (gap > terms.within)), "index_number").select(
        "document_id",
        "line",
        index.alias("raw"),
        pl.col("index_year").cast(pl.Float64).alias("lhs"),
        published.dt.year().cast(pl.Float64).alias("rhs"),
        pl.lit("unknown").cast(FAILURES["cause"]).alias("cause"),
        pl.format("索引号“{}”的年份与发布日期 {} 不符", index, published).alias("message_zh"),
        pl.format("the year in 索引号 “{}” is not that of publication, {}", index, published).alias("message_en"),
    )
    return build_verdicts(failures, judged.select("document_id", "reason", "assessed_count"))


def _locate(batch: Batch, reports: pl.DataFrame, fact: str) -> pl.DataFrame:
    """The reports with `line` and `raw` of what the fact was decided by."""
    evidence = batch.tables["evidence"]
    chosen = (
        evidence.filter((pl.col("fact").cast(pl.String) == fact) & pl.col("is_chosen"))
        .select("document_id", "line", "raw")
        .unique("document_id", keep="first", maintain_order=True)
    )
    return reports.join(chosen, on="document_id", how="left", maintain_order="left")
