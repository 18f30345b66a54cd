"""What a partition's last good tables were made from, and what its gate said: kept as JSON beside the tables.

The manifests answer without opening a table: is this partition up to date, what did it hold, which rules passed.
"""

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import BaseModel, ConfigDict


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableEntry(_Record):
    """One Parquet file."""

    rows: int
    sha256: str


class Example(_Record):
    """One of the worst failing subjects."""

    source: str | None
    line: int | None
    message_zh: str | None
    message_en: str | None

    def describe(self) -> str:
        """`file:line message`, as an editor or a terminal links it."""
        place = ":".join(str(part) for part in (self.source, self.line) if part is not None)
        return f"{place} {self.message_en or self.message_zh or ''}".strip()


class RuleEntry(_Record):
    """What a gate said of one rule."""

    rule_id: str
    title_zh: str
    title_en: str
    severity: str
    verdict: str
    is_blocking: bool  # this result keeps the tables out
    applicable: int
    failed: int
    allowed: int
    reason: str | None  # why it did not apply, could not be computed, or failed without a failing subject
    worst: tuple[Example, ...]

    def describe(self) -> str:
        """One line: the verdict and its numbers."""
        return f"{self.rule_id} {self.verdict}, {self.failed} of {self.applicable} ({self.allowed} allowed)" + (
            f": {self.reason}" if self.reason else ""
        )


class PartitionManifest(_Record):
    """One partition. Equal `inputs`, `software`, `previous` and `decisions` give equal tables: such a partition need not be made again."""

    partition: str
    inputs: str  # digest of the partition's sightings
    software: str  # digest of the parser's and the rules' code and data
    previous: str | None  # content digest of the year before, whose figures the carried-over rules compare with
    statuses: dict[str, int]  # status → inputs
    issues: dict[str, int]  # issue → inputs
    findings: dict[str, int]  # rule → failed findings
    rules: tuple[RuleEntry, ...]
    tables: dict[str, TableEntry] = {}
    decisions: str = ""  # digest of what people decided about its reports; empty: nothing
    unread: tuple[Example, ...] = ()  # of a blocked candidate, whose tables are not kept: some inputs that were not accepted

    @property
    def blocking(self) -> tuple[RuleEntry, ...]:
        """The rules that keep these tables out."""
        return select_blocking(self.rules)

    @property
    def content(self) -> str:
        """Digest of the tables that the year after compares with: findings are not among them."""
        return digest_text("\n".join(f"{name} {entry.sha256}" for name, entry in sorted(self.tables.items()) if name != "findings"))

    def to_json(self) -> str:
        """Stable text: the same manifest gives the same bytes."""
        return self.model_dump_json(indent=1) + "\n"


class Origins(_Record):
    """What a publication was made from and with. Digests, so that two publications can be compared; no clock."""

    inputs: str  # of the sightings of all partitions
    input_count: int
    software: str  # version of this software, as people know it
    parser: str  # code and data of `ingest`
    templates: str  # the forms
    rules: str  # the rule catalogue
    code: str  # code and data of our three packages


def select_blocking(rules: tuple[RuleEntry, ...]) -> tuple[RuleEntry, ...]:
    """The results that stop a gate: a blocking rule that failed, or any that could not be computed."""
    return tuple(entry for entry in rules if entry.is_blocking)


def digest_text(text: str) -> str:
    """sha256 of a text, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def digest_software(*packages: str) -> str:
    """Digest of the code and data of our packages: no one has to remember to raise a version for tables to be made anew."""
    digest = hashlib.sha256()
    for package in packages:
        for name, content in sorted(_list_sources(files(package), package)):
            digest.update(f"\n{name}\n".encode())
            digest.update(content)
    return digest.hexdigest()


def digest_manifests(manifests: dict[str, PartitionManifest]) -> str:
    """One digest of everything in staging."""
    lines = [
        f"{partition} {name} {entry.sha256}"
        for partition, manifest in sorted(manifests.items())
        for name, entry in sorted(manifest.tables.items())
    ]
    return digest_text("\n".join(lines))


def _list_sources(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        name = f"{prefix}/{entry.name}"
        if entry.is_dir():
            found.extend(_list_sources(entry, name))
        elif entry.name.endswith((".py", ".yml")):
            found.append((name, entry.read_bytes()))
    return found
