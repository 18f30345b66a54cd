import copy

import polars as pl
import pytest
import yaml
from pydantic import ValidationError

from expectations.catalogue import Catalogue, Gate, Rule, load_catalogue, parse_rules
from expectations.checks.verdicts import Batch
from expectations.examples import Example, expand_example
from expectations.findings import judge_rules
from ingest.errors import RuleError

RULES = load_catalogue().rules
IDS = [rule.id for rule in RULES]

A_RULE = """
- id: requests.balance
  code: T3-01
  version: 1
  title_zh: 平衡
  title_en: balance
  source: form
  formula: a = b
  kind: balance
  scope: report
  subject: column
  terms: {table: requests, left: {new_received: 新收}, right: {total_processed: 总计}, stated: total_processed}
  tolerance: 0
  severity: error
  on_failure: record
  gate: {blocks: true, allowed_share: 0.15, allowed_count: 2, min_applicable: 5, reason: because}
  examples: {passing: {}, failing: {}}
"""


def judge(rule: Rule, example: Example) -> pl.DataFrame:
    frames = expand_example(example)
    tables = {**frames["tables"], "published": frames["tables"]["reports"]}
    marts, published = ({name: frame.lazy() for name, frame in (frames[kind] or {}).items()} for kind in ("marts", "published"))
    cells = tables["cells"].lazy()
    batch = Batch(tables, 2023, frames["previous"], frames["last_good"], marts, cells, published=published if frames["published"] else None)
    needed = [load_catalogue().rule(name) for name in getattr(rule.terms, "rules", [])]
    return judge_rules(batch, [*needed, rule]).filter(pl.col("rule_id") == rule.id)


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_passing_example_passes(rule):
    verdicts = set(judge(rule, rule.examples.passing)["verdict"])
    assert "passed" in verdicts
    assert verdicts <= {"passed", "not_applicable"}


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_failing_example_fails_with_both_messages(rule):
    found = judge(rule, rule.examples.failing)
    failed = found.filter(pl.col("verdict") == "failed")
    # Of two tables that are the same nobody can say which one was copied: both fail.
    assert failed.height == (2 if rule.id == "report.tables_own" else 1)
    assert found.filter(pl.col("verdict") == "errored").height == 0
    assert failed["message_zh"][0]
    assert failed["message_en"][0]


def test_the_rules_of_the_first_issue_are_all_there():
    assert {
        "requests.balance",
        "requests.row_total",
        "requests.column_total",
        "requests.carried_over_matches",
        "disputes.row_total",
        "cells.non_negative_integer",
        "report.complete",
        "report.sections_present",
        "report.template_matches_year",
        "report.duplicate_agency_year",
        "report.duplicate_content",
        "corpus.conservation",
        "corpus.readable",
        "corpus.read_in_full",
        "corpus.no_regression",
        "marts.agency_years_reconcile",
        "marts.cells_conserved",
        "marts.keys_unique",
        "marts.shares_in_range",
    } <= set(IDS)
    assert sorted(IDS) == IDS


def test_a_known_rule_is_found_and_an_unknown_one_names_the_known():
    assert load_catalogue().rule("requests.balance").code == "T3-01"
    with pytest.raises(RuleError, match=r"no rule requests\.balanse; known: .*requests\.balance"):
        load_catalogue().rule("requests.balanse")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r["examples"].pop("failing"), "failing"),
        (lambda r: r["examples"].pop("passing"), "passing"),
        (lambda r: r["gate"].pop("reason"), "reason"),
        (lambda r: r["gate"].update(reason=""), "reason"),
        (lambda r: r.update(kind="no_such_kind"), "kind no_such_kind is not one of"),
        (lambda r: r.update(scope="partition"), "judges scope report"),
        (lambda r: r["terms"].update(rows=[]), "rows"),
        (lambda r: r["terms"].pop("stated"), "stated"),
        (lambda r: r.update(severity="fatal"), "severity"),
        (lambda r: r.update(colour="red"), "colour"),
        (lambda r: r.update(id="Balance"), "id"),
    ],
)
def test_a_rule_that_lacks_or_misspells_something_does_not_load(change, message):
    entries = yaml.safe_load(A_RULE)
    assert parse_rules(yaml.safe_dump(entries), "own.yml")[0].id == "requests.balance"
    change(entries[0])
    with pytest.raises(RuleError, match=f"(?s)own.yml.*{message}"):
        parse_rules(yaml.safe_dump(entries), "own.yml")


def test_only_reports_can_be_quarantined():
    entry = copy.deepcopy(yaml.safe_load(A_RULE)[0])
    entry.update(kind="conservation", scope="partition", terms={}, on_failure="quarantine")
    with pytest.raises(RuleError, match="only a report can be quarantined"):
        parse_rules(yaml.safe_dump([entry]), "own.yml")


def test_two_rules_of_one_id_do_not_load():
    rule = parse_rules(A_RULE, "own.yml")[0]
    with pytest.raises(ValidationError, match="declared twice"):
        Catalogue(rules=(rule, rule))


@pytest.mark.parametrize(
    ("share", "count", "applicable", "allowed"),
    [(0.15, 2, 9, 2), (0.15, 2, 20, 3), (0.15, 2, 100, 15), (0.34, 3, 8, 3), (0, 0, 1000, 0), (0.29, 0, 100, 29)],
)
def test_gate_allows_the_larger_of_count_and_share(share, count, applicable, allowed):
    gate = Gate(blocks=True, allowed_share=share, allowed_count=count, min_applicable=None, reason="because")
    assert gate.allowed(applicable) == allowed
