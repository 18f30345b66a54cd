"""The statutory tables as grids of printed cells, built from the template data: merged cells, heads, group labels, values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict

from ingest.declarations import parse_yaml
from ingest.templates import Row, Table, load_templates

CellKey: TypeAlias = tuple[str, str, str]
"""(table, row, column), the keys of the statutory templates."""

Role: TypeAlias = Literal["title", "head", "corner", "group", "label", "value"]


class PrintedCell(NamedTuple):
    """One printed cell of a table; `key` is set for values, `joined` names the values printed behind it in the same cell."""

    text: str
    role: Role
    key: CellKey | None = None
    colspan: int = 1
    rowspan: int = 1
    label_of: str | None = None  # the row that a label names
    joined: tuple[CellKey, ...] = ()


@dataclass
class PrintedRow:
    """The cells that start in this row; gaps[i] columns before cell i are covered by merged cells from above."""

    cells: list[PrintedCell]
    gaps: tuple[int, ...]


@dataclass
class PrintedTable:
    """One statutory table as a grid, before it is flattened to text."""

    table: str
    width: int
    rows: list[PrintedRow]


class FormLabels(BaseModel):
    """Labels of the form beside those of rows and columns: corner and merged heads, and the plain headings of sections without a table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    information: str
    corner: str
    applicants: str
    organisations: str
    headings: dict[str, str]


@cache
def load_form_labels() -> FormLabels:
    """The labels of labels.yml."""
    return FormLabels.model_validate(parse_yaml(files(__package__).joinpath("labels.yml").read_text("utf-8")))


class _Skeleton(NamedTuple):
    width: int
    rows: tuple[tuple[tuple[PrintedCell, ...], tuple[int, ...]], ...]


_HALFWIDTH = (("（", "("), ("）", ")"), ("，", ","), ("：", ":"), ("；", ";"), ("？", "?"), ("！", "!"))


def to_halfwidth(text: str) -> str:
    """Full-width punctuation as many crawlers leave it: brackets, commas and colons in ASCII; 、。 and quotes stay."""
    for full, half in _HALFWIDTH:
        text = text.replace(full, half)
    return text


def print_tables(
    template_id: str, rows_by_table: Mapping[str, tuple[str, ...]], raws: Mapping[CellKey, str], *, is_halfwidth: bool
) -> dict[str, PrintedTable]:
    """Table name → its grid with the values of `raws`; only the rows of `rows_by_table` are printed."""
    printed = {}
    for table, rows in rows_by_table.items():
        skeleton = _build_skeleton(template_id, table, rows, is_halfwidth=is_halfwidth)
        printed[table] = PrintedTable(
            table,
            skeleton.width,
            [
                PrintedRow(
                    [cell if cell.key is None else PrintedCell(raws[cell.key], "value", cell.key, cell.colspan) for cell in cells], gaps
                )
                for cells, gaps in skeleton.rows
            ],
        )
    return printed


def list_rows(table: Table, held: set[str]) -> Iterator[Row]:
    """The rows of the form in order, a variant row in the place of the first row that it replaces when the document holds it."""
    replaced = {row: variant for variant in table.variants if variant.row in held for row in variant.replaces}
    done: set[str] = set()
    for row in table.rows:
        if row.row not in replaced:
            yield row
        elif replaced[row.row].row not in done:
            done.add(replaced[row.row].row)
            yield replaced[row.row]


@cache
def _build_skeleton(template_id: str, table_name: str, rows: tuple[str, ...], *, is_halfwidth: bool) -> _Skeleton:
    table = load_templates()[template_id].table(table_name)
    grid = _BUILDERS[table_name](table, rows)
    if is_halfwidth:
        grid = [[cell._replace(text=to_halfwidth(cell.text)) for cell in row] for row in grid]
    return _place_cells(grid)


def _place_cells(grid: list[list[PrintedCell]]) -> _Skeleton:
    """Works out which columns are covered by merged cells from above, as a browser does."""
    width = sum(cell.colspan for cell in grid[0])
    covered = [0] * width  # rows that a merged cell still covers, per column
    rows = []
    for cells in grid:
        position, gaps, fresh = 0, [], [0] * width
        for cell in cells:
            gap = 0
            while covered[position]:
                gap, position = gap + 1, position + 1
            gaps.append(gap)
            fresh[position : position + cell.colspan] = [cell.rowspan] * cell.colspan
            position += cell.colspan
        gaps.append(sum(1 for left in covered[position:] if left))
        covered = [max(left - 1, new - 1, 0) for left, new in zip(covered, fresh, strict=True)]
        rows.append((tuple(cells), tuple(gaps)))
    return _Skeleton(width, tuple(rows))


