"""Reads documents into the staging tables. The public entry of the parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from ingest import PARSER_VERSION
from ingest.classifying import ABOUT_REPORTS, NAME_CHARACTERS, find_rejection
from ingest.coding import TokenCodes
from ingest.errors import Issue
from ingest.headings import find_headings
from ingest.identity import Identities, read_identities
from ingest.interpreting import Reading, read_document
from ingest.lexicon import Lexicon, load_lexicon
from ingest.mentions.gathering import find_mentions, place_mentions
from ingest.placing import CleanReading, read_clean
from ingest.sections import find_sections
from ingest.statistics import is_annual, read_statistics
from ingest.tables import CELLS, EVIDENCE, MENTIONS, OUTCOMES, RAW_DOCUMENTS, REPORTS, SECTIONS_TABLE, STATUSES, UNPLACED, conform, empty
from ingest.tokens import Ints, find_block_heads, read_batch

BATCH_SIZE = 2000
"""Documents read at once: large enough to share the work, small enough to stay in the processor's cache."""
_IDENTITY_BATCH_SIZE = 8000

_WORDS = pl.Categorical()
_CELL_SCHEMA = {name: CELLS[name] for name in CELLS if name != "document_id"} | dict.fromkeys(("table", "row", "column", "unit"), _WORDS)
_UNPLACED_SCHEMA = pl.Schema({"doc": pl.UInt32(), **{name: UNPLACED[name] for name in UNPLACED if name != "document_id"}})
_PRE_FORM = re.compile(r"指\s*标\s*名\s*称|统\s*计\s*指\s*标")
_FIRST_YEAR_OF_GRID = 2019


@dataclass(frozen=True)
class ParsedTables:
    """What was read. `outcomes_by_document`: document_id, report_year, status, issue, detail, one row per document.

    The others have their declared schemas (ingest.tables), by document_id, cells and mentions in printed order.
    """

    outcomes_by_document: pl.DataFrame
    reports: pl.DataFrame
    cells: pl.DataFrame
    unplaced: pl.DataFrame
    sections: pl.DataFrame
    mentions: pl.DataFrame
    evidence: pl.DataFrame


_OUTCOME_BY_DOCUMENT = pl.Schema({name: dtype for name, dtype in OUTCOMES.items() if name != "source"})


def parse_documents(documents: pl.DataFrame, lexicon: Lexicon | None = None, batch_size: int = BATCH_SIZE) -> ParsedTables:
    """Reads every document of a frame with the schema RAW_DOCUMENTS. Never raises for what a document holds."""
    parts = list(iter_parsed(documents, lexicon, batch_size))
    return ParsedTables(
        outcomes_by_document=pl.concat([empty(_OUTCOME_BY_DOCUMENT), *(p.outcomes_by_document for p in parts)]),
        reports=pl.concat([empty(REPORTS), *(p.reports for p in parts)]),
        cells=pl.concat([empty(CELLS), *(conform(p.cells, CELLS) for p in parts)]),
        unplaced=pl.concat([empty(UNPLACED), *(p.unplaced for p in parts)]),
        sections=pl.concat([empty(SECTIONS_TABLE), *(p.sections for p in parts)]),
        mentions=pl.concat([empty(MENTIONS), *(p.mentions for p in parts)]),
        evidence=pl.concat([empty(EVIDENCE), *(p.evidence for p in parts)]),
    )


def iter_parsed(documents: pl.DataFrame, lexicon: Lexicon | None = None, batch_size: int = BATCH_SIZE) -> Iterator[ParsedTables]:
    """The same, a batch at a time in order of document_id: memory does not grow with the number of documents.

    The words of `cells` (table, row, column, unit) come as codes, pl.Categorical: four columns of a million cells each are a few
    hundred words.
    """
    words = lexicon or load_lexicon()
    codes = TokenCodes(words)
    ordered = conform(documents, RAW_DOCUMENTS).sort("document_id")
    # Identity is read for several batches at once: its many patterns have to be compiled for each call.
    for group in ordered.iter_slices(max(batch_size, _IDENTITY_BATCH_SIZE)):
        identities = read_identities(group.filter(pl.col("text").is_not_null()))
        for batch in group.iter_slices(batch_size):
            yield _parse_batch(batch, words, codes, identities)


