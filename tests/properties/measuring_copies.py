"""Measures the search for near-copies: recall by planted similarity, precision, time and memory, in a fresh process.

PYTHONPATH=tests:. python -m properties.measuring_copies 20000
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
from properties.copying import CopiedCorpus

from expectations.copies.searching import SearchResult, find_copied_narratives

_KEY = ["document_id", "other_document_id", "section"]


def write_corpus(corpus: CopiedCorpus, folder: Path) -> None:
    """The corpus as Parquet files, as the texts of a home folder are."""
    corpus.reports.write_parquet(folder / "reports.parquet")
    corpus.planted.write_parquet(folder / "planted.parquet")
    for number, batch in enumerate(corpus.iterate_narratives()):
        batch.write_parquet(folder / f"narratives-{number:05}.parquet")


def search_corpus(folder: Path) -> SearchResult:
    """The copies among the written corpus."""

    def read(document_ids: Collection[str] | None) -> Iterator[pl.DataFrame]:
        for path in sorted(folder.glob("narratives-*.parquet")):
            frame = pl.read_parquet(path)
            yield frame if document_ids is None else frame.filter(pl.col("document_id").is_in(list(document_ids)))

    return find_copied_narratives(pl.read_parquet(folder / "reports.parquet"), read)


def measure_recall(copies: pl.DataFrame, planted: pl.DataFrame, short: int) -> dict[str, Any]:
    """Recall per planted similarity, over narratives; precision over all rows found.

    Section 六 counts for precision only: its eight sentences cannot be shared to the hundredth.
    """
    found = copies.with_columns(pl.col("section").cast(pl.String))
    matched = planted.filter(pl.col("section") != "other").join(found.select(*_KEY, "similarity"), on=_KEY, how="left")
    by_similarity = (
        matched.group_by("planted")
        .agg(pl.len().alias("planted_rows"), pl.col("similarity").is_not_null().sum().alias("found_rows"), pl.col("similarity").mean())
        .sort("planted")
    )
    true = found.join(planted, on=_KEY, how="semi").height
    high = found.filter(pl.col("similarity") >= 0.85)
    return {
        "recall": [{**row, "recall": round(row["found_rows"] / row["planted_rows"], 4)} for row in by_similarity.iter_rows(named=True)],
        "rows": found.height,
        "precision": true / found.height if found.height else None,
        "rows_at_85": high.height,
        "precision_at_85": high.join(planted, on=_KEY, how="semi").height / high.height if high.height else None,
        "too_short": short,
    }


def _search_and_print(folder: Path) -> None:
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, cpu = time.perf_counter(), time.process_time()
    result = search_corpus(folder)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    report = {
        **measure_recall(result.copies, pl.read_parquet(folder / "planted.parquet"), result.counts.too_short),
        "counts": asdict(result.counts),
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu_seconds, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
        "idle_mb": idle // 1000,
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


def main() -> None:
    """`<count>`: plant, search in a fresh process, print; `--search <folder>`: the search."""
    if sys.argv[1] == "--search":
        _search_and_print(Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as name:
        write_corpus(CopiedCorpus(int(sys.argv[1])), Path(name))
        subprocess.run([sys.executable, "-m", "properties.measuring_copies", "--search", name], check=True)


if __name__ == "__main__":
    main()
