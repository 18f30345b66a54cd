"""Several documents of one agency and year: their order, which one counts, what the others print differently.

The one definition of that order: the rules of `duplicates`, the comparison with the year before and the tables of revisions rest on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import polars as pl

from ingest.tables import REVISION_CHANGE_KINDS, REVISION_CHANGES, REVISIONS, conform

_SCOPE_ORDER: Final = ("own", "level", "region_total")
"""What stands for an agency in a panel: the agency alone before its level of government, all of its region last."""
_KEY: Final = ("agency_id", "report_year")
_CELL: Final = ("table", "row", "column")


def order_reports(reports: pl.DataFrame, excluded: Collection[str] = ()) -> pl.DataFrame:
    """The reports with an agency and a year, best of each agency, year and scope first.

    Best: not `excluded` by people, then with tables, then accepted, then most cells located, then published last, then the smallest
    document_id. Adds `scope` (text), `has_tables`, `revision_rank` (1, 2, …), `revision_count`, `kept_id` (the document_id of the best),
    `decided_by` (the first of these in which a document is behind the best: excluded, tables, status, cells, published_date, document_id;
    null for the best) and `is_main`.

    `scope` is what the report covers (国办发〔2014〕32号: 本级, 本行政区域汇总): reports of different scopes are no revisions of each
    other. A report that does not say is taken for a revision of the best of those that do, for it cannot be told apart. `is_main`: no
    report of the same agency and year has a narrower scope, those that are excluded apart.
    """
    known = reports.filter(pl.col("agency_id").is_not_null() & pl.col("report_year").is_not_null()).with_columns(
        has_tables=(pl.col("template").is_not_null() & (pl.col("located_cell_count") > 0)).fill_null(value=False),
        scope=pl.col("report_scope").cast(pl.String),
        is_excluded=pl.col("document_id").is_in(sorted(excluded)),
        published=pl.col("published_date").to_physical().fill_null(-1_000_000),  # undated last
    )
    merits = [
        pl.col("is_excluded"),
        ~pl.col("has_tables"),
        pl.col("status") != "accepted",
        -pl.col("located_cell_count"),
        -pl.col("published"),
        pl.col("document_id"),
    ]
    ordered = known.sort(*_KEY, *merits).with_columns(
        scope=pl.col("scope").fill_null(pl.col("scope").drop_nulls().first().over(_KEY)),
    )
    group = [*_KEY, "scope"]
    width = pl.col("scope").replace_strict({name: number for number, name in enumerate(_SCOPE_ORDER)}, default=0, return_dtype=pl.Int32)
    best = {name: pl.col(name).first().over(group) for name in ("is_excluded", "has_tables", "status", "located_cell_count", "published")}
    rank = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(group)
    return ordered.with_columns(
        revision_rank=rank,
        revision_count=pl.len().over(group).cast(pl.Int32),
        kept_id=pl.col("document_id").first().over(group),
        decided_by=pl.when(rank == 1)
        .then(None)
        .when(pl.col("is_excluded") != best["is_excluded"])
        .then(pl.lit("excluded"))
        .when(pl.col("has_tables") != best["has_tables"])
        .then(pl.lit("tables"))
        .when(pl.col("status") != best["status"])
        .then(pl.lit("status"))
        .when(pl.col("located_cell_count") != best["located_cell_count"])
        .then(pl.lit("cells"))
        .when(pl.col("published") != best["published"])
        .then(pl.lit("published_date"))
        .otherwise(pl.lit("document_id")),
        is_main=~pl.col("is_excluded") & (width == width.filter(~pl.col("is_excluded")).min().over(_KEY)),
    ).drop("published", "is_excluded")


def rank_reports(reports: pl.DataFrame) -> pl.DataFrame:
    """Those of `order_reports` that have tables: `kept_id` is among them."""
    return order_reports(reports).filter("has_tables")


def match_previous(reports: pl.DataFrame) -> pl.DataFrame:
    """document_id, previous_id: the accepted report of the same agency for the year before with which a report is compared.

    That of the same scope; where neither year has reports of several scopes, the only one there is (that the scope changed is for a rule to
    say). A document without one is absent.
    """
    scopes = pl.col("scope").n_unique().over(_KEY)
    ordered = order_reports(reports).select("document_id", *_KEY, "scope", "kept_id", "has_tables", "status", scope_count=scopes)
    kept = ordered.filter("has_tables", pl.col("status") == "accepted", pl.col("document_id") == pl.col("kept_id")).unique(
        "document_id", keep="first", maintain_order=True
    )
    before = kept.select(
        "agency_id",
        (pl.col("report_year") + 1).cast(pl.Int16).alias("report_year"),
        previous_id="document_id",
        previous_scope="scope",
        previous_count="scope_count",
    )
    is_same = pl.col("scope").eq_missing(pl.col("previous_scope"))
    is_only = (pl.col("scope_count") == 1) & (pl.col("previous_count") == 1)
    return (
        ordered.with_columns(pl.col("report_year").cast(pl.Int16))
        .join(before, on=_KEY, how="inner", maintain_order="left")
        .filter(is_same | is_only)
        .select("document_id", "previous_id")
        .unique("document_id", keep="first", maintain_order=True)
    )


def build_revisions(tables: Mapping[str, pl.DataFrame], excluded: Collection[str] = ()) -> dict[str, pl.DataFrame]:
    """The staging tables `revisions` and `revision_changes` of a partition, from its `reports` and `cells`."""
    ordered = order_reports(tables["reports"], excluded)
    others = ordered.filter("has_tables", pl.col("document_id") != pl.col("kept_id"))
    changes = list_changes(others.select("document_id", "kept_id"), tables["cells"])
    counts = changes.group_by("document_id").agg(
        (pl.col("change") == kind).sum().cast(pl.Int32).alias(f"{kind}_cell_count") for kind in REVISION_CHANGE_KINDS
    )
    compared = others.select("document_id").join(counts, on="document_id", how="left").with_columns(pl.col(pl.Int32).fill_null(0))
    return {
        "revisions": ordered.join(compared, on="document_id", how="left").select(pl.col(name).cast(REVISIONS[name]) for name in REVISIONS),
        "revision_changes": conform(changes, REVISION_CHANGES),
    }


def list_changes(pairs: pl.DataFrame, cells: pl.DataFrame, tolerance: float = 0) -> pl.DataFrame:
    """REVISION_CHANGES of pairs (document_id, kept_id): the cells of which one side prints a figure that the other does not.

    Only figures free of doubt count; a blank, a dash, a doubtful or an absent cell is no figure.
    """
    usable = select_usable(cells).select("document_id", *_CELL, "value", "raw", "line")
    own = pairs.join(usable, on="document_id", how="inner")
    kept = pairs.join(usable.rename({"document_id": "kept_id"}), on="kept_id", how="inner").rename(
        {"value": "kept_value", "raw": "kept_raw", "line": "kept_line"}
    )
    joined = own.join(kept, on=["document_id", "kept_id", *_CELL], how="full", coalesce=True)
    change = (
        pl.when(pl.col("kept_value").is_null())
        .then(pl.lit("added"))
        .when(pl.col("value").is_null())
        .then(pl.lit("missing"))
        .when((pl.col("value") - pl.col("kept_value")).abs() > tolerance)
        .then(pl.lit("differing"))
        .cast(REVISION_CHANGES["change"])
    )
    return conform(joined.with_columns(change=change).filter(pl.col("change").is_not_null()), REVISION_CHANGES).sort("document_id", *_CELL)


def select_usable(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells with a figure free of doubt."""
    return cells.filter(pl.col("value").is_not_null() & ~pl.col("is_doubtful"))
