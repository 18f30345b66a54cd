"""Loading a publication into PostgreSQL: a new schema beside the earlier one, then both are renamed in the same transaction.

Readers see the earlier schema whole or the new one whole. A query that runs during the change goes on reading the earlier tables.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import duckdb

from orchestration.exporting.notes import Origin
from orchestration.exporting.selections import Selection
from orchestration.exporting.tables import Column, ExportError, Kind, Table, quote_name, quote_text

if TYPE_CHECKING:
    import psycopg

_MARK: Final = "Nianbao"
"""How the comment of a schema that this software made begins: no other schema is ever replaced."""
_LOCK: Final = 6_119_032_025
"""Key of the advisory lock that keeps two exports to one database apart; any number that nobody else uses."""
_DROP_TIMEOUT: Final = "5s"
_CHUNK: Final = 1 << 20
_TYPES: Final[Mapping[Kind, str]] = {
    "text": "text",
    "integer": "bigint",
    "decimal": "numeric",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}

Report = Callable[[str, int, int | None], None]


class PostgresError(ExportError):
    """The server cannot be reached or refuses; the message holds no password."""


@dataclass(frozen=True)
class Loaded:
    """What was loaded. `left`: earlier schemas that readers still hold; the next export drops them."""

    place: str
    rows: Mapping[str, int]
    left: tuple[str, ...]


def load_postgres(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table],
    selection: Selection,
    origin: Origin,
    url: str,
    schema: str,
    progress: Report,
) -> Loaded:
    """Replace `schema` of the database by the tables: types, primary keys, NOT NULL and comments as published; read rights are kept.

    Raises PostgresError when the server refuses, when the schema was not made by this software, and when something outside the schema
    (a view) rests on its tables.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,40}", schema) or schema.startswith("pg_"):
        raise PostgresError(f"{schema!r} is no schema name that needs no quotes: small letters, digits and _, at most 41; choose another")
    fresh, earlier = f"{schema}__new", f"{schema}__old"
    rows: dict[str, int] = {}
    with _connect(url) as server:
        place = f"{server.info.dbname} on {server.info.host or 'the local server'}, schema {schema}"
        with _explain(place, "nothing was changed"), server.transaction():
            _run(server, f"select pg_advisory_xact_lock({_LOCK})")
            left = _find_marked(server, earlier)
            _check_replaceable(server, schema)
            _run(server, f"create schema {fresh}")
            with TemporaryDirectory(prefix="nianbao-") as folder:
                for number, table in enumerate(tables):
                    progress(table.name, number, len(tables))
                    rows[table.name] = _load_table(connection, server, table, selection, fresh, Path(folder))
            note = f"{_MARK} {origin.software}, publication {origin.publication.version}. {origin.source}"
            _run(server, f"comment on schema {fresh} is {quote_text(note)}")
            _copy_rights(server, schema, fresh, tables)
            if _exists(server, schema):
                name = next(name for name in (f"{earlier}{number}" for number in range(len(left) + 1)) if name not in left)
                _run(server, f"alter schema {schema} rename to {name}")
                left.append(name)
            _run(server, f"alter schema {fresh} rename to {schema}")
        with _explain(place, "the new tables are in place, an earlier schema could not be dropped"):
            remaining = tuple(name for name in left if not _drop(server, name))
    return Loaded(place, rows, remaining)


def _load_table(
    connection: duckdb.DuckDBPyConnection,
    server: "psycopg.Connection[tuple[object, ...]]",
    table: Table,
    selection: Selection,
    schema: str,
    folder: Path,
) -> int:
    name = f"{schema}.{quote_name(table.name)}"
    _run(server, f"create table {name} ({', '.join(_declare(column) for column in table.columns)})")
    draft = folder / "table.csv"
    query = selection.write_query(table, [_write_value(column) for column in table.columns])
    connection.execute(f"copy ({query}) to {quote_text(str(draft))} (format csv, header false)")
    with server.cursor() as cursor:
        with draft.open("rb") as file, cursor.copy(f"copy {name} from stdin (format csv)") as copy:
            while chunk := file.read(_CHUNK):
                copy.write(chunk)
        count = cursor.rowcount
    draft.unlink()
    if table.key:
        _run(server, f"alter table {name} add primary key ({', '.join(quote_name(column) for column in table.key)})")
    if table.comment is not None:
        _run(server, f"comment on table {name} is {quote_text(table.comment)}")
    for column in table.columns:
        if column.comment is not None:
            _run(server, f"comment on column {name}.{quote_name(column.name)} is {quote_text(column.comment)}")
    return count


