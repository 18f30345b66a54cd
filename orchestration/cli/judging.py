"""Reads and judges any number of inputs in one pass, for `nianbao parse` and `nianbao check`: no Dagster, no Great Expectations, no DuckDB.

The findings are those that a build of the same inputs gives: a report is compared with its other copies and with the agency's report of the
year before, so every input is read before the first one is handed out. What was read waits in temporary Parquet files by report year;
memory holds one year's cells at most.

Earlier reports (`history`) are read after the inputs. They take part in what compares years and are handed out themselves by none.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from expectations.catalogue import load_catalogue
from expectations.findings import compute_findings
from ingest.documents import iter_document_batches
from ingest.parsing import ParsedTables, build_outcomes, parse_documents
from ingest.reading import Input, ReadLimits, scan_inputs
from ingest.tables import CELLS, EVIDENCE, FINDINGS, MENTIONS, OUTCOMES, REPORTS, SECTIONS_TABLE, UNPLACED, empty
from orchestration.partitions import PARTITIONS, find_previous, name_partition, read_year

if TYPE_CHECKING:
    from orchestration.copying import Corpus

Progress = Callable[[str, int, int | None], None]
"""(what is being done, how many are done, of how many if known)."""

_EVERY = 100  # inputs between two reports of progress


@dataclass(frozen=True)
class Printed:
    """What a report prints: its decoded text, which line numbers refer to, its sections (rows of SECTIONS_TABLE) and the numbers of its
    prose (rows of MENTIONS)."""

    text: str
    media_type: str
    sections: list[dict[str, object]]
    mentions: list[dict[str, object]]


@dataclass(frozen=True)
class JudgedInput:
    """One input and all that is known of it. `report` is a row of REPORTS, null unless the input is one; `cells` and `findings` are rows of
    CELLS, in printed order, and of the failed FINDINGS; `printed` is there for a report whose text was kept."""

    outcome: dict[str, object]
    report: dict[str, object] | None
    cells: list[dict[str, object]]
    findings: list[dict[str, object]]
    printed: Printed | None = None


@dataclass(frozen=True)
class Judgement:
    """What was read. `errored`: rows of FINDINGS for rules that could not be run: nothing was judged by them.

    `sources`: document_id → first source, also of the reports of `history`, which are in `reports` and in nothing else.
    """

    outcomes: pl.DataFrame  # OUTCOMES, in the order of the scan
    findings: pl.DataFrame  # failed FINDINGS of single documents
    errored: pl.DataFrame
    reports: pl.DataFrame  # REPORTS
    sources: dict[str, str]
    _sections: pl.DataFrame
    _batches: tuple[tuple[Path, int], ...]
    _history: tuple[Path, ...]
    _keeps_texts: bool

    @property
    def history_count(self) -> int:
        """How many reports were taken from the history."""
        own = self.reports.join(self.outcomes, on="document_id", how="semi").height
        return self.reports.height - own

    def iterate_inputs(self) -> Iterator[JudgedInput]:
        """Every input in the order of the scan. The same document seen twice gives the same report, cells and findings twice."""
        reports = {row["document_id"]: row for row in self.reports.iter_rows(named=True)}
        findings = _group_rows(self.findings)
        last_use = {row["document_id"]: number for number, row in enumerate(self.outcomes.iter_rows(named=True))}
        sections = _group_rows(self._sections) if self._keeps_texts else {}
        cells: dict[str, list[dict[str, object]]] = {}
        printed: dict[str, Printed] = {}
        start = 0
        for folder, size in self._batches:
            cells |= _group_rows(_read_cells(sorted(folder.glob("*.parquet"))))
            if self._keeps_texts:
                printed |= _read_printed(folder, sections)
            for number, outcome in enumerate(self.outcomes.slice(start, size).iter_rows(named=True), start=start):
                document_id = outcome["document_id"]
                # A document that is no report has no row, no cells and no findings; a report may have no findings.
                own = cells.get(document_id, [])
                yield JudgedInput(outcome, reports.get(document_id), own, findings.get(document_id, []), printed.get(document_id))
                if last_use[document_id] == number:
                    cells.pop(document_id, None)
                    printed.pop(document_id, None)
            start += size

    def open_corpus(self) -> "Corpus":
        """The reports, with those of the history, as a corpus to look for copies in. The texts must have been kept."""
        from expectations.copies.figures import fingerprint_tables
        from expectations.copies.narratives import cut_narratives
        from orchestration.copying import Corpus

        folders = (*(folder for folder, _ in self._batches), *self._history)
        fingerprints = [fingerprint_tables(_read_cells(sorted(folder.glob("*.parquet")))) for folder in folders]
        ids = self.reports["document_id"].implode()

        def read(document_ids: Collection[str] | None) -> Iterator[pl.DataFrame]:
            wanted = ids if document_ids is None else pl.Series(list(document_ids), dtype=pl.String).implode()
            for folder in folders:
                yield cut_narratives(pl.read_parquet(_name_texts(folder)).filter(pl.col("document_id").is_in(wanted)), self._sections)

        return Corpus(self.reports.unique("document_id", keep="first", maintain_order=True), fingerprints, read)


@contextmanager
def judge_inputs(
    paths: Sequence[Path], limits: ReadLimits, progress: Progress, *, history: Sequence[Path] = (), keeps_texts: bool = False
) -> Iterator[Judgement]:
    """Read every input under the paths and judge the reports by the whole catalogue; valid inside the context.

    `history`: where earlier reports of the same agencies are; of what is there, only reports of an agency of the inputs, for a year before
    one of its inputs' and of which no input is, take part. With `keeps_texts` each report comes with what it prints. Raises InputPathError
    when a path does not exist.
    """
    inputs = scan_inputs(paths, limits)  # raises for a wrong path, before anything is made
    earlier = scan_inputs(history, limits) if history else iter(())
    with TemporaryDirectory(prefix="nianbao-") as folder:
        yield _judge(Path(folder), inputs, earlier, progress, keeps_texts=keeps_texts)


def _judge(folder: Path, inputs: Iterator[Input], earlier: Iterator[Input], progress: Progress, *, keeps_texts: bool) -> Judgement:
    known = _Known([], [], [], [], [], [], [])
    batches = list(_read_batches(inputs, folder / "batch", known, progress, keeps_texts=keeps_texts))
    own = known.build_outcomes()
    past = _Known([], [], [], [], [], [], [])
    read_before = own["document_id"].drop_nulls()
    past_batches = list(_read_batches(earlier, folder / "history", past, progress, keeps_texts=keeps_texts, without=read_before))
    if past_batches:
        known.join_history(past)
    reports = pl.concat([empty(REPORTS), *known.reports])
    outcomes = known.build_outcomes()
    sections = pl.concat([empty(SECTIONS_TABLE), *known.sections])
    mentions = pl.concat([empty(MENTIONS), *known.mentions])
    evidence = pl.concat([empty(EVIDENCE), *known.evidence])
    unplaced = pl.concat([empty(UNPLACED), *known.unplaced])
    known_tables = {"reports": reports, "unplaced": unplaced, "sections": sections, "mentions": mentions, "evidence": evidence}
    found = [empty(FINDINGS)]
    catalogue = load_catalogue()
    years = set(outcomes.get_column("partition"))
    judged = set(own.get_column("partition"))  # a year of which there is only history is compared with and not judged
    previous: dict[str, pl.DataFrame] | None = None
    for partition in [name for name in PARTITIONS if name in years]:
        progress("judging", len(found) - 1, len(judged))
        tables = _select_partition(partition, outcomes, known_tables, folder)
        if find_previous(partition) not in years:
            previous = None
        if partition in judged:
            found.append(compute_findings(tables, catalogue, previous=previous, report_year=read_year(partition)))
        previous = tables
    findings = pl.concat(found)
    failed = findings.filter(pl.col("verdict") == "failed").join(own.drop_nulls("document_id"), on="document_id", how="semi")
    sources = outcomes.drop_nulls("document_id").unique("document_id", keep="first", maintain_order=True)
    return Judgement(
        outcomes=own.drop("partition"),
        findings=failed.sort("document_id", "line", "rule_id", "table", "row", "column", nulls_last=True),
        errored=findings.filter(pl.col("verdict") == "errored"),
        reports=reports,
        sources=dict(sources.select("document_id", "source").iter_rows()),
        _sections=sections,
        _batches=tuple(batches),
        _history=tuple(folder for folder, _ in past_batches),
        _keeps_texts=keeps_texts,
    )


@dataclass(frozen=True)
class _Known:
    """What is kept of every batch in memory: everything but cells and texts."""

    by_document: list[pl.DataFrame]
    reports: list[pl.DataFrame]
    unplaced: list[pl.DataFrame]
    sections: list[pl.DataFrame]
    mentions: list[pl.DataFrame]
    evidence: list[pl.DataFrame]
    sightings: list[pl.DataFrame]

    def add(self, parsed: ParsedTables, sightings: pl.DataFrame) -> None:
        self.by_document.append(parsed.outcomes_by_document)
        self.reports.append(parsed.reports)
        self.unplaced.append(parsed.unplaced)
        self.sections.append(parsed.sections)
        self.mentions.append(parsed.mentions)
        self.evidence.append(parsed.evidence)
        self.sightings.append(sightings)

    def join_history(self, past: "_Known") -> None:
        """Take over those earlier reports that inputs may be compared with."""
        reports = pl.concat([empty(REPORTS), *past.reports])
        inputs = pl.concat([empty(REPORTS), *self.reports]).drop_nulls(["agency_id", "report_year"])
        latest = inputs.group_by("agency_id").agg(pl.col("report_year").max().alias("latest"))
        kept = (
            reports.join(latest, on="agency_id", how="inner")
            .filter(pl.col("report_year") < pl.col("latest"))
            .join(inputs, on=["agency_id", "report_year"], how="anti")
            .select("document_id")
            .unique()
        )
        for mine, theirs in zip(self.tables, past.tables, strict=True):
            mine += [frame.join(kept, on="document_id", how="semi", maintain_order="left") for frame in theirs]

    @property
    def tables(self) -> tuple[list[pl.DataFrame], ...]:
        """All of its lists."""
        return self.by_document, self.reports, self.unplaced, self.sections, self.mentions, self.evidence, self.sightings

    def build_outcomes(self) -> pl.DataFrame:
        """OUTCOMES and their partition, in the order of the scan; a later sighting may be of a document of an earlier batch."""
        if not self.sightings:
            return empty(OUTCOMES).with_columns(partition=pl.lit(None, dtype=pl.String))
        sightings = pl.concat(self.sightings)
        others = (empty(table) for table in (REPORTS, CELLS, UNPLACED, SECTIONS_TABLE, MENTIONS, EVIDENCE))
        parsed = ParsedTables(pl.concat(self.by_document), *others)
        # Numbered for the time being: an archive may hold two members of one name.
        numbered = sightings.with_columns(source=pl.int_range(pl.len()).cast(pl.String).str.zfill(12))
        outcomes = build_outcomes(numbered, parsed).with_columns(sightings["source"])
        return outcomes.with_columns(partition=pl.Series([name_partition(year) for year in outcomes["report_year"]], dtype=pl.String))


def _read_batches(
    inputs: Iterator[Input],
    prefix: Path,
    known: _Known,
    progress: Progress,
    *,
    keeps_texts: bool,
    without: pl.Series | None = None,
) -> Iterator[tuple[Path, int]]:
    """Parse the inputs, but not documents of the ids `without`, into `known` and into files; (folder, number of sightings) per batch."""
    for number, (read, sightings) in enumerate(iter_document_batches(_count(inputs, progress))):
        documents = read if without is None else read.filter(~pl.col("document_id").is_in(without.implode()))
        parsed = parse_documents(documents)
        known.add(parsed, sightings)
        batch = _write_cells(prefix.with_name(f"{prefix.name}-{number:05}"), parsed)
        if keeps_texts:
            texts = documents.join(parsed.reports, on="document_id", how="semi").select("document_id", "media_type", "text")
            texts.write_parquet(_name_texts(batch), compression="lz4")
            parsed.mentions.write_parquet(_name_mentions(batch), compression="lz4")
        yield batch, sightings.height


def _read_printed(batch: Path, sections: Mapping[str, list[dict[str, object]]]) -> dict[str, Printed]:
    texts, mentions = pl.read_parquet(_name_texts(batch)), _group_rows(pl.read_parquet(_name_mentions(batch)))
    return {key: Printed(text, kind, sections.get(key, []), mentions.get(key, [])) for key, kind, text in texts.iter_rows()}


def _count(inputs: Iterator[Input], progress: Progress) -> Iterator[Input]:
    for seen, item in enumerate(inputs, start=1):
        if seen % _EVERY == 0:
            progress("reading", seen, None)
        yield item


def _write_cells(folder: Path, parsed: ParsedTables) -> Path:
    """One file per report year, so that a year can be judged and a batch handed out without reading the others."""
    folder.mkdir()
    years = parsed.outcomes_by_document.select("document_id", "report_year")
    for (year,), group in years.group_by("report_year"):
        partition = name_partition(year if isinstance(year, int) else None)
        cells = parsed.cells.join(group.select("document_id"), on="document_id", how="semi", maintain_order="left")
        path = folder / f"{partition}.parquet"
        if path.exists():  # several years outside the partitions are `unknown`
            cells = pl.concat([pl.read_parquet(path), cells])
        cells.write_parquet(path, compression="lz4")
    return folder


def _name_texts(batch: Path) -> Path:
    """Beside the folder of the batch: what is in it are cells."""
    return batch.with_suffix(".texts")


def _name_mentions(batch: Path) -> Path:
    return batch.with_suffix(".mentions")


def _read_cells(files: Sequence[Path]) -> pl.DataFrame:
    return pl.concat([empty(CELLS), *(pl.read_parquet(file) for file in files)])


def _select_partition(partition: str, outcomes: pl.DataFrame, known: Mapping[str, pl.DataFrame], folder: Path) -> dict[str, pl.DataFrame]:
    own = outcomes.filter(pl.col("partition") == partition).drop("partition").sort("source")
    ids = own.select("document_id").drop_nulls().unique()
    return {
        "outcomes": own,
        "reports": known["reports"].join(ids, on="document_id", how="semi").sort("document_id"),
        "unplaced": known["unplaced"].join(ids, on="document_id", how="semi", maintain_order="left"),
        "sections": known["sections"].join(ids, on="document_id", how="semi").sort("document_id", "section"),
        "mentions": known["mentions"].join(ids, on="document_id", how="semi", maintain_order="left"),
        "evidence": known["evidence"].join(ids, on="document_id", how="semi").sort("document_id", "fact", maintain_order=True),
        "cells": _read_cells(sorted(folder.glob(f"*/{partition}.parquet")))
        .join(ids, on="document_id", how="semi")
        .sort("document_id", "table", "row", "column"),
    }


def _group_rows(frame: pl.DataFrame) -> dict[str, list[dict[str, object]]]:
    grouped: dict[str, list[dict[str, object]]] = {}
    for row in frame.iter_rows(named=True):
        grouped.setdefault(row["document_id"], []).append(row)
    return grouped
