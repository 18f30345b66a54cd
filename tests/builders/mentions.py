"""Mentions of short texts for tests."""

import polars as pl

from ingest.mentions.gathering import find_mentions
from ingest.tokens import read_batch


def read_mentions(*texts: str, year: int | None = 2023) -> pl.DataFrame:
    """The mentions of texts that report on `year`: doc, subject, value, precision, raw, unit, line, sentence."""
    return find_mentions(read_batch(pl.Series("text", texts)), pl.Series([year] * len(texts), dtype=pl.Int16))
