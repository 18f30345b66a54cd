"""Text PDF to text, in the row convention of `ingest.reading.html`: a table row is `| a | b |`, prose stands line by line.

A row's cells come from the ruled lines of the page, its text from the characters whose middle lies in the cell. Characters in no cell are
prose. So no character is lost, and none is read twice. Pages without ruled lines are lines of words, one space between them.
What pagination adds (page numbers, running heads, repeated heads of a table that goes on) is left out; a row that is broken
over two pages becomes one again where its numbered label says so.
"""

import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice, pairwise
from statistics import median
from typing import Any, Final, TypeAlias

from ingest.errors import Issue
from ingest.reading.decoding import EmptyTextError, ReadText, RefusedError
from ingest.reading.inputs import ReadLimits

_Char: TypeAlias = dict[str, Any]
_Box: TypeAlias = tuple[float, float, float, float]

_UNKNOWN: Final = "\u3013"  # 〓, the printers' mark for a character that is not there
_GLYPH_ID: Final = re.compile(r"\(cid:\d+\)")
_MAX_UNKNOWN_SHARE: Final = 0.2
_SPACE: Final = 0.25  # of the font size: a wider gap parts two words
_SAME_LINE: Final = 0.4  # of the font size, between the middles of two characters of one line
_SAME_EDGE: Final = 3.0  # points: pdfplumber's own tolerance for lines that meet
_MIN_PICTURE_SHARE: Final = 0.25  # of the page; seals and logos take a few per cent
_MAX_PICTURE_SHARE: Final = 0.8
_MIN_PAGE_CHARACTERS: Final = 20  # a scan has none, or the stamp that a document system adds
_MAX_CONTENT_BYTES: Final = 5_000_000  # of the drawing of one page; a full page of text takes 50 KB
_MAX_STREAM_BYTES: Final = 100_000_000
_STREAM: Final = re.compile(rb"stream\r?\n")

_PAGE_NUMBER: Final = re.compile(
    r"(?:[-—–－·~]\s*)?(?P<plain>\d{1,4})(?:\s*[-—–－·~])?|第\s*\d+\s*页(?:[\s，,/]*共\s*\d+\s*页)?|\d+\s*/\s*\d+(?:\s*页)?"
)
_NUMBERED: Final = re.compile(r"\s*(?:\d{1,2}\s*[.．、]|[（(]\s*[一二三四五六七八九十]\s*[）)]|[一二三四五六七八九十]\s*、)")
_WORDS: Final = re.compile("(?:[\u4e00-\u9fff][^\u4e00-\u9fff]*){3}")
_OPEN_NUMBER: Final = re.compile(r"\d[.,．，]$")
_NUMBER_GOES_ON: Final = re.compile(r"[.,．，]\d")


@dataclass(slots=True)
class _Row:
    """A table row: None where a merged cell covers the place, "" for a blank cell. `edges`: left and right of its table."""

    cells: list[str | None]
    top: float
    edges: tuple[float, float]


@dataclass(slots=True)
class _TextLine:
    """A line of prose, or the text of a row of one cell: then with the `edges` of its table."""

    text: str
    top: float
    bottom: float
    edges: tuple[float, float] | None = None


_Item: TypeAlias = _Row | _TextLine


@dataclass(slots=True)
class _Page:
    items: list[_Item]
    character_count: int
    unknown_count: int
    pictured_share: float

    @property
    def is_picture(self) -> bool:
        return self.character_count < _MIN_PAGE_CHARACTERS and self.pictured_share > _MIN_PICTURE_SHARE

    @property
    def is_overlaid(self) -> bool:
        """A picture of the page with text over it: mostly what OCR has read."""
        return self.character_count >= _MIN_PAGE_CHARACTERS and self.pictured_share > _MAX_PICTURE_SHARE


