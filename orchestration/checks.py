"""Rules as Dagster asset checks: one per rule and gate, named after the rule, blocking when the rule blocks."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

import dagster as dg

from expectations.catalogue import Catalogue, Rule
from expectations.checks.verdicts import Scope
from expectations.data_docs import find_page
from orchestration.charts import build_table
from orchestration.manifests import RuleEntry

Gate = Literal["raw", "staging", "marts"]

RAW_KEY: Final = dg.AssetKey(["raw", "documents"])
FINDINGS_KEY: Final = dg.AssetKey(["staging", "findings"])
PUBLISHED_KEY: Final = dg.AssetKey(["published"])
_GATES: Final[dict[Gate, tuple[dg.AssetKey, frozenset[Scope]]]] = {
    "raw": (RAW_KEY, frozenset({"raw"})),
    "staging": (FINDINGS_KEY, frozenset({"report", "partition"})),
    "marts": (PUBLISHED_KEY, frozenset({"marts", "drift"})),
}
"""Gate → the asset that it guards, and the scopes of the rules that it judges."""
_BAD: Final = frozenset({"failed", "errored"})


def name_check(rule_id: str) -> str:
    """The check of a rule; Dagster allows no dot in a name."""
    return rule_id.replace(".", "__")


def build_check_specs(catalogue: Catalogue, gate: Gate) -> list[dg.AssetCheckSpec]:
    """The checks of the gate in front of the sightings, of staging or of the publication."""
    key, _ = _GATES[gate]
    return [
        dg.AssetCheckSpec(
            name_check(rule.id),
            asset=key,
            blocking=rule.gate.blocks,
            description=f"{rule.title_en} · {rule.title_zh}\n\n{rule.formula}\n\nSource: {rule.source}",
            metadata={"rule": rule.id, "version": rule.version, "threshold": _describe_threshold(rule)},
        )
        for rule in select_rules(catalogue, gate)
    ]


def select_rules(catalogue: Catalogue, gate: Gate) -> list[Rule]:
    """The rules that the gate judges, by id."""
    _, scopes = _GATES[gate]
    return [rule for rule in catalogue.rules if rule.scope in scopes]


def build_check_results(
    rules: Sequence[Rule], entries: Sequence[tuple[str, RuleEntry]], gate: Gate, results_dir: Path | None = None
) -> Iterator[dg.AssetCheckResult]:
    """One result per rule from (partition, entry) pairs, worst first. A rule without any entry was not audited, and the result says so.

    `results_dir`: where the gates keep their results; the Data Docs page of the worst partition is named, too.
    """
    key, _ = _GATES[gate]
    by_rule: dict[str, list[tuple[str, RuleEntry]]] = {rule.id: [] for rule in rules}
    for partition, entry in entries:
        if entry.rule_id in by_rule:
            by_rule[entry.rule_id].append((partition, entry))
    for rule in rules:
        found = sorted(by_rule[rule.id], key=lambda pair: (pair[1].verdict not in _BAD, -pair[1].failed, pair[0]))
        bad = [pair for pair in found if pair[1].verdict in _BAD]
        examples = [f"- {partition}: {example.describe()}" for partition, entry in found for example in entry.worst][:10]
        reasons = [f"- {partition}: {entry.reason}" for partition, entry in found if entry.reason]
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=name_check(rule.id),
            passed=not bad,
            severity=dg.AssetCheckSeverity.ERROR if any(entry.is_blocking for _, entry in found) else dg.AssetCheckSeverity.WARN,
            description=_describe_result(bad, found),
            metadata={
                "verdict": bad[0][1].verdict if bad else _summarise_verdict(found),
                "applicable": sum(entry.applicable for _, entry in found),
                "failed": sum(entry.failed for _, entry in found),
                "threshold": _describe_threshold(rule),
                "partitions": dg.MetadataValue.md(
                    build_table(
                        ["partition", "verdict", "applicable", "failed", "allowed"],
                        [[partition, entry.verdict, entry.applicable, entry.failed, entry.allowed] for partition, entry in found],
                    )
                ),
                "worst examples": dg.MetadataValue.md("\n".join(examples) or "none"),
                "reasons": dg.MetadataValue.md("\n".join(reasons) or "none"),
                **({} if results_dir is None or not found else _name_pages(results_dir, gate, found[0][0])),
            },
        )


def _name_pages(results_dir: Path, gate: Gate, partition: str) -> dict[str, dg.MetadataValue[str]]:
    page = find_page(results_dir, f"{gate}-{partition}" if gate == "staging" else partition)
    return {"data docs": dg.MetadataValue.path(str(page)), "data docs in a browser": dg.MetadataValue.url(page.as_uri())}


def _describe_threshold(rule: Rule) -> str:
    return f"at most {rule.gate.allowed_count} or {rule.gate.allowed_share:.2%} of the subjects may fail: {rule.gate.reason}"


def _summarise_verdict(found: Sequence[tuple[str, RuleEntry]]) -> str:
    verdicts = {entry.verdict for _, entry in found}
    return "passed" if "passed" in verdicts else "not_applicable" if verdicts else "nothing to audit"


def _describe_result(bad: Sequence[tuple[str, RuleEntry]], found: Sequence[tuple[str, RuleEntry]]) -> str:
    if bad:
        return "; ".join(
            f"{partition}: {entry.verdict}, {entry.failed} of {entry.applicable}, {entry.allowed} allowed" for partition, entry in bad
        )
    return f"{_summarise_verdict(found)}: {sum(entry.failed for _, entry in found)} of {sum(entry.applicable for _, entry in found)} failed"
