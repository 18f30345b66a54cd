"""What may be told: `causes.yaml`, and the record of one thing to tell."""

from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from ingest.declarations import parse_yaml
from orchestration.manifests import Example

CauseName = Literal["blocked", "failed_run", "new_error_class", "drift", "stale_source"]
NonEmpty = Annotated[str, Field(min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Both(NamedTuple):
    """The same words in both languages."""

    zh: str
    en: str


class Cause(_Data):
    """A kind of thing that people are told."""

    severity: Literal["failure", "warning", "info"]
    title_zh: NonEmpty
    title_en: NonEmpty
    what_zh: NonEmpty
    what_en: NonEmpty
    recovered_zh: NonEmpty
    recovered_en: NonEmpty


class MessageForm(_Data):
    """The texts around the facts."""

    heading: NonEmpty
    heading_recovered: NonEmpty
    opened: NonEmpty
    recovered: NonEmpty


class Causes(_Data):
    """The whole file."""

    causes: dict[CauseName, Cause]
    message: MessageForm


class RunScope(_Data):
    """What a run was to refresh. No partitions: the job has none, or it was all of them with `is_whole`."""

    job: str
    partitions: tuple[str, ...] = ()
    is_whole: bool = False

    def covers(self, other: "RunScope") -> bool:
        """Whether this run's success says that the other's failure is over: the same work, or more."""
        is_same_work = self.job == other.job or {self.job, other.job} <= {"all_years", "one_year"}
        return self.is_whole or (is_same_work and not other.is_whole and set(other.partitions) <= set(self.partitions))


class Alert(_Data):
    """One thing to tell. `key` is its identity: what has been told under a key is not told again until it is over."""

    key: str
    cause: CauseName
    place: Both
    counts: tuple[Both, ...]
    worst: tuple[Example, ...] = ()
    scope: RunScope | None = None
    ended: datetime | None = None
    """Of a failed run, with its scope: which later success ends it."""


def name_place(partition: str) -> Both:
    """A report year as people say it."""
    return Both("年份不明", "unknown year") if partition == "unknown" else Both(f"{partition} 年度", partition)


@cache
def load_causes() -> Causes:
    """The file, validated."""
    text = files("orchestration.alerting").joinpath("causes.yaml").read_text(encoding="utf-8")
    return Causes.model_validate(parse_yaml(text))
