"""Names of rows and columns as people say them, and numbers as they are printed, for the messages of findings."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import polars as pl

from expectations.checks.grids import form_cells
from ingest.templates import load_templates

_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.．、])")
_NOTE = re.compile(r"（[^）]*）$")


class Label(NamedTuple):
    """A name in Chinese (the words of the form, numbering and notes left out) and in English (the key in words)."""

    zh: str
    en: str


@cache
def _labels(part: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for template in load_templates().values():
        for table in template.tables:
            rows = [(row.row, row.label) for row in (*table.rows, *table.variants)]
            entries = rows if part == "row" else [(column.column, column.label) for column in table.columns]
            for key, label in entries:
                # The newest form, loaded first, gives the name.
                found.setdefault((table.table, key), _NOTE.sub("", _NUMBERING.sub("", label)))
    return found


@cache
def _tables() -> frozenset[str]:
    return frozenset(table for table, _, _ in form_cells())


def label_row(table: str, row: str) -> Label:
    """The name of a row of a statutory form; rows of other tables are their own names."""
    if table not in _tables():
        return Label(row, row)
    return Label(_labels("row")[table, row], row.replace("_", " "))


def label_column(table: str, column: str) -> Label:
    """The name of a column of a statutory form; columns of other tables are their own names."""
    if table not in _tables():
        return Label(column, column)
    return Label(_labels("column")[table, column], column.replace("_", " "))


def rows_of(table: str) -> list[str]:
    """The rows of a table over all forms, in printed order."""
    return list(dict.fromkeys(row for name, row, _ in form_cells() if name == table))


def columns_of(table: str) -> list[str]:
    """The columns of a table over all forms, in printed order."""
    return list(dict.fromkeys(column for name, _, column in form_cells() if name == table))


def say_number(value: pl.Expr) -> pl.Expr:
    """A number as people write it: 5, not 5.0; decimals as they are, to six places."""
    rounded = value.round(6)
    return (
        pl.when(value.is_null())
        .then(pl.lit("（空）"))
        .when(rounded == rounded.round(0))
        .then(rounded.round(0).cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(rounded.cast(pl.String))
    )
