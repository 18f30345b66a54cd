"""The real dbt project, built over staging tables that a test made."""

import subprocess
import sys
from pathlib import Path

from orchestration.settings import DBT_PROJECT

_PROGRAM = "import sys; from dbt.cli.main import cli; sys.exit(cli(sys.argv[1:]))"


def build_warehouse(root: Path) -> Path:
    """Run `dbt build` with its data tests, warnings as errors, over `<root>/staging`; the warehouse file."""
    warehouse = root / "warehouse.duckdb"
    command = ["--warn-error", "--no-use-colors", "build", "--exclude-resource-type", "unit_test"]
    result = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *command, "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)],
        env={
            "NIANBAO_STAGING": str(root / "staging"),
            "NIANBAO_WAREHOUSE": str(warehouse),
            "DBT_TARGET_PATH": str(root / "target"),
            "DBT_LOG_PATH": str(root / "target"),
            "PATH": "/usr/bin:/bin",
            "HOME": str(root),
            "LANG": "C.UTF-8",
            "DO_NOT_TRACK": "1",
        },
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-6000:]
    return warehouse
