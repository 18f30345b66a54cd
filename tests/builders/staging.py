"""Builds staging tables of whole reports whose identities hold, for the tests of rules and gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from expectations.examples import ExampleReport, RejectedInput, build_tables
from ingest.templates import load_templates

PERSONS = "natural_person"


def fill_form(template: str = "2021", received: int = 4, carried_over: int = 1, carried_forward: int = 2) -> dict[str, str]:
    """Every cell of a form: all applicants natural persons, everything processed was granted, no disputes; all identities hold."""
    figures = {
        "new_received": received,
        "carried_over": carried_over,
        "granted": received + carried_over - carried_forward,
        "total_processed": received + carried_over - carried_forward,
        "carried_forward": carried_forward,
    }
    cells = {}
    for table, row, column in load_templates()[template].cells:
        counted = table == "requests" and row in figures and column.column in (PERSONS, "total")
        cells[f"{table}.{row}.{column.column}"] = str(figures[row]) if counted else "0"
    return cells


def make_report(number: int, *, changes: Mapping[str, str] | None = None, **fields: Any) -> ExampleReport:
    """Report `d<number>` of agency `a<number>` for 2023, whole and consistent but for `changes` (cell → text), or with just `cells`."""
    cells = fields["cells"] if "cells" in fields else {**fill_form(fields.get("template", "2021")), **(changes or {})}
    return ExampleReport(**{"document": f"d{number}", "agency": f"a{number}", **fields, "cells": cells})


def build_partition(*reports: ExampleReport, rejected: tuple[RejectedInput, ...] = ()) -> dict[str, pl.DataFrame]:
    """The staging tables, findings excepted, and the sightings of these reports."""
    return build_tables(reports, rejected)
