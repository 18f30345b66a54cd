"""Figures of samples: complete for their form, consistent within a year and from year to year."""

from itertools import pairwise

import pytest

from ingest.samples.agencies import invent_agency
from ingest.samples.figures import form_cells, form_rows, generate_figures, generate_history, list_broken_identities
from ingest.samples.seeding import make_rng
from ingest.templates import load_templates

FORMS = [("2021", ()), ("2019", ()), ("2021", ("other_processed",))]


def _rows(template: str, variants: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {table.table: form_rows(table, variants) for table in load_templates()[template].tables}


@pytest.mark.parametrize(("template", "variants", "cells"), [("2021", (), 200), ("2019", (), 198), ("2021", ("other_processed",), 186)])
def test_every_cell_of_the_form_has_a_figure(template: str, variants: tuple[str, ...], cells: int) -> None:
    figures = generate_figures(11, template=template, variants=variants)
    assert len(figures.values) == cells
    assert tuple(sorted(figures.values)) == tuple(sorted(form_cells(load_templates()[template], variants)))


def test_the_mixed_form_has_one_row_of_other_processing_in_place_of_three() -> None:
    rows = form_rows(load_templates()["2021"].table("requests"), ("other_processed",))
    assert rows[-3:] == ("other_processed", "total_processed", "carried_forward")
    assert len(rows) == 23


@pytest.mark.parametrize(("template", "variants"), FORMS)
def test_every_identity_of_the_form_holds(template: str, variants: tuple[str, ...]) -> None:
    for seed in range(60):
        figures = generate_figures(seed, template=template, variants=variants)
        assert list_broken_identities(figures.values, _rows(template, variants)) == [], figures.agency.name


def test_a_broken_identity_is_listed_with_its_cell() -> None:
    values = dict.fromkeys(form_cells(load_templates()["2021"], ()), 0.0)
    values["requests", "new_received", "natural_person"] = values["requests", "new_received", "total"] = 5
    values["requests", "granted", "natural_person"] = values["requests", "granted", "total"] = 5
    values["requests", "total_processed", "natural_person"] = 4
    values["requests", "total_processed", "total"] = 5
    values["disputes", "review", "upheld"] = 1
    assert list_broken_identities(values, _rows("2021", ())) == [
        ("requests.balance", ("requests", "total_processed", "natural_person")),
        ("requests.column_total", ("requests", "total_processed", "natural_person")),
        ("requests.row_total", ("requests", "total_processed", "total")),
        ("disputes.row_total", ("disputes", "review", "total")),
    ]


def test_consecutive_years_carry_over_across_the_change_of_form() -> None:
    forms = [(2019, "2019", ()), (2020, "2019", ()), (2021, "2021", ("other_processed",)), (2022, "2021", ()), (2023, "2021", ())]
    carried = 0.0
    for number in range(40):
        years = list(generate_history(invent_agency(number), forms, make_rng("carry", number)))
        assert [figures.report_year for figures in years] == [2019, 2020, 2021, 2022, 2023]
        for before, after in pairwise(years):
            for column in load_templates()["2021"].table("requests").columns:
                key = column.column
                assert after.values["requests", "carried_over", key] == before.values["requests", "carried_forward", key]
                carried += after.values["requests", "carried_over", key]
            if (before.template, after.template) == ("2021", "2021"):
                row = ("proactive", "normative_document")
                assert after.values[*row, "in_force"] == (
                    before.values[*row, "in_force"] + after.values[*row, "made"] - after.values[*row, "repealed"]
                )
    assert carried > 0, "nothing was ever carried over: the law would hold for zeros only"


def test_figures_are_never_negative_except_signed_changes() -> None:
    changes = []
    for seed in range(80):
        for (_, _, column), value in generate_figures(seed, template="2019", report_year=2020).values.items():
            if column == "items_change":
                changes.append(value)
            else:
                assert value >= 0
    assert min(changes) < 0 < max(changes)


def test_sizes_reach_from_nothing_to_seven_digits() -> None:
    licences = [generate_figures(seed).values["proactive", "licence", "decisions"] for seed in range(400)]
    cities = [generate_figures(seed, agency=invent_agency(0)).values["proactive", "licence", "decisions"] for seed in range(400)]
    assert min(licences) == 0
    assert max(cities) > 1_000_000
    received = [generate_figures(seed).values["requests", "new_received", "total"] for seed in range(400)]
    assert 0.15 < sum(value == 0 for value in received) / 400 < 0.5, "zero-heavy, but figures are common"


def test_fees_have_decimals() -> None:
    fees = [generate_figures(seed).values["proactive", "fee", "amount_10k_yuan"] for seed in range(100)]
    assert any(fee != int(fee) for fee in fees)


def test_the_same_seed_gives_the_same_figures_and_another_does_not() -> None:
    assert generate_figures(3).values == generate_figures(3).values
    assert generate_figures(3).values != generate_figures(4).values
