"""Measures what is read of the cases, and writes it down: recall.yml, the floors, and docs/accuracy.md, the page that shows them.

`make accuracy` runs it after the parser or the renderer changed. A floor is what was measured, in whole percent, rounded down.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import yaml
from properties.cases import CLASSES, FORMS, build_cases
from properties.judging import Verdict, judge_cases
from pydantic import BaseModel, ConfigDict

from ingest.samples import LAYOUTS

ROOT: Final = Path(__file__).parents[2]
RECALL: Final = ROOT / "tests" / "properties" / "recall.yml"
PAGE: Final = ROOT / "docs" / "accuracy.md"
COLUMNS: Final = (*CLASSES, "several")
"""The classes of damage, and two damages at once."""

_OPENING = """# Accuracy

Written by `make accuracy` from `tests/properties/recall.yml`; do not edit.

`make test` renders {cases} reports whose figures are known: every [layout](../ingest/samples/layouts.py) that crawled pages and
extracted texts were seen in, × {forms} forms (2021, 2019, mixed), × every [damage](../ingest/samples/damages.py) that the layout can
show, alone and in pairs. Figures are dense or sparse, for zeros hide misplaced values. Each report is read and compared cell by cell:

- **No silent error.** A value that is not marked doubtful is the value printed in that cell, on that line; a blank or a dash is never
  a 0; a cell that the text does not hold has no value. The exceptions are [listed below](#known-silent-errors).
- **A floor of recall**: the percentage of printed numbers that are read without doubt. Less than the floor fails the test.

What is not read is null or doubtful, and the report is `suspect`: a person can look at the line."""


class Recall(BaseModel):
    """recall.yml: `cases` is their number, `floors` layout → class of damage → percent of the printed numbers that must be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cases: int
    floors: dict[str, dict[str, int]]


class KnownError(BaseModel):
    """A silent error that the parser still makes: the damage, the layouts that show it, and how many cases of one layout at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    damage: str
    layouts: tuple[str, ...]
    cases: int
    found: str
    what: str


class Measurement(NamedTuple):
    """What became of the cases of one layout; both counters by class of damage."""

    printed: Counter[str]
    read: Counter[str]
    verdicts: tuple[Verdict, ...]


@cache
def load_recall() -> Recall:
    """recall.yml."""
    return Recall.model_validate(yaml.safe_load(RECALL.read_text(encoding="utf-8")))


@cache
def load_known_errors() -> tuple[KnownError, ...]:
    """known_silent.yml."""
    entries = yaml.safe_load(RECALL.with_name("known_silent.yml").read_text(encoding="utf-8"))
    return tuple(KnownError.model_validate(entry) for entry in entries or ())


def find_known(verdict: Verdict) -> KnownError | None:
    """The known error that the case may show."""
    return next((k for k in load_known_errors() if k.damage in verdict.case.damages and verdict.case.layout in k.layouts), None)


def measure_layout(layout: str) -> Measurement:
    """Renders, reads and judges every case of the layout."""
    verdicts = tuple(judge_cases(tuple(build_cases(layout))))
    printed: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for verdict in verdicts:
        printed[verdict.case.damage_class] += verdict.printed
        read[verdict.case.damage_class] += verdict.read
    return Measurement(printed, read, verdicts)


def find_floors(measurement: Measurement) -> dict[str, int]:
    """Class of damage → percent read, rounded down; classes in which nothing may be read are left out."""
    return {name: 100 * measurement.read[name] // printed for name in COLUMNS if (printed := measurement.printed[name])}


def render_page(recall: Recall) -> str:
    """The page of the floors."""
    lines = [
        *_OPENING.format(cases=f"{recall.cases:,}", forms=len(FORMS)).splitlines(),
        "",
        "| layout | " + " | ".join(COLUMNS) + " |",
        "|---|" + "---:|" * len(COLUMNS),
    ]
    for layout, floors in recall.floors.items():
        lines.append(f"| `{layout}` | " + " | ".join(str(floors[name]) if name in floors else "" for name in COLUMNS) + " |")
    lines += ["", "Empty: the layout cannot show the damage, or nothing may be read without doubt (two reports in one file).", ""]
    lines += ["## Damages", ""]
    lines += [f"- **{name}**: {', '.join(damages)}" for name, damages in CLASSES.items()]
    lines += ["- **several**: two of the damages at once", "", "## Known silent errors", ""]
    known = load_known_errors()
    lines += [f"- {k.what} ({k.damage}: {', '.join(k.layouts)}; found {k.found}, at most {k.cases} cases of a layout)" for k in known]
    lines += [] if known else ["None."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measures all layouts and writes the floors and the page."""
    floors: dict[str, dict[str, int]] = {}
    count = 0
    for layout in LAYOUTS:
        measurement = measure_layout(layout)
        count += len(measurement.verdicts)
        floors[layout] = find_floors(measurement)
        silent = [v for v in measurement.verdicts if v.silent]
        known = sum(find_known(verdict) is not None for verdict in silent)
        print(f"{layout}: {len(measurement.verdicts)} cases, {len(silent)} with a silent error, {known} of them known")
    recall = Recall(cases=count, floors=floors)
    head = "# The floors of test_damaged_reports.py: percent of the printed numbers read without doubt. Written by `make accuracy`.\n"
    RECALL.write_text(head + yaml.safe_dump(recall.model_dump(), sort_keys=False), encoding="utf-8")
    PAGE.write_text(render_page(recall), encoding="utf-8")


if __name__ == "__main__":
    main()
