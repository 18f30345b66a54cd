"""`nianbao parse`: reports in, figures out; and what it shares with `nianbao check`. Nothing is stored.

Neither imports Dagster, Great Expectations, dbt or DuckDB, so that they answer at once.
"""

import re
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Literal

import typer

from ingest.errors import NianbaoError
from orchestration.cli.languages import LanguageOption, choose_language

if TYPE_CHECKING:
    from orchestration.cli.judging import JudgedInput, Judgement

Paths = Annotated[
    list[Path], typer.Argument(help="Folders (read recursively), files, archives (.zip, .tar.gz) or corpora (.jsonl, .parquet).")
]


class OutputError(NianbaoError):
    """The file to write to cannot be written."""


def parse(
    paths: Paths,
    output_format: Annotated[
        Literal["jsonl", "table"] | None,
        typer.Option("--format", help="jsonl: one object per input (the default). table: one row per input.", show_default=False),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show each report to a person: its tables as read, how each row was placed, what to doubt.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write to this file, when all is done, and not to standard output.")] = None,
    lang: LanguageOption = None,
) -> None:
    """Read reports: every figure with the line it was printed on.

    PATHS are folders (read recursively), files, archives (.zip, .tar.gz) or corpora (.jsonl, .parquet with a text column).

    One line for every input, in a stable order, also for what is no report. A figure is the number as the document prints it: never
    repaired, never filled in. A blank or a dash is null with its characters in `raw`; a cell that the document does not hold is absent.
    Findings are those that a build gives, so all inputs are read before the first line is printed.

    With --explain a person sees each report: its tables rebuilt with doubtful cells marked, how each row was placed and on which lines,
    where the document disagrees with itself, and what is printed where rows are missing.
    """
    from orchestration.settings import load_settings

    if explain and output_format is not None:
        raise typer.BadParameter("--explain is for people and --format for software: give one of them")
    settings = load_settings()
    language = choose_language(lang, settings)
    with judge_paths(paths, settings.max_bytes, keeps_texts=explain) as judgement, open_output(out) as output:
        if explain:
            from orchestration.cli.explaining import explain_inputs

            places = [locate_source(source, paths) for source in judgement.outcomes["source"]]
            explain_inputs(judgement.iterate_inputs(), places, output, language)
        elif output_format != "table":
            from orchestration.cli.records import build_record, write_record

            for judged in judgement.iterate_inputs():
                output.write(write_record(build_record(judged, language)) + "\n")
        else:
            _write_overview(judgement.iterate_inputs(), output)
    warn(judgement, paths)


@contextmanager
def judge_paths(paths: Sequence[Path], max_bytes: int, *, history: Sequence[Path] = (), keeps_texts: bool = False) -> "Iterator[Judgement]":
    """What was read and judged. The bar that shows progress is gone before the first result is printed to the same terminal."""
    from ingest.reading import ReadLimits
    from orchestration.cli.consoles import show_progress
    from orchestration.cli.judging import judge_inputs

    with ExitStack() as stack:
        with show_progress(is_logged=False) as progress:
            judging = judge_inputs(paths, ReadLimits(max_bytes=max_bytes), progress, history=history, keeps_texts=keeps_texts)
            judgement = stack.enter_context(judging)
        yield judgement


@contextmanager
def open_output(out: Path | None) -> Iterator[IO[str]]:
    """Standard output, or a file that appears whole or not at all."""
    if out is None:
        yield sys.stdout
        return
    draft = out.with_name(f".{out.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        draft.replace(out)
    except OSError as error:
        raise OutputError(f"{out} cannot be written ({error.strerror}); choose another file with --out") from error
    finally:
        draft.unlink(missing_ok=True)


def _write_overview(inputs: "Iterator[JudgedInput]", output: IO[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    grid = Table(
        "source", "status", "issue", "year", "agency", "template", "layout", "cells", "findings", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for judged in inputs:
        outcome, report = judged.outcome, judged.report
        row = [outcome["source"], outcome["status"], outcome["issue"], outcome["report_year"]]
        if report is None:
            row += ["", "", "", "", ""]
        else:
            cells = f"{report['located_cell_count']} of {report['expected_cell_count']}"
            row += [report["agency_name"], report["template"], report["layout"], cells, len(judged.findings) or ""]
        grid.add_row(*("" if value is None else str(value) for value in row))
    console = Console(file=output, highlight=False, markup=False, width=None if output.isatty() else 200)
    console.print(grid)


def locate_source(source: str, paths: Sequence[Path]) -> str:
    """The source as a path from where the user stands, so that an editor or terminal can open `path:line`.

    A source starts with the last names of the path that was given; the source itself when no given path leads to a file.
    """
    for path in paths:
        parts = path.absolute().parts
        for depth in range(1, len(parts) + 1):
            prefix = "/".join(parts[-depth:])
            rest = source.removeprefix(prefix)
            if rest == source or (rest and rest[0] not in "/!#"):
                continue
            file = re.split(r"[!#]", rest.lstrip("/"), maxsplit=1)[0]
            if rest[:1] in ("!", "#", "") or (path / file).exists():
                return f"{path}{rest}"
    return source


def warn(judgement: "Judgement", paths: Sequence[Path]) -> None:
    """What would be silence otherwise: no input at all, a rule that could not be run."""
    from orchestration.cli.consoles import print_error

    if judgement.outcomes.is_empty():
        print_error(f"nianbao: no input under {', '.join(map(str, paths))}; hidden files and folders are not read")
    for reason in judgement.errored.select("rule_id", "reason").unique(maintain_order=True).rows():
        print_error(f"nianbao: rule {reason[0]} could not be run: {reason[1]}")
