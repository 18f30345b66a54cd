"""Tables whose figures repeat those of another report: the agency's own of another year, or another agency's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import polars as pl

from expectations.copies.searching import NEIGHBOURS, describe_documents, is_later
from expectations.copies.tables import COPIES, COPIES_SORT_KEYS
from ingest.tables import SECTIONS, conform

LEAST_BITS: Final = 32.0
"""Sum of log2(value + 1) over the distinct figures of a table. Small tables coincide honestly (one request, granted); with 32 bits two of
100 000 reports would rarely do so by chance even if their figures were drawn at will."""
FEWEST_FIGURES: Final = 4
"""Distinct non-zero figures: two large ones may be one figure and its total."""


def fingerprint_tables(cells: pl.DataFrame) -> pl.DataFrame:
    """document_id, section, fingerprint, start_line, end_line of every table that says enough to be compared; `cells` is CELLS.

    A fingerprint is made of the non-zero figures and their places. A table with a doubtful or an unreadable figure has none: it is not
    known whether it repeats another. Zeros, blanks and dashes do not count, a form may print either.
    """
    figures = cells.filter(pl.col("table").is_in(SECTIONS))
    is_figure = (pl.col("value") != 0).fill_null(value=False)
    value = pl.col("value").filter(is_figure)
    place = pl.concat_str("row", "column", pl.col("value").cast(pl.String), separator="\t")
    is_unread = pl.col("value").is_null() & pl.col("raw").str.contains(r"[0-9０-９]")
    return (
        figures.group_by("document_id", "table")
        .agg(
            pl.col("is_doubtful").any().alias("is_doubtful"),
            is_unread.any().alias("is_unread"),
            value.n_unique().alias("distinct"),
            (value.unique() + 1).log(2).sum().alias("bits"),
            place.filter(is_figure).sort().str.join("\n").hash(seed=0).alias("fingerprint"),
            pl.col("line").min().alias("start_line"),
            pl.col("line").max().alias("end_line"),
        )
        .filter(~pl.col("is_doubtful") & ~pl.col("is_unread") & (pl.col("distinct") >= FEWEST_FIGURES) & (pl.col("bits") >= LEAST_BITS))
        .select("document_id", pl.col("table").cast(COPIES["section"]).alias("section"), "fingerprint", "start_line", "end_line")
    )


def find_copied_tables(reports: pl.DataFrame, fingerprints: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """COPIES of kind figures: tables with the same non-zero figures in the same places.

    `fingerprints`: what `fingerprint_tables` gave of each partition. More than 21 equal tables are each paired with the next 20, the
    years of an agency first.
    """
    known = reports.select("document_id", "agency_id", "agency_name", "report_year").unique("document_id", keep="first")
    tables = (
        pl.concat(fingerprints)
        .join(known, on="document_id", how="inner")
        .sort("section", "fingerprint", "agency_id", "report_year", "document_id", nulls_last=True)
    )
    keys = tables.select(pl.struct("section", "fingerprint").rank("dense")).to_series().to_numpy()
    found = []
    for shift in range(1, NEIGHBOURS + 1):
        (at,) = np.nonzero(keys[shift:] == keys[:-shift])
        if not at.size:
            break
        left, right = tables[at.tolist()], tables[(at + shift).tolist()]
        found.append(pl.concat([left, right.rename(lambda name: f"right_{name}")], how="horizontal"))
    if not found:
        return pl.DataFrame(schema=COPIES)
    is_version = (pl.col("agency_id") == pl.col("right_agency_id")) & (pl.col("report_year") == pl.col("right_report_year"))
    pairs = pl.concat(found).filter(~is_version.fill_null(value=False))
    is_left = is_later("document_id", "right_document_id", "report_year", "right_report_year")
    own = {name: pl.when(is_left).then(name).otherwise(f"right_{name}") for name in ("document_id", "start_line", "end_line")}
    other = {f"other_{name}": pl.when(is_left).then(f"right_{name}").otherwise(name) for name in ("document_id", "start_line", "end_line")}
    placed = pairs.select("section", **own, **other, kind=pl.lit("figures"), similarity=pl.lit(1.0))
    return conform(describe_documents(placed, known), COPIES).sort(COPIES_SORT_KEYS)
