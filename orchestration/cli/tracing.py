"""`nianbao trace`: one figure and the line of the source that it was printed on."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from orchestration.cli.languages import Language, LanguageOption, choose_language

if TYPE_CHECKING:
    from rich.text import Text

    from orchestration.history.tracing import SourceLine, Trace

_OPENING, _CLOSING = "»", "«"
"""Around the figure, so that it is found without colours too."""
_WIDTH: Final = 120
_PLACED: Final = {
    "label": "its labels stand beside it",
    "order": "by order, between labelled neighbours",
    "arithmetic": "by the sums of the table",
}


def trace(
    agency: Annotated[str, typer.Argument(help="Name, part of a name, or agency_id.", show_default=False)],
    year: Annotated[int, typer.Argument(help="The year reported on.", show_default=False)],
    cell: Annotated[str, typer.Argument(help="`requests.new_received.total`, with `/`, or labels.", show_default=False)],
    output_format: Annotated[Literal["text", "json"], typer.Option("--format", help="json: one list.")] = "text",
    lang: LanguageOption = None,
) -> None:
    """Show a figure with the line of the source that it was printed on, from the stored document.

    CELL is a key of the form (`nianbao templates show 2021` lists them) or printed labels: '三 本年新收 总计', '四 行政复议 结果纠正'.
    Where the agency has several documents for the year all are shown, those in the marts first; of one that is kept out, why.

    Exit status: 0 found; 1 no document of that agency and year holds the cell; 2 unknown agency, year or cell.
    """
    from orchestration.cli.consoles import print_plain
    from orchestration.history.tracing import trace_cell
    from orchestration.settings import load_settings

    settings = load_settings()
    traces = trace_cell(settings.paths, agency, year, cell)
    if output_format == "json":
        print_plain(json.dumps([_build_record(one) for one in traces], ensure_ascii=False, allow_nan=False, indent=1))
    else:
        _print_traces(traces, choose_language(lang, settings))
    if all(one.state == "absent" for one in traces):
        raise typer.Exit(1)


def write_figure(value: Decimal | None) -> str:
    """A figure as people write it: 12, not 12.000000."""
    if value is None:
        return "null"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_number(value: Decimal | None) -> int | float | None:
    """A figure as JSON has it: whole numbers without a decimal point."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _print_traces(traces: "list[Trace]", language: Language) -> None:
    from rich.text import Text

    from orchestration.cli.consoles import open_console

    console = open_console()
    for number, one in enumerate(traces):
        if number:
            console.print()
        console.print(Text(f"{one.agency_name}  {one.report_year}  {one.cell}", style="bold"), soft_wrap=True)
        for name, value in _list_facts(one, language):
            console.print(Text.assemble((f"{name:<11}", "dim"), value), soft_wrap=True)
        width = max((len(str(line.number)) for line in one.lines), default=0)
        for line in one.lines:
            console.print(_draw_line(line, line.number == one.line, width), soft_wrap=True)


def _list_facts(one: "Trace", language: Language) -> Iterator[tuple[str, str]]:
    yield "label", one.label
    if one.state == "absent":
        yield "absent", "the document does not hold this cell"
    else:
        yield one.state.replace("_", " "), _describe_figure(one)
    if one.state != "published" and one.reasons is not None:
        yield "because", one.reasons
        for rule_id, zh, en in one.findings:
            yield "", f"{rule_id}: {zh if language == 'zh' else en}"
    if one.method is not None:
        yield "placed", f"{one.method}: {_PLACED[one.method]}" if one.method in _PLACED else one.method
    yield "form", "  ".join(part for part in (one.template, one.report_scope and f"scope {one.report_scope}") if part) or "none"
    yield "source", f"{one.source}:{one.line}" if one.line is not None else str(one.source)
    yield "document", one.document_id
    if one.media_type not in (None, "text/plain"):
        yield "lines", f"of the text made from {one.media_type}"
    if one.line is not None and not one.lines:
        yield "lines", "the document is no longer stored"
    elif one.raw and not any(line.mark for line in one.lines):
        yield "mark", "none: the figure may be printed in more than one place of the line"


def _describe_figure(one: "Trace") -> str:
    if one.value is None:
        what = "blank" if one.raw == "" else "no figure"
    else:
        what = write_figure(one.value) + (f" {one.unit}" if one.unit else "")
    return what + (" (doubtful: one of several readings)" if one.is_doubtful else "") + f"  printed “{one.raw}”"


def _draw_line(line: "SourceLine", is_own: bool, width: int) -> "Text":
    from rich.text import Text

    from orchestration.cli.excerpts import clean_line, cut_text

    head = f"{'>' if is_own else ' '} {line.number:>{width}}│ "
    text, sought = line.text, ""
    if line.mark is not None:
        start, end = line.mark
        sought = _OPENING + line.text[start:end] + _CLOSING
        text = line.text[:start] + sought + line.text[end:]
    shown = Text(cut_text(clean_line(text), _WIDTH, [clean_line(sought)]), style="" if is_own else "dim")
    if sought:
        shown.highlight_words([clean_line(sought)], style="bold reverse")
    return Text.assemble((head, "dim"), shown)


def _build_record(one: "Trace") -> dict[str, object]:
    return {
        "state": one.state,
        "agency_id": one.agency_id,
        "agency": one.agency_name,
        "report_year": one.report_year,
        "report_scope": one.report_scope,
        "template": one.template,
        "cell": list(one.cell),
        "label": one.label,
        "value": read_number(one.value),
        "raw": one.raw,
        "unit": one.unit,
        "method": one.method,
        "doubtful": one.is_doubtful,
        "source": one.source,
        "line": one.line,
        "document_id": one.document_id,
        "media_type": one.media_type,
        "reasons": one.reasons,
        "findings": [{"rule": rule_id, "message_zh": zh, "message_en": en} for rule_id, zh, en in one.findings],
        "lines": [{"number": line.number, "text": line.text, "mark": list(line.mark) if line.mark else None} for line in one.lines],
    }
