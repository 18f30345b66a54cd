"""What the raw and staging assets do, without Dagster: scan the sources; read, judge, audit and replace one report year.

Write, audit, publish: a partition's candidate tables replace its last good ones only when no blocking rule fails. A blocking check of the
orchestrator alone would stop its own run only; another run would read the bad tables.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from pydantic import BaseModel, ConfigDict, TypeAdapter

from expectations.catalogue import Catalogue, load_catalogue
from expectations.checks.revisions import build_revisions
from expectations.findings import compute_findings
from ingest.documents import find_unchanged, iter_document_batches
from ingest.parsing import ParsedTables, build_outcomes, iter_parsed, parse_documents
from ingest.reading import Input, ReadLimits, scan_inputs
from ingest.tables import (
    CELLS,
    EVIDENCE,
    MENTIONS,
    OUTCOMES,
    RAW_DOCUMENTS,
    RAW_SIGHTINGS,
    REPORTS,
    SECTIONS_TABLE,
    STAGING_TABLES,
    UNPLACED,
    conform,
    empty,
)
from orchestration.deciding import select_partition_decisions
from orchestration.manifests import Example, PartitionManifest, RuleEntry, digest_software, digest_text
from orchestration.partitions import find_previous, read_year
from orchestration.progress import Progress, ignore_progress
from orchestration.rostering import digest_expected, read_expected
from orchestration.settings import Settings
from orchestration.storage import Storage

if TYPE_CHECKING:
    from expectations.gates import GateReport

_RULES: Final = TypeAdapter(tuple[RuleEntry, ...])
_PARSE_BATCH: Final = 4_000
"""Documents parsed at a time: about 80 MB of text."""


class ScanRecord(BaseModel):
    """How the latest scan was made: when this changes, nothing counts as unchanged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reports: tuple[str, ...]
    max_bytes: int
    software: str


@dataclass(frozen=True)
class ScanSummary:
    """What a scan saw."""

    inputs: int
    unread: int
    """Inputs not read again because they are unchanged."""
    new_documents: int
    issues: dict[str, int]
    """Issue of the sighting or of its document → inputs."""
    partitions: dict[str, int]
    """Partition → inputs."""
    gate: "GateReport"
    rules: tuple[RuleEntry, ...]
    """What the gate said of the scan, kept in `raw/gate.json`."""

    @property
    def is_blocked(self) -> bool:
        """The sightings of the scan before stayed."""
        return self.gate.is_blocked


@dataclass(frozen=True)
class PartitionResult:
    """What became of one partition."""

    partition: str
    manifest: PartitionManifest
    """Of the candidate tables: what was audited, also when they did not replace the last good ones."""
    layouts: pl.DataFrame
    """layout, status, reports: of the candidate tables."""
    gate: "GateReport | None"
    """None: nothing was audited, the partition is unchanged or has never had an input."""
    is_unchanged: bool
    blocking: tuple[RuleEntry, ...]
    """The rules that kept the candidate tables from replacing the last good ones."""

    @property
    def is_blocked(self) -> bool:
        """The last good tables stayed."""
        return bool(self.blocking)


def refresh_raw(settings: Settings, storage: Storage, progress: Progress = ignore_progress) -> ScanSummary:
    """Scan the configured sources: new content is appended to the documents, and the sightings become those of this scan.

    A blocking rule of the raw gate that fails keeps the earlier sightings.
    Raises InputPathError when a configured path does not exist; then the earlier sightings stay.
    """
    with storage.hold_raw():
        record = _describe_scan(settings)
        previous = storage.read_sightings()
        is_comparable = _read_scan_record(storage) == record
        unchanged = find_unchanged(previous) if is_comparable else None
        counter = _Counter(progress, previous.height if is_comparable else None)
        inputs = counter.watch(scan_inputs(settings.reports, ReadLimits(max_bytes=settings.max_bytes), unchanged))
        stored = storage.list_stored()
        new_documents = 0
        sightings = [empty(RAW_SIGHTINGS)]
        for documents, seen in iter_document_batches(inputs, previous=previous if is_comparable else None):
            new_documents += storage.store_documents(documents, stored)
            sightings.append(seen)
        latest = pl.concat(sightings)
        progress("auditing the scan", 0, None)
        from expectations.gates import audit_scan  # Great Expectations takes seconds to import

        scanned = pl.DataFrame({"source": counter.sources}, schema={"source": pl.String})
        gate = audit_scan(scanned, latest, storage.read_document_issues(), load_catalogue(), results_dir=storage.paths.gates)
        rules = read_rule_entries(gate)
        if not gate.is_blocked:
            _scan_record_path(storage).unlink(missing_ok=True)
            storage.replace_sightings(latest)
            _scan_record_path(storage).write_text(record.model_dump_json(indent=1), encoding="utf-8")
        _raw_gate_path(storage).write_text(_RULES.dump_json(rules, indent=1).decode(), encoding="utf-8")
    issues = latest.filter(pl.col("issue").is_not_null()).get_column("issue").cast(pl.String).value_counts(sort=True)
    partitions = storage.count_sighted_partitions()
    return ScanSummary(latest.height, counter.unread, new_documents, dict(issues.iter_rows()), partitions, gate, rules)


