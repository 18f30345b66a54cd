"""How a report presents itself: its title, its headings, cells left blank, a section that says nothing; and who may report what."""

from __future__ import annotations

import re
from typing import Annotated, Final

import polars as pl
from pydantic import Field

from expectations.checks.grids import form_cells
from expectations.checks.operands import Operand, align_years
from expectations.checks.verdicts import FAILURES, Batch, Terms, Verdicts, build_verdicts, cell_key
from expectations.checks.wording import label_column, label_row, say_number
from ingest.normalising import normalise_label

_NUMERAL: Final = re.compile(r"^[一二三四五六七八九十]+、")


class TitleTerms(Terms):
    """`pattern`: what a title must match without spaces. Reports for years from `from_year` on are judged."""

    pattern: str
    from_year: int


class YearTerms(Terms):
    """Reports for years from `from_year` on are judged."""

    from_year: int


class RowTerms(YearTerms):
    """`most_characters`: longer words are no label of a row."""

    most_characters: Annotated[int, Field(gt=0)]


class HeadingTerms(YearTerms):
    """Section → the headings that the forms give it, without numbers."""

    headings: dict[str, list[str]]


class LengthTerms(Terms):
    """Section `section` has at least `least_characters` characters below its heading, spaces and marks included."""

    section: str
    least_characters: Annotated[int, Field(gt=0)]
    from_year: int


class PowerTerms(Terms):
    """`rows` of `table` hold 0 for agencies whose name matches `agencies`; null cells are not judged."""

    table: str
    rows: list[str]
    agencies: str


class MoneyTerms(Terms):
    """The cell `amount` of this year and the last: their ratio is not between `least_ratio` and `most_ratio`, nor its inverse."""

    amount: list[str]
    least_ratio: float
    most_ratio: float
    most: float


def check_title(batch: Batch, terms: TitleTerms, _tolerance: float) -> Verdicts:
    """One subject per report. Not applicable where 1 no title was found, 2 the report is older, 3 its year is unknown."""
    title = pl.col("title").str.replace_all(r"\s", "")
    judged = batch.reports.with_columns(_since(terms.from_year, pl.col("title").is_null(), "no_title"), assessed_count=pl.lit(1))
    failures = judged.filter(pl.col("reason").is_null() & ~title.str.contains(terms.pattern)).select(
        "document_id",
        pl.lit("source").cast(FAILURES["cause"]).alias("cause"),
        pl.col("title").alias("raw"),
        pl.format("标题“{}”不是规定的名称", "title").alias("message_zh"),
        pl.format("the title “{}” is not the prescribed one", "title").alias("message_en"),
    )
    return build_verdicts(failures, judged.select("document_id", "reason", "assessed_count"))


def check_headings(batch: Batch, terms: HeadingTerms, _tolerance: float) -> Verdicts:
    """One subject per heading found. Not applicable where 1 no heading was found, 2 the report is older, 3 its year is unknown."""
    sections = batch.tables["sections"]
    known = {(section, _plain(label)) for section, labels in terms.headings.items() for label in labels}
    distinct = sections.select(pl.col("section").cast(pl.String), "heading").unique().rows()
    other = [(section, heading) for section, heading in distinct if (section, _plain(heading)) not in known]
    strange = pl.DataFrame(other, schema={"section": pl.String, "heading": pl.String}, orient="row").with_columns(
        pl.col("section").cast(sections.schema["section"])
    )
    counted = sections.group_by("document_id").agg(pl.len().alias("assessed_count"))
    judged = batch.reports.join(counted, on="document_id", how="left").with_columns(
        _since(terms.from_year, pl.col("assessed_count").is_null(), "no_headings"), pl.col("assessed_count").fill_null(0)
    )
    failures = (
        sections.join(strange, on=["section", "heading"], how="semi")
        .join(judged.filter(pl.col("reason").is_null()), on="document_id", how="semi")
        .sort("document_id", "start_line")
        .select(
            "document_id",
            pl.lit("source").cast(FAILURES["cause"]).alias("cause"),
            pl.col("start_line").alias("line"),
            pl.col("heading").alias("raw"),
            pl.format("标题“{}”与规定格式不同", "heading").alias("message_zh"),
            pl.format("the heading “{}” is not that of the form", "heading").alias("message_en"),
        )
    )
    return build_verdicts(failures, judged.select("document_id", "reason", "assessed_count"))


