"""What one input is, and the limits within which it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from ingest.errors import Issue

IsUnchanged: TypeAlias = Callable[[str, int, int], bool]
"""(source, byte_count, modified_ns) → True: this very input was read before, do not read it again."""


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bounds on memory and time. They are about hostile or broken inputs: a genuine report has 5 to 200 KB."""

    max_bytes: int = 20_000_000
    """Of one document. Larger ones are `too_large` and are not read into memory."""
    max_archive_bytes: int = 4_000_000_000
    """Of everything that one archive expands to. What comes after it is `unsafe_archive_member`."""
    max_archive_ratio: int = 200
    """Expanded size / packed size. Pages full of Word markup reach about 50, a bomb 1000."""
    ratio_floor_bytes: int = 1_000_000
    """Below this expanded size the ratio says nothing: a short text of blanks packs very well."""
    max_pdf_pages: int = 200
    """Of one PDF. Reports have 3 to 60 pages, yearbooks more; a page takes about 0.1 s."""
    max_expanded_bytes: int = 100_000_000
    """Of the parts of one packed document (DOCX, XLSX), pictures and all."""
    max_sheet_cells: int = 200_000
    """Of one workbook. The statutory tables have 400."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file, archive member or corpus row as it was found.

    Exactly one of: `data` (bytes still to be decoded), `text` (a corpus row), `issue` (neither could be had), or none of the three:
    the caller said that the input is unchanged.
    """

    source: str
    data: bytes | None
    text: str | None
    media_type: str
    byte_count: int
    """Of the document; of a corpus row, the size of its text as UTF-8; of an input that was not read, the declared size."""
    modified_ns: int
    """Of the file on disk: of the archive for its members, of the corpus for its rows."""
    issue: Issue | None
    detail: str | None

    @property
    def is_unchanged(self) -> bool:
        """The caller's `unchanged` recognised it, so it was not read."""
        return self.data is None and self.text is None and self.issue is None


def is_hidden(name: str) -> bool:
    """Whether a file, folder or archive member of this name is no input: hidden, or the resource forks that macOS adds to archives."""
    return name.startswith(".") or name == "__MACOSX"


UNKNOWN_MEDIA_TYPE = "application/octet-stream"


def build_refusal(source: str, byte_count: int, modified_ns: int, issue: Issue, detail: str) -> Input:
    """The input that stands for bytes that could not be had."""
    return Input(source, None, None, UNKNOWN_MEDIA_TYPE, byte_count, modified_ns, issue, detail)


def build_size_refusal(source: str, byte_count: int, modified_ns: int, limits: ReadLimits) -> Input:
    """The input that is larger than the limit."""
    return build_refusal(source, byte_count, modified_ns, Issue.TOO_LARGE, f"{byte_count} bytes, the limit is {limits.max_bytes}")


def build_unchanged(source: str, media_type: str, byte_count: int, modified_ns: int) -> Input:
    """The input that was read before."""
    return Input(source, None, None, media_type, byte_count, modified_ns, None, None)
