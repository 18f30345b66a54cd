"""The careful reading: the lexemes of one document placed in the rows of the statutory form.

Labels are evidence, order is evidence. A row of values takes the row whose label stands before it on its line, or on the lines just
before when that contradicts nothing; rows without a label take the rows missing between their labelled neighbours when there are
exactly as many. What remains is not placed: null is better than a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import Literal

from ingest.lexicon import Form, Lexicon, RowKey
from ingest.lexing import Lexeme, count_table_heads, find_tables, read_lexemes
from ingest.normalising import straighten
from ingest.solving import NOT_OUTCOMES, solve_groups, solve_requests, split_freely

Method = Literal["label", "order", "arithmetic"]
VALUE_KINDS = ("number", "dash", "blank", "gap")
PRINTED = ("number", "dash")


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """One cell as read. `value` is None for a blank or dash."""

    table: str
    row: str
    column: str
    value: float | None
    raw: str
    line: int
    method: Method
    is_doubtful: bool
    unit: str | None


@dataclass(slots=True)
class Chunk:
    """The values of one printed row. `label` stands before them; `is_near` on the same line; `is_bad` when they cannot be columns."""

    values: list[Lexeme]
    label: RowKey | None
    is_near: bool
    width: int = 0


@dataclass(slots=True)
class Reading:
    """What the careful reading made of one document."""

    template: str | None = None
    form: Form | None = None
    layout: str | None = None
    cells: list[PlacedCell] = field(default_factory=list)
    has_tables: bool = False
    value_count: int = 0  # numbers printed in the tables, placed or not
    is_cut_off: bool = False
    head_count: int = 0  # how often table 二 begins: more than one means more than one report


def read_document(text: str, lexicon: Lexicon, media_type: str) -> Reading:
    """The tables of one document. Never raises for a text; what it cannot place it leaves out."""
    straight = straighten(text)
    bounds = find_tables(straight, lexicon)
    if bounds is None:
        return Reading(is_cut_off=False)
    lexemes = read_lexemes(text, straight, *bounds, lexicon)
    zones = _split_zones(lexemes, lexicon)
    template = _read_template(lexemes, lexicon)
    reading = Reading(template=template, has_tables=any(x.kind in ("row", "furniture", "marker") for x in lexemes))
    reading.value_count = sum(x.kind == "number" for x in lexemes)
    reading.head_count = count_table_heads(straight)
    reading.layout = _read_layout(lexemes, straight[bounds[0] : bounds[1]], media_type)
    reading.is_cut_off = bounds[1] >= len(text.rstrip())
    forms = _choose_forms(zones["requests"], lexicon, template)
    if len(forms) == 1:
        reading.form = forms[0]
        reading.template = template or (forms[0].template if forms[0].variant is None else None)
    readings = [_place_rows(zones["requests"], f.rows_of("requests"), "requests", lexicon, f.template) for f in forms]
    requests = [cell for cell in readings[0] if all(cell in other for other in readings[1:])] if readings else []
    """Where nothing tells the form, only what all its readings agree on."""
    if template is not None:
        base = next(f for f in lexicon.forms if f.template == template)
        fills_in_zeros = len(forms) == 1 and len(requests) == sum(len(c) for _, c in forms[0].rows_of("requests"))
        own_rows = base.rows_of("proactive")
        reading.cells += _place_rows(zones["proactive"], own_rows, "proactive", lexicon, template, may_split=fills_in_zeros)
    if readings:
        reading.cells += requests
        reading.cells += _place_disputes(zones["disputes"], forms[0].rows_of("disputes"), lexicon, forms[0].template)
    reading.cells = _doubt_unproven_order(reading.cells)
    if reading.is_cut_off:
        reading.cells = _drop_cut_row(reading.cells, lexemes, text)
    return reading


def _drop_cut_row(cells: list[PlacedCell], lexemes: Sequence[Lexeme], text: str) -> list[PlacedCell]:
    """The text ends inside its tables: its last number may be the first digits of a longer one, its last row may lack cells.

    The row that holds the last number stays only when it is full of numbers and the number is closed or the row's own total proves it.
    """
    numbers = [x for x in lexemes if x.kind == "number"]
    if not numbers or any(x.line > numbers[-1].line for x in lexemes if x.kind not in ("break", "blank", "gap")):
        return cells
    line = numbers[-1].line
    closed = text[numbers[-1].start :] != numbers[-1].raw or numbers[-1].raw == "0"
    row = next(((c.table, c.row) for c in reversed(cells) if c.line == line), None)
    mine = [c for c in cells if (c.table, c.row) == row]
    parts = [c.value for c in mine if c.column != "total"]
    total = next((c.value for c in mine if c.column == "total"), None)
    is_full = all(c.value is not None for c in mine)
    proven = total is not None and is_full and sum(v for v in parts if v is not None) == total
    if proven or (is_full and closed):
        return cells
    return [c for c in cells if (c.table, c.row) != row]


def _split_zones(lexemes: Sequence[Lexeme], lexicon: Lexicon) -> dict[str, list[Lexeme]]:
    """The lexemes of each table: 二 up to the head of 三, 三 up to the head of 四."""
    zones: dict[str, list[Lexeme]] = {"proactive": [], "requests": [], "disputes": []}
    zone = "proactive"
    for index, lexeme in enumerate(lexemes):
        if lexeme.kind == "heading" and lexeme.section in ("requests", "disputes"):
            zone = lexeme.section
        elif zone == "proactive" and (
            lexeme.kind == "anchor" or (lexeme.key is not None and lexeme.key[0] == "requests" and _is_row_start(lexemes, index))
        ):
            zone = "requests"
        elif zone == "requests" and lexeme.kind == "row" and lexeme.key == ("disputes", "review"):
            zone = "disputes"
        elif lexeme.kind == "furniture" and lexeme.raw in lexicon.block_heads:
            zone = "proactive"
        zones[zone].append(lexeme)
    return zones


def _is_row_start(lexemes: Sequence[Lexeme], index: int) -> bool:
    """Whether a label begins its line: in prose it stands inside one."""
    return index == 0 or lexemes[index - 1].kind != "text"


def _read_template(lexemes: Sequence[Lexeme], lexicon: Lexicon) -> str | None:
    """The template whose own column heads table 二 prints; None when it prints none or those of two."""
    seen = Counter(lexicon.markers[x.raw] for x in lexemes if x.kind == "marker")
    if not seen:
        return None
    if len(seen) == 1:
        return next(iter(seen))
    (first, most), (_, second) = seen.most_common(2)
    return first if most >= 3 * second else None


def _read_layout(lexemes: Sequence[Lexeme], area: str, media_type: str) -> str:
    """How the tables were flattened: a name for statistics, no step of the reading depends on it."""
    numbers = [x for x in lexemes if x.kind == "number"]
    lines = {x.line for x in numbers}
    if media_type == "text/html":
        return "html"
    if "---|" in area or "| ---" in area:
        return "markdown"
    per_line = len(numbers) / max(1, len(lines))
    if numbers and sum(x.value is None for x in numbers) * 5 > len(numbers):
        return "digit_runs"
    if "|" in area:
        return "pipe_rows" if per_line > 1.5 else "pipe_cells"  # noqa: PLR2004
    if "\t" in area:
        return "tabs"
    if len(lines) <= 3 and len(numbers) > 20:  # noqa: PLR2004
        return "one_line"
    return "spaced_rows" if per_line > 1.5 else "bare_cells"  # noqa: PLR2004


def _chunk_values(zone: Sequence[Lexeme], width_of: dict[RowKey, int], default_width: int) -> list[Chunk]:
    """The runs of values between labels, cut into printed rows."""
    chunks: list[Chunk] = []
    run: list[Lexeme] = []
    label: RowKey | None = None
    near = False
    label_line = -1

    def close() -> None:
        nonlocal run, label
        if any(x.kind in PRINTED for x in run) or (run and label is not None and label_line == run[0].line):
            chunks.extend(_cut_run(run, label, is_near=near, width=width_of.get(label, default_width) if label else default_width))
            label = None
        run = []

    for lexeme in zone:
        if lexeme.kind in VALUE_KINDS:
            if not run:
                near = label is not None and label_line == lexeme.line
            run.append(lexeme)
        elif lexeme.kind == "break":
            if run and not any(x.kind in PRINTED for x in run):
                close()
        else:
            close()
            if lexeme.kind == "row":
                label, label_line = lexeme.key, lexeme.line
            elif lexeme.kind == "text":
                label = None
    close()
    return chunks


def _cut_run(run: list[Lexeme], label: RowKey | None, *, is_near: bool, width: int) -> list[Chunk]:
    lines = [list(group) for _, group in groupby(run, key=lambda x: x.line)]
    if not is_near:  # a value alone on its line: the blanks beside it are borders, no cells
        lines = [line if sum(x.kind in PRINTED for x in line) > 1 else [x for x in line if x.kind in PRINTED] for line in lines]
    lines = [line for line in lines if any(x.kind in PRINTED for x in line) or len(lines) == 1]
    if any(sum(x.kind in PRINTED for x in line) > 1 for line in lines) and len(lines) > 1:
        return [Chunk(line, label if i == 0 else None, is_near and i == 0) for i, line in enumerate(lines)]
    values = [x for line in lines for x in line]
    if len(lines) > 1:
        values = [x for x in values if x.kind in PRINTED]
    if len(values) > width and len(values) % width == 0 and not any(x.kind not in PRINTED for x in values):
        return [Chunk(values[i : i + width], label if i == 0 else None, is_near and i == 0) for i in range(0, len(values), width)]
    return [Chunk(values, label, is_near)]


def _fit_columns(chunk: Chunk, width: int, offsets: set[tuple[str, int]] | None) -> list[Lexeme] | None:
    """The `width` values of a row among its cells, or None when where they start is open.

    Cells of merged columns are blank and stand before or behind the values. Rows with a number in every column show on which side.
    """
    values = [x for x in chunk.values if x.kind != "gap"]
    if len(values) == width:
        return values
    values = chunk.values
    numbers = [i for i, x in enumerate(values) if x.kind in PRINTED]
    if len(values) < width or (numbers and numbers[-1] - numbers[0] >= width):
        return None
    fits = [o for o in range(len(values) - width + 1) if not numbers or (o <= numbers[0] and numbers[-1] < o + width)]
    if len(fits) == 1 or not numbers:
        return values[fits[0] : fits[0] + width]
    if offsets is None:
        return None
    chosen = {o for o in fits if ("left", o) in offsets} if any(side == "left" for side, _ in offsets) else set()
    if not chosen:
        chosen = {o for o in fits if ("right", len(values) - width - o) in offsets}
    return values[(o := chosen.pop()) : o + width] if len(chosen) == 1 else None


def _learn_offsets(chunks: Sequence[Chunk], widths: set[int]) -> set[tuple[str, int]] | None:
    """On which side the rows that are full keep their blanks: {("left", 0)}, {("right", 0)} or None when they disagree."""
    lefts: set[int] = set()
    rights: set[int] = set()
    for chunk in chunks:
        numbers = [i for i, x in enumerate(chunk.values) if x.kind in PRINTED]
        if numbers and len(numbers) in widths and numbers[-1] - numbers[0] + 1 == len(numbers):
            lefts.add(numbers[0])
            rights.add(len(chunk.values) - 1 - numbers[-1])
    if len(lefts) == 1:
        return {("left", lefts.pop())}
    if len(rights) == 1:
        return {("right", rights.pop())}
    return None


def _align(chunks: Sequence[Chunk], rows: Sequence[str], table: str) -> dict[int, tuple[int, Method]] | None:
    """Chunk → (row, method), or the part of it that nothing contradicts.

    Labels on the line itself are fixed points; labels on the lines before are dropped between two of them where they contradict the order.
    """
    index = {row: i for i, row in enumerate(rows)}
    fixed = [(c, index[x.label[1]], x.is_near) for c, x in enumerate(chunks) if x.label and x.label[0] == table and x.label[1] in index]
    if _is_rising(fixed):
        points = fixed
    else:
        points = [p for p in fixed if p[2]]
        if not _is_rising(points):
            return None
    placed: dict[int, tuple[int, Method]] = {}
    borders = [(-1, -1, True), *points, (len(chunks), len(rows), True)]
    weak = [p for p in fixed if not p[2]]
    position = 0
    while position < len(borders) - 1:
        (c0, r0, _), (c1, r1, near1) = borders[position], borders[position + 1]
        free_chunks, free_rows = c1 - c0 - 1, r1 - r0 - 1
        if free_chunks and free_chunks != free_rows and not near1 and weak:
            del borders[position + 1]  # a label of a line before that leaves rows over: do not trust it
            continue
        if free_chunks and free_chunks == free_rows:
            placed |= {c0 + 1 + k: (r0 + 1 + k, "order") for k in range(free_chunks)}
        if c1 < len(chunks) and (near1 or free_chunks in {0, free_rows}):
            placed[c1] = (r1, "label")
        position += 1
    return placed


def _is_rising(points: Sequence[tuple[int, int, bool]]) -> bool:
    return all(a[1] < b[1] for a, b in pairwise(points))


def _choose_forms(zone: Sequence[Lexeme], lexicon: Lexicon, template: str | None) -> list[Form]:
    """The forms whose rows of table 三 the document may print: one when a row that only this form has, or the count of numbers, tells."""
    printed = [x for x in zone if x.kind != "break"]
    seen = {
        x.key[1]
        for x, following in pairwise([*printed, Lexeme("break", "", 0)])
        if x.key is not None and x.key[0] == "requests" and (x.key not in lexicon.shared_labels or following.kind in PRINTED)
    }
    numbers = sum(x.kind in ("number", "dash") for x in zone)
    fitting: list[tuple[int, Form]] = []
    for form in lexicon.forms:
        if template is not None and form.template != template:
            continue
        own = {row for row, _ in form.rows_of("requests")}
        if seen & ({row for f in lexicon.forms for row, _ in f.rows_of("requests")} - own):
            continue
        is_exact = numbers == sum(len(columns) for _, columns in form.rows_of("requests"))
        rivals = [f for f in lexicon.forms if f is not form and (template is None or f.template == template)]
        marks = sum(any(row not in {r for r, _ in f.rows_of("requests")} for f in rivals) for row in seen & own)
        fitting.append((2 * is_exact + (marks > 0), form))
    best = max((score for score, _ in fitting), default=0)
    return [form for score, form in fitting if score == best]


def _place_rows(
    zone: Sequence[Lexeme],
    rows: Sequence[tuple[str, tuple[str, ...]]],
    table: str,
    lexicon: Lexicon,
    template: str,
    *,
    may_split: bool = True,
) -> list[PlacedCell]:
    """The cells of 二 or 三. `may_split`: the agency leaves no cell blank, so joined digits hold a number for each column."""
    widths = {(table, row): len(columns) for row, columns in rows}
    default = max(widths.values())
    chunks = _chunk_values(zone, widths, default)
    offsets = _learn_offsets(chunks, set(widths.values()))
    placed = _align(chunks, [row for row, _ in rows], table)
    if placed is None:
        return []
    out: list[PlacedCell] = []
    taken = Counter(row for row, _ in placed.values())
    joined: dict[str, Chunk] = {}
    for c, (r, method) in sorted(placed.items()):
        row, columns = rows[r]
        if taken[r] > 1:
            continue
        values = _fit_columns(chunks[c], len(columns), offsets)
        if values is not None and not any(x.kind == "number" and x.value is None for x in values):
            out += _make_cells(table, row, columns, values, method, lexicon, template)
        elif method == "label" and _is_digits(chunks[c]):
            joined[row] = chunks[c]
    if not any(x.value is None for chunk in joined.values() for x in chunk.values):
        return out  # no run begins with a zero: a short row has lost cells, not borders
    if table == "requests":
        return _split_requests(out, joined, rows, lexicon, template)
    for row, columns in rows:
        splits = split_freely(_read_runs(joined[row]), len(columns)) if row in joined else []
        if len(splits) == 1 and (may_split or not any(splits[0])):
            out += _make_split_cells(table, row, columns, splits[0], joined[row], lexicon, template)
    return out


def _is_digits(chunk: Chunk) -> bool:
    return all(x.kind == "number" and x.raw.isdecimal() for x in chunk.values)


def _read_runs(chunk: Chunk) -> list[str]:
    return [straighten(x.raw) for x in chunk.values]


def _split_requests(
    cells: list[PlacedCell], joined: dict[str, Chunk], rows: Sequence[tuple[str, tuple[str, ...]]], lexicon: Lexicon, template: str
) -> list[PlacedCell]:
    """Rows of table 三 whose digits run together, split by the sums of the form when every row stands under its label."""
    runs = {row: _read_runs(chunk) for row, chunk in joined.items()}
    for row, _ in rows:
        printed = [c for c in cells if c.row == row]
        if printed and all(c.raw.isdecimal() for c in printed):
            runs[row] = [straighten(c.raw) for c in printed]
    if len(runs) < len(rows):
        return cells
    solved = solve_requests({row: runs[row] for row, _ in rows}, len(rows[0][1]))
    out = list(cells)
    for row, columns in rows:
        if row in joined and row in solved:
            out += _make_split_cells("requests", row, columns, solved[row], joined[row], lexicon, template)
    return out


def _make_split_cells(
    table: str, row: str, columns: Sequence[str], numbers: Sequence[int], chunk: Chunk, lexicon: Lexicon, template: str
) -> list[PlacedCell]:
    """Cells of a row whose digits were split; `raw` is the cell's share of the run, `line` the line on which it begins."""
    printed = "".join(x.raw for x in chunk.values)
    lines = [x.line for x in chunk.values for _ in x.raw]
    out, at = [], 0
    for column, number in zip(columns, numbers, strict=True):
        end = at + len(str(number))
        unit = lexicon.units[template, table, row, column]
        out.append(PlacedCell(table, row, column, float(number), printed[at:end], lines[at], "arithmetic", is_doubtful=False, unit=unit))
        at = end
    return out


