"""Errors raised to callers, and the issue codes that a bad document carries instead of raising.

A document never raises: what is wrong with it becomes an `Issue` on its outcome row. Exceptions are for callers' mistakes
(a path that does not exist, a template file that does not validate).
"""

from enum import StrEnum


class NianbaoError(Exception):
    """Base of every error this software raises on purpose; its message names the place and the remedy."""


class InputPathError(NianbaoError):
    """A path given by the caller does not exist or cannot be listed."""


class TemplateError(NianbaoError):
    """A statutory template or alias file does not validate."""


class RuleError(NianbaoError):
    """An entry of the rule catalogue does not validate."""


class StorageError(NianbaoError):
    """A stored table is missing or does not have its declared schema."""


class Issue(StrEnum):
    """Why a document is suspect or rejected. Values are public: the `issue` of an outcome row (contract, section 3)."""

    # rejected: nothing could be read
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNDECODABLE = "undecodable"
    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"
    UNSAFE_ARCHIVE_MEMBER = "unsafe_archive_member"
    # rejected: read, but it is no report
    NOT_A_REPORT = "not_a_report"
    BLANK_FORM = "blank_form"
    # suspect: a report whose figures are not all there
    NO_TABLES = "no_tables"
    EMPTY_TABLES = "empty_tables"
    INCOMPLETE_TABLES = "incomplete_tables"
    DOUBTFUL_CELLS = "doubtful_cells"
    MULTIPLE_REPORTS = "multiple_reports"
    NEEDS_OCR = "needs_ocr"


ISSUE_REMEDIES: dict[Issue, str] = {
    Issue.EMPTY: "The file holds no text. Fetch it again from its source.",
    Issue.TOO_LARGE: "The file is larger than the limit. Raise NIANBAO_MAX_BYTES if it is genuine.",
    Issue.UNDECODABLE: "The bytes are not UTF-8, GB18030 or UTF-16 text. Save the page again with its encoding declared.",
    Issue.UNREADABLE: "The file or archive could not be opened. Check that it is whole, has no password and may be read.",
    Issue.UNSUPPORTED: "No reader takes this kind of file. Convert it to text, HTML, DOCX or PDF.",
    Issue.UNSAFE_ARCHIVE_MEMBER: "The archive member has an unsafe path or expands too far. Unpack and inspect it by hand.",
    Issue.NOT_A_REPORT: "The text is not an annual report of disclosure work.",
    Issue.BLANK_FORM: "The statutory form is there but nothing is filled in.",
    Issue.NO_TABLES: "The report's statutory tables are not in the text. Look for them as an attachment or a picture.",
    Issue.EMPTY_TABLES: "The labels of the tables are in the text but no values. Fetch the page again.",
    Issue.INCOMPLETE_TABLES: "Some cells of the statutory tables were not found in the text.",
    Issue.DOUBTFUL_CELLS: "Some cells have more than one reading; they are marked doubtful.",
    Issue.MULTIPLE_REPORTS: "The file holds more than one report. Split it.",
    Issue.NEEDS_OCR: "The pages are pictures. Run OCR, or find the report as text, HTML or DOCX.",
}
"""Issue → one English sentence: what it means and what a person can do."""
