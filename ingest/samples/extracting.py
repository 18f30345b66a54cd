"""Rarer ways of flattening a table, as text extractors and editors leave them: other pipes, one small table a row, wrapped labels."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ingest.samples.flattening import (
    TableRenderer,
    join_with_pipes,
    keys_of_cell,
    keys_of_row,
    render_bare_cells,
    render_open_pipe_rows,
    render_pipe_cells,
    render_pipe_rows,
    render_spaced_rows,
    render_tab_rows,
    spread_row,
)
from ingest.samples.models import Line
from ingest.templates.printing import PrintedRow, PrintedTable

_WRAP = 13  # characters of a label on one line of a narrow column


def render_full_pipe_rows(table: PrintedTable, _rng: Random) -> list[Line]:
    """`| a | b | |`: every column of the grid between pipes, empty where merged cells cover it."""
    return [Line(f"| {join_with_pipes(spread_row(row))}", keys_of_row(row)) for row in table.rows]


def render_inner_pipe_rows(table: PrintedTable, _rng: Random) -> list[Line]:
    """`a | b`: pipes between the cells only, none for covered columns."""
    return [Line(" | ".join(cell.text for cell in row.cells), keys_of_row(row)) for row in table.rows]


def render_tight_pipe_rows(table: PrintedTable, _rng: Random) -> list[Line]:
    """`a|b|c|` without spaces."""
    return [Line("".join(f"{cell.text}|" for cell in row.cells), keys_of_row(row)) for row in table.rows]


def render_row_tables(table: PrintedTable, rng: Random) -> list[Line]:
    """A small Markdown table for each row or few rows: the first row as its head, or an invented head; some labels stand outside."""
    invents = rng.random() < 0.4  # noqa: PLR2004
    lines: list[Line] = []
    for row in table.rows:
        keys = keys_of_row(row)
        texts = [cell.text for cell in row.cells]
        if not keys:
            lines += [Line(text) for text in texts if text]
            continue
        labels = [cell.text for cell in row.cells if cell.key is None and cell.text]
        if labels and rng.random() < 0.12:  # noqa: PLR2004 - the label stood beside the ruled area
            lines += [Line(""), *(Line(label) for label in labels)]
            texts = texts[len(labels) :]
        printed = Line(f"| {join_with_pipes(texts)}", keys)
        rule = Line("|" + "---|" * len(texts))
        if invents:
            lines += [Line(""), Line("| " + join_with_pipes([f"列{at}" for at in range(1, len(texts) + 1)])), rule, printed]
        else:
            lines += [printed, rule] if rng.random() < 0.6 else [printed]  # noqa: PLR2004
    return [Line(""), *lines, Line("")]


def render_close_cells(table: PrintedTable, _rng: Random) -> list[Line]:
    """One cell a line, no blank lines."""
    return [Line(cell.text, keys_of_cell(cell)) for row in table.rows for cell in row.cells if cell.text]


def render_padded_rows(table: PrintedTable, rng: Random) -> list[Line]:
    """One row a line, cells apart by several spaces, as a terminal or `pdftotext -layout` aligns them."""
    space = rng.choice((" ", " ", "　", "\u00a0"))
    return [
        Line("".join(cell.text + space * rng.randrange(2, 9) for cell in row.cells if cell.text).rstrip(), keys_of_row(row))
        for row in table.rows
    ]


def render_label_lines(table: PrintedTable, _rng: Random) -> list[Line]:
    """The labels of a row on one line, its values on the next."""
    lines: list[Line] = []
    for row in table.rows:
        labels = " ".join(cell.text for cell in row.cells if cell.key is None and cell.text)
        values = " ".join(cell.text for cell in row.cells if cell.key is not None and cell.text)
        lines += [Line(labels)] if labels else []
        lines += [Line(values, keys_of_row(row))] if values else []
    return lines


def render_glued_rows(table: PrintedTable, _rng: Random) -> list[Line]:
    """One row a line; the first value is joined to its label, the others stand apart by a space: `规章12 3 4`."""
    lines = []
    for row in table.rows:
        labels = "".join(cell.text for cell in row.cells if cell.key is None)
        lines.append(Line(labels + " ".join(cell.text for cell in row.cells if cell.key is not None and cell.text), keys_of_row(row)))
    return lines


def render_row_runs(table: PrintedTable, _rng: Random) -> list[Line]:
    """One row a line without any separator: `规章1234`."""
    return [Line("".join(cell.text for cell in row.cells), keys_of_row(row)) for row in table.rows]


def _wrap_heads(table: PrintedTable) -> list[Line]:
    """The merged heads in the order in which their lines stand on the page."""
    return [
        Line(" ".join(texts))
        for row in table.rows
        if not keys_of_row(row)
        for part in (0, 1)
        if (texts := [t for cell in row.cells if (t := cell.text if len(cell.text) <= 3 and part else _half(cell.text, part))])  # noqa: PLR2004
    ]


def _half(text: str, part: int) -> str:
    if len(text) <= 3:  # noqa: PLR2004
        return ""
    middle = (len(text) + 1) // 2
    return text[middle:] if part else text[:middle]


def render_wrapped_rows(table: PrintedTable, rng: Random) -> list[Line]:
    """Text of a PDF read row by row: long labels wrap around their values, group labels stand in fragments between the rows.

    A short label may be a little lower than its values and so come after them.
    """
    if table.table == "proactive":
        return render_spaced_rows(table, rng)
    lines = _wrap_heads(table)
    fragments = [list(cell.text) for row in table.rows for cell in row.cells if cell.role == "group" and cell.rowspan > 10]  # noqa: PLR2004
    vertical = fragments[0] if fragments and table.table == "requests" else []
    drifts = rng.random() < 0.3  # noqa: PLR2004
    is_inside = False
    for row in table.rows:
        keys = keys_of_row(row)
        if not keys:
            continue
        is_inside = is_inside or any(cell.role == "group" for cell in row.cells)
        if is_inside and vertical and rng.random() < 0.5:  # noqa: PLR2004
            lines.append(Line(vertical.pop(0)))
        lines += _wrap_row(row, rng, drifts=drifts)
    return lines


def _wrap_row(row: PrintedRow, rng: Random, *, drifts: bool) -> list[Line]:
    values = Line(" ".join(cell.text for cell in row.cells if cell.key is not None and cell.text), keys_of_row(row))
    groups = [Line(cell.text) for cell in row.cells if cell.role == "group" and cell.rowspan <= 10]  # noqa: PLR2004
    label = "".join(cell.text for cell in row.cells if cell.role == "label")
    if not label:
        return [*groups, values]
    if len(label) > _WRAP:
        return [*groups, Line(label[:_WRAP]), values, Line(label[_WRAP:])]
    if drifts and rng.random() < 0.2:  # noqa: PLR2004
        return [*groups, values, Line(label)]
    return [*groups, values._replace(text=f"{label} {values.text}")]


_MIXTURE: tuple[TableRenderer, ...] = (render_pipe_rows, render_pipe_cells, render_bare_cells, render_tab_rows, render_open_pipe_rows)


def render_mixed_tables(table: PrintedTable, rng: Random) -> list[Line]:
    """Each table of the page in another layout."""
    chosen: Callable[[PrintedTable, Random], list[Line]] = rng.choice(_MIXTURE)
    return chosen(table, rng)
