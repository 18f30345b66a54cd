"""What is wrong now, read from what is stored: manifests, gate results, the publication, the raw documents.

States, not events: looking twice says the same, so a build and Dagster's sensors may both look. What cannot be told now, such as the gate
of tables that are being made again, is `undecided` and stays as it was told last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain, islice, zip_longest
from typing import Final

from expectations.catalogue import load_catalogue
from orchestration.alerting.causes import Alert, Both, RunScope, name_place
from orchestration.manifests import Example, PartitionManifest, RuleEntry, select_blocking
from orchestration.refreshing import is_current, is_of_current_inputs
from orchestration.settings import Settings
from orchestration.storage import Storage
from orchestration.warehousing import read_gate

MARTS: Final = Both("数据集市", "marts")
Memory = dict[str, str]
"""What the next look needs to know of this one, by name."""


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended."""

    scope: RunScope
    error: str | None
    """What it said when it failed for another reason than a gate; None: it succeeded."""
    ended: datetime


@dataclass
class Observation:
    """What one look saw."""

    memory: Memory
    alerts: list[Alert] = field(default_factory=list)
    known: list[Alert] = field(default_factory=list)
    """Remembered, not sent: there before anybody asked to be told, or told already."""
    undecided: set[str] = field(default_factory=set)
    """Keys that this look can say nothing of."""


def observe(
    settings: Settings, storage: Storage, opened: Mapping[str, Alert], memory: Memory, now: datetime, outcome: RunOutcome | None
) -> Observation:
    """Everything that is wrong now. `opened`: the alerts that are not over yet, by key."""
    seen = Observation(dict(memory))
    manifests = storage.read_manifests()
    _see_blocked(seen, storage)
    _see_failures(seen, opened, outcome)
    _see_classes(seen, manifests, opened)
    _see_drifts(seen, storage, manifests, opened)
    _see_stale(seen, settings, storage, now)
    return seen


def describe_rule(place: str, entry: RuleEntry) -> Both:
    """One line of counts for a gate result."""
    reason = f" ({entry.reason})" if entry.reason else ""
    return Both(
        f"{place} · {entry.title_zh}（{entry.rule_id}）：{entry.applicable} 项中 {entry.failed} 项未过，容许 {entry.allowed} 项{reason}",
        f"{place} · {entry.title_en} ({entry.rule_id}): {entry.failed} of {entry.applicable} failed, {entry.allowed} allowed{reason}",
    )


def _see_blocked(seen: Observation, storage: Storage) -> None:
    catalogue = load_catalogue()
    blocked = storage.read_blocked()
    for partition, manifest in blocked.items():
        if is_current(storage, partition, catalogue):
            continue  # the inputs are again those of the last good tables
        if is_of_current_inputs(storage, manifest, catalogue):
            seen.alerts.append(
                _describe_blocked(f"blocked:{partition}", name_place(partition), partition, manifest.blocking, manifest.unread)
            )
        else:
            seen.undecided.add(f"blocked:{partition}")  # changed since; not judged yet
    gate = read_gate(storage.paths)
    if not gate:
        seen.undecided.add("blocked:marts")  # being made
    elif select_blocking(gate):
        seen.alerts.append(_describe_blocked("blocked:marts", MARTS, "marts", select_blocking(gate)))


def _describe_blocked(key: str, place: Both, name: str, rules: tuple[RuleEntry, ...], unread: tuple[Example, ...] = ()) -> Alert:
    """A rule of the whole year names no line; then the inputs that were not accepted do."""
    with_source = [[example for example in entry.worst if example.source is not None] for entry in rules]
    worst = take_turns([*with_source, unread]) or take_turns(entry.worst for entry in rules)
    return Alert(key=key, cause="blocked", place=place, counts=tuple(describe_rule(name, entry) for entry in rules), worst=tuple(worst))


def _see_failures(seen: Observation, opened: Mapping[str, Alert], outcome: RunOutcome | None) -> None:
    """A failure is over when a later run that covers it succeeds; nothing else says so. Dagster may tell of both in either order."""
    for key, alert in opened.items():
        if alert.scope is not None and alert.ended is not None:
            is_over = outcome is not None and outcome.error is None and outcome.ended > alert.ended and outcome.scope.covers(alert.scope)
            if not is_over:
                seen.undecided.add(key)
    if outcome is not None and outcome.error is not None:
        scope = outcome.scope
        years = "" if not scope.partitions else scope.partitions[0]
        if len(scope.partitions) > 1:
            years += f"–{scope.partitions[-1]}"
        place = f"{scope.job} {years}".strip()
        seen.alerts.append(
            Alert(
                key=f"failed:{place.replace(' ', ':')}",
                cause="failed_run",
                place=Both(place, place),
                counts=(Both(f"1 次运行：{outcome.error}", f"1 run: {outcome.error}"),),
                scope=scope,
                ended=outcome.ended,
            )
        )


