"""Planted slips are real: the printed figure is wrong in the way that its name says, and in no other."""

from collections.abc import Sequence

import pytest

from ingest.errors import NianbaoError
from ingest.samples import SLIPS, generate_figures, plant_slip, render_report
from ingest.samples.figures import form_rows, list_broken_identities
from ingest.samples.models import ReportFigures
from ingest.samples.seeding import make_rng
from ingest.templates import load_templates


def _broken(figures: ReportFigures) -> Sequence[tuple[str, tuple[str, str, str]]]:
    template = load_templates()[figures.template]
    return list_broken_identities(figures.values, {table.table: form_rows(table, figures.variants) for table in template.tables})


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        (
            "total_off",
            [
                ("requests.balance", ("requests", "total_processed", "natural_person")),
                ("requests.column_total", ("requests", "total_processed", "natural_person")),
                ("requests.row_total", ("requests", "total_processed", "total")),
            ],
        ),
        (
            "row_total_off",
            [
                ("requests.column_total", ("requests", "total_processed", "total")),
                ("requests.row_total", ("requests", "granted", "total")),
            ],
        ),
        ("disputes_total_off", [("disputes.row_total", ("disputes", "review", "total"))]),
        ("carried_over_mismatch", []),
    ],
)
def test_a_slip_breaks_its_identities_and_no_others(name: str, broken: list[tuple[str, tuple[str, str, str]]]) -> None:
    for seed in range(20):
        assert _broken(plant_slip(generate_figures(seed), name, make_rng(seed))) == broken


def test_every_slip_is_covered_above() -> None:
    assert set(SLIPS) == {"total_off", "row_total_off", "disputes_total_off", "carried_over_mismatch"}


@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize("template", ["2019", "2021"])
def test_a_slip_is_recorded_with_the_printed_and_the_consistent_figure(name: str, template: str) -> None:
    before = generate_figures(5, template=template)
    report = render_report(plant_slip(before, name, make_rng(5)), "bare_cells")
    (slip,) = report.slips
    assert slip.name == name
    assert slip.consistent == before.values[slip.cell]
    assert slip.printed == report.figures[slip.cell] != slip.consistent
    assert report.text.split("\n")[report.lines[slip.cell] - 1] == f"{slip.printed:g}"


def test_an_unknown_slip_is_refused() -> None:
    with pytest.raises(NianbaoError, match="total_off"):
        plant_slip(generate_figures(1), "typo", make_rng(1))
