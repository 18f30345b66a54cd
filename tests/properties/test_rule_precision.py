"""Clean generated reports fail no rule of severity error; a planted slip is found, with the right cause; damage is no slip."""

from collections import Counter

import polars as pl
from properties.planting import PLANTS, plant_slips
from properties.rulechecking import (
    MISREADINGS,
    PAGE,
    judge_files,
    list_failures,
    measure_clean,
    measure_damage,
    measure_misreadings,
    measure_slips,
)

from expectations.catalogue import load_catalogue

CATALOGUE = load_catalogue()
SLIPS = 6 * len(PLANTS)


def test_clean_reports_fail_no_rule_of_severity_error():
    count, failed = measure_clean(350, 3)
    assert count >= 350
    assert failed.filter(pl.col("severity") == "error").select("rule_id", "source", "message_zh").rows() == []


def test_every_planted_slip_has_its_rule_and_nineteen_of_twenty_are_found_none_called_our_misreading():
    slips = measure_slips(SLIPS, 11)
    assert {rule for plant in PLANTS for rule in plant.rules} <= {rule.id for rule in CATALOGUE.rules}
    found = Counter(slip.name for slip in slips if slip.cause is not None)
    assert {plant.name for plant in PLANTS} == set(found)  # no rule is a dead letter
    missed = Counter(slip.family for slip in slips if slip.cause is None)
    assert missed.total() - missed["T4"] <= 3
    assert sum(found.values()) >= 0.95 * SLIPS  # slips in table 四 may make its columns ambiguous: then the reader leaves it in doubt
    assert [slip for slip in slips if slip.cause == "parse"] == []


def test_damage_to_the_text_is_never_called_the_agencys_slip_nor_a_slip_in_damaged_text_our_misreading():
    assert measure_damage(150, 12, with_slip=False)["source"] == 0
    causes = measure_damage(150, 13, with_slip=True)
    assert causes["parse"] == 0
    assert causes["source"] >= 0.7 * 150


def test_values_set_in_wrong_cells_are_never_called_the_agencys_slip():
    causes = measure_misreadings(20, 14)
    assert {name: causes[name, "source"] for name in MISREADINGS} == dict.fromkeys(MISREADINGS, 0)
    assert all(sum(causes[name, cause] for cause in ("parse", "unknown")) == 20 for name in MISREADINGS)


def test_no_rule_errs_on_generated_reports():
    (planted,) = plant_slips(1, 15)
    found = judge_files(planted.files)
    assert found.filter(pl.col("verdict") == "errored").height == 0
    assert list_failures(found).height > 0


def test_the_page_of_the_rules_accuracy_is_of_the_full_measure():
    text = PAGE.read_text("utf-8")
    assert "| **all** | 2000 |" in text
    assert "**0** findings of severity error" in text
