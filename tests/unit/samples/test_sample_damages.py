"""Damage does what it says, and what it took out of the text is recorded as lost."""

import re
from random import Random

import pytest
from builders.figures import fill_densely
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import NianbaoError
from ingest.normalising import remove_invisible
from ingest.samples import DAMAGES, LAYOUTS, generate_figures, render_report
from ingest.samples.figures import form_cells, form_rows
from ingest.tables import SECTIONS
from ingest.templates import load_templates

POSSIBLE = [(layout, damage) for layout in LAYOUTS for damage in DAMAGES if DAMAGES[damage].applies_to(LAYOUTS[layout])]


@settings(max_examples=120, deadline=None)
@given(pair=st.sampled_from(POSSIBLE), seed=st.integers(0, 5000), template=st.sampled_from(["2019", "2021"]))
def test_every_cell_is_either_printed_on_its_line_or_lost(pair: tuple[str, str], seed: int, template: str) -> None:
    layout, damage = pair
    figures = generate_figures(seed, template=template)
    report = render_report(figures, layout, damage, seed)
    assert set(report.figures) | report.lost == set(form_cells(load_templates()[template], ()))
    assert not set(report.figures) & report.lost
    assert report.figures.keys() == report.raws.keys() == report.lines.keys()
    lines = report.text.split("\n")
    for cell, number in report.lines.items():
        assert report.raws[cell] in remove_invisible(re.sub(r"</span><span[^>]*>", "", lines[number - 1]))
        if report.figures[cell] is None:
            assert report.raws[cell] in {"", "-", "—", "/", "－", "无", "--", "——"}
        else:
            assert report.figures[cell] == figures.values[cell]


def test_lost_labels_leave_every_value() -> None:
    report = render_report(generate_figures(2), "pipe_cells", "lost_labels")
    clean = render_report(generate_figures(2), "pipe_cells")
    assert not report.lost
    assert report.text.count("政府信息公开申请数量 |") + report.text.count("（") <= clean.text.count("政府信息公开申请数量 |")
    assert len([line for line in report.text.split("\n") if line.endswith(" |")]) < len(
        [line for line in clean.text.split("\n") if line.endswith(" |")]
    )


def test_blanks_and_dashes_are_facts_of_their_own() -> None:
    figures = generate_figures(2)
    cell = ("requests", "denied_state_secret", "research_institution")
    assert figures.values[cell] == 0
    blank = render_report(figures, "html", "blanks_for_zero")
    assert (blank.figures[cell], blank.raws[cell]) == (None, "")
    assert blank.text.split("\n")[blank.lines[cell] - 1] == "<td>&nbsp;</td>"
    dash = render_report(figures, "pipe_cells", "dashes_for_zero")
    assert dash.figures[cell] is None
    assert dash.text.split("\n")[dash.lines[cell] - 1] == f"{dash.raws[cell]} |"
    assert dash.raws[cell] in "-—/－"


def test_separators_and_full_width_digits_change_the_print_and_not_the_value() -> None:
    figures = generate_figures("big", agency=None)
    for seed in range(50):
        figures = generate_figures(seed)
        if figures.values["proactive", "licence", "decisions"] > 9999:
            break
    cell = ("proactive", "licence", "decisions")
    grouped = render_report(figures, "pipe_rows", "thousands_separators")
    assert grouped.raws[cell].replace("，", ",") == f"{int(figures.values[cell]):,}"
    wide = render_report(figures, "pipe_rows", "fullwidth_digits")
    assert wide.raws[cell] != str(int(figures.values[cell])) and int(wide.raws[cell]) == figures.values[cell]
    assert grouped.figures[cell] == wide.figures[cell] == figures.values[cell]


def test_dropped_rows_lose_seven_cells_each() -> None:
    report = render_report(generate_figures(8), "tab_rows", "dropped_rows")
    rows = {row for _, row, _ in report.lost}
    assert report.damage_detail == f"rows dropped: {', '.join(sorted(rows))}"
    assert len(report.lost) == 7 * len(rows) > 0


def test_a_missing_table_loses_its_fifteen_cells_and_its_heading() -> None:
    report = render_report(generate_figures(8), "pipe_rows", "missing_table")
    assert {table for table, _, _ in report.lost} == {"disputes"}
    assert len(report.lost) == 15
    assert "disputes" not in report.heading_lines


def test_a_missing_section_of_prose_loses_no_cell() -> None:
    report = render_report(generate_figures(8), "pipe_rows", "missing_section")
    assert not report.lost
    assert len(report.heading_lines) == 5


def test_a_truncated_text_ends_inside_its_tables() -> None:
    for seed in range(20):
        report = render_report(generate_figures(seed), "bare_cells", "truncated", seed)
        assert report.lost and report.figures
        assert "problems" not in report.heading_lines


