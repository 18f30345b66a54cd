"""Derives `regions.csv` and `successors.csv` from two public packages. Run by hand when a new vintage appears; nothing else imports it.

    python -m ingest.regions.deriving LOCATION_YEARS.csv DIVISIONS.json CHANGES.json

The files are members of the wheels named in ATTRIBUTION.md, which says how to fetch them. Codes of a year are those in force on its last
day. What the snapshot holds beyond the yearly table is dated by its event; without one it is known for the snapshot's own year only. What
has gone from the snapshot needs its event: otherwise an error, not a guess.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

from ingest.errors import NianbaoError

COLUMNS: Final = ("code", "name", "level", "parent_code", "valid_from_year", "valid_to_year")
SUCCESSOR_COLUMNS: Final = ("code", "valid_to_year", "successor_code", "change")
_FIRST_SUCCEEDED: Final = 2007
"""Last year of the regions whose successors are kept: reports begin with 2008, and the events of early years are noisy."""
_REASSIGNED: Final = "码位改派"
_LEVELS: Final = {"1": "province", "2": "prefecture", "3": "county"}
_KEYS: Final = {"1": ("province_adcode", "province_name"), "2": ("city_adcode", "city_name"), "3": ("county_adcode", "county_name")}
_LAST_OF_TABLE: Final = 2024
_CODE_LENGTH: Final = 6


class _Region(NamedTuple):
    code: str
    name: str
    level: str
    parent_code: str


def derive_regions(location_years: Path, divisions: Path, changes: Path) -> list[tuple[str, str, str, str, int, str]]:
    """The rows of regions.csv: one per code, name, parent and unbroken run of years; an empty last year means still valid.

    NianbaoError when a region has gone and no event says when, or several events do.
    """
    years: dict[_Region, set[int]] = {}
    for year, region in _read_location_years(location_years):
        years.setdefault(region, set()).add(year)
    current = {region for region, held in years.items() if _LAST_OF_TABLE in held}
    tree = json.loads(divisions.read_text(encoding="utf-8"))
    last = int(tree["meta"]["fetched_at"][:4])
    snapshot = set(_read_divisions(tree))
    events = json.loads(changes.read_text(encoding="utf-8"))["events"]
    for region in sorted(snapshot - current):
        years.setdefault(region, set()).update(range(_date_change(events, "new", region) or last, last + 1))
    ended: dict[_Region, int] = {}
    for region in current - snapshot:
        gone = _date_change(events, "old", region)
        if gone is None:
            raise NianbaoError(f"{region} has gone from the snapshot and no event dates it; check the two sources against each other")
        ended[region] = gone
    rows = []
    for region, held in years.items():
        if region in current:
            held.update(range(_LAST_OF_TABLE, ended.get(region, last + 1)))
        for first, final in _find_runs(sorted(held)):
            rows.append((*region, first, "" if final == last else str(final)))
    return sorted(rows)


def derive_successors(regions: Iterable[tuple[str, str, str, str, int, str]], changes: Path) -> list[tuple[str, int, str, str]]:
    """The rows of successors.csv: what became of a region that ended in 2007 or later, as the event of the following year tells it.

    Only where code and name agree with the region table on both sides; a code given to another region (码位改派) succeeds nothing.
    """
    events: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for event in json.loads(changes.read_text(encoding="utf-8"))["events"]:
        if event["type"] != _REASSIGNED and event["old"]["code"] is not None and event["new"]["code"] is not None:
            events.setdefault((event["old"]["code"][:_CODE_LENGTH], int(event["year"]) - 1), []).append(event)
    held = [(code, name, first, int(last) if last else None) for code, name, _, _, first, last in regions]
    found = set()
    for code, name, _, last in held:
        if last is None or last < _FIRST_SUCCEEDED or (code, last) not in events:
            continue
        for event in events[code, last]:
            new = event["new"]["code"][:_CODE_LENGTH], event["new"]["name"]
            in_force = {(other, named) for other, named, first, end in held if first <= last + 1 and (end is None or end > last)}
            if event["old"]["name"] == name and new in in_force:
                found.add((code, last, new[0], str(event["type"])))
    return sorted(found)


def _read_location_years(path: Path) -> Iterator[tuple[int, _Region]]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    prefectures = {(row["year"], row["city_adcode"]) for row in rows if row["rank"] == "2"}
    for row in rows:
        code, name = (row[key] for key in _KEYS[row["rank"]])
        if row["rank"] == "1":
            parent = ""
        elif row["rank"] == "3" and (row["year"], row["city_adcode"]) in prefectures:
            parent = row["city_adcode"]
        else:  # 市辖区, 县 and 省直辖 are headings of the code book, not regions
            parent = row["province_adcode"]
        yield int(row["year"]), _Region(code, name, _LEVELS[row["rank"]], parent)


def _read_divisions(tree: dict[str, Any]) -> Iterator[_Region]:
    for province, held in tree["provinces"].items():
        top = held["code"][:_CODE_LENGTH]
        yield _Region(top, province, "province", "")
        for city, inner in held["cities"].items():
            parent = top
            if inner["code"] is not None:
                parent = inner["code"][:_CODE_LENGTH]
                yield _Region(parent, city, "prefecture", top)
            for county, code in inner["counties"].items():
                yield _Region(code[:_CODE_LENGTH], county, "county", parent)


def _date_change(events: Iterable[dict[str, Any]], side: str, region: _Region) -> int | None:
    found = {
        int(event["year"])
        for event in events
        if int(event["year"]) > _LAST_OF_TABLE
        and event[side]["name"] == region.name
        and event[side]["code"] in {None, f"{region.code}000000"}
    }
    if len(found) > 1:
        raise NianbaoError(f"{region} is dated {sorted(found)}; check the two sources against each other")
    return found.pop() if found else None


def _find_runs(years: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = previous = years[0]
    for year in years[1:]:
        if year != previous + 1:
            yield first, previous
            first = year
        previous = year
    yield first, previous


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; writes the tables into the package."""
    location_years, divisions, changes = (Path(name) for name in (sys.argv[1:] if arguments is None else arguments))
    regions = derive_regions(location_years, divisions, changes)
    _write("regions.csv", COLUMNS, regions)
    _write("successors.csv", SUCCESSOR_COLUMNS, derive_successors(regions, changes))
    return 0


def _write(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with Path(str(files(__package__).joinpath(name))).open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    raise SystemExit(main())
