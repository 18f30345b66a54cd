import polars as pl
import pytest
from builders.staging import build_partition, fill_form, make_report
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.catalogue import load_catalogue
from expectations.checks.verdicts import Batch
from expectations.findings import compute_findings, judge_rules

CATALOGUE = load_catalogue()
ARITHMETIC = ("disputes.row_total", "requests.balance", "requests.column_total", "requests.row_total")
COLUMNS = ["natural_person", "commercial_enterprise", "research_institution", "social_organization", "legal_service", "other_organization"]


def find(*reports, rule=None, **more):
    found = compute_findings(build_partition(*reports), CATALOGUE, report_year=2023, **more)
    return found if rule is None else found.filter(pl.col("rule_id") == rule)


def find_arithmetic(report):
    return judge_rules(Batch(build_partition(report), 2023), [CATALOGUE.rule(rule) for rule in ARITHMETIC])


def failed(found):
    """The failed verdicts on documents."""
    return found.filter((pl.col("verdict") == "failed") & pl.col("document_id").is_not_null())


@pytest.mark.parametrize("template", ["2021", "2019"])
def test_a_consistent_report_passes_every_identity(template):
    found = find(make_report(1, template=template, year=2023)).filter(pl.col("rule_id").is_in(ARITHMETIC))
    assert found.select("rule_id", "verdict").rows() == [(rule, "passed") for rule in ARITHMETIC]


def test_a_wrong_total_is_found_with_its_line_text_and_operands():
    # 4 received + 1 carried over = 3 processed + 2 carried forward; the printed total is 4.
    report = make_report(1, changes={"requests.total_processed.total": "4"})
    line = list(report.cells).index("requests.total_processed.total") + 1
    (balance,) = find(report, rule="requests.balance").rows(named=True)
    assert (balance["verdict"], balance["table"], balance["row"], balance["column"]) == ("failed", "requests", "total_processed", "total")
    assert (balance["lhs"], balance["rhs"], balance["residual"]) == (5.0, 6.0, -1.0)
    assert (balance["line"], balance["raw"], balance["cause"], balance["severity"]) == (line, "4", "source", "error")
    assert (balance["document_id"], balance["source"], balance["agency_id"], balance["report_year"]) == ("d1", "d1.txt", "a1", 2023)
    assert balance["message_zh"] == "总计列：新收 4 + 上年结转 1 = 5，总计 4 + 结转下年 2 = 6，相差 1"
    assert balance["message_en"] == (
        "column total: new received 4 + carried over 1 = 5; total processed 4 + carried forward 2 = 6; off by 1"
    )
    assert [cell["row"] for cell in balance["cells"]] == ["new_received", "carried_over", "total_processed", "carried_forward"]
    assert {cell["column"] for cell in balance["cells"]} == {"total"}


def test_one_wrong_total_breaks_its_row_its_column_and_its_balance_and_nothing_else():
    found = failed(find(make_report(1, changes={"requests.total_processed.total": "4"})))
    assert found.select("rule_id", "row", "column").rows() == [
        ("requests.balance", "total_processed", "total"),
        ("requests.column_total", "total_processed", "total"),
        ("requests.row_total", "total_processed", "total"),
    ]
    assert found["message_zh"].to_list()[1:] == [
        "总计列：各项办理结果之和 3，总计 4，相差 1",
        "“总计”行：各类申请人之和 3，总计 4，相差 1",
    ]


def test_pending_disputes_left_out_of_the_total_are_found():
    found = find(make_report(1, changes={"disputes.review.pending": "2"}), rule="disputes.row_total")
    assert failed(found)["message_zh"].to_list() == ["“行政复议”行：结果维持 0 + 结果纠正 0 + 其他结果 0 + 尚未审结 2 = 2，总计 0，相差 2"]


@pytest.mark.parametrize(
    ("changes", "fields", "reason"),
    [
        ({"requests.carried_over.total": ""}, {}, "blank_operand"),
        ({"requests.carried_over.total": "-"}, {}, "blank_operand"),
        ({}, {"doubtful": ("requests.carried_over.total",)}, "doubtful_operand"),
    ],
)
def test_an_identity_with_a_blank_or_doubtful_operand_is_not_judged(changes, fields, reason):
    only_total = {key: raw for key, raw in {**fill_form(), **changes}.items() if key.endswith(".total")}
    only_total["requests.new_received.total"] = "9"  # would fail if the operand were taken for 0
    (row,) = find(make_report(1, cells=only_total, **fields), rule="requests.balance").rows(named=True)
    assert (row["verdict"], row["reason"]) == ("not_applicable", reason)


