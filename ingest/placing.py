"""The fast reading: a whole batch at once, for documents whose tables hold exactly the numbers of a form.

A document is read here only when nothing in it is open: the three tables stand in order, the count of numbers in each is that of one
form, every label of 二 and every surviving label of 三 stands at the number where its row must begin, and no cell holds anything but a
plain number. Rows whose label is lost are placed by order only when the sums of the form also hold. All others go to `ingest.interpreting`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.lexicon import Form, Lexicon, RowKey, read_heading
from ingest.normalising import normalise_label, straighten
from ingest.numbers import is_dash, read_number
from ingest.solving import NOT_OUTCOMES
from ingest.tables import METHODS
from ingest.tokens import LINE_MARK, TokenStream

Ints = NDArray[np.int64]

OTHER, NUMBER, OPEN, ANCHOR, MARKER, ROW = 0, 1, 2, 3, 10, 100
"""Codes of a token: a word without digits, a plain number, anything that needs a careful look, the head of table 三, MARKER + template,
ROW + row. NUMBER also for decimals."""

_NUMBERING = re.compile(r"^\(?\d[.、)]")
"""Of a damaged label: its digit is no value."""
_PAGE = re.compile(r"[-—–]\s*\d+\s*[-—–]")
_LABEL_BYTES = 240
_MOST_DIGITS = 19
"""Of a 64-bit integer."""
_ONE_A_LINE = 0.9
_LEAST_LABELLED_SHARE = 0.5
"""Below this share of surviving row labels a count alone is thin evidence: the careful path decides."""


@dataclass(frozen=True)
class _Grid:
    """The forms as arrays, for lookups by code."""

    rows: tuple[RowKey, ...]
    row_codes: dict[RowKey, int]
    templates: tuple[str, ...]
    forms: tuple[Form, ...]
    counts: Ints  # [form, table]: numbers in each of the three tables
    expected: Ints  # [form, row]: at which number of its table a row begins; -1: the form has no such row
    offsets: Ints  # [form]: first entry in `cells`
    cells: pl.DataFrame  # table, row, column, unit of every cell of every form, in printed order
    is_shared: NDArray[np.bool_]  # [row]: its label only groups rows in another form
    cell_rows: Ints  # row code of each entry of `cells`
    is_dispute: NDArray[np.bool_]  # [row]: of table 四
    cell_kinds: tuple[str, ...]  # count, signed, decimal


_TABLES = ("proactive", "requests", "disputes")


@lru_cache(maxsize=4)
def _build_grid(lexicon: Lexicon) -> _Grid:
    rows = tuple(dict.fromkeys((t, r) for form in lexicon.forms for t, r, _ in form.rows))
    codes = {key: i for i, key in enumerate(rows)}
    counts = np.array([[sum(len(c) for _, c in f.rows_of(t)) for t in _TABLES] for f in lexicon.forms], dtype=np.int64)
    expected = np.full((len(lexicon.forms), len(rows)), -1, dtype=np.int64)
    records: list[tuple[str, str, str, str | None]] = []
    kinds: list[str] = []
    offsets: list[int] = []
    for i, form in enumerate(lexicon.forms):
        offsets.append(len(records))
        for table in _TABLES:
            at = 0
            for row, columns in form.rows_of(table):
                expected[i, codes[table, row]] = at
                at += len(columns)
                records += [(table, row, c, lexicon.units[form.template, table, row, c]) for c in columns]
                kinds += [lexicon.kinds[form.template, table, row, c] for c in columns]
    cells = pl.DataFrame(records, schema=["table", "row", "column", "unit"], orient="row")
    return _Grid(
        rows=rows,
        row_codes=codes,
        templates=tuple(dict.fromkeys(f.template for f in lexicon.forms)),
        forms=lexicon.forms,
        counts=counts,
        expected=expected,
        offsets=np.array(offsets, dtype=np.int64),
        cells=cells,
        cell_rows=np.array([codes[r[0], r[1]] for r in records], dtype=np.int64),
        cell_kinds=tuple(kinds),
        is_shared=np.array([key in lexicon.shared_labels for key in rows]),
        is_dispute=np.array([table == "disputes" for table, _ in rows]),
    )


class TokenCodes:
    """What each distinct token is; remembered between batches, since the words of the form recur in every report."""

    _MOST = 200_000

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._grid = _build_grid(lexicon)
        self._known: dict[str, int] = {}

    def code(self, tokens: pl.Series) -> NDArray[np.int32]:
        """The code of each token; tokens may begin with the line mark."""
        distinct = tokens.unique()
        if len(self._known) > self._MOST:
            self._known.clear()
        codes = [self._known[t] if t in self._known else self._classify(t) for t in distinct]
        joined = pl.DataFrame({"token": tokens}).join(
            pl.DataFrame({"token": distinct, "code": pl.Series(codes, dtype=pl.Int32)}), on="token", how="left", maintain_order="left"
        )
        return joined["code"].to_numpy()

    def _classify(self, token: str) -> int:
        text = token.removeprefix(LINE_MARK).strip()
        if read_number(straighten(text)) is not None:
            self._known[token] = NUMBER
            return NUMBER
        label = normalise_label(text)
        if label in self._lexicon.row_labels:
            code = ROW + self._grid.row_codes[self._lexicon.row_labels[label]]
        elif label in self._lexicon.markers:
            code = MARKER + self._grid.templates.index(self._lexicon.markers[label])
        elif label in self._lexicon.requests_anchors:
            code = ANCHOR
        elif label in self._lexicon.furniture or read_heading(text, self._lexicon) is not None or _PAGE.fullmatch(text):
            code = OTHER
        elif any(c.isdigit() for c in _NUMBERING.sub("", straighten(text))) or (is_dash(text) and len(text) < 3):  # noqa: PLR2004 - longer: a rule of Markdown
            code = OPEN
        else:
            code = OTHER
        self._known[token] = code
        return code


@dataclass(frozen=True)
class CleanReading:
    """`doc`: rows of the batch that were read, ascending; `form` and `line_share` (of the values, those that begin a line) per such row;
    `cells`: doc, table, row, column, value, raw, line, method, unit, by doc and in printed order.
    """

    doc: Ints
    form: Ints
    line_share: NDArray[np.float64]
    cells: pl.DataFrame

    def merge(self, other: CleanReading, docs: Ints) -> CleanReading:
        """This reading with another of other documents, whose row i is row `docs[i]` here."""
        if not len(other.doc):
            return self
        doc = np.concatenate((self.doc, docs[other.doc]))
        order = np.argsort(doc)
        renamed = other.cells.with_columns(doc=pl.Series(docs.astype(np.uint32)).gather(other.cells["doc"]))
        return CleanReading(
            doc=doc[order],
            form=np.concatenate((self.form, other.form))[order],
            line_share=np.concatenate((self.line_share, other.line_share))[order],
            cells=self.cells.merge_sorted(renamed, key="doc"),
        )


def read_clean(stream: TokenStream, codes: TokenCodes, lexicon: Lexicon, batch_size: int) -> CleanReading:
    """Reads the documents of a batch in which nothing is open."""
    grid = _build_grid(lexicon)
    region = _cut_region(stream, lexicon, batch_size)
    printed = region["token"].str.strip_prefix(LINE_MARK)
    number = printed.cast(pl.Int64, strict=False)
    code = np.full(len(region), NUMBER, dtype=np.int32)
    words = number.is_null().to_numpy()
    code[words] = _code_words(region["token"].filter(pl.Series(words)), codes)
    value = number.cast(pl.Float64).to_numpy()
    # fewer digits than characters: a sign, or zeros in front, which are joined digits
    size = np.minimum(printed.str.len_bytes().to_numpy().astype(np.int64), _MOST_DIGITS)
    padded = np.flatnonzero(~words & (size > 1) & (value < 10.0 ** (size - 1)))
    code[padded[printed.gather(pl.Series(padded)).str.contains(r"^[+-]?0\d").to_numpy()]] = OPEN
    doc = region["doc"].to_numpy().astype(np.int64)
    form, begins = _choose_forms(doc, code, grid, batch_size)
    cum = np.cumsum(code == NUMBER)
    form, labelled = _check_labels(doc, code, cum, form, begins, grid)
    is_odd = words.copy()
    is_odd[padded] = True
    numbers = _Numbers(doc=doc, printed=printed, value=value.copy(), is_number=code == NUMBER, is_odd=is_odd, cum=cum)
    return _build_cells(region, numbers, form, labelled, begins, grid)


@dataclass(frozen=True)
class _Numbers:
    """The tokens of a region as numbers: `is_odd` those that are not digits alone, `cum` how many numbers up to and with this token."""

    doc: Ints
    printed: pl.Series
    value: NDArray[np.float64]
    is_number: NDArray[np.bool_]
    is_odd: NDArray[np.bool_]
    cum: Ints


def _code_words(words: pl.Series, codes: TokenCodes) -> NDArray[np.int32]:
    """The codes of tokens that are no plain number; a text too long for a label is prose, whose numbers are open."""
    out = np.full(len(words), OPEN, dtype=np.int32)
    is_short = words.str.len_bytes() <= _LABEL_BYTES
    out[is_short.to_numpy()] = codes.code(words.filter(is_short))
    return out


def _cut_region(stream: TokenStream, lexicon: Lexicon, batch_size: int) -> pl.DataFrame:
    """The tokens from the only first head of table 二 up to the heading of section 五 or 六; documents without both are left out."""
    heads = stream.block_heads
    first = np.full(batch_size, -1, dtype=np.int64)
    count = np.bincount(heads["doc"].to_numpy(), minlength=batch_size)
    first[heads["doc"].to_numpy()] = heads["place"].to_numpy()
    first[count != 1] = -1
    headings = stream.headings.with_columns(start=pl.Series(first[stream.headings["doc"].to_numpy()])).filter(
        (pl.col("start") >= 0) & (pl.col("place") > pl.col("start"))
    )
    words = headings["token"].unique()
    ending = [w for w in words if read_heading(w.removeprefix(LINE_MARK), lexicon) in ("problems", "other")]
    ends = headings.filter(pl.col("token").is_in(ending)).group_by("doc").agg(pl.col("place").min())
    last = np.full(batch_size, -1, dtype=np.int64)
    last[ends["doc"].to_numpy()] = ends["place"].to_numpy()
    first[last < 0] = len(stream.tokens)
    docs = stream.tokens["doc"].to_numpy()
    place = np.arange(len(docs))
    first[first < 0] = len(stream.tokens)
    return stream.tokens.filter(pl.Series((place >= first[docs]) & (place < last[docs])))


def _first_place(doc: Ints, mask: NDArray[np.bool_], size: int, nothing: int) -> Ints:
    out = np.full(size, nothing, dtype=np.int64)
    places = np.flatnonzero(mask)[::-1]
    out[doc[places]] = places
    return out


def _choose_forms(doc: Ints, code: NDArray[np.int32], grid: _Grid, size: int) -> tuple[Ints, Ints]:
    """The form of each document by exact counts, -1 where none fits; and [doc, table]: the token where each table begins."""
    n = len(doc)
    lengths = np.bincount(doc, minlength=size)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    anchor = _first_place(doc, code == ANCHOR, size, n)
    place = np.arange(n)
    review = _first_place(doc, (code == ROW + grid.row_codes["disputes", "review"]) & (place > anchor[doc]), size, n)
    cum = np.concatenate(([0], np.cumsum(code == NUMBER)))
    begins = np.stack([starts, np.minimum(anchor, ends), np.minimum(review, ends)], axis=1)
    borders = np.stack([*begins.T, ends], axis=1)
    counts = cum[borders[:, 1:]] - cum[borders[:, :-1]]
    is_open = np.bincount(doc, weights=code == OPEN, minlength=size) > 0
    marks = np.stack([np.bincount(doc, weights=code == MARKER + t, minlength=size) for t in range(len(grid.templates))], axis=1) > 0
    form = np.full(size, -1, dtype=np.int64)
    for i, candidate in enumerate(grid.forms):
        template = grid.templates.index(candidate.template)
        fits = (counts == grid.counts[i]).all(axis=1) & marks[:, template] & (marks.sum(axis=1) == 1) & ~is_open & (lengths > 0)
        form[fits & (form < 0)] = i
    return form, begins


def _check_labels(doc: Ints, code: NDArray[np.int32], cum: Ints, form: Ints, begins: Ints, grid: _Grid) -> tuple[Ints, NDArray[np.bool_]]:
    """Drops documents in which a label does not stand where its row must begin; and [doc, row]: whether the row's label survives."""
    form = form.copy()
    tables = np.array([_TABLES.index(t) for t, _ in grid.rows])
    places = np.flatnonzero(code >= ROW)
    docs, rows = doc[places], code[places] - ROW
    kept = (form[docs] >= 0) & (tables[rows] < _TABLES.index("disputes"))
    places, docs, rows = places[kept], docs[kept], rows[kept]
    expected = grid.expected[form[docs], rows]
    start = begins[docs, tables[rows]]
    before = np.concatenate(([0], cum))
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


