"""The texts that people get: Chinese first, then English, from `causes.yaml` and the facts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from orchestration.alerting.causes import Alert, Both, load_causes
from orchestration.alerting.collecting import take_turns
from orchestration.alerting.outboxes import Message, Standing
from orchestration.manifests import Example

_MAX_LINES: Final = 6
"""Lines of counts; a message is read on a phone, and WeCom cuts at 2048 bytes."""
_MAX_CHARACTERS: Final = 160
_CHINA: Final = ZoneInfo("Asia/Shanghai")


def write_opened(alerts: Sequence[Alert], link: str) -> Message:
    """One message for alerts of one cause that opened together."""
    places = _join_places(alerts)
    counts = [line for alert in alerts for line in alert.counts]
    worst = take_turns(alert.worst for alert in alerts)
    facts = {
        "counts_zh": _list_lines([line.zh for line in counts], "另有 {} 项"),
        "counts_en": _list_lines([line.en for line in counts], "{} more"),
        "worst_zh": _list_lines([_write_example(example, example.message_zh) for example in worst], "") or "- 无",
        "worst_en": _list_lines([_write_example(example, example.message_en) for example in worst], "") or "- none",
    }
    return _write(alerts, "opened", places, {**facts, "link": link})


def write_recovered(standing: Sequence[Standing], link: str) -> Message:
    """One message for alerts of one cause that are over together."""
    alerts = [item.alert for item in standing]
    since = min(item.since for item in standing)
    return _write(alerts, "recovered", _join_places(alerts), {"since": _write_time(since), "link": link})


def write_link(ui_url: str, run_id: str | None) -> str:
    """The page of the run; without a run, the page of all runs."""
    return f"{ui_url}/runs" if run_id is None else f"{ui_url}/runs/{run_id}"


def _write(alerts: Sequence[Alert], kind: str, places: Both, facts: dict[str, str]) -> Message:
    causes = load_causes()
    cause, form = causes.causes[alerts[0].cause], causes.message
    fields = {**cause.model_dump(), **facts, "places_zh": places.zh, "places_en": places.en}
    heading, body = (form.heading, form.opened) if kind == "opened" else (form.heading_recovered, form.recovered)
    return Message(
        cause=alerts[0].cause,
        kind=kind,
        keys=tuple(alert.key for alert in alerts),
        title=heading.format_map(fields),
        body=body.format_map(fields),
        severity=cause.severity if kind == "opened" else "success",
    )


def _join_places(alerts: Sequence[Alert]) -> Both:
    places = dict.fromkeys(alert.place for alert in alerts)  # a year with several rules is named once
    shown = list(places)[:_MAX_LINES]
    rest = len(places) - len(shown)
    return Both(
        "、".join(place.zh for place in shown) + (f"等 {len(places)} 处" if rest else ""),
        ", ".join(place.en for place in shown) + (f" and {rest} more" if rest else ""),
    )


def _list_lines(lines: Sequence[str], more: str) -> str:
    shown = [f"- {_shorten(line)}" for line in lines[:_MAX_LINES]]
    if len(lines) > _MAX_LINES:
        shown.append(f"- {more.format(len(lines) - _MAX_LINES)}")
    return "\n".join(shown)


def _write_example(example: Example, message: str | None) -> str:
    place = ":".join(str(part) for part in (example.source, example.line) if part is not None)
    return f"{place} {message or ''}".strip()


def _shorten(line: str) -> str:
    """One line, whatever a report wrote into it."""
    flat = " ".join(line.split())
    return flat if len(flat) <= _MAX_CHARACTERS else f"{flat[: _MAX_CHARACTERS - 1]}…"


def _write_time(moment: datetime) -> str:
    return f"{moment.astimezone(_CHINA):%Y-%m-%d %H:%M} (UTC+8)"
