"""Invented agencies: distinct, stable, and running out loudly."""

import pytest

from ingest.errors import NianbaoError
from ingest.samples.agencies import find_agency, invent_agency


def test_no_two_agencies_share_a_name_or_a_file_name() -> None:
    agencies = [invent_agency(number) for number in range(3000)]
    assert len({agency.slug for agency in agencies}) == 3000
    assert len({agency.name for agency in agencies}) == 3000


def test_a_number_stays_the_same_agency() -> None:
    agency = invent_agency(1)
    assert (agency.name, agency.slug, agency.kind, agency.self_word) == (
        "青岚市霁屿区行政审批服务局",
        "jiyu-district-approval-service-bureau",
        "bureau",
        "我局",
    )
    assert agency.superior == "区委、区政府"


def test_the_first_agencies_mix_all_kinds() -> None:
    assert {invent_agency(number).kind for number in range(60)} == {
        "city_government",
        "county_government",
        "bureau",
        "office",
        "town",
        "street",
        "zone",
    }


def test_file_names_are_ascii() -> None:
    assert all(invent_agency(number).slug.isascii() for number in range(3000))


def test_too_many_agencies_are_refused_with_the_remedy() -> None:
    with pytest.raises(NianbaoError, match="lower the number of reports"):
        invent_agency(10_000_000)


def test_an_unknown_slug_is_refused() -> None:
    with pytest.raises(NianbaoError, match="no agency atlantis"):
        find_agency("atlantis", limit=10)
