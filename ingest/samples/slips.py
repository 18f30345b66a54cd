"""Errors that agencies make themselves: the text stays cleanly readable, a figure is wrong, and we know which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Final

from ingest.errors import NianbaoError
from ingest.samples.figures import NOT_OUTCOMES
from ingest.samples.models import ReportFigures, Slip
from ingest.templates.printing import CellKey


def _edit_cell(figures: ReportFigures, name: str, cell: CellKey, rng: Random) -> ReportFigures:
    values = dict(figures.values)
    consistent = values[cell]
    values[cell] = consistent + rng.choice((1, 1, 2, 3, 10))
    slip = Slip(name, cell, values[cell], consistent)
    return replace(figures, values=values, slips=(*figures.slips, slip))


def _plant_total_off(figures: ReportFigures, rng: Random) -> ReportFigures:
    """（七）总计 of natural persons is not the sum of the outcomes above it."""
    return _edit_cell(figures, "total_off", ("requests", "total_processed", "natural_person"), rng)


def _plant_row_total_off(figures: ReportFigures, rng: Random) -> ReportFigures:
    """The 总计 of the row 予以公开 is not the sum of the six applicants."""
    return _edit_cell(figures, "row_total_off", ("requests", "granted", "total"), rng)


def _plant_disputes_total_off(figures: ReportFigures, rng: Random) -> ReportFigures:
    """The 总计 of 行政复议 is not the sum of its four results."""
    return _edit_cell(figures, "disputes_total_off", ("disputes", "review", "total"), rng)


def _plant_carried_over_mismatch(figures: ReportFigures, rng: Random) -> ReportFigures:
    """上年结转 disagrees with 结转下年度 of the year before; within the year everything adds up."""
    values = dict(figures.values)
    outcome = next(row for table, row, _ in values if table == "requests" and row not in NOT_OUTCOMES)
    surplus = rng.choice((1, 2))
    for row in ("carried_over", outcome, "total_processed"):
        for column in ("natural_person", "total"):
            values["requests", row, column] += surplus
    cell = ("requests", "carried_over", "natural_person")
    slip = Slip("carried_over_mismatch", cell, values[cell], figures.values[cell])
    return replace(figures, values=values, slips=(*figures.slips, slip))


SLIPS: Final[dict[str, Callable[[ReportFigures, Random], ReportFigures]]] = {
    "total_off": _plant_total_off,
    "row_total_off": _plant_row_total_off,
    "disputes_total_off": _plant_disputes_total_off,
    "carried_over_mismatch": _plant_carried_over_mismatch,
}
"""Name of a slip → what plants it."""


def plant_slip(figures: ReportFigures, name: str, rng: Random) -> ReportFigures:
    """The figures with one slip more, recorded in `slips`; NianbaoError for a name that is not in SLIPS."""
    if name not in SLIPS:
        raise NianbaoError(f"no slip {name}; there are {', '.join(SLIPS)}")
    return SLIPS[name](figures, rng)
