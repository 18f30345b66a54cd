"""The only writer of raw and staging Parquet. Files appear whole or not at all, and the same tables give the same bytes.

Layout: docs/architecture.md, Storage. Every method that touches files shared between runs takes the folder's lock itself.
"""

import hashlib
import os
import shutil
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import polars.selectors as cs

from expectations.copies.tables import COPIES, COPIES_SORT_KEYS
from expectations.decisions.tables import DECISIONS
from expectations.recording import GATE_RESULTS
from expectations.regions.tables import REGION_TOTALS
from ingest.errors import StorageError
from ingest.rosters import AGENCY_CHANGES, PUBLISHERS
from ingest.tables import CELLS, RAW_DOCUMENTS, RAW_SIGHTINGS, STAGING_SORT_KEYS, STAGING_TABLES, conform, empty
from orchestration.locking import hold_lock
from orchestration.manifests import PartitionManifest, TableEntry, digest_text
from orchestration.partitions import FIRST_REPORT_YEAR, LAST_REPORT_YEAR, PARTITIONS, UNKNOWN, name_partition
from orchestration.settings import Paths

ROW_GROUP_SIZE: Final = 131_072
"""Fixed, so that a file's bytes depend on its rows alone."""
_ZSTD_LEVEL: Final = 1
"""Cell tables come out no larger than with the default 3, in two thirds of the time."""
_COMMIT: Final = "COMMIT"

CORPUS_TABLES: Final[dict[str, pl.Schema]] = {
    "copies": COPIES,
    "decisions": DECISIONS,
    "publishers": PUBLISHERS,
    "agency_changes": AGENCY_CHANGES,
    "region_totals": REGION_TOTALS,
}
"""Tables over all report years that are replaced whole, in the order in which they are given: `corpus/<name>.parquet`."""

_DOCUMENT_ISSUES: Final = pl.Schema({name: RAW_DOCUMENTS[name] for name in ("document_id", "issue")})

Tables = Mapping[str, pl.DataFrame]
"""Staging table name → frame, of one partition."""


