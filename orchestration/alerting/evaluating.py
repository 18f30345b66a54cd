"""Look, remember, tell: what a build calls at its end and Dagster's sensors on each tick. Both may, for the outbox tells nothing twice."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final, TypeVar

from orchestration.alerting.causes import Alert
from orchestration.alerting.collecting import Observation, RunOutcome, observe
from orchestration.alerting.outboxes import Delivery, Outbox, Standing, open_outbox
from orchestration.alerting.sending import Channel, list_channels, send_message
from orchestration.alerting.wording import write_link, write_opened, write_recovered
from orchestration.locking import hold_lock
from orchestration.settings import Settings
from orchestration.storage import Storage

_Item = TypeVar("_Item")
_MAX_ERROR: Final = 300


@dataclass(frozen=True)
class TellingSummary:
    """What one look did."""

    opened: tuple[str, ...] = ()
    recovered: tuple[str, ...] = ()
    delivered: int = 0
    pending: int = 0

    def describe(self) -> str:
        """One line for a log."""
        return f"{len(self.opened)} opened, {len(self.recovered)} over; {self.delivered} delivered, {self.pending} waiting"


def tell(
    settings: Settings, now: datetime, *, run_id: str | None = None, outcome: RunOutcome | None = None, is_forced: bool = False
) -> TellingSummary:
    """Look at what is stored, post what is new or over, and deliver what is due (`is_forced`: all that waits).

    Nothing at all without a channel. Raises what reading the stored state raises; a channel that is down is no error.
    """
    channels = list_channels(settings.alert_urls)
    if not channels:
        return TellingSummary()
    with hold_lock(settings.paths.alerts / ".lock"), open_outbox(settings.paths.alerts) as box:
        standing = {item.alert.key: item for item in box.list_standing()}
        current = {key: item.alert for key, item in standing.items() if item.state != "recovered"}
        seen = observe(settings, Storage(settings.paths), current, box.read_memory(), now, outcome)
        with box.change():
            box.drop_others(channel.name for channel in channels)
            opened, recovered = _update(box, standing, seen, now)
            names = [channel.name for channel in channels]
            link = write_link(settings.ui_url, run_id)
            for alerts in _group(opened, lambda alert: alert.cause):
                box.post(write_opened(alerts, link), names, now)
            for items in _group(recovered, lambda item: item.alert.cause):
                box.post(write_recovered(items, link), names, now)
        keys = tuple(alert.key for alert in opened), tuple(item.alert.key for item in recovered)
        return TellingSummary(*keys, *_deliver(box, channels, now, is_forced=is_forced))


def deliver(settings: Settings, now: datetime) -> TellingSummary:
    """Deliver what is due without looking: while a run is in progress, what is stored is half of what it will be."""
    channels = list_channels(settings.alert_urls)
    if not channels:
        return TellingSummary()
    with hold_lock(settings.paths.alerts / ".lock"), open_outbox(settings.paths.alerts) as box:
        return TellingSummary((), (), *_deliver(box, channels, now, is_forced=False))


def tell_safely(settings: Settings, now: datetime, *, run_id: str | None = None, outcome: RunOutcome | None = None) -> TellingSummary:
    """`tell` for the end of a run, which alerts must never fail: what goes wrong is one line on standard error."""
    try:
        return tell(settings, now, run_id=run_id, outcome=outcome)
    except Exception as error:  # noqa: BLE001 (the run is done and must end as it was)
        sys.stderr.write(f"nianbao: alerts could not be evaluated: {type(error).__name__}: {error}\n")
        return TellingSummary()


def shorten_error(error: str) -> str:
    """What a failed run said, in one line."""
    flat = " ".join(error.split())
    return flat if len(flat) <= _MAX_ERROR else f"{flat[: _MAX_ERROR - 1]}…"


def _update(box: Outbox, standing: dict[str, Standing], seen: Observation, now: datetime) -> tuple[list[Alert], list[Standing]]:
    """Remember where every alert stands now; returns those to tell as opened and as over."""
    box.remember(seen.memory)
    opened: list[Alert] = []
    for alerts, state in ((seen.alerts, "open"), (seen.known, "known")):
        for alert in alerts:
            earlier = standing.get(alert.key)
            if earlier is not None and earlier.state != "recovered":
                box.put(alert, earlier.state, earlier.since)
                continue
            box.put(alert, state, now)
            if state == "open":
                opened.append(alert)
    kept = {alert.key for alert in (*seen.alerts, *seen.known)} | seen.undecided
    over = [item for key, item in standing.items() if item.state != "recovered" and key not in kept]
    for item in over:
        box.put(item.alert, "recovered", now)
    return opened, [item for item in over if item.state == "open"]


def _deliver(box: Outbox, channels: Sequence[Channel], now: datetime, *, is_forced: bool) -> tuple[int, int]:
    """Each channel gets its messages in order; the first that it does not take holds back the later ones. Returns delivered, waiting."""
    delivered = 0
    for channel in channels:
        waiting: list[Delivery] = [item for item in box.list_deliveries(pending_only=True) if item.channel == channel.name]
        for delivery in waiting:
            if delivery.next_attempt > now and not is_forced:
                break
            message = delivery.message
            said = send_message(channel, message.title, message.body, message.severity)
            if said is not None:
                box.mark_failed(delivery, said, now)
                break
            box.mark_delivered(delivery)
            delivered += 1
    return delivered, len(box.list_deliveries(pending_only=True))


def _group(items: Iterable[_Item], key: Callable[[_Item], str]) -> list[Sequence[_Item]]:
    return [list(group) for _, group in groupby(sorted(items, key=key), key=key)]
