"""The jobs: what a person or the daemon starts.

| job | does | partitions |
|---|---|---|
| `ingest` | reads the configured sources into `raw/documents`, and the decisions files | none |
| `one_year` | one year's staging tables, then the warehouse and its publication | yes: backfill several years from it |
| `all_years` | all of it; one run over the whole range when started by the schedule, the sensor or `nianbao build` | yes |
| `marts_only` | warehouse and publication from the last good staging tables | none |

A year that its gate blocks stops `all_years` before the warehouse. `marts_only` is the way to publish the other years all the same.
Every run is one process: starting a process per step costs more than the steps (imports).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import dagster as dg

from orchestration.partitions import PARTITIONS

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

INGEST: Final = "ingest"
ONE_YEAR: Final = "one_year"
ALL_YEARS: Final = "all_years"
MARTS_ONLY: Final = "marts_only"

WHOLE_RANGE: Final[Mapping[str, str]] = {
    "dagster/asset_partition_range_start": PARTITIONS[0],
    "dagster/asset_partition_range_end": PARTITIONS[-1],
}
"""Run tags that make one run of all partitions; those without news are skipped inside."""


def build_jobs() -> "list[UnresolvedAssetJobDefinition]":
    """The four jobs, by name."""
    raw = dg.AssetSelection.key_prefixes(["raw"])
    staging = dg.AssetSelection.key_prefixes(["staging"])
    everything = dg.AssetSelection.all()
    return [
        dg.define_asset_job(ALL_YEARS, everything, description="Read all sources, refresh every report year, publish. All or nothing."),
        dg.define_asset_job(INGEST, raw, description="Read the configured sources and the decisions files; nothing else."),
        dg.define_asset_job(MARTS_ONLY, everything - raw - staging, description="Publish from the last good tables of every year."),
        dg.define_asset_job(
            ONE_YEAR, everything - raw, description="Refresh one report year and publish. Backfill several years from here."
        ),
    ]
