"""How fast reports are read: raw Parquet → staging Parquet, on one core, against a reference pass over the same file.

The reference is what any reader must do at least: scan the Parquet, split into lines, explode, one regular expression. The ratio of the two
says more than reports per second: it moves little between machines. Every measurement is a fresh process with one thread. What is measured
and how to read it: docs/performance.md.
"""

import argparse
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from unittest import mock

import polars as pl

from expectations.catalogue import load_catalogue
from expectations.findings import compute_findings
from ingest.documents import build_documents, iter_document_batches
from ingest.interpreting import Reading, read_document
from ingest.lexicon import Lexicon
from ingest.parsing import parse_documents
from ingest.reading import Input, read_bytes, scan_inputs
from ingest.samples import generate_figures, generate_reports, render_report
from ingest.tables import STAGING_TABLES, empty
from orchestration.manifests import PartitionManifest
from orchestration.partitions import PARTITIONS, read_year
from orchestration.refreshing import parse_partition
from orchestration.settings import REPOSITORY, Paths, build_child_environment
from orchestration.storage import Storage

_ONE_CORE: Final = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_REFERENCE_PATTERN: Final = r"[0-9]+"
_HTML_PAGES: Final = 300


@dataclass(frozen=True)
class Measurement:
    """One fresh process: seconds by part, how many documents the careful path read, and its peak memory."""

    seconds: dict[str, float]
    peak_bytes: int
    careful_documents: int = 0


@dataclass(frozen=True)
class HtmlComparison:
    """The same pages of reports, read by `pandas.read_html` and by this software, in one process. Milliseconds for one page."""

    pages: int
    pandas: float  # every <table> of a page as a frame of printed cells
    text: float  # bytes of a page → text, as ingested
    cells: float  # texts → placed cells, sections, identity and outcomes

    @property
    def speedup(self) -> float:
        """How many times as fast as `pandas.read_html`, from the bytes of a page to its placed cells."""
        return self.pandas / (self.text + self.cells)


@dataclass(frozen=True)
class BenchmarkResult:
    """Medians over the repeats."""

    reports: int
    raw_bytes: int  # of the texts, UTF-8
    reference_seconds: float
    staging_seconds: float
    findings_seconds: float
    reference_peak_bytes: int
    staging_peak_bytes: int
    spread: float  # (slowest - fastest) / median of the staging runs
    careful_documents: int
    careful_seconds: float  # part of staging_seconds
    html: HtmlComparison

    @property
    def reports_per_second(self) -> float:
        """Raw Parquet → staging Parquet, on one core."""
        return self.reports / self.staging_seconds

    @property
    def ratio(self) -> float:
        """Staging time as a multiple of the reference pass."""
        return self.staging_seconds / self.reference_seconds

    @property
    def speedup(self) -> float:
        """How many times as fast as `pandas.read_html` reads a page a stored report becomes staging rows."""
        return self.html.pandas / (1000 * self.staging_seconds / self.reports)

    def describe(self) -> str:
        """Lines for people."""
        megabyte = 1_000_000
        size = self.raw_bytes / megabyte
        peaks = [f"peak {peak / megabyte:,.0f} MB" for peak in (self.reference_peak_bytes, self.staging_peak_bytes)]
        rows = [
            ("reference pass", self.reference_seconds, peaks[0]),
            ("raw -> staging", self.staging_seconds, f"{peaks[1]}, spread {self.spread:.0%}"),
            ("findings, on top", self.findings_seconds, ""),
        ]
        paths = [
            ("fast path", self.reports - self.careful_documents, self.staging_seconds - self.careful_seconds),
            ("careful path", self.careful_documents, self.careful_seconds),
        ]
        html = self.html
        return "\n".join(
            [
                f"{self.reports:,} documents, {size:,.0f} MB of text, one core, one thread, medians of fresh processes",
                *(f"{name:<18}{seconds:8.2f} s {self.reports / seconds:10,.0f} reports/s  {note}" for name, seconds, note in rows),
                *(
                    f"  {name:<16}{seconds:8.2f} s {count / self.reports:9.1%} of documents, {1000 * seconds / max(1, count):.2f} ms each"
                    for name, count, seconds in paths
                ),
                f"{html.pages} reports as HTML pages, ms a page: pandas.read_html {html.pandas:.2f}",
                f"  bytes -> text {html.text:.2f}, text -> placed cells {html.cells:.2f}: {html.speedup:.1f} x as fast as pandas.read_html",
                f"raw -> staging is {self.speedup:.0f} x as fast as pandas.read_html",
                f"raw -> staging is {self.ratio:.1f} x the reference pass",
            ]
        )


