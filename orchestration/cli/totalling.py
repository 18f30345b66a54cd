"""`nianbao totals`: region totals that do not agree with the reports below them, with the children that are missing."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from ingest.errors import NianbaoError

if TYPE_CHECKING:
    import polars as pl

_DISAGREES: Final = ("differs", "below_children")
_COLUMNS: Final = {"dim_agencies": ["agency_id", "agency_name"], "fct_reports": ["document_id", "source"]}


class NoTotalsError(NianbaoError):
    """There is no publication with region totals yet, or none of that agency."""


def totals(
    agency: Annotated[str | None, typer.Argument(help="Part of the name of a government, or its agency_id; none: all.")] = None,
    year: Annotated[int | None, typer.Argument(help="Report year; none: all.")] = None,
    home: Annotated[Path | None, typer.Option(help="Home folder of the build. Default: NIANBAO_HOME.", show_default=False)] = None,
    output_format: Annotated[Literal["text", "json"], typer.Option("--format", help="json: one object per line and cell.")] = "text",
) -> None:
    """Show region totals (汇总) that do not agree with the reports below them, cell by cell, and name the children that are missing.

    Equality is asked only where the roster of publishers (NIANBAO_PUBLISHERS) lists every child and all have a report; otherwise a total
    must be no less than what was found. Exit status: 0 all agree or cannot be told; 1 a cell does not agree; 2 an error.
    """
    import polars as pl

    from orchestration.cli.consoles import print_plain
    from orchestration.settings import Paths, load_settings

    paths = load_settings().paths if home is None else Paths(home.expanduser().resolve())
    found = _read_totals(paths.published / "current")
    if agency is not None:
        found = found.filter((pl.col("agency_id") == agency) | pl.col("agency_name").str.contains(agency, literal=True))
        if found.is_empty():
            raise NoTotalsError(f"no report of {agency} is a region total with a child; `nianbao totals` lists those that are")
    if year is not None:
        found = found.filter(pl.col("report_year") == year)
    wrong = found.filter(pl.col("status").is_in(_DISAGREES))
    if output_format == "json":
        for row in wrong.iter_rows(named=True):
            print_plain(json.dumps(row, ensure_ascii=False, allow_nan=False))
    else:
        for (_, _), cells in found.group_by("report_year", "document_id", maintain_order=True):
            for line in _describe(cells.rows(named=True)):
                print_plain(line)
        print_plain(f"{wrong.height} of {found.height} cells of {found['document_id'].n_unique()} region totals do not agree")
    raise typer.Exit(int(not wrong.is_empty()))


def _read_totals(current: Path) -> "pl.DataFrame":
    """fct_region_totals with agency_name and source, by year, agency and printed order of the cells."""
    import polars as pl

    path = current / "fct_region_totals.parquet"
    if not path.exists():
        raise NoTotalsError(f"no region totals under {current}; run `nianbao build`")
    names, sources = (pl.read_parquet(current / f"{table}.parquet", columns=columns) for table, columns in _COLUMNS.items())
    return (
        pl.read_parquet(path)
        .join(names, on="agency_id", how="left")
        .join(sources, on="document_id", how="left")
        .sort("report_year", "agency_name", "document_id", "line", "table_key", "row_key", "column_key")
    )


def _describe(cells: list[dict[str, Any]]) -> list[str]:
    """One total: who is there and who is not, then each cell that does not agree as file:line."""
    from expectations.checks.wording import label_column, label_row

    first = cells[0]
    expected = first["children_expected"]
    known = f"{first['children_present']} children with a report" + (f" of {expected} expected" if expected is not None else ", no roster")
    lines = [f"{first['agency_name']} {first['report_year']} ({first['report_scope']}): {known}"]
    if first["missing_children"] is not None:
        lines.append(f"  missing: {first['missing_children']}")
    statuses = [cell["status"] for cell in cells]
    counts = ", ".join(f"{statuses.count(status)} {status}" for status in dict.fromkeys(statuses))
    reasons = ", ".join(dict.fromkeys(cell["reason"] for cell in cells if cell["reason"] is not None))
    lines.append(f"  {counts}" + (f" ({reasons})" if reasons else ""))
    for cell in cells:
        if cell["status"] in _DISAGREES:
            label = label_row(cell["table_key"], cell["row_key"]).zh + label_column(cell["table_key"], cell["column_key"]).zh
            unread = f"; not read: {cell['unread_children']}" if cell["unread_children"] is not None else ""
            lines.append(
                f"  {cell['source']}:{cell['line']}: {label} {cell['status']}: {cell['reported_count']} printed, "
                f"{cell['children_count']} in {cell['children_counted']} reports{unread}"
            )
    return lines
