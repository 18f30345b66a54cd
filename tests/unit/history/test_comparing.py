"""What changed between two publications, and why: one case for each reason."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from builders.commands import Nianbao
from builders.publications import Figure, Report, write_publication

from orchestration.history.comparing import compare_publications
from orchestration.settings import Paths

TOTAL = "requests.new_received.total"
CORRECTED = "disputes.review.corrected"


def manifest(parser: str = "p", rules: str = "r") -> dict[str, object]:
    origins = {"inputs": "", "input_count": 0, "software": "0", "parser": parser, "templates": "", "rules": rules, "code": ""}
    return {"version": "v", "staging": "", "project": "", "statuses": {}, "origins": origins, "tables": {}}


def compare(tmp_path: Path, before: list[Report], after: list[Report], **later: str) -> list[tuple[object, ...]]:
    one = write_publication(tmp_path / "a", before, **manifest())
    other = write_publication(tmp_path / "b", after, **manifest(**later))
    changes = compare_publications(one, other).changes
    return changes.select("reason", "row", "from_value", "from_source", "from_line", "to_value", "to_source", "to_line").rows()


def report(document: str, *raws: str, **fields: object) -> Report:
    lines = (Figure(TOTAL, raws[0], 4), *(Figure(CORRECTED, raw, 9) for raw in raws[1:]))
    return Report(document, figures=lines, **fields)


def test_nothing_differs_between_equal_publications(tmp_path: Path) -> None:
    assert compare(tmp_path, [report("d1", "5", "2")], [report("d1", "5", "2")], parser="new") == []


def test_other_bytes_in_the_same_file(tmp_path: Path) -> None:
    expected = ("document_changed", "new_received", Decimal(5), "r/a.txt", 4, Decimal(7), "r/a.txt", 4)
    assert compare(tmp_path, [report("d1", "5", "2")], [report("d2", "7", "2")]) == [expected]


def test_another_document_stands_for_the_agency_and_year(tmp_path: Path) -> None:
    after = [report("d2", "7", source="r/b.txt"), report("d1", "5", reasons="rule:report.duplicate_agency_year")]
    expected = ("another_document", "new_received", Decimal(5), "r/a.txt", 4, Decimal(7), "r/b.txt", 4)
    assert compare(tmp_path, [report("d1", "5")], after) == [expected]


@pytest.mark.parametrize(("parser", "reason"), [("new", "parser_changed"), ("p", "code_changed")])
def test_the_same_document_read_otherwise(tmp_path: Path, parser: str, reason: str) -> None:
    (found,) = compare(tmp_path, [report("d1", "5")], [report("d1", "6")], parser=parser)
    assert found[0] == reason


def test_a_figure_becomes_a_blank_and_a_cell_comes_in(tmp_path: Path) -> None:
    found = compare(tmp_path, [report("d1", "5")], [report("d2", "", "3")])
    assert found == [
        ("document_changed", "review", None, "r/a.txt", None, Decimal(3), "r/a.txt", 9),
        ("document_changed", "new_received", Decimal(5), "r/a.txt", 4, None, "r/a.txt", None),
    ]


def test_reports_kept_out_let_in_gone_and_new(tmp_path: Path) -> None:
    suspect = {"reasons": "suspect:incomplete_tables"}
    before = [
        report("d1", "1", agency="甲局", source="r/1.txt"),
        report("d2", "2", agency="乙局", source="r/2.txt"),
        report("d3", "3", agency="丙局", source="r/3.txt", **suspect),
        report("d6", "6", agency="戊局", source="r/6.txt"),
    ]
    after = [
        report("d1", "1", agency="甲局", source="r/1.txt", **suspect),
        report("d3", "3", agency="丙局", source="r/3.txt"),
        report("d4", "4", agency="丁局", source="r/4.txt"),
        report("d7", "6", agency="戊局", source="r/6.txt", **suspect),  # other bytes, no longer whole
    ]
    one, other = write_publication(tmp_path / "a", before, **manifest()), write_publication(tmp_path / "b", after, **manifest(rules="s"))
    found = compare_publications(one, other)
    told = found.changes.select("agency_name", "reason", "detail", "from_value", "to_value").sort("agency_name").rows()
    assert sorted(told) == sorted(
        [
            ("丁局", "appeared", None, None, Decimal(4)),
            ("丙局", "let_in", "suspect:incomplete_tables; the rules changed", None, Decimal(3)),
            ("乙局", "gone", None, Decimal(2), None),
            ("戊局", "kept_out", "suspect:incomplete_tables; the rules changed", Decimal(6), None),
            ("甲局", "kept_out", "suspect:incomplete_tables; the rules changed", Decimal(1), None),
        ]
    )
    assert found.summary.rows() == [("kept_out", 2, 2), ("let_in", 1, 1), ("gone", 1, 1), ("appeared", 1, 1)]


def test_reports_of_two_scopes_are_matched_each_with_its_own(tmp_path: Path) -> None:
    before = [report("d1", "5", scope="level"), report("d2", "50", scope="region_total", source="r/t.txt")]
    after = [report("d3", "50", scope="region_total", source="r/t.txt"), report("d4", "6", scope="level")]
    assert compare(tmp_path, before, after) == [("document_changed", "new_received", Decimal(5), "r/a.txt", 4, Decimal(6), "r/a.txt", 4)]


def test_a_report_whose_scope_is_told_otherwise_now_is_the_same_report(tmp_path: Path) -> None:
    (found,) = compare(tmp_path, [report("d1", "5", scope=None)], [report("d2", "6", scope="own")])
    assert found[0] == "document_changed"


def test_the_command_prints_both_lines_and_writes_csv_and_json(tmp_path: Path, capsys, monkeypatch) -> None:
    paths = Paths(tmp_path / "home")
    for name, document, figure in (("aa", "d1", "5"), ("bb", "d2", "7")):
        write_publication(paths.published / ".versions" / name, [report(document, figure, "2")], **manifest())
    (paths.published / "current").symlink_to(paths.published / ".versions" / "bb")
    monkeypatch.setenv("NIANBAO_HOME", str(paths.home))
    nianbao = Nianbao(capsys)
    told = nianbao("diff", "aa", "bb")
    assert told.status == 0
    assert "1 document changed, in 1 report\n" in told.out
    assert "  requests.new_received.total: 5 (r/a.txt:4) → 7 (r/a.txt:4)\n" in told.out
    record = json.loads(nianbao("diff", "aa", "current", "--format", "json").out)
    assert (record["summary"], record["changes"][0]["to_value"]) == ([{"reason": "document_changed", "reports": 1, "figures": 1}], 7)
    head, row = nianbao("diff", "aa", "bb", "--format", "csv").out.splitlines()
    assert dict(zip(head.split(","), row.split(","), strict=True))["from_value"] == "5"
    assert "no number changed" in nianbao("diff", "bb", "bb").out
    assert nianbao("diff", "zz", "bb").status == 2


def test_a_text_that_a_spreadsheet_would_run_is_marked_in_csv(tmp_path: Path, capsys, monkeypatch) -> None:
    paths = Paths(tmp_path / "home")
    for name, document, figure in (("aa", "d1", "5"), ("bb", "d2", "7")):
        write_publication(paths.published / ".versions" / name, [report(document, figure, "2", source="=1+1.txt")], **manifest())
    monkeypatch.setenv("NIANBAO_HOME", str(paths.home))
    head, row = Nianbao(capsys)("diff", "aa", "bb", "--format", "csv").out.splitlines()
    written = dict(zip(head.split(","), row.split(","), strict=True))
    assert (written["from_source"], written["to_value"]) == ("'=1+1.txt", "7")
