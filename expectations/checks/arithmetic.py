"""The identities printed in the statutory form: balances, row totals and column totals.

An identity is judged only where every operand is printed and not doubtful: a blank is not a 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Annotated

import polars as pl
from pydantic import Field

from expectations.checks.grids import ARITHMETIC, LABEL, MISSING, ORDER, REASONS, CellGrid, Key
from expectations.checks.verdicts import FAILURES, Batch, Terms, Verdicts, build_verdicts, cell_key
from expectations.checks.wording import columns_of, label_column, label_row, rows_of, say_number

NO_TABLE = "no_table"
CONFLICTING = "conflicting_operands"
_MANY = 4
"""Sums of more operands than this are told as one number."""


@dataclass(frozen=True)
class Side:
    """A sum of cells. `zh`, `en`: names of the operands, or one name for the whole sum."""

    keys: tuple[Key, ...]
    zh: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True)
class Equation:
    """left = right. `stated`: the cell that the form calls the sum.

    Relevant where every cell of `given` is there and none of `unless`; not judged where a cell of `conflicts` is there too.
    """

    subject: Key
    subject_zh: str
    subject_en: str
    left: Side
    right: Side
    stated: Key
    given: tuple[Key, ...] = ()
    unless: tuple[Key, ...] = ()
    conflicts: tuple[Key, ...] = ()


class BalanceTerms(Terms):
    """Per column of `table`: Σ rows of `left` = Σ rows of `right`. The values of the mappings are short names for messages."""

    table: str
    left: dict[str, str]
    right: dict[str, str]
    stated: str


class RowTotalTerms(Terms):
    """Per row of `table`: Σ `parts` = `total`."""

    table: str
    parts: Annotated[list[str], Field(min_length=2)]
    total: str
    parts_zh: str
    parts_en: str


class ColumnTotalTerms(Terms):
    """Per column of `table`: Σ `parts` + (`single` or else Σ `detail`) = `total`.

    `single` is the one row that stands for the rows of `detail` in another version of the form.
    """

    table: str
    parts: Annotated[list[str], Field(min_length=2)]
    detail: list[str]
    single: str
    total: str
    parts_zh: str
    parts_en: str


def check_balance(batch: Batch, terms: BalanceTerms, tolerance: float) -> Verdicts:
    """One subject per column."""
    equations = []
    for column in columns_of(terms.table):
        sides = [
            Side(
                tuple((terms.table, row, column) for row in names),
                tuple(names.values()),
                tuple(label_row(terms.table, row).en for row in names),
            )
            for names in (terms.left, terms.right)
        ]
        label = label_column(terms.table, column)
        stated = (terms.table, terms.stated, column)
        equations.append(Equation(stated, f"{label.zh}列", f"column {label.en}", sides[0], sides[1], stated))
    return judge_equations(batch.grid, equations, tolerance)


def check_row_total(batch: Batch, terms: RowTotalTerms, tolerance: float) -> Verdicts:
    """One subject per row."""
    equations = []
    total = label_column(terms.table, terms.total)
    for row in rows_of(terms.table):
        keys = tuple((terms.table, row, part) for part in terms.parts)
        if len(keys) <= _MANY:
            labels = [label_column(terms.table, part) for part in terms.parts]
            left = Side(keys, tuple(label.zh for label in labels), tuple(label.en for label in labels))
        else:
            left = Side(keys, (terms.parts_zh,), (terms.parts_en,))
        stated = (terms.table, row, terms.total)
        name = label_row(terms.table, row)
        equations.append(Equation(stated, f"“{name.zh}”行", f"row {name.en}", left, Side((stated,), (total.zh,), (total.en,)), stated))
    return judge_equations(batch.grid, equations, tolerance)


def check_column_total(batch: Batch, terms: ColumnTotalTerms, tolerance: float) -> Verdicts:
    """One subject per column; each document is judged by the form it uses."""
    equations = []
    total = label_row(terms.table, terms.total)
    for column in columns_of(terms.table):
        common = tuple((terms.table, row, column) for row in terms.parts)
        detail = tuple((terms.table, row, column) for row in terms.detail)
        single = (terms.table, terms.single, column)
        stated = (terms.table, terms.total, column)
        label = label_column(terms.table, column)
        zh, en = f"{label.zh}列", f"column {label.en}"
        in_detail = Side(common + detail, (terms.parts_zh,), (terms.parts_en,))
        in_one_row = Side((*common, single), (terms.parts_zh,), (terms.parts_en,))
        right = Side((stated,), (total.zh,), (total.en,))
        equations.append(Equation(stated, zh, en, in_detail, right, stated, unless=(single,)))
        equations.append(Equation(stated, zh, en, in_one_row, right, stated, given=(single,), conflicts=detail))
    return judge_equations(batch.grid, equations, tolerance)


def judge_equations(grid: CellGrid, equations: Iterable[Equation], tolerance: float) -> Verdicts:
    """FAILURES and SUMMARY of the equations over every document of the grid.

    Where none could be judged, the reason is that of the subject that came closest.
    """
    count = len(grid.document_ids)
    assessed = pl.repeat(0, count, dtype=pl.Int32, eager=True)
    closest = pl.repeat(MISSING, count, dtype=pl.UInt8, eager=True)
    best = pl.repeat(MISSING, count, dtype=pl.UInt8, eager=True)
    conflicting = pl.repeat(0, count, dtype=pl.UInt8, eager=True).cast(pl.Boolean)
    failures = []
    for equation in equations:
        judged = _judge(grid, equation, tolerance)
        assessed += judged["is_assessed"].cast(pl.Int32)
        running = judged.select(
            pl.max_horizontal(closest, pl.when("is_relevant").then("worst")).alias("closest"),
            pl.max_horizontal(best, "best").alias("best"),
            (conflicting | pl.col("is_conflicting")).alias("conflicting"),
        )
        closest, best, conflicting = running["closest"], running["best"], running["conflicting"]
        if judged["is_failed"].any():
            failures.append(_describe(grid, equation, judged.filter("is_failed")))
    summary = pl.DataFrame(
        {"document_id": grid.document_ids, "assessed_count": assessed, "closest": closest, "best": best, "conflicting": conflicting}
    ).select(
        "document_id",
        "assessed_count",
        pl.when(pl.col("assessed_count") > 0)
        .then(None)
        .when(pl.col("best") == MISSING)
        .then(pl.lit(NO_TABLE))
        .when("conflicting")
        .then(pl.lit(CONFLICTING))
        .when(pl.col("closest") < LABEL)
        .then(pl.col("closest").cast(pl.String).replace({str(state): reason for state, reason in REASONS.items()}))
        .alias("reason"),
    )
    return build_verdicts(pl.concat(failures) if failures else pl.DataFrame(schema=FAILURES), summary)


def decide_causes(failures: pl.DataFrame) -> pl.DataFrame:
    """`failures` of all arithmetic rules together, with `cause` filled where operands were placed by order.

    One misprinted figure breaks every identity it stands in, and those have it in common: the agency's slip. Failures of a table without a
    common cell mean that values may be set in the wrong cells: our suspected misreading. Totals that are all 0: unknown.
    """
    subject = ["document_id", "table"]
    count = failures.group_by(subject).agg(pl.len().alias("failed_count"))
    # Totals of nothing but zeros: the agency left them at 0, or every value moved by a cell and a zero came to stand there. Nobody can say.
    unfilled = (
        failures.filter((pl.col("rhs") == 0).all().over(subject)).select(subject).unique().with_columns(is_unfilled=pl.lit(value=True))
    )
    shared = (
        failures.select(*subject, pl.col("cells"))
        .explode("cells")
        .group_by(*subject, "cells")
        .len()
        .join(count, on=subject)
        .filter(pl.col("len") == pl.col("failed_count"))
        .select(subject)
        .unique()
        .with_columns(is_one_slip=pl.lit(value=True))
    )
    decided = pl.when("is_one_slip").then(pl.lit("source")).when("is_unfilled").then(pl.lit("unknown")).otherwise(pl.lit("parse"))
    return (
        failures.join(shared, on=subject, how="left", maintain_order="left")
        .join(unfilled, on=subject, how="left", maintain_order="left")
        .with_columns(pl.when("is_ordered").then(decided).otherwise(pl.col("cause").cast(pl.String)).cast(FAILURES["cause"]).alias("cause"))
        .drop("is_one_slip", "is_unfilled")
    )


def _judge(grid: CellGrid, equation: Equation, tolerance: float) -> pl.DataFrame:
    """Per document: left, right, worst and best state of the operands, and the flags that follow from them."""
    operands = [*equation.left.keys, *equation.right.keys]
    states = [grid.states(key) for key in operands]
    present = {key: grid.states(key) != MISSING for key in (*equation.given, *equation.unless, *equation.conflicts)}
    relevant = _all([present[key] for key in equation.given] + [~present[key] for key in equation.unless])
    conflicting = relevant & _any([present[key] for key in equation.conflicts])
    worst = pl.min_horizontal(states)
    left = reduce(add, [grid.values(key) for key in equation.left.keys])
    right = reduce(add, [grid.values(key) for key in equation.right.keys])
    assessed = relevant & ~conflicting & (worst >= LABEL)
    return pl.DataFrame({"left": left, "right": right}).select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("document"),
        "left",
        "right",
        worst.alias("worst"),
        pl.max_horizontal(states).alias("best"),
        relevant.alias("is_relevant"),
        conflicting.alias("is_conflicting"),
        assessed.alias("is_assessed"),
        (assessed & ((pl.col("left") - pl.col("right")).abs() > tolerance)).fill_null(value=False).alias("is_failed"),
    )


def _all(masks: list[pl.Series]) -> pl.Expr:
    return pl.all_horizontal(masks) if masks else pl.lit(value=True)


def _any(masks: list[pl.Series]) -> pl.Expr:
    return pl.any_horizontal(masks) if masks else pl.lit(value=False)


def _describe(grid: CellGrid, equation: Equation, failed: pl.DataFrame) -> pl.DataFrame:
    """FAILURES rows of one equation for the documents of `failed`."""
    documents = failed["document"]
    positions = grid.positions(equation.stated).gather(documents)
    operands = {key: grid.values(key).gather(documents) for key in (*equation.left.keys, *equation.right.keys)}
    left, right = say_number(pl.col("left")), say_number(pl.col("right"))
    gap = say_number((pl.col("left") - pl.col("right")).abs())
    table, row, column = equation.subject

    def tell(names: tuple[str, ...], side: Side, total: pl.Expr) -> pl.Expr:
        if len(names) != len(side.keys):
            return pl.format("{} {}", pl.lit(names[0]), total)
        parts = [pl.format("{} {}", pl.lit(name), say_number(pl.lit(operands[key]))) for name, key in zip(names, side.keys, strict=True)]
        if len(parts) == 1:
            return parts[0]
        return pl.format("{} = {}", pl.concat_str(parts, separator=" + "), total)

    return failed.select(
        grid.document_ids.gather(documents).alias("document_id"),
        pl.lit(table).alias("table"),
        pl.lit(row).alias("row"),
        pl.lit(column).alias("column"),
        pl.col("left").alias("lhs"),
        pl.col("right").alias("rhs"),
        pl.when(pl.col("best") == ARITHMETIC)
        .then(pl.lit("unknown"))
        .when(pl.col("best") == LABEL)
        .then(pl.lit("source"))
        .cast(FAILURES["cause"])
        .alias("cause"),
        grid.cells["line"].gather(positions).alias("line"),
        grid.cells["raw"].gather(positions).alias("raw"),
        pl.format(
            "{}：{}，{}，相差 {}",
            pl.lit(equation.subject_zh),
            tell(equation.left.zh, equation.left, left),
            tell(equation.right.zh, equation.right, right),
            gap,
        ).alias("message_zh"),
        pl.format(
            "{}: {}; {}; off by {}",
            pl.lit(equation.subject_en),
            tell(equation.left.en, equation.left, left),
            tell(equation.right.en, equation.right, right),
            gap,
        ).alias("message_en"),
        pl.concat_list([cell_key(*key) for key in operands]).alias("cells"),
        (pl.col("best") == ORDER).alias("is_ordered"),
    ).select(FAILURES.names())
