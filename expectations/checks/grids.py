"""The cells of a partition as one column per cell of the statutory forms, so that an identity is one expression over whole columns.

Scattering 4 million cells into columns costs a tenth of what a pivot or a grouping costs, and every rule shares the result.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import polars as pl

from ingest.errors import TemplateError
from ingest.templates import load_templates

Key = tuple[str, str, str]
"""(table, row, column)."""

MISSING, DOUBTFUL, BLANK, LABEL, ORDER, ARITHMETIC = range(6)
"""State of a cell. From LABEL on the value can be computed with; below, it cannot, worst first."""

REASONS = {MISSING: "missing_operand", DOUBTFUL: "doubtful_operand", BLANK: "blank_operand"}

_METHOD_STATES = {"label": LABEL, "order": ORDER, "arithmetic": ARITHMETIC}


@cache
def form_cells() -> dict[Key, str]:
    """Every cell of every statutory form, variants included → its kind (count, signed, decimal).

    Raises TemplateError when two forms give one key different kinds: a changed meaning needs a new key.
    """
    kinds: dict[Key, str] = {}
    for template in load_templates().values():
        cells = list(template.cells)
        cells += [(t.table, v.row, c) for t in template.tables for v in t.variants for c in t.columns_of(v.row)]
        for table, row, column in cells:
            key = (table, row, column.column)
            if kinds.setdefault(key, column.kind) != column.kind:
                raise TemplateError(f"cell {key} is {kinds[key]} in one form and {column.kind} in another")
    return kinds


@dataclass(frozen=True)
class CellGrid:
    """`document_ids` (as given) and, per cell key, columns of the same length. `repeated_count`: cells whose place was taken already."""

    document_ids: pl.Series
    cells: pl.DataFrame
    repeated_count: int
    _offsets: dict[Key, int]
    _values: pl.Series
    _states: pl.Series
    _positions: pl.Series

    def _slice(self, series: pl.Series, key: Key) -> pl.Series:
        return series.slice(self._offsets[key], len(self.document_ids))

    def values(self, key: Key) -> pl.Series:
        """Float64; null unless the cell can be computed with."""
        return self._slice(self._values, key)

    def states(self, key: Key) -> pl.Series:
        """UInt8: MISSING … ARITHMETIC."""
        return self._slice(self._states, key)

    def positions(self, key: Key) -> pl.Series:
        """UInt32 row of `cells`; null where the document does not hold the cell."""
        return self._slice(self._positions, key)


def build_grid(document_ids: pl.Series, cells: pl.DataFrame, keys: Collection[Key] | None = None) -> CellGrid:
    """The grid of `cells` (CELLS) over `document_ids`, with a column per key: by default every cell of the statutory forms.

    Cells of other documents and other keys are left out.
    """
    keys = list(form_cells() if keys is None else dict.fromkeys(keys))
    count = len(document_ids)
    key_frame = pl.DataFrame(keys, schema=["table", "row", "column"], orient="row").with_columns(
        offset=pl.int_range(len(keys), dtype=pl.UInt32) * count
    )
    documents = pl.DataFrame({"document_id": document_ids}).with_columns(document=pl.int_range(pl.len(), dtype=pl.UInt32))
    states = (
        pl.when(pl.col("is_doubtful"))
        .then(DOUBTFUL)
        .when(pl.col("value").is_null())
        .then(BLANK)
        .otherwise(pl.col("method").cast(pl.String).replace_strict(_METHOD_STATES))
        .cast(pl.UInt8)
    )
    placed = (
        cells.lazy()
        .select(
            "document_id",
            "table",
            "row",
            "column",
            "value",
            states.alias("state"),
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("position"),
        )
        .join(documents.lazy(), on="document_id", how="inner")
        .join(key_frame.lazy(), on=["table", "row", "column"], how="inner")
        .select(
            (pl.col("offset") + pl.col("document")).alias("slot"),
            pl.when(pl.col("state") >= LABEL).then("value").alias("value"),
            "state",
            "position",
        )
        .collect()
    )
    size = len(keys) * count
    slots = placed["slot"]
    filled = pl.repeat(MISSING, size, dtype=pl.UInt8, eager=True).scatter(slots, placed["state"])
    return CellGrid(
        document_ids=document_ids,
        cells=cells,
        repeated_count=placed.height - int((filled != MISSING).sum()),
        _offsets={key: index * count for index, key in enumerate(keys)},
        _values=pl.repeat(None, size, dtype=pl.Float64, eager=True).scatter(slots, placed["value"]),
        _states=filled,
        _positions=pl.repeat(None, size, dtype=pl.UInt32, eager=True).scatter(slots, placed["position"]),
    )
