"""The careful reading's second step: the values between labels cut into printed rows, and a row's cells fitted to its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from ingest.lexicon import RowKey
from ingest.lexing import Lexeme
from ingest.normalising import straighten

VALUE_KINDS = ("number", "dash", "blank", "gap")
PRINTED = ("number", "dash")
_CROWDED_SHARE = 0.1
"""Where more numbers than these share a cell, borders are no rule of the table."""


@dataclass(slots=True)
class Chunk:
    """The values of one printed row. `label` stands before them, `is_near`: on the same line."""

    values: list[Lexeme]
    label: RowKey | None
    is_near: bool
    label_column: int = -1
    """The cell that the label stands in, on the same line."""
    run: int | None = None
    """Rows cut out of one run of values by their count share a number: they stand or fall together."""
    bars: int = 0
    """Borders alone on their lines, behind the last value."""
    is_bridged: bool = False
    """Put together over words that stand between its values, or one of several rows whose labels stand together before them."""
    block: int = -1
    """The last head of a block of table 二 before it, by position."""
    is_stray: bool = False
    """A number alone where every row stands on one line of its own: none of the form's rows."""


def join_crowded(lexemes: Sequence[Lexeme], text: str) -> list[Lexeme]:
    """Makes one number without a value of those that share a cell, where a border stands between any others: one of them is a stray.

    `text`: the straightened text in which the lexemes begin.
    """
    neighbours: list[tuple[int, int]] = []
    before: int | None = None
    for at, lexeme in enumerate(lexemes):
        if lexeme.kind == "number":
            neighbours += [] if before is None else [(before, at)]
            before = at
        elif lexeme.kind not in ("break", "blank", "gap", "bar"):
            before = None
    crowded = {b: a for a, b in neighbours if "|" not in text[lexemes[a].start : lexemes[b].start]}
    if not crowded or len(crowded) > _CROWDED_SHARE * len(neighbours):
        return list(lexemes)
    out = list(lexemes)
    for b in sorted(crowded, reverse=True):
        a = crowded[b]
        out[a] = replace(out[a], raw=f"{out[a].raw} {out[b].raw}", value=None, unit=None)
        del out[b]
    return out


def chunk_values(zone: Sequence[Lexeme], width_of: dict[RowKey, int], default_width: int, heads: Mapping[str, int]) -> list[Chunk]:
    """The runs of values between labels, cut into printed rows. `heads`: of the blocks of the table, with their position."""
    chunks: list[Chunk] = []
    run: list[Lexeme] = []
    label: RowKey | None = None
    near = False
    stack: list[RowKey] = []  # labels without values between them
    label_line, label_column = -1, -1
    bars = 0
    block = -1

    def close() -> None:
        nonlocal run, label, bars
        if any(x.kind in PRINTED for x in run) or (run and label is not None and label_line == run[0].row_line):
            first = len(chunks)
            chunks.extend(_cut_run(run, label, is_near=near, width=width_of.get(label, default_width) if label else default_width))
            chunks[-1].bars = bars
            for chunk in chunks[first:]:
                chunk.block = block
            if near:
                chunks[first].label_column = label_column
            elif len(stack) > 1:
                _share_labels(chunks[first:], stack)
            label = None
            stack.clear()
        run, bars = [], 0

    for lexeme in zone:
        if lexeme.kind in VALUE_KINDS:
            if not run:
                near = label is not None and label_line == lexeme.row_line
            run.append(lexeme)
            bars = 0
        elif lexeme.kind == "bar":
            bars += 1
        elif lexeme.kind == "break":
            if run and not any(x.kind in PRINTED for x in run):
                close()
        else:
            close()
            if lexeme.kind == "row":
                label, label_line, label_column = lexeme.key, lexeme.row_line, lexeme.column
                stack += [] if label is None else [label]
            elif lexeme.kind == "text":
                label = None
                stack.clear()
            block = heads.get(lexeme.raw, block)
    close()
    return chunks


def _share_labels(chunks: Sequence[Chunk], labels: Sequence[RowKey]) -> None:
    """Rows of values behind several labels: each its own when there are as many, and none of them is sure."""
    for position, chunk in enumerate(chunks):
        chunk.is_bridged = True
        if len(chunks) == len(labels):
            chunk.label = labels[position]


