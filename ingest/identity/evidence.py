"""What the identity of a report rests on, as rows of the staging table `evidence`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from ingest.identity.years import STRONG
from ingest.tables import EVIDENCE, conform

_DATES: Final = (
    ("published_date", "released", "header"),
    ("published_date", "alone", "header"),
    ("published_date", "lone_date", "footer"),
    ("written_date", "written", "header"),
    ("written_date", "signature", "signature"),
)
_NUMBERS: Final = (("index_number", "header"), ("document_number", "header"), ("site_code", "footer"))


def build_evidence(facts: pl.DataFrame, agencies: pl.DataFrame, votes: pl.DataFrame, scopes: pl.DataFrame) -> pl.DataFrame:
    """All rows as one frame with the schema EVIDENCE, by document and fact, the places of a fact in the order in which they are read.

    `facts`: one row per document with what was decided and where headers and footers say it; `agencies`: finished rows of the facts
    agency and region; `votes`: the years; `scopes`: what the text says of the report's scope.
    """
    decided = facts.lazy().select("position", "document_id", "report_year", scope="report_scope")
    parts = [
        agencies.lazy().cast({"fact": pl.String}),
        *_list_years(votes.lazy().join(decided, on="position", how="left", maintain_order="left")),
        *_list_labelled(facts.lazy()),
        scopes.lazy()
        .join(decided, on="position", how="left", maintain_order="left")
        .select(
            "position",
            fact=pl.lit("report_scope"),
            origin="origin",
            value="report_scope",
            raw="raw",
            line="line",
            is_chosen=(pl.col("report_scope") == pl.col("scope").cast(pl.String)).fill_null(value=False),
            agrees=pl.lit(None, dtype=pl.Boolean),
        ),
    ]
    rows = pl.concat(parts).collect()
    rows = rows.with_columns(pl.col("fact").cast(EVIDENCE["fact"])).sort("position", "fact", maintain_order=True)
    return conform(rows.with_columns(document_id=facts["document_id"].gather(rows["position"])).drop("position"), EVIDENCE)


def _list_years(votes: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """One row for each place that states the year reported on. Prose speaks of other years with good reason: it refutes nothing."""
    nothing = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.Int32)
    places = (
        ("title_year", pl.col("title_origin"), pl.col("title"), pl.col("title_line")),
        ("period_year", pl.lit("period"), pl.col("period"), pl.col("period_line")),
        ("period_end_year", pl.lit("period_end"), pl.col("period"), pl.col("period_line")),
        ("statement_year", pl.lit("opening"), pl.col("statement"), pl.col("statement_line")),
        ("body_year", pl.lit("body"), *nothing),
    )
    for column, origin, raw, line in places:
        is_same = pl.col(column) == pl.col("report_year")
        yield votes.filter(pl.col(column).is_not_null()).select(
            "position",
            fact=pl.lit("report_year"),
            origin=origin,
            value=pl.col(column).cast(pl.String),
            raw=raw,
            line=line,
            is_chosen=is_same.fill_null(value=False),
            agrees=is_same if column in STRONG else pl.lit(None, dtype=pl.Boolean),
        )


def _list_labelled(facts: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """The dates and numbers that headers and footers state."""
    places = [(fact, column, origin) for fact, column, origin in _DATES] + [(fact, fact, origin) for fact, origin in _NUMBERS]
    for fact, column, origin in places:
        raw = pl.col(column).cast(pl.String)
        yield facts.filter(pl.col(column).is_not_null()).select(
            "position",
            fact=pl.lit(fact),
            origin=pl.lit(origin),
            value=raw.str.replace_all(r"\s", ""),
            raw=raw,
            line=f"{column}_line",
            is_chosen=pl.col(column) == pl.col(fact),
            agrees=pl.lit(None, dtype=pl.Boolean),
        )