def build_outcomes(sightings: pl.DataFrame, parsed: ParsedTables) -> pl.DataFrame:
    """Exactly one outcome row per sighting (schema OUTCOMES, by source): inputs = accepted + suspect + rejected."""
    by_document = parsed.outcomes_by_document.select("document_id", "status", issue_="issue", detail_="detail", year_="report_year")
    joined = sightings.join(by_document, on="document_id", how="left", maintain_order="left")
    unread = pl.col("status").is_null()
    return conform(
        joined.with_columns(
            status=pl.when(unread).then(pl.lit("rejected")).otherwise(pl.col("status").cast(pl.String)),
            issue=pl.when(unread).then(pl.coalesce("issue", pl.lit(Issue.UNREADABLE.value).cast(OUTCOMES["issue"]))).otherwise("issue_"),
            detail=pl.when(unread).then("detail").otherwise(pl.coalesce("detail_", "detail")),
            report_year=pl.coalesce("year_", "report_year"),
        ).select(OUTCOMES.names()),
        OUTCOMES,
    ).sort("source")


def _parse_batch(documents: pl.DataFrame, lexicon: Lexicon, codes: TokenCodes, identities: Identities) -> ParsedTables:
    readable = documents.filter(pl.col("text").is_not_null()).rechunk()
    batch = read_batch(readable["text"])
    headings = find_headings(batch, lexicon)
    heads = find_block_heads(batch)
    clean = read_clean(batch, headings, heads, codes, lexicon)
    sections = find_sections(batch, headings, heads, lexicon)
    reports, careful_cells, unplaced, rejections = _read_rest(readable, batch.line_counts, clean, sections, lexicon)
    kept = reports["doc"]
    reports = reports.with_columns(document_id=readable["document_id"].gather(kept), report_year=readable["report_year"].gather(kept)).join(
        identities.identity.drop("report_year"), on="document_id", how="left", maintain_order="left"
    )
    described = pl.concat([conform(reports.drop("doc"), REPORTS), _describe_scans(documents)]).sort("document_id")
    cells = pl.concat([clean.cells.with_columns(is_doubtful=pl.lit(value=False)).select("doc", *_CELL_SCHEMA), careful_cells])
    if rejections:
        cells = cells.filter(pl.col("doc").is_in(kept.implode()))
    sections = sections.filter(pl.col("doc").is_in(kept.implode()))
    mentions = find_mentions(batch, readable["report_year"]).filter(pl.col("doc").is_in(kept.implode()))
    mentions = place_mentions(mentions, sections, cells)
    return ParsedTables(
        outcomes_by_document=_build_outcome_rows(documents, readable, described, rejections),
        reports=described,
        cells=_name_documents(cells.sort("doc", maintain_order=True), readable),
        unplaced=conform(_name_documents(unplaced, readable), UNPLACED),
        sections=conform(_name_documents(sections, readable), SECTIONS_TABLE),
        mentions=conform(_name_documents(mentions, readable), MENTIONS),
        evidence=identities.evidence.filter(pl.col("document_id").is_in(described["document_id"].implode())),
    )


def _name_documents(frame: pl.DataFrame, readable: pl.DataFrame) -> pl.DataFrame:
    """The frame with document_id in place of doc, first."""
    return frame.select(readable["document_id"].gather(frame["doc"]), pl.exclude("doc"))


def _build_outcome_rows(batch: pl.DataFrame, readable: pl.DataFrame, reports: pl.DataFrame, rejections: dict[int, Issue]) -> pl.DataFrame:
    rejected = pl.DataFrame(
        {
            "document_id": [readable["document_id"][doc] for doc in rejections],
            "rejected_for": pl.Series([issue.value for issue in rejections.values()], dtype=OUTCOMES["issue"]),
        },
        schema_overrides={"document_id": pl.String},
    )
    joined = (
        batch.select("document_id", "report_year", "issue", "detail")
        .join(reports.select("document_id", "status", read_issue="issue"), on="document_id", how="left", maintain_order="left")
        .join(rejected, on="document_id", how="left", maintain_order="left")
    )
    return conform(
        joined.with_columns(
            status=pl.col("status").cast(pl.String).fill_null("rejected"), issue=pl.coalesce("rejected_for", "read_issue", "issue")
        ).select(_OUTCOME_BY_DOCUMENT.names()),
        _OUTCOME_BY_DOCUMENT,
    )


