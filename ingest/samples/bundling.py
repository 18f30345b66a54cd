"""Writes sets of sample reports to a folder: the bundled set of bundle.yml, or a generated set of any size, each with its manifest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from ingest.declarations import parse_yaml
from ingest.samples.agencies import find_agency
from ingest.samples.figures import generate_history
from ingest.samples.generating import generate_reports
from ingest.samples.models import RenderedReport
from ingest.samples.narratives import load_prose
from ingest.samples.rendering import render_report
from ingest.samples.seeding import make_rng
from ingest.samples.slips import plant_slip
from ingest.templates import load_templates


class _Special(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: str
    year: int
    damage: str = "none"
    slip: str | None = None
    template: str | None = None
    variants: tuple[str, ...] = ()
    encoding: Literal["utf-8", "gb18030"] = "utf-8"


class _Extra(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: str
    year: int
    name: str


class _Bundle(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    years: tuple[int, ...]
    agencies: dict[str, tuple[str, ...]]
    specials: tuple[_Special, ...]
    duplicate: _Extra
    notice: _Extra


class SampleFile(NamedTuple):
    """One file of a set: its path below the set's folder, its bytes, and its line of the manifest."""

    path: str
    content: bytes
    entry: dict[str, Any]


@cache
def _load_bundle() -> _Bundle:
    return _Bundle.model_validate(parse_yaml(files(__package__).joinpath("bundle.yml").read_text("utf-8")))


def _path_of(year: int, name: str, suffix: str) -> str:
    return f"reports/{year}/{name}-{year}{suffix}"


def _describe(report: RenderedReport, kind: str = "report") -> SampleFile:
    """The file of a report; its entry says what was planted and where it stands."""
    path = _path_of(report.report_year, report.slug, report.suffix)
    slips = [
        {
            "name": slip.name,
            "cell": list(slip.cell),
            "printed": slip.printed,
            "consistent": slip.consistent,
            "line": report.lines[slip.cell],
        }
        for slip in report.slips
        if slip.cell in report.lines
    ]
    entry = {
        "file": path,
        "kind": kind,
        "agency": report.agency_name,
        "year": report.report_year,
        "template": report.template,
        "variants": list(report.variants),
        "layout": report.layout,
        "damage": report.damage,
        "damage_detail": report.damage_detail,
        "slips": slips,
        "encoding": report.encoding,
        "cells": len(report.figures),
        "lost": len(report.lost),
    }
    return SampleFile(path, report.content, entry)


def render_bundle() -> list[RenderedReport]:
    """The reports of the bundled set, agency by agency, without the duplicate and the notice."""
    bundle = _load_bundle()
    specials = {(special.slug, special.year): special for special in bundle.specials}
    reports = []
    for slug, layouts in bundle.agencies.items():
        agency = find_agency(slug)
        plans = [specials[slug, year] if (slug, year) in specials else _Special(slug=slug, year=year) for year in bundle.years]
        forms = []
        for plan in plans:
            prescribed = next(template.template for template in load_templates().values() if template.is_valid_for(plan.year))
            forms.append((plan.year, plan.template if plan.template is not None else prescribed, plan.variants))
        rng = make_rng("bundle", bundle.seed, slug)
        for figures, plan, layout in zip(generate_history(agency, forms, rng), plans, layouts, strict=True):
            planted = figures if plan.slip is None else plant_slip(figures, plan.slip, rng)
            reports.append(render_report(planted, layout, plan.damage, bundle.seed, plan.encoding))
    return reports


def build_bundle() -> list[SampleFile]:
    """Every file of the bundled set with its bytes, in order of path: reports, one exact copy, one notice that is no report."""
    bundle = _load_bundle()
    found = {(report.slug, report.report_year): _describe(report) for report in render_bundle()}
    copied = found[bundle.duplicate.slug, bundle.duplicate.year]
    copy_path = _path_of(bundle.duplicate.year, bundle.duplicate.name, Path(copied.path).suffix)
    notice_path = _path_of(bundle.notice.year, bundle.notice.name, ".txt")
    issuer = find_agency(bundle.notice.slug)
    notice = load_prose().notice.format(name=issuer.name, year=bundle.notice.year, next=bundle.notice.year + 1)
    blank = dict.fromkeys(copied.entry) | {"slips": [], "variants": [], "cells": 0, "lost": 0, "encoding": "utf-8"}
    return sorted(
        [
            *found.values(),
            SampleFile(copy_path, copied.content, copied.entry | {"file": copy_path, "kind": "duplicate"}),
            SampleFile(
                notice_path,
                notice.encode(),
                blank | {"file": notice_path, "kind": "notice", "agency": issuer.name, "year": bundle.notice.year},
            ),
        ],
        key=lambda file: file.path,
    )


