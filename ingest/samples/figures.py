"""Figures that a correct report could hold: every identity of the form holds, and consecutive years carry over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from ingest.samples.agencies import invent_agency, load_scale
from ingest.samples.models import Agency, ReportFigures
from ingest.samples.seeding import make_rng
from ingest.templates import Table, Template, load_templates
from ingest.templates.printing import CellKey

NOT_OUTCOMES = ("new_received", "carried_over", "total_processed", "carried_forward")
"""Rows of table `requests` that are no outcome of a request (三、本年度办理结果)."""

# Shares of applicants and of outcomes as they look in published reports; outcomes not listed are rare.
_FEW = 40
_BACKLOG_SHARE = 0.8
_REPEAL_SHARE = 0.4
_APPLICANT_WEIGHTS = (86, 9, 1, 1, 2, 1)
_COMMON_OUTCOMES = {
    "granted": 60,
    "partly_granted": 14,
    "denied_third_party_rights": 4,
    "denied_internal_affairs": 3,
    "denied_enforcement_file": 3,
    "denied_administrative_inquiry": 3,
    "unavailable_not_held": 34,
    "unavailable_needs_creation": 5,
    "unavailable_still_unclear": 2,
    "not_processed_petition": 7,
    "not_processed_repeat": 3,
    "other_overdue_correction": 4,
    "other_other": 6,
    "other_processed": 9,
}


def form_rows(table: Table, variants: Sequence[str]) -> tuple[str, ...]:
    """The row keys of a table in printed order, with the variant rows in use standing in for those that they replace."""
    replaced = {row: variant.row for variant in table.variants if variant.row in variants for row in variant.replaces}
    return tuple(dict.fromkeys(replaced.get(row.row, row.row) for row in table.rows))


def form_cells(template: Template, variants: Sequence[str]) -> tuple[CellKey, ...]:
    """The keys of all cells of the form, in printed order."""
    return tuple(
        (table.table, row, column.column)
        for table in template.tables
        for row in form_rows(table, variants)
        for column in table.columns_of(row)
    )


@dataclass
class _State:
    """The agency, and what it hands on from one year to the next."""

    agency: Agency
    rng: Random
    carried: list[int]
    in_force: int
    regulations: int
    disclosed: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)


def _scatter(rng: Random, typical: float) -> int:
    """A count around `typical`, skewed as real counts are; 0 for an activity that the agency does not have."""
    if typical <= 0:
        return 0
    return int(typical * rng.lognormvariate(0, 0.8) + rng.random())


def _split(rng: Random, count: int, weights: Sequence[float]) -> list[int]:
    """`count` things spread over classes by weight; large counts deterministically, the remainder by lot."""
    total = sum(weights)
    parts = [int(count * weight / total) for weight in weights] if count > _FEW else [0] * len(weights)
    for chosen in rng.choices(range(len(weights)), weights, k=count - sum(parts)):
        parts[chosen] += 1
    return parts


def _fill_requests(values: dict[CellKey, float], table: Table, variants: Sequence[str], state: _State) -> None:
    rng, agency = state.rng, state.agency
    columns = [column.column for column in table.columns]
    scale = load_scale(agency.kind)
    new_total = 0 if rng.random() < scale.quiet else _scatter(rng, scale.requests)
    new = _split(rng, new_total, _APPLICANT_WEIGHTS)
    available = [fresh + carried for fresh, carried in zip(new, state.carried, strict=True)]
    forward = [_split(rng, count, (0.93, 0.07))[1] if rng.random() < _BACKLOG_SHARE else 0 for count in available]
    outcomes = [row for row in form_rows(table, variants) if row not in NOT_OUTCOMES]
    weights = [_COMMON_OUTCOMES[row] * rng.choice((0.3, 1, 1, 2)) if row in _COMMON_OUTCOMES else 0.6 for row in outcomes]
    by_column = [
        _split(rng, count - left, weights) if count else [0] * len(outcomes) for count, left in zip(available, forward, strict=True)
    ]
    rows: dict[str, list[int]] = {"new_received": new, "carried_over": state.carried, "carried_forward": forward}
    rows["total_processed"] = [sum(column) for column in by_column]
    for index, row in enumerate(outcomes):
        rows[row] = [column[index] for column in by_column]
    for row, counts in rows.items():
        for column, count in zip(columns, [*counts, sum(counts)], strict=True):
            values["requests", row, column] = count
    state.carried = forward


def _fill_disputes(values: dict[CellKey, float], table: Table, _variants: Sequence[str], state: _State) -> None:
    rng, agency = state.rng, state.agency
    typical = load_scale(agency.kind).disputes
    for row, share in zip(table.rows, (1.0, 0.4, 0.3), strict=True):
        parts = _split(rng, _scatter(rng, typical * share * 0.6), (60, 12, 16, 8))
        for column, count in zip(table.columns, [*parts, sum(parts)], strict=True):
            values["disputes", row.row, column.column] = count


def _decisions(row: str, rng: Random, agency: Agency) -> int:
    scale = load_scale(agency.kind)
    typical = {
        "licence": scale.licences * agency.licence_factor,
        "penalty": scale.penalties * agency.licence_factor,
        "enforcement": scale.enforcements * agency.licence_factor,
        "other_service": scale.licences * agency.licence_factor / 3,
    }[row]
    return _scatter(rng, typical)


def _draw_money(rng: Random, typical: float, digits: Sequence[int]) -> float:
    return round(typical * rng.lognormvariate(0, 0.7), rng.choice(digits))


def _fill_proactive(values: dict[CellKey, float], table: Table, _variants: Sequence[str], state: _State) -> None:
    rng, agency = state.rng, state.agency
    scale = load_scale(agency.kind)
    made_documents = _scatter(rng, scale.documents)
    made_regulations = rng.randrange(3) if agency.kind == "city_government" else 0
    for row in table.rows:
        held = {c.column for c in table.columns_of(row.row)}
        found: dict[str, float] = {}
        if "made" in held:
            made = made_documents if row.row == "normative_document" else made_regulations
            stock = state.in_force if row.row == "normative_document" else state.regulations
            repealed = rng.randrange(min(stock, 4) + 1) if rng.random() < _REPEAL_SHARE else 0
            stock += made - repealed
            state.in_force, state.regulations = (stock, state.regulations) if row.row == "normative_document" else (state.in_force, stock)
            shown = state.disclosed[row.row] + made if row.row in state.disclosed else stock
            state.disclosed[row.row] = shown
            found = {"made": made, "repealed": repealed, "in_force": stock, "newly_disclosed": made, "disclosed_total": shown}
        if "decisions" in held:
            found["decisions"] = _decisions(row.row, rng, agency)
        if "prior_items" in held:
            prior = state.items[row.row] if row.row in state.items else _scatter(rng, 12 if agency.kind != "office" else 1)
            change = rng.choice((0, 0, 0, 1, 2, 3, 14, -1, -2, -7)) if prior > 7 else 0  # noqa: PLR2004 - never below zero
            state.items[row.row] = prior + change
            found |= {"prior_items": prior, "items_change": change}
        if "projects" in held:
            projects = rng.choice((0, 0, 1, 2, 3, 11))
            found |= {"projects": projects, "amount": _draw_money(rng, 240000, (0, 0, 2)) if projects else 0}
        if "amount_10k_yuan" in held:
            fee = _draw_money(rng, scale.fee, (0, 1, 2, 3, 4, 6)) if scale.fee and rng.random() < 0.7 else 0  # noqa: PLR2004 - most charge fees
            found["amount_10k_yuan"] = fee
        for column in table.columns_of(row.row):
            values["proactive", row.row, column.column] = found[column.column]


_FILLERS: dict[str, Callable[[dict[CellKey, float], Table, Sequence[str], _State], None]] = {
    "proactive": _fill_proactive,
    "requests": _fill_requests,
    "disputes": _fill_disputes,
}


def generate_history(agency: Agency, forms: Sequence[tuple[int, str, tuple[str, ...]]], rng: Random) -> Iterator[ReportFigures]:
    """The agency's reports for consecutive years: carried_over of a year is carried_forward of the year before, per applicant column.

    `forms` lists (report year, template id, variant rows) in order of years.
    """
    city = agency.kind == "city_government"
    state = _State(
        agency,
        rng,
        carried=_split(rng, rng.randrange(3) if rng.random() < 0.3 else 0, _APPLICANT_WEIGHTS),  # noqa: PLR2004 - few start with a backlog
        in_force=_scatter(rng, 4 * load_scale(agency.kind).documents),
        regulations=rng.randrange(4, 20) if city else 0,
    )
    for report_year, template_id, variants in forms:
        values: dict[CellKey, float] = {}
        for table in load_templates()[template_id].tables:
            _FILLERS[table.table](values, table, variants, state)
        yield ReportFigures(agency, report_year, template_id, variants, values)


def generate_figures(
    seed: int | str, *, template: str = "2021", report_year: int = 2023, variants: tuple[str, ...] = (), agency: Agency | None = None
) -> ReportFigures:
    """The figures of one report. Without `agency` one is taken from the seed, so that kinds and sizes vary."""
    rng = make_rng("figures", seed)
    chosen = agency if agency is not None else invent_agency(rng.randrange(3000))
    return next(generate_history(chosen, [(report_year, template, variants)], rng))


def list_broken_identities(values: Mapping[CellKey, float], table_rows: Mapping[str, Sequence[str]]) -> list[tuple[str, CellKey]]:
    """The identities of the form that do not hold, each with the cell that stands for the sum.

    `table_rows` maps a table to the rows in use. requests.balance: 第一项加第二项之和，等于第三项加第四项之和 (printed in the form).
    """
    broken: list[tuple[str, CellKey]] = []
    requests, disputes = table_rows["requests"], table_rows["disputes"]
    columns = [column for table, row, column in values if table == "requests" and row == requests[0]]
    outcomes = [row for row in requests if row not in NOT_OUTCOMES]
    for column in columns:
        of = {row: values["requests", row, column] for row in requests}
        if of["new_received"] + of["carried_over"] != of["total_processed"] + of["carried_forward"]:
            broken.append(("requests.balance", ("requests", "total_processed", column)))
        if of["total_processed"] != sum(of[row] for row in outcomes):
            broken.append(("requests.column_total", ("requests", "total_processed", column)))
    broken.extend(
        ("requests.row_total", ("requests", row, columns[-1]))
        for row in requests
        if values["requests", row, columns[-1]] != sum(values["requests", row, column] for column in columns[:-1])
    )
    results = [column for table, row, column in values if table == "disputes" and row == disputes[0]]
    broken.extend(
        ("disputes.row_total", ("disputes", row, results[-1]))
        for row in disputes
        if values["disputes", row, results[-1]] != sum(values["disputes", row, column] for column in results[:-1])
    )
    return broken
