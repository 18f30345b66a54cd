"""What must hold of a partition as a whole: nothing lost, most inputs readable, no reading lost that the last good tables have."""

from __future__ import annotations

from typing import Annotated

import polars as pl
from pydantic import Field

from expectations.checks.grids import form_cells
from expectations.checks.structure import NoTerms
from expectations.checks.verdicts import Batch, Terms, Verdicts, judge_partition
from ingest.errors import Issue

_EXAMPLES = 3


class IssueTerms(Terms):
    """The issue codes that count as failures."""

    issues: Annotated[list[Issue], Field(min_length=1)]


class ReadableTerms(IssueTerms):
    """`ignored`: issue codes of inputs that are not expected to be readable and are not counted at all."""

    ignored: list[Issue]


class SoundTerms(Terms):
    """`rules`: ids of the rules whose failures are added up; they must be judged before."""

    rules: Annotated[list[str], Field(min_length=2)]


def check_conservation(batch: Batch, _terms: NoTerms, _tolerance: float) -> Verdicts:
    """Every input leaves one outcome, every outcome but a rejected one its report, and no cell or section is without a report."""
    outcomes, reports = batch.outcomes, batch.reports
    report_ids = reports.select("document_id")
    read = outcomes.filter(pl.col("status") != "rejected")
    joined = read.join(reports.select("document_id", pl.col("status").alias("report_status")), on="document_id", how="left")
    holders = {name: batch.tables[name].select("document_id").unique() for name in ("cells", "sections")}
    free = batch.cells.filter(~pl.col("table").is_in({table for table, _, _ in form_cells()}))
    wrongs = {
        ("重复的来源", "a source with two outcomes"): outcomes["source"].is_duplicated().sum(),
        ("无来源的结果", "an outcome without a source"): outcomes["source"].null_count(),
        ("重复的报告", "a document with two reports"): reports["document_id"].is_duplicated().sum(),
        ("缺报告的结果", "an outcome without its report"): joined["report_status"].null_count(),
        ("状态不一致", "an outcome and a report of different status"): joined.filter(
            pl.col("status").cast(pl.String) != pl.col("report_status").cast(pl.String)
        ).height,
        ("问题代码与状态不符", "an outcome whose issue does not fit its status"): outcomes.filter(
            (pl.col("status") == "accepted") != pl.col("issue").is_null()
        ).height,
        ("被拒绝却有报告", "a rejected document with a report"): outcomes.filter(pl.col("status") == "rejected")
        .join(report_ids, on="document_id", how="semi")
        .height,
        ("无结果的报告", "a report without an outcome"): report_ids.join(read, on="document_id", how="anti").height,
        ("无报告的单元格", "cells without a report"): holders["cells"].join(report_ids, on="document_id", how="anti").height,
        ("无报告的章节", "sections without a report"): holders["sections"].join(report_ids, on="document_id", how="anti").height,
        ("重复的单元格", "a cell read twice"): batch.grid.repeated_count
        + free.height
        - free.select(pl.struct("document_id", "table", "row", "column").n_unique()).item(),
    }
    judged = outcomes.height + reports.height + sum(holder.height for holder in holders.values())
    if "sightings" in batch.tables:
        seen = batch.tables["sightings"].filter(pl.col("report_year").eq_missing(pl.lit(batch.report_year, dtype=pl.Int16)))
        wrongs[("无结果的输入", "a sighting without an outcome")] = seen.join(outcomes, on="source", how="anti").height
        wrongs[("无输入的结果", "an outcome without a sighting")] = outcomes.join(seen, on="source", how="anti").height
        judged += seen.height
    found = {name: count for name, count in wrongs.items() if count}
    zh = "；".join(f"{name} {count}" for (name, _), count in found.items())
    en = "; ".join(f"{name}: {count}" for (_, name), count in found.items())
    if judged == 0:
        return judge_partition(0, 0, "", "", reason="empty_partition")
    return judge_partition(max(0, judged - sum(found.values())), judged, f"输入与结果不守恒：{zh}", f"not conserved: {en}")


def check_readable(batch: Batch, terms: ReadableTerms, _tolerance: float) -> Verdicts:
    """Subjects: inputs. In the partition `unknown`, where unreadable inputs gather, they are measured against the whole scan."""
    ignored = [issue.value for issue in terms.ignored]
    inputs = batch.outcomes.filter(~pl.col("issue").cast(pl.String).is_in(ignored).fill_null(value=False))
    unreadable = inputs.filter(
        (pl.col("status") == "rejected") & pl.col("issue").cast(pl.String).is_in([issue.value for issue in terms.issues])
    ).sort("source")
    total = inputs.height
    if batch.report_year is None:
        if "sightings" not in batch.tables:
            return judge_partition(0, 0, "", "", reason="whole_scan_unknown")
        total = batch.tables["sightings"].height - (batch.outcomes.height - inputs.height)
    if total == 0:
        return judge_partition(0, 0, "", "", reason="no_inputs")
    named = _name_examples(pl.format("{} ({})", "source", "issue"), unreadable)
    return judge_partition(
        total - unreadable.height,
        total,
        f"{total} 个输入中有 {unreadable.height} 个无法读取：{named}",
        f"{unreadable.height} of {total} inputs cannot be read: {named}",
    )