def _see_classes(seen: Observation, manifests: Mapping[str, PartitionManifest], opened: Mapping[str, Alert]) -> None:
    """Error-level rules that fail in last good tables.

    New is what a year that was seen before did not have, and in a year not seen before what no year had. A rule that was not judged before
    is news of the software and not of the data: what it finds first is known, and so is all of the first look.
    """
    judged = {name: set(rules.split()) for name, rules in seen.memory.items() if name.startswith("seen:")}
    judged_anywhere = set().union(*judged.values())
    rules_known = {key.split(":")[1] for key in opened if key.startswith("class:")}
    for partition, manifest in manifests.items():
        name = f"seen:{partition}"
        judged_before = judged.get(name, judged_anywhere)
        for entry in manifest.rules:
            if entry.severity != "error" or entry.rule_id not in manifest.findings or is_drift(entry):
                continue
            count = manifest.findings[entry.rule_id]
            alert = Alert(
                key=f"class:{entry.rule_id}:{partition}",
                cause="new_error_class",
                place=name_place(partition),
                counts=(
                    Both(
                        f"{partition} · {entry.title_zh}（{entry.rule_id}）：{count} 条发现",
                        f"{partition} · {entry.title_en} ({entry.rule_id}): {count} findings",
                    ),
                ),
                worst=entry.worst[:3],
            )
            is_news = entry.rule_id in judged_before and (name in judged or entry.rule_id not in rules_known)
            is_new = is_news and alert.key not in opened
            (seen.alerts if is_new else seen.known).append(alert)
        seen.memory[name] = " ".join(entry.rule_id for entry in manifest.rules)


def _see_drifts(seen: Observation, storage: Storage, manifests: Mapping[str, PartitionManifest], opened: Mapping[str, Alert]) -> None:
    """Drift gates that failed and stopped nothing; those that stop something are told as blocked."""
    judged = [(partition, name_place(partition), manifest.rules) for partition, manifest in manifests.items()]
    gate = read_gate(storage.paths)
    judged.append(("marts", MARTS, gate))
    for name, place, entries in judged:
        for entry in entries:
            if is_drift(entry) and entry.verdict == "failed" and not entry.is_blocking:
                line = describe_rule(name, entry)
                seen.alerts.append(
                    Alert(key=f"drift:{entry.rule_id}:{name}", cause="drift", place=place, counts=(line,), worst=entry.worst[:3])
                )
    if not gate:  # being made
        seen.undecided |= {key for key in opened if key.startswith("drift:") and key.endswith(":marts")}


def is_drift(entry: RuleEntry) -> bool:
    """The rule compares with the publication before."""
    return entry.rule_id.startswith("drift.")


def _see_stale(seen: Observation, settings: Settings, storage: Storage, now: datetime) -> None:
    for path in settings.reports:
        if not path.exists():
            line = Both(f"{path} 不存在", f"{path} does not exist")
            seen.alerts.append(Alert(key=f"stale:{path}", cause="stale_source", place=Both(path.name, path.name), counts=(line,)))
    if settings.stale_days is None:
        return
    arrivals = [path.stat().st_mtime for path in (storage.paths.raw / "documents").glob("report_year=*/*.parquet")]
    if not arrivals:
        seen.undecided.add("stale:documents")
        return
    latest = datetime.fromtimestamp(max(arrivals), UTC)
    if now - latest > timedelta(days=settings.stale_days):
        days = (now - latest).days
        line = Both(
            f"{days} 天没有新文件（容许 {settings.stale_days} 天），最近一次：{latest:%Y-%m-%d}",
            f"nothing new for {days} days ({settings.stale_days} allowed), the latest on {latest:%Y-%m-%d}",
        )
        names = ", ".join(path.name for path in settings.reports)
        seen.alerts.append(Alert(key="stale:documents", cause="stale_source", place=Both(names, names), counts=(line,)))


def take_turns(groups: Iterable[Iterable[Example]], limit: int = 3) -> list[Example]:
    """The first of each group, then the second of each, until there are `limit`."""
    rounds = chain.from_iterable(zip_longest(*groups))
    return list(islice((example for example in rounds if example is not None), limit))
