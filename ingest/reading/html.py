"""HTML to text: one line per block of prose, one line `| a | b | c |` per table row.

The text is what is stored, and line numbers refer to it, not to the page's source. A cell stands once, at its own place in the grid that
`colspan` and `rowspan` span; the other places that it covers are empty cells, so every row of a table has the columns of the grid. A
covered place is `||`, a blank cell `|  |`: both are empty cells, and a reader that cares can tell them apart. No cell is added to a row
that is shorter than the others: an absent cell is not a blank one.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lxml import etree

from ingest.reading.decoding import EmptyTextError, ReadText, TextError, decode_declared, decode_text
from ingest.reading.trimming import trim_page

_META_CHARSET: Final = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.IGNORECASE)
_EMBEDDED: Final = re.compile(r"<table[\s>].*?</table\s*>", re.IGNORECASE | re.DOTALL)
_META_WINDOW: Final = 4096  # bytes; the HTML standard looks for it in the first 1024

_IGNORED: Final = frozenset({"script", "style", "noscript", "template", "head"})
_BLOCK_NAMES: Final = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre section select summary table tbody td textarea tfoot th"
    " thead title tr ul"
)
_BLOCKS: Final = frozenset(_BLOCK_NAMES.split())
_CELLS: Final = frozenset({"td", "th"})
_PLAIN: Final = frozenset({"p", "div", "span", "font", "b", "strong"})
_RAISED: Final = frozenset({"sup", "sub"})  # the mark of a note stands apart: behind a number it would be read as its last digit
_STRUCK: Final = frozenset({"del", "s", "strike"})  # printed to be read as gone: the figure beside it is the one that counts
_ROW_GROUPS: Final = frozenset({"thead", "tbody", "tfoot"})

_BLANKS: Final = re.compile(r"[\s\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff]+")
_MAX_CELL_CHARS: Final = 300  # the longest statutory label with its official note has about 110; more is prose in a layout table
_MAX_PLACES: Final = 20_000  # of one table, before its spans are no longer believed; the longest statutory one has 300
_MAX_MISSING_ROWS: Final = 30  # a longer span is written to mean the rest of the table
_MAX_SPAN: Final = 100  # the widest statutory table has 15 columns of values and the longest 25 rows


def read_html(data: bytes) -> ReadText:
    """The text of an HTML page; the encoding that it declares goes before all guesses, a byte order mark before that.

    Raises EmptyTextError for a page without text, TextError when it cannot be decoded.
    """
    if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        declared = _META_CHARSET.search(data[:_META_WINDOW])
        if declared is not None and (source := decode_declared(data, declared.group(1).decode("ascii"))) is not None:
            return render_html(source.text, source.encoding, source.note)
    source = decode_text(data)
    return render_html(source.text, source.encoding, source.note)


def render_html(source: str, encoding: str | None, note: str | None = None) -> ReadText:
    """The text of decoded HTML. Raises EmptyTextError and TextError as `read_html` does."""
    try:
        # NUL ends the document for the parser: without it, what follows would vanish.
        data = source.replace("\x00", "").encode("utf-8")
        root = _parse(data)
        trimmed = trim_page(root) if root is not None else 0
        lines = _render_flow(root) if root is not None else []
        if trimmed and not any(line.startswith("|") for line in lines) and (root := _parse(data)) is not None:
            whole = _render_flow(root)
            if not lines or any(line.startswith("|") for line in whole):
                lines = whole  # what is hidden or looks like navigation is all there is
    except (etree.LxmlError, UnicodeEncodeError) as error:
        raise TextError(f"the HTML cannot be read: {error}") from error
    except RecursionError as error:
        raise TextError("the HTML has tables nested too deeply") from error
    if not lines:
        raise EmptyTextError("the page holds no text")
    return ReadText("\n".join(lines) + "\n", encoding, note)


def render_embedded(source: ReadText) -> ReadText:
    """A plain text or Markdown with its HTML tables rendered by row: converters of PDF write tables so. Other texts stay as they are."""
    if "</td" not in source.text and "</TD" not in source.text:
        return source
    return replace(source, text=_EMBEDDED.sub(_render_embedded, source.text))


def _render_embedded(match: re.Match[str]) -> str:
    root = _parse(match[0].replace("\x00", "").encode("utf-8", "surrogatepass"))
    tables = [] if root is None else [table for table in root.iter("table") if next(table.iterancestors("table"), None) is None]
    lines = [line for table in tables for line in _render_table(table)]
    return "\n" + "\n".join(lines) + "\n" if lines else match[0]


def _parse(data: bytes) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    root = etree.fromstring(data, parser)
    if parser.error_log.filter_from_fatals():  # the parser stopped there: what follows would vanish
        raise TextError(f"the HTML cannot be read whole: {parser.error_log.filter_from_fatals()[0].message}")
    return root


class _Lines:
    """Collects inline text into lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._parts: list[str] = []

    def add(self, text: str | None) -> None:
        if text:
            self._parts.append(text)

    def add_lines(self, lines: list[str]) -> None:
        self.end()
        self.lines.extend(lines)

    def end(self) -> None:
        if self._parts:
            line = collapse_blanks("".join(self._parts))
            self._parts.clear()
            if line:
                self.lines.append(line)


