"""Tables in other notations than borders: redrawn character for character, and left alone where they are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.interpreting import read_document
from ingest.lexicon import load_lexicon
from ingest.normalising import straighten
from ingest.notations import RowLabel, blank_entities, redraw_tables

ROWS = ("规章", "行政规范性文件", "一、本年新收", "二、上年结转", "（一）予以公开", "（七）总计", "四、结转")


def redraw(text: str, width: int = 3) -> str:
    straight = straighten(text)
    labels = [RowLabel(text.index(words) + len(words), frozenset({width})) for words in ROWS if words in text]
    drawn = redraw_tables(text, straight, labels)
    assert len(drawn) == len(text)
    assert [at for at, character in enumerate(drawn) if character == "\n"] == [at for at, character in enumerate(text) if character == "\n"]
    return drawn


def write_rows(row: str) -> str:
    return "\n".join(row.format(words) for words in ROWS)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("{},1,0,3", "{}\t1\t0\t3"),
        ("{};1;;3", "{}\t1\t\t3"),
        ("{} & 1 & 0 & 3 \\\\ \\hline", "{} \t 1 \t 0 \t 3          "),
        ("{} 1/0/3", "{} 1\t0\t3"),
        ('"{}","1","","3"', " {} \t 1 \t  \t 3 "),
        ('["{}", "1", null, "3"],', "  {} \t  1 \t     \t  3  \t"),
        ('{},"1,234",0,3', "{}\t 1,234 \t0\t3"),
    ],
)
def test_a_sign_that_cuts_the_rows_into_the_columns_of_the_form_becomes_a_border(row: str, expected: str) -> None:
    assert redraw(write_rows(row)) == straighten(write_rows(expected))


@pytest.mark.parametrize("row", ["{} 1,234 5,678 9", "{} | 1 | 0 | 3 |", "{} 1 0 3", "{}：1，0，3", "{},1,0,3,4", "{},甲,0,3"])
def test_other_signs_stay_what_they_are(row: str) -> None:
    assert redraw(write_rows(row)) == straighten(write_rows(row))


def test_words_of_a_merged_cell_stay_in_its_first_place() -> None:
    text = "| 一、本年新收 | 一、本年新收 | 3 | 3 |\n| 结果维持 | 总计 | 结果维持 | 总计 |"
    assert redraw(text) == "| 一、本年新收 |        | 3 | 3 |\n| 结果维持 | 总计 | 结果维持 | 总计 |"


def test_a_figure_repeated_under_a_merged_head_is_one_cell_and_under_two_heads_it_is_two() -> None:
    merged = "| 信息内容 | 处理决定数量 | 处理决定数量 |\n| 行政许可 | 7 | 7 |\n| 行政处罚 | 7 | 8 |"
    assert redraw(merged).split("\n")[1:] == ["| 行政许可 | 7 |   |", "| 行政处罚 | 7 | 8 |"]
    cut = "| 信息内容 | 本年新 | 本年新 |\n| 规章 | 7 | 7 |"
    assert redraw(cut).split("\n")[1] == "| 规章 | 7 | 7 |"


def test_the_index_of_a_data_frame_is_no_column_of_the_form() -> None:
    rows = [f"| {number} | 第{words}行的名称 | 5 |" for number, words in enumerate("甲乙丙丁戊己庚辛壬癸")]
    drawn = redraw("\n".join(["|  | 0 | 1 |", "|---|---|---|", *rows]))
    assert drawn.split("\n")[2] == "|   | 第甲行的名称 | 5 |"
    assert "9" not in drawn
    few = "\n".join(rows[:8])
    assert redraw(few) == few


def test_nan_is_a_blank_cell() -> None:
    assert redraw("| 规章 | nan | NaN | None |") == "| 规章 |     |     |      |"


def test_words_that_break_inside_a_grid_are_written_whole_above_their_row() -> None:
    text = "+----------+-----+\n| 一、本年 | 3   |\n| 新收     |     |\n+----------+-----+"
    assert redraw(text).split("\n") == ["一、本年新收".ljust(18), "|      | 3   |", "|        |     |", " " * 18]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| **5** | `6` | __7__ |", "|   5   |  6  |   7   |"),
        ("| ~~46~~12 |", "|       12 |"),
        ("| –7 | −8 | 1–2 |", "| -7 | -8 | 1–2 |"),
        ("| 政府<br>信息 | 337<br>00 |", "| 政府    信息 | 337<br>00 |"),
    ],
)
def test_marks_around_figures_are_no_part_of_them(text: str, expected: str) -> None:
    assert redraw(text) == expected


def test_entities_that_stand_for_a_space_become_spaces() -> None:
    assert blank_entities("|&nbsp;5&#160;| A&B") == "|      5      | A&B"


@given(st.text(alphabet="规章本年新收0123,;|/\\&\"'[]() \t\n+-=*~_`信息内容", max_size=200))
def test_whatever_the_text_every_offset_stays(text: str) -> None:
    redraw(text)


def test_a_table_in_csv_is_read_with_what_was_printed() -> None:
    lines = ["第二十条第（一）项,,,", "信息内容,本年制发件数,本年废止件数,现行有效件数", "规章,1,0,2", '行政规范性文件,"1,234",5,6']
    lines += [f"{words}政府信息公开申请数量,,,1,0,0,0,0,0,1" for words in ("一、本年新收", "二、上年结转")]
    lines += [f"{words},,,1,0,0,0,0,0,1" for words in ("（七）总计", "四、结转下年度继续办理")]
    reading = read_document("\n".join(lines), load_lexicon(), "text/plain")
    read = {(c.row, c.column): (c.value, c.raw, c.line) for c in reading.cells if c.table == "proactive"}
    assert read["regulation", "made"] == (1, "1", 3)
    assert read["normative_document", "made"] == (1234, "1,234", 4)
    assert read["normative_document", "in_force"] == (6, "6", 4)
