import dagster as dg
import pytest

from expectations.catalogue import load_catalogue
from orchestration.checks import build_check_results, build_check_specs, select_rules
from orchestration.manifests import Example, RuleEntry, select_blocking


def build_entry(rule_id: str, verdict: str, *, is_blocking: bool = False, failed: int = 0, applicable: int = 10) -> RuleEntry:
    worst = (Example(source="a/x.txt", line=7, message_zh="不平", message_en="off by 3"),) if failed else ()
    return RuleEntry(
        rule_id=rule_id,
        title_zh="",
        title_en="",
        severity="error",
        verdict=verdict,
        is_blocking=is_blocking,
        applicable=applicable,
        failed=failed,
        allowed=1,
        reason=None,
        worst=worst,
    )


def judge(*entries: tuple[str, RuleEntry]) -> dg.AssetCheckResult:
    rule = load_catalogue().rule("requests.balance")
    (result,) = build_check_results([rule], entries, "staging")
    return result


@pytest.mark.parametrize("gate", ["raw", "staging", "marts"])
def test_every_rule_has_one_check_at_its_gate_and_blocks_as_the_catalogue_says(gate):
    catalogue = load_catalogue()
    specs = build_check_specs(catalogue, gate)
    assert {spec.name.replace("__", ".") for spec in specs} == {rule.id for rule in select_rules(catalogue, gate)}
    assert len({spec.name for spec in specs}) == len(specs)
    for spec in specs:
        assert spec.blocking == catalogue.rule(spec.name.replace("__", ".")).gate.blocks


def test_the_gates_share_all_rules_between_them():
    catalogue = load_catalogue()
    shared = [rule.id for gate in ("raw", "staging", "marts") for rule in select_rules(catalogue, gate)]
    assert sorted(shared) == [rule.id for rule in catalogue.rules]


def test_the_data_docs_page_of_the_worst_year_is_named(tmp_path):
    entries = [("2022", build_entry("requests.balance", "passed")), ("2023", build_entry("requests.balance", "failed", failed=4))]
    (result,) = build_check_results([load_catalogue().rule("requests.balance")], entries, "staging", tmp_path)
    page = tmp_path / "data_docs" / "staging-2023.html"
    assert (result.metadata["data docs"].value, result.metadata["data docs in a browser"].value) == (str(page), page.as_uri())


def test_one_bad_year_of_two_fails_the_check_and_is_named_with_its_worst_line():
    result = judge(
        ("2022", build_entry("requests.balance", "passed")), ("2023", build_entry("requests.balance", "failed", is_blocking=True, failed=4))
    )
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.ERROR
    assert result.description == "2023: failed, 4 of 10, 1 allowed"
    assert result.metadata["worst examples"].value == "- 2023: a/x.txt:7 off by 3"
    assert (result.metadata["applicable"].value, result.metadata["failed"].value) == (20, 4)


def test_a_failing_rule_that_does_not_block_is_a_warning():
    result = judge(("2023", build_entry("requests.balance", "failed", failed=4)))
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)


def test_a_rule_that_could_not_be_computed_does_not_pass():
    assert not judge(("2023", build_entry("requests.balance", "errored", is_blocking=True))).passed


def test_a_rule_that_was_not_audited_says_so():
    result = judge(("2023", build_entry("another.rule", "failed", failed=1)))
    assert result.metadata["verdict"].value == "nothing to audit"
    assert judge(("2023", build_entry("requests.balance", "not_applicable", applicable=0))).metadata["verdict"].value == "not_applicable"


def test_only_blocking_results_stop_a_gate():
    bad, warning = build_entry("a.a", "failed", is_blocking=True, failed=1), build_entry("b.b", "failed", failed=1)
    assert select_blocking((bad, warning)) == (bad,)
