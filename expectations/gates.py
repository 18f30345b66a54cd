"""Decides whether a scan, a partition or the marts may take the place of what is there: failures against thresholds, in Great Expectations.

Subjects are agency-years, so that several renderings of one report count once; a report of no known agency counts by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import polars as pl

from expectations.catalogue import Catalogue, Rule
from expectations.checks.corpus import subject_id
from expectations.checks.drift import GONE_FILE, list_gone
from expectations.checks.verdicts import Batch, Scans
from expectations.findings import judge_rules, select_published
from expectations.suites import Threshold, run_suite
from ingest.errors import RuleError
from ingest.tables import FINDINGS, OUTCOMES, REPORTS, conform, empty

Tables = Mapping[str, pl.DataFrame]
Verdict = Literal["passed", "failed", "not_applicable", "errored"]

_WORST = 3
_NO_REPORTS = {"outcomes": empty(OUTCOMES), "reports": empty(REPORTS)}
"""For rules that judge no single report."""


@dataclass(frozen=True)
class WorstExample:
    """One failing subject, for people."""

    source: str | None
    line: int | None
    message_zh: str | None
    message_en: str | None


@dataclass(frozen=True)
class RuleResult:
    """One rule at a gate. `reason`: why it did not apply, errored, or failed without a failing subject."""

    rule_id: str
    rule_version: int
    title_zh: str
    title_en: str
    severity: Literal["error", "warning", "info"]
    verdict: Verdict
    blocks: bool
    applicable_count: int
    failed_count: int
    allowed_count: int
    worst: tuple[WorstExample, ...]
    reason: str | None
    is_accepted: bool = False
    """Somebody said beforehand that this failure is meant."""

    @property
    def is_blocking(self) -> bool:
        """Whether this result keeps the tables from being published. A rule that could not be run always does."""
        return self.verdict == "errored" or (self.verdict == "failed" and self.blocks and not self.is_accepted)


@dataclass(frozen=True)
class GateReport:
    """What a gate decided; `validation_path` is the kept result of Great Expectations."""

    name: str
    results: tuple[RuleResult, ...]
    validation_path: Path

    @property
    def is_blocked(self) -> bool:
        """Whether the tables must not be published."""
        return any(result.is_blocking for result in self.results)

    @property
    def blocking(self) -> tuple[RuleResult, ...]:
        """The results that block."""
        return tuple(result for result in self.results if result.is_blocking)


def audit_scan(
    scanned: pl.DataFrame, sightings: pl.DataFrame, stored: pl.DataFrame, catalogue: Catalogue, *, results_dir: Path
) -> GateReport:
    """The gate of a scan, before its sightings replace the earlier ones.

    `scanned`: source of every input that the scan gave; `sightings`: RAW_SIGHTINGS; `stored`: document_id, issue of the stored documents.
    Keeps the result as `raw.json` under `results_dir`.
    """
    batch = Batch(tables={**_NO_REPORTS, "scanned": scanned, "sightings": sightings, "stored": stored}, report_year=None)
    rules = catalogue.of_scope("raw")
    return _audit("raw", judge_rules(batch, rules), rules, 0, results_dir)


def audit_partition(
    tables: Tables, catalogue: Catalogue, *, report_year: int | None, results_dir: Path, accepted_failures: pl.DataFrame | None = None
) -> GateReport:
    """The gate of one partition. `tables`: its staging tables with `findings`; year null: the partition `unknown`.

    `accepted_failures`: document_id, rule_id of findings that people let stand; they count as held.
    Keeps the result as `staging-<year>.json` under `results_dir`.
    """
    rules = (*catalogue.of_scope("report"), *catalogue.of_scope("partition"))
    accepted = tables["reports"].filter(pl.col("status") == "accepted").height
    name = f"staging-{'unknown' if report_year is None else report_year}"
    findings = tables["findings"]
    if accepted_failures is not None and not accepted_failures.is_empty():
        marked = accepted_failures.with_columns(is_accepted=pl.lit(value=True))
        joined = findings.join(marked, on=["document_id", "rule_id"], how="left", maintain_order="left")
        stands = pl.col("is_accepted").fill_null(value=False) & (pl.col("verdict") == "failed")
        verdict = pl.when(stands).then(pl.lit("passed")).otherwise(pl.col("verdict").cast(pl.String))
        findings = conform(joined.with_columns(verdict=verdict).drop("is_accepted"), FINDINGS)
    return _audit(name, findings, rules, accepted, results_dir)


def audit_marts(marts: Scans, staged: Scans, catalogue: Catalogue, *, results_dir: Path) -> GateReport:
    """The gate of the marts. `staged`: the staging snapshot they were built from (outcomes, reports, cells, findings), all years, and
    the decisions (DECISIONS) that were applied.

    Keeps the result as `marts.json` under `results_dir`.
    """
    tables = {name: staged[name].collect() for name in ("outcomes", "reports", "decisions")}
    is_quarantining = (pl.col("verdict") == "failed") & pl.col("rule_id").is_in(catalogue.quarantining)
    quarantining = staged["findings"].filter(is_quarantining).collect(engine="streaming")
    published = select_published({**tables, "findings": quarantining}, catalogue, tables["decisions"])
    batch = Batch(tables={**tables, "published": published}, report_year=None, marts=marts, staged_cells=staged["cells"])
    rules = catalogue.of_scope("marts")
    return _audit("marts", judge_rules(batch, rules), rules, published.height, results_dir)


def audit_drift(
    marts: Scans,
    published: Scans | None,
    outcomes: pl.DataFrame,
    catalogue: Catalogue,
    *,
    decisions: pl.DataFrame,
    results_dir: Path,
    accepted: Collection[str] = (),
) -> GateReport:
    """The gate between two publications: the marts to be published against those that are.

    `published`: mart_agency_years, fct_reports and mart_quality of the current publication, None before the first: then nothing applies.
    `outcomes`: OUTCOMES of all years; `decisions`: DECISIONS. `accepted`: ids of rules whose failure is meant this time; RuleError
    for one that is no drift rule.
    Keeps the result as `drift.json` under `results_dir`, and beside it the list of all agency-years that are gone.
    """
    check_accepted(accepted, catalogue)
    rules = catalogue.of_scope("drift")
    batch = Batch(tables={**_NO_REPORTS, "outcomes": outcomes, "decisions": decisions}, report_year=None, marts=marts, published=published)
    report = _audit("drift", judge_rules(batch, rules), rules, 0, results_dir)
    gone = list_gone(batch)
    path = results_dir / GONE_FILE
    if gone.is_empty():
        path.unlink(missing_ok=True)
    else:
        gone.write_csv(path)
    results = tuple(
        replace(result, is_accepted=True, reason="accepted for this run")
        if result.rule_id in accepted and result.verdict == "failed"
        else result
        for result in report.results
    )
    return replace(report, results=results)


def check_accepted(accepted: Collection[str], catalogue: Catalogue) -> None:
    """RuleError, naming the known ones, when one of these is no drift rule: only a change since the last publication can be meant."""
    known = [rule.id for rule in catalogue.of_scope("drift")]
    unknown = sorted(set(accepted) - set(known))
    if unknown:
        raise RuleError(f"no drift rule is named {', '.join(unknown)}; known: {', '.join(known)}")


def _audit(name: str, findings: pl.DataFrame, rules: Sequence[Rule], accepted: int, results_dir: Path) -> GateReport:
    parts = findings.partition_by("rule_id", as_dict=True)
    found = {rule.id: parts.get((rule.id,), findings.clear()) for rule in rules}
    subjects = pl.concat([_list_subjects(found[rule.id], rule) for rule in rules])
    counts = {
        rule_id: (applicable, failed)
        for rule_id, applicable, failed in subjects.group_by("rule").agg(pl.col("members").sum(), pl.col("failed").sum()).iter_rows()
    }
    # A rule without subjects has no row in `counts`: it applied to none.
    tallies = {rule.id: counts.get(rule.id, (0, 0)) for rule in rules}
    thresholds = [
        Threshold(
            rule_id=rule.id,
            rule_version=rule.version,
            title=f"{rule.title_zh} {rule.title_en}",
            severity=rule.severity,
            is_counted=rule.scope != "report",
            applicable=tallies[rule.id][0],
            allowed=rule.gate.allowed(tallies[rule.id][0]),
        )
        for rule in rules
        if tallies[rule.id][0] or _must_apply(rule, accepted)
    ]
    checked, path = run_suite(name, subjects, thresholds, results_dir)
    by_rule = {check.rule_id: check for check in checked}
    results = []
    for rule in rules:
        applicable, failed = tallies[rule.id]
        errors = found[rule.id].filter(pl.col("verdict") == "errored")["reason"].to_list()
        check = by_rule.get(rule.id)  # None: nothing to check, the rule applied to nothing and need not have
        reason: str | None
        verdict: Verdict
        if errors:
            verdict, reason = "errored", errors[0]
        elif check is None:
            verdict, reason = "not_applicable", _say_why_not(found[rule.id])
        elif check.error is not None:
            verdict, reason = "errored", f"Great Expectations: {check.error}"
        elif check.failed_count != failed:
            verdict, reason = "errored", f"Great Expectations counted {check.failed_count} failures, the findings have {failed}"
        elif check.is_met:
            verdict, reason = "passed", None
        else:
            verdict, reason = "failed", None if applicable else f"applied to nothing among {accepted} accepted reports"
        results.append(
            RuleResult(
                rule_id=rule.id,
                rule_version=rule.version,
                title_zh=rule.title_zh,
                title_en=rule.title_en,
                severity=rule.severity,
                verdict=verdict,
                blocks=rule.gate.blocks,
                applicable_count=applicable,
                failed_count=failed,
                allowed_count=rule.gate.allowed(applicable),
                worst=_pick_worst(found[rule.id]),
                reason=reason,
            )
        )
    return GateReport(name, tuple(results), path)


def _must_apply(rule: Rule, accepted: int) -> bool:
    return rule.gate.min_applicable is not None and accepted > rule.gate.min_applicable


def _list_subjects(findings: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """rule, subject, members, failed of a rule's findings: one row per subject that it applied to, with 0 or 1; of a rule that judges a
    partition or the marts as a whole one row for all its members, with the number of those that fail."""
    judged = findings.filter(pl.col("verdict").is_in(["passed", "failed"]))
    if rule.scope == "report":
        failed = (pl.col("verdict") == "failed").any()
        listed = judged.with_columns(subject=subject_id()).group_by("subject").agg(failed.alias("failed"), members=pl.lit(1))
    else:
        # One finding stands for `rhs` members of which `lhs` hold.
        total = judged.select(subject=pl.lit("all"), failed=(pl.col("rhs") - pl.col("lhs")).sum(), members=pl.col("rhs").sum())
        listed = total.head(1).filter(pl.col("members") > 0)
    return listed.select(pl.lit(rule.id).alias("rule"), "subject", pl.col("members", "failed").cast(pl.Int64)).sort("subject")


def _say_why_not(findings: pl.DataFrame) -> str:
    """The most frequent reason why the rule of these findings did not apply."""
    reasons = findings.filter(pl.col("reason").is_not_null()).group_by("reason").len().sort("len", "reason", descending=[True, False])
    return str(reasons["reason"][0]) if reasons.height else "no_reports"


def _pick_worst(findings: pl.DataFrame) -> tuple[WorstExample, ...]:
    """The failures with the largest residual, one per document."""
    failed = (
        findings.filter(pl.col("verdict") == "failed")
        .sort(pl.col("residual").abs(), "source", "line", descending=[True, False, False], nulls_last=True)
        .unique("document_id", keep="first", maintain_order=True)
        .head(_WORST)
    )
    return tuple(WorstExample(row["source"], row["line"], row["message_zh"], row["message_en"]) for row in failed.iter_rows(named=True))
