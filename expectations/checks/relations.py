"""Relations between sums of cells: one is no more than another, a part has its whole, this year follows from the last.

A relation is judged only where every operand is printed and not doubtful: a blank is not a 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Annotated, Literal, Self

import polars as pl
from pydantic import Field, model_validator

from expectations.checks.grids import ARITHMETIC, LABEL, MISSING, ORDER, REASONS, Key
from expectations.checks.operands import Grids, Operand, align_years, name_operand, read_operand, tell_sum
from expectations.checks.verdicts import FAILURES, Batch, Terms, Verdicts, build_verdicts, cell_key
from expectations.checks.wording import Label, columns_of, label_column, say_number

_COMPARISONS = {
    "equal": ("应等于", "should equal"),
    "at_most": ("应不大于", "should be at most"),
    "at_least": ("应不小于", "should be at least"),
}


class Relation(Terms):
    """Σ `left` `compare` `factor` × Σ `right` + `constant`; of several `operands` the first of this year is the subject.

    `*` as column stands for every column of the table, `?` as row for each of `rows`. Judged only where Σ `given` > `above`.
    `right_zh`, `right_en` name the right side where it is more than its operands say.
    """

    left: Annotated[list[str], Field(min_length=1)]
    right: tuple[str, ...] = ()
    compare: Literal["equal", "at_most", "at_least"]
    factor: float = 1
    constant: float = 0
    rows: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    above: float = 0
    left_zh: str = ""
    left_en: str = ""
    right_zh: str = ""
    right_en: str = ""

    @model_validator(mode="after")
    def _names_cells(self) -> Self:
        for text in (*self.left, *self.right, *self.given):
            read_operand(text)
        return self

    def expand(self) -> Iterator[tuple[tuple[Operand, ...], tuple[Operand, ...], tuple[Operand, ...], str | None]]:
        """left, right, given and the column that `*` stands for, once per row and column."""
        columns: list[str | None] = [None]
        if any(text.endswith(".*") for text in self.left):
            columns = list(columns_of(read_operand(self.left[0]).key[0]))
        for row in self.rows or [""]:
            for column in columns:
                sides = [
                    tuple(read_operand(text.replace(".?.", f".{row}.").replace(".*", f".{column}")) for text in side)
                    for side in (self.left, self.right, self.given)
                ]
                yield sides[0], sides[1], sides[2], column


class RelationTerms(Terms):
    """One subject per relation, row and column."""

    relations: Annotated[list[Relation], Field(min_length=1)]


def check_relations(batch: Batch, terms: RelationTerms, tolerance: float) -> Verdicts:
    """Not applicable where 1 no cell of the relations is in the text, 2 an operand is missing, 3 doubtful or 4 blank, 5 the agency has no
    accepted report for the year before and the relation needs one, 6 what is `given` does not hold."""
    expanded = [(relation, *parts) for relation in terms.relations for parts in relation.expand()]
    grids = align_years(batch, (operand for _, left, right, given, _ in expanded for operand in (*left, *right, *given)))
    return judge_relations(grids, expanded, tolerance)


Expanded = tuple[Relation, tuple[Operand, ...], tuple[Operand, ...], tuple[Operand, ...], str | None]


def judge_relations(grids: Grids, expanded: Sequence[Expanded], tolerance: float) -> Verdicts:
    """FAILURES and SUMMARY of the relations over every document of the grids."""
    operands = {operand for _, left, right, given, _ in expanded for operand in (*left, *right, *given)}
    # One pass over all relations: most are judged on every report and fail on hardly any.
    values = pl.DataFrame({_column(operand): grids.values(replace(operand, sign=1)) for operand in sorted(operands, key=_column)})
    sides = [
        (_add(left), pl.lit(relation.constant, dtype=pl.Float64) + (_add(right) * relation.factor if right else 0.0))
        for relation, left, right, _, _ in expanded
    ]
    judged: list[pl.Expr] = []
    wrong: list[pl.Expr] = []
    for (relation, _, _, given, _), (lhs, rhs) in zip(expanded, sides, strict=True):
        is_judged = lhs.is_not_null() & rhs.is_not_null()
        if given:
            is_judged = is_judged & (_add(given) > relation.above).fill_null(value=False)
        gap = lhs - rhs
        match relation.compare:
            case "equal":
                is_wrong = gap.abs() > tolerance
            case "at_most":
                is_wrong = gap > tolerance
            case "at_least":
                is_wrong = gap < -tolerance
        judged.append(is_judged.cast(pl.Int32))
        wrong.append((is_judged & is_wrong.fill_null(value=False)).alias(f"wrong_{len(wrong)}"))
    decided = values.select(pl.sum_horizontal(judged).cast(pl.Int32).alias("assessed"), *wrong)
    assessed = decided["assessed"]
    failures = []
    for number, ((relation, left, right, _, column), (lhs, rhs)) in enumerate(zip(expanded, sides, strict=True)):
        found = decided[f"wrong_{number}"].arg_true()
        if len(found):
            both = values.select(lhs=lhs, rhs=rhs)
            failures.append(_describe(grids, relation, left, right, column, found, both["lhs"], both["rhs"]))
    summary = pl.DataFrame({"document_id": grids.own.document_ids, "assessed_count": assessed}).with_columns(
        reason=_say_why(grids, [(*left, *right, *given) for _, left, right, given, _ in expanded], assessed)
    )
    return build_verdicts(pl.concat(failures) if failures else pl.DataFrame(schema=FAILURES), summary)


def _column(operand: Operand) -> str:
    return ".".join((*operand.key, "previous" if operand.is_previous else "own"))


def _add(operands: Sequence[Operand]) -> pl.Expr:
    return reduce(add, [pl.col(_column(operand)) * operand.sign for operand in operands])


def cause_of_states(best: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """`cause` and `is_ordered` from the worst placed operand: a label proves the agency's slip, order waits for the report's sums."""
    cause = pl.when(best == ARITHMETIC).then(pl.lit("unknown")).when(best == LABEL).then(pl.lit("source")).cast(FAILURES["cause"])
    return cause.alias("cause"), (best == ORDER).alias("is_ordered")


def _say_why(grids: Grids, sums: Sequence[tuple[Operand, ...]], assessed: pl.Series) -> pl.Series:
    """Why nothing was assessed; null where something was. The reason is that of the relation that came closest."""
    count = len(assessed)
    if (assessed > 0).all():
        return pl.Series("reason", [None] * count, dtype=pl.String)
    known = {operand for operands in sums for operand in operands}
    states = pl.DataFrame({_column(operand): grids.states(operand) for operand in sorted(known, key=_column)})
    columns = [[_column(operand) for operand in operands] for operands in sums]
    frame = states.select(
        best=pl.max_horizontal(sorted({_column(operand) for operand in known if not operand.is_previous})),
        closest=pl.max_horizontal(pl.min_horizontal(sorted(set(names))) for names in columns),
        assessed=assessed,
    )
    has_previous = pl.lit(value=True) if grids.previous_rows is None else pl.lit(grids.previous_rows.is_not_null())
    named = pl.col("closest").cast(pl.String).replace({str(state): reason for state, reason in REASONS.items()})
    return frame.select(
        pl.when(pl.col("assessed") > 0)
        .then(None)
        .when(pl.col("best") == MISSING)
        .then(pl.lit("no_table"))
        .when(~has_previous)
        .then(pl.lit("no_previous_year"))
        .when(pl.col("closest") < LABEL)
        .then(named)
        .otherwise(pl.lit("condition_not_met"))
        .alias("reason")
    ).to_series()


def _describe(
    grids: Grids,
    relation: Relation,
    left: tuple[Operand, ...],
    right: tuple[Operand, ...],
    column: str | None,
    documents: pl.Series,
    lhs: pl.Series,
    rhs: pl.Series,
) -> pl.DataFrame:
    own = [operand for operand in (*left, *right) if not operand.is_previous]
    subject: Key = own[0].key
    positions = grids.own.positions(subject).gather(documents)
    has_column = column is not None
    names = [[name_operand(operand, has_column=has_column) for operand in side] for side in (left, right)]
    states = [grids.states(operand).gather(documents) for operand in (*left, *right)]
    frame = pl.DataFrame({"lhs": lhs.gather(documents), "rhs": rhs.gather(documents)}).with_columns(
        best=pl.select(pl.max_horizontal(states)).to_series()
    )
    left_told = tell_sum(grids, left, documents, say_number(pl.col("lhs")), names[0], Label(relation.left_zh, relation.left_en))
    is_plain = relation.factor == 1 and relation.constant == 0 and bool(right)
    whole = Label(relation.right_zh, relation.right_en)
    right_told = tell_sum(grids, right if is_plain else (), documents, say_number(pl.col("rhs")), names[1], whole)
    place = Label("", "")
    if column is not None:
        label = label_column(subject[0], column)
        place = Label(f"{label.zh}列：", f"column {label.en}: ")
    zh, en = _COMPARISONS[relation.compare]
    cause, is_ordered = cause_of_states(pl.col("best"))
    return frame.select(
        grids.own.document_ids.gather(documents).alias("document_id"),
        pl.lit(subject[0]).alias("table"),
        pl.lit(subject[1]).alias("row"),
        pl.lit(subject[2]).alias("column"),
        "lhs",
        "rhs",
        cause,
        grids.own.cells["line"].gather(positions).alias("line"),
        grids.own.cells["raw"].gather(positions).alias("raw"),
        pl.format("{}{}，{}{}", pl.lit(place.zh), left_told[0], pl.lit(zh), right_told[0]).alias("message_zh"),
        pl.format("{}{}; {} {}", pl.lit(place.en), left_told[1], pl.lit(en), right_told[1]).alias("message_en"),
        pl.concat_list([cell_key(*operand.key) for operand in own]).alias("cells"),
        is_ordered,
    ).select(FAILURES.names())
