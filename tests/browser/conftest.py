"""The sample reports, published, and Superset over them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders.superset import Server, Visit, log_in, open_browser, run_superset

from bi.serving import prepare_superset
from orchestration.settings import SAMPLE_REPORTS, Settings, build_child_environment


@pytest.fixture(scope="session")
def settings(tmp_path_factory) -> Settings:
    """A home folder with the bundled samples published."""
    chosen = Settings(home=tmp_path_factory.mktemp("bi") / "home", reports=(SAMPLE_REPORTS,))
    command = [sys.executable, "-m", "orchestration.cli", "build"]
    built = subprocess.run(command, env=build_child_environment(chosen.to_environment()), capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return chosen


@pytest.fixture(scope="session")
def published(settings) -> Path:
    return settings.paths.published / "current" / "nianbao.duckdb"


@pytest.fixture(scope="session")
def server(settings) -> Iterator[Server]:
    with run_superset(prepare_superset(settings)) as running:
        yield running


@pytest.fixture(scope="session")
def visit(server) -> Iterator[Visit]:
    with open_browser() as browser:
        yield log_in(browser, server)
