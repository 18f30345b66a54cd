"""Gate results as rows: what is kept of every run, so that quality can be followed over time (mart `fct_gate_results`)."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from expectations.gates import GateReport
from ingest.tables import SEVERITIES, VERDICTS, conform

GATE_RESULTS = pl.Schema(
    {
        "run_id": pl.String(),  # of Dagster
        "judged_at": pl.Datetime("us"),  # UTC
        "scope": pl.Enum(["raw", "staging", "marts", "drift"]),
        "suite": pl.String(),  # of Great Expectations: raw, staging-2023, marts, drift
        "rule_id": pl.String(),
        "rule_version": pl.Int16(),
        "severity": pl.Enum(SEVERITIES),
        "report_year": pl.Int16(),  # null: not of one report year
        "verdict": pl.Enum(VERDICTS),
        "is_blocking": pl.Boolean(),  # this result kept something from being let in
        "is_accepted": pl.Boolean(),  # a drift that somebody said is meant
        "observed_count": pl.Int64(),  # subjects that failed
        "threshold_count": pl.Int64(),  # how many may
        "evaluated_count": pl.Int64(),  # subjects that the rule applied to
        "reason": pl.String(),  # why it did not apply, errored, or failed without a failing subject
        "example_source": pl.String(),
        "example_line": pl.Int32(),
        "example_zh": pl.String(),
        "example_en": pl.String(),
    }
)
"""One row per run, suite and rule. An unchanged report year is not judged again and has no row in that run."""


def tabulate_gate(report: GateReport, run_id: str, judged_at: datetime) -> pl.DataFrame:
    """GATE_RESULTS of one gate, by rule; the example is the worst one. `judged_at`: UTC, without a zone."""
    scope, _, partition = report.name.partition("-")
    rows = []
    for result in report.results:
        worst = result.worst[0] if result.worst else None
        rows.append(
            {
                "run_id": run_id,
                "judged_at": judged_at,
                "scope": scope,
                "suite": report.name,
                "rule_id": result.rule_id,
                "rule_version": result.rule_version,
                "severity": result.severity,
                "report_year": int(partition) if partition.isdecimal() else None,
                "verdict": result.verdict,
                "is_blocking": result.is_blocking,
                "is_accepted": result.is_accepted,
                "observed_count": result.failed_count,
                "threshold_count": result.allowed_count,
                "evaluated_count": result.applicable_count,
                "reason": result.reason,
                "example_source": None if worst is None else worst.source,
                "example_line": None if worst is None else worst.line,
                "example_zh": None if worst is None else worst.message_zh,
                "example_en": None if worst is None else worst.message_en,
            }
        )
    return conform(pl.DataFrame(rows, schema_overrides=GATE_RESULTS, infer_schema_length=None), GATE_RESULTS).sort("rule_id")