def read_pdf(data: bytes, limits: ReadLimits) -> ReadText:
    """The text of a PDF, the tables as rows.

    Raises EmptyTextError for pages without anything, RefusedError with the issue `needs_ocr` for a scan, `unreadable` for an encrypted
    or broken file, `too_large` for more pages than the limit or pages that expand too far.
    """
    _refuse_bombs(data)
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it prints a line for every oddity of a font
    try:
        pages = _read_pages(data, limits)
    except RefusedError:
        raise
    except RecursionError as error:
        raise RefusedError(Issue.UNREADABLE, "the PDF nests its objects too deeply") from error
    except Exception as error:  # pdfminer raises whatever broken data makes it raise
        raise RefusedError(Issue.UNREADABLE, _explain(error)) from error
    pictures = [str(number) for number, page in enumerate(pages, start=1) if page.is_picture]
    overlaid = [str(number) for number, page in enumerate(pages, start=1) if page.is_overlaid]
    if not any(page.character_count >= _MIN_PAGE_CHARACTERS for page in pages):
        if pictures:
            raise RefusedError(Issue.NEEDS_OCR, f"{len(pictures)} of {len(pages)} pages are pictures without text")
        if not any(page.items for page in pages):
            raise EmptyTextError("the PDF has no text")
    _drop_page_numbers(pages)
    _drop_running_lines(pages)
    lines = [_write_item(item) for item in _join_pages(pages)]
    text = "\n".join(line for line in lines if line)
    if not text:
        raise EmptyTextError("the PDF has no text")
    if sum(page.unknown_count for page in pages) > _MAX_UNKNOWN_SHARE * sum(page.character_count for page in pages):
        raise RefusedError(Issue.NEEDS_OCR, "the fonts of the PDF do not say which characters they draw")
    notes = [f"pictures, not read: page {', '.join(pictures)}"] if pictures else []
    notes += [f"pictures with text laid over them, perhaps by OCR: page {', '.join(overlaid)}"] if overlaid else []
    return ReadText(text + "\n", None, "; ".join(notes) or None)


def _refuse_bombs(data: bytes) -> None:
    """A compressed stream that expands too far is refused before pdfminer expands it whole."""
    for match in _STREAM.finditer(data):
        if data[match.end() : match.end() + 1] not in {b"\x78", b"\x68", b"\x58", b"\x48"}:
            continue  # zlib data begins so
        try:
            size = len(zlib.decompressobj().decompress(memoryview(data)[match.end() :], _MAX_STREAM_BYTES + 1))
        except zlib.error:
            continue
        if size > _MAX_STREAM_BYTES:
            raise RefusedError(Issue.TOO_LARGE, f"a part of the PDF expands to more than {_MAX_STREAM_BYTES} bytes")


def _explain(error: Exception) -> str:
    causes = [error, *(cause for cause in error.args if isinstance(cause, Exception))]
    if any(type(cause).__name__.startswith(("PDFPassword", "PDFEncryption")) for cause in causes):
        return "the PDF is encrypted: it needs a password"
    said = next((str(cause) for cause in reversed(causes) if str(cause)), "")
    return f"the PDF is broken: {said or type(error).__name__}"[:200]


def _read_pages(data: bytes, limits: ReadLimits) -> list[_Page]:
    import pdfplumber
    from pdfminer.pdfpage import PDFPage

    pdf = pdfplumber.PDF(BytesIO(data), stream_is_external=True)
    count = sum(1 for _ in islice(PDFPage.create_pages(pdf.doc), limits.max_pdf_pages + 1))
    if count > limits.max_pdf_pages:
        raise RefusedError(Issue.TOO_LARGE, f"more than {limits.max_pdf_pages} pages")
    if count == 0:
        raise RefusedError(Issue.UNREADABLE, "the PDF has no pages")
    pages = []
    for page in pdf.pages:
        size = sum(len(stream.get_data()) for stream in page.page_obj.contents if hasattr(stream, "get_data"))
        if size > _MAX_CONTENT_BYTES:
            raise RefusedError(Issue.TOO_LARGE, f"page {page.page_number} draws {size} bytes, the limit is {_MAX_CONTENT_BYTES}")
        pages.append(_read_page(page))
        page.close()
    return pages


def _read_page(page: Any) -> _Page:
    chars = _find_chars(page)
    if chars and 2 * sum(not char["upright"] for char in chars) > len(chars):
        page = _turn(page, chars)
        chars = _find_chars(page)
    rows, boxes, prose = _read_tables(page, chars)
    items: list[_Item] = [*rows, *(line for line in _find_lines(prose, boxes) if line.text)]
    items.sort(key=lambda item: item.top)
    area = float(page.width) * float(page.height)
    pictured = sum(max(0.0, image["x1"] - image["x0"]) * max(0.0, image["bottom"] - image["top"]) for image in page.images)
    count = sum(not char["text"].isspace() for char in chars)
    unknown = sum(_GLYPH_ID.fullmatch(char["text"]) is not None for char in chars)
    return _Page(items, count, unknown, pictured / area if area else 0.0)


def _find_chars(page: Any) -> list[_Char]:
    """The characters on the page, each once: bold type is often the same character drawn twice."""
    _, top, _, bottom = page.bbox
    left, right = page.bbox[0], page.bbox[2]
    return [
        char
        for char in page.dedupe_chars().chars
        if left <= (char["x0"] + char["x1"]) / 2 <= right and top <= (char["top"] + char["bottom"]) / 2 <= bottom
    ]


