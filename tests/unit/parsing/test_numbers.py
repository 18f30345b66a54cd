import pytest

from ingest.numbers import is_dash, read_number


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("0", 0.0, None),
        ("1234567", 1234567.0, None),
        ("1,234", 1234.0, None),
        ("1,234,567.89", 1234567.89, None),
        ("24252.311082", 24252.311082, None),
        ("0.5", 0.5, None),
        ("+3", 3.0, None),
        ("-2", -2.0, None),
        ("12件", 12.0, "件"),
        ("251000元", 251000.0, "元"),
        ("3.5 万元", 3.5, "万元"),
    ],
)
def test_a_printed_number_keeps_its_value_and_unit(printed: str, value: float, unit: str | None) -> None:
    number = read_number(printed)
    assert number is not None
    assert (number.value, number.unit) == (value, unit)


@pytest.mark.parametrize(
    "printed", ["", "007", "00", "01", "-01", "1,23", "12,3456", "1 2", "1.", ".5", "12人", "1e3", "inf", "nan", "--", "1_0"]
)
def test_a_text_that_only_looks_like_a_number_is_none(printed: str) -> None:
    assert read_number(printed) is None


@pytest.mark.parametrize(
    ("printed", "expected"),
    [("-", True), ("—", True), ("/", True), ("无", True), ("－", True), ("", False), ("-1", False), ("无误", False)],
)
def test_a_dash_is_told_from_a_blank_and_a_number(printed: str, *, expected: bool) -> None:
    assert is_dash(printed) is expected
