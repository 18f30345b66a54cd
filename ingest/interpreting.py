"""The careful path: one document read lexeme by lexeme, whatever its layout and damage."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise, takewhile
from typing import Literal, NamedTuple

from ingest.aligning import place_disputes, place_rows
from ingest.chunking import PRINTED, join_crowded
from ingest.form_tables import PlacedCell, build_form_table
from ingest.lexicon import Form, Lexicon
from ingest.lexing import Lexeme, find_row_labels, find_table_heads, find_tables, read_lexemes
from ingest.normalising import remove_invisible, straighten
from ingest.notations import blank_entities, redraw_tables
from ingest.proving import doubt_unproven

_GRIDS = frozenset(
    {
        "text/html",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-excel",
    }
)
"""Kinds of files whose readers keep the cells of a table as the file has them."""
_LABEL_REACH = 300
_LABEL_CHARACTERS = 60
_WORDS = re.compile(r"[\u4e00-\u9fff]")
_NO_WORDS = re.compile(r"[\s|\d.,+\-]+$")
"""What stands between a label and a value further along its row."""
_MOST_COPIES = 3
_DISPUTES = ("review", "litigation_direct", "litigation_after_review")
"""The rows of table 四 in the order in which their heads stand."""
_LATER_TABLES = {"proactive": ("requests", "disputes"), "requests": ("disputes",)}


class Unplaced(NamedTuple):
    """A number printed in the tables that is no cell as read; `label` are the words before it."""

    table: str
    label: str
    raw: str
    line: int
    reason: Literal["unknown_row", "undecided"]


@dataclass(slots=True)
class Reading:
    """What the careful reading made of one document."""

    template: str | None = None
    form: Form | None = None
    layout: str | None = None
    cells: list[PlacedCell] = field(default_factory=list)
    has_tables: bool = False
    unplaced: list[Unplaced] = field(default_factory=list)
    value_count: int = 0  # numbers printed in the tables, placed or not
    is_cut_off: bool = False
    head_count: int = 0  # how often table 二 begins: more than one means more than one report
    expected_count: int | None = None  # cells of a table that has no fixed form, see ingest.statistics


def read_document(text: str, lexicon: Lexicon, media_type: str) -> Reading:
    """The tables of one document. Never raises for a text; what it cannot place it leaves out."""
    text = remove_invisible(text)
    straight = blank_entities(straighten(text))
    bounds = find_tables(straight, lexicon)
    if bounds is None:
        return Reading(is_cut_off=False)
    start, end = bounds
    tables = straight[start:end]
    straight = straight[:start] + redraw_tables(text[start:end], tables, find_row_labels(tables, lexicon)) + straight[end:]
    lexemes = read_lexemes(text, straight, *bounds, lexicon)
    zones = {table: join_crowded(zone, straight) for table, zone in _split_zones(lexemes, lexicon).items()}
    template = _read_template(lexemes, lexicon)
    reading = Reading(template=template, has_tables=any(x.kind in ("row", "furniture", "marker") for x in lexemes))
    reading.value_count = sum(x.kind == "number" for x in lexemes)
    heads = find_table_heads(straight)
    if len(heads) > 1 and (copied := _read_copies(text, straight, heads, lexicon, media_type)) is not None:
        return copied
    reading.head_count = len(heads)
    reading.layout = _read_layout(lexemes, straight[bounds[0] : bounds[1]], media_type)
    reading.is_cut_off = bounds[1] >= len(text.rstrip())
    forms = _choose_forms(zones["requests"], lexicon, template)
    if len(forms) == 1:
        reading.form = forms[0]
        reading.template = template or (forms[0].template if forms[0].variant is None else None)
    cut = {table: reading.is_cut_off and not any(zones[later] for later in after) for table, after in _LATER_TABLES.items()}
    is_grid = media_type in _GRIDS
    readings = [
        place_rows(zones["requests"], build_form_table(f, "requests", lexicon), is_cut_off=cut["requests"], is_grid=is_grid) for f in forms
    ]
    # where nothing tells the form, only what all its readings agree on
    agreed = set(readings[0]).intersection(*readings[1:]) if readings else set()
    requests = [cell for cell in readings[0] if cell in agreed] if readings else []
    if template is not None:
        base = next(f for f in lexicon.forms if f.template == template)
        fills_in_zeros = len(forms) == 1 and len(requests) == build_form_table(forms[0], "requests", lexicon).cell_count
        reading.cells += place_rows(
            zones["proactive"],
            build_form_table(base, "proactive", lexicon),
            may_split=fills_in_zeros,
            is_cut_off=cut["proactive"],
            is_grid=is_grid,
        )
    if readings:
        reading.cells += doubt_unproven(requests, build_form_table(forms[0], "requests", lexicon))
        reading.cells += place_disputes(zones["disputes"], build_form_table(forms[0], "disputes", lexicon))
    disordered = {table for table, zone in zones.items() if _is_disordered(zone, lexicon)}
    if _leads_total(zones["requests"], lexicon) and _fails_totals(requests):
        disordered.add("requests")
    if disordered:
        reading.cells = [replace(cell, is_doubtful=True) if cell.table in disordered else cell for cell in reading.cells]
    if reading.is_cut_off:
        is_closed = not is_grid and text.rstrip(" \n").endswith(("|", "\t"))  # of a page, the reader closes the last cell
        reading.cells = _drop_cut_cells(reading.cells, lexemes, lexicon.decimals, is_closed=is_closed)
    reading.unplaced = _list_unplaced(reading.cells, zones, text)
    return reading


def _read_copies(text: str, straight: str, heads: Sequence[int], lexicon: Lexicon, media_type: str) -> Reading | None:
    """The reading of the first of several tables 二 with all that follows, where each of the others is the same report once more: a page
    with its version for print or for telephones. None where any figure differs."""
    if len(heads) > _MOST_COPIES:
        return None
    starts = [0, *(straight.rfind("\n", 0, head) + 1 for head in heads[1:]), len(text)]
    if sorted(set(starts)) != starts:
        return None
    readings = [read_document(text[start:end], lexicon, media_type) for start, end in pairwise(starts)]
    figures = [{(c.table, c.row, c.column): (c.raw, c.value, c.is_doubtful) for c in reading.cells} for reading in readings]
    is_whole = len(figures[0]) == (readings[0].form.cell_count if readings[0].form is not None else -1)
    return readings[0] if is_whole and all(other == figures[0] for other in figures[1:]) else None


def _list_unplaced(cells: Sequence[PlacedCell], zones: Mapping[str, Sequence[Lexeme]], text: str) -> list[Unplaced]:
    placed = {cell.start for cell in cells}
    out: list[Unplaced] = []
    for table, zone in zones.items():
        label: Lexeme | None = None
        for lexeme in zone:
            if lexeme.kind in ("row", "text", "furniture", "anchor", "heading"):
                label = lexeme
            elif lexeme.kind == "number" and lexeme.start not in placed:
                is_row = label is not None and label.kind == "row"
                words = label.raw if label is not None and is_row else _quote_label(text, lexeme.start)
                out.append(Unplaced(table, words, lexeme.raw, lexeme.line, "undecided" if is_row or not words else "unknown_row"))
    return out


def _quote_label(text: str, start: int) -> str:
    """The words before a number: on its line, or on the nearest line above that has any."""
    before = text[max(0, start - _LABEL_REACH) : start]
    for line in reversed(before.split("\n")):
        words = _NO_WORDS.sub("", line)
        if _WORDS.search(words):
            return words[-_LABEL_CHARACTERS:].strip(" |\t")
    return ""


def _drop_cut_cells(
    cells: list[PlacedCell], lexemes: Sequence[Lexeme], decimals: Set[tuple[str, str, str]], *, is_closed: bool
) -> list[PlacedCell]:
    """The text ends inside its tables: its last number may be the first digits of a longer one, and blanks behind it what was cut off.

    The number stays when a border is printed behind it (`is_closed`), when it is a count that begins with 0, or when it is a total that its
    row proves. `decimals`: the cells that may hold a fraction.
    """
    printed = [x for x in lexemes if x.kind not in ("break", "blank", "gap", "bar")]
    if not printed or printed[-1].kind not in PRINTED:
        return cells
    place = next((i for i in reversed(range(len(cells))) if cells[i].line == printed[-1].line and cells[i].raw), None)
    if place is None:
        return cells
    last = cells[place]
    kept = [c for i, c in enumerate(cells) if i <= place or (c.line != last.line and (c.table, c.row) != (last.table, last.row))]
    if is_closed or (last.raw == "0" and (last.table, last.row, last.column) not in decimals):
        return kept
    parts = [c.value for c in kept if (c.table, c.row) == (last.table, last.row) and c.column != "total"]
    is_proven = last.column == "total" and None not in parts and sum(v for v in parts if v is not None) == last.value
    return kept if is_proven else [c for c in kept if c is not last]


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
        elif zone == "requests" and zones["disputes"] and lexeme.raw in lexicon.result_heads:
            zone = "disputes"  # goes on behind the heads of 三, which a page repeats
        elif lexeme.kind == "furniture" and lexeme.raw in lexicon.block_heads:
            zone = "proactive"
        zones[zone].append(lexeme)
    return zones


def _is_disordered(zone: Sequence[Lexeme], lexicon: Lexicon) -> bool:
    """Whether the heads of a table stand in an order that no form has, or those of 四, which has one row of values, behind values.

    A head that was there before, as where a page begins or a line is printed twice, says nothing of the order.
    """
    seen: list[str] = []
    rows: list[str] = []
    has_values = False
    for lexeme in zone:
        if lexeme.kind in PRINTED:
            seen, has_values = [], True
        elif lexeme.key is not None and lexeme.key[0] == "disputes":
            row = lexeme.key[1]
            if rows and row not in rows and (has_values or _DISPUTES.index(row) < _DISPUTES.index(rows[-1])):
                return True
            rows.append(row)
        elif lexeme.kind in ("row", "anchor", "heading"):
            seen = []
        elif lexeme.raw in lexicon.column_heads and lexeme.raw not in seen:
            if (seen and (seen[-1], lexeme.raw) in lexicon.backward_heads) or (has_values and rows and lexeme.raw in lexicon.result_heads):
                return True
            seen.append(lexeme.raw)
    return False


def _leads_total(zone: Sequence[Lexeme], lexicon: Lexicon) -> bool:
    """Whether the head of the last column of 三 stands before that of the first: as a taller cell, or because the column does."""
    heads = [x.raw for x in takewhile(lambda x: x.kind not in PRINTED, zone) if x.raw in lexicon.requests_ends]
    return len(set(heads)) > 1 and heads[0] == lexicon.requests_ends[1]


def _fails_totals(cells: Sequence[PlacedCell]) -> bool:
    """Whether more rows of 三 with numbers fail their total than hold it: then the last column is no total."""
    rows = [list(group) for _, group in groupby(cells, key=lambda cell: cell.row)]
    values = [[cell.value for cell in row if cell.value is not None] for row in rows]
    held = [sum(row[:-1]) == row[-1] for row in values if len(row) > 1 and any(row)]
    return sum(held) < len(held) / 2


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
    lines = {x.row_line for x in numbers}
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
    chosen = [form for score, form in fitting if score == best]
    height = _measure_outcomes(zone)
    spanned = [form for form in chosen if height == len(_list_outcomes(form))]
    return spanned or chosen


def _list_outcomes(form: Form) -> list[str]:
    """The rows beside 三、本年度办理结果: 22 in the form of 2021, 20 in that of 2019."""
    rows = [row for row, _ in form.rows_of("requests")]
    return rows[rows.index("granted") : rows.index("total_processed") + 1]


def _measure_outcomes(zone: Sequence[Lexeme]) -> int:
    """How many lines the merged cell 三、本年度办理结果 covers in a table with borders, also of rows that are not there; 0 unless seen."""
    lines = [list(group) for _, group in groupby((x for x in zone if x.kind != "break"), key=lambda x: x.row_line)]
    first = next((i for i, line in enumerate(lines) if any(x.key == ("requests", "granted") for x in line)), None)
    if first is None or lines[first][0].kind == "gap":
        return 0
    below = takewhile(lambda line: line[0].kind == "gap" and line[0].column == 0, lines[first + 1 :])
    return 1 + sum(1 for _ in below)
