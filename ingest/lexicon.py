"""Which printed labels exist: the statutory templates and the known other spellings, by their normal form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from ingest.normalising import normalise_label
from ingest.templates import Aliases, Row, Template, load_aliases, load_templates, section_numeral

RowKey = tuple[str, str]
"""(table, row)"""

FURNITURE = ("信息内容", "申请人情况", "法人或其他组织", "行政诉讼", "三、本年度办理结果")
"""Words of the form that are neither a row nor a column: they carry no value."""
REQUESTS_ANCHORS = ("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", "申请人情况")
"""Printed in the corner and above the columns of table 三."""

_NUMBERING = re.compile(r"^(?:[（(]?[一二三四五六七八九十]+[)）、]|[（(]?\d[.．、)）])")


@dataclass(frozen=True, eq=False)
class Form:
    """One printable sequence of cells: a template, or a template with a variant row in place of others."""

    template: str
    variant: str | None
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]  # (table, row, columns) in printed order

    @lru_cache(maxsize=64)  # noqa: B019 - there are as many forms as templates and variants
    def rows_of(self, table: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(row, columns) of one table, in printed order."""
        return tuple((row, columns) for t, row, columns in self.rows if t == table)

    @property
    def cell_count(self) -> int:
        """How many cells the form has: 200, 198, 186 for the mixed form."""
        return sum(len(columns) for _, _, columns in self.rows)


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Normal forms → what they stand for. `row_labels` hold every spelling of a row with its number, `bare_row_labels` without."""

    forms: tuple[Form, ...]
    row_labels: dict[str, RowKey]
    shared_labels: frozenset[
        RowKey
    ]  # rows of one form whose label only groups rows in another, as （六）其他处理: a row where values follow
    furniture: frozenset[str]  # column heads, group labels, block heads: no value stands directly under them
    markers: dict[str, str]  # column heads of table 二 that only one template has → template
    column_heads: frozenset[str]
    requests_ends: tuple[str, str]  # of table 三, the first and the last
    result_heads: frozenset[str]  # of table 四 alone
    backward_heads: frozenset[tuple[str, str]]  # column heads that no form prints in this order, one directly after the other
    block_heads: dict[str, tuple[str, int]]  # head of a block of table 二 → (table, position); the same in every template
    row_blocks: dict[RowKey, int]  # the position of the block that a row of table 二 stands in
    requests_anchors: frozenset[str]
    headings: dict[str, str]  # without number → section
    units: dict[tuple[str, str, str, str], str | None]  # (template, table, row, column) → unit
    kinds: dict[tuple[str, str, str, str], str]  # (template, table, row, column) → count, signed, decimal
    decimals: frozenset[tuple[str, str, str]]  # (table, row, column) that may hold a fraction in some template


def _build_forms(template: Template) -> list[Form]:
    def rows(replaced: tuple[str, ...], by: Row | None) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        out: list[tuple[str, str, tuple[str, ...]]] = []
        for table in template.tables:
            for row in table.rows:
                columns = tuple(c.column for c in table.columns_of(row.row))
                if by is not None and row.row in replaced:
                    if row.row == replaced[0]:
                        out.append((table.table, by.row, columns))
                    continue
                out.append((table.table, row.row, columns))
        return tuple(out)

    variants = [variant for table in template.tables for variant in table.variants]
    return [Form(template.template, None, rows((), None))] + [Form(template.template, v.row, rows(v.replaces, v)) for v in variants]


def _list_heads(templates: dict[str, Template], table: str) -> frozenset[str]:
    return frozenset(normalise_label(c.label) for t in templates.values() for own in t.tables if own.table == table for c in own.columns)


def _find_ends(templates: dict[str, Template], table: str) -> tuple[str, str]:
    columns = next(own.columns for template in templates.values() for own in template.tables if own.table == table)
    return normalise_label(columns[0].label), normalise_label(columns[-1].label)


def _find_backward(templates: dict[str, Template]) -> frozenset[tuple[str, str]]:
    """Pairs of column heads in an order that no form prints: a table whose heads stand so has its columns in another order.

    The head 总计 of 三 is a cell of three lines, which may be printed before or between the others; the heads of 四 are printed once for
    each row, so 总计 is followed by those of the next.
    """
    forward: set[tuple[str, str]] = set()
    backward: set[tuple[str, str]] = set()
    for table in (table for template in templates.values() for table in template.tables):
        labels = [normalise_label(column.label) for column in table.columns]
        for later in range(len(labels)):
            forward.update((labels[earlier], labels[later]) for earlier in range(later))
            backward.update((labels[later], labels[earlier]) for earlier in range(later))
        if table.table == "requests":
            forward.update((labels[-1], label) for label in labels)
        if table.table == "disputes":
            forward.update((labels[-1], label) for label in labels)
    return frozenset((first, second) for first, second in backward - forward if first != second)


def build_lexicon(templates: dict[str, Template], aliases: Aliases) -> Lexicon:
    """The lexicon of the given forms; a bare label that two rows, or a row and a column head, share is left out."""
    forms = tuple(form for template in templates.values() for form in _build_forms(template))
    numbered: dict[str, RowKey] = {}
    bare: dict[str, set[RowKey]] = {}
    furniture = {normalise_label(word) for word in FURNITURE}
    for template in templates.values():
        for table in template.tables:
            furniture.update(normalise_label(column.label) for column in table.columns)
            spelt = [(row.row, row.label, row.group) for row in (*table.rows, *table.variants)]
            spelt += [(a.row, a.label, None) for a in aliases.rows if a.table == table.table and a.row in {r for r, _, _ in spelt}]
            for row, label, group in spelt:
                key = (table.table, row)
                numbered[normalise_label(label)] = key
                bare.setdefault(normalise_label(_NUMBERING.sub("", label)), set()).add(key)
                if group is not None:
                    numbered[normalise_label(group + label)] = key
                    furniture.update((normalise_label(group), normalise_label(_NUMBERING.sub("", group))))
    shared = frozenset(key for label, key in numbered.items() if label in furniture)
    furniture -= set(numbered)
    for label, keys in bare.items():
        if len(keys) == 1 and label not in furniture and label not in numbered:
            numbered[label] = next(iter(keys))
    heads: dict[str, tuple[str, int]] = {
        normalise_label(block.head): (table.table, position)
        for template in templates.values()
        for table in template.tables
        for position, block in enumerate(table.blocks)
    }
    by_template = {
        t.template: {normalise_label(c.label) for table in t.tables if table.table == "proactive" for c in table.columns}
        for t in templates.values()
    }
    markers = {
        label: name
        for name, labels in by_template.items()
        for label in labels
        if not any(label in other for o, other in by_template.items() if o != name)
    }
    kinds: dict[tuple[str, str, str, str], str] = {
        (t.template, table.table, r.row, c.column): c.kind
        for t in templates.values() for table in t.tables for r in (*table.rows, *table.variants) for c in table.columns_of(r.row)
    }  # fmt: skip
    return Lexicon(
        forms=forms,
        row_labels=numbered,
        shared_labels=shared,
        furniture=frozenset(furniture | set(heads)),
        markers=markers,
        column_heads=_list_heads(templates, "proactive") | _list_heads(templates, "requests") | _list_heads(templates, "disputes"),
        requests_ends=_find_ends(templates, "requests"),
        result_heads=_list_heads(templates, "disputes") - _list_heads(templates, "requests"),
        backward_heads=_find_backward(templates),
        block_heads=heads,
        row_blocks={(t.table, row): heads[normalise_label(block.head)][1] for template in templates.values()
                    for t in template.tables for block in t.blocks for row in block.rows},
        requests_anchors=frozenset(normalise_label(a) for a in REQUESTS_ANCHORS),
        headings={normalise_label(h.label): h.section for h in aliases.headings},
        units={(t.template, table.table, r.row, c.column): c.unit for t in templates.values() for table in t.tables
               for r in (*table.rows, *table.variants) for c in table.columns_of(r.row)},
        kinds=kinds,
        decimals=frozenset(key[1:] for key, kind in kinds.items() if kind == "decimal"),
    )  # fmt: skip


@cache
def load_lexicon() -> Lexicon:
    """The lexicon of the templates and aliases that are shipped."""
    return build_lexicon(load_templates(), load_aliases())


_HEADING = re.compile(r"^\s*([一二三四五六])\s*[、.．,，]\s*(.+?)\s*[:：。]?\s*$")
HEADING_WORDS = {
    "overview": ("总体情况",),
    "proactive": ("主动公开",),
    "requests": ("申请",),
    "disputes": ("复议", "诉讼"),
    "problems": ("问题", "改进"),
    "other": ("其他",),
}


def read_heading(line: str, lexicon: Lexicon) -> str | None:
    """The statutory section that a line heads, or None. Its number and its words must agree; a known spelling needs no number check."""
    match = _HEADING.match(line)
    if match is None:
        return None
    label = normalise_label(match[2])
    if label in lexicon.headings:
        return lexicon.headings[label]
    for section, words in HEADING_WORDS.items():
        if match[1] == section_numeral(section) and len(label) <= 40 and any(word in label for word in words):  # noqa: PLR2004
            return section
    return None
