"""Rows of `.jsonl` and `.parquet` files that hold one document each in a text column."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import polars as pl

from ingest.errors import Issue
from ingest.reading.inputs import Input, IsUnchanged, ReadLimits, build_refusal, build_size_refusal, build_unchanged

TEXT_COLUMNS: Final = ("text", "content", "full_text", "body")
"""Names of the column that holds the document, in the order in which they are tried."""

_MEDIA_TYPE: Final = "text/plain"
_PARQUET_BATCH_ROWS: Final = 1024
_MAX_JSON_GROWTH: Final = 6  # `\\u4e2d` for an ASCII character is the longest escape of JSON
_NO_COLUMN: Final = "no column is named " + ", ".join(TEXT_COLUMNS)


def scan_jsonl(path: Path, source: str, modified_ns: int, limits: ReadLimits, unchanged: IsUnchanged | None) -> Iterator[Input]:
    """The rows of a JSON Lines file; blank lines are no rows. One `unsupported` input when no row has a text column."""
    waiting: list[Input] = []  # rows without text before the first row with one: the file may turn out to be no corpus
    has_text = False
    row = 0
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            for line in _read_lines(file, limits.max_bytes * _MAX_JSON_GROWTH):
                item = _read_row(line, f"{source}#{row}", modified_ns, limits, unchanged)
                row += 1
                if has_text:
                    yield item
                elif item.issue is None or item.issue is Issue.TOO_LARGE:
                    has_text = True
                    yield from waiting
                    waiting.clear()
                    yield item
                else:
                    waiting.append(item)
    except OSError as error:
        yield from waiting
        yield build_refusal(source, 0, modified_ns, Issue.UNREADABLE, f"the file cannot be read after row {row}: {error.strerror}")
        return
    if row == 0:
        yield build_refusal(source, size, modified_ns, Issue.EMPTY, "the corpus has no rows")
    elif not has_text:
        yield build_refusal(source, size, modified_ns, Issue.UNSUPPORTED, f"{row} rows, {_NO_COLUMN}")


def _read_lines(file: IO[bytes], max_bytes: int) -> Iterator[bytes | int]:
    """The lines that are not blank; for one that is too long, its length in bytes."""
    is_first = True
    while line := file.readline(max_bytes + 1):
        if is_first:
            line, is_first = line.removeprefix(b"\xef\xbb\xbf"), False
        if len(line) > max_bytes:
            length = len(line)
            while not line.endswith(b"\n") and (line := file.readline(1 << 20)):
                length += len(line)
            yield length
        elif line.strip():
            yield line


def _read_row(line: bytes | int, source: str, modified_ns: int, limits: ReadLimits, unchanged: IsUnchanged | None) -> Input:
    if isinstance(line, int):
        return build_size_refusal(source, line, modified_ns, limits)
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        return build_refusal(source, len(line), modified_ns, Issue.UNREADABLE, f"the row is no JSON: {error}")
    if not isinstance(record, dict):
        return build_refusal(source, len(line), modified_ns, Issue.UNSUPPORTED, "the row is no JSON object")
    column = next((name for name in TEXT_COLUMNS if name in record), None)
    if column is None:
        return build_refusal(source, len(line), modified_ns, Issue.UNSUPPORTED, _NO_COLUMN)
    text = record[column]
    if text is not None and not isinstance(text, str):
        return build_refusal(source, len(line), modified_ns, Issue.UNSUPPORTED, f"the column {column} holds no text")
    return _build_row(text, source, modified_ns, limits, unchanged)


def _build_row(text: str | None, source: str, modified_ns: int, limits: ReadLimits, unchanged: IsUnchanged | None) -> Input:
    if text is None:
        # A row of a corpus all the same: no text, but a text column.
        return Input(source, b"", None, _MEDIA_TYPE, 0, modified_ns, None, None)
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        return build_refusal(source, len(text), modified_ns, Issue.UNDECODABLE, "the text holds half a character (a lone surrogate)")
    if size > limits.max_bytes:
        return build_size_refusal(source, size, modified_ns, limits)
    if unchanged is not None and unchanged(source, size, modified_ns):
        return build_unchanged(source, _MEDIA_TYPE, size, modified_ns)
    return Input(source, None, text, _MEDIA_TYPE, size, modified_ns, None, None)


def scan_parquet(path: Path, source: str, modified_ns: int, limits: ReadLimits, unchanged: IsUnchanged | None) -> Iterator[Input]:
    """The rows of a Parquet file, read batch by batch. One `unsupported` input when it has no text column of type String."""
    row = 0
    try:
        size = path.stat().st_size
        frame = pl.scan_parquet(path, glob=False)
        schema = frame.collect_schema()
        column = next((name for name in TEXT_COLUMNS if schema.get(name) == pl.String), None)
        if column is None:
            yield build_refusal(source, size, modified_ns, Issue.UNSUPPORTED, f"{_NO_COLUMN} and holds text")
            return
        for texts in _read_batches(frame, column):
            for text in texts:
                yield _build_row(text, f"{source}#{row}", modified_ns, limits, unchanged)
                row += 1
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        message = str(error).splitlines()[0] if str(error) else type(error).__name__
        yield build_refusal(source, 0, modified_ns, Issue.UNREADABLE, f"the file cannot be read after row {row}: {message}")
        return
    if row == 0:
        yield build_refusal(source, size, modified_ns, Issue.EMPTY, "the corpus has no rows")


def _read_batches(frame: pl.LazyFrame, column: str) -> Iterator[pl.Series]:
    for batch in frame.select(column).collect_batches(chunk_size=_PARQUET_BATCH_ROWS, maintain_order=True):
        yield batch.get_column(column)
