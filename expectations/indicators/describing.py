"""What readers and the warehouse see of the declared indicators: the seed and docs/indicators.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from expectations.indicators.declaring import Declaration, Indicator
from ingest.templates import Template

INDICATORS_SEED: Final = pl.Schema(
    {
        "indicator_id": pl.String,
        "indicator_key": pl.String,
        "name_zh": pl.String,
        "name_en": pl.String,
        "kind": pl.String,
        "unit": pl.String,
        "grain": pl.String,
        "model": pl.String,
        "model_column": pl.String,
        "numerator": pl.String,
        "denominator": pl.String,
        "formula": pl.String,
        "small_sample_size": pl.Int32,
        "templates": pl.String,
        "comparable_templates": pl.String,
        "unsupported_reason": pl.String,
        "caveat_zh": pl.String,
        "caveat_en": pl.String,
    }
)
"""One row per indicator, as declared. Lists of forms are joined by commas; `templates` is null where the number comes from the prose."""

_WHERE: Final = "agency_year"


def build_indicator_seed(declaration: Declaration, templates: Mapping[str, Template]) -> pl.DataFrame:
    """INDICATORS_SEED."""
    rows = [
        (
            indicator.id,
            indicator.key,
            indicator.name_zh,
            indicator.name_en,
            indicator.kind,
            indicator.unit,
            _name_grain(indicator),
            "mart_agency_years" if indicator.numerator is not None else indicator.model,
            indicator.key if indicator.numerator is not None else indicator.column,
            indicator.numerator,
            indicator.denominator,
            indicator.formula,
            declaration.small_sample if indicator.denominator is not None else None,
            _join_forms(indicator, declaration, templates),
            ",".join(indicator.comparable) or None,
            indicator.unsupported,
            indicator.caveat_zh,
            indicator.caveat_en,
        )
        for indicator in declaration.indicators
    ]
    return pl.DataFrame(rows, schema=INDICATORS_SEED, orient="row")


def render_indicator_page(declaration: Declaration, templates: Mapping[str, Template]) -> str:
    """docs/indicators.md: how indicators are computed, then each with its formula and where it may be compared."""
    computed, others = declaration.computed, [entry for entry in declaration.indicators if entry.model is not None]
    missing = [entry for entry in declaration.indicators if entry.unsupported is not None]
    lines = [
        "# Indicators",
        "",
        "Generated from `expectations/indicators/indicators.yml`; do not edit. `make docs` writes it anew.",
        "",
        f"{len(declaration.indicators)} indicators: {len(computed)} of a single report, {len(others)} of another grain, {len(missing)}",
        "that the data cannot support. Each is declared once; SQL, columns, seed and this page come from the declaration, and the tests",
        "compute each again in another way from the published facts.",
        "",
        "- `mart_agency_years` has a column per indicator of a single report, beside the figures it divides.",
        "- `mart_agency_indicators` has a row per report and indicator: numerator, denominator, value, `status`, the year before, peers.",
        "- `dim_indicators` has this page as a table.",
        "",
        "A blank, a dash or a missing cell makes an indicator null, never 0. So does a denominator of 0, and a share whose printed",
        f"parts exceed their whole. With a sample below {declaration.small_sample} an indicator is flagged `is_small_sample`.",
        "",
        "## Of a single report",
        "",
        "| id | column | | formula | forms | runs over | |",
        "|---|---|---|---|---|---|---|",
    ]
    for entry in computed:
        forms = _join_forms(entry, declaration, templates)
        chain = ", ".join(entry.comparable) or "one form"
        notes = " ".join(text for text in (entry.caveat_zh, entry.caveat_en) if text)
        lines.append(
            f"| {entry.id} | `{entry.key}` | {entry.name_zh} {entry.name_en} | `{entry.formula}` | "
            f"{'prose' if forms is None else forms.replace(',', ', ')} | {chain} | {notes} |"
        )
    lines += ["", "## Of another grain", "", "| id | | where | |", "|---|---|---|---|"]
    for entry in others:
        notes = " ".join(text for text in (entry.caveat_zh, entry.caveat_en) if text)
        lines.append(f"| {entry.id} | {entry.name_zh} {entry.name_en} | `{entry.model}.{entry.column}` | {notes} |")
    lines += ["", "## Not supported", "", "| id | | why |", "|---|---|---|"]
    lines += [f"| {entry.id} | {entry.name_zh} {entry.name_en} | {entry.unsupported} |" for entry in missing]
    lines += ["", "## Figures", "", "| column | | made of |", "|---|---|---|"]
    for figure in declaration.figures:
        if figure.mention is not None:
            source = f"mention `{figure.mention}`"
        elif figure.previous is not None:
            source = f"`{figure.previous}` of the year before"
        else:
            source = ", else ".join(f"`{formula}`" for formula in figure.formulas)
        lines.append(f"| `{figure.key}` | {figure.name}, {figure.unit} | {source} |")
    return "\n".join(lines) + "\n"


def _name_grain(indicator: Indicator) -> str | None:
    if indicator.unsupported is not None:
        return None
    return _WHERE if indicator.model is None else "other"


def _join_forms(indicator: Indicator, declaration: Declaration, templates: Mapping[str, Template]) -> str | None:
    if indicator.numerator is None:
        return None
    forms = declaration.list_forms(indicator, templates)
    return None if forms is None else ",".join(sorted(forms))
