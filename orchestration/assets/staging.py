"""The assets `staging/*`: the tables of each report year, audited before they replace the last good ones."""

from collections.abc import Iterator
from typing import Any, Final

import dagster as dg

from expectations.catalogue import Catalogue
from ingest.tables import STAGING_TABLES
from orchestration.charts import build_table, chart_layouts
from orchestration.checks import build_check_results, build_check_specs, select_rules
from orchestration.partitions import build_report_years
from orchestration.progress import Progress
from orchestration.recording import record_gates
from orchestration.refreshing import PartitionResult, refresh_partition
from orchestration.storage import Storage

_DESCRIPTIONS: Final = {
    "outcomes": "One row per input: accepted, suspect or rejected, and why.",
    "reports": "One row per distinct document that is an annual report.",
    "cells": "One row per cell of the statutory tables that a report holds, with the line it was printed on.",
    "sections": "The six statutory sections of each report by line and byte span.",
    "mentions": "Numbers that each report states in prose, with the line and the sentence.",
    "unplaced": "Numbers printed in the tables that are no cell of the form as read, with the words before them.",
    "evidence": "What agency, region, year, dates and numbers of each report rest on, with the line.",
    "findings": "What the rules say of each report and of the year.",
    "revisions": "The order of several documents of one agency and year, and how many of their figures differ from the best one's.",
    "revision_changes": "The cells of which a document and the best of its agency and year do not print the same figure.",
}


def build_staging_assets(catalogue: Catalogue) -> dg.AssetsDefinition:
    """All staging tables as one step per run: they are made together and replaced together, for one or several years.

    A backfill makes one run per year, so that a year which its gate blocks fails alone.
    """
    rules = select_rules(catalogue, "staging")

    @dg.multi_asset(
        name="staging",
        group_name="staging",
        specs=[
            dg.AssetSpec(["staging", table], deps=_list_upstream(table), description=_DESCRIPTIONS[table], kinds={"polars", "parquet"})
            for table in STAGING_TABLES
        ],
        check_specs=build_check_specs(catalogue, "staging"),
        partitions_def=build_report_years(),
        backfill_policy=dg.BackfillPolicy.multi_run(),
    )
    def staging(
        context: dg.AssetExecutionContext, storage: dg.ResourceParam[Storage], progress: dg.ResourceParam[Progress]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        results: list[PartitionResult] = []
        for partition in context.partition_keys:  # ascending: a year is compared with the year before it
            result = refresh_partition(partition, storage, catalogue, progress)
            results.append(result)
            context.log.info(_describe(result))
        blocked = [result for result in results if result.is_blocked]
        for result in results:
            for table, metadata in _build_metadata(result).items():
                key = dg.AssetKey(["staging", table])
                if not blocked:
                    context.add_asset_metadata(metadata, asset_key=key, partition_key=result.partition)
                elif not result.is_blocked:
                    # The step will fail, so Dagster would not record the years that did replace their tables.
                    context.log_event(dg.AssetMaterialization(key, partition=result.partition, metadata=metadata))
        record_gates(storage, [result.gate for result in results if result.gate is not None], context.run.run_id, "staging")
        entries = [(result.partition, entry) for result in results for entry in result.manifest.rules]
        yield from build_check_results(rules, entries, "staging", storage.paths.gates)
        if blocked:
            raise dg.Failure(_explain(blocked), metadata={"blocked": [result.partition for result in blocked]}, allow_retries=False)
        for table in STAGING_TABLES:
            yield dg.MaterializeResult(asset_key=["staging", table])

    return staging


def _list_upstream(table: str) -> list[list[str]]:
    """Only findings depend on what people decided (which report of an agency and year is kept) and on who is expected to report."""
    return [["raw", "documents"], *([["raw", "decisions"], ["corpus", "publishers"]] if table == "findings" else [])]


def _build_metadata(result: PartitionResult) -> dict[str, dict[str, Any]]:
    """Metadata of each table of a partition."""
    manifest = result.manifest
    statuses, rejected = manifest.statuses, manifest.statuses.get("rejected", 0)
    tables: dict[str, dict[str, Any]] = {
        table: {"dagster/partition_row_count": entry.rows, "sha256": entry.sha256, "unchanged": result.is_unchanged}
        for table, entry in manifest.tables.items()
    }
    if "outcomes" in tables:
        tables["outcomes"] |= {
            **statuses,
            "why not accepted": dg.MetadataValue.md(build_table(["issue", "inputs"], list(manifest.issues.items()))),
        }
        if not result.is_unchanged:
            tables["reports"]["by layout"] = dg.MetadataValue.md(chart_layouts(result.layouts, rejected))
        tables["findings"]["failed findings by rule"] = dg.MetadataValue.md(
            build_table(["rule", "failed"], list(manifest.findings.items()))
        )
    return tables


def _describe(result: PartitionResult) -> str:
    if result.is_unchanged:
        return f"{result.partition}: unchanged"
    counts = ", ".join(f"{count} {status}" for status, count in result.manifest.statuses.items()) or "no inputs"
    return f"{result.partition}: {counts}" + ("; BLOCKED, the last good tables stay" if result.is_blocked else "")


def _explain(blocked: list[PartitionResult]) -> str:
    lines = [f"{result.partition}: {entry.describe()}" for result in blocked for entry in result.blocking]
    years = ", ".join(result.partition for result in blocked)
    return f"gate blocked {years}; the last good tables stay. " + "; ".join(lines)
