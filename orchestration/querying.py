"""The published tables opened for reading: what there is, queries that can do no harm, near names for what is not there."""

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import duckdb

from ingest.errors import NianbaoError
from orchestration.publishing import DATABASE
from orchestration.settings import Paths

_LOCKED: Final = {
    "enable_external_access": False,  # no file, no other database, no network
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "lock_configuration": True,  # and a query cannot allow itself any of that
}
_NEAR: Final = 5
_REFUSED: Final = (duckdb.PermissionException, duckdb.InvalidInputException)


class NoPublicationError(NianbaoError):
    """The home folder holds no publication yet."""


class QueryError(NianbaoError):
    """A query that cannot be run on the published tables."""


class UnknownTableError(NianbaoError):
    """A table that the publication does not have."""


@dataclass(frozen=True)
class TableEntry:
    """A published table in a list of them."""

    name: str
    rows: int
    comment: str | None


@contextmanager
def open_published(paths: Paths, *, is_locked: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """The current publication, read-only. Locked: nothing but its own tables can be read and no setting changed.

    The version that is current now is opened: a publication made meanwhile changes nothing. Raises NoPublicationError.
    """
    database = (paths.published / "current").resolve() / DATABASE
    if not database.exists():
        raise NoPublicationError(f"nothing is published under {paths.published}; run `nianbao build`, or name another folder with --home")
    with duckdb.connect(str(database), read_only=True, config=dict(_LOCKED) if is_locked else {}) as connection:
        yield connection


def list_tables(connection: duckdb.DuckDBPyConnection) -> list[TableEntry]:
    """The tables by name, with their number of rows and what they hold."""
    rows = connection.execute("select table_name, estimated_size, comment from duckdb_tables() where not internal order by table_name")
    return [TableEntry(*row) for row in rows.fetchall()]


def check_tables(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    """Raises UnknownTableError naming the first that is not there, with near names."""
    known = [entry.name for entry in list_tables(connection)]
    for name in names:
        if name not in known:
            raise UnknownTableError(_describe_unknown(name, known))


def run_query(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyRelation | None:
    """The result of one statement, not fetched yet; None of a statement that gives no rows.

    Raises QueryError with DuckDB's message and a remedy, UnknownTableError for a table that is not there.
    """
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1:
            raise QueryError(f"one statement at a time; this is {len(statements)}")
        if statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
            raise QueryError(f"only SELECT is run on what is published, which nothing may change; this is {statements[0].type.name}")
        return connection.query(sql)
    except _REFUSED as error:
        raise QueryError(
            f"{_first_line(error)}. A query reads the published tables and nothing else; for files of its results use --format csv, "
            "or `nianbao export`"
        ) from error
    except duckdb.CatalogException as error:
        name = _read_missing_table(error)
        if name is None:
            raise QueryError(str(error)) from error
        raise UnknownTableError(_describe_unknown(name, [entry.name for entry in list_tables(connection)])) from error
    except duckdb.Error as error:
        raise QueryError(str(error)) from error


def find_near(name: str, known: Sequence[str]) -> list[str]:
    """Names that look like the one that was meant, nearest first: those that hold it, then those spelt like it."""
    held = [other for other in known if name and (name.lower() in other.lower() or other.lower() in name.lower())]
    spelt = difflib.get_close_matches(name, known, n=_NEAR, cutoff=0.5)
    return list(dict.fromkeys([*held, *spelt]))[:_NEAR]


def _describe_unknown(name: str, known: Sequence[str]) -> str:
    near = find_near(name, known)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    return f"there is no table {name}; {meant}published: {', '.join(known)}"


def _read_missing_table(error: duckdb.CatalogException) -> str | None:
    head, found, tail = str(error).partition("Table with name ")
    return tail.split(" does not exist")[0] if found and "Error" in head else None


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].partition(": ")[2].rstrip("!.")
