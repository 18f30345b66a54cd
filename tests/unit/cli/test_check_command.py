"""`nianbao check`: a linter for reports. What it prints leads to the place; what it returns can stop a script."""

import dataclasses
import json
from pathlib import Path
from typing import NoReturn

import pytest
from builders.commands import Nianbao, write_report

from expectations.checks import KINDS
from ingest.samples import generate_figures, plant_slip, render_report
from ingest.samples.seeding import make_rng
from orchestration.cli.reports import locate_source

SAMPLES = Path(__file__).parents[3] / "samples" / "reports"


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


@pytest.mark.parametrize(
    ("slip", "rule"),
    [("total_off", "requests.column_total"), ("row_total_off", "requests.row_total"), ("disputes_total_off", "disputes.row_total")],
)
def test_a_planted_slip_is_reported_as_file_and_line(nianbao: Nianbao, tmp_path: Path, slip: str, rule: str) -> None:
    figures = plant_slip(generate_figures(seed=21, report_year=2022), slip, make_rng("test", slip))
    report = render_report(figures, "pipe_rows")
    path = write_report(tmp_path, report)
    line = report.lines[figures.slips[0].cell]

    result = nianbao("check", path, "--quiet", "--lang", "en")

    assert result.status == 1
    assert any(text.startswith(f"{path}:{line}: error {rule} ") for text in result.out.splitlines())


def test_a_clean_report_gives_no_finding_and_status_0(nianbao: Nianbao, tmp_path: Path) -> None:
    path = write_report(tmp_path, render_report(generate_figures(seed=21, report_year=2022), "pipe_rows"))
    result = nianbao("check", path, "--quiet", "--lang", "en")
    assert (result.status, result.out) == (0, "1 inputs: 1 accepted, 0 suspect, 0 rejected; findings: 0 error, 0 warning, 0 info\n")
    assert nianbao("check", path, "--quiet", "--lang", "zh").out == "共 1 份：采用 1，存疑 0，拒收 0；发现：错误 0，警告 0，提示 0\n"


def test_the_tables_are_shown_as_printed_with_the_labels_of_the_form(nianbao: Nianbao) -> None:
    result = nianbao("check", SAMPLES / "2025" / "dancen-county-government-2025.txt")
    rows = [" ".join(line.split()) for line in result.out.splitlines()]
    assert "行政复议 4 1 0 0 6" in rows
    assert "（七）总计 31 5 0 0 0 0 36" in rows
    assert "行政事业性收费 1243.519" in rows


def test_the_mixed_form_shows_its_variant_row_once(nianbao: Nianbao) -> None:
    result = nianbao("check", SAMPLES / "2021" / "dancen-county-government-2021.txt")
    assert result.out.count("（六）其他处理") == 1
    assert "（六）3.其他" not in result.out


def test_cells_that_are_not_in_the_text_are_shown_as_absent(nianbao: Nianbao) -> None:
    result = nianbao("check", SAMPLES / "2022" / "sushu-county-development-zone-2022.txt", "--lang", "zh")
    assert "缺" in result.out
    assert result.status == 0  # suspect: warned of, no error
    assert "suspect incomplete_tables" in result.out


def test_messages_are_chinese_unless_something_else_is_asked_for(nianbao: Nianbao, monkeypatch: pytest.MonkeyPatch) -> None:
    path = SAMPLES / "2024" / "dancen-county-finance-bureau-2024.txt"
    chinese, english = ":47: error requests.row_total “予以公开”行", ":47: error requests.row_total row granted"
    monkeypatch.delenv("NIANBAO_LANG", raising=False)
    assert chinese in nianbao("check", path, "-q").out
    assert english in nianbao("check", path, "-q", "--lang", "en").out
    monkeypatch.setenv("NIANBAO_LANG", "en")
    assert english in nianbao("check", path, "-q").out
    assert chinese in nianbao("check", path, "-q", "--lang", "zh").out


def test_an_input_that_is_no_report_is_named_with_its_remedy_and_status_1(nianbao: Nianbao, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    result = nianbao("check", tmp_path, "--quiet", "--lang", "en")
    assert result.status == 1
    assert f"{tmp_path}/empty.txt: rejected empty The file holds no text. Fetch it again from its source." in result.out


def test_several_years_of_one_agency_are_compared(nianbao: Nianbao) -> None:
    result = nianbao("check", SAMPLES / "2022", SAMPLES / "2023", "--quiet", "--lang", "en")
    assert f"{SAMPLES}/2023/qinglan-government-2023.txt:32: error requests.carried_over_matches " in result.out


def test_json_has_every_input_and_the_counts(nianbao: Nianbao) -> None:
    result = nianbao("check", SAMPLES / "2023", "--format", "json", "--lang", "en")
    answer = json.loads(result.out)
    assert result.status == 1
    assert answer["summary"] == {"inputs": 10, "accepted": 9, "suspect": 0, "rejected": 1, "error": 0, "warning": 1, "info": 0}
    (notice,) = [entry for entry in answer["inputs"] if entry["status"] == "rejected"]
    assert notice["remedy"] == "The text is not an annual report of disclosure work."


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "x", "--format", "xml"),
        ("check", "x", "--lang", "fr"),
        ("cheque", "x"),
        ("rules", "show"),
        ("ui", "--port", "0"),
    ],
)
def test_wrong_usage_is_status_2_with_a_message_and_no_traceback(nianbao: Nianbao, arguments: tuple[str, ...]) -> None:
    result = nianbao(*arguments)
    assert result.status == 2
    assert "Traceback" not in result.err
    assert result.err


def test_sources_become_paths_that_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "in").mkdir(parents=True)
    (tmp_path / "a" / "in" / "x.txt").write_bytes(b"")
    (tmp_path / "a" / "in" / "z.zip").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert locate_source("in/x.txt", [Path("a/in")]) == "a/in/x.txt"
    assert locate_source("x.txt", [Path("a/in/x.txt")]) == "a/in/x.txt"
    assert locate_source("in/z.zip!inner.txt", [Path("a/in")]) == "a/in/z.zip!inner.txt"
    assert locate_source("a/in/x.txt", [Path("b/in"), Path("a/in")]) == "a/in/x.txt"
    assert locate_source("elsewhere/x.txt", [Path("a/in")]) == "elsewhere/x.txt"


def test_a_rule_that_cannot_be_run_is_said_and_is_no_clean_bill(nianbao: Nianbao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_arguments: object) -> NoReturn:
        raise RuntimeError("no such column")

    monkeypatch.setitem(KINDS, "balance", dataclasses.replace(KINDS["balance"], check=break_down))
    path = write_report(tmp_path, render_report(generate_figures(seed=21, report_year=2022), "pipe_rows"))
    result = nianbao("check", path, "--quiet")
    assert result.status == 1
    assert "nianbao: rule requests.balance could not be run: RuntimeError: no such column" in result.err
