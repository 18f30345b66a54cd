"""Invented narratives of which some are copies of others by a known share, to measure how many copies are found.

Sentences are made of invented words, so that unrelated texts have little in common but the stock sentences: those are shared by many
agencies, a few of them by so many that they are boilerplate. A copy keeps a share of the sentences and has figures, years and names of
its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from expectations.copies.narratives import NARRATIVES

SIMILARITIES: Final = (0.60, 0.70, 0.80, 0.85, 0.90, 0.95, 1.00)
"""Planted: shared sentences over all sentences of the two texts."""
_SENTENCES: Final = {"overview": 40, "problems": 24, "other": 8}
_STOCK: Final = 400
_STOCK_SHARE: Final = 0.3
_YEARS: Final = (2021, 2022, 2023)
_BATCH: Final = 4_000
_PLANTED: Final = pl.Schema({"document_id": pl.String, "other_document_id": pl.String, "section": pl.String, "planted": pl.Float64})


class CopiedCorpus:
    """`count` reports; one in twenty is a copy of an earlier one, of its own last year or of another agency.

    `reports` has the columns of REPORTS that the search reads; `planted` says who copied what.
    """

    def __init__(self, count: int, seed: int = 0) -> None:
        self._seed = seed
        draw = np.random.default_rng(seed)
        characters = np.array([chr(code) for code in range(0x5000, 0x5000 + 2400)])
        self._words = np.array(["".join(pair) for pair in draw.choice(characters, (12_000, 2))])
        self._weights = np.cumsum(1 / np.arange(20, 20 + len(self._words)))
        self._weights /= self._weights[-1]
        self._stock = ["".join(self._draw_words(draw, 14)) for _ in range(_STOCK)]
        agencies = np.arange(count) // len(_YEARS)
        self.reports = pl.DataFrame(
            {
                "document_id": [f"{number:08d}" for number in range(count)],
                "agency_id": [f"ag_{agency}" for agency in agencies],
                "agency_name": [self._name(int(agency)) for agency in agencies],
                "report_year": pl.Series([_YEARS[number % len(_YEARS)] for number in range(count)], dtype=pl.Int16),
            }
        )
        self._sources = self._choose_sources(count, draw)
        rows = [
            (f"{number:08d}", f"{source:08d}", section, similarity)
            for number, (source, similarity) in self._sources.items()
            for section in _SENTENCES
        ]
        self.planted = pl.DataFrame(rows, schema=_PLANTED, orient="row")

    def iterate_narratives(self) -> Iterator[pl.DataFrame]:
        """NARRATIVES in batches, in the order of `reports`."""
        count = self.reports.height
        for start in range(0, count, _BATCH):
            rows = [
                (f"{number:08d}", section, 1, self.write(number, section))
                for number in range(start, min(start + _BATCH, count))
                for section in _SENTENCES
            ]
            yield pl.DataFrame(rows, schema=NARRATIVES, orient="row")

    def write(self, number: int, section: str) -> str:
        """The text of one section: one sentence a line, with a figure and the agency's name in some."""
        sentences = self._compose(number, section)
        draw = np.random.default_rng((self._seed, number, 9))
        name, year = self.reports["agency_name"][number], self.reports["report_year"][number]
        figures = draw.integers(1, 500, len(sentences))
        lines = [f"{sentence[:8]}{figure}件，{sentence[8:]}。" for sentence, figure in zip(sentences, figures, strict=True)]
        return f"{year}年，{name}\n" + "\n".join(lines)

    def _compose(self, number: int, section: str) -> list[str]:
        draw = np.random.default_rng((self._seed, number, len(section)))
        count = _SENTENCES[section]
        own = [
            self._stock[int(_STOCK * draw.random() ** 2)] if draw.random() < _STOCK_SHARE else "".join(self._draw_words(draw, int(length)))
            for length in draw.integers(8, 22, count)
        ]
        if number not in self._sources:
            return own
        source, similarity = self._sources[number]
        # Of two texts with n sentences each, k of them shared, k / (2n - k) are shared over all.
        kept = round(2 * count * similarity / (1 + similarity))
        copied = self._compose(source, section)
        for place in draw.permutation(count)[: count - kept]:
            copied[place] = "".join(self._draw_words(draw, len(copied[place]) // 2))
        return copied

    def _draw_words(self, draw: np.random.Generator, count: int) -> list[str]:
        return list(self._words[np.searchsorted(self._weights, draw.random(count))])

    def _name(self, agency: int) -> str:
        return f"{self._words[agency % 5000]}市{self._words[5000 + agency // 5000]}区财政局"

    def _choose_sources(self, count: int, draw: np.random.Generator) -> dict[int, tuple[int, float]]:
        """Copy → (source, similarity). A source is never a copy, and no two copies have one source: each planted pair stands alone."""
        sources: dict[int, tuple[int, float]] = {}
        groups = draw.permutation(count // len(_YEARS))
        size = max(1, count // 20 // 2)
        for at, agency in enumerate(groups[:size]):  # copied from the agency's own year before
            first = int(agency) * len(_YEARS)
            sources[first + 1] = (first, SIMILARITIES[at % len(SIMILARITIES)])
        others = groups[size : size + 2 * size]
        for at, (own, other) in enumerate(zip(others[::2], others[1::2], strict=False)):  # copied from another agency
            sources[int(own) * len(_YEARS) + 2] = (int(other) * len(_YEARS), SIMILARITIES[at % len(SIMILARITIES)])
        return sources