def run_benchmark(reports: int = 20_000, *, corpus: Path | None = None, repeats: int = 3, seed: int = 0) -> BenchmarkResult:
    """Measure on generated reports, or on the inputs of `corpus` (a folder, archive or Parquet file with a text column)."""
    with tempfile.TemporaryDirectory(prefix="nianbao-bench-") as folder:
        storage = Storage(Paths(Path(folder)))
        inputs = _generate_inputs(reports, seed) if corpus is None else scan_inputs([corpus])
        count, size = _store_inputs(inputs, storage)
        # Taking turns, so that a machine that slows down slows both.
        pairs = [(_measure(folder, "reference"), _measure(folder, "staging")) for _ in range(repeats)]
        html = HtmlComparison(pages=_HTML_PAGES, **_measure(folder, "html").seconds)
    staging = [after.seconds["staging"] for _, after in pairs]
    return BenchmarkResult(
        reports=count,
        raw_bytes=size,
        reference_seconds=statistics.median(before.seconds["reference"] for before, _ in pairs),
        staging_seconds=statistics.median(staging),
        findings_seconds=statistics.median(after.seconds["findings"] for _, after in pairs),
        reference_peak_bytes=max(before.peak_bytes for before, _ in pairs),
        staging_peak_bytes=max(after.peak_bytes for _, after in pairs),
        spread=(max(staging) - min(staging)) / statistics.median(staging),
        careful_documents=pairs[0][1].careful_documents,
        careful_seconds=statistics.median(after.seconds["careful"] for _, after in pairs),
        html=html,
    )


def measure_reference(storage: Storage) -> Measurement:
    """The reference pass over the stored raw Parquet."""
    files = sorted((storage.paths.raw / "documents").glob("*/*.parquet"))
    started = time.perf_counter()
    lines = pl.scan_parquet(files).select(pl.col("text").str.split("\n").explode())
    lines.select(pl.col("text").str.count_matches(_REFERENCE_PATTERN).sum()).collect()
    return Measurement({"reference": time.perf_counter() - started}, _read_peak())


def measure_staging(storage: Storage) -> Measurement:
    """Every partition from raw Parquet to staging Parquet, as the pipeline does it; then the findings, timed apart.

    The peak is that of reading and writing, before any finding is computed. The careful path is timed from outside, call by call.
    """
    with _time_careful_path() as careful:
        started = time.perf_counter()
        partitions = [name for name in PARTITIONS if name in storage.count_sighted_partitions()]
        for partition in partitions:
            tables = parse_partition(partition, storage.read_partition_sightings(partition), storage)
            tables |= {name: empty(schema) for name, schema in STAGING_TABLES.items() if name not in tables}
            storage.replace_tables(tables, _build_manifest(partition))
        staging = time.perf_counter() - started
    peak = _read_peak()
    catalogue = load_catalogue()
    started = time.perf_counter()
    for partition in partitions:
        tables = storage.read_tables(partition) or {}
        compute_findings(tables, catalogue, report_year=read_year(partition))
    seconds = {"staging": staging, "findings": time.perf_counter() - started, "careful": sum(careful)}
    return Measurement(seconds, peak, len(careful))


