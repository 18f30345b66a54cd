"""`nianbao parse --explain`: what a person sees is what was read, where it was printed, and what to doubt; nothing is out of line."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders.commands import Nianbao
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from ingest.errors import ISSUE_REMEDIES
from ingest.reading import ReadLimits
from ingest.samples import generate_figures, render_report
from orchestration.cli.drawing import draw_form, draw_wrapped
from orchestration.cli.excerpts import CUT, clean_line, crop_start, crop_text, cut_text, select_lines
from orchestration.cli.explaining import explain_input
from orchestration.cli.forms import rebuild_forms
from orchestration.cli.judging import JudgedInput, judge_inputs
from orchestration.cli.languages import Language
from orchestration.cli.phrases import ISSUE_REMEDIES_ZH, LEGEND, PHRASES

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples" / "reports"
SLIPS = SAMPLES / "2024" / "dancen-county-finance-bureau-2024.txt"


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Nianbao:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return Nianbao(capsys)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invented: the three rows of 无法提供 are gone (lines 51 to 53), a row refers to an attachment, and a label stands on its own line."""
    report = render_report(generate_figures(seed=21, report_year=2022), "pipe_rows")
    lines = report.text.split("\n")
    gone = report.lines["requests", "unavailable_not_held", "total"] - 1
    assert lines[gone].startswith("(四)无法提供 | 1.本机关不掌握相关政府信息 | 2 |")
    lines[report.lines["requests", "not_processed_repeat", "total"] - 1] = "| 2.重复申请 | 见附件\x1b[31m\t |"
    del lines[gone : gone + 3]
    label = report.lines["requests", "denied_internal_affairs", "total"] - 1
    lines[label] = lines[label].replace("5.属于三类内部事务信息 |", "三类\n三类")
    path = tmp_path_factory.mktemp("damaged") / "damaged.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def inputs(damaged: Path) -> list[JudgedInput]:
    """9 + 9 + 10 + 9 sample inputs of all layouts, and the damaged one."""
    return [*list_judged(SAMPLES / "2019", SAMPLES / "2022", SAMPLES / "2023", SAMPLES / "2024"), *list_judged(damaged)]


def flatten(text: str) -> list[str]:
    """The lines with runs of blanks as one."""
    return [" ".join(line.split()) for line in text.splitlines()]


def list_judged(*paths: Path) -> Iterator[JudgedInput]:
    with judge_inputs(paths, ReadLimits(), lambda _stage, _done, _total: None, keeps_texts=True) as judgement:
        yield from judgement.iterate_inputs()


def build_judged(cells: list[tuple[str, str, str, str, int, bool]], template: str | None = "2021") -> JudgedInput:
    """A report of the given cells: table, row, column, raw, line, doubtful."""
    names = ("table", "row", "column", "raw", "line", "is_doubtful")
    held = [{**dict(zip(names, cell, strict=True)), "method": "label"} for cell in cells]
    return JudgedInput({"status": "suspect"}, {"template": template}, held, [])


def draw(judged: JudgedInput, width: int = 80) -> list[str]:
    return [line.plain for form in rebuild_forms(judged, "统计表") for line in draw_form(form, {}, width, "en")]


def test_rows_are_shown_as_printed_with_how_they_were_placed_and_their_line(nianbao: Nianbao) -> None:
    # Read by eye in the file: line 45 is 8 0 0 0 1 0 9, line 38 the fee, line 76 the three disputes.
    result = nianbao("parse", SLIPS, "--explain", "--lang", "en")
    lines = flatten(result.out)
    assert result.status == 0
    assert "一、本年新收政府信息公开.. 8 0 0 0 1 0 9 label 45" in lines
    assert "行政事业性收费 54.536 label 38" in lines
    assert "未经复议直接起诉 0 0 1 0 1 order 76" in lines
    assert lines[lines.index("行政诉讼") + 1].startswith("未经复议直接起诉")


