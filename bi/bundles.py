"""The bundle that Superset imports: one YAML document for the database, each dataset, chart and dashboard.

The same declarations give the same bundle, ids included, so that importing it again updates what is there.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import yaml

from bi.charts import build_form_data
from bi.declarations import Chart, Dashboard, DeclarationError, Declarations, Row

DATABASE_NAME: Final = "年报 Nianbao"
_NAMESPACE: Final = uuid.UUID("6e69616e-6261-6f00-8000-000000000000")
_VERSION: Final = "1.0.0"
_NOTE_HEIGHT: Final = 6
Document = dict[str, Any]


def make_id(*parts: str) -> str:
    """The id of what is declared under this name."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))


def build_bundle(declarations: Declarations, columns: dict[str, dict[str, str]], database: Path) -> dict[str, str]:
    """Path in the bundle → YAML. `columns`: what `describe_datasets` says. `database`: the published file, which need not exist."""
    documents: dict[str, Document] = {
        "metadata.yaml": {"version": _VERSION, "type": "assets", "timestamp": "1970-01-01T00:00:00+00:00"},  # no clock: same in, same out
        "databases/nianbao.yaml": _build_database(database),
    }
    for name in declarations.datasets:
        documents[f"datasets/nianbao/{name}.yaml"] = _build_dataset(name, declarations, columns[name])
    for slug, dashboard in declarations.dashboards.items():
        for chart in dashboard.charts:
            documents[f"charts/{slug}.{chart.id}.yaml"] = _build_chart(slug, chart, declarations)
        documents[f"dashboards/{slug}.yaml"] = _build_dashboard(slug, dashboard, declarations)
    return {path: yaml.safe_dump(document, allow_unicode=True, sort_keys=True) for path, document in documents.items()}


def open_contracts(dbt_project: Path) -> duckdb.DuckDBPyConnection:
    """An empty database in memory with the published tables as their dbt contracts declare them."""
    connection = duckdb.connect(":memory:")
    for model in (model for path in sorted((dbt_project / "models" / "marts").glob("*.yml")) for model in _read_models(path)):
        columns = ", ".join(f'"{column["name"]}" {column["data_type"]}' for column in model["columns"])
        connection.execute(f'create table "{model["name"]}" ({columns})')
    return connection


