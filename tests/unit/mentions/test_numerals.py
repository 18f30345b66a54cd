"""Numbers however they are printed: the same value."""

import pytest
from builders.mentions import read_mentions
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.mentions.numerals import read_numeral

_DIGITS = "零一二三四五六七八九"


def write_numeral(value: int) -> str:
    """The Chinese numeral of 1 … 99,999,999."""
    high, low = divmod(value, 10_000)
    if not high:
        return _write_below(low).removeprefix("零")
    return _write_below(high).removeprefix("零") + "万" + (_write_below(low) if low else "")


def _write_below(value: int) -> str:
    out, gap = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            out += ("零" if gap else "") + _DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return out


@given(st.integers(1, 99_999_999))
def test_a_chinese_numeral_is_read_as_the_number_it_was_written_from(value: int) -> None:
    assert read_numeral(write_numeral(value)) == value


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("两千", 2000),
        ("一百零三", 103),
        ("一千二百", 1200),
        ("三万二千", 32000),
        ("〇", 0),
        ("零", 0),
    ],
)
def test_numerals_of_everyday_print(numeral: str, value: int) -> None:
    assert read_numeral(numeral) == value


@pytest.mark.parametrize("text", ["", "万", "二〇二三", "十十", "百千", "一百零", "二三"])
def test_what_is_no_numeral_has_no_value(text: str) -> None:
    assert read_numeral(text) is None


@settings(deadline=None)  # the first example loads the vocabulary
@example(8100, "件")  # 0.81 * 10000 is no whole number
@given(st.integers(1, 9_999_999), st.sampled_from(["件", "份"]))
def test_every_print_of_a_number_states_the_same_value(value: int, unit: str) -> None:
    wide = str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    prints = [str(value), f"{value:,}", wide, f" {value} ", f"{value / 10_000}万" if value % 100 == 0 else str(value)]
    found = read_mentions(*(f"全年收到政府信息公开申请{printed}{unit}。" for printed in prints))
    assert found["value"].to_list() == [float(value)] * len(prints)
    numeral = read_mentions(f"全年收到政府信息公开申请5{unit}，组织培训{write_numeral(value)}次。")
    assert numeral["value"].to_list() == [5.0, float(value)]
