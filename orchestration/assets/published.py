"""The asset `published`: the marts, audited, then swapped in for readers."""

from collections.abc import Iterator, Sequence

import dagster as dg

from expectations.catalogue import Catalogue
from orchestration.assets.warehouse import POOL
from orchestration.charts import build_table
from orchestration.checks import PUBLISHED_KEY, build_check_results, build_check_specs, select_rules
from orchestration.manifests import select_blocking
from orchestration.publishing import audit_warehouse, publish_warehouse
from orchestration.refreshing import read_rule_entries
from orchestration.storage import Storage
from orchestration.warehousing import hold_warehouse, keep_gate, read_built


def build_published_asset(catalogue: Catalogue, marts: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """Depends on every public dbt model. When the gate fails, the earlier publication stays."""
    rules = select_rules(catalogue, "marts")

    @dg.asset(
        key=PUBLISHED_KEY,
        group_name="published",
        deps=list(marts),
        check_specs=build_check_specs(catalogue, "marts"),
        pool=POOL,
        kinds={"duckdb", "parquet"},
        description="What readers open: a read-only DuckDB file and one Parquet file per table, replaced in one move.",
    )
    def published(
        context: dg.AssetExecutionContext, storage: dg.ResourceParam[Storage]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        paths = storage.paths
        with hold_warehouse(paths):
            database, built = read_built(paths)
            gate = audit_warehouse(database, catalogue, paths.gates)
            entries = read_rule_entries(gate)
            yield from build_check_results(rules, [("marts", entry) for entry in entries], "marts")
            keep_gate(paths, entries)
            blocking = select_blocking(entries)
            if blocking:
                lines = "; ".join(f"{entry.rule_id} {entry.verdict}, {entry.failed} of {entry.applicable}" for entry in blocking)
                said = f"the marts gate blocked publication; the earlier one stays. {lines}"
                raise dg.Failure(said, metadata={"blocked": ["marts"]}, allow_retries=False)
            publication = publish_warehouse(paths, database, built)
        context.log.info(f"published {publication.version} under {paths.published / 'current'}")
        yield dg.MaterializeResult(
            asset_key=PUBLISHED_KEY,
            metadata={
                "version": publication.version,
                "path": dg.MetadataValue.path(str(paths.published / "current")),
                "inputs": sum(publication.statuses.values()),
                "rows per table": dg.MetadataValue.md(
                    build_table(["table", "rows"], [[name, table.rows] for name, table in publication.tables.items()])
                ),
            },
        )

    return published
