"""Rules as Dagster asset checks: one per rule and gate, named after the rule, blocking when the rule blocks."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import dagster as dg

from expectations.catalogue import Catalogue, Rule
from orchestration.charts import build_table
from orchestration.manifests import RuleEntry

FINDINGS_KEY: Final = dg.AssetKey(["staging", "findings"])
PUBLISHED_KEY: Final = dg.AssetKey(["published"])
_BAD: Final = frozenset({"failed", "errored"})


def name_check(rule_id: str) -> str:
    """The check of a rule; Dagster allows no dot in a name."""
    return rule_id.replace(".", "__")


def build_check_specs(catalogue: Catalogue, gate: Literal["staging", "marts"]) -> list[dg.AssetCheckSpec]:
    """The checks of the gate in front of staging or of the marts."""
    key = FINDINGS_KEY if gate == "staging" else PUBLISHED_KEY
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


def select_rules(catalogue: Catalogue, gate: Literal["staging", "marts"]) -> list[Rule]:
    """The rules that the gate in front of staging (reports and partitions) or of the marts judges."""
    return [rule for rule in catalogue.rules if (rule.scope == "marts") == (gate == "marts")]


def build_check_results(
    rules: Sequence[Rule], entries: Sequence[tuple[str, RuleEntry]], gate: Literal["staging", "marts"]
) -> Iterator[dg.AssetCheckResult]:
    """One result per rule from (partition, entry) pairs, worst first. A rule without any entry was not audited, and the result says so."""
    key = FINDINGS_KEY if gate == "staging" else PUBLISHED_KEY
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
            },
        )


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
