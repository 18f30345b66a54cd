"""Rarer damage: what it does to values, labels, the page and the lines. Each step says in a few words what it did."""

from __future__ import annotations

import re
from itertools import pairwise
from random import Random

from ingest.samples.models import Block, Line, Page
from ingest.templates.printing import CellKey, PrintedCell, PrintedRow, PrintedTable

Raws = dict[CellKey, str]
Tables = dict[str, PrintedTable]

_CJK = r"\u4e00-\u9fff"
_LABEL_AHEAD = re.compile(rf"^[\s|]*[0-9一二三四五六七八九十（(）).、]*[{_CJK}]{{5,}}")
_NUMBERING = re.compile(r"^(?:[一二三四]、|[（(][一二三四五六七][）)]|\d\.)")
_SOME = 0.25
_STRAY_CHARACTERS = "政府信息公开申请数量其他处理行法关机本年总计的了不予"


def _change_some_labels(tables: Tables, rng: Random, change: str, share: float = _SOME) -> str:
    count = 0
    for table in tables.values():
        for row in table.rows:
            for position, cell in enumerate(row.cells):
                if cell.role in {"label", "group"} and len(cell.text) > 2 and rng.random() < share:  # noqa: PLR2004
                    row.cells[position] = cell._replace(text=_LABEL_CHANGES[change](cell.text, rng))
                    count += 1
    return f"{count} labels {change}"


def _misspell(text: str, rng: Random) -> str:
    """One character replaced by another or lost."""
    at = rng.randrange(len(text))
    return text[:at] + rng.choice(("", rng.choice(_STRAY_CHARACTERS))) + text[at + 1 :]


def _cut(text: str, rng: Random) -> str:
    return text[: rng.randrange(1, len(text))]


def _remove_numbering(text: str, _rng: Random) -> str:
    return _NUMBERING.sub("", text) or text


def _add_pinyin(text: str, rng: Random) -> str:
    """The reading behind a character, as some mirrors of sites insert it: 发(fa)布."""
    at = rng.randrange(1, len(text))
    return text[:at] + rng.choice(("(fa)", "(zhèng)", "（xìn）", "(xíng)")) + text[at:]


def _add_question_mark(text: str, rng: Random) -> str:
    """A character that the encoding could not hold: lost, or pushed aside, by ? or �."""
    at = rng.randrange(len(text))
    return text[:at] + rng.choice(("?", "??", "�")) + text[at + rng.randrange(2) :]


_LABEL_CHANGES = {
    "misspelt": _misspell,
    "cut": _cut,
    "unnumbered": _remove_numbering,
    "with pinyin": _add_pinyin,
    "with question marks": _add_question_mark,
}


def misspell_labels(tables: Tables, rng: Random) -> str:
    """A quarter of the labels have one character wrong or missing."""
    return _change_some_labels(tables, rng, "misspelt")


def cut_labels(tables: Tables, rng: Random) -> str:
    """A quarter of the labels end early."""
    return _change_some_labels(tables, rng, "cut")


def unnumber_labels(tables: Tables, rng: Random) -> str:
    """The numbering 一、（一）1. of all labels is gone, as when it was an automatic list."""
    return _change_some_labels(tables, rng, "unnumbered", 1)


def add_pinyin(tables: Tables, rng: Random) -> str:
    """Pinyin inside a quarter of the labels."""
    return _change_some_labels(tables, rng, "with pinyin")


def add_question_marks(tables: Tables, rng: Random) -> str:
    """Question marks in a quarter of the labels."""
    return _change_some_labels(tables, rng, "with question marks")


def lose_all_labels(tables: Tables, rng: Random) -> str:
    """Every label of one table is gone; heads and values stay."""
    table = tables[rng.choice(sorted(tables))]
    for row in table.rows:
        row.cells[:] = [cell._replace(text="") if cell.role in {"label", "group"} else cell for cell in row.cells]
    return f"labels of {table.table} lost"


