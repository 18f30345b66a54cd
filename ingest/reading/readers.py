"""The registry of readers: which kind of file becomes text how. A new format is one entry of READERS and one module."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from ingest.errors import Issue
from ingest.reading.decoding import ReadText, TextError, decode_text, finish_text
from ingest.reading.html import read_html, render_embedded, render_html
from ingest.reading.inputs import ReadLimits
from ingest.reading.pdf import read_pdf
from ingest.reading.sheets import read_xls, read_xlsx
from ingest.reading.word import OLE_MARK, read_doc, read_docx, read_mhtml, read_rtf

_DEFAULT_LIMITS: Final = ReadLimits()
_PAGES: Final = (".html", ".htm", ".shtml", ".xhtml", ".jhtml", ".jsp", ".asp", ".aspx", ".php", ".do", ".action")
"""Suffixes of pages as they are saved: most sites make theirs by a program."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of file. `read` raises TextError when the bytes are not of its kind. It imports what it needs when it is called."""

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes, ReadLimits], ReadText]
    sniff: Callable[[bytes], bool] | None = None
    """True: the bytes are of this kind whatever their suffix says."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What reading gave: a text with its encoding, or an issue. `detail` may accompany either."""

    text: str | None
    encoding: str | None
    media_type: str
    issue: Issue | None
    detail: str | None


_HTML_START: Final = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*)*(?:<!doctype\s+html|<(?:html|head|meta|body|table|div|p)[\s>]|<\?xml[^>]*\?>\s*<(?:!doctype\s+)?html)",
    re.IGNORECASE | re.DOTALL,
)
_HTML_ROW: Final = re.compile(r"<(?:table|html|p|div|body)[\s>]", re.IGNORECASE)
_PDF_WINDOW: Final = 1024  # bytes before the mark of a PDF that readers forgive
_ZIP_MARK: Final = b"PK\x03\x04"
_WORD_STREAM: Final = "WordDocument".encode("utf-16-le")  # a Word file may hold a workbook
_WORKBOOKS: Final = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book\x00"))


def _sniff_html(data: bytes) -> bool:
    return _HTML_START.match(data[:2000].removeprefix(b"\xef\xbb\xbf")) is not None


def _sniff_pdf(data: bytes) -> bool:
    return b"%PDF-" in data[:_PDF_WINDOW]


def _sniff_docx(data: bytes) -> bool:
    return data.startswith(_ZIP_MARK) and b"word/document.xml" in data


def _sniff_xlsx(data: bytes) -> bool:
    return data.startswith(_ZIP_MARK) and b"xl/workbook.xml" in data


def _sniff_xls(data: bytes) -> bool:
    return data.startswith(OLE_MARK) and any(name in data for name in _WORKBOOKS) and _WORD_STREAM not in data


def _sniff_rtf(data: bytes) -> bool:
    return data.startswith(b"{\\rtf")


def _sniff_mhtml(data: bytes) -> bool:
    return data[:500].lower().lstrip().startswith((b"mime-version:", b"from: <saved by")) and b"multipart/related" in data[:5000].lower()


def _sniff_doc(data: bytes) -> bool:
    return data.startswith(OLE_MARK)


READERS: Final[tuple[Reader, ...]] = (
    Reader("pdf", "application/pdf", (".pdf",), read_pdf, _sniff_pdf),
    Reader("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",), read_docx, _sniff_docx),
    Reader("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",), read_xlsx, _sniff_xlsx),
    Reader("xls", "application/vnd.ms-excel", (".xls", ".et"), read_xls, _sniff_xls),
    Reader("rtf", "application/rtf", (".rtf",), read_rtf, _sniff_rtf),
    Reader("mhtml", "multipart/related", (".mht", ".mhtml"), read_mhtml, _sniff_mhtml),
    Reader("doc", "application/msword", (".doc", ".wps"), read_doc, _sniff_doc),
    Reader("html", "text/html", _PAGES, lambda data, _: read_html(data), _sniff_html),
    Reader("text", "text/plain", (".txt", ".text", ".md", ".markdown", ".csv", ".tsv"), lambda data, _: render_embedded(decode_text(data))),
)
"""In order: the first reader whose `sniff` recognises the bytes takes them, otherwise the one of the media type."""

UNREAD_KINDS: Final[dict[str, str]] = {
    ".json": "JSON files are not read: give one object a line with a text column, as .jsonl",
    ".zip": "archives inside archives are not read: unpack the outer one",
    ".tar": "archives inside archives are not read: unpack the outer one",
    ".tgz": "archives inside archives are not read: unpack the outer one",
    ".gz": "only .tar.gz is read, and no archive inside an archive: unpack it",
    ".7z": "only .zip, .tar and .tar.gz archives are read: unpack it",
    ".rar": "only .zip, .tar and .tar.gz archives are read: unpack it",
    ".jsonl": "corpora inside archives are not read: unpack the archive",
    ".parquet": "corpora inside archives are not read: unpack the archive",
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".webp"), "pictures are not read: run OCR first"),
}
"""Suffix → what to do about it. Any other suffix without a reader is unsupported too."""


def find_reader(name: str) -> Reader | None:
    """The reader for a file name, by its suffix; None when no reader takes it."""
    suffix = PurePosixPath(name).suffix.lower()
    return next((reader for reader in READERS if suffix in reader.suffixes), None)


def explain_unsupported(name: str) -> str:
    """Why no reader takes a file of this name."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in UNREAD_KINDS:
        return UNREAD_KINDS[suffix]
    return f"no reader takes {suffix} files" if suffix else "the file name has no suffix that says what it is"


def read_bytes(data: bytes, media_type: str, limits: ReadLimits = _DEFAULT_LIMITS) -> ReadResult:
    """The text of a document, or the issue that keeps it from being read.

    What the bytes are goes before `media_type`, which the suffix of the file's name gave.
    """
    reader = next((reader for reader in READERS if reader.sniff is not None and reader.sniff(data)), None)
    if reader is None:
        reader = next((reader for reader in READERS if reader.media_type == media_type), None)
    if reader is None:
        return ReadResult(None, None, media_type, Issue.UNSUPPORTED, f"no reader takes {media_type}")
    return _run(lambda: reader.read(data, limits), reader.media_type)


def read_row_text(text: str) -> ReadResult:
    """The text of a corpus row: as it stands, or rendered when it clearly is HTML."""
    if text.lstrip("\ufeff \t\r\n\u3000").startswith("<") and _HTML_ROW.search(text):
        return _run(lambda: render_html(text, "utf-8"), "text/html")
    return _run(lambda: render_embedded(finish_text(text, "utf-8")), "text/plain")


def _run(read: Callable[[], ReadText], media_type: str) -> ReadResult:
    try:
        result = read()
    except TextError as error:
        return ReadResult(None, None, media_type, error.issue, str(error))
    return ReadResult(result.text, result.encoding, media_type, None, result.note)
