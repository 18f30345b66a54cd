"""Measures the rules: planted slips found and their causes, damage that must not be called a slip, clean reports that must not fail.

`make rulecheck` writes docs/rule-accuracy.md. The tests run a smaller share.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import polars as pl
from properties.planting import TODAY, Planted, plant_slips

from expectations.catalogue import load_catalogue
from expectations.findings import compute_findings
from ingest.documents import build_documents
from ingest.parsing import build_outcomes, parse_documents
from ingest.reading import ReadLimits, scan_inputs
from ingest.samples import DAMAGES, LAYOUTS, generate_history, plant_slip, render_report
from ingest.samples.agencies import invent_agency
from ingest.samples.seeding import make_rng

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "rule-accuracy.md"
_BATCH: Final = 2000
_TABLES: Final = ("reports", "cells", "unplaced", "sections", "mentions", "evidence")


class Slip(NamedTuple):
    """What became of one planted slip. `cause`: of the rules that should find it, the worst: parse, unknown, source; null: not found."""

    family: str
    name: str
    source: str
    cause: str | None


def judge_files(files: Mapping[str, bytes], misread: Callable[[pl.DataFrame], pl.DataFrame] = lambda cells: cells) -> pl.DataFrame:
    """FINDINGS of the files, read as one batch and judged year after year; `misread` changes what was read."""
    catalogue = load_catalogue()
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        documents, sightings = build_documents(scan_inputs([Path(folder)], ReadLimits()))
    sightings = sightings.with_columns(pl.col("source").str.split("/").list.last())
    parsed = parse_documents(documents)
    outcomes = build_outcomes(sightings, parsed)
    read = {name: getattr(parsed, name) for name in _TABLES} | {"cells": misread(parsed.cells)}
    found: list[pl.DataFrame] = []
    previous: dict[str, pl.DataFrame] | None = None
    # A slip in the year itself leaves it open: such reports are judged too, in the partition without a year.
    for year in [*sorted(outcomes["report_year"].drop_nulls().unique()), None]:
        own = outcomes.filter(pl.col("report_year").eq_missing(pl.lit(year, dtype=pl.Int16)))
        tables = {"outcomes": own} | {
            name: frame.join(own, on="document_id", how="semi", maintain_order="left") for name, frame in read.items()
        }
        found.append(compute_findings(tables, catalogue, previous=previous, report_year=year))
        previous = tables
    return pl.concat(found)


def list_failures(found: pl.DataFrame) -> pl.DataFrame:
    """The failures of single documents."""
    return found.filter((pl.col("verdict") == "failed") & pl.col("document_id").is_not_null())


def measure_slips(count: int, seed: int) -> list[Slip]:
    """`count` reports with one slip each."""
    result: list[Slip] = []
    planted = list(plant_slips(count, seed))
    for start in range(0, count, _BATCH):
        batch = planted[start : start + _BATCH]
        files = {name: content for entry in batch for name, content in entry.files.items()}
        failed = list_failures(judge_files(files)).select("source", "rule_id", pl.col("cause").cast(pl.String))
        by_source: dict[str, list[tuple[str, str]]] = {}
        for source, rule, cause in failed.iter_rows():
            by_source.setdefault(source.replace("b-", "*-"), []).append((rule, cause))
            by_source.setdefault(source, []).append((rule, cause))
            by_source.setdefault(source.replace("-", "*-", 1), []).append((rule, cause))
        result += [_judge(entry, by_source.get(entry.source, [])) for entry in batch]
    return result


def _judge(entry: Planted, failed: Iterable[tuple[str, str]]) -> Slip:
    causes = {cause for rule, cause in failed if rule in entry.plant.rules}
    worst = next((cause for cause in ("parse", "unknown", "source") if cause in causes), None)
    return Slip(entry.plant.family, entry.plant.name, entry.source, worst)


def measure_damage(count: int, seed: int, *, with_slip: bool) -> tuple[Counter[tuple[str, str]], Counter[str], list[tuple[str, str, str]]]:
    """(damage, cause) → reports with a failure of severity error of that cause; damage → reports; what was found, for people.

    The figures are clean, or have one slip of table 三 or 四; the damages of the renderer take turns.
    """
    pairs = [(layout, damage) for damage in DAMAGES.values() for layout in LAYOUTS.values() if damage.name != "none"]
    pairs = [(layout.name, damage.name) for layout, damage in pairs if layout.weight and damage.applies_to(layout)]
    files, damages = {}, {}
    for number in range(count):
        rng = make_rng("damaging", seed, number)
        layout, damage = rng.choice(pairs)
        (figures,) = generate_history(invent_agency(number), TODAY[1:], rng)
        if with_slip:
            figures = plant_slip(figures, rng.choice(("total_off", "row_total_off", "disputes_total_off")), rng)
        report = render_report(figures, layout, damage, seed)
        source = f"{number}-2023{report.suffix}"
        files[source], damages[source] = report.text.encode(), f"{damage}"
    failed = list_failures(judge_files(files)).filter(pl.col("severity") == "error")
    causes: Counter[tuple[str, str]] = Counter()
    for source, cause in failed.select("source", pl.col("cause").cast(pl.String)).unique().iter_rows():
        causes[damages[source], cause] += 1
    told = [(damages[s], s, f"{r} {c} {m}") for s, r, c, m in failed.select("source", "rule_id", "cause", "message_zh").iter_rows()]
    return causes, Counter(damages.values()), told


def measure_misreadings(count: int, seed: int) -> Counter[tuple[str, str]]:
    """(misreading, cause) → reports of clean figures whose table 三 was set in the wrong cells by order; cause is null where nothing failed.

    MISREADINGS take turns. Reports with fewer than ten requests are left out: nothing but zeros is right in any cell.
    """
    layouts = [layout.name for layout in LAYOUTS.values() if layout.weight]
    files: dict[str, bytes] = {}
    number = 0
    while len(files) < count:
        number += 1
        rng = make_rng("misreading", seed, number)
        (figures,) = generate_history(invent_agency(number % 9000), TODAY[1:], rng)
        if figures.values["requests", "new_received", "total"] >= 10:  # noqa: PLR2004
            report = render_report(figures, rng.choice(layouts), "none", seed)
            files[f"{number}-2023{report.suffix}"] = report.text.encode()
    result: Counter[tuple[str, str]] = Counter()
    for name, misread in MISREADINGS.items():
        failed = list_failures(judge_files(files, misread))
        sums = failed.filter(pl.col("rule_id").is_in(["requests.balance", "requests.row_total", "requests.column_total"]))
        causes = dict(sums.group_by("source").agg(pl.col("cause").cast(pl.String).unique().sort().first()).iter_rows())
        result.update((name, causes.get(source, "not found")) for source in files)
    return result


def _move_values(cells: pl.DataFrame, moved: pl.Expr, value: pl.Expr) -> pl.DataFrame:
    """Table 三 placed by order, with `value` in the cells `moved`."""
    is_requests = pl.col("table") == "requests"
    method = pl.when(is_requests).then(pl.lit("order")).otherwise(pl.col("method").cast(pl.String)).cast(cells.schema["method"])
    return cells.with_columns(method=method, value=pl.when(is_requests & moved).then(value).otherwise("value"))


_ROW: Final = ("document_id", "table", "row")
MISREADINGS: Final[dict[str, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "columns shifted": lambda cells: _move_values(cells, pl.lit(value=True), pl.col("value").shift(1).over(_ROW).fill_null(0)),
    "one row shifted": lambda cells: _move_values(
        cells, pl.col("row") == "new_received", pl.col("value").shift(1).over(_ROW).fill_null(0)
    ),
    "rows shifted": lambda cells: _move_values(
        cells,
        ~pl.col("row").is_in(["new_received", "carried_over"]),
        pl.col("value").shift(1).over("document_id", "table", "column").fill_null(0),
    ),
}
"""What a reader does that takes values by order and misses a cell, or a row."""


def measure_clean(count: int, seed: int) -> tuple[int, pl.DataFrame]:
    """Number of clean reports, and their failures."""
    layouts = [layout for layout in LAYOUTS.values() if layout.weight]
    forms = [(year, "2019" if year < 2021 else "2021", ()) for year in range(2019, 2026)]  # noqa: PLR2004
    files: dict[str, bytes] = {}
    for number in range(-(-count // len(forms))):
        rng = make_rng("clean", seed, number)
        layout = rng.choices(layouts, [layout.weight for layout in layouts])[0].name
        for figures in generate_history(invent_agency(number), forms, rng):
            report = render_report(figures, layout, "none", seed)
            files[f"{number}-{figures.report_year}{report.suffix}"] = report.text.encode(report.encoding)
    return len(files), list_failures(judge_files(files))