def _tells_form(labelled: NDArray[np.bool_], grid: _Grid, form: int) -> NDArray[np.bool_]:
    """Whether a label that only this sequence of rows has survives, where another form of the template has other rows."""
    own = grid.expected[form] >= 0
    rivals = [i for i, f in enumerate(grid.forms) if f.template == grid.forms[form].template and i != form]
    told = np.ones(len(labelled), dtype=bool)
    for rival in rivals:
        only = own & (grid.expected[rival] < 0)
        told &= labelled[:, only].any(axis=1)
    return told


def _build_cells(
    region: pl.DataFrame, numbers: _Numbers, form: Ints, labelled: NDArray[np.bool_], begins: Ints, grid: _Grid
) -> CleanReading:
    kept = np.flatnonzero(numbers.is_number & (form[numbers.doc] >= 0))
    at = _find_entries(kept, numbers, form, begins, grid)
    units = _read_odd(kept, at, numbers, form, grid)
    docs, rows = numbers.doc[kept], grid.cell_rows[at]
    form[_order_unproven(docs, rows, labelled[docs, rows], numbers.value[kept], grid, form)] = -1
    form[_find_moved(region, kept, docs, rows, numbers.value[kept], grid)] = -1
    if (form[docs] < 0).any():
        accepted = form[docs] >= 0
        kept, at, docs, rows = kept[accepted], at[accepted], docs[accepted], rows[accepted]
    is_labelled = labelled[docs, rows] & ~grid.is_dispute[rows]
    method = np.where(is_labelled, METHODS.index("label"), METHODS.index("order"))
    tokens = region["token"].gather(pl.Series(kept))
    read = np.unique(docs)
    begin_line = np.bincount(docs, weights=tokens.str.starts_with(LINE_MARK).to_numpy(), minlength=len(form))
    share = begin_line / np.maximum(1, np.bincount(docs, minlength=len(form)))
    odd = np.flatnonzero(numbers.is_odd[kept])
    cells = grid.cells.select(pl.all().gather(pl.Series(at))).with_columns(
        doc=pl.Series(docs.astype(np.uint32)),
        value=pl.Series(numbers.value[kept]),
        raw=numbers.printed.gather(pl.Series(kept)),
        line=region["line"].gather(pl.Series(kept)),
        method=pl.Series(METHODS, dtype=pl.Enum(METHODS)).gather(pl.Series(method)),
    )
    if len(odd):
        raw, unit = cells["raw"], cells["unit"]
        places = pl.Series(odd)
        trimmed = raw.scatter(places, raw.gather(places).str.strip_chars())
        with_unit = [units.get(int(kept[i]), unit[int(i)]) for i in odd]
        cells = cells.with_columns(raw=trimmed, unit=unit.scatter(places, pl.Series(with_unit, dtype=pl.String)))
    return CleanReading(doc=read, form=form[read], line_share=share[read], cells=cells)


