"""Which body a name means: its region, full form, level, kind and key, from all that a document says of the region.

A region is decided only when one alone fits everything: the names, the codes of site, police record and 索引号, the address. Names repeat
(鼓楼区 in four cities), pages are mirrored, and a wrong region is worse than none.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ingest.identity.codes import PROVINCES_BY_LETTER
from ingest.identity.naming import AgencyName, build_canonical_name, hash_name, match_regions, normalise_name, parse_name
from ingest.regions import Gazetteer, Region, list_regions_of_code, load_gazetteer

_PORTAL: Final = ("site_code", "credit_code")
"""Codes of the government itself: they may not name another prefecture. A police record or an address may, but not another province."""
_BRANCH: Final = re.compile("分局|支局|分公司|派出所|驻")
_HOST_WORDS: Final = ("政务", "数据", "信息", "宣传", "融媒", "审批", "网")
_HOST_KINDS: Final = (None, "government", "government_office", "zone_committee")


class Clue(NamedTuple):
    """Something besides a name that points to a region: origin as in `evidence`, the code it holds (six digits) or the address it is."""

    origin: str
    code: str | None
    text: str | None = None


class Resolution(NamedTuple):
    """What was decided of an agency. `clue_codes`, `clue_agrees`: the region that each clue names and whether it fits, in their order;
    `name_regions`: the region that each name decides by itself."""

    agency_id: str | None
    canonical_name: str | None
    region_code: str | None
    level: str | None
    kind: str | None
    name_regions: tuple[str | None, ...]
    name_agrees: tuple[bool | None, ...]
    region_agrees: tuple[bool | None, ...]
    clue_codes: tuple[str | None, ...]
    clue_agrees: tuple[bool | None, ...]


def resolve_agency(names: tuple[str, ...], year: int | None, clues: tuple[Clue, ...], context: str) -> Resolution:
    """The body that the first name means; the other names are what else the document calls it.

    `context` is the text around, without blanks; it only matters when `needs_context` says so.
    """
    parsed = [parse_name(name, year) for name in names]
    own = parsed[0]
    gazetteer = load_gazetteer(year) if year is not None else None
    regions: tuple[Region, ...] = ()
    clue_regions: list[tuple[Region, ...]] = [() for _ in clues]
    decided: Region | None = None
    if gazetteer is not None:
        clue_regions = [_read_clue(clue, gazetteer) for clue in clues]
        regions = _collect_regions(own, parsed[1:], gazetteer)
        decided = _decide(own, regions, list(zip(clues, clue_regions, strict=True)), context, gazetteer)
    agrees = [_judge_clue(clue, found, decided, gazetteer) for clue, found in zip(clues, clue_regions, strict=True)]
    names_agree = [_judge_name_region(other, decided, gazetteer) for other in parsed]
    is_contradicted = False in agrees or False in names_agree
    region = None if is_contradicted else decided
    canonical = build_canonical_name(own, region, gazetteer) if region is not None and gazetteer is not None else None
    key = canonical if canonical is not None else parse_name(names[0], None).body if own.is_named else None
    level = own.level
    if level is None and region is not None:
        level = region.level
    return Resolution(
        agency_id=None if key is None else hash_name(key),
        canonical_name=canonical,
        region_code=None if region is None else region.code,
        level=level,
        kind=own.kind,
        name_regions=tuple(name.regions[0].code if len(name.regions) == 1 and not name.is_cut else None for name in parsed),
        name_agrees=tuple(compare_names(own, other) for other in parsed),
        region_agrees=tuple(names_agree),
        clue_codes=tuple(found[0].code if len(found) == 1 else clue.code for clue, found in zip(clues, clue_regions, strict=True)),
        clue_agrees=tuple(agrees),
    )


def needs_context(names: tuple[str, ...], year: int | None, clues: tuple[Clue, ...]) -> bool:
    """Whether the text around can decide what names and clues leave open."""
    if year is None:
        return False
    for text in names:
        name = parse_name(text, year)
        if len(name.regions) > 1 or name.is_generic_region:
            return True
    return any(clue.origin == "police_record" for clue in clues) and parse_name(names[0], year).kind == "township_government"


def _read_clue(clue: Clue, gazetteer: Gazetteer) -> tuple[Region, ...]:
    if clue.origin == "icp_record":
        province = gazetteer.by_code.get(PROVINCES_BY_LETTER[clue.code]) if clue.code in PROVINCES_BY_LETTER else None
        return () if province is None else (province,)
    if clue.text is not None:
        return match_regions(normalise_name(clue.text), gazetteer)[0]
    region = gazetteer.by_code.get(clue.code) if clue.code is not None else None
    return () if region is None else (region,)


def _collect_regions(own: AgencyName, others: list[AgencyName], gazetteer: Gazetteer) -> tuple[Region, ...]:
    """What the agency's own name leaves possible, narrowed by fuller forms of the same body."""
    regions = own.regions
    for other in others:
        if other is own or other.body != own.body or not other.regions:
            continue
        if not regions:
            regions = other.regions
        elif narrowed := tuple(r for r in regions if any(gazetteer.is_within(r, o) for o in other.regions)):
            regions = narrowed
        elif deeper := tuple(o for o in other.regions if any(gazetteer.is_within(o, r) for r in regions)):
            regions = deeper
    return regions