def check_printed_figures(batch: Batch, terms: YearTerms, tolerance: float) -> Verdicts:
    """One subject per report: no cell of the form is blank or a dash.

    Not applicable where 1 no cell of a form is in the text, 2 the report is older, 3 its year is unknown.
    """
    tables = {table for table, _, _ in form_cells()}
    blanks = batch.cells.filter(
        pl.col("value").is_null() & ~pl.col("is_doubtful") & pl.col("table").is_in(tables) & ~pl.col("raw").str.contains(r"[0-9０-９]")
    ).sort("document_id", "line", "table", "row", "column")
    counted = blanks.group_by("document_id", maintain_order=True).agg(
        pl.len().alias("blank_count"), *(pl.col(name).first() for name in ("line", "raw", "table", "row", "column"))
    )
    judged = (
        batch.reports.select("document_id", "report_year", "template")
        .join(counted, on="document_id", how="left")
        .with_columns(_since(terms.from_year, pl.col("template").is_null(), "no_table"), assessed_count=pl.lit(1))
    )
    failures = judged.filter(pl.col("reason").is_null() & (pl.col("blank_count") > tolerance)).select(
        "document_id",
        "table",
        "row",
        "column",
        pl.col("blank_count").cast(pl.Float64).alias("lhs"),
        pl.lit(0.0).alias("rhs"),
        pl.lit("source").cast(FAILURES["cause"]).alias("cause"),
        "line",
        "raw",
        pl.format("{} 个单元格没有填写数字（首个在第 {} 行）", "blank_count", "line").alias("message_zh"),
        pl.format("{} cells hold no figure, the first on line {}", "blank_count", "line").alias("message_en"),
    )
    return build_verdicts(failures, judged.select("document_id", "reason", "assessed_count"))


def check_unknown_rows(batch: Batch, terms: RowTerms, _tolerance: float) -> Verdicts:
    """One subject per printed row: the form has such a row. Words longer than any label are a note or a sentence, not a row.

    Not applicable where 1 no cell of a form is in the text, 2 the report is older, 3 its year is unknown. Rows are told by their label and
    line; numbers whose place is open are no rows (`report.complete`).
    """
    strange = (
        batch.tables["unplaced"]
        .filter((pl.col("reason").cast(pl.String) == "unknown_row") & (pl.col("label").str.len_chars() <= terms.most_characters))
        .group_by("document_id", "table", "label", maintain_order=True)
        .agg(pl.len().alias("count"), pl.col("line").first(), pl.col("raw").first())
    )
    judged = batch.reports.select("document_id", "report_year", "template").with_columns(
        _since(terms.from_year, pl.col("template").is_null(), "no_table"), assessed_count=pl.lit(1)
    )
    failures = strange.join(judged.filter(pl.col("reason").is_null()), on="document_id", how="semi").select(
        "document_id",
        "table",
        pl.col("count").cast(pl.Float64).alias("lhs"),
        pl.lit(0.0).alias("rhs"),
        pl.lit("unknown").cast(FAILURES["cause"]).alias("cause"),
        "line",
        "raw",
        pl.format("规定格式没有“{}”一行（{} 个数字未归位）", "label", "count").alias("message_zh"),
        pl.format("the form has no row “{}” ({} numbers left over)", "label", "count").alias("message_en"),
    )
    return build_verdicts(failures, judged.select("document_id", "reason", "assessed_count"))


def check_section_length(batch: Batch, terms: LengthTerms, _tolerance: float) -> Verdicts:
    """One subject per report. Not applicable where 1 the section was not found or found twice, 2 another section begins on one of its lines
    or its text ends with the document's cut, 3 the report is older or its year unknown. Bytes count three a character."""
    sections = batch.tables["sections"]
    starts = sections.select("document_id", "start_line").group_by("document_id", "start_line").len()
    found = (
        sections.filter(pl.col("section").cast(pl.String) == terms.section)
        .join(starts, on=["document_id", "start_line"], how="left")
        .filter(pl.col("len") == 1)
        .filter(pl.len().over("document_id") == 1)
        .with_columns(length=(pl.col("end_byte") - pl.col("start_byte") - pl.col("heading").str.len_bytes()) / 3)
    )
    judged = batch.reports.join(found, on="document_id", how="left").with_columns(
        _since(terms.from_year, pl.col("length").is_null() | pl.col("is_cut_off"), "not_found"), assessed_count=pl.lit(1)
    )
    failures = judged.filter(pl.col("reason").is_null() & (pl.col("length") < terms.least_characters)).select(
        "document_id",
        pl.col("length").round(0).alias("lhs"),
        pl.lit(float(terms.least_characters)).alias("rhs"),
        pl.lit("source").cast(FAILURES["cause"]).alias("cause"),
        pl.col("start_line").alias("line"),
        pl.col("heading").alias("raw"),
        pl.format("“{}”下不足 {} 字", "heading", pl.lit(terms.least_characters)).alias("message_zh"),
        pl.format("less than {} characters below “{}”", pl.lit(terms.least_characters), "heading").alias("message_en"),
    )
    return build_verdicts(failures, judged.select("document_id", "reason", "assessed_count"))


