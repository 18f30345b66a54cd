import datetime
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from builders.printing import place_rows, print_xls, print_xlsx

from ingest.errors import Issue
from ingest.reading import ReadLimits, read_bytes
from ingest.reading.sheets import show_value

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"


def read_lines(data: bytes, media_type: str = XLSX) -> list[str]:
    result = read_bytes(data, media_type)
    assert result.text is not None, result
    return result.text.removesuffix("\n").split("\n")


def build_book(fill: Callable[[Any, Any], None]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    fill(book, book.active)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("printer", [print_xlsx, print_xls])
def test_rows_keep_merged_cells_blank_cells_and_whole_numbers(printer: Callable[..., bytes]) -> None:
    grid = place_rows(
        [
            [("一、本年新收", 2, 1), ("5", 1, 1), ("", 1, 1), ("7730.28", 1, 1)],
            [("（三）不予公开", 1, 2), ("1.属于国家秘密", 1, 1), ("2", 1, 1), ("-", 1, 1), ("+3", 1, 1)],
            [("2.其他", 1, 1), ("3", 1, 1), ("0", 1, 1), ("", 1, 1)],
        ]
    )
    assert read_lines(printer(["二、主动公开政府信息情况", grid, "附：无"])) == [
        "二、主动公开政府信息情况",
        "| 一、本年新收 || 5 |  | 7730.28 |",
        "| （三）不予公开 | 1.属于国家秘密 | 2 | - | +3 |",
        "|| 2.其他 | 3 | 0 |  |",
        "附：无",
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (1.0, "General", "1"),
        (7730.28, "General", "7730.28"),
        (0.1 + 0.2, "General", "0.3"),
        (7730.276, "0.00", "7730.28"),
        (2.5, "0", "3"),
        (34309, "#,##0", "34,309"),
        (1234.5, "#,##0.00_ ", "1,234.50"),
        (12, '0"件"', "12件"),
        (-3, "0", "-3"),
        (-3, "0;(0)", "(3)"),
        (-3, "0_);[Red]\\(0\\)", "(3)"),
        (0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "-"),
        (5, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "5"),
        (0, "0;-0;;@", ""),
        (0, "#", ""),
        (0, "#,##0", "0"),
        (7, "#", "7"),
        (0.125, "0.0%", "12.5%"),
        (1.5, "0.##", "1.5"),
        (2, "0.##", "2"),
        (1500, "0.0,", "1500"),
        (0.5, "# ?/?", "0.5"),
        (7, "@", "7"),
        ("12件", "General", "12件"),
        (datetime.datetime(2024, 1, 26), "yyyy年m月d日", "2024-01-26"),  # noqa: DTZ001
        (True, "General", "TRUE"),
    ],
)
def test_a_value_is_shown_as_its_format_says(value: object, number_format: str, shown: str) -> None:
    assert show_value(value, number_format) == shown


def test_a_formula_without_result_gives_no_number() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.append(["总计", "=SUM(D5:J5)", 4])

    assert read_lines(build_book(fill)) == ["| 总计 | #FORMULA | 4 |"]


def test_hidden_sheets_rows_and_columns_are_not_read() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.append(["规章", 1, 99, 2])
        sheet.append(["草稿", 8, 99, 8])
        sheet.append(["文件", 3, 99, 4])
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["C"].hidden = True
        book.create_sheet("old").append(["规章", 7, 7])
        book["old"].sheet_state = "hidden"

    assert read_lines(build_book(fill)) == ["| 规章 | 1 | 2 |", "| 文件 | 3 | 4 |"]


def test_zeros_that_the_view_does_not_show_are_blank() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.append(["规章", 0, "0", 10])
        sheet.sheet_view.showZeros = False

    assert read_lines(build_book(fill)) == ["| 规章 |  | 0 | 10 |"]


def test_a_far_cell_costs_nothing_and_too_many_cells_are_refused() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet["A1"], sheet["B1"] = "规章", 1
        sheet["A1048576"], sheet["B1048576"] = "文件", 2

    data = build_book(fill)
    assert read_lines(data) == ["| 规章 | 1 |", "| 文件 | 2 |"]
    assert read_bytes(data, XLSX, ReadLimits(max_sheet_cells=3)).issue is Issue.TOO_LARGE
    wide = build_book(lambda _, sheet: (sheet.append(["规章"]), sheet.cell(1, 16384, 1)))
    assert read_bytes(wide, XLSX, ReadLimits(max_sheet_cells=16383)).issue is Issue.TOO_LARGE
    assert read_bytes(data, XLSX, ReadLimits(max_expanded_bytes=100)).issue is Issue.TOO_LARGE


@pytest.mark.parametrize(("data", "media_type"), [(print_xlsx(["甲"]), XLSX), (print_xls(["甲"]), XLS)])
def test_a_broken_workbook_is_unreadable(data: bytes, media_type: str) -> None:
    for keep in (len(data) // 2, 600):
        result = read_bytes(data[:keep], media_type)
        assert result.issue in {Issue.UNREADABLE, Issue.UNSUPPORTED}
        assert result.detail


def test_a_workbook_without_text_is_empty_and_a_page_under_its_suffix_is_a_page() -> None:
    assert read_bytes(print_xlsx([]), XLSX).issue is Issue.EMPTY
    assert read_lines("<table><tr><td>规章</td><td>3</td></tr></table>".encode(), XLS) == ["| 规章 | 3 |"]
    assert read_bytes(b"<?xml version='1.0'?><Workbook/>", XLS).issue is Issue.UNSUPPORTED
