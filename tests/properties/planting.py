"""Slips of agencies, one per report, over all families of rules: each with the rules that should find it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final, NamedTuple

from builders import statistics

from ingest.samples import LAYOUTS, ReportFigures, generate_history, plant_slip, render_report
from ingest.samples.agencies import invent_agency
from ingest.samples.seeding import make_rng

Edit = Callable[[ReportFigures, ReportFigures, Random], ReportFigures | None]
"""(figures of the year before, figures, rng) → figures with a slip; None: they have no room for it."""
Rewrite = Callable[[str, int], str]
"""(text, report year) → text with a slip; the same text: it has no room for it."""

TODAY: Final = ((2022, "2021", ()), (2023, "2021", ()))
FORMER: Final = ((2019, "2019", ()), (2020, "2019", ()))


@dataclass(frozen=True)
class Plant:
    """A slip. `rules`: any of them finds it. `figures` or `text` plants it; `copies` adds another document to the report's."""

    family: str
    name: str
    rules: tuple[str, ...]
    figures: Edit | None = None
    text: Rewrite | None = None
    copies: bool = False
    forms: tuple[tuple[int, str, tuple[str, ...]], ...] = TODAY


class Planted(NamedTuple):
    """The files of one agency: name → content. `source`: the one with the slip."""

    plant: Plant
    source: str
    files: dict[str, bytes]


def _set(figures: ReportFigures, **changes: float) -> ReportFigures:
    """`table__row__column=value`."""
    return replace(figures, values={**figures.values, **{_key(name): value for name, value in changes.items()}})


def _key(name: str) -> tuple[str, str, str]:
    table, row, column = name.split("__")
    return table, row, column


def _add(name: str, amount: float) -> Edit:
    return lambda _last, own, _rng: _set(own, **{name: own.values[_key(name)] + amount})


def _add_both(row: str, amount: float) -> Edit:
    """To natural persons and to the total, so that the row still adds up."""
    names = [f"requests__{row}__{column}" for column in ("natural_person", "total")]
    return lambda _last, own, _rng: _set(own, **{name: own.values[_key(name)] + amount for name in names})


def _slip(name: str) -> Edit:
    return lambda _last, own, rng: plant_slip(own, name, rng)


def _swap_rows(_last: ReportFigures, own: ReportFigures, _rng: Random) -> ReportFigures | None:
    values = dict(own.values)
    rows = [{key: value for key, value in values.items() if key[:2] == ("requests", row)} for row in ("carried_over", "carried_forward")]
    if list(rows[0].values()) == list(rows[1].values()):
        return None
    for key, value in rows[0].items():
        values["requests", "carried_forward", key[2]] = value
    for key, value in rows[1].items():
        values["requests", "carried_over", key[2]] = value
    return replace(own, values=values)


def _keep_open(_last: ReportFigures, own: ReportFigures, _rng: Random) -> ReportFigures | None:
    """Every granted request is carried forward instead; all sums hold."""
    granted = own.values["requests", "granted", "total"]
    received = own.values["requests", "new_received", "total"] + own.values["requests", "carried_over", "total"]
    if granted < 0.4 * received or received < 30:
        return None
    values = dict(own.values)
    for column in [key[2] for key in own.values if key[:2] == ("requests", "granted")]:
        moved = values["requests", "granted", column]
        values["requests", "granted", column] = 0
        values["requests", "total_processed", column] -= moved
        values["requests", "carried_forward", column] += moved
    return replace(own, values=values)


def _use_other(_last: ReportFigures, own: ReportFigures, _rng: Random) -> ReportFigures | None:
    """What was granted stands under 其他处理 3.其他; all sums hold."""
    if own.values["requests", "granted", "total"] < 0.35 * own.values["requests", "total_processed", "total"] or (
        own.values["requests", "total_processed", "total"] < 30
    ):
        return None
    values = dict(own.values)
    for column in [key[2] for key in own.values if key[:2] == ("requests", "granted")]:
        values["requests", "other_other", column] += values["requests", "granted", column]
        values["requests", "granted", column] = 0
    return replace(own, values=values)


def _empty_outcomes(_last: ReportFigures, own: ReportFigures, _rng: Random) -> ReportFigures | None:
    if own.values["requests", "new_received", "total"] == 0:
        return None
    kept = ("new_received", "carried_over")
    return replace(own, values={key: 0 if key[0] == "requests" and key[1] not in kept else value for key, value in own.values.items()})


