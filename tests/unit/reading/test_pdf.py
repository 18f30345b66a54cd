from io import BytesIO

import polars as pl
import pytest
from builders.printing import Block, Grid, place_rows, print_pdf, print_scan

from ingest.documents import build_documents
from ingest.errors import Issue
from ingest.parsing import build_outcomes, parse_documents
from ingest.reading import Input, ReadLimits, read_bytes


def read_lines(data: bytes) -> list[str]:
    result = read_bytes(data, "application/pdf")
    assert result.text is not None, result
    assert (result.encoding, result.media_type) == (None, "application/pdf")
    assert result.text.endswith("\n")
    return result.text.removesuffix("\n").split("\n")


def row(*texts: str) -> list[tuple[str, int, int]]:
    return [(text, 1, 1) for text in texts]


def fill(count: int) -> list[Block]:
    return ["甲县乙局年度报告", *["本机关依法公开政府信息"] * count]


GROUPS = place_rows(
    [
        [("三、结果", 1, 4), ("（一）予以公开", 2, 1), ("1", 1, 1), ("0", 1, 1), ("1", 1, 1)],
        [("（三）不予", 1, 2), ("1.属于国家秘密", 1, 1), ("2", 1, 1), ("", 1, 1), ("2", 1, 1)],
        [("2.其他法律行政法规禁止公开", 1, 1), ("3", 1, 1), ("-", 1, 1), ("3", 1, 1)],
        [("（七）总计", 2, 1), ("6", 1, 1), ("0", 1, 1), ("6", 1, 1)],
    ]
)


def test_prose_and_ruled_tables_come_in_reading_order_with_merged_cells_as_covered_places() -> None:
    lines = read_lines(print_pdf(["一、总体情况", GROUPS, "五、存在的主要问题及改进情况"]))
    assert lines == [
        "一、总体情况",
        "| 三、结果 | （一）予以公开 || 1 | 0 | 1 |",
        "|| （三）不予 | 1.属于国家秘密 | 2 |  | 2 |",
        "||| 2.其他法律行政法规禁止公开 | 3 | - | 3 |",
        "|| （七）总计 || 6 | 0 | 6 |",
        "五、存在的主要问题及改进情况",
    ]


def test_a_row_of_one_cell_is_a_line() -> None:
    grid = place_rows([[("第二十条第（五）项", 2, 1)], row("信息内容", "本年处理决定数量"), row("行政许可", "550")])
    assert read_lines(print_pdf([grid])) == ["第二十条第（五）项", "| 信息内容 | 本年处理决定数量 |", "| 行政许可 | 550 |"]


def test_page_numbers_are_left_out_and_the_same_digits_in_a_table_are_not() -> None:
    grid = place_rows([row("规章", "1", "2"), row("行政规范性文件", "2", "1")])
    lines = read_lines(print_pdf([*fill(60), grid]))
    assert lines == [*fill(60), "| 规章 | 1 | 2 |", "| 行政规范性文件 | 2 | 1 |"]


def test_a_repeated_head_and_a_running_head_are_printed_once() -> None:
    grid = place_rows(
        [
            [("第二十条第（一）项", 3, 1)],
            row("信息内容", "本年制发件数", "现行有效件数"),
            *(row(f"规章{n}", "0", "7") for n in "甲乙丙丁戊"),
        ]
    )
    lines = read_lines(print_pdf([*fill(45), grid], repeats_heads=True, running_head="甲县政府信息公开"))
    assert lines[0] == "甲县政府信息公开"
    assert lines[-7:] == [
        "第二十条第（一）项",
        "| 信息内容 | 本年制发件数 | 现行有效件数 |",
        *(f"| 规章{n} | 0 | 7 |" for n in "甲乙丙丁戊"),
    ]
    assert sum("第二十条" in line for line in lines) == sum("甲县政府信息公开" in line for line in lines) == 1


def split_grid(label: str) -> Grid:
    return place_rows([row("5.要求行政机关确认或重", "4", "0", "4"), row(label, "", "", "")])


def test_a_numbered_row_broken_over_two_pages_is_one_row() -> None:
    lines = read_lines(print_pdf([*fill(50), split_grid("新出具已获取信息")]))
    assert lines[-1] == "| 5.要求行政机关确认或重新出具已获取信息 | 4 | 0 | 4 |"


