"""Which reports make up the total of which: by the roster where it says so, else by region code and level.

An agency is a child of one total only through its place in the tree: a county's departments are in the county's total, and that is in the
city's. What overlaps is never added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import polars as pl

from ingest.regions import Gazetteer, Region, load_gazetteer

CHILDREN: Final = pl.Schema(
    {
        "document_id": pl.String(),  # of the total
        "child_id": pl.String(),
        "child_name": pl.String(),
        "is_own_office": pl.Boolean(),
        "is_present": pl.Boolean(),  # has an accepted report
    }
)
TOTALS: Final = pl.Schema(
    {
        "document_id": pl.String(),
        "agency_id": pl.String(),
        "report_scope": pl.String(),
        "children_expected": pl.Int32(),  # null: no roster
        "missing_children": pl.String(),
        "reason": pl.String(),  # why no cell can be asserted to be equal; null: full coverage
    }
)

_SUMMED: Final = ("level", "region_total")
_LOWER: Final = ("government", "township_government", "zone_committee")
_CENTRAL: Final = r"^(?:国家税务总局|国家统计局|国家外汇管理局|国家矿山安全监察局|中国气象局|中国人民银行|中华人民共和国)|海关$"
"""Bodies that are led from the capital: no department of the government beside them."""


class Families(NamedTuple):
    """`totals`: a row per report that is a total; `children`: its children, with and without a report."""

    totals: pl.DataFrame
    children: pl.DataFrame


def find_families(reports: pl.DataFrame, publishers: pl.DataFrame, report_year: int | None) -> Families:
    """TOTALS and CHILDREN of one year, from its REPORTS and the PUBLISHERS expected in it. A total without any child is left out."""
    agencies = read_agencies(reports, publishers)
    totals = agencies.filter(pl.col("scope").is_in(_SUMMED))
    if totals.is_empty() or report_year is None:
        return Families(pl.DataFrame(schema=TOTALS), pl.DataFrame(schema=CHILDREN))
    gazetteer = load_gazetteer(report_year)
    present = agencies.unique("agency_id", keep="first", maintain_order=True)
    listed = {
        parent: rows for (parent,), rows in publishers.drop_nulls("parent_agency_id").partition_by("parent_agency_id", as_dict=True).items()
    }
    by_region = {code: rows for (code,), rows in present.drop_nulls("region").partition_by("region", as_dict=True).items()}
    below: dict[str, list[str]] = {}
    for held in gazetteer.by_code.values():
        if held.parent_code is not None:
            below.setdefault(held.parent_code, []).append(held.code)
    found: list[tuple[tuple[object, ...], list[tuple[object, ...]]]] = []
    for total in totals.iter_rows(named=True):
        if total["agency_id"] in listed:
            found.append(_list_family(total, listed[total["agency_id"]], present))
        elif (region := gazetteer.by_code.get(str(total["region"]))) is not None and region.code in by_region:
            around = {code: by_region[code] for code in (region.code, *below.get(region.code, ())) if code in by_region}
            family = _infer_family(total, region, around, sorted(below.get(region.code, ())), gazetteer)
            if family[1]:
                found.append(family)
    return Families(
        pl.DataFrame([total for total, _ in found], schema=TOTALS, orient="row"),
        pl.DataFrame([child for _, children in found for child in children], schema=CHILDREN, orient="row"),
    )


def read_agencies(reports: pl.DataFrame, publishers: pl.DataFrame) -> pl.DataFrame:
    """document_id, agency_id, name, region, level, kind, scope, is_conflict of every accepted report of a known agency, by document.

    What a report leaves open is as the roster says. `is_conflict`: report and roster name different scopes; the report's counts.
    """
    said = publishers.select(
        "agency_id",
        said_region="region_code",
        said_level=pl.col("agency_level").cast(pl.String),
        said_kind=pl.col("agency_kind").cast(pl.String),
        said_scope=pl.col("report_scope").cast(pl.String),
    ).unique("agency_id", keep="first", maintain_order=True)
    scope = pl.col("report_scope").cast(pl.String)
    return (
        reports.filter((pl.col("status").cast(pl.String) == "accepted") & pl.col("agency_id").is_not_null())
        .join(said, on="agency_id", how="left")
        .select(
            "document_id",
            "agency_id",
            name=pl.coalesce("agency_canonical_name", "agency_name"),
            region=pl.coalesce("region_code", "said_region"),
            level=pl.coalesce(pl.col("agency_level").cast(pl.String), "said_level"),
            kind=pl.coalesce(pl.col("agency_kind").cast(pl.String), "said_kind"),
            scope=pl.coalesce(scope, "said_scope"),
            is_conflict=scope.ne(pl.col("said_scope")).fill_null(value=False),
        )
        .sort("document_id")
    )


def _list_family(
    total: dict[str, object], listed: pl.DataFrame, present: pl.DataFrame
) -> tuple[tuple[object, ...], list[tuple[object, ...]]]:
    """By the roster: it says who belongs to the total, so it can prove that nobody is missing."""
    zones = listed.filter(pl.col("agency_kind").cast(pl.String) == "zone_committee")
    if total["scope"] == "level":
        listed = listed.filter(~pl.col("agency_kind").cast(pl.String).is_in(_LOWER).fill_null(value=False))
    children = (
        listed.select(
            "agency_id",
            "agency_name",
            listed_kind=pl.col("agency_kind").cast(pl.String),
            listed_region="region_code",
            listed_scope=pl.col("report_scope").cast(pl.String),
        )
        .join(present.with_columns(is_present=pl.lit(value=True)), on="agency_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("is_present").fill_null(value=False),
            kind=pl.coalesce("kind", "listed_kind"),
            scope=pl.coalesce("scope", "listed_scope"),
            region=pl.coalesce("region", "listed_region"),
        )
    )
    is_office = (pl.col("kind") == "government_office") & (pl.col("scope") == "own")
    children = children.with_columns(is_own_office=is_office.fill_null(value=False))
    is_elsewhere = (pl.col("region") != pl.lit(total["region"], dtype=pl.String)).fill_null(value=False)
    needed = (
        pl.when(pl.col("kind") == "government")
        .then(pl.col("scope") == "region_total")
        .otherwise((pl.col("scope") == "own") | ((pl.col("scope") == "region_total") & is_elsewhere))
    )
    summed = children.filter(pl.col("scope") == "region_total").drop_nulls("region")["region"]
    doubles = children.filter(pl.col("region").is_in(summed.implode()) & pl.col("region").is_duplicated())
    missing = children.filter(~pl.col("is_present"))["agency_name"]
    reason = None
    if total["is_conflict"] or children["is_conflict"].any():
        reason = "scope_conflict"
    elif not children.select(needed.fill_null(value=False).all()).item():
        reason = "child_scope"
    elif not doubles.is_empty():
        reason = "overlapping_children"
    elif not children["is_own_office"].any():
        reason = "own_office_not_listed"
    elif total["scope"] == "level" and not zones.is_empty():
        reason = "zones_listed"
    elif not missing.is_empty():
        reason = "children_missing"
    head = (total["document_id"], total["agency_id"], total["scope"], children.height, _join(missing), reason)
    named = children.select("agency_id", "agency_name", "is_own_office", "is_present")
    return head, [(total["document_id"], *row) for row in named.rows()]


def _infer_family(
    total: dict[str, object], region: Region, around: Mapping[str, pl.DataFrame], codes: list[str], gazetteer: Gazetteer
) -> tuple[tuple[object, ...], list[tuple[object, ...]]]:
    """By region code and level: nothing proves that nobody is missing, so the total is only asked to be no less than its parts.

    The own office counts only when its report says that it is on the office alone; bodies led from the capital, institutions and zones are
    left out. Below stand the governments of the regions under this one, each once, and the townships of a county.
    """
    head = (total["document_id"], total["agency_id"], total["scope"], None)
    here = around[region.code]  # the total itself is there
    beside = here.filter(
        (pl.col("level") == region.level)
        & (pl.col("scope") == "own")
        & pl.col("kind").is_in(["department", "government_office"])
        & ~pl.col("name").str.contains(_CENTRAL)
    )
    below, missing = here.clear(), []
    if total["scope"] == "region_total":
        is_whole = (pl.col("kind") == "government_office") & pl.col("scope").is_in(_SUMMED)
        governments = (
            pl.concat([here.clear(), *(around[code] for code in codes if code in around)])
            .filter((pl.col("kind") == "government") | is_whole)
            .sort(pl.col("kind") != "government", "document_id")
            .unique("region", keep="first", maintain_order=True)
        )
        missing = [gazetteer.by_code[code].name + "人民政府" for code in codes if code not in set(governments["region"])]
        townships = here.filter(pl.col("kind") == "township_government")
        below = pl.concat([governments, townships])
    children = pl.concat([beside, below]).filter(pl.col("agency_id") != total["agency_id"])
    rows: list[tuple[object, ...]] = [
        (total["document_id"], agency_id, name, kind == "government_office" and code == region.code, True)
        for agency_id, name, kind, code in children.select("agency_id", "name", "kind", "region").rows()
    ]
    return (*head, _join(pl.Series(missing, dtype=pl.String)), "no_roster"), rows


def _join(names: pl.Series) -> str | None:
    return "、".join(names) if len(names) else None