def has_news(settings: Settings, storage: Storage) -> bool:
    """Whether a scan would change the sightings: compares names, sizes and times, and reads an input only when they differ.

    Raises InputPathError when a configured path does not exist.
    """
    previous = storage.read_sightings()
    if _read_scan_record(storage) != _describe_scan(settings):
        return True
    seen = set(previous.select("source", "byte_count", "modified_ns").iter_rows())
    count = 0
    for item in scan_inputs(settings.reports, ReadLimits(max_bytes=settings.max_bytes), find_unchanged(previous)):
        if (item.source, item.byte_count, item.modified_ns) not in seen:
            return True
        count += 1
    return count != previous.height


def list_stale(storage: Storage, catalogue: Catalogue) -> list[str]:
    """The partitions to make again, ascending: their inputs or the software changed, or the year before is to be made again."""
    partitions = storage.count_sighted_partitions().keys() | storage.read_manifests().keys()
    changed = {name for name in partitions if not is_current(storage, name, catalogue)}
    return [name for name in sorted(partitions) if name in changed or find_previous(name) in changed]


def refresh_partition(partition: str, storage: Storage, catalogue: Catalogue, progress: Progress = ignore_progress) -> PartitionResult:
    """Read, judge and audit one partition; its candidate tables replace the last good ones unless a blocking rule fails."""
    if is_current(storage, partition, catalogue):
        manifest = storage.read_manifest(partition)
        if manifest is None:
            raise AssertionError(partition)  # is_current covers it
        return PartitionResult(partition, manifest, count_layouts(None), None, is_unchanged=True, blocking=())
    sightings = storage.read_partition_sightings(partition)
    previous_partition = find_previous(partition)
    last_good = storage.read_tables(partition)
    previous = storage.read_tables(previous_partition) if previous_partition is not None else None
    tables = parse_partition(partition, sightings, storage, progress)
    if sightings.is_empty() and (last_good is None or last_good["outcomes"].is_empty()):
        gate = None  # there is nothing to audit and nothing to lose
        tables |= {name: empty(STAGING_TABLES[name]) for name in ("findings", "revisions", "revision_changes")}
    else:
        progress(f"{partition}: judging", 0, None)
        year = read_year(partition)
        judged = {**tables, "cells": conform(tables["cells"], CELLS)}
        judged["sightings"] = storage.read_sightings()  # inputs are conserved: every one of them has to have its outcome
        decided = select_partition_decisions(storage, sightings)
        judged["publishers"] = read_expected(storage, year)
        judged["findings"] = tables["findings"] = compute_findings(
            judged, catalogue, previous=previous, last_good=last_good, report_year=year, excluded=decided.excluded
        )
        tables |= build_revisions(judged, decided.excluded)
        progress(f"{partition}: auditing", 0, None)
        from expectations.gates import audit_partition  # Great Expectations takes seconds to import

        gate = audit_partition(
            judged, catalogue, report_year=year, results_dir=storage.paths.gates, accepted_failures=decided.accepted_failures
        )
    rules = () if gate is None else read_rule_entries(gate)
    identity = _identify(storage, partition, catalogue)
    manifest = PartitionManifest(
        partition=partition,
        inputs=identity.inputs,
        software=identity.software,
        previous=identity.previous,
        decisions=identity.decisions,
        statuses=_count(tables["outcomes"], "status"),
        issues=_count(tables["outcomes"], "issue"),
        findings=_count(tables["findings"].filter(pl.col("verdict") == "failed"), "rule_id"),
        rules=rules,
    )
    blocking = manifest.blocking
    if blocking:
        manifest = manifest.model_copy(update={"unread": _pick_unread(tables, storage.read_tables(partition))})
        storage.keep_blocked(manifest)
    else:
        manifest = storage.replace_tables(tables, manifest)
    return PartitionResult(partition, manifest, count_layouts(tables["reports"]), gate, is_unchanged=False, blocking=blocking)


