"""Flattens a table, and a page of tables and prose, to lines: one function per way of flattening. Nothing here knows templates or figures.

Each is modelled on pages as they are found in crawls; the tables come as grids with merged cells (`forms`).
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Literal

from ingest.samples.models import Line, Page
from ingest.templates.printing import CellKey, PrintedCell, PrintedRow, PrintedTable

TableRenderer = Callable[[PrintedTable, Random], list[Line]]


def keys_of_row(row: PrintedRow) -> tuple[CellKey, ...]:
    """The cells whose values stand in the row."""
    return tuple(key for cell in row.cells for key in keys_of_cell(cell))


def keys_of_cell(cell: PrintedCell) -> tuple[CellKey, ...]:
    """The values that stand in the cell."""
    return () if cell.key is None else (cell.key, *cell.joined)


def join_with_pipes(texts: list[str]) -> str:
    """`a | b | |`: an empty text leaves a bare pipe."""
    return " ".join(f"{text} |" if text else "|" for text in texts)


def spread_row(row: PrintedRow) -> list[str]:
    """The text of every column of the grid, empty where a merged cell covers it."""
    fields: list[str] = []
    for gap, cell in zip(row.gaps, row.cells, strict=False):
        fields += [""] * gap
        fields.append(cell.text)
        fields += [""] * (cell.colspan - 1)
    return fields + [""] * row.gaps[-1]


def render_pipe_rows(table: PrintedTable, _rng: Random) -> list[Line]:
    """One row a line, cells between pipes, the columns covered by merged cells as a run of pipes at the end."""
    lines = []
    for row in table.rows:
        text = join_with_pipes([cell.text for cell in row.cells])
        spare = table.width - len(row.cells)
        lines.append(Line(f"{text} {'|' * spare}" if spare else text, keys_of_row(row)))
    return lines


def render_broken_pipe_rows(table: PrintedTable, _rng: Random) -> list[Line]:
    """The same, but a blank cell holds a line break: its pipe begins a new line."""
    lines = []
    for row in table.rows:
        text = ""
        keys: tuple[CellKey, ...] = ()
        for cell in row.cells:
            if cell.text:
                text, keys = f"{text} {cell.text} |".lstrip(), (*keys, *keys_of_cell(cell))
            else:
                lines.append(Line(text, keys))
                text, keys = "|", keys_of_cell(cell)
        spare = table.width - len(row.cells)
        lines.append(Line(f"{text} {'|' * spare}" if spare else text, keys))
    return lines


def render_pipe_cells(table: PrintedTable, rng: Random) -> list[Line]:
    """One cell a line, each with its pipe; the covered columns as a line of pipes only. Real grids hold up to three columns more."""
    width = table.width + (rng.choice((0, 0, 3)) if table.table == "requests" else 0)
    lines = []
    for number, row in enumerate(table.rows, start=1):
        lines += [Line(f"{cell.text} |", keys_of_cell(cell)) for cell in row.cells if cell.text]
        spare = width - len(row.cells)
        if spare and number < len(table.rows):
            lines.append(Line("|" * spare))
    return lines


def render_bare_cells(table: PrintedTable, rng: Random) -> list[Line]:
    """One cell a line and a blank line after each; group labels may break after their number, the last merged head may come late."""
    breaks_groups = rng.random() < 0.5  # noqa: PLR2004 - seen in about half
    late_total = table.table == "requests" and rng.random() < 0.5  # noqa: PLR2004
    lines: list[Line] = []
    for number, row in enumerate(table.rows):
        cells = list(row.cells)
        if late_total and number == 1:
            del cells[-1]
        if late_total and number == 2:  # noqa: PLR2004 - the third line of heads
            cells.append(table.rows[1].cells[-1])
        for cell in cells:
            mark = max(cell.text.find("）"), cell.text.find(")"))
            if breaks_groups and cell.role == "group" and 0 < mark < len(cell.text) - 1:
                lines += [Line(cell.text[: mark + 1]), Line("")]
                cell = cell._replace(text=cell.text[mark + 1 :])  # noqa: PLW2901
            if cell.text:
                lines += [Line(cell.text, keys_of_cell(cell)), Line("")]
    return lines


def render_tab_rows(table: PrintedTable, rng: Random) -> list[Line]:
    """One row a line, tabs for covered columns; indents drift: in some rows covered columns moved from the left to the right end."""
    lines = []
    for row in table.rows:
        fields = spread_row(row)
        drift = rng.random()
        if keys_of_row(row) and drift < 0.12 and fields[0] == "":  # noqa: PLR2004 - a few rows of a table
            fields = [*fields[row.gaps[0] :], *fields[: row.gaps[0]]]
        elif keys_of_row(row) and table.table == "requests" and drift < 0.5 and fields[1] == "":  # noqa: PLR2004
            fields = [fields[0], *fields[2:], ""]
        lines.append(Line("\t".join(fields), keys_of_row(row)))
    return lines


def render_markdown(table: PrintedTable, _rng: Random) -> list[Line]:
    """A Markdown table: every column of the grid, empty where merged cells cover it, a rule under the first row."""
    lines = [Line(f"| {join_with_pipes(spread_row(row))}", keys_of_row(row)) for row in table.rows]
    lines.insert(1, Line("|" + " --- |" * table.width))
    return [Line(""), *lines, Line("")]


def render_open_pipe_rows(table: PrintedTable, rng: Random) -> list[Line]:
    """One row a line; rows under a merged group start with empty cells, empty values stay as `| |`, nothing is padded at the end.

    Heads of four characters may have broken into two rows (商业 … / 企业 …).
    """
    breaks_heads = rng.random() < 0.4  # noqa: PLR2004
    lines = []
    for number, row in enumerate(table.rows):
        leading = row.gaps[0] if keys_of_row(row) and table.table == "requests" else 0
        texts = [cell.text for cell in row.cells]
        if breaks_heads and table.table == "requests" and number == 2:  # noqa: PLR2004 - the third line of heads
            lines.append(Line(join_with_pipes([text[:2] if len(text) == 4 else text for text in texts])))  # noqa: PLR2004
            texts = [text[2:] for text in texts if len(text) == 4]  # noqa: PLR2004
        lines.append(Line("| " * leading + join_with_pipes(texts), keys_of_row(row)))
    return lines


def render_lone_pipes(table: PrintedTable, _rng: Random) -> list[Line]:
    """A lone pipe before each row, then one cell a line; the pipes of the covered columns follow the last cell."""
    lines = []
    for row in table.rows:
        lines.append(Line("|"))
        cells = [cell for cell in row.cells if cell.text]
        spare = table.width - len(row.cells)
        lines += [Line(f"{cell.text} |", keys_of_cell(cell)) for cell in cells]
        if spare:
            lines[-1] = lines[-1]._replace(text=f"{lines[-1].text} {'|' * spare}")
    return lines


def render_split_pipes(table: PrintedTable, _rng: Random) -> list[Line]:
    """One cell a line and a line holding only a pipe after each."""
    return [line for row in table.rows for cell in row.cells if cell.text for line in (Line(cell.text, keys_of_cell(cell)), Line("|"))]


def render_lone_pipe_blanks(table: PrintedTable, _rng: Random) -> list[Line]:
    """A lone pipe before each row, then one cell a line; of a blank cell only the pipe."""
    lines = []
    for row in table.rows:
        spare = table.width - len(row.cells)
        cells = [Line(f"{cell.text} |" if cell.text else "|", keys_of_cell(cell)) for cell in row.cells]
        if spare:
            cells[-1] = cells[-1]._replace(text=f"{cells[-1].text} {'|' * spare}")
        lines += [Line("|"), *cells]
    return lines


def render_split_pipe_blanks(table: PrintedTable, _rng: Random) -> list[Line]:
    """One cell a line and a line holding only a pipe after each, blank cells too."""
    lines = []
    for cell in (cell for row in table.rows for cell in row.cells):
        lines += [Line(cell.text, keys_of_cell(cell)), Line("|")] if cell.text else [Line("|", keys_of_cell(cell))]
    return lines


def render_spaced_rows(table: PrintedTable, _rng: Random) -> list[Line]:
    """One row a line, cells separated by one space."""
    return [Line(" ".join(cell.text for cell in row.cells if cell.text), keys_of_row(row)) for row in table.rows]


def write_header_lines(page: Page, style: Literal["pipes", "colons", "spaces"]) -> list[str]:
    """The header block of the page: label and value in pipes, after a colon or after a space."""
    pairs = page.header
    if style == "pipes":
        return [" ".join(f"{label}: | {value} |" for label, value in pairs[at : at + 2]) for at in range(0, len(pairs), 2)]
    if style == "spaces":
        return [" ".join(f"{label} {value}" for label, value in pairs[at : at + 2]) for at in range(0, len(pairs), 2)]
    return [f"{label}：{value}" for label, value in pairs]


def _lay_out_lines(
    page: Page,
    rng: Random,
    table_renderer: TableRenderer,
    *,
    is_spaced: bool,
    header: Literal["pipes", "colons", "spaces"],
    indent: str = "",
) -> list[Line]:
    """A page of prose lines and tables; `is_spaced` puts a blank line after each paragraph and heading."""
    gap = [Line("")] if is_spaced else []
    lines = [Line(text) for text in write_header_lines(page, header)]
    lines += gap if lines else []
    if page.title is not None:
        lines += [Line(page.title), *gap]
    for text in page.preamble:
        lines += [Line(indent + text), *gap]
    for block in page.blocks:
        if block.kind == "heading":
            lines += [Line(block.text, heads=(block.section,)), *gap]
        elif block.kind == "paragraph":
            lines += [Line(indent + text) for text in block.text.split("\n")]
            lines += gap
        elif block.table is not None:
            lines += table_renderer(block.table, rng)
            lines += gap
    return lines + [line for text in page.footer for line in (Line(text), *gap)]


def build_text_layout(
    table_renderer: TableRenderer, *, is_spaced: bool, header: Literal["pipes", "colons", "spaces"], indent: str = ""
) -> Callable[[Page, Random], list[Line]]:
    """A layout of lines: `table_renderer` for the tables, the rest as in `_lay_out_lines`."""

    def lay_out(page: Page, rng: Random) -> list[Line]:
        return _lay_out_lines(page, rng, table_renderer, is_spaced=is_spaced, header=header, indent=indent)

    return lay_out
