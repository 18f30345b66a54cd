"""Finds the near-copies among the narratives of a corpus: masks, shingles, signatures, candidates, exact similarity, passages.

The narratives are read three times (a sample for the boilerplate, all of them for the signatures, the pairs found for their passages), one
batch at a time. Memory holds the signatures (384 bytes per narrative); the shingle sets wait in a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from expectations.copies.masking import mask_text, mask_texts
from expectations.copies.narratives import NARRATIVE_SECTIONS, ReadNarratives
from expectations.copies.passages import find_repeated_numbers, match_passages, measure_share
from expectations.copies.shingles import Hashes, ShingleSets, build_sets, find_boilerplate, measure_similarity
from expectations.copies.signatures import Pairs, Signatures, build_signatures, estimate_similarity, pair_candidates
from expectations.copies.tables import COPIES, COPIES_SORT_KEYS
from ingest.tables import conform

Progress = Callable[[str, int, int | None], None]

LEAST_SIMILARITY: Final = 0.5
"""Pairs below are not reported: a third of each text is then its own, and the search would find fewer than four of five."""
FEWEST_SHINGLES: Final = 60
"""Narratives with fewer (about 65 characters after masking) are formulas such as 无其他需要报告的事项 and coincide honestly."""
NEIGHBOURS: Final = 20
_SAMPLE: Final = 4_000  # agencies: a share of 10 % is then known to half a percent point
_BOILERPLATE_SHARE: Final = 0.10
_BOILERPLATE_LEAST: Final = 20
_MARGIN: Final = 0.15  # three standard errors of the estimate
_PAIRS_AT_A_TIME: Final = 20_000
_PASSAGE_COLUMNS: Final = (
    *("start_line", "end_line", "other_start_line", "other_end_line", "passage_count", "shared_share"),
    *("repeated_number_count", "repeated_number_line", "named_line"),
)


@dataclass(frozen=True)
class SearchTerms:
    """The thresholds, with reasons in docs/copies.md. A shingle is boilerplate when `boilerplate_least` agencies of the sample and
    `boilerplate_share` of them have it."""

    least_similarity: float = LEAST_SIMILARITY
    fewest_shingles: int = FEWEST_SHINGLES
    neighbours: int = NEIGHBOURS
    boilerplate_share: float = _BOILERPLATE_SHARE
    boilerplate_least: int = _BOILERPLATE_LEAST


@dataclass
class SearchCounts:
    """What a search saw."""

    narratives: int = 0
    too_short: int = 0
    """Narratives not compared: fewer shingles than `fewest_shingles` are left."""
    boilerplate: int = 0
    """Distinct shingles left out."""
    candidates: int = 0
    compared: int = 0
    """Candidates whose signatures are alike enough to compare the texts."""
    crowded_buckets: int = 0
    skipped_pairs: int = 0
    """Pairs of crowded buckets that were not made; each member still has its neighbours."""
    pairs: int = 0


@dataclass(frozen=True)
class SearchResult:
    """`copies`: COPIES of kind narrative."""

    copies: pl.DataFrame
    counts: SearchCounts


def ignore_progress(_stage: str, _done: int, _total: int | None) -> None:
    """Progress for those who do not watch."""


@dataclass
class _Index:
    """The narratives that are compared: their documents, sections and signatures; their shingle sets are in a file."""

    documents: list[pl.DataFrame] = field(default_factory=list)  # document_id, section, of each batch
    signatures: list[Signatures] = field(default_factory=list)
    sizes: list[npt.NDArray[np.int64]] = field(default_factory=list)


def find_copied_narratives(
    reports: pl.DataFrame, read_narratives: ReadNarratives, terms: SearchTerms | None = None, progress: Progress = ignore_progress
) -> SearchResult:
    """Every pair of near-copied narratives among the reports (REPORTS: document_id, agency_id, agency_name, report_year are read).

    Sections are compared with the same section of other documents: the agency's other years, and other agencies.
    """
    terms = terms or SearchTerms()
    counts = SearchCounts()
    reports = reports.select("document_id", "agency_id", "agency_name", "report_year").unique("document_id", keep="first")
    boilerplate = _learn_boilerplate(reports, read_narratives, terms)
    counts.boilerplate = sum(hashes.size for hashes in boilerplate.values())
    with TemporaryDirectory(prefix="nianbao-copies-") as folder:
        path = Path(folder) / "shingles"
        index = _index_narratives(reports, read_narratives, boilerplate, terms, counts, path, progress)
        pairs = _compare(reports, index, path, terms, counts, progress)
    return SearchResult(_describe_pairs(pairs, reports, read_narratives, counts, progress), counts)


def _learn_boilerplate(reports: pl.DataFrame, read_narratives: ReadNarratives, terms: SearchTerms) -> dict[str, Hashes]:
    """Section → hashes of shingles that many agencies have, from one report of each agency (of some of them when there are many)."""
    named = reports.drop_nulls("agency_id").sort("document_id")  # ids are digests: this order is a shuffle
    sample = named.unique("agency_id", keep="first", maintain_order=True).head(_SAMPLE)
    if sample.height < terms.boilerplate_least:
        return {}
    names = dict(sample.select("document_id", "agency_name").iter_rows())
    found: dict[str, list[ShingleSets]] = {section: [] for section in NARRATIVE_SECTIONS}
    for batch in read_narratives(set(names)):
        for (section,), group in batch.group_by("section"):
            masked = mask_texts(group["text"], [names[document] for document in group["document_id"]])
            found[str(section)].append(build_sets(masked))
    return {
        section: find_boilerplate(_join(sets), terms.boilerplate_least, terms.boilerplate_share) for section, sets in found.items() if sets
    }


def _join(sets: list[ShingleSets]) -> ShingleSets:
    sizes = np.concatenate([np.diff(part.offsets) for part in sets])
    return ShingleSets(np.concatenate([part.hashes for part in sets]), np.concatenate(([0], np.cumsum(sizes))))


def _index_narratives(
    reports: pl.DataFrame,
    read_narratives: ReadNarratives,
    boilerplate: dict[str, Hashes],
    terms: SearchTerms,
    counts: SearchCounts,
    path: Path,
    progress: Progress,
) -> _Index:
    index = _Index()
    names = reports.select("document_id", "agency_name")
    with path.open("wb") as file:
        for batch in read_narratives(None):
            known = batch.join(names, on="document_id", how="inner")
            for (section,), group in known.sort("section", "document_id").group_by("section", maintain_order=True):
                sets = build_sets(mask_texts(group["text"], group["agency_name"].to_list()), boilerplate.get(str(section)))
                sizes = np.diff(sets.offsets)
                is_long = sizes >= terms.fewest_shingles
                counts.narratives += group.height
                counts.too_short += int(group.height - is_long.sum())
                if not is_long.any():
                    continue
                kept = ShingleSets(sets.hashes[np.repeat(is_long, sizes)], np.concatenate(([0], np.cumsum(sizes[is_long]))))
                kept.hashes.tofile(file)
                index.documents.append(group.select("document_id", "section").filter(pl.Series(is_long)))
                index.signatures.append(build_signatures(kept))
                index.sizes.append(sizes[is_long])
            progress("masking narratives", counts.narratives, None)
    return index


def _compare(
    reports: pl.DataFrame, index: _Index, path: Path, terms: SearchTerms, counts: SearchCounts, progress: Progress
) -> pl.DataFrame:
    """document_id, other_document_id, section, similarity of the pairs that are alike enough."""
    schema = {name: COPIES[name] for name in ("document_id", "other_document_id", "section", "similarity")}
    if not index.documents:
        return pl.DataFrame(schema=schema)
    narratives = (
        pl.concat(index.documents)
        .with_row_index("place")
        .join(reports.drop("agency_name"), on="document_id", how="left")
        # An agency's years stand side by side, so that a crowded bucket pairs them first.
        .sort("agency_id", "report_year", "document_id", "section", nulls_last=True)
    )
    places = narratives["place"].to_numpy()
    signatures = np.concatenate(index.signatures)
    index.signatures.clear()
    signatures = signatures[places]
    offsets = np.concatenate(([0], np.cumsum(np.concatenate(index.sizes))))
    progress("looking for pairs", 0, None)
    candidates = pair_candidates(signatures, narratives["section"].to_physical().to_numpy().astype(np.int64), terms.neighbours)
    counts.crowded_buckets, counts.skipped_pairs = candidates.crowded_buckets, candidates.skipped_pairs
    counts.candidates = len(candidates.pairs)
    likely = _drop_versions(candidates.pairs, narratives)
    likely = likely[estimate_similarity(signatures, likely) >= terms.least_similarity - _MARGIN]
    counts.compared = len(likely)
    with path.open("rb") as file:  # read set by set: a memory map would come to hold most of the file

        def read_set(narrative: int) -> Hashes:
            start, end = offsets[places[narrative] : places[narrative] + 2]
            file.seek(int(start) * np.dtype(np.uint32).itemsize)
            return np.fromfile(file, dtype=np.uint32, count=int(end - start))

        similarities = np.array([measure_similarity(read_set(left), read_set(right)) for left, right in likely])
    found = similarities >= terms.least_similarity if len(likely) else np.empty(0, dtype=np.bool_)
    left, right = (narratives[likely[found, side].tolist()] for side in (0, 1))
    pairs = pl.DataFrame(
        {
            "left": left["document_id"],
            "right": right["document_id"],
            "left_year": left["report_year"],
            "right_year": right["report_year"],
            "section": left["section"],
            "similarity": similarities[found],
        }
    )
    is_left = is_later("left", "right", "left_year", "right_year")
    return pairs.select(
        document_id=pl.when(is_left).then("left").otherwise("right"),
        other_document_id=pl.when(is_left).then("right").otherwise("left"),
        section="section",
        similarity="similarity",
    ).cast(schema)  # type: ignore[arg-type]


def is_later(left: str, right: str, left_year: str, right_year: str) -> pl.Expr:
    """Whether the left of two documents is the later one: by report year, an unknown one first; of one year, by id."""
    first, second = pl.col(left_year).fill_null(0), pl.col(right_year).fill_null(0)
    return (first > second) | ((first == second) & (pl.col(left) > pl.col(right)))


def _drop_versions(pairs: Pairs, narratives: pl.DataFrame) -> Pairs:
    """Without pairs of one agency and one year: those are renderings or versions of one report."""
    agencies = narratives["agency_id"].rank("dense").fill_null(0).to_numpy().astype(np.int64)
    years = narratives["report_year"].fill_null(0).to_numpy().astype(np.int64)
    left, right = pairs.T
    is_version = (agencies[left] == agencies[right]) & (agencies[left] > 0) & (years[left] == years[right])
    kept: Pairs = pairs[~is_version]
    return kept


def _describe_pairs(
    pairs: pl.DataFrame, reports: pl.DataFrame, read_narratives: ReadNarratives, counts: SearchCounts, progress: Progress
) -> pl.DataFrame:
    """COPIES of the pairs: who and when, and where the shared passages stand."""
    counts.pairs = pairs.height
    pairs = describe_documents(pairs, reports).sort(COPIES_SORT_KEYS[:3])
    names = dict(reports.select("document_id", "agency_name").iter_rows())
    placed: list[pl.DataFrame] = []
    for part in pairs.iter_slices(_PAIRS_AT_A_TIME):  # the texts of no more pairs than these are in memory
        progress("comparing passages", len(placed) * _PAIRS_AT_A_TIME, pairs.height)
        placed.append(part.with_columns(_place_passages(part, names, read_narratives), kind=pl.lit("narrative")))
    return conform(pl.concat(placed) if placed else pairs, COPIES)


def _place_passages(pairs: pl.DataFrame, names: dict[str, str | None], read_narratives: ReadNarratives) -> pl.DataFrame:
    """The columns of _PASSAGE_COLUMNS, per pair."""
    texts: dict[tuple[str, str], tuple[str, int]] = {}
    for batch in read_narratives({*pairs["document_id"], *pairs["other_document_id"]}):
        for document, section, line, text in batch.iter_rows():
            texts[document, section] = (text, line)
    rows = []
    for document, other, section, is_same in pairs.select("document_id", "other_document_id", "section", "is_same_agency").iter_rows():
        text, line = texts[document, section]
        other_text, other_line = texts[other, section]
        masked, other_masked = mask_text(text, names[document], line), mask_text(other_text, names[other], other_line)
        passages = match_passages(masked, other_masked)
        numbers = find_repeated_numbers(text, other_text, masked, other_masked, passages)
        longest = max(passages, key=lambda passage: passage.length, default=None)
        rows.append(
            (
                *(longest[:4] if longest is not None else (None, None, None, None)),
                len(passages),
                measure_share(passages, masked),
                len(numbers),
                numbers[0] if numbers else None,
                None if is_same is not False else find_name(text, names[document], names[other], line),
            )
        )
    return pl.DataFrame(rows, schema={name: COPIES[name] for name in _PASSAGE_COLUMNS}, orient="row")


def describe_documents(pairs: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """The pairs with report_year, other_report_year and is_same_agency.

    Of 望海区人民政府 and 临江市望海区人民政府办公室 nobody can say from the names whether they are one: where one name holds the other, or
    one is not known, is_same_agency is null.
    """
    own = reports.select("document_id", "agency_id", "agency_name", "report_year")
    other = own.rename(lambda name: f"other_{name}")
    is_within = pl.col("agency_name").str.contains(pl.col("other_agency_name"), literal=True) | pl.col("other_agency_name").str.contains(
        pl.col("agency_name"), literal=True
    )
    is_same = pl.col("agency_id") == pl.col("other_agency_id")
    return (
        pairs.join(own, on="document_id", how="left")
        .join(other, on="other_document_id", how="left")
        .with_columns(is_same_agency=pl.when(is_same | ~is_within.fill_null(value=False)).then(is_same))
        .drop("agency_id", "other_agency_id", "agency_name", "other_agency_name")
    )


def find_name(text: str, agency_name: str | None, other_agency_name: str | None, first_line: int) -> int | None:
    """The line where a copied narrative still names the other agency in full; null when it does not, or when the other's name is part of
    the agency's own (临江市财政局 in 临江市财政局望海分局)."""
    if other_agency_name is None or (agency_name is not None and other_agency_name in agency_name):
        return None
    at = text.find(other_agency_name)
    return None if at < 0 else first_line + text.count("\n", 0, at)
