"""The whole reading of one document's statistics table."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from itertools import pairwise

from ingest.form_tables import Method, PlacedCell
from ingest.interpreting import Reading
from ingest.normalising import straighten
from ingest.statistics.forms import Label, StatisticsForm, load_statistics_form, normalise_indicator
from ingest.statistics.heads import Head, find_heads
from ingest.statistics.indicators import collect_indicators
from ingest.statistics.lexing import read_pieces
from ingest.statistics.solving import Relation, find_parts, relate_columns, relate_sum, solve_rows
from ingest.statistics.values import Row, read_rows

_FEWEST_ROWS = 2
_MOST_LINES_OF_ONE = 3
_HEAD_CHARACTERS = 300
_SHORTER_PERIOD = re.compile(r"[一二三四1-4]\s*季\s*度|半\s*年|\d\s*月\s*份|月\s*报|季\s*报")


def is_annual(text: str) -> bool:
    """Whether the head of a text names no shorter period than a year: tables for a quarter or half a year are not a report's."""
    return _SHORTER_PERIOD.search(straighten(text[:_HEAD_CHARACTERS])) is None


def read_statistics(text: str, media_type: str = "text/plain", form: StatisticsForm | None = None) -> Reading | None:
    """The statistics table of a document; None when it has none. Never raises for a text.

    `expected_count`: a cell per printed indicator and column, and those of the national form's indicators that a national table lacks;
    `value_count`: indicators with figures, readable or not; `is_cut_off`: the text ends with its last figure; `head_count` 2: most
    labels stand twice. A table without a figure, a dash or anything else has no cells.
    """
    form = form or load_statistics_form()
    # Markdown's marks of emphasis and of literal characters, one for one: offsets stay what they were
    straight = straighten(text).replace("**", "  ").replace("\\.", " .").replace("\\(", " (").replace("\\)", " )")
    readings = [r for head in find_heads(straight, form) if (r := _read_table(text, straight, head, form)) is not None]
    if not readings:
        return None
    head, rows = readings[0]
    return _build_reading(text, straight, head, rows, form, media_type)


def _read_table(text: str, straight: str, head: Head, form: StatisticsForm) -> tuple[Head, list[Row]] | None:
    indicators = collect_indicators(read_pieces(text, straight, head.end, head.mode, head.border, form), head, form)
    if not head.columns:
        if any(p.is_tight for x in indicators for p in x.slots) or any(sum(p.kind != "blank" for p in x.slots) > 1 for x in indicators):
            return None  # several columns without a name, or nothing that tells how many
        head = replace(head, columns=("value",))
    rows = read_rows(indicators, head)
    if len(rows) < _FEWEST_ROWS:
        return None
    if len(head.columns) == 1 and _hides_columns(rows, form):
        for row in rows:
            row.readings = row.readings if not row.has_figures else []
    return head, rows


def _hides_columns(rows: list[Row], form: StatisticsForm) -> bool:
    """Whether digits that seem to be one figure are those of several columns: `00`, or words of a head before the first label."""
    tight = [row for row in rows if any(p.is_tight and p.kind == "number" for p in row.slots)]
    is_cut = any(row.slots[0].straight.startswith("0") and not row.readings for row in tight)
    return is_cut or (bool(tight) and form.cumulative in rows[0].indicator.label.text)


def _build_reading(text: str, straight: str, head: Head, rows: list[Row], form: StatisticsForm, media_type: str) -> Reading:
    keys, unsettled = _name_rows(rows, form)
    found = _match(rows, form, keys)
    relations = _relate(rows, head, form, found)
    joined = head.mode == "plain" and any(p.is_tight for row in rows for p in row.slots)
    solve_rows(rows, relations, straight[: head.start])
    doubted = {i for r in relations if joined and not _may_hold(rows, r) for i in r.rows} | unsettled
    columns = _name_columns(head)
    width = len(columns)
    is_cut = bool(rows) and _is_cut(text, rows[-1], head)
    line_starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]
    is_twofold = _is_twofold(rows)
    reading = Reading(template=form.template, has_tables=True, is_cut_off=is_cut, head_count=1 + is_twofold, expected_count=0)
    reading.value_count = sum(row.has_figures for row in rows)
    expected = width * (len(rows) + _count_missing(rows, form, found))
    for index, row in enumerate(rows):
        is_last_cut = is_cut and index == len(rows) - 1
        values = row.readings[0] if len(row.readings) == 1 else None
        if is_last_cut and not row.slots:
            continue  # cut off before its figures
        method: Method = "arithmetic" if row.is_split else "label"
        for i, column in enumerate(columns):
            value = values[i] if values is not None else None
            raw = value.raw if value is not None else "".join(p.raw for p in row.slots)
            start = value.start if value is not None else row.slots[0].start if row.slots else row.indicator.start
            reading.cells.append(
                PlacedCell(
                    "statistics",
                    keys[index],
                    column,
                    value.value if value is not None else None,
                    raw,
                    bisect_right(line_starts, start),
                    method,
                    is_doubtful=value is None or index in doubted or is_last_cut,
                    unit=(value.unit if value is not None else None) or row.indicator.unit,
                )
            )
    if not any(c.raw for c in reading.cells):
        reading.cells = []
    reading.expected_count = expected
    reading.layout = _name_layout(text, head, rows, media_type, joined=joined)
    return reading


def _name_columns(head: Head) -> list[str]:
    """`value` for one column, else the printed heads; a head printed twice gets its place behind it."""
    if len(head.columns) == 1:
        return ["value"]
    seen: Counter[str] = Counter()
    out: list[str] = []
    for column in head.columns:
        seen[column] += 1
        out.append(column if seen[column] == 1 else f"{column}（{seen[column]}）")
    return out


