"""From a figure back to the line that it was printed on: of published reports and of those kept out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from ingest.errors import NianbaoError
from ingest.templates import load_templates
from orchestration.history.figures import FIGURES, find_current, read_documents, scan_figures
from orchestration.history.naming import CellName, UnknownNameError, find_agency, find_cell, label_cell
from orchestration.partitions import name_partition
from orchestration.settings import Paths
from orchestration.storage import Storage

State = Literal["published", "kept_out", "absent"]
"""`absent`: the report holds no such cell, published or not."""
AROUND: Final = 2
"""Printed lines of the source shown on either side; blank ones are passed over."""


class TraceError(NianbaoError):
    """There is no report of that agency and year."""


@dataclass(frozen=True)
class SourceLine:
    """A line of a document's text. `mark`: where in it the figure stands (start, end); None: another line, or its place is not certain."""

    number: int
    text: str
    mark: tuple[int, int] | None = None


@dataclass(frozen=True)
class Trace:
    """One cell of one report, and where it stands."""

    state: State
    agency_id: str
    agency_name: str
    report_year: int
    report_scope: str | None
    template: str | None
    cell: CellName
    label: str
    document_id: str
    source: str | None
    reasons: str | None
    """Why the report is kept out of the marts."""
    findings: tuple[tuple[str, str | None, str | None], ...]
    """Of a report kept out: (rule, message in Chinese, in English) of the rules among its reasons."""
    value: Decimal | None
    raw: str | None
    unit: str | None
    method: str | None
    line: int | None
    is_doubtful: bool
    media_type: str | None
    """Of the stored document. Of anything but text, lines are those of the text made from it."""
    lines: tuple[SourceLine, ...]
    """The line with the figure and those around it; empty when the document is no longer stored."""


def trace_cell(paths: Paths, agency: str, report_year: int, cell: str) -> list[Trace]:
    """The cell in every report of an agency and year, published ones first.

    `agency` and `cell` as people write them (orchestration.history.naming). A published figure comes from the current publication, one of
    a report kept out from the staging tables. Raises PublicationError before the first publication, UnknownNameError for an unknown or
    ambiguous agency or cell, TraceError when the agency has no report for that year.
    """
    folder = find_current(paths.published)
    documents = read_documents(folder)
    agency_id = find_agency(agency, documents)
    reports = documents.filter(pl.col("agency_id") == agency_id)
    chosen = reports.filter(pl.col("report_year") == report_year).sort(
        pl.col("reasons").is_not_null(), "report_scope", "source", "document_id"
    )
    if chosen.is_empty():
        years = ", ".join(str(year) for year in reports["report_year"].drop_nulls().unique().sort())
        raise TraceError(f"{reports['agency_name'][0]} has no report for {report_year}; there are reports for {years or 'no known year'}")
    storage = Storage(paths)
    ids = chosen["document_id"].to_list()
    published = scan_figures(folder).filter(pl.col("document_id").is_in(ids)).collect()
    staged = storage.read_document_cells(name_partition(report_year), set(ids))
    texts: dict[str, Mapping[str, Any]] = {
        row["document_id"]: row for row in storage.read_documents(name_partition(report_year), set(ids)).iter_rows(named=True)
    }
    findings = _read_findings(folder, ids)
    traces = []
    refused: list[UnknownNameError] = []
    for report in chosen.iter_rows(named=True):
        cells = _order_cells(_choose_cells(report, published, staged), report["template"])
        try:
            key = find_cell(cell, report["template"], ((row["table"], row["row"], row["column"]) for row in cells))
        except UnknownNameError as error:  # a report of another form may have it
            refused.append(error)
            continue
        traces.append(_trace(report, key, cells, texts.get(report["document_id"]), findings))
    if not traces:
        raise refused[0]
    return traces


def find_figure(line: str, cells: Sequence[tuple[str, bool]], labels: Sequence[str] = ()) -> tuple[int, int] | None:
    """Where in a line the marked one of its cells stands: (start, end).

    `cells`: (as printed, whether it is the one) of the cells printed on the line, in order. None when they may stand in more than one way,
    as where the figure is printed in the words as well. `labels`: printed words that hold no figure.
    """
    hidden = line
    for label in labels:
        hidden = hidden.replace(label, "\0" * len(label))
    spans = [[found.span() for found in _build_pattern(raw).finditer(hidden)] for raw, _ in cells]
    first, last = _embed(spans), _embed([[(-end, -start) for start, end in reversed(found)] for found in reversed(spans)])
    at = next((number for number, (_, is_sought) in enumerate(cells) if is_sought), None)
    if at is None or first is None or last is None:
        return None
    start, end = last[len(cells) - 1 - at]
    return first[at] if first[at] == (-end, -start) else None


def _embed(spans: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[int, int]] | None:
    """The earliest places, one of each list, that follow one another; None when there are none."""
    placed: list[tuple[int, int]] = []
    end: int | None = None
    for found in spans:
        place = next((span for span in found if end is None or span[0] >= end), None)
        if place is None:
            return None
        placed.append(place)
        end = place[1]
    return placed


