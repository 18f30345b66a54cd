from pathlib import Path

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from expectations.describing import describe_rule, say_allowance
from expectations.exporting import build_seeds, render_rule_book, write_seeds
from ingest.templates import load_templates

ROOT = Path(__file__).parents[3]


def test_the_seeds_of_the_warehouse_are_not_stale(tmp_path):
    for path in write_seeds(tmp_path):
        assert path.read_bytes() == (ROOT / "dbt_project" / "seeds" / path.name).read_bytes(), f"{path.name} is stale: write the seeds anew"


def test_the_rule_book_is_not_stale():
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == render_rule_book(load_catalogue()), "docs/rules.md is stale: run make docs"


def test_template_cells_are_the_200_and_198_of_the_forms_then_the_variants():
    cells = build_seeds(load_catalogue(), load_templates())["template_cells"]
    assert cells.group_by("template").len().sort("template").rows() == [("2019", 198), ("2021", 207)]
    assert cells.select("template", "table_key", "row_key", "column_key").is_duplicated().sum() == 0
    variants = cells.filter((pl.col("template") == "2021") & (pl.col("cell_order") > 200))
    assert variants["row_key"].unique().to_list() == ["other_processed"]
    first = cells.filter((pl.col("template") == "2021") & (pl.col("cell_order") == 1)).row(0)
    assert first == ("2021", 1, "proactive", "regulation", "made", "二、主动公开政府信息情况", "规章", None, "本年制发件数", "件", "count")


def test_rules_seed_says_which_failures_quarantine():
    rules = build_seeds(load_catalogue(), load_templates())["rules"]
    quarantining = rules.filter(pl.col("on_failure") == "quarantine")["rule_id"].to_list()
    assert quarantining == ["report.complete", "report.duplicate_agency_year", "report.duplicate_content"]
    assert rules.filter(pl.col("rule_id") == "requests.balance").select("blocks", "allowed_share", "allowed_count").row(0) == (
        True,
        0.15,
        2,
    )


@pytest.mark.parametrize(
    ("share", "count", "zh", "en"),
    [
        (0, 0, "0 个", "0"),
        (0.15, 2, "2 个或 15%（取大者）", "2 or 15%, whichever is more"),
        (0.34, 0, "34%", "34%"),
    ],
)
def test_allowances_are_said_in_both_languages(share, count, zh, en):
    assert (say_allowance(share, count, "zh"), say_allowance(share, count, "en")) == (zh, en)


@pytest.mark.parametrize("rule", load_catalogue().rules, ids=lambda rule: rule.id)
def test_every_rule_can_be_described(rule):
    assert describe_rule(rule, "zh").startswith(f"{rule.id}（{rule.code}")
    assert rule.source in describe_rule(rule, "en")
