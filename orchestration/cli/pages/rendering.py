"""Writes the page."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import IO

import polars as pl
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from expectations.catalogue import load_catalogue
from ingest.errors import Issue
from ingest.tables import SEVERITIES, STATUSES
from ingest.templates import load_templates
from orchestration.cli.excerpts import clean_line
from orchestration.cli.judging import JudgedInput, Judgement
from orchestration.cli.languages import Language
from orchestration.cli.pages.accounts import Account, build_accounts
from orchestration.cli.pages.copied import Copy, find_copies, list_copies, name_report
from orchestration.cli.pages.grids import Grid, build_grids
from orchestration.cli.pages.words import word
from orchestration.cli.phrases import say_remedy


@dataclass(frozen=True)
class SummaryEntry:
    """One line of the table at the top; `is_shown`: the report has a section of its own."""

    number: int
    name: str
    place: str
    status: str
    counts: Mapping[str, int]
    is_shown: bool


@dataclass(frozen=True)
class Summary:
    """What stands at the top. `state` is the severity of the gravest finding, or `clean`; `not_run`: rules and why."""

    state: str
    verdict: str
    counts: Mapping[str, int]
    unread: int
    doubted: int
    history: int
    not_run: list[tuple[str, str]]
    entries: list[SummaryEntry]


@dataclass(frozen=True)
class ReportView:
    """The section of one input."""

    number: int
    name: str
    place: str
    status: str
    issue: str | None
    facts: list[str]
    grids: list[Grid]
    accounts: list[Account]
    copies: list[Copy] | None


def write_page(
    judgement: Judgement,
    counts: Mapping[str, int],
    locate: Callable[[str], str],
    output: IO[str],
    language: Language,
    version: str,
    *,
    only_findings: bool,
) -> None:
    """Write the page of everything judged to `output`, input by input.

    `counts`: inputs by status and findings by severity; `locate`: source → where it is for the user. With `only_findings` inputs without
    anything to say have no section of their own. The texts of the reports must have been kept.
    """
    copies = find_copies(judgement, locate, language)
    counts = {name: counts[name] for name in ("inputs", *STATUSES, *SEVERITIES)}
    summary = _sum_up(judgement, counts, copies, locate, language, only_findings=only_findings)
    shown = {entry.number for entry in summary.entries if entry.is_shown}
    page = _load_page()
    parts = page.generate(
        summary=summary,
        reports=_view_reports(judgement, copies, shown, locate, language),
        word=partial(_say, language),
        css=Markup(files(__package__).joinpath("page.css").read_text("utf-8")),  # noqa: S704 our own file
        version=version,
        rule_count=len(load_catalogue().of_scope("report")),
    )
    for part in parts:
        output.write(part)


def _load_page() -> Template:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, finalize=_clean)
    return environment.from_string(files(__package__).joinpath("page.html.jinja").read_text("utf-8"))


def _say(language: Language, key: str, **values: object) -> str:
    return word(key, language, **values)


def _clean(value: object) -> object:
    """Text of a document without characters that steer what is shown. What is markup already is left alone."""
    return clean_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _sum_up(
    judgement: Judgement,
    counts: Mapping[str, int],
    copies: dict[str, list[Copy]] | None,
    locate: Callable[[str], str],
    language: Language,
    *,
    only_findings: bool,
) -> Summary:
    found: dict[str, Counter[str]] = {}
    for document_id, severity in judgement.findings.select("document_id", "severity").iter_rows():
        found.setdefault(document_id, Counter())[severity] += 1
    names = {row[0]: row[1] for row in judgement.reports.select("document_id", "agency_name").iter_rows()}
    entries = []
    columns = ("source", "document_id", "report_year", "status")
    for number, (source, document_id, year, status) in enumerate(judgement.outcomes.select(columns).iter_rows(), start=1):
        own = found.get(document_id, Counter())
        place = locate(source)
        is_shown = not only_findings or bool(own) or status != "accepted" or bool(list_copies(copies, document_id))
        name = _name(names.get(document_id), year, place, language)
        entries.append(SummaryEntry(number, name, place, status, {severity: own[severity] for severity in SEVERITIES}, is_shown))
    state = next((severity for severity in ("error", "warning") if counts[severity]), "clean")
    unread = counts["suspect"] + counts["rejected"]
    if not entries:
        state, verdict = "warning", word("verdict_none", language)
    elif state == "clean" and unread == len(entries):
        state, verdict = "warning", ""
    else:
        verdict = word(f"verdict_{state}", language, **counts)
    doubted = judgement.findings.filter((pl.col("cause") == "parse") & pl.col("severity").is_in(["error", "warning"])).height
    errored = judgement.errored.select("rule_id", "reason").unique(maintain_order=True)
    not_run = [(str(rule), str(reason)) for rule, reason in errored.iter_rows()]
    return Summary(
        "warning" if unread and state == "clean" else state, verdict, counts, unread, doubted, judgement.history_count, not_run, entries
    )


def _view_reports(
    judgement: Judgement, copies: dict[str, list[Copy]] | None, shown: set[int], locate: Callable[[str], str], language: Language
) -> Iterator[ReportView]:
    rules = {rule.id: rule for rule in load_catalogue().rules}
    for number, judged in enumerate(judgement.iterate_inputs(), start=1):
        if number not in shown:
            continue
        accounts = build_accounts(judged, rules, language)
        outcome, report = judged.outcome, judged.report
        place = locate(str(outcome["source"]))
        own = list_copies(copies, outcome["document_id"]) if report is not None else None
        yield ReportView(
            number=number,
            name=_name(None if report is None else report["agency_name"], outcome["report_year"], place, language),
            place=place,
            status=str(outcome["status"]),
            issue=_explain_issue(outcome, language),
            facts=list(_list_facts(judged, language)),
            grids=build_grids(judged, accounts, language),
            accounts=accounts,
            copies=None if own is None else list(own),
        )


def _name(agency: object, year: object, place: str, language: Language) -> str:
    """Agency and year; where the agency is not known, the file's name says more."""
    return place.rsplit("/", 1)[-1] if agency is None else name_report(agency, year, language)


def _explain_issue(outcome: Mapping[str, object], language: Language) -> str | None:
    if outcome["issue"] is None:
        return None
    detail = f" ({outcome['detail']})" if outcome["detail"] is not None else ""
    return say_remedy(Issue(str(outcome["issue"])), language) + detail


def _list_facts(judged: JudgedInput, language: Language) -> Iterator[str]:
    report = judged.report
    if report is None:
        return
    template = load_templates().get(str(report["template"]))
    if template is not None:
        yield f"{word('form', language)} {template.instrument}"
    if report["published_date"] is not None:
        yield f"{word('published', language)} {report['published_date']}"
    if report["expected_cell_count"]:
        yield word(
            "cells",
            language,
            expected=report["expected_cell_count"],
            located=report["located_cell_count"],
            doubtful=report["doubtful_cell_count"],
        )
    if judged.printed is not None and judged.printed.media_type != "text/plain":
        yield word("converted", language)
