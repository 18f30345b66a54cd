"""The words of `nianbao parse --explain` in both languages."""

from collections.abc import Mapping
from typing import Final

from ingest.errors import ISSUE_REMEDIES, Issue
from orchestration.cli.languages import Language

PHRASES: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "accepted": "采用",
        "suspect": "存疑",
        "rejected": "拒收",
        "outcome": "结论",
        "agency": "机关",
        "year": "年度",
        "published": "发布",
        "form": "表式",
        "layout": "排版",
        "cells": "单元格",
        "placing": "定位",
        "sections": "章节",
        "unknown": "未知",
        "expected": "应有 {}",
        "located": "读定 {}",
        "doubtful": "存疑 {}",
        "absent": "缺 {}",
        "not_found": "未找到 {}",
        "converted": "行号以从 {} 转出的文本为准",
        "cut_off": "文本在表格结束前中断",
        "placed": "定位",
        "line": "行",
        "label": "标签",
        "order": "顺序",
        "arithmetic": "勾稽",
        "missing": "缺",
        "whole_table": "全表缺：{} 行一个也没有读到",
        "statistics": "统计表",
        "findings": "文件自相矛盾或不合规则之处：{}",
        "no_findings": "未发现自相矛盾之处",
        "none_so_far": "读到的数字之间未发现矛盾；未读全的合计无法核对",
        "infos": "另有提示 {} 条，见 nianbao check",
        "at_line": "第 {} 行",
        "whole": "全文",
        "error": "错误",
        "warning": "警告",
        "info": "提示",
        "source": "原文如此",
        "parse": "可能是读错",
        "cause_unknown": "原因不明",
        "open_rows": "缺失或存疑的行，原文如下：{}",
        "skipped": "略去 {} 行",
        "nowhere": "文本中找不到这些行可能所在的位置",
        "and_more": "等 {} 行",
    },
    "en": {
        "accepted": "accepted",
        "suspect": "suspect",
        "rejected": "rejected",
        "outcome": "status",
        "agency": "agency",
        "year": "year",
        "published": "published",
        "form": "form",
        "layout": "layout",
        "cells": "cells",
        "placing": "placed by",
        "sections": "sections",
        "unknown": "unknown",
        "expected": "{} expected",
        "located": "{} located",
        "doubtful": "{} doubtful",
        "absent": "{} absent",
        "not_found": "{} not found",
        "converted": "lines are those of the text made from {}",
        "cut_off": "the text ends in or before its tables",
        "placed": "by",
        "line": "line",
        "label": "label",
        "order": "order",
        "arithmetic": "arith",
        "missing": "absent",
        "whole_table": "absent: none of its {} rows was read",
        "statistics": "statistics",
        "findings": "where the document disagrees with itself or with a rule: {}",
        "no_findings": "nothing in it disagrees",
        "none_so_far": "nothing disagrees among the cells that were read; sums with missing cells could not be checked",
        "infos": "{} more for information: nianbao check",
        "at_line": "line {}",
        "whole": "whole text",
        "error": "error",
        "warning": "warning",
        "info": "info",
        "source": "as printed",
        "parse": "maybe our misreading",
        "cause_unknown": "cause unknown",
        "open_rows": "rows missing or doubtful, with what is printed there: {}",
        "skipped": "{} lines left out",
        "nowhere": "the text shows no place where these rows would be",
        "and_more": "and so on, {} rows",
    },
}
"""Language → key → words; {} is the place of a number or name."""

LEGEND: Final[Mapping[Language, tuple[str, ...]]] = {
    "zh": (
        "图例  17? 读法不唯一  · 文本中没有  !1 见第 1 条  ↓ 印在下一行  空白、横线照印",
        "定位  标签：标签就在原处  顺序：由前后有标签的行推定  勾稽：由表内合计唯一确定",
    ),
    "en": (
        "signs  17? one of several readings  · not in the text  !1 see 1  ↓ printed below",
        "by     label: it stands there  order: between labelled rows  arith: sums decide",
    ),
}
"""What the signs mean: lines of at most 80 columns."""

ISSUE_REMEDIES_ZH: Final[Mapping[Issue, str]] = {
    Issue.EMPTY: "文件中没有文本，请重新获取。",
    Issue.TOO_LARGE: "文件超过大小上限；如确为报告，请调高 NIANBAO_MAX_BYTES。",
    Issue.UNDECODABLE: "不是 UTF-8、GB18030 或 UTF-16 文本；请注明编码后重新保存。",
    Issue.UNREADABLE: "文件或压缩包打不开；请检查权限和完整性。",
    Issue.UNSUPPORTED: "此类文件没有对应的读取程序；请转为文本或 HTML。",
    Issue.UNSAFE_ARCHIVE_MEMBER: "压缩包内的路径不安全或解压后过大；请手工解压查看。",
    Issue.NOT_A_REPORT: "该文本不是政府信息公开工作年度报告。",
    Issue.BLANK_FORM: "有统计表式，但没有填写。",
    Issue.NO_TABLES: "文本中没有统计表；请查看附件或图片。",
    Issue.EMPTY_TABLES: "只有表格标签，没有数值；请重新获取网页。",
    Issue.INCOMPLETE_TABLES: "统计表中部分单元格在文本中没有找到。",
    Issue.DOUBTFUL_CELLS: "部分单元格有多种读法，已标为存疑。",
    Issue.MULTIPLE_REPORTS: "文件中有多份报告，请拆分。",
    Issue.NEEDS_OCR: "页面是图片，请先做文字识别。",
}
"""Issue → the sentence of ISSUE_REMEDIES in Chinese."""


def say(key: str, language: Language, *values: object) -> str:
    """The phrase with its values in place."""
    return PHRASES[language][key].format(*values)


def say_remedy(issue: Issue, language: Language) -> str:
    """What an issue means and what can be done."""
    return ISSUE_REMEDIES_ZH[issue] if language == "zh" else ISSUE_REMEDIES[issue]
