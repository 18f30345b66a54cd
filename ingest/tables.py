"""The declared schemas of the raw and staging tables: the one place where a column's name and type are written.

Every frame that leaves `ingest` or `expectations` passes through `conform`. Every staging table of a partition is always written with
its declared schema, even when empty. `line` is 1-based in the document's decoded text; offsets are bytes of its UTF-8 encoding.
"""

from typing import Final

import polars as pl

from ingest.errors import Issue, StorageError

STATUSES: Final = ("accepted", "suspect", "rejected")
METHODS: Final = ("label", "order", "arithmetic")
UNPLACED_REASONS: Final = ("unknown_row", "undecided")
"""The form has no such row (一行不属于规定格式); its place, or where one number ends and the next begins, is open."""
VERDICTS: Final = ("passed", "failed", "not_applicable", "errored")
SEVERITIES: Final = ("error", "warning", "info")
CAUSES: Final = ("source", "parse", "unknown")
SECTIONS: Final = ("overview", "proactive", "requests", "disputes", "problems", "other")
"""The six statutory sections 一 … 六 of 国办公开办函〔2021〕30号 and 〔2019〕60号, in order."""
PRECISIONS: Final = ("exact", "about", "at_least", "at_most")
"""12件; 近300件, 300件左右; 300余件, 300件以上; 不到300件."""
AGENCY_LEVELS: Final = ("ministry", "province", "prefecture", "county", "township", "zone")
"""`zone`: development zones and their bodies, which no level of GB/T 2260 holds."""
AGENCY_KINDS: Final = (
    "government",  # 人民政府 of a county or above, also named by its region alone
    "government_office",  # its 办公厅, 办公室
    "department",  # 局, 委, 厅 and other bodies of a government, also those of the State Council and of zones
    "township_government",  # 镇, 乡, 苏木 and 街道办事处
    "zone_committee",  # 管理委员会 of a development zone or the like, also named by its zone alone
    "public_institution",  # 中心, 学校, 医院 and the like: 事业单位 by their names
    "enterprise",  # 公司 and the like
)
REPORT_SCOPES: Final = ("own", "level", "region_total")
"""The agency alone; 本级 (the government and its departments); 汇总 (everything in the region)."""
DECIDED_BY: Final = ("excluded", "tables", "status", "cells", "published_date", "document_id")
"""Of several documents for one report the best has tables, is accepted, has most cells, is published last, has the smallest id."""
REVISION_CHANGE_KINDS: Final = ("differing", "added", "missing")
"""Two figures; a figure that the best does not print; a figure of the best that the document does not print."""
FACTS: Final = (
    "agency",
    "region",
    "report_year",
    "published_date",
    "written_date",
    "document_number",
    "index_number",
    "site_code",
    "report_scope",
)
ORIGINS: Final = (
    "title",
    "above_title",
    "header",
    "opening",
    "period",  # 1月1日至12月31日
    "period_end",
    "body",
    "signature",
    "address",
    "footer",
    "site_code",
    "police_record",  # 公网安备
    "credit_code",  # 统一社会信用代码 in the 索引号
    "icp_record",  # ICP备: a province only
)

_ISSUE = pl.Enum([issue.value for issue in Issue])
_CELL_KEY: Final[dict[str, pl.DataType]] = {"table": pl.String(), "row": pl.String(), "column": pl.String()}

RAW_DOCUMENTS = pl.Schema(
    {
        "document_id": pl.String(),  # sha256 of the bytes, hex
        "report_year": pl.Int16(),  # the year reported on; null: not decidable (partition `unknown`)
        "media_type": pl.String(),
        "encoding": pl.String(),
        "byte_count": pl.Int64(),
        "text": pl.String(),  # null when `issue` says why it could not be read
        "issue": _ISSUE,
        "detail": pl.String(),
    }
)
"""One row per distinct content. Append-only."""

RAW_SIGHTINGS = pl.Schema(
    {
        "source": pl.String(),  # path relative to the folder given, `archive.zip!member`, `corpus.parquet#row`
        "document_id": pl.String(),  # null when the bytes could not be read at all
        "report_year": pl.Int16(),
        "byte_count": pl.Int64(),
        "modified_ns": pl.Int64(),  # of the file that holds it; lets the next scan skip unchanged files
        "issue": _ISSUE,  # of this sighting: why there is no document
        "detail": pl.String(),
    }
)
"""One row per input seen in the latest scan: the same bytes in two places are one document and two sightings."""

OUTCOMES = pl.Schema(
    {
        "source": pl.String(),
        "document_id": pl.String(),
        "report_year": pl.Int16(),
        "status": pl.Enum(STATUSES),
        "issue": _ISSUE,
        "detail": pl.String(),
    }
)
"""Exactly one row per input (sighting). inputs = accepted + suspect + rejected."""

