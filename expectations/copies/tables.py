"""The declared schema of the corpus table `copies`: pairs of documents, over all report years together."""

from typing import Final

import polars as pl

from ingest.tables import SECTIONS

KINDS_OF_COPY: Final = ("narrative", "figures")

COPIES = pl.Schema(
    {
        "document_id": pl.String(),  # the later of the two by report year; of one year, the larger id
        "other_document_id": pl.String(),
        "section": pl.Enum(SECTIONS),
        "kind": pl.Enum(KINDS_OF_COPY),  # narrative: the section's masked text; figures: all non-zero figures of its table
        "similarity": pl.Float64(),  # narrative: Jaccard of the shingles, 0 to 1; figures: 1
        "is_same_agency": pl.Boolean(),  # null: the agency of one is not known
        "report_year": pl.Int16(),
        "other_report_year": pl.Int16(),
        "start_line": pl.Int32(),  # narrative: of the longest shared passage in the one; figures: of the table's first cell
        "end_line": pl.Int32(),
        "other_start_line": pl.Int32(),
        "other_end_line": pl.Int32(),
        "passage_count": pl.Int32(),  # shared passages; null for figures
        "shared_share": pl.Float64(),  # share of the masked characters of the one that lie in shared passages; null for figures
        "repeated_number_count": pl.Int32(),  # numbers of two digits or more, before a unit, equal in shared passages; null for figures
        "repeated_number_line": pl.Int32(),  # of the first of them
        "named_line": pl.Int32(),  # narrative of another agency: line that still names the other agency; null: it does not
    }
)
"""One row per pair and section. Never two documents of one agency and one year: those are versions of one report."""

COPIES_SORT_KEYS: Final = ("document_id", "other_document_id", "section", "kind")
