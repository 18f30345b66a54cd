"""What the prose says against what the tables hold, and against what the prose says elsewhere.

A number that the reader of mentions did not bind says nothing: only what is stated is judged, never that something is not stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import polars as pl
from pydantic import Field

from expectations.checks.grids import MISSING
from expectations.checks.operands import Grids, add_values, read_operand
from expectations.checks.relations import cause_of_states
from expectations.checks.verdicts import FAILURES, Batch, Terms, Verdicts, build_verdicts, cell_key
from expectations.checks.wording import say_number
from ingest.mentions.subjects import load_mentions

_IN_YUAN: Final = {"元": 1.0, "万元": 1e4, "亿元": 1e8}
_PLANS: Final = "problems"
"""Section 五 tells of plans and of what was amiss; its numbers are not the year's figures."""


class Reading(Terms):
    """One way to understand a statement: the sum of these cells, `factor` of their unit in the statement's."""

    zh: str
    en: str
    cells: Annotated[list[str], Field(min_length=1)]
    unit: Literal["", "万元"] = ""


class Statement(Terms):
    """A subject of ingest/mentions and its readings, the most usual first."""

    subject: str
    readings: Annotated[list[Reading], Field(min_length=1)]


class StatementTerms(Terms):
    """One subject per kind of statement."""

    statements: Annotated[list[Statement], Field(min_length=1)]


class ConsistencyTerms(Terms):
    """`subjects` that a report may state only one number of. `allowed_gaps`: subject → a cell by which two numbers may differ."""

    subjects: Annotated[list[str], Field(min_length=1)]
    allowed_gaps: Annotated[dict[str, str], Field(default_factory=dict)]


class PartsTerms(Terms):
    """Of one sentence: Σ `parts` (or each of them) is no more than the whole, a subject of the same sentence or else the sum of cells."""

    parts: Annotated[list[str], Field(min_length=1)]
    whole: str
    whole_cells: tuple[str, ...] = ()
    mode: Literal["sum", "each"]


def check_statements(batch: Batch, terms: StatementTerms, tolerance: float) -> Verdicts:
    """One subject per document and kind of statement: it holds when one statement of it agrees with one reading.

    Exact numbers must equal a reading; 300余 and 不到300 bound it, and are asked only where no exact number is stated; 约300 says nothing.
    Not applicable where 1 nothing of the kind is stated, 2 only 约, 3 a cell of a reading is missing, doubtful or blank, unless the form in
    use has none of its cells.
    """
    grids = Grids(batch.grid)
    mentions = select_mentions(batch, [statement.subject for statement in terms.statements])
    judged = [_judge(grids, mentions.filter(pl.col("subject") == entry.subject), entry, tolerance) for entry in terms.statements]
    return conclude_statements(batch, mentions, pl.concat(judged))


def check_consistency(batch: Batch, terms: ConsistencyTerms, tolerance: float) -> Verdicts:
    """One subject per document and kind of statement. Not applicable where 1 nothing is stated twice with exact numbers."""
    grids = Grids(batch.grid)
    mentions = select_mentions(batch, terms.subjects).filter(pl.col("precision") == "exact")
    mentions = mentions.filter(pl.struct("document", "subject").is_duplicated()).with_columns(amount=read_yuan())
    gaps = [(subject, add_values(grids, [read_operand(cell)])) for subject, cell in terms.allowed_gaps.items()]
    groups = (
        mentions.sort("document", "subject", "line", maintain_order=True)
        .group_by("document", "subject", maintain_order=True)
        .agg(
            pl.len().alias("count"),
            pl.col("amount").min().alias("least"),
            pl.col("amount").max().alias("most"),
            pl.col("amount").first().alias("lhs"),
            pl.col("line").first(),
            pl.col("raw").first(),
            pl.col("amount").filter(pl.col("amount") != pl.col("amount").first()).first().alias("rhs"),
            pl.col("line").filter(pl.col("amount") != pl.col("amount").first()).first().alias("other_line"),
        )
        .filter(pl.col("count") > 1)
    )
    allowed = pl.lit(0.0)
    for subject, gap in gaps:
        own = pl.lit(gap.gather(groups["document"])).fill_null(0.0)
        allowed = pl.when(pl.col("subject") == subject).then(own).otherwise(allowed)
    spread = pl.col("most") - pl.col("least")
    judged = groups.with_columns(
        EMPTY_CELL,
        is_wrong=(spread > tolerance) & ((spread - allowed).abs() > tolerance),
        cause=pl.lit("source"),
        is_ordered=pl.lit(value=False),
        note_zh=pl.lit(None, dtype=pl.String),
        note_en=pl.lit(None, dtype=pl.String),
        message_zh=pl.format(
            "{}：第 {} 行为 {}，第 {} 行为 {}", name_subject(), "line", say_number(pl.col("lhs")), "other_line", say_number(pl.col("rhs"))
        ),
        message_en=pl.format(
            "{}: {} on line {}, {} on line {}", "subject", say_number(pl.col("lhs")), "line", say_number(pl.col("rhs")), "other_line"
        ),
    )
    return conclude_statements(batch, mentions, judged.select(JUDGED.names()))


