"""The declared schemas of the decisions: as written (`raw/decisions`), and judged against what is stored (`corpus/decisions`)."""

from typing import Final

import polars as pl

DECISIONS_MADE: Final = ("accept", "exclude", "correct")
DECISION_STATUSES: Final = (
    "applied",  # has effect
    "idle",  # has none now; the detail says why, such as a rule that no longer fails
    "stale",  # the document, or what is read in the cell, is no longer what was decided upon
)

WRITTEN_DECISIONS = pl.Schema(
    {
        "decision_id": pl.String(),  # of document, cell or rule: the same matter has the same id in every run
        "file": pl.String(),  # name of the decisions file
        "line": pl.Int32(),  # 1-based line of the entry in it
        "document_id": pl.String(),
        "source": pl.String(),  # where the document was seen when it was decided upon; null: not written down
        "table": pl.String(),  # the cell; null where the whole report or a rule is decided upon
        "row": pl.String(),
        "column": pl.String(),
        "rule_id": pl.String(),
        "decision": pl.Enum(DECISIONS_MADE),
        "value": pl.Float64(),  # of `correct`
        "printed": pl.String(),  # of a cell: its raw text when it was decided upon; "" for a blank cell or one that is not there
        "reason": pl.String(),
        "decided_by": pl.String(),
        "decided_on": pl.Date(),
    }
)
"""One row per entry of the decisions files."""

DECISIONS = pl.Schema(
    {
        **WRITTEN_DECISIONS,
        "report_year": pl.Int16(),  # of the document; null when it is not stored
        "status": pl.Enum(DECISION_STATUSES),
        "decided_value": pl.Float64(),  # what counts in the cell when applied; null: nothing counts there (exclude)
        "detail_zh": pl.String(),  # why it is stale or idle; null when applied
        "detail_en": pl.String(),
    }
)
"""One row per entry, with what became of it."""

DECISIONS_SORT_KEYS: Final = ("file", "line")