def _build_pattern(raw: str) -> re.Pattern[str]:
    """The text as printed, not as part of a longer number."""
    return re.compile(rf"(?<![\d.,])(?<!\d[，．]){re.escape(raw)}(?![\d％%])(?![.,，．]\d)")


def _choose_cells(report: Mapping[str, Any], published: pl.DataFrame, staged: pl.DataFrame) -> pl.DataFrame:
    """The cells of a report as it counts now: published where it is, else as staging has read it."""
    own = pl.col("document_id") == report["document_id"]
    if report["reasons"] is None:
        return published.filter(own).with_columns(is_doubtful=pl.lit(value=False))
    kept = staged.filter(own).with_columns(agency_id=pl.lit(report["agency_id"]), method=pl.col("method").cast(pl.String))
    return kept.with_columns(report_year=pl.lit(report["report_year"])).select(
        *(pl.col(name).cast(dtype) for name, dtype in FIGURES.items()), "is_doubtful"
    )


def _order_cells(cells: pl.DataFrame, template: str | None) -> list[Mapping[str, Any]]:
    """The cells as rows, in the order of their form: the order in which a line prints them."""
    forms = load_templates()
    order: dict[tuple[str, str, str], int] = {}
    for table in forms[template].tables if template in forms else ():
        for row in (*table.rows, *table.variants):
            for column in table.columns_of(row.row):
                order[table.table, row.row, column.column] = len(order)
    rows = list(cells.iter_rows(named=True))
    keys = [(row["table"], row["row"], row["column"]) for row in rows]
    return [row for _, row in sorted(zip(keys, rows, strict=True), key=lambda pair: order[pair[0]] if pair[0] in order else len(order))]


def _trace(
    report: Mapping[str, Any],
    key: CellName,
    cells: Sequence[Mapping[str, Any]],
    document: Mapping[str, Any] | None,
    findings: pl.DataFrame,
) -> Trace:
    found = next((row for row in cells if (row["table"], row["row"], row["column"]) == key), None)
    is_published = report["reasons"] is None
    line = None if found is None else found["line"]
    lines: tuple[SourceLine, ...] = ()
    if found is not None and document is not None and line is not None and document["text"] is not None:
        same_line = [(str(row["raw"]), row is found) for row in cells if row["line"] == line and row["raw"]]
        labels = _list_row_labels(report["template"], key)
        lines = tuple(_quote(document["text"].split("\n"), line, same_line, labels))
    own = findings.filter(pl.col("document_id") == report["document_id"])
    return Trace(
        state="absent" if found is None else "published" if is_published else "kept_out",
        agency_id=report["agency_id"],
        agency_name=report["agency_canonical_name"] or report["agency_name"],
        report_year=report["report_year"],
        report_scope=report["report_scope"],
        template=report["template"],
        cell=key,
        label=label_cell(key, report["template"]),
        document_id=report["document_id"],
        source=report["source"],
        reasons=report["reasons"],
        findings=tuple(
            (row[0], row[1], row[2]) for row in own.select("rule_id", "message_zh", "message_en").unique(maintain_order=True).rows()
        ),
        value=None if found is None else found["value"],
        raw=None if found is None else found["raw"],
        unit=None if found is None else found["unit"],
        method=None if found is None else found["method"],
        line=line,
        is_doubtful=found is not None and bool(found["is_doubtful"]),
        media_type=None if document is None else document["media_type"],
        lines=lines,
    )


def _list_row_labels(template: str | None, key: CellName) -> list[str]:
    forms = load_templates()
    if template not in forms:
        return []
    table = forms[template].table(key.table)
    return [row.label for row in (*table.rows, *table.variants) if row.row == key.row]


def _quote(text: Sequence[str], line: int, cells: Sequence[tuple[str, bool]], labels: Sequence[str]) -> Iterator[SourceLine]:
    printed = [number for number, shown in enumerate(text, start=1) if shown.strip()]
    before = [number for number in printed if number < line][-AROUND:]
    after = [number for number in printed if number > line][:AROUND]
    for number in (*before, line, *after):
        shown = text[number - 1]
        yield SourceLine(number, shown, find_figure(shown, cells, labels) if number == line else None)


def _read_findings(folder: Path, ids: Sequence[str]) -> pl.DataFrame:
    """document_id, rule_id, message_zh, message_en of the failures for which reports are kept out."""
    path = folder / "fct_findings.parquet"
    if not path.exists():
        return pl.DataFrame(schema=dict.fromkeys(("document_id", "rule_id", "message_zh", "message_en"), pl.String))
    rules = pl.scan_parquet(folder / "dim_rules.parquet").filter(pl.col("on_failure") == "quarantine").select("rule_id")
    found = pl.scan_parquet(path).filter(pl.col("document_id").is_in(list(ids))).join(rules, on="rule_id", how="semi")
    return found.select("document_id", "rule_id", "message_zh", "message_en").collect()
