"""`nianbao show` and `nianbao compare`: one agency over the years, two side by side."""

import json

import pytest
from builders.commands import Nianbao
from builders.published_marts import build_publication

from orchestration.cli.showing import draw_sparkline
from orchestration.panels import SMALL_BASE, list_caveats
from orchestration.settings import Paths

CHANGES = {
    ("ag_a", 2022): [
        ("requests", "new_received", "total", 1200.0, "1,200", "件"),
        ("requests", "total_processed", "total", 40.0, "40", "件"),
        ("requests", "granted", "total", 10.0, "10", "件"),
        ("requests", "partly_granted", "total", 6.0, "6", "件"),
    ],
    ("ag_a", 2023): [
        ("requests", "new_received", "total", None, "-", "件"),
        ("requests", "total_processed", "total", 0.0, "0", "件"),
        ("requests", "granted", "total", 0.0, "0", "件"),
        ("requests", "partly_granted", "total", 0.0, "0", "件"),
    ],
    ("ag_b", 2023): [
        ("requests", "new_received", "total", 25.0, "25", "件"),
        ("requests", "total_processed", "total", 20.0, "20", "件"),
        ("requests", "granted", "total", 5.0, "5", "件"),
        ("requests", "partly_granted", "total", 0.0, "0", "件"),
    ],
}


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return build_publication(tmp_path_factory.mktemp("published") / "home", changes=CHANGES)[0]


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


def read_line(out: str, label: str) -> list[str]:
    (line,) = [line for line in out.splitlines() if line.split()[:1] == [label]]
    return line.split()[1:]


def test_figures_and_shares_stand_by_year_with_what_they_are_of(nianbao: Nianbao, paths: Paths) -> None:
    done = nianbao("show", "临江市财政局", "--home", paths.home)
    assert done.status == 0, done.err
    assert done.out.splitlines()[0] == "临江市财政局  ag_a"
    assert read_line(done.out, "本年新收") == ["1,200", "·", "█·"]  # a dash is no 0
    assert read_line(done.out, "办理总计") == ["40", "0", "█▁"]
    assert read_line(done.out, "公开率") == ["40.0%", "(16/40)", "·", "(0/0)", "█·"]
    assert read_line(done.out, "规则发现") == ["0", "14", "▁█"]
    assert "in/ag_a-2023.txt:1: error requests.row_total  第0条" in done.out
    assert "  2022  in/ag_a-2022.txt:" in done.out


def test_one_year_shows_each_figure_with_its_line_in_the_source(nianbao: Nianbao, paths: Paths) -> None:
    done = nianbao("show", "ag_a", "2022", "--home", paths.home, "--lang", "en")
    record = json.loads(nianbao("show", "ag_a", "2022", "--home", paths.home, "--format", "json").out)
    (row,) = record["years"]
    assert row["new_received_count"] == 1200
    assert row["disclosure_share"] == 0.4
    assert f"in/ag_a-2022.txt:{row['lines']['granted_count']}" in done.out
    assert "████████" in done.out
    assert record["findings"] == []


def test_a_narrow_window_cuts_no_figure_off(nianbao: Nianbao, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.cli.consoles._WIDE", 34)
    done = nianbao("show", "ag_a", "--home", paths.home)
    assert "…" not in done.out.split("规则发现:")[0].rpartition("来源")[0]
    assert "1,200" in done.out
    assert "40.0% (16/40)" in done.out


def test_two_agencies_stand_side_by_side_with_their_difference(nianbao: Nianbao, paths: Paths) -> None:
    done = nianbao("compare", "ag_a", "东河县公安局", "--year", "2022", "--home", paths.home)
    assert done.status == 0, done.err
    record = json.loads(nianbao("compare", "ag_a", "ag_b", "--home", paths.home, "--format", "json").out)
    assert record["report_year"] == 2023  # the latest that both have
    assert [row["agency_id"] for row in record["agencies"]] == ["ag_a", "ag_b"]
    assert record["differences"]["new_received_count"] is None  # a dash less 25 is no number
    assert record["differences"]["processed_count"] == -20
    text = nianbao("compare", "ag_a", "ag_b", "--home", paths.home).out
    assert read_line(text, "办理总计") == ["0", "20", "-20"]
    assert read_line(text, "本年新收") == ["·", "25", "·"]
    assert f"! 办理不足 {SMALL_BASE} 件，比率说明不了多少" in text
    assert "! 有报告自相矛盾，数字照印" in text


def test_what_speaks_against_a_comparison_is_named() -> None:
    first = {"template": "2021", "report_scope": "own", "processed_count": 100, "has_source_errors": False}
    assert list_caveats(first, first) == []
    told = [en for _, en in list_caveats(first, {**first, "template": "2019", "report_scope": None})]
    assert told == [
        "different forms (2021, 2019): of 表二 only decisions compare, of 其他处理 its sum",
        "scopes differ or are not stated (own, not stated)",
    ]
    assert [en for _, en in list_caveats(first, {**first, "report_scope": "region_total"})] == [
        "scopes differ or are not stated (own, region_total)"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "临江市财政厅"), "near names: 临江市财政局 (ag_a)"),
        (("show", "公安局", "2021"), "no published report on 2021; published: 2022, 2023"),
        (("show", "局"), "more than one agency"),
        (("show", "完全不同"), "select * from dim_agencies"),
        (("compare", "ag_a", "ag_b", "--year", "2020"), "published: 临江市财政局: 2022, 2023; 东河县公安局: 2022, 2023"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(nianbao: Nianbao, paths: Paths, arguments: tuple[str, ...], message: str) -> None:
    done = nianbao(*arguments, "--home", paths.home)
    assert done.status == 2
    assert message in done.err


@pytest.mark.parametrize(
    ("values", "line"), [([0, 1, 8], "▁▂█"), ([None, 0, 0], "·▁▁"), ([], ""), ([5], "█"), ([None], "·"), ([-1, 4], "▁█")]
)
def test_a_year_without_a_figure_is_no_bar(values: list[float | None], line: str) -> None:
    assert draw_sparkline(values) == line
