"""Where the command line writes: results to standard output, progress and errors to standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Final

from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

Report = Callable[[str, int, int | None], None]
"""(what is being done, how many are done, of how many if known)."""

_UNLIMITED: Final = 100_000
_WIDE: Final = 160
"""Columns of output that goes to a file or a pipe, where nobody's window limits the line."""


def open_console(output: IO[str] | None = None) -> Console:
    """Standard output, or another, for people. Piped or redirected output is as wide as its lines need."""
    file = sys.stdout if output is None else output
    return Console(file=file, highlight=False, soft_wrap=False, width=None if file.isatty() else _WIDE)


def measure_grid(console: Console, grid: Table) -> tuple[int, int]:
    """Columns that a grid needs at the least and at the most, however wide the console is."""
    measured = Measurement.get(console, console.options.update(width=_UNLIMITED), grid)
    return measured.minimum, measured.maximum


def print_plain(text: str) -> None:
    """One line to standard output, exactly as it is: nothing is wrapped, coloured or interpreted."""
    sys.stdout.write(text + "\n")


def print_error(text: str) -> None:
    """One line to standard error."""
    sys.stderr.write(text + "\n")


@contextmanager
def show_progress(*, is_logged: bool) -> Iterator[Report]:
    """A bar on standard error while the context lasts, when that is a terminal; else, with `is_logged`, one line per stage."""
    if sys.stderr.isatty():
        with _show_bar() as report:
            yield report
    elif is_logged:
        yield _build_log()
    else:
        yield lambda _stage, _done, _total: None


@contextmanager
def _show_bar() -> Iterator[Report]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as progress:
        task = progress.add_task("starting", total=None)

        def report(stage: str, done: int, total: int | None) -> None:
            progress.update(task, description=stage, completed=done, total=total)

        yield report


def _build_log() -> Report:
    latest = ""

    def report(stage: str, _done: int, _total: int | None) -> None:
        nonlocal latest
        if stage != latest:
            latest = stage
            print_error(f"... {stage}")

    return report
