"""The prose of a report: header, preamble, the six sections and the footer, from the sentences of prose.yml and the report's figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from ingest.declarations import parse_yaml
from ingest.samples.models import Block, Page, ReportFigures
from ingest.tables import SECTIONS
from ingest.templates import Template
from ingest.templates.printing import PrintedTable, load_form_labels


class _Topic(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    heads: tuple[str, ...]
    sentences: tuple[str, ...]


class _Prose(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    titles: tuple[str, ...]
    preambles: tuple[str, ...]
    scopes: tuple[str, ...]
    openings: tuple[str, ...]
    topics: dict[str, _Topic]
    facts: dict[str, tuple[str, ...]]
    problem_openings: tuple[str, ...]
    problems: tuple[str, ...]
    remedy_openings: tuple[str, ...]
    remedies: tuple[str, ...]
    fees: tuple[str, ...]
    others: tuple[str, ...]
    works: tuple[tuple[str, str], ...]
    table_introductions: tuple[str, ...]
    footers: tuple[str, ...]
    notice: str


@cache
def load_prose() -> _Prose:
    """The sentences of prose.yml."""
    return _Prose.model_validate(parse_yaml(files(__package__).joinpath("prose.yml").read_text("utf-8")))


class PageFacts(NamedTuple):
    """What the page says of itself, None where it does not say."""

    title: str | None
    published_date: date | None
    index_number: str | None


_ORDINALS = "一二三四五六七八九十"
_GOVERNMENTS = ("city_government", "county_government")


def _draw_date(figures: ReportFigures, rng: Random) -> date:
    """Departments publish by 31 January, governments by 31 March (条例 第四十九条)."""
    last = 84 if figures.agency.kind in _GOVERNMENTS else 27
    return date(figures.report_year + 1, 1, 4) + timedelta(days=rng.randrange(last))


def _build_words(figures: ReportFigures, rng: Random) -> dict[str, str | int]:
    """What the placeholders of prose.yml stand for."""
    values, agency, year = figures.values, figures.agency, figures.report_year
    requests = {
        row: int(values["requests", row, "total"])
        for row in ("new_received", "carried_over", "granted", "partly_granted", "total_processed", "carried_forward")
    }
    direct, later = values["disputes", "litigation_direct", "total"], values["disputes", "litigation_after_review", "total"]
    return {
        "name": agency.name,
        "we": agency.self_word,
        "region": agency.region,
        "superior": agency.superior,
        "year": year,
        "prior": year - 1,
        "next": year + 1,
        "new": requests["new_received"],
        "over": requests["carried_over"],
        "granted": requests["granted"],
        "partly": requests["partly_granted"],
        "done": requests["total_processed"],
        "forward": requests["carried_forward"],
        "natural": int(values["requests", "new_received", "natural_person"]),
        "others": requests["new_received"] - int(values["requests", "new_received", "natural_person"]),
        "reviews": int(values["disputes", "review", "total"]),
        "suits": int(direct + later),
        "disputes": int(values["disputes", "review", "total"] + direct + later),
        "documents": int(values["proactive", "normative_document", "made"]),
        "licences": int(values["proactive", "licence", "decisions"]),
        "penalties": int(values["proactive", "penalty", "decisions"]),
        "items": rng.randrange(60, 2400),
        "posts": rng.randrange(20, 900),
        "replies": rng.randrange(5, 480),
        "trainings": rng.randrange(1, 7),
        "trained": rng.randrange(12, 240),
        "readings": rng.randrange(1, 40),
        "checks": rng.choice((2, 4, 6, 12)),
        "columns": rng.randrange(3, 22),
    }


def _draw_facts(words: Mapping[str, str | int], kinds: tuple[str, ...], rng: Random) -> list[str]:
    facts = load_prose().facts
    sentences = []
    for kind, count in zip(kinds, (words[kind] for kind in kinds), strict=True):
        sentences.append(rng.choice(facts[f"{kind}_some" if count else f"{kind}_none"]))
    return sentences


_FACTS_BY_TOPIC = {
    "proactive": ("documents", "licences"),
    "requests": ("new", "disputes"),
    "management": (),
    "platforms": (),
    "supervision": (),
}


def _write_overview(words: Mapping[str, str | int], rng: Random) -> list[str]:
    prose = load_prose()
    paragraphs = [rng.choice(prose.openings)]
    numbering = rng.choice(("（{0}）{1}\n{2}", "（{0}）{1}。{2}", "{3}.{1}\n{2}", "（{0}）{1}：{2}", "{1}方面。{2}"))
    if rng.random() < 0.12:  # noqa: PLR2004 - a work report pasted into section 一, numbered like the sections themselves
        works = rng.sample(prose.works, k=rng.choice((3, 4)))
        paragraphs += [f"{_ORDINALS[at]}、{head}\n{text}" for at, (head, text) in enumerate(works)]
    for at, (topic, entry) in enumerate(prose.topics.items()):
        sentences = [*_draw_facts(words, _FACTS_BY_TOPIC[topic], rng), *rng.sample(entry.sentences, k=rng.choice((5, 7, 9, 11)))]
        rng.shuffle(sentences)
        paragraphs.append(numbering.format(_ORDINALS[at], rng.choice(entry.heads), "".join(sentences), at + 1))
    return paragraphs


def _number(sentences: list[str], rng: Random) -> list[str]:
    """一是…二是…, in one paragraph or one each."""
    numbered = [f"{_ORDINALS[at]}是{sentence}" for at, sentence in enumerate(sentences)]
    return numbered if rng.random() < 0.5 else ["".join(numbered)]  # noqa: PLR2004


def _write_problems(rng: Random) -> list[str]:
    prose = load_prose()
    problems = _number(rng.sample(prose.problems, k=rng.choice((2, 3, 4))), rng)
    remedies = _number(rng.sample(prose.remedies, k=rng.choice((3, 4, 5))), rng)
    if rng.random() < 0.5:  # noqa: PLR2004
        return [
            "（一）存在的主要问题",
            rng.choice(prose.problem_openings),
            *problems,
            "（二）改进情况",
            rng.choice(prose.remedy_openings),
            *remedies,
        ]
    return [rng.choice(prose.problem_openings) + problems[0], *problems[1:], rng.choice(prose.remedy_openings) + remedies[0], *remedies[1:]]


def _write_others(rng: Random) -> list[str]:
    prose = load_prose()
    paragraphs = [rng.choice(prose.fees)]
    if rng.random() < 0.6:  # noqa: PLR2004
        paragraphs = [
            f"（{_ORDINALS[at]}）{text}" for at, text in enumerate([*paragraphs, *rng.sample(prose.others, k=rng.choice((1, 2)))])
        ]
    return paragraphs


def _draw_index_number(figures: ReportFigures, rng: Random) -> str:
    year, serial = figures.report_year + 1, rng.randrange(1, 90000)
    initials = "".join(part[0] for part in figures.agency.slug.split("-"))
    return rng.choice(
        (
            f"{initials}zwgk/{year}-{serial:07d}",
            f"{initials[:1].upper()}{serial % 900 + 100:03d}/{year}-{serial:05d}",
            f"{serial:08d}/{year}-{serial % 90:05d}",
        )
    )


def _write_header(figures: ReportFigures, published: date, index_number: str, rng: Random) -> list[tuple[str, str]]:
    name = figures.agency.name
    return rng.choice(
        (
            [("索 引 号", index_number), ("公开目录", "部门年报"), ("发布机构", name), ("发布日期", f"{published:%Y-%m-%d}")],
            [("索引号", index_number), ("成文日期", f"{published:%Y-%m-%d}"), ("发布机构", name), ("主题分类", "综合政务/政务公开")],
            [("索引号", index_number), ("发布机构", name), ("发布日期", f"{published.year}年{published.month}月{published.day}日")],
        )
    )


def write_page(figures: ReportFigures, template: Template, tables: Mapping[str, PrintedTable], rng: Random) -> tuple[Page, PageFacts]:
    """The page of a report, and what it says of itself. The agency's full name stands in the title, the header or the preamble."""
    prose = load_prose()
    words = _build_words(figures, rng)
    published = _draw_date(figures, rng)
    has_title, has_header, has_signature = rng.random() < 0.7, rng.random() < 0.6, rng.random() < 0.4  # noqa: PLR2004
    index_number = _draw_index_number(figures, rng)
    title = rng.choice(prose.titles).format_map(words) if has_title else None
    header = _write_header(figures, published, index_number, rng) if has_header else []
    preamble = [(rng.choice(prose.preambles) + rng.choice(prose.scopes)).format_map(words)]
    headings = load_form_labels().headings | {table.section: table.title for table in template.tables}
    paragraphs: dict[str, list[str]] = {
        "overview": _write_overview(words, rng),
        "problems": _write_problems(rng),
        "other": _write_others(rng),
    }
    introduces = rng.random() < 0.15  # noqa: PLR2004
    blocks: list[Block] = []
    for section in SECTIONS:
        blocks.append(Block(section, "heading", headings[section]))
        if section in paragraphs:
            blocks += [Block(section, "paragraph", text.format_map(words)) for text in paragraphs[section]]
        if section in tables:
            blocks += [Block(section, "paragraph", rng.choice(prose.table_introductions))] if introduces else []
            blocks.append(Block(section, "table", "", tables[section]))
    footer = [figures.agency.name, f"{published.year}年{published.month}月{published.day}日"] if has_signature else []
    footer += [rng.choice(prose.footers)] if rng.random() < 0.4 else []  # noqa: PLR2004
    facts = PageFacts(title, published if has_header or has_signature else None, index_number if has_header else None)
    return Page(title, header, preamble, blocks, footer), facts