REPORTS = pl.Schema(
    {
        "document_id": pl.String(),
        "report_year": pl.Int16(),
        "agency_id": pl.String(),  # stable key of the canonical name, else of the printed one; null when no agency can be told from others
        "agency_name": pl.String(),  # as the document names it
        "agency_canonical_name": pl.String(),  # in full, with the regions it stands in; null when the region is not decided
        "region_code": pl.String(),  # GB/T 2260, 6 digits, in force in the report year; of a township its county's; null: not decidable
        "agency_level": pl.Enum(AGENCY_LEVELS),
        "agency_kind": pl.Enum(AGENCY_KINDS),
        "report_scope": pl.Enum(REPORT_SCOPES),  # null: the document does not say
        "template": pl.String(),  # `2021`, `2019`, `pre2019`; null: no tables
        "layout": pl.String(),  # how the tables were flattened to text; null: no tables
        "status": pl.Enum(STATUSES),  # accepted or suspect
        "issue": _ISSUE,
        "title": pl.String(),
        "published_date": pl.Date(),
        "written_date": pl.Date(),  # 成文日期, else the date under the signature
        "index_number": pl.String(),
        "document_number": pl.String(),  # 文号
        "site_code": pl.String(),  # 政府网站标识码 of the page
        "expected_cell_count": pl.Int32(),
        "located_cell_count": pl.Int32(),  # placed and not doubtful; blanks and dashes count, they are facts
        "doubtful_cell_count": pl.Int32(),
        "is_cut_off": pl.Boolean(),  # the text ends inside or before its tables
        "parser_version": pl.String(),
    }
)
"""One row per distinct document that is a report (accepted or suspect)."""

CELLS = pl.Schema(
    {
        "document_id": pl.String(),
        **_CELL_KEY,
        "value": pl.Float64(),  # as printed, never repaired; null for a blank or dash (see `raw`) or an unreadable cell
        "raw": pl.String(),  # as printed: "0", "1,234", "251000元"; "" is a blank cell, "-" and the like a dash
        "line": pl.Int32(),
        "method": pl.Enum(METHODS),  # how the cell was placed
        "is_doubtful": pl.Boolean(),  # the reading is one of several
        "unit": pl.String(),  # 件, 项, 万元; for a value printed with its unit, that unit
    }
)
"""One row per cell that the document holds. Cells that it does not hold at all are absent."""

UNPLACED = pl.Schema(
    {
        "document_id": pl.String(),
        "table": pl.String(),  # in whose part of the text it stands
        "label": pl.String(),  # the words printed before it, as far as its line or the lines above tell
        "raw": pl.String(),
        "line": pl.Int32(),
        "reason": pl.Enum(UNPLACED_REASONS),
    }
)
"""Numbers printed in the statutory tables that are no cell of the form as read: nothing that is printed there is lost."""

SECTIONS_TABLE = pl.Schema(
    {
        "document_id": pl.String(),
        "section": pl.Enum(SECTIONS),
        "heading": pl.String(),
        "start_line": pl.Int32(),  # of the heading
        "end_line": pl.Int32(),  # last line of the section, inclusive
        "start_byte": pl.Int64(),  # of the heading's line in the UTF-8 text
        "end_byte": pl.Int64(),  # exclusive
    }
)
"""The statutory sections by line and byte span; texts are not copied."""

MENTIONS = pl.Schema(
    {
        "document_id": pl.String(),
        "section": pl.Enum(SECTIONS),  # null before the first heading
        "subject": pl.String(),  # a key of ingest/mentions/mentions.yml
        "value": pl.Float64(),  # in `unit`: 1.2万条 is 12000 条, 1.2万元 is 1.2 万元; 0 where the words say none
        "precision": pl.Enum(PRECISIONS),
        "raw": pl.String(),  # as printed: "12", "300余", "一千二百", "未收到"
        "unit": pl.String(),  # as printed; null: no unit printed
        "line": pl.Int32(),
        "sentence": pl.String(),  # as printed, at most 200 characters of it
    }
)
"""Numbers stated in prose, by document in printed order. Only what is certain: a number without a row here says nothing."""
EVIDENCE = pl.Schema(
    {
        "document_id": pl.String(),
        "fact": pl.Enum(FACTS),
        "origin": pl.Enum(ORIGINS),
        "value": pl.String(),  # normalised: a name without blanks, a code, a year, an ISO date; null when the source is ambiguous
        "raw": pl.String(),  # as printed, without blanks where it runs over lines; null: counted over the whole opening
        "line": pl.Int32(),
        "is_chosen": pl.Boolean(),  # the fact was decided as this says
        "agrees": pl.Boolean(),  # with what was decided; null: says nothing for it and nothing against it
    }
)
"""What the identity of a report rests on: one row per fact and place that states it."""

