import polars as pl
import pytest
from builders.staging import build_partition, make_report

from expectations.catalogue import load_catalogue
from expectations.examples import ExampleMention
from expectations.findings import compute_findings

CATALOGUE = load_catalogue()


def say(subject, raw, **fields):
    return ExampleMention(subject=subject, raw=raw, **fields)


def find(rule, *mentions, **fields):
    report = make_report(1, mentions=mentions, **fields)
    return compute_findings(build_partition(report), CATALOGUE, report_year=2023).filter(pl.col("rule_id") == rule)


RECEIVED = "mentions.requests_received"  # the form has 4 received and 1 carried over


@pytest.mark.parametrize(
    ("raw", "precision", "verdict", "reading"),
    [
        ("4", "exact", "passed", "新收"),
        ("5", "exact", "passed", "新收加上年结转"),
        ("6", "exact", "failed", None),
        ("未收到", "exact", "failed", None),
        ("3", "at_least", "passed", "新收"),
        ("5", "at_least", "passed", "新收加上年结转"),
        ("6", "at_least", "failed", None),
        ("9", "at_most", "passed", "新收"),
        ("3", "at_most", "failed", None),
        ("40", "about", "not_applicable", None),
    ],
)
def test_either_reading_of_received_holds_and_the_finding_says_which(raw, precision, verdict, reading):
    (row,) = find(RECEIVED, say("requests_received", raw, precision=precision)).rows(named=True)
    assert row["verdict"] == verdict
    if verdict == "passed":
        assert row["message_zh"] == reading


def test_a_failure_names_the_line_of_the_sentence_and_that_of_the_cell():
    (row,) = find(RECEIVED, say("requests_received", "7")).rows(named=True)
    cell = list(make_report(1).cells).index("requests.new_received.total") + 1
    assert row["message_zh"] == f"第 101 行写收到政府信息公开申请 7，表格（第 {cell} 行）新收 4，新收加上年结转 5"
    assert (row["line"], row["raw"], row["lhs"], row["rhs"], row["cause"]) == (101, "7", 7.0, 4.0, "source")
    assert (row["table"], row["row"], row["column"], row["severity"]) == ("requests", "new_received", "total", "error")


def test_one_sentence_that_agrees_is_enough_and_an_exact_number_outweighs_a_bound():
    assert find(RECEIVED, say("requests_received", "9"), say("requests_received", "4"))["verdict"].to_list() == ["passed"]
    mixed = find(RECEIVED, say("requests_received", "3", precision="at_least"), say("requests_received", "9"))
    assert mixed.select("verdict", "raw").rows() == [("failed", "9")]


@pytest.mark.parametrize(
    ("mention", "fields", "reason"),
    [
        (None, {}, "not_stated"),
        (say("requests_received", "9", section="problems"), {}, "not_stated"),
        (say("requests_received", "9"), {"changes": {"requests.new_received.total": "-"}}, "nothing_to_compare_with"),
        (say("requests_received", "9"), {"changes": {"requests.carried_over.total": ""}}, "nothing_to_compare_with"),
        (say("requests_received", "9"), {"doubtful": ("requests.new_received.total",)}, "nothing_to_compare_with"),
    ],
)
def test_a_statement_is_not_judged_without_a_sure_cell_or_outside_its_sections(mention, fields, reason):
    found = find(RECEIVED, *([] if mention is None else [mention]), **fields)
    assert found.select("verdict", "reason").rows() == [("not_applicable", reason)]


def test_each_form_is_compared_with_its_own_row_of_other_outcomes():
    old = find("mentions.outcomes", say("outcome_other", "2"), template="2019", changes={"requests.other_processed.total": "2"})
    new = find("mentions.outcomes", say("outcome_other", "2"), changes={"requests.other_overdue_fee.total": "2"})
    wrong = find("mentions.outcomes", say("outcome_other", "3"), changes={"requests.other_overdue_fee.total": "2"})
    assert [found["verdict"][0] for found in (old, new, wrong)] == ["passed", "passed", "failed"]


@pytest.mark.parametrize(
    ("methods", "changes", "cause"),
    [
        ("label", {}, "source"),
        ("order", {}, "source"),  # every sum of the table holds, so the value stands where it should
        (
            "order",
            {"requests.granted.total": "9", "requests.carried_over.legal_service": "1"},
            "parse",
        ),
        ("arithmetic", {}, "unknown"),
    ],
)
def test_the_cause_follows_from_how_the_cells_were_placed(methods, changes, cause):
    placed = dict.fromkeys(make_report(1).cells, methods)
    found = find("mentions.requests_carried", say("requests_carried_forward", "8"), methods=placed, changes=changes)
    assert found.select("verdict", "cause").rows() == [("failed", cause)]


def test_two_numbers_for_one_thing_contradict_unless_the_carry_over_explains_them():
    rule = "mentions.consistent"
    assert find(rule, say("requests_received", "4"), say("requests_received", "5"))["verdict"].to_list() == ["passed"]
    wrong = find(rule, say("requests_received", "4"), say("requests_received", "6"))
    assert wrong["message_zh"].to_list() == ["收到政府信息公开申请：第 101 行为 4，第 102 行为 6"]
    same = find(rule, say("fee_amount", "1", unit="万元"), say("fee_amount", "10000", unit="元"))
    assert same["verdict"].to_list() == ["passed"]


@pytest.mark.parametrize(
    ("rate", "sentence", "verdict"),
    [
        ("60", "办结率60%", "passed"),
        ("60.0", "办结率60.0%", "passed"),
        ("61", "办结率61%", "failed"),
        ("100", "办结率100%", "failed"),
        ("100", "按时办结率100%", "not_applicable"),
    ],
)
def test_a_rate_is_compared_to_the_last_printed_digit_and_not_when_it_is_one_of_punctuality(rate, sentence, verdict):
    found = find("mentions.completion_rate", say("completion_rate", rate, unit="%", sentence=sentence))  # 3 of 5
    assert found["verdict"].to_list() == [verdict]


@pytest.mark.parametrize(
    ("mentions", "verdicts"),
    [
        ([say("fee_notices", "6")], ["failed"]),  # 5 requests
        ([say("fee_amount", "105", unit="元")], ["failed"]),
        ([say("fee_amount", "100", unit="元"), say("fee_collected", "200", unit="元")], ["failed"]),
        ([say("fee_amount", "200", unit="元"), say("fee_collected", "200", unit="元")], ["passed"]),
    ],
)
def test_what_is_said_of_fees_must_be_possible(mentions, verdicts):
    assert find("mentions.fees", *mentions)["verdict"].to_list() == verdicts


def test_parts_of_another_sentence_are_not_added():
    one = [say("requests_online", "3"), say("requests_by_letter", "4")]
    assert find("mentions.channels", *one)["verdict"].to_list() == ["failed"]
    two = [say("requests_online", "3"), say("requests_by_letter", "4", sentence="another")]
    assert find("mentions.channels", *two)["verdict"].to_list() == ["passed"]
