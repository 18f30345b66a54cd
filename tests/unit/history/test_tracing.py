"""A figure is led back to the line that it was printed on, and marked only where its place is certain."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from builders.commands import Nianbao
from builders.publications import Figure, Report, write_home

from orchestration.history.naming import UnknownNameError, find_cell, find_near
from orchestration.history.tracing import TraceError, find_figure, trace_cell
from orchestration.settings import Paths

TEXT = "临江县财政局\n\n三、收到和处理\n一、本年新收 4 0 4\n二、上年结转 0 0 0\n四、行政复议\n"
FIGURES = (
    Figure("requests.new_received.natural_person", "4", 4),
    Figure("requests.new_received.commercial_enterprise", "0", 4),
    Figure("requests.new_received.total", "4", 4),
)
REPORT = Report("d1", figures=FIGURES, text=TEXT)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "home")


def test_a_published_figure_is_shown_with_its_line_marked_and_two_printed_lines_on_either_side(paths: Paths) -> None:
    write_home(paths, [REPORT])
    (found,) = trace_cell(paths, "临江县财政局", 2023, "requests.new_received.total")
    assert (found.state, found.value, found.raw, found.unit, found.method) == ("published", Decimal(4), "4", "件", "label")
    assert (found.source, found.line) == ("r/a.txt", 4)
    assert [line.number for line in found.lines] == [1, 3, 4, 5, 6]
    (marked,) = [line for line in found.lines if line.mark]
    assert (marked.number, marked.mark) == (4, (11, 12))


def test_a_figure_of_a_report_kept_out_comes_with_the_reason(paths: Paths) -> None:
    kept_out = Report(
        "d2",
        figures=FIGURES[:1],
        text=TEXT,
        reasons="suspect:incomplete_tables",
        findings=(("report.complete", "150 of 200"),),
        source="r/b.txt",
    )
    write_home(paths, [REPORT, kept_out])
    first, second = trace_cell(paths, "财政局", 2023, "requests/new_received/natural_person")
    assert (first.state, first.document_id) == ("published", "d1")
    assert (second.state, second.value, second.reasons) == ("kept_out", Decimal(4), "suspect:incomplete_tables")
    assert second.findings == (("report.complete", "150 of 200", "150 of 200"),)
    assert trace_cell(paths, "财政局", 2023, "requests.new_received.total")[1].state == "absent"


def test_a_published_figure_is_traced_when_staging_has_moved_on(paths: Paths) -> None:
    write_home(paths, [REPORT])
    (paths.staging / "cells" / "report_year=2023.parquet").unlink()
    (found,) = trace_cell(paths, "ag_临江县财政局", 2023, "三 本年新收 总计")
    assert [line.mark for line in found.lines if line.number == 4] == [(11, 12)]


def test_unknown_names_and_years_are_refused_with_the_near_ones(paths: Paths) -> None:
    write_home(paths, [REPORT, Report("d9", agency="临江县公安局", text="x", source="r/c.txt", figures=FIGURES)])
    with pytest.raises(UnknownNameError, match="near: 青川市临江县财政局"):
        trace_cell(paths, "临江县财证局", 2023, "requests.new_received.total")
    with pytest.raises(UnknownNameError, match=r"names 2 agencies.*ag_临江县公安局"):
        trace_cell(paths, "临江县", 2023, "requests.new_received.total")
    with pytest.raises(UnknownNameError, match=r"near: requests\.new_received\.total"):
        trace_cell(paths, "财政局", 2023, "requests.new_recieved.total")
    with pytest.raises(TraceError, match="no report for 2019; there are reports for 2023"):
        trace_cell(paths, "财政局", 2019, "requests.new_received.total")


@pytest.mark.parametrize(
    ("line", "cells", "sought", "expected"),
    [
        ("本年新收 | 3 | 0 | 3", ["3", "0", "3"], 0, (7, 8)),
        ("本年新收 | 3 | 0 | 3", ["3", "0", "3"], 2, (15, 16)),
        ("共收到 13 件，其中 3", ["3"], 0, (12, 13)),  # not within 13
        ("收到 3 件，3", ["3"], 0, None),  # either may be meant
        ("1.属于国家秘密 1 0", ["1", "0"], 0, (9, 10)),  # the row's number is no figure
        ("1,234 34", ["34"], 0, (6, 8)),
        ("0", ["5"], 0, None),  # not printed there at all
    ],
)
def test_a_figure_is_marked_only_where_its_place_is_certain(line, cells, sought, expected) -> None:
    told = [(raw, number == sought) for number, raw in enumerate(cells)]
    assert find_figure(line, told, ["1.属于国家秘密"]) == expected


@pytest.mark.parametrize(
    ("name", "template", "expected"),
    [
        ("requests.granted.total", "2021", "requests.granted.total"),
        ("三 予以公开 自然人", "2021", "requests.granted.natural_person"),
        ("四 行政复议 结果纠正", "2019", "disputes.review.corrected"),
        ("三 其他处理 总计", "2019", "requests.other_processed.total"),
        ("二 规章 现行有效件数", "2021", "proactive.regulation.in_force"),
        ("statistics.主动公开数.value", "pre2019", "statistics.主动公开数.value"),
    ],
)
def test_a_cell_is_named_by_its_key_or_by_its_printed_labels(name, template, expected) -> None:
    assert str(find_cell(name, template, [("statistics", "主动公开数", "value")])) == expected


def test_labels_that_fit_several_cells_name_none() -> None:
    with pytest.raises(UnknownNameError, match="names 3 cells"):
        find_cell("二 行政 数量", "2021")
    assert find_near("财证局长", ["水利局", "市财证局", "财证局"]) == ["财证局", "市财证局"]


def test_the_command_prints_the_figure_between_signs_and_json_for_programs(paths: Paths, capsys, monkeypatch) -> None:
    write_home(paths, [REPORT])
    monkeypatch.setenv("NIANBAO_HOME", str(paths.home))
    nianbao = Nianbao(capsys)
    told = nianbao("trace", "财政局", "2023", "requests.new_received.total")
    assert told.status == 0
    assert "published  4 件" in told.out
    assert "> 4│ 一、本年新收 4 0 »4«" in told.out
    (record,) = json.loads(nianbao("trace", "财政局", "2023", "三 本年新收 总计", "--format", "json").out)
    assert (record["value"], record["line"], record["cell"]) == (4, 4, ["requests", "new_received", "total"])
    assert nianbao("trace", "财政局", "2023", "disputes.review.total").status == 1
    assert nianbao("trace", "水利局", "2023", "disputes.review.total").status == 2
