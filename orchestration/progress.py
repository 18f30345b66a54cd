"""How long work says where it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""(what is being done, how many are done, of how many if known)."""


def ignore_progress(_stage: str, _done: int, _total: int | None) -> None:
    """Progress for those who do not watch."""
