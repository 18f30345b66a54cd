"""Compares what was read with what was printed, many documents at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import polars as pl
from builders.documents import build_raw
from properties.cases import Case

from ingest.parsing import ParsedTables, parse_documents
from ingest.reading.readers import read_bytes
from ingest.templates.printing import CellKey

ReadCell: TypeAlias = tuple[CellKey, float | None, str, int, str, bool]
"""(key, value, raw, line, method, is_doubtful)."""


class SilentError(NamedTuple):
    """A value that was read without doubt and is not what the document prints in that cell, or not on that line."""

    case: str
    cell: CellKey
    kind: str  # value, blank, absent, line
    printed: str | None
    read: str
    line: int
    method: str


class Verdict(NamedTuple):
    """What became of the numbers of one case."""

    case: Case
    printed: int  # numbers in the text
    read: int  # of them read, without doubt
    silent: tuple[SilentError, ...]
    text: str
    outcomes: int


def read_case(case: Case) -> str:
    """The text that the parser gets: of HTML, what the reader made of it."""
    media_type = "text/html" if case.report.media_type == "text/html" else "text/plain"
    text = read_bytes(case.report.content, media_type).text
    assert text is not None
    return text


def parse_texts(texts: Sequence[str], media_types: Sequence[str]) -> tuple[ParsedTables, list[str]]:
    """All texts in one go, and the document ids in the order given."""
    raws = [build_raw([t for t, m in zip(texts, media_types, strict=True) if m == kind], kind) for kind in dict.fromkeys(media_types)]
    raw = pl.concat(raws)
    by_text = dict(zip(raw["text"], raw["document_id"], strict=True))
    return parse_documents(raw.unique("document_id", maintain_order=True)), [by_text[text] for text in texts]


def judge_cases(cases: Sequence[Case]) -> Iterator[Verdict]:
    """One verdict per case, in the order given."""
    texts = [read_case(case) for case in cases]
    parsed, ids = parse_texts(texts, ["text/html" if c.report.media_type == "text/html" else "text/plain" for c in cases])
    cells: dict[str, list[ReadCell]] = {}
    for document, table, row, column, *rest in parsed.cells.select(
        "document_id", "table", "row", "column", "value", "raw", "line", "method", "is_doubtful"
    ).iter_rows():
        cells.setdefault(document, []).append(((table, row, column), *rest))
    outcomes = Counter(parsed.outcomes_by_document["document_id"])
    for case, text, document in zip(cases, texts, ids, strict=True):
        yield _judge(case, text, cells.get(document, []), outcomes[document])


def _judge(case: Case, text: str, cells: Sequence[ReadCell], outcomes: int) -> Verdict:
    report = case.report
    lines = report.text.split("\n")
    silent: list[SilentError] = []
    read = 0
    for key, value, raw, line, method, is_doubtful in cells:
        if is_doubtful or key in case.unjudged:
            continue
        printed = report.figures.get(key)
        kind = None
        if key not in report.figures:
            kind = "absent" if value is not None else None
        elif value != printed:
            kind = "value" if value is not None else "blank"
        elif value is not None and report.media_type != "text/html" and lines[line - 1] != lines[report.lines[key] - 1]:
            kind = "line"  # an equal line is as good a witness
        elif value is not None:
            read += 1
        if kind is not None:
            silent.append(SilentError(case.name, key, kind, report.raws.get(key), raw, line, method))
    numbers = sum(value is not None for value in report.figures.values())
    return Verdict(case, numbers, read, tuple(silent), text, outcomes)
