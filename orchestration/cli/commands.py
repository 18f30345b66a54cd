"""The commands of `nianbao` and how their help reads."""

import inspect
from collections.abc import Callable
from typing import Annotated, Final

import typer

from orchestration.cli.alerts import alerts
from orchestration.cli.catalogues import rules, samples, templates
from orchestration.cli.checking import check
from orchestration.cli.copying import copies
from orchestration.cli.exporting import export
from orchestration.cli.pipelines import bench, build, docs, ui
from orchestration.cli.publications import diff, publications, rollback
from orchestration.cli.querying import query
from orchestration.cli.reports import parse
from orchestration.cli.reviewing import review
from orchestration.cli.showing import compare, show
from orchestration.cli.totalling import totals
from orchestration.cli.tracing import trace

_ABOUT: Final = """Annual reports of government information disclosure (政府信息公开工作年度报告): every figure exact, with its line.

Look at one report with `check`, take its figures with `parse`, make the warehouse of many with `build`.
"""

_EXAMPLES: Final = {
    "parse": [
        "nianbao parse report.txt",
        "nianbao parse reports/ archive.zip corpus.parquet --out figures.jsonl",
        "nianbao parse reports/ --format table",
        "nianbao parse report.txt --explain",
    ],
    "check": [
        "nianbao check report.html",
        "nianbao check report.docx --history last-years/ --format html --out check.html",
        "nianbao check reports/ --quiet --lang en",
        "nianbao check reports/ --format sarif --out check.sarif",
    ],
    "copies": ["nianbao copies reports/", "nianbao copies --least 0.95 --limit 5", "nianbao copies reports/ --format json"],
    "totals": ["nianbao totals", "nianbao totals 青岚市人民政府 2023", "nianbao totals --format json"],
    "build": ["nianbao build", "nianbao build --reports ~/reports --reports more.zip", "nianbao build --marts-only"],
    "review": [
        "nianbao review",
        "nianbao review accept 2021/office-2021.txt --reason 'the missing page was seen on paper'",
        "nianbao review correct 2021/office-2021.txt --cell requests.granted.total --value 12 --reason 'printed 21, see letter of 3 May'",
    ],
    "trace": [
        "nianbao trace 澹岑县财政局 2024 requests.new_received.total",
        "nianbao trace 澹岑县财政局 2024 '三 本年新收 总计' --format json",
    ],
    "publications": ["nianbao publications", "nianbao publications --format json"],
    "diff": ["nianbao diff", "nianbao diff 3f2a current --limit 0 --format csv --out changes.csv"],
    "rollback": ["nianbao rollback previous --reason 'half of 2024 was read from a broken export'"],
    "ui": ["nianbao ui", "nianbao ui --port 3333"],
    "rules": ["nianbao rules", "nianbao rules show requests.balance"],
    "templates": ["nianbao templates", "nianbao templates show 2021"],
    "samples": ["nianbao samples --out my-samples", "nianbao samples --reports 10000 --out many --seed 7"],
    "bench": ["nianbao bench", "nianbao bench --reports 2000 --repeats 1"],
    "docs": ["nianbao docs"],
    "export": [
        "nianbao export --format csv --out export",
        "nianbao export --format jsonl --table mart_agency_years --year 2024 --out years.jsonl",
        "nianbao export --format xlsx --year 2024 --out 2024.xlsx",
        "nianbao export --format postgres --url postgresql://nianbao@localhost/reports",
    ],
    "show": ["nianbao show 青岚市人民政府", "nianbao show 青岚市人民政府 2024", "nianbao show 青岚市人民政府 --format json"],
    "compare": ["nianbao compare 青岚市人民政府 澄棹市澹岑县人民政府", "nianbao compare ag_56df077e32b6 ag_83eed0b7fbe5 --year 2024"],
    "query": [
        "nianbao query --tables",
        'nianbao query "select agency_name, new_received_count from mart_agency_years where report_year = 2024"',
        "nianbao query question.sql --format csv > answer.csv",
    ],
    "alerts": ["nianbao alerts", "nianbao alerts test", "nianbao alerts send"],
}


def build_app() -> typer.Typer:
    """The application with all commands. Errors are for `main` to print: no tracebacks for what a person can put right."""
    app = typer.Typer(
        name="nianbao",
        help=_ABOUT,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_read_global_options)
    for command in (
        *(parse, check, copies, totals, build, review, trace, publications, diff, rollback),
        *(query, show, compare, export, ui, rules, templates, samples, bench, docs, alerts),
    ):
        app.command(help=_read_help(command), epilog=_show_examples(command.__name__))(command)
    return app


def _read_help(command: Callable[..., None]) -> str:
    """The docstring with its paragraphs unwrapped: the help page wraps them to the window."""
    paragraphs = (inspect.getdoc(command) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _show_examples(command: str) -> str:
    return "\n\n".join(["[bold]Examples[/bold]", *(f"  {example}" for example in _EXAMPLES[command])])


def _print_version(*, is_asked: bool) -> None:
    if is_asked:
        from orchestration.cli.consoles import print_plain
        from orchestration.settings import read_version

        print_plain(f"nianbao {read_version()}")
        raise typer.Exit


def _read_global_options(
    version: Annotated[
        bool, typer.Option("--version", callback=lambda value: _print_version(is_asked=value), is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command; `--version` has done its work in its callback."""
    del version