def test_removed_repeats_keep_the_first_of_equal_lines() -> None:
    report = render_report(generate_figures(8), "bare_cells", "repeats_removed")
    filled = [line for line in report.text.split("\n") if line]
    assert len(filled) == len(set(filled))
    assert len(report.lost) > 100


def test_traditional_text_names_the_agency_as_it_prints_it() -> None:
    figures = next(
        f
        for f in map(generate_figures, range(200))
        if "财政局" not in f.agency.name and "动" not in f.agency.name and "务" in f.agency.name
    )
    report = render_report(figures, "pipe_rows", "traditional_characters")
    assert report.agency_name in report.text
    assert report.agency_name != figures.agency.name
    assert "行政許可 |" in report.text and "四、結轉下年度繼續辦理 |" in report.text


def test_noise_moves_the_recorded_lines_with_the_text() -> None:
    report = render_report(generate_figures(8), "bare_cells", "page_noise")
    assert "- 2 -" in report.text.split("\n")
    cell = ("disputes", "review", "total")
    assert report.text.split("\n")[report.lines[cell] - 1] == report.raws[cell]


@pytest.mark.parametrize(("layout", "damage"), [("pipe_cells", "blanks_for_zero"), ("one_line", "truncated"), ("html", "page_noise")])
def test_damage_that_a_layout_cannot_show_is_refused(layout: str, damage: str) -> None:
    with pytest.raises(NianbaoError, match="cannot show"):
        render_report(generate_figures(1), layout, damage)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(NianbaoError, match="no layout"):
        render_report(generate_figures(1), "papyrus")


def test_damages_may_come_together() -> None:
    report = render_report(generate_figures(8), "bare_cells", "dropped_rows+page_noise", 1)
    assert "- 1 -" in report.text.split("\n")
    assert report.damage == "dropped_rows+page_noise"
    assert len(report.lost) % 7 == 0 and report.lost
    with pytest.raises(NianbaoError, match="cannot show"):
        render_report(generate_figures(8), "one_line", "none+page_noise")


def test_joined_values_share_a_cell_and_leave_the_row_a_cell_short() -> None:
    report = render_report(generate_figures(8), "inner_pipe_rows", "joined_values", 3)
    assert not report.lost
    by_line: dict[int, list[str]] = {}
    for cell, number in report.lines.items():
        by_line.setdefault(number, []).append(report.raws[cell])
    lines = report.text.split("\n")
    short = 0
    for number, raws in by_line.items():
        printed = [token for token in lines[number - 1].split(" | ") if token[0].isdigit() and token[-1].isdigit()]
        assert "".join(printed) == "".join(raws)
        short += len(printed) == len(raws) - 1
    assert short > 2


def test_swapped_rows_keep_their_own_values() -> None:
    figures = generate_figures(8)
    report = render_report(figures, "inner_pipe_rows", "swapped_rows", 5)
    assert report.figures == figures.values
    rows = list(form_rows(load_templates()["2021"].table("requests"), ()))
    printed = sorted(rows, key=lambda row: report.lines["requests", row, "total"])
    first, second = (at for at, (row, other) in enumerate(zip(rows, printed, strict=True)) if row != other)
    assert second == first + 1
    labels = {row.row: row.label for row in load_templates()["2021"].table("requests").rows}
    assert labels[rows[first]] in report.text.split("\n")[report.lines["requests", rows[first], "total"] - 1]


def test_reordered_sections_keep_every_cell() -> None:
    for seed in range(6):
        report = render_report(generate_figures(8), "pipe_rows", "reordered_sections", seed)
        assert not report.lost
        assert set(report.heading_lines) == set(SECTIONS) and tuple(report.heading_lines) != SECTIONS


def test_misspelt_labels_change_labels_and_nothing_else() -> None:
    figures = generate_figures(8)
    report = render_report(figures, "html_compact", "misspelt_labels", 2)
    assert report.figures == figures.values
    labels = [row.label for table in load_templates()["2021"].tables for row in table.rows if len(row.label) > 4]
    assert 3 < sum(label not in report.text for label in labels) < len(labels)


@pytest.mark.parametrize("damage", [name for name, damage in DAMAGES.items() if name != "none" and damage.applies_to(LAYOUTS["markdown"])])
def test_every_damage_changes_the_text(damage: str) -> None:
    figures = fill_densely(generate_figures(3), Random(3), 0.5)
    texts = {render_report(figures, "markdown", damage, seed).text for seed in range(8)}
    clean = {render_report(figures, "markdown", "none", seed).text for seed in range(8)}
    assert not texts <= clean
    assert len(texts) == 8
