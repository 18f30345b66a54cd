"""`nianbao review`: what waits for a person's decision, and the line that says what was decided."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ingest.errors import NianbaoError
from orchestration.cli.languages import Language, LanguageOption, choose_language

if TYPE_CHECKING:
    from orchestration.reviewing import Matter
    from orchestration.settings import Settings

_KINDS = {"stale": "stale decision", "kept_out": "kept out", "finding": "in the marts, with errors"}


def review(
    action: Annotated[Literal["list", "accept", "exclude", "correct"], typer.Argument()] = "list",
    report: Annotated[str | None, typer.Argument(help="A report: its source, or the beginning of its document id.")] = None,
    cell: Annotated[str | None, typer.Option(help="A cell of it, such as requests.new_received.total.", show_default=False)] = None,
    rule: Annotated[str | None, typer.Option(help="A rule whose finding may stand.", show_default=False)] = None,
    value: Annotated[float | None, typer.Option(help="What the marts shall count with; of `correct`.", show_default=False)] = None,
    reason: Annotated[str | None, typer.Option(help="Why; it is published with the decision.", show_default=False)] = None,
    by: Annotated[str | None, typer.Option(help="Who decides. Default: the user's name.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=0, help="Reports to list, worst first; 0 lists all.")] = 20,
    output_format: Annotated[Literal["text", "json"], typer.Option("--format", help="json: one object per line and report.")] = "text",
    lang: LanguageOption = None,
) -> None:
    """List what waits for a decision, worst first, with its evidence; or decide, by a line in the decisions file.

    `accept` lets a report in that is kept out, lets the finding of a `--rule` stand, or takes a doubtful `--cell` as read. `exclude`
    keeps a report out, or counts nothing for a `--cell`. `correct` gives a `--cell` a `--value`. What is printed never changes. The next
    build applies it.
    """
    from orchestration.settings import load_settings

    settings = load_settings()
    if action == "list":
        if report is not None:
            raise NianbaoError(f"say what to do with {report}: nianbao review accept|exclude|correct {report} --reason …")
        _list(settings, limit, output_format, choose_language(lang, settings))
        return
    if report is None or reason is None:
        raise NianbaoError(f"a decision needs a report and a reason: nianbao review {action} REPORT --reason …")
    _decide(settings, action, report, cell, rule, value, reason, by, choose_language(lang, settings))


def _list(settings: "Settings", limit: int, output_format: str, language: Language) -> None:
    from dataclasses import asdict

    from expectations.catalogue import load_catalogue
    from orchestration.cli.consoles import print_error, print_plain
    from orchestration.reviewing import list_matters
    from orchestration.storage import Storage

    storage = Storage(settings.paths)
    if not storage.read_manifests():
        raise NianbaoError(f"nothing has been read under {storage.paths.home}; run `nianbao build` first")
    matters = list_matters(storage, load_catalogue())
    shown = matters[:limit] if limit else matters
    if output_format == "json":
        for matter in shown:
            print_plain(json.dumps(asdict(matter), ensure_ascii=False, allow_nan=False))
        return
    for matter in shown:
        _print_matter(matter, language)
    rest = f"; {len(matters) - len(shown)} more, --limit 0 lists all" if len(shown) < len(matters) else ""
    print_error(f"{len(matters)} wait for a decision{rest}")


def _print_matter(matter: "Matter", language: Language) -> None:
    from rich.text import Text

    from orchestration.cli.consoles import open_console

    console = open_console()
    who = f"{matter.agency_name or '?'} {matter.report_year or '?'}"
    console.print(Text(f"\n{matter.source}", style="bold"), Text(f"{who}  {matter.document_id[:12]}"), soft_wrap=True)
    console.print(Text(f"  {_KINDS[matter.kind]}: {', '.join(matter.reasons)}", style="yellow"), soft_wrap=True)
    for proof in matter.proofs:
        place = matter.source if proof.line is None else f"{matter.source}:{proof.line}"
        message = proof.message_zh if language == "zh" else proof.message_en
        about = " ".join(part for part in (proof.rule_id, proof.cell) if part)
        console.print(Text(f"  {place}: {about}: {message}"), soft_wrap=True)


def _decide(
    settings: "Settings",
    action: str,
    report: str,
    cell: str | None,
    rule: str | None,
    value: float | None,
    reason: str,
    by: str | None,
    language: Language,
) -> None:
    from datetime import datetime

    from pydantic import ValidationError

    from expectations.catalogue import load_catalogue
    from expectations.decisions.reading import Decision, read_decisions, split_cell
    from expectations.decisions.writing import append_decision
    from orchestration.cli.consoles import print_error, print_plain
    from orchestration.deciding import judge_stored
    from orchestration.reviewing import find_document, read_printed
    from orchestration.storage import Storage

    if not by and settings.user is None:
        raise NianbaoError("nobody is named as who decides; say --by NAME, or set NIANBAO_USER")
    storage, catalogue = Storage(settings.paths), load_catalogue()
    document_id, source = find_document(storage, report)
    if rule is not None:
        catalogue.rule(rule)
    parts = () if cell is None else split_cell(cell)
    fields = {
        "document_id": document_id,
        "source": source,
        "cell": cell,
        "rule": rule,
        "decision": action,
        "value": value,
        "printed": read_printed(storage, document_id, parts) if len(parts) == 3 else None,  # noqa: PLR2004 table, row, column
        "reason": reason,
        "decided_by": by or settings.user,
        "decided_on": datetime.now().astimezone().date(),
    }
    try:
        decision = Decision.model_validate(fields)
    except ValidationError as error:
        raise NianbaoError("; ".join(str(item["msg"]).removeprefix("Value error, ") for item in error.errors())) from error
    if settings.decisions is None:
        raise NianbaoError("no folder for decisions; set NIANBAO_DECISIONS")
    path, line = append_decision(settings.decisions, decision, catalogue)
    print_plain(f"{_shorten(path)}:{line}: {action} {source}{f' {cell or rule}' if cell or rule else ''}; `nianbao build` applies it")
    written = read_decisions(settings.decisions, catalogue).filter(file=path.name, line=line)
    for detail_zh, detail_en in (
        judge_stored(storage, written, catalogue).drop_nulls("detail_en").select("detail_zh", "detail_en").iter_rows()
    ):
        print_error(f"no effect as things stand: {detail_zh if language == 'zh' else detail_en}")


def _shorten(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
