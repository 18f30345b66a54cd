import zipfile
from email.message import EmailMessage
from io import BytesIO

import pytest
from builders.printing import place_rows, print_docx, rewrite_part

from ingest.errors import Issue
from ingest.reading import ReadLimits, read_bytes
from ingest.reading.word import OLE_MARK

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
GRID = place_rows(
    [
        [("一、本年新收", 3, 1), ("5", 1, 1), ("", 1, 1)],
        [("三、结果", 1, 3), ("（一）予以公开", 2, 1), ("1", 1, 1), ("0", 1, 1)],
        [("（三）不予公开", 1, 2), ("1.属于国家秘密", 1, 1), ("2", 1, 1), ("-", 1, 1)],
        [("2.其他", 1, 1), ("3", 1, 1), ("34,309", 1, 1)],
    ]
)
MARKED = "@@@"


def read_lines(data: bytes, media_type: str = DOCX) -> list[str]:
    result = read_bytes(data, media_type)
    assert result.text is not None, result
    return result.text.removesuffix("\n").split("\n")


def write_marked(xml: str) -> bytes:
    """A document whose one run of text is replaced by other markup."""
    return rewrite_part(print_docx([MARKED]), "word/document.xml", f"<w:r><w:t>{MARKED}</w:t></w:r>", xml)


def test_paragraphs_and_tables_come_in_order_with_merged_cells_as_covered_places() -> None:
    assert read_lines(print_docx(["一、总体情况", GRID, "五、问题"])) == [
        "一、总体情况",
        "| 一、本年新收 ||| 5 |  |",
        "| 三、结果 | （一）予以公开 || 1 | 0 |",
        "|| （三）不予公开 | 1.属于国家秘密 | 2 | - |",
        "||| 2.其他 | 3 | 34,309 |",
        "五、问题",
    ]


def test_tracked_changes_are_read_as_accepted() -> None:
    run = "<w:r><w:t>1</w:t></w:r>"
    inserted, deleted = "<w:ins><w:r><w:t>2</w:t></w:r></w:ins>", "<w:del><w:r><w:delText>9</w:delText></w:r></w:del>"
    assert read_lines(write_marked(run + inserted + deleted + "<w:r><w:t>件</w:t></w:r>")) == ["12件"]


@pytest.mark.parametrize("wrapper", ["smartTag", "fldSimple", "hyperlink"])
def test_text_inside_other_markup_is_not_lost(wrapper: str) -> None:
    assert read_lines(write_marked(f"<w:r><w:t>1</w:t></w:r><w:{wrapper}><w:r><w:t>3</w:t></w:r></w:{wrapper}>")) == ["13"]


def test_a_content_control_is_read() -> None:
    assert read_lines(write_marked("<w:sdt><w:sdtContent><w:r><w:t>27</w:t></w:r></w:sdtContent></w:sdt>")) == ["27"]


def test_a_text_box_is_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>发布机构 甲县乙局</w:t></w:r></w:p></w:txbxContent>"
    choice = f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
    shape = f'<v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox>{box}</v:textbox></v:shape>'
    fallback = f"<mc:Fallback><w:pict>{shape}</w:pict></mc:Fallback>"
    namespace = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    data = write_marked(f"<w:r><w:t>正文</w:t></w:r><w:r><mc:AlternateContent {namespace}>{choice}{fallback}</mc:AlternateContent></w:r>")
    assert sorted(read_lines(data)) == ["发布机构 甲县乙局", "正文"]


def test_hidden_text_and_the_marks_of_notes_are_not_read() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t></w:r>"
    note = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    assert read_lines(write_marked(f"<w:r><w:t>5</w:t></w:r>{hidden}{note}")) == ["5"]


@pytest.mark.parametrize("mark", ["strike", "dstrike"])
def test_struck_out_text_is_not_read(mark: str) -> None:
    def write(value: str) -> str:
        return f"<w:r><w:rPr><w:{mark}{value}/></w:rPr><w:t>46</w:t></w:r><w:r><w:t>12</w:t></w:r>"

    assert read_lines(write_marked(write(""))) == ["12"]
    assert read_lines(write_marked(write(' w:val="0"'))) == ["4612"]


