"""Writes an entry of a decisions file, as `nianbao review` does for people who do not write it by hand."""

import csv
import io
import os
from pathlib import Path
from typing import Final

from expectations.catalogue import Catalogue
from expectations.decisions.reading import COLUMNS, Decision, DecisionError, read_decisions, split_cell

FILE: Final = "decisions.csv"


def append_decision(folder: Path, decision: Decision, catalogue: Catalogue) -> tuple[Path, int]:
    """Append the entry to `decisions.csv` of the folder, made when missing; returns the file and the entry's line.

    Raises DecisionError when the files cannot be read, when the same matter is decided already, or when the columns of the file are not
    those that this software writes. What other people wrote stays byte for byte.
    """
    for entry in read_decisions(folder, catalogue).filter(document_id=decision.document_id).iter_rows(named=True):
        if (entry["table"], entry["row"], entry["column"], entry["rule_id"]) == (*_split(decision), decision.rule):
            raise DecisionError(f"decided already at {folder / entry['file']}:{entry['line']}; change that line instead")
    path = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    if before and next(csv.reader(io.StringIO(before))) != list(COLUMNS):
        raise DecisionError(f"{path}: the first line has to be {','.join(COLUMNS)}; rename the file, and a new one is made")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not before:
        writer.writerow(COLUMNS)
    elif not before.endswith("\n"):
        text.write("\n")
    fields = decision.model_dump(mode="json")
    writer.writerow(["" if fields[name] is None else _write_number(fields[name]) for name in COLUMNS])
    with path.open("a", encoding="utf-8", newline="") as file:  # one write: a reader sees the entry whole or not at all
        file.write(text.getvalue())
        file.flush()
        os.fsync(file.fileno())
    return path, (before + text.getvalue()).count("\n")


def _split(decision: Decision) -> tuple[str | None, str | None, str | None]:
    if decision.cell is None:
        return None, None, None
    table, row, column = split_cell(decision.cell)
    return table, row, column


def _write_number(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value