def test_an_absent_operand_and_an_absent_table_are_told_apart():
    no_carry = {key: raw for key, raw in fill_form().items() if not key.startswith("requests.carried_over")}
    no_table = {key: raw for key, raw in fill_form().items() if not key.startswith("requests")}
    for cells, reason in ((no_carry, "missing_operand"), (no_table, "no_table")):
        (row,) = find(make_report(1, cells=cells), rule="requests.balance").rows(named=True)
        assert (row["verdict"], row["reason"]) == ("not_applicable", reason)


def test_other_columns_are_judged_although_one_has_a_blank():
    changes = {"requests.carried_over.total": "", "requests.carried_forward.natural_person": "3"}
    found = failed(find(make_report(1, changes=changes), rule="requests.balance"))
    assert found["column"].to_list() == ["natural_person"]


def test_the_mixed_form_counts_its_single_row_and_not_the_three():
    details = [f"requests.{row}." for row in ("other_overdue_correction", "other_overdue_fee", "other_other")]
    mixed = {key: raw for key, raw in fill_form().items() if not key.startswith(tuple(details))}
    mixed |= {f"requests.other_processed.{column}": "0" for column in (*COLUMNS, "total")}
    mixed |= {"requests.other_processed.natural_person": "1", "requests.total_processed.natural_person": "4"}
    found = failed(find(make_report(1, cells=mixed), rule="requests.column_total"))
    assert found.height == 0
    mixed["requests.other_processed.natural_person"] = "2"
    found = failed(find(make_report(1, cells=mixed), rule="requests.column_total"))
    assert found.select("column", "lhs", "rhs").rows() == [("natural_person", 5.0, 4.0)]


def test_a_form_with_the_single_row_and_the_three_is_not_judged():
    both = fill_form() | {f"requests.other_processed.{column}": "0" for column in (*COLUMNS, "total")}
    (row,) = find(make_report(1, cells=both), rule="requests.column_total").rows(named=True)
    assert (row["verdict"], row["reason"]) == ("not_applicable", "conflicting_operands")


WRONG = {"requests.total_processed.total": "4"}


def test_a_failure_that_rests_on_a_cell_placed_by_arithmetic_has_an_unknown_cause():
    found = failed(find(make_report(1, changes=WRONG, methods={"requests.carried_over.total": "arithmetic"})))
    causes = dict(found.select("rule_id", "cause").rows())
    assert causes == {"requests.balance": "unknown", "requests.column_total": "source", "requests.row_total": "source"}


def test_one_slip_among_cells_placed_by_order_is_the_agencys():
    found = failed(find(make_report(1, changes=WRONG, methods=dict.fromkeys(fill_form(), "order"))))
    assert set(found["cause"]) == {"source"}


def test_many_failures_among_cells_placed_by_order_are_our_misreading():
    # Every value of table 三 one column too far.
    cells = fill_form()
    shifted = dict(cells)
    keys = [key for key in cells if key.startswith("requests.")]
    for key, before in zip(keys, [keys[-1], *keys[:-1]], strict=True):
        shifted[key] = cells[before]
    report = make_report(1, cells=shifted, methods=dict.fromkeys(cells, "order"))
    found = failed(find(report)).filter(pl.col("rule_id").is_in(ARITHMETIC))
    assert found.height == 8
    assert set(found["cause"]) == {"parse"}


@settings(deadline=None, max_examples=25)
@given(
    outcomes=st.lists(st.lists(st.integers(0, 10**6), min_size=6, max_size=6), min_size=21, max_size=21),
    forward=st.lists(st.integers(0, 5), min_size=6, max_size=6),
    slip=st.integers(1, 10**6),
    place=st.integers(0, 5),
)
def test_any_consistent_table_passes_and_a_slip_in_one_total_is_found_in_its_column(outcomes, forward, slip, place):
    rows = list(dict.fromkeys(key.split(".")[1] for key in fill_form() if key.startswith("requests.")))
    processed = [sum(column) for column in zip(*outcomes, strict=True)]
    received = [p + f for p, f in zip(processed, forward, strict=True)]
    table = dict(zip(rows, [received, [0] * 6, *outcomes, processed, forward], strict=True))
    cells = {}
    for row, values in table.items():
        cells |= {f"requests.{row}.{column}": str(value) for column, value in zip(COLUMNS, values, strict=True)}
        cells[f"requests.{row}.total"] = str(sum(values))
    report = make_report(1, changes=cells)
    assert failed(find_arithmetic(report)).height == 0
    spoilt = f"requests.total_processed.{COLUMNS[place]}"
    found = failed(find_arithmetic(make_report(1, changes={**cells, spoilt: str(processed[place] + slip)})))
    assert found.select("rule_id", "column", "residual").rows() == [
        ("requests.balance", COLUMNS[place], -float(slip)),
        ("requests.column_total", COLUMNS[place], -float(slip)),
        ("requests.row_total", "total", float(slip)),
    ]