def _find_entries(kept: Ints, numbers: _Numbers, form: Ints, begins: Ints, grid: _Grid) -> Ints:
    """The entry of `grid.cells` that each number fills: numbers come in the form's order."""
    docs = numbers.doc[kept]
    before = np.concatenate(([0], numbers.cum))
    entries: Ints = grid.offsets[form[docs]] + numbers.cum[kept] - 1 - before[begins[docs, 0]]
    return entries


def _read_odd(kept: Ints, at: Ints, numbers: _Numbers, form: Ints, grid: _Grid) -> dict[int, str]:
    """Reads numbers with a sign, a point, commas or a unit into `numbers.value`; token → unit printed with it.

    A document with a sign or a fraction where the form has none is left to the careful path: its form becomes -1.
    """
    units: dict[int, str] = {}
    for i in np.flatnonzero(numbers.is_odd[kept]).tolist():
        token = int(kept[i])
        printed = straighten(numbers.printed[token]).strip()
        number = read_number(printed)
        kind = grid.cell_kinds[at[i]]
        if number is None or (printed[0] in "+-" and kind != "signed") or (not number.value.is_integer() and kind != "decimal"):
            form[numbers.doc[token]] = -1
            continue
        numbers.value[token] = number.value
        if number.unit is not None:
            units[token] = number.unit
    return units


def _find_moved(region: pl.DataFrame, kept: Ints, docs: Ints, rows: Ints, value: NDArray[np.float64], grid: _Grid) -> Ints:
    """Documents printed one value a line in which a row of table 三 fails its own total: a value may be lost and a stray in its place."""
    is_request = np.array([table == "requests" for table, _ in grid.rows])[rows]
    width = next(len(columns) for form in grid.forms for _, columns in form.rows_of("requests"))
    table = value[is_request].reshape(-1, width)
    failing: Ints = np.unique(docs[is_request][::width][table[:, :-1].sum(axis=1) != table[:, -1]])
    begins_line = region["token"].gather(pl.Series(kept)).str.starts_with(LINE_MARK).to_numpy()
    per_line = np.array([begins_line[docs == doc].mean() > _ONE_A_LINE for doc in failing], dtype=bool)
    moved: Ints = failing[per_line]
    return moved


def _order_unproven(docs: Ints, rows: Ints, named: NDArray[np.bool_], value: NDArray[np.float64], grid: _Grid, form: Ints) -> Ints:
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