def _enter_yuan(last: ReportFigures, own: ReportFigures, _rng: Random) -> ReportFigures | None:
    if last.values["proactive", "fee", "amount_10k_yuan"] == 0:
        return None
    return _set(own, proactive__fee__amount_10k_yuan=round(last.values["proactive", "fee", "amount_10k_yuan"] * 10000))


def _claim_power(_last: ReportFigures, own: ReportFigures, _rng: Random) -> ReportFigures | None:
    return _set(own, proactive__regulation__in_force=3) if own.agency.kind in ("town", "street") else None


def _leap(last: ReportFigures, own: ReportFigures, _rng: Random) -> ReportFigures:
    return _set(own, proactive__licence__decisions=(last.values["proactive", "licence", "decisions"] + 1) * 40 + 30)


def _use_former_form(last: ReportFigures, own: ReportFigures, rng: Random) -> ReportFigures:
    return next(generate_history(own.agency, [(own.report_year, "2019", ())], rng))


def _keep_if_known(last: ReportFigures, own: ReportFigures, _rng: Random) -> ReportFigures | None:
    return own if last.values["requests", "new_received", "total"] else None


def _repeat_last(last: ReportFigures, own: ReportFigures, _rng: Random) -> ReportFigures | None:
    repeated = {key: last.values[key] for key in own.values if key[0] == "proactive"}
    return replace(own, values={**own.values, **repeated}) if _says_enough(repeated.values()) else None


def _says_enough(values: object) -> bool:
    figures = {value for value in values if value}  # type: ignore[attr-defined]
    bits = 1.0
    for value in figures:
        bits *= value + 1
    return len(figures) >= 4 and bits >= 2**32


def _replace(pattern: str, change: Callable[[re.Match[str], int], str]) -> Rewrite:
    """The first match; groups of it and the report year go to `change`."""
    return lambda text, year: re.sub(
        pattern.replace("<N>", str(year)).replace("<N+1>", str(year + 1)), lambda m: change(m, year), text, count=1
    )


def _raise(pattern: str, gap: int) -> Rewrite:
    """Every number behind the words is larger."""
    return lambda text, _year: re.sub(pattern, lambda m: f"{m[1]}{int(m[2]) + gap}件", text)


def _drop_last_section(text: str, _year: int) -> str:
    return re.sub(r"六、其他需要报告的事项", "", text)


def _empty_problems(text: str, _year: int) -> str:
    return re.sub(r"(五、[^\n]*?改进情况\n).*?(\n[^\n]*六、)", r"\1无。\2", text, flags=re.DOTALL)


def _add_row(text: str, _year: int) -> str:
    """A row of a province's own below the last ground of denial."""
    lines = text.split("\n")
    at = next((n for n, line in enumerate(lines) if "属于行政查询事项" in line and len(re.findall(r"\d+", line)) >= 7), None)
    own = None if at is None else re.sub(r"8[.．、]\s*属于行政查询事项", "9.属于工作秘密", lines[at])
    if at is not None and own is not None and own != lines[at]:
        lines.insert(at + 1, own)
    return "\n".join(lines)


_RECEIVED: Final = r"(收政府信息公开申请|收到政府信息公开申请|新收申请)([1-9]\d*)件"
_PUBLISHED: Final = r"(发布日期\W{1,8})<N+1>[-年]\d+[-月]\d+"

