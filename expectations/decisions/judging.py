"""What becomes of each decision today: applied, without effect, or stale because the document is no longer what was decided upon."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from expectations.catalogue import Catalogue
from expectations.decisions.tables import DECISIONS, DECISIONS_SORT_KEYS
from ingest.tables import conform, empty
from ingest.templates import load_templates

DUPLICATE_RULES: Final = ("report.duplicate_agency_year", "report.duplicate_content")
"""An accepted report must not count an agency-year twice: which of several counts is decided by excluding the others."""

_CHOOSE: Final = (
    "同一机关同一年度已保留另一份报告；要采用本份，请排除（exclude）那一份",
    "another report of the same agency and year is kept; to use this one, exclude that one",
)

_Cell = tuple[str, str, str]
_Verdict = tuple[str, float | None, str | None, str | None]
"""status, decided value, detail zh, detail en."""


@dataclass(frozen=True)
class Evidence:
    """What is stored of the documents that are decided upon; rows of other documents do no harm."""

    reports: pl.DataFrame
    """REPORTS."""
    cells: pl.DataFrame
    """CELLS."""
    findings: pl.DataFrame
    """FINDINGS."""
    sightings: pl.DataFrame
    """source, document_id of the latest scan."""


def judge_decisions(written: pl.DataFrame, evidence: Evidence, catalogue: Catalogue) -> pl.DataFrame:
    """DECISIONS: every entry of `written` (WRITTEN_DECISIONS) with its status against what is stored.

    A decision holds for the bytes that it names. When they are gone from the scan, or the cell is read as something else than `printed`,
    it is stale: nobody has decided upon what is there now.
    """
    if written.is_empty():
        return empty(DECISIONS)
    judge = _Judge(written, evidence, catalogue)
    rows = []
    for entry in written.iter_rows(named=True):
        report = judge.reports.get(entry["document_id"])
        status, value, zh, en = judge.judge(entry, report)
        year = None if report is None else report["report_year"]
        rows.append({**entry, "report_year": year, "status": status, "decided_value": value, "detail_zh": zh, "detail_en": en})
    return conform(pl.DataFrame(rows, schema=DECISIONS), DECISIONS).sort(DECISIONS_SORT_KEYS)


class _Judge:
    def __init__(self, written: pl.DataFrame, evidence: Evidence, catalogue: Catalogue) -> None:
        named = written["document_id"].unique().to_list()
        self.reports = {row["document_id"]: row for row in _of(evidence.reports, named).iter_rows(named=True)}
        self._cells: dict[tuple[str, _Cell], dict[str, Any]] = {
            (row["document_id"], (row["table"], row["row"], row["column"])): row for row in _of(evidence.cells, named).iter_rows(named=True)
        }
        failed = _of(evidence.findings, named).filter(pl.col("verdict") == "failed")
        self._failed: dict[str, set[str]] = {}
        for document_id, rule_id in failed.select("document_id", "rule_id").unique().iter_rows():
            self._failed.setdefault(document_id, set()).add(rule_id)
        self._quarantining = catalogue.quarantining
        self._documents = dict(evidence.sightings.select("source", "document_id").iter_rows())

    def judge(self, entry: dict[str, Any], report: dict[str, Any] | None) -> _Verdict:
        if report is None:
            return self._explain_absence(entry)
        if entry["table"] is not None:
            return self._judge_cell(entry, report)
        if entry["rule_id"] is not None:
            if entry["rule_id"] in DUPLICATE_RULES:
                return _idle(*_CHOOSE)
            if entry["rule_id"] in self._failed.get(entry["document_id"], set()):
                return _applied()
            return _idle("该规则现在没有发现问题", "the rule does not fail now")
        return _applied() if entry["decision"] == "exclude" else self._judge_acceptance(report)

    def _explain_absence(self, entry: dict[str, Any]) -> _Verdict:
        source = entry["source"]
        now = None if source is None else self._documents.get(source)
        if now == entry["document_id"]:
            return _stale(f"{source} 不再被读作年度报告", f"{source} is no longer read as an annual report")
        if now is not None:
            return _stale(f"{source} 的内容已变，现为文件 {now}", f"{source} has changed, its document is {now} now")
        if entry["document_id"] in self._documents.values():
            return _stale("该文件不再被读作年度报告", "the document is no longer read as an annual report")
        return _stale("输入中已没有该文件", "no input holds this document any more")

    def _judge_acceptance(self, report: dict[str, Any]) -> _Verdict:
        failed = self._failed.get(report["document_id"], set())
        if report["agency_id"] is None:
            return _idle("机关未能认定，无法归入任何机关", "its agency is not known, so it belongs to none")
        if report["report_year"] is None:
            return _idle("报告年度未能认定", "its report year is not known")
        if report["template"] is None:
            return _idle("没有读出法定表格，数字无处可归", "no statutory table was read, so its figures have no place")
        if failed.intersection(DUPLICATE_RULES):
            return _idle(*_CHOOSE)
        if report["status"] == "accepted" and not failed.intersection(self._quarantining):
            return _idle("该报告未被隔离", "the report is not kept out")
        return _applied()

    def _judge_cell(self, entry: dict[str, Any], report: dict[str, Any]) -> _Verdict:
        key = (entry["table"], entry["row"], entry["column"])
        cell = self._cells.get((entry["document_id"], key))
        raw = "" if cell is None or cell["raw"] is None else cell["raw"].strip()
        if raw != entry["printed"]:
            return _stale(
                f"该格现读作“{raw}”，决定时为“{entry['printed']}”",
                f"the cell reads {raw!r} now, {entry['printed']!r} when it was decided upon",
            )
        if entry["decision"] == "exclude":
            return _applied()
        if entry["decision"] == "accept":
            if cell is None or cell["value"] is None:
                return _idle("该格没有读出数字；请用 correct 给出数值", "no figure was read in the cell; give it with correct")
            return _applied(cell["value"]) if cell["is_doubtful"] else _idle("该格没有疑义", "the cell is not doubtful")
        if cell is None and not _has_cell(report["template"], key):
            return _idle(f"表式 {report['template']} 没有该格", f"the form {report['template']} has no such cell")
        if cell is not None and cell["value"] == entry["value"] and not cell["is_doubtful"]:
            return _idle("该格读出的正是此数", "the cell is read so already")
        return _applied(entry["value"])


def list_accepted_failures(written: pl.DataFrame) -> pl.DataFrame:
    """document_id, rule_id: findings that somebody looked at and let stand. A gate does not count them."""
    is_of_rule = pl.col("rule_id").is_not_null() & ~pl.col("rule_id").is_in(DUPLICATE_RULES)
    return written.filter(is_of_rule).select("document_id", "rule_id")


def list_excluded(written: pl.DataFrame) -> list[str]:
    """The documents that are to stay out of the marts, sorted."""
    return sorted(written.filter((pl.col("decision") == "exclude") & pl.col("table").is_null())["document_id"])


def _has_cell(template: str | None, key: _Cell) -> bool:
    known = load_templates()
    return template in known and any((table, row, column.column) == key for table, row, column in known[template].cells)


def _of(frame: pl.DataFrame, document_ids: Collection[str]) -> pl.DataFrame:
    return frame.filter(pl.col("document_id").is_in(list(document_ids)))


def _applied(value: float | None = None) -> _Verdict:
    return "applied", value, None, None


def _idle(zh: str, en: str) -> _Verdict:
    return "idle", None, zh, en


def _stale(zh: str, en: str) -> _Verdict:
    return "stale", None, zh, en
