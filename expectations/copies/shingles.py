"""Texts as sets of hashed shingles (runs of five characters), many texts at a time in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

SHINGLE_LENGTH: Final = 5
"""Characters: two to three Chinese words. Shorter ones tie unrelated texts by common phrases; longer ones lose copies that were edited."""

Hashes = npt.NDArray[np.uint32]
Offsets = npt.NDArray[np.int64]

_WEIGHTS: Final = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1], dtype=np.uint32)
_LOW: Final = np.uint64(0xFFFFFFFF)
_HIGH: Final = np.uint64(32)


class ShingleSets(NamedTuple):
    """Set `i` is `hashes[offsets[i]:offsets[i + 1]]`: distinct, ascending."""

    hashes: Hashes
    offsets: Offsets

    def get_set(self, index: int) -> Hashes:
        """The hashes of one set."""
        return self.hashes[self.offsets[index] : self.offsets[index + 1]]


def hash_positions(texts: Sequence[str]) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """The hash of the shingle that begins at each character, and the index of its text; texts shorter than a shingle have none."""
    characters = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    if characters.size < SHINGLE_LENGTH:
        return np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.int64)
    count = characters.size - SHINGLE_LENGTH + 1
    mixed = np.zeros(count, dtype=np.uint32)
    for shift, weight in enumerate(_WEIGHTS):
        mixed += characters[shift : shift + count] * weight
        mixed ^= mixed >> np.uint32(15)
        mixed *= np.uint32(0x2C1B3C6D)
    mixed ^= mixed >> np.uint32(12)
    mixed *= np.uint32(0x297A2D39)
    mixed ^= mixed >> np.uint32(15)
    owners = np.repeat(np.arange(len(texts)), lengths)
    is_within = owners[:count] == owners[SHINGLE_LENGTH - 1 :]
    return mixed[is_within], owners[:count][is_within]


def build_sets(texts: Sequence[str], boilerplate: Hashes | None = None) -> ShingleSets:
    """The shingle set of each text, without the hashes of `boilerplate` (ascending)."""
    hashes, owners = hash_positions(texts)
    if boilerplate is not None and boilerplate.size:
        kept = ~is_member(hashes, boilerplate)
        hashes, owners = hashes[kept], owners[kept]
    keys = np.sort((owners.astype(np.uint64) << _HIGH) | hashes)
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))] if keys.size else keys
    counts = np.bincount((keys >> _HIGH).astype(np.int64), minlength=len(texts))
    return ShingleSets((keys & _LOW).astype(np.uint32), np.concatenate(([0], np.cumsum(counts))).astype(np.int64))


def is_member(hashes: Hashes, members: Hashes) -> npt.NDArray[np.bool_]:
    """Which hashes are among the ascending, not empty `members`. A bit table of their first halves spares most of the searching."""
    half = np.zeros(1 << 16, dtype=np.bool_)
    half[members >> np.uint32(16)] = True
    found = half[hashes >> np.uint32(16)]
    likely = hashes[found]
    at = np.minimum(np.searchsorted(members, likely), members.size - 1)
    found[found] = members[at] == likely
    return np.asarray(found)


def find_boilerplate(sets: ShingleSets, least: int, share: float) -> Hashes:
    """The hashes, ascending, that at least `least` of the sets and at least this share of the non-empty sets hold."""
    hashes, counts = np.unique(sets.hashes, return_counts=True)
    filled = int(np.count_nonzero(np.diff(sets.offsets)))
    return hashes[counts >= max(least, share * filled)]


def measure_similarity(left: Hashes, right: Hashes) -> float:
    """Jaccard similarity of two sets: shared over all. 0 when both are empty."""
    shared = np.intersect1d(left, right, assume_unique=True).size
    total = left.size + right.size - shared
    return shared / total if total else 0.0