class Storage:
    """Raw and staging tables under one home folder."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    # ---- raw

    @contextmanager
    def hold_raw(self) -> Iterator[None]:
        """One scan at a time: two scans of the same new file would store it twice."""
        with hold_lock(self.paths.raw / ".lock"):
            yield

    def list_stored(self) -> set[tuple[str, str]]:
        """(document_id, partition) of every stored document."""
        stored: set[tuple[str, str]] = set()
        for path in sorted((self.paths.raw / "documents").glob("report_year=*/*.parquet")):
            partition = path.parent.name.removeprefix("report_year=")
            stored.update((document_id, partition) for document_id in pl.read_parquet(path, columns=["document_id"])["document_id"])
        return stored

    def read_document_issues(self) -> pl.DataFrame:
        """document_id, issue (why it could not be read) of every stored document."""
        files = sorted((self.paths.raw / "documents").glob("report_year=*/*.parquet"))
        frames = [conform(pl.read_parquet(path, columns=["document_id", "issue"]), _DOCUMENT_ISSUES) for path in files]
        return pl.concat([empty(_DOCUMENT_ISSUES), *frames])

    def store_documents(self, documents: pl.DataFrame, stored: set[tuple[str, str]]) -> int:
        """Append the documents (RAW_DOCUMENTS) that are not in `stored`, one file per partition, and add them to it; returns how many.

        Append-only: a file is named by the ids it holds and never changes. A document whose report year is decided anew (by a newer
        version of this software) is stored again under its new year; sightings say which of the two counts.
        """
        documents = conform(documents, RAW_DOCUMENTS).with_columns(_partition_of("report_year").alias("partition"))
        added = 0
        for (partition,), group in documents.sort("document_id").group_by("partition", maintain_order=True):
            fresh = group.filter([(name, str(partition)) not in stored for name in group["document_id"]]).drop("partition")
            if fresh.is_empty():
                continue
            folder = self.paths.raw / "documents" / f"report_year={partition}"
            name = digest_text("\n".join(fresh["document_id"]))[:32]
            write_parquet(fresh, folder / f"{name}.parquet")
            stored.update((document_id, str(partition)) for document_id in fresh["document_id"])
            added += fresh.height
        return added

    def replace_sightings(self, sightings: pl.DataFrame) -> None:
        """The latest scan (RAW_SIGHTINGS) takes the place of the one before, in one move."""
        write_parquet(conform(sightings, RAW_SIGHTINGS).sort("source", "document_id"), self._sightings)

    def read_sightings(self) -> pl.DataFrame:
        """RAW_SIGHTINGS of the latest scan; empty before the first."""
        if not self._sightings.exists():
            return empty(RAW_SIGHTINGS)
        return _read_declared(self._sightings, RAW_SIGHTINGS)

    def read_partition_sightings(self, partition: str) -> pl.DataFrame:
        """RAW_SIGHTINGS of one partition, by source."""
        return self.read_sightings().filter(_partition_of("report_year") == partition)

    def count_sighted_partitions(self) -> dict[str, int]:
        """Partition → inputs of the latest scan, ascending; partitions without an input are absent."""
        partitions = self.read_sightings().select(_partition_of("report_year").alias("partition"))
        return dict(partitions.group_by("partition").len().sort("partition").iter_rows())

    def iterate_documents(self, partition: str, document_ids: set[str], size: int) -> Iterator[pl.DataFrame]:
        """RAW_DOCUMENTS of the partition with these ids, about `size` a frame. Raises StorageError when one is missing."""
        missing = set(document_ids)
        gathered: list[pl.DataFrame] = []
        for path in sorted((self.paths.raw / "documents" / f"report_year={partition}").glob("*.parquet")):
            held = set(pl.read_parquet(path, columns=["document_id"])["document_id"]) & missing
            if held:
                missing -= held
                gathered.append(_read_declared(path, RAW_DOCUMENTS).filter(pl.col("document_id").is_in(sorted(held))))
                if sum(frame.height for frame in gathered) >= size:
                    yield pl.concat(gathered)
                    gathered = []
        if gathered:
            yield pl.concat(gathered)
        if missing:
            raise StorageError(
                f"{len(missing)} sighted documents of {partition} are not stored, such as {min(missing)}; run `ingest` again"
            )

    def read_documents(self, partition: str, document_ids: set[str]) -> pl.DataFrame:
        """RAW_DOCUMENTS of those of the ids that the partition holds: documents stay stored when their files have gone."""
        files = sorted((self.paths.raw / "documents" / f"report_year={partition}").glob("*.parquet"))
        frames = [pl.scan_parquet(path).filter(pl.col("document_id").is_in(sorted(document_ids))).collect() for path in files]
        return pl.concat([empty(RAW_DOCUMENTS), *(conform(frame, RAW_DOCUMENTS) for frame in frames)])

    # ---- staging

    def read_document_cells(self, partition: str, document_ids: set[str]) -> pl.DataFrame:
        """CELLS of some documents of a partition, in printed order; empty where there are no last good tables."""
        with self._hold_staging():
            path = self._table_path("cells", partition)
            if not path.exists():
                return empty(CELLS)
            return conform(pl.scan_parquet(path).filter(pl.col("document_id").is_in(sorted(document_ids))).collect(), CELLS)

    def read_tables(self, partition: str, names: Collection[str] = tuple(STAGING_TABLES)) -> dict[str, pl.DataFrame] | None:
        """The last good staging tables of a partition, all of the same version, or those of these names; None when there are none.

        A table that its version of this software did not make yet is empty.
        """
        with self._hold_staging():
            manifest = self._load_manifest(partition)
            if manifest is None:
                return None
            return {
                table: _read_declared(self._table_path(table, partition), schema) if table in manifest.tables else empty(schema)
                for table, schema in STAGING_TABLES.items()
                if table in names
            }

    def read_manifest(self, partition: str) -> PartitionManifest | None:
        """What the last good tables were made from; None when there are none."""
        with self._hold_staging():
            return self._load_manifest(partition)

    def read_manifests(self) -> dict[str, PartitionManifest]:
        """The manifests of all partitions that have last good tables, ascending."""
        with self._hold_staging():
            return self._load_manifests()

    def replace_tables(self, tables: Tables, manifest: PartitionManifest) -> PartitionManifest:
        """Write a partition's candidate tables beside the last good ones, then let them take their place, all or none.

        The candidate files are complete before the lock is taken, so runs of other years wait for renames only. A process that dies between
        the renames leaves a `COMMIT` mark: whoever takes the lock next finishes them. Returns the manifest with the tables' digests.
        """
        candidate = self.paths.staging / ".candidates" / f"{manifest.partition}-{uuid.uuid4().hex}"
        candidate.mkdir(parents=True)
        entries: dict[str, TableEntry] = {}
        for table, schema in STAGING_TABLES.items():
            frame = sort_rows(conform(tables[table], schema, keep_codes=True), STAGING_SORT_KEYS[table])
            path = candidate / f"{table}.parquet"
            write_parquet(frame, path)
            entries[table] = TableEntry(rows=frame.height, sha256=digest_file(path))
        complete = manifest.model_copy(update={"tables": entries})
        (candidate / "manifest.json").write_text(complete.to_json(), encoding="utf-8")
        with self._hold_staging():
            (candidate / _COMMIT).write_text(manifest.partition, encoding="utf-8")
            self._finish(candidate)
            self._blocked_path(manifest.partition).unlink(missing_ok=True)
        return complete

    def keep_blocked(self, manifest: PartitionManifest) -> None:
        """Remember why a partition's candidate tables were not let in; forgotten when a later candidate is."""
        path = self._blocked_path(manifest.partition)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{uuid.uuid4().hex}.tmp")
        temporary.write_text(manifest.to_json(), encoding="utf-8")
        temporary.replace(path)

    def read_blocked(self) -> dict[str, PartitionManifest]:
        """The manifests of candidates that were not let in and still wait for a better one, ascending."""
        found = {partition: self._blocked_path(partition) for partition in PARTITIONS}
        return {
            partition: PartitionManifest.model_validate_json(path.read_text(encoding="utf-8"))
            for partition, path in found.items()
            if path.exists()
        }

    def take_snapshot(self) -> tuple[Path, dict[str, PartitionManifest]]:
        """Hard links to all last good tables at one instant, in `warehouse/snapshot`, and the manifests they belong to.

        The caller holds the warehouse lock. A table without any partition gets an empty file, so that dbt always finds its schema.
        """
        target = self.paths.warehouse / "snapshot"
        if target.exists():
            shutil.rmtree(target)
        for table in STAGING_TABLES:
            (target / table).mkdir(parents=True)
        with self._hold_staging():
            manifests = self._load_manifests()
            for partition, manifest in manifests.items():
                for table in manifest.tables:
                    _link_or_copy(self._table_path(table, partition), target / table / f"report_year={partition}.parquet")
        for table, schema in STAGING_TABLES.items():
            if not any((target / table).iterdir()):
                write_parquet(empty(schema), target / table / f"report_year={UNKNOWN}.parquet")
        for table, schema in CORPUS_TABLES.items():
            (target / table).mkdir()
            if self._corpus_path(table).exists():
                _link_or_copy(self._corpus_path(table), target / table / "corpus.parquet")
            else:
                write_parquet(empty(schema), target / table / "corpus.parquet")
        (target / "gate_results").mkdir()
        for path in sorted(self._gate_results.glob("*.parquet")):
            _link_or_copy(path, target / "gate_results" / path.name)
        if not any((target / "gate_results").iterdir()):
            write_parquet(empty(GATE_RESULTS), target / "gate_results" / "none.parquet")
        return target, manifests

    # ---- corpus

    def replace_copies(self, copies: pl.DataFrame) -> None:
        """The corpus table `copies` (COPIES) takes the place of the one before, in one move."""
        write_parquet(conform(copies, COPIES).sort(COPIES_SORT_KEYS), self._corpus_path("copies"))

    def has_copies(self) -> bool:
        """Whether there is a table of copies, of whatever version of this software."""
        return self._corpus_path("copies").exists()

    def read_copies(self) -> pl.DataFrame | None:
        """COPIES of the latest search; None before the first."""
        return self.read_corpus_table("copies") if self.has_copies() else None

    def digest_decisions(self) -> str:
        """Digest of what people decided, as written; empty when nobody did."""
        written = self.paths.raw / "decisions.parquet"
        return digest_file(written) if written.exists() else ""

    def replace_corpus_table(self, name: str, frame: pl.DataFrame) -> None:
        """One of CORPUS_TABLES takes the place of the one before, in one move."""
        write_parquet(conform(frame, CORPUS_TABLES[name]), self._corpus_path(name))

    def has_corpus_table(self, name: str) -> bool:
        """Whether it was ever made, by whatever version of this software."""
        return self._corpus_path(name).exists()

    def read_corpus_table(self, name: str) -> pl.DataFrame:
        """One of CORPUS_TABLES; empty before it was first made."""
        path = self._corpus_path(name)
        return _read_declared(path, CORPUS_TABLES[name]) if path.exists() else empty(CORPUS_TABLES[name])

    def keep_gate_results(self, results: pl.DataFrame, run_id: str, step: str) -> Path:
        """Append GATE_RESULTS of one step of a run to the history: a file of its own, so that repeating the step replaces it."""
        path = self._gate_results / f"{run_id}-{step}.parquet"
        write_parquet(conform(results, GATE_RESULTS), path)
        return path

    def read_gate_results(self) -> pl.DataFrame:
        """GATE_RESULTS of all runs, in the order in which they were judged."""
        frames = [_read_declared(path, GATE_RESULTS) for path in sorted(self._gate_results.glob("*.parquet"))]
        return pl.concat([empty(GATE_RESULTS), *frames]).sort("judged_at", "suite", "rule_id")

    # ---- internals

    @property
    def _sightings(self) -> Path:
        return self.paths.raw / "sightings.parquet"

    @property
    def _gate_results(self) -> Path:
        return self.paths.corpus / "gate_results"

    def _corpus_path(self, name: str) -> Path:
        return self.paths.corpus / f"{name}.parquet"

    def _table_path(self, table: str, partition: str) -> Path:
        return self.paths.staging / table / f"report_year={partition}.parquet"

    def _manifest_path(self, partition: str) -> Path:
        return self.paths.staging / "manifests" / f"{partition}.json"

    def _blocked_path(self, partition: str) -> Path:
        return self.paths.staging / "blocked" / f"{partition}.json"

    def _load_manifest(self, partition: str) -> PartitionManifest | None:
        path = self._manifest_path(partition)
        return PartitionManifest.model_validate_json(path.read_text(encoding="utf-8")) if path.exists() else None

    def _load_manifests(self) -> dict[str, PartitionManifest]:
        found = {partition: self._load_manifest(partition) for partition in PARTITIONS}
        return {partition: manifest for partition, manifest in found.items() if manifest is not None}

    @contextmanager
    def _hold_staging(self) -> Iterator[None]:
        with hold_lock(self.paths.staging / ".lock"):
            for mark in sorted((self.paths.staging / ".candidates").glob(f"*/{_COMMIT}")):
                self._finish(mark.parent)
            yield

    def _finish(self, candidate: Path) -> None:
        partition = (candidate / _COMMIT).read_text(encoding="utf-8")
        moves = {candidate / f"{table}.parquet": self._table_path(table, partition) for table in STAGING_TABLES}
        moves[candidate / "manifest.json"] = self._manifest_path(partition)
        for source, target in moves.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.exists():  # absent: moved before the process died
                source.replace(target)
        shutil.rmtree(candidate)


