"""A build that a gate blocks, told to a real web server and a real mail server; then mended; then with a receiver that is down."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from builders.commands import Nianbao, Outcome
from builders.receivers import Mailbox, Webhook, serve_mail, serve_webhook

from ingest.samples import RenderedReport, generate_reports
from orchestration.alerting.evaluating import tell
from orchestration.settings import Settings, load_settings

pytestmark = [
    pytest.mark.filterwarnings("ignore:AssetExecutionContext.op is deprecated:DeprecationWarning"),  # dagster-dbt calls it
    pytest.mark.filterwarnings("ignore:sqlglotrs is deprecated:DeprecationWarning"),  # dagster-dbt imports it
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),  # apprise imports it
]

YEAR = 2023
LINK = "http://127.0.0.1:3000/runs/"


@dataclass
class Desk:
    """An installation with one year of six reports, and who is told."""

    nianbao: Nianbao
    settings: Settings
    reports: dict[Path, RenderedReport]
    webhook: Webhook
    mailbox: Mailbox

    def build(self) -> Outcome:
        return self.nianbao("build")

    def spoil(self) -> None:
        """A third is cut off behind the head of the tables, as a broken crawler leaves it."""
        for path in self.spoiled:
            text = path.read_text("utf-8")
            path.write_text(text[: len(text) // 3], "utf-8")

    @property
    def spoiled(self) -> list[Path]:
        return list(self.reports)[: len(self.reports) // 3]

    def mend(self) -> None:
        for path, report in self.reports.items():
            path.write_bytes(report.content)

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.webhook.received]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Reports and what was built of them before anybody asked to be told; `home-built` is a copy to begin from."""
    from orchestration.building import build

    folder = tmp_path_factory.mktemp("alerts")
    (folder / "reports").mkdir()
    settings = Settings(home=folder / "home", reports=(folder / "reports",))
    write_reports(settings)
    assert build(settings).is_published
    shutil.copytree(settings.home, folder / "home-built", symlinks=True)
    return settings


def write_reports(settings: Settings) -> dict[Path, RenderedReport]:
    reports = {}
    for report in generate_reports(42, seed=7):
        if report.report_year == YEAR:
            path = settings.reports[0] / f"{report.slug}-{report.report_year}{report.suffix}"
            path.write_bytes(report.content)
            reports[path] = report
    return reports


