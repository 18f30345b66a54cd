"""The dashboards as dbt exposures, so that dbt's lineage goes on to who reads a mart."""

from typing import Any, Final

import duckdb
import yaml

from bi.bundles import list_tables, open_contracts
from bi.declarations import Declarations, load_declarations
from orchestration.settings import DBT_PROJECT

EXPOSURES: Final = DBT_PROJECT / "models" / "exposures.yml"
_HEAD: Final = "# Written by `make docs` from bi/dashboards and bi/datasets; do not edit.\n"


def render_exposures(declarations: Declarations, connection: duckdb.DuckDBPyConnection) -> str:
    """`dbt_project/models/exposures.yml`. The connection has the published tables (`open_contracts`)."""
    exposures: list[dict[str, Any]] = [
        {
            "name": slug,
            "label": dashboard.title,
            "type": "dashboard",
            "maturity": "medium",
            "url": f"http://127.0.0.1:8088/superset/dashboard/{slug.replace('_', '-')}/",
            "description": dashboard.description,
            "depends_on": [f"ref('{table}')" for table in sorted(list_tables(declarations, dashboard, connection))],
            "owner": {"name": "Nianbao"},
        }
        for slug, dashboard in declarations.dashboards.items()
    ]
    return _HEAD + yaml.safe_dump({"exposures": exposures}, allow_unicode=True, sort_keys=False, width=140)


if __name__ == "__main__":
    EXPOSURES.write_text(render_exposures(load_declarations(), open_contracts(DBT_PROJECT)), encoding="utf-8")
