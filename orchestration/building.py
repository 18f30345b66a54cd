"""`nianbao build`: the whole pipeline in this process, as a Dagster run that the UI shows afterwards.

One process, so that Great Expectations is imported once and dbt is started once. When nothing is new, none of them is imported at all.
"""

import contextlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from expectations.catalogue import load_catalogue
from expectations.gates import check_accepted
from ingest.errors import NianbaoError
from orchestration.deciding import count_statuses, has_new_decisions
from orchestration.history.journals import Event
from orchestration.history.publications import is_held, read_rollback
from orchestration.manifests import PartitionManifest, RuleEntry, select_blocking
from orchestration.partitions import span_partitions
from orchestration.progress import Progress, ignore_progress
from orchestration.publishing import Publication, read_publication
from orchestration.refreshing import has_news, list_stale, read_raw_gate
from orchestration.rostering import refresh_rosters
from orchestration.settings import Paths, Settings
from orchestration.storage import Storage
from orchestration.warehousing import describe_built, digest_project, digest_staging, prepare_manifest, read_gate, sum_statuses

if TYPE_CHECKING:
    import dagster as dg

_QUIET: Final = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class BuildError(NianbaoError):
    """A run failed for another reason than a gate; the message names the step and what it said."""

    def __init__(self, message: str, run_id: str) -> None:
        super().__init__(message)
        self.run_id = run_id


@dataclass(frozen=True)
class BuildSummary:
    """What a build saw and did."""

    is_unchanged: bool
    """Nothing was new: no run was made."""
    run_ids: tuple[str, ...]
    """Dagster runs, to be looked at in the UI."""
    partitions: Mapping[str, PartitionManifest]
    """Partition → what its latest tables held and what their gate said, ascending; a blocked one as it was audited."""
    blocked: Mapping[str, tuple[RuleEntry, ...]]
    """Partition → the rules that blocked it. Its last good tables stay and nothing is published."""
    marts_gate: tuple[RuleEntry, ...]
    """What the marts and drift gates said; empty when they were not reached."""
    publication: Publication | None
    """What readers see now; None before the first publication."""
    is_published: bool
    """The publication is of the inputs seen by this build."""
    paths: Paths
    raw_gate: tuple[RuleEntry, ...] = ()
    """What the raw gate said of the latest scan. When it blocked, the earlier sightings stay and nothing else was done."""
    decisions: Mapping[str, int] = field(default_factory=dict)
    """applied, idle, stale → decisions that people made."""
    rollback: Event | None = None
    """An earlier publication was put back and stays: the inputs are those of the one that it replaced."""

    @property
    def inputs(self) -> int:
        """Inputs of the latest scan."""
        return sum(self.statuses.values())

    @property
    def statuses(self) -> dict[str, int]:
        """accepted, suspect, rejected → inputs."""
        return sum_statuses(dict(self.partitions))

    @property
    def issues(self) -> dict[str, int]:
        """Issue → inputs, most frequent first."""
        return _add(manifest.issues for manifest in self.partitions.values())

    @property
    def findings(self) -> dict[str, int]:
        """Rule → failed findings, most frequent first."""
        return _add(manifest.findings for manifest in self.partitions.values())

    @property
    def rules_passed(self) -> int:
        """Gate results, one per rule and gate, that did not fail."""
        return sum(entry.verdict not in {"failed", "errored"} for entry in self._entries)

    @property
    def rules_failed(self) -> int:
        """Gate results, one per rule and gate, that failed or could not be computed, blocking or not."""
        return sum(entry.verdict in {"failed", "errored"} for entry in self._entries)

    @property
    def mart_rows(self) -> dict[str, int]:
        """Published table → rows."""
        return {} if self.publication is None else {name: table.rows for name, table in self.publication.tables.items()}

    @property
    def is_blocked(self) -> bool:
        """A gate kept something out."""
        return bool(self.blocked) or bool(select_blocking(self.raw_gate + self.marts_gate))

    @property
    def _entries(self) -> list[RuleEntry]:
        return [entry for manifest in self.partitions.values() for entry in manifest.rules] + [*self.raw_gate, *self.marts_gate]


def build(
    settings: Settings,
    *,
    marts_only: bool = False,
    full_refresh: bool = False,
    accepted_drift: Collection[str] = (),
    progress: Progress = ignore_progress,
) -> BuildSummary:
    """Read the sources, refresh the report years that have news, build the marts, publish. A gate that blocks is in the summary.

    A year that its gate blocks stops the build before the marts: all or nothing. `marts_only` reads no source and publishes the last good
    tables of every year, which is the way to publish the years that passed; its summary is of those tables.
    `full_refresh`: make every table of the warehouse from nothing, also when nothing is new.
    `accepted_drift`: drift rules that do not block this time, because their failure is meant.
    While it runs, standard output goes to `dagster/build.log` (dbt writes there), so `progress` has to write elsewhere.
    Raises InputPathError when a configured path does not exist, RuleError for an unknown drift rule,
    DecisionError when a decisions file cannot be used, BuildError when a run fails for another reason than a gate.
    """
    check_accepted(accepted_drift, load_catalogue())
    storage = Storage(settings.paths)
    if marts_only:
        if not full_refresh and (_is_published(storage) or _read_rollback(storage) is not None):
            return _summarise_marts(storage, (), is_unchanged=True)
        return _run(
            settings,
            storage,
            _Plan(is_ingesting=False, is_staging=False, is_full=full_refresh, accepted_drift=tuple(accepted_drift)),
            progress,
        )
    progress("looking for news", 0, None)
    refresh_rosters(settings, storage)
    # Behind a blocked scan the sightings are those of an earlier one: equal to the inputs or not, they have to be judged again.
    is_news = (
        has_new_decisions(settings, storage, load_catalogue())
        or has_news(settings, storage)
        or bool(select_blocking(read_raw_gate(storage)))
    )
    is_current = not is_news and not list_stale(storage, load_catalogue())
    if is_current and not full_refresh and (_is_published(storage) or _read_rollback(storage) is not None):
        return _summarise(storage, (), is_unchanged=True)
    return _run(
        settings,
        storage,
        _Plan(is_ingesting=is_news, is_staging=True, is_full=full_refresh, accepted_drift=tuple(accepted_drift)),
        progress,
    )