@pytest.fixture
def desk(built: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    shutil.rmtree(built.home)
    shutil.copytree(built.home.with_name("home-built"), built.home, symlinks=True)
    reports = write_reports(built)
    with serve_webhook() as webhook, serve_mail() as mailbox:
        monkeypatch.setenv("NIANBAO_HOME", str(built.home))
        monkeypatch.setenv("NIANBAO_REPORTS", str(built.reports[0]))
        monkeypatch.setenv("NIANBAO_ALERT_URLS", f"{webhook.url}\n{mailbox.url}")
        settings = load_settings()
        tell(settings, datetime.now(UTC))  # all is well
        yield Desk(Nianbao(capsys), settings, reports, webhook, mailbox)


def test_a_blocked_run_is_told_once_by_web_and_mail_and_the_mended_run_tells_that_it_is_over(desk: Desk) -> None:
    assert len(desk.reports) == 6
    desk.spoil()
    blocked = desk.build()
    assert blocked.status == 1 and "alerts could not" not in blocked.err, blocked.err
    assert desk.build().status == 1  # the same cause again: nothing more is told
    (message,), (mail,) = desk.webhook.received, desk.mailbox.read_texts()
    assert message["title"] == mail[0] == "[年报 Nianbao] 门禁拦下发布：2023 年度 · A gate blocked publication: 2023"
    assert message["type"] == "failure"
    body = message["message"]
    assert body.strip() == mail[1]
    zh, en = body.split("\n\n")
    assert "- 2023 · 上次能全部读出的报告这次仍能读出（corpus.no_regression）：6 项中 2 项未过，容许 1 项" in zh
    assert "(corpus.no_regression): 2 of 6 failed, 1 allowed" in en
    assert LINK in zh and LINK in en
    assert 1 <= zh.split("最严重的（至多三例）：")[1].count("\n- ") <= 3
    spoiled = "|".join(re.escape(path.name) for path in desk.spoiled)
    assert len(re.findall(rf"^- reports/(?:{spoiled}):[1-9]\d* suspect", en, re.MULTILINE)) == 2  # file and line

    desk.mend()
    assert desk.build().status == 0
    assert [len(desk.webhook.received), len(desk.mailbox.received)] == [2, 2]
    over = desk.webhook.received[1]
    assert (
        over["title"]
        == desk.mailbox.read_texts()[1][0]
        == ("[年报 Nianbao] 已恢复 门禁拦下发布：2023 年度 · Recovered. A gate blocked publication: 2023")
    )
    assert over["type"] == "success"
    assert desk.build().status == 0  # nothing is new
    assert [len(desk.webhook.received), len(desk.mailbox.received)] == [2, 2]


def test_with_a_receiver_that_is_down_the_run_ends_as_it_would_and_it_is_told_once_when_it_is_back(desk: Desk) -> None:
    desk.webhook.status = 503
    desk.spoil()
    assert desk.build().status == 1
    assert desk.webhook.attempts == 1
    assert (len(desk.webhook.received), len(desk.mailbox.received)) == (0, 1)
    listed = desk.nianbao("alerts", "--lang", "en")
    assert "blocked:2023  A gate blocked publication: 2023" in listed.out
    assert "1 attempts, HTTP 503" in listed.out
    assert "secret-token" not in listed.out + listed.err

    now = datetime.now(UTC)
    assert tell(desk.settings, now).pending == 1
    assert desk.webhook.attempts == 1  # too early
    desk.webhook.status = 200
    assert tell(desk.settings, now + timedelta(minutes=2)).delivered == 1
    assert desk.nianbao("alerts", "send").status == 0
    assert (len(desk.webhook.received), len(desk.mailbox.received)) == (1, 1)
    with sqlite3.connect(desk.settings.paths.alerts / "outbox.sqlite") as connection:
        assert "secret-token" not in "\n".join(connection.iterdump())
    connection.close()


def test_a_run_that_crashes_is_told_with_its_error(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise OSError("disk is full")

    desk.spoil()
    monkeypatch.setattr("orchestration.assets.staging.refresh_partition", crash)
    assert desk.build().status == 2
    (message,) = desk.webhook.received
    assert "A run failed: all_years" in message["title"]
    assert "disk is full" in message["message"]
    assert LINK in message["message"]


def test_a_folder_that_is_gone_is_one_message_and_no_failed_run_beside_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_REPORTS", str(desk.settings.home / "gone"))
    assert desk.build().status == 2
    assert desk.titles == ["[年报 Nianbao] 数据来源停滞：gone · A source is stale: gone"]


def test_dagster_tells_of_a_blocked_run_once_through_its_failure_sensor_and_its_tick(desk: Desk) -> None:
    from orchestration.alerting.sensing import build_alert_sensors, read_new_checks
    from orchestration.building import build
    from orchestration.instances import open_instance

    on_failure, on_success, tick = build_alert_sensors(desk.settings)
    with open_instance(desk.settings.paths) as instance:
        run_id, cursor = read_new_checks(instance, None, datetime.now(UTC))
        assert run_id is None  # old evaluations are not replayed
        with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
            tick(context)
        assert desk.titles == []
        desk.spoil()
        summary = build(desk.settings)  # stands for a run of the daemon: nobody looks at its end but the sensors
        run = instance.get_run_by_id(summary.run_ids[-1])
        event = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records[0].event_log_entry.dagster_event
        context = dg.build_run_status_sensor_context("alerts_on_failure", event, instance, run).for_run_failure()
        on_failure(context)
        assert desk.titles == ["[年报 Nianbao] 门禁拦下发布：2023 年度 · A gate blocked publication: 2023"]
        assert f"{LINK}{run.run_id}" in desk.webhook.received[0]["message"]
        failed, later = read_new_checks(instance, cursor, datetime.now(UTC))
        assert (failed, float(later) > float(cursor)) == (run.run_id, True)
        with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
            assert tick(context).cursor == later
        assert len(desk.titles) == 1
        desk.mend()
        run = instance.get_run_by_id(build(desk.settings).run_ids[-1])
        event = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.RUN_SUCCESS).records[0].event_log_entry.dagster_event
        on_success(dg.build_run_status_sensor_context("alerts_on_success", event, instance, run))
        assert len(desk.titles) == 2 and "Recovered" in desk.titles[1]
