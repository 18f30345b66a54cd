"""Reads the identity of whole batches of documents, and what it rests on.

A fact is taken from what the document says of itself (title, stated period, header block, opening sentence, signature), in that order.
Where the evidence disagrees or is absent the fact is null: a year that is guessed puts every number of a report in the wrong place.
Document numbers (〔2021〕30号) and titles in 《》 are never evidence; the publication date only ever settles a disagreement of years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from ingest.identity.agencies import read_agencies
from ingest.identity.evidence import build_evidence
from ingest.identity.footers import gather_footers, read_footers
from ingest.identity.headers import gather_headers, read_headers
from ingest.identity.heads import NO_LINE, read_heads
from ingest.identity.places import read_places, resolve_agencies
from ingest.identity.scopes import decide_scopes, read_scopes
from ingest.identity.titles import read_titles
from ingest.identity.years import decide_years, read_year_votes
from ingest.tables import REPORTS, conform

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
    years = documents["report_year"].cast(pl.Int16)
    places = read_places(said.headers, said.addresses, footers)
    agencies = resolve_agencies(documents, said.agencies, years, places)
    sites = places.lazy().filter(pl.col("origin") == "site_code").select("position", site_code="raw", site_code_line="line")
    facts = (
        _gather_facts(said, footers, documents.height)
        .with_columns(document_id=documents["document_id"], report_year=years, text=documents["text"])
        .join(said.titles.lazy().select("position", "title"), on="position", how="left", maintain_order="left")
        .join(agencies.decided.lazy(), on="position", how="left", maintain_order="left")
        .join(sites, on="position", how="left", maintain_order="left")
        .collect()
    )
    scopes = read_scopes(
        facts.select("position", "text", kind="agency_kind", raw="agency_name", line="agency_line", origin="agency_origin")
    )
    facts = facts.join(decide_scopes(scopes), on="position", how="left", maintain_order="left")
    evidence = build_evidence(facts, agencies.evidence, said.votes, scopes)
    return Identities(conform(facts.select(_COLUMNS), IDENTITY), evidence)


def read_report_years(documents: pl.DataFrame) -> pl.Series:
    """The year that each document of RAW_DOCUMENTS (needs `text` only) reports on: Int16 `report_year`, null where it cannot be decided.

    Title, stated period (1月1日至12月31日) and opening statement decide when they agree. One of them alone must not be contradicted by
    the years that section 一 speaks of. The publication date settles a disagreement (a report for N is published in N+1), and refutes
    a year after itself. Without any of the three, the year that section 一 speaks of most often counts.
    """
    footers = read_footers(documents)
    said = _read_statements(documents, footers)
    return decide_years(said.votes, _gather_facts(said, footers, documents.height).collect()["published_date"])


def _read_statements(documents: pl.DataFrame, footers: pl.DataFrame) -> _Statements:
    heads = read_heads(documents)
    titles, headers = pl.collect_all([read_titles(heads), read_headers(heads)])
    signatures = footers.filter(pl.col("origin") == "signature")
    agencies, votes, addresses = pl.collect_all(
        [read_agencies(heads, titles, headers, signatures), read_year_votes(heads, titles), heads.read_addresses()]
    )
    # One search for all lines: the places of agencies, years and addresses in the joined text.
    places = pl.concat(
        [
            agencies.select("position", "line", "whole"),
            votes.select("position", line=NO_LINE, whole="period"),
            votes.select("position", line=NO_LINE, whole="statement"),
            addresses.select("position", "line", "whole"),
        ]
    )
    lines = heads.locate(places)["line"]
    first, count = agencies.height, votes.height
    return _Statements(
        titles=titles,
        headers=headers,
        agencies=agencies.drop("whole").with_columns(lines.slice(0, first)),
        votes=votes.with_columns(lines.slice(first, count).alias("period_line"), lines.slice(first + count, count).alias("statement_line")),
        addresses=addresses.drop("whole").with_columns(lines.slice(first + 2 * count)),
    )


def _gather_facts(said: _Statements, footers: pl.DataFrame, count: int) -> pl.LazyFrame:
    """One row per document, by position: the agency that counts, the dates that count, and all that headers and footers hold."""
    chosen = said.agencies.lazy().unique("position", keep="first", maintain_order=True)
    return (
        pl.LazyFrame({"position": pl.int_range(count, dtype=pl.UInt32, eager=True)})
        .join(
            chosen.select("position", agency_name="raw", agency_line="line", agency_origin="origin"),
            on="position",
            how="left",
            maintain_order="left",
        )
        .join(gather_headers(said.headers), on="position", how="left", maintain_order="left")
        .join(gather_footers(footers), on="position", how="left", maintain_order="left")
        .with_columns(
            published_date=pl.coalesce("released", "alone", "lone_date", "written"), written_date=pl.coalesce("written", "signature")
        )
    )
