"""Sets of sample reports: agencies × years, mixed layouts, some damage and some slips, all from one seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count as count_from
from random import Random
from typing import Final

from ingest.samples.agencies import invent_agency
from ingest.samples.damages import DAMAGES
from ingest.samples.figures import generate_history
from ingest.samples.layouts import LAYOUTS
from ingest.samples.models import RenderedReport
from ingest.samples.rendering import render_report
from ingest.samples.seeding import make_rng
from ingest.samples.slips import SLIPS, plant_slip
from ingest.templates import load_templates

YEARS: Final = tuple(range(2019, 2026))
"""Report years of a generated set: both forms and the change between them."""

_SLIP_SHARE = 0.015
_OLD_FORM_SHARE = 0.02  # reports on the form of the years before
_MIXED_FORM_SHARE = 0.03


def _choose_forms(rng: Random) -> list[tuple[int, str, tuple[str, ...]]]:
    forms: list[tuple[int, str, tuple[str, ...]]] = []
    for year in YEARS:
        prescribed = next(t for t in load_templates().values() if t.is_valid_for(year))
        older = [t for t in load_templates().values() if t.valid_from_year < prescribed.valid_from_year]
        template = older[0] if older and rng.random() < _OLD_FORM_SHARE else prescribed
        variants = tuple(variant.row for table in template.tables for variant in table.variants)
        forms.append((year, template.template, variants if variants and rng.random() < _MIXED_FORM_SHARE else ()))
    return forms


def generate_reports(count: int, seed: int = 0, progress: Callable[[int], None] | None = None) -> Iterator[RenderedReport]:
    """`count` reports, agency by agency over YEARS; `progress` is called with the number done after each.

    NianbaoError when the invented names run out (beyond 90,000 reports).
    """
    layouts = [layout for layout in LAYOUTS.values() if layout.weight]
    layout_weights = [layout.weight for layout in layouts]
    damages = {layout.name: [damage for damage in DAMAGES.values() if damage.weight and damage.applies_to(layout)] for layout in layouts}
    done = 0
    for number in count_from():
        rng = make_rng("set", seed, number)
        usual = rng.choices(layouts, layout_weights)[0]
        for figures in generate_history(invent_agency(number), _choose_forms(rng), rng):
            if done == count:
                return
            # An agency's site mostly keeps its layout over the years.
            layout = usual if rng.random() < 0.7 else rng.choices(layouts, layout_weights)[0]  # noqa: PLR2004
            possible = damages[layout.name]
            damage = rng.choices(possible, [damage.weight for damage in possible])[0]
            if rng.random() < _SLIP_SHARE:
                figures = plant_slip(figures, rng.choice(list(SLIPS)), rng)  # noqa: PLW2901
            yield render_report(figures, layout.name, damage.name, seed)
            done += 1
            if progress is not None:
                progress(done)
