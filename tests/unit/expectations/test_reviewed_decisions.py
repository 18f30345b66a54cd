"""Decisions files as people write them, and what becomes of their entries."""

from datetime import date

import polars as pl
import pytest
from builders.staging import build_partition, make_report

from expectations.catalogue import load_catalogue
from expectations.decisions.applying import apply_to_cells
from expectations.decisions.judging import Evidence, judge_decisions, list_accepted_failures, list_excluded
from expectations.decisions.reading import COLUMNS, Decision, DecisionError, read_decisions, split_cell
from expectations.decisions.tables import DECISIONS, WRITTEN_DECISIONS
from expectations.decisions.writing import append_decision
from expectations.findings import compute_findings, select_published
from expectations.gates import audit_partition
from ingest.tables import conform

CATALOGUE = load_catalogue()
ONE, TWO = "1" * 64, "2" * 64
RECEIVED = "requests.new_received.total"
YAML = f"""
- document_id: "{ONE}"
  source: 2023/one.txt
  decision: accept
  reason: 缺页已见纸质件
  decided_by: 王
  decided_on: 2026-05-03

- document_id: "{TWO}"
  cell: {RECEIVED}
  decision: correct
  value: 12
  printed: "21"
  reason: 来函更正
  decided_by: 李
  decided_on: 2026-05-04
"""


def write(folder, name, *rows):
    lines = [",".join(COLUMNS), *(",".join(row) for row in rows)]
    (folder / name).write_text("\n".join(lines) + "\n", "utf-8-sig")


def row(document=ONE, cell="", rule="", decision="exclude", value="", printed="", reason="撤回", who="王", when="2026-05-03"):
    return document, "2023/one.txt", cell, rule, decision, value, printed, reason, who, when


def entry(document="d1", decision="accept", cell=None, rule=None, value=None, printed="", source=None):
    table, name, column = (None, None, None) if cell is None else split_cell(cell)
    fields = {"document_id": document, "decision": decision, "table": table, "row": name, "column": column, "rule_id": rule, "value": value}
    return {**fields, "decision_id": f"{document} {cell or rule or ''}", "printed": printed, "source": source, "file": "f.csv", "line": 2}


def judge(tables, *entries, findings=None):
    written = conform(pl.DataFrame([*entries], infer_schema_length=None), WRITTEN_DECISIONS)
    found = compute_findings(tables, CATALOGUE, report_year=2023) if findings is None else findings
    evidence = Evidence(tables["reports"], tables["cells"], found, tables["sightings"].select("source", "document_id"))
    return judge_decisions(written, evidence, CATALOGUE)


def status(tables, *entries):
    return judge(tables, *entries).select("status", "decided_value").rows()


def test_csv_and_yaml_are_read_with_the_line_of_each_entry(tmp_path):
    (tmp_path / "b.yml").write_text(YAML, "utf-8")
    write(tmp_path, "a.csv", row(TWO), row(ONE, cell=RECEIVED, decision="correct", value='"1,200"', printed="12OO"))
    (tmp_path / "notes.txt").write_text("not a decisions file", "utf-8")
    found = read_decisions(tmp_path, CATALOGUE)
    assert found.schema == WRITTEN_DECISIONS
    assert found.select("file", "line", "document_id", "decision", "row", "value", "printed").rows() == [
        ("a.csv", 2, TWO, "exclude", None, None, None),
        ("a.csv", 3, ONE, "correct", "new_received", 1200.0, "12OO"),
        ("b.yml", 2, ONE, "accept", None, None, None),
        ("b.yml", 9, TWO, "correct", "new_received", 12.0, "21"),
    ]
    assert found["decided_on"].to_list()[2] == date(2026, 5, 3)


def test_without_a_folder_nobody_decided_anything(tmp_path):
    assert read_decisions(tmp_path / "none", CATALOGUE).is_empty()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (row(document="12"), "document_id"),
        (row(decision="forget"), "decision: .*'forget'"),
        (row(decision="correct", cell=RECEIVED), "correct needs a cell and a value"),
        (row(decision="correct", value="3"), "correct needs a cell and a value"),
        (row(decision="correct", cell=RECEIVED, value="many"), "value: .*'many'"),
        (row(decision="correct", cell=RECEIVED, value="nan"), "must be a number"),
        (row(value="3"), "only correct has a value"),
        (row(cell="requests.total"), "table.row.column"),
        (row(rule="requests.balance"), "can be accepted"),
        (row(rule="requests.balance", cell=RECEIVED, decision="accept"), "write two entries"),
        (row(rule="no.such_rule", decision="accept"), "no rule of reports is named no.such_rule"),
        (row(rule="corpus.read_in_full", decision="accept"), "no rule of reports is named"),
        (row(reason=""), "reason"),
        (row(who=" "), "decided_by"),
        (row(when="May"), "decided_on"),
        (row()[:-1], "fields of the first line"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path, fields, said):
    write(tmp_path, "d.csv", fields)
    with pytest.raises(DecisionError, match=said) as error:
        read_decisions(tmp_path, CATALOGUE)
    assert "d.csv" in str(error.value) and ("d.csv:2" in str(error.value) or "line 2" in str(error.value))


