"""A report printed as PDF, DOCX, XLSX or XLS and read back has every cell exact."""

from collections.abc import Callable, Sequence
from functools import cache, partial

import pytest
from builders.documents import build_raw
from builders.printing import Block, print_docx, print_pdf, print_xls, print_xlsx, read_blocks

from ingest.parsing import parse_documents
from ingest.reading import read_bytes
from ingest.samples import RenderedReport, generate_figures, render_report

FORMS: tuple[tuple[str, int, tuple[str, ...]], ...] = (("2021", 2023, ()), ("2019", 2020, ()), ("2021", 2022, ("other_processed",)))

PRINTERS: dict[str, Callable[[Sequence[Block]], bytes]] = {
    "pdf": print_pdf,
    "pdf with other page breaks": partial(print_pdf, first_page_lines=11),
    "pdf with repeated and running heads": partial(print_pdf, repeats_heads=True, first_page_lines=5, running_head="政务公开"),
    "pdf without page numbers": partial(print_pdf, has_page_numbers=False, first_page_lines=17),
    "docx": print_docx,
    "xlsx": print_xlsx,
    "xls": print_xls,
}


@cache
def render(at: int) -> RenderedReport:
    template, year, variants = FORMS[at]
    return render_report(generate_figures(f"printed-{at}", template=template, report_year=year, variants=variants), "html", seed=at)


def read_values(text: str) -> tuple[dict[tuple[str, str, str], float | None], tuple[object, ...]]:
    parsed = parse_documents(build_raw([text]))
    cells = parsed.cells.filter(~parsed.cells["is_doubtful"]).select("table", "row", "column", "value")
    report = parsed.reports.select("report_year", "agency_name", "template", "index_number").row(0)
    return {(table, row, column): value for table, row, column, value in cells.iter_rows()}, report


@pytest.mark.parametrize("printer", PRINTERS)
@pytest.mark.parametrize("at", range(len(FORMS)))
def test_every_cell_and_the_identity_come_back(printer: str, at: int) -> None:
    report = render(at)
    result = read_bytes(PRINTERS[printer](read_blocks(report)), "application/octet-stream")
    assert result.text is not None, result
    values, identity = read_values(result.text)
    assert values == report.figures
    assert identity == (report.report_year, report.agency_name, report.template, report.index_number)


@pytest.mark.parametrize("at", range(len(FORMS)))
def test_a_pdf_without_ruled_lines_gives_no_other_figure(at: int) -> None:
    report = render(at)
    result = read_bytes(print_pdf(read_blocks(report), is_ruled=False), "application/pdf")
    assert result.text is not None, result
    values, _ = read_values(result.text)
    assert all(report.figures[key] == value for key, value in values.items())
    assert len(values) >= 0.96 * len(report.figures)  # a label wrapped around its values may leave a row unplaced
