"""Runs the rules over a partition and writes what they found as FINDINGS."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from expectations.catalogue import Catalogue, Rule
from expectations.checks import KINDS
from expectations.checks.arithmetic import decide_causes
from expectations.checks.verdicts import Batch, Verdicts
from expectations.decisions.applying import select_applied
from ingest.tables import FINDINGS, STAGING_SORT_KEYS, conform, empty

Tables = Mapping[str, pl.DataFrame]


def compute_findings(
    tables: Tables,
    catalogue: Catalogue,
    *,
    previous: Tables | None = None,
    last_good: Tables | None = None,
    report_year: int | None,
    excluded: Collection[str] = (),
) -> pl.DataFrame:
    """FINDINGS of a partition: every rule of scope report and partition, judged over all documents at once.

    `tables`: outcomes, reports, cells, sections, mentions of a partition; with `sightings` (RAW_SIGHTINGS of the latest scan) conservation
    is checked against the inputs themselves and a file that left the partition is noticed. `previous`: the tables of the year before;
    `last_good`: those that are published now. `report_year`: null for the partition `unknown`.
    `excluded`: documents that people keep out of the marts, so that they are no other report's duplicate.

    A report rule gives, per document, one row per failed subject, or one row `passed` or `not_applicable`. A partition rule gives one row
    without a document: lhs of rhs members hold. A rule whose function raises gives one row `errored` with the reason.
    """
    batch = Batch(tables=tables, report_year=report_year, previous=previous, last_good=last_good, excluded=frozenset(excluded))
    return judge_rules(batch, (*catalogue.of_scope("report"), *catalogue.of_scope("partition")))


def judge_rules(batch: Batch, rules: Sequence[Rule]) -> pl.DataFrame:
    """FINDINGS of the given rules over one batch, in the declared order."""
    judged: list[tuple[Rule, Verdicts]] = []
    frames: list[pl.DataFrame] = []
    for rule in rules:
        try:
            verdicts = KINDS[rule.kind].check(batch, rule.terms, rule.tolerance)
            batch.verdicts[rule.id] = verdicts
            judged.append((rule, verdicts))
        except Exception as error:  # noqa: BLE001 any failure of a rule becomes its verdict, so that the others still run
            frames.append(_errored(rule, batch, error))
    if judged:
        frames.append(_write_rules(_settle_causes(judged), batch))
    if not frames:
        return empty(FINDINGS)
    return conform(pl.concat(frames), FINDINGS).sort(*STAGING_SORT_KEYS["findings"], maintain_order=True)


def select_published(tables: Tables, catalogue: Catalogue, decisions: pl.DataFrame) -> pl.DataFrame:
    """The REPORTS rows that belong in the marts: of a known agency and year, accepted, failing no rule that quarantines.

    `decisions` (DECISIONS): an accepted document belongs there all the same, an excluded one does not, an accepted rule keeps nothing out.
    """
    waived = decisions.filter((pl.col("status") == "applied") & pl.col("rule_id").is_not_null()).select("document_id", "rule_id")
    quarantined = tables["findings"].filter(
        (pl.col("verdict") == "failed") & pl.col("rule_id").is_in(catalogue.quarantining) & pl.col("document_id").is_not_null()
    )
    kept_out = quarantined.join(waived, on=["document_id", "rule_id"], how="anti")["document_id"].unique()
    is_let_in = pl.col("document_id").is_in(select_applied(decisions, "accept")["document_id"].to_list())
    is_good = (pl.col("status") == "accepted") & ~pl.col("document_id").is_in(kept_out.to_list())
    return tables["reports"].filter(
        pl.col("agency_id").is_not_null()
        & pl.col("report_year").is_not_null()
        & (is_good | is_let_in)
        & ~pl.col("document_id").is_in(select_applied(decisions, "exclude")["document_id"].to_list())
    )


def _settle_causes(judged: list[tuple[Rule, Verdicts]]) -> list[tuple[Rule, Verdicts]]:
    """Whether values placed by order are misplaced shows only over all identities of a report together.

    A rule of another kind follows them: where a sum of its table shows misplaced values, a misreading is suspected; where every sum that
    could be judged holds, or breaks by one misprint, the agency's slip; without a sum, unknown.
    """
    arithmetic = [(rule, found) for rule, found in judged if rule.kind in ("balance", "row_total", "column_total")]
    if not any(found.failures["is_ordered"].any() for _, found in judged):
        return judged
    if not arithmetic:
        unsummed = pl.DataFrame(schema={"document_id": pl.String, "table": pl.String})
        return [(rule, Verdicts(_follow_sums(found.failures, unsummed, unsummed), found.summary)) for rule, found in judged]
    tagged = pl.concat(found.failures.with_columns(rule_id=pl.lit(rule.id)) for rule, found in arithmetic)
    settled = decide_causes(tagged)
    ids = {rule.id for rule, _ in arithmetic}
    by_cause = {cause: settled.filter(pl.col("cause") == cause).select("document_id", "table").unique() for cause in ("parse", "unknown")}
    misplaced = by_cause["parse"]
    summed = pl.concat(
        found.summary.filter(pl.col("reason").is_null()).select("document_id", table=pl.lit(getattr(rule.terms, "table")))  # noqa: B009
        for rule, found in arithmetic
    ).unique()
    summed = summed.join(by_cause["unknown"], on=["document_id", "table"], how="anti")
    return [
        (rule, Verdicts(settled.filter(pl.col("rule_id") == rule.id).drop("rule_id"), found.summary))
        if rule.id in ids
        else (rule, Verdicts(_follow_sums(found.failures, misplaced, summed), found.summary))
        for rule, found in judged
    ]


def _follow_sums(failures: pl.DataFrame, misplaced: pl.DataFrame, summed: pl.DataFrame) -> pl.DataFrame:
    """`failures` with `cause` filled where operands were placed by order."""
    if not failures["is_ordered"].any():
        return failures
    key = ["document_id", "table"]
    marked = failures.join(misplaced.with_columns(is_misplaced=pl.lit(value=True)), on=key, how="left", maintain_order="left").join(
        summed.with_columns(is_summed=pl.lit(value=True)), on=key, how="left", maintain_order="left"
    )
    decided = pl.when("is_misplaced").then(pl.lit("parse")).when("is_summed").then(pl.lit("source")).otherwise(pl.lit("unknown"))
    cause = pl.when("is_ordered").then(decided).otherwise(pl.col("cause").cast(pl.String)).cast(failures.schema["cause"])
    return marked.with_columns(cause=cause).select(failures.columns)


def _write_rules(judged: list[tuple[Rule, Verdicts]], batch: Batch) -> pl.DataFrame:
    """FINDINGS of all rules at once: joined one by one they take as long as the rules themselves."""
    numbered = [(pl.lit(number, dtype=pl.UInt16).alias("rule"), verdicts) for number, (_, verdicts) in enumerate(judged)]
    failures = pl.concat([verdicts.failures.with_columns(number) for number, verdicts in numbered])
    summaries = pl.concat([verdicts.summary.with_columns(number) for number, verdicts in numbered])
    rules = pl.DataFrame(
        [(number, rule.id, rule.version, rule.severity, rule.scope == "report") for number, (rule, _) in enumerate(judged)],
        schema={"rule": pl.UInt16, "rule_id": pl.String, "rule_version": pl.Int16, "severity": pl.String, "is_of_report": pl.Boolean},
        orient="row",
    )
    failed = failures.drop("is_ordered").with_columns(
        verdict=pl.lit("failed"), residual=pl.col("lhs") - pl.col("rhs"), reason=pl.lit(None, dtype=pl.String)
    )
    # A partition rule that holds still says of how many members.
    members = pl.when(~pl.col("is_of_report")).then(pl.col("assessed_count").cast(pl.Float64))
    others = (
        summaries.join(failures.select("rule", "document_id").unique(), on=["rule", "document_id"], how="anti", nulls_equal=True)
        .join(rules.select("rule", "is_of_report"), on="rule", how="left")
        .with_columns(
            verdict=pl.when(pl.col("reason").is_null()).then(pl.lit("passed")).otherwise(pl.lit("not_applicable")), lhs=members, rhs=members
        )
        .drop("assessed_count", "is_of_report")
    )
    rows = pl.concat([failed, others], how="diagonal_relaxed")
    return _stamp(rows.join(rules.drop("is_of_report"), on="rule", how="left", maintain_order="left").drop("rule"), batch)


def _errored(rule: Rule, batch: Batch, error: Exception) -> pl.DataFrame:
    reason = f"{type(error).__name__}: {error}"
    row = pl.DataFrame(
        {
            "document_id": [None],
            "verdict": ["errored"],
            "reason": [reason],
            "message_zh": [f"规则 {rule.id} 未能运行：{reason}"],
            "message_en": [f"rule {rule.id} could not be run: {reason}"],
        },
        schema_overrides={"document_id": pl.String},
    )
    named = {"rule_id": pl.lit(rule.id), "rule_version": pl.lit(rule.version), "severity": pl.lit(rule.severity)}
    return _stamp(row.with_columns(**named), batch)


def _stamp(rows: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """The columns that follow from the document."""
    documents = (
        batch.reports.select("document_id", "report_year", "agency_id")
        .unique("document_id", keep="first", maintain_order=True)
        .join(batch.first_sources, on="document_id", how="left")
    )
    year = pl.lit(batch.report_year, dtype=pl.Int16)
    stamped = rows.join(documents, on="document_id", how="left", maintain_order="left").with_columns(
        report_year=pl.when(pl.col("document_id").is_null()).then(year).otherwise("report_year"),
    )
    return conform(stamped, FINDINGS)