def test_the_header_says_outcome_identity_form_counts_and_sections(nianbao: Nianbao) -> None:
    lines = flatten(nianbao("parse", SLIPS, "--explain", "--lang", "en").out)
    assert lines[1:8] == [
        "status accepted",
        "agency 澄棹市澹岑县财政局",
        "year 2024 published 2025-01-26",
        "form 2021 国办公开办函〔2021〕30号 layout tabs",
        "cells 200 expected 200 located 0 doubtful 0 absent",
        "placed by label 185 order 15",
        "sections 9-22 一、总体情况",
    ]


def test_groups_are_named_once_above_their_indented_rows(nianbao: Nianbao) -> None:
    lines = nianbao("parse", SLIPS, "--explain").out.splitlines()
    assert lines.count("三、本年度办理结果") == 1
    assert lines.count("  （三）不予公开") == 1
    assert [line for line in lines if line.startswith("    1.属于国家秘密 ")]
    assert [line for line in lines if line.startswith("  （七）总计 ")]
    assert [line for line in lines if line.startswith("四、结转下年度继续办理 ")]


def test_the_single_row_of_the_mixed_form_stands_in_the_place_of_the_three(nianbao: Nianbao) -> None:
    # Read by eye: this report of 2021 prints one row 其他处理 before the total.
    lines = flatten(nianbao("parse", SAMPLES / "2021" / "dancen-county-government-2021.txt", "--explain", "--lang", "en").out)
    (place,) = [number for number, line in enumerate(lines) if line.startswith("（六）其他处理")]
    assert lines[place + 1].startswith("（七）总计")
    assert lines[place].split()[-2:] == ["label", "59"]  # 2 0 0 0 0 0 2


def test_a_slip_is_marked_in_its_cell_and_explained_with_both_sides_and_the_printed_line(nianbao: Nianbao) -> None:
    lines = flatten(nianbao("parse", SLIPS, "--explain", "--lang", "en").out)
    assert "（一）予以公开 5 0 0 0 0 0 !1 8 label 47" in lines
    start = lines.index("!1 line 47 5 ≠ 8 error as printed requests.row_total")
    assert lines[start + 1 : start + 4] == [
        "row granted: sum of the applicants 5; total 8; off by 3",
        "total = sum of the 6 applicant columns, in each row",
        "47│ 三、本年度办理结果 ⇥ （一）予以公开 ⇥ ⇥ 5 ⇥ 0 ⇥ 0 ⇥ 0 ⇥ 0 ⇥ 0 ⇥ 8",
    ]


def test_missing_rows_are_shown_with_what_is_printed_where_they_would_be(nianbao: Nianbao, damaged: Path) -> None:
    lines = flatten(nianbao("parse", damaged, "--explain", "--lang", "en").out)
    assert "2.重复申请 · · · · · · · absent" in lines
    assert "cells 200 expected 172 located 0 doubtful 28 absent" in lines
    start = lines.index("rows missing or doubtful, with what is printed there: 4")
    assert lines[start + 1 : start + 7] == [
        "· 1.本机关不掌握相关政府信息 · 2.没有现成信息需要另行制作",
        "· 3.补正后申请内容仍不明确",
        "50│ 8.属于行政查询事项 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | ||",
        "51│ (五)不予处理 | 1.信访举报投诉类申请 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | |",
        "· 2.重复申请",
        "52│ | 2.重复申请 | 见附件�[31m ⇥ |",
    ]


def test_a_row_placed_by_order_says_so(nianbao: Nianbao, damaged: Path) -> None:
    lines = flatten(nianbao("parse", damaged, "--explain", "--lang", "zh").out)
    assert "5.属于三类内部事务信息 1 0 0 0 0 0 1 顺序 47" in lines
    assert "6.属于四类过程性信息 0 0 0 0 0 0 0 标签 48" in lines