@dataclass(frozen=True)
class _Plan:
    """Which layers above the marts a build refreshes, and which drift is meant."""

    is_ingesting: bool
    is_staging: bool
    is_full: bool
    accepted_drift: tuple[str, ...]


def _run(settings: Settings, storage: Storage, plan: _Plan, progress: Progress) -> BuildSummary:
    progress("starting", 0, None)
    with ThreadPoolExecutor(max_workers=1) as pool:  # dbt parses in its own process while this one imports Dagster: seconds each
        manifest = pool.submit(prepare_manifest, settings.paths)
        import dagster as dg

        from orchestration.definitions import build_definitions
    manifest.result()
    from orchestration.instances import open_instance
    from orchestration.jobs import ALL_YEARS, INGEST, MARTS_ONLY

    definitions = build_definitions(settings, progress)
    results: list[dg.ExecuteInProcessResult] = []

    def run(job: str, tags: dict[str, str], selection: list[dg.AssetKey] | None = None) -> bool:
        definition = definitions.resolve_job_def(job)
        config: dict[str, Any] = dict(_QUIET)
        if job != INGEST:
            config["ops"] = {
                "warehouse": {"config": {"full_refresh": plan.is_full}},
                "published": {"config": {"accepted_drift": list(plan.accepted_drift)}},
            }
        results.append(
            definition.execute_in_process(instance=instance, run_config=config, tags=tags, asset_selection=selection, raise_on_error=False)
        )
        return results[-1].success

    log = settings.paths.dagster / "build.log"
    with open_instance(settings.paths) as instance, log.open("w", encoding="utf-8") as output, contextlib.redirect_stdout(output):
        if not plan.is_ingesting or run(INGEST, {}):
            stale = list_stale(storage, load_catalogue()) if plan.is_staging else []
            if stale:
                first, last = span_partitions(set(stale))
                tags = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
                keys = definitions.resolve_job_def(ALL_YEARS).asset_layer.executable_asset_keys
                unread = (key for key in keys if key.path[0] != "raw")  # what is raw was read just now
                run(ALL_YEARS, tags, sorted(unread, key=dg.AssetKey.to_user_string))
            else:
                run(MARTS_ONLY, {})
    run_ids = tuple(result.run_id for result in results)
    summarise = _summarise if plan.is_staging else _summarise_marts
    summary = summarise(storage, run_ids, is_unchanged=False)
    if not results[-1].success and not summary.is_blocked:
        raise BuildError(_explain(results[-1]), run_ids[-1])
    return summary


def _is_published(storage: Storage) -> bool:
    publication = read_publication(storage.paths)
    if publication is None:
        return False
    return (publication.staging, publication.project) == (digest_staging(storage, storage.read_manifests()), digest_project())


def _read_rollback(storage: Storage) -> Event | None:
    """The rollback that publishing from the tables as they are would undo."""
    rollback = read_rollback(storage.paths)
    return rollback if rollback is not None and is_held(storage.paths, describe_built(storage, storage.read_manifests())) else None


def _summarise(storage: Storage, run_ids: tuple[str, ...], *, is_unchanged: bool) -> BuildSummary:
    stale = list_stale(storage, load_catalogue())
    blocked = {partition: manifest for partition, manifest in storage.read_blocked().items() if partition in stale}
    manifests = storage.read_manifests() | blocked
    raw_gate = read_raw_gate(storage)
    is_scan_blocked = bool(select_blocking(raw_gate))
    return BuildSummary(
        is_unchanged=is_unchanged,
        run_ids=run_ids,
        partitions=dict(sorted(manifests.items())),
        blocked={partition: manifest.blocking for partition, manifest in blocked.items()},
        marts_gate=() if blocked or is_scan_blocked else read_gate(storage.paths),
        publication=read_publication(storage.paths),
        is_published=not blocked and not is_scan_blocked and _is_published(storage),
        paths=storage.paths,
        raw_gate=raw_gate,
        decisions=count_statuses(storage.read_corpus_table("decisions")),
        rollback=_read_rollback(storage),
    )


def _summarise_marts(storage: Storage, run_ids: tuple[str, ...], *, is_unchanged: bool) -> BuildSummary:
    return BuildSummary(
        is_unchanged=is_unchanged,
        run_ids=run_ids,
        partitions=storage.read_manifests(),
        blocked={},
        marts_gate=read_gate(storage.paths),
        publication=read_publication(storage.paths),
        is_published=_is_published(storage),
        paths=storage.paths,
        decisions=count_statuses(storage.read_corpus_table("decisions")),
        rollback=_read_rollback(storage),
    )


def _add(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def _explain(result: "dg.ExecuteInProcessResult") -> str:
    lines = []
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error is not None:
            error = event.step_failure_data.error
            while error.cause is not None:
                error = error.cause
            lines.append(f"{event.step_key}: {error.message.strip()}")
    return "\n".join(lines) or "the run failed before its first step"
