"""The fast reading: a whole batch at once, for documents whose tables hold exactly the numbers of a form.

A document is read here only when nothing in it is open: the three tables stand in order, the count of numbers in each is that of one
form, every label of 二 and every surviving label of 三 stands at the number where its row must begin, and no cell holds anything but a
plain number. Rows whose label is lost are placed by order only when the sums of the form also hold. All others go to `ingest.interpreting`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.coding import ANCHOR, DASH, HEAD, NUMBER, OPEN, ROW, TABLES, Grid, TokenCodes, build_grid
from ingest.headings import Headings, find_ending_tokens
from ingest.lexicon import Lexicon
from ingest.normalising import straighten
from ingest.numbers import is_dash, read_number
from ingest.solving import NOT_OUTCOMES
from ingest.tables import METHODS
from ingest.tokens import BlockHeads, Ints, TextBatch, Tokens, find_block_heads, read_tokens

_ONE_A_LINE = 0.9
_LEAST_LABELLED_SHARE = 0.5
"""Below this share of surviving row labels a count alone is thin evidence: the careful path decides."""


@dataclass(frozen=True)
class CleanReading:
    """`doc`: rows of the batch that were read; `form`, `cell_count` and `line_share` (of the values, those that begin a line) per such
    row; `cells`: doc, table, row, column, value, raw, line, method, unit, those of one document together and in printed order.
    """

    doc: Ints
    form: Ints
    cell_count: Ints
    line_share: NDArray[np.float64]
    cells: pl.DataFrame

    def join(self, other: CleanReading) -> CleanReading:
        """This reading with that of other documents; `doc` ascends again, the cells of the other come behind."""
        doc = np.concatenate((self.doc, other.doc))
        order = np.argsort(doc)
        return CleanReading(
            doc=doc[order],
            form=np.concatenate((self.form, other.form))[order],
            cell_count=np.concatenate((self.cell_count, other.cell_count))[order],
            line_share=np.concatenate((self.line_share, other.line_share))[order],
            cells=pl.concat([self.cells, other.cells]),
        )


def read_clean(batch: TextBatch, headings: Headings, heads: BlockHeads, codes: TokenCodes, lexicon: Lexicon) -> CleanReading:
    """Reads the documents of a batch in which nothing is open: by pipes, tabs and lines first, what is left with spaces as borders."""
    by_lines = _read_regions(batch, _cut_regions(batch, headings, heads), codes, lexicon)
    left = np.setdiff1d(np.arange(batch.size), by_lines.doc)
    by_spaces = _read_regions(batch, _cut_spaced_regions(batch, left, lexicon), codes, lexicon)
    return by_lines.join(by_spaces)


def _cut_regions(batch: TextBatch, headings: Headings, heads: BlockHeads) -> Tokens:
    """The tokens from the only first head of table 二 up to the heading of section 五 or 六; documents without both are left out."""
    begin = np.where(heads.counts == 1, heads.places, len(batch.data))
    is_end = headings.ends_tables & (headings.place > begin[headings.doc])
    docs, firsts = np.unique(headings.doc[is_end], return_index=True)
    return read_tokens(batch, docs, begin[docs], headings.place[is_end][firsts])


def _cut_spaced_regions(batch: TextBatch, docs: Ints, lexicon: Lexicon) -> Tokens:
    """The same of these documents with spaces as borders, whose headings may stand inside a line."""
    heads = find_block_heads(batch, docs, split_spaces=True)
    docs = np.flatnonzero(heads.counts == 1)
    tokens = read_tokens(batch, docs, heads.places[docs], batch.starts[docs + 1], split_spaces=True)
    ends = find_ending_tokens(batch, tokens, lexicon)
    last = _find_first(tokens.doc[ends], tokens.start[ends], batch.size, -1)
    return tokens.select(tokens.start < last[tokens.doc])


def _read_regions(batch: TextBatch, tokens: Tokens, codes: TokenCodes, lexicon: Lexicon) -> CleanReading:
    grid = build_grid(lexicon)
    words = np.flatnonzero(~tokens.is_plain)
    code = np.full(len(tokens), NUMBER, dtype=np.int32)
    code[words] = codes.code(tokens.read_texts(batch, words))
    is_value = (code == NUMBER) | (code == DASH)
    before = np.concatenate(([0], np.cumsum(is_value)))
    form, begins = _choose_forms(tokens.doc, code, before, grid, batch.size)
    form, labelled = _check_labels(tokens.doc, code, before, form, begins, grid)
    kept = np.flatnonzero(is_value & (form[tokens.doc] >= 0))
    numbers = tokens.select(kept)
    entry = grid.offsets[form[numbers.doc]] + before[kept] - before[begins[numbers.doc, 0]]  # numbers come in the form's order
    return _build_cells(batch, numbers, entry, form, labelled, grid)


def _find_first(docs: Ints, places: Ints, size: int, nothing: int) -> Ints:
    """[doc]: the first of its places, which ascend; `nothing` where it has none."""
    out = np.full(size, nothing, dtype=np.int64)
    out[docs[::-1]] = places[::-1]
    return out


def _choose_forms(doc: Ints, code: NDArray[np.int32], before: Ints, grid: Grid, size: int) -> tuple[Ints, Ints]:
    """The form of each document by exact counts, -1 where none fits; and [doc, table]: the token where each table begins.

    A report may lack table 四 as a whole, numbers and rows. `before`: how many values stand before each token.
    """
    n = len(doc)
    lengths = np.bincount(doc, minlength=size)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    anchors = np.flatnonzero(code == ANCHOR)
    anchor = _find_first(doc[anchors], anchors, size, n)
    reviews = np.flatnonzero(code == ROW + grid.row_codes["disputes", "review"])
    reviews = reviews[reviews > anchor[doc[reviews]]]
    review = _find_first(doc[reviews], reviews, size, n)
    begins = np.stack([starts, np.minimum(anchor, ends), np.minimum(review, ends)], axis=1)
    borders = np.stack([*begins.T, ends], axis=1)
    counts = before[borders[:, 1:]] - before[borders[:, :-1]]
    is_open = np.zeros(size, dtype=bool)
    is_open[doc[code == OPEN]] = True
    marks = np.zeros((size, len(grid.templates)), dtype=bool)
    heads = np.flatnonzero((code >= HEAD) & (code < ROW))
    own = grid.head_templates[code[heads] - HEAD]
    marks[doc[heads[own >= 0]], own[own >= 0]] = True
    is_open[_find_disordered(doc, code, before, heads, review, grid)] = True
    has_disputes = counts[:, 2] > 0
    has_disputes[doc[(code >= ROW) & grid.is_dispute[np.maximum(code - ROW, 0)]]] = True
    form = np.full(size, -1, dtype=np.int64)
    for i, candidate in enumerate(grid.forms):
        template = grid.templates.index(candidate.template)
        is_whole = (counts[:, :2] == grid.counts[i, :2]).all(axis=1) & (~has_disputes | (counts[:, 2] == grid.counts[i, 2]))
        fits = is_whole & marks[:, template] & (marks.sum(axis=1) == 1) & ~is_open & (lengths > 0)
        form[fits & (form < 0)] = i
    return form, begins


def _find_disordered(doc: Ints, code: NDArray[np.int32], before: Ints, heads: Ints, review: Ints, grid: Grid) -> Ints:
    """Documents whose heads may not stand in the order of the form, or those of table 四 behind its values: the columns may not either."""
    first, second = heads[:-1], heads[1:]
    rows = np.concatenate(([0], np.cumsum((code >= ROW) | (code == ANCHOR))))
    is_next = (doc[first] == doc[second]) & (before[first] == before[second]) & (rows[first] == rows[second])
    is_backward = is_next & grid.is_backward[code[first] - HEAD, code[second] - HEAD]
    labels = np.flatnonzero((code >= ROW) & grid.is_dispute[np.maximum(code - ROW, 0)])
    is_swapped = (doc[labels[:-1]] == doc[labels[1:]]) & (code[labels[:-1]] > code[labels[1:]])
    results = heads[grid.is_result[code[heads] - HEAD]]
    begin = review[doc[results]]
    is_behind = (results > begin) & (before[results] > before[np.minimum(begin, len(doc))])
    found: Ints = np.unique(np.concatenate((doc[first[is_backward]], doc[labels[:-1][is_swapped]], doc[results[is_behind]])))
    return found


def _check_labels(doc: Ints, code: NDArray[np.int32], before: Ints, form: Ints, begins: Ints, grid: Grid) -> tuple[Ints, NDArray[np.bool_]]:
    """Drops documents in which a label does not stand where its row must begin; and [doc, row]: whether the row's label survives."""
    form = form.copy()
    tables = np.array([TABLES.index(t) for t, _ in grid.rows])
    places = np.flatnonzero(code >= ROW)
    docs, rows = doc[places], code[places] - ROW
    kept = (form[docs] >= 0) & (tables[rows] < TABLES.index("disputes"))
    places, docs, rows = places[kept], docs[kept], rows[kept]
    expected = grid.expected[form[docs], rows]
    start = begins[docs, tables[rows]]
    found = before[places] - before[start]
    wrong = np.where(expected < 0, ~grid.is_shared[rows], found != expected)  # as a group label it has no place of its own
    form[docs[wrong]] = -1
    labelled = np.zeros((len(form), len(grid.rows)), dtype=bool)
    labelled[docs, rows] = True
    for i in range(len(grid.forms)):
        own = grid.expected[i] >= 0
        whole = labelled[:, own & (tables == 0)].all(axis=1)
        enough = labelled[:, own & (tables == 1)].mean(axis=1) >= _LEAST_LABELLED_SHARE
        told = _tells_form(labelled, grid, i)
        form[(form == i) & ~(whole & enough & told)] = -1
    return form, labelled


