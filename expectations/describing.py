"""A rule in words, for `nianbao rules show` and the rule book."""

from __future__ import annotations

from typing import Literal

from expectations.catalogue import Rule, Undecided

Language = Literal["zh", "en"]

_SEVERITIES = {"error": "错误", "warning": "警告", "info": "提示"}
_SUBJECTS = {
    "column": "列",
    "row": "行",
    "cell": "单元格",
    "report": "报告",
    "input": "输入",
    "agency-year": "机关年度",
    "value": "数值",
    "group": "分组",
    "year": "年度",
    "decision": "决定",
}


def describe_rule(rule: Rule, language: Language) -> str:
    """Several lines of plain text: what the rule says, where it comes from, what a failure does and when it stops a year."""
    match language:
        case "zh":
            return _describe_zh(rule)
        case "en":
            return _describe_en(rule)


def describe_undecided(entry: Undecided, language: Language) -> str:
    """Why no rule decides it."""
    match language:
        case "zh":
            why = "由其他环节处理" if entry.status == "elsewhere" else "现有数据无法判定"
            return f"{entry.code}：{entry.title_zh}\n未设规则（{why}）：{entry.reason}"
        case "en":
            why = "decided elsewhere" if entry.status == "elsewhere" else "cannot be decided"
            return f"{entry.code}: {entry.title_en}\nNo rule ({why}): {entry.reason}"


def say_allowance(share: float, count: int, language: Language) -> str:
    """How many may fail: the larger of a count and a share."""
    percent = f"{share:.0%}"
    match language:
        case "zh":
            if share == 0:
                return f"{count} 个"
            return percent if count == 0 else f"{count} 个或 {percent}（取大者）"
        case "en":
            if share == 0:
                return f"{count}"
            return percent if count == 0 else f"{count} or {percent}, whichever is more"


def _describe_zh(rule: Rule) -> str:
    failure = "该报告不进入数据集市，并列明原因" if rule.on_failure == "quarantine" else "记录在案，数字照印不改"
    lines = [
        f"{rule.id}（{rule.code}，第 {rule.version} 版）：{rule.title_zh}",
        f"依据：{rule.source}",
        f"公式：{rule.formula}",
        *([] if rule.applicability is None else [f"适用：{rule.applicability}"]),
        *([] if rule.exceptions is None else [f"例外：{rule.exceptions}"]),
        f"对象：{_SUBJECTS[rule.subject]}；容差：{rule.tolerance:g}；级别：{_SEVERITIES[rule.severity]}",
        f"不符合时：{failure}",
    ]
    if rule.gate.blocks:
        unit = "机关年度" if rule.scope == "report" else _SUBJECTS[rule.subject]
        lines.append(f"门槛：不符合的{unit}超过 {say_allowance(rule.gate.allowed_share, rule.gate.allowed_count, 'zh')}时，不发布")
    else:
        lines.append("门槛：不阻止发布")
    return "\n".join([*lines, f"门槛理由：{rule.gate.reason}"])


def _describe_en(rule: Rule) -> str:
    kept_out = rule.on_failure == "quarantine"
    failure = "the report stays out of the marts and is listed with the reason" if kept_out else "recorded; the printed figure stays"
    lines = [
        f"{rule.id} ({rule.code}, version {rule.version}): {rule.title_en}",
        f"Source: {rule.source}",
        f"Formula: {rule.formula}",
        *([] if rule.applicability is None else [f"Applies: {rule.applicability}"]),
        *([] if rule.exceptions is None else [f"Known exceptions: {rule.exceptions}"]),
        f"Subject: {rule.subject}; tolerance: {rule.tolerance:g}; severity: {rule.severity}",
        f"On failure: {failure}",
    ]
    if rule.gate.blocks:
        unit = "agency-years" if rule.scope == "report" else f"{rule.subject}s"
        allowance = say_allowance(rule.gate.allowed_share, rule.gate.allowed_count, "en")
        lines.append(f"Gate: not published when more {unit} fail than {allowance}")
    else:
        lines.append("Gate: never stops a publication")
    return "\n".join([*lines, f"Why this threshold: {rule.gate.reason}"])
