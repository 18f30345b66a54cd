"""The publications that are kept: listed, chosen by name, put back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.history.figures import PublicationError
from orchestration.history.journals import Event, read_clock, read_events, record_event
from orchestration.publishing import VERSIONS, Publication, name_current, read_manifest, switch_current
from orchestration.settings import Paths
from orchestration.warehousing import BuiltWarehouse, hold_warehouse


@dataclass(frozen=True)
class KeptPublication:
    """A publication whose files are kept."""

    name: str
    """Of its folder: the version, and a digest of the gate history that it came with."""
    folder: Path
    manifest: Publication
    published_at: datetime
    """When it was published last; for one from before the journal, when its folder changed last."""
    is_current: bool
    byte_count: int
    own_byte_count: int
    """Without the files that another kept publication has too."""
    rollbacks: tuple[Event, ...]
    """The times that it was put back."""


def list_publications(paths: Paths) -> list[KeptPublication]:
    """All kept publications, newest first."""
    current = name_current(paths)
    events = read_events(paths.published)
    found = []
    for folder in sorted((paths.published / VERSIONS).glob("*")):
        manifest = read_manifest(folder)
        if manifest is None:
            continue
        own = [event for event in events if event.publication == folder.name]
        published = [event.at for event in own if event.action == "published"]
        sizes = [path.stat() for path in folder.iterdir()]
        found.append(
            KeptPublication(
                name=folder.name,
                folder=folder,
                manifest=manifest,
                published_at=published[-1] if published else datetime.fromtimestamp(folder.stat().st_mtime, UTC).replace(microsecond=0),
                is_current=folder.name == current,
                byte_count=sum(size.st_size for size in sizes),
                own_byte_count=sum(size.st_size for size in sizes if size.st_nlink == 1),
                rollbacks=tuple(event for event in own if event.action == "rolled_back"),
            )
        )
    order = {event.publication: number for number, event in enumerate(events) if event.action == "published"}
    return sorted(found, key=lambda one: (one.published_at, order.get(one.name, -1)), reverse=True)


def find_publication(paths: Paths, name: str) -> KeptPublication:
    """The kept publication whose name begins so; `current` and `previous` (the one that readers saw before it) are names too.

    Raises PublicationError when there is none, or several.
    """
    kept = list_publications(paths)
    if name == "current":
        found = [one for one in kept if one.is_current]
    elif name == "previous":
        before = _name_previous(paths, kept)
        found = [one for one in kept if one.name == before]
    else:
        found = [one for one in kept if one.name.startswith(name)]
        exact = [one for one in found if one.name == name]
        found = exact or found
    if len(found) == 1:
        return found[0]
    told = ", ".join(one.name for one in kept) or f"none under {paths.published}; run `nianbao build` first"
    raise PublicationError(f"{'several publications are' if found else 'no publication is'} called “{name}”; kept: {told}")


def roll_back(paths: Paths, name: str, *, by: str | None, reason: str) -> Event:
    """Readers see this kept publication from now on, older or newer than the current one. Waits for the warehouse and holds it.

    A build from the inputs of the newest publication by the same code then publishes nothing (`is_held`).
    Raises PublicationError when there is none of that name, or it is the current one.
    """
    with hold_warehouse(paths):
        chosen = find_publication(paths, name)
        if chosen.is_current:
            raise PublicationError(f"{chosen.name} is the current publication already")
        newest = list_publications(paths)[0]
        event = Event(
            action="rolled_back",
            publication=chosen.name,
            before=name_current(paths),
            at=read_clock(),
            by=by,
            reason=reason,
            held=None if newest.name == chosen.name else _describe_built(newest.manifest).identity,
        )
        switch_current(paths, chosen.name)
        record_event(paths.published, event)
    return event


def read_rollback(paths: Paths) -> Event | None:
    """The rollback that is in force: the last event, unless it put the newest publication back. None: what readers see is the newest."""
    events = read_events(paths.published)
    return events[-1] if events and events[-1].held is not None and events[-1].publication == name_current(paths) else None


def is_held(paths: Paths, built: BuiltWarehouse) -> bool:
    """Whether publishing this warehouse would only undo a rollback: there are no new inputs, and no other code."""
    rollback = read_rollback(paths)
    return rollback is not None and rollback.held == built.identity


def _describe_built(manifest: Publication) -> BuiltWarehouse:
    return BuiltWarehouse(staging=manifest.staging, project=manifest.project, statuses=manifest.statuses, origins=manifest.origins)


def _name_previous(paths: Paths, kept: list[KeptPublication]) -> str | None:
    """What readers saw before the current publication, if it is still kept; else the next older one."""
    events = [event for event in read_events(paths.published) if event.publication == name_current(paths)]
    names = [one.name for one in kept]
    if events and events[-1].before in names:
        return events[-1].before
    at = next((number for number, one in enumerate(kept) if one.is_current), len(kept))
    return names[at + 1] if at + 1 < len(names) else None
