"""The corpus table `copies`, without Dagster: what the stored documents share with each other, over all report years.

It is made anew whenever any partition or the software changed, and not piece by piece: what counts as boilerplate is learnt from the whole
corpus, so one new year may change what is left of all others.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
from pydantic import BaseModel, ConfigDict

from expectations.copies.figures import find_copied_tables, fingerprint_tables
from expectations.copies.narratives import NARRATIVE_SECTIONS, NARRATIVES, ReadNarratives, cut_narratives
from expectations.copies.passages import Passage, find_shared_passages
from expectations.copies.searching import SearchCounts, find_copied_narratives
from expectations.copies.tables import COPIES_SORT_KEYS
from ingest.documents import iter_document_batches
from ingest.parsing import parse_documents
from ingest.reading import Input
from ingest.tables import CELLS, REPORTS, empty
from orchestration.manifests import PartitionManifest, digest_manifests, digest_software, digest_text
from orchestration.progress import Progress, ignore_progress
from orchestration.storage import Storage, write_parquet

_BATCH: Final = 4_000  # documents at a time: about 80 MB of text


class CopiesRecord(BaseModel):
    """`corpus/copies.json`: what the latest table was made from, and what the search saw."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    made_from: str
    counts: SearchCounts
    copied_tables: int


@dataclass(frozen=True)
class Corpus:
    """What the search reads: REPORTS, the fingerprints of their tables, and the narratives, read anew at each call."""

    reports: pl.DataFrame
    fingerprints: list[pl.DataFrame]
    read_narratives: ReadNarratives


@dataclass(frozen=True)
class CopiedPair:
    """One row of COPIES with where its documents are; of narratives the texts of the section, as printed, and what they share."""

    row: dict[str, Any]
    source: str
    other_source: str
    text: str = ""
    other_text: str = ""
    passages: tuple[Passage, ...] = ()

    def quote(self, passage: Passage) -> str:
        """The passage as the document prints it."""
        return self.text[slice(*passage.span)]

    def quote_other(self, passage: Passage) -> str:
        """The passage as the other document prints it."""
        return self.other_text[slice(*passage.other_span)]


def refresh_copies(storage: Storage, progress: Progress = ignore_progress) -> tuple[CopiesRecord, bool]:
    """Search the last good tables of all report years and replace `corpus/copies.parquet`; says whether it was made anew."""
    made_from = _identify(storage.read_manifests())
    path = storage.paths.corpus / "copies.json"
    if path.exists() and storage.has_copies():
        record = CopiesRecord.model_validate_json(path.read_text(encoding="utf-8"))
        if record.made_from == made_from:
            return record, False
    path.unlink(missing_ok=True)  # a crash before the end leaves no record rather than a wrong one
    copies, counts = search_corpus(open_stored_corpus(storage), progress)
    storage.replace_copies(copies)
    record = CopiesRecord(made_from=made_from, counts=counts, copied_tables=copies.height - counts.pairs)
    path.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return record, True


def search_corpus(corpus: Corpus, progress: Progress = ignore_progress) -> tuple[pl.DataFrame, SearchCounts]:
    """COPIES of the corpus, narratives and figures, in the declared order; and what the search of the narratives saw."""
    narratives = find_copied_narratives(corpus.reports, corpus.read_narratives, progress=progress)
    tables = find_copied_tables(corpus.reports, corpus.fingerprints)
    return pl.concat([narratives.copies, tables]).sort(COPIES_SORT_KEYS), narratives.counts


def open_stored_corpus(storage: Storage) -> Corpus:
    """The last good tables and stored documents of a home folder."""
    reports, fingerprints, sections = [empty(REPORTS)], [fingerprint_tables(empty(CELLS))], {}
    for partition in storage.read_manifests():
        tables = storage.read_tables(partition, ("reports", "cells", "sections"))
        if tables is not None:
            reports.append(tables["reports"])
            fingerprints.append(fingerprint_tables(tables["cells"]))
            sections[partition] = tables["sections"].filter(pl.col("section").cast(pl.String).is_in(NARRATIVE_SECTIONS))

    def read(document_ids: Collection[str] | None) -> Iterator[pl.DataFrame]:
        for partition, own in sections.items():
            wanted = set(own["document_id"])
            if document_ids is not None:
                wanted &= set(document_ids)
            for stored in storage.iterate_documents(partition, wanted, _BATCH):
                for batch in stored.iter_slices(_BATCH):
                    yield cut_narratives(batch, own)

    return Corpus(pl.concat(reports), fingerprints, read)


def read_corpus(inputs: Iterator[Input], folder: Path) -> tuple[Corpus, dict[str, str]]:
    """Any inputs as a corpus, and document_id → first source. The narratives wait in Parquet files in `folder`, the caller's to remove."""
    reports, fingerprints = [empty(REPORTS)], [fingerprint_tables(empty(CELLS))]
    sources: dict[str, str] = {}
    files: list[Path] = []
    for number, (documents, sightings) in enumerate(iter_document_batches(inputs)):
        parsed = parse_documents(documents)
        reports.append(parsed.reports)
        fingerprints.append(fingerprint_tables(parsed.cells))
        for document_id, source in sightings.drop_nulls("document_id").select("document_id", "source").iter_rows():
            sources.setdefault(document_id, source)
        files.append(folder / f"narratives-{number:05}.parquet")
        write_parquet(cut_narratives(documents, parsed.sections), files[-1])

    def read(document_ids: Collection[str] | None) -> Iterator[pl.DataFrame]:
        for file in files:
            frame = pl.read_parquet(file)
            yield frame if document_ids is None else frame.filter(pl.col("document_id").is_in(list(document_ids)))

    return Corpus(pl.concat(reports).unique("document_id", keep="first", maintain_order=True), fingerprints, read), sources


def read_texts(corpus: Corpus, document_ids: Collection[str]) -> dict[tuple[str, str], tuple[str, int]]:
    """(document_id, section) → text and first line of the narratives of these documents."""
    frames = pl.concat([pl.DataFrame(schema=NARRATIVES), *corpus.read_narratives(document_ids)])
    return {(document, section): (text, line) for document, section, line, text in frames.iter_rows()}


def read_pairs(
    shown: pl.DataFrame, corpus: Corpus, sources: Mapping[str, str], progress: Progress = ignore_progress
) -> Iterator[CopiedPair]:
    """The pairs of `shown` (COPIES) with their passages; `sources`: document_id → where it was seen."""
    narratives = shown.filter(shown["kind"] == "narrative")
    texts = read_texts(corpus, {*narratives["document_id"], *narratives["other_document_id"]})
    names = dict(corpus.reports.select("document_id", "agency_name").iter_rows())
    for number, row in enumerate(shown.iter_rows(named=True)):
        progress("reading passages", number, shown.height)
        own, other = row["document_id"], row["other_document_id"]
        places = sources.get(own, own), sources.get(other, other)
        if row["kind"] == "figures":
            yield CopiedPair(row, *places)
            continue
        text, line = texts[own, row["section"]]
        other_text, other_line = texts[other, row["section"]]
        passages = find_shared_passages(
            text,
            other_text,
            agency_name=names[own],
            other_agency_name=names[other],
            first_line=line,
            other_first_line=other_line,
        )
        yield CopiedPair(row, *places, text, other_text, tuple(passages))


def _identify(manifests: dict[str, PartitionManifest]) -> str:
    return digest_text(digest_manifests(manifests) + digest_software("ingest", "expectations"))
