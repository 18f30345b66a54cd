import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import Issue
from ingest.reading import read_bytes
from ingest.reading.decoding import EmptyTextError, TextError, decode_text, finish_text

TEXT = "甲县乙局2023年政府信息公开工作年度报告\n一、总体情况\n本年收到申请12件，予以公开7件。\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("gb2312"), "gb18030"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_every_encoding_gives_the_same_text(data: bytes, encoding: str) -> None:
    result = decode_text(data)
    assert (result.text, result.encoding, result.note) == (TEXT, encoding, None)


def test_plain_ascii_is_utf8() -> None:
    assert decode_text(b"total 12\n").encoding == "utf-8"


def test_characters_outside_gbk_survive_gb18030() -> None:
    text = "螅镇的申请办理情况\U00020000，共3件\n"
    assert decode_text(text.encode("gb18030")).text == text


def test_line_ends_of_all_three_kinds_are_one_line_each() -> None:
    assert decode_text("一\r\n二\r三\n四\r\r五".encode()).text == "一\n二\n三\n四\n\n五"


def test_form_feed_and_unicode_separators_end_no_line() -> None:
    text = "甲\x0c乙\u2028丙\n"
    assert decode_text(text.encode()).text == text


@pytest.mark.parametrize(
    "data", [b"", b"  \r\n\t ", codecs.BOM_UTF8, codecs.BOM_UTF8 + b" \n", codecs.BOM_UTF16_LE + " \n".encode("utf-16-le")]
)
def test_a_file_of_blanks_is_empty(data: bytes) -> None:
    with pytest.raises(EmptyTextError):
        decode_text(data)


def test_ideographic_spaces_are_blanks() -> None:
    with pytest.raises(EmptyTextError):
        decode_text("\u3000\u3000\n".encode())


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
        bytes(range(256)),
        b"text with " + b"\x00" * 20 + b"zeros",
        codecs.BOM_UTF8 + b"\xff\xfe broken",
        codecs.BOM_UTF16_LE + b"\x00\xd8\x00",
    ],
)
def test_bytes_that_are_no_text_are_undecodable_not_garbage(data: bytes) -> None:
    with pytest.raises(TextError):
        decode_text(data)


def test_broken_utf8_is_not_read_as_rare_gb18030_characters() -> None:
    data = TEXT.encode("utf-8")
    broken = data[:40] + data[41:]
    with pytest.raises(TextError):
        decode_text(broken)


@pytest.mark.parametrize("cut", [1, 2])
def test_a_last_character_cut_off_is_left_out_and_said(cut: int) -> None:
    data = "本年收到申请12件，予以公开7件，办".encode()[:-cut]
    result = decode_text(data)
    assert result.text == "本年收到申请12件，予以公开7件，"
    assert result.encoding == "utf-8"
    assert result.note == f"the last character is cut off: {3 - cut} bytes are not in the text"


def test_one_stray_control_character_in_a_long_text_is_kept() -> None:
    text = TEXT * 10 + "\x07"
    assert decode_text(text.encode()).text == text


def test_finish_text_removes_one_mark_only_at_the_start() -> None:
    assert finish_text("\ufeff甲\ufeff", "utf-8").text == "甲\ufeff"


def test_issues_of_reading_are_empty_undecodable_and_unsupported() -> None:
    assert read_bytes(b" ", "text/plain").issue is Issue.EMPTY
    assert read_bytes(bytes(range(256)), "text/plain").issue is Issue.UNDECODABLE
    assert read_bytes(b"abc", "image/png").issue is Issue.UNSUPPORTED


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["text/plain", "text/html", "image/png"]))
def test_no_bytes_raise_and_a_result_is_a_text_or_an_issue(data: bytes, media_type: str) -> None:
    result = read_bytes(data, media_type)
    assert (result.text is None) == (result.issue is not None)
    assert (result.text is None) == (result.encoding is None)
    if result.text is not None:
        result.text.encode("utf-8")
        assert "\r" not in result.text


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_text_survives_utf8(text: str, encoding: str) -> None:
    result = read_bytes(text.encode(encoding), "text/plain")
    if result.text is not None and not text.startswith("\ufeff"):
        assert result.text == text
