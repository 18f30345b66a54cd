"""Raw documents for tests: a text is all that is needed."""

import hashlib
from collections.abc import Sequence

import polars as pl

from ingest.identity import read_report_years
from ingest.tables import RAW_DOCUMENTS


def build_raw(texts: Sequence[str], media_type: str = "text/plain") -> pl.DataFrame:
    """One RAW_DOCUMENTS row per text, in the order given; the report year is decided as at ingest."""
    frame = pl.DataFrame(
        [
            {
                "document_id": hashlib.sha256(t.encode()).hexdigest(),
                "media_type": media_type,
                "encoding": "utf-8",
                "byte_count": len(t.encode()),
                "text": t,
            }
            for t in texts
        ],
        schema=RAW_DOCUMENTS,
    )
    return frame.with_columns(report_year=read_report_years(frame))
