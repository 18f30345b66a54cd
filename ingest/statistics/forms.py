"""What is known of the statistics tables before 2019, from `ingest/templates/pre2019.yml`, and the normal forms of their labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.declarations import parse_yaml
from ingest.errors import TemplateError
from ingest.normalising import normalise_label, straighten

BLANKS = re.compile(r"[\s\u200b\ufeff]+")
PART = re.compile(r"其中:?")
_OUTER = re.compile(r"(?:\(?第?[一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}[、.])")
_NUMBERS = (
    _OUTER,
    re.compile(r"\(\d{1,2}\)"),
    re.compile(r"(?P<number>\d{1,2})(?:[、)]|\.(?!\d))"),
    re.compile(r"[\u2460-\u2473]"),
)
NUMBERING = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in _NUMBERS))
"""The number of an indicator in straightened text: 一、 （一） (1) 1. ①."""
_MARKDOWN = re.compile(r"\*\*|\\(?=[^\w\s])")
_NOTE = re.compile(r"\([^()]*\)")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Heads(_Data):
    name: tuple[str, ...]
    unit: tuple[str, ...]
    code: tuple[str, ...]
    remark: tuple[str, ...]
    value: tuple[str, ...]
    cumulative: str


class _Alias(_Data):
    label: str
    seen_in: str


class Indicator(_Data):
    """An indicator of the national form. `under`: the indicator that it is a part of, where its label is printed twice."""

    label: str
    unit: str
    under: str | None = None
    aliases: tuple[_Alias, ...] = ()


class Sum(_Data):
    """An indicator and those that it is the sum of, by label."""

    whole: str
    parts: tuple[str, ...]


class _Template(_Data):
    template: str
    instrument: str
    valid_to_year: int
    heads: _Heads
    units: tuple[str, ...]
    ends: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    sums: tuple[Sum, ...]


@dataclass(frozen=True)
class StatisticsForm:
    """The template with its look-ups. `units` and `values` are regular expressions, `known` maps normal forms to indicators."""

    template: str
    valid_to_year: int
    indicators: tuple[Indicator, ...]
    sums: tuple[Sum, ...]
    known: dict[str, tuple[int, ...]]
    units: str
    head: re.Pattern[str]
    values: re.Pattern[str]
    ends: re.Pattern[str]
    names: frozenset[str]
    unit_names: frozenset[str]
    codes: frozenset[str]
    remarks: frozenset[str]
    cumulative: str


@cache
def load_statistics_form() -> StatisticsForm:
    """The template of the years before 2019. Raises TemplateError when its data does not validate."""
    try:
        data = _Template.model_validate(parse_yaml(files("ingest.templates").joinpath("pre2019.yml").read_text("utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise TemplateError(f"pre2019.yml: {error}") from error
    known: dict[str, tuple[int, ...]] = {}
    for index, indicator in enumerate(data.indicators):
        for label in (indicator.label, *(alias.label for alias in indicator.aliases)):
            known[normalise_indicator(label)] = (*known.get(normalise_indicator(label), ()), index)
    heads = data.heads
    name, unit, code, value = (_any(words) for words in (heads.name, heads.unit, heads.code, heads.value))
    return StatisticsForm(
        template=data.template,
        valid_to_year=data.valid_to_year,
        indicators=data.indicators,
        sums=data.sums,
        known=known,
        units=_any(sorted(map(re.escape, data.units), key=lambda word: -len(word))),
        head=re.compile(rf"(?P<serial>{code})?(?P<name>{name})(?P<before>{code})?(?P<unit>{unit})(?P<after>{code})?"),
        values=re.compile(value),
        ends=re.compile(_any(data.ends)),
        names=frozenset(heads.name),
        unit_names=frozenset(heads.unit),
        codes=frozenset(heads.code),
        remarks=frozenset(heads.remark),
        cumulative=heads.cumulative,
    )


def _any(words: tuple[str, ...] | list[str]) -> str:
    return "(?:" + "|".join(f"(?:{word})" for word in words) + ")"


def normalise_indicator(label: str) -> str:
    """What two prints of one indicator have in common: no numbering, no 其中, no note in brackets, no punctuation."""
    return normalise_label(_NOTE.sub("", straighten(read_label(label).text).removeprefix("其中")))


class Label(NamedTuple):
    """A printed label taken apart. `text`: without spaces and numbering, the key of its row; `number` of a label like `3.`;
    `level`: 0 for 一、, 1 for （一）, 2 for deeper numbers, None without one; `is_part`: it begins with 其中."""

    text: str
    number: int | None
    level: int | None
    is_part: bool


def read_label(printed: str) -> Label:
    """A label without its spaces and its numbering, at its start and behind a leading 其中."""
    text = _MARKDOWN.sub("", BLANKS.sub("", printed))
    text = text[len(text) - len(straighten(text).lstrip(".、)|*#:")) :]
    head, part, number, level = "", PART.match(text.replace("：", ":")), None, None
    for _ in range(2):
        straight = straighten(text)
        while (match := NUMBERING.match(straight)) is not None:
            number = int(match["number"]) if match["number"] else None
            level = 2 if _OUTER.fullmatch(match[0]) is None else int("(" in match[0] or ")" in match[0])
            text, straight = text[match.end() :], straight[match.end() :]
        begin = PART.match(straight)
        if begin is None or head:
            break
        head, part, text = text[: begin.end()], begin, text[begin.end() :]
    return Label(head + text.lstrip("、"), number, level, part is not None)


def starts_label(straight: str) -> bool:
    """Whether a piece of straightened text begins an indicator: a number or 其中 stands before it."""
    return NUMBERING.match(straight) is not None or PART.match(straight) is not None
