"""The figures and reports of one publication, read from its Parquet files: the same columns whichever table holds them."""

from pathlib import Path
from typing import Final

import polars as pl

from ingest.errors import NianbaoError

FIGURE: Final = pl.Decimal(38, 6)
"""Wide enough for every count (bigint) and every amount (decimal(20, 6)) of the facts: nothing is rounded on the way."""
CELL: Final = ("table", "row", "column")
FIGURES: Final = pl.Schema(
    {
        "document_id": pl.String(),
        "agency_id": pl.String(),
        "report_year": pl.Int32(),
        "table": pl.String(),
        "row": pl.String(),
        "column": pl.String(),
        "value": FIGURE,  # null: blank, dash, or no number of the type (see raw)
        "raw": pl.String(),
        "line": pl.Int32(),
        "method": pl.String(),
        "unit": pl.String(),
    }
)
"""One row per published cell."""
DOCUMENTS: Final = pl.Schema(
    {
        "document_id": pl.String(),
        "source": pl.String(),
        "agency_id": pl.String(),
        "agency_name": pl.String(),
        "agency_canonical_name": pl.String(),
        "report_year": pl.Int32(),
        "report_scope": pl.String(),
        "template": pl.String(),
        "reasons": pl.String(),  # why the report is kept out of the marts; null: its figures are published
    }
)
"""One row per report of a publication, published or kept out."""

_FACTS: Final = {
    "proactive": ("fct_proactive_disclosures", "row_key", "value"),
    "requests": ("fct_requests", "row_key", "request_count"),
    "disputes": ("fct_disputes", "row_key", "case_count"),
    "statistics": ("fct_statistics", "indicator", "value"),
}
"""Table of the form → fact table, its column of rows, its column of figures."""


class PublicationError(NianbaoError):
    """There is no such publication, or nothing is published yet."""


def find_current(published: Path) -> Path:
    """The folder of the current publication. Raises PublicationError when there is none."""
    current = published / "current"
    if not current.exists():
        raise PublicationError(f"nothing is published under {published}; run `nianbao build` first")
    return current.resolve()


def scan_figures(folder: Path) -> pl.LazyFrame:
    """FIGURES of a publication. A fact table that it lacks, being of an earlier version of this software, gives no row."""
    parts = []
    for table, (fact, row, value) in _FACTS.items():
        path = folder / f"{fact}.parquet"
        if not path.exists():
            continue
        frame = pl.scan_parquet(path)
        unit = pl.col("unit") if "unit" in frame.collect_schema() else pl.lit("件")  # 单位：件 of tables 三 and 四
        keys = {"table": pl.lit(table), "row": pl.col(row), "column": pl.col("column_key"), "value": pl.col(value), "unit": unit}
        parts.append(_select(frame.with_columns(**keys), FIGURES))
    return pl.concat(parts) if parts else pl.LazyFrame(schema=FIGURES)


def read_documents(folder: Path) -> pl.DataFrame:
    """DOCUMENTS of a publication."""
    parts = [pl.LazyFrame(schema=DOCUMENTS)]
    for name in ("fct_reports", "fct_quarantined_reports"):
        path = folder / f"{name}.parquet"
        if path.exists():
            parts.append(_select(pl.scan_parquet(path), DOCUMENTS))
    return pl.concat(parts).collect()


def _select(frame: pl.LazyFrame, schema: pl.Schema) -> pl.LazyFrame:
    held = frame.collect_schema()
    return frame.select((pl.col(name) if name in held else pl.lit(None)).cast(dtype).alias(name) for name, dtype in schema.items())
