"""What the placing steps share: a table of a form, and a cell as read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from ingest.lexicon import Form, Lexicon
from ingest.lexing import Lexeme

Method = Literal["label", "order", "arithmetic"]


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """One cell as read. `value` is None for a blank or dash."""

    table: str
    row: str
    column: str
    value: float | None
    raw: str
    line: int
    method: Method
    is_doubtful: bool
    unit: str | None
    is_contested: bool = False  # placed by order against a label near it: doubted unless every sum holds
    start: int = -1  # where in the text the number begins that it was read from


@dataclass(frozen=True, slots=True)
class FormTable:
    """One table of a form: its rows with their columns in printed order, and the unit of each cell."""

    table: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    units: Mapping[tuple[str, str], str | None]
    shared_labels: frozenset[str]
    """Rows whose label only groups rows in another form of the circular."""
    heads: Mapping[str, int] = field(default_factory=dict)
    """The heads of the blocks of table 二, as lexemes have them, with their position."""
    blocks: Mapping[str, int] = field(default_factory=dict)
    """Row of table 二 → the position of its block."""

    @property
    def cell_count(self) -> int:
        """How many cells the table has."""
        return sum(len(columns) for _, columns in self.rows)


@lru_cache(maxsize=64)
def build_form_table(form: Form, table: str, lexicon: Lexicon) -> FormTable:
    """The table of a form as the placing steps need it."""
    rows = form.rows_of(table)
    units = {(row, c): lexicon.units[form.template, table, row, c] for row, columns in rows for c in columns}
    return FormTable(
        table,
        rows,
        units,
        frozenset(row for own, row in lexicon.shared_labels if own == table),
        {head: position for head, (own, position) in lexicon.block_heads.items() if own == table},
        {row: block for (own, row), block in lexicon.row_blocks.items() if own == table},
    )


@dataclass(frozen=True, slots=True)
class FittedRow:
    """The cells of one printed row, in the columns of the form as far as they are printed.

    `cell_count`: with those of merged columns. `is_exact`: its line has the cells that the lines of full rows have, blank or not.
    """

    values: Sequence[Lexeme]
    cell_count: int
    is_exact: bool
