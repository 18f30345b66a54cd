"""What indicators.yml may say, and what SQL comes of it."""

import pytest

from expectations.indicators.compiling import compile_figures, compile_indicators, describe_columns, replace_region
from expectations.indicators.declaring import IndicatorError, load_indicators, parse_indicators
from expectations.indicators.describing import build_indicator_seed, render_indicator_page
from expectations.indicators.expressions import ExpressionError, list_operands, parse_expression, write_expression
from ingest.templates import load_templates

SMALL = """
small_sample: 30
figures:
  - {key: a_count, name: 甲, from: requests.granted.total, about: 甲.}
  - {key: b_count, name: 乙, from: [requests.other_processed.total, a_count + requests.other_other.total], about: 乙.}
indicators:
  - {id: I-01, key: a_share, name_zh: 甲率, name_en: A, kind: share, numerator: a_count, denominator: a_count + b_count}
"""


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        ("a + b", "a + b"),
        ("a - (b + c)", "a - (b + c)"),
        ("(a + b) * c", "(a + b) * c"),
        ("a - b - c", "a - b - c"),
        ("x.y.z ** 2 + a", "x.y.z * x.y.z + a"),
        ("(a + b) ** 2", "(a + b) * (a + b)"),
    ],
)
def test_an_expression_keeps_its_meaning_as_sql(expression: str, written: str) -> None:
    assert write_expression(parse_expression(expression), str) == written


@pytest.mark.parametrize("expression", ["a / b", "max(a, b)", "a + 1", "a ** 3", "a +", "a or b", "a[0]", "-a"])
def test_an_expression_that_could_divide_call_or_fill_in_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(expression)


def test_operands_are_figures_and_cells() -> None:
    assert list(list_operands(parse_expression("a_count + requests.granted.total ** 2"))) == ["a_count", "requests.granted.total"]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("requests.granted.total", "requests.granted.sum", "which no form"),
        ("denominator: a_count + b_count", "denominator: c_count", "which no form"),
        ("from: requests.granted.total", "mention: no_such_subject", "there is no mention"),
        ("a_count + b_count}", "a_count / b_count}", "only [+] - "),
        ("kind: share", "kind: ratio", "has to end in _ratio"),
        (", denominator: a_count + b_count", "", "has a denominator"),
        ("numerator: a_count, denominator: a_count + b_count", "unsupported: none, model: m, column: c", "one of numerator"),
        ("key: b_count", "key: a_count", "declared twice"),
        ("denominator: a_count + b_count", 'denominator: a_count, comparable: ["1999"]', "unknown form"),
        ("a_count + requests.other_other.total", "b_count + requests.other_other.total", "no figure above"),
    ],
)
def test_a_declaration_that_does_not_hold_is_refused_with_its_place(before: str, after: str, message: str) -> None:
    assert before in SMALL
    with pytest.raises(IndicatorError, match=message):
        parse_indicators(SMALL.replace(before, after), "small.yml")


def test_the_first_formula_whose_cells_are_printed_is_taken() -> None:
    sql = compile_figures(parse_indicators(SMALL, "small.yml"))
    assert (
        "case when request_cells.has_other_processed__total then request_cells.other_processed__total "
        "else request_cells.granted__total + request_cells.other_other__total end as b_count" in sql
    )
    assert "{{ share_of('a_count', '(a_count + b_count)') }} as a_share" in sql


def test_an_indicator_is_on_the_forms_that_have_all_its_cells() -> None:
    declaration, templates = load_indicators(), load_templates()
    forms = {indicator.id: declaration.list_forms(indicator, templates) for indicator in declaration.computed}
    assert forms["I-04"] == {"2019", "2021"}
    assert forms["I-10a"] == {"2019", "2021"}  # one row on the one form, three on the other
    assert forms["I-10b"] == forms["I-16a"] == forms["I-18a"] == {"2021"}
    assert forms["I-19a"] is None  # the prose has no form
    assert "'is_on_form': figures.template in ('2021')" in compile_indicators(declaration, templates)


def test_only_what_the_bridge_of_the_forms_calls_comparable_runs_from_2019_to_2021() -> None:
    """domain: 规范性文件 made is counted inconsistently, 对外公开总数量 is no 现行有效件数, fee items are no money."""
    broken = {indicator.id for indicator in load_indicators().computed if not indicator.comparable}
    assert broken == {"I-10b", "I-10c", "I-16a", "I-16b", "I-18a"}


def test_every_number_of_the_domain_is_declared_and_what_cannot_be_had_says_why() -> None:
    seed = build_indicator_seed(load_indicators(), load_templates())
    assert {identifier[:4] for identifier in seed["indicator_id"]} == {f"I-{number:02}" for number in range(1, 28)}
    missing = seed.filter(seed["grain"].is_null())
    assert missing["unsupported_reason"].null_count() == 0
    assert "I-01b" in missing["indicator_id"].to_list()
    page = render_indicator_page(load_indicators(), load_templates())
    assert "| I-04 | `disclosure_share` | 公开率 Disclosure rate | `disclosed_count / processed_count` | 2019, 2021 | 2019, 2021 |" in page


def test_generated_lines_replace_only_what_stands_between_the_markers() -> None:
    text = "select\n    a,\n    -- generated from indicators.yml: do not edit\n    old,\n    -- end of what is generated\n    z\n"
    assert replace_region(text, "--", "    new,") == text.replace("old", "new")
    with pytest.raises(ValueError, match="needed once"):
        replace_region("select a", "--", "new")
    assert "      - name: disclosure_share\n        data_type: double\n" in describe_columns(load_indicators())
