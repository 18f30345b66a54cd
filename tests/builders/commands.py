"""Runs `nianbao` in this process and gives back what it wrote."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.samples import RenderedReport

with warnings.catch_warnings():
    # typer 0.25.1, the last version that dagster's own command line bears, takes names from click 8.5 that click 9 will not have.
    warnings.filterwarnings("ignore", message=".*will be removed in Click 9", category=DeprecationWarning)
    from orchestration.cli import main


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str


class Nianbao:
    """`nianbao(*arguments)`: one command, its exit status and output."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Outcome:
        self._capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        captured = self._capsys.readouterr()
        return Outcome(status, captured.out, captured.err)


def write_report(folder: Path, report: RenderedReport, name: str | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name or f'{report.slug}-{report.report_year}'}{report.suffix}"
    path.write_bytes(report.content)
    return path