def collapse_blanks(text: str) -> str:
    """The text with every run of white space, no-break space and zero-width characters as one space, none at the ends."""
    return _BLANKS.sub(" ", text).strip()


def _render_flow(root: etree._Element) -> list[str]:
    """The lines of an element's content: blocks and `<br>` end a line, tables are rendered by row."""
    out = _Lines()
    walker = etree.iterwalk(root, events=("start", "end"))
    preformatted = 0
    for event, element in walker:
        name = _name(element)
        if event == "start":
            if element is not root and (name in _IGNORED or _is_struck(element)):
                walker.skip_subtree()
                continue
            if name == "table" and element is not root:
                out.add_lines(_render_table(element))
                walker.skip_subtree()
                continue
            if name in _BLOCKS or name == "br":
                out.end()
            if name in _RAISED:
                out.add(" ")
            preformatted += name in {"pre", "textarea"}
            _add_text(out, element.text, is_preformatted=preformatted > 0)
        else:
            preformatted -= name in {"pre", "textarea"}
            if name in _BLOCKS:
                out.end()
            if name in _RAISED:
                out.add(" ")
            if element is not root:
                _add_text(out, element.tail, is_preformatted=preformatted > 0)
    out.end()
    return out.lines


def _add_text(out: _Lines, text: str | None, *, is_preformatted: bool) -> None:
    if not is_preformatted:
        out.add(text)
    elif text:
        first, *others = text.split("\n")
        out.add(first)
        for line in others:
            out.end()
            out.add(line)


def _render_table(table: etree._Element) -> list[str]:
    """The lines of a table. A row with a table or with prose in one of its cells is page layout: its cells are read as blocks."""
    rows = list(_find_rows(table))
    grid = _place_cells([cells for cells, _ in rows])
    is_single_column = all(len(places) <= 1 for places in grid)
    lines = [line for line in map(collapse_blanks, _find_stray_texts(table)) if line]
    for (cells, loose), places in zip(rows, grid, strict=False):
        for element in loose:
            lines.extend(_render_flow(element))
        texts = [] if any(_holds_table(cell) for cell in cells) else [read_cell(cell) for cell in cells]
        if cells and (is_single_column or not texts or max(map(len, texts)) > _MAX_CELL_CHARS):
            for cell in cells:
                lines.extend(_render_flow(cell))
        elif any(texts):
            lines.append("|" + "".join("|" if place is None else f" {texts[place]} |" for place in places))
    # rows that a rowspan announces and that are not there: the table goes on beyond what was saved
    lines.extend("|" + "|" * len(places) for places in grid[len(rows) :])
    return lines


