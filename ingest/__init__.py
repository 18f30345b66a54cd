"""Reads statutory disclosure reports: bytes in, polars frames out.

A pure library. It imports no orchestrator, reads no environment variable, no clock and no network, and does nothing at import.
"""

PARSER_VERSION = "1"
"""Raised by hand whenever a change may alter what is read from a document; unchanged documents are skipped by it."""
