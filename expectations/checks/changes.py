"""This year's report beside the agency's last one: figures that leap, a scope that changes, a growth that is stated."""

from __future__ import annotations

from typing import Annotated

import polars as pl
from pydantic import Field

from expectations.checks.operands import Grids, Operand, add_values, align_years, list_sides, match_years, read_operand
from expectations.checks.relations import cause_of_states
from expectations.checks.statements import JUDGED, conclude_statements, place_operands, select_mentions
from expectations.checks.verdicts import FAILURES, Batch, Terms, Verdicts, build_verdicts, cell_key
from expectations.checks.wording import label_column, label_row, say_number

_NO_PREVIOUS = "no_previous_year"


class LeapTerms(Terms):
    """Each of `cells`: (x(N)+1)/(x(N−1)+1) is between 1/`most_ratio` and `most_ratio`, or they differ by less than `least_gap`."""

    cells: Annotated[list[str], Field(min_length=1)]
    most_ratio: Annotated[float, Field(gt=1)]
    least_gap: Annotated[float, Field(gt=0)]


class ScopeTerms(Terms):
    """A kind without parameters."""


class GrowthTerms(Terms):
    """`rise` and `fall`: subjects that state by how many per cent a figure changed. `readings`: sums of cells that may be meant.

    `tolerance` of the rule: percentage points allowed beside half of the last printed digit.
    """

    rise: str
    fall: str
    readings: Annotated[list[list[str]], Field(min_length=1)]


def check_leaps(batch: Batch, terms: LeapTerms, _tolerance: float) -> Verdicts:
    """One subject per cell. Not applicable where 1 the agency has no accepted report for the year before, 2 a cell is missing in one."""
    keys = [read_operand(text).key for text in terms.cells]
    last = [Operand(key, 1, is_previous=True) for key in keys]
    grids = align_years(batch, last)
    assessed = pl.repeat(0, len(grids.own.document_ids), dtype=pl.Int32, eager=True)
    failures = []
    for key, operand in zip(keys, last, strict=True):
        now, then = grids.own.values(key), grids.values(operand)
        assessed += (now.is_not_null() & then.is_not_null()).cast(pl.Int32)
        ratio = (now + 1) / (then + 1)
        is_wrong = ((now - then).abs() >= terms.least_gap) & ((ratio > terms.most_ratio) | (ratio < 1 / terms.most_ratio))
        wrong = is_wrong.fill_null(value=False).arg_true()
        if not len(wrong):
            continue
        positions = grids.own.positions(key).gather(wrong)
        row, column = label_row(*key[:2]), label_column(key[0], key[2])
        states = pl.DataFrame({"own": grids.own.states(key).gather(wrong), "last": grids.states(operand).gather(wrong)})
        frame = pl.DataFrame({"lhs": now.gather(wrong), "rhs": then.gather(wrong), "best": states.max_horizontal()})
        cause, is_ordered = cause_of_states(pl.col("best"))
        failures.append(
            frame.select(
                grids.own.document_ids.gather(wrong).alias("document_id"),
                *(pl.lit(part).alias(name) for name, part in zip(("table", "row", "column"), key, strict=True)),
                "lhs",
                "rhs",
                cause,
                grids.own.cells["line"].gather(positions).alias("line"),
                grids.own.cells["raw"].gather(positions).alias("raw"),
                pl.format(
                    "{}{} {}，上一年 {}", pl.lit(row.zh), pl.lit(column.zh), say_number(pl.col("lhs")), say_number(pl.col("rhs"))
                ).alias("message_zh"),
                pl.format("{}: {}, {} the year before", pl.lit(row.en), say_number(pl.col("lhs")), say_number(pl.col("rhs"))).alias(
                    "message_en"
                ),
                pl.concat_list([cell_key(*key)]).alias("cells"),
                is_ordered,
            ).select(FAILURES.names())
        )
    summary = pl.DataFrame({"document_id": grids.own.document_ids, "assessed_count": assessed}).with_columns(
        reason=_say_why(grids, assessed, "missing_operand")
    )
    return build_verdicts(pl.concat(failures) if failures else pl.DataFrame(schema=FAILURES), summary)


