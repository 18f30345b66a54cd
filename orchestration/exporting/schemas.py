"""What describes an exported table to software: a JSON Schema of its lines, a Frictionless resource of its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from orchestration.exporting.files import TIMESTAMP_FORMAT, FileFormat
from orchestration.exporting.tables import Column, Kind, Table

_JSON_TYPES: Final[Mapping[Kind, Mapping[str, str]]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
}
_FIELD_TYPES: Final[Mapping[Kind, Mapping[str, str]]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "date"},
    "timestamp": {"type": "datetime", "format": TIMESTAMP_FORMAT},
}
_MEDIA_TYPES: Final[Mapping[FileFormat, str]] = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True)
class ExportedTable:
    """One table as it was written. `blanks`: text columns with an empty text somewhere."""

    table: Table
    file: str
    rows: int
    bytes: int
    sha256: str
    held: str
    blanks: frozenset[str] = frozenset()


def build_json_schema(table: Table) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one line of the table's JSON Lines file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.name,
        "description": table.comment or table.name,
        "type": "object",
        "properties": {column.name: _describe_property(column) for column in table.columns},
        "required": [column.name for column in table.columns],
        "additionalProperties": False,
    }


def build_package(
    exported: Sequence[ExportedTable], file_format: FileFormat, version: str, software: str, source: str, about: Mapping[str, str]
) -> dict[str, Any]:
    """`datapackage.json` (Frictionless Data Package) over the files of a folder.

    `version`: of the publication; `source`: one sentence on the reports that the figures come from; `about`: further properties.
    """
    return {
        "profile": "data-package",
        "name": "nianbao",
        "title": "政府信息公开工作年度报告: figures of the published reports",
        "version": version,
        "licenses": [{"path": "PROVENANCE.md", "title": "Who printed the figures, and on what terms they are passed on"}],
        "sources": [{"title": source}],
        "contributors": [{"title": f"Nianbao {software} (read the reports, checked the figures)", "role": "wrangler"}],
        "nianbao": dict(about),
        "resources": [build_resource(entry, file_format) for entry in exported],
    }


def build_resource(exported: ExportedTable, file_format: FileFormat) -> dict[str, Any]:
    """One resource: the file with its digest, and the schema of its columns."""
    table = exported.table
    is_csv = file_format == "csv"
    schema: dict[str, Any] = {"fields": [_describe_field(column, exported.blanks if is_csv else frozenset()) for column in table.columns]}
    if is_csv:
        schema["missingValues"] = [""]
    if table.key and not (is_csv and exported.blanks & set(table.key)):
        schema["primaryKey"] = list(table.key)
    resource: dict[str, Any] = {
        "name": table.name.replace("_", "-"),
        "title": table.name,
        "description": table.comment or table.name,
        "path": exported.file,
        "format": file_format,
        "mediatype": _MEDIA_TYPES[file_format],
        "bytes": exported.bytes,
        "hash": f"sha256:{exported.sha256}",
        "schema": schema,
    }
    if is_csv:
        resource |= {
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        }
    else:
        resource["profile"] = "data-resource"
    return resource


def _describe_property(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = dict(_JSON_TYPES[column.kind])
    if column.is_nullable:
        described["type"] = [described["type"], "null"]
    if column.comment is not None:
        described["description"] = column.comment
    return described


def _describe_field(column: Column, blanks: frozenset[str]) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, **_FIELD_TYPES[column.kind]}
    if column.comment is not None:
        field["description"] = column.comment
    if not column.is_nullable and column.name not in blanks:
        field["constraints"] = {"required": True}
    return field
