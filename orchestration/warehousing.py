"""The warehouse file around dbt: what dbt reads, where it writes, and when its result counts.

dbt builds `warehouse/candidate/nianbao.duckdb` from a snapshot of staging. Only a build that ends well, its tests included, becomes
`warehouse/built/`, which the marts gate and publication read; they never see a half-built file. All of it happens under one lock, so the
command line and the daemon take turns.

A build of which few partitions differ from the last one's begins with a copy of that one's file, and dbt makes the large fact tables again
only for those (`dbt_project/macros/changed_partitions.sql`); every other model, and every test that compares tables, runs over everything.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

import polars as pl
from pydantic import BaseModel, ConfigDict, TypeAdapter

from expectations.catalogue import load_catalogue
from ingest.errors import NianbaoError
from ingest.templates import load_templates
from orchestration.locking import hold_lock
from orchestration.manifests import Origins, PartitionManifest, RuleEntry, digest_manifests, digest_software, digest_text
from orchestration.partitions import read_year
from orchestration.rostering import read_roster_record
from orchestration.settings import DBT_PROJECT, Paths, build_child_environment, read_version
from orchestration.storage import Storage, write_parquet

_NOT_SOURCES: Final = frozenset({"target", "logs", "dbt_packages"})
_FILE: Final = "nianbao.duckdb"
_RECORD: Final = "built.json"
_CHANGED: Final = "changed_partitions.parquet"
_RULES: Final = TypeAdapter(tuple[RuleEntry, ...])


class WarehouseError(NianbaoError):
    """dbt could not prepare its project, or there is no built warehouse to publish."""


class BuiltWarehouse(BaseModel):
    """What the built warehouse was made from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    staging: str  # digest of the staging tables of the snapshot, and of what people decided
    project: str  # digest of the dbt project
    statuses: dict[str, int]  # status → inputs, over all partitions
    origins: Origins | None = None  # None: built by a version of this software that did not record them
    partitions: dict[str, str] = {}  # partition → digest of what the facts of its reports are made from; empty: not recorded

    @property
    def identity(self) -> str:
        """Digest of the inputs and of all code. Not of the tables: made again from the same inputs, findings may tell other changes."""
        made_from = (self.staging,) if self.origins is None else (self.origins.inputs, self.origins.code)
        return digest_text("\n".join((*made_from, self.project)))


@contextmanager
def hold_warehouse(paths: Paths) -> Iterator[None]:
    """Wait for the warehouse and hold it."""
    with hold_lock(paths.warehouse / ".lock"):
        yield


def digest_project() -> str:
    """Digest of the dbt project's files, of dbt itself and of DuckDB: equal digests have equal manifests and read each other's tables."""
    digest = hashlib.sha256(" ".join(version(name) for name in ("dbt-core", "dbt-duckdb", "duckdb")).encode())
    for path in sorted(DBT_PROJECT.rglob("*")):
        relative = path.relative_to(DBT_PROJECT)
        if path.is_file() and relative.parts[0] not in _NOT_SOURCES:
            digest.update(f"\n{relative.as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def digest_staging(storage: Storage, manifests: dict[str, PartitionManifest]) -> str:
    """One digest of everything in staging and of what people say beside it."""
    said = _digest_said(storage)
    return digest_text(digest_manifests(manifests) + said) if said else digest_manifests(manifests)


def digest_partitions(manifests: Mapping[str, PartitionManifest], decisions: pl.DataFrame) -> dict[str, str]:
    """Partition → digest of its staging tables and of those of the DECISIONS that have effect on its reports."""
    applied = decisions.filter(pl.col("status") == "applied")
    return {
        partition: digest_text(
            digest_manifests({partition: manifest}) + applied.filter(pl.col("report_year").eq_missing(read_year(partition))).write_json()
        )
        for partition, manifest in manifests.items()
    }


def _digest_said(storage: Storage) -> str:
    """Digest of decisions, roster and agency changes; empty when nobody said anything."""
    record = read_roster_record(storage)
    return storage.digest_decisions() + ("" if record is None else record.content)


def prepare_manifest(paths: Paths) -> Path:
    """dbt's manifest of the project as it is now: made once per version of the project, whoever comes first.

    Raises WarehouseError with dbt's own words when the project does not parse.
    """
    folder = paths.warehouse / "dbt_manifests" / digest_project()[:16]
    if not (folder / "manifest.json").exists():
        with hold_lock(paths.warehouse / ".dbt_manifests.lock"):
            if not (folder / "manifest.json").exists():
                _parse_project(paths, folder)
    return folder / "manifest.json"


def build_dbt_environment(paths: Paths) -> dict[str, str]:
    """The variables that `dbt_project/profiles.yml` and its sources read. Always the same, or dbt would parse everything again."""
    return {
        "NIANBAO_STAGING": str(paths.warehouse / "snapshot"),
        "NIANBAO_WAREHOUSE": str(paths.warehouse / "candidate" / _FILE),
        "DBT_TARGET_PATH": str(get_dbt_target(paths)),
        "DBT_LOG_PATH": str(get_dbt_target(paths)),
        "DO_NOT_TRACK": "1",
    }


def get_dbt_target(paths: Paths) -> Path:
    """Where dbt leaves its artifacts of the latest build: `run_results.json`, `dbt.log`."""
    return paths.warehouse / "dbt_target"


def prepare_candidate(paths: Paths, storage: Storage, *, is_full: bool = False) -> BuiltWarehouse:
    """Take the snapshot and clear the way for dbt; returns what the build will have been made from. The caller holds the warehouse.

    The candidate begins with the tables of the last build where that spares work; with `is_full`, from nothing.
    """
    (paths.warehouse / "built" / "gate.json").unlink(missing_ok=True)  # of an earlier warehouse; should dbt fail, there is no verdict
    snapshot, manifests = storage.take_snapshot()
    candidate = paths.warehouse / "candidate"
    shutil.rmtree(candidate, ignore_errors=True)
    candidate.mkdir(parents=True)
    target = get_dbt_target(paths)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    partial = prepare_manifest(paths).with_name("partial_parse.msgpack")
    shutil.copyfile(partial, target / partial.name)
    decisions = pl.read_parquet(snapshot / "decisions" / "corpus.parquet")  # those that dbt will read
    built = describe_built(storage, manifests).model_copy(update={"partitions": digest_partitions(manifests, decisions)})
    changed = None if is_full else find_changed(paths, built, manifests)
    if changed is not None:
        write_parquet(pl.DataFrame({"partition_key": changed}, schema={"partition_key": pl.String}), snapshot / _CHANGED)
        shutil.copyfile(paths.warehouse / "built" / _FILE, candidate / _FILE)
    return built


def find_changed(paths: Paths, built: BuiltWarehouse, manifests: Mapping[str, PartitionManifest]) -> list[str] | None:
    """The partitions of which the last build's facts do not hold any more; None when it is better, or necessary, to begin from nothing.

    Necessary after any change of the dbt project. Better when more than half of the inputs are in partitions that changed: what a copy
    spares is then less than what it costs.
    """
    record = paths.warehouse / "built" / _RECORD
    if not record.exists():
        return None
    last = BuiltWarehouse.model_validate_json(record.read_text(encoding="utf-8"))
    if last.project != built.project or not last.partitions:
        return None
    changed = sorted(dict(last.partitions.items() ^ built.partitions.items()))
    inputs = sum(sum(manifest.statuses.values()) for partition, manifest in manifests.items() if partition in changed)
    return changed if 2 * inputs <= sum(built.statuses.values()) else None


def describe_built(storage: Storage, manifests: dict[str, PartitionManifest]) -> BuiltWarehouse:
    """What a warehouse of these partitions is made from, with the software as it is now."""
    statuses = sum_statuses(manifests)
    origins = Origins(
        inputs=digest_text(
            "\n".join([*(f"{name} {manifest.inputs}" for name, manifest in sorted(manifests.items())), _digest_said(storage)])
        ),
        input_count=sum(statuses.values()),
        software=read_version(),
        parser=digest_software("ingest"),
        templates=digest_text("\n".join(form.model_dump_json() for _, form in sorted(load_templates().items()))),
        rules=digest_text(load_catalogue().model_dump_json()),
        code=digest_software("ingest", "expectations", "orchestration"),
    )
    return BuiltWarehouse(staging=digest_staging(storage, manifests), project=digest_project(), statuses=statuses, origins=origins)


def accept_candidate(paths: Paths, built: BuiltWarehouse) -> Path:
    """dbt ended well: its file, with the snapshot it was made from, becomes the built warehouse. The caller holds the warehouse."""
    folder = paths.warehouse / "built"
    folder.mkdir(exist_ok=True)
    record = folder / _RECORD
    record.unlink(missing_ok=True)  # a crash between the two moves leaves no record rather than a wrong one
    (paths.warehouse / "candidate" / _FILE).replace(folder / _FILE)
    shutil.rmtree(folder / "snapshot", ignore_errors=True)
    (paths.warehouse / "snapshot" / _CHANGED).unlink(missing_ok=True)  # said of the file before this one
    (paths.warehouse / "snapshot").replace(folder / "snapshot")
    record.write_text(built.model_dump_json(indent=1), encoding="utf-8")
    return folder / _FILE


def keep_gate(paths: Paths, rules: tuple[RuleEntry, ...]) -> None:
    """What the marts gate said of the built warehouse. The caller holds the warehouse."""
    (paths.warehouse / "built" / "gate.json").write_text(_RULES.dump_json(rules, indent=1).decode(), encoding="utf-8")


def read_gate(paths: Paths) -> tuple[RuleEntry, ...]:
    """What the marts gate said of the latest warehouse that it judged; nothing before the first."""
    path = paths.warehouse / "built" / "gate.json"
    return _RULES.validate_json(path.read_text(encoding="utf-8")) if path.exists() else ()


def read_built(paths: Paths) -> tuple[Path, BuiltWarehouse]:
    """The built warehouse file and what it was made from. Raises WarehouseError when there is none."""
    record = paths.warehouse / "built" / _RECORD
    if not record.exists():
        raise WarehouseError(f"no built warehouse under {paths.warehouse}; run the dbt models first (job `marts_only`)")
    return record.with_name(_FILE), BuiltWarehouse.model_validate_json(record.read_text(encoding="utf-8"))


def sum_statuses(manifests: dict[str, PartitionManifest]) -> dict[str, int]:
    """Inputs by status over all partitions."""
    totals: dict[str, int] = {}
    for manifest in manifests.values():
        for status, count in manifest.statuses.items():
            totals[status] = totals[status] + count if status in totals else count
    return dict(sorted(totals.items()))


def run_dbt(arguments: Sequence[str], variables: Mapping[str, str]) -> None:
    """Run dbt on our project in a process of its own. Raises WarehouseError with dbt's own words when it fails."""
    program = str(Path(sys.executable).parent / "dbt")
    command = [program, "--no-use-colors", *arguments, "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    result = subprocess.run(command, env=build_child_environment(variables), capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode != 0:
        raise WarehouseError(f"dbt could not {' '.join(arguments)} {DBT_PROJECT}:\n{result.stdout}{result.stderr}")


def _parse_project(paths: Paths, folder: Path) -> None:
    target = paths.warehouse / "dbt_parse"
    shutil.rmtree(target, ignore_errors=True)
    (paths.warehouse / "snapshot").mkdir(parents=True, exist_ok=True)
    run_dbt(["parse"], {**build_dbt_environment(paths), "DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(target)})
    for stale in folder.parent.glob("*"):
        shutil.rmtree(stale)
    folder.mkdir(parents=True)
    shutil.copyfile(target / "partial_parse.msgpack", folder / "partial_parse.msgpack")
    shutil.copyfile(target / "manifest.json", folder / "manifest.json.tmp")
    (folder / "manifest.json.tmp").replace(folder / "manifest.json")