def _turn(page: Any, chars: Sequence[_Char]) -> Any:
    """The page turned so that its text is upright: a wide table is often set sideways."""
    from pdfplumber.page import Page

    reads_upwards = 2 * sum(char["matrix"][1] > 0 for char in chars if not char["upright"]) > len(chars)
    turned = (page.rotation + (90 if reads_upwards else 270)) % 360
    page.page_obj.rotate = turned
    page.page_obj.attrs["Rotate"] = turned
    return Page(page.pdf, page.page_obj, page.page_number, page.initial_doctop)


def _read_tables(page: Any, chars: list[_Char]) -> tuple[list[_Row], list[_Box], list[_Char]]:
    """The rows of the ruled tables, the places of these tables, and the characters that belong to no row."""
    items: list[_Row] = []
    places: list[_Box] = []
    for table in page.find_tables():
        left, _, right, bottom = table.bbox
        rows = table.rows
        tops = [min(cell[1] for cell in row.cells if cell is not None) for row in rows]
        for index, row in enumerate(rows):
            boxes: list[_Box] = [cell for cell in row.cells if cell is not None]
            if len(boxes) < 2:  # noqa: PLR2004 - one cell as wide as the table: a heading, or a frame around prose
                continue
            _mask_overflow(chars, boxes)
            next_top = tops[index + 1] if index + 1 < len(rows) else bottom
            cells: list[str | None] = []
            for cell in row.cells:
                text = None
                if cell is not None:
                    inside, chars = _part(chars, cell)
                    text = _write_cell(inside)
                cells.append(text)
            for at, outer in ((0, (page.bbox[0], tops[index], left, next_top)), (len(cells), (right, tops[index], page.bbox[2], next_top))):
                inside, chars = _part(chars, outer)  # a table without its outer lines: the columns there have no cells
                if text := _write_cell(inside):
                    cells.insert(at if at == 0 else len(cells), text)
            items.append(_Row(cells, tops[index], (left, right)))
        if any(item.edges == (left, right) for item in items):
            places.append(table.bbox)
    return items, places, chars


def _part(chars: list[_Char], box: _Box) -> tuple[list[_Char], list[_Char]]:
    """The characters whose middle is in the box, and the others."""
    x0, top, x1, bottom = box
    inside: list[_Char] = []
    outside: list[_Char] = []
    for char in chars:
        across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        (inside if x0 <= across < x1 and top <= down < bottom else outside).append(char)
    return inside, outside


def _mask_overflow(chars: Sequence[_Char], boxes: Sequence[_Box]) -> None:
    """A number too long for its cell runs over the line into the next: where its digits belong cannot be told, so none is kept."""
    for (left, top, border, bottom), (following, *_) in pairwise(boxes):
        if abs(following - border) > _SAME_EDGE:
            continue
        near = [char for char in chars if left <= char["x1"] and top <= (char["top"] + char["bottom"]) / 2 < bottom]
        for line in _group_lines(near):
            for word in _split_words(line):
                crossed = any(c["x0"] + 0.2 * c["width"] < border < c["x1"] - 0.2 * c["width"] and c["text"].isdigit() for c in word)
                if crossed:
                    for char in word:
                        char["text"] = _UNKNOWN


def _group_lines(chars: Sequence[_Char]) -> Iterator[list[_Char]]:
    """The characters by printed line, from top to bottom, each from left to right."""
    line: list[_Char] = []
    before = 0.0
    for char in sorted(chars, key=lambda c: (c["top"] + c["bottom"]) / 2):
        middle = (char["top"] + char["bottom"]) / 2
        if line and middle - before > _SAME_LINE * min(char["size"], median(c["size"] for c in line[-5:])):
            yield sorted(line, key=lambda c: c["x0"])
            line = []
        line.append(char)
        before = middle
    if line:
        yield sorted(line, key=lambda c: c["x0"])


def _split_words(line: Sequence[_Char]) -> Iterator[list[_Char]]:
    word: list[_Char] = []
    for char in line:
        if char["text"].isspace() or (word and char["x0"] - word[-1]["x1"] > _SPACE * max(char["size"], word[-1]["size"])):
            if word:
                yield word
            word = []
        if not char["text"].isspace():
            word.append(char)
    if word:
        yield word


def _write_words(line: Sequence[_Char]) -> str:
    """A line's words with one space between. A character that the font does not name makes its word unknown, its digits too."""
    words = []
    for word in _split_words(line):
        texts = [char["text"] for char in word]
        is_unknown = any(_GLYPH_ID.fullmatch(text) or text == _UNKNOWN for text in texts)
        words.append(_UNKNOWN * len(texts) if is_unknown else "".join(texts))
    return " ".join(words).replace("|", "\uff5c")


