"""What was told and what is still to be delivered: `alerts/outbox.sqlite` in the home folder.

    alerts      one row per key: open (told), known (there before anybody asked), recovered
    messages    the texts, one per cause and look: all keys that opened, or are over, together
    deliveries  one row per message and channel: pending, delivered or dropped; attempts, next attempt, what was said
    memory      what a look needs of the one before

The caller holds the outbox's lock. A delivery is marked as soon as the channel took it; a process that dies in between sends it again.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from orchestration.alerting.causes import Alert

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
"""A channel that is down is tried again after 1, 2, 4 … minutes, then each hour, for as long as it is configured."""
_SCHEMA: Final = """
create table if not exists alerts (
  key text primary key, cause text not null, state text not null, since text not null, alert text not null
);
create table if not exists messages (
  id integer primary key, cause text not null, kind text not null, keys text not null, title text not null, body text not null,
  severity text not null, created text not null
);
create table if not exists deliveries (
  message_id integer not null references messages (id), channel text not null, state text not null, attempts integer not null,
  next_attempt text not null, said text, primary key (message_id, channel)
);
create table if not exists memory (name text primary key, value text not null);
"""


@dataclass(frozen=True)
class Standing:
    """One alert and where it stands."""

    alert: Alert
    state: str  # open, known, recovered
    since: datetime


@dataclass(frozen=True)
class Message:
    """One text, as channels get it."""

    cause: str
    kind: str  # opened, recovered
    keys: tuple[str, ...]
    title: str
    body: str
    severity: str  # failure, warning, info, success


@dataclass(frozen=True)
class Delivery:
    """One message on its way to one channel."""

    message_id: int
    channel: str
    state: str  # pending, delivered, dropped
    attempts: int
    next_attempt: datetime
    said: str | None
    message: Message


class Outbox:
    """The open file; `open_outbox` makes one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.executescript(_SCHEMA)

    @contextmanager
    def change(self) -> Iterator[None]:
        """All changes within, or none."""
        self._connection.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def read_memory(self) -> dict[str, str]:
        """Everything remembered."""
        return dict(self._connection.execute("select name, value from memory"))

    def remember(self, memory: Mapping[str, str]) -> None:
        """This takes the place of everything remembered."""
        self._connection.execute("delete from memory")
        self._connection.executemany("insert into memory values (?, ?)", memory.items())

    def list_standing(self) -> list[Standing]:
        """Every alert ever told or known, by key."""
        rows = self._connection.execute("select alert, state, since from alerts order by key")
        return [Standing(Alert.model_validate_json(alert), state, datetime.fromisoformat(since)) for alert, state, since in rows]

    def put(self, alert: Alert, state: str, since: datetime) -> None:
        """The alert stands so since then."""
        row = (alert.key, alert.cause, state, since.isoformat(), alert.model_dump_json())
        self._connection.execute("insert or replace into alerts values (?, ?, ?, ?, ?)", row)

    def post(self, message: Message, channels: Iterable[str], now: datetime) -> None:
        """The message is to be delivered to each of these channels."""
        row = (message.cause, message.kind, "\n".join(message.keys), message.title, message.body, message.severity, now.isoformat())
        cursor = self._connection.execute(
            "insert into messages (cause, kind, keys, title, body, severity, created) values (?, ?, ?, ?, ?, ?, ?)", row
        )
        self._connection.executemany(
            "insert into deliveries values (?, ?, 'pending', 0, ?, null)",
            [(cursor.lastrowid, channel, now.isoformat()) for channel in channels],
        )

    def list_deliveries(self, *, pending_only: bool = False) -> list[Delivery]:
        """Deliveries in the order in which they were posted."""
        rows = self._connection.execute(
            "select message_id, channel, state, attempts, next_attempt, said, cause, kind, keys, title, body, severity"
            " from deliveries join messages on id = message_id where state = 'pending' or not ? order by message_id, channel",
            [pending_only],
        )
        return [
            Delivery(
                message_id, channel, state, attempts, datetime.fromisoformat(next_attempt), said,
                Message(cause, kind, tuple(keys.split("\n")), title, body, severity),
            )
            for message_id, channel, state, attempts, next_attempt, said, cause, kind, keys, title, body, severity in rows
        ]  # fmt: skip

    def mark_delivered(self, delivery: Delivery) -> None:
        """The channel took it."""
        self._mark(delivery, "delivered", delivery.next_attempt, None)

    def mark_failed(self, delivery: Delivery, said: str, now: datetime) -> None:
        """The channel did not take it: later again."""
        wait = min(FIRST_WAIT * 2 ** min(delivery.attempts, 10), LONGEST_WAIT)
        self._mark(delivery, "pending", now + wait, said)

    def drop_others(self, channels: Iterable[str]) -> None:
        """What waits for a channel that is no longer configured will not be sent."""
        names = list(channels)
        marks = ", ".join("?" for _ in names)
        self._connection.execute(f"update deliveries set state = 'dropped' where state = 'pending' and channel not in ({marks})", names)  # noqa: S608

    def _mark(self, delivery: Delivery, state: str, next_attempt: datetime, said: str | None) -> None:
        self._connection.execute(
            "update deliveries set state = ?, attempts = attempts + 1, next_attempt = ?, said = ? where message_id = ? and channel = ?",
            [state, next_attempt.isoformat(), said, delivery.message_id, delivery.channel],
        )


@contextmanager
def open_outbox(folder: Path) -> Iterator[Outbox]:
    """The outbox in this folder, made when there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "outbox.sqlite", isolation_level=None, timeout=30)) as connection:
        yield Outbox(connection)
