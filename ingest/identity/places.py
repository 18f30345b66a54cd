"""From the names and codes of a batch to agencies: the bridge between its frames and the reading of single names."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import polars as pl

from ingest.identity.codes import is_site_code, read_credit_region, read_police_region, read_site_region
from ingest.identity.resolving import Clue, needs_context, resolve_agency

_CONTEXT_CHARS: Final = 3000
_CREDIT: Final = r"(?:^|[^0-9A-Za-z])?([0-9A-HJ-NPQRTUWXY]{18})(?:[^0-9A-Za-z]|$)"

_DECIDED: Final[dict[str, pl.DataType]] = {
    "position": pl.UInt32(), "agency_id": pl.String(), "agency_canonical_name": pl.String(), "region_code": pl.String(),
    "agency_level": pl.String(), "agency_kind": pl.String(),
}  # fmt: skip
_ROWS: Final[dict[str, pl.DataType]] = {
    "position": pl.UInt32(), "fact": pl.String(), "origin": pl.String(), "value": pl.String(), "raw": pl.String(), "line": pl.Int32(),
    "is_chosen": pl.Boolean(), "agrees": pl.Boolean(),
}  # fmt: skip
_PLACES: Final[dict[str, pl.DataType]] = {
    "position": pl.UInt32(), "origin": pl.String(), "code": pl.String(), "raw": pl.String(), "line": pl.Int32(),
}  # fmt: skip


@dataclass(frozen=True)
class ResolvedAgencies:
    """`decided`: one row per document that names a body; `evidence`: rows of the facts agency and region."""

    decided: pl.DataFrame
    evidence: pl.DataFrame


def read_places(headers: pl.DataFrame, addresses: pl.DataFrame, footers: pl.DataFrame) -> pl.DataFrame:
    """position, origin, code, raw, line of everything but names that points to a region; codes that fail their check are left out.

    `code`: six digits that are or were a region's, null of a ministry's site and of an address; the letter of the province of an ICP备.
    """
    rows: list[tuple[int, str, str | None, str, int]] = []
    index_numbers = headers.filter(pl.col("index_number").is_not_null())
    for position, line, number in index_numbers.select("position", "line", pl.col("index_number").str.extract(_CREDIT)).rows():
        if number is not None and (region := read_credit_region(number)) is not None:
            rows.append((position, "credit_code", region, number, line))
    for position, origin, raw, line in footers.filter(pl.col("day").is_null()).select("position", "origin", "raw", "line").rows():
        match origin:
            case "site_code" if is_site_code(raw):
                rows.append((position, origin, read_site_region(raw), raw, line))
            case "police_record" if (region := read_police_region(raw)) is not None:
                rows.append((position, origin, region, raw, line))
            case "icp_record":
                rows.append((position, origin, raw, raw, line))
    rows += [(position, "address", None, raw, line) for position, raw, line in addresses.rows()]
    return pl.DataFrame(rows, schema=_PLACES, orient="row").sort("position", maintain_order=True)


def resolve_agencies(documents: pl.DataFrame, agencies: pl.DataFrame, years: pl.Series, places: pl.DataFrame) -> ResolvedAgencies:
    """Decides body and region of every document that names one, from its names (AGENCY_FACTS, by position) and places."""
    clues: dict[int, list[tuple[Clue, str, int]]] = {}
    for position, origin, code, raw, line in places.rows():
        if origin == "address" or code is not None:
            clues.setdefault(position, []).append((Clue(origin, code, raw if origin == "address" else None), raw, line))
    texts, known_years, names = documents["text"], years.to_list(), agencies["raw"].to_list()
    first_of_document = agencies["position"].is_first_distinct()
    bounds = [*first_of_document.arg_true(), len(names)]
    decided: list[tuple[object, ...]] = []
    clue_rows: list[tuple[object, ...]] = []
    name_agrees: list[bool | None] = []
    name_regions: list[str | None] = []
    region_agrees: list[bool | None] = []
    positions = agencies["position"].filter(first_of_document).to_list()
    for position, (first, end) in zip(positions, pairwise(bounds), strict=True):
        year = known_years[position]
        own = clues.get(position, [])  # most documents print no code
        key = tuple(names[first:end])
        signs = tuple(clue for clue, _, _ in own)
        context = _read_context(texts[position]) if needs_context(key, year, signs) else ""
        found = resolve_agency(key, year, signs, context)
        decided.append((position, found.agency_id, found.canonical_name, found.region_code, found.level, found.kind))
        name_agrees += found.name_agrees
        name_regions += found.name_regions
        region_agrees += found.region_agrees
        for (clue, raw, line), code, agrees in zip(own, found.clue_codes, found.clue_agrees, strict=True):
            is_chosen = code is not None and code == found.region_code
            clue_rows.append((position, "region", clue.origin, code, raw, line, is_chosen, agrees))
    decisions = pl.DataFrame(decided, schema=_DECIDED, orient="row")
    named = agencies.lazy().select("position", "origin", "raw", "line")
    by_name = named.with_columns(
        fact=pl.lit("agency"),
        value="raw",
        is_chosen=first_of_document,
        agrees=pl.Series(name_agrees, dtype=pl.Boolean),
    )
    by_region = (
        named.with_columns(
            fact=pl.lit("region"),
            value=pl.Series(name_regions, dtype=pl.String),
            agrees=pl.Series(region_agrees, dtype=pl.Boolean),
        )
        .drop_nulls("value")
        .join(decisions.lazy().select("position", "region_code"), on="position", how="left", maintain_order="left")
        .with_columns(is_chosen=pl.col("value").eq(pl.col("region_code")).fill_null(value=False))
    )
    by_clue = pl.LazyFrame(clue_rows, schema=_ROWS, orient="row")
    evidence = pl.concat([by_name.select(*_ROWS), by_region.select(*_ROWS), by_clue])
    return ResolvedAgencies(decisions, evidence.collect())


def _read_context(text: str) -> str:
    return "".join((text[:_CONTEXT_CHARS] + "\n" + text[-_CONTEXT_CHARS // 3 :]).split())
