"""One file of a table: CSV, JSON Lines or Parquet, written by DuckDB in one pass whatever the size."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Literal

import duckdb

from orchestration.exporting.selections import Selection
from orchestration.exporting.tables import Column, Table, quote_name, quote_text

FileFormat = Literal["csv", "jsonl", "parquet"]

_BOM: Final = "\ufeff"
_BLANKS: Final = "[ \t\r\n\v\f\u00a0\u3000\ufeff\u200b]*"
_RISKY: Final = f"^(?:['\t\r\n]|{_BLANKS}[=+\\-@＝＋－＠])"
"""Texts that a spreadsheet may take for a formula or a command, and those that begin with the sign that marks them, so that taking one
apostrophe away always gives the text back. One pattern for DuckDB and for Python."""
TIMESTAMP_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
"""Times of the marts are UTC and bear no zone; outside they do."""


def write_file(connection: duckdb.DuckDBPyConnection, table: Table, selection: Selection, path: Path, file_format: FileFormat) -> int:
    """Write the selected rows of the table in published order; returns their number."""
    expressions = [_WRITERS[file_format](column) for column in table.columns]
    if file_format == "csv":  # DuckDB writes no byte order mark: the first column's name brings it
        expressions[0] = _name(_WRITERS["csv"](table.columns[0]).rpartition(" as ")[0], _BOM + table.columns[0].name)
    query = selection.write_query(table, expressions)
    options = {
        "csv": "format csv, header true",
        "jsonl": "format json",
        "parquet": f"format parquet, compression zstd, kv_metadata {{description: {quote_text(table.comment or table.name)}}}",
    }[file_format]
    result = connection.execute(f"copy ({query}) to {quote_text(str(path))} ({options})").fetchall()
    return int(result[0][0])


def neutralise_text(text: str) -> str:
    """A text for a spreadsheet: with an apostrophe in front when it could be taken for a formula, else as it is."""
    return "'" + text if re.match(_RISKY, text) else text


def find_blank_columns(connection: duckdb.DuckDBPyConnection, table: Table, selection: Selection) -> frozenset[str]:
    """Text columns in which some selected row holds an empty text: CSV readers take it for a missing value."""
    texts = [column.name for column in table.columns if column.kind == "text"]
    if not texts:
        return frozenset()
    counts = ", ".join(f"count(*) filter (cast({quote_name(name)} as varchar) = '')" for name in texts)
    (row,) = connection.execute(f"select {counts} from ({selection.write_query(table)})").fetchall()  # noqa: S608
    return frozenset(name for name, count in zip(texts, row, strict=True) if count)


def _write_csv(column: Column) -> str:
    name = quote_name(column.name)
    match column.kind:
        case "text":
            text = f"cast({name} as varchar)"
            return _name(f"case when regexp_matches({text}, {quote_text(_RISKY)}) then '''' || {text} else {text} end", column.name)
        case "timestamp":
            return _name(f"strftime({name}, '{TIMESTAMP_FORMAT}')", column.name)
        case _:
            return _name(name, column.name)


def _write_json(column: Column) -> str:
    name = quote_name(column.name)
    match column.kind:
        case "text":
            return _name(f"cast({name} as varchar)", column.name)
        case "timestamp":
            return _name(f"strftime({name}, '{TIMESTAMP_FORMAT}')", column.name)
        case _:
            return _name(name, column.name)


def _write_parquet(column: Column) -> str:
    return _name(quote_name(column.name), column.name)


def _name(expression: str, name: str) -> str:
    return f"{expression} as {quote_name(name)}"


_WRITERS: Final[Mapping[FileFormat, Callable[[Column], str]]] = {"csv": _write_csv, "jsonl": _write_json, "parquet": _write_parquet}