def lose_heads(tables: Tables, rng: Random) -> str:
    """The heads of one table are gone, of table 二 also the titles of its blocks."""
    table = tables[rng.choice(sorted(tables))]
    for row in table.rows:
        row.cells[:] = [cell._replace(text="") if cell.role in {"head", "corner", "title"} else cell for cell in row.cells]
    return f"heads of {table.table} lost"


def join_values(tables: Tables, rng: Random) -> str:
    """In some rows the border between two values is gone: they stand in one cell without a space, and the row is a cell short."""
    count = 0
    for table in tables.values():
        for row in table.rows:
            if rng.random() < 0.15:  # noqa: PLR2004
                count += _join_pair(row, rng)
    return f"{count} pairs of values joined"


def _join_pair(row: PrintedRow, rng: Random) -> int:
    places = [at for at in range(len(row.cells) - 1) if row.cells[at].key is not None and row.cells[at + 1].key is not None]
    if not places:
        return 0
    at = rng.choice(places)
    first, second = row.cells[at], row.cells[at + 1]
    if second.key is None or not first.text or not second.text:
        return 0
    row.cells[at : at + 2] = [_join_cells(first, second, second.key)]
    row.gaps = (*row.gaps[: at + 1], *row.gaps[at + 2 :])
    return 1


def _join_cells(first: PrintedCell, second: PrintedCell, key: CellKey) -> PrintedCell:
    return first._replace(text=first.text + second.text, joined=(*first.joined, key, *second.joined))


def add_units(raws: Raws, rng: Random) -> str:
    """Counts with their unit: 12件."""
    unit = rng.choice(("件", "件", "项", "条"))
    counts = [cell for cell, raw in raws.items() if raw.isdigit() and rng.random() < 0.6]  # noqa: PLR2004
    for cell in counts:
        raws[cell] += unit
    return f"{len(counts)} values with 件"


def add_remarks(raws: Raws, rng: Random) -> str:
    """A remark in brackets behind a few values: 22（其中修订16件）."""
    chosen = [cell for cell, raw in raws.items() if raw.isdigit() and rng.random() < 0.05]  # noqa: PLR2004
    for cell in chosen:
        raws[cell] += f"（其中{rng.choice(('修订', '涉企', '网上'))}{rng.randrange(1, 20)}件）"
    return f"{len(chosen)} values with a remark"


def mix_blanks(raws: Raws, rng: Random) -> str:
    """Zeros printed as 0, as a blank, as a dash, as 无, whichever came to hand."""
    count = 0
    for cell, raw in raws.items():
        if raw == "0":
            raws[cell] = rng.choice(("0", "0", "", "", "-", "/", "无", "——"))
            count += raws[cell] != "0"
    return f"{count} zeros printed otherwise"


def print_none(raws: Raws, rng: Random) -> str:
    """Zeros printed as 无, slashes or double dashes."""
    mark = rng.choice(("无", "/", "--", "——"))
    zeros = [cell for cell, raw in raws.items() if raw == "0"]
    for cell in zeros:
        raws[cell] = mark
    return f"{len(zeros)} zeros printed as {mark}"


def blank_zeros(raws: Raws, _rng: Random) -> str:
    """Zeros are empty cells, whose place a layout may not keep."""
    zeros = [cell for cell, raw in raws.items() if raw == "0"]
    for cell in zeros:
        raws[cell] = ""
    return f"{len(zeros)} zeros left out"


def blank_some(raws: Raws, rng: Random) -> str:
    """A few values of any size are empty cells."""
    chosen = [cell for cell in raws if rng.random() < 0.03]  # noqa: PLR2004
    for cell in chosen:
        raws[cell] = ""
    return f"{len(chosen)} values left out"