def _tells_form(labelled: NDArray[np.bool_], grid: Grid, form: int) -> NDArray[np.bool_]:
    """Whether a label that only this sequence of rows has survives, where another form of the template has other rows."""
    own = grid.expected[form] >= 0
    rivals = [i for i, f in enumerate(grid.forms) if f.template == grid.forms[form].template and i != form]
    told = np.ones(len(labelled), dtype=bool)
    for rival in rivals:
        only = own & (grid.expected[rival] < 0)
        told &= labelled[:, only].any(axis=1)
    return told


def _build_cells(batch: TextBatch, numbers: Tokens, entry: Ints, form: Ints, labelled: NDArray[np.bool_], grid: Grid) -> CleanReading:
    """`numbers`: those of the documents that have a form; `entry`: of `grid.cells`, for each."""
    value = numbers.value.astype(np.float64)
    odd = np.flatnonzero(~numbers.is_plain)
    printed = numbers.read_texts(batch, odd).str.strip_chars()
    units = _read_odd(odd, printed, numbers.doc, entry, value, form, grid)
    docs, rows = numbers.doc, grid.cell_rows[entry]
    named = labelled[docs, rows]
    form[_order_unproven(docs, rows, named, value, grid, form)] = -1
    form[_find_moved(docs, rows, numbers.begins_line, value, grid)] = -1
    form[_find_alien(docs, rows, numbers.begins_line, grid)] = -1
    is_dispute = grid.is_dispute[rows]
    form[_find_shifted(docs[is_dispute], value[is_dispute], grid)] = -1
    form[_find_torn(docs[is_dispute], value[is_dispute], numbers.line[is_dispute], grid)] = -1
    cells = grid.cells.select(pl.all().gather(pl.Series(entry))).with_columns(
        doc=pl.Series(docs.astype(np.uint32)),
        value=pl.Series(value, nan_to_null=True),
        raw=pl.Series(numbers.value.astype(np.uint32)).cast(pl.String),  # digits without a zero in front print back as they stand
        line=pl.Series(numbers.line.astype(np.int32)),
        method=pl.Series((~named | is_dispute).astype(np.uint8)).cat.to(pl.Enum(METHODS)),
    )
    if len(odd):
        places = pl.Series(odd)
        own = pl.Series([units.get(int(i)) for i in odd], dtype=pl.String).cast(cells.schema["unit"])
        unit = pl.select(pl.coalesce(own, cells["unit"].gather(places))).to_series()
        cells = cells.with_columns(raw=cells["raw"].scatter(places, printed), unit=cells["unit"].scatter(places, unit))
    accepted = form >= 0
    if not accepted[docs].all():
        cells = cells.filter(pl.Series(accepted[docs]))
    counts = np.bincount(docs, minlength=batch.size)
    share = np.bincount(docs, weights=numbers.begins_line, minlength=batch.size) / np.maximum(1, counts)
    read = np.flatnonzero(accepted & (counts > 0))
    return CleanReading(doc=read, form=form[read], cell_count=counts[read], line_share=share[read], cells=cells)


