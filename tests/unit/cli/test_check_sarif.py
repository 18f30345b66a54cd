"""`nianbao check --format sarif`: code hosts and editors show each finding at its line, and know it again when lines move."""

import dataclasses
import json
from pathlib import Path
from typing import Any, NoReturn

import jsonschema
import pytest
from builders.commands import Nianbao, write_report

from expectations.catalogue import load_catalogue
from expectations.checks import KINDS
from ingest.samples import RenderedReport, generate_figures, plant_slip, render_report
from ingest.samples.seeding import make_rng

SAMPLES = Path(__file__).parents[3] / "samples" / "reports"
SCHEMA = json.loads((Path(__file__).parent / "sarif_schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


@pytest.fixture
def slipped() -> RenderedReport:
    figures = plant_slip(generate_figures(seed=21, report_year=2022), "row_total_off", make_rng("test", "sarif"))
    return render_report(figures, "pipe_rows")


def read_run(text: str) -> dict[str, Any]:
    log = json.loads(text)
    jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(log)
    (run,) = log["runs"]
    return dict(run)


def fingerprints(run: dict[str, Any]) -> list[str]:
    return [next(iter(result["partialFingerprints"].values())) for result in run["results"]]


def test_a_slip_is_a_result_at_its_line_with_its_rule_level_and_cell(nianbao: Nianbao, tmp_path: Path, slipped: RenderedReport) -> None:
    path = write_report(tmp_path, slipped)
    answer = nianbao("check", path, "--format", "sarif", "--lang", "en")
    run = read_run(answer.out)
    (result,) = [one for one in run["results"] if one["ruleId"] == "requests.row_total"]
    location = result["locations"][0]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]

    assert answer.status == 1
    assert result["level"] == "error"
    assert result["message"]["text"].startswith("row granted: ")
    assert location["physicalLocation"]["artifactLocation"]["uri"] == path.as_uri()
    assert location["physicalLocation"]["region"] == {"startLine": slipped.lines["requests", "granted", "total"]}
    assert location["logicalLocations"] == [{"fullyQualifiedName": "requests.granted.total", "kind": "cell"}]
    assert rule["id"] == "requests.row_total"
    assert rule["properties"]["title_zh"] == "各行总计等于各类申请人之和"
    assert "国办公开办函〔2021〕30号" in rule["help"]["text"]


def test_a_result_keeps_its_fingerprint_when_lines_and_file_move(nianbao: Nianbao, tmp_path: Path, slipped: RenderedReport) -> None:
    here = read_run(nianbao("check", write_report(tmp_path / "a", slipped), "--format", "sarif").out)
    moved = dataclasses.replace(slipped, text="\n\n" + slipped.text)
    there = read_run(nianbao("check", write_report(tmp_path / "b", moved, "renamed"), "--format", "sarif").out)
    lines = [run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] for run in (here, there)]
    assert lines[1] == lines[0] + 2
    assert fingerprints(there) == fingerprints(here)


def test_different_findings_have_different_fingerprints(nianbao: Nianbao) -> None:
    run = read_run(nianbao("check", SAMPLES, "--format", "sarif").out)
    assert len(run["results"]) > 10
    assert len(set(fingerprints(run))) == len(run["results"])


def test_every_rule_that_judges_reports_is_declared_once(nianbao: Nianbao) -> None:
    rules = read_run(nianbao("check", SAMPLES / "2019", "--format", "sarif").out)["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    assert len(set(ids)) == len(ids)
    assert {rule.id for rule in load_catalogue().of_scope("report")} <= set(ids)


def test_an_input_that_cannot_be_read_is_a_result_with_its_remedy(nianbao: Nianbao, tmp_path: Path) -> None:
    (tmp_path / "空 文件.txt").write_bytes(b"")
    answer = nianbao("check", tmp_path, "--format", "sarif")
    (result,) = read_run(answer.out)["results"]
    assert answer.status == 1
    assert (result["ruleId"], result["level"]) == ("input.empty", "error")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("/%E7%A9%BA%20%E6%96%87%E4%BB%B6.txt")


def test_lines_of_a_converted_text_are_no_lines_of_the_file(nianbao: Nianbao, tmp_path: Path) -> None:
    figures = plant_slip(generate_figures(seed=21, report_year=2022), "row_total_off", make_rng("test", "sarif"))
    path = write_report(tmp_path, render_report(figures, "html_word"))
    result = read_run(nianbao("check", path, "--format", "sarif").out)["results"][0]
    assert "region" not in result["locations"][0]["physicalLocation"]
    assert result["properties"]["line"] > 1


def test_a_rule_that_could_not_be_run_is_told(nianbao: Nianbao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_arguments: object) -> NoReturn:
        raise RuntimeError("no such column")

    monkeypatch.setitem(KINDS, "balance", dataclasses.replace(KINDS["balance"], check=break_down))
    path = write_report(tmp_path, render_report(generate_figures(seed=21, report_year=2022), "pipe_rows"))
    (invocation,) = read_run(nianbao("check", path, "--format", "sarif").out)["invocations"]
    assert invocation["executionSuccessful"] is False
    told = [notification["message"]["text"] for notification in invocation["toolExecutionNotifications"]]
    assert "requests.balance: RuntimeError: no such column" in told
