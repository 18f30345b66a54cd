"""What `nianbao build` says at its end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.tables import STATUSES
from orchestration.cli.consoles import print_plain
from orchestration.cli.languages import Language

if TYPE_CHECKING:
    from orchestration.building import BuildSummary
    from orchestration.history.journals import Event
    from orchestration.manifests import Example, RuleEntry

_SHOWN = 8
"""Rules and issues in the summary; the rest is in the marts."""


def print_summary(summary: "BuildSummary", language: Language, reports: Sequence[Path] | None) -> None:
    """The summary, on standard output."""
    for line in write_summary(summary, language, reports):
        print_plain(line)


def write_summary(summary: "BuildSummary", language: Language, reports: Sequence[Path] | None) -> Iterator[str]:
    """Lines for people: inputs, gates, findings, marts, places, and the next command. `reports`: what was read; None: nothing was."""
    if summary.is_unchanged:
        yield "Nothing new: the publication is up to date." if summary.rollback is None else "Nothing new: the publication put back stays."
        yield ""
    yield from _write_inputs(summary, reports)
    yield from _write_gates(summary, language)
    yield from _write_findings(summary, language)
    if summary.decisions:
        yield f"Decisions  {', '.join(f'{count} {status}' for status, count in summary.decisions.items())} (table fct_decisions)"
    yield from _write_marts(summary)
    yield from _write_places(summary)
    yield from _write_next(summary)


def _write_inputs(summary: "BuildSummary", reports: Sequence[Path] | None) -> Iterator[str]:
    place = " of the latest good tables" if reports is None else f" under {', '.join(map(str, reports))}"
    statuses = Counter(summary.statuses)  # a status without an input is absent
    counts = ", ".join(f"{statuses[status]} {status}" for status in STATUSES)
    yield f"Inputs     {summary.inputs}{place}: {counts}"
    for issue, count in summary.issues.items():
        yield f"           {count:>6} {issue}"


def _write_gates(summary: "BuildSummary", language: Language) -> Iterator[str]:
    marts = f"{len(summary.marts_gate)} marts and drift rules" if summary.marts_gate else "marts not reached"
    judged = [partition for partition, manifest in summary.partitions.items() if manifest.rules]
    yield f"Gates      {len(judged)} report years and {marts}: {summary.rules_passed} results passed, {summary.rules_failed} failed"
    for rule in summary.raw_gate:
        if rule.is_blocking:
            yield "  BLOCKED  raw: the earlier inputs stay"
            yield from _write_rule(rule, "raw", language)
    for partition, rules in summary.blocked.items():
        yield f"  BLOCKED  {partition}: its last good tables stay"
        for rule in rules:
            yield from _write_rule(rule, partition, language)
    blocking = [rule for rule in summary.marts_gate if rule.is_blocking]
    if blocking:
        yield "  BLOCKED  marts: the earlier publication stays"
        for rule in blocking:
            yield from _write_rule(rule, "marts", language)
    yield from _list_tolerated(summary)


def _list_tolerated(summary: "BuildSummary") -> Iterator[str]:
    """Results over their threshold that stop nothing."""
    years = {partition: manifest.rules for partition, manifest in summary.partitions.items()}
    judged = {"raw": summary.raw_gate, **years, "marts": summary.marts_gate}
    for partition, rules in judged.items():
        for rule in rules:
            if rule.verdict == "failed" and not rule.is_blocking:
                yield f"           {partition}: {rule.rule_id} failed, {rule.failed} of {rule.applicable}; it does not block"


def _write_rule(rule: "RuleEntry", partition: str, language: Language) -> Iterator[str]:
    title = rule.title_zh if language == "zh" else rule.title_en
    yield f"           {rule.rule_id} {rule.verdict}: {title}"
    yield f"             {rule.failed} of {rule.applicable} failed, {rule.allowed} allowed" + (f"; {rule.reason}" if rule.reason else "")
    for example in rule.worst:
        yield f"             {_write_example(example, partition, language)}"


def _write_example(example: "Example", partition: str, language: Language) -> str:
    """`file:line: message`; the partition in the place of the file when the rule judges the whole of it."""
    place = ":".join(str(part) for part in (example.source, example.line) if part is not None)
    message = example.message_zh if language == "zh" else example.message_en
    return f"{place or partition}: {message}"


def _write_findings(summary: "BuildSummary", language: Language) -> Iterator[str]:
    findings = summary.findings
    yield f"Findings   {sum(findings.values())} by {len(findings)} rules"
    examples = {
        entry.rule_id: _write_example(entry.worst[0], partition, language)
        for partition, manifest in summary.partitions.items()
        for entry in manifest.rules
        if entry.worst
    }
    for rule_id, count in list(findings.items())[:_SHOWN]:
        yield f"           {count:>6} {rule_id}" + (f"  {examples[rule_id]}" if rule_id in examples else "")
    if len(findings) > _SHOWN:
        yield f"           and {len(findings) - _SHOWN} more rules"


def _write_marts(summary: "BuildSummary") -> Iterator[str]:
    if summary.publication is None:
        yield "Marts      nothing is published yet"
        return
    state = "of these inputs" if summary.is_published else "AN EARLIER ONE, not of these inputs"
    yield f"Marts      publication {summary.publication.version}, {state}"
    if summary.rollback is not None:
        yield f"           PUT BACK {describe_rollback(summary.rollback)}"
        yield f"           new inputs publish anew; without them: nianbao rollback {summary.rollback.before}"
    for name, rows in summary.mart_rows.items():
        yield f"           {rows:>10,} rows  {name}"


def describe_rollback(event: "Event") -> str:
    """Instead of which publication, when, by whom and why."""
    by = f" by {event.by}" if event.by is not None else ""
    return f"instead of {event.before}, {event.at:%Y-%m-%d %H:%M} UTC{by}: {event.reason}"


def _write_places(summary: "BuildSummary") -> Iterator[str]:
    paths = summary.paths
    places = {
        "DuckDB": paths.published / "current" / "nianbao.duckdb",
        "Parquet": paths.published / "current",
        "staging": paths.staging,
        "gates": paths.gates,
    }
    yield "Where"
    for name, place in places.items():
        yield f"           {name:<8} {place}"


def _write_next(summary: "BuildSummary") -> Iterator[str]:
    if summary.is_blocked:
        source = next(
            (
                example.source
                for rules in summary.blocked.values()
                for rule in rules
                for example in rule.worst
                if example.source is not None
            ),
            None,
        )
        drift = [rule.rule_id for rule in summary.marts_gate if rule.is_blocking and rule.rule_id.startswith("drift.")]
        yield f"Next       see docs/runbook.md, “A gate blocked”{f'; the worst file: {source}' if source is not None else ''}"
        if drift:
            yield f"           if all of it is meant: nianbao build {' '.join(f'--accept-drift {rule}' for rule in drift)}"
        return
    yield "Next       nianbao ui      the asset graph, runs and checks in a browser"
    yield "           nianbao docs    Data Docs of the gates, rule book, data dictionary"