def test_a_blank_row_at_the_top_of_a_page_stays_a_row() -> None:
    assert read_lines(print_pdf([*fill(50), split_grid("（六）其他处理")]))[-1] == "| （六）其他处理 |  |  |  |"
    grid = place_rows([row("行政处罚", "5"), row("行政强制", "")])
    assert read_lines(print_pdf([*fill(50), grid]))[-2:] == ["| 行政处罚 | 5 |", "| 行政强制 |  |"]


def test_the_rest_of_a_merged_label_on_the_next_page_is_covered_not_blank() -> None:
    lines = read_lines(print_pdf([*fill(49), GROUPS]))
    assert lines[-3:] == [
        "|| （三）不予 | 1.属于国家秘密 | 2 |  | 2 |",
        "||| 2.其他法律行政法规禁止公开 | 3 | - | 3 |",
        "|| （七）总计 || 6 | 0 | 6 |",
    ]


def test_a_page_without_ruled_lines_is_read_as_lines_of_words() -> None:
    grid = place_rows([row("信息内容", "本年制发件数", "现行有效件数"), row("规章", "0", "12"), row("行政规范性文件", "3", "40")])
    assert read_lines(print_pdf([grid], is_ruled=False)) == ["信息内容 本年制发件数 现行有效件数", "规章 0 12", "行政规范性文件 3 40"]