def scan_snapshot(folder: Path) -> dict[str, pl.LazyFrame]:
    """All staging tables of a snapshot, every partition in one frame, and the decisions."""
    return {
        table: pl.concat([_scan_declared(path, schema) for path in sorted((folder / table).glob("*.parquet"))])
        for table, schema in {**STAGING_TABLES, "decisions": DECISIONS}.items()
    }


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame so that `path` is whole or absent, and the same rows give the same bytes.

    A pl.Categorical column is written as text: its few words once and a number for each row, in a third of the time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    _order_codes(frame.rechunk()).write_parquet(
        temporary, compression="zstd", compression_level=_ZSTD_LEVEL, statistics=True, row_group_size=ROW_GROUP_SIZE
    )
    temporary.replace(path)


def _order_codes(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the words of every pl.Categorical column numbered in their order: polars numbers them in order of sight."""
    columns = []
    for column in frame.select(cs.categorical()):
        number = column.to_physical()
        used = np.flatnonzero(np.bincount(number.drop_nulls().to_numpy())).astype(np.uint32)
        words = pl.Series(used).cat.to(column.dtype).cast(pl.String)
        order = words.arg_sort()
        ranks = np.zeros(int(used.max(initial=0)) + 1, dtype=np.uint32)
        ranks[used[order.to_numpy()]] = np.arange(len(used))
        columns.append(pl.Series(column.name, ranks).gather(number).cat.to(pl.Enum(words.gather(order))))
    return frame.with_columns(columns)


def sort_rows(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The rows by these columns, nulls first; equal rows keep their order.

    Text columns are compared as the ranks of their distinct values: a cell table repeats a few hundred keys a million times, and this sorts
    it nine times as fast as comparing the texts.
    """
    if len(keys) == 1 and frame.get_column(keys[0]).is_sorted():
        return frame
    ranks = []
    for key in keys:
        if frame.schema[key] == pl.String:
            distinct = frame.get_column(key).unique().drop_nulls().sort()
            ranks.append(pl.col(key).cast(pl.Enum(distinct)).to_physical())
        else:
            ranks.append(pl.col(key))
    return frame.sort(ranks, maintain_order=True)


def digest_file(path: Path) -> str:
    """sha256 of a file's bytes, hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _partition_of(column: str) -> pl.Expr:
    year = pl.col(column)
    known = year.is_between(FIRST_REPORT_YEAR, LAST_REPORT_YEAR).fill_null(value=False)
    return pl.when(known).then(year.cast(pl.String)).otherwise(pl.lit(name_partition(None)))


def _read_declared(path: Path, schema: pl.Schema) -> pl.DataFrame:
    frame = pl.read_parquet(path)
    if frame.columns != list(schema):
        raise StorageError(f"{path} has columns {frame.columns}, declared are {list(schema)}; delete it and build again")
    return conform(frame, schema)


def _scan_declared(path: Path, schema: pl.Schema) -> pl.LazyFrame:
    return pl.scan_parquet(path).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)
