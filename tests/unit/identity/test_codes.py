"""Check characters and regions of codes: numbers verified by hand against GB 32100-2015 and GB 11714-1997."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.identity.codes import (
    is_credit_code,
    is_organisation_code,
    is_site_code,
    read_credit_region,
    read_police_region,
    read_site_region,
)


@pytest.mark.parametrize(("code", "region"), [("12620600MB0523338C", "620600"), ("11341702486344515H", "341702")])
def test_a_credit_code_gives_its_region(code: str, region: str) -> None:
    assert is_credit_code(code)
    assert read_credit_region(code) == region


@given(
    st.sampled_from(["12620600MB0523338C", "11341702486344515H"]), st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY")
)
def test_one_changed_character_spoils_a_credit_code(code: str, place: int, character: str) -> None:
    changed = code[:place] + character + code[place + 1 :]
    assert is_credit_code(changed) == (changed == code)


@pytest.mark.parametrize("code", ["014416330", "01527918X", "01441633-0", "MB0523338"])
def test_organisation_codes_with_their_check(code: str) -> None:
    assert is_organisation_code(code)


@pytest.mark.parametrize("code", ["014416331", "015279180", "01441633", "", "0144163300"])
def test_what_is_no_organisation_code(code: str) -> None:
    assert not is_organisation_code(code)


@pytest.mark.parametrize(
    ("code", "region"),
    [
        ("1507000009", "150700"),
        ("1101020002", "110102"),
        ("3600000010", "360000"),
        ("9999990001", None),
        ("150700000912", None),
        ("", None),
    ],
)
def test_a_site_code_has_ten_digits_and_begins_with_a_region(code: str, region: str | None) -> None:
    assert read_site_region(code) == region
    assert is_site_code(code) == (region is not None)


def test_a_ministrys_site_code_names_no_region() -> None:
    assert is_site_code("bm05000001")
    assert read_site_region("bm05000001") is None


def test_a_police_record_begins_with_a_region() -> None:
    assert read_police_region("61011502000007") == "610115"
    assert read_police_region("99011502000007") is None


def test_letters_that_a_credit_code_never_holds_are_no_error() -> None:
    assert not is_credit_code("11341702486344515I")
    assert not is_credit_code("")