def describe_datasets(declarations: Declarations, connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Dataset → column → DuckDB type, as the connection's tables give them. Raises DeclarationError when a query does not fit them."""
    described: dict[str, dict[str, str]] = {}
    for name, query in declarations.queries.items():
        try:
            rows = connection.execute(f"describe {query}").fetchall()
        except duckdb.Error as error:
            raise DeclarationError(f"datasets/{name}.sql does not fit the published tables: {error}") from error
        described[name] = {column: kind for column, kind, *_ in rows}
        unnamed = sorted(set(described[name]) - set(declarations.labels))
        if unnamed:
            raise DeclarationError(f"datasets.yml: labels: no label for {unnamed} of {name}")
    return described


def list_tables(declarations: Declarations, dashboard: Dashboard, connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The published tables that a dashboard's charts read."""
    return {table for chart in dashboard.charts for table in connection.get_table_names(declarations.queries[chart.dataset])}


def _read_models(path: Path) -> list[Document]:
    models: list[Document] = yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    return models


def _build_database(database: Path) -> Document:
    return {
        "database_name": DATABASE_NAME,
        "sqlalchemy_uri": f"duckdb:///{database}",
        "uuid": make_id("database"),
        "version": _VERSION,
        "cache_timeout": None,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        # The file alone: no writing, no reading of other files through SQL Lab.
        "extra": {"engine_params": {"connect_args": {"read_only": True, "config": {"enable_external_access": False}}}},
    }


def _build_dataset(name: str, declarations: Declarations, columns: dict[str, str]) -> Document:
    dataset = declarations.datasets[name]
    return {
        "table_name": dataset.title,
        "description": dataset.description,
        "sql": declarations.queries[name],
        "schema": "main",
        "uuid": make_id("dataset", name),
        "database_uuid": make_id("database"),
        "version": _VERSION,
        "filter_select_enabled": True,
        "columns": [
            {
                "column_name": column,
                "verbose_name": declarations.labels[column],
                "type": kind,
                "is_dttm": False,  # report years are no dates: charts take them as they are
                "is_active": True,
                "groupby": True,
                "filterable": True,
            }
            for column, kind in columns.items()
        ],
        "metrics": [
            {
                "metric_name": key,
                "verbose_name": metric.label,
                "expression": metric.expression,
                "d3format": metric.d3_format,
                "metric_type": None,
            }
            for key, metric in dataset.metrics.items()
        ],
    }


def _build_chart(slug: str, chart: Chart, declarations: Declarations) -> Document:
    viz_type, form_data = build_form_data(chart, declarations.datasets[chart.dataset])
    return {
        "slice_name": chart.title,
        "viz_type": viz_type,
        "params": form_data,
        "query_context": None,
        "is_managed_externally": True,
        "uuid": make_id("chart", slug, chart.id),
        "dataset_uuid": make_id("dataset", chart.dataset),
        "version": _VERSION,
    }


def _build_dashboard(slug: str, dashboard: Dashboard, declarations: Declarations) -> Document:
    numbers = {chart.id: number for number, chart in enumerate(dashboard.charts, start=1)}  # placeholders, which the import replaces
    return {
        "dashboard_title": dashboard.title,
        "description": dashboard.description,
        "slug": slug.replace("_", "-"),
        "uuid": make_id("dashboard", slug),
        "version": _VERSION,
        "published": True,
        "is_managed_externally": True,  # a change made in the browser would not outlive the next `make bi`
        "css": "",
        "position": _build_position(slug, dashboard, numbers),
        "metadata": {
            "native_filter_configuration": [_build_filter(slug, name, dashboard, declarations, numbers) for name in dashboard.filters],
            "filter_bar_orientation": "HORIZONTAL",  # a bar at the side leaves too little of a laptop's screen
            "cross_filters_enabled": False,  # a click on a bar of Superset 6.1 filters by the bar's length, on the label of the column
            "color_scheme": "supersetColors",
            "chart_configuration": {},
            "refresh_frequency": 0,
        },
    }


def _build_position(slug: str, dashboard: Dashboard, numbers: dict[str, int]) -> Document:
    rows = {f"ROW-{index}": row for index, row in enumerate(dashboard.rows)}
    position: Document = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": list(rows), "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": dashboard.title}},
    }
    for row_id, row in rows.items():
        members = _build_members(slug, row_id, row, numbers)
        position[row_id] = {
            "type": "ROW",
            "id": row_id,
            "children": list(members),
            "parents": ["ROOT_ID", "GRID_ID"],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        position |= members
    return position


def _build_members(slug: str, row_id: str, row: Row, numbers: dict[str, int]) -> Document:
    parents = ["ROOT_ID", "GRID_ID", row_id]
    if row.note is not None:
        name = row_id.replace("ROW", "MARKDOWN")
        meta: Document = {"code": row.note, "width": 12, "height": _NOTE_HEIGHT}
        return {name: {"type": "MARKDOWN", "id": name, "children": [], "parents": parents, "meta": meta}}
    return {
        f"CHART-{chart.id}": {
            "type": "CHART",
            "id": f"CHART-{chart.id}",
            "children": [],
            "parents": parents,
            "meta": {
                "chartId": numbers[chart.id],
                "uuid": make_id("chart", slug, chart.id),
                "sliceName": chart.title,
                "width": chart.width,
                "height": row.height,
            },
        }
        for chart in row.charts
    }


def _build_filter(slug: str, name: str, dashboard: Dashboard, declarations: Declarations, numbers: dict[str, int]) -> Document:
    declared = declarations.filters[name]
    first_only = name == dashboard.first_only
    return {
        "id": name_filter(slug, name),
        "name": declared.title,
        "filterType": "filter_select",
        "type": "NATIVE_FILTER",
        "targets": [{"datasetUuid": make_id("dataset", declared.dataset), "column": {"name": name}}],
        "controlValues": {
            "enableEmptyFilter": first_only,
            "defaultToFirstItem": first_only,
            "multiSelect": not first_only,
            "searchAllOptions": True,  # a hundred thousand agencies do not go into the browser: the database searches
            "inverseSelection": False,
            "sortAscending": not declared.descending,
        },
        "defaultDataMask": _begin_with(name, declared.begins_with),
        "requiredFirst": first_only,  # charts wait for it
        "cascadeParentIds": [name_filter(slug, parent) for parent in declared.within if parent in dashboard.filters],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": [numbers[chart.id] for chart in dashboard.charts if name in chart.ignores]},
        "description": "",
    }


def _begin_with(column: str, values: Sequence[str]) -> Document:
    chosen: Document = {"extraFormData": {}, "filterState": {}, "ownState": {}}
    if values:
        chosen["extraFormData"] = {"filters": [{"col": column, "op": "IN", "val": list(values)}]}
        chosen["filterState"] = {"value": list(values), "label": ", ".join(values)}
    return chosen


def name_filter(slug: str, name: str) -> str:
    """The id of a filter of a dashboard, also in the page."""
    return f"NATIVE_FILTER-{make_id('filter', slug, name)}"
