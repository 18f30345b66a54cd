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
FULL: Final = 2000
NOT_FOUND: Final = "not found"
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


def measure_damage(count: int, seed: int, *, with_slip: bool) -> Counter[str]:
    """Cause → reports with a failure of severity error of that cause, `not found` → reports without one.

    The figures are clean, or have one slip of table 三 or 四; the damages and the layouts of the renderer are drawn by lot.
    """
    pairs = [(layout, damage) for damage in DAMAGES.values() for layout in LAYOUTS.values() if damage.name != "none"]
    pairs = [(layout.name, damage.name) for layout, damage in pairs if layout.weight and damage.applies_to(layout)]
    files: dict[str, bytes] = {}
    for number in range(count):
        rng = make_rng("damaging", seed, number)
        layout, damage = rng.choice(pairs)
        (figures,) = generate_history(invent_agency(number), TODAY[1:], rng)
        if with_slip:
            figures = plant_slip(figures, rng.choice(("total_off", "row_total_off", "disputes_total_off")), rng)
        report = render_report(figures, layout, damage, seed)
        files[f"{number}-2023{report.suffix}"] = report.text.encode()
    failed = list_failures(judge_files(files)).filter(pl.col("severity") == "error")
    causes: dict[str, set[str]] = {}
    for source, cause in failed.select("source", pl.col("cause").cast(pl.String)).iter_rows():
        causes.setdefault(source, set()).add(cause)
    worst = "source" if not with_slip else "parse"  # the wrong one of the two is told where both are found
    return Counter(_pick(causes[source], worst) if source in causes else NOT_FOUND for source in files)


def _pick(causes: set[str], worst: str) -> str:
    return next(cause for cause in (worst, "unknown", "source", "parse") if cause in causes)


def measure_misreadings(count: int, seed: int) -> Counter[tuple[str, str]]:
    """(misreading, cause) → reports of clean figures whose table 三 was set in the wrong cells by order; NOT_FOUND where nothing failed.

    MISREADINGS take turns. Reports with fewer than ten requests are left out: nothing but zeros is right in any cell.
    """
    layouts = [layout.name for layout in LAYOUTS.values() if layout.weight]
    files: dict[str, bytes] = {}
    number = 0
    while len(files) < count:
        number += 1
        rng = make_rng("misreading", seed, number)
        (figures,) = generate_history(invent_agency(number % 9000), TODAY[1:], rng)
        if figures.values["requests", "new_received", "total"] >= 10:
            report = render_report(figures, rng.choice(layouts), "none", seed)
            files[f"{number}-2023{report.suffix}"] = report.text.encode()
    result: Counter[tuple[str, str]] = Counter()
    for name, misread in MISREADINGS.items():
        failed = list_failures(judge_files(files, misread))
        sums = failed.filter(pl.col("rule_id").is_in(["requests.balance", "requests.row_total", "requests.column_total"]))
        causes = dict(sums.group_by("source").agg(pl.col("cause").cast(pl.String).unique().sort().first()).iter_rows())
        result.update((name, causes.get(source, NOT_FOUND)) for source in files)
    return result


def _move_values(cells: pl.DataFrame, moved: pl.Expr, value: pl.Expr) -> pl.DataFrame:
    """Table 三 placed by order, with `value` in the cells `moved`."""
    is_requests = pl.col("table") == "requests"
    method = pl.when(is_requests).then(pl.lit("order")).otherwise(pl.col("method").cast(pl.String)).cast(cells.schema["method"])
    return cells.with_columns(method=method, value=pl.when(is_requests & moved).then(value).otherwise("value"))


