"""Declared charts in Superset's terms: the form data of each kind of chart, as its explore page would save them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bi.declarations import Chart, Dataset

FormData = dict[str, Any]
_SERIES_LIMIT: Final = 50_000
"""Rows of a stacked chart, which are x times series: cut off, its columns would be too low."""
_PLAIN: Final = "d"
"""Years are no quantities: 2024, not 2,024."""
_PLAIN_COLUMNS: Final = ("report_year", "other_report_year")
_WIDTHS: Final = {"message_zh": 360, "detail": 430, "rule_title": 210, "evidence": 270, "agency": 215, "other_agency": 180, "matter": 150}
"""Pixels that texts of these columns want; Superset would give a long text one line and push the rest out of sight."""


def build_form_data(chart: Chart, dataset: Dataset) -> tuple[str, FormData]:
    """Superset's name of the visualization and its form data."""
    viz_type, build = _KINDS[chart.kind]
    common: FormData = {
        "viz_type": viz_type,
        "adhoc_filters": [_filter_by_sql(chart.where)] if chart.where else [],
        "row_limit": _SERIES_LIMIT if chart.series else chart.limit,
        "color_scheme": "supersetColors",
        "extra_form_data": {},
    }
    return viz_type, common | build(chart, dataset)


def _build_number(chart: Chart, dataset: Dataset) -> FormData:
    (metric,) = chart.metrics
    return {"metric": metric, "y_axis_format": dataset.metrics[metric].d3_format, "header_font_size": 0.6, "subtitle_font_size": 0.125}


def _build_columns(chart: Chart, dataset: Dataset) -> FormData:
    return _build_axes(chart, dataset) | {"orientation": "vertical", "show_value": not chart.stacked and len(chart.metrics) == 1}


def _build_bars(chart: Chart, dataset: Dataset) -> FormData:
    """Ranked by the first metric, the largest on top, unless the declaration says otherwise."""
    return _build_axes(chart, dataset) | {
        "orientation": "horizontal",
        "show_value": not chart.stacked,
        "x_axis_sort": chart.sort[0] if chart.sort else chart.metrics[0],
        "x_axis_sort_asc": not chart.sort,  # of a horizontal chart the axis begins at the bottom
        "order_desc": True,
        "xAxisLabelInterval": "0",  # every bar keeps its name
    }


def _build_lines(chart: Chart, dataset: Dataset) -> FormData:
    return _build_axes(chart, dataset) | {"markerEnabled": True, "markerSize": 6, "seriesType": "line", "show_value": False}


def _build_axes(chart: Chart, dataset: Dataset) -> FormData:
    return {
        "x_axis": chart.x,
        "xAxisForceCategorical": True,
        "x_axis_sort_asc": True,
        "metrics": chart.metrics,
        "groupby": [chart.series] if chart.series else [],
        "stack": "Stack" if chart.stacked else None,
        "logAxis": chart.logarithmic,
        "show_legend": len(chart.metrics) > 1 or chart.series is not None,
        "legendType": "scroll",
        "legendOrientation": "right" if chart.series else "top",
        "y_axis_format": dataset.metrics[chart.metrics[0]].d3_format,
        "truncate_metric": True,
        "rich_tooltip": True,
        "tooltipSortByMetric": False,
        **({"sort_series_type": "name", "sort_series_ascending": True} if chart.series else {}),
        "truncateYAxis": False,
        "x_axis_title_margin": 15,
        "y_axis_title_margin": 15,
    }


def _build_table(chart: Chart, dataset: Dataset) -> FormData:
    formats = {name: {"d3NumberFormat": dataset.metrics[name].d3_format} for name in chart.metrics}
    return {
        "query_mode": "aggregate",
        "groupby": chart.by,
        "metrics": chart.metrics,
        "order_desc": True,
        "timeseries_limit_metric": _rank_by(chart.sort[0]) if chart.sort else chart.metrics[0],
        "page_length": 0,
        "include_search": False,
        "show_cell_bars": False,
        "column_config": _configure_columns(chart.by) | formats,
    }


def _build_rows(chart: Chart, _dataset: Dataset) -> FormData:
    return {
        "query_mode": "raw",
        "all_columns": chart.columns,
        "order_by_cols": [f'["{name.removeprefix("-")}", {"false" if name.startswith("-") else "true"}]' for name in chart.sort],
        "page_length": 0,
        "include_search": False,
        "show_cell_bars": False,
        "column_config": _configure_columns(chart.columns),
    }


def _configure_columns(columns: list[str]) -> dict[str, FormData]:
    plain = {name: {"d3NumberFormat": _PLAIN, "horizontalAlign": "left"} for name in columns if name in _PLAIN_COLUMNS}
    wide = {name: {"columnWidth": _WIDTHS[name]} for name in columns if name in _WIDTHS}
    shares = {name: {"d3NumberFormat": ".0%"} for name in columns if name == "similarity"}
    return plain | wide | shares


def _rank_by(column: str) -> FormData:
    """Order the rows of a table by a column that it groups by, the last first."""
    return {"expressionType": "SQL", "sqlExpression": f"max({column})", "label": column, "optionName": "declared", "hasCustomLabel": True}


def _filter_by_sql(condition: str) -> FormData:
    return {"expressionType": "SQL", "clause": "WHERE", "sqlExpression": condition, "filterOptionName": "declared"}


_KINDS: Final[Mapping[str, tuple[str, Callable[[Chart, Dataset], FormData]]]] = {
    "number": ("big_number_total", _build_number),
    "columns": ("echarts_timeseries_bar", _build_columns),
    "bars": ("echarts_timeseries_bar", _build_bars),
    "lines": ("echarts_timeseries_line", _build_lines),
    "table": ("table", _build_table),
    "rows": ("table", _build_rows),
}