def _declare(column: Column) -> str:
    if column.kind == "decimal":
        declared = column.type.lower()
    else:
        declared = {"INTEGER": "integer", "SMALLINT": "smallint", "HUGEINT": "numeric", "UBIGINT": "numeric"}.get(
            column.type, _TYPES[column.kind]
        )
    return f"{quote_name(column.name)} {declared}" + ("" if column.is_nullable else " not null")


def _write_value(column: Column) -> str:
    name = quote_name(column.name)
    return f"cast({name} as varchar) as {name}" if column.kind == "text" else name


@contextmanager
def _connect(url: str) -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        parts = {"host": "@"}
    if "@" in str(parts.get("host", "")):  # the message of the library would show a part of the password
        raise PostgresError("--url cannot be read: postgresql://user:password@host:5432/database, with @ : / in a password as %40 %3A %2F")
    try:
        server = psycopg.connect(url, autocommit=True, connect_timeout=10, client_encoding="utf8", application_name="nianbao")
    except psycopg.Error as error:
        raise PostgresError(f"no connection to the database: {str(error).strip()}") from None
    with server:
        yield server


@contextmanager
def _explain(place: str, outcome: str) -> Iterator[None]:
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise PostgresError(f"{place}: the server refuses ({outcome}): {str(error).strip()}") from error


def _check_replaceable(server: "psycopg.Connection[tuple[object, ...]]", schema: str) -> None:
    found = server.execute("select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s", [schema]).fetchone()
    if found is None:
        return
    if not str(found[0] or "").startswith(_MARK):
        raise PostgresError(f"schema {schema} was not made by this software and is left alone; choose another with --schema")
    views = server.execute(_DEPENDENTS, [schema, schema]).fetchall()
    if views:
        named = ", ".join(str(row[0]) for row in views)
        raise PostgresError(f"{named} outside schema {schema} reads its tables and would go on showing the old ones; drop it first")


_DEPENDENTS: Final = """
select distinct viewer.oid::regclass::text
from pg_depend
inner join pg_rewrite on pg_depend.objid = pg_rewrite.oid and pg_depend.classid = 'pg_rewrite'::regclass
inner join pg_class as viewer on pg_rewrite.ev_class = viewer.oid
inner join pg_class as read on pg_depend.refobjid = read.oid and pg_depend.refclassid = 'pg_class'::regclass
where read.relnamespace = (select oid from pg_namespace where nspname = %s)
and viewer.relnamespace <> (select oid from pg_namespace where nspname = %s)
order by 1
"""


def _copy_rights(server: "psycopg.Connection[tuple[object, ...]]", earlier: str, fresh: str, tables: Sequence[Table]) -> None:
    """Who might read the earlier schema and its tables may read the new ones."""
    readers = server.execute(
        "select distinct coalesce(quote_ident(rolname), 'public') from pg_namespace"
        " cross join aclexplode(nspacl) as held left join pg_roles on held.grantee = pg_roles.oid"
        " where nspname = %s and held.privilege_type = 'USAGE' and held.grantee <> nspowner",
        [earlier],
    ).fetchall()
    for (reader,) in readers:
        _run(server, f"grant usage on schema {fresh} to {reader}")
    names = {table.name for table in tables}
    rights = server.execute(
        "select relname, coalesce(quote_ident(rolname), 'public') from pg_class inner join pg_namespace on relnamespace = pg_namespace.oid"
        " cross join aclexplode(relacl) as held left join pg_roles on held.grantee = pg_roles.oid"
        " where nspname = %s and held.privilege_type = 'SELECT' and held.grantee <> relowner",
        [earlier],
    ).fetchall()
    for table, reader in rights:
        if table in names:
            _run(server, f"grant select on {fresh}.{quote_name(str(table))} to {reader}")


def _find_marked(server: "psycopg.Connection[tuple[object, ...]]", prefix: str) -> list[str]:
    found = server.execute(
        "select nspname from pg_namespace"
        " where starts_with(nspname, %s) and starts_with(obj_description(oid, 'pg_namespace'), %s) order by 1",
        [prefix, _MARK],
    ).fetchall()
    return [str(name) for (name,) in found]


def _exists(server: "psycopg.Connection[tuple[object, ...]]", schema: str) -> bool:
    return server.execute("select 1 from pg_namespace where nspname = %s", [schema]).fetchone() is not None


def _drop(server: "psycopg.Connection[tuple[object, ...]]", schema: str) -> bool:
    """Whether the schema could be dropped: not while a reader's transaction holds one of its tables."""
    import psycopg

    try:
        with server.transaction():
            _run(server, f"set local lock_timeout = '{_DROP_TIMEOUT}'")
            _run(server, f"drop schema {schema} cascade")
    except psycopg.errors.LockNotAvailable:
        return False
    return True


def _run(server: "psycopg.Connection[tuple[object, ...]]", statement: str) -> None:
    server.execute(statement)
