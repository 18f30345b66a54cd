"""The dbt command line as a Dagster resource."""

import sys
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dagster_dbt import DbtCliResource
from packaging.version import Version

from orchestration.settings import DBT_PROJECT


class OfflineDbtCliResource(DbtCliResource):
    """dagster-dbt without what costs seconds and tells us nothing.

    Upstream runs `dbt --version` before each build, which asks a package registry over the network, and opens a database handle of its own
    for metadata that we do not fetch. Both are private members, so the pinned version of dagster-dbt matters; a test runs a real build.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Any) -> Any:  # noqa: ARG002 (the signature is upstream's)
        return None


def build_dbt_resource() -> OfflineDbtCliResource:
    """The dbt that is installed beside this Python, on our project."""
    return OfflineDbtCliResource(project_dir=str(DBT_PROJECT), profiles_dir=str(DBT_PROJECT), dbt_executable=find_dbt())


def find_dbt() -> str:
    """Path of the dbt command of this Python environment, whether or not it is on PATH."""
    return str(Path(sys.executable).parent / "dbt")
