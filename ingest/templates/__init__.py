"""Statutory templates as data: one YAML file per version of the form, read and validated here.

A new version of the form is one more `t*.yml` beside this module; no code names a version.
"""

from __future__ import annotations

from functools import cache, cached_property
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ingest.declarations import parse_yaml
from ingest.errors import TemplateError
from ingest.tables import SECTIONS


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Data):
    """A column head. `kind`: count (non-negative integer), signed (may carry + or -), decimal (money)."""

    column: str
    label: str
    unit: str | None
    kind: Literal["count", "signed", "decimal"] = "count"


class Row(_Data):
    """A row label; `group` is the merged label to its left, if any."""

    row: str
    label: str
    group: str | None = None


class Variant(Row):
    """A row that may stand in place of the rows it `replaces`."""

    replaces: tuple[str, ...]


class Block(_Data):
    """A part of a table with column heads of its own."""

    head: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]


class Table(_Data):
    """One statutory table. Without `blocks` every row has every column."""

    table: Literal["proactive", "requests", "disputes"]
    section: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    blocks: tuple[Block, ...] = ()
    variants: tuple[Variant, ...] = ()

    @model_validator(mode="after")
    def _references_hold(self) -> Table:
        rows, columns = {r.row for r in self.rows}, {c.column for c in self.columns}
        for block in self.blocks:
            if not set(block.rows) <= rows or not set(block.columns) <= columns:
                raise ValueError(f"block {block.head} of {self.table} names a row or column that the table does not have")
        for variant in self.variants:
            if not set(variant.replaces) <= rows:
                raise ValueError(f"variant {variant.row} of {self.table} replaces a row that the table does not have")
        if self.blocks and [r for b in self.blocks for r in b.rows] != [r.row for r in self.rows]:
            raise ValueError(f"the blocks of {self.table} must hold its rows in order")
        return self

    def columns_of(self, row: str) -> tuple[Column, ...]:
        """The columns that a row has, in order."""
        by_key = {c.column: c for c in self.columns}
        for block in self.blocks:
            if row in block.rows:
                return tuple(by_key[c] for c in block.columns)
        return self.columns


class Template(_Data):
    """One version of the statutory form. `instrument` is the circular that issued it."""

    template: str
    instrument: str
    valid_from_year: int
    valid_to_year: int | None
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """The table of that name; TemplateError when the form has none."""
        for table in self.tables:
            if table.table == name:
                return table
        raise TemplateError(f"template {self.template} has no table {name}")

    @cached_property
    def cells(self) -> tuple[tuple[str, str, Column], ...]:
        """(table, row, column) of every cell, in printed order: 200 for 2021, 198 for 2019."""
        return tuple((t.table, r.row, c) for t in self.tables for r in t.rows for c in t.columns_of(r.row))

    def is_valid_for(self, year: int) -> bool:
        """Whether the form was prescribed for reports on that year."""
        return self.valid_from_year <= year and (self.valid_to_year is None or year <= self.valid_to_year)


class RowAlias(_Data):
    """Another spelling of a row label, with the document that showed it."""

    table: str
    row: str
    label: str
    seen_in: str


class HeadingAlias(_Data):
    """A spelling of a section heading, without its number."""

    section: Literal["overview", "proactive", "requests", "disputes", "problems", "other"]
    label: str
    seen_in: str | None = None


class Aliases(_Data):
    """All known other spellings."""

    rows: tuple[RowAlias, ...]
    headings: tuple[HeadingAlias, ...]


def parse_template(text: str, origin: str) -> Template:
    """A template from YAML text; TemplateError names `origin` and what is wrong."""
    try:
        return Template.model_validate(parse_yaml(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise TemplateError(f"{origin}: {error}") from error


@cache
def load_templates() -> dict[str, Template]:
    """Template id → template, for every `t*.yml` of this package, newest form first."""
    found = [
        parse_template(entry.read_text("utf-8"), entry.name)
        for entry in files(__package__).iterdir()
        if entry.name.startswith("t") and entry.name.endswith(".yml")
    ]
    return {t.template: t for t in sorted(found, key=lambda t: -t.valid_from_year)}


@cache
def load_aliases() -> Aliases:
    """The spellings of `aliases.yml`."""
    try:
        return Aliases.model_validate(parse_yaml(files(__package__).joinpath("aliases.yml").read_text("utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise TemplateError(f"aliases.yml: {error}") from error


def section_numeral(section: str) -> str:
    """The printed numeral of a section: overview → 一."""
    return "一二三四五六"[SECTIONS.index(section)]
