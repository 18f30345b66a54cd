"""Who is expected to publish, and which agencies became which: two CSV files that people keep, checked row by row.

The files say what no report says. Nothing in them is guessed or completed: a row that does not hold is an error that names file, line and
remedy.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from ingest.errors import NianbaoError
from ingest.identity.resolving import Clue, Resolution, resolve_agency
from ingest.regions import list_regions_of_code
from ingest.tables import AGENCY_KINDS, AGENCY_LEVELS, REPORT_SCOPES

FIRST_YEAR: Final = 2008
LAST_YEAR: Final = 2030
"""Rows without a last year are expected in every year up to this one; only years that have reports are ever looked at."""

PUBLISHERS = pl.Schema(
    {
        "agency_id": pl.String(),  # as REPORTS has it for that name in that year
        "report_year": pl.Int16(),
        "agency_name": pl.String(),
        "region_code": pl.String(),  # null for regions that GB/T 2260 does not hold
        "agency_level": pl.Enum(AGENCY_LEVELS),
        "agency_kind": pl.Enum(AGENCY_KINDS),
        "report_scope": pl.Enum(REPORT_SCOPES),  # what its report is to cover; null: not laid down
        "parent_agency_id": pl.String(),  # whose region total holds its figures; null: nobody's
        "parent_agency_name": pl.String(),
        "line": pl.Int32(),  # of the file, the head being line 1
    }
)
"""One row per agency and year in which its report is expected."""

CHANGE_KINDS: Final = ("renamed", "merged", "split", "transferred")

AGENCY_CHANGES = pl.Schema(
    {
        "predecessor_id": pl.String(),
        "successor_id": pl.String(),
        "first_report_year": pl.Int16(),  # first year reported on by the successor
        "change_kind": pl.Enum(CHANGE_KINDS),
        "predecessor_name": pl.String(),
        "successor_name": pl.String(),
        "source": pl.String(),  # where it is said
        "line": pl.Int32(),
    }
)
"""One row per predecessor and successor: a merger into one agency is a row for each of its predecessors."""


class RosterError(NianbaoError):
    """A row of a roster does not hold; the message names the file, the line and the remedy."""


def _read_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _optional(kind: Any) -> Any:
    return Annotated[kind | None, BeforeValidator(_read_blank)]


_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]
_Id = Annotated[str, StringConstraints(pattern=r"^ag_[0-9a-f]{12}$")]
_Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
_Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


def _one_of(words: tuple[str, ...]) -> Any:
    return Annotated[str, StringConstraints(pattern=f"^(?:{'|'.join(words)})$")]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Row = TypeVar("Row", bound=_Row)


class PublisherRow(_Row):
    """One line of publishers.csv. `agency_id` only where a name alone does not lead to the agency's reports."""

    agency_name: _Name
    first_report_year: _Year
    last_report_year: _optional(_Year) = None  # type: ignore[valid-type]
    region_code: _optional(_Code) = None  # type: ignore[valid-type]
    agency_level: _optional(_one_of(AGENCY_LEVELS)) = None  # type: ignore[valid-type]
    agency_kind: _optional(_one_of(AGENCY_KINDS)) = None  # type: ignore[valid-type]
    report_scope: _optional(_one_of(REPORT_SCOPES)) = None  # type: ignore[valid-type]
    parent_agency_name: _optional(_Name) = None  # type: ignore[valid-type]
    agency_id: _optional(_Id) = None  # type: ignore[valid-type]


class AgencyChangeRow(_Row):
    """One line of agency_changes.csv."""

    predecessor_name: _Name
    successor_name: _Name
    first_report_year: _Year
    change_kind: _one_of(CHANGE_KINDS)  # type: ignore[valid-type]
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    predecessor_id: _optional(_Id) = None  # type: ignore[valid-type]
    successor_id: _optional(_Id) = None  # type: ignore[valid-type]


