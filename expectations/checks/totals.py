"""Region totals against what the agencies of the region report, and region codes against the table of the year."""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from expectations.checks.structure import NoTerms
from expectations.checks.verdicts import Batch, Terms, Verdicts, build_verdicts
from expectations.checks.wording import label_column, label_row, say_number
from expectations.regions.families import read_agencies
from expectations.regions.totals import compute_region_totals, find_larger_scopes, match_cells
from ingest.regions import load_gazetteer
from ingest.rosters import PUBLISHERS
from ingest.tables import empty

_KEY = ["table", "row", "column"]
_SAID = {
    "differs": (
        "{}汇总 {}，下级 {} 家合计 {}（最大 {} {}）",
        "{}: the total is {}, its {} agencies report {} together (the largest, {}, {})",
    ),
    "below_children": (
        "{}汇总 {}，小于已有下级 {} 家合计 {}（最大 {} {}）",
        "{}: the total is {}, less than its {} agencies with a report have: {} together (the largest, {}, {})",
    ),
}


class TotalTerms(Terms):
    """`cells`: `table.row.column`, * for any; `fails`: the statuses of REGION_TOTALS that are failures."""

    cells: Annotated[list[str], Field(min_length=1)]
    fails: Annotated[list[Literal["differs", "below_children"]], Field(min_length=1)]


class ScopeTerms(Terms):
    """`cells` that may not grow where less is covered."""

    cells: Annotated[list[str], Field(min_length=1)]


def check_totals(batch: Batch, terms: TotalTerms, _tolerance: float) -> Verdicts:
    """Subjects: cells of region totals. Not applicable to a report that is no total, to a total none of whose children is known, and
    where no cell can be told: the reason of the first of them.

    With `differs` among the failures a cell counts as assessed only when it was compared for equality.
    """
    totals = _read_totals(batch).filter(match_cells(terms.cells))
    told = pl.col("status") != "not_assessable"
    bounded = pl.col("children_counted") > 0
    assessed = told if "below_children" not in terms.fails else (pl.col("reported_value").is_not_null() & bounded) | told
    summary = totals.group_by("document_id", maintain_order=True).agg(
        assessed_count=assessed.sum().cast(pl.Int32), reason=pl.col("reason").drop_nulls().first().cast(pl.String)
    )
    failed = totals.filter(pl.col("status").cast(pl.String).is_in(terms.fails))
    return build_verdicts(_describe(failed), _summarise(batch, summary, _name_others(batch)))


def check_scopes(batch: Batch, terms: ScopeTerms, tolerance: float) -> Verdicts:
    """Subjects: cells of the report that covers more. Not applicable without another report of the same region that covers less."""
    agencies = read_agencies(batch.reports, _read_publishers(batch))
    pairs = find_larger_scopes(agencies)
    cells = batch.cells.filter(match_cells(terms.cells) & ~pl.col("is_doubtful") & pl.col("value").is_not_null())
    own = cells.select("document_id", *_KEY, "value", "raw", "line", "method")
    joined = (
        pairs.join(own, on="document_id", how="inner", maintain_order="left_right")
        .join(
            own.select(*_KEY, other_document_id="document_id", other_value="value", other_method="method"),
            on=["other_document_id", *_KEY],
            how="inner",
            maintain_order="left",
        )
        .with_columns(is_label_placed=(pl.col("method") == "label") & (pl.col("other_method") == "label"))
    )
    summary = joined.group_by("document_id", maintain_order=True).agg(assessed_count=pl.len().cast(pl.Int32))
    failed = joined.filter(pl.col("value") < pl.col("other_value") - tolerance)
    value, other = say_number(pl.col("value")), say_number(pl.col("other_value"))
    told = failed.select(
        "document_id",
        *_KEY,
        "line",
        "raw",
        **_tell_cause(),
        lhs="value",
        rhs="other_value",
        message_zh=pl.format("{} {}，小于范围更小的《{}》所报 {}", _label("zh"), value, "other_name", other),
        message_en=pl.format("{}: {}, less than the {} of {}, which covers less", _label("en"), value, other, "other_name"),
        cells=_list_cell(),
    )
    return build_verdicts(told, _summarise(batch, summary, pl.DataFrame(schema={"document_id": pl.String, "why": pl.String})))


