"""The subjects of mentions and their wordings, read from mentions.yml and made ready for matching."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ingest.declarations import parse_yaml
from ingest.errors import TemplateError

UNKNOWN, BODY, LONG = "x", "o", "X"
"""Codes of unknown text in a clause: any, one that ends like the name of an authority, one of more than 24 characters."""
NUMBER_CODE = "#"
_FIRST_CODE = 0x4E00
_BETWEEN, _BEFORE = f"[{UNKNOWN}{BODY}]*", f"[{UNKNOWN}{BODY}{LONG}]*"
_PIECE = re.compile(r"\s+|([a-z_]+)|([~#()|?*+])")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Subject(_Data):
    """What a number counts, and how it is worded.

    `cell`: the table's cell that counts the same. `within`: the topic that a clause must have. `about`: what the sentence or the one before
    must name. `after`: a term that the sentence must hold before. `in_parts`: may stand behind 其中. `is_listed`: takes the verb of the
    number before it. `is_of_requests`: words that also sort documents, so not where the sentence counts documents.
    """

    subject: str
    name: str
    units: str | tuple[str, ...]
    wordings: tuple[str, ...]
    cell: tuple[str, str, str] | None = None
    within: str | None = None
    about: str | None = None
    after: str | None = None
    in_parts: bool = True
    is_listed: bool = False
    is_of_requests: bool = False


class Group(_Data):
    """Wordings that give several subjects one value."""

    subjects: tuple[str, ...]
    wordings: tuple[str, ...]
    within: str | None = None
    about: str | None = None


class MentionData(_Data):
    """mentions.yml."""

    units: dict[str, tuple[str, ...]]
    unit_guards: dict[str, tuple[str, ...]]
    neutral: tuple[str, ...]
    this_year: tuple[str, ...]
    soft: dict[str, tuple[str, ...]]
    stops: tuple[str, ...]
    cumulative: tuple[str, ...]
    until: tuple[str, ...]
    parts: tuple[str, ...]
    carried_verbs: tuple[str, ...]
    counts_documents: tuple[str, ...]
    counts_requests: tuple[str, ...]
    channels: tuple[str, ...]
    terms: dict[str, tuple[str, ...]]
    groups: dict[str, tuple[str, ...]]
    topics: dict[str, tuple[str, ...]]
    subjects: tuple[Subject, ...]
    nothing: tuple[Group, ...]
    shared: tuple[Group, ...]

    @model_validator(mode="after")
    def _references_hold(self) -> MentionData:
        known = {entry.subject for entry in self.subjects}
        for entry in self.subjects:
            if isinstance(entry.units, str) and entry.units not in self.units:
                raise ValueError(f"subject {entry.subject} has units {entry.units}, which are not listed")
        entries: list[Subject | Group] = [*self.subjects, *self.nothing, *self.shared]
        for within, about, wordings in ((entry.within, entry.about, entry.wordings) for entry in entries):
            if within is not None and within not in self.topics:
                raise ValueError(f"{wordings[0]}: no topic is named {within}")
            if about is not None and about not in self.soft:
                raise ValueError(f"{wordings[0]}: no soft term is named {about}")
        for group in (*self.nothing, *self.shared):
            if not set(group.subjects) <= known:
                raise ValueError(f"{group.wordings[0]}: {set(group.subjects) - known} are no subjects")
        for names in (
            *self.groups.values(),
            *self.topics.values(),
            self.carried_verbs,
            self.counts_documents,
            self.counts_requests,
            self.channels,
        ):
            if not set(names) <= set(self.terms):
                raise ValueError(f"{set(names) - set(self.terms)} are no terms")
        return self

    def units_of(self, subject: Subject) -> frozenset[str]:
        """The units that the numbers of a subject may have."""
        return frozenset(self.units[subject.units] if isinstance(subject.units, str) else subject.units)

    @property
    def all_units(self) -> tuple[str, ...]:
        """Every unit that makes a number a number, longest first."""
        listed = [*self.units.values(), *(s.units for s in self.subjects if not isinstance(s.units, str))]
        return tuple(sorted({unit for units in listed for unit in units}, key=lambda unit: (-len(unit), unit)))


@dataclass(frozen=True)
class Rule:
    """One entry of mentions.yml made ready: `pattern` matches the codes of a clause."""

    subjects: tuple[str, ...]
    pattern: re.Pattern[str]
    units: frozenset[str]
    within: str | None
    about: str | None
    after: str | None
    in_parts: bool
    is_listed: bool
    is_of_requests: bool = False


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """mentions.yml made ready. `words`: literal word → kind and name. `spellings`: the words that are regular expressions, by the name of
    their regex group, with kind and name."""

    words: dict[str, tuple[str, str]]
    spellings: dict[str, tuple[str, str, str]]
    codes: dict[str, str]  # term → its code in a clause
    terms: dict[str, str]  # code → term
    abouts: dict[str, tuple[str, ...]]  # soft term → its literal words
    topics: dict[str, str]  # term → topic
    verbs: frozenset[str]  # codes of the verbs that hold for the next number of a list too
    counting: dict[str, bool]  # term → whether the sentence counts documents from there on, else requests
    channels: tuple[str, ...]  # terms
    units: tuple[str, ...]
    unit_guards: dict[str, tuple[str, ...]]  # unit → what must not follow it
    rules: tuple[Rule, ...]
    nothing: tuple[Rule, ...]
    cells: dict[str, tuple[str, str, str]]


def parse_mentions(text: str, origin: str) -> MentionData:
    """The data of YAML text; TemplateError names `origin` and what is wrong."""
    try:
        return MentionData.model_validate(parse_yaml(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise TemplateError(f"{origin}: {error}") from error


@cache
def load_mentions() -> MentionData:
    """mentions.yml of this package."""
    return parse_mentions(files(__package__).joinpath("mentions.yml").read_text("utf-8"), "mentions.yml")


@cache
def load_vocabulary() -> Vocabulary:
    """mentions.yml of this package, made ready."""
    return build_vocabulary(load_mentions())


def build_vocabulary(data: MentionData) -> Vocabulary:
    """TemplateError for a word with two meanings or a wording that names no term."""
    words: dict[str, tuple[str, str]] = {}
    spellings: dict[str, tuple[str, str, str]] = {}
    listed: list[tuple[str, str, tuple[str, ...]]] = [
        ("neutral", "", data.neutral),
        ("this_year", "", data.this_year),
        ("stop", "", data.stops),
        ("cumulative", "", data.cumulative),
        ("until", "", data.until),
        ("part", "", data.parts),
        *(("soft", name, spelt) for name, spelt in data.soft.items()),
        *(("term", name, spelt) for name, spelt in data.terms.items()),
    ]
    for kind, name, spelt in listed:
        for word in spelt:
            if re.escape(word) != word:
                spellings[f"g{len(spellings)}"] = (word, kind, name)
            elif words.setdefault(word, (kind, name)) != (kind, name):
                raise TemplateError(f"mentions.yml: {word} is both {words[word]} and {(kind, name)}")
    codes = {name: chr(_FIRST_CODE + at) for at, name in enumerate(data.terms)}
    classes = codes | {name: f"[{''.join(codes[term] for term in terms)}]" for name, terms in data.groups.items()}
    every = frozenset(data.all_units)
    rules = [
        Rule(
            (s.subject,),
            _compile(wording, classes),
            data.units_of(s),
            s.within,
            s.about,
            s.after,
            s.in_parts,
            s.is_listed,
            s.is_of_requests,
        )
        for s in data.subjects
        for wording in s.wordings
    ]
    shared = [
        Rule(g.subjects, _compile(w, classes), every | {""}, g.within, g.about, None, in_parts=True, is_listed=False)
        for g in data.shared
        for w in g.wordings
    ]
    nothing = tuple(
        Rule(g.subjects, _compile(w, classes), every, g.within, g.about, None, in_parts=True, is_listed=False)
        for g in data.nothing
        for w in g.wordings
    )
    return Vocabulary(
        words=words,
        spellings=spellings,
        codes=codes,
        abouts={name: tuple(word for word in spelt if re.escape(word) == word) for name, spelt in data.soft.items()},
        topics={term: topic for topic, terms in data.topics.items() for term in terms},
        terms={code: name for name, code in codes.items()},
        verbs=frozenset(codes[name] for name in data.carried_verbs),
        counting=dict.fromkeys(data.counts_documents, True) | dict.fromkeys(data.counts_requests, False),
        channels=data.channels,
        units=data.all_units,
        unit_guards=data.unit_guards,
        rules=(*rules, *shared),
        nothing=nothing,
        cells={s.subject: s.cell for s in data.subjects if s.cell is not None},
    )


def _compile(wording: str, classes: dict[str, str]) -> re.Pattern[str]:
    """A wording as a regular expression over the codes of a clause."""
    parts: list[str] = [] if wording.startswith("~") else [f"{BODY}*"]
    at = 0
    while at < len(wording):
        piece = _PIECE.match(wording, at)
        if piece is None or (piece[1] and piece[1] not in classes):
            raise TemplateError(f"mentions.yml: {wording!r} cannot be read at {wording[at:]!r}")
        if piece[1]:
            parts.append(classes[piece[1]])
        elif piece[2] == "~":
            parts.append(_BEFORE if at == 0 else _BETWEEN)
        elif piece[2] == "(":
            parts.append("(?:")
        elif piece[2]:
            parts.append(piece[2])
        at = piece.end()
    return re.compile("".join(parts))
