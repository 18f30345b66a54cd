"""The corpus table `region_totals`: totals of regions against the reports below them, over all report years.

It is made anew whenever any partition, a decision, the roster of publishers or the software changed. Decided figures count in place of
printed ones, as in the marts; the rules about region totals judge what is printed. Years do not depend on each other and are worked one at
a time, so memory is that of one year.
"""

from typing import Final

import polars as pl
from pydantic import BaseModel, ConfigDict

from expectations.decisions.applying import apply_to_tables
from expectations.regions.tables import REGION_TOTALS
from expectations.regions.totals import compute_region_totals
from ingest.tables import empty
from orchestration.manifests import digest_software, digest_text
from orchestration.partitions import read_year
from orchestration.rostering import read_expected
from orchestration.storage import Storage
from orchestration.warehousing import digest_staging

_TABLE: Final = "region_totals"


class RegionTotalsRecord(BaseModel):
    """`corpus/region_totals.json`: what the latest table was made from, and what it says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    made_from: str
    totals: int  # reports that are totals and have a child
    statuses: dict[str, int]  # status → cells


def refresh_region_totals(storage: Storage) -> tuple[RegionTotalsRecord, bool]:
    """Compare the last good tables of all report years and replace `corpus/region_totals.parquet`; says whether it was made anew."""
    manifests = storage.read_manifests()
    made_from = digest_text(digest_staging(storage, manifests) + digest_software("ingest", "expectations"))
    path = storage.paths.corpus / f"{_TABLE}.json"
    if path.exists() and storage.has_corpus_table(_TABLE):
        record = RegionTotalsRecord.model_validate_json(path.read_text(encoding="utf-8"))
        if record.made_from == made_from:
            return record, False
    path.unlink(missing_ok=True)  # a crash before the end leaves no record rather than a wrong one
    frames = [empty(REGION_TOTALS)]
    decisions = storage.read_corpus_table("decisions")
    for partition in manifests:
        tables = storage.read_tables(partition, ("reports", "cells"))
        year = read_year(partition)
        if tables is not None and year is not None:
            reports, cells = apply_to_tables(tables["reports"], tables["cells"], decisions.filter(pl.col("report_year") == year))
            frames.append(compute_region_totals(reports, cells, read_expected(storage, year), year))
    found = pl.concat(frames)
    storage.replace_corpus_table(_TABLE, found)
    statuses = dict(found["status"].cast(pl.String).value_counts().sort("status").iter_rows())
    record = RegionTotalsRecord(made_from=made_from, totals=found["document_id"].n_unique(), statuses=statuses)
    path.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return record, True
