"""Flattens a table as programs write tables out: CSV, rows of JSON, LaTeX, grids of text, data frames, values between slashes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from io import StringIO
from random import Random

from ingest.samples.flattening import keys_of_row, spread_row
from ingest.samples.models import Line
from ingest.templates.printing import PrintedTable

_GRID_CHARACTERS = 12


def _build_rows(write: Callable[[Sequence[str]], str]) -> Callable[[PrintedTable, Random], list[Line]]:
    def render(table: PrintedTable, _rng: Random) -> list[Line]:
        return [Line(write(spread_row(row)), keys_of_row(row)) for row in table.rows]

    return render


def _write_csv(fields: Sequence[str], *, delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="").writerow(fields)  # type: ignore[arg-type]
    return out.getvalue()


render_csv = _build_rows(_write_csv)
render_quoted_csv = _build_rows(lambda fields: _write_csv(fields, quoting=csv.QUOTE_ALL))
render_semicolons = _build_rows(lambda fields: _write_csv(fields, delimiter=";"))
render_json_rows = _build_rows(lambda fields: json.dumps(fields, ensure_ascii=False) + ",")


def render_latex(table: PrintedTable, _rng: Random) -> list[Line]:
    """The rows of a tabular, each with a rule."""
    rows = [Line(" & ".join(spread_row(row)) + r" \\ \hline", keys_of_row(row)) for row in table.rows]
    return [Line(r"\begin{tabular}{|" + "l|" * table.width + "}"), Line(r"\hline"), *rows, Line(r"\end{tabular}")]


def render_slashes(table: PrintedTable, _rng: Random) -> list[Line]:
    """The values of a row between slashes: `规章 0/1/2`."""
    lines = []
    for row in table.rows:
        labels = [cell.text for cell in row.cells if cell.key is None and cell.text]
        values = "/".join(cell.text for cell in row.cells if cell.key is not None)
        lines.append(Line(" ".join([*labels, values] if values else labels), keys_of_row(row)))
    return lines


def render_grid(table: PrintedTable, _rng: Random) -> list[Line]:
    """A grid of text with a rule below every row; long words break inside their cells."""
    rule = Line("+" + f"{'-' * (2 * _GRID_CHARACTERS + 2)}+" * table.width)
    lines = [rule]
    for row in table.rows:
        fields = spread_row(row)
        height = max(1, *(-(-len(text) // _GRID_CHARACTERS) for text in fields))
        for part in range(height):
            texts = [text[part * _GRID_CHARACTERS : (part + 1) * _GRID_CHARACTERS] for text in fields]
            lines.append(Line("| " + " | ".join(texts) + " |", keys_of_row(row) if part == 0 else ()))
        lines.append(rule)
    return lines


def render_data_frame(table: PrintedTable, _rng: Random) -> list[Line]:
    """Markdown of a data frame: the words of a merged cell stand in every cell that it covers, a blank cell prints nan."""
    lines: list[Line] = []
    above: list[str] = [""] * table.width
    for number, row in enumerate(table.rows):
        fields: list[str] = []
        for gap, cell in zip(row.gaps, row.cells, strict=False):
            fields += above[len(fields) : len(fields) + gap]
            is_value = cell.key is not None
            fields += [cell.text or "nan", *["nan" if is_value else cell.text] * (cell.colspan - 1)]
        fields += above[len(fields) :]
        lines.append(Line("| " + " | ".join(fields) + " |", keys_of_row(row)))
        if number == 0:
            lines.append(Line("|" + ":---|" * table.width))
        above = [text if text and not text[-1].isdigit() else "" for text in fields]
    return lines
