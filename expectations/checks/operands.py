"""Sums of cells as rules write them: `table.row.column`, a minus sign before what is taken off, `previous:` before last year's cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import polars as pl

from expectations.checks.grids import MISSING, CellGrid, Key, build_grid
from expectations.checks.revisions import match_previous
from expectations.checks.verdicts import Batch, Tables
from expectations.checks.wording import Label, label_column, label_row, say_number

_PREVIOUS = "previous:"
_MANY = 4
"""Sums of more operands than this are told as one number."""


@dataclass(frozen=True)
class Operand:
    """One cell of a sum. `is_previous`: of the same agency's report for the year before."""

    key: Key
    sign: int
    is_previous: bool


@dataclass(frozen=True)
class Grids:
    """The cells of a partition and, where asked for, those of the year before, row by row for the same documents.

    `previous_rows`: for each document the row of `previous` that belongs to it; null: no accepted report of the year before.
    """

    own: CellGrid
    previous: CellGrid | None = None
    previous_rows: pl.Series | None = None

    def values(self, operand: Operand) -> pl.Series:
        """Float64 per document, signed; null unless the cell can be computed with."""
        found = self._read(operand, is_state=False)
        return found if operand.sign > 0 else -found

    def states(self, operand: Operand) -> pl.Series:
        """UInt8 per document: MISSING … ARITHMETIC."""
        return self._read(operand, is_state=True)

    def _read(self, operand: Operand, *, is_state: bool) -> pl.Series:
        if not operand.is_previous:
            return self.own.states(operand.key) if is_state else self.own.values(operand.key)
        if self.previous is None or self.previous_rows is None:
            raise AssertionError(operand)  # the caller asks for the year before when an operand needs it
        if is_state:
            return self.previous.states(operand.key).gather(self.previous_rows).fill_null(MISSING)
        return self.previous.values(operand.key).gather(self.previous_rows)


def read_operand(text: str) -> Operand:
    """ValueError unless `text` names one cell."""
    sign = -1 if text.startswith("-") else 1
    rest = text.removeprefix("-")
    is_previous = rest.startswith(_PREVIOUS)
    parts = rest.removeprefix(_PREVIOUS).split(".")
    if len(parts) != 3:  # noqa: PLR2004 table, row, column
        raise ValueError(f"operand {text!r} is not table.row.column")
    return Operand((parts[0], parts[1], parts[2]), sign, is_previous)


def add_values(grids: Grids, operands: Sequence[Operand]) -> pl.Series:
    """The sum per document; null where an operand cannot be computed with."""
    return reduce(add, [grids.values(operand) for operand in operands])


def align_years(batch: Batch, operands: Iterable[Operand]) -> Grids:
    """The grids that the operands need. The year before comes from `previous` and from the batch itself when it holds several years.

    Of the reports of an agency for the year before, the accepted one that is kept among its copies counts.
    """
    keys = {operand.key for operand in operands if operand.is_previous}
    if not keys:
        return Grids(batch.grid)
    last_ids, rows = match_years(batch)
    if rows.null_count() == len(rows):
        return Grids(batch.grid, build_grid(last_ids.clear(), batch.cells.clear(), keys), rows)
    cells = [side["cells"].filter(_is_any(keys)) for side in list_sides(batch)]
    merged = (
        cells[0]
        if len(cells) == 1
        else pl.concat(cells).unique(["document_id", "table", "row", "column"], keep="first", maintain_order=True)
    )
    return Grids(batch.grid, build_grid(last_ids, merged, keys), rows)


def list_sides(batch: Batch) -> list[Tables]:
    """The batch's own tables and, where there are any, those of the year before."""
    return [batch.tables] if batch.previous is None else [batch.tables, batch.previous]


def _is_any(keys: Iterable[Key]) -> pl.Expr:
    parts = [sorted({key[at] for key in keys}) for at in range(3)]
    tests = [pl.col(name).is_in(part) for name, part in zip(("row", "column", "table"), (parts[1], parts[2], parts[0]), strict=True)]
    return pl.all_horizontal(tests)


def match_years(batch: Batch) -> tuple[pl.Series, pl.Series]:
    """The reports that count for their agency and year, and for each document of the batch which of them is of the year before."""
    if "years" not in batch.shared:
        batch.shared["years"] = _match_years(batch)
    last_ids, rows = batch.shared["years"]
    return last_ids, rows


def _match_years(batch: Batch) -> tuple[pl.Series, pl.Series]:
    previous = match_previous(pl.concat([tables["reports"].select(batch.reports.columns) for tables in list_sides(batch)]))
    last_ids = previous["previous_id"].unique(maintain_order=True).rename("document_id")
    rows = (
        pl.DataFrame({"document_id": batch.grid.document_ids})
        .join(previous, on="document_id", how="left", maintain_order="left")
        .join(last_ids.to_frame("previous_id").with_row_index("row"), on="previous_id", how="left", maintain_order="left")["row"]
    )
    return last_ids, rows


def name_operand(operand: Operand, *, has_column: bool) -> Label:
    """As messages name a cell. `has_column`: the message says the column elsewhere. A 总计 goes without saying."""
    table, row, column = operand.key
    label = label_row(table, row)
    if not has_column and column != "total":
        tail = label_column(table, column)
        label = Label(f"{label.zh}{tail.zh}", f"{label.en} {tail.en}")
    if operand.is_previous:
        return Label(f"上一年{label.zh}", f"{label.en} of the year before")
    return label


def tell_sum(
    grids: Grids, operands: Sequence[Operand], documents: pl.Series, total: pl.Expr, names: Sequence[Label], whole: Label
) -> tuple[pl.Expr, pl.Expr]:
    """A sum in Chinese and in English, one text per document of `documents` (rows of the grid); of many operands, `whole` and the total."""
    told = []
    for language in ("zh", "en"):
        if len(operands) > _MANY or len(operands) == 0:
            name = getattr(whole, language)
            told.append(pl.format("{} {}", pl.lit(name), total) if name else pl.format(" {}", total))
            continue
        pieces = []
        for at, (operand, name) in enumerate(zip(operands, names, strict=True)):
            mark = " − " if operand.sign < 0 else " + " if at else ""
            value = pl.lit((grids.values(operand) * operand.sign).gather(documents))
            pieces.append(pl.format("{}{} {}", pl.lit(mark), pl.lit(getattr(name, language)), say_number(value)))
        text = pl.concat_str(pieces)
        told.append(text if len(pieces) == 1 else pl.format("{} = {}", text, total))
    return told[0], told[1]