def read_cell(cell: etree._Element) -> str:
    """The text of a cell on one line: its blocks joined by spaces, a literal pipe replaced by its full-width form."""
    holder = cell
    while (
        len(holder) == 1
        and holder[0].tag in _PLAIN
        and not _is_struck(holder[0])
        and not ((holder.text or "") + (holder[0].tail or "")).strip()
    ):
        holder = holder[0]
    text = " ".join(_render_flow(cell)) if len(holder) else collapse_blanks(holder.text or "")  # most cells hold nothing but a text
    return text.replace("|", "\uff5c")


def _is_struck(element: etree._Element) -> bool:
    """Whether its text is struck out; never of what holds a table, which some page style strikes out by mistake."""
    is_marked = _name(element) in _STRUCK or "line-through" in (element.get("style") or "")
    return is_marked and not _holds_table(element)


def _holds_table(cell: etree._Element) -> bool:
    return next(cell.iter("table"), None) is not None


def _find_stray_texts(table: etree._Element) -> Iterator[str]:
    """Text between rows and between cells, where HTML allows none: browsers show it before the table."""
    for parent in (table, *(child for child in table if _name(child) in _ROW_GROUPS | {"tr"})):
        for holder in (parent, *(row for row in parent if _name(row) == "tr" and _name(parent) in _ROW_GROUPS)):
            yield holder.text or ""
            yield from (child.tail or "" for child in holder)


def _find_rows(table: etree._Element) -> Iterator[tuple[list[etree._Element], list[etree._Element]]]:
    """The cells of each row in order, with the elements that stand outside of any row before it (a caption, misplaced markup)."""
    loose: list[etree._Element] = []
    implied: list[etree._Element] = []
    for child in _iterate_row_level(table):
        name = _name(child)
        if name in _CELLS:
            implied.append(child)  # cells without a row: browsers make one
            continue
        if implied:
            yield implied, loose
            loose, implied = [], []
        if name == "tr":
            cells = [cell for cell in child if _name(cell) in _CELLS]
            yield cells, [*loose, *(cell for cell in child if _name(cell) not in _CELLS)]
            loose = []
        else:
            loose.append(child)
    if implied or loose:
        yield implied, loose


def _iterate_row_level(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if _name(child) in _ROW_GROUPS:
            yield from child
        elif _name(child) not in {"colgroup", "col"} | _IGNORED:
            yield child


def _place_cells(rows: list[list[etree._Element]]) -> list[list[int | None]]:
    """For each row, the grid's columns: the index of the cell that starts there, or None where a spanning cell covers the place.

    Rows that spanning cells reach beyond the last one follow.
    """
    grid: list[list[int | None]] = []
    place_count = 0
    covered: dict[int, int] = {}  # column → rows still covered by a cell above
    for cells in rows:
        places: list[int | None] = []
        fresh: dict[int, int] = {}
        for index, cell in enumerate(cells):
            while len(places) in covered:
                places.append(None)
            is_absurd = place_count > _MAX_PLACES
            width, height = (1, 1) if is_absurd else (_read_span(cell, "colspan"), _read_span(cell, "rowspan"))
            for column in range(len(places), len(places) + width):
                if height > 1:
                    fresh[column] = height
            places.extend([index, *[None] * (width - 1)])
        while len(places) in covered:
            places.append(None)
        grid.append(places)
        place_count += len(places)
        covered = {column: left - 1 for column, left in {**covered, **fresh}.items() if left > 1}
    while covered and max(covered.values()) < _MAX_MISSING_ROWS:
        grid.append([None] * (max(covered) + 1))
        covered = {column: left - 1 for column, left in covered.items() if left > 1}
    return grid


def _read_span(cell: etree._Element, attribute: str) -> int:
    printed = cell.get(attribute)
    if not printed:
        return 1
    value = printed.strip()
    if not value.isascii() or not value.isdigit():
        return 1  # what a browser does with an unreadable span
    return min(max(int(value[:6]), 1), _MAX_SPAN)


def _name(element: etree._Element) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""
