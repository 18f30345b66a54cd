"""`nianbao query`: SQL on what is published, and nothing else."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from orchestration.cli.exporting import HomeOption

if TYPE_CHECKING:
    import duckdb

_SHOWN: Final = 100
_BATCH: Final = 10_000


def query(
    sql: Annotated[str | None, typer.Argument(help="One SELECT, a file .sql with it, or - for standard input.", show_default=False)] = None,
    tables: Annotated[bool, typer.Option("--tables", help="List the tables and what they hold, and run nothing.")] = False,
    output_format: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", help="json: one object per line and row.")
    ] = "table",
    limit: Annotated[int | None, typer.Option(min=0, help="Rows to show. Default: 100 of a table, else all.", show_default=False)] = None,
    home: HomeOption = None,
) -> None:
    """Ask the published tables, in SQL (DuckDB's).

    Nothing can be changed, and nothing but the published tables read: no file, no other database, no network.

    In CSV, a text that a spreadsheet could take for a formula has an apostrophe in front.
    """
    from orchestration.querying import list_tables, open_published, run_query
    from orchestration.settings import Paths, load_settings

    if (sql is None) != tables:
        raise typer.BadParameter("give a query, or --tables to see what can be asked")
    text = None if sql is None else _read_sql(sql)
    paths = load_settings().paths if home is None else Paths(home.expanduser().resolve())
    with open_published(paths, is_locked=True) as connection:
        if text is None:
            rows: list[tuple[object, ...]] = [(entry.name, entry.rows, entry.comment) for entry in list_tables(connection)]
            _print_rows(("table", "rows", "what it holds"), iter(rows), output_format, limit)
            return
        relation = run_query(connection, text)
        if relation is not None:
            _print_rows(relation.columns, _iterate_rows(relation), output_format, limit)


def _read_sql(sql: str) -> str:
    """The text itself; of a file or of standard input, what it holds."""
    from orchestration.querying import QueryError

    if sql == "-":
        return sys.stdin.read()
    if sql.endswith(".sql"):
        try:
            return Path(sql).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise QueryError(f"{sql} cannot be read ({error})") from error
    return sql


def _iterate_rows(relation: "duckdb.DuckDBPyRelation") -> Iterator[tuple[object, ...]]:
    """The rows as they come. What fails only while it is computed, such as a cast, is a QueryError too."""
    import duckdb

    from orchestration.querying import QueryError

    try:
        while batch := relation.fetchmany(_BATCH):
            yield from batch
    except duckdb.Error as error:
        raise QueryError(str(error)) from error


def _print_rows(columns: Sequence[str], rows: Iterator[tuple[object, ...]], output_format: str, limit: int | None) -> None:
    if output_format == "table":
        _print_table(columns, rows, _SHOWN if limit is None else limit)
        return
    if output_format == "csv":
        _write_csv(columns)
    for row in islice(rows, limit):
        if output_format == "csv":
            _write_csv(row)
        else:
            sys.stdout.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=encode_value) + "\n")


def _write_csv(row: Sequence[object]) -> None:
    import csv
    from io import StringIO

    from orchestration.exporting.files import neutralise_text

    line = StringIO()
    # The terminator makes the writer quote a text with either of its characters.
    writer = csv.writer(line, lineterminator="\r\n")
    writer.writerow([neutralise_text(value) if isinstance(value, str) else value for value in row])
    sys.stdout.write(line.getvalue().removesuffix("\r\n") + "\n")


def _print_table(columns: Sequence[str], rows: Iterator[tuple[object, ...]], limit: int) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from orchestration.cli.consoles import measure_grid, open_console, print_error

    shown = list(islice(rows, limit))
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        values = [row[number] for row in shown]
        is_number = any(_is_number(value) for value in values)
        grid.add_column(Text(column), justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    for row in shown:
        grid.add_row(*(_write_value(value) for value in row))
    console = open_console()
    console.width = max(console.width, measure_grid(console, grid)[0])  # a number is never cut off
    console.print(grid)
    more = next(rows, None) is not None
    print_error(
        f"{len(shown)} {'row' if len(shown) == 1 else 'rows'} shown"
        + ("; there are more: --limit N, or --format csv for all" if more else "")
    )


def _write_value(value: object) -> Any:
    from rich.text import Text

    if value is None:
        return Text("null", style="dim")
    return Text(str(value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def encode_value(value: object) -> object:
    """What JSON has no form for: a decimal as its exact number, where a double shows the same digits, else as text."""
    match value:
        case Decimal():
            number = float(value)
            return (int(value) if value == value.to_integral_value() else number) if Decimal(repr(number)) == value else str(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
