"""Locks between processes: runs started by Dagster's daemon, backfills and the command line share the same files."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def hold_lock(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Wait for the lock file `path` and hold it; `shared` lets other sharers in. The system frees it when a process dies.

    Each call opens the file anew, so two threads of one process exclude each other too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
