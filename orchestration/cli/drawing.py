"""Draws the tables of a report in columns of characters: Chinese takes two, so every width here is that of a terminal, not of a string."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from orchestration.cli.excerpts import clean_line, crop_text
from orchestration.cli.forms import Cell, Form, FormRow, Group, Part
from orchestration.cli.languages import Language
from orchestration.cli.phrases import say
from orchestration.cli.tables import CellKey

ABSENT: Final = "·"
DOUBTFUL: Final = "?"
BELOW: Final = "↓"
_INDENT: Final = 2
_LABEL_MOST, _LABEL_LEAST = 46, 8
_BESIDE_HEADS: Final = 32
"""Columns kept free beside the heads of a table; heads that do not fit into the others are folded."""
_RAGGED: Final = 20
"""Characters at the end of a line among which a blank is sought to break at; Chinese has few and breaks anywhere."""
_METHOD_STYLES: Final = {"label": "dim", "order": "cyan", "arithmetic": "magenta"}


@dataclass(frozen=True)
class Mark:
    """The findings that judge a cell, by their numbers, and how the cell is drawn for it."""

    numbers: tuple[int, ...]
    style: str

    @property
    def sign(self) -> str:
        """!1 before the value."""
        return "!" + ",".join(map(str, self.numbers)) + " "


@dataclass(frozen=True)
class _Widths:
    label: int
    head: int  # heads are folded to this
    values: tuple[int, ...]
    doubtful: tuple[bool, ...]  # whether a value of the column has the sign, so that the digits of the others stay in line
    gap: int
    method: int
    line: int


def draw_form(form: Form, marks: Mapping[CellKey, Mark], width: int, language: Language) -> Iterator[Text]:
    """The lines of one table: title, heads, rows with how they were placed. None is wider than `width`, which is 60 at least."""
    yield Text(crop_text(form.title, width), style="bold")
    if not any(row.held for row in form.rows):
        yield Text(say("whole_table", language, len(form.rows)), style="yellow")
        return
    widths = _measure(form, marks, width, language)
    for number, part in enumerate(form.parts):
        yield from _draw_heads(part, widths, language, is_first=number == 0)
        for line in part.lines:
            if isinstance(line, Group):
                yield Text(crop_text(" " * _INDENT * line.depth + clean_line(line.label), width), style="dim")
            else:
                yield from _draw_row(line, marks, widths, width, language)


def write_lines(lines: tuple[int, int] | None) -> str:
    """57, or 57-63."""
    if lines is None:
        return ""
    return str(lines[0]) if lines[0] == lines[1] else f"{lines[0]}-{lines[1]}"


def _measure(form: Form, marks: Mapping[CellKey, Mark], width: int, language: Language) -> _Widths:
    count = max(len(part.columns) for part in form.parts)
    head = max(4, min(16, (width - _BESIDE_HEADS) // count))
    cells = [item for row in form.rows for item in enumerate(row.cells)]
    doubtful = tuple(any(place == own and cell is not None and cell["is_doubtful"] for own, cell in cells) for place in range(count))
    values = [0] * count
    for part in form.parts:
        for place, label in enumerate(part.columns):
            values[place] = max([values[place], *map(cell_len, _fold_head(label, head))])
        for row in part.rows:
            for place, (key, cell) in enumerate(zip(row.keys, row.cells, strict=True)):
                values[place] = max(values[place], cell_len(_write_value(cell, marks.get(key), is_padded=doubtful[place])))
    method = max([cell_len(say("placed", language)), *(cell_len(_name_methods(row, language)) for row in form.rows)])
    line = max([cell_len(say("line", language)), *(cell_len(write_lines(row.lines)) for row in form.rows)])
    labels = [
        _INDENT * item.depth + cell_len(clean_line(item.label)) for part in form.parts for item in part.lines if isinstance(item, FormRow)
    ]
    wanted = min(_LABEL_MOST, max([*labels, *(cell_len(part.head) for part in form.parts)]))
    rest = width - method - line - 4
    gap = 2 if rest - sum(values) - 2 * count >= min(wanted, _LABEL_MOST // 2) else 1
    while rest - sum(values) - gap * count < _LABEL_LEAST and max(values) > 1:
        values[values.index(max(values))] -= 1
    return _Widths(min(wanted, rest - sum(values) - gap * count), head, tuple(values), doubtful, gap, method, line)


def _draw_heads(part: Part, widths: _Widths, language: Language, *, is_first: bool) -> Iterator[Text]:
    folded = [_fold_head(label, widths.head) for label in part.columns]
    height = max(map(len, folded))
    for level in range(height):
        is_last = level == height - 1
        values = [lines[level - height + len(lines)] if level >= height - len(lines) else "" for lines in folded]
        text = _align(crop_text(part.head, widths.label) if is_last else "", widths.label, is_right=False)
        for value, size in zip(values, widths.values, strict=False):
            text += " " * widths.gap + _align(crop_text(value, size), size, is_right=True)
        if is_first and is_last:
            text += _skip_values(len(values), widths)
            text += "  " + _align(say("placed", language), widths.method, is_right=False)
            text += "  " + _align(say("line", language), widths.line, is_right=False)
        yield Text(text.rstrip(), style="dim")


def _draw_row(row: FormRow, marks: Mapping[CellKey, Mark], widths: _Widths, width: int, language: Language) -> Iterator[Text]:
    label = crop_text(" " * _INDENT * row.depth + clean_line(row.label), widths.label)
    text = Text(_align(label, widths.label, is_right=False))
    below = []
    for place, (key, cell, head) in enumerate(zip(row.keys, row.cells, row.heads, strict=True)):
        mark, size = marks.get(key), widths.values[place]
        written = _write_value(cell, mark, is_padded=widths.doubtful[place])
        if cell_len(written) > size:
            below.append((head, written))
            written = BELOW
        text.append(" " * (widths.gap + size - cell_len(written)))
        text.append(written, style=_choose_style(cell, mark))
    text.append(_skip_values(len(row.cells), widths) + "  ")
    style = _METHOD_STYLES[row.methods[-1]] if row.methods else "yellow"
    text.append(_align(_name_methods(row, language), widths.method, is_right=False), style=style)
    text.append("  " + write_lines(row.lines), style="dim")
    text.rstrip()
    yield text
    for head, written in below:
        yield from draw_wrapped(Text(f"{BELOW} {head} {written}".replace("  ", " ")), width, _INDENT * (row.depth + 1))


def draw_wrapped(text: Text, width: int, indent: int) -> Iterator[Text]:
    """The text in lines of at most `width` columns, each begun with `indent` blanks."""
    rest = text
    while cell_len(rest.plain) > width - indent:
        end = _find_break(rest.plain, width - indent)
        yield _indent(rest[:end], indent)
        rest = rest[end + len(rest.plain[end:]) - len(rest.plain[end:].lstrip()) :]
    yield _indent(rest, indent)


def draw_entry(name: Text, value: Text, width: int, indent: int) -> Iterator[Text]:
    """A name and, from column `indent` on, what belongs to it."""
    for number, line in enumerate(draw_wrapped(value, width, indent)):
        yield line if number else Text.assemble(name, line[name.cell_len :])


def _find_break(plain: str, room: int) -> int:
    """Where a text that is wider than `room` columns is broken: at a blank near the end of the room, or else at its end."""
    used, end = 0, 0
    while (used := used + cell_len(plain[end])) <= room:
        end += 1
    if plain[end] == " ":
        return end
    is_word = plain[end].isascii() and plain[end - 1].isascii()
    blank = plain.rfind(" ", 1 if is_word else max(1, end - _RAGGED), end)
    return end if blank < 0 else blank


def _indent(text: Text, indent: int) -> Text:
    text.rstrip()
    return Text(" " * indent) + text


def _write_value(cell: Cell | None, mark: Mark | None, *, is_padded: bool) -> str:
    sign = mark.sign if mark is not None else ""
    blank = " " if is_padded else ""
    if cell is None:
        return sign + ABSENT + blank
    return sign + clean_line(str(cell["raw"])) + (DOUBTFUL if cell["is_doubtful"] else blank)


def _choose_style(cell: Cell | None, mark: Mark | None) -> str:
    if mark is not None:
        return mark.style
    if cell is None:
        return "dim"
    if cell["is_doubtful"]:
        return "yellow"
    return "dim" if cell["raw"] == "0" else "bold"


def _name_methods(row: FormRow, language: Language) -> str:
    return "+".join(say(method, language) for method in row.methods) or say("missing", language)


def _skip_values(count: int, widths: _Widths) -> str:
    """Blanks in place of the columns that a block does not have."""
    return " " * sum(widths.gap + size for size in widths.values[count:])


def _fold_head(label: str, most: int) -> Sequence[str]:
    """The head of a column in lines of nearly the same length, at most `most` columns wide, a unit in brackets on its own."""
    lines = []
    for part in label.replace("（", "\n（").split("\n"):
        step = -(-len(part) // max(1, -(-cell_len(part) // most))) or 1
        lines += [part[start : start + step] for start in range(0, len(part), step)] or [""]
    return lines


def _align(text: str, width: int, *, is_right: bool) -> str:
    blanks = " " * (width - cell_len(text))
    return blanks + text if is_right else text + blanks
