"""How fast reports are read: raw Parquet → staging Parquet, on one core, against a reference pass over the same file.

The reference is what any reader must do at least: scan the Parquet, split into lines, explode, one regular expression. The ratio of the two
says more than reports per second: it moves little between machines. Every measurement is a fresh process with one thread.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from expectations.catalogue import load_catalogue
from expectations.findings import compute_findings
from ingest.documents import iter_document_batches
from ingest.reading import Input, scan_inputs
from ingest.samples import generate_reports
from ingest.tables import STAGING_TABLES, empty
from orchestration.manifests import PartitionManifest
from orchestration.partitions import PARTITIONS, read_year
from orchestration.refreshing import parse_partition
from orchestration.settings import REPOSITORY, Paths, build_child_environment
from orchestration.storage import Storage

_ONE_CORE: Final = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_REFERENCE_PATTERN: Final = r"[0-9]+"


@dataclass(frozen=True)
class Measurement:
    """One fresh process: seconds by part, and its peak memory."""

    seconds: dict[str, float]
    peak_bytes: int


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

    @property
    def reports_per_second(self) -> float:
        """Raw Parquet → staging Parquet, on one core."""
        return self.reports / self.staging_seconds

    @property
    def ratio(self) -> float:
        """Staging time as a multiple of the reference pass."""
        return self.staging_seconds / self.reference_seconds

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
        return "\n".join(
            [
                f"{self.reports:,} documents, {size:,.0f} MB of text, one core, one thread, medians of fresh processes",
                *(f"{name:<18}{seconds:8.2f} s {self.reports / seconds:10,.0f} reports/s  {note}" for name, seconds, note in rows),
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

    The peak is that of reading and writing, before any finding is computed.
    """
    started = time.perf_counter()
    partitions = [name for name in PARTITIONS if name in storage.count_sighted_partitions()]
    for partition in partitions:
        tables = parse_partition(partition, storage.read_partition_sightings(partition), storage)
        tables["findings"] = empty(STAGING_TABLES["findings"])
        storage.replace_tables(tables, _build_manifest(partition))
    staging = time.perf_counter() - started
    peak = _read_peak()
    catalogue = load_catalogue()
    started = time.perf_counter()
    for partition in partitions:
        tables = storage.read_tables(partition) or {}
        compute_findings(tables, catalogue, report_year=read_year(partition))
    return Measurement({"staging": staging, "findings": time.perf_counter() - started}, peak)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of `make bench`: `python -m orchestration.benchmarking --reports 20000`."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.benchmarking", description=__doc__)
    parser.add_argument("--reports", type=int, default=20_000, help="how many reports to generate")
    parser.add_argument("--corpus", type=Path, help="measure on these inputs instead: a folder, archive or Parquet file with a text column")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--measure", choices=["reference", "staging"], help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure is None:
        result = run_benchmark(options.reports, corpus=options.corpus, repeats=options.repeats, seed=options.seed)
        sys.stdout.write(result.describe() + "\n")
        return 0
    storage = Storage(Paths(options.home))
    measurement = measure_reference(storage) if options.measure == "reference" else measure_staging(storage)
    sys.stdout.write(json.dumps({"seconds": measurement.seconds, "peak_bytes": measurement.peak_bytes}) + "\n")
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