def test_a_matter_decided_twice_is_an_error_that_names_both_places(tmp_path):
    write(tmp_path, "a.csv", row(), row(TWO))
    write(tmp_path, "b.csv", row(decision="accept"))
    with pytest.raises(DecisionError, match=r"b\.csv:2: decided already at a\.csv:2"):
        read_decisions(tmp_path, CATALOGUE)


def test_an_unknown_column_is_an_error_that_lists_the_known_ones(tmp_path):
    (tmp_path / "a.csv").write_text("document_id,verdict\n", "utf-8")
    with pytest.raises(DecisionError, match="verdict are not known; the columns are document_id, source"):
        read_decisions(tmp_path, CATALOGUE)
    (tmp_path / "a.csv").unlink()
    (tmp_path / "a.yml").write_text(f"- document_id: '{ONE}'\n  verdict: accept\n", "utf-8")
    with pytest.raises(DecisionError, match=r"a\.yml:1: verdict is not known"):
        read_decisions(tmp_path, CATALOGUE)


def test_an_entry_is_appended_and_what_stands_there_stays(tmp_path):
    fields = {"decision": "exclude", "reason": "逗号, 与\n换行", "decided_by": "王", "decided_on": date(2026, 5, 3)}
    path, line = append_decision(tmp_path / "new", Decision(document_id=ONE, **fields), CATALOGUE)
    assert (path.name, line) == ("decisions.csv", 3)  # its reason runs over two lines
    before = path.read_bytes()
    more = {**fields, "decision": "correct", "cell": RECEIVED, "value": 7, "printed": "9", "reason": "笔误"}
    append_decision(tmp_path / "new", Decision(document_id=ONE, **more), CATALOGUE)
    assert path.read_bytes().startswith(before)
    found = read_decisions(tmp_path / "new", CATALOGUE)
    assert found.select("line", "decision", "value", "reason").rows() == [
        (2, "exclude", None, "逗号, 与\n换行"),
        (4, "correct", 7.0, "笔误"),
    ]
    with pytest.raises(DecisionError, match=r"decided already at .*decisions\.csv:2"):
        append_decision(tmp_path / "new", Decision(document_id=ONE, **fields), CATALOGUE)


def test_a_report_that_is_kept_out_can_be_let_in_and_one_in_the_marts_needs_it_not():
    tables = build_partition(make_report(1, status="suspect"), make_report(2), make_report(3, agency=None))
    assert status(tables, entry("d1"), entry("d2"), entry("d3")) == [("applied", None), ("idle", None), ("idle", None)]
    decisions = judge(tables, entry("d1"), entry("d2", "exclude"))
    found = compute_findings(tables, CATALOGUE, report_year=2023)
    published = select_published({**tables, "findings": found}, CATALOGUE, decisions)
    assert published["document_id"].to_list() == ["d1"]


def test_of_two_reports_of_one_agency_the_other_is_kept_when_the_first_is_excluded():
    tables = build_partition(make_report(1), make_report(2, agency="a1", changes={RECEIVED: "9"}))
    first = compute_findings(tables, CATALOGUE, report_year=2023)
    assert failing(first, "report.duplicate_agency_year") == ["d2"]
    # Letting the second in would count the agency twice.
    assert judge(tables, entry("d2"))["detail_en"].item().startswith("another report of the same agency and year is kept")
    assert judge(tables, entry("d2", rule="report.duplicate_agency_year"))["status"].item() == "idle"
    second = compute_findings(tables, CATALOGUE, report_year=2023, excluded=["d1"])
    assert failing(second, "report.duplicate_agency_year") == []
    published = select_published({**tables, "findings": second}, CATALOGUE, judge(tables, entry("d1", "exclude"), findings=second))
    assert published["document_id"].to_list() == ["d2"]


