"""What the identity of a report rests on, as rows of the staging table `evidence`."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.identity.years import STRONG
from ingest.tables import EVIDENCE

_COLUMNS: Final[dict[str, pl.DataType]] = {
    "position": pl.UInt32(), "fact": pl.String(), "origin": pl.String(), "value": pl.String(), "raw": pl.String(), "line": pl.Int32(),
    "is_chosen": pl.Boolean(), "agrees": pl.Boolean(),
}  # fmt: skip


def build_year_evidence(votes: pl.DataFrame, years: pl.Series) -> pl.DataFrame:
    """One row for each place that states the year reported on."""
    votes = votes.with_columns(years.alias("year"))
    places = (
        ("title_year", pl.col("title_origin"), pl.col("title"), pl.col("title_line")),
        ("period_year", pl.lit("period"), pl.col("period"), pl.col("period_line")),
        ("period_end_year", pl.lit("period_end"), pl.col("period"), pl.col("period_line")),
        ("statement_year", pl.lit("opening"), pl.col("statement"), pl.col("statement_line")),
        ("body_year", pl.lit("body"), pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.Int32)),
    )
    strong = [
        votes.filter(pl.col(column).is_not_null()).select(
            "position",
            fact=pl.lit("report_year"),
            origin=origin,
            value=pl.col(column).cast(pl.String),
            raw=raw,
            line=line,
            is_chosen=(pl.col(column) == pl.col("year")).fill_null(value=False),
            # Prose speaks of other years with good reason: it refutes nothing.
            agrees=pl.col(column) == pl.col("year") if column in STRONG else pl.lit(None, dtype=pl.Boolean),
        )
        for column, origin, raw, line in places
    ]
    return pl.concat([pl.DataFrame(schema=_COLUMNS), *strong])


def build_plain_evidence(fact: str, rows: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """Rows of position, origin, value, raw, line as evidence of a fact; chosen is the value in `chosen` (position, value)."""
    return rows.join(chosen.rename({"value": "decided"}), on="position", how="left", maintain_order="left").select(
        "position",
        fact=pl.lit(fact),
        origin="origin",
        value="value",
        raw="raw",
        line="line",
        is_chosen=(pl.col("value") == pl.col("decided")).fill_null(value=False),
        agrees=pl.lit(None, dtype=pl.Boolean),
    )


def finish_evidence(parts: list[pl.DataFrame], documents: pl.DataFrame) -> pl.DataFrame:
    """The parts as one frame with the schema EVIDENCE, by document, fact and the order of the parts."""
    rows = pl.concat([pl.DataFrame(schema=_COLUMNS), *(part.select(*_COLUMNS) for part in parts)])
    return rows.select(
        pl.Series("document_id", documents["document_id"].gather(rows["position"])),
        *(pl.col(name).cast(dtype) for name, dtype in EVIDENCE.items() if name != "document_id"),
    ).sort("document_id", "fact", maintain_order=True)
