"""Copies of other reports, passage beside passage, for the page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ingest.templates import load_templates
from ingest.templates.printing import load_form_labels
from orchestration.cli.judging import Judgement
from orchestration.cli.languages import Language
from orchestration.cli.pages.words import word

if TYPE_CHECKING:
    from orchestration.copying import CopiedPair

_LEAST_SIMILARITY: Final = 0.85
"""The share from which `nianbao copies` shows a pair of narratives."""
_MOST_PASSAGES: Final = 6
_MOST_CHARACTERS: Final = 400


@dataclass(frozen=True)
class SharedPassage:
    """What both print; lines are first and last."""

    lines: tuple[int, int]
    text: str
    other_lines: tuple[int, int]
    other_text: str


@dataclass(frozen=True)
class Copy:
    """One section that repeats another report; `place`: where that report is."""

    title: str
    place: str
    passages: tuple[SharedPassage, ...]
    notes: tuple[str, ...]


def find_copies(judgement: Judgement, locate: Callable[[str], str], language: Language) -> dict[str, list[Copy]] | None:
    """document_id → its copies, most alike first; null when there is nothing to compare with.

    A pair is told of the later report; of an input's and an earlier report's, of the input. Texts must have been kept.
    """
    import polars as pl

    from orchestration.copying import read_pairs, search_corpus

    if judgement.reports["document_id"].n_unique() < 2:  # noqa: PLR2004 a copy takes two
        return None
    own = set(judgement.outcomes["document_id"])
    corpus = judgement.open_corpus()
    found, _ = search_corpus(corpus)
    is_alike = (pl.col("similarity") >= _LEAST_SIMILARITY) | (pl.col("kind") == "figures")
    shown = found.filter(is_alike & pl.col("document_id").is_in(list(own)))
    ranked = shown.sort("similarity", "document_id", "other_document_id", "section", descending=[True, False, False, False])
    names = {row["document_id"]: row for row in corpus.reports.iter_rows(named=True)}
    copies: dict[str, list[Copy]] = {}
    for pair in read_pairs(ranked, corpus, judgement.sources):
        copy = _describe(pair, names[pair.row["other_document_id"]], locate, language)
        copies.setdefault(pair.row["document_id"], []).append(copy)
    return copies


def name_report(agency: object, year: object, language: Language) -> str:
    """Agency and year as the page names a report."""
    name = word("no_agency", language) if agency is None else str(agency)
    return name if year is None else word("year_report", language, agency=name, year=year)


def _describe(pair: "CopiedPair", other: dict[str, Any], locate: Callable[[str], str], language: Language) -> Copy:
    row = pair.row
    name = name_report(other["agency_name"], other["report_year"], language)
    who = word("same_agency" if row["is_same_agency"] else "other_agency", language, name=name)
    if row["kind"] == "figures":
        alike = word("same_figures", language)
    else:
        alike = word("similarity", language, percent=int(100 * row["similarity"]))
    longest = sorted(pair.passages, key=lambda passage: -passage.length)[:_MOST_PASSAGES]
    passages = [
        SharedPassage(
            (passage.start_line, passage.end_line),
            _crop(pair.quote(passage)),
            (passage.other_start_line, passage.other_end_line),
            _crop(pair.quote_other(passage)),
        )
        for passage in sorted(longest, key=lambda passage: passage.start_line)
    ]
    if row["kind"] == "figures":
        spans = (row["start_line"], row["end_line"]), (row["other_start_line"], row["other_end_line"])
        passages = [SharedPassage(spans[0], alike, spans[1], alike)]
    title = " · ".join((_name_section(str(row["section"])), who, alike))
    return Copy(title, locate(pair.other_source), tuple(passages), tuple(_list_notes(row, len(pair.passages), language)))


def _list_notes(row: dict[str, Any], passage_count: int, language: Language) -> Iterator[str]:
    if passage_count > _MOST_PASSAGES:
        yield word("more_passages", language, count=passage_count - _MOST_PASSAGES)
    if row["repeated_number_count"] and row["is_same_agency"]:
        yield word("repeated_numbers", language, count=row["repeated_number_count"], line=row["repeated_number_line"])
    if row["named_line"] is not None:
        yield word("named", language, line=row["named_line"])


def _name_section(section: str) -> str:
    newest = next(iter(load_templates().values()))
    titles = load_form_labels().headings | {table.section: table.title for table in newest.tables}
    return titles[section]


def _crop(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + "……"


def list_copies(copies: dict[str, list[Copy]] | None, document_id: object) -> Sequence[Copy] | None:
    """Those of one report; null when nothing was compared."""
    return None if copies is None else copies.get(str(document_id), [])
