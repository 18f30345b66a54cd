"""The examples of the catalogue: small tables written in YAML, expanded to frames of the declared schemas."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from expectations.decisions.tables import DECISIONS
from ingest.errors import Issue, RuleError
from ingest.rosters import PUBLISHERS
from ingest.tables import CELLS, EVIDENCE, MENTIONS, OUTCOMES, RAW_SIGHTINGS, REPORTS, SECTIONS, SECTIONS_TABLE, UNPLACED, conform

_HEADINGS = dict(
    zip(
        SECTIONS,
        (
            "总体情况",
            "主动公开政府信息情况",
            "收到和处理政府信息公开申请情况",
            "政府信息公开行政复议、行政诉讼情况",
            "存在的主要问题及改进情况",
            "其他需要报告的事项",
        ),
        strict=True,
    )
)


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExampleMention(_Data):
    """One number stated in prose; `raw` is a number or the words of none (`value` 0)."""

    subject: str
    raw: str
    section: str | None = "overview"
    precision: Literal["exact", "about", "at_least", "at_most"] = "exact"
    unit: str | None = "件"
    sentence: str = "…"


class ExampleEvidence(_Data):
    """One row of `evidence`; lines are counted from 1 unless said otherwise."""

    fact: str
    origin: str
    value: str | None
    line: int | None = None
    chosen: bool = False
    agrees: bool | None = None


class ExampleUnplaced(_Data):
    """One number of a table that is no cell of the form."""

    label: str
    raw: str
    table: str = "requests"
    reason: Literal["unknown_row", "undecided"] = "unknown_row"


class ExampleReport(_Data):
    """One document. `cells`: `table.row.column` → printed text; numbers become values, other text a null value.

    `doubtful` and `methods` name cells by the same key; cells are placed by label on lines 1, 2, … unless said otherwise. Sections have the
    headings of the form unless `headings` has another; mentions stand on lines 101, 102, ….
    """

    document: str = "d1"
    sources: tuple[str, ...] = ()
    agency: str | None = "a1"
    agency_name: str | None = None
    title: str | None = None
    year: int | None = 2023
    template: str | None = "2021"
    status: Literal["accepted", "suspect"] = "accepted"
    issue: Issue | None = None
    cells: dict[str, str] = {}
    doubtful: tuple[str, ...] = ()
    methods: dict[str, Literal["label", "order", "arithmetic"]] = {}
    sections: tuple[str, ...] = SECTIONS
    headings: dict[str, str] = {}
    section_bytes: int = 300
    mentions: tuple[ExampleMention, ...] = ()
    evidence: tuple[ExampleEvidence, ...] = ()
    is_cut_off: bool = False
    published: date | None = None
    written: date | None = None
    agency_kind: str | None = None
    level: str | None = None
    region: str | None = None
    scope: str | None = None
    index_number: str | None = None
    unplaced: tuple[ExampleUnplaced, ...] = ()
    expected: int | None = None
    located: int | None = None


class ExamplePublisher(_Data):
    """One agency whose report is expected in the year of the example."""

    agency: str
    parent: str | None = None
    kind: str | None = None
    scope: str | None = None
    region: str | None = None


class RejectedInput(_Data):
    """One input that gave no report."""

    source: str
    issue: Issue
    year: int | None = 2023


class BulkReports(_Data):
    """`count` reports of as many agencies of one region, all with these cells."""

    count: int
    cells: dict[str, str]
    region: str | None = None


class Example(_Data):
    """What a rule is tried on. `marts`, `published`: mart → rows; `previous`, `last_good`: reports of those tables."""

    reports: tuple[ExampleReport, ...] = ()
    bulk: tuple[BulkReports, ...] = ()
    rejected: tuple[RejectedInput, ...] = ()
    previous: tuple[ExampleReport, ...] | None = None
    last_good: tuple[ExampleReport, ...] | None = None
    marts: dict[str, tuple[dict[str, Any], ...]] = {}
    published: dict[str, tuple[dict[str, Any], ...]] | None = None
    decisions: tuple[dict[str, Any], ...] = ()
    """Rows of DECISIONS."""
    copies: int = 1
    """How often each row of `marts` and `published` stands there, each time of another agency and document."""
    publishers: tuple[ExamplePublisher, ...] = ()
    dropped: tuple[str, ...] = ()
    """Documents whose row in `reports`, and among those stored by a scan, is left out although everything else of them is there."""


def build_tables(reports: tuple[ExampleReport, ...], rejected: tuple[RejectedInput, ...] = ()) -> dict[str, pl.DataFrame]:
    """outcomes, reports, cells, unplaced, sections, mentions, evidence and sightings of the documents."""
    outcomes: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    sections: list[dict[str, Any]] = []
    mentions: list[dict[str, Any]] = []
    evidence: list[dict[str, Any]] = []
    unplaced: list[dict[str, Any]] = []
    for report in reports:
        outcomes.extend(
            {
                "source": source,
                "document_id": report.document,
                "report_year": report.year,
                "status": report.status,
                "issue": _issue_of(report),
            }
            for source in report.sources or (f"{report.document}.txt",)
        )
        sure = len(report.cells) - len(report.doubtful)
        rows.append(
            {
                "document_id": report.document,
                "report_year": report.year,
                "agency_id": report.agency,
                "agency_name": report.agency if report.agency_name is None else report.agency_name,
                "title": report.title,
                "template": report.template,
                "status": report.status,
                "issue": _issue_of(report),
                "published_date": report.published,
                "written_date": report.written,
                "agency_kind": report.agency_kind,
                "agency_level": report.level,
                "region_code": report.region,
                "report_scope": report.scope,
                "index_number": report.index_number,
                "expected_cell_count": len(report.cells) if report.expected is None else report.expected,
                "located_cell_count": sure if report.located is None else report.located,
                "doubtful_cell_count": len(report.doubtful),
                "is_cut_off": report.is_cut_off,
            }
        )
        cells.extend(_build_cell(report, line, key, raw) for line, (key, raw) in enumerate(report.cells.items(), start=1))
        sections.extend(
            {
                "document_id": report.document,
                "section": section,
                "heading": report.headings.get(section, _HEADINGS[section]),
                "start_line": index,
                "end_line": index,
                "start_byte": index * 1000,
                "end_byte": index * 1000 + report.section_bytes,
            }
            for index, section in enumerate(report.sections, start=1)
        )
        mentions.extend(
            {"document_id": report.document, **mention.model_dump(), "value": _read_value(mention.raw) or 0.0, "line": line}
            for line, mention in enumerate(report.mentions, start=101)
        )
        unplaced.extend(
            {"document_id": report.document, **item.model_dump(), "line": line} for line, item in enumerate(report.unplaced, start=201)
        )
        evidence.extend(
            {
                "document_id": report.document,
                "fact": item.fact,
                "origin": item.origin,
                "value": item.value,
                "raw": item.value,
                "line": line if item.line is None else item.line,
                "is_chosen": item.chosen,
                "agrees": item.agrees,
            }
            for line, item in enumerate(report.evidence, start=1)
        )
    outcomes.extend({"source": item.source, "report_year": item.year, "status": "rejected", "issue": item.issue.value} for item in rejected)
    sightings = [
        {name: outcome.get(name) for name in ("source", "document_id", "report_year")}
        | {"issue": None if "document_id" in outcome else outcome["issue"]}
        for outcome in outcomes
    ]
    return {
        "outcomes": _frame(outcomes, OUTCOMES).sort("source"),
        "reports": _frame(rows, REPORTS).sort("document_id"),
        "cells": _frame(cells, CELLS).sort("document_id", "table", "row", "column"),
        "unplaced": _frame(unplaced, UNPLACED),
        "sections": _frame(sections, SECTIONS_TABLE).sort("document_id", "start_line"),
        "mentions": _frame(mentions, MENTIONS),
        "evidence": _frame(evidence, EVIDENCE).sort("document_id", "fact", maintain_order=True),
        "sightings": _frame(sightings, RAW_SIGHTINGS).sort("source"),
    }


def build_publishers(publishers: tuple[ExamplePublisher, ...]) -> pl.DataFrame:
    """PUBLISHERS of 2023."""
    rows = [
        {
            "agency_id": item.agency,
            "report_year": 2023,
            "agency_name": item.agency,
            "region_code": item.region,
            "agency_kind": item.kind,
            "report_scope": item.scope,
            "parent_agency_id": item.parent,
        }
        for item in publishers
    ]
    return _frame(rows, PUBLISHERS)


def expand_example(example: Example) -> dict[str, dict[str, pl.DataFrame] | None]:
    """`tables`, `previous`, `last_good`, `marts` and `published` as frames. `tables` with `scanned` and `stored`, as scans are judged."""
    bulk = tuple(
        ExampleReport(document=f"b{at}-{number}", agency=f"b{at}-{number}", region=group.region, cells=group.cells)
        for at, group in enumerate(example.bulk)
        for number in range(group.count)
    )
    tables = build_tables((*example.reports, *bulk), example.rejected)
    if example.dropped:
        tables["reports"] = tables["reports"].filter(~pl.col("document_id").is_in(example.dropped))
    tables["decisions"] = _frame(list(example.decisions), DECISIONS)
    tables["publishers"] = build_publishers(example.publishers)
    tables["scanned"] = tables["sightings"].select("source")
    tables["stored"] = tables["reports"].select("document_id", issue=pl.lit(None, dtype=pl.String))
    return {
        "tables": tables,
        "previous": None if example.previous is None else build_tables(example.previous),
        "last_good": None if example.last_good is None else build_tables(example.last_good),
        "marts": _build_marts(example.marts, example.copies),
        "published": None if example.published is None else _build_marts(example.published, example.copies),
    }


def _build_marts(marts: dict[str, tuple[dict[str, Any], ...]], copies: int) -> dict[str, pl.DataFrame]:
    frames = {}
    for mart, rows in marts.items():
        numbered = [
            {name: f"{value}-{number}" if copies > 1 and name in ("agency_id", "document_id") else value for name, value in row.items()}
            for number in range(copies)
            for row in rows
        ]
        frames[mart] = pl.DataFrame(numbered, infer_schema_length=None)
    return frames


def _issue_of(report: ExampleReport) -> str | None:
    if report.issue is not None:
        return report.issue.value
    return None if report.status == "accepted" else Issue.INCOMPLETE_TABLES.value


def _build_cell(report: ExampleReport, line: int, key: str, raw: str) -> dict[str, Any]:
    parts = key.split(".")
    if len(parts) != 3:  # noqa: PLR2004 table, row, column
        raise RuleError(f"example cell {key!r} is not table.row.column")
    return {
        "document_id": report.document,
        "table": parts[0],
        "row": parts[1],
        "column": parts[2],
        "value": _read_value(raw),
        "raw": raw,
        "line": line,
        "method": report.methods.get(key, "label"),
        "is_doubtful": key in report.doubtful,
        "unit": "件",
    }


def _read_value(raw: str) -> float | None:
    try:
        return float(raw)
    except ValueError:
        return None


def _frame(rows: list[dict[str, Any]], schema: pl.Schema) -> pl.DataFrame:
    if not rows:
        return pl.DataFrame(schema=schema)
    return conform(pl.DataFrame(rows, infer_schema_length=None), schema)
