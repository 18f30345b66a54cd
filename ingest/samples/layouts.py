"""The layouts by name: how a page was flattened to text. A layout knows nothing of templates or figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from ingest.samples.extracting import (
    render_close_cells,
    render_full_pipe_rows,
    render_glued_rows,
    render_inner_pipe_rows,
    render_label_lines,
    render_mixed_tables,
    render_padded_rows,
    render_row_runs,
    render_row_tables,
    render_tight_pipe_rows,
    render_wrapped_rows,
)
from ingest.samples.flattening import (
    TableRenderer,
    build_text_layout,
    render_bare_cells,
    render_broken_pipe_rows,
    render_lone_pipe_blanks,
    render_lone_pipes,
    render_markdown,
    render_open_pipe_rows,
    render_pipe_cells,
    render_pipe_rows,
    render_spaced_rows,
    render_split_pipe_blanks,
    render_split_pipes,
    render_tab_rows,
)
from ingest.samples.markup import lay_out_compact_html, lay_out_nested_html, lay_out_word_html
from ingest.samples.models import Line, Page
from ingest.samples.notating import (
    render_csv,
    render_data_frame,
    render_grid,
    render_json_rows,
    render_latex,
    render_quoted_csv,
    render_semicolons,
    render_slashes,
)
from ingest.samples.pages import lay_out_digit_runs, lay_out_html, lay_out_one_line, lay_out_pdf


@dataclass(frozen=True)
class Layout:
    """One way of flattening.

    `weight` is its share in generated sets, `width` the punctuation usual for it, `keeps_blanks` whether an empty value stays visible as
    a cell, `separates_cells` whether values stand apart, `has_lines` whether tables take more than one line.
    """

    name: str
    lay_out: Callable[[Page, Random], list[Line]]
    weight: float
    width: Literal["half", "full", "either"] = "half"
    keeps_blanks: bool = False
    separates_cells: bool = True
    has_lines: bool = True
    suffix: str = ".txt"
    media_type: str = "text/plain"


def _build_lines(table_renderer: TableRenderer) -> Callable[[Page, Random], list[Line]]:
    return build_text_layout(table_renderer, is_spaced=False, header="colons")


_ALL = (
    Layout("pipe_rows", build_text_layout(render_pipe_rows, is_spaced=False, header="pipes"), 30),
    Layout("pipe_cells", build_text_layout(render_pipe_cells, is_spaced=False, header="pipes"), 18),
    Layout("bare_cells", build_text_layout(render_bare_cells, is_spaced=True, header="spaces"), 18),
    Layout("tab_rows", build_text_layout(render_tab_rows, is_spaced=True, header="colons"), 16, "full"),
    Layout(
        "markdown",
        build_text_layout(render_markdown, is_spaced=True, header="colons"),
        3,
        "either",
        keeps_blanks=True,
        suffix=".md",
        media_type="text/markdown",
    ),
    Layout("open_pipe_rows", build_text_layout(render_open_pipe_rows, is_spaced=False, header="colons"), 5, keeps_blanks=True),
    Layout("spaced_rows", build_text_layout(render_spaced_rows, is_spaced=False, header="colons", indent="　　"), 3, "either"),
    Layout("html", lay_out_html, 2, "full", keeps_blanks=True, suffix=".html", media_type="text/html"),
    Layout("pdf_cells", lay_out_pdf, 3, "full"),
    Layout("one_line", lay_out_one_line, 2, "either", has_lines=False),
    Layout("lone_pipes", build_text_layout(render_lone_pipes, is_spaced=False, header="pipes"), 0),
    Layout("split_pipes", build_text_layout(render_split_pipes, is_spaced=False, header="pipes"), 0),
    Layout("broken_pipe_rows", build_text_layout(render_broken_pipe_rows, is_spaced=False, header="pipes"), 0, keeps_blanks=True),
    Layout("lone_pipe_blanks", build_text_layout(render_lone_pipe_blanks, is_spaced=False, header="pipes"), 0, keeps_blanks=True),
    Layout("split_pipe_blanks", build_text_layout(render_split_pipe_blanks, is_spaced=False, header="pipes"), 0, keeps_blanks=True),
    Layout("digit_runs", lay_out_digit_runs, 0, "full", separates_cells=False, has_lines=False),
    Layout("full_pipe_rows", _build_lines(render_full_pipe_rows), 0, "either", keeps_blanks=True),
    Layout("inner_pipe_rows", _build_lines(render_inner_pipe_rows), 0, keeps_blanks=True),
    Layout("tight_pipe_rows", _build_lines(render_tight_pipe_rows), 0, "either", keeps_blanks=True),
    Layout("row_tables", _build_lines(render_row_tables), 0, "full", keeps_blanks=True, suffix=".md", media_type="text/markdown"),
    Layout("close_cells", _build_lines(render_close_cells), 0, "either"),
    Layout("padded_rows", _build_lines(render_padded_rows), 0, "either"),
    Layout("label_lines", _build_lines(render_label_lines), 0, "either"),
    Layout("glued_rows", _build_lines(render_glued_rows), 0, "either", separates_cells=False),
    Layout("row_runs", _build_lines(render_row_runs), 0, "full", separates_cells=False),
    Layout("wrapped_rows", _build_lines(render_wrapped_rows), 0, "full"),
    Layout("mixed_tables", _build_lines(render_mixed_tables), 0),
    Layout("csv", _build_lines(render_csv), 0, "either", keeps_blanks=True, suffix=".csv"),
    Layout("quoted_csv", _build_lines(render_quoted_csv), 0, "full", keeps_blanks=True, suffix=".csv"),
    Layout("semicolons", _build_lines(render_semicolons), 0, "full", keeps_blanks=True),
    Layout("json_rows", _build_lines(render_json_rows), 0, "full", keeps_blanks=True),
    Layout("latex", _build_lines(render_latex), 0, "full", keeps_blanks=True),
    Layout("slashes", _build_lines(render_slashes), 0, "full", keeps_blanks=True),
    Layout("grid", _build_lines(render_grid), 0, "full", keeps_blanks=True),
    Layout("data_frame", _build_lines(render_data_frame), 0, "full", keeps_blanks=True, suffix=".md", media_type="text/markdown"),
    Layout("html_word", lay_out_word_html, 0, "full", keeps_blanks=True, suffix=".html", media_type="text/html"),
    Layout("html_compact", lay_out_compact_html, 0, "full", keeps_blanks=True, has_lines=False, suffix=".html", media_type="text/html"),
    Layout("html_nested", lay_out_nested_html, 0, "full", keeps_blanks=True, has_lines=False, suffix=".html", media_type="text/html"),
)

LAYOUTS: Final[dict[str, Layout]] = {layout.name: layout for layout in _ALL}
"""Layout name → layout. Those of weight 0 are available but kept out of generated sets."""
