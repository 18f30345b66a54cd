"""The dbt models as assets: one dbt build of everything, from a snapshot of the last good staging tables."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets
from pydantic import Field

from orchestration.progress import Progress
from orchestration.settings import export_environment
from orchestration.storage import Storage
from orchestration.warehousing import (
    accept_candidate,
    build_dbt_environment,
    get_dbt_target,
    hold_warehouse,
    prepare_candidate,
    prepare_manifest,
)

POOL = "warehouse"
"""Steps of the daemon's runs that touch the warehouse, one at a time; the lock beneath it also covers the command line."""


class WarehouseConfig(dg.Config):
    """What a person may say in the launchpad, or with `nianbao build --full-refresh`."""

    full_refresh: bool = Field(
        default=False, description="Make every table from nothing, also where the last build's could be carried over."
    )


class _Translator(DagsterDbtTranslator):
    """One group for all models: the graph of groups stays one line, raw to published."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:  # noqa: ARG002 (the signature is upstream's)
        return "warehouse"


def build_warehouse_assets(storage: Storage) -> dg.AssetsDefinition:
    """Every dbt model and seed. Unit tests belong to the test suite and are not run on each build; data tests are, as asset checks.

    No retry policy: a failed data test fails again.
    """
    paths = storage.paths

    @dbt_assets(manifest=prepare_manifest(paths), name="warehouse", pool=POOL, dagster_dbt_translator=_Translator())
    def warehouse(
        context: dg.AssetExecutionContext,
        config: WarehouseConfig,
        dbt: DbtCliResource,
        storage: dg.ResourceParam[Storage],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[Any]:
        with hold_warehouse(paths):
            progress("building the marts", 0, None)
            built = prepare_candidate(paths, storage, is_full=config.full_refresh)
            with export_environment(build_dbt_environment(paths)):
                invocation = dbt.cli(["build", "--exclude-resource-type", "unit_test"], context=context, target_path=get_dbt_target(paths))
            for done, event in enumerate(invocation.stream(), start=1):
                progress("building the marts", done, None)
                yield event
            accept_candidate(paths, built)
            context.log.info(f"built from {sum(built.statuses.values())} inputs: {built.statuses}")

    return warehouse
