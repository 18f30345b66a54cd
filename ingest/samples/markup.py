"""HTML as it is found beside that of `pages`: Word's markup, a page without line breaks, tables inside a table for the layout."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from random import Random

from ingest.samples.flattening import keys_of_cell, keys_of_row, write_header_lines
from ingest.samples.models import Line, Page
from ingest.templates.printing import PrintedCell, PrintedTable


def _spans(cell: PrintedCell, *, is_quoted: bool) -> str:
    quote = '"' if is_quoted else ""
    pairs = (("colspan", cell.colspan), ("rowspan", cell.rowspan))
    return "".join(f" {name}={quote}{number}{quote}" for name, number in pairs if number > 1)


def _write_word_cell(cell: PrintedCell, rng: Random) -> Line:
    """A cell of a page saved by Word: a paragraph and spans in it; digits may be split over two spans, nothing is `<o:p>&nbsp;`."""
    text = cell.text
    if text and rng.random() < 0.2:  # noqa: PLR2004
        at = rng.randrange(1, len(text) + 1)
        parts = [text[:at], text[at:]]
    else:
        parts = [text]
    inner = "".join(f'<span lang="EN-US" style="font-size:10.5pt">{escape(part, quote=False)}</span>' for part in parts if part)
    empty = rng.choice(("&nbsp;", "<o:p>&nbsp;</o:p>", "<o:p> </o:p>"))
    body = f'<p class="MsoNormal" align="center">{inner or empty}</p>'
    return Line(f'<td width="64" style="border:solid windowtext 1.0pt"{_spans(cell, is_quoted=True)}>{body}</td>', keys_of_cell(cell))


def _write_word_table(table: PrintedTable, rng: Random) -> list[Line]:
    lines = [Line('<table class="MsoNormalTable" border="1"><tbody>')]
    for row in table.rows:
        lines += [Line('<tr style="height:24.0pt">'), *(_write_word_cell(cell, rng) for cell in row.cells), Line("</tr>")]
    return [*lines, Line("</tbody></table>")]


def _write_compact_table(table: PrintedTable, _rng: Random) -> list[Line]:
    """Upper-case tags, closing tags left out where HTML allows it, all in one line of the source."""
    rows = "".join(
        "<TR>" + "".join(f"<TD{_spans(cell, is_quoted=False)}>{escape(cell.text, quote=False) or '&nbsp;'}" for cell in row.cells)
        for row in table.rows
    )
    return [Line(f"<TABLE border=1>{rows}</TABLE>", tuple(key for row in table.rows for key in keys_of_row(row)))]


def build_html_layout(write_table: Callable[[PrintedTable, Random], list[Line]], *, is_nested: bool = False) -> Callable[..., list[Line]]:
    """A page of paragraphs and the tables that `write_table` writes; `is_nested` puts all of it into a cell of a layout table."""

    def lay_out(page: Page, rng: Random) -> list[Line]:
        title = escape(page.title if page.title is not None else "政府信息公开年报", quote=False)
        lines = [Line(f'<html><head><meta charset="utf-8"><title>{title}</title></head><body>')]
        lines += [Line('<table width="980"><tr><td class="left">导航</td><td>')] if is_nested else []
        lines += [Line(f"<h2>{title}</h2>")] if page.title is not None else []
        lines += [Line(f"<p>{escape(text, quote=False)}</p>") for text in (*write_header_lines(page, "colons"), *page.preamble)]
        for block in page.blocks:
            if block.kind == "heading":
                lines.append(Line(f"<p><b>{escape(block.text, quote=False)}</b></p>", heads=(block.section,)))
            elif block.kind == "paragraph":
                lines += [Line(f"<p>{escape(text, quote=False)}</p>") for text in block.text.split("\n")]
            elif block.table is not None:
                lines += write_table(block.table, rng)
        lines += [Line(f"<p>{escape(text, quote=False)}</p>") for text in page.footer]
        return [*lines, *([Line("</td></tr></table>")] if is_nested else []), Line("</body></html>")]

    return lay_out


lay_out_word_html = build_html_layout(_write_word_table)
lay_out_compact_html = build_html_layout(_write_compact_table)
lay_out_nested_html = build_html_layout(_write_compact_table, is_nested=True)