def count_layouts(reports: pl.DataFrame | None) -> pl.DataFrame:
    """layout, status, reports: how many reports of each layout were read how well."""
    frame = empty(REPORTS) if reports is None else reports
    return (
        frame.group_by(pl.col("layout").fill_null("no tables"), pl.col("status").cast(pl.String))
        .len("reports")
        .sort("layout", "status")
        .with_columns(pl.col("reports").cast(pl.Int64))
    )


class _Counter:
    """Counts inputs as they pass by."""

    def __init__(self, progress: Progress, total: int | None) -> None:
        self._progress, self._total = progress, total
        self.seen = self.unread = 0
        self.sources: list[str] = []

    def watch(self, inputs: Iterator[Input]) -> Iterator[Input]:
        for item in inputs:
            self.seen += 1
            self.sources.append(item.source)
            self.unread += item.is_unchanged
            if self.seen % 200 == 0:
                self._progress("reading inputs", self.seen, self._total)
            yield item
        self._progress("reading inputs", self.seen, self.seen)


def _describe_scan(settings: Settings) -> ScanRecord:
    return ScanRecord(reports=tuple(map(str, settings.reports)), max_bytes=settings.max_bytes, software=digest_software("ingest"))


def _scan_record_path(storage: Storage) -> Path:
    return storage.paths.raw / "scan.json"


def read_raw_gate(storage: Storage) -> tuple[RuleEntry, ...]:
    """What the raw gate said of the latest scan; nothing before the first."""
    path = _raw_gate_path(storage)
    return _RULES.validate_json(path.read_text(encoding="utf-8")) if path.exists() else ()


def _raw_gate_path(storage: Storage) -> Path:
    return storage.paths.raw / "gate.json"


def _read_scan_record(storage: Storage) -> ScanRecord | None:
    path = _scan_record_path(storage)
    return ScanRecord.model_validate_json(path.read_text(encoding="utf-8")) if path.exists() else None


def parse_partition(
    partition: str, sightings: pl.DataFrame, storage: Storage, progress: Progress = ignore_progress
) -> dict[str, pl.DataFrame]:
    """outcomes, reports, cells, unplaced numbers, sections, mentions and evidence of a partition, from its sightings and stored documents.

    The words of cells come as codes.
    """
    document_ids = set(sightings.get_column("document_id").drop_nulls())
    parsed: list[ParsedTables] = []
    done = 0
    with _pause_collector():
        for stored in storage.iterate_documents(partition, document_ids, _PARSE_BATCH):
            for batch in stored.iter_slices(_PARSE_BATCH):
                progress(f"{partition}: reading reports", done, len(document_ids))
                parsed += iter_parsed(batch)
                done += batch.height
    if not parsed:
        parsed.append(parse_documents(empty(RAW_DOCUMENTS)))
    whole = ParsedTables(
        outcomes_by_document=pl.concat([part.outcomes_by_document for part in parsed]),
        reports=pl.concat([part.reports for part in parsed]),
        cells=pl.concat([part.cells for part in parsed]),
        sections=pl.concat([part.sections for part in parsed]),
        mentions=pl.concat([part.mentions for part in parsed]),
        evidence=pl.concat([part.evidence for part in parsed]),
        unplaced=pl.concat([part.unplaced for part in parsed]),
    )
    return {
        "outcomes": conform(build_outcomes(sightings, whole), OUTCOMES),
        "reports": conform(whole.reports, REPORTS),
        "cells": conform(whole.cells, CELLS, keep_codes=True),
        "sections": conform(whole.sections, SECTIONS_TABLE),
        "mentions": conform(whole.mentions, MENTIONS),
        "evidence": conform(whole.evidence, EVIDENCE),
        "unplaced": conform(whole.unplaced, UNPLACED),
    }