def join_broken(chunks: Sequence[Chunk], width_of: Mapping[RowKey, int]) -> list[Chunk]:
    """Puts rows printed a value a line together again that words of the page (its number, its heads, its menu) have broken."""
    out: list[Chunk] = []
    position = 0
    while position < len(chunks):
        chunk = chunks[position]
        following = position + 1
        width = width_of.get(chunk.label) if chunk.label is not None else None
        values = list(chunk.values)
        while (
            width is not None and len(values) < width and following < len(chunks)
            and chunks[following].label is None and _is_column(values) and _is_column(chunks[following].values)
        ):  # fmt: skip
            values += chunks[following].values
            following += 1
        if following > position + 1 and len(values) == width:
            out.append(replace(chunk, values=values, is_bridged=True, bars=chunks[following - 1].bars))
            position = following
        else:
            out.append(chunk)
            position += 1
    return out


def drop_remainders(chunks: Sequence[Chunk], width_of: Mapping[RowKey, int]) -> list[Chunk]:
    """Leaves out what stands behind a value that is none (an O for a 0, a number with the mark of a note) in a row printed a value a line:
    the rest of its row, and no row of its own. The row itself stays, too short to be placed."""
    out = list(chunks[:1])
    for before, chunk in pairwise(chunks):
        width = width_of.get(before.label, 0) if before.label is not None else 0
        is_rest = chunk.label is None and not before.is_near and len(before.values) + len(chunk.values) < width
        if not (is_rest and _is_column(before.values) and _is_column(chunk.values)):
            out.append(chunk)
    return out


def _is_column(values: Sequence[Lexeme]) -> bool:
    """Whether each value stands on a line of its own."""
    return all(x.kind in PRINTED for x in values) and len({x.row_line for x in values}) == len(values)


def read_bars(chunks: Sequence[Chunk], widths: Mapping[RowKey, int]) -> None:
    """Adds the blank cells at the end of rows printed a cell a line, where a border alone on its line ends each row and stands for a blank.

    The rows that are full, but for the last of the table, show how many such lines end a row; a row has a blank cell for each line more.
    """
    full = {c.bars for c in chunks[:-1] if c.label is not None and len(c.values) == widths.get(c.label) and not c.is_near}
    if len(full) != 1 or not (usual := full.pop()):
        return
    for chunk in chunks:
        if chunk.label is not None and chunk.bars > usual and all(x.kind in PRINTED for x in chunk.values):
            last = chunk.values[-1]
            chunk.values += [Lexeme("blank", "", last.line + 1 + i, start=last.start) for i in range(chunk.bars - usual)]


def mark_strays(chunks: Sequence[Chunk], width: int) -> None:
    """Marks lone numbers without a label as strays, when no row of the table is printed over several lines."""
    printed = [[x for x in chunk.values if x.kind in PRINTED] for chunk in chunks]
    if any(len({x.row_line for x in values}) > 1 for values in printed):
        return
    for chunk, values in zip(chunks, printed, strict=True):
        chunk.is_stray = width > 1 == len(values) == len(chunk.values) and not chunk.is_near


def _cut_run(run: list[Lexeme], label: RowKey | None, *, is_near: bool, width: int) -> list[Chunk]:
    lines = [list(group) for _, group in groupby(run, key=lambda x: x.row_line)]
    if is_near and len(lines) > 1 and not any(x.kind in PRINTED for x in lines[0]) and any(x.kind == "blank" for x in lines[0]):
        rest = [x for line in lines[1:] for x in line]
        return [Chunk(lines[0], label, is_near), *_cut_run(rest, None, is_near=False, width=width)]  # its cells are there, and blank
    if not is_near:  # a value alone on its line: the blanks beside it are borders, no cells
        lines = [line if sum(x.kind in PRINTED for x in line) > 1 else [x for x in line if x.kind in PRINTED] for line in lines]
    lines = [line for line in lines if any(x.kind in PRINTED for x in line) or len(lines) == 1]
    if any(sum(x.kind in PRINTED for x in line) > 1 for line in lines) and len(lines) > 1:
        return [Chunk(line, label if i == 0 else None, is_near and i == 0) for i, line in enumerate(lines)]
    values = [x for line in lines for x in line]
    if len(lines) > 1:
        values = [x for x in values if x.kind in PRINTED]
    if len(values) > width and len(values) % width == 0 and not any(x.kind not in PRINTED for x in values):
        starts = range(0, len(values), width)
        return [Chunk(values[i : i + width], label if i == 0 else None, is_near and i == 0, run=run[0].start) for i in starts]
    return [Chunk(values, label, is_near)]


def is_digits(chunk: Chunk) -> bool:
    """Whether a row prints nothing but digits, so that they may be those of several cells."""
    return all(x.kind == "number" and x.raw.isdecimal() for x in chunk.values)


def read_runs(chunk: Chunk) -> list[str]:
    """The runs of digits of a row, half-width."""
    return [straighten(x.raw) for x in chunk.values]
