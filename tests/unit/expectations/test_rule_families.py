"""Every check that the research names is a rule or has its reason in undecided.yml; every rule's terms name what exists."""

import pytest

from expectations.catalogue import Rule, Undecided, load_catalogue
from expectations.checks.grids import form_cells
from expectations.checks.operands import read_operand
from expectations.describing import describe_undecided
from ingest.errors import RuleError
from ingest.mentions.subjects import load_mentions, load_vocabulary

CATALOGUE = load_catalogue()
FAMILIES = {"ST": 18, "T3": 13, "T4": 8, "T2": 12, "P": 11, "XY": 11, "NT": 22, "MD": 14, "CP": 7, "RG": 6}
CODES = {f"{family}-{number:02}" for family, last in FAMILIES.items() for number in range(1, last + 1)}
OF_THIS_SOFTWARE = {"CV", "DC", "DR", "MR", "RW"}
"""Conservation, decisions, drift, marts and raw: promises of the pipeline, not of the research."""
OWN = [rule for rule in CATALOGUE.rules if rule.kind in ("relations", "statements")]


def test_every_code_of_the_research_is_a_rule_or_has_a_reason_and_no_other_code_exists():
    decided = {code for rule in CATALOGUE.rules for code in rule.codes if code.split("-")[0] not in OF_THIS_SOFTWARE}
    undecided = [entry.code for entry in CATALOGUE.undecided]
    assert len(undecided) == len(set(undecided))
    assert decided & set(undecided) == set()
    assert CODES - decided - set(undecided) == set()
    assert (decided | set(undecided)) - CODES == set()


def test_a_code_of_several_numbers_finds_its_rule():
    rule = CATALOGUE.rule("disputes.row_total")
    assert rule.codes == ("T4-01", "T4-02", "T4-03")
    assert CATALOGUE.find("T4-02") == (rule,)
    assert {entry.id for entry in CATALOGUE.find("NT-01") if isinstance(entry, Rule)} == {
        "mentions.requests_handled",
        "mentions.requests_received",
    }
    with pytest.raises(RuleError, match="no rule T9-99"):
        CATALOGUE.find("T9-99")


def test_an_undecided_code_says_why_in_both_languages():
    (entry,) = CATALOGUE.find("T4-08")
    assert isinstance(entry, Undecided)
    assert describe_undecided(entry, "zh").startswith("T4-08：跨年未审结案件\n未设规则（现有数据无法判定）：")
    assert "No rule (cannot be decided): The form has no row" in describe_undecided(entry, "en")


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.id)
def test_every_operand_is_a_cell_of_a_form(rule):
    if rule.kind == "relations":
        operands = [o for relation in rule.terms.relations for left, right, given, _ in relation.expand() for o in (*left, *right, *given)]
    else:
        operands = [read_operand(cell) for entry in rule.terms.statements for reading in entry.readings for cell in reading.cells]
    assert {operand.key for operand in operands} <= form_cells().keys()


def test_every_subject_that_counts_a_cell_is_compared_with_it():
    stated = {e.subject: e.readings[0].cells[0] for rule in OWN if rule.kind == "statements" for e in rule.terms.statements}
    assert stated.keys() <= {subject.subject for subject in load_mentions().subjects}
    assert {subject: stated[subject] for subject in load_vocabulary().cells} == {
        subject: ".".join(cell) for subject, cell in load_vocabulary().cells.items()
    }


def test_new_rules_say_when_they_apply_and_which_failures_are_no_mistake():
    told = [rule for rule in CATALOGUE.rules if rule.applicability is not None]
    assert len(told) > 30
    assert all(rule.exceptions for rule in told)
