"""The asset `raw/documents`: what the configured sources hold."""

from collections.abc import Iterator

import dagster as dg

from expectations.catalogue import Catalogue
from orchestration.charts import build_table
from orchestration.checks import RAW_KEY, build_check_results, build_check_specs, select_rules
from orchestration.manifests import select_blocking
from orchestration.progress import Progress
from orchestration.recording import record_gates
from orchestration.refreshing import refresh_raw
from orchestration.settings import Settings
from orchestration.storage import Storage


def build_raw_asset(settings: Settings, catalogue: Catalogue) -> dg.AssetsDefinition:
    """Reads the sources that these settings name. Unpartitioned: the report year is decided by reading."""
    rules = select_rules(catalogue, "raw")

    @dg.asset(
        key=RAW_KEY,
        check_specs=build_check_specs(catalogue, "raw"),
        group_name="raw",
        kinds={"polars", "parquet"},
        description="Every distinct content once, append-only, and where the latest scan saw it (docs/architecture.md, Storage).",
    )
    def raw_documents(
        context: dg.AssetExecutionContext, storage: dg.ResourceParam[Storage], progress: dg.ResourceParam[Progress]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        def log(stage: str, done: int, total: int | None) -> None:
            progress(stage, done, total)
            if done % 5_000 == 0 or done == total:
                context.log.info(f"{stage}: {done}" + (f" of {total}" if total else ""))

        summary = refresh_raw(settings, storage, log)
        record_gates(storage, [summary.gate], context.run.run_id, "raw")
        yield from build_check_results(rules, [("raw", entry) for entry in summary.rules], "raw", storage.paths.gates)
        if summary.is_blocked:
            lines = "; ".join(entry.describe() for entry in select_blocking(summary.rules))
            raise dg.Failure(f"the raw gate blocked this scan; the earlier sightings stay. {lines}", allow_retries=False)
        yield dg.MaterializeResult(
            asset_key=RAW_KEY,
            metadata={
                "inputs": summary.inputs,
                "new documents": summary.new_documents,
                "unchanged inputs, not read again": summary.unread,
                "sources": dg.MetadataValue.md("\n".join(f"- `{path}`" for path in settings.reports)),
                "inputs by report year": dg.MetadataValue.md(build_table(["report year", "inputs"], list(summary.partitions.items()))),
                "inputs that could not be read": dg.MetadataValue.md(build_table(["issue", "inputs"], list(summary.issues.items()))),
            },
        )

    return raw_documents
