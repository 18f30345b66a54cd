"""`nianbao build`: what it passes on, what its summary says, and when it stops a script."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from builders.commands import Nianbao

from orchestration import building
from orchestration.building import BuildSummary
from orchestration.cli.summaries import write_summary
from orchestration.history.journals import Event
from orchestration.manifests import Example, PartitionManifest, RuleEntry
from orchestration.publishing import Publication, PublishedTable
from orchestration.settings import Paths, Settings

HOME = Path("/home-of-nianbao")
READ = (Path("/in"),)
SLIP = Example(source="in/x.txt", line=47, message_zh="“予以公开”行：相差 3", message_en="row granted: off by 3")


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


def build_rule(verdict: str = "failed", *, is_blocking: bool, worst: tuple[Example, ...] = (SLIP,)) -> RuleEntry:
    return RuleEntry(
        rule_id="requests.row_total",
        title_zh="行合计",
        title_en="The total of each row",
        severity="error",
        verdict=verdict,
        is_blocking=is_blocking,
        applicable=9,
        failed=3,
        allowed=2,
        reason=None,
        worst=worst,
    )


def build_summary(**changes: Any) -> BuildSummary:
    rule = build_rule("passed", is_blocking=False)
    manifest = PartitionManifest(
        partition="2021",
        inputs="",
        software="",
        previous=None,
        statuses={"accepted": 8, "rejected": 1},
        issues={"not_a_report": 1},
        findings={"requests.row_total": 3},
        rules=(rule,),
    )
    tables = {"mart_years": PublishedTable(rows=1234, sha256="")}
    publication = Publication(version="abc", staging="", project="", statuses={}, tables=tables)
    fields: dict[str, Any] = {
        "is_unchanged": False,
        "run_ids": (),
        "partitions": {"2021": manifest},
        "blocked": {},
        "marts_gate": (rule,),
        "publication": publication,
        "is_published": True,
        "paths": Paths(HOME),
    }
    return BuildSummary(**(fields | changes))


def test_a_publication_that_was_put_back_is_said_to_be_so_with_the_way_out() -> None:
    event = Event(
        action="rolled_back", publication="abc", before="def", at=datetime(2026, 3, 1, 9, 5, tzinfo=UTC), by="li", reason="broken export"
    )
    text = "\n".join(write_summary(build_summary(is_unchanged=True, is_published=False, rollback=event), "en", READ))
    assert "Nothing new: the publication put back stays." in text
    assert "publication abc, AN EARLIER ONE, not of these inputs" in text
    assert "PUT BACK instead of def, 2026-03-01 09:05 UTC by li: broken export" in text
    assert "nianbao rollback def" in text


def test_the_summary_says_inputs_gates_findings_rows_places_and_what_is_next() -> None:
    lines = [" ".join(line.split()) for line in write_summary(build_summary(), "en", READ)]
    assert "Inputs 9 under /in: 8 accepted, 0 suspect, 1 rejected" in lines
    assert "1 not_a_report" in lines
    assert "Gates 1 report years and 1 marts and drift rules: 2 results passed, 0 failed" in lines
    assert "3 requests.row_total in/x.txt:47: row granted: off by 3" in lines
    assert "Marts publication abc, of these inputs" in lines
    assert "1,234 rows mart_years" in lines
    assert f"DuckDB {HOME}/published/current/nianbao.duckdb" in lines
    assert lines[-2].startswith("Next nianbao ui")


def test_when_nothing_was_read_no_folder_is_named() -> None:
    assert next(write_summary(build_summary(), "en", None)) == "Inputs     9 of the latest good tables: 8 accepted, 0 suspect, 1 rejected"


def test_messages_follow_the_language() -> None:
    text = "\n".join(write_summary(build_summary(), "zh", READ))
    assert "“予以公开”行：相差 3" in text


def test_a_blocked_year_is_named_with_its_rule_and_worst_example() -> None:
    rule = build_rule(is_blocking=True)
    text = "\n".join(write_summary(build_summary(blocked={"2021": (rule,)}, is_published=False), "en", READ))
    assert "BLOCKED  2021: its last good tables stay" in text
    assert "requests.row_total failed: The total of each row" in text
    assert "3 of 9 failed, 2 allowed" in text
    assert "in/x.txt:47: row granted: off by 3" in text
    assert "AN EARLIER ONE, not of these inputs" in text
    assert "docs/runbook.md" in text


def test_a_blocked_scan_is_named_with_its_rule() -> None:
    rule = build_rule(is_blocking=True).model_copy(update={"rule_id": "raw.readable"})
    summary = build_summary(raw_gate=(rule,), is_published=False)
    assert summary.is_blocked
    text = "\n".join(write_summary(summary, "en", READ))
    assert "BLOCKED  raw: the earlier inputs stay" in text
    assert "raw.readable failed" in text


def test_a_blocked_drift_ends_with_the_command_that_accepts_it() -> None:
    rule = build_rule(is_blocking=True).model_copy(update={"rule_id": "drift.reports_by_region"})
    *_, last = write_summary(build_summary(marts_gate=(rule,), is_published=False), "en", READ)
    assert last.strip() == "if all of it is meant: nianbao build --accept-drift drift.reports_by_region"


def test_a_failed_rule_that_does_not_block_is_not_hidden() -> None:
    text = "\n".join(write_summary(build_summary(marts_gate=(build_rule(is_blocking=False),)), "en", READ))
    assert "marts: requests.row_total failed, 3 of 9; it does not block" in text


def test_nothing_new_is_said_first() -> None:
    assert next(write_summary(build_summary(is_unchanged=True), "en", READ)) == "Nothing new: the publication is up to date."


def test_before_the_first_publication_there_is_nothing_to_count() -> None:
    assert "Marts      nothing is published yet" in list(write_summary(build_summary(publication=None), "en", READ))


def fake_build(monkeypatch: pytest.MonkeyPatch, summary: BuildSummary) -> list[tuple[Settings, bool, bool, tuple[str, ...]]]:
    calls: list[tuple[Settings, bool, bool, tuple[str, ...]]] = []

    def build(settings: Settings, *, marts_only: bool, full_refresh: bool, accepted_drift: Sequence[str], progress: Any) -> BuildSummary:
        progress("reading inputs", 1, 2)
        progress("reading inputs", 2, 2)
        calls.append((settings, marts_only, full_refresh, tuple(accepted_drift)))
        return summary

    monkeypatch.setattr(building, "build", build)
    return calls


def test_options_reach_the_pipeline(nianbao: Nianbao, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NIANBAO_HOME", str(tmp_path))
    calls = fake_build(monkeypatch, build_summary())
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert nianbao("build", "--reports", tmp_path / "a", "--reports", tmp_path / "b").status == 0
    assert nianbao("build", "--marts-only", "--accept-drift", "drift.a", "--accept-drift", "drift.b").status == 0
    assert nianbao("build", "--full-refresh").status == 0
    assert [(settings.home, *rest) for settings, *rest in calls] == [
        (tmp_path, False, False, ()),
        (tmp_path, True, False, ("drift.a", "drift.b")),
        (tmp_path, False, True, ()),
    ]
    assert calls[0][0].reports == (tmp_path / "a", tmp_path / "b")


def test_progress_is_logged_once_a_stage_apart_from_the_summary(nianbao: Nianbao, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_build(monkeypatch, build_summary())
    result = nianbao("build")
    assert result.err == "... reading inputs\n"
    assert result.out.startswith("Inputs ")


def test_a_blocked_gate_is_status_1(nianbao: Nianbao, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_build(monkeypatch, build_summary(blocked={"2021": (build_rule(is_blocking=True),)}))
    assert nianbao("build").status == 1


def test_a_path_that_does_not_exist_is_status_2_and_named(nianbao: Nianbao, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NIANBAO_HOME", str(tmp_path / "home"))
    result = nianbao("build", "--reports", tmp_path / "nowhere")
    assert result.status == 2
    assert f"nianbao: {tmp_path / 'nowhere'}: no such file or folder" in result.err
    assert "Traceback" not in result.err


def test_a_wrong_variable_is_status_2_and_named(nianbao: Nianbao, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_MAX_BYTES", "many")
    result = nianbao("parse", ".")
    assert result.status == 2
    assert "NIANBAO_MAX_BYTES" in result.err
