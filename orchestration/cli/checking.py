"""`nianbao check`: what an office looks at before a report is published. Nothing is stored.

It imports neither Dagster nor Great Expectations, dbt or DuckDB, so that it answers at once.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Final, Literal

import typer

from orchestration.cli.languages import Language, LanguageOption, choose_language
from orchestration.cli.reports import Paths, judge_paths, locate_source, open_output, warn

if TYPE_CHECKING:
    from orchestration.cli.judging import JudgedInput, Judgement

Format = Literal["text", "json", "sarif", "html"]
_SEVERITY_STYLES: Final = {"error": "bold red", "warning": "yellow", "info": "cyan"}


def check(
    paths: Paths,
    output_format: Annotated[
        Format,
        typer.Option("--format", help="html: a page for people; json: one object; sarif: for code hosts and editors."),
    ] = "text",
    history: Annotated[
        list[Path] | None,
        typer.Option(help="Where earlier years' reports of the same agencies are: compared with, not checked.", show_default=False),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Findings only: no tables in text, in html no reports without findings.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write to this file, when all is done, and not to standard output.")] = None,
    lang: LanguageOption = None,
) -> None:
    """Check reports before they are published: the tables as read, then every finding as file:line, like a linter.

    PATHS are folders (read recursively), files, archives (.zip, .tar.gz) or corpora (.jsonl, .parquet with a text column).
    Reports of one agency for several years are compared with each other, and with those of --history. A finding is not always the agency's
    slip: its cause says whether we suspect our own reading (parse).

    With --format html all tables are rebuilt as the form prints them, wrong cells lead to what is wrong, and passages copied from the
    other reports stand side by side.

    Exit status: 0 no error-level finding; 1 such a finding, or an input that is no report or cannot be read; 2 wrong usage.
    """
    from orchestration.settings import load_settings, read_version

    if output_format == "html" and out is None and sys.stdout.isatty():
        raise typer.BadParameter("a page is for a browser: add --out check.html")
    settings = load_settings()
    language = choose_language(lang, settings)
    counts: Counter[str] = Counter()
    earlier = tuple(history or ())
    with judge_paths(paths, settings.max_bytes, history=earlier, keeps_texts=output_format in ("sarif", "html")) as judgement:
        counts.update(_count_inputs(judgement))
        locate = partial(locate_source, paths=(*paths, *earlier))
        with open_output(out) as output:
            match output_format:
                case "json":
                    _print_json(judgement.iterate_inputs(), counts, output, language)
                case "text":
                    _print_checks(judgement.iterate_inputs(), counts, locate, output, language, quiet=quiet)
                case "sarif":
                    from orchestration.cli.sarif import write_sarif

                    write_sarif(judgement, locate, output, language, read_version())
                case "html":
                    from orchestration.cli.pages.rendering import write_page

                    write_page(judgement, counts, locate, output, language, read_version(), only_findings=quiet)
    warn(judgement, paths)
    if earlier and not judgement.history_count:
        _warn_of_history(earlier)
    if counts["error"] or counts["rejected"] or counts["rules not run"]:
        raise typer.Exit(1)


def _warn_of_history(history: Sequence[Path]) -> None:
    from orchestration.cli.consoles import print_error

    print_error(f"nianbao: no earlier report of these agencies under {', '.join(map(str, history))}; nothing was compared with it")


def _count_inputs(judgement: "Judgement") -> Counter[str]:
    counts: Counter[str] = Counter()
    statuses = judgement.outcomes["status"].cast(str).to_list()
    counts.update(statuses)
    counts["inputs"] = len(statuses)
    counts["rules not run"] = judgement.errored.height
    for severity in _SEVERITY_STYLES:
        counts[severity] = judgement.findings.filter(judgement.findings["severity"] == severity).height
    return counts


def _print_json(inputs: "Iterator[JudgedInput]", counts: Counter[str], output: IO[str], language: Language) -> None:
    from orchestration.cli.records import build_record

    records = []
    for judged in inputs:
        detail = {"detail": judged.outcome["detail"], "remedy": _find_remedy(judged, language)}
        records.append(build_record(judged, language) | detail)
    names = ("inputs", "accepted", "suspect", "rejected", "error", "warning", "info")
    answer = {"inputs": records, "summary": {name: counts[name] for name in names}}
    output.write(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n")


def _print_checks(
    inputs: "Iterator[JudgedInput]",
    counts: Counter[str],
    locate: Callable[[str], str],
    output: IO[str],
    language: Language,
    *,
    quiet: bool,
) -> None:
    from rich.text import Text

    from orchestration.cli.consoles import open_console
    from orchestration.cli.tables import build_tables, explain_marks

    console = open_console(output)
    is_explained = False
    for judged in inputs:
        place = locate(str(judged.outcome["source"]))
        grids = [] if quiet else build_tables(judged, language)
        if grids:
            if not is_explained:
                console.print(explain_marks(language), style="dim")
                is_explained = True
            console.print(Text(f"\n{place}", style="bold"), Text(_describe(judged)), soft_wrap=True)
            for grid in grids:
                console.print(grid)
        for style, line in _list_problems(judged, place, language):
            console.print(Text(line, style=style), soft_wrap=True)
    console.print(_sum_up(counts, language), soft_wrap=True)


def _describe(judged: "JudgedInput") -> str:
    report = judged.report
    if report is None:
        return ""
    parts = (report["agency_name"], report["report_year"], report["published_date"], f"template {report['template']}", report["layout"])
    return "  ".join(str(part) for part in parts if part is not None)


def _list_problems(judged: "JudgedInput", place: str, language: Language) -> Iterator[tuple[str, str]]:
    """(style, line): first why the input is not accepted, then its failed findings by line, those of the whole report last."""
    outcome = judged.outcome
    remedy = _find_remedy(judged, language)
    if remedy is not None:
        detail = f" ({outcome['detail']})" if outcome["detail"] is not None else ""
        yield (
            "bold red" if outcome["status"] == "rejected" else "yellow",
            f"{place}: {outcome['status']} {outcome['issue']} {remedy}{detail}",
        )
    for finding in judged.findings:
        line = f":{finding['line']}" if finding["line"] is not None else ""
        doubt = " [parse]" if finding["cause"] == "parse" else ""
        message = finding[f"message_{language}"]
        yield _SEVERITY_STYLES[str(finding["severity"])], f"{place}{line}: {finding['severity']} {finding['rule_id']} {message}{doubt}"


def _find_remedy(judged: "JudgedInput", language: Language) -> str | None:
    from ingest.errors import Issue
    from orchestration.cli.phrases import say_remedy

    issue = judged.outcome["issue"]
    return None if issue is None else say_remedy(Issue(str(issue)), language)


def _sum_up(counts: Counter[str], language: Language) -> str:
    from orchestration.cli.phrases import say

    comma = "，" if language == "zh" else ", "
    statuses, findings = (
        comma.join(f"{say(name, 'zh')} {counts[name]}" if language == "zh" else f"{counts[name]} {name}" for name in names)
        for names in (("accepted", "suspect", "rejected"), _SEVERITY_STYLES)
    )
    if language == "zh":
        return f"共 {counts['inputs']} 份：{statuses}；发现：{findings}"
    return f"{counts['inputs']} inputs: {statuses}; findings: {findings}"