def test_a_raised_mark_behind_a_number_stays_apart() -> None:
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
    assert read_lines(write_marked(f"<w:r><w:t>5</w:t></w:r>{raised}")) == ["5 2"]


def test_a_table_in_a_cell_of_page_layout_is_read_as_rows() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    inner = f"<w:tbl><w:tr>{cell.format('规章')}{cell.format('3')}</w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc><w:p/>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    data = rewrite_part(print_docx([MARKED]), "word/document.xml", f"<w:p><w:r><w:t>{MARKED}</w:t></w:r></w:p>", outer)
    assert read_lines(data) == ["| 规章 | 3 |"]


def test_a_package_that_expands_too_far_is_not_read() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 2_000_000)
    result = read_bytes(out.getvalue(), DOCX, ReadLimits(max_expanded_bytes=1_000_000))
    assert result.issue is Issue.TOO_LARGE
    assert "expand to 2000000" in str(result.detail)


@pytest.mark.parametrize("keep", [4, 100, 5000, -10])
def test_a_broken_word_file_is_unreadable(keep: int) -> None:
    result = read_bytes(print_docx(["甲"])[:keep], DOCX)
    assert result.issue is Issue.UNREADABLE
    assert result.detail


def test_broken_parts_are_unreadable() -> None:
    data = rewrite_part(print_docx(["甲"]), "word/document.xml", "<w:body>", "<w:body")
    assert read_bytes(data, DOCX).issue is Issue.UNREADABLE


def test_a_word_file_without_text_is_empty() -> None:
    assert read_bytes(print_docx([]), DOCX).issue is Issue.EMPTY


def test_the_binary_format_is_unsupported_with_a_remedy_and_an_encrypted_file_says_so() -> None:
    old = read_bytes(OLE_MARK + b"\x00" * 600 + "WordDocument".encode("utf-16-le"), "application/msword")
    assert (old.issue, old.detail) == (Issue.UNSUPPORTED, "the binary formats of Word and WPS are not read: save it as DOCX or PDF")
    encrypted = read_bytes(OLE_MARK + "EncryptedPackage".encode("utf-16-le"), DOCX)
    assert (encrypted.issue, encrypted.detail) == (Issue.UNREADABLE, "the file is encrypted: it needs a password")


def test_a_doc_is_what_its_bytes_are() -> None:
    cells = "<td>规章<o:p></o:p></td><td>3</td>"
    html = f'<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><table><tr>{cells}</tr></table></body></html>'
    assert read_lines(html.encode(), "application/msword") == ["| 规章 | 3 |"]
    assert read_lines(print_docx(["甲"]), "application/msword") == ["甲"]
    assert read_lines("规章的公开数量，共一件".encode("gb18030"), "application/msword") == ["规章的公开数量，共一件"]


def test_rtf_tables_are_rows() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg936 \pard \'b9\'e6\'d5\'c2\par \trowd\cellx1000\cellx2000\cellx3000\pard\intbl"
        rb" \'b9\'e6\cell 0\cell 12\cell\row"
        rb"\trowd\cellx1000\cellx2000\cellx3000\intbl b\cell \cell 5\cell\row\pard \u20844?\u24320?\par}"
    )
    result = read_bytes(rtf, "application/msword")
    assert (result.text, result.media_type) == ("规章\n| 规 | 0 | 12 |\n| b |  | 5 |\n公开\n", "application/rtf")


def test_a_web_archive_is_its_page() -> None:
    message = EmailMessage()
    message.set_content("<html><body><p>规章的公开，一件</p></body></html>", subtype="html", charset="gb18030", cte="base64")
    message.make_related()
    assert read_lines(b"MIME-Version: 1.0\n" + message.as_bytes(), "application/msword") == ["规章的公开，一件"]
    assert read_bytes(b"MIME-Version: 1.0\nContent-Type: multipart/related\n\nx", "text/plain").issue is Issue.UNREADABLE
