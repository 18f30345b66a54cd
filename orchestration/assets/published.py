"""The asset `published`: the marts, audited, then swapped in for readers."""

from collections.abc import Iterator, Sequence

import dagster as dg
from pydantic import Field

from expectations.catalogue import Catalogue
from orchestration.assets.warehouse import POOL
from orchestration.charts import build_table
from orchestration.checks import PUBLISHED_KEY, build_check_results, build_check_specs, select_rules
from orchestration.history.publications import is_held
from orchestration.manifests import select_blocking
from orchestration.progress import Progress
from orchestration.publishing import audit_warehouse, publish_warehouse, read_publication
from orchestration.recording import record_gates
from orchestration.refreshing import read_rule_entries
from orchestration.storage import Storage
from orchestration.warehousing import hold_warehouse, keep_gate, read_built


class PublishedConfig(dg.Config):
    """What a person may say in the launchpad, or with `nianbao build --accept-drift`."""

    accepted_drift: list[str] = Field(
        default=[], description="Drift rules whose failure is meant in this run, such as drift.agency_years_removed."
    )


def build_published_asset(catalogue: Catalogue, marts: Sequence[dg.AssetKey], kept: int) -> dg.AssetsDefinition:
    """Depends on every public dbt model. When the gate fails, the earlier publication stays; so does one that was put back, as long as
    there are no new inputs. `kept`: how many other publications stay."""
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
        context: dg.AssetExecutionContext,
        config: PublishedConfig,
        storage: dg.ResourceParam[Storage],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        paths = storage.paths
        with hold_warehouse(paths):
            database, built = read_built(paths)
            progress("auditing the marts", 0, None)
            gates = audit_warehouse(database, catalogue, paths, config.accepted_drift)
            found = [(gate.name, entry) for gate in gates for entry in read_rule_entries(gate)]
            entries = tuple(entry for _, entry in found)
            keep_gate(paths, entries)
            results = record_gates(storage, gates, context.run.run_id, "published")
            yield from build_check_results(rules, found, "marts", paths.gates)
            blocking = select_blocking(entries)
            if blocking:
                lines = "; ".join(entry.describe() for entry in blocking)
                said = f"a gate blocked publication; the earlier one stays. {lines}"
                raise dg.Failure(said, metadata={"blocked": ["marts"]}, allow_retries=False)
            is_held_back = is_held(paths, built)
            held = read_publication(paths) if is_held_back else None
            publication = publish_warehouse(paths, database, built, results, kept=kept, progress=progress) if held is None else held
        said = "nothing new since this publication was put back; it stays:" if is_held_back else "published"
        context.log.info(f"{said} {publication.version} under {paths.published / 'current'}")
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
