"""What waits for a person's decision: stale decisions, reports that are kept out, reports in the marts that fail an error-level rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import polars as pl

from expectations.catalogue import Catalogue
from ingest.errors import NianbaoError
from orchestration.storage import Storage

_SHOWN: Final = 3
_SEVERITIES: Final = {"error": 0, "warning": 1, "info": 2}
_HARMLESS: Final = "report.duplicate_content"
"""The same figures in another place: nothing is to be decided."""
_SHORTEST: Final = 8

Kind = Literal["stale", "kept_out", "finding"]


class ReviewError(NianbaoError):
    """A decision names a report that is not stored, or not only one."""


@dataclass(frozen=True)
class Proof:
    """One place to look at."""

    line: int | None
    raw: str | None
    message_zh: str
    message_en: str
    cell: str | None
    rule_id: str | None


@dataclass(frozen=True)
class Matter:
    """One report that somebody should look at."""

    kind: Kind
    document_id: str
    source: str
    agency_name: str | None
    report_year: int | None
    reasons: tuple[str, ...]
    """Rules that it fails, and the issue of a suspect one; of a stale decision its file and line."""
    proofs: tuple[Proof, ...]
    """The worst first."""


def list_matters(storage: Storage, catalogue: Catalogue) -> list[Matter]:
    """Everything that waits, worst first: stale decisions, then reports kept out, then published ones that fail an error-level rule.

    Within each the more severe first, then those with more failures. What was decided upon already is not listed.
    """
    decisions = storage.read_corpus_table("decisions")
    current = decisions.filter(pl.col("status") != "stale")
    whole = set(current.filter(pl.col("table").is_null() & pl.col("rule_id").is_null())["document_id"])
    accepted = current.filter(pl.col("rule_id").is_not_null()).select("document_id", "rule_id")
    cells = {(row[0], ".".join(row[1:])) for row in current.drop_nulls("table").select("document_id", "table", "row", "column").iter_rows()}
    matters = [_describe_stale(row) for row in decisions.filter(pl.col("status") == "stale").iter_rows(named=True)]
    ranked: list[tuple[tuple[int, ...], str, Matter]] = []
    for partition in storage.read_manifests():
        tables = storage.read_tables(partition, ("outcomes", "reports", "findings"))
        if tables is None:
            continue
        failed = (
            tables["findings"]
            .filter((pl.col("verdict") == "failed") & pl.col("document_id").is_not_null() & (pl.col("rule_id") != _HARMLESS))
            .join(accepted, on=["document_id", "rule_id"], how="anti")
            .sort(pl.col("severity").to_physical(), pl.col("residual").abs(), "line", descending=[True, True, False], nulls_last=True)
        )
        by_document = {str(key[0]): group for key, group in failed.group_by("document_id", maintain_order=True)}
        repeated = set(tables["findings"].filter((pl.col("verdict") == "failed") & (pl.col("rule_id") == _HARMLESS))["document_id"])
        sources = dict(
            tables["outcomes"].drop_nulls("document_id").sort("source", descending=True).select("document_id", "source").iter_rows()
        )
        for report in tables["reports"].filter(~pl.col("document_id").is_in(sorted(whole | repeated))).iter_rows(named=True):
            document_id = report["document_id"]
            found = by_document[document_id] if document_id in by_document else failed.clear()
            matter = _describe_report(report, sources[document_id], found, cells, catalogue.quarantining)
            if matter is not None:
                worst = min((_SEVERITIES[str(severity)] for severity in found["severity"]), default=1)
                ranked.append(((matter.kind == "finding", worst, -found.height), matter.source, matter))
    return matters + [matter for _, _, matter in sorted(ranked, key=lambda item: item[:2])]


def find_document(storage: Storage, name: str) -> tuple[str, str]:
    """document_id and source of a report named by its source, or by the beginning of its document_id (at least 8 characters).

    Raises ReviewError when none is, or several.
    """
    sightings = storage.read_sightings().drop_nulls("document_id").select("document_id", "source").sort("source")
    is_start = pl.col("document_id").str.starts_with(name) if len(name) >= _SHORTEST else pl.lit(value=False)
    found = sightings.filter((pl.col("source") == name) | is_start).unique("document_id", keep="first", maintain_order=True)
    if found.is_empty():
        ends = sightings.filter(pl.col("source").str.ends_with(name)).unique("document_id", keep="first", maintain_order=True)
        found = ends
    if found.is_empty():
        raise ReviewError(f"no report of the latest scan is {name}; `nianbao review` names those that wait")
    if found.height > 1:
        raise ReviewError(f"{name} is not one report: {', '.join(found['source'].head(5))}")
    document_id, source = found.row(0)
    return document_id, source


def read_printed(storage: Storage, document_id: str, cell: tuple[str, ...]) -> str:
    """The raw text of a cell as it is read now; "" for a blank one and for one that the document does not hold."""
    for partition in storage.read_manifests():
        tables = storage.read_tables(partition, ("cells",))
        if tables is not None:
            table, row, column = cell
            found = tables["cells"].filter(document_id=document_id, table=table, row=row, column=column)["raw"]
            if found.len():
                return (found[0] or "").strip()
    return ""


def _describe_stale(row: Mapping[str, Any]) -> Matter:
    cell = None if row["table"] is None else f"{row['table']}.{row['row']}.{row['column']}"
    proof = Proof(None, row["printed"], row["detail_zh"], row["detail_en"], cell, row["rule_id"])
    place = f"{row['file']}:{row['line']}"
    return Matter("stale", row["document_id"], row["source"] or row["document_id"], None, row["report_year"], (place,), (proof,))


def _describe_report(
    report: Mapping[str, Any], source: str, failed: pl.DataFrame, decided: set[tuple[str, str]], quarantining: tuple[str, ...]
) -> Matter | None:
    """None: nothing of it waits."""
    document_id = report["document_id"]
    proofs = []
    for row in failed.iter_rows(named=True):
        names = [f"{cell['table']}.{cell['row']}.{cell['column']}" for cell in row["cells"] or ()]
        if any((document_id, name) in decided for name in names):
            continue  # somebody decided upon a cell that it rests on
        own = None if row["table"] is None else f"{row['table']}.{row['row']}.{row['column']}"
        proofs.append(
            (row["severity"], Proof(row["line"], row["raw"], row["message_zh"] or "", row["message_en"] or "", own, row["rule_id"]))
        )
    rules = list(dict.fromkeys(proof.rule_id for _, proof in proofs if proof.rule_id is not None))
    missing = [f"no_{name}" for name in ("agency", "report_year") if report[f"{name}_id" if name == "agency" else name] is None]
    issue = [] if report["status"] == "accepted" else [f"{report['status']}:{report['issue']}"]
    kept_out = [*issue, *missing, *(rule for rule in rules if rule in quarantining)]
    if not kept_out and not any(severity == "error" for severity, _ in proofs):
        return None
    kind: Kind = "kept_out" if kept_out else "finding"
    shown = [proof for severity, proof in proofs if kept_out or severity == "error"]
    reasons = kept_out or list(dict.fromkeys(str(proof.rule_id) for proof in shown))
    return Matter(
        kind, document_id, source, report["agency_name"], report["report_year"], tuple(dict.fromkeys(reasons)), tuple(shown[:_SHOWN])
    )