def check_parts(batch: Batch, terms: PartsTerms, tolerance: float) -> Verdicts:
    """One subject per sentence. Not applicable where 1 no part is stated exactly, 2 the whole is neither stated nor free of doubt."""
    grids = Grids(batch.grid)
    mentions = select_mentions(batch, [*terms.parts, terms.whole])
    key = ["document", "sentence"]
    exact = mentions.filter(pl.col("precision") == "exact")
    parts = exact.filter(pl.col("subject").is_in(terms.parts))
    amount = pl.col("value").sum() if terms.mode == "sum" else pl.col("value").max()
    stated = exact.filter(pl.col("subject") == terms.whole).group_by(key).agg(pl.col("value").max().alias("rhs"))
    judged = (
        parts.group_by(key, maintain_order=True)
        .agg(amount.alias("lhs"), pl.col("line").first(), pl.col("raw").first())
        .join(stated, on=key, how="left", maintain_order="left")
        .with_columns(subject=pl.lit(terms.whole))
    )
    operands = [read_operand(cell) for cell in terms.whole_cells]
    judged = judged.with_columns(has_stated=pl.col("rhs").is_not_null())
    if operands:
        judged = judged.with_columns(rhs=pl.max_horizontal("rhs", pl.lit(add_values(grids, operands).gather(judged["document"]))))
    judged = judged.filter(pl.col("rhs").is_not_null()).with_columns(
        EMPTY_CELL,
        is_wrong=pl.col("lhs") > pl.col("rhs") + tolerance,
        cause=pl.when("has_stated").then(pl.lit("source")).otherwise(pl.lit("unknown")),
        is_ordered=pl.lit(value=False),
        note_zh=pl.lit(None, dtype=pl.String),
        note_en=pl.lit(None, dtype=pl.String),
        message_zh=pl.format(
            "第 {} 行：各部分为 {}，多于{} {}", "line", say_number(pl.col("lhs")), name_subject(), say_number(pl.col("rhs"))
        ),
        message_en=pl.format(
            "line {}: the parts are {}, more than {} {}", "line", say_number(pl.col("lhs")), "subject", say_number(pl.col("rhs"))
        ),
    )
    return conclude_statements(batch, mentions, judged.select(JUDGED.names()))


JUDGED: Final = pl.Schema(
    {
        "document": pl.UInt32(),
        "subject": pl.String(),
        "is_wrong": pl.Boolean(),
        "note_zh": pl.String(),
        "note_en": pl.String(),
        **{name: dtype for name, dtype in FAILURES.items() if name != "document_id"},
    }
)
EMPTY_CELL: Final = [pl.lit(None, dtype=FAILURES[name]).alias(name) for name in ("table", "row", "column", "cells")]


def _judge(grids: Grids, stated: pl.DataFrame, statement: Statement, tolerance: float) -> pl.DataFrame:
    """JUDGED: per document the statement that fits, else the first one."""
    is_exact = pl.col("precision") == "exact"
    stated = stated.filter(is_exact | ((pl.col("precision") != "about") & ~is_exact.any().over("document")))
    if stated.is_empty():
        return pl.DataFrame(schema=JUDGED)
    documents = stated["document"]
    frame = stated
    fits, told_zh, told_en = [], [], []
    for at, reading in enumerate(statement.readings):
        operands = [read_operand(cell) for cell in reading.cells]
        states = [grids.states(operand).gather(documents) for operand in operands]
        shown = pl.col("value") if not reading.unit else pl.Series(stated.select(read_yuan()).to_series()) / _IN_YUAN[reading.unit]
        gap = shown - pl.col(f"v{at}")
        precision = pl.col("precision")
        fit = pl.when(precision == "exact").then(gap.abs() <= tolerance).when(precision == "at_least").then(gap <= tolerance)
        frame = frame.with_columns(
            add_values(grids, operands).gather(documents).alias(f"v{at}"),
            pl.max_horizontal(states).alias(f"s{at}"),
            grids.own.positions(operands[0].key).gather(documents).alias(f"p{at}"),
        ).with_columns(fit.otherwise(gap >= -tolerance).fill_null(value=False).alias(f"f{at}"))
        fits.append(pl.col(f"f{at}"))
        value = pl.when(pl.col(f"v{at}").is_not_null()).then(say_number(pl.col(f"v{at}")))
        told_zh.append(pl.format("{} {}", pl.lit(reading.zh), value))
        told_en.append(pl.format("{} {}", pl.lit(reading.en), value))
    ways = range(len(statement.readings))
    # A reading that the form in use does not have is out of the question; one whose cells are blank or doubtful leaves it open.
    is_open = pl.any_horizontal(pl.col(f"v{at}").is_null() & (pl.col(f"s{at}") != MISSING) for at in ways)
    is_fit = pl.any_horizontal(fits)
    has_value = pl.any_horizontal(pl.col(f"v{at}").is_not_null() for at in ways)
    cause, is_ordered = cause_of_states(pl.max_horizontal(*(f"s{at}" for at in ways)))
    main = read_operand(statement.readings[0].cells[0]).key
    all_zh, all_en = (pl.concat_str(told, separator=mark, ignore_nulls=True) for told, mark in ((told_zh, "，"), (told_en, ", ")))
    positions = frame.select(pl.coalesce(*(f"p{at}" for at in ways))).to_series()
    frame = frame.with_columns(
        cause,
        is_ordered,
        *place_operands(main, statement.readings[0].cells[1:]),
        is_wrong=~is_fit,
        is_judged=has_value & (is_fit | ~is_open),
        lhs=pl.col("value"),
        rhs=pl.coalesce(*(f"v{at}" for at in ways)),
        cell_line=grids.own.cells["line"].gather(positions),
        note_zh=_pick(fits, [reading.zh for reading in statement.readings]),
        note_en=_pick(fits, [reading.en for reading in statement.readings]),
    ).with_columns(
        message_zh=pl.format("第 {} 行写{} {}，表格（第 {} 行）{}", "line", name_subject(), "raw", "cell_line", all_zh),
        message_en=pl.format("line {} states {} {}; the table (line {}) has {}", "line", "subject", "raw", "cell_line", all_en),
    )  # fmt: skip
    return (
        frame.filter("is_judged")
        .sort("document", "is_wrong", "line", maintain_order=True)
        .unique("document", keep="first", maintain_order=True)
        .select(JUDGED.names())
        .cast(dict(JUDGED))  # type: ignore[arg-type]
    )


