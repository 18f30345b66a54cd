"""Bytes to text: what is an input, which reader takes it, and why it could not be read. Nothing here raises for a bad file.

Does not belong here: what a text means (`ingest.identity`, `ingest.parsing`) and how it is stored (`ingest.documents`).
"""

from ingest.reading.inputs import Input, ReadLimits
from ingest.reading.readers import READERS, Reader, ReadResult, read_bytes, read_row_text
from ingest.reading.sources import scan_inputs

__all__ = ["READERS", "Input", "ReadLimits", "ReadResult", "Reader", "read_bytes", "read_row_text", "scan_inputs"]
