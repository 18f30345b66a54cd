"""What the modules of `ingest.samples` hand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from ingest.templates.printing import CellKey, PrintedTable


@dataclass(frozen=True)
class Agency:
    """An invented agency. `self_word` is how it calls itself (我局), `superior` who directs it, `slug` its name in ASCII."""

    name: str
    slug: str
    kind: str
    region: str
    self_word: str
    superior: str
    region_slug: str
    licence_factor: float


@dataclass(frozen=True)
class Slip:
    """An agency's own error, printed readably. `consistent` is what the cell would have to hold."""

    name: str
    cell: CellKey
    printed: float
    consistent: float


@dataclass(frozen=True)
class ReportFigures:
    """The figures of one report before anything is printed.

    `variants` names the variant rows in use: ("other_processed",) is the mixed form. `values` holds every cell of the form.
    """

    agency: Agency
    report_year: int
    template: str
    variants: tuple[str, ...]
    values: Mapping[CellKey, float]
    slips: tuple[Slip, ...] = ()


class Line(NamedTuple):
    """One line of text, the cells whose values stand on it and the section that it heads."""

    text: str
    cells: tuple[CellKey, ...] = ()
    heads: tuple[str, ...] = ()


class Block(NamedTuple):
    """A part of the page: a section's heading, a paragraph of it, or its table."""

    section: str
    kind: Literal["heading", "paragraph", "table"]
    text: str
    table: PrintedTable | None = None


@dataclass
class Page:
    """A report before its layout: `header` rows are (label, value) pairs."""

    title: str | None
    header: list[tuple[str, str]]
    preamble: list[str]
    blocks: list[Block]
    footer: list[str]


@dataclass(frozen=True)
class RenderedReport:
    """A text and what is true of it.

    `figures`, `raws` and `lines` have the same keys: the cells that stand in the text. A figure is None for a blank or a dash (`raws` tells
    which); `lines` are 1-based lines of `text`. `lost` are the cells of the form that the damage took out of the text.
    `heading_lines` maps the sections that stand in the text to the line of their heading. In a layout without line breaks many cells and
    headings share a line; for HTML the lines are those of the source.
    """

    text: str
    figures: Mapping[CellKey, float | None]
    raws: Mapping[CellKey, str]
    lines: Mapping[CellKey, int]
    lost: frozenset[CellKey]
    heading_lines: Mapping[str, int]
    agency_name: str
    report_year: int
    published_date: date | None
    index_number: str | None
    title: str | None
    template: str
    variants: tuple[str, ...]
    layout: str
    damage: str
    damage_detail: str
    slips: tuple[Slip, ...]
    media_type: str
    suffix: str
    slug: str
    encoding: str = "utf-8"

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self.text.encode(self.encoding)
