"""Regions by name, code and year, for reading names of agencies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from ingest.regions.tables import load_regions

_PEOPLES: Final = (
    "回|蒙古|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|"
    "锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
_AUTONOMOUS: Final = re.compile(rf"^(.{{2,}}?)(?:(?:{_PEOPLES})族|各族|蒙古|哈萨克|柯尔克孜|塔吉克)*自治([州县旗])$")
_KIND_WORD: Final = re.compile(r"(?:特别行政区|(?:维吾尔|壮族|回族)?自治区|地区|林区|特区|[省市区县旗州盟])$")


class Region(NamedTuple):
    """A row of the region table; `valid_to_year` None: still in force."""

    code: str
    name: str
    level: str
    parent_code: str | None
    valid_from_year: int
    valid_to_year: int | None

    def is_valid_in(self, year: int) -> bool:
        """Whether the code was in force on the last day of that year."""
        return self.valid_from_year <= year and (self.valid_to_year is None or year <= self.valid_to_year)


@dataclass(frozen=True)
class Gazetteer:
    """The regions of one year. One name may be several regions.

    `by_name`: full names, and those of autonomous regions without their peoples (延边州); `by_stem`: names of two characters and more
    without 省, 市, 县 and the like (内蒙古, 呼伦贝尔). `lengths`: how long the names and stems are that begin with two characters, the
    longest first.
    """

    year: int
    by_code: dict[str, Region]
    by_name: dict[str, tuple[Region, ...]]
    by_stem: dict[str, tuple[Region, ...]]
    lengths: dict[str, tuple[int, ...]]

    def list_line(self, region: Region) -> tuple[Region, ...]:
        """The region and all above it, the province first."""
        above = self.by_code.get(region.parent_code) if region.parent_code is not None else None
        return (*self.list_line(above), region) if above is not None else (region,)

    def is_within(self, region: Region, outer: Region) -> bool:
        """Whether `outer` is the region itself or lies above it."""
        return outer in self.list_line(region)


@cache
def load_gazetteer(year: int) -> Gazetteer:
    """The regions in force at the end of that year; none before 1980. Years after the table's last change are like that one."""
    regions = [region for region in _load_all() if region.is_valid_in(year)]
    names: dict[str, list[Region]] = {}
    stems: dict[str, list[Region]] = {}
    for region in regions:
        for name, stem in _list_forms(region.name):
            names.setdefault(name, []).append(region)
            if stem != name:
                stems.setdefault(stem, []).append(region)
    lengths: dict[str, set[int]] = {}
    for form in (*names, *stems):
        lengths.setdefault(form[:2], set()).add(len(form))
    return Gazetteer(
        year,
        {region.code: region for region in regions},
        {name: tuple(held) for name, held in names.items()},
        {stem: tuple(dict.fromkeys(held)) for stem, held in stems.items()},
        {start: tuple(sorted(held, reverse=True)) for start, held in lengths.items()},
    )


def strip_region_kind(name: str) -> str:
    """A region's name without 省, 市, 县 and the like; the name itself where only one character would be left (佳县)."""
    stem = _KIND_WORD.sub("", name)
    return stem if len(stem) > 1 else name


def find_region(code: str, year: int) -> Region | None:
    """The region that had the code at the end of that year."""
    return load_gazetteer(year).by_code.get(code)


def list_regions_of_code(code: str) -> tuple[Region, ...]:
    """Everything that the code has meant since 1980, in order of time."""
    return _index_codes().get(code, ())


@cache
def _index_codes() -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = {}
    for region in _load_all():
        found.setdefault(region.code, []).append(region)
    return {code: tuple(regions) for code, regions in found.items()}


@cache
def _load_all() -> tuple[Region, ...]:
    return tuple(Region(*row) for row in load_regions().rows())


@cache  # the years share nearly all names
def _list_forms(name: str) -> tuple[tuple[str, str], ...]:
    """The name and its short form, each with its stem."""
    return tuple((form, strip_region_kind(form)) for form in (name, *_shorten_autonomous(name)))


def _shorten_autonomous(name: str) -> Iterator[str]:
    """化隆回族自治县 is also written 化隆县, 延边朝鲜族自治州 延边州."""
    match = _AUTONOMOUS.match(name)
    if match is not None:
        yield match[1] + match[2]
