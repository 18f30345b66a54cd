"""What an office takes away: workbooks of the statutory form, one per year or agency, or one of everything that was asked for."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from orchestration.exporting.cells import FormReport, read_reports
from orchestration.exporting.folders import Report, open_folder
from orchestration.exporting.notes import Origin
from orchestration.exporting.schemas import ExportedTable
from orchestration.exporting.selections import Selection
from orchestration.exporting.tables import ExportError, Table
from orchestration.exporting.workbooks import Grouping, write_form_workbook, write_table_workbook

_MOST_SHEETS: Final = 2_000
"""Above that a workbook takes minutes to open, if it opens."""


def export_forms(
    connection: duckdb.DuckDBPyConnection, selection: Selection, origin: Origin, out: Path, by: Grouping, progress: Report
) -> dict[Path, int]:
    """Write the selected reports: into `out` if it is named .xlsx, else a workbook per year or agency into that folder.

    Returns path → reports. Raises ExportError when there is no such report, or too many for one workbook.
    """
    reports = read_reports(connection, selection)
    if not reports:
        raise ExportError("no published report is of these agencies and years")
    if out.suffix == ".xlsx":
        _check_size(reports, out)
        with _open_file(out) as draft:
            write_form_workbook(draft, reports, origin)
        return {out: len(reports)}
    written: dict[Path, int] = {}
    groups = _group(reports, by)
    with open_folder(out) as folder:
        for number, (name, group) in enumerate(groups.items()):
            progress(name, number, len(groups))
            _check_size(group, folder / name)
            write_form_workbook(folder / name, group, origin)
            written[out / name] = len(group)
    return written


def export_sheets(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], selection: Selection, origin: Origin, out: Path, progress: Report
) -> list[ExportedTable]:
    """Write published tables as plain sheets of one workbook."""
    with _open_file(out) as draft:
        return write_table_workbook(draft, connection, tables, selection, origin, progress)


def _group(reports: Sequence[FormReport], by: Grouping) -> dict[str, list[FormReport]]:
    groups: dict[str, list[FormReport]] = {}
    for report in reports:
        name = str(report.report_year) if by == "year" else _name_file(report)
        groups.setdefault(f"{name}.xlsx", []).append(report)
    return groups


def _name_file(report: FormReport) -> str:
    """The agency's id: names change over the years, and two agencies may share one."""
    return "".join(character if character.isalnum() or character in "-_." else "_" for character in report.agency_id)


def _check_size(reports: Sequence[FormReport], path: Path) -> None:
    if len(reports) > _MOST_SHEETS:
        raise ExportError(f"{path.name} would have {len(reports):,} sheets; choose --year, --agency, or a folder with --by agency")


@contextmanager
def _open_file(out: Path) -> Iterator[Path]:
    """A file that appears whole or not at all."""
    draft = out.with_name(f".{uuid.uuid4().hex}.xlsx")
    try:
        yield draft
        draft.replace(out)
    except OSError as error:
        raise ExportError(f"{out} cannot be written ({error}); choose another file with --out") from error
    finally:
        draft.unlink(missing_ok=True)
