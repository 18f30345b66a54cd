"""Texts and pages made to exhaust a reader: each is one thing that a report has a little of, a hundred thousand times."""

from __future__ import annotations

from functools import cache
from typing import Final

from ingest.samples import generate_figures, render_report

_LABEL = "一、本年新收政府信息公开申请数量"
_HEAD = "第二十条第(一)项\n信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |\n"
_MANY = 100_000


@cache
def _render(layout: str) -> str:
    return render_report(generate_figures(3), layout).text


def _insert(layout: str, hostile: str) -> str:
    """The report with the hostile part between the rows of its tables."""
    text = _render(layout)
    at = text.index("行政处罚")
    return text[:at] + hostile + "\n" + text[at:]


_TEXTS: Final = {
    "pipes": lambda: _insert("pipe_rows", "|" * _MANY),
    "pipes and spaces": lambda: _insert("pipe_rows", "| " * _MANY),
    "lines of pipes": lambda: _insert("pipe_cells", "|\n" * _MANY),
    "digits": lambda: _insert("spaced_rows", "7" * _MANY),
    "joined digits in a row": lambda: _insert("digit_runs", "1234567890" * 1_000),
    "joined digits after every label": lambda: _render("digit_runs").replace("）", "）" + "9081726354" * 6),
    "lines of numbers": lambda: _insert("bare_cells", "7\n" * _MANY),
    "numbers on one line": lambda: _insert("one_line", "7 " * _MANY),
    "row labels": lambda: _insert("bare_cells", f"{_LABEL}\n" * 10_000),
    "rows": lambda: _insert("pipe_rows", f"{_LABEL} | 1 | 2 | 3 | 4 | 5 | 6 | 21 |\n" * 10_000),
    "row labels on one line": lambda: _insert("one_line", f"{_LABEL} " * 10_000),
    "heads of table 二": lambda: _HEAD * 5_000,
    "heads of table 三": lambda: _insert("pipe_rows", "申请人情况\n自然人 | 商业企业 | 总计\n" * 5_000),
    "heads of table 四": lambda: _insert("pipe_rows", "结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |\n" * 5_000),
    "letters of a head apart": lambda: _insert("pipe_rows", "第 二 十 条 " * 20_000),
    "reports": lambda: _render("pipe_rows") * 100,
    "headings": lambda: "五、存在的主要问题及改进情况\n" * 20_000,
    "blank lines": lambda: _insert("bare_cells", "\n" * 500_000),
    "spaces": lambda: _insert("spaced_rows", " " * 500_000),
    "tabs": lambda: _insert("tab_rows", "\t" * 500_000),
    "dashes": lambda: _insert("pipe_rows", "-" * 300_000),
    "commas": lambda: _insert("spaced_rows", "1," * _MANY),
    "points": lambda: _insert("spaced_rows", "1." * _MANY),
    "brackets": lambda: _insert("spaced_rows", "(" * 300_000),
    "prose without an end": lambda: _insert("pipe_rows", "政府信息公开工作，" * 50_000),
    "one long word": lambda: "政" * 500_000,
    "years": lambda: "2023年" * _MANY,
    "dates": lambda: "发布日期：2023年1月" * 20_000,
    "agencies": lambda: "市人民政府" * 50_000,
    "document numbers": lambda: "〔2021〕30号" * 50_000,
}

_PAGES: Final = {
    "tables in tables": lambda: "<table><tr><td>" * 3_000 + "第二十条第（一）项" + "</td></tr></table>" * 3_000,
    "open elements": lambda: "<div>" * 20_000 + _render("html"),
    "wide cells": lambda: _render("html").replace('colspan="3"', 'colspan="1000000"'),
    "high cells": lambda: _render("html").replace('rowspan="22"', 'rowspan="100000000"'),
    "many cells": lambda: "<table>" + "<tr><td>1</td><td>2</td></tr>" * 20_000 + "</table>",
    "less-than signs": lambda: "<" * 300_000,
    "comments": lambda: "<!--" * _MANY,
    "entities": lambda: "<p>" + "&nbsp;&#x31;" * 50_000,
    "attributes": lambda: "<p " + 'a="1" ' * _MANY + ">x</p>",
}

HOSTILE: Final = {
    **{name: (make, "text/plain") for name, make in _TEXTS.items()},
    **{name: (make, "text/html") for name, make in _PAGES.items()},
}
"""Name → (what makes it, media type)."""
