"""Sums of cells as rules write them: `table.row.column`, a minus sign before what is taken off, `previous:` before last year's cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import polars as pl

from expectations.checks.duplicates import rank_reports
from expectations.checks.grids import MISSING, CellGrid, Key, build_grid
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
    own: Tables = batch.tables
    sides = [own] if batch.previous is None else [own, batch.previous]
    columns = ["document_id", "agency_id", "report_year"]
    reports = pl.concat([tables["reports"].select(own["reports"].columns) for tables in sides])
    ranked = rank_reports(reports.filter(pl.col("status") == "accepted")).filter(pl.col("document_id") == pl.col("kept_id"))
    kept = (
        ranked.select(columns)
        .unique("document_id", keep="first", maintain_order=True)
        .with_row_index("row")
        .with_columns((pl.col("report_year") + 1).cast(pl.Int16).alias("next_year"))
    )
    tables_needed = {key[0] for key in keys}
    rows_needed = {key[1] for key in keys}
    cells = pl.concat(
        side["cells"].filter(pl.col("table").is_in(tables_needed) & pl.col("row").is_in(rows_needed)) for side in sides
    ).unique(["document_id", "table", "row", "column"], keep="first", maintain_order=True)
    rows = (
        pl.DataFrame({"document_id": batch.grid.document_ids})
        .join(batch.reports.select(columns), on="document_id", how="left", maintain_order="left")
        .join(
            kept.select("row", "agency_id", pl.col("next_year").alias("report_year")).unique(["agency_id", "report_year"], keep="first"),
            on=["agency_id", "report_year"],
            how="left",
            maintain_order="left",
        )
    )
    return Grids(batch.grid, build_grid(kept["document_id"], cells, keys), rows["row"])


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


def tell_sum(grids: Grids, operands: Sequence[Operand], documents: pl.Series, total: pl.Expr, names: Sequence[Label], whole: Label) -> tuple[pl.Expr, pl.Expr]:
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
