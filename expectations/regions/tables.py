"""The declared schema of the corpus table `region_totals`."""

from typing import Final

import polars as pl

from ingest.tables import CELLS, REPORT_SCOPES

STATUSES: Final = ("equal", "differs", "below_children", "not_assessable")
REASONS: Final = (
    "total_unread",  # the total's own cell is blank, doubtful or not there
    "no_roster",  # nobody says which agencies make up the total: at least the sum is all that can be asked
    "own_office_not_listed",  # the roster lists no own office, so something of the total is in no child
    "scope_conflict",  # report and roster do not agree on what a report covers
    "child_scope",  # a child's report does not cover its whole part, or nobody says what it covers
    "overlapping_children",  # two children of one region, one of them its total
    "zones_listed",  # whether a level of government holds its zones is not laid down
    "children_missing",
    "children_unread",  # a child's cell is blank, doubtful or not there
    "joint_cases",  # a case against several agencies stands in the report of each of them, and once in the total
)

REGION_TOTALS = pl.Schema(
    {
        "document_id": pl.String(),  # the report of the total
        "report_year": pl.Int16(),
        "agency_id": pl.String(),
        "report_scope": pl.Enum(REPORT_SCOPES),  # level or region_total
        "table": CELLS["table"],
        "row": CELLS["row"],
        "column": CELLS["column"],
        "reported_value": pl.Float64(),  # null: not read
        "raw": pl.String(),
        "line": pl.Int32(),
        "own_office_value": pl.Float64(),  # null: no own office with a reading
        "children_value": pl.Float64(),  # sum of the children that were read, the own office among them
        "largest_child_value": pl.Float64(),
        "largest_child_name": pl.String(),
        "children_expected": pl.Int32(),  # null: no roster says
        "children_present": pl.Int32(),  # with a report
        "children_counted": pl.Int32(),  # with a reading of this cell
        "missing_children": pl.String(),  # names, joined by 、; null: none known
        "unread_children": pl.String(),  # with a report but no reading of this cell; null: none
        "is_label_placed": pl.Boolean(),  # this cell and those of all its children were placed by their labels
        "status": pl.Enum(STATUSES),
        "reason": pl.Enum(REASONS),  # of not_assessable
    }
)
"""One row per cell that may be added up (additive.yml) of a report of scope level or region_total that has a child, expected or found."""
