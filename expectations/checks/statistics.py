"""Sums and bounds of the statistics table of reports for years before 2019 (国办发〔2014〕32号)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import polars as pl
from pydantic import Field

from expectations.checks.grids import build_grid
from expectations.checks.operands import Grids, Operand
from expectations.checks.relations import Expanded, Relation, judge_relations
from expectations.checks.verdicts import Batch, Terms, Verdicts
from ingest.statistics.forms import normalise_indicator

_TABLE = "statistics"


class StatisticsTerms(Terms):
    """Relations whose cells are written `statistics.<label of the national form>.*`; `*` stands for each printed column of figures."""

    relations: Annotated[list[Relation], Field(min_length=1)]


def check_statistics(batch: Batch, terms: StatisticsTerms, tolerance: float) -> Verdicts:
    """One subject per relation and column of figures.

    Labels are compared without 其中 and notes in brackets.

    Not applicable where 1 the report has no statistics table, 2 its form lacks an indicator of a relation, 3 one is doubtful or blank.
    """
    cells = batch.cells.filter(pl.col("table") == _TABLE)
    printed = cells["row"].unique()
    known = {label: normalise_indicator(label) for label in printed}
    cells = cells.with_columns(pl.col("row").replace_strict(known, return_dtype=pl.String) if known else pl.col("row"))
    is_first = pl.struct("document_id", "row", "column").is_first_distinct()
    cells = cells.filter(is_first)
    columns = sorted(cells["column"].unique()) or ["value"]
    expanded: list[Expanded] = [
        (relation, *(_operands(side, column) for side in (relation.left, relation.right, relation.given)), column)
        for relation in terms.relations
        for column in columns
    ]
    keys = {operand.key for _, left, right, given, _ in expanded for operand in (*left, *right, *given)}
    return judge_relations(Grids(build_grid(batch.grid.document_ids, cells, sorted(keys))), expanded, tolerance)


def _operands(side: Sequence[str], column: str) -> tuple[Operand, ...]:
    """Labels may hold points; the table is before the first one, the column after the last."""
    found = []
    for text in side:
        row = text.removeprefix("-").removeprefix(f"{_TABLE}.").removesuffix(".*")
        found.append(Operand((_TABLE, normalise_indicator(row), column), -1 if text.startswith("-") else 1, is_previous=False))
    return tuple(found)
