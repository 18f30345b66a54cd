"""`make bi`: provision Superset from the declarations, then serve it. Superset runs in its own environment, .venv-bi."""

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from bi.bundles import build_bundle, describe_datasets
from bi.declarations import FOLDER, DeclarationError, load_declarations
from ingest.errors import NianbaoError
from orchestration.publishing import DATABASE
from orchestration.settings import REPOSITORY, Settings, build_child_environment

ENVIRONMENT: Final = REPOSITORY / ".venv-bi"
PORT: Final = 8088
_THREADS: Final = 8
"""One process, for dashboards ask for a dozen charts at once and DuckDB shares what it has read among threads."""


class ServingError(NianbaoError):
    """Superset cannot be prepared or started; the message says what to do."""


@dataclass(frozen=True)
class SupersetHome:
    """What Superset keeps: its own tables, the secret key and the administrator's password, all under the home folder."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables for Superset's processes."""
        return build_child_environment(
            {
                "SUPERSET_HOME": str(self.folder),
                "SUPERSET_CONFIG_PATH": str(FOLDER / "superset" / "superset_config.py"),
                "FLASK_APP": "superset.app:create_app()",
                "SCARF_ANALYTICS": "false",
                "PYTHONPATH": "",
            }
        )

    @property
    def password(self) -> str:
        """Of the user `admin`."""
        return (self.folder / "admin_password").read_text(encoding="ascii").strip()


def prepare_superset(settings: Settings) -> SupersetHome:
    """Bring Superset up to the declarations and the current publication; safe to repeat.

    Raises ServingError when nothing is published yet, the environment is missing or Superset refuses the bundle.
    """
    database = settings.paths.published / "current" / DATABASE
    if not database.exists():
        raise ServingError(f"nothing is published under {settings.paths.published}; run `make run` first")
    if not (ENVIRONMENT / "bin" / "gunicorn").exists():
        raise ServingError(f"{ENVIRONMENT} is not installed; run `make install-bi`")
    declarations = load_declarations()
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            columns = describe_datasets(declarations, connection)
    except DeclarationError as error:
        raise ServingError(f"the publication is older than these dashboards; run `nianbao build`. {error}") from error
    home = SupersetHome(settings.home / "bi")
    home.folder.mkdir(parents=True, exist_ok=True)
    _make_secret(home.folder / "secret_key", 42)
    _make_secret(home.folder / "admin_password", 12)
    bundle = home.folder / "bundle"
    shutil.rmtree(bundle, ignore_errors=True)
    for path, text in build_bundle(declarations, columns, database).items():
        (bundle / path).parent.mkdir(parents=True, exist_ok=True)
        (bundle / path).write_text(text, encoding="utf-8")
    _run([str(ENVIRONMENT / "bin" / "python"), str(FOLDER / "superset" / "provisioning.py"), str(bundle)], home)
    return home


def build_server_command(port: int) -> list[str]:
    """The web server, on this machine's own address only."""
    return [
        str(ENVIRONMENT / "bin" / "gunicorn"),
        *("--bind", f"127.0.0.1:{port}", "--workers", "1", "--worker-class", "gthread", "--threads", str(_THREADS)),
        *("--timeout", "120", "--log-level", "warning", "superset.app:create_app()"),
    ]


def serve_superset(home: SupersetHome, port: int = PORT) -> None:
    """Become the web server; returns never."""
    command = build_server_command(port)
    os.execve(command[0], command, home.environment)  # noqa: S606


def _make_secret(path: Path, length: int) -> None:
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(length) + "\n")


def _run(command: list[str], home: SupersetHome) -> None:
    done = subprocess.run(command, env=home.environment, cwd=home.folder, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode != 0:
        log = home.folder / "provisioning.log"
        log.write_text(done.stdout + done.stderr, encoding="utf-8")
        raise ServingError(f"Superset refused the bundle; {log} says why. Last line: {(done.stderr.strip() or '?').splitlines()[-1]}")