def _read_odd(odd: Ints, printed: pl.Series, doc: Ints, entry: Ints, value: NDArray[np.float64], form: Ints, grid: Grid) -> dict[int, str]:
    """Reads numbers with a sign, a point, commas or a unit, and dashes (NaN), into `value`; index of the number → unit printed with it.

    A document with a sign or a fraction where the form has none is left to the careful path: its form becomes -1.
    """
    units: dict[int, str] = {}
    for i, text in zip(odd.tolist(), printed, strict=True):
        number = _read_printed(text)
        kind = grid.cell_kinds[entry[i]]
        if number is None or (number.is_signed and kind != "signed") or (number.is_fraction and kind != "decimal"):
            form[doc[i]] = -1
            continue
        value[i] = number.value
        if number.unit is not None:
            units[i] = number.unit
    return units


class _Printed(NamedTuple):
    value: float
    unit: str | None
    is_signed: bool
    is_fraction: bool


@lru_cache(maxsize=1 << 16)
def _read_printed(text: str) -> _Printed | None:
    if is_dash(text):
        return _Printed(math.nan, None, is_signed=False, is_fraction=False)
    straight = straighten(text).strip()
    number = read_number(straight)
    if number is None:
        return None
    return _Printed(number.value, number.unit, is_signed=straight[0] in "+-", is_fraction=not number.value.is_integer())