def describe_bundle(bundle_files: list[SampleFile]) -> str:
    """The README of the bundled set, made from its manifest."""
    entries = [file.entry for file in bundle_files]
    layouts = Counter(entry["layout"] for entry in entries if entry["kind"] == "report")
    planted = [f"| `{entry['file']}` | {entry['layout']} | {what} |" for entry in entries for what in _list_planted(entry)]
    return "\n".join(
        [
            "# Sample reports",
            "",
            f"{len(entries)} files in `reports/`, by report year. Every province, city, county and agency in them is invented; the names,",
            "figures and sentences describe no real body. They exist so that the main job can be run and tested without anybody's data.",
            "",
            "The files are written by `ingest/samples/` from `ingest/samples/bundle.yml`; do not edit them by hand. To write them again:",
            "",
            "    python -c \"from pathlib import Path; from ingest.samples import write_samples; write_samples(Path('samples'))\"",
            "",
            "`manifest.jsonl` has one line per file: agency, year, template, layout, damage, slips with cell and line, encoding.",
            "Cells carry over from year to year; apart from the slips below every sum of the form holds.",
            "",
            "| layout | reports |",
            "|---|---|",
            *(f"| {layout} | {count} |" for layout, count in sorted(layouts.items())),
            "",
            "## What was planted",
            "",
            "| file | layout | planted |",
            "|---|---|---|",
            *planted,
            "",
        ]
    )


def _list_planted(entry: dict[str, Any]) -> Iterator[str]:
    if entry["kind"] == "duplicate":
        yield "exact copy of another file"
        return
    if entry["kind"] == "notice":
        yield "a notice, not a report"
        return
    for slip in entry["slips"]:
        place = f"{' / '.join(slip['cell'])} on line {slip['line']}"
        yield f"slip `{slip['name']}`: {place} prints {slip['printed']:g}, consistent would be {slip['consistent']:g}"
    if entry["damage"] != "none":
        yield f"damage `{entry['damage']}`: {entry['damage_detail']}"
    if entry["variants"]:
        yield f"mixed form: row `{'`, `'.join(entry['variants'])}` of the older form"
    if not load_templates()[entry["template"]].is_valid_for(entry["year"]):
        yield f"form of {entry['template']} in a report for {entry['year']}"
    if entry["encoding"] != "utf-8":
        yield f"encoded in {entry['encoding']}"


def write_samples(out_dir: Path, count: int | None = None, seed: int = 0, progress: Callable[[int], None] | None = None) -> int:
    """Writes a set below `out_dir` and gives the number of files in `reports/`: the bundled set, or with `count` a generated one.

    `reports/<year>/<agency>-<year>.<suffix>` and `manifest.jsonl`; the bundled set has a README.md as well. `progress` is called with the
    number of files written. Files of the same name are replaced, others are left alone.
    """
    found = build_bundle() if count is None else map(_describe, generate_reports(count, seed))
    written = 0
    folders: set[Path] = set()
    out_dir.mkdir(parents=True, exist_ok=True)
    with (out_dir / "manifest.jsonl").open("w", encoding="utf-8", newline="\n") as manifest:
        for file in found:
            target = out_dir / file.path
            if target.parent not in folders:
                target.parent.mkdir(parents=True, exist_ok=True)
                folders.add(target.parent)
            target.write_bytes(file.content)
            manifest.write(json.dumps(file.entry, ensure_ascii=False) + "\n")
            written += 1
            if progress is not None:
                progress(written)
    if count is None:
        (out_dir / "README.md").write_text(describe_bundle(build_bundle()), encoding="utf-8")
    return written
