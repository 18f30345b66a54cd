"""Word documents to text: DOCX through HTML, RTF, web archives; the old binary DOC is refused with a remedy.

mammoth turns a DOCX into HTML with `colspan` and `rowspan`, and `ingest.reading.html` writes its tables as those of a page. Inserted text
of tracked changes is read, deleted text is not; text boxes stand where they are anchored. The marks of notes are left out: behind a
number a mark would be read as its last digit.
"""

import email
import email.policy
import re
import zipfile
from io import BytesIO
from typing import Final

from lxml import etree

from ingest.errors import Issue
from ingest.reading.decoding import EmptyTextError, ReadText, RefusedError, TextError, decode_text
from ingest.reading.html import read_html, render_html
from ingest.reading.inputs import ReadLimits

OLE_MARK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_PART: Final = "word/document.xml"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_UNREAD: Final = ("vanish", "strike", "dstrike")  # hidden, and struck out to be read as gone
_RTF_ROW: Final = re.compile(r"^[^\n|]*(?:\|[^\n|]*)+\|$")


def read_docx(data: bytes, limits: ReadLimits) -> ReadText:
    """The text of a DOCX. Raises RefusedError: `unreadable` when broken, `too_large` when it expands too far; EmptyTextError."""
    import mammoth

    package = _prepare(data, limits)
    try:
        html = mammoth.convert_to_html(
            package, convert_image=mammoth.images.img_element(lambda _: {}), ignore_empty_paragraphs=False, include_embedded_style_map=False
        ).value
    except RecursionError as error:
        raise RefusedError(Issue.UNREADABLE, "the Word file nests its parts too deeply") from error
    except Exception as error:  # mammoth raises whatever broken parts make it raise
        raise RefusedError(Issue.UNREADABLE, f"the Word file is broken: {error}"[:200]) from error
    if not html:
        raise EmptyTextError("the Word file holds no text")
    return render_html(html, None)


def check_package(data: bytes, limits: ReadLimits) -> zipfile.ZipFile:
    """The opened package of a DOCX or XLSX whose parts, as declared, expand within the limits; zipfile reads no more than declared.

    Raises RefusedError as `read_docx` does.
    """
    try:
        package = zipfile.ZipFile(BytesIO(data))
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise RefusedError(Issue.UNREADABLE, f"the file is broken: {error}") from error
    size = sum(info.file_size for info in package.infolist())
    if size > limits.max_expanded_bytes:
        raise RefusedError(Issue.TOO_LARGE, f"{len(data)} bytes expand to {size}, the limit is {limits.max_expanded_bytes}")
    return package


def _prepare(data: bytes, limits: ReadLimits) -> BytesIO:
    """The package with what mammoth would drop or show wrongly put right: results of simple fields, hidden and struck-out text, marks of
    notes."""
    package = check_package(data, limits)
    out = BytesIO()
    try:
        with package, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
            for info in package.infolist():
                if info.filename.startswith("word/media/"):
                    continue
                part = package.read(info)
                copy.writestr(info.filename, _mend_document(part) if info.filename == _PART else part)
    except (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, etree.LxmlError) as error:
        raise RefusedError(Issue.UNREADABLE, f"the Word file is broken: {error}"[:200]) from error
    out.seek(0)
    return out


def _mend_document(part: bytes) -> bytes:
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    for field in root.iter(f"{_W}fldSimple"):
        field.tag = f"{_W}smartTag"  # mammoth reads what is inside a smart tag
    for run in list(root.iter(f"{_W}r")):
        marks = [run.find(f"{_W}rPr/{_W}{name}") for name in _UNREAD]
        parent = run.getparent()
        if parent is not None and any(mark is not None and mark.get(f"{_W}val") not in {"0", "false", "none"} for mark in marks):
            parent.remove(run)
    for name in ("footnoteReference", "endnoteReference"):
        for mark in root.iter(f"{_W}{name}"):
            mark.tag = f"{_W}lastRenderedPageBreak"  # mammoth shows nothing for it
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def read_rtf(data: bytes, limits: ReadLimits) -> ReadText:  # noqa: ARG001 - the signature of a reader
    """The text of an RTF file, a table row as `| a | b |`. Raises EmptyTextError, RefusedError `unreadable`."""
    from striprtf.striprtf import rtf_to_text

    try:
        text = rtf_to_text(data.decode("latin-1"), encoding="gb18030", errors="strict")
    except Exception as error:  # striprtf raises whatever broken data makes it raise
        raise RefusedError(Issue.UNREADABLE, f"the RTF file is broken: {error}"[:200]) from error
    lines = [f"| {line[:-1].replace('|', ' | ')} |" if _RTF_ROW.match(line) else line for line in text.split("\n")]
    if not any(line.strip() for line in lines):
        raise EmptyTextError("the RTF file holds no text")
    return ReadText("\n".join(lines), None)


def read_mhtml(data: bytes, limits: ReadLimits) -> ReadText:  # noqa: ARG001 - the signature of a reader
    """The text of the page in a web archive (.mht, and what Word saves as a single web page). Raises TextError as `read_html` does."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    content = page.get_payload(decode=True) if page is not None else None
    if not isinstance(content, bytes):
        raise RefusedError(Issue.UNREADABLE, "the web archive holds no page")
    return read_html(content)


def read_doc(data: bytes, limits: ReadLimits) -> ReadText:  # noqa: ARG001 - the signature of a reader
    """Refuses the binary formats of old Word and WPS; text under their suffix is text. Raises RefusedError, TextError."""
    if data.startswith(OLE_MARK):
        if _ENCRYPTED_PACKAGE in data:
            raise RefusedError(Issue.UNREADABLE, "the file is encrypted: it needs a password")
        raise RefusedError(Issue.UNSUPPORTED, "the binary formats of Word and WPS are not read: save it as DOCX or PDF")
    try:
        return decode_text(data)
    except TextError as error:
        raise RefusedError(Issue.UNSUPPORTED, "the file is no Word document that is read: save it as DOCX or PDF") from error
