"""Both ways of reading agree on clean reports, which are accepted whole, with their sections. Damage: tests/properties."""

from functools import cache

import polars as pl
import pytest
from builders.documents import build_raw

from ingest.interpreting import read_document
from ingest.lexicon import load_lexicon
from ingest.parsing import ParsedTables, parse_documents
from ingest.reading.readers import read_bytes
from ingest.samples import LAYOUTS, RenderedReport, generate_figures, render_report
from ingest.templates.printing import CellKey

FORMS: tuple[tuple[str, int, tuple[str, ...]], ...] = (("2021", 2023, ()), ("2019", 2020, ()), ("2021", 2022, ("other_processed",)))
SEEDS = range(4)
HARD = {"digit_runs", "row_runs"}
"""Layouts whose digits are joined: the batch reading leaves them to the careful one, which cannot split every row."""


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


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name not in HARD])
def test_both_paths_give_the_same_cells(layout: str) -> None:
    reports = render(layout, "none")
    parsed, ids = parse(reports)
    cells = index_cells(parsed)
    for report, document in zip(reports, ids, strict=True):
        careful = read_document(as_text(report), load_lexicon(), report.media_type).cells
        assert {(c.table, c.row, c.column): (c.value, c.raw, c.line, c.is_doubtful) for c in careful} == cells[document]


def test_clean_reports_are_accepted_whole() -> None:
    for layout in LAYOUTS:
        if layout in HARD:
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
