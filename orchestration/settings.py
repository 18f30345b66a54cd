"""What a person configures, read from the environment here and nowhere else.

| variable | meaning | default |
|---|---|---|
| `NIANBAO_HOME` | where raw, staging, warehouse, published and Dagster's own files live | `data` in the working directory |
| `NIANBAO_REPORTS` | folders, files or archives to read, separated by `:` (`;` on Windows) or a comma | the bundled sample reports |
| `NIANBAO_PUBLISHERS` | CSV of the agencies whose reports are expected (docs/regions.md) | that of the samples, with the samples only |
| `NIANBAO_AGENCY_CHANGES` | CSV of agencies renamed, merged or split (docs/regions.md) | that of the samples, with the samples only |
| `NIANBAO_MAX_BYTES` | inputs larger than this are rejected as `too_large` | 20 MB |
| `NIANBAO_DECISIONS` | folder of the decisions files (docs/decisions.md) | `decisions` in the working directory |
| `NIANBAO_LANG` | language of messages, `en` or `zh` | `en` |
| `NIANBAO_ALERT_URLS` | Apprise URLs of the alert channels, one a line or separated by commas; they hold secrets | none: no alerts |
| `NIANBAO_STALE_DAYS` | days without a new document before the sources are called stale | never |
| `NIANBAO_KEPT_PUBLICATIONS` | how many publications besides the current one stay, to be compared with or put back | 5 |
| `NIANBAO_USER` | who is recorded to have decided, or put a publication back | the login name (`USER`, `LOGNAME`) |
| `NIANBAO_UI_URL` | where people reach Dagster's pages, for the links in alerts | `http://127.0.0.1:3000` |
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, SecretStr, ValidationError

from ingest.errors import NianbaoError

REPOSITORY: Final = Path(__file__).resolve().parents[1]
SAMPLE_REPORTS: Final = REPOSITORY / "samples" / "reports"
SAMPLE_PUBLISHERS: Final = REPOSITORY / "samples" / "publishers.csv"
SAMPLE_AGENCY_CHANGES: Final = REPOSITORY / "samples" / "agency_changes.csv"
DBT_PROJECT: Final = REPOSITORY / "dbt_project"
DEFAULT_MAX_BYTES: Final = 20_000_000
"""The largest report page seen is under 1 MB; scanned PDF reports reach about 10 MB."""
DEFAULT_UI_URL: Final = "http://127.0.0.1:3000"
DEFAULT_KEPT_PUBLICATIONS: Final = 5
_URL_START: Final = re.compile(r"[\n,]\s*(?=[A-Za-z][A-Za-z0-9+.-]*://)")


_VARIABLES: Final = {
    "max_bytes": "NIANBAO_MAX_BYTES",
    "language": "NIANBAO_LANG",
    "stale_days": "NIANBAO_STALE_DAYS",
    "kept_publications": "NIANBAO_KEPT_PUBLICATIONS",
}


class SettingsError(NianbaoError):
    """An environment variable of this software has a value that cannot be used."""


@dataclass(frozen=True)
class Paths:
    """Where things live under the home folder (docs/architecture.md, Storage)."""

    home: Path

    @property
    def raw(self) -> Path:
        """Documents and sightings."""
        return self.home / "raw"

    @property
    def staging(self) -> Path:
        """The last good tables of each report year."""
        return self.home / "staging"

    @property
    def corpus(self) -> Path:
        """Tables over all report years together."""
        return self.home / "corpus"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that dbt writes, and the snapshot it reads."""
        return self.home / "warehouse"

    @property
    def published(self) -> Path:
        """What readers open."""
        return self.home / "published"

    @property
    def gates(self) -> Path:
        """Results and Data Docs of Great Expectations."""
        return self.home / "gates"

    @property
    def alerts(self) -> Path:
        """What people were told."""
        return self.home / "alerts"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME."""
        return self.home / "dagster"


class Settings(BaseModel):
    """The configuration of one installation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    reports: tuple[Path, ...]
    decisions: Path | None = None
    """Folder of the decisions files; None: none are read."""
    decisions_are_named: bool = False
    """The folder was configured: then it has to exist."""
    publishers: Path | None = None
    agency_changes: Path | None = None
    max_bytes: PositiveInt = DEFAULT_MAX_BYTES
    language: Literal["en", "zh"] = "en"
    alert_urls: tuple[SecretStr, ...] = ()
    stale_days: PositiveInt | None = None
    ui_url: str = DEFAULT_UI_URL
    kept_publications: NonNegativeInt = DEFAULT_KEPT_PUBLICATIONS
    user: str | None = None

    @property
    def paths(self) -> Paths:
        """Where things live under `home`."""
        return Paths(self.home)

    def with_reports(self, reports: tuple[Path, ...]) -> "Settings":
        """The same for other reports. The bundled rosters are of the bundled samples only, so they are left behind."""
        bundled = {"publishers": SAMPLE_PUBLISHERS, "agency_changes": SAMPLE_AGENCY_CHANGES}
        left = {name: None for name, path in bundled.items() if getattr(self, name) == path}
        return self.model_copy(update={"reports": reports, **left})

    def to_environment(self) -> dict[str, str]:
        """The variables that make `load_settings` give these settings in a child process."""
        return {
            "NIANBAO_HOME": str(self.home),
            "NIANBAO_REPORTS": os.pathsep.join(str(path) for path in self.reports),
            "NIANBAO_DECISIONS": str(self.decisions) if self.decisions is not None and self.decisions_are_named else "",
            "NIANBAO_PUBLISHERS": "" if self.publishers is None else str(self.publishers),
            "NIANBAO_AGENCY_CHANGES": "" if self.agency_changes is None else str(self.agency_changes),
            "NIANBAO_MAX_BYTES": str(self.max_bytes),
            "NIANBAO_LANG": self.language,
            "NIANBAO_ALERT_URLS": "\n".join(url.get_secret_value() for url in self.alert_urls),
            "NIANBAO_STALE_DAYS": "" if self.stale_days is None else str(self.stale_days),
            "NIANBAO_UI_URL": self.ui_url,
            "NIANBAO_KEPT_PUBLICATIONS": str(self.kept_publications),
            "NIANBAO_USER": self.user or "",
            "DAGSTER_HOME": str(self.paths.dagster),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "DO_NOT_TRACK": "1",
        }


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `env` (default: the process environment). Relative paths are resolved against the working directory.

    Raises SettingsError naming the variable when a value cannot be used. Whether the paths exist is for the scan to say.
    """
    source = os.environ if env is None else env
    fields: dict[str, object] = {
        "home": Path(source.get("NIANBAO_HOME") or "data").resolve(),
        "reports": _read_paths(source.get("NIANBAO_REPORTS") or str(SAMPLE_REPORTS)),
        "decisions": Path(source.get("NIANBAO_DECISIONS") or "decisions").expanduser().resolve(),
        "decisions_are_named": bool(source.get("NIANBAO_DECISIONS")),
    }
    if not source.get("NIANBAO_REPORTS"):
        fields |= {"publishers": SAMPLE_PUBLISHERS, "agency_changes": SAMPLE_AGENCY_CHANGES}
    for field, variable in (("publishers", "NIANBAO_PUBLISHERS"), ("agency_changes", "NIANBAO_AGENCY_CHANGES")):
        if source.get(variable):
            fields[field] = Path(source[variable]).expanduser().resolve()
    for field, variable in _VARIABLES.items():
        if source.get(variable):
            fields[field] = source[variable]
    if source.get("NIANBAO_ALERT_URLS"):
        fields["alert_urls"] = _read_urls(source["NIANBAO_ALERT_URLS"])
    if source.get("NIANBAO_UI_URL"):
        fields["ui_url"] = source["NIANBAO_UI_URL"].rstrip("/")
    fields["user"] = next((source[name] for name in ("NIANBAO_USER", "USER", "LOGNAME") if source.get(name)), None)
    try:
        return Settings.model_validate(fields)
    except ValidationError as error:
        problems = "; ".join(f"{_VARIABLES[str(item['loc'][0])]}: {item['msg']}, got {item['input']!r}" for item in error.errors())
        raise SettingsError(problems) from error


def build_child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with `extra` on top, for a process that we start."""
    return {**os.environ, **extra}


@contextmanager
def export_environment(extra: Mapping[str, str]) -> Iterator[None]:
    """Set variables for a library that passes the process environment on to its own child process; restored on the way out."""
    before = {name: os.environ.get(name) for name in extra}
    os.environ.update(extra)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _read_paths(text: str) -> tuple[Path, ...]:
    parts = [part.strip() for chunk in text.split(os.pathsep) for part in chunk.split(",")]
    return tuple(Path(part).expanduser().resolve() for part in parts if part)


def _read_urls(text: str) -> tuple[SecretStr, ...]:
    """A comma within a URL stays: only one before the next `scheme://` separates. The error names no value, for URLs hold secrets."""
    urls = [part.strip() for part in _URL_START.split(text.strip()) if part.strip()]
    if any("://" not in url or any(character.isspace() for character in url) for url in urls):
        raise SettingsError("NIANBAO_ALERT_URLS: give Apprise URLs such as mailto://… or json://…, one a line or separated by commas")
    return tuple(SecretStr(url) for url in urls)


def read_version() -> str:
    """The version of this software."""
    import tomllib

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])
