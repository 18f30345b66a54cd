"""Reads the decisions files: CSV and YAML, one entry per document, cell or rule, checked against their schema."""

import csv
import io
import math
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import polars as pl
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from expectations.catalogue import Catalogue
from expectations.decisions.tables import DECISIONS_SORT_KEYS, WRITTEN_DECISIONS
from ingest.declarations import parse_yaml
from ingest.errors import NianbaoError

COLUMNS: Final = ("document_id", "source", "cell", "rule", "decision", "value", "printed", "reason", "decided_by", "decided_on")
"""Columns of a CSV file and keys of a YAML entry, in the order in which `nianbao review` writes them."""
SUFFIXES: Final = (".csv", ".yml", ".yaml")
_SHOWN: Final = 10


class DecisionError(NianbaoError):
    """A decisions file cannot be used: nothing of it is applied until it is put right."""


def _read_blank(value: object) -> object:
    """An empty field of a CSV file says nothing."""
    return None if isinstance(value, str) and not value.strip() else value


def _read_number(value: object) -> object:
    return value.replace(",", "").replace("，", "").strip() if isinstance(value, str) else value


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_OptionalText = Annotated[_Text | None, BeforeValidator(_read_blank)]


class Decision(BaseModel):
    """One entry. Upon a document alone, a `cell` (`table.row.column`) of it, or a `rule` that it fails."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document_id: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    source: _OptionalText = None
    cell: _OptionalText = None
    rule: _OptionalText = None
    decision: Literal["accept", "exclude", "correct"]
    value: Annotated[float | None, BeforeValidator(_read_number), BeforeValidator(_read_blank)] = None
    printed: str | None = None
    reason: _Text
    decided_by: _Text
    decided_on: date

    @field_validator("cell")
    @classmethod
    def _has_three_parts(cls, cell: str | None) -> str | None:
        if cell is not None and len(split_cell(cell)) != 3:  # noqa: PLR2004 table, row, column
            raise ValueError("a cell is written table.row.column, such as requests.new_received.total")
        return cell

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.cell is not None and self.rule is not None:
            raise ValueError("upon a cell or upon a rule, not both: write two entries")
        if self.rule is not None and self.decision != "accept":
            raise ValueError("a rule's finding can be accepted; exclude the document, or correct the cell")
        if self.decision == "correct" and (self.cell is None or self.value is None):
            raise ValueError("correct needs a cell and a value")
        if self.decision != "correct" and self.value is not None:
            raise ValueError("only correct has a value")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError("the value must be a number")
        return self

    @property
    def matter(self) -> str:
        """What is decided upon: two entries upon the same matter contradict or repeat each other."""
        return f"{self.document_id} {self.cell or self.rule or ''}".strip()


def split_cell(cell: str) -> tuple[str, ...]:
    """`table.row.column` → its parts. The row of a statistics table is its printed label, which may hold points."""
    table, _, rest = cell.partition(".")
    row, _, column = rest.rpartition(".")
    return tuple(part for part in (table, row, column) if part)


def list_files(folder: Path) -> list[Path]:
    """The decisions files of a folder, by name; none when there is no such folder."""
    return sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES and path.is_file()) if folder.is_dir() else []


def read_decisions(folder: Path, catalogue: Catalogue) -> pl.DataFrame:
    """WRITTEN_DECISIONS of all files of a folder, by file and line.

    Raises DecisionError that names file and line of up to ten mistakes: a field that is missing, unknown or ill-formed, a rule that does
    not exist or judges no report, a matter that is decided twice.
    """
    rules = {rule.id for rule in catalogue.of_scope("report")}
    problems: list[str] = []
    found: dict[str, tuple[str, int]] = {}
    rows: list[dict[str, Any]] = []
    for path in list_files(folder):
        try:
            entries = list(_read_entries(path))
        except (OSError, UnicodeDecodeError, csv.Error, yaml.YAMLError, DecisionError) as error:
            problems.append(f"{path}: {error}")
            continue
        for line, fields in entries:
            place = f"{path}:{line}"
            try:
                decision = Decision.model_validate(fields)
            except ValidationError as error:
                problems += [f"{place}: {_describe(item)}" for item in error.errors()]
                continue
            if decision.rule is not None and decision.rule not in rules:
                problems.append(f"{place}: no rule of reports is named {decision.rule}; `nianbao rules` lists them")
            if decision.matter in found:
                file, first = found[decision.matter]
                problems.append(f"{place}: decided already at {file}:{first}; keep one of the two")
            found.setdefault(decision.matter, (path.name, line))
            rows.append(_write_row(decision, path.name, line))
    if problems:
        more = f"\nand {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise DecisionError("\n".join(problems[:_SHOWN]) + more)
    return pl.DataFrame(rows, schema=WRITTEN_DECISIONS).sort(DECISIONS_SORT_KEYS)


def _write_row(decision: Decision, file: str, line: int) -> dict[str, Any]:
    table, row, column = (None, None, None) if decision.cell is None else split_cell(decision.cell)
    return {
        "decision_id": decision.matter,
        "file": file,
        "line": line,
        "document_id": decision.document_id,
        "source": decision.source,
        "table": table,
        "row": row,
        "column": column,
        "rule_id": decision.rule,
        "decision": decision.decision,
        "value": decision.value,
        "printed": None if decision.cell is None else (decision.printed or "").strip(),
        "reason": decision.reason,
        "decided_by": decision.decided_by,
        "decided_on": decision.decided_on,
    }


def _read_entries(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Line and fields of every entry."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".csv":
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        unknown = [name for name in reader.fieldnames or () if name not in COLUMNS]
        if unknown:
            raise DecisionError(f"columns {', '.join(map(str, unknown))} are not known; the columns are {', '.join(COLUMNS)}")
        end = reader.line_num
        for fields in reader:
            start, end = end + 1, reader.line_num  # an entry with line breaks in a field begins behind the one before
            if None in fields or None in fields.values():
                raise DecisionError(f"line {start} has not the {len(reader.fieldnames or ())} fields of the first line")
            if any(value.strip() for value in fields.values()):
                yield start, fields
        return
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is None:
        return
    if not isinstance(node, yaml.SequenceNode):
        raise DecisionError("a list of entries is expected")
    for item in node.value:
        entry = parse_yaml(yaml.serialize(item))
        if not isinstance(entry, dict):
            raise DecisionError(f"line {item.start_mark.line + 1}: an entry with the keys {', '.join(COLUMNS)} is expected")
        yield item.start_mark.line + 1, {key: value for key, value in entry.items() if value is not None}


def _describe(item: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in item["loc"])
    if item["type"] == "missing":
        return f"{name} is missing"
    if item["type"] == "extra_forbidden":
        return f"{name} is not known; the keys are {', '.join(COLUMNS)}"
    message = str(item["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}, got {item['input']!r}" if name else message
