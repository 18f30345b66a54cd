"""The commands that people type all day start without the heavy libraries."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = ("dagster", "dagster_dbt", "great_expectations", "dbt", "duckdb", "pandas", "pyarrow")

PROBE = """
import sys
from orchestration.cli import main
try:
    main(sys.argv[1:])
except SystemExit as stop:
    status = stop.code
heavy = {heavy!r}
sys.stderr.write(" ".join(sorted(name for name in heavy if name in sys.modules)))
sys.exit(status or 0)
"""


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["parse", "samples/reports/2019"], 0),
        (["parse", "samples/reports/2019", "--format", "table"], 0),
        (["parse", "samples/reports/2019", "--explain"], 0),
        (["check", "samples/reports/2023"], 1),
        (["check", "samples/reports/2023", "--history", "samples/reports/2022", "--format", "html"], 1),
        (["check", "samples/reports/2023", "--format", "sarif"], 1),
        (["rules"], 0),
        (["templates", "show", "2021"], 0),
        (["--help"], 0),
        (["build", "--help"], 0),
    ],
)
def test_light_commands_import_no_heavy_library(arguments: list[str], status: int) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROBE.format(heavy=HEAVY), *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert result.stderr == ""
    assert result.returncode == status
    assert result.stdout


def test_a_closed_pipe_ends_the_command_without_a_traceback() -> None:
    command = f'"{sys.executable}" -m orchestration.cli parse samples/reports | head -n 1'
    result = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr == ""