def _place_disputes(
    zone: Sequence[Lexeme], rows: Sequence[tuple[str, tuple[str, ...]]], lexicon: Lexicon, template: str
) -> list[PlacedCell]:
    """Table 四 prints its fifteen values in one row below heads that are often damaged: by count and order, all or nothing."""
    width = sum(len(columns) for _, columns in rows)
    lines = [list(group) for _, group in groupby((x for x in zone if x.kind in VALUE_KINDS), key=lambda x: x.line)]
    lines = [line for line in lines if any(x.kind in PRINTED for x in line)]
    if len(lines) == 1 and len(lines[0]) >= width:
        values = _fit_columns(Chunk(lines[0], None, is_near=False), width, None)
    else:
        values = [x for line in lines for x in line if x.kind in PRINTED]
    if values is None or len(values) != width:
        run = Chunk([x for line in lines for x in line], None, is_near=False)
        numbers = solve_groups(_read_runs(run), len(rows), len(rows[0][1])) if lines and _is_digits(run) else None
        columns = [(row, column) for row, own in rows for column in own]
        cells = _make_split_cells("disputes", rows[0][0], ["total"] * width, numbers, run, lexicon, template) if numbers else []
        return [replace(c, row=row, column=column) for c, (row, column) in zip(cells, columns, strict=bool(cells))]
    out: list[PlacedCell] = []
    position = 0
    for row, columns in rows:
        out += _make_cells("disputes", row, columns, values[position : position + len(columns)], "order", lexicon, template)
        position += len(columns)
    return out