_ROW: Final = ("document_id", "table", "row")
MISREADINGS: Final[dict[str, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "cells shifted": lambda cells: _move_values(
        cells, pl.lit(value=True), pl.col("value").shift(-1).over("document_id", "table").fill_null(0)
    ),
    "columns shifted": lambda cells: _move_values(cells, pl.lit(value=True), pl.col("value").shift(1).over(_ROW).fill_null(0)),
    "one row shifted": lambda cells: _move_values(cells, pl.col("row") == "new_received", pl.col("value").shift(1).over(_ROW).fill_null(0)),
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
    forms = [(year, "2019" if year < 2021 else "2021", ()) for year in range(2019, 2026)]
    files: dict[str, bytes] = {}
    for number in range(-(-count // len(forms))):
        rng = make_rng("clean", seed, number)
        layout = rng.choices(layouts, [layout.weight for layout in layouts])[0].name
        for figures in generate_history(invent_agency(number), forms, rng):
            report = render_report(figures, layout, "none", seed)
            files[f"{number}-{figures.report_year}{report.suffix}"] = report.text.encode(report.encoding)
    return len(files), list_failures(judge_files(files))


def render_page(
    slips: list[Slip], damaged: Counter[str], both: Counter[str], misread: Counter[tuple[str, str]], clean: tuple[int, pl.DataFrame]
) -> str:
    """docs/rule-accuracy.md."""
    count, failed = clean
    errors = failed.filter(pl.col("severity") == "error").height
    lines = [
        _OPENING,
        "",
        "| family | planted | found | share | cause `source` | `unknown` | `parse` |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for family in [*dict.fromkeys(slip.family for slip in slips), None]:
        own = [slip for slip in slips if family in (slip.family, None)]
        causes = Counter(slip.cause for slip in own)
        found = len(own) - causes[None]
        cells = (
            family or "**all**",
            len(own),
            found,
            f"{found / len(own):.1%}",
            *(causes[name] for name in ("source", "unknown", "parse")),
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    missed = Counter(f"{slip.family} {slip.name}" for slip in slips if slip.cause is None)
    lines += ["", "Not found: " + (", ".join(f"{name} ({number})" for name, number in sorted(missed.items())) or "none") + ".", ""]
    lines += [_CAUSES, "", "| reports | number | `source` | `unknown` | `parse` | no error |", "|---|---:|---:|---:|---:|---:|"]
    rows = [("clean figures, damaged text", damaged), ("one slip, damaged text", both)]
    rows += [
        (f"clean figures, misread: {name}", Counter({cause: n for (kind, cause), n in misread.items() if kind == name}))
        for name in MISREADINGS
    ]
    for name, causes in rows:
        cells = (name, sum(causes.values()), *(causes[cause] for cause in ("source", "unknown", "parse", NOT_FOUND)))
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    lines += ["", f"## Clean reports\n\n{count:,} clean reports of seven years: **{errors}** findings of severity error.", ""]
    lines += ["| rule | severity | findings |", "|---|---|---:|"]
    counted = failed.group_by("rule_id", pl.col("severity").cast(pl.String)).len().sort("rule_id")
    lines += [f"| `{rule}` | {severity} | {number} |" for rule, severity, number in counted.iter_rows()]
    lines += ["", _CLOSING]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measures everything at full size and writes the page; `count` of each kind may be given."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else FULL
    slips = measure_slips(count, 1)
    damaged, both = (measure_damage(count, 2, with_slip=with_slip) for with_slip in (False, True))
    PAGE.write_text(render_page(slips, damaged, both, measure_misreadings(count // 4, 3), measure_clean(count, 4)), "utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {sum(slip.cause is not None for slip in slips)} of {count} planted slips found")


_OPENING: Final = """# Accuracy of the rules

Written by `make rulecheck`; do not edit. `make test` measures a smaller share of the same.

## Planted slips

Each report of an invented agency has one slip, planted in its figures or in its text (`tests/properties/planting.py`), in the layouts of
crawled pages; the report of the year before is clean and there. Found: a rule that should see it fails."""
_CAUSES: Final = """## Causes

A failure says `source` (the agency's slip), `parse` (our suspected misreading) or `unknown`. Figures that are clean must never give
`source`, whatever happened to the text or to the reading; slips must never give `parse`. Damage is the renderer's, drawn by lot.
Misreadings set the right values of table 三 in wrong cells, placed by order, as a reader does that misses a cell or a row."""
_CLOSING: Final = """The warnings on clean reports are of figures that the renderer draws at will: agencies without requests that have
lawsuits, fees said to be none beside requests given up for an unpaid fee, decisions that leap from year to year."""

if __name__ == "__main__":
    main()
