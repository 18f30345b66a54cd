"""Dagster's web server and daemon for `nianbao ui`: started in a process group of their own, stopped together."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Final

from ingest.errors import NianbaoError
from orchestration.instances import WORKSPACE, prepare_dagster_home
from orchestration.settings import REPOSITORY, Settings, build_child_environment
from orchestration.warehousing import prepare_manifest

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GRACE_SECONDS: Final = 20
"""Runs in progress get this long to mark themselves as interrupted."""


class PortError(NianbaoError):
    """The port for the UI is taken."""


def serve_ui(settings: Settings, *, host: str = "127.0.0.1", port: int = 3000) -> int:
    """Run `dagster dev` until it ends or this process is told to stop (Ctrl-C, TERM, HUP); returns its exit status, 0 when stopped.

    The children form a process group of their own, so that one signal reaches the web server, the daemon and the code servers, also when
    this process was started in the background by a script, where the shell makes children ignore Ctrl-C. Raises PortError.
    """
    _require_free_port(host, port)
    prepare_dagster_home(settings.paths)
    prepare_manifest(settings.paths)  # once, before several processes load the definitions
    command = [str(Path(sys.executable).parent / "dagster"), "dev", "--workspace", str(WORKSPACE), "--host", host, "--port", str(port)]
    stopping: list[int] = []

    def forward(_number: int, _frame: FrameType | None) -> None:
        stopping.append(_number)
        os.killpg(child.pid, signal.SIGINT)

    earlier = {number: signal.signal(number, signal.SIG_DFL) for number in _SIGNALS}
    try:
        child = subprocess.Popen(  # noqa: S603
            command,
            env=build_child_environment(settings.to_environment()),
            cwd=REPOSITORY,
            start_new_session=True,
        )
        for number in _SIGNALS:
            signal.signal(number, forward)
        status = _wait(child, stopping)
        return 0 if stopping else status
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _wait(child: "subprocess.Popen[bytes]", stopping: list[int]) -> int:
    while not stopping:
        try:
            return child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            continue
    try:
        return child.wait(timeout=_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        return child.wait()


def _require_free_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortError(f"{host}:{port} cannot be used ({error.strerror}); choose another port with --port") from error
