"""One agency's years out of the published marts, for `nianbao show` and `compare`."""

from typing import Final

import duckdb

from ingest.errors import NianbaoError

_NEAR: Final = 8
_LIKE: Final = 0.6
"""Jaro-Winkler similarity of names that a slip of the pen may have parted; unrelated names of agencies stay below."""


class UnknownAgencyError(NianbaoError):
    """No agency of that id or name, or more than one."""


def find_agency(connection: duckdb.DuckDBPyConnection, asked: str) -> tuple[str, str]:
    """(id, latest name) of the agency with that id or name; a part of a name does when only one agency's name holds it.

    Raises UnknownAgencyError with the agencies that may be meant.
    """
    text = asked.strip()
    exact = _find(connection, "agency_id = $asked or name = $asked", text)
    found = exact or (_find(connection, "contains(name, $asked)", text) if text else [])
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownAgencyError(f"{asked}: more than one agency; which of {_list(found)}? Its id does too")
    near = connection.execute(
        f"{_NAMES}, alike as (select agency_id, agency_name, max(jaro_winkler_similarity(name, $asked)) as likeness from names"  # noqa: S608
        " group by all)"
        " select agency_id, agency_name from alike where likeness > $least order by likeness desc, agency_name, agency_id limit $most",
        {"asked": text, "least": _LIKE, "most": _NEAR},
    ).fetchall()
    meant = f"; near names: {_list(near)}" if near else "; `nianbao query 'select * from dim_agencies'` lists them"
    raise UnknownAgencyError(f"no agency {asked!r} is published{meant}")


_NAMES: Final = """with names as (
    select agency_id, agency_name, agency_name as name from dim_agencies
    union
    select dim_agencies.agency_id, dim_agencies.agency_name, mart_agency_years.agency_name
    from dim_agencies inner join mart_agency_years on dim_agencies.agency_id = mart_agency_years.agency_id
)"""
"""Every name that an agency has in a report finds it."""


def _find(connection: duckdb.DuckDBPyConnection, condition: str, asked: str) -> list[tuple[str, str]]:
    return connection.execute(
        f"{_NAMES} select distinct agency_id, agency_name from names where {condition} order by agency_name, agency_id",  # noqa: S608
        {"asked": asked},
    ).fetchall()


def _list(agencies: list[tuple[str, str]]) -> str:
    shown = [f"{name} ({agency})" for agency, name in agencies[:_NEAR]]
    return "、".join(shown) + (f" and {len(agencies) - _NEAR} more" if len(agencies) > _NEAR else "")
