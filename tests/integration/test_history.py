"""Publications of real builds: a changed figure is found with both its lines, an earlier publication is put back and stays."""

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from builders.commands import Nianbao, write_report

from ingest.samples import generate_reports
from orchestration.building import BuildSummary, build
from orchestration.history.comparing import compare_publications
from orchestration.history.publications import find_publication, list_publications
from orchestration.history.tracing import Trace, trace_cell
from orchestration.publishing import read_publication
from orchestration.settings import Settings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="sqlglotrs is deprecated", category=DeprecationWarning)
    import orchestration.definitions  # noqa: F401

pytestmark = pytest.mark.filterwarnings("ignore:AssetExecutionContext.op is deprecated:DeprecationWarning")

CELL = "proactive.licence.decisions"
"""A figure that no sum holds: changing it breaks no rule."""


@dataclass(frozen=True)
class History:
    settings: Settings
    reports: Path
    changed: Trace
    """The figure before it was changed in its file."""
    first: BuildSummary
    second: BuildSummary


def change_figure(folder: Path, trace: Trace, figure: str) -> None:
    """Write another figure into the file on the line where it is printed."""
    (line,) = [line for line in trace.lines if line.mark is not None]
    path = folder.parent / str(trace.source)
    lines = path.read_text("utf-8").split("\n")
    start, end = line.mark
    lines[line.number - 1] = lines[line.number - 1][:start] + figure + lines[line.number - 1][end:]
    path.write_text("\n".join(lines), "utf-8")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    root = tmp_path_factory.mktemp("history")
    folder = root / "reports"
    for report in generate_reports(4, seed=11):
        write_report(folder, report)
    settings = Settings(home=root / "home", reports=(folder,), user="li")
    first = build(settings)
    changed = find_plain_figure(settings)
    change_figure(folder, changed, "4321")
    yield History(settings, folder, changed, first, build(settings))


def find_plain_figure(settings: Settings) -> Trace:
    """A published figure in a text file, whose place on its line is certain."""
    reports = pl.read_parquet(settings.paths.published / "current" / "fct_reports.parquet").sort("source")
    for row in reports.iter_rows(named=True):
        (trace,) = trace_cell(settings.paths, row["agency_id"], row["report_year"], CELL)
        if str(trace.source).endswith(".txt") and any(line.mark for line in trace.lines) and trace.value:
            return trace
    raise AssertionError("no plain text among the samples")


@pytest.fixture
def nianbao(history: History, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Nianbao:
    for name, value in history.settings.to_environment().items():
        monkeypatch.setenv(name, value)
    return Nianbao(capsys)


def test_a_figure_changed_in_its_file_is_the_only_change_with_both_lines_and_the_reason(history: History) -> None:
    assert history.second.is_published
    paths = history.settings.paths
    found = compare_publications(find_publication(paths, "previous").folder, find_publication(paths, "current").folder)
    (row,) = found.changes.to_dicts()
    assert (row["reason"], f"{row['table']}.{row['row']}.{row['column']}") == ("document_changed", CELL)
    assert (row["agency_id"], row["report_year"]) == (history.changed.agency_id, history.changed.report_year)
    assert (row["from_value"], row["to_value"]) == (history.changed.value, 4321)
    place = (history.changed.source, history.changed.line)
    assert (row["from_source"], row["from_line"]) == (row["to_source"], row["to_line"]) == place


def test_a_publication_says_what_it_was_made_from_and_with(history: History) -> None:
    earlier, later = history.first.publication.origins, history.second.publication.origins
    assert earlier.input_count == later.input_count == 4
    assert earlier.inputs != later.inputs
    assert (earlier.parser, earlier.templates, earlier.rules, earlier.code) == (later.parser, later.templates, later.rules, later.code)


def test_tables_without_a_change_share_their_file(history: History) -> None:
    one, other = list_publications(history.settings.paths)
    same = {name for name, table in one.manifest.tables.items() if other.manifest.tables[name].sha256 == table.sha256}
    assert {"dim_rules", "fct_disputes", "fct_requests"} & same
    assert all((one.folder / f"{name}.parquet").samefile(other.folder / f"{name}.parquet") for name in same)


def test_a_publication_put_back_stays_until_there_are_new_inputs(history: History, nianbao: Nianbao) -> None:
    settings, paths = history.settings, history.settings.paths
    newest = find_publication(paths, "current").name
    assert nianbao("rollback", "previous", "--reason", "a figure is wrong").status == 0
    assert read_publication(paths) == history.first.publication
    (trace,) = trace_cell(paths, history.changed.agency_id, history.changed.report_year, CELL)
    assert (trace.value, trace.lines) == (history.changed.value, history.changed.lines)  # the document of then is still stored

    for summary in (build(settings), build(settings, marts_only=True)):
        assert (summary.is_unchanged, summary.is_published, summary.rollback.by) == (True, False, "li")
    told = nianbao("build")
    assert told.status == 0
    assert f"PUT BACK instead of {newest}" in told.out
    # A run that Dagster makes all the same (a person starts it, a schedule) does not undo it either.
    (paths.staging / "manifests" / f"{history.changed.report_year}.json").unlink()
    again = build(settings)
    assert again.run_ids
    assert again.rollback is not None
    assert read_publication(paths) == history.first.publication

    path = history.reports.parent / str(history.changed.source)
    path.write_text(path.read_text("utf-8").replace("4321", "77"), "utf-8")
    summary = build(settings)
    assert (summary.is_published, summary.rollback) == (True, None)
    (record,) = json.loads(nianbao("diff", "--format", "json").out)["changes"]
    assert (record["from_value"], record["to_value"], record["reason"]) == (int(history.changed.value), 77, "document_changed")
    assert [one.is_current for one in list_publications(paths)] == [True, False, False]