def _describe_scans(batch: pl.DataFrame) -> pl.DataFrame:
    """The report rows of documents that are pictures: they may well be reports, and nothing of them is known before OCR."""
    scans = batch.filter(pl.col("issue") == Issue.NEEDS_OCR.value).select("document_id", "report_year", "issue")
    none = pl.lit(0)
    return conform(
        scans.with_columns(
            status=pl.lit(STATUSES[1]), expected_cell_count=none, located_cell_count=none, doubtful_cell_count=none,
            is_cut_off=pl.lit(value=False), parser_version=pl.lit(PARSER_VERSION),
        ),
        REPORTS,
    )  # fmt: skip


def _read_rest(
    readable: pl.DataFrame, line_counts: Ints, clean: CleanReading, sections: pl.DataFrame, lexicon: Lexicon
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, dict[int, Issue]]:
    """Reads carefully what the batch reading left over, and tells reports from other documents."""
    size = len(readable)
    is_clean = np.zeros(size, dtype=bool)
    is_clean[clean.doc] = True
    heading_counts = np.bincount(sections["doc"].to_numpy(), minlength=size)
    named_otherwise = readable["text"].str.head(NAME_CHARACTERS).str.contains(ABOUT_REPORTS).to_numpy()
    rejections: dict[int, Issue] = {}
    records: list[dict[str, object]] = []
    cells: list[tuple[object, ...]] = []
    unplaced: list[tuple[object, ...]] = []
    texts, media_types, years = readable["text"], readable["media_type"], readable["report_year"]
    for doc in np.flatnonzero(~is_clean | named_otherwise).tolist():
        text = texts[doc]
        if is_clean[doc]:
            reading, has_values, has_tables = None, True, True
        else:
            reading = _read_carefully(text, lexicon, media_types[doc], years[doc])
            is_other_table = reading.expected_count is not None and not is_annual(text)
            has_values, has_tables = reading.value_count > 0 and not is_other_table, reading.has_tables
        issue = find_rejection(text, has_values=has_values, has_tables=has_tables, heading_count=int(heading_counts[doc]))
        if issue is Issue.BLANK_FORM and reading is not None and reading.value_count:
            issue = Issue.NOT_A_REPORT
        if issue is not None:
            rejections[doc] = issue
        elif reading is not None:
            records.append(_describe(doc, reading, lexicon, text, years[doc]))
            doubtful = reading.head_count > 1
            cells += [
                (doc, c.table, c.row, c.column, c.value, c.raw, c.line, c.method, c.is_doubtful or doubtful, c.unit) for c in reading.cells
            ]
            unplaced += [(doc, *number) for number in reading.unplaced]
    careful = pl.DataFrame(records, schema=_RECORD)
    kept = np.array([d for d in clean.doc.tolist() if d not in rejections], dtype=np.int64)
    reports = pl.concat([_describe_clean(readable, line_counts, clean, kept, lexicon), careful]).sort("doc")
    placed = pl.DataFrame(cells, schema={"doc": pl.UInt32(), **_CELL_SCHEMA}, orient="row")
    return reports, placed, pl.DataFrame(unplaced, schema=_UNPLACED_SCHEMA, orient="row"), rejections


def _read_carefully(text: str, lexicon: Lexicon, media_type: str, year: int | None) -> Reading:
    """The grid tables; without them, in a report for a year before them, the statistics table."""
    reading = read_document(text, lexicon, media_type)
    may_be_older = not reading.has_tables if year is None else year < _FIRST_YEAR_OF_GRID and not reading.cells
    older = read_statistics(text, media_type) if may_be_older else None
    return older or reading


_RECORD: dict[str, pl.DataType] = {
    "doc": pl.UInt32(),
    **{
        name: REPORTS[name]
        for name in (
            "template",
            "layout",
            "status",
            "issue",
            "expected_cell_count",
            "located_cell_count",
            "doubtful_cell_count",
            "is_cut_off",
        )
    },
    "parser_version": pl.String(),
}


