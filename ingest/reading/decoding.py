"""Bytes to text, strictly: a document whose encoding cannot be decided is undecodable, never garbage.

Order: byte order mark, UTF-8, UTF-16 without a mark, GB18030 (which holds GBK and GB2312). Each is strict, and each must yield
text: bytes that decode by accident are refused by what they decode to.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from ingest.errors import Issue

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_CONTROL_BYTES: Final = bytes([*range(0x09), *range(0x0E, 0x20), 0x7F])
_REPLACEMENT: Final = "\ufffd".encode()
_MAX_CONTROL_SHARE: Final = 0.005  # PDF and Word exports leave a few control characters; binary files have several per cent

_COMMON: Final = re.compile("[的一是不了在有和人中为為大上国國公年政府信息开開月日、，。：；“”（）]")
_MIN_COMMON_SHARE: Final = 0.02  # 15 to 30 % in Chinese prose and in the statutory form; near 0 where UTF-8 or Big5 was read as GB18030
_HANZI: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff]")

_TEXTUAL: Final = re.compile("[\\t\\n\\r\x20-\x7e\u00a0-\u00ff\u2010-\u203b\u2460-\u2500\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_MIN_TEXTUAL_SHARE: Final = 0.95


class TextError(Exception):
    """The bytes are no text that this software can decide on. Internal: it becomes its `issue`."""

    issue: Issue = Issue.UNDECODABLE


class EmptyTextError(TextError):
    """The bytes are text, but there is nothing in it."""

    issue = Issue.EMPTY


class RefusedError(TextError):
    """The file cannot be read for a reason of its own, which `issue` names."""

    def __init__(self, issue: Issue, detail: str) -> None:
        super().__init__(detail)
        self.issue = issue


@dataclass(frozen=True, slots=True)
class ReadText:
    """A decoded text: line ends are newlines, the byte order mark is gone, all else is as it was."""

    text: str
    encoding: str | None
    """None: the format of the file has none of its own."""
    note: str | None = None
    """What a person should know of the decoding, such as a last character that is cut off."""


def decode_text(data: bytes) -> ReadText:
    """The text of the bytes.

    Raises EmptyTextError when there is nothing but white space, TextError when no encoding fits.
    """
    if not data.strip():
        raise EmptyTextError("the file holds no text")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _decode_strictly(data[len(mark) :], encoding)
            if text is None:
                raise TextError(f"the byte order mark says {encoding}, the bytes do not agree")
            return finish_text(text, encoding)
    if (text := _decode_strictly(data, "utf-8")) is not None and not _is_binary(text):
        return finish_text(text, "utf-8")
    if (text := _decode_unmarked_utf16(data, "utf-16-le")) is not None:
        return finish_text(text, "utf-16-le")
    if (text := _decode_unmarked_utf16(data, "utf-16-be")) is not None:
        return finish_text(text, "utf-16-be")
    if (cut := _decode_cut_utf8(data)) is not None:
        return cut
    if (text := _decode_strictly(data, "gb18030")) is not None and not _is_binary(text) and _is_chinese(text):
        return finish_text(text, "gb18030")
    raise TextError("the bytes are not UTF-8, UTF-16 or GB18030 text")


def decode_declared(data: bytes, declared: str) -> ReadText | None:
    """The text in the encoding that the document itself declares, or None when the bytes contradict it or the name is unknown."""
    try:
        encoding = codecs.lookup(declared).name
    except LookupError:
        return None
    if encoding in {"gb2312", "gbk"}:
        encoding = "gb18030"  # the superset: pages declare gb2312 and use characters of GBK
    if encoding not in {"utf-8", "gb18030", "big5", "big5hkscs"}:
        return None  # a declaration that could be read as ASCII is not UTF-16; others are not in use for these reports
    text = _decode_strictly(data, encoding)
    if text is None or _is_binary(text):
        return None
    return finish_text(text, encoding)


def finish_text(text: str, encoding: str | None, note: str | None = None) -> ReadText:
    """The decoded text with newlines only, checked to be text.

    `\\r\\n` and `\\r` are one line end each, so that line numbers are those that an editor shows. Form feeds and the like are no line ends.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise EmptyTextError("the file holds no text")
    if _is_binary(text):
        raise TextError("the bytes hold control characters: they are no text")
    return ReadText(text, encoding, note)


def _decode_strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decode_cut_utf8(data: bytes) -> ReadText | None:
    """UTF-8 whose last character is cut off, as crawlers that stop at a byte count leave it."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        kept = error.start
        if kept == 0 or error.reason != "unexpected end of data" or len(data) - kept > 3:  # noqa: PLR2004 (a UTF-8 character has at most 4 bytes)
            return None
    else:
        return None
    text = data[:kept].decode("utf-8")
    if _is_binary(text) or not text.strip():
        return None
    return finish_text(text, "utf-8", f"the last character is cut off: {len(data) - kept} bytes are not in the text")


def _decode_unmarked_utf16(data: bytes, encoding: str) -> str | None:
    """UTF-16 without a mark, when nearly every code unit then is a character of Chinese text."""
    if len(data) % 2:
        return None
    # A line end or an ASCII character leaves a NUL byte in any real text; GB18030 and UTF-8 text has none.
    if b"\x00" not in data:
        return None
    text = _decode_strictly(data, encoding)
    if text is None or len(_TEXTUAL.findall(text)) < _MIN_TEXTUAL_SHARE * len(text):
        return None
    return text


def _is_binary(text: str) -> bool:
    """Whether it holds too many control or replacement characters for a text. In bytes: ten times as fast as a regular expression."""
    data = text.encode("utf-8", "surrogatepass")
    control_count = len(data) - len(data.translate(None, _CONTROL_BYTES)) + data.count(_REPLACEMENT)
    return control_count > _MAX_CONTROL_SHARE * len(text)


def _is_chinese(text: str) -> bool:
    """Whether it reads as Chinese: two-byte encodings decode nearly any bytes to rare characters."""
    hanzi = len(_HANZI.findall(text))
    return hanzi > 0 and len(_COMMON.findall(text)) >= max(1, _MIN_COMMON_SHARE * hanzi)