def swap_rows(rows: dict[str, tuple[str, ...]], rng: Random) -> str:
    """The agency printed two neighbouring rows of one group of table 三 the other way round, labels and values."""
    names = list(rows["requests"])
    at = rng.choice([at for at in range(len(names) - 1) if names[at].split("_")[0] == names[at + 1].split("_")[0]])
    names[at : at + 2] = [names[at + 1], names[at]]
    rows["requests"] = tuple(names)
    return f"rows swapped: {names[at]}, {names[at + 1]}"


def reorder_sections(page: Page, rng: Random) -> str:
    """Two of the sections with tables changed places."""
    first, second = rng.choice((("proactive", "requests"), ("requests", "disputes"), ("proactive", "disputes")))
    of: dict[str, list[Block]] = {}
    for block in page.blocks:
        of.setdefault(block.section, []).append(block)
    if first not in of or second not in of:
        return "nothing to reorder"
    order = [{first: second, second: first}.get(section, section) for section in of]
    page.blocks = [block for section in order for block in of[section]]
    return f"{first} and {second} changed places"


def lose_headings(page: Page, rng: Random) -> str:
    """The headings of some sections are gone."""
    lost = rng.sample(("proactive", "requests", "disputes", "problems"), k=rng.randrange(1, 4))
    page.blocks = [block for block in page.blocks if not (block.kind == "heading" and block.section in lost)]
    return f"headings lost: {', '.join(sorted(lost))}"


def lose_requests_section(page: Page, _rng: Random) -> str:
    """Section 三 is not in the text."""
    page.blocks = [block for block in page.blocks if block.section != "requests"]
    return "section dropped: requests"


def lose_proactive_section(page: Page, _rng: Random) -> str:
    """Section 二 is not in the text."""
    page.blocks = [block for block in page.blocks if block.section != "proactive"]
    return "section dropped: proactive"


def _find_tables(lines: list[Line]) -> tuple[int, int]:
    """First and last place of the lines with values, and the heads before them."""
    filled = [at for at, line in enumerate(lines) if line.cells]
    return max(0, filled[0] - 3), filled[-1]


def break_labels(lines: list[Line], rng: Random) -> str:
    """A line break inside some labels; in a row its values stay with the second half."""
    first, last = _find_tables(lines)
    out: list[Line] = []
    count = 0
    for at, line in enumerate(lines):
        match = _LABEL_AHEAD.match(line.text) if first <= at <= last and not line.heads else None
        if match is None or rng.random() > 0.3:  # noqa: PLR2004
            out.append(line)
            continue
        cut = rng.randrange(match.end() - 3, match.end())
        out += [Line(line.text[:cut]), line._replace(text=line.text[cut:])]
        count += 1
    lines[:] = out
    return f"{count} labels broken"


def stack_labels(lines: list[Line], rng: Random) -> str:
    """Two labels one after the other, then the values of both, as PDF text has it where a column of labels is read before its values."""
    first, last = _find_tables(lines)
    starts = [at for at in range(first, last) if lines[at].text and not lines[at].cells and lines[at + 1].cells]
    pairs = [
        (at, after)
        for at, after in pairwise(starts)
        if all(line.cells or not line.text for line in lines[at + 1 : after])
        and sum(map(len, (line.cells for line in lines[at:after]))) > 1
    ]
    if not pairs:
        return "no labels to stack"
    at, after = rng.choice(pairs)
    lines.insert(at + 1, lines.pop(after))
    return "two labels stacked"


_CHROME = (
    "打印本页 关闭窗口", "【关闭】 【打印】", "首页 > 政务公开 > 年报", "分享到：微信 微博", "版权所有：某某市人民政府办公室",
    "ICP备12345678号-1", "网站标识码：3200000001", "公安备案 32010002010345号", "浏览次数：1024", "发布日期：2023-01-20", "第 3 页 共 8 页",
    "下一页", "- 5 -", "·6·", "7 / 12", "当前位置：首页", "字号：大 中 小", "电话：025-12345678",
)  # fmt: skip


