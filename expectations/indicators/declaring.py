"""`indicators.yml` read and validated: figures, and the indicators made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from expectations.indicators.expressions import list_operands, parse_expression
from ingest.declarations import parse_yaml
from ingest.errors import NianbaoError
from ingest.mentions.subjects import load_mentions
from ingest.templates import Template, load_templates

Kind = Literal["count", "money", "share", "ratio"]
NonEmpty = Annotated[str, Field(min_length=1)]
_UNITS: Final[dict[Kind, str]] = {"count": "件", "money": "元", "share": "1", "ratio": "1"}
_SUFFIXES: Final[dict[Kind, str]] = {"count": "_count", "money": "_cny", "share": "_share", "ratio": "_ratio"}


class IndicatorError(NianbaoError):
    """An entry of indicators.yml does not validate."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Figure(_Data):
    """What is counted. Exactly one of `formulas` (of which the first is taken whose cells are printed), `mention` and `previous`."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: NonEmpty
    about: NonEmpty
    unit: Literal["件", "元", "万元"] = "件"
    formulas: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = Field(default=(), alias="from")
    mention: str | None = None
    previous: str | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> Figure:
        if [bool(self.formulas), self.mention is not None, self.previous is not None].count(True) != 1:
            raise ValueError(f"{self.key}: one of from, mention and previous is needed")
        return self


class Indicator(_Data):
    """One indicator. Exactly one of `numerator` (a report's own), `model` (a mart of another grain) and `unsupported` (why not)."""

    id: Annotated[str, Field(pattern=r"^I-[0-9]{2}[a-z]?$")]
    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name_zh: NonEmpty
    name_en: NonEmpty
    kind: Kind
    numerator: str | None = None
    denominator: str | None = None
    sample: str | None = None
    comparable: tuple[str, ...] = ()
    model: str | None = None
    column: str | None = None
    unsupported: NonEmpty | None = None
    caveat_zh: NonEmpty | None = None
    caveat_en: NonEmpty | None = None

    @property
    def unit(self) -> str:
        """件, 元, or 1 for a quotient."""
        return _UNITS[self.kind]

    @property
    def formula(self) -> str | None:
        """In the keys of the figures; null when it is not made of a report's own."""
        if self.numerator is None or self.denominator is None:
            return self.numerator
        numerator, denominator = (f"({part})" if " " in part else part for part in (self.numerator, self.denominator))
        return f"{numerator} / {denominator}"

    @model_validator(mode="after")
    def _is_whole(self) -> Indicator:
        if [self.numerator, self.model, self.unsupported].count(None) != 2:  # noqa: PLR2004 (three, of which one is given)
            raise ValueError(f"{self.id}: one of numerator, model and unsupported is needed")
        if (self.model is None) != (self.column is None):
            raise ValueError(f"{self.id}: model and column go together")
        is_quotient = self.kind in ("share", "ratio")
        if self.numerator is not None and is_quotient != (self.denominator is not None):
            raise ValueError(f"{self.id}: a share or ratio has a denominator, a count or sum of money has none")
        if self.numerator is not None and not self.key.endswith(_SUFFIXES[self.kind]):
            raise ValueError(f"{self.id}: the key {self.key} has to end in {_SUFFIXES[self.kind]}")
        if self.numerator is not None and not is_quotient and self.numerator != self.key:
            raise ValueError(f"{self.id}: a count or sum of money is a figure of its own key {self.key}, not {self.numerator}")
        return self


class Declaration(_Data):
    """indicators.yml."""

    small_sample: Annotated[int, Field(ge=1)]
    figures: tuple[Figure, ...]
    indicators: tuple[Indicator, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Figure]:
        """Key → figure."""
        return {figure.key: figure for figure in self.figures}

    @cached_property
    def computed(self) -> tuple[Indicator, ...]:
        """The indicators of a single report, in order."""
        return tuple(indicator for indicator in self.indicators if indicator.numerator is not None)

    @model_validator(mode="after")
    def _references_hold(self) -> Declaration:
        known: set[str] = set()
        cells = {cell for template in load_templates().values() for cell in list_cells(template)}
        subjects = {entry.subject for entry in load_mentions().subjects}
        for figure in self.figures:
            for formula in figure.formulas:
                _check(formula, known | cells, figure.key)
            if figure.mention is not None and figure.mention not in subjects:
                raise ValueError(f"{figure.key}: there is no mention {figure.mention}")
            if figure.previous is not None and figure.previous not in known:
                raise ValueError(f"{figure.key}: there is no figure {figure.previous} above it")
            if figure.key in known:
                raise ValueError(f"{figure.key} is declared twice")
            known.add(figure.key)
        for name in ("id", "key"):
            values = [getattr(indicator, name) for indicator in self.indicators]
            if len(values) != len(set(values)):
                raise ValueError(f"indicators with one {name}: {sorted({value for value in values if values.count(value) > 1})}")
        for indicator in self.computed:
            for expression in (indicator.numerator, indicator.denominator, indicator.sample):
                if expression is not None:
                    _check(expression, known, indicator.id)
            if not set(indicator.comparable) <= set(load_templates()):
                raise ValueError(f"{indicator.id}: comparable names an unknown form")
        return self

    def list_forms(self, indicator: Indicator, templates: Mapping[str, Template]) -> frozenset[str] | None:
        """The forms on which an indicator of a single report can be computed; None when it comes from the prose."""
        parts = (part for part in (indicator.numerator, indicator.denominator) if part is not None)
        known = [forms for part in parts if (forms := self.list_templates(part, templates)) is not None]
        return frozenset.intersection(*known) if known else None

    def list_templates(self, expression: str, templates: Mapping[str, Template]) -> frozenset[str] | None:
        """The forms on which the expression can be computed; None when it needs none, for it comes from the prose."""
        parts = [self._templates_of(name, templates) for name in list_operands(parse_expression(expression))]
        known = [part for part in parts if part is not None]
        return frozenset.intersection(*known) if known else None

    def _templates_of(self, name: str, templates: Mapping[str, Template]) -> frozenset[str] | None:
        if "." in name:
            return frozenset(key for key, template in templates.items() if name in set(list_cells(template)))
        figure = self.by_key[name]
        if figure.mention is not None:
            return None
        if figure.previous is not None:
            return self._templates_of(figure.previous, templates)
        found = [self.list_templates(formula, templates) for formula in figure.formulas]
        return frozenset().union(*(part for part in found if part is not None))


def list_cells(template: Template) -> Iterator[str]:
    """`table.row.column` of every cell of a form, the cells of its variant rows included."""
    for table in template.tables:
        for row in (*table.rows, *table.variants):
            for column in table.columns_of(row.row):
                yield f"{table.table}.{row.row}.{column.column}"


def parse_indicators(text: str, origin: str) -> Declaration:
    """The declaration of a YAML text; IndicatorError names `origin` and what is wrong."""
    try:
        return Declaration.model_validate(parse_yaml(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise IndicatorError(f"{origin}: {error}") from error


@cache
def load_indicators() -> Declaration:
    """indicators.yml of this package."""
    return parse_indicators(files(__package__).joinpath("indicators.yml").read_text("utf-8"), "indicators.yml")


def _check(expression: str, known: set[str], owner: str) -> None:
    unknown = [name for name in list_operands(parse_expression(expression)) if name not in known]
    if unknown:
        raise ValueError(f"{owner}: {expression!r} names {unknown}, which no form and no figure above has")