def _values(table: Table, row: str, colspan_of_last: int = 1) -> list[PrintedCell]:
    columns = table.columns_of(row)
    return [
        PrintedCell("", "value", (table.table, row, column.column), colspan_of_last if column is columns[-1] else 1) for column in columns
    ]


def _rows_in_use(table: Table, rows: Sequence[str]) -> list[Row]:
    by_key: dict[str, Row] = {row.row: row for row in (*table.rows, *table.variants)}
    return [by_key[row] for row in rows]


def _build_blocks(table: Table, rows: Sequence[str]) -> list[list[PrintedCell]]:
    """Table 二: each block has a title, heads of its own and one line per row; short lines end in a merged cell."""
    width = 1 + max(len(block.columns) for block in table.blocks)
    labels = {row.row: row.label for row in table.rows}
    heads = {column.column: column.label for column in table.columns}
    grid: list[list[PrintedCell]] = []
    for block in table.blocks:
        spare = width - len(block.columns)
        grid.append([PrintedCell(block.head, "title", None, width)])
        head = [PrintedCell(heads[column], "head") for column in block.columns[:-1]]
        grid.append(
            [PrintedCell(load_form_labels().information, "head"), *head, PrintedCell(heads[block.columns[-1]], "head", None, spare)]
        )
        grid.extend([PrintedCell(labels[row], "label", label_of=row), *_values(table, row, spare)] for row in block.rows if row in rows)
    return grid


def _build_applicants(table: Table, rows: Sequence[str]) -> list[list[PrintedCell]]:
    """Table 三: three label columns (stage, kind of outcome, reason) and the applicants; the outer group holds the inner ones."""
    words = load_form_labels()
    columns = table.columns
    used = _rows_in_use(table, rows)
    grid = [
        [PrintedCell(words.corner, "corner", None, 3, 3), PrintedCell(words.applicants, "head", None, len(columns))],
        [
            PrintedCell(columns[0].label, "head", None, 1, 2),
            PrintedCell(words.organisations, "head", None, len(columns) - 2),
            PrintedCell(columns[-1].label, "head", None, 1, 2),
        ],
        [PrintedCell(column.label, "head") for column in columns[1:-1]],
    ]
    groups = [row.group for row in used]
    outer = next(group for group in groups if group is not None)
    last = len(groups) - 1 - groups[::-1].index(outer)
    opened: set[str] = set()
    for position, row in enumerate(used):
        cells: list[PrintedCell] = []
        if row.group is None:
            cells.append(PrintedCell(row.label, "label", None, 3, label_of=row.row))
        if row.group is not None and outer not in opened:
            opened.add(outer)
            cells.append(PrintedCell(outer, "group", None, 1, last - position + 1))
        if row.group == outer:
            cells.append(PrintedCell(row.label, "label", None, 2, label_of=row.row))
        if row.group is not None and row.group != outer:
            if row.group not in opened:
                opened.add(row.group)
                cells.append(PrintedCell(row.group, "group", None, 1, groups.count(row.group)))
            cells.append(PrintedCell(row.label, "label", label_of=row.row))
        grid.append([*cells, *_values(table, row.row)])
    return grid


def _build_results(table: Table, rows: Sequence[str]) -> list[list[PrintedCell]]:
    """Table 四: one line of values; its rows stand side by side under merged heads."""
    used = _rows_in_use(table, rows)
    heads = [PrintedCell(column.label, "head") for column in table.columns]
    top: list[PrintedCell] = []
    second: list[PrintedCell] = []
    third: list[PrintedCell] = []
    for row in used:
        if row.group is None:
            top.append(PrintedCell(row.label, "label", None, len(heads), label_of=row.row))
            second.extend(head._replace(rowspan=2) for head in heads)
        if row.group is not None:
            if all(cell.text != row.group for cell in top):
                top.append(PrintedCell(row.group, "group", None, len(heads) * sum(other.group == row.group for other in used)))
            second.append(PrintedCell(row.label, "label", None, len(heads), label_of=row.row))
            third.extend(heads)
    return [top, second, third, [cell for row in used for cell in _values(table, row.row)]]


_BUILDERS: dict[str, Callable[[Table, Sequence[str]], list[list[PrintedCell]]]] = {
    "proactive": _build_blocks,
    "requests": _build_applicants,
    "disputes": _build_results,
}
