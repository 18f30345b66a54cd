"""The published tables as exports see them: columns with type, comment and NOT NULL, and the key of each table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import duckdb

from ingest.errors import NianbaoError
from orchestration.keys import load_keys
from orchestration.querying import check_tables
from orchestration.settings import DBT_PROJECT

Kind = Literal["text", "integer", "decimal", "number", "boolean", "date", "timestamp"]

_KINDS: Final[tuple[tuple[str, Kind], ...]] = (
    (r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|UINTEGER", "integer"),
    (r"DECIMAL\(.*\)", "decimal"),
    (r"DOUBLE|FLOAT", "number"),
    (r"BOOLEAN", "boolean"),
    (r"DATE", "date"),
    (r"TIMESTAMP", "timestamp"),
)


class ExportError(NianbaoError):
    """An export that cannot be written; the message names the place and the remedy."""


@dataclass(frozen=True)
class Column:
    """One column. `type` is DuckDB's; lists, structs and the like are exported as their text."""

    name: str
    type: str
    comment: str | None
    is_nullable: bool

    @property
    def kind(self) -> Kind:
        """What the values are, whatever the format."""
        for pattern, kind in _KINDS:
            if re.fullmatch(pattern, self.type):
                return kind
        return "text"


@dataclass(frozen=True)
class Table:
    """One published table. `key`: the columns that name a row, empty when none are known or the data do not bear them out."""

    name: str
    comment: str | None
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def has_column(self, name: str) -> bool:
        """Whether the table has a column of that name."""
        return any(column.name == name for column in self.columns)


def read_tables(connection: duckdb.DuckDBPyConnection, names: Sequence[str] = ()) -> list[Table]:
    """The tables of an open publication by name; `names` restricts them.

    Raises UnknownTableError for a name that is not there.
    """
    check_tables(connection, names)
    keys = load_keys(DBT_PROJECT)
    columns: dict[str, list[Column]] = {}
    for table, *fields in connection.execute(
        "select table_name, column_name, data_type, comment, is_nullable from duckdb_columns() where not internal"
        " order by table_name, column_index"
    ).fetchall():
        columns.setdefault(table, []).append(Column(*fields))
    comments = dict(connection.execute("select table_name, comment from duckdb_tables() where not internal order by table_name").fetchall())
    return [
        Table(name, comment, tuple(columns[name]), _check_key(connection, name, keys.get(name, ()), columns[name]))
        for name, comment in comments.items()
        if not names or name in names
    ]


def _check_key(connection: duckdb.DuckDBPyConnection, table: str, key: tuple[str, ...], columns: Sequence[Column]) -> tuple[str, ...]:
    """The key, if this publication has its columns, none of them with a null, and no two rows with the same."""
    if not key or not set(key) <= {column.name for column in columns}:
        return ()
    names = ", ".join(quote_name(name) for name in key)
    held = " and ".join(f"{quote_name(name)} is not null" for name in key)
    ((is_key,),) = connection.execute(
        f"select count(*) filter ({held}) = count(*) and count(distinct row({names})) = count(*) from {quote_name(table)}"  # noqa: S608
    ).fetchall()
    return key if is_key else ()


def quote_name(name: str) -> str:
    """An identifier in SQL, of DuckDB and PostgreSQL."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """A text literal in SQL, of DuckDB and (with its standard strings) PostgreSQL."""
    return "'" + text.replace("'", "''") + "'"