def conclude_statements(batch: Batch, mentions: pl.DataFrame, judged: pl.DataFrame) -> Verdicts:
    """FAILURES and SUMMARY from JUDGED; what was stated but not judged, or not stated at all, is why a rule does not apply."""
    ids = batch.grid.document_ids
    failures = judged.filter("is_wrong").with_columns(document_id=ids.gather(judged.filter("is_wrong")["document"]))
    counted = judged.group_by("document").agg(
        pl.len().alias("assessed_count"),
        pl.col("note_zh").drop_nulls().unique(maintain_order=True).str.join("；").alias("message_zh"),
        pl.col("note_en").drop_nulls().unique(maintain_order=True).str.join("; ").alias("message_en"),
    )
    stated = mentions.select("document").unique().with_columns(is_stated=pl.lit(value=True))
    summary = (
        pl.DataFrame({"document_id": ids})
        .with_columns(document=pl.int_range(pl.len(), dtype=pl.UInt32))
        .join(counted, on="document", how="left", maintain_order="left")
        .join(stated, on="document", how="left", maintain_order="left")
        .select(
            "document_id",
            pl.when(pl.col("assessed_count").is_not_null())
            .then(None)
            .when(pl.col("is_stated"))
            .then(pl.lit("nothing_to_compare_with"))
            .otherwise(pl.lit("not_stated"))
            .alias("reason"),
            pl.col("assessed_count").fill_null(0),
            *(pl.when(pl.col(name) != "").then(name).alias(name) for name in ("message_zh", "message_en")),
        )
    )
    return build_verdicts(failures.select(name for name in failures.columns if name in FAILURES), summary)


def select_mentions(batch: Batch, subjects: Sequence[str]) -> pl.DataFrame:
    """The mentions of these subjects outside section 五, with `document`, the row of the grid."""
    if "mentions" not in batch.shared:
        documents = pl.DataFrame({"document_id": batch.grid.document_ids}).with_columns(document=pl.int_range(pl.len(), dtype=pl.UInt32))
        told = batch.mentions.filter(pl.col("section").is_null() | (pl.col("section").cast(pl.String) != _PLANS))
        batch.shared["mentions"] = (
            told.drop("document_id", "section")
            .with_columns(told.select("document_id").join(documents, on="document_id", how="left", maintain_order="left")["document"])
            .filter(pl.col("document").is_not_null())
        )
    mentions: pl.DataFrame = batch.shared["mentions"]
    return mentions.filter(pl.col("subject").is_in(subjects))


def read_yuan() -> pl.Expr:
    """The stated value; of money, in 元."""
    return pl.col("value") * pl.col("unit").replace_strict(_IN_YUAN, default=1.0, return_dtype=pl.Float64).fill_null(1.0)


def name_subject() -> pl.Expr:
    """What `subject` is called in messages."""
    names = {subject.subject: subject.name for subject in load_mentions().subjects}
    return pl.col("subject").replace_strict(names, return_dtype=pl.String)


def _pick(fits: Sequence[pl.Expr], names: Sequence[str]) -> pl.Expr:
    """Which of several readings fits; null where there is only one."""
    if len(names) == 1:
        return pl.lit(None, dtype=pl.String)
    picked = [pl.when(fit).then(pl.lit(name)) for fit, name in zip(fits, names, strict=True)]
    return pl.coalesce(picked)


def place_operands(key: tuple[str, str, str], others: Sequence[str]) -> list[pl.Expr]:
    """table, row, column of the cell compared with, and all `cells` of the comparison."""
    cells = [cell_key(*key), *(cell_key(*read_operand(other).key) for other in others)]
    named = [pl.lit(part).alias(name) for name, part in zip(("table", "row", "column"), key, strict=True)]
    return [*named, pl.concat_list(cells).alias("cells")]
