"""Invented regions and agencies, numbered from 0: the same number is always the same agency."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from math import gcd
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from ingest.declarations import parse_yaml
from ingest.errors import NianbaoError
from ingest.samples.models import Agency


class Scale(BaseModel):
    """Typical yearly counts of a kind of agency; `fee` in 万元; `quiet` is the share of years without any request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests: float
    licences: float
    penalties: float
    enforcements: float
    documents: float
    fee: float
    disputes: float
    quiet: float


class _Names(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    provinces: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]
    first: tuple[tuple[str, str], ...]
    second: tuple[tuple[str, str], ...]
    county_kinds: tuple[tuple[str, str], ...]
    towns: tuple[tuple[str, str], ...]
    streets: tuple[tuple[str, str], ...]
    kinds: dict[str, Scale]
    bureaux: tuple[tuple[str, str, str, float], ...]
    offices: tuple[tuple[str, str, str], ...]
    zones: tuple[tuple[str, str], ...]


class _Place(NamedTuple):
    name: str  # 听澜市霁屿区
    own_name: str  # 霁屿区
    slug: str
    level_word: str  # 市, 区, 县
    is_city: bool


@cache
def _load_names() -> _Names:
    return _Names.model_validate(parse_yaml(files(__package__).joinpath("names.yml").read_text("utf-8")))


def load_scale(kind: str) -> Scale:
    """Typical yearly counts for a kind of agency named in names.yml."""
    return _load_names().kinds[kind]


@cache
def _place_at(number: int) -> _Place:
    """Every fifth place is a city as long as there are cities; the rest are counties. NianbaoError when the names run out."""
    names = _load_names()
    if number % 5 == 0 and number // 5 < len(names.cities):
        name, slug = names.cities[number // 5]
        return _Place(name, name, slug, "市", is_city=True)
    county = number - min(number // 5 + 1, len(names.cities))
    total = len(names.first) * len(names.second)
    if county >= total:
        raise NianbaoError(f"the invented names suffice for {total} counties; lower the number of reports or add names to names.yml")
    # A stride coprime with the total walks through all combinations without neighbours that look alike.
    first, second = divmod(county * 157 % total, len(names.second))
    suffix, suffix_slug = names.county_kinds[county % len(names.county_kinds)]
    own_name = names.first[first][0] + names.second[second][0] + suffix
    city = names.cities[county % len(names.cities)][0]
    slug = f"{names.first[first][1]}{names.second[second][1]}-{suffix_slug}"
    full_name = own_name if suffix == "市" else city + own_name  # a county-level city stands alone
    return _Place(full_name, own_name, slug, suffix, is_city=False)


@cache
def _count_by_place() -> int:
    names = _load_names()
    return 1 + len(names.offices) + len(names.bureaux) + len(names.towns) + len(names.streets) + len(names.zones)


def invent_agency(number: int) -> Agency:
    """The agency of that number; neighbours differ in place and in kind. NianbaoError when the names run out."""
    by_place = _count_by_place()
    # Runs of five places are walked kind by kind, so that any few agencies in a row mix governments, bureaux, towns and zones.
    run, rest = divmod(number, by_place * 5)
    position, place_in_run = divmod(rest, 5)
    stride = next(step for step in (11, 13, 7, 5, 3, 1) if gcd(step, by_place) == 1)
    return _agency_of(_place_at(run * 5 + place_in_run), (position * stride + place_in_run * 7) % by_place)


def _agency_of(place: _Place, position: int) -> Agency:
    names = _load_names()
    superior = f"{place.level_word}委、{place.level_word}政府"

    def build(name: str, slug: str, kind: str, self_word: str, *, superior: str = superior, licence_factor: float = 1.0) -> Agency:
        return Agency(name, f"{place.slug}-{slug}", kind, place.own_name, self_word, superior, place.slug, licence_factor)

    if position == 0:
        kind = "city_government" if place.is_city else "county_government"
        higher = "省委、省政府" if place.is_city else "市委、市政府"
        return build(f"{place.name}人民政府", "government", kind, f"我{place.level_word}", superior=higher)
    position -= 1
    if position < len(names.offices):
        suffix, slug, self_word = names.offices[position]
        return build(place.name + suffix, slug, "office", self_word)
    position -= len(names.offices)
    if position < len(names.bureaux):
        suffix, slug, self_word, factor = names.bureaux[position]
        return build(place.name + suffix, slug, "bureau", self_word, licence_factor=factor)
    position -= len(names.bureaux)
    if position < len(names.towns):
        name, slug = names.towns[position]
        return build(f"{place.own_name}{name}镇人民政府", f"{slug}-town", "town", "我镇")
    position -= len(names.towns)
    if position < len(names.streets):
        name, slug = names.streets[position]
        return build(f"{place.own_name}{name}街道办事处", f"{slug}-street", "street", "我街道")
    position -= len(names.streets)
    suffix, slug = names.zones[position]
    return build(place.name + suffix, slug, "zone", "管委会")


def find_agency(slug: str, limit: int = 2000) -> Agency:
    """The agency of that slug among the first `limit`; NianbaoError when there is none."""
    for number in range(limit):
        agency = invent_agency(number)
        if agency.slug == slug:
            return agency
    raise NianbaoError(f"no agency {slug} among the first {limit}")
