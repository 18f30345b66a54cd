"""Region totals cell by cell: what is reported, what its children report, and whether the two agree as far as that can be told."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from expectations.regions.families import find_families
from expectations.regions.tables import REGION_TOTALS
from ingest.declarations import parse_yaml
from ingest.tables import conform, empty

_KEY: Final = ("table", "row", "column")
_NOT_ADDED: Final = ("scope_conflict", "child_scope", "overlapping_children")
_NOISE: Final = 1e-6
"""Sums of money in 万元 with decimals: what adding floats may be off."""


class _Additive(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    cells: tuple[Annotated[str, Field(pattern=r"^[a-z_0-9*]+\.[a-z_0-9*]+\.[a-z_0-9*]+$")], ...]


@cache
def is_additive() -> pl.Expr:
    """Whether a cell (columns table, row, column) may be added up over agencies, as `additive.yml` says."""
    additive = _Additive.model_validate(parse_yaml(files(__package__).joinpath("additive.yml").read_text("utf-8")))
    return match_cells(additive.cells)


def match_cells(patterns: Sequence[str]) -> pl.Expr:
    """Whether a cell (columns table, row, column) is one of `table.row.column`, where * stands for any."""
    return pl.any_horizontal(
        pl.all_horizontal(
            pl.lit(value=True), *(pl.col(name) == part for name, part in zip(_KEY, pattern.split("."), strict=True) if part != "*")
        )
        for pattern in patterns
    )


def compute_region_totals(reports: pl.DataFrame, cells: pl.DataFrame, publishers: pl.DataFrame, report_year: int | None) -> pl.DataFrame:
    """REGION_TOTALS of one year, from its REPORTS, CELLS and PUBLISHERS.

    Only cells that may be added up are there (additive.yml). Only figures that can be computed with are added: not blank, not doubtful, and
    the same in every accepted document of an agency.
    Equality is judged only where the roster shows every child and each of them was read; otherwise a total must be no less than the sum of
    what was read. Of reviews and lawsuits (table 四) it must be no less than the largest child and no more than the sum: a case against
    several agencies stands in the report of each of them.
    """
    families = find_families(reports, publishers, report_year)
    if families.totals.is_empty():
        return empty(REGION_TOTALS)
    present = families.children.filter("is_present")
    values = _read_values(reports, cells, present)
    counted = present.join(values, left_on="child_id", right_on="agency_id", how="inner", maintain_order="left")
    sums = counted.group_by("document_id", *_KEY, maintain_order=True).agg(
        own_office_value=pl.col("value").filter("is_own_office").sum(),
        has_office=pl.col("is_own_office").any(),
        children_value=pl.col("value").sum(),
        largest_child_value=pl.col("value").max(),
        largest_child_name=pl.col("child_name").sort_by("value", descending=True, maintain_order=True).first(),
        children_counted=pl.len().cast(pl.Int32),
        is_children_labelled=pl.col("is_labelled").all(),
    )
    totals = families.totals.join(
        present.group_by("document_id").agg(children_present=pl.len().cast(pl.Int32)), on="document_id", how="left"
    )
    own = (
        cells.join(totals.select("document_id"), on="document_id", how="semi", maintain_order="left")
        .filter(is_additive())
        .unique(["document_id", *_KEY], keep="first", maintain_order=True)
        .with_columns(reported_value=pl.when(~pl.col("is_doubtful")).then("value"))
    )
    joined = (
        own.join(totals, on="document_id", how="left", maintain_order="left")
        .join(sums, on=["document_id", *_KEY], how="left", maintain_order="left")
        .with_columns(
            pl.col("children_present", "children_counted").fill_null(0),
            pl.when("has_office").then("own_office_value").alias("own_office_value"),
            report_year=pl.lit(report_year, dtype=pl.Int16),
            is_label_placed=(pl.col("method") == "label") & pl.col("is_children_labelled").fill_null(value=True),
        )
    )
    judged = joined.join(_name_unread(joined, present, values), on=["document_id", *_KEY], how="left", maintain_order="left")
    return conform(_judge(judged).select(REGION_TOTALS.names()), REGION_TOTALS).sort("document_id", maintain_order=True)


def _read_values(reports: pl.DataFrame, cells: pl.DataFrame, present: pl.DataFrame) -> pl.DataFrame:
    """agency_id, table, row, column, value of the children."""
    documents = reports.filter(pl.col("status").cast(pl.String) == "accepted").join(
        present.select(agency_id="child_id").unique(), on="agency_id", how="semi"
    )
    return (
        cells.join(documents.select("document_id", "agency_id"), on="document_id", how="inner")
        .filter(~pl.col("is_doubtful") & pl.col("value").is_not_null())
        .group_by("agency_id", *_KEY)
        .agg(value=pl.col("value").first(), count=pl.col("value").n_unique(), is_labelled=(pl.col("method") == "label").all())
        .filter(pl.col("count") == 1)
        .drop("count")
    )


def _name_unread(joined: pl.DataFrame, present: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    short = joined.filter(pl.col("children_counted") < pl.col("children_present")).select("document_id", *_KEY)
    return (
        short.join(present, on="document_id", how="inner", maintain_order="left_right")
        .join(values, left_on=["child_id", *_KEY], right_on=["agency_id", *_KEY], how="anti", maintain_order="left")
        .group_by("document_id", *_KEY, maintain_order=True)
        .agg(unread_children=pl.col("child_name").str.join("、"))
    )


def _judge(cells: pl.DataFrame) -> pl.DataFrame:
    reported, total = pl.col("reported_value"), pl.col("children_value")
    is_dispute = pl.col("table") == "disputes"
    # Of a child that may cover more than its part nothing is added: its own figure is all that the total cannot be less than.
    is_alone = pl.col("reason").is_in(_NOT_ADDED).fill_null(value=False)
    is_below = (reported < pl.when(is_dispute | is_alone).then("largest_child_value").otherwise(total) - _NOISE).fill_null(value=False)
    is_above = reported > total + _NOISE
    reason = (
        pl.when(reported.is_null())
        .then(pl.lit("total_unread"))
        .when(pl.col("reason").is_not_null())
        .then("reason")
        .when(pl.col("children_counted") < pl.col("children_expected"))
        .then(pl.lit("children_unread"))
        .when(is_dispute & ~is_above & ~is_below & ((reported - total).abs() > _NOISE))
        .then(pl.lit("joint_cases"))
    )
    return (
        cells.with_columns(reason=reason)
        .with_columns(
            status=pl.when(is_below & pl.col("reason").is_not_null())
            .then(pl.lit("below_children"))
            .when(pl.col("reason").is_not_null())
            .then(pl.lit("not_assessable"))
            .when((reported - total).abs() <= _NOISE)
            .then(pl.lit("equal"))
            .otherwise(pl.lit("differs"))
        )
        .with_columns(reason=pl.when(pl.col("status") == "not_assessable").then("reason"))
    )


def find_larger_scopes(agencies: pl.DataFrame) -> pl.DataFrame:
    """document_id, other_document_id, other_name: reports of one region and year of which the one covers more than the other (RG-03)."""
    ranks = {"own": 0, "level": 1, "region_total": 2}
    governing = (
        agencies.filter(pl.col("kind").is_in(["government", "government_office"]) & ~pl.col("is_conflict"))
        .drop_nulls(["region", "scope"])
        .with_columns(rank=pl.col("scope").replace_strict(ranks, return_dtype=pl.Int8))
    )
    return (
        governing.join(governing, on="region", suffix="_other")
        .filter(pl.col("rank") > pl.col("rank_other"))
        .select("document_id", other_document_id="document_id_other", other_name="name_other")
        .sort("document_id", "other_document_id")
    )