def check_region_codes(batch: Batch, _terms: NoTerms, _tolerance: float) -> Verdicts:
    """Subjects: reports. Not applicable without a region code or a report year."""
    known = batch.reports.unique("document_id", keep="first", maintain_order=True).filter(
        pl.col("region_code").is_not_null() & pl.col("report_year").is_not_null()
    )
    valid = [code in load_gazetteer(year).by_code for code, year in known.select("region_code", "report_year").iter_rows()]
    wrong = known.filter(~pl.Series(valid, dtype=pl.Boolean))
    failures = wrong.select(
        "document_id",
        cause=pl.lit("unknown"),
        is_ordered=pl.lit(value=False),
        raw="region_code",
        message_zh=pl.format("行政区划代码 {} 在 {} 年末无效", "region_code", "report_year"),
        message_en=pl.format("region code {} was not in force at the end of {}", "region_code", "report_year"),
    )
    summary = known.select("document_id", assessed_count=pl.lit(1, dtype=pl.Int32))
    return build_verdicts(
        failures, _summarise(batch, summary, pl.DataFrame(schema={"document_id": pl.String, "why": pl.String}), "no_region")
    )


def _read_publishers(batch: Batch) -> pl.DataFrame:
    return batch.tables["publishers"] if "publishers" in batch.tables else empty(PUBLISHERS)


def _read_totals(batch: Batch) -> pl.DataFrame:
    if "region_totals" not in batch.shared:
        batch.shared["region_totals"] = compute_region_totals(batch.reports, batch.cells, _read_publishers(batch), batch.report_year)
    found: pl.DataFrame = batch.shared["region_totals"]
    return found


def _name_others(batch: Batch) -> pl.DataFrame:
    """document_id, why: totals of which no child is known."""
    agencies = read_agencies(batch.reports, _read_publishers(batch))
    return agencies.filter(pl.col("scope").is_in(["level", "region_total"])).select("document_id", why=pl.lit("no_children"))


def _summarise(batch: Batch, summary: pl.DataFrame, others: pl.DataFrame, otherwise: str | None = None) -> pl.DataFrame:
    """A row per document of the batch: `summary` where there is one with something assessed, else why not."""
    fallback = pl.lit("not_a_total" if otherwise is None else otherwise)
    said = pl.col("reason") if "reason" in summary.columns else pl.lit(None, dtype=pl.String)
    return (
        batch.reports.select("document_id")
        .unique(maintain_order=True)
        .join(summary.with_columns(reason=said), on="document_id", how="left", maintain_order="left")
        .join(others, on="document_id", how="left", maintain_order="left")
        .with_columns(pl.col("assessed_count").fill_null(0))
        .select(
            "document_id",
            "assessed_count",
            reason=pl.when(pl.col("assessed_count") == 0).then(pl.coalesce("reason", "why", fallback)),
        )
    )


def _describe(failed: pl.DataFrame) -> pl.DataFrame:
    messages = {
        f"message_{language}": pl.coalesce(
            pl.when(pl.col("status") == status).then(
                pl.format(
                    _SAID[status][at],
                    _label(language),
                    say_number(pl.col("reported_value")),
                    "children_counted",
                    say_number(pl.col("children_value")),
                    pl.col("largest_child_name"),
                    say_number(pl.col("largest_child_value")),
                )
            )
            for status in _SAID
        )
        for at, language in enumerate(("zh", "en"))
    }
    return failed.select(
        "document_id", *_KEY, "line", "raw", lhs="reported_value", rhs="children_value", **_tell_cause(), **messages, cells=_list_cell()
    )


def _tell_cause() -> dict[str, pl.Expr]:
    cause = pl.when("is_label_placed").then(pl.lit("source")).otherwise(pl.lit("unknown"))
    return {"cause": cause, "is_ordered": pl.lit(value=False)}


def _list_cell() -> pl.Expr:
    return pl.concat_list(pl.struct(*_KEY))


def _label(language: str) -> pl.Expr:
    """Row and column as messages name them."""

    def say(cell: dict[str, str]) -> str:
        row, column = label_row(cell["table"], cell["row"]), label_column(cell["table"], cell["column"])
        return f"{row.zh}{column.zh}" if language == "zh" else f"{row.en} {column.en}"

    return pl.struct(*_KEY).map_elements(say, return_dtype=pl.String)
