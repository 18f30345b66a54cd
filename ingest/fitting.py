"""Which cells of a printed row are its values: those of merged columns and padding are blank and stand before or behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.chunking import PRINTED, Chunk
from ingest.lexing import Lexeme


@dataclass(slots=True)
class Starts:
    """In which cell of a line the values of full rows begin, by the cell of the row's label and the number of cells in the line."""

    seen: dict[tuple[int, int], set[int]] = field(default_factory=dict)
    has_spaced_rows: bool = False
    """Whether rows without borders print their values apart, on the line of their label."""

    def find(self, chunk: Chunk) -> int | None:
        """The cell in which the row's values begin, or None where full rows do not tell or disagree."""
        label, columns = chunk.label_column, chunk.values[0].columns
        alike = self.seen.get((label, columns), set())
        if not alike:
            # a true grid: rows whose labels stand in different cells begin in the same one
            grid = [(key, starts) for key, starts in self.seen.items() if key[1] == columns]
            alike = set().union(*(starts for _, starts in grid)) if len(grid) > 1 else set()
        if not alike:
            alike = set().union(*(starts for key, starts in self.seen.items() if key[0] == label))
        return next(iter(alike)) if len(alike) == 1 else None

    def knows(self, chunk: Chunk) -> bool:
        """Whether a full row has its label in the same cell and as many cells in its line."""
        return _is_gridded(chunk) and len(self.seen.get((chunk.label_column, chunk.values[0].columns), ())) == 1

    def is_certain(self, chunk: Chunk) -> bool:
        """Whether all full rows with their label in the same cell begin alike, however many cells their lines have."""
        return len(set().union(*(starts for key, starts in self.seen.items() if key[0] == chunk.label_column))) == 1


def learn_starts(chunks: Sequence[Chunk], widths: set[int]) -> Starts:
    """What the rows with a number in every column show."""
    starts = Starts()
    for chunk in chunks:
        numbers = [x for x in chunk.values if x.kind in PRINTED]
        if _is_gridded(chunk) and len(numbers) in widths and numbers[-1].column - numbers[0].column + 1 == len(numbers):
            starts.seen.setdefault((chunk.label_column, numbers[0].columns), set()).add(numbers[0].column)
        elif chunk.is_near and len(numbers) == max(widths) > 1 and len({x.line for x in numbers}) == 1:
            starts.has_spaced_rows = True
    return starts


def fit_columns(chunk: Chunk, width: int, starts: Starts, *, has_total: bool) -> list[Lexeme] | None:
    """The `width` values of a row among its cells, or None when where they begin is open.

    The rows with a number in every column show where, or a last number that is the sum of the others (`has_total`).
    """
    printed = [x for x in chunk.values if x.kind in PRINTED]
    if len(printed) == width:
        return printed
    start = starts.find(chunk) if _is_gridded(chunk) else None
    if start is not None:
        fit = [x for x in chunk.values if start <= x.column < start + width]
        is_whole = len(fit) == width and all(x in fit for x in printed)
        # a blank first cell may be one that the label's merged cells leave behind, unless no row has those
        return fit if is_whole and (fit[0].kind in PRINTED or not printed or starts.is_certain(chunk)) else None
    cells = [x for x in chunk.values if x.kind != "gap"]
    if len(cells) == width:
        return cells
    window = _find_window(chunk.values, width, has_total=has_total)
    # blanks behind the label are mostly what its merged cells leave behind, and then a cell further on is lost
    return window if window is not None and (not printed or window[0].kind in PRINTED) else None


def is_beginning(chunk: Chunk, width: int, starts: Starts) -> bool:
    """Whether the fewer than `width` values of a row that the end of the text cuts off are its first ones: they stand where those
    of the rows above do."""
    if not chunk.is_near or len(chunk.values) >= width or any(x.kind not in PRINTED for x in chunk.values):
        return False
    return starts.find(chunk) == chunk.values[0].column if _is_gridded(chunk) else starts.has_spaced_rows


def _is_gridded(chunk: Chunk) -> bool:
    """Whether the row stands on one line with borders between its cells."""
    return bool(chunk.values) and all(x.column >= 0 and x.line == chunk.values[0].line for x in chunk.values)


def _find_window(values: Sequence[Lexeme], width: int, *, has_total: bool) -> list[Lexeme] | None:
    numbers = [i for i, x in enumerate(values) if x.kind in PRINTED]
    if len(values) < width or (numbers and numbers[-1] - numbers[0] >= width):
        return None
    fits = [
        list(values[o : o + width]) for o in range(len(values) - width + 1) if not numbers or (o <= numbers[0] and numbers[-1] < o + width)
    ]
    summed = [fit for fit in fits if has_total and _ends_in_sum(fit)]
    if len(summed) == 1:
        return summed[0]
    return fits[0] if len(fits) == 1 or not numbers else None


def _ends_in_sum(values: Sequence[Lexeme]) -> bool:
    numbers = [x.value for x in values if x.value is not None]
    return values[-1].kind == "number" and values[-1].value == sum(numbers[:-1]) != 0