def check_scope(batch: Batch, _terms: ScopeTerms, _tolerance: float) -> Verdicts:
    """One subject per report.

    Not applicable where 1 the agency has no accepted report for the year before, 2 one of the two does not say its scope.
    """
    last_ids, rows = match_years(batch)
    scopes = pl.concat(side["reports"].select("document_id", "report_scope") for side in list_sides(batch)).unique(
        "document_id", keep="first"
    )
    last = pl.DataFrame({"document_id": last_ids}).join(scopes, on="document_id", how="left", maintain_order="left")["report_scope"]
    judged = pl.DataFrame({"document_id": batch.grid.document_ids, "last": last.gather(rows), "has_last": rows.is_not_null()}).join(
        batch.reports.select("document_id", "report_scope"), on="document_id", how="left", maintain_order="left"
    )
    judged = judged.with_columns(
        assessed_count=pl.lit(1),
        reason=pl.when(~pl.col("has_last"))
        .then(pl.lit(_NO_PREVIOUS))
        .when(pl.col("last").is_null() | pl.col("report_scope").is_null())
        .then(pl.lit("no_scope")),
    )
    told = {"own": "本机关", "level": "本级", "region_total": "全域汇总"}
    now, then = (pl.col(name).cast(pl.String).replace_strict(told, return_dtype=pl.String) for name in ("report_scope", "last"))
    failures = judged.filter(pl.col("reason").is_null() & (pl.col("report_scope") != pl.col("last"))).select(
        "document_id",
        pl.lit("unknown").cast(FAILURES["cause"]).alias("cause"),
        pl.format("统计口径为{}，上一年为{}", now, then).alias("message_zh"),
        pl.format("the report is for {}, that of the year before for {}", "report_scope", "last").alias("message_en"),
    )
    return build_verdicts(failures, judged.select("document_id", "reason", "assessed_count"))


def check_growth(batch: Batch, terms: GrowthTerms, tolerance: float) -> Verdicts:
    """One subject per statement: it holds where one reading agrees.

    Not applicable where 1 no such growth is stated exactly, 2 the agency has no accepted report for the year before, 3 a cell of a reading
    is missing, doubtful or blank, or was 0 the year before.
    """
    own = [[read_operand(cell) for cell in cells] for cells in terms.readings]
    last = [[Operand(operand.key, 1, is_previous=True) for operand in operands] for operands in own]
    mentions = select_mentions(batch, [terms.rise, terms.fall]).filter(pl.col("precision") == "exact")
    if mentions.is_empty():
        return conclude_statements(batch, mentions, pl.DataFrame(schema=JUDGED))
    grids = align_years(batch, [operand for operands in last for operand in operands])
    documents = mentions["document"]
    digits = pl.col("raw").str.extract(r"\.([0-9]+)").str.len_chars().fill_null(0)
    allowed = 0.5 * pl.lit(10.0).pow(-digits.cast(pl.Float64)) + tolerance + 1e-9
    sign = pl.when(pl.col("subject") == terms.fall).then(-1.0).otherwise(1.0)
    frame = mentions.with_columns(lhs=pl.col("value") * sign)
    for at, (now, then) in enumerate(zip(own, last, strict=True)):
        base = add_values(grids, then).gather(documents)
        change = pl.Series((add_values(grids, now).gather(documents) / base - 1) * 100).round(4)
        frame = frame.with_columns(pl.when(base > 0).then(change).alias(f"v{at}"))
    ways = [pl.col(f"v{at}") for at in range(len(own))]
    states = [grids.states(operand).gather(documents) for operands in (*own, *last) for operand in operands]
    position = grids.own.positions(own[0][0].key).gather(documents)
    cause, is_ordered = cause_of_states(pl.col("best"))
    judged = (
        frame.with_columns(
            best=pl.select(pl.max_horizontal(states)).to_series(),
            rhs=ways[0],
            cell_line=grids.own.cells["line"].gather(position),
            is_wrong=~pl.any_horizontal(((pl.col("lhs") - way).abs() <= allowed).fill_null(value=False) for way in ways),
        )
        .filter(pl.all_horizontal(way.is_not_null() for way in ways))
        .with_columns(
            cause,
            is_ordered,
            *place_operands(own[0][0].key, terms.readings[0][1:]),
            note_zh=pl.lit(None, dtype=pl.String),
            note_en=pl.lit(None, dtype=pl.String),
            message_zh=pl.format("第 {} 行写变化 {}%，按两年表格计算为 {}%", "line", say_number(pl.col("lhs")), say_number(pl.col("rhs"))),
            message_en=pl.format(
                "line {} states a change of {}%; by the tables of both years it is {}%",
                "line",
                say_number(pl.col("lhs")),
                say_number(pl.col("rhs")),
            ),
        )
    )
    return conclude_statements(batch, mentions, judged.select(JUDGED.names()))


def _say_why(grids: Grids, assessed: pl.Series, otherwise: str) -> pl.Series:
    has_last = grids.previous_rows.is_not_null() if grids.previous_rows is not None else assessed < 0
    return pl.select(
        pl.when(assessed > 0).then(None).when(~has_last).then(pl.lit(_NO_PREVIOUS)).otherwise(pl.lit(otherwise)).alias("reason")
    ).to_series()
