"""The registry of readers: which kind of file becomes text how. A new format is one entry of READERS and one module."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from ingest.errors import Issue
from ingest.reading.decoding import EmptyTextError, ReadText, TextError, decode_text, finish_text
from ingest.reading.html import read_html, render_html


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of file. `read` raises TextError when the bytes are not of its kind."""

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes], ReadText]
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


_HTML_START: Final = re.compile(rb"\s*(?:<!doctype\s+html|<html[\s>]|<\?xml[^>]*\?>\s*<(?:!doctype\s+)?html)", re.IGNORECASE)
_HTML_ROW: Final = re.compile(r"<(?:table|html|p|div|body)[\s>]", re.IGNORECASE)


def _sniff_html(data: bytes) -> bool:
    return _HTML_START.match(data[:1000].removeprefix(b"\xef\xbb\xbf")) is not None


READERS: Final[tuple[Reader, ...]] = (
    Reader("html", "text/html", (".html", ".htm", ".shtml", ".xhtml"), read_html, _sniff_html),
    Reader("text", "text/plain", (".txt", ".text", ".md", ".markdown", ".csv", ".tsv"), decode_text),
)
"""In order: the first reader whose `sniff` recognises the bytes takes them, otherwise the one of the media type."""

UNREAD_KINDS: Final[dict[str, str]] = {
    ".pdf": "PDF files are not read yet: convert to text or HTML",
    ".doc": "Word files are not read yet: convert to text or HTML",
    ".docx": "Word files are not read yet: convert to text or HTML",
    ".wps": "WPS files are not read yet: convert to text or HTML",
    ".xls": "spreadsheets are not read: export the report's page as text or HTML",
    ".xlsx": "spreadsheets are not read: export the report's page as text or HTML",
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


def read_bytes(data: bytes, media_type: str) -> ReadResult:
    """The text of a document, or the issue that keeps it from being read: `empty`, `undecodable`, `unsupported`."""
    reader = next((reader for reader in READERS if reader.sniff is not None and reader.sniff(data)), None)
    if reader is None:
        reader = next((reader for reader in READERS if reader.media_type == media_type), None)
    if reader is None:
        return ReadResult(None, None, media_type, Issue.UNSUPPORTED, f"no reader takes {media_type}")
    return _run(lambda: reader.read(data), reader.media_type)


def read_row_text(text: str) -> ReadResult:
    """The text of a corpus row: as it stands, or rendered when it clearly is HTML."""
    if text.lstrip("\ufeff \t\r\n\u3000").startswith("<") and _HTML_ROW.search(text):
        return _run(lambda: render_html(text, "utf-8"), "text/html")
    return _run(lambda: finish_text(text, "utf-8"), "text/plain")


def _run(read: Callable[[], ReadText], media_type: str) -> ReadResult:
    try:
        result = read()
    except EmptyTextError as error:
        return ReadResult(None, None, media_type, Issue.EMPTY, str(error))
    except TextError as error:
        return ReadResult(None, None, media_type, Issue.UNDECODABLE, str(error))
    return ReadResult(result.text, result.encoding, media_type, None, result.note)
