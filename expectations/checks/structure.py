"""What a report must hold before its figures mean anything: all cells, whole numbers, six sections, the form of its year, one copy."""

from __future__ import annotations

from typing import Final

import polars as pl

from expectations.checks.grids import LABEL, form_cells
from expectations.checks.verdicts import FAILURES, Batch, Terms, Verdicts, build_verdicts
from expectations.checks.wording import label_column, label_row
from ingest.tables import SECTIONS
from ingest.templates import load_templates, section_numeral

NO_TABLE: Final = "no_table"
SECTION_NAMES: Final = dict(zip(SECTIONS, ("总体情况", "主动公开", "依申请公开", "复议诉讼", "问题与改进", "其他事项"), strict=True))


class NoTerms(Terms):
    """A kind without parameters."""


class CellKindTerms(Terms):
    """Columns of this kind in the templates are judged."""

    value_kind: str


class SectionTerms(Terms):
    """Reports for years from `from_year` on must have the six sections."""

    from_year: int


class TemplateYearTerms(Terms):
    """`before_forms`: the template id of reports from before the first form on file."""

    before_forms: str


def check_whole_numbers(batch: Batch, terms: CellKindTerms, tolerance: float) -> Verdicts:
    """One subject per cell with a value. A printed digit that gave no value fails too; words and blanks are not judged."""
    keys = [key for key, kind in form_cells().items() if kind == terms.value_kind]
    names = pl.DataFrame(
        [(*key, label_row(*key[:2]).zh, label_column(key[0], key[2]).zh) for key in keys],
        schema=["table", "row", "column", "row_zh", "column_zh"],
        orient="row",
    )
    value = pl.col("value")
    is_unread = value.is_null() & pl.col("raw").str.contains(r"[0-9０-９]")
    is_unwhole = (value < -tolerance) | ((value - value.round(0)).abs() > tolerance)
    failures = (
        batch.cells.filter(~pl.col("is_doubtful") & (value.is_null() | is_unwhole))
        .filter(value.is_not_null() | is_unread)
        .join(names, on=["table", "row", "column"], how="inner")
        .with_columns(
            value.alias("lhs"),
            pl.when(value.is_null()).then(pl.lit("unknown")).otherwise(_cause_of_method()).cast(FAILURES["cause"]).alias("cause"),
            pl.format("“{}”行“{}”列：“{}”不是非负整数", "row_zh", "column_zh", "raw").alias("message_zh"),
            pl.format("{}.{}.{}: “{}” is not a non-negative integer", "table", "row", "column", "raw").alias("message_en"),
            pl.concat_list(pl.struct("table", "row", "column")).alias("cells"),
        )
    )
    states = pl.DataFrame([batch.grid.states(key).alias(".".join(key)) for key in keys])
    counted = states.select(assessed_count=pl.sum_horizontal((pl.all() >= LABEL).cast(pl.Int32)).cast(pl.Int32)).with_columns(
        document_id=batch.grid.document_ids
    )
    # A document whose only figures are unreadable ones was assessed as well.
    unread = failures.group_by("document_id").agg(pl.len().cast(pl.Int32).alias("unread_count"))
    summary = counted.join(unread, on="document_id", how="left").select(
        "document_id",
        pl.max_horizontal("assessed_count", "unread_count").alias("assessed_count"),
    )
    return build_verdicts(
        failures.select(name for name in failures.columns if name in FAILURES),
        summary.with_columns(pl.when(pl.col("assessed_count") == 0).then(pl.lit(NO_TABLE)).alias("reason")),
    )


def check_complete(batch: Batch, _terms: NoTerms, tolerance: float) -> Verdicts:
    """One subject per report: every cell of its template located, none doubtful."""
    reports = batch.reports
    expected, located, doubtful = pl.col("expected_cell_count"), pl.col("located_cell_count"), pl.col("doubtful_cell_count")
    reason = (
        pl.when(pl.col("template").is_null())
        .then(pl.lit(NO_TABLE))
        .when(expected.is_null() | (expected == 0))
        .then(pl.lit("no_fixed_grid"))
        .alias("reason")
    )
    judged = reports.with_columns(reason, assessed_count=pl.lit(1))
    ended = pl.when("is_cut_off")
    failures = judged.filter(pl.col("reason").is_null() & ((expected - located > tolerance) | (doubtful > 0))).select(
        "document_id",
        located.cast(pl.Float64).alias("lhs"),
        expected.cast(pl.Float64).alias("rhs"),
        ended.then(pl.lit("source")).otherwise(pl.lit("parse")).cast(FAILURES["cause"]).alias("cause"),
        pl.concat_str(
            pl.format("{} 版表格应有 {} 个单元格，读到 {} 个", "template", expected, located),
            pl.when(doubtful > 0).then(pl.format("，另有 {} 个存疑", doubtful)).otherwise(pl.lit("")),
            ended.then(pl.lit("；文本在表格处截断")).otherwise(pl.lit("")),
        ).alias("message_zh"),
        pl.concat_str(
            pl.format("the form of {} has {} cells; {} were read", "template", expected, located),
            pl.when(doubtful > 0).then(pl.format(", {} more are doubtful", doubtful)).otherwise(pl.lit("")),
            ended.then(pl.lit("; the text ends in or before its tables")).otherwise(pl.lit("")),
        ).alias("message_en"),
    )
    return build_verdicts(failures, judged.select("document_id", "reason", "assessed_count"))


