"""One message to one channel, through Apprise. URLs hold secrets: none is logged, stored or shown."""

import hashlib
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

_TALKERS: Final = ("apprise", "urllib3")
_STATUS: Final = re.compile(r"\berror=(\d{3})\b")


@dataclass(frozen=True)
class Channel:
    """Where messages go. `name` is the kind and a digest of the URL: it says which one without saying what."""

    name: str
    url: SecretStr


def list_channels(urls: Sequence[SecretStr]) -> list[Channel]:
    """The configured channels, each once."""
    found = {}
    for url in urls:
        text = url.get_secret_value()
        name = f"{text.split('://')[0].lower()}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        found[name] = Channel(name, url)
    return list(found.values())


def send_message(channel: Channel, title: str, body: str, severity: str) -> str | None:
    """Deliver a text (severity: failure, warning, info, success); returns None, or why the channel did not take it. Never raises."""
    try:
        import apprise  # costs start-up time that a run without alerts must not pay

        with _listen() as heard:
            target = apprise.Apprise()
            if not target.add(channel.url.get_secret_value()):
                return "Apprise does not understand this URL"
            kind = apprise.NotifyType(severity)
            if target.notify(body=body, title=title, notify_type=kind, body_format=apprise.NotifyFormat.TEXT):
                return None
    except Exception as error:  # noqa: BLE001 (a channel must never stop a run, whatever its plugin does)
        return type(error).__name__  # its words may hold the URL
    status = _STATUS.search("\n".join(heard))
    return f"HTTP {status.group(1)}" if status is not None else "not reachable, or refused"


class _Ear(logging.Handler):
    """Hears what Apprise and its HTTP library say, which may hold secrets; only an HTTP status is read from it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@contextmanager
def _listen() -> Iterator[list[str]]:
    """Until it ends, nothing of it reaches anybody's log."""
    ear, earlier = _Ear(), {name: logging.getLogger(name).propagate for name in _TALKERS}
    for name in _TALKERS:
        logging.getLogger(name).addHandler(ear)
        logging.getLogger(name).propagate = False
    try:
        yield ear.heard
    finally:
        for name, propagate in earlier.items():
            logging.getLogger(name).propagate = propagate
            logging.getLogger(name).removeHandler(ear)
