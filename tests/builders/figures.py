"""Figures for tests in which every cell differs from its neighbours: a shifted or swapped reading cannot look right by chance."""

import dataclasses
from random import Random

from ingest.samples import ReportFigures
from ingest.templates.printing import CellKey

APPLICANTS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "social_organization",
    "legal_service",
    "other_organization",
)
FRAME = ("new_received", "carried_over", "total_processed", "carried_forward")


def fill_densely(figures: ReportFigures, rng: Random, zero_share: float = 0) -> ReportFigures:
    """The same report without zeros, or with this share of them; every identity of the form holds."""
    values: dict[CellKey, float] = dict(figures.values)
    rows = list(dict.fromkeys(row for table, row, _ in values if table == "requests"))
    outcomes = [row for row in rows if row not in FRAME]
    largest = rng.choice((9, 30, 400))

    def draw(limit: int = 0) -> float:
        if zero_share and rng.random() < zero_share:
            return 0
        return float(rng.randint(1, limit or largest))

    for column in APPLICANTS:
        for row in outcomes:
            values["requests", row, column] = draw()
        processed = sum(values["requests", row, column] for row in outcomes)
        forward, over = draw(), draw()
        values["requests", "total_processed", column] = processed
        values["requests", "carried_forward", column] = forward
        values["requests", "carried_over", column] = over
        values["requests", "new_received", column] = processed + forward - over
    for row in rows:
        values["requests", row, "total"] = sum(values["requests", row, column] for column in APPLICANTS)
    for row in ("review", "litigation_direct", "litigation_after_review"):
        parts = {column: draw(99) for column in ("upheld", "corrected", "other", "pending")}
        values |= {("disputes", row, column): value for column, value in parts.items()}
        values["disputes", row, "total"] = sum(parts.values())
    for key in values:
        if key[0] == "proactive" and key[2] not in {"amount", "amount_10k_yuan", "items_change"}:
            values[key] = draw(999)
    return dataclasses.replace(figures, values=values)