def check_sections(batch: Batch, terms: SectionTerms, _tolerance: float) -> Verdicts:
    """One subject per report: the six sections once each, in order. Not judged where the text is cut off: their absence is no slip."""
    order = {section: index for index, section in enumerate(SECTIONS)}
    names = {section: f"{section_numeral(section)}、{name}" for section, name in SECTION_NAMES.items()}
    numbered = batch.tables["sections"].with_columns(
        number=pl.col("section").cast(pl.String).replace_strict(order, return_dtype=pl.Int32),
        name=pl.col("section").cast(pl.String).replace_strict(names, return_dtype=pl.String),
    )
    late = pl.col("number") < pl.col("number").shift(1).over("document_id")
    found = (
        numbered.sort("document_id", "start_line", "number")
        .with_columns(is_late=late.fill_null(value=False))
        .with_columns(is_twice=pl.struct("document_id", "number").is_duplicated())
        .group_by("document_id")
        .agg(
            pl.col("number").n_unique().alias("found_count"),
            pl.col("number").unique().alias("numbers"),
            pl.col("name").filter("is_late").alias("late"),
            pl.col("name").filter("is_twice").unique(maintain_order=True).alias("twice"),
            pl.col("start_line").filter(pl.col("is_late") | pl.col("is_twice")).first().alias("line"),
            pl.col("heading").filter(pl.col("is_late") | pl.col("is_twice")).first().alias("raw"),
        )
    )
    judged = batch.reports.join(found, on="document_id", how="left").with_columns(
        pl.when(pl.col("report_year").is_null())
        .then(pl.lit("no_report_year"))
        .when(pl.col("report_year") < terms.from_year)
        .then(pl.lit("before_the_form"))
        .when("is_cut_off")
        .then(pl.lit("cut_off"))
        .alias("reason"),
        pl.col("found_count").fill_null(0),  # a report without a row in `sections` has no section
        assessed_count=pl.lit(1),
    )
    missing = [
        pl.when(pl.col("numbers").is_null() | ~pl.col("numbers").list.contains(number)).then(pl.lit(names[section]))
        for section, number in order.items()
    ]
    told = judged.filter(
        pl.col("reason").is_null()
        & ((pl.col("found_count") < len(SECTIONS)) | (pl.col("late").list.len() > 0) | (pl.col("twice").list.len() > 0))
    ).with_columns(missing=pl.concat_list(missing).list.drop_nulls())
    failures = told.select(
        "document_id",
        pl.col("found_count").cast(pl.Float64).alias("lhs"),
        pl.lit(float(len(SECTIONS))).alias("rhs"),
        pl.lit("source").cast(FAILURES["cause"]).alias("cause"),
        "line",
        "raw",
        _tell_parts((("缺少 {}", "missing"), ("顺序颠倒 {}", "late"), ("重复出现 {}", "twice")), "、", "；").alias("message_zh"),
        _tell_parts((("missing {}", "missing"), ("out of order {}", "late"), ("found twice {}", "twice")), ", ", "; ").alias("message_en"),
    )
    return build_verdicts(failures, judged.select("document_id", "reason", "assessed_count"))


def check_template_year(batch: Batch, terms: TemplateYearTerms, _tolerance: float) -> Verdicts:
    """One subject per report: the form it uses was prescribed for its year."""
    forms = load_templates()
    first_year = min(form.valid_from_year for form in forms.values())
    spans = [(form.template, form.valid_from_year, form.valid_to_year) for form in forms.values()]
    valid = pl.DataFrame(
        [*spans, (terms.before_forms, None, first_year - 1)],
        schema={"template": pl.String, "from_year": pl.Int16, "to_year": pl.Int16},
        orient="row",
    ).with_columns(is_known=pl.lit(value=True))
    year = pl.col("report_year")
    judged = batch.reports.join(valid, on="template", how="left").with_columns(
        pl.when(pl.col("template").is_null())
        .then(pl.lit(NO_TABLE))
        .when(year.is_null())
        .then(pl.lit("no_report_year"))
        .when(pl.col("is_known").is_null())
        .then(pl.lit("unknown_form"))
        .alias("reason"),
        assessed_count=pl.lit(1),
    )
    is_outside = (year < pl.col("from_year")).fill_null(value=False) | (year > pl.col("to_year")).fill_null(value=False)
    failures = judged.filter(pl.col("reason").is_null() & is_outside).select(
        "document_id",
        pl.lit("source").cast(FAILURES["cause"]).alias("cause"),
        pl.col("template").alias("raw"),
        pl.format("{} 年的报告使用了 {} 版表格", year, "template").alias("message_zh"),
        pl.format("the report for {} is on the form of {}", year, "template").alias("message_en"),
    )
    return build_verdicts(failures, judged.select("document_id", "reason", "assessed_count"))


def _cause_of_method() -> pl.Expr:
    """A cell placed by its label is the agency's; placed otherwise, it may be another cell's value."""
    return pl.when(pl.col("method") == "label").then(pl.lit("source")).otherwise(pl.lit("unknown"))


def _tell_parts(parts: tuple[tuple[str, str], ...], comma: str, semicolon: str) -> pl.Expr:
    told = [pl.when(pl.col(name).list.len() > 0).then(pl.format(pattern, pl.col(name).list.join(comma))) for pattern, name in parts]
    return pl.concat_str(told, separator=semicolon, ignore_nulls=True)
