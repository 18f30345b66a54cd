"""Compiles the catalogue's thresholds into a Great Expectations suite, runs it and keeps its results.

Great Expectations takes seconds to import: it is imported inside the functions. pandas is its engine here; the frame it sees is narrow.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

_SEVERITIES = {"error": "critical", "warning": "warning", "info": "info"}


@dataclass(frozen=True)
class Threshold:
    """One expectation: of the `applicable` subjects of `rule_id` at most `allowed` fail. With none applicable, at least one is demanded.

    `is_counted`: the subjects are not listed; one row says how many of them fail.
    """

    rule_id: str
    rule_version: int
    title: str
    severity: str
    applicable: int
    allowed: int
    is_counted: bool = False


@dataclass(frozen=True)
class Checked:
    """What Great Expectations said of one rule. `error`: the exception it raised, null when it came to a verdict."""

    rule_id: str
    is_met: bool
    failed_count: int
    error: str | None


def run_suite(name: str, subjects: pl.DataFrame, thresholds: Sequence[Threshold], results_dir: Path) -> tuple[list[Checked], Path]:
    """Runs one expectation per threshold over `subjects` (rule: String, subject: String, failed: Int64) and keeps the result as JSON.

    Returns one Checked per threshold, in their order, and the path of the kept result.
    """
    result = _validate(name, subjects, thresholds)
    path = results_dir / f"{name}.json"
    results_dir.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".json.tmp")
    partial.write_text(json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    partial.replace(path)
    by_rule = {entry["expectation_config"]["meta"]["rule_id"]: entry for entry in result["results"]}
    return [_read_entry(threshold.rule_id, by_rule) for threshold in thresholds], path


def _validate(name: str, subjects: pl.DataFrame, thresholds: Sequence[Threshold]) -> dict[str, Any]:
    gx = load_gx()
    context = open_context()
    batch = context.data_sources.add_pandas(name="nianbao").add_dataframe_asset(name=name).add_batch_definition_whole_dataframe("subjects")
    suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=[_compile(threshold) for threshold in thresholds]))
    validation = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
    result: Any = validation.run(
        batch_parameters={"dataframe": _spread(subjects).to_pandas()},
        result_format={"result_format": "SUMMARY", "unexpected_index_column_names": ["subject"], "partial_unexpected_count": 20},
    )
    described: dict[str, Any] = result.to_json_dict()
    return described


def _spread(subjects: pl.DataFrame) -> pl.DataFrame:
    """subject, and a column per rule: 0 held, 1 failed (or the number that failed), null where the rule did not apply.

    Great Expectations passes over nulls, so a rule needs no condition on the rows; with one row per rule and subject, each of some
    seven metrics of each rule would first look for the rule's rows among those of all rules.
    """
    spread = subjects.pivot(on="rule", index="subject", values="failed")
    return spread.cast({name: pl.Float64 for name in spread.columns if name != "subject"})  # what pandas makes of numbers with nulls


def load_gx() -> Any:
    """Great Expectations. It imports modules that Python 3.11 deprecates (sre_*); nobody here can act on that warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="module 'sre_", category=DeprecationWarning)
        import great_expectations as gx
    return gx


def open_context(data_docs_sites: dict[str, Any] | None = None) -> Any:
    """A context that lives in memory, draws no progress bars and writes nowhere but to the given sites."""
    gx = load_gx()
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults, ProgressBarsConfig

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        data_docs_sites=data_docs_sites or {},
        progress_bars=ProgressBarsConfig(globally=False),
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _compile(threshold: Threshold) -> Any:
    """The expectation of one rule. A column without values passes silently, so then its being there is demanded instead."""
    gxe = load_gx().expectations
    shared: dict[str, Any] = {
        "column": threshold.rule_id,
        "severity": _SEVERITIES[threshold.severity],
        "meta": {"rule_id": threshold.rule_id, "rule_version": threshold.rule_version},
        "description": _describe(threshold),
    }
    if threshold.applicable == 0:
        return gxe.ExpectColumnToExist(**shared)
    if threshold.is_counted:
        return gxe.ExpectColumnMaxToBeBetween(max_value=threshold.allowed, **shared)
    mostly = (threshold.applicable - min(threshold.allowed, threshold.applicable)) / threshold.applicable
    return gxe.ExpectColumnValuesToBeInSet(value_set=[0], mostly=mostly, **shared)


def _describe(threshold: Threshold) -> str:
    """What Data Docs show of the rule."""
    demand = f"at most {threshold.allowed} of {threshold.applicable} fail" if threshold.applicable else "applies to something"
    return f"{threshold.rule_id} {threshold.title}: {demand}"


def _read_entry(rule_id: str, by_rule: dict[str, Any]) -> Checked:
    if rule_id not in by_rule:
        return Checked(rule_id, is_met=False, failed_count=0, error="Great Expectations gave no result")
    entry = by_rule[rule_id]
    error = _find_exception(entry["exception_info"])
    result = entry["result"]
    # A demanded column, which stands in for a rule that applied to nothing, reports no failing subjects. A count is itself observed.
    failed_count = int(result.get("unexpected_count", result.get("observed_value") or 0))
    return Checked(rule_id, is_met=bool(entry["success"]) and error is None, failed_count=failed_count, error=error)


def _find_exception(info: dict[str, Any]) -> str | None:
    """The message of a raised exception: `exception_info` is one record, or one record per metric."""
    records = [info] if "raised_exception" in info else list(info.values())
    for record in records:
        if record["raised_exception"]:
            return str(record["exception_message"])
    return None
