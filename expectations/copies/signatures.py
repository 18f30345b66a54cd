"""MinHash signatures and the pairs that share a band of them: the texts worth comparing exactly.

Own numpy code, not datasketch or rensa: both take one document at a time as Python objects. On the arrays of hashes that the exact
comparison needs anyway this is faster (docs/copies.md), and neither of them bounds a crowded bucket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from expectations.copies.shingles import ShingleSets

BANDS: Final = 24
ROWS: Final = 4
"""Rows per band. A pair of similarity s shares a band with probability 1 - (1 - s^4)^24: 0.60 → 96 %, 0.70 → 99.8 %, 0.85 → 1 - 10^-7,
0.10 → 0.2 %."""
SIGNATURE_LENGTH: Final = BANDS * ROWS
_SEED: Final = 20190415  # the date of 国务院令第711号; any number does, but always the same
_BLOCK: Final = 1 << 16  # hashes at a time: their permutations stay in the processor's cache

Signatures = npt.NDArray[np.uint32]
Pairs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CandidatePairs:
    """`pairs`: shape (n, 2), left < right, distinct, ascending. `crowded_buckets`: buckets with more members than are paired with each
    other, over all bands; `skipped_pairs`: the pairs not made there."""

    pairs: Pairs
    crowded_buckets: int
    skipped_pairs: int


def build_signatures(sets: ShingleSets) -> Signatures:
    """Shape (sets, SIGNATURE_LENGTH): per permutation the smallest image of a set's hashes. No set may be empty."""
    draw = np.random.default_rng(_SEED)
    multipliers = draw.integers(0, 1 << 31, SIGNATURE_LENGTH, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    additions = draw.integers(0, 1 << 32, SIGNATURE_LENGTH, dtype=np.uint32)
    signatures = np.empty((len(sets.offsets) - 1, SIGNATURE_LENGTH), dtype=np.uint32)
    first = 0
    while first < len(signatures):
        start = sets.offsets[first]
        last = max(first + 1, int(np.searchsorted(sets.offsets, start + _BLOCK, side="right")) - 1)
        hashes = sets.hashes[start : sets.offsets[last]]
        starts = sets.offsets[first:last] - start
        for number in range(SIGNATURE_LENGTH):
            image = hashes * multipliers[number] + additions[number]
            image ^= image >> np.uint32(16)
            signatures[first:last, number] = np.minimum.reduceat(image, starts)
        first = last
    return signatures


def estimate_similarity(signatures: Signatures, pairs: Pairs) -> npt.NDArray[np.float64]:
    """The share of equal places in the signatures of each pair: its standard error is at most 0.05."""
    estimates = np.empty(len(pairs))
    chunk = 100_000
    for start in range(0, len(pairs), chunk):
        left, right = pairs[start : start + chunk].T
        estimates[start : start + chunk] = (signatures[left] == signatures[right]).mean(axis=1)
    return estimates


def pair_candidates(signatures: Signatures, groups: npt.NDArray[np.int64], neighbours: int) -> CandidatePairs:
    """The pairs within a group that share all rows of a band.

    Members of a bucket are paired with the next `neighbours` members in order of their index. A bucket of up to `neighbours` + 1 members
    gives all its pairs, a larger one gives `neighbours` pairs per member: that each member is a copy still shows, and a text that ten
    thousand agencies share costs no fifty million pairs.
    """
    count = np.int64(len(signatures))
    known = np.empty(0, dtype=np.int64)
    crowded = skipped = 0
    for band in range(BANDS):
        keys = _key_bands(signatures[:, band * ROWS : (band + 1) * ROWS], groups)
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        found = []
        for shift in range(1, neighbours + 1):
            (at,) = np.nonzero(ordered[shift:] == ordered[:-shift])
            if not at.size:
                break
            found.append(order[at].astype(np.int64) * count + order[at + shift])
        edges = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1], [True])))
        sizes = np.diff(edges)
        large = sizes[sizes > neighbours + 1].astype(np.int64)
        crowded += large.size
        skipped += int((large * (large - 1) // 2 - (large * neighbours - neighbours * (neighbours + 1) // 2)).sum())
        if found:
            known = np.union1d(known, np.concatenate(found))
    return CandidatePairs(np.stack(np.divmod(known, count), axis=1) if known.size else np.empty((0, 2), np.int64), crowded, skipped)


def _key_bands(rows: Signatures, groups: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    keys = groups.astype(np.uint64)
    for row in rows.T:
        keys = (keys ^ row) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    return keys
