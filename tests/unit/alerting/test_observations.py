"""What counts as wrong: new classes of errors, drifts, stale sources, failed runs; and how it reads."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from orchestration.alerting import collecting
from orchestration.alerting.causes import Alert, Both, RunScope, load_causes
from orchestration.alerting.collecting import Observation, RunOutcome, observe, take_turns
from orchestration.alerting.wording import write_link, write_opened
from orchestration.manifests import Example, PartitionManifest, RuleEntry
from orchestration.settings import Settings, SettingsError, load_settings
from orchestration.storage import Storage
from orchestration.warehousing import keep_gate

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path) -> Settings:
    (tmp_path / "in").mkdir()
    return Settings(home=tmp_path / "home", reports=(tmp_path / "in",))


def look(settings: Settings, opened=(), memory=None, outcome=None) -> Observation:
    return observe(settings, Storage(settings.paths), {alert.key: alert for alert in opened}, memory or {}, NOW, outcome)


def build_manifest(partition: str, judged: Sequence[str] = ("balance", "totals", "mild"), **failed: int) -> PartitionManifest:
    rules = tuple(
        RuleEntry(
            rule_id=rule, title_zh="合计", title_en="Total", severity="warning" if rule == "mild" else "error",
            verdict="failed" if rule in failed else "passed", is_blocking=False, applicable=9,
            failed=failed.get(rule, 0), allowed=9, reason=None,
            worst=(Example(source=f"in/{partition}.txt", line=47, message_zh="相差 3", message_en="off by 3"),),
        )
        for rule in judged
    )  # fmt: skip
    return PartitionManifest(
        partition=partition, inputs="", software="", previous=None, statuses={}, issues={}, findings=failed, rules=rules
    )


def see_classes(manifests: list[PartitionManifest], earlier: Observation | None) -> Observation:
    known = [] if earlier is None else [*earlier.alerts, *earlier.known]
    seen = Observation({} if earlier is None else dict(earlier.memory))
    collecting._see_classes(seen, {item.partition: item for item in manifests}, {alert.key: alert for alert in known})
    return seen


def test_what_the_first_look_finds_is_known_and_a_rule_that_fails_later_is_new():
    first = see_classes([build_manifest("2022", balance=4, mild=1)], None)
    assert ([alert.key for alert in first.alerts], [alert.key for alert in first.known]) == ([], ["class:balance:2022"])
    second = see_classes([build_manifest("2022", balance=4, totals=2, mild=3)], first)
    (alert,) = second.alerts
    assert alert.key == "class:totals:2022"
    assert alert.counts == (Both("2022 · 合计（totals）：2 条发现", "2022 · Total (totals): 2 findings"),)
    assert alert.worst[0].line == 47


def test_what_a_rule_finds_that_was_never_judged_before_is_known_and_what_it_finds_later_is_new():
    first = see_classes([build_manifest("2022", ["balance"])], None)
    second = see_classes([build_manifest("2022", totals=2), build_manifest("2023")], first)
    assert ([alert.key for alert in second.alerts], [alert.key for alert in second.known]) == ([], ["class:totals:2022"])
    third = see_classes([build_manifest("2022", totals=2), build_manifest("2023", totals=1)], second)
    assert [alert.key for alert in third.alerts] == ["class:totals:2023"]


def test_a_year_seen_for_the_first_time_tells_only_of_rules_that_failed_in_no_year():
    first = see_classes([build_manifest("2022", balance=4)], None)
    second = see_classes([build_manifest("2022", balance=4), build_manifest("2023", balance=9, totals=1)], first)
    assert [alert.key for alert in second.alerts] == ["class:totals:2023"]


def judge(rule_id: str, verdict: str = "failed", *, is_blocking: bool = False) -> RuleEntry:
    return RuleEntry(
        rule_id=rule_id, title_zh="报告份数", title_en="Reports", severity="error", verdict=verdict, is_blocking=is_blocking,
        applicable=100, failed=6, allowed=5, reason="100, now 94",
        worst=(Example(source="in/a.txt", line=3, message_zh="甲市没有了", message_en="甲市 is gone"),),
    )  # fmt: skip


def keep_good(storage: Storage, *rules: RuleEntry) -> None:
    manifest = build_manifest("2023").model_copy(update={"rules": rules, "findings": {rule.rule_id: 6 for rule in rules}})
    kept = storage.paths.staging / "manifests" / "2023.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(manifest.to_json(), "utf-8")


def test_a_drift_gate_that_failed_is_told_as_a_drift_and_not_as_a_new_class_until_it_passes(settings):
    storage = Storage(settings.paths)
    keep_good(storage, judge("drift.reports"), judge("drift.regions", "passed"), judge("corpus.other"))
    first = look(settings)
    (alert,) = first.alerts
    assert (alert.key, alert.cause, alert.place.en) == ("drift:drift.reports:2023", "drift", "2023")
    assert alert.counts[0].en == "2023 · Reports (drift.reports): 6 of 100 failed, 5 allowed (100, now 94)"
    assert alert.worst[0].line == 3
    assert [known.key for known in first.known] == ["class:corpus.other:2023"]
    keep_good(storage, judge("drift.reports", "passed"))
    later = look(settings, [alert], first.memory)
    assert (later.alerts, alert.key in later.undecided) == ([], False)


def test_a_drift_gate_that_blocks_is_no_drift_beside_the_block(settings):
    keep_good(Storage(settings.paths), judge("drift.reports", is_blocking=True))
    assert look(settings).alerts == []


def test_a_drift_of_the_marts_stays_as_it_was_told_while_they_are_made(settings):
    gate = settings.paths.warehouse / "built" / "gate.json"
    gate.parent.mkdir(parents=True)
    keep_gate(settings.paths, (judge("drift.totals"),))
    (alert,) = look(settings).alerts
    assert (alert.key, alert.place.en) == ("drift:drift.totals:marts", "marts")
    gate.unlink()
    assert alert.key in look(settings, [alert]).undecided


def test_a_source_that_does_not_exist_is_named(settings):
    (alert,) = look(settings.model_copy(update={"reports": (settings.home / "gone",)})).alerts
    assert (alert.cause, alert.place.en) == ("stale_source", "gone")


@pytest.mark.parametrize(("days", "is_stale"), [(29, False), (31, True)])
def test_a_source_is_stale_after_the_days_that_are_set_without_a_new_document(settings, days, is_stale):
    stored = settings.paths.raw / "documents" / "report_year=2023" / "a.parquet"
    stored.parent.mkdir(parents=True)
    stored.touch()
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(stored, (moment, moment))
    assert look(settings).alerts == []  # never, unless somebody sets the days
    found = [alert.key for alert in look(settings.model_copy(update={"stale_days": 30})).alerts]
    assert found == (["stale:documents"] if is_stale else [])


def test_a_failed_run_is_over_when_a_run_that_covers_it_succeeds_and_not_before(settings):
    failed = RunScope(job="one_year", partitions=("2023",))
    (alert,) = look(settings, outcome=RunOutcome(failed, "staging: disk is full", NOW)).alerts
    assert (alert.key, alert.counts[0].en) == ("failed:one_year:2023", "1 run: staging: disk is full")

    def is_over(scope: RunScope | None, ended: datetime = NOW + timedelta(minutes=1)) -> bool:
        outcome = None if scope is None else RunOutcome(scope, None, ended)
        return alert.key not in look(settings, [alert], outcome=outcome).undecided

    assert not is_over(None)
    assert not is_over(RunScope(job="one_year", partitions=("2022",)))
    assert not is_over(RunScope(job="marts_only"))
    assert not is_over(failed, NOW - timedelta(minutes=1))  # it succeeded before that; Dagster told it later
    assert is_over(failed)
    assert is_over(RunScope(job="all_years", partitions=("2022", "2023")))
    assert is_over(RunScope(job="all_years", is_whole=True))


def test_while_nothing_is_built_the_marts_gate_stays_as_it_was_told(settings):
    assert "blocked:marts" in look(settings).undecided


def test_the_worst_of_each_rule_come_before_the_second_of_any():
    one, two, three, four = (Example(source=name, line=1, message_zh=None, message_en=None) for name in "abcd")
    assert take_turns([[one, two], [three], [four]]) == [one, three, four]


def test_a_message_is_chinese_then_english_flat_and_short():
    nasty = Example(source="in/x.txt", line=3, message_zh="甲\n乙 {link}" + "丙" * 500, message_en="a\nb")
    counts = tuple(Both(f"第{number}条", f"line {number}") for number in range(9))
    alert = Alert(key="k", cause="drift", place=Both("2023 年度", "2023"), counts=counts, worst=(nasty,))
    message = write_opened([alert], write_link("http://ui.example.org", None))
    zh, en = message.body.split("\n\n")
    assert "- in/x.txt:3 甲 乙 {link}丙" in zh and "丙" * 200 not in zh
    assert "- 另有 3 项" in zh and "- 3 more" in en
    assert zh.endswith("运行：http://ui.example.org/runs")
    assert message.severity == "warning"


def test_every_cause_has_its_words():
    assert set(load_causes().causes) == {"blocked", "failed_run", "new_error_class", "drift", "stale_source"}


def test_alert_urls_are_split_before_a_scheme_only_and_never_shown():
    settings = load_settings({"NIANBAO_ALERT_URLS": "mailto://h?to=a@x.org,b@x.org, json://h/1\n\njson://h/secret\n"})
    assert [url.get_secret_value() for url in settings.alert_urls] == ["mailto://h?to=a@x.org,b@x.org", "json://h/1", "json://h/secret"]
    assert "secret" not in repr(settings)
    assert load_settings(settings.to_environment()) == settings
    with pytest.raises(SettingsError, match="NIANBAO_ALERT_URLS") as error:
        load_settings({"NIANBAO_ALERT_URLS": "hunter2"})
    assert "hunter2" not in str(error.value)
