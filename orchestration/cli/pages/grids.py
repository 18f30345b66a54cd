"""The statutory tables of a report as the form prints them, each value with what the findings say of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ingest.tables import SEVERITIES
from ingest.templates import Table
from ingest.templates.printing import list_rows, print_tables
from orchestration.cli.forms import FormRow, find_template, rebuild_forms
from orchestration.cli.judging import JudgedInput
from orchestration.cli.languages import Language
from orchestration.cli.pages.accounts import Account
from orchestration.cli.pages.words import word
from orchestration.cli.tables import CellKey, read_key

Cell = Mapping[str, object]
_MOST_SUBJECTS: Final = 8
"""A finding without a cell of its own marks the cells it rests on, when they are no more than this."""


@dataclass(frozen=True)
class GridCell:
    """One cell of a table. `kind`: title, head, corner, group, label; value, blank or absent.

    `marks`: the findings that are about it; `severity`: of the gravest; `is_part`: it is an operand of a finding about another cell.
    """

    text: str
    kind: str
    colspan: int = 1
    rowspan: int = 1
    line: int | None = None
    is_doubtful: bool = False
    is_part: bool = False
    severity: str | None = None
    marks: tuple[Account, ...] = ()


@dataclass(frozen=True)
class Grid:
    """One table: its key, title and rows; no rows: nothing of it was read."""

    table: str
    title: str
    rows: list[list[GridCell]]

    @property
    def kinds(self) -> set[str]:
        """What is in it that a legend explains."""
        cells = [cell for row in self.rows for cell in row]
        found = {cell.kind for cell in cells} & {"absent"}
        found |= {"wrong"} if any(cell.marks for cell in cells) else set()
        found |= {"part"} if any(cell.is_part for cell in cells) else set()
        return found | ({"doubtful"} if any(cell.is_doubtful for cell in cells) else set())


@dataclass
class _Marks:
    subjects: dict[CellKey, list[Account]] = field(default_factory=dict)
    parts: set[CellKey] = field(default_factory=set)


def build_grids(judged: JudgedInput, accounts: Sequence[Account], language: Language) -> list[Grid]:
    """All tables of the report's form, then what it holds beside them as a list. Empty when no cell was read."""
    cells = {read_key(cell): cell for cell in judged.cells}
    if not cells:
        return []
    marks = _mark_cells(accounts)
    template = find_template(judged)
    tables = () if template is None else template.tables
    grids = [] if template is None else [_print_table(template.template, table, cells, marks) for table in tables]
    lists = rebuild_forms(judged, word("statistics", language))[len(tables) :]
    for form in lists:
        rows = [
            [GridCell(line.label, "label"), *(_build_cell(key, cells, marks) for key in line.keys)]
            if isinstance(line, FormRow)
            else [GridCell(line.label, "group")]
            for part in form.parts
            for line in part.lines
        ]
        grids.append(Grid(form.table, form.title, _fill(rows)))
    return grids


def _mark_cells(accounts: Sequence[Account]) -> _Marks:
    marks = _Marks()
    for account in accounts:
        subjects = [account.subject] if account.subject is not None else list(account.keys)
        if len(subjects) <= _MOST_SUBJECTS:
            for key in subjects:
                marks.subjects.setdefault(key, []).append(account)
        marks.parts.update(account.keys)
    return marks


def _print_table(template: str, table: Table, cells: Mapping[CellKey, Cell], marks: _Marks) -> Grid:
    held = {row for name, row, _ in cells if name == table.table}
    if not held:
        return Grid(table.table, table.title, [])
    rows = tuple(row.row for row in list_rows(table, held))
    keys: dict[CellKey, str] = {(table.table, row, column.column): "" for row in rows for column in table.columns_of(row)}
    printed = print_tables(template, {table.table: rows}, keys, is_halfwidth=False)[table.table]
    return Grid(
        table.table,
        table.title,
        [
            [
                GridCell(cell.text, cell.role, cell.colspan, cell.rowspan)
                if cell.key is None
                else _build_cell(cell.key, cells, marks, cell.colspan)
                for cell in row.cells
            ]
            for row in printed.rows
        ],
    )


def _build_cell(key: CellKey, cells: Mapping[CellKey, Cell], marks: _Marks, colspan: int = 1) -> GridCell:
    found = tuple(marks.subjects.get(key, ()))
    severity = next((name for name in SEVERITIES if any(account.severity == name for account in found)), None)
    is_part = key in marks.parts and not found
    cell = cells.get(key)
    if cell is None:
        return GridCell("", "absent", colspan, severity=severity, marks=found, is_part=is_part)
    raw, line = str(cell["raw"]), cell["line"]
    return GridCell(
        raw,
        "value" if raw else "blank",
        colspan,
        line=line if isinstance(line, int) else None,
        is_doubtful=bool(cell["is_doubtful"]),
        is_part=is_part,
        severity=severity,
        marks=found,
    )


def _fill(rows: list[list[GridCell]]) -> list[list[GridCell]]:
    """A list has as many columns as its longest row; the last cell of a shorter one runs to the edge."""
    width = max(map(len, rows))
    return [[*row[:-1], replace(row[-1], colspan=width - len(row) + 1)] for row in rows]