def check_read_in_full(batch: Batch, terms: IssueTerms, _tolerance: float) -> Verdicts:
    """Subjects: agency-years whose tables are in the text to the end. Held when one of its documents was read in full."""
    failing = [issue.value for issue in terms.issues]
    # `is_cut_off` null: nobody could tell, so the tables are taken to be whole and the reading is to blame.
    whole = batch.reports.filter(pl.col("template").is_not_null() & ~pl.col("is_cut_off").fill_null(value=False))
    judged = whole.filter(
        (pl.col("status") == "accepted") | pl.col("issue").cast(pl.String).is_in(failing).fill_null(value=False)
    ).with_columns(subject=subject_id())
    subjects = judged.group_by("subject").agg(
        (pl.col("status") == "accepted").any().alias("holds"), pl.col("document_id").min().alias("document_id")
    )
    missed = subjects.filter(~pl.col("holds")).join(batch.first_sources, on="document_id", how="left").sort("source", nulls_last=True)
    if subjects.height == 0:
        return judge_partition(0, 0, "", "", reason="no_table")
    named = _name_examples(pl.col("source"), missed)
    return judge_partition(
        subjects.height - missed.height,
        subjects.height,
        f"{subjects.height} 份表格完整的报告中有 {missed.height} 份未能全部读出：{named}",
        f"{missed.height} of {subjects.height} reports whose tables are whole were not read in full: {named}",
    )


def check_no_regression(batch: Batch, _terms: NoTerms, _tolerance: float) -> Verdicts:
    """Subjects: agency-years accepted in the last good tables and present again. Held when an accepted report of it is still there.

    Present again: its agency is in this partition, or a file it was read from is (in the whole scan, when `sightings` is given: a file
    whose year can no longer be read leaves the partition).
    """
    if batch.last_good is None:
        return judge_partition(0, 0, "", "", reason="no_last_good")
    outcomes, reports = batch.outcomes, batch.reports
    before = batch.last_good["reports"].filter(pl.col("status") == "accepted").with_columns(subject=subject_id())
    sources = (
        before.select("subject", "document_id")
        .join(batch.last_good["outcomes"].select("document_id", "source"), on="document_id", how="inner")
        .select("subject", "source")
    )
    agencies = before.select("subject", "agency_id").unique()
    scanned = batch.tables["sightings"].select("source") if "sightings" in batch.tables else outcomes.select("source")
    accepted = outcomes.filter(pl.col("status") == "accepted")
    known = reports.filter(pl.col("agency_id").is_not_null())
    again = pl.concat(
        [
            agencies.join(known, on="agency_id", how="semi").select("subject"),
            sources.join(scanned, on="source", how="semi").select("subject"),
        ]
    ).unique()
    held = pl.concat(
        [
            agencies.join(known.filter(pl.col("status") == "accepted"), on="agency_id", how="semi").select("subject"),
            sources.join(accepted, on="source", how="semi").select("subject"),
        ]
    ).unique()
    lost = again.join(held, on="subject", how="anti").join(
        sources.group_by("subject").agg(pl.col("source").min()), on="subject", how="left"
    )
    if again.height == 0:
        return judge_partition(0, 0, "", "", reason="nothing_in_common_with_last_good")
    named = _name_examples(pl.col("source").fill_null(pl.col("subject")), lost.sort("source", "subject", nulls_last=True))
    return judge_partition(
        again.height - lost.height,
        again.height,
        f"上次可读的 {again.height} 份报告中有 {lost.height} 份这次不再可读：{named}",
        f"{lost.height} of {again.height} reports that were read in full last time no longer are: {named}",
    )


def check_sound(batch: Batch, terms: SoundTerms, _tolerance: float) -> Verdicts:
    """Subjects: agency-years to which one of the rules applied. Held when none of the rules fails, whichever they are."""
    found = [batch.verdicts[rule] for rule in terms.rules]
    applied = pl.concat([verdicts.summary.filter(pl.col("reason").is_null()).select("document_id") for verdicts in found]).unique()
    failed = pl.concat([verdicts.failures.select("document_id") for verdicts in found]).unique().with_columns(failed=pl.lit(value=True))
    subjects = (
        batch.reports.join(applied, on="document_id", how="semi")
        .join(failed, on="document_id", how="left")
        .with_columns(subject=subject_id())
        .group_by("subject")
        .agg(pl.col("failed").any(), pl.col("document_id").min())
    )
    if subjects.height == 0:
        return judge_partition(0, 0, "", "", reason="no_table")
    unsound = subjects.filter("failed").join(batch.first_sources, on="document_id", how="left").sort("source", nulls_last=True)
    named = _name_examples(pl.col("source"), unsound)
    return judge_partition(
        subjects.height - unsound.height,
        subjects.height,
        f"{subjects.height} 份报告中有 {unsound.height} 份至少一处合计不符：{named}",
        f"{unsound.height} of {subjects.height} reports have a sum that does not hold: {named}",
    )


def subject_id() -> pl.Expr:
    """What a gate counts: the agency-year, so that four renderings of one report count once; else the document."""
    return (
        pl.when(pl.col("agency_id").is_not_null() & pl.col("report_year").is_not_null())
        .then(pl.format("{}@{}", "agency_id", "report_year"))
        .otherwise("document_id")
    )


def _name_examples(label: pl.Expr, frame: pl.DataFrame) -> str:
    named = frame.head(_EXAMPLES).select(label.alias("label"))["label"].cast(pl.String).fill_null("?").to_list()
    return ", ".join(named) + (", …" if frame.height > _EXAMPLES else "")
