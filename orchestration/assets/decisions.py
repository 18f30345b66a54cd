"""The assets of what people decided: `raw/decisions` as written, `corpus/decisions` with what became of each entry."""

import dagster as dg

from expectations.catalogue import Catalogue
from orchestration.charts import build_table
from orchestration.deciding import count_statuses, refresh_decisions, refresh_written_decisions
from orchestration.settings import Settings
from orchestration.storage import Storage

WRITTEN_KEY = dg.AssetKey(["raw", "decisions"])


def build_decision_assets(settings: Settings, catalogue: Catalogue) -> list[dg.AssetsDefinition]:
    """Reads the folder that these settings name, before staging; judges the entries against staging, before the warehouse."""

    @dg.asset(
        key=WRITTEN_KEY,
        group_name="raw",
        kinds={"csv", "yaml"},
        description="What people decided about reports, cells and findings, as written in the decisions files (docs/decisions.md).",
    )
    def written_decisions(context: dg.AssetExecutionContext, storage: dg.ResourceParam[Storage]) -> dg.MaterializeResult[None]:
        written = refresh_written_decisions(settings, storage, catalogue)
        context.log.info(f"{written.height} decisions in {settings.decisions}")
        people = written["decided_by"].value_counts(sort=True).rows()
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": written.height,
                "folder": dg.MetadataValue.path(str(settings.decisions or "none")),
                "decisions by person": dg.MetadataValue.md(build_table(["decided by", "decisions"], [list(row) for row in people])),
            }
        )

    @dg.asset(
        key=["corpus", "decisions"],
        group_name="corpus",
        deps=[WRITTEN_KEY, *(["staging", table] for table in ("outcomes", "reports", "cells", "findings"))],
        kinds={"polars", "parquet"},
        description="Every decision with what became of it: applied, idle, or stale because the document changed.",
    )
    def decisions(context: dg.AssetExecutionContext, storage: dg.ResourceParam[Storage]) -> dg.MaterializeResult[None]:
        judged = refresh_decisions(storage, catalogue)
        stale = judged.filter(status="stale").select("file", "line", "detail_en")
        lines = [f"{file}:{line} {detail}" for file, line, detail in stale.iter_rows()]
        for line in lines:
            context.log.warning(f"stale decision, not applied: {line}")
        return dg.MaterializeResult(
            metadata={**count_statuses(judged), "stale decisions": dg.MetadataValue.md("\n".join(f"- {line}" for line in lines) or "none")}
        )

    return [written_decisions, decisions]