def failing(findings, rule):
    return findings.filter((pl.col("rule_id") == rule) & (pl.col("verdict") == "failed"))["document_id"].to_list()


def test_a_cell_counts_as_decided_and_the_printed_one_stays():
    tables = build_partition(make_report(1, changes={RECEIVED: "21"}, doubtful=("requests.granted.total",)))
    missing = tables["cells"].filter(~((pl.col("row") == "carried_over") & (pl.col("column") == "total")))
    tables["cells"] = missing
    decisions = judge(
        tables,
        entry(decision="correct", cell=RECEIVED, value=12.0, printed="21"),
        entry(decision="accept", cell="requests.granted.total", printed="3"),
        entry(decision="exclude", cell="requests.granted.natural_person", printed="3"),
        entry(decision="correct", cell="requests.carried_over.total", value=1.0),
    )
    assert decisions["status"].to_list() == ["applied"] * 4
    cells = apply_to_cells(tables["cells"], decisions)
    counted = {f"{row}.{column}": value for _, _, row, column, value in cells.rows()}
    assert counted["new_received.total"] == 12
    assert counted["granted.total"] == 3
    assert counted["granted.natural_person"] is None
    assert counted["carried_over.total"] == 1
    assert cells.height == tables["cells"].height + 1
    undecided = apply_to_cells(tables["cells"], decisions.clear())
    assert undecided.filter(row="granted", column="total")["value"].item() is None  # doubtful


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (entry(decision="correct", cell=RECEIVED, value=12.0, printed="22"), "the cell reads '21' now, '22' when"),
        (entry(decision="exclude", cell=RECEIVED), "the cell reads '21' now, '' when"),
        (entry("gone", decision="exclude"), "no input holds this document any more"),
        (entry("gone", decision="exclude", source="d1.txt"), "d1.txt has changed, its document is d1 now"),
    ],
)
def test_what_was_decided_about_something_else_is_stale(made, why):
    tables = build_partition(make_report(1, changes={RECEIVED: "21"}))
    found = judge(tables, made)
    assert found["status"].item() == "stale"
    assert why in found["detail_en"].item()
    assert found["decided_value"].item() is None


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (entry(decision="correct", cell=RECEIVED, value=21.0, printed="21"), "is read so already"),
        (entry(decision="accept", cell=RECEIVED, printed="21"), "is not doubtful"),
        (entry(decision="accept", cell="requests.granted.no_such"), "no figure was read"),
        (entry(decision="correct", cell="requests.granted.no_such", value=1.0), "has no such cell"),
        (entry(rule="disputes.row_total"), "does not fail now"),
    ],
)
def test_a_decision_without_effect_says_why(made, why):
    found = judge(build_partition(make_report(1, changes={RECEIVED: "21"})), made)
    assert found["status"].item() == "idle"
    assert why in found["detail_en"].item()


def test_a_finding_that_may_stand_does_not_count_at_the_gate(tmp_path):
    wrong = {"requests.total_processed.total": "4"}
    tables = build_partition(*(make_report(n) for n in range(6)), *(make_report(n, changes=wrong) for n in (6, 7, 8)))
    found = compute_findings(tables, CATALOGUE, report_year=2023)
    judged = {**tables, "findings": found}
    rules = ("requests.balance", "requests.column_total", "requests.row_total")
    written = conform(pl.DataFrame([entry("d8", rule=rule) for rule in rules], infer_schema_length=None), WRITTEN_DECISIONS)
    assert audit_partition(judged, CATALOGUE, report_year=2023, results_dir=tmp_path).is_blocked
    accepted = list_accepted_failures(written)
    gate = audit_partition(judged, CATALOGUE, report_year=2023, results_dir=tmp_path, accepted_failures=accepted)
    counts = {result.rule_id: result.failed_count for result in gate.results}
    assert [counts[rule] for rule in rules] == [2, 2, 2]
    assert found.filter(pl.col("verdict") == "failed", pl.col("rule_id") == rules[0]).height == 3  # what is found stays


def test_only_whole_reports_are_excluded_from_the_ranking():
    rows = [entry("d1", "exclude"), entry("d2", "exclude", cell=RECEIVED), entry("d3")]
    assert list_excluded(conform(pl.DataFrame(rows, infer_schema_length=None), WRITTEN_DECISIONS)) == ["d1"]


def test_nothing_decided_is_an_empty_table_of_the_declared_schema():
    assert judge_decisions(pl.DataFrame(schema=WRITTEN_DECISIONS), *[Evidence(*[pl.DataFrame()] * 4), CATALOGUE]).schema == DECISIONS
