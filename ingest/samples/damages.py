"""What goes wrong between the agency's page and our text: one entry per class of damage, each saying what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from ingest.samples import disturbances as rare
from ingest.samples.layouts import Layout
from ingest.samples.models import Line, Page
from ingest.templates.printing import CellKey, PrintedCell, PrintedTable

Raws = dict[CellKey, str]
Tables = dict[str, PrintedTable]


@dataclass(frozen=True)
class Damage:
    """A class of damage: what it changes (values, rows left out, tables, page or lines) and which layouts can show it.

    Each step returns what it did in a few words. `weight` is its share in generated sets.
    """

    name: str
    weight: float = 0
    on_raws: Callable[[Raws, Random], str] | None = None
    on_rows: Callable[[dict[str, tuple[str, ...]], Random], str] | None = None
    on_tables: Callable[[Tables, Random], str] | None = None
    on_page: Callable[[Page, Random], str] | None = None
    on_lines: Callable[[list[Line], Random], str] | None = None
    applies_to: Callable[[Layout], bool] = lambda _layout: True


def _replace_cells(table: PrintedTable, change: Callable[[PrintedCell], str]) -> int:
    """Puts new texts into the cells of a table; how many changed."""
    count = 0
    for row in table.rows:
        for position, cell in enumerate(row.cells):
            text = change(cell)
            if text != cell.text:
                row.cells[position] = cell._replace(text=text)
                count += 1
    return count


def _lose_labels(tables: Tables, rng: Random) -> str:
    """About a third of the row labels of table 三 are gone, and sometimes a merged head of table 四; their values stay."""
    share = rng.uniform(0.15, 0.45)
    lost = _replace_cells(tables["requests"], lambda cell: "" if cell.role == "label" and rng.random() < share else cell.text)
    if rng.random() < 0.5:  # noqa: PLR2004
        last = tables["disputes"].rows[1].cells
        last[-1] = last[-1]._replace(text="")
        lost += 1
    return f"{lost} labels lost"


def _space_labels(tables: Tables, rng: Random) -> str:
    """Spaces inside labels: 自 然 人, 结果 维持, 社会 公益组织."""

    def space(cell: PrintedCell) -> str:
        if cell.role in {"value", "corner", "title"} or rng.random() < 0.5:  # noqa: PLR2004
            return cell.text
        if len(cell.text) <= 3:  # noqa: PLR2004 - 总 计, 自 然 人
            return " ".join(cell.text)
        at = 2 if cell.role == "head" else rng.randrange(2, len(cell.text) - 1)
        return f"{cell.text[:at]} {cell.text[at:]}"

    return f"{sum(_replace_cells(table, space) for table in tables.values())} labels spaced"


def _cut_heads(tables: Tables, rng: Random) -> str:
    """Heads of table 四 cut to their first two characters: 结果 | 其他 | 尚未."""
    cut = _replace_cells(
        tables["disputes"],
        lambda cell: cell.text[:2] if cell.role == "head" and len(cell.text) == 4 and rng.random() < 0.8 else cell.text,  # noqa: PLR2004
    )
    return f"{cut} heads cut"


_FULLWIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def _widen_digits(raws: Raws, _rng: Random) -> str:
    """Full-width digits in all values."""
    for cell, raw in raws.items():
        raws[cell] = raw.translate(_FULLWIDTH)
    return f"{len(raws)} values in full-width digits"


def _group_thousands(raws: Raws, rng: Random) -> str:
    """Thousands separators, half or full width."""
    comma = rng.choice((",", "，"))
    count = 0
    for cell, raw in raws.items():
        if raw.isascii() and raw.isdigit() and len(raw) > 3:  # noqa: PLR2004
            raws[cell] = f"{int(raw):,}".replace(",", comma)
            count += 1
    return f"{count} values with separators"


def _replace_zeros(raws: Raws, mark: str, rng: Random) -> str:
    """Zeros become `mark`; agencies that do so often still print the total of each row."""
    keeps_totals = rng.random() < 0.5  # noqa: PLR2004
    count = 0
    for cell, raw in raws.items():
        if raw == "0" and not (keeps_totals and cell[2] == "total"):
            raws[cell] = mark
            count += 1
    return f"{count} zeros printed as {mark!r}"


def _blank_zeros(raws: Raws, rng: Random) -> str:
    return _replace_zeros(raws, "", rng)


def _dash_zeros(raws: Raws, rng: Random) -> str:
    return _replace_zeros(raws, rng.choice(("-", "—", "/", "－")), rng)


def _drop_rows(rows: dict[str, tuple[str, ...]], rng: Random) -> str:
    """One to four outcome rows of table 三 are gone, labels and values."""
    inner = rows["requests"][2:-2]
    dropped = set(rng.sample(inner, k=rng.randrange(1, 5)))
    rows["requests"] = tuple(row for row in rows["requests"] if row not in dropped)
    return f"rows dropped: {', '.join(sorted(dropped))}"


def _drop_section(page: Page, section: str) -> str:
    page.blocks = [block for block in page.blocks if block.section != section]
    return f"section dropped: {section}"


def _drop_prose_section(page: Page, rng: Random) -> str:
    return _drop_section(page, rng.choice(("problems", "other")))


def _drop_disputes_section(page: Page, _rng: Random) -> str:
    return _drop_section(page, "disputes")


def _truncate(lines: list[Line], rng: Random) -> str:
    """The text ends somewhere between the first value and the last."""
    filled = [at for at, line in enumerate(lines) if line.cells]
    keep = filled[rng.randrange(len(filled) // 4, len(filled))]
    del lines[keep:]
    return f"text ends at line {keep}"


def _remove_repeats(lines: list[Line], _rng: Random) -> str:
    """A crawler kept only the first of equal lines."""
    seen: set[str] = set()
    kept: list[Line] = []
    for line in lines:
        if not line.text or line.text not in seen:
            kept.append(line)
        seen.add(line.text)
    removed = len(lines) - len(kept)
    lines[:] = kept
    return f"{removed} repeated lines removed"


_NOISE = (
    "首页 > 政务公开 > 政府信息公开年报",
    "字体：【大 中 小】",
    "分享到：",
    "浏览次数：",
    "打印本页 关闭窗口",
    "上一篇：没有了",
    "相关链接",
)


def _add_noise(lines: list[Line], rng: Random) -> str:
    """Navigation before and after the text, and page numbers inside it."""
    top = [Line(text) for text in rng.sample(_NOISE, k=3)]
    bottom = [Line(text) for text in rng.sample(_NOISE, k=3)]
    pages = sorted(rng.sample(range(len(lines) // 3, len(lines)), k=3))
    for number, at in reversed(list(enumerate(pages, start=1))):
        lines.insert(at, Line(f"- {number} -"))
    lines[:] = [*top, *lines, *bottom]
    return "navigation and 3 page numbers"


# The characters of the form and of the headings that differ; the rest of a page may stay simplified, as on half-converted pages.
_CHARACTERS = (
    "报報 务務 动動 发發 规規 范範 处處 罚罰 强強 费費 单單 万萬 条條 项項 内內 数數 现現 许許 决決 办辦 "
    "结結 转轉 经經 复復 议議 诉訴 维維 纠糾 尚尚 审審 总總 计計 机機 构構 织織 团團 贡貢 业業 研研 会會 "
    "组組 类類 为為 稳穩 乱亂 户戶 据據 关關 征徵 询詢 获獲 认認 确確 满滿 补補 继繼 续續 体體 举舉 请請 "
    "书書 时時 间間 讨討 论論 "
)
TO_TRADITIONAL: Final[dict[int, str]] = {ord(pair[0]): pair[1] for pair in _CHARACTERS.split()}
"""Simplified → traditional for the characters of the form."""


def _convert_to_traditional(lines: list[Line], _rng: Random) -> str:
    lines[:] = [line._replace(text=line.text.translate(TO_TRADITIONAL)) for line in lines]
    return "traditional characters"


def _is_plain_lines(layout: Layout) -> bool:
    return layout.has_lines and layout.media_type != "text/html"


_LABELS_ALONE = {"close_cells", "pipe_cells", "pdf_cells", "label_lines"}
"""Layouts in which a label has a line of its own, so that two may follow each other."""

_ALL = (
    Damage("none", 80),
    Damage("lost_labels", 3, on_tables=_lose_labels, applies_to=lambda layout: layout.separates_cells),
    Damage("spaced_labels", 6, on_tables=_space_labels),
    Damage("cut_heads", 3, on_tables=_cut_heads),
    Damage("fullwidth_digits", 0.5, on_raws=_widen_digits),
    Damage("thousands_separators", 1.5, on_raws=_group_thousands, applies_to=lambda layout: layout.separates_cells),
    Damage("blanks_for_zero", 0.5, on_raws=_blank_zeros, applies_to=lambda layout: layout.keeps_blanks),
    Damage("dashes_for_zero", 0.5, on_raws=_dash_zeros, applies_to=lambda layout: layout.separates_cells),
    Damage("traditional_characters", 0.5, on_lines=_convert_to_traditional),
    Damage("missing_section", 1, on_page=_drop_prose_section),
    Damage("missing_table", 0.5, on_page=_drop_disputes_section),
    Damage("truncated", 0.5, on_lines=_truncate, applies_to=lambda layout: layout.has_lines),
    Damage("dropped_rows", 0.5, on_rows=_drop_rows),
    Damage("repeats_removed", 0, on_lines=_remove_repeats, applies_to=_is_plain_lines),
    Damage("page_noise", 1.5, on_lines=_add_noise, applies_to=_is_plain_lines),
    Damage("misspelt_labels", on_tables=rare.misspell_labels),
    Damage("cut_labels", on_tables=rare.cut_labels),
    Damage("unnumbered_labels", on_tables=rare.unnumber_labels),
    Damage("all_labels_lost", on_tables=rare.lose_all_labels, applies_to=lambda layout: layout.separates_cells),
    Damage("broken_labels", on_lines=rare.break_labels, applies_to=_is_plain_lines),
    Damage("lost_heads", on_tables=rare.lose_heads),
    Damage("lost_headings", on_page=rare.lose_headings),
    Damage("pinyin", on_tables=rare.add_pinyin),
    Damage("question_marks", on_tables=rare.add_question_marks),
    Damage("unseen_characters", on_lines=rare.insert_unseen, applies_to=_is_plain_lines),
    Damage("joined_values", on_tables=rare.join_values),
    Damage("units", on_raws=rare.add_units),
    Damage("remarks", on_raws=rare.add_remarks),
    Damage("none_for_zero", on_raws=rare.print_none, applies_to=lambda layout: layout.separates_cells),
    Damage("mixed_blanks", on_raws=rare.mix_blanks, applies_to=lambda layout: layout.separates_cells),
    Damage("zeros_left_out", on_raws=rare.blank_zeros),
    Damage("values_left_out", on_raws=rare.blank_some),
    Damage("swapped_rows", on_rows=rare.swap_rows),
    Damage("stacked_labels", on_lines=rare.stack_labels, applies_to=lambda layout: layout.name in _LABELS_ALONE),
    Damage("reordered_sections", on_page=rare.reorder_sections),
    Damage("missing_requests", on_page=rare.lose_requests_section),
    Damage("missing_proactive", on_page=rare.lose_proactive_section),
    Damage("site_noise", on_lines=rare.insert_chrome, applies_to=_is_plain_lines),
    Damage("sentences", on_lines=rare.insert_sentences, applies_to=_is_plain_lines),
    Damage("stray_numbers", on_lines=rare.insert_numbers, applies_to=_is_plain_lines),
    Damage("repeated_heads", on_lines=rare.repeat_heads, applies_to=_is_plain_lines),
    Damage("dropped_lines", on_lines=rare.drop_lines, applies_to=_is_plain_lines),
    Damage("doubled_lines", on_lines=rare.double_lines, applies_to=_is_plain_lines),
)

DAMAGES: Final[dict[str, Damage]] = {damage.name: damage for damage in _ALL}
"""Damage name → damage; those of weight 0 are available but kept out of generated sets."""
