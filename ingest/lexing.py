"""The careful reading's first step: the tables of one document as a list of lexemes, whatever the layout.

Labels are searched in the letters alone (spaces, line breaks and cell borders between them do not matter); numbers are searched in
what the labels leave over. So `属于国家秘密00000002.其他法律` and a Markdown row are the same to the steps that follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ingest.lexicon import Lexicon, RowKey, read_heading
from ingest.notations import RowLabel
from ingest.numbers import DASHES, NUMBER, UNITS, is_dash, read_number
from ingest.row_breaks import Label, cut_rows

LETTER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]")
_BLOCK_HEAD = re.compile(r"第\s*二\s*十\s*条\s*第?\s*\(\s*一\s*\)\s*项")
_BLOCK_COLUMNS = re.compile(r"信\s*息\s*内\s*容[\s|]*本\s*年")
_REQUESTS_HEAD = re.compile(r"勾\s*稽\s*关\s*系|申\s*请\s*人\s*情\s*况|一\s*、\s*本\s*年\s*新\s*收")
_DISPUTES_HEAD = re.compile(r"结\s*果\s*维\s*持")
_FIRST_RESULT = "结果维持"
_INLINE_HEADING = re.compile(r"[五六]\s*、\s*(?:政府信息公开工作)?(?:存在的?主要|存在的?问题|其他需要)")
_HEADING_CHARACTERS = 60
_FEW_LINES = 3
"""A text whose tables stand on so few lines has no line of its own for the heading behind them."""
_LETTERLESS = re.compile(r"[^\u4e00-\u9fff]+")
_ALONE = re.compile(r"^\s*(?:[-—–·•]\s*\d+\s*[-—–·•]|\d+\s*/\s*\d+|第\s*\d+\s*页.*)\s*$")  # a page number
_MARKDOWN_RULE = re.compile(r"^[\s|:]*-{3,}[\s|:\-]*$")
_PROSE = re.compile(r"[，。；！？、]|[\u4e00-\u9fff][,;:][\u4e00-\u9fff]|[\u4e00-\u9fff],|,[\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[。;!]|,(?!\d{3}(?!\d))|:(?!\d)")
_ROW_END = re.compile(r"(?:[ \t]\d[\d,]*){5,}[ \t]*$")
"""So many numbers end no sentence: the words before them are a part of the label that stands around its row."""
_PLAIN = re.compile(r"0|[1-9]\d*", re.ASCII)
_CELL_BELOW = re.compile(r"[|\t][^\S\t]*\n|\n[^\S\t]*[|\t]")
"""The end of a line that is cut into cells."""
_OPENING = "+|,;()[]\"'“‘”’、。》" + "".join(DASHES)
"""Signs that may touch a value."""
_PIECE = re.compile(
    rf"(?P<change>(?:[增减][加少]?|\([增减][加少]?\))\s*(?=\d))?(?P<number>(?<![\d.]){NUMBER})(?P<unit>\s*(?:{'|'.join(UNITS)}))?(?P<remark>\s*\((?![增减][加少]?\))[^()|\t\n]{{0,40}}\))?"
    rf"|(?P<dash>[{re.escape(''.join(DASHES))}]+)|(?P<space>\s+)|(?P<text>.)",
    re.DOTALL,
)
_REMARK = re.compile(r"\s*\([^()\d|\n]*[\u4e00-\u9fff][^()\d|\n]*\)")
"""What an agency adds to a label to say what it means; it holds no number."""
_CORRECTION = re.compile(r"更正|应为|实为|改为|原为|有误")
"""What an agency writes behind a figure that is not the right one."""
_ABOUT_BEFORE, _ABOUT_BEHIND = frozenset("约近超逾"), frozenset("余多")
_NUMERAL_BEHIND = re.compile(r"(?:[一二三四五六七八九十]\s*[、.]|\(\s*[一二三四五六七八九十]\s*\))\s*$")
"""The number of a heading or label that was found without it."""
_NUMBERING_AHEAD = re.compile(r"\s*[.、)](?!\d)")

Kind = Literal["row", "furniture", "marker", "heading", "anchor", "number", "dash", "blank", "gap", "bar", "text", "break"]
"""`blank`: a cell that prints nothing; `gap`: two borders with not even a space between, mostly what a merged cell leaves behind;
`bar`: a border alone on its line."""


@dataclass(slots=True)
class Lexeme:
    """One piece of a table. `raw` as printed; `line` 1-based; `value` of a number, None when its digits are those of several."""

    kind: Kind
    raw: str
    line: int
    key: RowKey | None = None
    value: float | None = None
    unit: str | None = None
    start: int = 0
    section: str | None = None
    column: int = -1
    """Which cell of its line it stands in, of how many (`columns`); -1 where borders do not tell."""
    columns: int = 0
    above: int = 0
    """How many lines above its own its printed row begins."""

    @property
    def row_line(self) -> int:
        """The line on which its printed row begins."""
        return self.line - self.above


@dataclass(frozen=True, slots=True)
class Span:
    """A label found in the text: offsets into it."""

    start: int
    end: int
    kind: Kind
    label: str


def find_table_heads(text: str) -> list[int]:
    """Where a straightened text begins table 二: more than once, and it holds more than one report, or one of them twice."""
    return [m.start() for m in _BLOCK_HEAD.finditer(text) if "信息内容" in _LETTERLESS.sub("", text[m.start() : m.start() + 200])]


def find_tables(text: str, lexicon: Lexicon) -> tuple[int, int] | None:
    """Start and end offset of the part of a straightened text that holds statutory tables, or None.

    They begin with the first head of a table and end with the heading of the section after them, or with the text.
    """
    heads = (_BLOCK_HEAD, _BLOCK_COLUMNS, _REQUESTS_HEAD, _DISPUTES_HEAD)
    found = [match.start() for pattern in heads if (match := pattern.search(text)) is not None]
    if not found:
        return None
    start = min(found)
    position = start
    lines = text[start:].split("\n")
    for line in lines:
        if len(line) < _HEADING_CHARACTERS and read_heading(line, lexicon) in ("problems", "other"):
            return text.rfind("\n", 0, start) + 1, position
        position += len(line) + 1
    inline = _INLINE_HEADING.search(text, start) if len(lines) <= _FEW_LINES else None
    if inline is not None:
        return start, inline.start()
    return (start if len(lines) <= _FEW_LINES else text.rfind("\n", 0, start) + 1), len(text)


@lru_cache(maxsize=1)  # asked twice of a text whose tables have borders
def find_labels(text: str, lexicon: Lexicon) -> tuple[Span, ...]:
    """Every known label of a straightened text, longest first where they overlap, in order of place."""
    positions = [match.start() for match in LETTER.finditer(text)]
    letters = "".join(text[p] for p in positions)
    taken = bytearray(len(letters))
    found: list[Span] = []
    for label, kind in _labels(lexicon):
        at = letters.find(label)
        while at >= 0:
            end = at + len(label)
            if taken.find(1, at, end) < 0 and _is_whole(text, positions, taken, at, end, kind):
                taken[at:end] = b"\x01" * len(label)
                numeral = _NUMERAL_BEHIND.search(text, max(0, positions[at] - 6), positions[at])
                found.append(Span(numeral.start() if numeral else positions[at], positions[end - 1] + 1, kind, label))
            at = letters.find(label, at + 1)
    return tuple(sorted(found, key=lambda span: span.start))


@lru_cache(maxsize=4)
def _labels(lexicon: Lexicon) -> list[tuple[str, Kind]]:
    """All labels with their kind, longest first; where one has two meanings the later of this list holds."""
    kinds: dict[str, Kind] = {}
    kinds |= dict.fromkeys(lexicon.headings, "heading")
    kinds |= dict.fromkeys(lexicon.furniture, "furniture")
    kinds |= dict.fromkeys(lexicon.markers, "marker")
    kinds |= dict.fromkeys(lexicon.requests_anchors, "anchor")
    kinds |= dict.fromkeys(lexicon.row_labels, "row")
    return sorted(kinds.items(), key=lambda item: -len(item[0]))


def _is_whole(text: str, positions: list[int], taken: bytearray, at: int, end: int, kind: Kind) -> bool:
    """Whether the letters found are a label of their own, and not a value with the next word, nor a part of a longer word."""
    start, stop = positions[at], positions[end - 1] + 1
    if text[start].isdigit():  # a numbering must be followed by its point, or it is the last value of the row before
        ahead = _NUMBERING_AHEAD.match(text, start + 1)
        return ahead is not None and (start == 0 or not text[start - 1].isdigit() or not ahead[0][0].isspace())
    if stop < len(text) and _is_letter(text[stop]) and not (end < len(positions) and taken[end]) and _CELL_BELOW.search(text, start, stop):
        return False  # 其他|⏎|结果维持 is no 其他结果: a label over several cells ends where a cell does
    if kind != "row" or end - at > 4:  # noqa: PLR2004 - 规章, 行政许可: also words of prose, unless other labels touch them
        return True
    touched_before = start > 0 and _is_letter(text[start - 1]) and not (at > 0 and taken[at - 1])
    touched_behind = stop < len(text) and _is_letter(text[stop]) and not (end < len(positions) and taken[end])
    return not (touched_before or touched_behind)


def _is_letter(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def find_row_labels(text: str, lexicon: Lexicon) -> list[RowLabel]:
    """The labels of rows in a straightened text, for what reads the rest of their rows."""
    widths = _widths(lexicon)
    return [RowLabel(span.end, widths[lexicon.row_labels[span.label]]) for span in find_labels(text, lexicon) if span.kind == "row"]


def read_lexemes(original: str, text: str, start: int, end: int, lexicon: Lexicon) -> list[Lexeme]:
    """The lexemes of `text[start:end]`, in order; `original` is the text before `straighten`, of the same length.

    Prose that stands between the tables, page numbers and Markdown rules give no numbers.
    """
    next_line = text.count("\n", 0, start) + 1
    out: list[Lexeme] = []
    spans = [Span(s.start + start, s.end + start, s.kind, s.label) for s in find_labels(text[start:end], lexicon)]
    at = 0
    line_start = start
    for raw_line in cut_rows(text[start:end], [label for span in spans if (label := _place_label(span, start, lexicon)) is not None]):
        line_end = line_start + len(raw_line)
        line = next_line
        next_line += 1 + raw_line.count("\n")
        if not raw_line or raw_line.isspace():
            line_start = line_end + 1
            continue
        inside: list[Span] = []
        while at < len(spans) and spans[at].start < line_end:
            inside.append(spans[at])
            if spans[at].end > line_end:
                break
            at += 1
        if not (_ALONE.match(raw_line) and not inside) and not _MARKDOWN_RULE.match(raw_line):
            out += _read_line(original, text, line_start, line_end, line, inside, lexicon)
            out.append(Lexeme("break", "\n", line, start=line_end))
        line_start = line_end + 1
    return out


@lru_cache(maxsize=4)
def _widths(lexicon: Lexicon) -> dict[RowKey, frozenset[int]]:
    """How many columns a row has, in each of the forms that have it."""
    found: dict[RowKey, set[int]] = {}
    for table, row, columns in (row for form in lexicon.forms for row in form.rows):
        found.setdefault((table, row), set()).add(len(columns))
    return {key: frozenset(widths) for key, widths in found.items()}


def _place_label(span: Span, start: int, lexicon: Lexicon) -> Label | None:
    """The label as one that begins a row of its table, its place counted from `start`; None for words that begin none."""
    key = lexicon.row_labels[span.label] if span.kind == "row" else None
    if span.label == _FIRST_RESULT or key == ("disputes", "review"):
        return Label(span.end - 1 - start, "disputes")
    if key is None or key[0] == "disputes":
        return None
    return Label(span.end - 1 - start, key[0], _widths(lexicon)[key])


def _read_line(original: str, text: str, start: int, end: int, line: int, spans: list[Span], lexicon: Lexicon) -> list[Lexeme]:
    content = text[start:end]
    if not spans and _PLAIN.fullmatch(content):
        return [Lexeme("number", original[start:end], line, value=float(content), start=start)]
    if content.strip() == "|":
        return [Lexeme("bar", "|", line, start=start)]
    bounds = _find_cells(content, start)
    is_broken = "\n" in content
    if len(bounds) == 1 and "|" not in content and "\t" not in content:
        return _read_cell(original, text, start, end, line, spans, lexicon)
    out: list[Lexeme] = []
    for column, (cell_start, cell_end) in enumerate(bounds):
        within = [s for s in spans if s.start < cell_end and s.end > cell_start] if spans else spans
        cell = text[cell_start:cell_end]
        printed = cell.strip()
        before = len(out)
        own_line = line + text.count("\n", start, cell_start) if is_broken else line
        if not printed and not within:
            own_line = line + text.count("\n", start, cell_end) if is_broken else line
            out.append(Lexeme("gap" if cell_start == cell_end else "blank", "", own_line, start=cell_start))
        elif not within and _PLAIN.fullmatch(printed):  # most cells: no need to look closer
            first = cell_end - len(cell.lstrip())
            own_line = line + text.count("\n", start, first) if is_broken else line
            out.append(Lexeme("number", original[first : first + len(printed)], own_line, value=float(printed), start=first))
        elif printed:
            out += _read_cell(original, text, cell_start, cell_end, own_line, within, lexicon)
        wrapped = {s.start for s in within if s.start < cell_start}  # a label over several cells stands in the last of them
        for lexeme in [x for x in out[:before] if x.start in wrapped] + out[before:] if wrapped else out[before:]:
            lexeme.column, lexeme.columns = column, len(bounds)
        if is_broken:
            for lexeme in out[before:]:
                lexeme.above = lexeme.line - line
    return out


def _find_cells(content: str, start: int) -> list[tuple[int, int]]:
    """Offsets of the cells of a line, borders at its ends left out."""
    separator = "|" if "|" in content else "\t"
    bounds: list[tuple[int, int]] = []
    position = start
    for cell in content.split(separator):
        bounds.append((position, position + len(cell)))
        position += len(cell) + 1
    if separator == "|":
        bounds = bounds[1:] if content.lstrip().startswith("|") else bounds
        bounds = bounds[:-1] if content.rstrip().endswith("|") else bounds
    return bounds


def _read_cell(original: str, text: str, start: int, end: int, line: int, spans: list[Span], lexicon: Lexicon) -> list[Lexeme]:
    out: list[Lexeme] = []
    gaps = [text[a:b] for a, b in _gaps(start, end, spans)]
    left = "".join(gaps)
    speaks = any(_SENTENCE.search(gap) for gap in gaps) or (
        len(left) > 12 and _PROSE.search(left) is not None and not (gaps and _ROW_END.search(gaps[-1]))  # noqa: PLR2004
    )
    if (
        speaks
        and spans
        and spans[0].kind == "row"
        and _is_remark(text[spans[0].end : end].strip())
        and not text[start : spans[0].start].strip()
    ):
        return [Lexeme("row", spans[0].label, line, key=lexicon.row_labels[spans[0].label], start=spans[0].start)]
    is_prose = speaks and len(spans) < 8  # noqa: PLR2004 - more labels: a whole table on one line
    position = start
    for span in spans:
        out += _read_gap(original, text, position, max(position, span.start), line + text.count("\n", start, position), is_prose=is_prose)
        if span.start >= start:
            key = lexicon.row_labels[span.label] if span.kind == "row" else None
            section = lexicon.headings[span.label] if span.kind == "heading" else None
            last_line = line + text.count("\n", start, span.end)
            out.append(Lexeme(span.kind, span.label, last_line, key=key, start=span.start, section=section))
        position = max(position, span.end)
        remark = _REMARK.match(text, position, end) if span.kind == "row" else None
        if remark is not None and not any(position <= other.start < remark.end() for other in spans):
            position = remark.end()
    out += _read_gap(original, text, position, end, line + text.count("\n", start, position), is_prose=is_prose)
    return out


def _is_remark(text: str) -> bool:
    """Whether a text is one bracket: what an agency adds to a label to say what it means."""
    return text.startswith("(") and text.endswith(")") and text.count(")") == 1


def _touches_letter(text: str, start: int, end: int, low: int, high: int) -> bool:
    return (start > low and LETTER.match(text[start - 1]) is not None) or (end < high and LETTER.match(text[end]) is not None)


def _is_about(text: str, start: int, end: int, low: int, high: int) -> bool:
    """Whether a number is only about what it says: 约20, 20余."""
    return text[low:start].rstrip()[-1:] in _ABOUT_BEFORE or text[end:high].lstrip()[:1] in _ABOUT_BEHIND


def _ends_word(text: str, at: int, low: int) -> bool:
    """Whether 无 is what a broken label begins with: （四）无法提供."""
    return text[at] == "无" and at > low and text[at - 1] in ")、."


def _leads_number(text: str, start: int, end: int, low: int, high: int) -> bool:
    """Whether a dash stands directly before a number, and not behind another."""
    return end < high and text[end].isdigit() and (start == low or not text[start - 1].isdigit())


def _is_marked(text: str, at: int, low: int) -> bool:
    """Whether a sign stands directly before a number: ·6·, №6, #6 are no values."""
    return at > low and not text[at - 1].isspace() and not text[at - 1].isalnum() and text[at - 1] not in _OPENING


