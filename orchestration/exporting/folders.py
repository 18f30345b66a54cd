"""An export as a folder that appears whole or not at all, or as one file with its note beside it."""

import json
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from orchestration.exporting.files import FileFormat, find_blank_columns, write_file
from orchestration.exporting.notes import CSV_NOTE, Origin, write_dictionary, write_provenance
from orchestration.exporting.schemas import ExportedTable, build_json_schema, build_package
from orchestration.exporting.selections import Selection
from orchestration.exporting.tables import ExportError, Table
from orchestration.storage import digest_file

CHECKSUMS: Final = "checksums.txt"
_FORMAT_NOTES: Final = {"csv": CSV_NOTE, "jsonl": "", "parquet": ""}

Report = Callable[[str, int, int | None], None]


def export_folder(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table],
    selection: Selection,
    file_format: FileFormat,
    origin: Origin,
    out: Path,
    progress: Report,
) -> list[ExportedTable]:
    """Write a file per table, with datapackage.json, notes, checksums and (JSON Lines) a JSON Schema per table.

    An earlier export in that folder is replaced; a folder with anything else in it is refused (ExportError).
    """
    with open_folder(out) as draft:
        exported = []
        for number, table in enumerate(tables):
            progress(table.name, number, len(tables))
            exported.append(_write_table(connection, table, selection, file_format, draft / f"{table.name}.{file_format}"))
            if file_format == "jsonl":
                _write_json(draft / f"{table.name}.schema.json", build_json_schema(table))
        about = {
            "publication": origin.publication.version,
            "staging": origin.publication.staging,
            "project": origin.publication.project,
            "software": origin.software,
        }
        package = build_package(exported, file_format, origin.publication.version, origin.software, origin.source, about)
        _write_json(draft / "datapackage.json", package)
        _write_text(draft / "PROVENANCE.md", write_provenance(origin, exported, _FORMAT_NOTES[file_format]))
        _write_text(draft / "DATA_DICTIONARY.md", write_dictionary(tables))
    return exported


def export_file(
    connection: duckdb.DuckDBPyConnection, table: Table, selection: Selection, file_format: FileFormat, origin: Origin, out: Path
) -> ExportedTable:
    """Write one table to one file, and its notes to `<name>.PROVENANCE.md` beside it; files of those names are replaced."""
    draft = out.with_name(f".{out.name}.{uuid.uuid4().hex}")
    try:
        entry = _write_table(connection, table, selection, file_format, draft, out.name)
        notes = write_provenance(origin, [entry], _FORMAT_NOTES[file_format]) + "\n" + write_dictionary([table])
        _write_text(out.with_name(f"{out.stem}.PROVENANCE.md"), notes)
        draft.replace(out)
    except (OSError, duckdb.IOException) as error:
        raise ExportError(f"{out} cannot be written ({error}); choose another place with --out") from error
    finally:
        draft.unlink(missing_ok=True)
    return entry


@contextmanager
def open_folder(out: Path) -> Iterator[Path]:
    """A folder to write to that becomes `out` when all is written, with the checksums of its files."""
    _check_replaceable(out)
    draft = out.with_name(f".{out.name}.{uuid.uuid4().hex}")
    earlier = out.with_name(f".{out.name}.{uuid.uuid4().hex}")
    try:
        draft.mkdir(parents=True)
        yield draft
        names = sorted(path.name for path in draft.iterdir())
        _write_text(draft / CHECKSUMS, "".join(f"{digest_file(draft / name)}  {name}\n" for name in names))
        if out.exists():
            out.replace(earlier)
        draft.replace(out)
    except (OSError, duckdb.IOException) as error:
        raise ExportError(f"{out} cannot be written ({error}); choose another folder with --out") from error
    finally:
        if earlier.exists() and not out.exists():
            earlier.replace(out)
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(earlier, ignore_errors=True)


def _check_replaceable(out: Path) -> None:
    """Only what an earlier export wrote may go."""
    if not out.exists():
        return
    if not out.is_dir():
        raise ExportError(f"{out} is a file; --out names a folder for this")
    checksums = out / CHECKSUMS
    written = {line.split("  ", 1)[1] for line in checksums.read_text("utf-8").splitlines()} if checksums.exists() else set()
    others = sorted({path.name for path in out.iterdir()} - written - {CHECKSUMS})
    if others:
        raise ExportError(f"{out} holds {others[0]}, which no earlier export wrote; choose an empty folder with --out, or move it away")


def _write_table(
    connection: duckdb.DuckDBPyConnection, table: Table, selection: Selection, file_format: FileFormat, path: Path, name: str | None = None
) -> ExportedTable:
    rows = write_file(connection, table, selection, path, file_format)
    blanks = find_blank_columns(connection, table, selection) if file_format == "csv" else frozenset()
    return ExportedTable(table, name or path.name, rows, path.stat().st_size, digest_file(path), selection.describe(table), blanks)


def _write_json(path: Path, value: dict[str, Any]) -> None:
    _write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