def _make_cells(
    table: str, row: str, columns: Sequence[str], values: Sequence[Lexeme], method: Method, lexicon: Lexicon, template: str
) -> list[PlacedCell]:
    out = []
    for column, lexeme in zip(columns, values, strict=True):
        unit = lexeme.unit or lexicon.units[template, table, row, column]
        out.append(PlacedCell(table, row, column, lexeme.value, lexeme.raw, lexeme.line, method, is_doubtful=False, unit=unit))
    return out


def _doubt_unproven_order(cells: list[PlacedCell]) -> list[PlacedCell]:
    """Rows of table 三 placed by order alone are doubted when the sums of the form do not bear the reading out."""
    by_order = {c.row for c in cells if c.table == "requests" and c.method == "order"}
    if not by_order or proves_column_totals({(c.row, c.column): c.value for c in cells if c.table == "requests"}):
        return cells
    return [
        PlacedCell(c.table, c.row, c.column, c.value, c.raw, c.line, c.method, is_doubtful=True, unit=c.unit)
        if c.table == "requests" and c.row in by_order
        else c
        for c in cells
    ]


def proves_column_totals(values: dict[tuple[str, str], float | None]) -> bool:
    """Whether no column that is complete contradicts (七)总计 = the sum of the outcomes, and no row its own total."""
    rows = {row for row, _ in values}
    columns = {column for _, column in values}
    for column in columns:
        outcome = [values.get((row, column)) for row in rows - NOT_OUTCOMES]
        total = values.get(("total_processed", column))
        if total is not None and len(rows) >= 23 and None not in outcome and sum(v for v in outcome if v is not None) != total:  # noqa: PLR2004
            return False
    for row in rows:
        parts = [values.get((row, column)) for column in columns - {"total"}]
        total = values.get((row, "total"))
        if total is not None and None not in parts and sum(v for v in parts if v is not None) != total:
            return False
    return True
