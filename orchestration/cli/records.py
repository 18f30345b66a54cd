"""The line of JSON that `nianbao parse` prints for an input. Its keys are public: other software reads them."""

import json
from collections.abc import Mapping

from orchestration.cli.judging import JudgedInput
from orchestration.cli.languages import Language


def build_record(judged: JudgedInput, language: Language) -> dict[str, object]:
    """The object of one input, keys in their public order.

    `value` is the number as printed or null, `raw` the characters as printed; a cell that the document does not hold is not in `cells`.
    """
    outcome, report = judged.outcome, judged.report
    published = report["published_date"] if report is not None else None
    return {
        "source": outcome["source"],
        "status": outcome["status"],
        "issue": outcome["issue"],
        "report_year": outcome["report_year"],
        "agency": report["agency_name"] if report is not None else None,
        "template": report["template"] if report is not None else None,
        "layout": report["layout"] if report is not None else None,
        "published_date": None if published is None else str(published),
        "cells": [_build_cell(cell) for cell in judged.cells],
        "findings": [_build_finding(finding, language) for finding in judged.findings],
    }


def write_record(record: Mapping[str, object]) -> str:
    """One line of JSON, Chinese as it is."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def _build_cell(cell: Mapping[str, object]) -> dict[str, object]:
    return {
        "table": cell["table"],
        "row": cell["row"],
        "column": cell["column"],
        "value": _write_number(cell["value"]),
        "raw": cell["raw"],
        "line": cell["line"],
        "method": cell["method"],
        "doubtful": cell["is_doubtful"],
        "unit": cell["unit"],
    }


def _write_number(value: object) -> int | float | None:
    """Whole numbers without a decimal point: 12 is printed as 12."""
    match value:
        case None:
            return None
        case float():
            return int(value) if value.is_integer() else value
        case _:
            raise TypeError(f"a cell holds {value!r}, which is no number")


def _build_finding(finding: Mapping[str, object], language: Language) -> dict[str, object]:
    cells = finding["cells"]
    if cells is not None and not isinstance(cells, list):
        raise TypeError(f"the cells of a finding are {cells!r}, which is no list")
    return {
        "rule": finding["rule_id"],
        "severity": finding["severity"],
        "cause": finding["cause"],
        "message": finding[f"message_{language}"],
        "cells": [[cell["table"], cell["row"], cell["column"]] for cell in cells or []],
        "line": finding["line"],
    }
