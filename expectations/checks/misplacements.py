"""Hints at what went wrong: an identity that fails and would hold if two rows, or the cells of a row, changed places."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add, and_
from typing import Annotated

import polars as pl
from pydantic import Field

from expectations.checks.grids import Key
from expectations.checks.operands import Grids, Operand
from expectations.checks.relations import cause_of_states
from expectations.checks.verdicts import FAILURES, SUMMARY, Batch, Terms, Verdicts, build_verdicts, cell_key
from expectations.checks.wording import columns_of, label_column, label_row, rows_of, say_number


class SwappedTerms(Terms):
    """Per column of `table`: Σ `left` = Σ `right`, which fails and would hold if the two rows of `swapped` changed places."""

    table: str
    left: list[str]
    right: list[str]
    swapped: Annotated[list[str], Field(min_length=2, max_length=2)]


class ShiftedTerms(Terms):
    """Per row of `table`: `total` = Σ `parts`, which fails and would hold if every value of the row stood one column further on or back."""

    table: str
    parts: list[str]
    total: str


class RepeatedTerms(Terms):
    """The cells of `row` of `table`, all columns: the same figure in all of them, and not 0."""

    table: str
    row: str


def check_swapped_rows(batch: Batch, terms: SwappedTerms, tolerance: float) -> Verdicts:
    """One subject per column. Not applicable where 1 an operand is missing, doubtful or blank in every column."""
    grids = Grids(batch.grid)
    first, second = terms.swapped
    judged, wrong = [], []
    for column in columns_of(terms.table):
        keys = [(terms.table, row, column) for row in (*terms.left, *terms.right)]
        gap = _add(grids, keys[: len(terms.left)]) - _add(grids, keys[len(terms.left) :])
        moved = 2 * (_value(grids, (terms.table, first, column)) - _value(grids, (terms.table, second, column)))
        label = label_column(terms.table, column)
        rows = [label_row(terms.table, row) for row in terms.swapped]
        judged.append(gap.is_not_null())
        is_wrong = (gap.abs() > tolerance) & ((gap - moved).abs() <= tolerance)
        zh = f"{label.zh}列不平衡，但“{rows[0].zh}”与“{rows[1].zh}”对调后平衡：可能填反"
        en = f"column {label.en} does not balance, but would with {rows[0].en} and {rows[1].en} exchanged"
        wrong.append(_tell(grids, is_wrong, (terms.table, first, column), keys, zh, en))
    return _conclude(grids, judged, wrong)


def check_shifted_rows(batch: Batch, terms: ShiftedTerms, tolerance: float) -> Verdicts:
    """One subject per row. Not applicable where 1 no row has all its cells printed and free of doubt."""
    grids = Grids(batch.grid)
    judged, wrong = [], []
    for row in rows_of(terms.table):
        keys = [(terms.table, row, column) for column in (*terms.parts, terms.total)]
        values = [_value(grids, key) for key in keys]
        everything = reduce(add, values)
        # 总计 would be any of the row's other places: of seven values one is the sum of the six others.
        ends = [2 * values[0] - everything, 2 * values[-2] - everything]
        is_off = (2 * values[-1] - everything).abs() > tolerance
        is_wrong = is_off & ((ends[0].abs() <= tolerance) | (ends[1].abs() <= tolerance)) & (everything > 0)
        judged.append(everything.is_not_null())
        name = label_row(terms.table, row)
        zh = f"“{name.zh}”行合计不符，但各数整体移动一列后相符：可能错列"
        en = f"row {name.en} does not add up, but would with every value one column further on or back"
        wrong.append(_tell(grids, is_wrong, keys[-1], keys, zh, en))
    return _conclude(grids, judged, wrong)


def check_repeated_figure(batch: Batch, terms: RepeatedTerms, _tolerance: float) -> Verdicts:
    """One subject per report. Not applicable where 1 a cell of the row is missing, doubtful or blank."""
    grids = Grids(batch.grid)
    keys = [(terms.table, terms.row, column) for column in columns_of(terms.table)]
    values = [_value(grids, key) for key in keys]
    is_wrong = reduce(and_, [value == values[0] for value in values]) & (values[0] != 0)
    name = label_row(terms.table, terms.row)
    told = _tell(grids, is_wrong, keys[-1], keys, f"“{name.zh}”行各列都是同一个数", f"row {name.en} holds one figure in every column")
    return _conclude(grids, [reduce(add, values).is_not_null()], [told])


def _value(grids: Grids, key: Key) -> pl.Series:
    return grids.values(Operand(key, 1, is_previous=False))


def _add(grids: Grids, keys: Sequence[Key]) -> pl.Series:
    return reduce(add, [_value(grids, key) for key in keys])


def _tell(grids: Grids, is_wrong: pl.Series, subject: Key, keys: Sequence[Key], zh: str, en: str) -> pl.DataFrame:
    documents = is_wrong.fill_null(value=False).arg_true()
    if not len(documents):
        return pl.DataFrame(schema=FAILURES)
    positions = grids.own.positions(subject).gather(documents)
    states = [grids.own.states(key).gather(documents) for key in keys]
    frame = pl.select(best=pl.max_horizontal(states))
    value = _value(grids, subject).gather(documents)
    cause, is_ordered = cause_of_states(pl.col("best"))
    return frame.select(
        grids.own.document_ids.gather(documents).alias("document_id"),
        pl.lit(subject[0]).alias("table"),
        pl.lit(subject[1]).alias("row"),
        pl.lit(subject[2]).alias("column"),
        value.alias("lhs"),
        pl.lit(None, dtype=pl.Float64).alias("rhs"),
        cause,
        grids.own.cells["line"].gather(positions).alias("line"),
        grids.own.cells["raw"].gather(positions).alias("raw"),
        pl.format("{}（{}）", pl.lit(zh), say_number(pl.lit(value))).alias("message_zh"),
        pl.format("{} ({})", pl.lit(en), say_number(pl.lit(value))).alias("message_en"),
        pl.concat_list([cell_key(*key) for key in keys]).alias("cells"),
        is_ordered,
    ).select(FAILURES.names())


def _conclude(grids: Grids, judged: Sequence[pl.Series], wrong: Sequence[pl.DataFrame]) -> Verdicts:
    assessed = reduce(add, [mask.cast(pl.Int32) for mask in judged])
    reason = pl.when(pl.col("assessed_count") == 0).then(pl.lit("missing_operand"))
    summary = pl.DataFrame(
        {"document_id": grids.own.document_ids, "assessed_count": assessed}, schema_overrides={"assessed_count": SUMMARY["assessed_count"]}
    )
    return build_verdicts(pl.concat(wrong), summary.with_columns(reason.alias("reason")))