def _gaps(start: int, end: int, spans: list[Span]) -> list[tuple[int, int]]:
    out = []
    position = start
    for span in spans:
        if span.start > position:
            out.append((position, span.start))
        position = max(position, span.end)
    if end > position:
        out.append((position, end))
    return out


def _read_gap(original: str, text: str, start: int, end: int, line: int, *, is_prose: bool) -> list[Lexeme]:
    """Numbers and dashes between labels; any other letter makes a text lexeme."""
    out: list[Lexeme] = []
    if start >= end:
        return out
    if is_prose or _SENTENCE.search(text, start, end):
        return [Lexeme("text", original[start:end], line, start=start)] if LETTER.search(text, start, end) else []
    after_text = False
    position = start
    while position < end:
        match = _PIECE.match(text, position, end)
        if match is None:
            break
        position = match.end()
        if match["number"]:
            tail = text[match.end() : match.end() + 1] if match.end() < end else ""
            if (
                after_text
                or _is_marked(text, match.start("number"), start)
                or tail.isalpha()
                or (tail and tail in "-/.%:<?")
                or _CORRECTION.search(match["remark"] or "")
                or _is_about(text, match.start(), match.end(), start, end)
                or _NUMBERING_AHEAD.match(text, match.end("number"), end)
            ):
                out.append(Lexeme("text", match[0], line, start=match.start()))  # 8份, 第2页, a numbering: no value
                after_text = True
                continue
            printed = match["number"] + (match["unit"] or "").strip()
            number = read_number(printed)
            raw = original[match.start() : match.end()].strip()
            value, unit = (number.value, number.unit) if number else (None, None)
            if value is not None and "减" in (match["change"] or ""):
                value = 0 - value  # no negative zero
            own_line = line + text.count("\n", start, match.start())
            out.append(Lexeme("number", raw, own_line, value=value, unit=unit, start=match.start()))
        elif match["dash"] and _leads_number(text, match.start(), match.end(), start, end):
            out.append(Lexeme("text", match[0], line, start=match.start()))  # —7: a minus, or a dash with the next cell
            after_text = True
            continue
        elif (
            match["dash"]
            and is_dash(match["dash"])
            and not _touches_letter(text, match.start(), match.end(), start, end)
            and not _ends_word(text, match.start(), start)
        ):
            own_line = line + text.count("\n", start, match.start())
            out.append(Lexeme("dash", original[match.start() : match.end()], own_line, start=match.start()))
        elif match["text"] and LETTER.match(match["text"]):
            if not (out and out[-1].kind == "text" and after_text):
                out.append(Lexeme("text", match["text"], line, start=match.start()))
            after_text = True
            continue
        after_text = False if match["space"] else after_text
    return out
