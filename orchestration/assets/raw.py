"""The asset `raw/documents`: what the configured sources hold."""

import dagster as dg

from orchestration.charts import build_table
from orchestration.refreshing import Progress, refresh_raw
from orchestration.settings import Settings
from orchestration.storage import Storage


def build_raw_asset(settings: Settings) -> dg.AssetsDefinition:
    """Reads the sources that these settings name. Unpartitioned: the report year is decided by reading."""

    @dg.asset(
        key=["raw", "documents"],
        group_name="raw",
        kinds={"polars", "parquet"},
        description="Every distinct content once, append-only, and where the latest scan saw it (docs/architecture.md, Storage).",
    )
    def raw_documents(
        context: dg.AssetExecutionContext, storage: dg.ResourceParam[Storage], progress: dg.ResourceParam[Progress]
    ) -> dg.MaterializeResult[None]:
        def log(stage: str, done: int, total: int | None) -> None:
            progress(stage, done, total)
            if done % 5_000 == 0 or done == total:
                context.log.info(f"{stage}: {done}" + (f" of {total}" if total else ""))

        summary = refresh_raw(settings, storage, log)
        return dg.MaterializeResult(
            metadata={
                "inputs": summary.inputs,
                "new documents": summary.new_documents,
                "unchanged inputs, not read again": summary.unread,
                "sources": dg.MetadataValue.md("\n".join(f"- `{path}`" for path in settings.reports)),
                "inputs by report year": dg.MetadataValue.md(build_table(["report year", "inputs"], list(summary.partitions.items()))),
                "inputs that could not be read": dg.MetadataValue.md(build_table(["issue", "inputs"], list(summary.issues.items()))),
            }
        )

    return raw_documents
