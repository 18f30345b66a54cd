"""What every check takes and gives.

A check is a pure function `(batch, terms, tolerance) → Verdicts`. It judges a whole partition at once and never sees the rule's id,
thresholds or severity: those are the catalogue's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from expectations.checks.grids import CellGrid, build_grid
from expectations.decisions.tables import DECISIONS
from ingest.tables import CELLS, FINDINGS, conform, empty

Scope = Literal["report", "partition", "marts", "raw", "drift"]
Tables = Mapping[str, pl.DataFrame]
Scans = Mapping[str, pl.LazyFrame]
"""Tables of all report years, of which a check collects the columns and rows that it needs: whole they may not fit into memory."""

FAILURES = pl.Schema(
    {
        name: FINDINGS[name]
        for name in (
            "document_id",
            "table",
            "row",
            "column",
            "lhs",
            "rhs",
            "cause",
            "line",
            "raw",
            "message_zh",
            "message_en",
            "cells",
        )
    }
    | {"is_ordered": pl.Boolean()}
)
"""One row per failed subject. `is_ordered`: some operand was placed by order only, so the cause waits for the report's other subjects."""

SUMMARY = pl.Schema(
    {
        "document_id": pl.String,
        "reason": pl.String,  # null: at least one subject was assessed
        "assessed_count": pl.Int32,
        "message_zh": pl.String,  # what a rule that held has to say, such as which of two readings fits; mostly null
        "message_en": pl.String,
    }
)
"""One row per document judged: whether the rule applied to it and to how many subjects."""


class Terms(BaseModel):
    """Parameters of a kind; each kind narrows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Batch:
    """The tables of a partition as checks see them. `previous`: the year before; `last_good`: what is published now; either may be None."""

    tables: Tables
    report_year: int | None
    previous: Tables | None = None
    last_good: Tables | None = None
    marts: Scans = field(default_factory=dict)
    staged_cells: pl.LazyFrame = field(default_factory=lambda: empty(CELLS).lazy())
    """CELLS of all report years, for the rules of the marts; `cells` are those of a partition."""
    verdicts: dict[str, Verdicts] = field(default_factory=dict)
    """What the rules judged before this one found, by rule id."""
    published: Scans | None = None
    """The marts of the current publication; None before the first."""
    excluded: frozenset[str] = frozenset()
    """Documents that people keep out of the marts: they compete with no other report of their agency and year."""
    shared: dict[str, Any] = field(default_factory=dict)
    """What several checks derive from the batch, by name: made by the first that needs it."""

    @property
    def outcomes(self) -> pl.DataFrame:
        """OUTCOMES of the partition."""
        return self.tables["outcomes"]

    @property
    def reports(self) -> pl.DataFrame:
        """REPORTS of the partition."""
        return self.tables["reports"]

    @property
    def cells(self) -> pl.DataFrame:
        """CELLS of the partition."""
        return self.tables["cells"]

    @property
    def mentions(self) -> pl.DataFrame:
        """MENTIONS of the partition."""
        return self.tables["mentions"]

    @property
    def decisions(self) -> pl.DataFrame:
        """DECISIONS of all years, for the rules of marts and drift; none were made where none are given."""
        return self.tables["decisions"] if "decisions" in self.tables else empty(DECISIONS)

    @cached_property
    def grid(self) -> CellGrid:
        """The cells of the statutory forms as one column per cell."""
        return build_grid(self.reports["document_id"], self.cells)

    @cached_property
    def first_sources(self) -> pl.DataFrame:
        """document_id, source: the first sighting of each document, in source order."""
        return (
            self.outcomes.filter(pl.col("document_id").is_not_null())
            .group_by("document_id")
            .agg(pl.col("source").min())
            .sort("document_id")
        )


@dataclass(frozen=True)
class Verdicts:
    """What a check found: FAILURES, SUMMARY. A document without a summary row was not judged."""

    failures: pl.DataFrame
    summary: pl.DataFrame


@dataclass(frozen=True)
class Kind:
    """One kind of rule: its scope, the model of its terms and the function that decides it."""

    scope: Scope
    terms: type[Terms]
    check: Callable[[Batch, Any, float], Verdicts]


def build_verdicts(failures: pl.DataFrame, summary: pl.DataFrame) -> Verdicts:
    """Verdicts with the declared schemas; StorageError on an undeclared column."""
    return Verdicts(conform(failures, FAILURES), conform(summary, SUMMARY))


def judge_partition(held: int, judged: int, message_zh: str, message_en: str, reason: str | None = None) -> Verdicts:
    """The verdict on the partition as one subject: `held` of `judged` members hold. `reason`: why the rule does not apply."""
    summary = pl.DataFrame({"document_id": [None], "reason": [reason], "assessed_count": [judged]})
    row = {"lhs": [float(held)], "rhs": [float(judged)], "message_zh": [message_zh], "message_en": [message_en]}
    failures = pl.DataFrame(row)
    if reason is not None or held == judged:
        failures = failures.clear()
    return build_verdicts(failures, summary)


def cell_key(table: str, row: str, column: str) -> pl.Expr:
    """One operand as an element of FINDINGS.cells."""
    return pl.struct(table=pl.lit(table), row=pl.lit(row), column=pl.lit(column))
