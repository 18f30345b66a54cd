"""`nianbao parse`: the public line of JSON, one for every input, with the figures and lines that the document was made from."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from builders.commands import Nianbao, write_report

from ingest.samples import generate_figures, generate_reports, plant_slip, render_report
from ingest.samples.seeding import make_rng

SAMPLES = Path(__file__).parents[3] / "samples" / "reports"
KEYS = ["source", "status", "issue", "report_year", "agency", "template", "layout", "published_date", "cells", "findings"]
CELL_KEYS = ["table", "row", "column", "value", "raw", "line", "method", "doubtful", "unit"]
FINDING_KEYS = ["rule", "severity", "cause", "message", "cells", "line"]


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


def read_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def index_cells(record: dict[str, Any]) -> dict[tuple[str, str, str], dict[str, Any]]:
    return {(cell["table"], cell["row"], cell["column"]): cell for cell in record["cells"]}


@pytest.mark.parametrize("layout", ["pipe_rows", "bare_cells", "tab_rows", "html"])
def test_every_figure_comes_with_its_line_as_it_was_printed(nianbao: Nianbao, tmp_path: Path, layout: str) -> None:
    report = render_report(generate_figures(seed=5, report_year=2023), layout)
    path = write_report(tmp_path, report)

    result = nianbao("parse", path)

    (record,) = read_lines(result.out)
    cells = index_cells(record)
    assert result.status == 0
    assert cells.keys() == report.figures.keys()
    assert {key: cell["value"] for key, cell in cells.items()} == report.figures
    assert {key: cell["raw"] for key, cell in cells.items()} == report.raws
    if layout != "html":  # lines of HTML are those of its text
        assert {key: cell["line"] for key, cell in cells.items()} == report.lines
    assert (record["status"], record["issue"]) == ("accepted", None)
    assert (record["agency"], record["report_year"], record["template"]) == (report.agency_name, 2023, "2021")
    assert record["published_date"] == (None if report.published_date is None else report.published_date.isoformat())


def test_the_line_has_exactly_the_public_keys_in_their_order(nianbao: Nianbao) -> None:
    result = nianbao("parse", SAMPLES / "2025" / "dancen-county-government-2025.txt")
    (record,) = read_lines(result.out)
    assert list(record) == KEYS
    assert [list(cell) for cell in record["cells"]] == [CELL_KEYS] * 200
    assert [list(finding) for finding in record["findings"]] == [FINDING_KEYS]


def test_numbers_are_written_as_they_are_whole_or_decimal(nianbao: Nianbao) -> None:
    # Read by eye: line 77 is 行政复议 4 1 0 0 6; the fee is 1243.519.
    result = nianbao("parse", SAMPLES / "2025" / "dancen-county-government-2025.txt")
    assert '"row": "review", "column": "total", "value": 6, "raw": "6", "line": 77, ' in result.out
    assert '"column": "amount_10k_yuan", "value": 1243.519, "raw": "1243.519", ' in result.out
    assert "澄棹市澹岑县人民政府" in result.out  # not escaped


def test_a_finding_names_rule_cells_and_line_and_its_message_follows_lang(nianbao: Nianbao) -> None:
    path = SAMPLES / "2025" / "dancen-county-government-2025.txt"
    (chinese,) = read_lines(nianbao("parse", path, "--lang", "zh").out)[0]["findings"]
    (english,) = read_lines(nianbao("parse", path, "--lang", "en").out)[0]["findings"]
    assert (chinese["rule"], chinese["severity"], chinese["cause"], chinese["line"]) == ("disputes.row_total", "error", "source", 77)
    assert sorted(column for _, _, column in chinese["cells"]) == ["corrected", "other", "pending", "total", "upheld"]
    assert "行政复议" in chinese["message"]
    assert english["message"].endswith("total 6; off by 1")


@pytest.mark.parametrize(("damage", "layout"), [("blanks_for_zero", "open_pipe_rows"), ("dashes_for_zero", "pipe_rows")])
def test_blank_dash_and_zero_stay_three_facts(nianbao: Nianbao, tmp_path: Path, damage: str, layout: str) -> None:
    report = render_report(generate_figures(seed=1, report_year=2022), layout, damage)
    (record,) = read_lines(nianbao("parse", write_report(tmp_path, report)).out)
    cells = index_cells(record)
    unfilled = {key: raw for key, raw in report.raws.items() if report.figures[key] is None}
    assert unfilled
    assert {key: (cells[key]["value"], cells[key]["raw"]) for key in unfilled} == {key: (None, raw) for key, raw in unfilled.items()}


def test_every_input_gets_its_line_whatever_it_is(nianbao: Nianbao, tmp_path: Path) -> None:
    report = next(generate_reports(1, seed=3))
    write_report(tmp_path / "in", report, "good")
    write_report(tmp_path / "in", report, "same-again")
    (tmp_path / "in" / "empty.txt").write_bytes(b"")
    (tmp_path / "in" / "notice.txt").write_text("关于报送年度报告的通知", encoding="utf-8")
    (tmp_path / "in" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "in" / "noise.txt").write_bytes(bytes(range(128, 256)) * 4)
    with zipfile.ZipFile(tmp_path / "in" / "more.zip", "w") as archive:
        archive.writestr("inner.txt", report.content)
        archive.writestr("../escape.txt", report.content)
    (tmp_path / "in" / "corpus.jsonl").write_text(
        json.dumps({"text": report.text}) + "\n" + json.dumps({"other": 1}) + "\n", encoding="utf-8"
    )

    result = nianbao("parse", tmp_path / "in")

    records = {record["source"]: (record["status"], record["issue"]) for record in read_lines(result.out)}
    good = f"in/good{report.suffix}"
    assert result.status == 0
    assert len(result.out.splitlines()) == 10
    assert records[good] == records[f"in/same-again{report.suffix}"] == records["in/more.zip!inner.txt"] == records["in/corpus.jsonl#0"]
    assert records["in/empty.txt"] == ("rejected", "empty")
    assert records["in/notice.txt"] == ("rejected", "not_a_report")
    assert records["in/picture.png"] == ("rejected", "unsupported")
    assert records["in/more.zip!../escape.txt"] == ("rejected", "unsafe_archive_member")
    assert records["in/corpus.jsonl#1"][0] == records["in/noise.txt"][0] == "rejected"


def test_the_order_is_that_of_the_paths_and_names_and_a_second_run_gives_the_same_bytes(nianbao: Nianbao) -> None:
    arguments = ("parse", SAMPLES / "2024", SAMPLES / "2019")
    first, second = nianbao(*arguments), nianbao(*arguments)
    sources = [record["source"] for record in read_lines(first.out)]
    assert first.out == second.out
    assert sources == [f"{year}/{path.name}" for year in ("2024", "2019") for path in sorted((SAMPLES / year).iterdir())]


def test_a_copy_seen_later_repeats_the_figures_of_the_first(nianbao: Nianbao) -> None:
    records = {record["source"]: record for record in read_lines(nianbao("parse", SAMPLES / "2020").out)}
    original, copy = records["2020/jiyu-district-tingyu-street-2020.txt"], records["2020/street-annual-report-copy-2020.txt"]
    assert len(copy["cells"]) == 198
    assert {**copy, "source": None} == {**original, "source": None}


def test_reports_of_several_years_are_compared_with_the_year_before(nianbao: Nianbao) -> None:
    # samples/README.md: 2023 prints 46 carried over by natural persons on line 32; 2022 carried 44 forward.
    name = "qinglan-government"
    together = nianbao("parse", SAMPLES / "2022" / f"{name}-2022.txt", SAMPLES / "2023" / f"{name}-2023.txt")
    alone = nianbao("parse", SAMPLES / "2023" / f"{name}-2023.txt")
    found = {(finding["rule"], finding["line"]) for finding in read_lines(together.out)[1]["findings"]}
    assert ("requests.carried_over_matches", 32) in found
    assert read_lines(alone.out)[0]["findings"] == []


def test_a_planted_slip_keeps_its_printed_figure_and_is_found_on_its_line(nianbao: Nianbao, tmp_path: Path) -> None:
    figures = plant_slip(generate_figures(seed=11, report_year=2024), "row_total_off", make_rng("test"))
    report = render_report(figures, "pipe_rows")
    (slip,) = figures.slips

    (record,) = read_lines(nianbao("parse", write_report(tmp_path, report)).out)

    assert index_cells(record)[slip.cell]["value"] == slip.printed
    assert ("requests.row_total", report.lines[slip.cell]) in {(finding["rule"], finding["line"]) for finding in record["findings"]}


def test_out_is_whole_or_absent_and_standard_output_stays_empty(nianbao: Nianbao, tmp_path: Path) -> None:
    out = tmp_path / "figures.jsonl"
    result = nianbao("parse", SAMPLES / "2019", "--out", out)
    assert (result.status, result.out) == (0, "")
    assert len(read_lines(out.read_text(encoding="utf-8"))) == 9
    assert [path.name for path in tmp_path.iterdir()] == ["figures.jsonl"]


def test_the_table_has_a_row_for_every_input(nianbao: Nianbao) -> None:
    result = nianbao("parse", SAMPLES / "2023", "--format", "table")
    assert result.status == 0
    assert sum("2023/" in line for line in result.out.splitlines()) == 10
    assert "not_a_report" in result.out
    assert "200 of 200" in result.out


def test_a_path_that_does_not_exist_is_named_in_one_line(nianbao: Nianbao, tmp_path: Path) -> None:
    result = nianbao("parse", tmp_path / "nowhere")
    assert (result.status, result.out) == (2, "")
    assert result.err == f"nianbao: {tmp_path / 'nowhere'}: no such file or folder; check the path given\n"


def test_a_file_that_cannot_be_written_is_named_in_one_line(nianbao: Nianbao, tmp_path: Path) -> None:
    result = nianbao("parse", SAMPLES / "2019", "--out", tmp_path / "missing" / "x.jsonl")
    assert result.status == 2
    assert result.err.startswith(f"nianbao: {tmp_path / 'missing' / 'x.jsonl'} cannot be written")
    assert len(result.err.splitlines()) == 1


def test_an_empty_folder_is_said_to_be_empty(nianbao: Nianbao, tmp_path: Path) -> None:
    result = nianbao("parse", tmp_path)
    assert (result.status, result.out) == (0, "")
    assert f"no input under {tmp_path}" in result.err
