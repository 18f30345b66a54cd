"""The asset `corpus/copies`: what the reports of all years repeat of each other."""

from dataclasses import asdict

import dagster as dg

from ingest.tables import STAGING_TABLES
from orchestration.copying import refresh_copies
from orchestration.refreshing import Progress
from orchestration.storage import Storage


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
