"""The rule catalogue: `rules/*.yml`, declared once, validated here.

Findings, gates, dbt seeds, the rule book and the tests are derived from it. A new rule of a known kind is one more entry of YAML; a rule
without a source, a threshold reason or both examples does not load.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from expectations.checks import KINDS
from expectations.checks.verdicts import Scope, Terms
from expectations.examples import Example
from ingest.declarations import parse_yaml
from ingest.errors import RuleError

_UNDECIDED = "undecided.yml"

Severity = Literal["error", "warning", "info"]
NonEmpty = Annotated[str, Field(min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Gate(_Data):
    """How many subjects of a partition may fail before it is not published, and why that many.

    A gate fails when failed > max(allowed_count, allowed_share × applicable). `min_applicable`: with more accepted reports than this, a
    rule that applied to none of them fails too; null when a rule may rightly apply to nothing.
    """

    blocks: bool
    allowed_share: Annotated[float, Field(ge=0, le=1)]
    allowed_count: Annotated[int, Field(ge=0)]
    min_applicable: Annotated[int, Field(ge=0)] | None
    reason: NonEmpty

    def allowed(self, applicable: int) -> int:
        """The number of failing subjects tolerated among `applicable`."""
        # The product of two decimals such as 0.15 and 20 must not lose a whole subject to rounding.
        return max(self.allowed_count, int(self.allowed_share * applicable + 1e-9))


class Examples(_Data):
    """One set of tables on which the rule passes and one on which it fails; both are run by the tests."""

    passing: Example
    failing: Example


class Rule(_Data):
    """One entry of the catalogue.

    `code`: its names in the research it came from, joined by `/`; `formula`: in words; `applicability`: when it is judged; `exceptions`:
    known cases in which a failure is no mistake; `kind`: the check function that decides it;
    `terms`: that function's parameters; `tolerance`: largest |residual| that still holds.
    """

    id: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]
    code: NonEmpty
    version: Annotated[int, Field(ge=1)]
    title_zh: NonEmpty
    title_en: NonEmpty
    source: NonEmpty
    formula: NonEmpty
    applicability: NonEmpty | None = None
    exceptions: NonEmpty | None = None
    kind: str
    scope: Scope
    subject: NonEmpty
    terms: Terms
    tolerance: Annotated[float, Field(ge=0)]
    severity: Severity
    on_failure: Literal["record", "quarantine"]
    gate: Gate
    examples: Examples

    @property
    def codes(self) -> tuple[str, ...]:
        """T4-01/02 → T4-01, T4-02."""
        found: list[str] = []
        for part in self.code.split("/"):
            found.append(part if "-" in part else f"{found[-1].split('-')[0]}-{part}")
        return tuple(found)

    @model_validator(mode="before")
    @classmethod
    def _read_terms(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "kind" not in data or "terms" not in data:
            return data
        if data["kind"] not in KINDS:
            raise ValueError(f"kind {data['kind']} is not one of {sorted(KINDS)}")
        return {**data, "terms": KINDS[data["kind"]].terms.model_validate(data["terms"])}

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Rule:
        if self.scope != KINDS[self.kind].scope:
            raise ValueError(f"{self.id}: kind {self.kind} judges scope {KINDS[self.kind].scope}, not {self.scope}")
        if self.on_failure == "quarantine" and self.scope != "report":
            raise ValueError(f"{self.id}: only a report can be quarantined")
        return self


class Undecided(_Data):
    """A check that the research names and no rule makes. `status`: `undecidable` from the staging tables, or decided `elsewhere`."""

    code: NonEmpty
    title_zh: NonEmpty
    title_en: NonEmpty
    status: Literal["undecidable", "elsewhere"]
    reason: NonEmpty


class Catalogue(_Data):
    """All rules, ordered by id, and what none of them decides, by code."""

    rules: tuple[Rule, ...]
    undecided: tuple[Undecided, ...] = ()

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Catalogue:
        ids = [rule.id for rule in self.rules]
        twice = sorted({rule_id for rule_id in ids if ids.count(rule_id) > 1})
        if twice:
            raise ValueError(f"rules declared twice: {twice}")
        return self

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; RuleError naming the known ones when there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise RuleError(f"there is no rule {rule_id}; known: {', '.join(rule.id for rule in self.rules)}")

    def find(self, name: str) -> tuple[Rule | Undecided, ...]:
        """The rule of that id, or all that bears that code; RuleError naming the known ids when there is none."""
        named: list[Rule | Undecided] = [rule for rule in self.rules if name in (rule.id, *rule.codes)]
        named += [entry for entry in self.undecided if entry.code == name]
        return tuple(named) if named else (self.rule(name),)

    def of_scope(self, scope: Scope) -> tuple[Rule, ...]:
        """The rules that judge reports, partitions, marts, scans or what changed since the current publication."""
        return tuple(rule for rule in self.rules if rule.scope == scope)

    @property
    def quarantining(self) -> tuple[str, ...]:
        """Ids of the rules whose failure keeps a report out of the marts."""
        return tuple(rule.id for rule in self.rules if rule.on_failure == "quarantine")


def parse_rules(text: str, origin: str) -> tuple[Rule, ...]:
    """The rules of one YAML file; RuleError names `origin` and what is wrong."""
    try:
        entries = parse_yaml(text)
        if not isinstance(entries, list):
            raise RuleError(f"{origin}: a list of rules is expected")
        return tuple(Rule.model_validate(entry) for entry in entries)
    except (ValidationError, yaml.YAMLError) as error:
        raise RuleError(f"{origin}: {error}") from error


@cache
def load_catalogue() -> Catalogue:
    """Every rule of `rules/*.yml`; `undecided.yml` among them lists what no rule decides."""
    folder = files(__package__).joinpath("rules")
    undecided = parse_yaml(folder.joinpath(_UNDECIDED).read_text("utf-8"))
    found = [
        rule
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".yml") and entry.name != _UNDECIDED
        for rule in parse_rules(entry.read_text("utf-8"), entry.name)
    ]
    try:
        return Catalogue.model_validate({"rules": sorted(found, key=lambda rule: rule.id), "undecided": undecided})
    except ValidationError as error:
        raise RuleError(f"expectations/rules: {error}") from error
