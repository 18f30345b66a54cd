"""Thousands of damaged reports: no value read without doubt is wrong, and no more goes unread than docs/accuracy.md says."""

from collections import Counter

import pytest
from properties.cases import CLASS_OF, FORMS, SLOW, list_damages
from properties.measuring import PAGE, find_floors, find_known, load_known_errors, load_recall, measure_layout, render_page

from ingest.samples import DAMAGES, LAYOUTS

MOST_SHOWN = 20


# The layouts whose digits are joined take longest: first, so that two processes end together.
@pytest.mark.parametrize("layout", sorted(LAYOUTS, key=lambda name: name not in SLOW))
def test_no_silent_error_and_no_more_unread_than_the_floors(layout: str) -> None:
    measurement = measure_layout(layout)
    assert [v.case.name for v in measurement.verdicts if v.outcomes != 1] == [], "a document left no outcome row, or several"
    failed = [v for v in measurement.verdicts if v.silent]
    silent = [error for v in failed if find_known(v) is None for error in v.silent]
    assert silent == [], f"{len(silent)} silent errors; the first: {silent[:MOST_SHOWN]}"
    counts = Counter(known.damage for v in failed if len(v.case.damages) == 1 and (known := find_known(v)) is not None)
    seen = {known.damage for v in failed if (known := find_known(v)) is not None}
    fixed = [known.damage for known in load_known_errors() if layout in known.layouts and known.damage not in seen]
    assert fixed == [], "no longer silent errors: take the layout out of known_silent.yml"
    allowed = {known.damage: known.cases for known in load_known_errors() if layout in known.layouts}
    assert {damage: count for damage, count in counts.items() if count > allowed[damage]} == {}, "more than the known silent errors"
    floors, found = load_recall().floors[layout], find_floors(measurement)
    below = {name: (found.get(name, 0), floor) for name, floor in floors.items() if found.get(name, 0) < floor}
    assert below == {}, "class of damage: (percent read, floor)"


def test_every_damage_of_the_renderer_has_a_class() -> None:
    assert set(DAMAGES) <= set(CLASS_OF)


def test_the_cases_are_thousands_and_meet_every_layout_with_every_form() -> None:
    assert list(load_recall().floors) == list(LAYOUTS)
    assert load_recall().cases > 5000
    assert {template for template, _, _ in FORMS} == {"2019", "2021"}
    for layout in LAYOUTS:
        assert {"none", "lost_labels", "misspelt_labels", "two reports"} & set(list_damages(layout)), layout


def test_clean_reports_are_read_whole() -> None:
    floors = load_recall().floors
    assert {layout: floor["clean"] for layout, floor in floors.items() if floor["clean"] < 100 and layout not in SLOW} == {}


def test_the_accuracy_page_shows_the_floors() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(load_recall()), "stale: run make accuracy"
