"""`nianbao check --history`: earlier reports are compared with and never checked themselves."""

import json
from pathlib import Path

import pytest
from builders.commands import Nianbao

SAMPLES = Path(__file__).parents[3] / "samples" / "reports"
CARRIED = SAMPLES / "2023" / "qinglan-government-2023.txt"
"""Its 上年结转 is not what the report for 2022 carried forward."""


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


def read_rules(out: str) -> list[tuple[str, str]]:
    return [(entry["source"], finding["rule"]) for entry in json.loads(out)["inputs"] for finding in entry["findings"]]


def test_last_year_shows_what_this_year_alone_does_not(nianbao: Nianbao) -> None:
    alone = nianbao("check", CARRIED, "--format", "json")
    compared = nianbao("check", CARRIED, "--history", SAMPLES / "2022", "--format", "json")
    assert (alone.status, read_rules(alone.out)) == (0, [])
    assert compared.status == 1
    assert (CARRIED.name, "requests.carried_over_matches") in read_rules(compared.out)


def test_findings_of_earlier_reports_are_not_shown(nianbao: Nianbao) -> None:
    answer = nianbao("check", CARRIED, "--history", SAMPLES, "--format", "json")
    assert {source for source, _ in read_rules(answer.out)} == {CARRIED.name}
    assert json.loads(answer.out)["summary"]["inputs"] == 1


def test_the_report_itself_or_another_of_its_year_in_the_history_is_no_duplicate(nianbao: Nianbao, tmp_path: Path) -> None:
    draft = CARRIED.read_text(encoding="utf-8").replace("\t0\t", "\t1\t", 1) + "\n"
    (tmp_path / "draft.txt").write_text(draft, encoding="utf-8")
    (tmp_path / "same.txt").write_bytes(CARRIED.read_bytes())
    answer = nianbao("check", CARRIED, "--history", tmp_path, "--format", "json")
    assert (answer.status, read_rules(answer.out)) == (0, [])
    assert "no earlier report of these agencies" in answer.err


def test_later_reports_and_other_agencies_take_no_part(nianbao: Nianbao) -> None:
    answer = nianbao("check", CARRIED, "--history", SAMPLES / "2024", "--quiet")
    assert answer.status == 0
    assert "no earlier report of these agencies" in answer.err


def test_a_history_that_does_not_exist_is_named(nianbao: Nianbao, tmp_path: Path) -> None:
    answer = nianbao("check", CARRIED, "--history", tmp_path / "nowhere")
    assert answer.status == 2
    assert "nowhere" in answer.err
