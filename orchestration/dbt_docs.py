"""dbt's own pages of the warehouse: models, columns, tests, and the lineage from the staging tables to the dashboards."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from orchestration.settings import Paths
from orchestration.warehousing import build_dbt_environment, hold_warehouse, read_built, run_dbt

_PAGE: Final = "static_index.html"
_POLICY: Final = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'unsafe-inline'; img-src data:; font-src data:\">"
)
"""Everything is in the one file. What it would ask of other hosts, such as dbt's statistics of use, the browser refuses."""


def build_dbt_docs(paths: Paths) -> Path:
    """Write the pages of the built warehouse as one file that needs no network; returns it. It takes the place of the earlier one.

    Raises WarehouseError when nothing was built, or with dbt's own words.
    """
    with hold_warehouse(paths), TemporaryDirectory(dir=paths.warehouse, prefix="dbt_docs-") as target:
        database, _ = read_built(paths)
        variables = {
            **build_dbt_environment(paths),
            "NIANBAO_STAGING": str(database.with_name("snapshot")),
            "NIANBAO_WAREHOUSE": str(database),
            "DBT_TARGET_PATH": target,
            "DBT_LOG_PATH": target,
        }
        run_dbt(["docs", "generate", "--static"], variables)
        page = (Path(target) / _PAGE).read_text(encoding="utf-8")
    index = paths.warehouse / "dbt_docs" / "index.html"
    index.parent.mkdir(exist_ok=True)
    index.write_text(page.replace("<head>", f"<head>{_POLICY}", 1), encoding="utf-8")
    return index
