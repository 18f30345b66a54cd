"""Reads the identity of whole batches of documents, and what it rests on.

A fact is taken from what the document says of itself (title, stated period, header block, opening sentence, signature), in that order.
Where the evidence disagrees or is absent the fact is null: a year that is guessed puts every number of a report in the wrong place.
Document numbers (〔2021〕30号) and titles in 《》 are never evidence; the publication date only ever settles a disagreement of years.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import polars as pl

from ingest.identity.agencies import read_agencies
from ingest.identity.evidence import build_plain_evidence, build_year_evidence, finish_evidence
from ingest.identity.footers import read_footers
from ingest.identity.headers import pick_first, read_headers
from ingest.identity.heads import HEAD_CHARS, read_heads
from ingest.identity.places import read_places, resolve_agencies
from ingest.identity.scopes import read_scopes
from ingest.identity.titles import read_titles
from ingest.identity.years import STRONG, decide_years, read_year_votes
from ingest.tables import REPORTS, conform

_NEAR_CHARS: Final = 700
"""Title, header block and opening of most reports; the longer head is read for the others only."""

_COLUMNS: Final = (
    "document_id",
    "report_year",
    "agency_id",
    "agency_name",
    "agency_canonical_name",
    "region_code",
    "agency_level",
    "agency_kind",
    "report_scope",
    "title",
    "published_date",
    "written_date",
    "index_number",
    "document_number",
    "site_code",
)
IDENTITY: Final = pl.Schema({name: REPORTS[name] for name in _COLUMNS})
"""What `read_identity` gives."""


@dataclass(frozen=True)
class Identities:
    """`identity`: one row per document, in their order (IDENTITY); `evidence`: what it rests on, by document (EVIDENCE)."""

    identity: pl.DataFrame
    evidence: pl.DataFrame


@dataclass(frozen=True)
class _Statements:
    """What the heads say, by position of the document."""

    titles: pl.DataFrame
    headers: pl.DataFrame
    agencies: pl.DataFrame
    votes: pl.DataFrame
    addresses: pl.DataFrame


def read_identity(documents: pl.DataFrame) -> pl.DataFrame:
    """One row per document of RAW_DOCUMENTS, in their order, with the columns of IDENTITY.

    The year is the one decided at ingest, never read a second time. What the text does not say, or says in two ways, is null; so is
    everything of a document without text. `agency_name` is as printed, without the spaces inside it.
    """
    return read_identities(documents).identity


def read_identities(documents: pl.DataFrame) -> Identities:
    """The same with the evidence."""
    footers = read_footers(documents)
    said = _read_statements(documents, footers)
    dates = _read_dates(said, footers, documents.height)
    years = documents["report_year"].cast(pl.Int16)
    places = read_places(said.headers, said.addresses, footers)
    agencies = resolve_agencies(documents, said.agencies, years, places)
    chosen = said.agencies.unique("position", keep="first", maintain_order=True).select("position", agency_name="raw", name_line="line")
    frame = (
        documents.select("document_id", "report_year", position=pl.int_range(pl.len(), dtype=pl.UInt32))
        .join(chosen, on="position", how="left", maintain_order="left")
        .join(agencies.decided, on="position", how="left", maintain_order="left")
        .join(said.titles.select("position", "title"), on="position", how="left", maintain_order="left")
        .with_columns(dates.drop("position"))
    )
    for column in ("index_number", "document_number"):
        frame = frame.join(pick_first(said.headers, column).drop("line"), on="position", how="left", maintain_order="left")
    sites = places.filter(pl.col("origin") == "site_code").select("position", site_code="raw")
    frame = frame.join(sites, on="position", how="left", maintain_order="left")
    scopes = read_scopes(
        frame.select("position", "name_line", kind="agency_kind", raw="agency_name", line="name_line", text=documents["text"])
    )
    scope = scopes.group_by("position").agg(pl.col("report_scope").unique()).filter(pl.col("report_scope").list.len() == 1)
    scope = scope.with_columns(pl.col("report_scope").list.first())
    frame = frame.join(scope, on="position", how="left", maintain_order="left")
    evidence = [
        agencies.evidence,
        build_year_evidence(said.votes, years.gather(said.votes["position"])),
        *_build_date_evidence(said.headers, footers, dates),
        *(
            build_plain_evidence(
                column,
                rows := pick_first(said.headers, column).select(
                    "position", "line", origin=pl.lit("header"), value=pl.col(column).str.replace_all(r"\s", ""), raw=pl.col(column)
                ),
                rows.select("position", "value"),
            )
            for column in ("index_number", "document_number")
        ),
        build_plain_evidence(
            "site_code",
            rows := places.filter(pl.col("origin") == "site_code").select(
                "position", "line", "raw", origin=pl.lit("footer"), value=pl.col("raw").str.to_lowercase()
            ),
            rows.select("position", "value"),
        ),
        build_plain_evidence(
            "report_scope",
            scopes.select("position", "line", "raw", origin=pl.lit("body"), value="report_scope"),
            scope.select("position", value="report_scope"),
        ),
    ]
    return Identities(conform(frame.select(_COLUMNS), IDENTITY), finish_evidence(evidence, documents))


def read_report_years(documents: pl.DataFrame) -> pl.Series:
    """The year that each document of RAW_DOCUMENTS (needs `text` only) reports on: Int16 `report_year`, null where it cannot be decided.

    Title, stated period (1月1日至12月31日) and opening statement decide when they agree. One of them alone must not be contradicted by
    the years that section 一 speaks of. The publication date settles a disagreement (a report for N is published in N+1), and refutes
    a year after itself. Without any of the three, the year that section 一 speaks of most often counts.
    """
    footers = read_footers(documents)
    said = _read_statements(documents, footers)
    return decide_years(said.votes, _read_dates(said, footers, documents.height)["published_date"])


def _read_statements(documents: pl.DataFrame, footers: pl.DataFrame) -> _Statements:
    """Of the first characters; of more of them for documents whose title names no body or whose year two strong places do not agree on."""
    texts = documents.select("text")
    signatures = footers.filter(pl.col("origin") == "signature")
    near = _read_near(texts, signatures, _NEAR_CHARS)
    titled = near.agencies.filter(pl.col("origin").is_in(["title", "above_title"]))["position"].unique()
    is_agreed = (pl.sum_horizontal(pl.col(name).is_not_null() for name in STRONG) > 1) & (
        pl.min_horizontal(*STRONG) == pl.max_horizontal(*STRONG)
    )
    is_done = pl.col("position").is_in(titled.implode()) & is_agreed
    rest = near.votes.filter(~is_done.fill_null(value=False))["position"]
    if rest.is_empty():
        return near
    numbers = pl.DataFrame({"old": rest, "position": pl.int_range(len(rest), dtype=pl.UInt32, eager=True)})
    own = signatures.rename({"position": "old"}).join(numbers, on="old").drop("old")
    far = _read_near(texts[rest], own, HEAD_CHARS)
    kept = rest.implode()
    merged = {}
    for field in fields(_Statements):
        old: pl.DataFrame = getattr(near, field.name)
        new: pl.DataFrame = getattr(far, field.name)
        new = new.with_columns(position=rest.gather(new["position"]))
        merged[field.name] = pl.concat([old.filter(~pl.col("position").is_in(kept)), new]).sort("position", maintain_order=True)
    return _Statements(**merged)


def _read_near(texts: pl.DataFrame, signatures: pl.DataFrame, chars: int) -> _Statements:
    heads = read_heads(texts, chars)
    titles = read_titles(heads)
    headers = read_headers(heads)
    return _Statements(
        titles=titles,
        headers=headers,
        agencies=read_agencies(heads, titles, headers, signatures),
        votes=read_year_votes(heads, titles),
        addresses=heads.read_addresses(),
    )


def _read_dates(said: _Statements, footers: pl.DataFrame, count: int) -> pl.DataFrame:
    """position, published_date, written_date of every document."""
    frame = pl.select(position=pl.int_range(count, dtype=pl.UInt32))
    for column in ("released", "alone", "written"):
        frame = frame.join(pick_first(said.headers, column).drop("line"), on="position", how="left", maintain_order="left")
    for origin in ("lone_date", "signature"):
        day = footers.filter((pl.col("origin") == origin) & pl.col("day").is_not_null()).select("position", pl.col("day").alias(origin))
        frame = frame.join(day, on="position", how="left", maintain_order="left")
    return frame.select(
        "position",
        published_date=pl.coalesce("released", "alone", "lone_date", "written"),
        written_date=pl.coalesce("written", "signature"),
    )


def _build_date_evidence(headers: pl.DataFrame, footers: pl.DataFrame, dates: pl.DataFrame) -> list[pl.DataFrame]:
    def take(rows: pl.DataFrame, column: str, origin: str) -> pl.DataFrame:
        value = pl.col(column).cast(pl.String)
        return rows.select("position", origin=pl.lit(origin), value=value, raw=value, line="line")

    released, alone = take(pick_first(headers, "released"), "released", "header"), take(pick_first(headers, "alone"), "alone", "header")
    foot = footers.filter(pl.col("day").is_not_null())
    lone = take(foot.filter(pl.col("origin") == "lone_date"), "day", "footer")
    signed = take(foot.filter(pl.col("origin") == "signature"), "day", "signature")
    written = take(pick_first(headers, "written"), "written", "header")
    published = dates.select("position", value=pl.col("published_date").cast(pl.String))
    dated = dates.select("position", value=pl.col("written_date").cast(pl.String))
    return [
        build_plain_evidence("published_date", pl.concat([released, alone, lone]), published),
        build_plain_evidence("written_date", pl.concat([written, signed]), dated),
    ]
