"""The narrative sections of documents, cut from their texts by the byte spans of staging."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

import polars as pl

from ingest.tables import SECTIONS

NARRATIVE_SECTIONS: Final = ("overview", "problems", "other")
"""一, 五 and 六; 二 to 四 are tables."""

NARRATIVES = pl.Schema({"document_id": pl.String(), "section": pl.Enum(SECTIONS), "start_line": pl.Int32(), "text": pl.String()})
"""One row per narrative section. `text` as printed, from its heading's line on; `start_line` is that line."""

ReadNarratives = Callable[[Collection[str] | None], Iterator[pl.DataFrame]]
"""Gives NARRATIVES in batches, of these documents or (None) of all: read anew at each call, so that memory holds one batch."""


def cut_narratives(documents: pl.DataFrame, sections: pl.DataFrame) -> pl.DataFrame:
    """NARRATIVES of documents (document_id, text) and their rows of the staging table `sections`, by document and section."""
    wanted = sections.filter(pl.col("section").cast(pl.String).is_in(NARRATIVE_SECTIONS))
    return (
        wanted.join(documents.select("document_id", "text").drop_nulls("text"), on="document_id", how="inner")
        .select(
            "document_id",
            "section",
            "start_line",
            text=pl.col("text").cast(pl.Binary).bin.slice(pl.col("start_byte"), pl.col("end_byte") - pl.col("start_byte")).cast(pl.String),
        )
        .sort("document_id", "section")
        .cast(NARRATIVES)
    )