PLANTS: Final = (
    Plant("T3", "total_off", ("requests.column_total", "requests.balance"), _slip("total_off")),
    Plant("T3", "row_total_off", ("requests.row_total",), _slip("row_total_off")),
    Plant("T3", "forward_off", ("requests.balance",), _add_both("carried_forward", 2)),
    Plant("T3", "outcome_above_total", ("requests.outcomes_bounded", "requests.column_total"), _add_both("partly_granted", 5000)),
    Plant("T3", "rows_swapped", ("requests.balance", "requests.swapped_rows"), _swap_rows),
    Plant("T3", "no_outcomes", ("requests.outcomes_present", "requests.balance"), _empty_outcomes),
    Plant("T3", "backlog", ("requests.backlog_share",), _keep_open),
    Plant("T3", "mostly_other", ("requests.other_share",), _use_other),
    Plant("T4", "review_total_off", ("disputes.row_total",), _slip("disputes_total_off")),
    Plant("T4", "direct_total_off", ("disputes.row_total",), _add("disputes__litigation_direct__total", 1)),
    Plant("T4", "later_part_off", ("disputes.row_total",), _add("disputes__litigation_after_review__upheld", 2)),
    Plant(
        "T4",
        "too_many_reviews",
        ("disputes.bounded_by_requests",),
        lambda _last, own, _rng: _set(own, disputes__review__upheld=90000, disputes__review__total=90000 + sum(
            own.values["disputes", "review", column] for column in ("corrected", "other", "pending"))),
    ),
    Plant("T2", "stock_off", ("proactive.stock_follows",), _add("proactive__normative_document__in_force", 7)),
    Plant("T2", "repealed_more", ("proactive.repealed_bounded",), _add("proactive__normative_document__repealed", 9000)),
    Plant("T2", "made_above_stock", ("proactive.stock_bounded",), _add("proactive__normative_document__made", 9000)),
    Plant("T2", "regulation_of_a_town", ("proactive.regulation_power",), _claim_power),
    Plant("T2", "fee_in_yuan", ("proactive.fee_unit",), _enter_yuan),
    Plant("T2", "half_a_decision", ("cells.non_negative_integer",), _add("proactive__licence__decisions", 0.5)),
    Plant("T2", "items_off", ("proactive.items_follow",), _add("proactive__licence__prior_items", 3), forms=FORMER),
    Plant("T2", "disclosed_below_new", ("proactive.disclosed_bounded",), _add(
        "proactive__normative_document__newly_disclosed", 9000), forms=FORMER),
    Plant("T2", "money_without_project", ("proactive.procurement_agrees",), lambda _last, own, _rng: _set(
        own, proactive__procurement__projects=0, proactive__procurement__amount=51000), forms=FORMER),
    Plant("XY", "carried_over_mismatch", ("requests.carried_over_matches",), _slip("carried_over_mismatch")),
    Plant("XY", "leap", ("years.leaps",), _leap),
    Plant("XY", "table_of_last_year", ("years.tables_renewed",), _repeat_last),
    Plant("XY", "growth", ("mentions.growth",), _keep_if_known, text=_replace(_RECEIVED, lambda m, _y: f"{m[0]}，同比增长987.6%")),
    Plant("NT", "received", ("mentions.requests_received",), text=_raise(_RECEIVED, 1000)),
    Plant("NT", "carried", ("mentions.requests_carried",), text=_raise(r"(上年结转|结转下年度继续办理)(\d+)件", 1000)),
    Plant("NT", "answered", ("mentions.requests_answered",), text=_raise(r"(，办结)(\d+)件", 1000)),
    Plant("NT", "outcomes", ("mentions.outcomes",), text=_raise(r"(予以公开|部分公开)(\d+)件", 1000)),
    Plant("NT", "disputes", ("mentions.disputes",), text=_raise(r"(申请行政复议|公开行政复议)(\d+)件", 1000)),
    Plant("NT", "documents", ("mentions.documents",), text=_raise(r"(行政规范性文件)(\d+)件", 1000)),
    Plant("NT", "decisions", ("mentions.decisions",), text=_raise(r"(行政处罚决定)(\d+)件", 100000)),
    Plant("NT", "applicants", ("mentions.applicants",), text=_raise(r"(自然人)(\d+)件", 1000)),
    Plant("NT", "none_received", ("mentions.requests_received",), text=_replace(_RECEIVED, lambda _m, _y: "未收到政府信息公开申请")),
    Plant("NT", "rate", ("mentions.completion_rate",), text=_replace(r"办结(\d+)件", lambda m, _y: f"{m[0]}，办结率37.5%")),
    Plant("NT", "fee", ("mentions.fees",), text=_replace(
        r"[^。\n]*(?:没有发出收费通知|发出收费通知的件数|未产生信息处理费)[^。\n]*。", lambda _m, _y: "本年度实际收取信息处理费1237元。")),
    Plant("ST", "section_missing", ("report.sections_present",), text=_drop_last_section),
    Plant("ST", "heading_reworded", ("report.headings_faithful",),
        text=_replace(r"四、政府信息公开行政复议[、,，]行政诉讼情况", lambda _m, _y: "四、政府信息公开行政复议和行政诉讼情况")),
    Plant("ST", "title_of_a_summary", ("report.title_form",), text=_replace(
        r"(?m)^([^\n，,。<]{4,40})政府信息公开工作年度报告$", lambda m, _y: f"{m[1]}政务公开年度报告")),
    Plant("ST", "form_of_former_years", ("report.template_matches_year",), _use_former_form),
    Plant("ST", "problems_empty", ("report.problems_stated",), text=_empty_problems),
    Plant("ST", "row_of_its_own", ("report.rows_known",), text=_add_row),
    Plant("ST", "zeros_as_dashes", ("report.figures_printed",), text=None),
    Plant("MD", "period_of_last_year", ("identity.years_agree",), text=_replace(r"<N>年1月1日", lambda _m, year: f"{year - 1}年1月1日")),
    Plant("MD", "signed_a_year_early", ("dates.after_the_year",),
        text=_replace(r"(?m)^<N+1>年(\d+月\d+日)$", lambda m, year: f"{year}年{m[1]}")),
    Plant("MD", "published_late", ("dates.published_in_time",), text=_replace(_PUBLISHED, lambda m, year: f"{m[1]}{year + 1}-11-05")),
    Plant("MD", "published_years_late", ("dates.of_the_page",), text=_replace(_PUBLISHED, lambda m, year: f"{m[1]}{year + 3}-11-05")),
    Plant("CP", "second_version", ("report.duplicate_agency_year",), copies=True),
    Plant("CP", "table_of_another", ("report.tables_own",), copies=True),
    Plant("P", "sum_off", ("statistics.sums",)),
    Plant("P", "part_above_whole", ("statistics.bounds",)),
)  # fmt: skip


