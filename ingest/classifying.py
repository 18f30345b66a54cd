"""Whether a document is an annual report of disclosure work, and why not."""

from __future__ import annotations

import re

from ingest.errors import Issue
from ingest.normalising import straighten

_HEAD_CHARACTERS = 3000
NAME_CHARACTERS = 400
_HEAD_LINES = 15
_TITLE_CHARACTERS = 60
_TITLE = re.compile(r"信息公开.{0,12}(?:年度?报告|工作报告|年报)(?:\([^)]*\))?$")
_ABOUT_REPORTS = re.compile(r"(?m)^[^\n。，,；;]{0,50}(?:解读|比对|对比|图解)[^\n。，,；;]{0,40}$")
"""A title of a document about reports, which may repeat their tables."""
_MENU = re.compile(r"(?:政府)?信息公开(?:工作)?(?:年度?报告|年报)")
"""What every page of a government's site has in its menu; the title of a report only below the line with its year."""
_PATH = re.compile(r"^.*[>＞»›]")
"""Where a page stands in its site: 首页 > 政府信息公开年报."""
_YEAR = re.compile(r"[2〇○零一二][0-9〇○零一二三四五六七八九]{3}年")
_APPENDED = re.compile(
    r"[（(](?:[^（）()\n]{0,10}[附含][^（）()\n]{0,10}|[^（）()\n]{0,4}解读)[）)]|[及和与](?:图文)?解读(?=\s*$)", re.MULTILINE
)
"""What comes with a report and is named in its title: 年度报告（附图解）."""
_PART_OF_YEAR = re.compile(r"(?m)^[^\n。，,；;]{0,50}信息公开[^\n。，,；;]{0,40}$")
_PART = re.compile(r"[上下]半年|[一二三四1-4]季度")
_OTHER_KIND = re.compile(
    r"解读|比对|对比|图解|格式|模板|样表|填报示例|指南$|通知$|办法$|制度$|规定$|条例$|说明$|注意事项|政府工作报告|公告$|规范$|统计报表|信息公开法|法规名称|实施细则"
)
_OTHER_REPORT = re.compile(r"(?:法治政府|依法行政|行政执法|行政许可|行政处罚|司法审查|[决预]算).{0,20}(?:报告|白皮书)(?:\([^)]*\))?$")
"""A report on something else, which may print the words and figures of table 二."""
_SENTENCE = re.compile(r"^(?:根据|按照|依据|为|现将|本|按)|[,，。;；]|《[^》]*$|^[^《]*》")
"""A line of prose, perhaps wrapped: no title."""
_SAYS_REPORT = re.compile(
    r"本年度报告|报告如下|(?:编制|公布|发布|向社会公[布开]).{0,60}年度?报告|年度?报告.{0,30}(?:编制|公布)|统计(?:期限|周期|时间)|本报告"
)
_BLANK_FORM = re.compile(r"统\s*计\s*(?:报\s*)?表|指\s*标\s*名\s*称")

ABOUT_REPORTS = rf"{_ABOUT_REPORTS.pattern}|{_PART.pattern}"
"""For whole batches: a document whose tables read cleanly is none only when its head says this."""


def find_rejection(text: str, *, has_values: bool, has_tables: bool, heading_count: int) -> Issue | None:
    """Why the document is no report, or None when it is one.

    `has_values`: a number is printed in the statutory tables; `heading_count`: statutory sections found. A title that says what the
    document is weighs most; without one, tables with values or the words of a report decide.
    """
    named = _APPENDED.sub("", text[:NAME_CHARACTERS])
    if any(_PART.search(line[0]) and "年度报告" not in line[0] for line in _PART_OF_YEAR.finditer(straighten(named))):
        return Issue.NOT_A_REPORT
    head = straighten(_APPENDED.sub("", text[:_HEAD_CHARACTERS]))
    lines = [line.strip(" |\t#*") for line in head.split("\n")]
    lines = [re.sub(r"\s+", "", _PATH.sub("", line)) for line in lines if line][:_HEAD_LINES]
    titles = [line.removeprefix("标题:") for line in lines if len(line) <= _TITLE_CHARACTERS and not _SENTENCE.search(line)]
    above = dict(zip(lines[1:], lines, strict=False))
    titled = any(
        _TITLE.search(line) and not _OTHER_KIND.search(line) and not (_MENU.fullmatch(line) and not _YEAR.search(above.get(line, "")))
        for line in titles
    )
    if not titled and any(_OTHER_REPORT.search(line) for line in titles[:6]):
        return Issue.NOT_A_REPORT
    if has_values and not _ABOUT_REPORTS.search(named):
        return None
    other_kind = _ABOUT_REPORTS if has_values else _OTHER_KIND
    if not titled and any(other_kind.search(line) for line in titles[:6]):
        return Issue.BLANK_FORM if _BLANK_FORM.search(head) and not has_values else Issue.NOT_A_REPORT
    if titled or has_values:
        return None
    flat = re.sub(r"\s+", "", head)
    if heading_count >= 2 and (_SAYS_REPORT.search(flat) or has_tables):  # noqa: PLR2004
        return None
    if has_tables or _BLANK_FORM.search(head):
        return Issue.BLANK_FORM
    if "信息公开" in flat and _SAYS_REPORT.search(flat) and heading_count >= 1:
        return None
    return Issue.NOT_A_REPORT
