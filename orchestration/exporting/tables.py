"""The published tables as exports see them: columns with type, comment and NOT NULL, and the key of each table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import duckdb
import yaml

from ingest.errors import NianbaoError
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


def load_keys(dbt_project: Path) -> dict[str, tuple[str, ...]]:
    """Table → its key, as the tests of the dbt project declare it: `unique_combination` of the model, else a `unique` column."""
    keys: dict[str, tuple[str, ...]] = {}
    for path in sorted((dbt_project / "models" / "marts").glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", ()):
            key = _read_key(model)
            if key:
                keys[model["name"]] = key
    return keys


def _read_key(model: Mapping[str, Any]) -> tuple[str, ...]:
    for test in model.get("data_tests", ()):
        if isinstance(test, dict) and "unique_combination" in test:
            return tuple(test["unique_combination"]["arguments"]["columns"])
    return tuple(column["name"] for column in model["columns"] if "unique" in column.get("data_tests", ()))[:1]


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
