"""Random numbers for the samples: the same parts always give the same stream, on every machine and Python version."""

from __future__ import annotations

from random import Random


def make_rng(*parts: object) -> Random:
    """A generator seeded from the text of `parts`; not for secrets."""
    return Random(":".join(map(str, parts)))  # noqa: S311 - reproducible samples, no cryptography
