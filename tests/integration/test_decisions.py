"""From a report that is kept out to a reviewed line to the marts, with real Dagster, dbt and Great Expectations."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from builders.commands import Nianbao

SAMPLES = Path(__file__).parents[2] / "samples" / "reports" / "2022"
CUT = "reports/sushu-county-development-zone-2022.txt"  # 150 of its 200 cells are there
PRINTED = "reports/qinglan-government-2022.txt"
WITHDRAWN = "reports/dancen-county-finance-bureau-2022.txt"
CELL = "requests.new_received.total"

pytestmark = pytest.mark.filterwarnings(
    "ignore:AssetExecutionContext.op is deprecated:DeprecationWarning",  # dagster-dbt calls it
    "ignore:sqlglotrs is deprecated:DeprecationWarning",  # dagster-dbt imports it
)


@pytest.fixture
def nianbao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Nianbao:
    shutil.copytree(SAMPLES, tmp_path / "reports")
    monkeypatch.setenv("NIANBAO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIANBAO_REPORTS", str(tmp_path / "reports"))
    monkeypatch.setenv("NIANBAO_USER", "李")
    monkeypatch.chdir(tmp_path)  # where `decisions` is made
    return Nianbao(capsys)


def ask(home: Path) -> Callable[[str], list[tuple[object, ...]]]:
    connection = duckdb.connect(str(home / "published" / "current" / "nianbao.duckdb"), read_only=True)
    return lambda query: connection.execute(query).fetchall()


def test_decisions_are_applied_by_the_next_build_and_go_stale_when_the_document_changes(nianbao: Nianbao, tmp_path: Path) -> None:
    assert nianbao("build").status == 0
    before = ask(tmp_path / "home")
    ((printed,),) = before(f"select new_received_count from mart_agency_years where source = '{PRINTED}'")
    assert before(f"select reasons from fct_quarantined_reports where source = '{CUT}'")
    waiting = [json.loads(line) for line in nianbao("review", "--format", "json").out.splitlines()]
    (first,) = [matter for matter in waiting if matter["source"] == CUT]
    assert first["kind"] == "kept_out"
    assert "kept out: suspect:incomplete_tables" in nianbao("review").out

    for arguments in (
        ("accept", CUT, "--reason", "缺页见纸质件"),
        ("correct", CUT, "--cell", "disputes.review.total", "--value", "4", "--reason", "缺页"),
        ("correct", PRINTED, "--cell", CELL, "--value", "7", "--reason", "来函更正", "--by", "王"),
        ("exclude", WITHDRAWN, "--reason", "机关撤回"),
    ):
        assert nianbao("review", *arguments).status == 0
    built = nianbao("build")
    assert built.status == 0, built.out
    assert "Decisions  4 applied" in built.out
    after = ask(tmp_path / "home")
    assert after(f"select new_received_count from mart_agency_years where source = '{PRINTED}'") == [(7,)]
    cell = "column_key = 'total' and row_key = 'new_received' and is_decided"
    assert after(f"select request_count, raw, printed_value from fct_requests where {cell}") == [(7, str(printed), printed)]
    assert after(f"select review_count from mart_agency_years where source = '{CUT}'") == [(4,)]
    assert after("select case_count, line, is_printed, printed_value from fct_disputes where is_decided") == [(4, None, False, None)]
    assert after(f"select reasons from fct_quarantined_reports where source = '{WITHDRAWN}'") == [("decision:exclude",)]
    assert after("select reason, status, is_published from fct_decisions where decided_by = '王'") == [("来函更正", "applied", True)]
    assert CUT not in nianbao("review").out  # decided upon
    again = nianbao("build")
    assert "Nothing new" in again.out

    report = tmp_path / PRINTED
    report.write_text(report.read_text("utf-8") + "\n", "utf-8")
    rebuilt = nianbao("build", "--lang", "en")
    assert rebuilt.status == 0  # nothing wrong is published because of it
    assert "Decisions  3 applied, 1 stale" in rebuilt.out
    assert "decisions.stale failed, 1 of 4; it does not block" in rebuilt.out
    now = ask(tmp_path / "home")
    assert now(f"select new_received_count from mart_agency_years where source = '{PRINTED}'") == [(printed,)]
    listed = nianbao("review", "--lang", "en").out
    assert "stale decision: decisions.csv:4" in listed
    assert f"{PRINTED} has changed, its document is" in listed


def test_a_decisions_file_with_a_mistake_stops_the_build_before_anything_is_read(nianbao: Nianbao, tmp_path: Path) -> None:
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / "mine.csv").write_text("document_id,decision\nabc,keep\n", "utf-8")
    built = nianbao("build")
    assert built.status == 2
    assert "mine.csv:2: document_id" in built.err
    assert not (tmp_path / "home" / "raw" / "sightings.parquet").exists()
    assert not (tmp_path / "home" / "published").exists()


def test_a_folder_that_was_named_and_is_not_there_is_an_error(nianbao: Nianbao, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NIANBAO_DECISIONS", str(tmp_path / "misspelt"))
    assert "misspelt, which is no folder" in nianbao("build").err
