"""Content addressing: inputs to the two raw tables. The same bytes in two places are one document and two sightings."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from ingest.errors import StorageError
from ingest.identity import read_report_years
from ingest.reading import Input, read_bytes, read_row_text
from ingest.reading.inputs import IsUnchanged
from ingest.tables import RAW_DOCUMENTS, RAW_SIGHTINGS

_BATCH_BYTES: Final = 128_000_000
"""Text and bytes that a batch may hold before it is handed on, whatever its number of inputs."""


def build_documents(inputs: Iterable[Input], previous: pl.DataFrame | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(RAW_DOCUMENTS, RAW_SIGHTINGS): one row per distinct content and one row per input, both in the order of the inputs.

    A document that cannot be decoded has a row with a null text and an issue. An input without bytes has a sighting without a document.
    An unchanged input repeats its sighting of `previous` (RAW_SIGHTINGS) and brings no document.

    Raises StorageError when an unchanged input is not in `previous`.
    """
    batches = list(iter_document_batches(inputs, previous=previous))
    return (
        pl.concat([documents for documents, _ in batches] or [pl.DataFrame(schema=RAW_DOCUMENTS)]),
        pl.concat([sightings for _, sightings in batches] or [pl.DataFrame(schema=RAW_SIGHTINGS)]),
    )


def iter_document_batches(
    inputs: Iterable[Input], size: int = 2000, previous: pl.DataFrame | None = None
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """`build_documents` in batches of at most `size` inputs, so that a large scan needs bounded memory.

    A document comes in the batch of its first sighting only; later sightings refer to it.
    """
    known = _index_sightings(previous)
    years: dict[str, int | None] = {}  # of every document so far
    batch = _Batch({}, [], 0)
    for item in inputs:
        _add_input(batch, item, known, years)
        if len(batch.sightings) >= size or batch.byte_count >= _BATCH_BYTES:
            yield _finish(batch, years)
            batch = _Batch({}, [], 0)
    if batch.sightings:
        yield _finish(batch, years)


def find_unchanged(previous: pl.DataFrame) -> IsUnchanged:
    """For `scan_inputs`: recognises the inputs of an earlier scan (RAW_SIGHTINGS) by source, size and time of modification.

    Only inputs that gave a document are recognised: the others are tried again, a limit may have been raised or a reader added.
    """
    seen = {
        (row["source"], row["byte_count"], row["modified_ns"])
        for row in previous.filter(pl.col("document_id").is_not_null()).select("source", "byte_count", "modified_ns").iter_rows(named=True)
    }
    return lambda source, byte_count, modified_ns: (source, byte_count, modified_ns) in seen


@dataclass(slots=True)
class _Batch:
    documents: dict[str, dict[str, Any]]
    sightings: list[dict[str, Any]]
    byte_count: int


def _index_sightings(previous: pl.DataFrame | None) -> dict[str, dict[str, Any]]:
    return {} if previous is None else {row["source"]: row for row in previous.iter_rows(named=True)}


def _add_input(batch: _Batch, item: Input, known: dict[str, dict[str, Any]], years: dict[str, int | None]) -> None:
    if item.is_unchanged:
        if item.source not in known:
            raise StorageError(f"{item.source} is unchanged but has no earlier sighting; scan again without the earlier sightings")
        batch.sightings.append(known[item.source])
        return
    document_id = None
    if item.issue is None:
        data = item.text.encode("utf-8") if item.text is not None else item.data
        if data is None:
            raise AssertionError(item.source)  # is_unchanged covers it
        document_id = hashlib.sha256(data).hexdigest()
        if document_id not in years and document_id not in batch.documents:
            result = read_row_text(item.text) if item.text is not None else read_bytes(data, item.media_type)
            batch.documents[document_id] = {
                "document_id": document_id,
                "report_year": None,
                "media_type": result.media_type,
                "encoding": result.encoding,
                "byte_count": len(data),
                "text": result.text,
                "issue": result.issue,
                "detail": result.detail,
            }
            batch.byte_count += len(data)
    batch.sightings.append(
        {
            "source": item.source,
            "document_id": document_id,
            "report_year": None,
            "byte_count": item.byte_count,
            "modified_ns": item.modified_ns,
            "issue": item.issue,
            "detail": item.detail,
        }
    )


def _finish(batch: _Batch, years: dict[str, int | None]) -> tuple[pl.DataFrame, pl.DataFrame]:
    documents = pl.DataFrame(list(batch.documents.values()), schema=RAW_DOCUMENTS)
    documents = documents.with_columns(read_report_years(documents))
    years.update(zip(documents.get_column("document_id"), documents.get_column("report_year"), strict=True))
    for sighting in batch.sightings:
        if sighting["document_id"] in years:
            sighting["report_year"] = years[sighting["document_id"]]
    return documents, pl.DataFrame(batch.sightings, schema=RAW_SIGHTINGS)
