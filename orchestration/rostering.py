"""The corpus tables `publishers` and `agency_changes`: two files that people keep, checked and stored for dbt and the rules.

They are made anew when a file or the software that reads it changed. Without a file its table is empty.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import polars as pl
from pydantic import BaseModel, ConfigDict

from ingest.errors import InputPathError
from ingest.rosters import AGENCY_CHANGES, PUBLISHERS, read_agency_changes, read_publishers
from ingest.tables import empty
from orchestration.manifests import digest_software, digest_text
from orchestration.partitions import name_partition
from orchestration.settings import Settings
from orchestration.storage import Storage, digest_file

_RECORD: Final = "rosters.json"


class RosterRecord(BaseModel):
    """`corpus/rosters.json`: what the latest tables were made from, and what they hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    made_from: str
    content: str  # digest of both tables; empty text when both are empty
    partitions: dict[str, str]  # partition → digest of the publishers expected in it
    publishers: int  # agency-years
    agency_changes: int


def refresh_rosters(settings: Settings, storage: Storage) -> tuple[RosterRecord, bool]:
    """Read the configured files and replace their tables when something changed; says whether it did.

    Raises InputPathError when a configured file does not exist, RosterError naming file, line and remedy when a row does not hold; then
    the earlier tables stay.
    """
    made_from = _identify(settings)
    record = read_roster_record(storage)
    if record is not None and record.made_from == made_from and all(map(storage.has_corpus_table, ("publishers", "agency_changes"))):
        return record, False
    publishers = _read(settings.publishers, read_publishers, PUBLISHERS)
    changes = _read(settings.agency_changes, read_agency_changes, AGENCY_CHANGES)
    (storage.paths.corpus / _RECORD).unlink(missing_ok=True)  # a crash before the end leaves no record rather than a wrong one
    storage.replace_corpus_table("publishers", publishers)
    storage.replace_corpus_table("agency_changes", changes)
    digests = {
        name_partition(year): digest_text(group.write_json()) for (year,), group in publishers.group_by("report_year", maintain_order=True)
    }
    content = "" if publishers.is_empty() and changes.is_empty() else digest_text("\n".join(digests.values()) + changes.write_json())
    record = RosterRecord(
        made_from=made_from, content=content, partitions=digests, publishers=publishers.height, agency_changes=changes.height
    )
    (storage.paths.corpus / _RECORD).write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return record, True


def read_roster_record(storage: Storage) -> RosterRecord | None:
    """What the latest tables were made from; None before the first."""
    path = storage.paths.corpus / _RECORD
    return RosterRecord.model_validate_json(path.read_text(encoding="utf-8")) if path.exists() else None


def digest_expected(storage: Storage, partition: str) -> str:
    """Digest of the publishers expected in a partition; empty text where nobody is."""
    record = read_roster_record(storage)
    return record.partitions[partition] if record is not None and partition in record.partitions else ""


def read_expected(storage: Storage, report_year: int | None) -> pl.DataFrame:
    """PUBLISHERS of one report year."""
    return storage.read_corpus_table("publishers").filter(pl.col("report_year") == pl.lit(report_year, dtype=pl.Int16))


def _identify(settings: Settings) -> str:
    files: Mapping[str, Path | None] = {"publishers": settings.publishers, "agency_changes": settings.agency_changes}
    parts = [digest_software("ingest")]
    for name, path in files.items():
        if path is not None and not path.is_file():
            raise InputPathError(f"{path} is no file; set NIANBAO_{name.upper()} to a CSV file, or leave it empty")
        parts.append("" if path is None else digest_file(path))
    return digest_text("\n".join(parts))


def _read(path: Path | None, read: Callable[[Path], pl.DataFrame], schema: pl.Schema) -> pl.DataFrame:
    return empty(schema) if path is None else read(path)
