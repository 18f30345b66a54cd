"""Rows whose cells are broken over lines: put together where every border is accounted for, left alone otherwise."""

import pytest

from ingest.row_breaks import Label, cut_rows

PADDED = """信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |
规章 |
|
|
0 |
行政规范性文件 | 3 |
|
2 |
第二十条第（六）项 | |||
信息内容 | 本年处理决定数量 | ||
行政处罚 |
| ||
行政强制 | 7 | ||
"""
LABELS = ("规章", "行政规范性文件", "行政处罚", "行政强制")


def find_labels(text: str, widths: dict[str, int] | None = None) -> list[Label]:
    columns = widths or {"规章": 3, "行政规范性文件": 3, "行政处罚": 1, "行政强制": 1}
    return [Label(text.index(words) + len(words) - 1, "proactive", frozenset({columns[words]})) for words in LABELS if words in text]


def read(text: str) -> list[str]:
    lines = cut_rows(text, find_labels(text))
    assert "\n".join(lines) == text
    return [" ".join(line.split("\n")) for line in lines]


def test_the_lines_of_a_broken_row_are_put_together_blank_cells_included() -> None:
    assert read(PADDED)[1:7] == [
        "规章 | | | 0 |",
        "行政规范性文件 | 3 | | 2 |",
        "第二十条第（六）项 | |||",
        "信息内容 | 本年处理决定数量 | ||",
        "行政处罚 | | ||",
        "行政强制 | 7 | ||",
    ]


def test_rows_without_padding_are_told_by_the_count_of_the_form() -> None:
    text = "规章\n|\n|\n4\n|\n|\n行政规范性文件\n|\n3\n|\n|\n2\n|\n行政处罚\n|\n|\n行政强制\n|\n7\n|\n"
    assert read(text)[:4] == ["规章 | | 4 | |", "行政规范性文件 | 3 | | 2 |", "行政处罚 | |", "行政强制 | 7 |"]


@pytest.mark.parametrize(
    ("printed", "damaged"),
    [
        ("规章 |\n|\n|\n0 |", "规章 |\n|\n0 |"),  # a border is lost
        ("行政规范性文件 | 3 |\n|\n2 |", "行政规范性文件 | 3 |\n|\n|\n2 |"),  # one is added
        ("行政规范性文件 | 3 |\n|\n2 |", "行政规范性文件 | 3\n1 |\n|\n2 |"),  # a page number stands in a cell
        ("行政规范性文件 | 3 |\n|\n2 |", "行政规范性文件 | 3 | 本页未完转下页 |\n2 |"),
    ],
)
def test_a_table_with_one_border_or_word_out_of_place_stays_as_it_is(printed: str, damaged: str) -> None:
    text = PADDED.replace(printed, damaged)
    assert text != PADDED
    assert cut_rows(text, find_labels(text)) == text.split("\n")


def test_rows_on_one_line_each_stay_as_they_are() -> None:
    text = "规章 | 1 | 2 | 3 |\n行政规范性文件 | 4 | 5 | 6 |\n行政处罚 | 7 | ||\n行政强制 | 8 | ||\n"
    assert cut_rows(text, find_labels(text)) == text.split("\n")