def test_nothing_that_a_document_holds_reaches_the_terminal_as_a_command(nianbao: Nianbao, damaged: Path) -> None:
    out = nianbao("parse", damaged, "--explain").out
    assert "\x1b" not in out
    assert "\t" not in out
    assert clean_line("a\x1b]0;x\x07\u202e\u200bb\x9bc") == "a�]0;x���b�c"


def test_zero_blank_dash_doubtful_and_absent_look_different_and_digits_stay_in_line() -> None:
    row = [("new_received", "natural_person", "17", True), ("new_received", "commercial_enterprise", "", False)]
    row += [("new_received", "research_institution", "-", False), ("new_received", "total", "0", False)]
    row += [("carried_over", "natural_person", "3", False), ("carried_over", "total", "", True)]
    lines = draw(build_judged([("requests", name, column, raw, 9, doubt) for name, column, raw, doubt in row]))
    first, second = (next(line for line in lines if line.startswith(start)) for start in ("一、本年", "二、上年"))
    assert first.split()[1:] == ["17?", "-", "·", "·", "·", "0", "label", "9"]  # the blank is blank
    assert second.split()[1:] == ["3", "·", "·", "·", "·", "·", "?", "label", "9"]
    assert cell_len(first[: first.index("17") + 2]) == cell_len(second[: second.index(" 3 ") + 2])


def test_a_table_of_which_nothing_was_read_takes_one_line() -> None:
    lines = draw(build_judged([("disputes", "review", "total", "1", 5, False)]))
    assert lines[:4] == ["二、主动公开政府信息情况", "absent: none of its 6 rows was read", *lines[2:4]]
    assert "absent: none of its 25 rows was read" in lines


def test_a_figure_is_never_cut_to_fit() -> None:
    raw = "1234567890（其中修订1234567890件）另有说明"
    lines = draw(build_judged([("proactive", "regulation", name, raw, 5, False) for name in ("made", "repealed", "in_force")]), 60)
    assert sum(raw in line for line in lines) == 3
    assert max(map(cell_len, lines)) <= 60


def test_indicators_of_old_reports_are_listed_with_their_values() -> None:
    cells = [("statistics", "主动公开政府信息数", "value", "12", 7, False), ("statistics", "收费", "金额", "3.5", 8, True)]
    lines = draw(build_judged(cells, "pre2019"))
    assert [line.split() for line in lines] == [
        ["统计表"],
        ["by", "line"],
        ["主动公开政府信息数", "12", "label", "7"],
        ["收费"],
        ["金额", "3.5?", "label", "8"],
    ]


def test_an_input_that_is_no_report_takes_two_lines(nianbao: Nianbao, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "notice.txt").write_text("关于报送年度报告的通知", encoding="utf-8")
    result = nianbao("parse", tmp_path, "--explain", "--lang", "zh")
    assert result.status == 0
    lines = result.out.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("拒收 empty  ")
    assert lines[0].endswith("/empty.txt")
    assert lines[1].startswith("  文件中没有文本，请重新获取。")
    assert lines[2].startswith("拒收 not_a_report  ")
    assert lines[3] == "  该文本不是政府信息公开工作年度报告。"


def test_a_folder_shows_every_input_and_the_legend_once(nianbao: Nianbao) -> None:
    out = nianbao("parse", SAMPLES / "2023", "--explain", "--lang", "zh").out
    assert out.count("── ") == 9
    assert out.count("拒收 not_a_report") == 1
    assert out.count(LEGEND["zh"][0]) == 1


def test_explain_and_format_exclude_each_other_with_a_reason(nianbao: Nianbao) -> None:
    result = nianbao("parse", SLIPS, "--explain", "--format", "jsonl")
    assert result.status == 2
    assert result.out == ""
    assert "--explain is for people and --format for software" in " ".join(result.err.replace("│", " ").split())


def test_out_takes_the_explanation_without_colour(nianbao: Nianbao, tmp_path: Path) -> None:
    out = tmp_path / "seen.txt"
    assert nianbao("parse", SLIPS, "--explain", "--out", out).out == ""
    assert "（一）予以公开" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [60, 61, 80, 97, 120])
