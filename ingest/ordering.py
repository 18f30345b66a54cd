"""Which printed row takes which row of the form: by its label, or by order between labelled neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from ingest.chunking import PRINTED, Chunk
from ingest.form_tables import FormTable, Method
from ingest.lexicon import RowKey


class Placement(NamedTuple):
    """Where a printed row belongs.

    `is_contested`: a label near it says otherwise, so only the sums of the form can confirm it. `is_disputed`: its own label says so, and
    two rows that change places leave every sum as it is.
    """

    row: int
    method: Method
    is_contested: bool = False
    is_disputed: bool = False


def align_rows(chunks: Sequence[Chunk], form: FormTable) -> dict[int, Placement]:
    """Chunk → its place, or the part of it that nothing contradicts.

    Labels on the line itself are fixed points; labels on the lines before are dropped between two of them where they contradict the order.
    """
    index = {(form.table, row): i for i, (row, _) in enumerate(form.rows)}
    fixed = [(c, index[x.label], x.is_near) for c, x in enumerate(chunks) if x.label in index]
    if {r for _, r, _ in fixed} == set(range(len(form.rows))) and len(fixed) == len(chunks) == len(form.rows):
        return {c: Placement(r, "label", chunks[c].is_bridged) for c, r, _ in fixed}  # each row behind its own label, in whatever order
    repeated = {r for r, times in Counter(r for _, r, _ in fixed).items() if times > 1}
    """Of a label that stands before two rows of values, neither is trusted."""
    labelled = {c for c, _, _ in fixed}
    fixed = [point for point in fixed if point[1] not in repeated]
    points = fixed if _is_rising(fixed) else [p for p in fixed if p[2]]
    if not _is_rising(points):
        return _trust_labels(chunks, form)
    dropped = labelled - {c for c, _, _ in points}
    placed: dict[int, Placement] = {}
    borders = [(-1, -1, True), *points, (len(chunks), len(form.rows), True)]
    position = 0
    while position < len(borders) - 1:
        (c0, r0, _), (c1, r1, near1) = borders[position], borders[position + 1]
        free_chunks, free_rows = c1 - c0 - 1, r1 - r0 - 1
        whole = [c for c in range(c0 + 1, c1) if not chunks[c].is_stray]
        if free_chunks != free_rows == len(whole):
            placed |= {c: Placement(r0 + 1 + k, "order", is_contested=True) for k, c in enumerate(whole)}
            free_chunks = 0
        if free_chunks and free_chunks != free_rows and not near1:
            dropped.add(c1)  # a label of a line before that leaves rows over: do not trust it
            del borders[position + 1]
            continue
        if free_chunks and free_chunks == free_rows:
            is_made_up = form.table == "requests" and len(whole) < free_chunks  # a stray stands for a row
            contested = is_made_up or any(c0 < c < c1 for c in dropped)
            placed |= {c0 + 1 + k: Placement(r0 + 1 + k, "order", contested) for k in range(free_chunks)}
        if c1 < len(chunks) and (near1 or free_chunks in {0, free_rows}):
            placed[c1] = Placement(r1, "label", chunks[c1].is_bridged or _is_stray_label(c1, chunks))
        position += 1
    return _dispute(_contest_gaps(placed, chunks), chunks, index)


def _contest_gaps(placed: dict[int, Placement], chunks: Sequence[Chunk]) -> dict[int, Placement]:
    """Contests rows below their label where the row that follows in the form is missing: the values may be of that one.

    Behind the last values of a table nothing is missing but what the end cuts off.
    """
    taken = {place.row for place in placed.values()}
    last = max(placed, default=-1)
    return {
        c: place._replace(is_contested=place.is_contested or (not chunks[c].is_near and c != last and place.row + 1 not in taken))
        for c, place in placed.items()
    }


def _is_stray_label(c: int, chunks: Sequence[Chunk]) -> bool:
    """Whether a row stands below its label where most stand beside it: the values may belong to a label further down."""
    near = [x.is_near for x in chunks if x.label is not None]
    return not chunks[c].is_near and 3 * sum(near) >= 2 * len(near)


def _dispute(placed: dict[int, Placement], chunks: Sequence[Chunk], index: Mapping[RowKey, int]) -> dict[int, Placement]:
    """Marks rows placed by order against their own label, where that label's row went to another row of values with a label of its own."""
    own = {c: index[label] for c in placed if (label := chunks[c].label) is not None and label in index}
    holder = {place.row: c for c, place in placed.items()}
    out = dict(placed)
    for c, row in own.items():
        other = holder.get(row)
        if other is not None and other != c and own.get(other, row) != row:
            out |= {d: placed[d]._replace(is_disputed=True) for d in (c, other)}
    return out


def _trust_labels(chunks: Sequence[Chunk], form: FormTable) -> dict[int, Placement]:
    """Rows out of order: the blocks of 二 may be printed in any order, each row with its label on its line; 三 is one block."""
    if form.table != "proactive":
        return {}
    index = {(form.table, row): i for i, (row, _) in enumerate(form.rows)}
    return {c: Placement(index[chunk.label], "label") for c, chunk in enumerate(chunks) if chunk.is_near and chunk.label in index}


def drop_foreign(placed: dict[int, Placement], chunks: Sequence[Chunk], form: FormTable, printed: Set[int]) -> dict[int, Placement]:
    """Leaves out rows placed by order whose values stand in another block of table 二 than the row. `printed`: the blocks with a head."""

    def is_own(c: int, place: Placement) -> bool:
        own, block = chunks[c].block, form.blocks.get(form.rows[place.row][0])
        return place.method != "order" or block is None or own == block or (own < block and block not in printed)

    return {c: place for c, place in placed.items() if is_own(c, place)}


def drop_unsettled(placed: dict[int, Placement], chunks: Sequence[Chunk], form: FormTable) -> dict[int, Placement]:
    """Leaves out rows that a row beside them, which has no place, puts in question.

    Of a run of values that was cut by count either all rows have a place or the count itself is wrong. A label that elsewhere groups rows
    is one of a row only when no further values follow. Where values stand on lines of their own, a few left over behind a row may be its
    own, and one of those before them a stray.
    """
    homeless = {chunks[c].run for c in range(len(chunks)) if c not in placed and chunks[c].run is not None}

    def is_settled(c: int, row: str, width: int) -> bool:
        if chunks[c].run in homeless:
            return False
        following = chunks[c + 1] if c + 1 < len(chunks) and c + 1 not in placed else None
        if following is None:
            return True
        left_over = following.label is None and sum(x.kind in PRINTED for x in following.values) < width
        return row not in form.shared_labels and (chunks[c].is_near or not left_over)

    return {c: place for c, place in placed.items() if is_settled(c, form.rows[place.row][0], len(form.rows[place.row][1]))}


def _is_rising(points: Sequence[tuple[int, int, bool]]) -> bool:
    return all(a[1] < b[1] for a, b in pairwise(points))
