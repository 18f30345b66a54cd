"""Rendering figures in any layout, with any damage, and parsing gives the same figures, or fewer; never others."""

from collections import Counter
from functools import cache

import polars as pl
import pytest
from builders.documents import build_raw

from ingest.interpreting import read_document
from ingest.lexicon import load_lexicon
from ingest.parsing import ParsedTables, parse_documents
from ingest.reading.readers import read_bytes
from ingest.samples import DAMAGES, LAYOUTS, RenderedReport, generate_figures, render_report
from ingest.samples.models import CellKey

FORMS: tuple[tuple[str, int, tuple[str, ...]], ...] = (("2021", 2023, ()), ("2019", 2020, ()), ("2021", 2022, ("other_processed",)))
SEEDS = range(4)
PAIRS = [(layout, damage) for layout in LAYOUTS for damage in DAMAGES if DAMAGES[damage].applies_to(LAYOUTS[layout])]

LEAST_RECALL = {
    # layout or damage → share of the printed cells that must be read; everything else: all of them
    "digit_runs": 0.9,  # three numbers of table 二 often have several readings
    "repeats_removed": 0.2,  # most values are gone from the text, and with them what the rest belongs to
    "truncated": 0.9,  # the row in which the text ends
    "dropped_rows": 0.1,  # of joined digits, whose sums need every row; of other layouts nearly all
    "blanks_for_zero": 0.97,  # blank cells at the border of merged ones
}


def as_text(report: RenderedReport) -> str:
    media_type = "text/html" if report.media_type == "text/html" else "text/plain"
    text = read_bytes(report.content, media_type).text
    assert text is not None
    return text


@cache
def render(layout: str, damage: str) -> tuple[RenderedReport, ...]:
    return tuple(
        render_report(generate_figures(f"{layout}-{seed}", template=t, report_year=y, variants=v), layout, damage, seed=seed)
        for t, y, v in FORMS
        for seed in SEEDS
    )


def parse(reports: tuple[RenderedReport, ...]) -> tuple[ParsedTables, list[str]]:
    raw = pl.concat(build_raw([as_text(r)], "text/html" if r.media_type == "text/html" else "text/plain") for r in reports)
    return parse_documents(raw.unique("document_id", maintain_order=True)), raw["document_id"].to_list()


def index_cells(parsed: ParsedTables) -> dict[str, dict[CellKey, tuple[float | None, str, int, bool]]]:
    out: dict[str, dict[CellKey, tuple[float | None, str, int, bool]]] = {}
    for document, table, row, column, value, raw, line, doubtful in parsed.cells.select(
        "document_id", "table", "row", "column", "value", "raw", "line", "is_doubtful"
    ).iter_rows():
        out.setdefault(document, {})[table, row, column] = (value, raw, line, doubtful)
    return out


@pytest.mark.parametrize(("layout", "damage"), PAIRS)
def test_no_silent_error_and_hardly_a_cell_missed(layout: str, damage: str) -> None:
    reports = render(layout, damage)
    parsed, ids = parse(reports)
    cells = index_cells(parsed)
    count: Counter[str] = Counter()
    for report, document in zip(reports, ids, strict=True):
        mine = cells.get(document, {})
        for key, figure in report.figures.items():
            count["printed"] += 1
            value, raw, line, doubtful = mine.pop(key, (None, "", 0, False))
            if value is not None and not doubtful:
                assert value == figure, f"{key} printed {report.raws[key]}, read {raw} on line {line}"
                if report.media_type != "text/html":
                    assert line == report.lines[key], f"{key} stands on line {report.lines[key]}"
            count["read"] += value == figure and not doubtful
        invented = {key: cell for key, cell in mine.items() if cell[0] is not None and not cell[3]}
        assert not invented, "values for cells that are not in the text"
    least = min(LEAST_RECALL[name] for name in (layout, damage) if name in LEAST_RECALL) if {layout, damage} & set(LEAST_RECALL) else 1.0
    assert count["read"] >= least * count["printed"], dict(count)


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "digit_runs"])
def test_both_paths_give_the_same_cells(layout: str) -> None:
    reports = render(layout, "none")
    parsed, ids = parse(reports)
    cells = index_cells(parsed)
    for report, document in zip(reports, ids, strict=True):
        careful = read_document(as_text(report), load_lexicon(), report.media_type).cells
        assert {(c.table, c.row, c.column): (c.value, c.raw, c.line, c.is_doubtful) for c in careful} == cells[document]


def test_clean_reports_are_accepted_whole() -> None:
    for layout in LAYOUTS:
        if layout == "digit_runs":
            continue
        parsed, _ = parse(render(layout, "none"))
        assert parsed.reports["status"].unique().to_list() == ["accepted"], layout
        assert (parsed.reports["located_cell_count"] == parsed.reports["expected_cell_count"]).all(), layout
        assert set(parsed.reports["template"]) == {"2019", "2021"}, layout


def test_sections_stand_where_they_were_printed() -> None:
    for layout in ("pipe_rows", "pipe_cells", "bare_cells", "tab_rows", "one_line"):
        reports = render(layout, "none")
        parsed, ids = parse(reports)
        for report, document in zip(reports, ids, strict=True):
            found = parsed.sections.filter(pl.col("document_id") == document)
            assert dict(zip(found["section"], found["start_line"], strict=True)) == dict(report.heading_lines), layout


def test_byte_spans_cut_each_section_out_of_the_text() -> None:
    reports = render("bare_cells", "none")
    parsed, ids = parse(reports)
    for report, document in zip(reports, ids, strict=True):
        encoded, lines = as_text(report).encode(), as_text(report).split("\n")
        for section in parsed.sections.filter(pl.col("document_id") == document).iter_rows(named=True):
            cut = encoded[section["start_byte"] : section["end_byte"]].decode().rstrip("\n")
            assert cut == "\n".join(lines[section["start_line"] - 1 : section["end_line"]]).rstrip("\n")
            assert cut.lstrip().startswith(section["heading"])
