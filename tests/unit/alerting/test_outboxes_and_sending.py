"""Told once, in order, again when a channel is back; and no secret anywhere."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders.commands import Nianbao
from builders.receivers import Webhook, serve_mail, serve_webhook
from pydantic import SecretStr

from orchestration.alerting import evaluating
from orchestration.alerting.causes import Alert, Both
from orchestration.alerting.collecting import Observation
from orchestration.alerting.evaluating import tell, tell_safely
from orchestration.alerting.outboxes import open_outbox
from orchestration.alerting.sending import list_channels, send_message
from orchestration.settings import Settings

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise imports it

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def build_alert(year: str) -> Alert:
    return Alert(key=f"blocked:{year}", cause="blocked", place=Both(f"{year} 年度", year), counts=(Both("三份", "three"),))


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with serve_webhook() as found:
        yield found


@pytest.fixture
def settings(tmp_path: Path, webhook: Webhook) -> Settings:
    return Settings(home=tmp_path, reports=(), alert_urls=(SecretStr(webhook.url),))


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> list[Alert]:
    """What every look sees from now on."""
    alerts: list[Alert] = []

    def observe(_settings, _storage, _current, memory, _now, _outcome) -> Observation:
        return Observation(dict(memory), alerts=list(alerts))

    monkeypatch.setattr(evaluating, "observe", observe)
    return alerts


def test_the_same_cause_is_told_once_until_it_is_over_and_again_when_it_comes_back(settings, webhook, wrong):
    wrong.append(build_alert("2023"))
    assert tell(settings, NOON).opened == ("blocked:2023",)
    assert tell(settings, NOON + MINUTE).opened == ()
    wrong.clear()
    assert tell(settings, NOON + 2 * MINUTE).recovered == ("blocked:2023",)
    assert tell(settings, NOON + 3 * MINUTE).recovered == ()
    wrong.append(build_alert("2023"))
    assert tell(settings, NOON + 4 * MINUTE).opened == ("blocked:2023",)
    assert [message["type"] for message in webhook.received] == ["failure", "success", "failure"]
    assert "始于：2026-03-01 12:00 (UTC+8)" in webhook.received[1]["message"]


def test_years_blocked_by_one_run_are_one_message_and_a_year_blocked_later_another(settings, webhook, wrong):
    wrong.extend([build_alert("2022"), build_alert("2023")])
    tell(settings, NOON)
    wrong.append(build_alert("2024"))
    tell(settings, NOON + MINUTE)
    assert [message["title"].split(": ")[1] for message in webhook.received] == ["2022, 2023", "2024"]


def test_a_channel_that_is_down_waits_longer_each_time_and_gets_its_messages_in_order(settings, webhook, wrong):
    webhook.status = 500
    wrong.append(build_alert("2023"))
    tell(settings, NOON)
    wrong.clear()
    moments = [NOON + minutes * MINUTE for minutes in (0.5, 1, 2, 3, 6, 7)]
    attempts = []
    for moment in moments:
        tell(settings, moment)
        attempts.append(webhook.attempts)
    assert attempts == [1, 2, 2, 3, 3, 4]  # at 0, 1, 3 and 7 minutes
    webhook.status = 200
    assert tell(settings, NOON + timedelta(minutes=15)).pending == 0
    assert [message["type"] for message in webhook.received] == ["failure", "success"]


def test_one_channel_that_is_down_keeps_nothing_from_another(settings, webhook, wrong):
    with serve_mail() as mailbox:
        both = settings.model_copy(update={"alert_urls": (SecretStr("json://127.0.0.1:9/x"), SecretStr(mailbox.url))})
        wrong.append(build_alert("2023"))
        summary = tell(both, NOON)
    assert (summary.delivered, summary.pending, len(mailbox.received)) == (1, 1, 1)


def test_what_waits_for_a_channel_that_was_taken_away_is_dropped(settings, webhook, wrong):
    webhook.status = 500
    wrong.append(build_alert("2023"))
    tell(settings, NOON)
    other = settings.model_copy(update={"alert_urls": (SecretStr(f"{webhook.url}/other"),)})
    assert tell(other, NOON + timedelta(hours=1)).pending == 0


def test_without_a_channel_nothing_is_written(settings, wrong):
    wrong.append(build_alert("2023"))
    tell(settings.model_copy(update={"alert_urls": ()}), NOON)
    assert not settings.paths.alerts.exists()


def test_an_error_while_looking_is_said_and_stops_no_run(settings, monkeypatch, capsys):
    monkeypatch.setattr(evaluating, "observe", lambda *_: 1 / 0)
    assert tell_safely(settings, NOON).opened == ()
    assert "alerts could not be evaluated: ZeroDivisionError" in capsys.readouterr().err


def test_a_failed_change_leaves_the_outbox_as_it_was(tmp_path):
    with open_outbox(tmp_path) as box:
        with pytest.raises(ZeroDivisionError), box.change():
            box.put(build_alert("2023"), "open", NOON)
            raise ZeroDivisionError
        assert box.list_standing() == []


def test_the_command_says_which_channel_took_the_test_message(webhook, tmp_path, monkeypatch, capsys):
    nianbao = Nianbao(capsys)
    monkeypatch.setenv("NIANBAO_HOME", str(tmp_path))
    monkeypatch.delenv("NIANBAO_ALERT_URLS", raising=False)
    assert nianbao("alerts").status == 2
    monkeypatch.setenv("NIANBAO_ALERT_URLS", webhook.url)
    assert nianbao("alerts", "test").status == 0
    webhook.status = 404
    failed = nianbao("alerts", "test")
    assert failed.status == 1
    assert re.fullmatch(r"json-[0-9a-f]{8}  HTTP 404", failed.out.strip())
    assert [message["message"] for message in webhook.received] == ["这是一条测试消息。\n\nThis is a test message."]


def test_no_log_and_no_answer_holds_a_secret(webhook, caplog):
    webhook.status = 401
    (channel,) = list_channels((SecretStr(webhook.url),))
    with caplog.at_level(logging.DEBUG):
        said = send_message(channel, "t", "b", "info")
    assert said == "HTTP 401"
    assert "secret-token" not in caplog.text + channel.name + repr(channel)


def test_a_url_that_apprise_does_not_know_is_an_answer_and_no_error():
    (channel,) = list_channels((SecretStr("nosuchthing://secret"),))
    assert send_message(channel, "t", "b", "info") == "Apprise does not understand this URL"


@pytest.mark.parametrize(
    "url",
    [
        "mailtos://user:password@smtp.example.org:587?from=nianbao@example.org&to=a@example.org,b@example.org&format=text",
        "dingtalk://SECsecret@accesstoken123/",
        "wecombot://693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa/?overflow=split",
        "feishu://7d2b1f6e9a3c",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    ],
)
def test_the_forms_of_the_documentation_are_understood(url):
    import apprise

    assert apprise.Apprise().add(url)