def test_no_line_is_wider_than_the_window(inputs: list[JudgedInput], width: int, language: Language) -> None:
    wide = [
        line.plain
        for judged in inputs
        for line in explain_input(judged, str(judged.outcome["source"]), width, language)
        if line.cell_len > width
    ]
    assert len(inputs) == 38
    assert wide == []
    assert all(cell_len(line) <= 80 for lines in LEGEND.values() for line in lines)


@settings(deadline=None)
@given(text=st.text(), width=st.integers(60, 130), indent=st.integers(0, 12))
def test_whatever_is_printed_stays_in_the_window_and_wrapping_loses_no_character(text: str, width: int, indent: int) -> None:
    line = clean_line(text)
    wrapped = [part.plain for part in draw_wrapped(Text(line), width, indent)]
    assert all(cell_len(part) <= width for part in wrapped)
    assert "".join("".join(wrapped).split()) == "".join(line.split())
    for cut in (cut_text(line, width, [line[-3:]]), crop_text(line, width), crop_start(line, width)):
        assert cell_len(cut) <= width
        assert cut == line or CUT in cut


def test_many_lines_are_shown_from_both_ends_and_the_rest_is_counted() -> None:
    lines = [f"line {number} {'x' * 30}" for number in range(1, 31)]
    shown = list(select_lines(lines, 5, 30, 60, 4))
    numbers = [item if isinstance(item, int) else (item.first, item.last) for item in shown]
    assert numbers == [(5, 5), (6, 6), 22, (29, 29), (30, 30)]


def test_short_lines_are_joined_and_blank_ones_left_out() -> None:
    (shown,) = select_lines(["a", "", "b", "  ", "c"], 1, 5, 60, 4)
    assert not isinstance(shown, int)
    assert (shown.first, shown.last, shown.text) == (1, 5, "a ⏎ b ⏎ c")


def test_a_long_line_is_cut_around_what_is_looked_for() -> None:
    line = "甲" * 500 + "行政规范性文件77132470" + "乙" * 500
    shown = cut_text(line, 60, ["行政规范性文件"])
    assert "甲行政规范性文件77132470乙" in shown
    assert cell_len(shown) <= 60


def test_both_languages_have_the_same_phrases_and_every_issue_its_remedy() -> None:
    assert PHRASES["zh"].keys() == PHRASES["en"].keys()
    assert all(PHRASES["zh"][key].count("{}") == PHRASES["en"][key].count("{}") for key in PHRASES["zh"])
    assert ISSUE_REMEDIES_ZH.keys() == ISSUE_REMEDIES.keys()


def test_the_example_in_the_docs_is_what_the_command_prints(nianbao: Nianbao, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "explain.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^nianbao (.*)$", page, flags=re.MULTILINE)
    (example,) = re.findall(r"^```text\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    printed = nianbao(*command.split()).out
    parts = example.split("...\n")
    assert len(parts) > 1
    assert all(part in printed for part in parts)
    assert printed.startswith(parts[0])
    assert printed.endswith(parts[-1])


def test_on_a_terminal_the_progress_bar_is_gone_before_the_first_line_and_colour_is_used() -> None:
    leader, follower = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "orchestration.cli", "parse", str(SLIPS), "--explain"]
    with subprocess.Popen(command, cwd=ROOT, stdout=follower, stderr=follower, env=environment) as process:
        os.close(follower)
        seen = b""
        while chunk := read_terminal(leader):
            seen += chunk
    os.close(leader)
    shown = seen.decode().rsplit("\x1b[?25h", 1)[1]  # the cursor is shown again when the bar has gone
    assert process.returncode == 0
    assert "dancen-county-finance-bureau-2024.txt" in shown
    assert "\x1b[1;4;31m!1 8\x1b[0m" in shown


def read_terminal(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # the other end is closed
        return b""
