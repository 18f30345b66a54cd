"""Who reports on which year: read from the head and the foot of the text, for whole batches at a time."""

from ingest.identity.naming import build_agency_id
from ingest.identity.reading import IDENTITY, Identities, read_identities, read_identity, read_report_years

__all__ = ["IDENTITY", "Identities", "build_agency_id", "read_identities", "read_identity", "read_report_years"]
