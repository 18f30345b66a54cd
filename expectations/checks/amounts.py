"""Shares and sums of money that the prose states, against the tables: a rate, a growth, the processing fee."""

from __future__ import annotations

import polars as pl

from expectations.checks.operands import Grids, add_values, read_operand
from expectations.checks.relations import cause_of_states
from expectations.checks.statements import EMPTY_CELL, JUDGED, conclude_statements, place_operands, read_yuan, select_mentions
from expectations.checks.verdicts import Batch, Terms, Verdicts
from expectations.checks.wording import say_number


class RateTerms(Terms):
    """A stated share in % against `numerator` / Σ `denominator`. `unless`: words of the sentence that make it another share."""

    subject: str
    numerator: str
    denominator: list[str]
    unless: tuple[str, ...] = ()


class FeeTerms(Terms):
    """Subjects for the number of notices, the amount noticed and the amount collected; cells for what they are compared with."""

    notices: str
    noticed: str
    collected: str
    unpaid: str
    requests: list[str]
    step: float


def check_rate(batch: Batch, terms: RateTerms, _tolerance: float) -> Verdicts:
    """One subject per statement; half a unit of the last printed digit is allowed.

    Not applicable where 1 no such share is stated, 2 it is of something else (`unless`), 3 a cell is missing, doubtful or blank, 4 there is
    nothing that it could be a share of.
    """
    grids = Grids(batch.grid)
    mentions = select_mentions(batch, [terms.subject]).filter(pl.col("precision") == "exact")
    for word in terms.unless:
        mentions = mentions.filter(~pl.col("sentence").str.contains(word, literal=True))
    documents = mentions["document"]
    operands = [read_operand(terms.numerator), *(read_operand(cell) for cell in terms.denominator)]
    above, below = add_values(grids, operands[:1]).gather(documents), add_values(grids, operands[1:]).gather(documents)
    states = [grids.states(operand).gather(documents) for operand in operands]
    digits = pl.col("raw").str.extract(r"\.([0-9]+)").str.len_chars().fill_null(0)
    position = grids.own.positions(operands[0].key).gather(documents)
    cause, is_ordered = cause_of_states(pl.col("best"))
    judged = (
        mentions.with_columns(
            lhs=pl.col("value"),
            rhs=pl.Series(above / below * 100).round(4),
            below=below,
            best=pl.select(pl.max_horizontal(states)).to_series(),
            cell_line=grids.own.cells["line"].gather(position),
        )
        .filter(pl.col("rhs").is_not_null() & (pl.col("below") > 0))
        .with_columns(
            cause,
            is_ordered,
            *place_operands(operands[0].key, terms.denominator),
            is_wrong=(pl.col("lhs") - pl.col("rhs")).abs() > 0.5 * pl.lit(10.0).pow(-digits.cast(pl.Float64)) + 1e-9,
            note_zh=pl.lit(None, dtype=pl.String),
            note_en=pl.lit(None, dtype=pl.String),
            message_zh=pl.format("第 {} 行写“{}%”，按表格（第 {} 行）计算为 {}%", "line", "raw", "cell_line", say_number(pl.col("rhs"))),
            message_en=pl.format(
                "line {} says {}%; by the table (line {}) it is {}%", "line", "raw", "cell_line", say_number(pl.col("rhs"))
            ),
        )
    )
    return conclude_statements(batch, mentions, judged.select(JUDGED.names()))


def check_fees(batch: Batch, terms: FeeTerms, tolerance: float) -> Verdicts:
    """One subject per statement about the fee: notices denied although some were not paid; more notices than requests; an amount that no
    lawful fee adds up to; more collected than noticed.

    Not applicable where 1 no fee is stated exactly."""
    grids = Grids(batch.grid)
    mentions = select_mentions(batch, [terms.notices, terms.noticed, terms.collected]).filter(pl.col("precision") == "exact")
    documents = mentions["document"]
    unpaid = add_values(grids, [read_operand(terms.unpaid)]).gather(documents)
    requests = add_values(grids, [read_operand(cell) for cell in terms.requests]).gather(documents)
    amount = pl.col("amount")
    noticed = amount.filter(pl.col("subject") == terms.noticed).max().over("document")
    is_money = pl.col("subject").is_in([terms.noticed, terms.collected])
    off_step = is_money & ((amount / terms.step - (amount / terms.step).round(0)).abs() * terms.step > tolerance)
    is_notice, is_collected = pl.col("subject") == terms.notices, pl.col("subject") == terms.collected
    told = [
        (
            is_notice & (amount == 0) & (pl.col("unpaid") > 0),
            pl.col("unpaid"),
            ("未发出收费通知，但表格有逾期未缴费", "no notices, yet the table has requests given up for an unpaid fee"),
        ),
        (is_notice & (amount > pl.col("requests")), pl.col("requests"), ("收费通知多于申请", "more notices than requests")),
        (off_step, (amount / terms.step).round(0) * terms.step, ("金额不是收费标准的整数倍", "no sum of lawful fees")),
        (is_collected & (amount > pl.col("noticed") + tolerance), pl.col("noticed"), ("实收多于通知金额", "more collected than noticed")),
    ]
    rhs, zh, en = pl.lit(None, dtype=pl.Float64), pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.String)
    for is_wrong, value, (text_zh, text_en) in reversed(told):
        rhs = pl.when(is_wrong).then(value).otherwise(rhs)
        zh = pl.when(is_wrong).then(pl.lit(text_zh)).otherwise(zh)
        en = pl.when(is_wrong).then(pl.lit(text_en)).otherwise(en)
    judged = (
        mentions.with_columns(amount=read_yuan(), unpaid=unpaid, requests=requests)
        .with_columns(noticed=noticed)
        .with_columns(zh=zh, en=en, rhs=rhs, lhs=amount)
        .with_columns(
            EMPTY_CELL,
            is_wrong=pl.col("zh").is_not_null(),
            cause=pl.lit("source"),
            is_ordered=pl.lit(value=False),
            note_zh=pl.lit(None, dtype=pl.String),
            note_en=pl.lit(None, dtype=pl.String),
            message_zh=pl.format("第 {} 行：{}（{} 与 {}）", "line", "zh", say_number(pl.col("lhs")), say_number(pl.col("rhs"))),
            message_en=pl.format("line {}: {} ({} and {})", "line", "en", say_number(pl.col("lhs")), say_number(pl.col("rhs"))),
        )
    )
    return conclude_statements(batch, mentions, judged.select(JUDGED.names()))
