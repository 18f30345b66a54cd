"""The cases of the property suite: layouts × damages × forms × figures, each with the truth that the renderer kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from builders.figures import fill_densely

from ingest.samples import DAMAGES, LAYOUTS, SLIPS, RenderedReport, ReportFigures, generate_figures, plant_slip, render_report
from ingest.templates.printing import CellKey

FORMS: Final = (("2021", 2023, ()), ("2019", 2020, ()), ("2021", 2022, ("other_processed",)))
"""(template, report year, variant rows): the form of today, the one before, and the mixed form."""

CLASSES: Final[dict[str, tuple[str, ...]]] = {
    "clean": ("none",),
    "labels": ("lost_labels", "spaced_labels", "misspelt_labels", "cut_labels", "unnumbered_labels", "broken_labels"),
    "no labels": ("all_labels_lost",),
    "heads": ("cut_heads", "lost_heads", "lost_headings"),
    "characters": ("fullwidth_digits", "thousands_separators", "traditional_characters", "pinyin", "question_marks", "unseen_characters"),
    "units": ("units", "remarks"),
    "blanks": ("blanks_for_zero", "dashes_for_zero", "none_for_zero", "mixed_blanks"),
    "left out": ("zeros_left_out", "values_left_out"),
    "joined": ("joined_values",),
    "noise": ("page_noise", "site_noise", "repeated_heads"),
    "strays": ("sentences", "stray_numbers", "doubled_lines"),
    "lost lines": ("truncated", "dropped_rows", "dropped_lines"),
    "lost tables": ("missing_section", "missing_table", "missing_requests", "missing_proactive"),
    "order": ("swapped_rows", "stacked_labels", "reordered_sections"),
    "repeats removed": ("repeats_removed",),
    "cut anywhere": ("cut anywhere",),
    "slips": tuple(f"slip {name}" for name in SLIPS),
    "two reports": ("two reports",),
}
"""Class of damage → its damages. `slip …`, `cut anywhere` and `two reports` are made here, the rest by the renderer."""

CLASS_OF: Final = {damage: name for name, damages in CLASSES.items() for damage in damages}
"""Damage → its class."""

SLOW: Final = frozenset({"digit_runs", "row_runs"})
"""Layouts whose digits are joined: the solver takes many times as long, so they get fewer reports."""

_SEEDS = 2
_PAIRS_EACH = 24
_UNDONE = {"doubled_lines", "repeats_removed"}
"""The second takes away what the first put there: nobody can say what is left of either."""
_BLANKS = CLASSES["blanks"] + CLASSES["left out"]


@dataclass(frozen=True)
class Case:
    """One text and its truth. `damages` are those of CLASSES in it; `report.figures` is empty when nothing may be read without doubt."""

    layout: str
    damages: tuple[str, ...]
    report: RenderedReport
    name: str
    unjudged: frozenset[CellKey] = frozenset()
    """Cells whose print was changed by chance, so that nobody knows what they say now."""

    @property
    def damage_class(self) -> str:
        """Its class in CLASSES; `several` for more than one damage."""
        return CLASS_OF[self.damages[0]] if len(self.damages) == 1 else "several"


def list_damages(layout: str) -> list[str]:
    """What can happen to this layout, in the order of CLASSES."""
    return [damage for damage in CLASS_OF if damage not in DAMAGES or DAMAGES[damage].applies_to(LAYOUTS[layout])]


def build_cases(layout: str) -> Iterator[Case]:
    """Every damage that the layout can show × FORMS × seeds, then pairs of damages."""
    for damage in list_damages(layout):
        for form in range(len(FORMS)):
            for seed in range(1 if layout in SLOW else _SEEDS):
                yield build_case(layout, damage, form, seed)
    rng = Random(f"pairs {layout}")
    pool = [damage for damage in list_damages(layout) if damage in DAMAGES and damage != "none"]
    for seed in range(_PAIRS_EACH // 4 if layout in SLOW else _PAIRS_EACH):
        pair = rng.sample(pool, 2)
        if set(pair) != _UNDONE:
            yield build_case(layout, "+".join(pair), seed % len(FORMS), seed)


def build_case(layout: str, damage: str, form: int, seed: int | str) -> Case:
    """One case; the same arguments give the same text. `damage` is one of CLASSES or two of the renderer's, joined by +."""
    name = f"{layout} {damage} {form} {seed}"
    rng = Random(name)
    damages = tuple(damage.split("+"))
    figures = draw_figures(name, form, rng, hides_zeros=not set(damages).isdisjoint(_BLANKS))
    if damage.startswith("slip "):
        report = render_report(plant_slip(figures, damage.removeprefix("slip "), rng), layout, seed=name)
    elif damage == "two reports":
        report = _append_report(render_report(figures, layout, seed=name), draw_figures(f"{name} other", form, rng), name)
    elif damage == "cut anywhere":
        report = _cut_report(render_report(figures, layout, seed=name), rng)
    else:
        report = render_report(figures, layout, damage, seed=name)
    return Case(layout, damages, report, name)


def draw_figures(name: str, form: int, rng: Random, *, hides_zeros: bool = False) -> ReportFigures:
    """Figures as agencies have them, or denser: many real reports hold hardly anything but zeros, and zeros hide a misplacement."""
    template, year, variants = FORMS[form]
    figures = generate_figures(name, template=template, report_year=year, variants=variants)
    zero_share = rng.choice((None, 0.5) if hides_zeros else (None, 0, 0, 0.3, 0.9))
    return figures if zero_share is None else fill_densely(figures, rng, zero_share)


def _append_report(report: RenderedReport, figures: ReportFigures, name: str) -> RenderedReport:
    """Two reports in one file: no cell of the one may pass for a cell of the other."""
    second = render_report(figures, report.layout, seed=name).text
    if report.media_type == "text/html":
        text = report.text.replace("</body></html>", "") + second[second.index("<body>") + len("<body>") :]
    else:
        text = report.text + second
    return replace(report, text=text, figures={}, lost=report.lost | set(report.figures))


def _cut_report(report: RenderedReport, rng: Random) -> RenderedReport:
    """The text ends anywhere after the first value, also inside a number."""
    ends = [0]
    for line in report.text.split("\n"):
        ends.append(ends[-1] + len(line) + 1)
    filled = sorted(set(report.lines.values()))
    at = rng.randrange(ends[filled[0]], ends[filled[-1]]) if len(filled) > 1 else rng.randrange(ends[filled[0] - 1], ends[filled[0]])
    # The line in which the text ends may still hold some of its cells whole; a value read from it must be one of these.
    kept = {cell: line for cell, line in report.lines.items() if ends[line - 1] < at}
    figures = {cell: report.figures[cell] for cell in kept}
    return replace(report, text=report.text[:at], figures=figures, lost=report.lost | (set(report.figures) - set(kept)))
