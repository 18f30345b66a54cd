"""`nianbao parse --explain`: one report after the other in a terminal, so that a person sees what was read, how, and what to doubt."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from expectations.catalogue import load_catalogue
from ingest.errors import Issue
from ingest.tables import METHODS, SECTIONS
from ingest.templates import load_templates, section_numeral
from orchestration.cli.drawing import Mark, draw_entry, draw_form, draw_wrapped, write_lines
from orchestration.cli.excerpts import clean_line, crop_start, cut_text
from orchestration.cli.forms import Form, FormRow, rebuild_forms
from orchestration.cli.judging import JudgedInput
from orchestration.cli.languages import Language
from orchestration.cli.phrases import LEGEND, say, say_remedy
from orchestration.cli.quoting import draw_open_rows, quote_lines, read_span, strip_number
from orchestration.cli.tables import CellKey, read_key

_LEAST_WIDTH: Final = 60
"""A narrower window wraps the lines itself: figures are never cut to fit."""
_MOST_WIDTH: Final = 120
_STATUS_STYLES: Final = {"accepted": "bold green", "suspect": "bold yellow", "rejected": "bold red"}
_SHOWN_SEVERITIES: Final = ("error", "warning")


def explain_inputs(inputs: Iterator[JudgedInput], places: Sequence[str], output: IO[str], language: Language) -> None:
    """Writes every input to `output`, each under its place, and at the end what the signs mean.

    As wide as the terminal, 60 to 120 columns; without colour where the output is no terminal or NO_COLOR is set.
    """
    console = Console(file=output, highlight=False, markup=False, emoji=False)
    width = max(_LEAST_WIDTH, min(console.width, _MOST_WIDTH))
    is_drawn, was_report = False, False
    for number, (judged, place) in enumerate(zip(inputs, places, strict=True)):
        is_report = judged.report is not None
        if number > 0 and (is_report or was_report):
            console.print()
        for line in explain_input(judged, place, width, language):
            console.print(line, soft_wrap=True)
        is_drawn, was_report = is_drawn or bool(judged.cells), is_report
    if is_drawn:
        console.print()
        for sentence in LEGEND[language]:
            for line in draw_wrapped(Text(sentence, style="dim"), width, 0):
                console.print(line, soft_wrap=True)


def explain_input(judged: JudgedInput, place: str, width: int, language: Language) -> Iterator[Text]:
    """The lines for one input, none wider than `width` columns: header, tables, findings, and the rows that are open."""
    if judged.report is None:
        yield from _explain_rejection(judged, place, width, language)
        return
    title = crop_start(clean_line(place), width - 6)
    yield Text("── " + title + " " + "─" * (width - cell_len(title) - 4), style="bold")
    yield from _draw_header(judged, judged.report, width, language)
    forms = rebuild_forms(judged, say("statistics", language))
    found = _number_findings(judged)
    marks = _mark_cells(found)
    for form in forms:
        yield Text()
        yield from draw_form(form, marks, width, language)
    yield from _draw_findings(judged, found, forms, width, language)
    if judged.printed is not None:
        yield from draw_open_rows(judged.printed, forms, width, language)


def _explain_rejection(judged: JudgedInput, place: str, width: int, language: Language) -> Iterator[Text]:
    """Two lines: what is refused and why, and what can be done."""
    outcome = judged.outcome
    reason = f"{say(str(outcome['status']), language)} {outcome['issue']}"
    title = crop_start(clean_line(place), width - cell_len(reason) - 2)
    yield Text.assemble((reason, _STATUS_STYLES[str(outcome["status"])]), "  ", (title, "bold"))
    yield from draw_wrapped(Text(_explain_issue(outcome, language)), width, 2)


def _explain_issue(outcome: Mapping[str, object], language: Language) -> str:
    """The remedy, and in brackets what was seen."""
    detail = f" ({clean_line(str(outcome['detail']))})" if outcome["detail"] is not None else ""
    return say_remedy(Issue(str(outcome["issue"])), language) + detail


def _draw_header(judged: JudgedInput, report: Mapping[str, object], width: int, language: Language) -> Iterator[Text]:
    entries = list(_list_facts(judged, report, language))
    indent = max(cell_len(name) for name, _ in entries) + 2
    for name, value in entries:
        yield from draw_entry(Text(name, style="dim"), value, width, indent)


def _list_facts(judged: JudgedInput, report: Mapping[str, object], language: Language) -> Iterator[tuple[str, Text]]:
    outcome = judged.outcome
    status = str(outcome["status"])
    verdict = Text(say(status, language), style=_STATUS_STYLES[status])
    if outcome["issue"] is not None:
        verdict.append(f" {outcome['issue']}  ").append(_explain_issue(outcome, language), style="not bold")
    yield say("outcome", language), verdict
    yield say("agency", language), Text(clean_line(_name(report["agency_name"], language)))
    dates = [_name(outcome["report_year"], language)]
    if report["published_date"] is not None:
        dates.append(f"{say('published', language)} {report['published_date']}")
    yield say("year", language), Text("  ".join(dates))
    if report["template"] is not None or report["layout"] is not None:
        media_type = None if judged.printed is None else judged.printed.media_type
        yield say("form", language), Text("  ".join(_describe_form(report, media_type, language)))
    if judged.cells:
        yield say("cells", language), _count_cells(report, language)
        counts = Counter(str(cell["method"]) for cell in judged.cells)
        yield say("placing", language), Text("  ".join(f"{say(method, language)} {counts[method]}" for method in METHODS if counts[method]))
    yield from _list_sections(judged, language)


def _name(value: object, language: Language) -> str:
    return say("unknown", language) if value is None else str(value)


def _describe_form(report: Mapping[str, object], media_type: str | None, language: Language) -> Iterator[str]:
    template = _name(report["template"], language)
    known = load_templates()
    yield f"{template} {known[template].instrument}" if template in known else template
    yield f"{say('layout', language)} {_name(report['layout'], language)}"
    if report["is_cut_off"]:
        yield say("cut_off", language)
    if media_type not in (None, "text/plain"):
        yield say("converted", language, media_type)


def _count_cells(report: Mapping[str, object], language: Language) -> Text:
    counts = {key: report[f"{key}_cell_count"] for key in ("expected", "located", "doubtful")}
    numbers = {key: count for key, count in counts.items() if isinstance(count, int)}
    if numbers["expected"]:
        numbers["absent"] = max(0, numbers["expected"] - numbers["located"] - numbers["doubtful"])
    else:  # no form was recognised
        del numbers["expected"]
    text = Text()
    for key, count in numbers.items():
        is_bad = count and key in ("doubtful", "absent")
        text.append(say(key, language, count), style="yellow" if is_bad else "").append("  ")
    return text


def _list_sections(judged: JudgedInput, language: Language) -> Iterator[tuple[str, Text]]:
    if judged.printed is None:
        return
    name = say("sections", language)
    found = {str(section["section"]): section for section in judged.printed.sections}
    spans = {section: write_lines(read_span(row)) for section, row in found.items()}
    column = max(map(len, spans.values()), default=0)
    for section, row in found.items():
        heading = cut_text(clean_line(str(row["heading"])), 44)
        yield name, Text.assemble((spans[section].rjust(column), "dim"), "  ", heading)
        name = ""
    missing = [section_numeral(section) for section in SECTIONS if section not in found]
    if missing:
        yield name, Text(say("not_found", language, "、".join(missing)), style="yellow")


@dataclass(frozen=True)
class _Numbered:
    """A finding and its number in the list; none of a kind that is only counted."""

    number: int
    finding: Mapping[str, object]

    @property
    def subject(self) -> CellKey | None:
        """The cell that it judges."""
        return None if self.finding["table"] is None or self.finding["column"] is None else read_key(self.finding)


def _number_findings(judged: JudgedInput) -> list[_Numbered]:
    shown = [finding for finding in judged.findings if finding["severity"] in _SHOWN_SEVERITIES]
    return [_Numbered(number, finding) for number, finding in enumerate(shown, start=1)]


def _mark_cells(found: Sequence[_Numbered]) -> dict[CellKey, Mark]:
    """The judged cells. Red where the agency has printed it so, else the doubt is ours as well."""
    numbers: dict[CellKey, list[_Numbered]] = {}
    for item in found:
        if item.subject is not None:
            numbers.setdefault(item.subject, []).append(item)
    return {
        key: Mark(
            tuple(item.number for item in items),
            "bold underline red" if any(item.finding["cause"] == "source" for item in items) else "bold underline yellow",
        )
        for key, items in numbers.items()
    }


def _draw_findings(
    judged: JudgedInput, found: Sequence[_Numbered], forms: Sequence[Form], width: int, language: Language
) -> Iterator[Text]:
    if found or judged.cells:
        yield Text()
    if found:
        yield Text(say("findings", language, len(found)), style="bold")
    elif judged.cells:
        is_whole = judged.outcome["status"] == "accepted"
        verdict = Text(say("no_findings" if is_whole else "none_so_far", language), style="green" if is_whole else "dim")
        yield from draw_wrapped(verdict, width, 0)
    rows = {key: row for form in forms for row in form.rows for key in row.keys}
    catalogue = load_catalogue()
    indent = len(f"!{len(found)}") + 2
    for item in found:
        finding = item.finding
        style = "red" if finding["severity"] == "error" else "yellow"
        line = say("at_line", language, finding["line"]) if finding["line"] is not None else say("whole", language)
        head = Text(line)
        if item.subject is not None and finding["lhs"] is not None and finding["rhs"] is not None:
            head.append("  ").append(f"{_write_number(finding['lhs'])} ≠ {_write_number(finding['rhs'])}", style="bold")
        cause = "cause_unknown" if finding["cause"] == "unknown" else str(finding["cause"])
        rule = catalogue.rule(str(finding["rule_id"]))
        head.append(f"  {say(str(finding['severity']), language)}  {say(cause, language)}", style=style).append(f"  {rule.id}", style="dim")
        yield from draw_entry(Text(f"!{item.number}", style=f"bold {style}"), head, width, indent)
        yield from draw_wrapped(Text(clean_line(str(finding[f"message_{language}"]))), width, indent)
        if item.subject is not None:
            yield from draw_wrapped(Text(rule.formula, style="dim"), width, indent)
        yield from _quote_finding(judged, item, rows, width, indent, language)
    infos = sum(finding["severity"] == "info" for finding in judged.findings)
    if infos:
        yield Text(say("infos", language, infos), style="dim")


def _quote_finding(
    judged: JudgedInput, item: _Numbered, rows: Mapping[CellKey, FormRow], width: int, indent: int, language: Language
) -> Iterator[Text]:
    """The printed line or lines of the row that a finding judges."""
    line = item.finding["line"]
    if judged.printed is None or not isinstance(line, int):
        return
    row = rows.get(item.subject) if item.subject is not None else None
    span = row.lines if row is not None and row.lines is not None else (line, line)
    sought = [strip_number(row.label)] if row is not None else []
    yield from quote_lines(judged.printed.text.split("\n"), span, width, indent, sought, language)


def _write_number(value: object) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