def draw(*strings: tuple[float, float, str], rects: tuple[tuple[float, float, float, float], ...] = (), angle: int = 0) -> bytes:
    """Strings at (x, y) from the bottom left, rectangles as (x, y, width, height)."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    canvas.setFont("STSong-Light", 10)
    if angle:
        canvas.translate(595, 0)
        canvas.rotate(angle)
    for x, y, text in strings:
        canvas.drawString(x, y, text)
    for rect in rects:
        canvas.rect(*rect)
    canvas.save()
    return out.getvalue()


RECTS = ((100, 700, 100, 20), (200, 700, 40, 20), (240, 700, 40, 20), (100, 680, 100, 20), (200, 680, 40, 20), (240, 680, 40, 20))


def test_bold_type_that_is_the_same_text_drawn_twice_gives_each_digit_once() -> None:
    data = draw((105, 705, "规章"), (205, 705, "12"), (205.3, 705, "12"), (245, 705, "0"), (105, 685, "文件"), (205, 685, "1"), rects=RECTS)
    assert read_lines(data) == ["| 规章 | 12 | 0 |", "| 文件 | 1 |  |"]


def test_a_number_wrapped_behind_its_point_is_one_and_two_numbers_in_a_cell_stay_two() -> None:
    data = draw((105, 705, "收费"), (205, 711, "7730."), (205, 701, "28"), (245, 711, "12"), (245, 701, "5"), (105, 685, "x"), rects=RECTS)
    assert read_lines(data)[0] == "| 收费 | 7730.28 | 12 5 |"


def test_a_number_that_runs_over_its_cell_is_not_read() -> None:
    data = draw((105, 705, "规章"), (205, 705, "123456789"), (250, 685, "7"), (105, 685, "文件"), (205, 685, "1"), rects=RECTS)
    first, second = read_lines(data)
    assert not any(character.isdigit() for character in first)
    assert second == "| 文件 | 1 | 7 |"


def test_columns_outside_of_the_ruled_lines_are_cells_too() -> None:
    data = draw(
        (50, 705, "规章"),
        (105, 705, "0"),
        (205, 705, "1"),
        (245, 705, "2"),
        (300, 705, "3"),
        (50, 685, "文件"),
        (105, 685, "4"),
        rects=RECTS,
    )
    assert read_lines(data) == ["| 规章 | 0 | 1 | 2 | 3 |", "| 文件 | 4 |  |  |"]


def test_a_table_set_sideways_reads_like_an_upright_one() -> None:
    strings = ((105, 205, "规章"), (205, 205, "12"), (245, 205, "0"), (105, 185, "文件"), (205, 185, "1"), (245, 185, "34"))
    rects = tuple((x, y - 500, width, height) for x, y, width, height in RECTS)
    assert read_lines(draw(*strings, rects=rects, angle=90)) == ["| 规章 | 12 | 0 |", "| 文件 | 1 | 34 |"]


def test_prose_in_a_frame_is_prose_whole() -> None:
    data = draw((105, 705, "一、总体情况。"), (105, 685, "共公开信息3条。"), rects=((100, 700, 60, 20), (100, 680, 60, 20)))
    assert read_lines(data) == ["一、总体情况。", "共公开信息3条。"]


def test_a_scan_is_suspect_needs_ocr_and_has_its_reports_row() -> None:
    data = print_scan(2)
    result = read_bytes(data, "application/pdf")
    assert (result.text, result.issue, result.detail) == (None, Issue.NEEDS_OCR, "2 of 2 pages are pictures without text")
    report = print_pdf(["甲县乙局2023年政府信息公开工作年度报告", "一、总体情况", "2023年，甲县乙局认真落实要求。"])
    inputs = [
        Input(name, content, None, "application/pdf", len(content), 1, None, None)
        for name, content in [("甲县2022年度报告.pdf", data), ("b.pdf", report), ("c.pdf", b"%PDF-1.4 broken")]
    ]
    documents, sightings = build_documents(inputs)
    parsed = parse_documents(documents)
    outcomes = build_outcomes(sightings, parsed)
    assert outcomes.select("source", "status", "issue", "report_year").rows() == [
        ("b.pdf", "suspect", "no_tables", 2023),
        ("c.pdf", "rejected", "unreadable", None),
        ("甲县2022年度报告.pdf", "suspect", "needs_ocr", None),  # the year is not guessed from the name
    ]
    scan = parsed.reports.filter(pl.col("issue") == "needs_ocr").row(0, named=True)
    assert scan["document_id"] == sightings["document_id"][0]
    assert {name for name, value in scan.items() if value is not None} == {
        *("document_id", "status", "issue", "expected_cell_count", "located_cell_count", "doubtful_cell_count"),
        *("is_cut_off", "parser_version"),
    }
    assert (scan["status"], scan["expected_cell_count"], scan["located_cell_count"]) == ("suspect", 0, 0)
    assert parsed.reports["document_id"].is_sorted()


def test_a_picture_among_pages_of_text_and_text_laid_over_a_picture_are_named() -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.drawString(50, 800, "Report of the year, a page of text.")
    canvas.showPage()
    for text in ("", "What OCR has read of this page."):
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)
        canvas.drawString(50, 800, text)
        canvas.showPage()
    canvas.save()
    result = read_bytes(out.getvalue(), "application/pdf")
    assert result.text == "Report of the year, a page of text.\nWhat OCR has read of this page.\n"
    assert result.detail == "pictures, not read: page 2; pictures with text laid over them, perhaps by OCR: page 3"


def test_an_encrypted_pdf_is_unreadable_and_says_so() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", strength=128))
    canvas.drawString(50, 800, "text")
    canvas.save()
    result = read_bytes(out.getvalue(), "application/pdf")
    assert (result.issue, result.detail) == (Issue.UNREADABLE, "the PDF is encrypted: it needs a password")


@pytest.mark.parametrize("keep", [9, 200, 1000, 2000, -300])
def test_a_broken_pdf_has_an_issue_and_never_raises(keep: int) -> None:
    result = read_bytes(print_pdf([*fill(60), GROUPS])[:keep], "application/pdf")
    assert result.text is not None or (result.issue in {Issue.UNREADABLE, Issue.EMPTY} and result.detail)


def test_more_pages_than_the_limit_are_not_read() -> None:
    data = print_pdf(fill(160))
    result = read_bytes(data, "application/pdf", ReadLimits(max_pdf_pages=3))
    assert (result.issue, result.detail) == (Issue.TOO_LARGE, "more than 3 pages")
    assert read_bytes(data, "application/pdf", ReadLimits(max_pdf_pages=4)).issue is None


def test_a_stream_that_expands_too_far_is_refused() -> None:
    import zlib

    bomb = zlib.compress(b" " * 200_000_000)
    data = b"%PDF-1.4\n1 0 obj\n<</Length " + str(len(bomb)).encode() + b"/Filter/FlateDecode>>\nstream\n" + bomb + b"\nendstream\nendobj\n"
    assert read_bytes(data, "application/pdf").issue is Issue.TOO_LARGE


def test_a_page_of_nothing_is_empty() -> None:
    assert read_bytes(draw(), "application/pdf").issue is Issue.EMPTY


def test_a_pdf_is_recognised_under_any_suffix() -> None:
    data = print_pdf(["甲县乙局年度报告"], has_page_numbers=False)
    for media_type in ("text/html", "text/plain", "application/msword"):
        result = read_bytes(data, media_type)
        assert (result.text, result.media_type) == ("甲县乙局年度报告\n", "application/pdf")