def insert_chrome(lines: list[Line], rng: Random) -> str:
    """Parts of the site, footers and page numbers between the lines of the tables."""
    first, last = _find_tables(lines)
    places = sorted((rng.randrange(first, last + 1) for _ in range(rng.randrange(2, 7))), reverse=True)
    for at in places:
        lines.insert(at, Line(rng.choice(_CHROME)))
    return f"{len(places)} lines of the site inserted"


_SENTENCES = (
    "其中，予以公开2件，部分公开3件，属于国家秘密1件。",
    "行政许可 12件，行政处罚 5件",
    "本年新收政府信息公开申请数量7件",
    "注：规章 3",
    "备注：以上数据截至2023年12月31日。",
    "单位：件",
    "一、本年新收政府信息公开申请数量 9",
    "（二）依申请公开情况。全年共收到申请18件，办结17件。",
    "合计 5 6 7",
    "小计 1 2 3 4 5 6 21",
)


def insert_sentences(lines: list[Line], rng: Random) -> str:
    """Sentences and notes of the agency between the lines of the tables, with labels and numbers of their own."""
    first, last = _find_tables(lines)
    places = sorted((rng.randrange(first, last + 1) for _ in range(rng.randrange(1, 4))), reverse=True)
    for at in places:
        lines.insert(at, Line(rng.choice(_SENTENCES)))
    return f"{len(places)} sentences inserted"


def insert_numbers(lines: list[Line], rng: Random) -> str:
    """A page number without any mark, or another stray number, on a line of its own."""
    first, last = _find_tables(lines)
    lines.insert(rng.randrange(first, last + 1), Line(rng.choice(("3", "12", "0", "2023", "1 2"))))
    return "a stray number"


def repeat_heads(lines: list[Line], rng: Random) -> str:
    """A page break inside a table: page number, then the lines of heads once more."""
    first, last = _find_tables(lines)
    heads = [at for at in range(first, last) if not lines[at].cells and "自然人" in lines[at].text]
    start = max(0, heads[0] - 2) if heads else first
    end = next((at for at in range(start + 1, last) if lines[at].cells), start + 1)
    at = rng.randrange(end + 1, last + 1) if end + 1 < last else last
    lines[at:at] = [Line(f"- {rng.randrange(2, 6)} -"), *(line._replace(heads=()) for line in lines[start:end] if not line.cells)]
    return f"{end - start} lines of heads repeated"


def drop_lines(lines: list[Line], rng: Random) -> str:
    """Some lines of the tables are gone."""
    first, last = _find_tables(lines)
    chosen = set(rng.sample(range(first, last + 1), k=min(last - first, rng.choice((1, 2, 5)))))
    lines[:] = [line for at, line in enumerate(lines) if at not in chosen]
    return f"{len(chosen)} lines dropped"


def double_lines(lines: list[Line], rng: Random) -> str:
    """Some lines of the tables stand twice; their values are on the second."""
    first, last = _find_tables(lines)
    for at in sorted(rng.sample(range(first, last + 1), k=min(last - first, rng.choice((1, 2)))), reverse=True):
        lines.insert(at, Line(lines[at].text))
    return "lines doubled"


_UNSEEN = ("\u200b", "\ufeff", "\u00ad", "\u200e", "\x0c", "\u2060", "\x01", "\u3000", "\u00a0")


def insert_unseen(lines: list[Line], rng: Random) -> str:
    """Characters that nobody sees, anywhere but inside numbers: zero-width and no-break spaces, soft hyphens, form feeds."""
    first, last = _find_tables(lines)
    count = 0
    for at in range(first, last + 1):
        text = lines[at].text
        if not text or rng.random() > 0.2:  # noqa: PLR2004
            continue
        place = rng.randrange(len(text) + 1)
        if text[max(0, place - 1) : place].isdigit() and text[place : place + 1].isdigit():
            continue
        lines[at] = lines[at]._replace(text=text[:place] + rng.choice(_UNSEEN) + text[place:])
        count += 1
    return f"{count} unseen characters"
