"""The journal of publications, `published/journal.jsonl`: what was published or put back when, by whom and why. Clocks stand only here.

One JSON object a line, in the order of events. Whoever writes holds the warehouse.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

_FILE: Final = "journal.jsonl"


class Event(BaseModel):
    """One switch of `current`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: Literal["published", "rolled_back"]
    publication: str
    """Name of the folder under `.versions` that readers see from then on."""
    at: datetime
    """UTC."""
    before: str | None = None
    """The one that readers saw before; None: none."""
    by: str | None = None
    """Of a rollback: the user's name; None when it is not known."""
    reason: str | None = None
    held: str | None = None
    """Of a rollback: `BuiltWarehouse.identity` of the newest publication. While that is the same a build publishes nothing: it would only
    undo the rollback. None: the newest publication itself was put back."""


def record_event(published: Path, event: Event) -> None:
    """Append to the journal. What a crash left of a line before stays a line of its own, which readers skip."""
    path = published / _FILE
    is_cut_off = path.exists() and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if is_cut_off else "") + event.model_dump_json(exclude_none=True) + "\n")


def read_events(published: Path) -> list[Event]:
    """All events, oldest first; none before the first publication."""
    path = published / _FILE
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [Event.model_validate_json(line) for line in lines if line.endswith("}")]


def read_clock() -> datetime:
    """Now, UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