def _decide(
    own: AgencyName, regions: tuple[Region, ...], clues: list[tuple[Clue, tuple[Region, ...]]], context: str, gazetteer: Gazetteer
) -> Region | None:
    if own.is_cut or _BRANCH.search(own.body) is not None:
        return None  # it stands somewhere below the region that its name begins with
    if own.kind == "township_government":
        counties = _find_counties(own, regions, clues, context, gazetteer)
        return counties[0] if len(counties) == 1 else None
    if len(regions) == 1 and not own.is_generic_region:
        return regions[0]
    narrowed = _narrow(regions, clues, context, gazetteer)
    if len(narrowed) == 1:
        return narrowed[0]
    if not regions and own.kind in {"department", "government_office"}:
        found = {region for clue, held in clues if clue.origin == "credit_code" for region in held}
        return found.pop() if len(found) == 1 else None
    return None


def _narrow(
    regions: tuple[Region, ...], clues: list[tuple[Clue, tuple[Region, ...]]], context: str, gazetteer: Gazetteer
) -> tuple[Region, ...]:
    """The regions of one name that the clues leave: codes of the government first, then what stands above them in the text."""
    if not regions:
        return ()
    portals = [held[0] for clue, held in clues if clue.origin in _PORTAL and held]
    if portals:
        return tuple(r for r in regions if all(_is_related(r, portal, gazetteer) for portal in portals))
    return tuple(r for r in regions if any(above.name in context for above in gazetteer.list_line(r)[:-1]))


def _find_counties(
    own: AgencyName,
    regions: tuple[Region, ...],
    clues: list[tuple[Clue, tuple[Region, ...]]],
    context: str,
    gazetteer: Gazetteer,
) -> tuple[Region, ...]:
    """The counties that a township can lie in: one that its name begins with, or one that two independent signs name."""
    if regions and all(region.level == "county" for region in regions):
        return regions if len(regions) == 1 and not own.is_generic_region else _narrow(regions, clues, context, gazetteer)
    if len(regions) == 1 and not any(r.parent_code == regions[0].code for r in gazetteer.by_code.values()):
        return regions  # 东莞, 中山: prefectures without counties
    counties: set[Region] = set()
    for clue, held in clues:
        if len(held) != 1 or held[0].level != "county":
            continue
        county = held[0]
        is_in_address = clue.text is not None and own.body[:-5] and own.body[: _stem_length(own.body)] in normalise_name(clue.text)
        is_in_text = clue.code is not None and county.name in context
        if clue.origin in _PORTAL or is_in_address or (clue.origin == "police_record" and is_in_text):
            counties.add(county)
    return tuple(c for c in counties if not regions or any(gazetteer.is_within(c, r) for r in regions))


def _stem_length(body: str) -> int:
    for ending in ("人民政府", "办事处"):
        if body.endswith(ending):
            return len(body) - len(ending)
    return len(body)


def _is_related(region: Region, other: Region, gazetteer: Gazetteer) -> bool:
    return gazetteer.is_within(region, other) or gazetteer.is_within(other, region)


def _judge_clue(clue: Clue, found: tuple[Region, ...], decided: Region | None, gazetteer: Gazetteer | None) -> bool | None:
    """Whether a clue fits the region: None when it says nothing against it and nothing for it. A lapsed code may still be printed."""
    if decided is None or gazetteer is None or clue.origin == "icp_record":
        return None
    if any(_is_related(decided, region, gazetteer) for region in found):
        return True
    code = clue.code if clue.code is not None else found[0].code if len(found) == 1 else None
    if code is None or decided.level == "province" or code[2:] == "0000":
        return None if code is None or code[:2] == decided.code[:2] else False
    if any(old.name[:2] == above.name[:2] for old in list_regions_of_code(code) for above in gazetteer.list_line(decided)):
        return None  # the same place under an older code
    is_apart = code[:4] != decided.code[:4] if clue.origin in _PORTAL else code[:2] != decided.code[:2]
    return False if is_apart else None


def _judge_name_region(name: AgencyName, decided: Region | None, gazetteer: Gazetteer | None) -> bool | None:
    """Whether the regions that another name begins with fit; another prefecture does not."""
    if decided is None or gazetteer is None or not name.regions or name.is_generic_region:
        return None
    if any(_is_related(decided, region, gazetteer) for region in name.regions):
        return True
    return None if any(region.code[:4] == decided.code[:4] for region in name.regions) else False


def compare_names(own: AgencyName, other: AgencyName) -> bool | None:
    """Whether two names can be of one body. None where nothing follows: a government publishes for others, short names are vague."""
    if own.normal == other.normal or own.normal.endswith(other.normal) or other.normal.endswith(own.normal):
        return True
    short, long = sorted((own, other), key=lambda name: len(name.body))
    if other.body == own.body:
        is_apart = own.regions and other.regions and not set(own.regions) & set(other.regions) and own.kind not in _HOST_KINDS
        return None if is_apart and not _are_level(own, other) else not is_apart
    stem = short.body[1:] if short.is_alias else short.body
    if stem in long.body or _is_subsequence(stem, long.body):
        return True
    if short.is_alias or own.kind in _HOST_KINDS or other.kind in _HOST_KINDS or any(word in other.body for word in _HOST_WORDS):
        return None
    return False if own.level == other.level and own.kind == other.kind else None


def _are_level(own: AgencyName, other: AgencyName) -> bool:
    return {region.level for region in own.regions} == {region.level for region in other.regions}


def _is_subsequence(short: str, long: str) -> bool:
    characters = iter(long)
    return all(character in characters for character in short)
