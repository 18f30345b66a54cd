"""One small pure function per kind of rule; `KINDS` is the only place where a kind gets its name."""

from typing import Final

from expectations.checks import (
    arithmetic,
    corpus,
    duplicates,
    forms,
    marts,
    misplacements,
    relations,
    statements,
    statistics,
    structure,
    years,
)
from expectations.checks.verdicts import Kind

KINDS: Final[dict[str, Kind]] = {
    "balance": Kind("report", arithmetic.BalanceTerms, arithmetic.check_balance),
    "row_total": Kind("report", arithmetic.RowTotalTerms, arithmetic.check_row_total),
    "column_total": Kind("report", arithmetic.ColumnTotalTerms, arithmetic.check_column_total),
    "whole_numbers": Kind("report", structure.CellKindTerms, structure.check_whole_numbers),
    "complete": Kind("report", structure.NoTerms, structure.check_complete),
    "sections_in_order": Kind("report", structure.SectionTerms, structure.check_sections),
    "template_of_year": Kind("report", structure.TemplateYearTerms, structure.check_template_year),
    "conflicting_copies": Kind("report", structure.NoTerms, duplicates.check_conflicting_copies),
    "identical_copies": Kind("report", structure.NoTerms, duplicates.check_identical_copies),
    "single_sighting": Kind("report", structure.NoTerms, duplicates.check_single_sighting),
    "carried_from_last_year": Kind("report", years.CarriedTerms, years.check_carried),
    "relations": Kind("report", relations.RelationTerms, relations.check_relations),
    "swapped_rows": Kind("report", misplacements.SwappedTerms, misplacements.check_swapped_rows),
    "shifted_rows": Kind("report", misplacements.ShiftedTerms, misplacements.check_shifted_rows),
    "repeated_figure": Kind("report", misplacements.RepeatedTerms, misplacements.check_repeated_figure),
    "statistics": Kind("report", statistics.StatisticsTerms, statistics.check_statistics),
    "statements": Kind("report", statements.StatementTerms, statements.check_statements),
    "consistent_statements": Kind("report", statements.ConsistencyTerms, statements.check_consistency),
    "stated_parts": Kind("report", statements.PartsTerms, statements.check_parts),
    "stated_rate": Kind("report", statements.RateTerms, statements.check_rate),
    "stated_fees": Kind("report", statements.FeeTerms, statements.check_fees),
    "title": Kind("report", forms.TitleTerms, forms.check_title),
    "headings": Kind("report", forms.HeadingTerms, forms.check_headings),
    "printed_figures": Kind("report", forms.YearTerms, forms.check_printed_figures),
    "section_length": Kind("report", forms.LengthTerms, forms.check_section_length),
    "powers": Kind("report", forms.PowerTerms, forms.check_powers),
    "money_scale": Kind("report", forms.MoneyTerms, forms.check_money_scale),
    "conservation": Kind("partition", structure.NoTerms, corpus.check_conservation),
    "readable": Kind("partition", corpus.ReadableTerms, corpus.check_readable),
    "read_in_full": Kind("partition", corpus.IssueTerms, corpus.check_read_in_full),
    "sound": Kind("partition", corpus.SoundTerms, corpus.check_sound),
    "no_regression": Kind("partition", structure.NoTerms, corpus.check_no_regression),
    "mart_reconciles": Kind("marts", marts.ReconcileTerms, marts.check_agency_years),
    "mart_cells": Kind("marts", marts.CellTerms, marts.check_cells),
    "mart_keys": Kind("marts", marts.KeyTerms, marts.check_unique_keys),
    "mart_shares": Kind("marts", marts.ShareTerms, marts.check_shares),
}
"""Name in the catalogue → scope, model of the terms, function."""