def read_publishers(path: Path) -> pl.DataFrame:
    """PUBLISHERS of a file, by year and agency. Raises RosterError for a row that does not hold.

    Names are read as those of reports are, with the region code as a sign of where the agency stands; a level or a kind that is not given
    is that of the name.
    """
    rows = dict(_read_rows(path, PublisherRow))
    by_name: dict[str, list[PublisherRow]] = {}
    for row in rows.values():
        by_name.setdefault(row.agency_name, []).append(row)
    found: list[dict[str, Any]] = []
    taken: dict[tuple[str, int], int] = {}
    for line, row in rows.items():
        last = LAST_YEAR if row.last_report_year is None else row.last_report_year
        if last < row.first_report_year:
            raise RosterError(f"{path}, line {line}: the years {row.first_report_year} to {last} are none; swap them")
        if row.region_code is not None and not _is_in_force(row.region_code, row.first_report_year, last):
            raise RosterError(
                f"{path}, line {line}: region_code {row.region_code} was not in force in all of {row.first_report_year}-{last}; "
                "give the code of those years, in a row for each code, or leave it empty for a region outside GB/T 2260"
            )
        parents = {} if row.parent_agency_name is None else _identify_parent(path, line, row, last, by_name)
        for year, (agency_id, resolution) in _identify(path, line, row, row.first_report_year, last).items():
            if (agency_id, year) in taken:
                raise RosterError(
                    f"{path}, line {line}: {row.agency_name} is expected in {year} already by line {taken[agency_id, year]}; "
                    "delete one of them or make their years end where the other begins"
                )
            taken[agency_id, year] = line
            found.append(
                {
                    "agency_id": agency_id,
                    "report_year": year,
                    "agency_name": row.agency_name,
                    "region_code": row.region_code if row.region_code is not None else resolution.region_code,
                    "agency_level": row.agency_level or resolution.level,
                    "agency_kind": row.agency_kind or resolution.kind,
                    "report_scope": row.report_scope,
                    "parent_agency_id": parents.get(year),
                    "parent_agency_name": row.parent_agency_name,
                    "line": line,
                }
            )
    _check_circles(path, found)
    return pl.DataFrame(found, schema=PUBLISHERS).sort("report_year", "agency_id")


def read_agency_changes(path: Path) -> pl.DataFrame:
    """AGENCY_CHANGES of a file, by year. Raises RosterError for a row that does not hold."""
    found = []
    for line, row in _read_rows(path, AgencyChangeRow):
        year = row.first_report_year
        ids = (
            row.predecessor_id or _resolve(row.predecessor_name, None, year - 1).agency_id,
            row.successor_id or _resolve(row.successor_name, None, year).agency_id,
        )
        if None in ids:
            raise RosterError(f"{path}, line {line}: a name such as 财政局 is that of many agencies; write it with its region")
        if ids[0] == ids[1]:
            raise RosterError(f"{path}, line {line}: predecessor and successor are one agency, {ids[0]}; delete the row")
        found.append((*ids, year, row.change_kind, row.predecessor_name, row.successor_name, row.source, line))
    frame = pl.DataFrame(found, schema=AGENCY_CHANGES, orient="row")
    twice = frame.filter(frame.select("predecessor_id", "successor_id").is_duplicated())
    if not twice.is_empty():
        raise RosterError(f"{path}, line {twice['line'][-1]}: the same change is in line {twice['line'][0]}; delete one of them")
    return frame.sort("first_report_year", "predecessor_id", "successor_id")