def _describe(doc: int, reading: Reading, lexicon: Lexicon, text: str, year: int | None) -> dict[str, object]:
    """The report row of a careful reading."""
    form = reading.form or next((f for f in lexicon.forms if f.template == reading.template), None)
    expected = reading.expected_count or (form.cell_count if form is not None else 0)
    several = reading.head_count > 1
    doubtful = len(reading.cells) if several else sum(c.is_doubtful for c in reading.cells)
    located = len(reading.cells) - doubtful
    template = reading.template
    if not reading.has_tables and year is not None and year < _FIRST_YEAR_OF_GRID and _PRE_FORM.search(text):
        template, issue = "pre2019", Issue.INCOMPLETE_TABLES
    elif several:
        issue = Issue.MULTIPLE_REPORTS
    elif not reading.has_tables:
        issue = Issue.NO_TABLES
    elif not reading.cells and not reading.value_count:
        issue = Issue.EMPTY_TABLES
    elif located == expected and expected:
        issue = None
    else:
        issue = Issue.DOUBTFUL_CELLS if doubtful and located + doubtful == expected else Issue.INCOMPLETE_TABLES
    return {
        "doc": doc, "template": template, "layout": reading.layout, "status": STATUSES[0] if issue is None else STATUSES[1],
        "issue": None if issue is None else issue.value, "expected_cell_count": expected, "located_cell_count": located,
        "doubtful_cell_count": doubtful, "is_cut_off": reading.is_cut_off, "parser_version": PARSER_VERSION,
    }  # fmt: skip


def _describe_clean(readable: pl.DataFrame, line_counts: Ints, clean: CleanReading, kept: Ints, lexicon: Lexicon) -> pl.DataFrame:
    """The report rows of the batch reading: what is printed is located and nothing doubtful; table 四 may be missing."""
    at = np.searchsorted(clean.doc, kept)
    form = pl.Series(clean.form[at])
    text = readable["text"].gather(pl.Series(kept))
    media_type = readable["media_type"].gather(pl.Series(kept))
    share = pl.Series(clean.line_share[at])
    is_per_line, is_one_line = share > 0.9, pl.Series(line_counts[kept] <= 30)  # noqa: PLR2004
    has_pipe = text.str.contains("|", literal=True)
    layout = pl.select(
        pl.when(media_type == "text/html").then(pl.lit("html"))
        .when(text.str.contains("|---", literal=True) | text.str.contains("| ---", literal=True)).then(pl.lit("markdown"))
        .when(has_pipe & is_per_line).then(pl.lit("pipe_cells"))
        .when(has_pipe).then(pl.lit("pipe_rows"))
        .when(is_per_line).then(pl.lit("bare_cells"))
        .when(text.str.contains("\t", literal=True)).then(pl.lit("tabs"))
        .when((share == 0) & is_one_line).then(pl.lit("one_line"))
        .otherwise(pl.lit("spaced_rows"))
    ).to_series()  # fmt: skip
    expected = pl.Series([f.cell_count for f in lexicon.forms], dtype=pl.Int32).gather(form)
    located = pl.Series(clean.cell_count[at].astype(np.int32))
    is_whole = located == expected
    status = pl.select(pl.when(is_whole).then(pl.lit(STATUSES[0])).otherwise(pl.lit(STATUSES[1])).cast(REPORTS["status"])).to_series()
    issue = pl.select(pl.when(~is_whole).then(pl.lit(Issue.INCOMPLETE_TABLES.value)).cast(REPORTS["issue"])).to_series()
    return pl.DataFrame(
        {
            "doc": kept.astype(np.uint32), "template": pl.Series([f.template for f in lexicon.forms]).gather(form), "layout": layout,
            "status": status, "issue": issue,
            "expected_cell_count": expected, "located_cell_count": located,
            "doubtful_cell_count": pl.Series([0] * len(kept), dtype=pl.Int32),
            "is_cut_off": pl.Series([False] * len(kept), dtype=pl.Boolean),
            "parser_version": pl.Series([PARSER_VERSION] * len(kept), dtype=pl.String),
        }
    )  # fmt: skip