@contextmanager
def _pause_collector() -> Iterator[None]:
    """No search for cycles: reading makes millions of objects and hardly a cycle, and looking at them all takes a twentieth of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(frozen=True)
class _Identity:
    """What decides whether a partition must be made again."""

    inputs: str
    software: str
    previous: str | None
    decisions: str


def _identify(storage: Storage, partition: str, catalogue: Catalogue) -> _Identity:
    """File times are no part of it: the same bytes saved again are the same input."""
    sightings = storage.read_partition_sightings(partition).drop("modified_ns").sort("source", "document_id")
    decided = select_partition_decisions(storage, sightings)
    previous_partition = find_previous(partition)
    previous = storage.read_manifest(previous_partition) if previous_partition is not None else None
    return _Identity(
        inputs=digest_text(sightings.write_json() + digest_expected(storage, partition)),
        software=digest_text(digest_software("ingest", "expectations") + catalogue.model_dump_json()),
        previous=previous.content if previous is not None else None,
        decisions=decided.digest,
    )


def is_current(storage: Storage, partition: str, catalogue: Catalogue) -> bool:
    """Whether the last good tables are of the latest scan's inputs and of this software."""
    manifest = storage.read_manifest(partition)
    return manifest is not None and is_of_current_inputs(storage, manifest, catalogue)


def is_of_current_inputs(storage: Storage, manifest: PartitionManifest, catalogue: Catalogue) -> bool:
    """Whether candidate tables made now would be those of this manifest, let in or not."""
    return _Identity(manifest.inputs, manifest.software, manifest.previous, manifest.decisions) == _identify(
        storage, manifest.partition, catalogue
    )


def _pick_unread(tables: Mapping[str, pl.DataFrame], earlier: Mapping[str, pl.DataFrame] | None) -> tuple[Example, ...]:
    """Inputs that were not accepted: first those that the last good tables accepted, the rejected last. Each has the line up to which it
    was read: of its last figure, else of its last section; null when neither was found."""
    accepted = [] if earlier is None else earlier["outcomes"].filter(pl.col("status") == "accepted")["source"].to_list()
    figures = tables["cells"].group_by("document_id").agg(pl.col("line").max())
    sections = tables["sections"].group_by("document_id").agg(pl.col("end_line").max())
    rows = (
        tables["outcomes"]
        .filter(pl.col("status") != "accepted")
        .join(figures, on="document_id", how="left")
        .join(sections, on="document_id", how="left")
        .sort(~pl.col("source").is_in(accepted), pl.col("status").cast(pl.String) == "rejected", "source")
        .head(3)
    )
    examples = []
    for source, status, issue, line, end_line in rows.select("source", "status", "issue", "line", "end_line").iter_rows():
        zh = en = ""
        if line is not None:
            zh, en = "：此行以后没有读出数字", ": no figure was read behind this line"
        elif end_line is not None:
            zh, en = "：没有读出数字，最后一节到此行为止", ": no figure was read; its last section ends on this line"
        place = line if line is not None else end_line
        examples.append(Example(source=source, line=place, message_zh=f"{status} {issue}{zh}", message_en=f"{status} {issue}{en}"))
    return tuple(examples)


def _count(frame: pl.DataFrame, column: str) -> dict[str, int]:
    counts = frame.get_column(column).drop_nulls().cast(pl.String).value_counts().sort(column)
    return dict(counts.iter_rows())


def read_rule_entries(gate: "GateReport") -> tuple[RuleEntry, ...]:
    """The gate's results in the form that the manifest keeps."""
    return tuple(
        RuleEntry(
            rule_id=result.rule_id,
            title_zh=result.title_zh,
            title_en=result.title_en,
            severity=result.severity,
            verdict=result.verdict,
            is_blocking=result.is_blocking,
            applicable=result.applicable_count,
            failed=result.failed_count,
            allowed=result.allowed_count,
            reason=result.reason,
            worst=tuple(
                Example(source=worst.source, line=worst.line, message_zh=worst.message_zh, message_en=worst.message_en)
                for worst in result.worst
            ),
        )
        for result in gate.results
    )
