"""One small pure function per kind of rule; `KINDS` is the only place where a kind gets its name."""

from typing import Final

from expectations.checks import arithmetic, corpus, drift, duplicates, evidence, marts, scans, structure, years
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
    "evidence": Kind("report", evidence.EvidenceTerms, evidence.check_evidence),
    "conservation": Kind("partition", structure.NoTerms, corpus.check_conservation),
    "readable": Kind("partition", corpus.ReadableTerms, corpus.check_readable),
    "read_in_full": Kind("partition", corpus.IssueTerms, corpus.check_read_in_full),
    "sound": Kind("partition", corpus.SoundTerms, corpus.check_sound),
    "no_regression": Kind("partition", structure.NoTerms, corpus.check_no_regression),
    "mart_reconciles": Kind("marts", marts.ReconcileTerms, marts.check_agency_years),
    "mart_cells": Kind("marts", marts.CellTerms, marts.check_cells),
    "mart_keys": Kind("marts", marts.KeyTerms, marts.check_unique_keys),
    "mart_shares": Kind("marts", marts.ShareTerms, marts.check_shares),
    "scan_conserved": Kind("raw", structure.NoTerms, scans.check_scan_conserved),
    "bytes_readable": Kind("raw", corpus.ReadableTerms, scans.check_bytes_readable),
    "repeated_bytes": Kind("raw", structure.NoTerms, scans.check_repeated_bytes),
    "gone_agency_years": Kind("drift", drift.GoneTerms, drift.check_gone),
    "fewer_reports": Kind("drift", drift.GroupTerms, drift.check_groups),
    "figures_changed": Kind("drift", drift.FigureTerms, drift.check_figures),
    "rate_moved": Kind("drift", drift.RateTerms, drift.check_rate),
    "median_moved": Kind("drift", drift.MedianTerms, drift.check_median),
    "total_moved": Kind("drift", drift.TotalTerms, drift.check_total),
}
"""Name in the catalogue → scope, model of the terms, function."""