FINDINGS = pl.Schema(
    {
        "rule_id": pl.String(),
        "rule_version": pl.Int16(),
        "verdict": pl.Enum(VERDICTS),
        "severity": pl.Enum(SEVERITIES),
        "document_id": pl.String(),  # null: the subject is the partition
        "source": pl.String(),  # first sighting of the document, for people
        "report_year": pl.Int16(),
        "agency_id": pl.String(),
        **_CELL_KEY,  # the subject cell; null where the subject is wider
        "lhs": pl.Float64(),
        "rhs": pl.Float64(),
        "residual": pl.Float64(),  # lhs - rhs
        "cause": pl.Enum(CAUSES),  # of a failure: the agency's slip, our suspected misreading, or unknown
        "line": pl.Int32(),
        "raw": pl.String(),
        "reason": pl.String(),  # of not_applicable and errored
        "message_zh": pl.String(),
        "message_en": pl.String(),
        "cells": pl.List(pl.Struct(_CELL_KEY)),  # every cell the verdict rests on
    }
)
"""Per document and rule: one row per failed subject, or one row `passed` / `not_applicable` / `errored` when nothing failed."""

REVISIONS = pl.Schema(
    {
        "document_id": pl.String(),
        "report_year": pl.Int16(),
        "agency_id": pl.String(),
        "scope": pl.String(),  # under which it is compared: its report_scope, else that of the best document that says its; null: none does
        "revision_rank": pl.Int32(),  # 1: the best of its agency, year and scope
        "revision_count": pl.Int32(),
        "kept_id": pl.String(),  # document_id of the best
        "decided_by": pl.Enum(DECIDED_BY),  # in what it is behind the best; null for the best
        "is_main": pl.Boolean(),  # no document of the agency and year has a narrower scope
        "differing_cell_count": pl.Int32(),  # against the best: figures in both that differ; null: nothing was compared
        "added_cell_count": pl.Int32(),  # figures that the best does not print
        "missing_cell_count": pl.Int32(),  # figures of the best that it does not print
    }
)
"""One row per document of a known agency and year: the order of several documents for one report."""

REVISION_CHANGES = pl.Schema(
    {
        "document_id": pl.String(),
        "kept_id": pl.String(),
        **_CELL_KEY,
        "change": pl.Enum(REVISION_CHANGE_KINDS),
        "value": pl.Float64(),
        "raw": pl.String(),
        "line": pl.Int32(),
        "kept_value": pl.Float64(),
        "kept_raw": pl.String(),
        "kept_line": pl.Int32(),
    }
)
"""One row per cell of which a document and the best of its agency, year and scope do not print the same figure."""

STAGING_TABLES: Final[dict[str, pl.Schema]] = {
    "outcomes": OUTCOMES,
    "reports": REPORTS,
    "cells": CELLS,
    "unplaced": UNPLACED,
    "sections": SECTIONS_TABLE,
    "mentions": MENTIONS,
    "evidence": EVIDENCE,
    "findings": FINDINGS,
    "revisions": REVISIONS,
    "revision_changes": REVISION_CHANGES,
}
"""Table name → schema. Asset key [staging, name] = Parquet path = dbt source."""

STAGING_SORT_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "outcomes": ("source",),
    "reports": ("document_id",),
    "cells": ("document_id",),
    "unplaced": ("document_id",),
    "sections": ("document_id", "section"),
    "mentions": ("document_id",),
    "evidence": ("document_id", "fact"),
    "findings": ("rule_id", "document_id", "table", "row", "column"),
    "revisions": ("document_id",),
    "revision_changes": ("document_id", "table", "row", "column"),
}
"""Every table is written in this order, equal keys as they were made (cells and mentions in printed order), so that a re-run gives the
same bytes."""


def empty(schema: pl.Schema) -> pl.DataFrame:
    """An empty frame of the declared schema."""
    return pl.DataFrame(schema=schema)


def conform(frame: pl.DataFrame, schema: pl.Schema, *, keep_codes: bool = False) -> pl.DataFrame:
    """The frame with exactly the declared columns, order and types; absent columns become null.

    With `keep_codes` text that comes as pl.Categorical stays so, for a frame on its way to storage. Raises StorageError when a column is
    not declared: a misspelt name must not vanish.
    """
    unknown = [name for name in frame.columns if name not in schema]
    if unknown:
        raise StorageError(f"columns {unknown} are not declared; add them to ingest/tables.py or drop them")
    coded = {name for name, dtype in frame.schema.items() if keep_codes and dtype == pl.Categorical and schema[name] == pl.String}
    return frame.select(
        pl.col(name) if name in coded else (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )
