"""Publication: a new version beside the old one, then one move of the link that readers follow.

    published/current -> .versions/<version>-<digest of the gate history>     nianbao.duckdb, <mart>.parquet, manifest.json, all read-only

A reader that has the earlier version open keeps it: its files stay for some more publications. A Parquet file that two of them have in
common takes its room once (a hard link). When each was published, and what was put back, is in the journal beside them.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import polars as pl
from pydantic import BaseModel, ConfigDict

from expectations.catalogue import Catalogue
from orchestration.history.journals import Event, read_clock, record_event
from orchestration.keys import load_keys
from orchestration.manifests import Origins
from orchestration.progress import Progress, ignore_progress
from orchestration.settings import DBT_PROJECT, DEFAULT_KEPT_PUBLICATIONS, Paths
from orchestration.storage import digest_file, scan_snapshot
from orchestration.warehousing import BuiltWarehouse

if TYPE_CHECKING:
    from expectations.gates import GateReport

DATABASE: Final = "nianbao.duckdb"
VERSIONS: Final = ".versions"
_PUBLIC: Final = ("dim_", "fct_", "mart_")
_HISTORY: Final = "fct_gate_results"
_COMPARED: Final = ("mart_agency_years", "fct_reports", "mart_quality")


class PublishedTable(BaseModel):
    """One table of a publication."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    sha256: str  # of its Parquet file


class Publication(BaseModel):
    """`manifest.json` of a publication. Its version holds no clock: the same data give the same version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    staging: str
    project: str
    statuses: dict[str, int]
    origins: Origins | None = None  # None: published by a version of this software that did not record them
    tables: dict[str, PublishedTable]


def list_public_tables(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, str]:
    """Name → quoted full name of the tables that readers see, by name."""
    rows = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? and not internal order by table_name", [catalog]
    ).fetchall()
    return {table: f'"{catalog}"."{schema}"."{table}"' for schema, table in rows if is_public(table)}


def is_public(table: str) -> bool:
    """Whether readers see the table: dimensions, facts and marts, not what they are made of."""
    return table.startswith(_PUBLIC)


def audit_warehouse(database: Path, catalogue: Catalogue, paths: Paths, accepted: Collection[str] = ()) -> "tuple[GateReport, GateReport]":
    """The gates in front of a publication, over the public tables of a built warehouse file.

    marts: against the snapshot of staging beside the file. drift: against the current publication; `accepted` names drift rules whose
    failure is meant this time.
    """
    from expectations.gates import audit_drift, audit_marts  # Great Expectations takes seconds to import

    staged = scan_snapshot(database.with_name("snapshot"))
    with duckdb.connect(str(database), read_only=True) as connection:
        (catalog,) = connection.execute("select current_database()").fetchall()[0]
        marts = {
            name: connection.sql(f"select * from {source}").pl(lazy=True)  # noqa: S608 (names come from the catalog)
            for name, source in list_public_tables(connection, catalog).items()
        }
        return (
            audit_marts(marts, staged, catalogue, results_dir=paths.gates),
            audit_drift(
                marts,
                scan_compared(paths),
                staged["outcomes"].collect(),
                catalogue,
                decisions=staged["decisions"].collect(),
                results_dir=paths.gates,
                accepted=accepted,
            ),
        )


def scan_compared(paths: Paths) -> dict[str, pl.LazyFrame] | None:
    """The tables of the current publication that the drift gate compares; None before the first. A table that it lacks is absent."""
    current = paths.published / "current"
    if not current.exists():
        return None
    files = {name: current.resolve() / f"{name}.parquet" for name in _COMPARED}
    return {name: pl.scan_parquet(path) for name, path in files.items() if path.exists()}


def publish_warehouse(
    paths: Paths,
    database: Path,
    built: BuiltWarehouse,
    results: Path | None = None,
    *,
    kept: int = DEFAULT_KEPT_PUBLICATIONS,
    progress: Progress = ignore_progress,
) -> Publication:
    """Publish the tables of a warehouse file. The caller holds the warehouse, and its gate has passed.

    `kept`: how many other publications stay, those last in use.

    `results`: Parquet of GATE_RESULTS that came after dbt had built `fct_gate_results`, those of the gates in front of this publication;
    they are added to it. That table has times and run ids, so it is no part of the version: the same data give the same version.
    """
    draft = paths.published / f".draft-{uuid.uuid4().hex}"
    draft.mkdir(parents=True)
    try:
        tables = _write_tables(database, draft, results, progress)
        lines = [built.staging, built.project, *(f"{name} {table.sha256}" for name, table in tables.items() if name != _HISTORY)]
        version = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
        publication = Publication(
            version=version,
            staging=built.staging,
            project=built.project,
            statuses=built.statuses,
            origins=built.origins,
            tables=tables,
        )
        (draft / "manifest.json").write_text(publication.model_dump_json(indent=1) + "\n", encoding="utf-8")
        for path in draft.iterdir():
            path.chmod(0o444)
        _share_files(paths, draft, tables)
        name = f"{version}-{tables[_HISTORY].sha256[:8]}" if _HISTORY in tables else version
        _place(paths, draft, name)
        before = name_current(paths)
        switch_current(paths, name)
        record_event(paths.published, Event(action="published", publication=name, before=before, at=read_clock()))
        _prune(paths, kept)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return publication


def read_publication(paths: Paths) -> Publication | None:
    """The manifest of the current publication; None before the first."""
    return read_manifest(paths.published / "current")


def read_manifest(folder: Path) -> Publication | None:
    """The manifest of a publication; None when there is none in the folder."""
    manifest = folder / "manifest.json"
    if not manifest.exists():
        return None
    return Publication.model_validate(json.loads(manifest.read_text(encoding="utf-8")))


def name_current(paths: Paths) -> str | None:
    """Name of the folder that readers see; None before the first publication."""
    current = paths.published / "current"
    return current.resolve().name if current.exists() else None


def switch_current(paths: Paths, name: str) -> None:
    """Readers see this folder of `.versions` from now on, in one move. The caller holds the warehouse."""
    os.utime(paths.published / VERSIONS / name)  # in use: the newest, not the first to be pruned
    link = paths.published / f".current-{uuid.uuid4().hex}"
    link.symlink_to(Path(VERSIONS) / name, target_is_directory=True)
    link.replace(paths.published / "current")


def _write_tables(database: Path, draft: Path, results: Path | None, progress: Progress) -> dict[str, PublishedTable]:
    published: dict[str, PublishedTable] = {}
    with duckdb.connect(str(draft / DATABASE)) as connection:
        connection.execute(f"attach '{_quote(str(database))}' as built (read_only)")
        keys = load_keys(DBT_PROJECT)
        sources = list_public_tables(connection, "built")
        for done, (name, source) in enumerate(sources.items()):
            progress("publishing", done, len(sources))
            rows_of = f"select * from {source}"  # noqa: S608 (names come from the catalog)
            if name == _HISTORY and results is not None:
                rows_of = f"from ({rows_of} union all by name select * from read_parquet('{_quote(str(results))}'))"  # noqa: S608
            _write_sorted(connection, name, rows_of, keys.get(name, ()))
            _copy_not_null(connection, name)
            _copy_comments(connection, name)
            path = draft / f"{name}.parquet"
            connection.execute(f"copy \"{name}\" to '{_quote(str(path))}' (format parquet, compression zstd)")
            rows = connection.execute(f'select count(*) from "{name}"').fetchall()[0][0]  # noqa: S608
            published[name] = PublishedTable(rows=rows, sha256=digest_file(path))
        connection.execute("detach built")
        connection.execute("checkpoint")
    return published


def _write_sorted(connection: duckdb.DuckDBPyConnection, name: str, rows_of: str, key: tuple[str, ...]) -> None:
    """Create the table in an order that the rows alone decide: by report year, then by key, else by all columns.

    The bytes of the Parquet files, and with them the version, do not depend on the machine or on what dbt made again. Year by year, a sort
    needs the memory of one year.
    """
    columns = {column for column, *_ in connection.execute(f"describe {rows_of}").fetchall()}
    order = ", ".join(f'"{column}"' for column in key) if key and columns >= set(key) else "all"
    if "report_year" not in columns:
        connection.execute(f'create table "{name}" as {rows_of} order by {order}')
        return
    connection.execute(f'create table "{name}" as {rows_of} limit 0')
    years = connection.execute(f"select distinct report_year from ({rows_of}) order by report_year nulls last").fetchall()  # noqa: S608
    for (year,) in years:
        of_year = f"report_year = {year}" if year is not None else "report_year is null"  # a constant, by which blocks are passed over
        connection.execute(f'insert into "{name}" from ({rows_of}) where {of_year} order by {order}')


def _copy_not_null(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Carry the contract's NOT NULL over, so that exports and readers know which columns always hold a value."""
    for (column,) in connection.execute(
        "select column_name from duckdb_columns() where database_name = 'built' and table_name = ? and not is_nullable", [table]
    ).fetchall():
        connection.execute(f'alter table "{table}" alter column "{column}" set not null')


def _copy_comments(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Carry dbt's descriptions over, so that a BI tool shows them."""
    for (comment,) in connection.execute(
        "select comment from duckdb_tables() where database_name = 'built' and table_name = ? and comment is not null", [table]
    ).fetchall():
        connection.execute(f"comment on table \"{table}\" is '{_quote(comment)}'")
    for column, comment in connection.execute(
        "select column_name, comment from duckdb_columns() where database_name = 'built' and table_name = ? and comment is not null",
        [table],
    ).fetchall():
        connection.execute(f'comment on column "{table}"."{column}" is \'{_quote(comment)}\'')


def _share_files(paths: Paths, draft: Path, tables: Mapping[str, PublishedTable]) -> None:
    """A Parquet file that another publication has too becomes a hard link to it; where links are not possible it stays a copy."""
    for folder in sorted((paths.published / VERSIONS).glob("*")):
        known = read_manifest(folder)
        if known is None:
            continue
        for name in tables.keys() & known.tables.keys():
            twin = folder / f"{name}.parquet"
            if tables[name].sha256 != known.tables[name].sha256 or not twin.exists() or twin.samefile(draft / twin.name):
                continue
            link = draft / f".{name}"
            try:
                link.hardlink_to(twin)
            except OSError:
                return
            link.replace(draft / twin.name)


def _place(paths: Paths, draft: Path, name: str) -> None:
    versions = paths.published / VERSIONS
    versions.mkdir(exist_ok=True)
    if not (versions / name).exists():
        draft.replace(versions / name)


def _prune(paths: Paths, kept: int) -> None:
    """Delete the publications that were longest out of use, never the current one."""
    current = name_current(paths)
    others = [path for path in (paths.published / VERSIONS).iterdir() if path.name != current]
    for path in sorted(others, key=lambda path: path.stat().st_mtime_ns, reverse=True)[kept:]:
        shutil.rmtree(path)


def _quote(text: str) -> str:
    return text.replace("'", "''")
