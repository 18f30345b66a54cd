"""What people decided, without Dagster: `raw/decisions` as written in the files, `corpus/decisions` as judged against what is stored.

    <NIANBAO_DECISIONS>/*.csv, *.yml  ─▶  raw/decisions.parquet  ─▶  staging (findings, gates)  ─▶  corpus/decisions.parquet  ─▶  dbt

A folder without an entry leaves no `raw/decisions.parquet`, so that it is as if nobody had ever decided anything.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from expectations.catalogue import Catalogue
from expectations.decisions.judging import Evidence, judge_decisions, list_accepted_failures, list_excluded
from expectations.decisions.reading import DecisionError, read_decisions
from expectations.decisions.tables import WRITTEN_DECISIONS
from ingest.tables import CELLS, FINDINGS, REPORTS, conform, empty
from orchestration.manifests import digest_text
from orchestration.settings import Settings
from orchestration.storage import Storage, write_parquet

_EVIDENCE: Final = ("reports", "cells", "findings")


@dataclass(frozen=True)
class PartitionDecisions:
    """What people decided about the reports of one partition, as far as its rules and its gate need it."""

    excluded: list[str]
    """Documents to be kept out of the marts."""
    accepted_failures: pl.DataFrame
    """document_id, rule_id of findings that may stand."""

    @property
    def digest(self) -> str:
        """Empty when there are none: a partition made before anybody decided anything is still current."""
        if not self.excluded and self.accepted_failures.is_empty():
            return ""
        return digest_text("\n".join(self.excluded) + self.accepted_failures.sort("document_id", "rule_id").write_json())


def load_written_decisions(settings: Settings, catalogue: Catalogue) -> pl.DataFrame:
    """WRITTEN_DECISIONS of the configured folder.

    Raises DecisionError when a file cannot be used, or when a folder was named that does not exist: decisions must not be lost by a typo.
    """
    if settings.decisions is None:
        return empty(WRITTEN_DECISIONS)
    if settings.decisions_are_named and not settings.decisions.is_dir():
        raise DecisionError(f"NIANBAO_DECISIONS names {settings.decisions}, which is no folder; create it, or unset the variable")
    return read_decisions(settings.decisions, catalogue)


def has_new_decisions(settings: Settings, storage: Storage, catalogue: Catalogue) -> bool:
    """Whether the files say something else than what was read from them last. Raises DecisionError like load_written_decisions."""
    return not load_written_decisions(settings, catalogue).equals(read_written_decisions(storage))


def refresh_written_decisions(settings: Settings, storage: Storage, catalogue: Catalogue) -> pl.DataFrame:
    """Read the files and replace `raw/decisions.parquet`; returns WRITTEN_DECISIONS. Raises DecisionError; then the earlier ones stay."""
    written = load_written_decisions(settings, catalogue)
    path = storage.paths.raw / "decisions.parquet"
    if written.is_empty():
        path.unlink(missing_ok=True)
    elif not written.equals(read_written_decisions(storage)):
        write_parquet(written, path)
    return written


def read_written_decisions(storage: Storage) -> pl.DataFrame:
    """WRITTEN_DECISIONS of the latest reading."""
    path = storage.paths.raw / "decisions.parquet"
    return conform(pl.read_parquet(path), WRITTEN_DECISIONS) if path.exists() else empty(WRITTEN_DECISIONS)


def select_partition_decisions(storage: Storage, sightings: pl.DataFrame) -> PartitionDecisions:
    """The decisions about the documents of `sightings` (RAW_SIGHTINGS of one partition)."""
    written = read_written_decisions(storage)
    own = written.filter(pl.col("document_id").is_in(sightings["document_id"].drop_nulls().unique().to_list()))
    return PartitionDecisions(list_excluded(own), list_accepted_failures(own))


def refresh_decisions(storage: Storage, catalogue: Catalogue) -> pl.DataFrame:
    """Judge all decisions against the last good tables of all report years, replace `corpus/decisions.parquet`; returns DECISIONS."""
    decisions = judge_stored(storage, read_written_decisions(storage), catalogue)
    storage.replace_corpus_table("decisions", decisions)
    return decisions


def judge_stored(storage: Storage, written: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """DECISIONS of these entries (WRITTEN_DECISIONS) against the last good tables of all report years."""
    return judge_decisions(written, _gather_evidence(storage, written), catalogue)


def count_statuses(decisions: pl.DataFrame) -> dict[str, int]:
    """applied, idle, stale → decisions; a status that none has is absent."""
    return dict(decisions.group_by(pl.col("status").cast(pl.String)).len().sort("status").iter_rows())


def _gather_evidence(storage: Storage, written: pl.DataFrame) -> Evidence:
    named = written["document_id"].unique().to_list()
    found: dict[str, list[pl.DataFrame]] = {"reports": [empty(REPORTS)], "cells": [empty(CELLS)], "findings": [empty(FINDINGS)]}
    if named:
        for partition in storage.read_manifests():
            tables = storage.read_tables(partition, _EVIDENCE)
            if tables is not None:
                for name in _EVIDENCE:
                    found[name].append(tables[name].filter(pl.col("document_id").is_in(named)))
    sightings = storage.read_sightings().select("source", "document_id").drop_nulls()
    return Evidence(
        reports=pl.concat(found["reports"]), cells=pl.concat(found["cells"]), findings=pl.concat(found["findings"]), sightings=sightings
    )