def plant_slips(count: int, seed: int) -> Iterator[Planted]:
    """`count` reports with one slip each, the plants in turn; a plant that finds no room in a report is tried on the next agency."""
    layouts = [layout for layout in LAYOUTS.values() if layout.weight]
    number = 0
    for turn in range(count):
        plant = PLANTS[turn % len(PLANTS)]
        for _ in range(400):
            number += 1
            rng = make_rng("planting", seed, number)
            layout = rng.choices(layouts, [layout.weight for layout in layouts])[0].name
            planted = _plant(plant, number, layout, rng)
            if planted is not None:
                yield planted
                break
        else:
            raise AssertionError(plant.name)  # no report has room for it


def _plant(plant: Plant, number: int, layout: str, rng: Random) -> Planted | None:
    if plant.family == "P":
        return _plant_statistics(plant, number)
    agency = invent_agency(number % 9000)
    last, own = generate_history(agency, plant.forms, rng)
    if plant.name == "table_of_another" and not _says_enough([v for key, v in own.values.items() if key[0] == "proactive"]):
        return None
    damage = "none"
    if plant.name == "zeros_as_dashes":
        damage = "dashes_for_zero"
        if not LAYOUTS[layout].separates_cells:
            return None
    if plant.figures is not None:
        slipped = plant.figures(last, own, rng)
        if slipped is None or (plant.text is None and slipped.values == own.values):
            return None
        own = slipped
    report = render_report(own, layout, damage, number)
    text = report.text if plant.text is None else plant.text(report.text, own.report_year)
    if plant.text is not None and text == report.text:
        return None
    before = render_report(last, layout, "none", number)
    source = f"{number}-{own.report_year}{report.suffix}"
    files = {f"{number}-{last.report_year}{before.suffix}": before.text.encode(), source: text.encode()}
    if plant.copies:
        other = replace(own, agency=invent_agency((number + 4500) % 9000)) if plant.name == "table_of_another" else _set(
            own, proactive__licence__decisions=own.values["proactive", "licence", "decisions"] + 3
        )  # fmt: skip
        copy = render_report(other, layout, "none", f"{number} again")
        files[f"{number}b-{own.report_year}{copy.suffix}"] = copy.text.encode()
        if plant.name == "second_version":  # either of the two may be the one that is kept
            source = f"{number}*-{own.report_year}{report.suffix}"
    return Planted(plant, source, files)


def _plant_statistics(plant: Plant, number: int) -> Planted:
    layout = random.Random(number).choice([name for name in statistics.LAYOUTS if name not in statistics.JOINED])
    rows = statistics.build_rows(statistics.NATIONAL, number)
    wrong = ("申请办结数", "900001") if plant.name == "sum_off" else ("主要负责同志参加新闻发布会次数", "900001")
    rows = [replace(row, values=(wrong[1],)) if wrong[0] in row.label else row for row in rows]
    suffix = ".html" if layout == "html" else ".txt"
    source = f"{number}-2015{suffix}"
    text = statistics.render(rows, layout).replace("青川市测绘局", f"{invent_agency(number % 9000).name}")
    return Planted(plant, source, {source: text.encode()})
