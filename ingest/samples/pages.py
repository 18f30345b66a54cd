"""Layouts that change the page as a whole: HTML source, text extracted from a PDF, everything on one line, digits without separators."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from random import Random

from ingest.samples.flattening import keys_of_cell, keys_of_row, write_header_lines
from ingest.samples.models import Line, Page
from ingest.templates.printing import PrintedCell, PrintedTable

_PROSE_WIDTH = 34  # characters on a printed line of an A4 page
_LABEL_WIDTH = 13


def _tag(cell: PrintedCell) -> str:
    spans = (f' colspan="{cell.colspan}"' if cell.colspan > 1 else "") + (f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else "")
    return f"<td{spans}>{escape(cell.text, quote=False) if cell.text else '&nbsp;'}</td>"


def _render_html_table(table: PrintedTable) -> Iterator[Line]:
    yield Line('<table border="1" cellspacing="0"><tbody>')
    for row in table.rows:
        yield Line("<tr>")
        for cell in row.cells:
            yield Line(_tag(cell), keys_of_cell(cell))
        yield Line("</tr>")
    yield Line("</tbody></table>")


def lay_out_html(page: Page, rng: Random) -> list[Line]:
    """A page of a government site: navigation, title, header, paragraphs, tables with merged cells, `&nbsp;` for empty ones."""
    title = escape(page.title if page.title is not None else "政府信息公开年报", quote=False)
    lines = [
        Line("<!DOCTYPE html>"),
        Line('<html lang="zh-CN"><head><meta charset="utf-8">'),
        Line(f"<title>{title}</title>"),
        Line("<style>td { padding: 2px 6px; text-align: center }</style>"),
        Line("<script>var channel = '政府信息公开年报';</script></head>"),
        Line('<body><div class="nav"><a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a></div>'),
    ]
    lines += [Line(f"<h1>{title}</h1>")] if page.title is not None else []
    lines += [Line(f'<div class="info">{escape(text, quote=False)}</div>') for text in write_header_lines(page, "colons")]
    lines.append(Line('<div class="content">'))
    indent = rng.choice(("", "&emsp;&emsp;", "　　"))
    lines += [Line(f"<p>{indent}{escape(text, quote=False)}</p>") for text in page.preamble]
    for block in page.blocks:
        if block.kind == "heading":
            lines.append(Line(f"<p><strong>{escape(block.text, quote=False)}</strong></p>", heads=(block.section,)))
        elif block.kind == "paragraph":
            lines += [Line(f"<p>{indent}{escape(text, quote=False)}</p>") for text in block.text.split("\n")]
        elif block.table is not None:
            lines += _render_html_table(block.table)
    lines += [Line(f'<p style="text-align:right">{escape(text, quote=False)}</p>') for text in page.footer]
    return [*lines, Line("</div></body></html>")]


def _wrap(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def _print_cell(cell: PrintedCell) -> list[Line]:
    """A cell of a narrow column: heads break after two characters, labels after thirteen, group labels stand vertically."""
    if cell.key is not None:
        return [Line(cell.text, keys_of_cell(cell))]
    texts = [cell.text]
    if cell.role == "group" and cell.rowspan > 10:  # noqa: PLR2004 - the outer group, one character a line
        texts = list(cell.text)
    elif cell.role == "group":
        mark = max(cell.text.find("）"), cell.text.find(")")) + 1
        texts = [cell.text[:mark], *_wrap(cell.text[mark:], 2)]
    elif cell.role == "head" and cell.rowspan == cell.colspan == 1 and len(cell.text) in {4, 6}:
        texts = _wrap(cell.text, len(cell.text) - 2)
    elif cell.role == "label" and cell.colspan == 1:
        texts = _wrap(cell.text, _LABEL_WIDTH)
    return [Line(text) for text in texts if text]


def lay_out_pdf(page: Page, rng: Random) -> list[Line]:
    """Text extracted from a PDF: prose broken at the line's end, one cell a line, wrapped labels, page numbers, heads repeated."""
    number = 1

    def break_page() -> Line:
        nonlocal number
        number += 1
        return Line(f"- {number - 1} -")

    lines = [Line(text) for text in ([page.title] if page.title is not None else []) + write_header_lines(page, "colons")]
    for text in page.preamble:
        lines += [Line(part) for part in _wrap("　　" + text, _PROSE_WIDTH)]
    for block in page.blocks:
        if block.kind == "heading":
            lines += [break_page()] if block.section in {"proactive", "problems"} else []
            lines.append(Line(block.text, heads=(block.section,)))
        elif block.kind == "paragraph":
            lines += [Line(part) for text in block.text.split("\n") for part in _wrap("　　" + text, _PROSE_WIDTH)]
        elif block.table is not None:
            printed = [[line for cell in row.cells for line in _print_cell(cell)] for row in block.table.rows]
            breaks_at = rng.randrange(8, 15) if block.table.table == "requests" else 0
            for at, row_lines in enumerate(printed):
                if breaks_at and at == breaks_at:
                    lines += [break_page(), *(line for head in printed[:3] for line in head)]
                lines += row_lines
    lines += [Line(text) for text in page.footer]
    return [*lines, break_page()]


def _join_tables(page: Page, separator: str, rng: Random) -> list[Line]:
    """The prose before table 二 in lines, everything after it in one line, cells joined by `separator`."""
    lines = [Line(text) for text in write_header_lines(page, "colons")]
    lines += [Line(text) for text in ([page.title] if page.title is not None else []) + page.preamble]
    parts: list[str] = []
    cells: list[tuple[str, str, str]] = []
    heads: list[str] = []
    for block in page.blocks:
        if block.kind == "heading" and block.section == "overview":
            lines.append(Line(block.text, heads=(block.section,)))
        elif block.section == "overview":
            lines += [Line(text) for text in block.text.split("\n")]
        elif block.table is not None:
            for row in block.table.rows:
                parts.append(separator.join(cell.text for cell in row.cells if cell.text))
                cells += keys_of_row(row)
        else:
            parts.append(block.text.replace("\n", " "))
            heads += [block.section] if block.kind == "heading" else []
    joined = separator.join(parts)
    if not separator:  # pages of this kind still hold a stray space here and there
        at = joined.find("总计") + 2
        joined = joined[:at] + rng.choice(("", " ")) + joined[at:]
    return [*lines, Line(joined, tuple(cells), tuple(heads)), *(Line(text) for text in page.footer)]


def lay_out_one_line(page: Page, rng: Random) -> list[Line]:
    """Sections 二 to 六 on one line, cells separated by one space."""
    return _join_tables(page, " ", rng)


def lay_out_digit_runs(page: Page, rng: Random) -> list[Line]:
    """Sections 二 to 六 on one line without any separator: `一、本年新收政府信息公开申请数量640020470`."""
    return _join_tables(page, "", rng)
