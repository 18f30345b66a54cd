"""Invented statistics tables of years before 2019 in the layouts that texts keep of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

NATIONAL = """
一、主动公开情况|——|
（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）|条|proactive
其中：主动公开规范性文件数|条|few
制发规范性文件总数|件|few
（二）通过不同渠道和方式公开政府信息的情况|——|
1.政府公报公开政府信息数|条|few
2.政府网站公开政府信息数|条|few
3.政务微博公开政府信息数|条|few
4.政务微信公开政府信息数|条|few
5.其他方式公开政府信息数|条|few
二、回应解读情况|——|
（一）回应公众关注热点或重大舆情数（不同方式回应同一热点或舆情计1次）|次|few
（二）通过不同渠道和方式回应解读的情况|——|
1.参加或举办新闻发布会总次数|次|whole
其中：主要负责同志参加新闻发布会次数|次|part
2.政府网站在线访谈次数|次|whole
其中：主要负责同志参加政府网站在线访谈次数|次|part
3.政策解读稿件发布数|篇|few
4.微博微信回应事件数|次|few
5.其他方式回应事件数|次|few
三、依申请公开情况|——|
（一）收到申请数|件|sum4
1.当面申请数|件|part
2.传真申请数|件|part
3.网络申请数|件|part
4.信函申请数|件|part
（二）申请办结数|件|sum2
1.按时办结数|件|part
2.延期办结数|件|part
（三）申请答复数|件|answers
1.属于已主动公开范围数|件|part
2.同意公开答复数|件|part
3.同意部分公开答复数|件|part
4.不同意公开答复数|件|sum6
其中：涉及国家秘密|件|part
涉及商业秘密|件|part
涉及个人隐私|件|part
危及国家安全、公共安全、经济安全和社会稳定|件|part
不是《条例》所指政府信息|件|part
法律法规规定的其他情形|件|part
5.不属于本行政机关公开数|件|part
6.申请信息不存在数|件|part
7.告知作出更改补充数|件|part
8.告知通过其他途径办理数|件|part
四、行政复议数量|件|sum3
（一）维持具体行政行为数|件|part
（二）被依法纠错数|件|part
（三）其他情形数|件|part
五、行政诉讼数量|件|sum3
（一）维持具体行政行为或者驳回原告诉讼请求数|件|part
（二）被依法纠错数|件|part
（三）其他情形数|件|part
六、举报投诉数量|件|few
七、依申请公开信息收取的费用|万元|money
八、机构建设和保障经费情况|——|
（一）政府信息公开工作专门机构数|个|few
（二）设置政府信息公开查阅点数|个|few
（三）从事政府信息公开工作人员数|人|sum2
1.专职人员数（不包括政府公报及政府网站工作人员数）|人|part
2.兼职人员数|人|part
（四）政府信息公开专项经费（不包括用于政府公报编辑管理及政府网站建设维护等方面的经费）|万元|money
九、政府信息公开会议和培训情况|——|
（一）召开政府信息公开工作会议或专题会议数|次|few
（二）举办各类培训班数|次|few
（三）接受培训人员数|人次|few
"""

LOCAL = """
主动公开文件数|条|proactive
其中：1、政府网站公开数|条|few
2、政府公报公开数|条|few
受理依申请公开信息总数|条|sum3
其中：1、当面申请数|条|part
2、网上申请数|条|part
3、信函、传真申请数|条|part
对申请的答复总数|条|sum2
其中：1、同意公开答复数|条|part
2、不予公开答复数|条|part
行政复议数|件|few
行政诉讼数|件|few
"""


@dataclass(frozen=True)
class Line:
    """A printed indicator; `values` as printed, empty for a heading."""

    label: str
    unit: str
    values: tuple[str, ...]


def build_rows(form: str, seed: int, width: int = 1) -> list[Line]:
    """The rows of a form with figures that keep its sums; every later column is at least as large as the one before."""
    rng = random.Random(seed)
    specs = [tuple(line.split("|")) for line in form.strip().split("\n")]
    drawn = [_draw(specs, rng) for _ in range(width)]
    totals = [[sum(float(d[i]) for d in drawn[: c + 1]) for i in range(len(specs))] for c in range(width)]
    return [
        Line(label, unit, tuple(f"{round(totals[c][i], 2):g}" for c in range(width)) if kind else ())
        for i, (label, unit, kind) in enumerate(specs)
    ]


def _draw(specs: list[tuple[str, ...]], rng: random.Random) -> list[float]:
    scale = rng.choice([0, 3, 30, 400])
    values: list[float] = [0 if not k else rng.randint(0, 50) * 0.25 if k == "money" else rng.randint(0, scale) for _, _, k in specs]
    for i in reversed(range(len(specs))):
        kind, own = specs[i][2], specs[i][0]
        if kind.startswith("sum"):
            values[i] = sum(values[i + 1 : i + 1 + int(kind[3:])])
        elif kind == "answers":
            numbered = [j for j in range(i + 1, len(specs)) if specs[j][0][:2] in {f"{n}." for n in range(1, 9)}][:8]
            values[i] = sum(values[j] for j in numbered)
        elif kind == "whole":
            values[i] += values[i + 1]
        elif kind == "proactive":
            values[i] = sum(v for v, (label, _, k) in zip(values, specs, strict=True) if k == "few" and "公开" in label) + len(own)
    return values


HEADS = {1: ("统计数",), 2: ("2015年度", "历年累计")}
ABOVE = "青川市测绘局2015年政府信息公开工作年度报告\n\n一、概述\n本报告的统计期限自2015年1月1日起至2015年12月31日止。\n附表\n"
BELOW = "\n单位负责人：甲 审核人：乙 填报人：丙 联系电话：0838-1234567\n"


def render(rows: list[Line], layout: str) -> str:
    """A report with the table in one of LAYOUTS."""
    width = max(len(row.values) for row in rows)
    table = [("统计指标", "单位", *HEADS[width]), *((r.label, r.unit, *(r.values or ("",) * width)) for r in rows)]
    return ABOVE + _LAYOUTS[layout](table) + BELOW


def _render_html(table: list[tuple[str, ...]]) -> str:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in table)
    return f"<table>{rows}</table>"


def _render_markdown(table: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([lines[0], "|---" * len(table[0]) + "|", *lines[1:]])


def _without_blanks(table: list[tuple[str, ...]]) -> list[str]:
    return [cell for row in table for cell in row if cell]


_LAYOUTS: dict[str, Callable[[list[tuple[str, ...]]], str]] = {
    "pipe_rows": lambda table: "\n".join("|" + "|".join(row) + "|" for row in table),
    "open_pipe_rows": lambda table: "\n".join(" | ".join(row) for row in table),
    "pipe_cells": lambda table: "\n".join("\n| ".join(row) + "\n|" for row in table),
    "tabs": lambda table: "\n".join("\t".join(row) for row in table),
    "cell_a_line": lambda table: "\n".join(_without_blanks(table)),
    "spaced": lambda table: "\n".join(" ".join(cell for cell in row if cell) for row in table),
    "one_line": lambda table: " ".join(_without_blanks(table)),
    "markdown": _render_markdown,
    "html": _render_html,
    "joined": lambda table: "".join(_without_blanks(table)),
    "joined_rows": lambda table: "\n".join("".join(row) for row in table),
}
LAYOUTS = tuple(_LAYOUTS)
JOINED = ("joined", "joined_rows")
