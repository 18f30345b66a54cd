"""What is derived from the catalogue and the templates for others: the dbt seeds and the rule book."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from expectations.catalogue import Catalogue, load_catalogue
from expectations.describing import describe_rule, say_allowance
from expectations.indicators.declaring import load_indicators
from expectations.indicators.describing import build_indicator_seed
from ingest.regions import load_regions, load_successors
from ingest.templates import Template, load_templates

_FIRST_REPORT_YEAR = 2008
"""The first year that reports are of (政府信息公开条例, 国令第492号)."""

RULES_SEED = pl.Schema(
    {
        "rule_id": pl.String,
        "code": pl.String,
        "version": pl.Int16,
        "title_zh": pl.String,
        "title_en": pl.String,
        "source": pl.String,
        "formula": pl.String,
        "severity": pl.String,
        "on_failure": pl.String,
        "scope": pl.String,
        "blocks": pl.Boolean,
        "allowed_share": pl.Float64,
        "allowed_count": pl.Int32,
    }
)
"""One row per rule, by rule_id."""

TEMPLATE_CELLS_SEED = pl.Schema(
    {
        "template": pl.String,
        "cell_order": pl.Int32,
        "table_key": pl.String,
        "row_key": pl.String,
        "column_key": pl.String,
        "table_title": pl.String,
        "row_label": pl.String,
        "row_group": pl.String,
        "column_label": pl.String,
        "unit": pl.String,
        "value_kind": pl.String,
    }
)
"""One row per cell of each form, in printed order from 1; the cells of variant rows, which stand in place of others, come last."""


REGIONS_SEED = pl.Schema(
    {
        "region_code": pl.String,
        "region_name": pl.String,
        "region_level": pl.String,
        "parent_code": pl.String,
        "valid_from_year": pl.Int16,
        "valid_to_year": pl.Int16,
        "successor_code": pl.String,
        "change_kind": pl.String,
    }
)
"""One row per region that was in force in 2008 or later, by code and first year (ingest/regions)."""


def build_seeds(catalogue: Catalogue, templates: Mapping[str, Template]) -> dict[str, pl.DataFrame]:
    """`rules` (RULES_SEED), `template_cells` (TEMPLATE_CELLS_SEED), `indicators` (INDICATORS_SEED) and `regions` (REGIONS_SEED)."""
    rules = [
        (
            rule.id,
            rule.code,
            rule.version,
            rule.title_zh,
            rule.title_en,
            rule.source,
            rule.formula,
            rule.severity,
            rule.on_failure,
            rule.scope,
            rule.gate.blocks,
            rule.gate.allowed_share,
            rule.gate.allowed_count,
        )
        for rule in catalogue.rules
    ]
    cells = [row for template in sorted(templates) for row in _list_cells(templates[template])]
    return {
        "rules": pl.DataFrame(rules, schema=RULES_SEED, orient="row"),
        "template_cells": pl.DataFrame(cells, schema=TEMPLATE_CELLS_SEED, orient="row"),
        "indicators": build_indicator_seed(load_indicators(), templates),
        "regions": _list_regions(),
    }


def write_seeds(directory: Path) -> list[Path]:
    """Writes one CSV per seed; the same catalogue gives the same bytes."""
    seeds = build_seeds(load_catalogue(), load_templates())
    written = []
    for name, frame in seeds.items():
        path = directory / f"{name}.csv"
        frame.write_csv(path, line_terminator="\n")
        written.append(path)
    return written


def render_rule_book(catalogue: Catalogue) -> str:
    """The rule book in Markdown: a table of all rules, one chapter each, and what no rule decides."""
    lines = [
        "# Rule book",
        "",
        "Generated from `expectations/rules/*.yml`; do not edit. `make docs` writes it anew.",
        "",
        "| rule | code | title | severity | a failure | stops a year |",
        "|---|---|---|---|---|---|",
    ]
    for rule in catalogue.rules:
        stops = f"more than {say_allowance(rule.gate.allowed_share, rule.gate.allowed_count, 'en')}" if rule.gate.blocks else "never"
        link = f"[`{rule.id}`](#{rule.id.replace('.', '')})"
        lines.append(f"| {link} | {rule.code} | {rule.title_en} | {rule.severity} | {rule.on_failure} | {stops} |")
    for rule in catalogue.rules:
        lines += ["", f"## `{rule.id}`"]
        for language in ("zh", "en"):
            head, *rest = describe_rule(rule, language).splitlines()
            lines += ["", head, "", *(f"- {line}" for line in rest)]
    lines += ["", "## What no rule decides", ""]
    lines += ["| code | | why |", "|---|---|---|"]
    lines += [f"| {entry.code} | {entry.title_zh} {entry.title_en} | {entry.reason} |" for entry in catalogue.undecided]
    return "\n".join(lines) + "\n"


def write_rule_book(path: Path) -> Path:
    """Writes the rule book to `path` (docs/rules.md)."""
    path.write_text(render_rule_book(load_catalogue()), "utf-8")
    return path


def _list_regions() -> pl.DataFrame:
    ended = pl.col("valid_to_year")
    return (
        load_regions()
        .filter(ended.is_null() | (ended >= _FIRST_REPORT_YEAR))
        .join(load_successors(), on=["code", "valid_to_year"], how="left", maintain_order="left")
        .select(
            region_code="code",
            region_name="name",
            region_level="level",
            parent_code="parent_code",
            valid_from_year="valid_from_year",
            valid_to_year="valid_to_year",
            successor_code="successor_code",
            change_kind="change",
        )
        .cast(REGIONS_SEED)
    )


def _list_cells(template: Template) -> list[tuple[str | int | None, ...]]:
    cells: list[tuple[str | None, ...]] = []
    printed = [(table, row) for table in template.tables for row in table.rows]
    variants = [(table, row) for table in template.tables for row in table.variants]
    for table, row in (*printed, *variants):
        cells.extend(
            (table.table, row.row, column.column, table.title, row.label, row.group, column.label, column.unit, column.kind)
            for column in table.columns_of(row.row)
        )
    return [(template.template, order, *cell) for order, cell in enumerate(cells, start=1)]
