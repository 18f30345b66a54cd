"""The declared datasets, filters and dashboards, checked on load: a chart that names what does not exist never reaches Superset."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.errors import NianbaoError

FOLDER: Final = Path(__file__).resolve().parent
GRID_COLUMNS: Final = 12
"""Superset's dashboards are twelve columns wide."""
_T = TypeVar("_T", bound=BaseModel)


class DeclarationError(NianbaoError):
    """A declaration of `bi/` contradicts itself or another one."""


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Metric(_Declared):
    """What a chart measures: an SQL aggregate, or a share [part, base] or [part, base, share that must be there], shown in %."""

    label: str
    sql: str | None = None
    share: tuple[str, str] | tuple[str, str, str] | None = None
    format: str = ",d"

    @model_validator(mode="after")
    def _be_one_thing(self) -> Self:
        if (self.sql is None) == (self.share is None):
            raise ValueError(f"metric {self.label}: give either sql or share")
        return self

    @property
    def expression(self) -> str:
        """The aggregate in SQL. A share is null when its base is 0."""
        if self.share is None:
            return str(self.sql)
        part, base, *known = self.share
        rows = f" filter (where {known[0]} is not null)" if known else ""
        return f"sum({part}){rows} / nullif(sum({base}){rows}, 0)"

    @property
    def d3_format(self) -> str:
        """How the number is printed, in d3's notation."""
        return self.format if self.share is None else ".1%"


class Dataset(_Declared):
    """One query and its metrics."""

    title: str
    description: str
    metrics: dict[str, Metric]


class Filter(_Declared):
    """A choice of values of one column. `within`: the filters that narrow its values. `begins_with`: what is chosen at first."""

    title: str
    dataset: str
    descending: bool = False
    begins_with: list[str] = Field(default_factory=list)
    within: list[str] = Field(default_factory=list)


class Chart(_Declared):
    """One chart.

    `x`: the column along the axis; `series`: the column of the colours; `by`: the columns that the rows of a table stand for;
    `columns`: those of a table of rows as they are; `sort`: its order, "-" before a column for the last first; `where`: a condition in
    SQL; `ignores`: filters of the dashboard that do not act on this chart.
    """

    id: str
    title: str
    kind: Literal["number", "columns", "bars", "lines", "table", "rows"]
    dataset: str
    width: Annotated[int, Field(ge=2, le=GRID_COLUMNS)]
    metrics: list[str] = Field(default_factory=list)
    x: str | None = None
    series: str | None = None
    by: list[str] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list)
    sort: list[str] = Field(default_factory=list)
    where: str | None = None
    limit: int = 1000
    stacked: bool = False
    logarithmic: bool = False
    ignores: list[str] = Field(default_factory=list)

    def list_columns(self) -> list[str]:
        """Every column of the dataset that the chart names."""
        return [*self.by, *self.columns, *(name for name in (self.x, self.series) if name is not None)]


class Row(_Declared):
    """A row of charts, `height` in units of eight pixels, or a note in Markdown."""

    height: int = 0
    charts: list[Chart] = Field(default_factory=list)
    note: str | None = None

    @model_validator(mode="after")
    def _fill_the_width(self) -> Self:
        if self.note is None and sum(chart.width for chart in self.charts) != GRID_COLUMNS:
            raise ValueError(f"the charts {[chart.id for chart in self.charts]} are not {GRID_COLUMNS} columns wide together")
        return self


class Dashboard(_Declared):
    """One page. `first_only`: the filter that takes one value at a time and begins with its first (the latest year, the first agency)."""

    title: str
    description: str
    filters: list[str]
    first_only: str | None = None
    rows: list[Row]

    @property
    def charts(self) -> list[Chart]:
        """Its charts, from top to bottom."""
        return [chart for row in self.rows for chart in row.charts]


@dataclass(frozen=True)
class Declarations:
    """All that is declared. `queries`: dataset → its SQL with other datasets put in; `dashboards` by slug."""

    labels: Mapping[str, str]
    datasets: Mapping[str, Dataset]
    queries: Mapping[str, str]
    filters: Mapping[str, Filter]
    dashboards: Mapping[str, Dashboard]


def load_declarations(folder: Path = FOLDER) -> Declarations:
    """Read and check the declarations. Raises DeclarationError naming the file, the dashboard or the chart."""
    written = _read(folder / "datasets.yml")
    datasets = {name: _validate(Dataset, entry, f"datasets.yml: {name}") for name, entry in written["datasets"].items()}
    filters = {name: _validate(Filter, entry, f"filters.yml: {name}") for name, entry in _read(folder / "filters.yml").items()}
    dashboards = {
        path.stem: _validate(Dashboard, _read(path), f"dashboards/{path.name}") for path in sorted((folder / "dashboards").glob("*.yml"))
    }
    for slug, dashboard in dashboards.items():
        _check_dashboard(slug, dashboard, datasets, filters)
    return Declarations(
        labels=written["labels"],
        datasets=datasets,
        queries=_read_queries(folder / "datasets", datasets),
        filters=filters,
        dashboards=dashboards,
    )


def _check_dashboard(slug: str, dashboard: Dashboard, datasets: Mapping[str, Dataset], filters: Mapping[str, Filter]) -> None:
    ids = [chart.id for chart in dashboard.charts]
    if len(set(ids)) != len(ids):
        raise DeclarationError(f"{slug}: chart ids repeat: {sorted({name for name in ids if ids.count(name) > 1})}")
    unknown = {*dashboard.filters, *([dashboard.first_only] if dashboard.first_only else [])} - set(filters)
    if unknown:
        raise DeclarationError(f"{slug}: no such filter: {sorted(unknown)}")
    for chart in dashboard.charts:
        if chart.dataset not in datasets:
            raise DeclarationError(f"{slug}.{chart.id}: no such dataset: {chart.dataset}")
        lost = [name for name in chart.metrics if name not in datasets[chart.dataset].metrics]
        if lost:
            raise DeclarationError(f"{slug}.{chart.id}: dataset {chart.dataset} has no metric {lost}")
        if not chart.metrics and not chart.columns:
            raise DeclarationError(f"{slug}.{chart.id}: nothing to show; name metrics or columns")
        if not set(chart.ignores) <= set(dashboard.filters):
            raise DeclarationError(f"{slug}.{chart.id}: ignores filters that the dashboard does not have: {chart.ignores}")


def _read_queries(folder: Path, datasets: Mapping[str, Dataset]) -> dict[str, str]:
    texts = {path.stem: path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("*.sql"))}
    if set(texts) != set(datasets):
        raise DeclarationError(f"datasets.yml and datasets/*.sql differ: {sorted(set(texts) ^ set(datasets))}")

    def expand(name: str, inside: tuple[str, ...]) -> str:
        if name in inside:
            raise DeclarationError(f"the datasets {' → '.join((*inside, name))} go round in a circle")
        template = string.Template(texts[name])
        unknown = set(template.get_identifiers()) - set(texts)
        if unknown:
            raise DeclarationError(f"datasets/{name}.sql: no such dataset: {sorted(unknown)}")
        return template.substitute({other: expand(other, (*inside, name)) for other in template.get_identifiers()})

    return {name: expand(name, ()) for name in texts}


def _read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def _validate(model: type[_T], entry: object, place: str) -> _T:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        raise DeclarationError(f"{place}: {error}") from error