@contextmanager
def _time_careful_path() -> Iterator[list[float]]:
    """The seconds that each document on the careful path takes, while the context lasts."""
    seconds: list[float] = []

    def read_timed(text: str, lexicon: Lexicon, media_type: str) -> Reading:
        started = time.perf_counter()
        reading = read_document(text, lexicon, media_type)
        seconds.append(time.perf_counter() - started)
        return reading

    with mock.patch("ingest.parsing.read_document", read_timed):
        yield seconds


def measure_html(pages: int = _HTML_PAGES) -> Measurement:
    """Undamaged reports rendered as HTML: their tables by `pandas.read_html` (lxml), and the whole page by this software; ms a page."""
    import pandas as pd

    contents = [render_report(generate_figures(f"html-{number}"), "html", "none", seed=number).content for number in range(pages)]
    inputs = [Input(f"{n:06}.html", data, None, "text/html", len(data), 0, None, None) for n, data in enumerate(contents)]

    def measure(work: Callable[[], object]) -> float:
        work()  # compiled expressions and imports are no part of a page
        started = time.perf_counter()
        work()
        return 1000 * (time.perf_counter() - started) / pages

    documents, _ = build_documents(inputs)
    return Measurement(
        {
            "pandas": measure(lambda: [pd.read_html(io.StringIO(data.decode()), flavor="lxml") for data in contents]),
            "text": measure(lambda: [read_bytes(data, "text/html") for data in contents]),
            "cells": measure(lambda: parse_documents(documents)),
        },
        _read_peak(),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of `make bench`: `python -m orchestration.benchmarking --reports 20000`."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.benchmarking", description=__doc__)
    parser.add_argument("--reports", type=int, default=20_000, help="how many reports to generate")
    parser.add_argument("--corpus", type=Path, help="measure on these inputs instead: a folder, archive or Parquet file with a text column")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--measure", choices=["reference", "staging", "html"], help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure is None:
        result = run_benchmark(options.reports, corpus=options.corpus, repeats=options.repeats, seed=options.seed)
        sys.stdout.write(result.describe() + "\n")
        return 0
    storage = Storage(Paths(options.home))
    measures: dict[str, Callable[[], Measurement]] = {
        "reference": lambda: measure_reference(storage),
        "staging": lambda: measure_staging(storage),
        "html": measure_html,
    }
    sys.stdout.write(json.dumps(asdict(measures[options.measure]())) + "\n")
    return 0


def _generate_inputs(count: int, seed: int) -> Iterator[Input]:
    for number, report in enumerate(generate_reports(count, seed)):
        data = report.content
        yield Input(f"{number:06}{report.suffix}", data, None, report.media_type, len(data), 0, None, None)


def _store_inputs(inputs: Iterator[Input], storage: Storage) -> tuple[int, int]:
    stored = storage.list_stored()
    sightings, size = [], 0
    for documents, seen in iter_document_batches(inputs):
        storage.store_documents(documents, stored)
        sightings.append(seen)
        size += int(documents.select(pl.col("text").str.len_bytes().sum()).item())
    everything = pl.concat(sightings)
    storage.replace_sightings(everything)
    return everything.height, size


def _measure(folder: str, what: str) -> Measurement:
    command = [sys.executable, "-m", "orchestration.benchmarking", "--measure", what, "--home", folder]
    output = subprocess.run(  # noqa: S603
        command, env=build_child_environment(_ONE_CORE), cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    return Measurement(**json.loads(output.splitlines()[-1]))


def _build_manifest(partition: str) -> PartitionManifest:
    return PartitionManifest(partition=partition, inputs="", software="", previous=None, statuses={}, issues={}, findings={}, rules=())


def _read_peak() -> int:
    kilobyte = 1024  # the unit of ru_maxrss on Linux
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilobyte


if __name__ == "__main__":
    sys.exit(main())
