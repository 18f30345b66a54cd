"""Reads documents into the staging tables. The public entry of the parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from ingest import PARSER_VERSION
from ingest.classifying import ABOUT_REPORTS, NAME_CHARACTERS, find_rejection
from ingest.errors import Issue
from ingest.identity import Identities, read_identities
from ingest.interpreting import Reading, read_document
from ingest.lexicon import Lexicon, load_lexicon
from ingest.placing import CleanReading, TokenCodes, read_clean
from ingest.sections import find_sections
from ingest.tables import CELLS, EVIDENCE, OUTCOMES, RAW_DOCUMENTS, REPORTS, SECTIONS_TABLE, STATUSES, conform, empty
from ingest.tokens import TokenStream, read_tokens

BATCH_SIZE = 2000
"""Documents read at once: large enough to share the work, small enough to stay in the processor's cache."""
_IDENTITY_BATCH_SIZE = 4000

_CELL_COLUMNS = ["table", "row", "column", "value", "raw", "line", "method", "is_doubtful", "unit"]
_PRE_FORM = re.compile(r"指\s*标\s*名\s*称|统\s*计\s*指\s*标")
_FIRST_YEAR_OF_GRID = 2019


@dataclass(frozen=True)
class ParsedTables:
    """What was read. `outcomes_by_document`: document_id, report_year, status, issue, detail, one row per document; `reports`, `cells`,
    `sections` and `evidence` have their declared schemas (ingest.tables), by document_id, cells in printed order."""

    outcomes_by_document: pl.DataFrame
    reports: pl.DataFrame
    cells: pl.DataFrame
    sections: pl.DataFrame
    evidence: pl.DataFrame


_OUTCOME_BY_DOCUMENT = pl.Schema({name: dtype for name, dtype in OUTCOMES.items() if name != "source"})


def parse_documents(documents: pl.DataFrame, lexicon: Lexicon | None = None, batch_size: int = BATCH_SIZE) -> ParsedTables:
    """Reads every document of a frame with the schema RAW_DOCUMENTS. Never raises for what a document holds."""
    parts = list(iter_parsed(documents, lexicon, batch_size))
    return ParsedTables(
        outcomes_by_document=pl.concat([empty(_OUTCOME_BY_DOCUMENT), *(p.outcomes_by_document for p in parts)]),
        reports=pl.concat([empty(REPORTS), *(p.reports for p in parts)]),
        cells=pl.concat([empty(CELLS), *(p.cells for p in parts)]),
        sections=pl.concat([empty(SECTIONS_TABLE), *(p.sections for p in parts)]),
        evidence=pl.concat([empty(EVIDENCE), *(p.evidence for p in parts)]),
    )


def iter_parsed(documents: pl.DataFrame, lexicon: Lexicon | None = None, batch_size: int = BATCH_SIZE) -> Iterator[ParsedTables]:
    """The same, a batch at a time in order of document_id: memory does not grow with the number of documents."""
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


def _parse_batch(batch: pl.DataFrame, lexicon: Lexicon, codes: TokenCodes, identities: Identities) -> ParsedTables:
    readable = batch.filter(pl.col("text").is_not_null()).rechunk()
    texts = readable["text"]
    stream = read_tokens(texts)
    clean = _read_batch(texts, stream, codes, lexicon)
    sections = find_sections(texts, stream, lexicon)
    reports, careful_cells, rejections = _read_rest(readable, clean, sections, lexicon)
    kept = reports["doc"]
    reports = reports.with_columns(document_id=readable["document_id"].gather(kept), report_year=readable["report_year"].gather(kept)).join(
        identities.identity.drop("report_year"), on="document_id", how="left", maintain_order="left"
    )
    cells = clean.cells.with_columns(is_doubtful=pl.lit(value=False)).select("doc", *_CELL_COLUMNS)
    if rejections:
        cells = cells.filter(pl.col("doc").is_in(kept.implode()))
    cells = cells.merge_sorted(careful_cells, key="doc")
    sections = sections.filter(pl.col("doc").is_in(kept.implode()))
    outcomes = _build_outcome_rows(batch, readable, reports, rejections)
    return ParsedTables(
        outcomes_by_document=outcomes,
        reports=conform(reports.drop("doc"), REPORTS),
        cells=_name_documents(cells, readable, CELLS),
        sections=_name_documents(sections, readable, SECTIONS_TABLE),
        evidence=identities.evidence.filter(pl.col("document_id").is_in(reports["document_id"].implode())),
    )


