"""One agency's years out of the published marts, for `nianbao show` and `compare`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from ingest.errors import NianbaoError


@dataclass(frozen=True)
class Measure:
    """A column of mart_agency_years that people look at first. `cell`: the (row, column) of 表三 or 表四 that prints it.

    `parts` and `base`: columns whose sum a share is of, and its denominator.
    """

    column: str
    zh: str
    en: str
    cell: tuple[str, str] | None = None
    parts: tuple[str, ...] = ()
    base: str | None = None


MEASURES: Final = (
    Measure("new_received_count", "本年新收", "new requests", ("new_received", "total")),
    Measure("carried_over_count", "上年结转", "carried over", ("carried_over", "total")),
    Measure("processed_count", "办理总计", "processed", ("total_processed", "total")),
    Measure("granted_count", "予以公开", "granted", ("granted", "total")),
    Measure("partly_granted_count", "部分公开", "partly granted", ("partly_granted", "total")),
    Measure("denied_count", "不予公开", "denied"),
    Measure("unavailable_count", "无法提供", "unavailable"),
    Measure("not_processed_count", "不予处理", "not processed"),
    Measure("other_processed_count", "其他处理", "other"),
    Measure("carried_forward_count", "结转下年", "carried forward", ("carried_forward", "total")),
    Measure("review_count", "行政复议", "reviews", ("review", "total")),
    Measure("litigation_count", "行政诉讼", "lawsuits"),
    Measure("disclosure_share", "公开率", "disclosure", None, ("granted_count", "partly_granted_count"), "processed_count"),
    Measure("denial_share", "不予公开率", "denial", None, ("denied_count",), "processed_count"),
    Measure("completion_share", "办结率", "completion", None, ("processed_count",), "accepted_request_count"),
    Measure("review_correction_share", "复议纠错率", "corrected", None, ("review_corrected_count",), "review_concluded_count"),
    Measure("litigation_correction_share", "诉讼纠错率", "lost", None, ("litigation_corrected_count",), "litigation_concluded_count"),
)
OUTCOMES: Final = (
    "granted_count",
    "partly_granted_count",
    "denied_count",
    "unavailable_count",
    "not_processed_count",
    "other_processed_count",
)
"""The counts that 办理总计 is the sum of."""
SMALL_BASE: Final = 30
"""Below it a share says little: one case moves it by more than three points."""

Row = dict[str, Any]


class UnknownYearError(NianbaoError):
    """The agency has no published report on that year, or two agencies have none in common."""


@dataclass(frozen=True)
class Panel:
    """One agency. `years`: rows of mart_agency_years as the publication has them, with `report_scope`; by report year.

    `findings`: its failed findings, gravest first. `places`: (report year, measure) → line of the source that prints it.
    """

    agency_id: str
    agency_name: str
    years: tuple[Row, ...]
    findings: tuple[Row, ...]
    places: dict[tuple[int, str], int]


def read_panel(connection: duckdb.DuckDBPyConnection, asked: str, year: int | None = None) -> Panel:
    """The panel of the agency with that name or id; of one year if given. Raises UnknownAgencyError and UnknownYearError."""
    agency, name = find_agency(connection, asked)
    years = _fetch(
        connection,
        "select years.*, reports.report_scope from mart_agency_years as years left join fct_reports as reports using (document_id)"
        " where years.agency_id = $agency order by years.report_year",
        {"agency": agency},
    )
    known = [row["report_year"] for row in years]
    if year is not None and year not in known:
        raise UnknownYearError(f"{name} has no published report on {year}; published: {', '.join(map(str, known)) or 'none'}")
    chosen = tuple(row for row in years if year in (None, row["report_year"]))
    findings = _fetch(
        connection,
        "select report_year, severity, rule_id, source, line, message_zh, message_en from fct_findings where agency_id = $agency"
        " and ($year is null or report_year = $year)"
        " order by array_position(['error', 'warning', 'info'], severity), report_year, line, rule_id",
        {"agency": agency, "year": year},
    )
    lines = connection.execute(
        "select report_year, row_key, column_key, line from fct_requests where agency_id = $agency and line is not null"
        " union all select report_year, row_key, column_key, line from fct_disputes where agency_id = $agency and line is not null",
        {"agency": agency},
    ).fetchall()
    at = {(found_year, (row, column)): line for found_year, row, column, line in lines}
    places = {
        (row["report_year"], measure.column): at[row["report_year"], measure.cell]
        for row in chosen
        for measure in MEASURES
        if measure.cell is not None and (row["report_year"], measure.cell) in at
    }
    return Panel(agency, name, chosen, tuple(findings), places)


def choose_common_year(first: Panel, second: Panel, asked: int | None) -> int:
    """The year asked for, else the latest that both have. Raises UnknownYearError."""
    panels = (first, second)
    known = [{row["report_year"] for row in panel.years} for panel in panels]
    common = sorted(known[0] & known[1])
    if not common or (asked is not None and asked not in common):
        held = [f"{panel.agency_name}: {', '.join(map(str, sorted(years))) or 'none'}" for panel, years in zip(panels, known, strict=True)]
        told = "; ".join(held)
        raise UnknownYearError(f"both need a published report on {'one year' if asked is None else asked}; published: {told}")
    return common[-1] if asked is None else asked


def list_measures(rows: Sequence[Row]) -> list[Measure]:
    """The measures that this publication has."""
    return [measure for measure in MEASURES if any(measure.column in row for row in rows)]


def write_share(row: Row, measure: Measure) -> tuple[int | None, int | None]:
    """(numerator, denominator) of a share; None for what is not stated or not published."""
    parts = [row.get(part) for part in measure.parts]
    numerator = None if any(part is None for part in parts) else sum(part for part in parts if part is not None)
    return numerator, row.get(measure.base) if measure.base is not None else None


def list_caveats(first: Row, second: Row) -> list[tuple[str, str]]:
    """Why two rows of mart_agency_years may not say the same thing, in Chinese and English."""
    caveats = []
    if first["template"] != second["template"]:
        caveats.append(
            (
                f"表式不同（{first['template']}、{second['template']}）：表二只有处理决定数量可比，“其他处理”按合计可比",
                f"different forms ({first['template']}, {second['template']}): of 表二 only decisions compare, of 其他处理 its sum",
            )
        )
    scopes = [row.get("report_scope") for row in (first, second)]
    if scopes[0] != scopes[1] or None in scopes:
        zh, en = ("、".join(scope or "未说明" for scope in scopes), ", ".join(scope or "not stated" for scope in scopes))
        caveats.append((f"统计口径不同或未说明（{zh}）", f"scopes differ or are not stated ({en})"))
    bases = {row.get("processed_count") for row in (first, second)}
    if any(base is not None and base < SMALL_BASE for base in bases):
        caveats.append((f"办理不足 {SMALL_BASE} 件，比率说明不了多少", f"fewer than {SMALL_BASE} requests processed: shares say little"))
    if any(row.get("has_source_errors") for row in (first, second)):
        caveats.append(("有报告自相矛盾，数字照印", "a report contradicts itself; its figures stand as printed"))
    return caveats


def _fetch(connection: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, object]) -> list[Row]:
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


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
