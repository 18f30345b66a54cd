"""Dagster's home folder, and the instance that keeps runs so that the UI shows them."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestration.settings import REPOSITORY, Paths

if TYPE_CHECKING:
    from dagster import DagsterInstance

_CONFIGURATION: Final = Path(__file__).parent / "dagster_home" / "dagster.yaml"
WORKSPACE: Final = REPOSITORY / "workspace.yaml"


def prepare_dagster_home(paths: Paths) -> Path:
    """Create DAGSTER_HOME with our `dagster.yaml`; an existing one is somebody's choice and stays."""
    paths.dagster.mkdir(parents=True, exist_ok=True)
    configuration = paths.dagster / "dagster.yaml"
    if not configuration.exists():
        shutil.copyfile(_CONFIGURATION, configuration)
    return paths.dagster


def open_instance(paths: Paths) -> "DagsterInstance":
    """The persistent instance under this home; use it as a context manager."""
    import dagster as dg

    return dg.DagsterInstance.from_config(str(prepare_dagster_home(paths)))