def check_powers(batch: Batch, terms: PowerTerms, tolerance: float) -> Verdicts:
    """One subject per cell of the rows.

    Not applicable where 1 no agency is named, 2 its name does not tell its level, 3 no cell of the rows is printed and free of doubt.
    """
    keys = [key for key in form_cells() if key[0] == terms.table and key[1] in terms.rows]
    grid = batch.grid
    names = pl.DataFrame({"document_id": grid.document_ids}).join(
        batch.reports.select("document_id", "agency_name"), on="document_id", how="left", maintain_order="left"
    )["agency_name"]
    is_concerned = names.str.contains(terms.agencies).fill_null(value=False)
    assessed = pl.repeat(0, len(names), dtype=pl.Int32, eager=True)
    failures = []
    for key in keys:
        values = grid.values(key)
        assessed += (is_concerned & values.is_not_null()).cast(pl.Int32)
        wrong = (is_concerned & (values > tolerance).fill_null(value=False)).arg_true()
        if not len(wrong):
            continue
        name = f"{label_row(*key[:2]).zh}{label_column(key[0], key[2]).zh}"
        positions = grid.positions(key).gather(wrong)
        failures.append(
            pl.DataFrame({"document_id": grid.document_ids.gather(wrong), "lhs": values.gather(wrong), "agency": names.gather(wrong)})
            .select(
                "document_id",
                *(pl.lit(part).alias(column) for column, part in zip(("table", "row", "column"), key, strict=True)),
                "lhs",
                pl.lit(0.0).alias("rhs"),
                pl.lit("unknown").cast(FAILURES["cause"]).alias("cause"),
                grid.cells["line"].gather(positions).alias("line"),
                grid.cells["raw"].gather(positions).alias("raw"),
                pl.format("{}无权制定，{}为 {}", "agency", pl.lit(name), say_number(pl.col("lhs"))).alias("message_zh"),
                pl.format("{} cannot issue them, yet has {}", "agency", say_number(pl.col("lhs"))).alias("message_en"),
                pl.concat_list([cell_key(*key)]).alias("cells"),
            ).with_columns(is_ordered=pl.lit(value=False)).select(FAILURES.names())
        )  # fmt: skip
    summary = pl.DataFrame({"document_id": grid.document_ids, "assessed_count": assessed, "is_concerned": is_concerned}).select(
        "document_id",
        "assessed_count",
        pl.when(pl.col("assessed_count") > 0)
        .then(None)
        .when("is_concerned")
        .then(pl.lit("missing_operand"))
        .otherwise(pl.lit("level_unknown"))
        .alias("reason"),
    )
    return build_verdicts(pl.concat(failures) if failures else pl.DataFrame(schema=FAILURES), summary)


def check_money_scale(batch: Batch, terms: MoneyTerms, _tolerance: float) -> Verdicts:
    """One subject per report: an amount that is ten thousand times last year's, or a ten-thousandth, or larger than `most`, was entered in
    another unit. Not applicable where 1 the amount is missing, doubtful or blank."""
    table, row, column = terms.amount
    key = (table, row, column)
    last = Operand(key, 1, is_previous=True)
    grids = align_years(batch, [last])
    now = grids.own.values(key)
    frame = pl.DataFrame({"document_id": grids.own.document_ids, "lhs": now, "rhs": grids.values(last)}).with_columns(
        ratio=pl.col("lhs") / pl.col("rhs"),
        position=grids.own.positions(key),
        assessed_count=pl.col("lhs").is_not_null().cast(pl.Int32),
        reason=pl.when(pl.col("lhs").is_null()).then(pl.lit("missing_operand")),
    )
    is_jump = pl.col("ratio").is_between(terms.least_ratio, terms.most_ratio) | (1 / pl.col("ratio")).is_between(
        terms.least_ratio, terms.most_ratio
    )
    failures = frame.filter(is_jump | (pl.col("lhs") > terms.most))
    lines, raws = (grids.own.cells[name].gather(failures["position"]) for name in ("line", "raw"))
    told = failures.select(
        "document_id",
        *(pl.lit(part).alias(name) for name, part in zip(("table", "row", "column"), key, strict=True)),
        "lhs",
        "rhs",
        pl.lit("unknown").cast(FAILURES["cause"]).alias("cause"),
        lines.alias("line"),
        raws.alias("raw"),
        pl.format("金额 {} 万元，上一年 {} 万元：单位可能有误", say_number(pl.col("lhs")), say_number(pl.col("rhs"))).alias("message_zh"),
        pl.format("{} 万元, {} the year before: another unit?", say_number(pl.col("lhs")), say_number(pl.col("rhs"))).alias("message_en"),
        pl.concat_list([cell_key(*key)]).alias("cells"),
    )  # fmt: skip
    return build_verdicts(told, frame.select("document_id", "reason", "assessed_count"))


def _plain(heading: str) -> str:
    """The heading without its numeral, spaces, marks and traditional characters."""
    return normalise_label(_NUMERAL.sub("", heading.strip()))


def _since(from_year: int, is_absent: pl.Expr, absent: str) -> pl.Expr:
    return (
        pl.when(pl.col("report_year").is_null())
        .then(pl.lit("no_report_year"))
        .when(pl.col("report_year") < from_year)
        .then(pl.lit("before_the_form"))
        .when(is_absent)
        .then(pl.lit(absent))
        .alias("reason")
    )
