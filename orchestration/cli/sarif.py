"""The findings as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), which code hosts and editors show at their lines."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote

from expectations.catalogue import Rule, load_catalogue
from ingest.errors import Issue
from orchestration.cli.judging import JudgedInput, Judgement
from orchestration.cli.languages import Language
from orchestration.cli.phrases import say_remedy

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
_STATUS_LEVELS: Final = {"suspect": "warning", "rejected": "error"}
_FINGERPRINT: Final = "nianbaoFinding/v1"
_PLAIN: Final = "text/plain"

Object = dict[str, Any]


def write_sarif(judgement: Judgement, locate: Callable[[str], str], output: IO[str], language: Language, version: str) -> None:
    """Write one log with one run. `locate`: source → where it is for the user. The texts of the reports must have been kept.

    An input that was not read, or not in full, is a result too, under the rule `input.<issue>`.
    """
    rules = [_describe_rule(rule, language) for rule in load_catalogue().of_scope("report")]
    rules += [_describe_issue(issue, language) for issue in Issue]
    places = {rule["id"]: number for number, rule in enumerate(rules)}
    results: list[Object] = []
    artifacts: dict[str, int] = {}
    seen: Counter[str] = Counter()
    for judged in judgement.iterate_inputs():
        uri = _write_uri(locate(str(judged.outcome["source"])))
        artifact = {"uri": uri, "index": artifacts.setdefault(uri, len(artifacts))}
        for result in _list_results(judged, artifact, language):
            result["ruleIndex"] = places[result["ruleId"]]
            result["partialFingerprints"] = {_FINGERPRINT: _fingerprint(result.pop("identity"), seen)}
            results.append(result)
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "nianbao",
                        "version": version,
                        "language": "zh-CN" if language == "zh" else "en",
                        "rules": rules,
                    }
                },
                "invocations": [_describe_invocation(judgement)],
                "artifacts": [{"location": {"uri": uri}, "roles": ["analysisTarget"]} for uri in artifacts],
                "results": results,
                "columnKind": "unicodeCodePoints",
            }
        ],
    }
    output.write(json.dumps(log, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def _describe_rule(rule: Rule, language: Language) -> Object:
    titles = {"zh": rule.title_zh, "en": rule.title_en}
    return {
        "id": rule.id,
        "shortDescription": {"text": titles[language]},
        "fullDescription": {"text": f"{titles['zh']} / {titles['en']}"},
        "help": {"text": f"{rule.title_zh}\n{rule.title_en}\n\n{rule.formula}\n\n{rule.source}\n\nnianbao rules show {rule.id}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "code": rule.code,
            "version": rule.version,
            "title_zh": rule.title_zh,
            "title_en": rule.title_en,
            "formula": rule.formula,
            "source": rule.source,
        },
    }


def _describe_issue(issue: Issue, language: Language) -> Object:
    remedies = {"zh": say_remedy(issue, "zh"), "en": say_remedy(issue, "en")}
    return {
        "id": f"input.{issue.value}",
        "shortDescription": {"text": remedies[language]},
        "fullDescription": {"text": f"{remedies['zh']} / {remedies['en']}"},
        "help": {"text": f"{remedies['zh']}\n{remedies['en']}"},
        "properties": {"title_zh": remedies["zh"], "title_en": remedies["en"]},
    }


def _list_results(judged: JudgedInput, artifact: Object, language: Language) -> list[Object]:
    """The results of one input, each with its `identity`: what of it stays when lines move."""
    outcome, report = judged.outcome, judged.report
    subject = artifact["uri"] if report is None else f"{report['agency_name']} {report['report_year']}"
    results: list[Object] = []
    if outcome["issue"] is not None:
        issue = Issue(str(outcome["issue"]))
        detail = f" ({outcome['detail']})" if outcome["detail"] is not None else ""
        results.append(
            {
                "ruleId": f"input.{issue.value}",
                "level": _STATUS_LEVELS[str(outcome["status"])],
                "message": {"text": say_remedy(issue, language) + detail},
                "locations": [{"physicalLocation": {"artifactLocation": artifact}}],
                "identity": [subject, issue.value],
            }
        )
    is_plain = judged.printed is None or judged.printed.media_type == _PLAIN
    return results + [_write_result(finding, artifact, subject, language, is_plain=is_plain) for finding in judged.findings]


def _write_result(finding: Mapping[str, object], artifact: Object, subject: str, language: Language, *, is_plain: bool) -> Object:
    """Lines of a text that was made from a file are no lines of that file: they are a property and no region."""
    physical: Object = {"artifactLocation": artifact}
    line = finding["line"]
    if line is not None and is_plain:
        physical["region"] = {"startLine": line}
    location: Object = {"physicalLocation": physical}
    cell = [finding[part] for part in ("table", "row", "column")]
    if all(cell):
        location["logicalLocations"] = [{"fullyQualifiedName": ".".join(map(str, cell)), "kind": "cell"}]
    cells = finding["cells"] if isinstance(finding["cells"], list) else []
    return {
        "ruleId": finding["rule_id"],
        "level": _LEVELS[str(finding["severity"])],
        "message": {"text": finding[f"message_{language}"]},
        "locations": [location],
        "properties": {
            "cause": finding["cause"],
            "lhs": finding["lhs"],
            "rhs": finding["rhs"],
            "line": line,
            "cells": [f"{key['table']}.{key['row']}.{key['column']}" for key in cells],
        },
        "identity": [subject, finding["rule_id"], *cell, None if all(cell) else finding["raw"]],
    }


def _fingerprint(identity: list[object], seen: Counter[str]) -> str:
    """A digest of the identity; of several equal ones in a run the later are numbered."""
    text = json.dumps(identity, ensure_ascii=False)
    seen[text] += 1
    return hashlib.sha256(f"{text} {seen[text]}".encode()).hexdigest()[:32]


def _write_uri(place: str) -> str:
    """Relative paths stay relative to where the command ran, as code hosts expect it."""
    path = Path(place)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _describe_invocation(judgement: Judgement) -> Object:
    """Whether every rule could be run; those that could not are told as notifications."""
    errored = judgement.errored.select("rule_id", "reason").unique(maintain_order=True)
    notifications = [
        {"level": "error", "message": {"text": f"{rule}: {reason}"}, "properties": {"rule": rule}} for rule, reason in errored.iter_rows()
    ]
    return {"executionSuccessful": not notifications, "toolExecutionNotifications": notifications}