def _find_moved(docs: Ints, rows: Ints, begins_line: NDArray[np.bool_], value: NDArray[np.float64], grid: Grid) -> Ints:
    """Documents printed one value a line in which a row of table 三 fails its own total: a value may be lost and a stray in its place."""
    is_request = np.array([table == "requests" for table, _ in grid.rows])[rows]
    width = next(len(columns) for form in grid.forms for _, columns in form.rows_of("requests"))
    table = value[is_request].reshape(-1, width)
    residual = table[:, :-1].sum(axis=1) - table[:, -1]
    failing: Ints = np.unique(docs[is_request][::width][(residual != 0) & ~np.isnan(residual)])
    per_line = np.array([begins_line[docs == doc].mean() > _ONE_A_LINE for doc in failing], dtype=bool)
    moved: Ints = failing[per_line]
    return moved


def _find_torn(docs: Ints, value: NDArray[np.float64], line: Ints, grid: Grid) -> Ints:
    """Documents that print table 四 over several lines with several values in one of them, where one of its sums fails: half-lines of a
    page may stand in another order than its columns."""
    height, width = next((len(rows), len(rows[0][1])) for form in grid.forms if (rows := form.rows_of("disputes")))
    lines = line.reshape(-1, height * width)
    groups = value.reshape(-1, height, width)
    fails = (groups[:, :, :-1].sum(axis=2) != groups[:, :, -1]).any(axis=1)
    changes = (np.diff(lines, axis=1) != 0).sum(axis=1)
    torn: Ints = docs[:: height * width][fails & (changes > 0) & (changes < height * width - 1)]
    return torn


def _find_alien(docs: Ints, rows: Ints, begins_line: NDArray[np.bool_], grid: Grid) -> Ints:
    """Documents whose values of table 二 mostly stand beside their labels and here and there begin a line: strays behind blank cells."""
    own = np.array([table == "proactive" for table, _ in grid.rows])[rows]
    counts = np.bincount(docs[own])
    begun = np.bincount(docs[own], weights=begins_line[own])
    alien: Ints = np.flatnonzero((begun > 0) & (2 * begun < counts))
    return alien


def _find_shifted(docs: Ints, value: NDArray[np.float64], grid: Grid) -> Ints:
    """Documents in whose table 四 a sum fails and holds in another place: a value was lost and a stray took its count."""
    form = grid.forms[0]
    height, width = len(form.rows_of("disputes")), len(form.rows_of("disputes")[0][1])
    table = value.reshape(-1, height * width)
    windows = np.lib.stride_tricks.sliding_window_view(table, width, axis=1)
    total = windows[:, :, -1]
    holds = windows[:, :, :-1].sum(axis=2) == total
    own = np.arange(holds.shape[1]) % width == 0
    is_shifted = ~holds[:, own].all(axis=1) & (holds & (total > 0))[:, ~own].any(axis=1)
    shifted: Ints = docs[:: height * width][is_shifted]
    return shifted


def _order_unproven(docs: Ints, rows: Ints, named: NDArray[np.bool_], value: NDArray[np.float64], grid: Grid, form: Ints) -> Ints:
    """Documents with rows of table 三 placed by order whose own sums do not hold: row totals, and （七）总计 as the sum of the outcomes."""
    is_request = np.array([t == "requests" for t, _ in grid.rows])[rows]
    open_docs = np.unique(docs[is_request & ~named])
    bad: list[int] = []
    outcome = np.array([t == "requests" and r not in NOT_OUTCOMES for t, r in grid.rows])
    total_row = grid.row_codes["requests", "total_processed"]
    starts = np.searchsorted(docs, open_docs)
    stops = np.searchsorted(docs, open_docs, side="right")
    for d, a, b in zip(open_docs, starts, stops, strict=True):
        if form[d] < 0:
            continue
        mine = is_request[a:b]
        width = int(np.count_nonzero(rows[a:b] == total_row))
        table = value[a:b][mine].reshape(-1, width)
        codes = rows[a:b][mine][::width]
        columns_hold = (table[outcome[codes]].sum(axis=0) == table[codes == total_row][0]).all()
        if not columns_hold or (table[:, :-1].sum(axis=1) != table[:, -1]).any():
            bad.append(int(d))
    return np.array(bad, dtype=np.int64)