def _read_rows(path: Path, kind: type[Row]) -> Iterator[tuple[int, Row]]:
    """Line and row. A sheet program's byte order mark is no part of the head."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle, restkey="", strict=True)
            _check_head(path, reader.fieldnames or (), kind)
            for record in reader:
                if "" in record:
                    raise RosterError(f"{path}, line {reader.line_num}: more cells than columns; quote cells that hold a comma")
                if any(value and value.strip() for value in record.values()):
                    yield reader.line_num, _validate(path, reader.line_num, record, kind)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RosterError(f"{path}: {error}; give a readable CSV file in UTF-8") from error


def _check_head(path: Path, names: Iterable[str], kind: type[_Row]) -> None:
    given = list(names)
    known = kind.model_fields
    missing = [name for name, field in known.items() if field.is_required() and name not in given]
    wrong = [name for name in given if name not in known]
    if missing or wrong or len(set(given)) < len(given):
        raise RosterError(
            f"{path}, line 1: columns missing {missing}, unknown {wrong}; the head needs each of "
            f"{', '.join(name for name, field in known.items() if field.is_required())} once and may have "
            f"{', '.join(name for name, field in known.items() if not field.is_required())}"
        )


def _validate(path: Path, line: int, record: Mapping[str, str | None], kind: type[Row]) -> Row:
    try:
        return kind.model_validate({name: value for name, value in record.items() if value is not None})
    except ValidationError as error:
        problems = "; ".join(f"{item['loc'][0]}: {item['msg']}, got {item['input']!r}" for item in error.errors())
        raise RosterError(f"{path}, line {line}: {problems}") from error


def _is_in_force(code: str, first: int, last: int) -> bool:
    regions = list_regions_of_code(code)
    return all(any(region.is_valid_in(year) for region in regions) for year in range(first, last + 1))


def _identify_parent(path: Path, line: int, row: PublisherRow, last: int, by_name: Mapping[str, list[PublisherRow]]) -> dict[int, str]:
    """Year → key of the parent, by its row of that year."""
    if row.parent_agency_name not in by_name:
        raise RosterError(
            f"{path}, line {line}: parent_agency_name {row.parent_agency_name} is no agency_name here; write it the same or add its row"
        )
    found: dict[int, str] = {}
    for parent in by_name[row.parent_agency_name]:
        end = LAST_YEAR if parent.last_report_year is None else parent.last_report_year
        first_common, last_common = max(row.first_report_year, parent.first_report_year), min(last, end)
        if first_common <= last_common:
            found |= {year: agency_id for year, (agency_id, _) in _identify(path, line, parent, first_common, last_common).items()}
    gaps = [year for year in range(row.first_report_year, last + 1) if year not in found]
    if gaps:
        raise RosterError(
            f"{path}, line {line}: the parent {row.parent_agency_name} is not expected in {gaps[0]}; "
            "let both rows end together, or give the agency another row with its parent of that year"
        )
    return found


def _identify(path: Path, line: int, row: PublisherRow, first: int, last: int) -> dict[int, tuple[str, Resolution]]:
    """Year → key and reading of the name. A name that means the same in the first and the last year means it between them."""
    ends = [_resolve(row.agency_name, row.region_code, year) for year in (first, last)]
    found: dict[int, tuple[str, Resolution]] = {}
    for year in range(first, last + 1):
        resolution = ends[0] if ends[0] == ends[1] else _resolve(row.agency_name, row.region_code, year)
        agency_id = row.agency_id or resolution.agency_id
        if agency_id is None:
            raise RosterError(
                f"{path}, line {line}: {row.agency_name} is a name of many agencies; write it with its region, or give its agency_id"
            )
        found[year] = agency_id, resolution
    return found


def _resolve(name: str, region_code: str | None, year: int) -> Resolution:
    clues = () if region_code is None else (Clue("site_code", region_code),)
    return resolve_agency((name,), year, clues, "")


def _check_circles(path: Path, found: Iterable[Mapping[str, Any]]) -> None:
    parents = {(row["agency_id"], row["report_year"]): (row["parent_agency_id"], row["line"]) for row in found}
    for agency_id, year in parents:
        above, seen = agency_id, set()
        while above is not None and (above, year) in parents:
            if above in seen:
                raise RosterError(
                    f"{path}, line {parents[above, year][1]}: in {year} the agency is its own parent; mend parent_agency_name"
                )
            seen.add(above)
            above = parents[above, year][0]
