"""The assets `corpus/*`: tables over all report years together."""

from collections.abc import Iterator
from dataclasses import asdict

import dagster as dg

from ingest.tables import STAGING_TABLES
from orchestration.copying import refresh_copies
from orchestration.progress import Progress
from orchestration.rostering import refresh_rosters
from orchestration.settings import Settings
from orchestration.storage import Storage
from orchestration.totalling import refresh_region_totals


def build_corpus_asset() -> dg.AssetsDefinition:
    """One step over all report years, after staging and before the warehouse; skipped inside when nothing changed."""

    @dg.asset(
        key=["corpus", "copies"],
        group_name="corpus",
        deps=[["staging", table] for table in STAGING_TABLES if table in ("reports", "cells", "sections")],
        kinds={"polars", "parquet"},
        description="Pairs of reports of which one repeats narrative or figures of the other (内容雷同), over all report years.",
    )
    def copies(
        context: dg.AssetExecutionContext, storage: dg.ResourceParam[Storage], progress: dg.ResourceParam[Progress]
    ) -> dg.MaterializeResult[None]:
        record, is_new = refresh_copies(storage, progress)
        state = "" if is_new else ", unchanged"
        context.log.info(f"{record.counts.pairs} copied narratives, {record.copied_tables} copied tables{state}")
        return dg.MaterializeResult(metadata={**asdict(record.counts), "copied tables": record.copied_tables, "unchanged": not is_new})

    return copies


def build_roster_assets(settings: Settings) -> dg.AssetsDefinition:
    """What people say of agencies, before staging: the rules of a year ask whose report is expected in it."""

    @dg.multi_asset(
        name="rosters",
        group_name="corpus",
        specs=[
            dg.AssetSpec(
                ["corpus", "publishers"],
                kinds={"polars", "parquet"},
                description="Whose report is expected in which year, from the CSV file that NIANBAO_PUBLISHERS names.",
            ),
            dg.AssetSpec(
                ["corpus", "agency_changes"],
                kinds={"polars", "parquet"},
                description="Agencies renamed, merged or split, from the CSV file that NIANBAO_AGENCY_CHANGES names.",
            ),
        ],
    )
    def rosters(context: dg.AssetExecutionContext, storage: dg.ResourceParam[Storage]) -> Iterator[dg.MaterializeResult[None]]:
        record, is_new = refresh_rosters(settings, storage)
        context.log.info(f"{record.publishers} agency-years expected, {record.agency_changes} changes" + ("" if is_new else ", unchanged"))
        counts = {"publishers": record.publishers, "agency_changes": record.agency_changes}
        for table, rows in counts.items():
            yield dg.MaterializeResult(asset_key=["corpus", table], metadata={"dagster/row_count": rows, "unchanged": not is_new})

    return rosters


def build_region_totals_asset() -> dg.AssetsDefinition:
    """One step over all report years, after staging and before the warehouse; skipped inside when nothing changed."""

    @dg.asset(
        key=["corpus", "region_totals"],
        group_name="corpus",
        deps=[["corpus", "publishers"], ["corpus", "decisions"], ["staging", "reports"], ["staging", "cells"]],
        kinds={"polars", "parquet"},
        description="Region totals (汇总) cell by cell against what the agencies of the region report.",
    )
    def region_totals(context: dg.AssetExecutionContext, storage: dg.ResourceParam[Storage]) -> dg.MaterializeResult[None]:
        record, is_new = refresh_region_totals(storage)
        context.log.info(f"{record.totals} reports compared with those below them" + ("" if is_new else ", unchanged"))
        return dg.MaterializeResult(metadata={"totals": record.totals, **record.statuses, "unchanged": not is_new})

    return region_totals
