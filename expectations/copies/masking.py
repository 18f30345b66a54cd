"""Takes out of a narrative what each agency fills in for itself or the forms prescribe, so that what is left can be compared.

Left over are Chinese characters without numerals, the agency's own name and places, its words for itself, and prescribed wording.
Figures, years, dates, punctuation, spaces, line ends, numbering and Latin letters go with everything else that is no such character.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import polars as pl
from pydantic import BaseModel, ConfigDict

from ingest.declarations import parse_yaml

_SHORTEST_NAME = 2
"""A place of one character, or its stem (临 of 临县), would take ordinary words apart."""


class _Masks(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    numerals: str
    self_prefixes: str
    self_bodies: tuple[str, ...]
    place_endings: tuple[str, ...]
    phrases: tuple[str, ...]

    @property
    def gaps(self) -> str:
        """Pattern of the characters that never count."""
        return f"[^\u4e00-\u9fff]|[{self.numerals}]"

    @property
    def self_words(self) -> str:
        """Pattern of an agency's words for itself."""
        return f"[{self.self_prefixes}](?:{'|'.join(self.self_bodies)})"


class MaskedText(NamedTuple):
    """A masked text and, per character of it, the line (1-based in the document) and the place in the text that it came from."""

    characters: str
    lines: list[int]
    places: list[int]


@cache
def _load_masks() -> _Masks:
    return _Masks.model_validate(parse_yaml(files(__package__).joinpath("masks.yml").read_text("utf-8")))


@cache
def list_names(agency_name: str | None) -> tuple[str, ...]:
    """What to mask of an agency's name, longest first: the name, its body, its places with and without their ending.

    临江市望海区财政局: the name itself, 临江市望海区, 临江市, 望海区, 财政局, 临江, 望海. Nothing when the name is not known.
    """
    if agency_name is None:
        return ()
    name = _strip_gaps(agency_name)
    endings = "|".join(_load_masks().place_endings)
    places = re.findall(rf"(.{{1,8}}?)({endings})", name)
    found = {name}
    rest = name
    region = ""
    for stem, ending in places:
        if not rest.startswith(stem + ending):
            break
        rest = rest[len(stem + ending) :]
        region += stem + ending
        found |= {stem + ending, stem, region, rest}
    return tuple(sorted((part for part in found if len(part) >= _SHORTEST_NAME), key=lambda part: (-len(part), part)))


def mask_texts(texts: pl.Series, agency_names: Sequence[str | None]) -> list[str]:
    """The masked texts (String, no nulls), in their order; the agency of each is given beside it."""
    masks = _load_masks()
    stripped = texts.str.replace_all(masks.gaps, "").str.replace_all(masks.self_words, "")
    masked = []
    for text, agency_name in zip(stripped, agency_names, strict=True):
        left = text
        for part in (*masks.phrases, *list_names(agency_name)):
            left = left.replace(part, "")
        masked.append(left)
    return masked


def mask_text(text: str, agency_name: str | None = None, first_line: int = 1) -> MaskedText:
    """One text masked as `mask_texts` does it, with the line and the place of every character that is left."""
    masks = _load_masks()
    is_gap = re.compile(masks.gaps).match
    characters: list[str] = []
    lines: list[int] = []
    places: list[int] = []
    line = first_line
    for place, character in enumerate(text):
        line += character == "\n"
        if is_gap(character) is None:
            characters.append(character)
            lines.append(line)
            places.append(place)
    whole = MaskedText("".join(characters), lines, places)
    whole = _remove_spans(whole, [found.span() for found in re.finditer(masks.self_words, whole.characters)])
    for part in (*masks.phrases, *list_names(agency_name)):
        if part in whole.characters:
            whole = _remove_spans(whole, [found.span() for found in re.finditer(re.escape(part), whole.characters)])
    return whole


def _strip_gaps(text: str) -> str:
    return re.sub(_load_masks().gaps, "", text)


def _remove_spans(masked: MaskedText, spans: list[tuple[int, int]]) -> MaskedText:
    characters, lines, places = [], [], []
    start = 0
    for first, end in [*spans, (len(masked.characters), len(masked.characters))]:
        characters.append(masked.characters[start:first])
        lines += masked.lines[start:first]
        places += masked.places[start:first]
        start = end
    return MaskedText("".join(characters), lines, places)