def _write_cell(chars: Sequence[_Char]) -> str:
    """The cell's lines joined by spaces, or by nothing where a number visibly goes on after its point or comma."""
    text = ""
    for line in map(_write_words, _group_lines(chars)):
        is_open = _OPEN_NUMBER.search(text) and line[:1].isdigit()
        goes_on = text[-1:].isdigit() and _NUMBER_GOES_ON.match(line)
        text += line if not text or is_open or goes_on else f" {line}"
    return text.strip()


def _find_lines(chars: Sequence[_Char], tables: Sequence[_Box]) -> Iterator[_TextLine]:
    for line in _group_lines(chars):
        top, bottom = min(c["top"] for c in line), max(c["bottom"] for c in line)
        inside = next(((x0, x1) for x0, y0, x1, y1 in tables if y0 <= (top + bottom) / 2 < y1), None)
        yield _TextLine(_write_words(line), top, bottom, inside)


def _drop_page_numbers(pages: Sequence[_Page]) -> None:
    """Page numbers are no content, and a bare one between the rows of a table would be read as a value."""
    bare: list[tuple[_Page, _TextLine, int, float]] = []
    for index, page in enumerate(pages):
        for item in {id(item): item for item in (page.items[:1] + page.items[-1:])}.values():
            match = _PAGE_NUMBER.fullmatch(item.text.strip()) if isinstance(item, _TextLine) else None
            if match is None or not isinstance(item, _TextLine):
                continue
            if match["plain"] is None or not item.text.strip().isdigit():
                page.items.remove(item)
            else:
                bare.append((page, item, int(match["plain"]) - index, round(item.top / _SAME_EDGE)))
    series = Counter((offset, height) for _, _, offset, height in bare)
    for page, item, offset, height in bare:
        is_alone = all(other is item or abs(other.top - item.top) > 2 * (item.bottom - item.top) for other in page.items)
        if series[offset, height] > 1 or (offset == 1 and is_alone):
            page.items.remove(item)


def _drop_running_lines(pages: Sequence[_Page]) -> None:
    """A line of words that stands at the same edge of several pages is a running head or foot: its first printing is kept."""
    for end in (0, -1):
        edges = [(page, page.items[end]) for page in pages if page.items]
        lines = [(page, item) for page, item in edges if isinstance(item, _TextLine) and _WORDS.search(item.text)]
        seen: set[tuple[str, int]] = set()
        for page, item in lines:
            key = (item.text, round(item.top / _SAME_EDGE))
            if key in seen:
                page.items.remove(item)
            seen.add(key)


def _join_pages(pages: Sequence[_Page]) -> list[_Item]:
    """The items of all pages in order, a table that goes on over a page's end made one."""
    out: list[_Item] = []
    start = 0  # of the table that `out` ends with
    for page in pages:
        rest = page.items
        if out and rest and _is_same_table(out[-1], rest[0]):
            rest = _continue_table(out[start:], rest)
        elif out and rest and isinstance(rest[0], _TextLine) and rest[0].edges and _write_item(out[-1]) == rest[0].text:
            rest = rest[1:]  # of the table's part on the page before there is only this head
        for item in rest:
            if not out or not _is_same_table(out[-1], item):
                start = len(out)
            out.append(item)
    return out


def _is_same_table(item: _Item, other: _Item) -> bool:
    if item.edges is None or other.edges is None:
        return False
    return all(abs(mine - its) <= _SAME_EDGE for mine, its in zip(item.edges, other.edges, strict=True))


def _continue_table(before: Sequence[_Item], items: Sequence[_Item]) -> list[_Item]:
    """The items of a page that begins with rows of the table `before`: without its repeated heads, its first row mended."""
    repeated = 0
    for item, again in zip(before, items, strict=False):
        if _write_item(item) != _write_item(again) or (isinstance(item, _Row) and any(cell and cell[0].isdigit() for cell in item.cells)):
            break
        repeated += 1
    rest = list(items[repeated:])
    if not rest or not isinstance(rest[0], _Row) or not isinstance(before[-1], _Row):
        return rest
    first, last = rest[0], before[-1]
    at = next((index for index, cell in enumerate(first.cells) if cell), 0)
    label = first.cells[at] or ""
    above = last.cells[at] if len(first.cells) == len(last.cells) else None
    is_label_only = sum(bool(cell) for cell in first.cells) == 1 and not label[0].isdigit() and not _NUMBERED.match(label)
    if is_label_only and above and _NUMBERED.match(above):
        last.cells[at] = above + label
        return rest[1:]
    first.cells[:at] = [None if cell == "" else cell for cell in first.cells[:at]]  # the merged label cells of the page before
    return rest


def _write_item(item: _Item) -> str:
    if isinstance(item, _TextLine):
        return item.text
    if not any(item.cells):
        return ""
    return "|" + "".join("|" if cell is None else f" {cell} |" for cell in item.cells)