def _name_rows(rows: list[Row], form: StatisticsForm) -> tuple[list[str], set[int]]:
    """The key of each row, and the rows whose label does not tell which of two indicators they are."""
    keys: list[str] = []
    unsettled: set[int] = set()
    above: list[Label] = []
    taken: dict[str, int] = {}
    for index, row in enumerate(rows):
        label = row.indicator.label
        above += row.indicator.headings
        key = label.text
        known = form.known.get(normalise_indicator(key), ())
        parents = [form.indicators[k].under for k in known if form.indicators[k].under is not None]
        if len(parents) > 1:
            parent = next(
                (x for x in reversed(above) if normalise_indicator(x.text) in {normalise_indicator(p) for p in parents if p}), None
            )
            if parent is None:
                unsettled.add(index)
            elif normalise_indicator(parent.text) != normalise_indicator(parents[0] or ""):
                key = f"{parent.text}：{key}"
        elif key in taken:
            level = label.level if label.level is not None else 2
            parent = next((x for x in reversed(above) if x.level is not None and x.level < level), None)
            key = f"{parent.text}：{key}" if parent is not None else key
        while key in taken:
            unsettled |= {index, taken[key]}
            key += "（2）"
        taken[key] = index
        keys.append(key)
        above.append(label)
    return keys, unsettled


def _match(rows: list[Row], form: StatisticsForm, keys: list[str]) -> dict[int, int]:
    """Indicator of the national form → position of its row."""
    found: dict[int, int] = {}
    for index, (row, key) in enumerate(zip(rows, keys, strict=True)):
        known = form.known.get(normalise_indicator(row.indicator.label.text), ())
        if len(known) > 1:
            parent = key.split("：")[0] if "：" in key else None
            known = tuple(k for k in known if (normalise_indicator(form.indicators[k].under or "") == normalise_indicator(parent or "")))
            known = known or form.known[normalise_indicator(row.indicator.label.text)][:1]
        for k in known[:1]:
            found.setdefault(k, index)
    return found


def _relate(rows: list[Row], head: Head, form: StatisticsForm, found: dict[int, int]) -> list[Relation]:
    """What must hold between the figures of a table: see `ingest.statistics.solving`."""
    relations = find_parts(rows)
    by_label: dict[tuple[str | None, str], int] = {}
    for k, index in found.items():
        by_label[form.indicators[k].under, form.indicators[k].label] = index
    for total in form.sums:
        whole = by_label.get((None, total.whole))
        parts = [by_label.get((None, part), by_label.get((total.whole, part))) for part in total.parts]
        if whole is not None and all(part is not None for part in parts):
            relations.append(relate_sum(whole, [part for part in parts if part is not None]))
    cumulative = [form.cumulative in column for column in head.columns]
    if cumulative == [False, True]:
        relations += [relate_columns(index, 0, 1) for index in range(len(rows))]
    return relations


def _may_hold(rows: list[Row], relation: Relation) -> bool:
    """Whether nothing speaks against what was read; where a cell is blank nothing does."""
    readings = [rows[i].readings for i in relation.rows]
    is_open = any(len(r) != 1 or any(v.value is None for v in r[0]) for r in readings)
    return is_open or relation.holds([r[0] for r in readings])


def _count_missing(rows: list[Row], form: StatisticsForm, found: dict[int, int]) -> int:
    """How many indicators a national table lacks. An unknown row between the same two known ones may be one under other words."""
    if len(found) * 2 < len(form.indicators):
        return 0
    missing = 0
    bounds = sorted(found.items())
    at = [(-1, -1), *bounds, (len(form.indicators), len(rows))]
    for (k0, r0), (k1, r1) in pairwise(at):
        missing += max(0, (k1 - k0) - max(1, r1 - r0))
    return missing


def _is_cut(text: str, last: Row, head: Head) -> bool:
    """Whether the text ends with the last row, so that a digit or a cell more may have stood there."""
    end = last.slots[-1].start + len(last.slots[-1].raw) if last.slots else last.indicator.start + len(last.indicator.unit or "")
    if text[end:].strip() or (head.mode == "rows" and last.slots and text[end:].strip(" ")):
        return False
    if not last.slots:
        return True
    values = last.readings[0] if len(last.readings) == 1 else ()
    return not text[end:] and not (values and values[-1].raw == "0")


def _is_twofold(rows: list[Row]) -> bool:
    """Whether most labels stand twice: two tables, perhaps that of the authority and that of its region."""
    counts = Counter(row.indicator.label.text for row in rows)
    return sum(n > 1 for n in counts.values()) * 2 > len(counts)


def _name_layout(text: str, head: Head, rows: list[Row], media_type: str, *, joined: bool) -> str:
    """How the table was flattened, in the words of the grid tables."""
    lines = {text.count("\n", 0, p.start) for row in rows for p in row.slots if p.kind == "number"}
    figures = sum(p.kind == "number" for row in rows for p in row.slots)
    if media_type == "text/html":
        return "html"
    if head.mode != "plain":
        is_markdown = "---|" in text[head.start :] or "| ---" in text[head.start :]
        return "tabs" if head.border == "\t" else "markdown" if is_markdown else "pipe_rows" if head.mode == "rows" else "pipe_cells"
    if joined:
        return "digit_runs"
    if len(lines) <= _MOST_LINES_OF_ONE and figures > len(lines):
        return "one_line"
    columns = max(1, len(head.columns))
    alone = any(row.slots and text[: row.slots[0].start].rstrip(" \t").endswith("\n") for row in rows)
    return "bare_cells" if alone and figures >= columns else "spaced_rows"
