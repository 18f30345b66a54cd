"""`nianbao export`: what is published, for spreadsheets, software and other databases."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

if TYPE_CHECKING:
    import duckdb

    from orchestration.cli.consoles import Report
    from orchestration.exporting.notes import Origin
    from orchestration.exporting.selections import Selection
    from orchestration.exporting.tables import Table

Years = Annotated[
    list[int] | None, typer.Option("--year", help="A report year; may be given several times. Default: all.", show_default=False)
]
Format = Literal["csv", "jsonl", "parquet", "xlsx", "postgres"]
HomeOption = Annotated[Path | None, typer.Option(help="Home folder of the build. Default: NIANBAO_HOME.", show_default=False)]
_WORKBOOK: Final = ".xlsx"


def export(
    output_format: Annotated[Format, typer.Option("--format", help="What to write.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write; or a file, whose name ends in the format: of one table, or one workbook.", show_default=False),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Database of --format postgres, postgresql://user:password@host:5432/database.", show_default=False)
    ] = None,
    table: Annotated[list[str] | None, typer.Option(help="A table; may be given several times. Default: all.", show_default=False)] = None,
    agency: Annotated[
        list[str] | None, typer.Option(help="An agency's name or id; may be given several times. Default: all.", show_default=False)
    ] = None,
    year: Years = None,
    by: Annotated[Literal["year", "agency"], typer.Option(help="A workbook of --format xlsx per year, or per agency.")] = "year",
    schema: Annotated[str, typer.Option(help="Schema of --format postgres.")] = "nianbao",
    home: HomeOption = None,
) -> None:
    """Export what is published: CSV, JSON Lines, Parquet, Excel workbooks, or a PostgreSQL schema.

    csv, jsonl and parquet write a file per table with a datapackage.json, a data dictionary and a note on where the figures come from.
    In CSV, a text that a spreadsheet could take for a formula has an apostrophe in front.

    xlsx rebuilds the statutory tables of each report as they were printed, with a sheet of sums (汇总) for the reports of a year; with
    --table it writes those tables as plain sheets.

    postgres loads all tables into a new schema and swaps it for the earlier one in one transaction: readers never see half of it.
    """
    from orchestration.cli.consoles import print_plain, show_progress
    from orchestration.exporting.notes import Origin, describe_source
    from orchestration.exporting.selections import select_rows
    from orchestration.exporting.tables import read_tables
    from orchestration.publishing import Publication
    from orchestration.querying import open_published
    from orchestration.settings import Paths, load_settings, read_version

    _check_target(output_format, out, url)
    paths = load_settings().paths if home is None else Paths(home.expanduser().resolve())
    with show_progress(is_logged=False) as progress, open_published(paths, is_locked=False) as connection:
        ((database,),) = connection.execute("select path from duckdb_databases() where database_name = current_database()").fetchall()
        manifest = Path(database).with_name("manifest.json").read_text(encoding="utf-8")
        origin = Origin(Publication.model_validate_json(manifest), read_version(), describe_source(connection))
        tables = read_tables(connection, table or ())
        selection = select_rows(connection, agency or (), year or ())
        if output_format == "postgres":
            lines = _load(connection, tables, selection, origin, str(url), schema, progress)
        elif output_format == "xlsx":
            lines = _write_workbooks(connection, tables if table else (), selection, origin, Path(str(out)), by, progress)
        else:
            lines = _write_files(connection, tables, selection, origin, Path(str(out)), output_format, progress)
    for line in lines:
        print_plain(line)


def _check_target(output_format: Format, out: Path | None, url: str | None) -> None:
    if output_format == "postgres":
        if url is None or out is not None:
            raise typer.BadParameter("--format postgres writes to a database: give its --url, and no --out")
    elif out is None or url is not None:
        raise typer.BadParameter(f"--format {output_format} writes files: give --out, and no --url")


def _write_files(
    connection: "duckdb.DuckDBPyConnection",
    tables: "Sequence[Table]",
    selection: "Selection",
    origin: "Origin",
    out: Path,
    output_format: Literal["csv", "jsonl", "parquet"],
    progress: "Report",
) -> list[str]:
    from orchestration.exporting.folders import export_file, export_folder

    if out.suffix != f".{output_format}":
        exported = export_folder(connection, tables, selection, output_format, origin, out, progress)
        return [*(f"{entry.rows:>12,} rows  {out / entry.file}" for entry in exported), f"written: {out / 'datapackage.json'}"]
    if len(tables) != 1:
        raise typer.BadParameter(f"{out} is one file, for one table: name it with --table, or give a folder with --out")
    entry = export_file(connection, tables[0], selection, output_format, origin, out)
    return [f"{entry.rows:>12,} rows  {out}", f"written: {out.with_name(f'{out.stem}.PROVENANCE.md')}"]


def _write_workbooks(
    connection: "duckdb.DuckDBPyConnection",
    tables: "Sequence[Table]",
    selection: "Selection",
    origin: "Origin",
    out: Path,
    by: Literal["year", "agency"],
    progress: "Report",
) -> list[str]:
    from orchestration.exporting.offices import export_forms, export_sheets

    if tables:
        if out.suffix != _WORKBOOK:
            raise typer.BadParameter(f"plain tables go into one workbook: --out {out}{_WORKBOOK}")
        exported = export_sheets(connection, tables, selection, origin, out, progress)
        return [*(f"{entry.rows:>12,} rows  {entry.table.name}" for entry in exported), f"written: {out}"]
    written = export_forms(connection, selection, origin, out, by, progress)
    return [f"{count:>12,} reports  {path}" for path, count in written.items()]


def _load(
    connection: "duckdb.DuckDBPyConnection",
    tables: "Sequence[Table]",
    selection: "Selection",
    origin: "Origin",
    url: str,
    schema: str,
    progress: "Report",
) -> list[str]:
    from orchestration.exporting.servers import load_postgres

    loaded = load_postgres(connection, tables, selection, origin, url, schema, progress)
    lines = [f"{rows:>12,} rows  {schema}.{name}" for name, rows in loaded.rows.items()]
    lines += [f"still read by someone, dropped by the next export: schema {name}" for name in loaded.left]
    return [*lines, f"loaded: {loaded.place}"]
