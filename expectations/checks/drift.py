"""What is to be published against what is published now: reports that vanished, figures and rates that moved.

`batch.marts`: the marts to be published; `batch.published`: the same of the current publication, None before the first. Both hold
`mart_agency_years`, `fct_reports` and `mart_quality`; `batch.tables` holds `outcomes`, of all report years.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from expectations.checks.verdicts import Batch, Terms, Verdicts, judge_partition
from expectations.decisions.applying import select_applied
from ingest.regions.gazetteers import list_regions_of_code

GONE_FILE = "gone_agency_years.csv"
"""Where the whole list of vanished agency-years is kept, among the gate results."""
_NAMED = 10
_KEY = ["agency_id", "report_year"]
_NAMES = [*_KEY, "agency_name", "document_id", "source"]
_YEARS = "mart_agency_years"
_Share = Annotated[float, Field(ge=0, le=1)]


class GoneTerms(Terms):
    """`cause`: `removed` (its input is gone or holds another published report) or `lost` (its input is still there)."""

    cause: Literal["removed", "lost"]


class GroupTerms(Terms):
    """Groups of a report year `by` province or form, of at least `least` published reports; each may lose the larger of two numbers."""

    by: Literal["province", "template"]
    least: Annotated[int, Field(ge=1)]
    lost_share: _Share
    lost_count: Annotated[int, Field(ge=0)]


class FigureTerms(Terms):
    """The columns of `mart_agency_years` that the same document has to give again."""

    measures: Annotated[list[str], Field(min_length=1)]


class RateTerms(Terms):
    """A share per report year, of at least `least` members on both sides. It may move by `change`, and by `sigmas` standard errors."""

    rate: Literal["accepted", "zero_received"]
    direction: Literal["fall", "either"]
    least: Annotated[int, Field(ge=1)]
    change: _Share
    sigmas: Annotated[float, Field(ge=0)]


class MedianTerms(Terms):
    """The median of `measure` per report year may change by this factor, and by `difference` in any case."""

    measure: str
    least: Annotated[int, Field(ge=1)]
    factor: Annotated[float, Field(gt=1)]
    difference: Annotated[float, Field(ge=0)]


class TotalTerms(Terms):
    """The total of `measure` over the agency-years that both publications hold may change by this share."""

    measure: str
    least: Annotated[int, Field(ge=1)]
    change: _Share


def find_gone(published: pl.DataFrame, current: pl.DataFrame, outcomes: pl.DataFrame, excluded: Sequence[str] = ()) -> pl.DataFrame:
    """The agency-years of `published` that `current` no longer holds (both `mart_agency_years`), by year and name.

    Those whose document somebody excluded are not among them.

    Columns agency_id, report_year, agency_name, document_id, source, cause: `lost` when the document, or another that is not
    published as something else, is still in the scan at its place; else `removed`.
    """
    gone = published.join(current.select(_KEY), on=_KEY, how="anti").select(_NAMES).filter(~pl.col("document_id").is_in(list(excluded)))
    elsewhere = current.select("document_id").unique()
    at_source = outcomes.join(elsewhere, on="document_id", how="anti").select("source").unique()
    documents = outcomes.select("document_id").drop_nulls().unique()
    is_there = (pl.col("source").is_in(at_source["source"].to_list())) | pl.col("document_id").is_in(documents["document_id"].to_list())
    return gone.with_columns(cause=pl.when(is_there).then(pl.lit("lost")).otherwise(pl.lit("removed"))).sort(
        "report_year", "agency_name", "agency_id"
    )


def _list_excluded(batch: Batch) -> list[str]:
    return select_applied(batch.decisions, "exclude")["document_id"].to_list()


def _list_decided(batch: Batch) -> list[str]:
    """Documents with a cell that people decided upon, now or when it was published: their figures move because of that."""
    frames = [batch.marts[_YEARS], *([] if batch.published is None else [batch.published[_YEARS]])]
    return [
        document_id
        for frame in frames
        if "decided_cell_count" in frame.collect_schema()  # publications of earlier versions knew no decisions
        for document_id in frame.filter(pl.col("decided_cell_count") > 0).select("document_id").collect()["document_id"]
    ]


def list_gone(batch: Batch) -> pl.DataFrame:
    """Every agency-year that is gone (find_gone); none when there is no publication to compare with."""
    found = _read_pair(batch, _YEARS, _NAMES)
    return pl.DataFrame(schema=_NAMES) if isinstance(found, str) else find_gone(*found, batch.outcomes, _list_excluded(batch))


def check_gone(batch: Batch, terms: GoneTerms, _tolerance: float) -> Verdicts:
    """Subjects: the agency-years of the current publication."""
    found = _read_pair(batch, _YEARS, _NAMES)
    if isinstance(found, str):
        return judge_partition(0, 0, "", "", reason=found)
    before, now = found
    gone = find_gone(before, now, batch.outcomes, _list_excluded(batch)).filter(pl.col("cause") == terms.cause)
    names = _list(
        f"{name} {year} ({source})" for name, year, source in gone.select("agency_name", "report_year", "source").head(_NAMED).iter_rows()
    )
    more = gone.height - _NAMED
    tail = (f"，另有 {more} 个，见 {GONE_FILE}", f" and {more} more in {GONE_FILE}") if more > 0 else ("", "")
    zh, en = {
        "removed": ("的文件已不在输入中", "are gone with their input"),
        "lost": ("的文件仍在输入中，报告却不再发布", "are gone although their input is there"),
    }[terms.cause]
    return judge_partition(
        before.height - gone.height,
        before.height,
        f"已发布的 {before.height} 个机关年度中有 {gone.height} 个{zh}：{names}{tail[0]}",
        f"{gone.height} of {before.height} published agency-years {en}: {names}{tail[1]}",
    )


def check_groups(batch: Batch, terms: GroupTerms, _tolerance: float) -> Verdicts:
    """Subjects: groups of a report year that are large enough. Reports whose province is not known are in no group."""
    column = "region_code" if terms.by == "province" else "template"
    found = _read_pair(batch, "fct_reports", ["report_year", column])
    if isinstance(found, str):
        return judge_partition(0, 0, "", "", reason=found)
    label = pl.col(column).str.slice(0, 2) if terms.by == "province" else pl.col(column)
    before, now = (frame.group_by("report_year", label.alias("group")).len() for frame in found)
    groups = (
        before.filter(pl.col("group").is_not_null() & (pl.col("len") >= terms.least))
        .join(now, on=["report_year", "group"], how="left", suffix="_now")
        .with_columns(pl.col("len_now").fill_null(0))
        .with_columns(lost=pl.col("len").cast(pl.Int64) - pl.col("len_now"))
        .sort("lost", "report_year", "group", descending=[True, False, False])
    )
    if groups.is_empty():
        return judge_partition(0, 0, "", "", reason=f"no_group_of_{terms.least}")
    bad = groups.filter(pl.col("lost") > pl.max_horizontal(pl.lit(terms.lost_count), pl.col("len") * terms.lost_share + 1e-9))
    shown = [
        (year, _name_group(group, terms), before_count, now_count)
        for year, group, before_count, now_count in bad.select("report_year", "group", "len", "len_now").head(_NAMED).iter_rows()
    ]
    kind = ("省份", "provinces") if terms.by == "province" else ("表式", "forms")
    return judge_partition(
        groups.height - bad.height,
        groups.height,
        f"{groups.height} 个年度{kind[0]}中有 {bad.height} 个报告数明显减少：" + _list(f"{y} {g} {b} → {n}" for y, g, b, n in shown),
        f"reports of {bad.height} of {groups.height} {kind[1]} of a year dropped: " + _list(f"{y} {g} {b} → {n}" for y, g, b, n in shown),
    )


def check_figures(batch: Batch, terms: FigureTerms, _tolerance: float) -> Verdicts:
    """Subjects: agency-years published from the same document before and now. Held when its figures are the same, null included."""
    found = _read_pair(batch, _YEARS, [*_KEY, "agency_name", "document_id", "source", *terms.measures])
    if isinstance(found, str):
        return judge_partition(0, 0, "", "", reason=found)
    before, now = found
    both = before.join(now, on=[*_KEY, "document_id"], how="inner", suffix="_now").filter(
        ~pl.col("document_id").is_in(_list_decided(batch))
    )
    if both.is_empty():
        return judge_partition(0, 0, "", "", reason="nothing_in_common")
    changed = [pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in terms.measures]
    bad = both.filter(pl.any_horizontal(changed)).sort("source")
    shown = []
    for row in bad.head(_NAMED).iter_rows(named=True):
        moved = ", ".join(f"{name} {row[name]} → {row[f'{name}_now']}" for name in terms.measures if row[name] != row[f"{name}_now"])
        shown.append(f"{row['source']}: {moved}")
    return judge_partition(
        both.height - bad.height,
        both.height,
        f"{both.height} 份未变的文件中有 {bad.height} 份读出的数字变了：{_list(shown)}",
        f"{bad.height} of {both.height} unchanged documents give other figures: {_list(shown)}",
    )


def check_rate(batch: Batch, terms: RateTerms, _tolerance: float) -> Verdicts:
    """Subjects: report years. The standard error is that of a difference between two shares of that many members."""
    mart, columns = (
        ("mart_quality", ["report_year", "report_count", "accepted_report_count"])
        if terms.rate == "accepted"
        else (_YEARS, ["report_year", "new_received_count"])
    )
    found = _read_pair(batch, mart, columns)
    if isinstance(found, str):
        return judge_partition(0, 0, "", "", reason=found)
    before, now = (_count_rate(frame, terms) for frame in found)
    years = _join_years(before, now, terms.least)
    moved = []
    for year, size, share, size_now, share_now in years.select("report_year", "size", "share", "size_now", "share_now").iter_rows():
        pooled = (size * share + size_now * share_now) / (size + size_now)
        error = math.sqrt(pooled * (1 - pooled) * (1 / size + 1 / size_now))
        change = share_now - share if terms.direction == "either" else min(0.0, share_now - share)
        if abs(change) > max(terms.change, terms.sigmas * error) + 1e-9:
            moved.append(f"{year} {share:.1%} → {share_now:.1%}")
    zh, en = {
        "accepted": ("报告接受率", "the acceptance rate"),
        "zero_received": ("零申请机关的比例", "the share of agencies without requests"),
    }[terms.rate]
    return _judge_years(years.height, moved, terms.least, zh, en)


def check_median(batch: Batch, terms: MedianTerms, _tolerance: float) -> Verdicts:
    """Subjects: report years. The median is not moved by a few large agencies."""
    found = _read_pair(batch, _YEARS, ["report_year", terms.measure])
    if isinstance(found, str):
        return judge_partition(0, 0, "", "", reason=found)
    before, now = (
        frame.drop_nulls(terms.measure).group_by("report_year").agg(pl.len().alias("size"), pl.col(terms.measure).median().alias("share"))
        for frame in found
    )
    years = _join_years(before, now, terms.least)
    moved = []
    for year, was, median in years.select("report_year", "share", "share_now").iter_rows():
        low, high = sorted((was, median))
        if high - low > terms.difference and high > low * terms.factor:
            moved.append(f"{year} {was:g} → {median:g}")
    return _judge_years(years.height, moved, terms.least, f"{terms.measure} 的中位数", f"the median of {terms.measure}")


def check_total(batch: Batch, terms: TotalTerms, _tolerance: float) -> Verdicts:
    """Subjects: report years. Only agency-years that both publications hold are added up: new reports are no drift."""
    found = _read_pair(batch, _YEARS, [*_KEY, "agency_name", terms.measure])
    if isinstance(found, str):
        return judge_partition(0, 0, "", "", reason=found)
    both = found[0].join(found[1], on=_KEY, how="inner", suffix="_now").drop_nulls([terms.measure, f"{terms.measure}_now"]).sort(_KEY)
    was, is_now = pl.col(terms.measure).cast(pl.Float64), pl.col(f"{terms.measure}_now").cast(pl.Float64)
    largest = (is_now - was).abs().arg_max()
    years = (
        both.group_by("report_year")
        .agg(
            pl.len().alias("size"),
            was.sum().alias("was"),
            is_now.sum().alias("is_now"),
            pl.format("{} {} → {}", "agency_name", terms.measure, f"{terms.measure}_now").get(largest).alias("largest"),
        )
        .filter(pl.col("size") >= terms.least)
        .sort("report_year")
    )
    moved = [
        f"{year} {before:g} → {after:g} ({name})"
        for year, before, after, name in years.select("report_year", "was", "is_now", "largest").iter_rows()
        if abs(after - before) > terms.change * before
    ]
    return _judge_years(years.height, moved, terms.least, f"{terms.measure} 的合计", f"the total of {terms.measure}")


def _read_pair(batch: Batch, mart: str, columns: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame] | str:
    """The mart as published and as it would be, or why they cannot be compared."""
    if batch.published is None:
        return "no_previous_publication"
    before = batch.published.get(mart)
    if before is None or not set(columns) <= set(before.collect_schema()):
        return f"previous_publication_without_{mart}"
    was = before.select(columns).collect()
    if was.is_empty():
        return "previous_publication_is_empty"
    return was, batch.marts[mart].select(columns).collect()


def _count_rate(frame: pl.DataFrame, terms: RateTerms) -> pl.DataFrame:
    """report_year, size, share."""
    if terms.rate == "accepted":
        return (
            frame.drop_nulls("report_year")
            .group_by("report_year")
            .agg(pl.col("report_count").sum().cast(pl.Int64).alias("size"), pl.col("accepted_report_count").sum().alias("share"))
            .filter(pl.col("size") > 0)
            .with_columns(pl.col("share") / pl.col("size"))
        )
    counted = frame.drop_nulls("new_received_count")
    return counted.group_by("report_year").agg(pl.len().alias("size"), (pl.col("new_received_count") == 0).mean().alias("share"))


def _join_years(before: pl.DataFrame, now: pl.DataFrame, least: int) -> pl.DataFrame:
    joined = before.join(now, on="report_year", how="inner", suffix="_now")
    return joined.filter((pl.col("size") >= least) & (pl.col("size_now") >= least)).sort("report_year")


def _judge_years(judged: int, moved: Sequence[str], least: int, zh: str, en: str) -> Verdicts:
    if judged == 0:
        return judge_partition(0, 0, "", "", reason=f"no_year_of_{least}")
    return judge_partition(
        judged - len(moved),
        judged,
        f"{judged} 个年度中有 {len(moved)} 个年度{zh}变动过大：{_list(moved)}",
        f"{en} moved in {len(moved)} of {judged} years: {_list(moved)}",
    )


def _name_group(group: str, terms: GroupTerms) -> str:
    if terms.by == "template":
        return group
    regions = list_regions_of_code(f"{group}0000")
    return regions[-1].name if regions else group


def _list(names: Iterable[str]) -> str:
    return "; ".join(names)