def _read_batch(texts: pl.Series, stream: TokenStream, codes: TokenCodes, lexicon: Lexicon) -> CleanReading:
    """The batch reading; what it leaves over once more with spaces as borders."""
    clean = read_clean(stream, codes, lexicon, len(texts))
    rest = np.setdiff1d(np.arange(len(texts)), clean.doc)
    spaced = read_tokens(texts.gather(pl.Series(rest)), split_spaces=True)
    more = read_clean(spaced, codes, lexicon, len(rest))
    return clean.merge(more, rest)


def _name_documents(frame: pl.DataFrame, readable: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return conform(frame.with_columns(document_id=readable["document_id"].gather(frame["doc"])).drop("doc"), schema)


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


def _read_rest(
    readable: pl.DataFrame, clean: CleanReading, sections: pl.DataFrame, lexicon: Lexicon
) -> tuple[pl.DataFrame, pl.DataFrame, dict[int, Issue]]:
    """Reads carefully what the batch reading left over, and tells reports from other documents."""
    size = len(readable)
    is_clean = np.zeros(size, dtype=bool)
    is_clean[clean.doc] = True
    heading_counts = np.bincount(sections["doc"].to_numpy(), minlength=size)
    named_otherwise = readable["text"].str.head(NAME_CHARACTERS).str.contains(ABOUT_REPORTS).to_numpy()
    rejections: dict[int, Issue] = {}
    records: list[dict[str, object]] = []
    cells: list[tuple[object, ...]] = []
    texts, media_types, years = readable["text"], readable["media_type"], readable["report_year"]
    for doc in np.flatnonzero(~is_clean | named_otherwise).tolist():
        text = texts[doc]
        if is_clean[doc]:
            reading, has_values, has_tables = None, True, True
        else:
            reading = read_document(text, lexicon, media_types[doc])
            has_values, has_tables = reading.value_count > 0, reading.has_tables
        issue = find_rejection(text, has_values=has_values, has_tables=has_tables, heading_count=int(heading_counts[doc]))
        if issue is not None:
            rejections[doc] = issue
        elif reading is not None:
            records.append(_describe(doc, reading, lexicon, text, years[doc]))
            doubtful = reading.head_count > 1
            cells += [
                (doc, c.table, c.row, c.column, c.value, c.raw, c.line, c.method, c.is_doubtful or doubtful, c.unit) for c in reading.cells
            ]
    careful = pl.DataFrame(records, schema=_RECORD)
    kept = np.array([d for d in clean.doc.tolist() if d not in rejections], dtype=np.int64)
    reports = pl.concat([_describe_clean(readable, clean, kept, lexicon), careful]).sort("doc")
    schema: dict[str, pl.DataType] = {"doc": pl.UInt32(), **{name: CELLS[name] for name in _CELL_COLUMNS}}
    return reports, pl.DataFrame(cells, schema=schema, orient="row"), rejections


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
    expected = form.cell_count if form is not None else 0
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


def _describe_clean(readable: pl.DataFrame, clean: CleanReading, kept: np.ndarray, lexicon: Lexicon) -> pl.DataFrame:
    """The report rows of the batch reading: everything located, nothing doubtful."""
    position = {int(d): i for i, d in enumerate(clean.doc.tolist())}
    at = np.array([position[int(d)] for d in kept], dtype=np.int64)
    forms = [lexicon.forms[f] for f in clean.form[at]]
    text = readable["text"].gather(pl.Series(kept))
    media_type = readable["media_type"].gather(pl.Series(kept))
    share = pl.Series(clean.line_share[at])
    is_per_line, is_one_line = share > 0.9, text.str.count_matches("\n", literal=True) < 30  # noqa: PLR2004
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
    count = pl.Series([f.cell_count for f in forms], dtype=pl.Int32)
    return pl.DataFrame(
        {
            "doc": kept.astype(np.uint32), "template": pl.Series([f.template for f in forms], dtype=pl.String), "layout": layout,
            "status": pl.Series([STATUSES[0]] * len(kept), dtype=REPORTS["status"]),
            "issue": pl.Series([None] * len(kept), dtype=REPORTS["issue"]), "expected_cell_count": count, "located_cell_count": count,
            "doubtful_cell_count": pl.Series([0] * len(kept), dtype=pl.Int32),
            "is_cut_off": pl.Series([False] * len(kept), dtype=pl.Boolean),
            "parser_version": pl.Series([PARSER_VERSION] * len(kept), dtype=pl.String),
        }
    )  # fmt: skip
