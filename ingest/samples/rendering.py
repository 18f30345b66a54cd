"""Renders figures as a report: the inverse of reading, with everything that a reader should find recorded beside the text."""

from __future__ import annotations

from random import Random

from ingest.errors import NianbaoError
from ingest.samples.damages import DAMAGES, TO_TRADITIONAL
from ingest.samples.figures import form_rows
from ingest.samples.layouts import LAYOUTS
from ingest.samples.models import Page, RenderedReport, ReportFigures
from ingest.samples.narratives import write_page
from ingest.samples.seeding import make_rng
from ingest.templates import Template, load_templates
from ingest.templates.printing import CellKey, print_tables, to_halfwidth

_BLANK_OR_DASH = ("", "-", "—", "/", "－", "无", "--", "——")


def render_report(
    figures: ReportFigures, layout: str = "pipe_rows", damage: str = "none", seed: int | str = 0, encoding: str = "utf-8"
) -> RenderedReport:
    """The text of a report with these figures in this layout, with this damage; `lost_labels+page_noise` is one after the other.

    The same arguments give the same bytes. NianbaoError when the layout or the damage is unknown or cannot occur together.
    """
    names = damage.split("+")
    if layout not in LAYOUTS or not set(names) <= set(DAMAGES):
        raise NianbaoError(f"no layout {layout} or no damage {damage}; see LAYOUTS and DAMAGES")
    chosen, harms = LAYOUTS[layout], [DAMAGES[name] for name in names]
    if not all(harm.applies_to(chosen) for harm in harms):
        raise NianbaoError(f"damage {damage} cannot show in layout {layout}")
    rng = make_rng("render", seed, figures.agency.slug, figures.report_year, layout, damage)
    template = load_templates()[figures.template]
    details: list[str] = []

    raws = _print_values(figures, template, rng)
    rows: dict[str, tuple[str, ...]] = {table.table: form_rows(table, figures.variants) for table in template.tables}
    details += [harm.on_raws(raws, rng) for harm in harms if harm.on_raws is not None]
    details += [harm.on_rows(rows, rng) for harm in harms if harm.on_rows is not None]
    is_halfwidth = chosen.width == "half" or (chosen.width == "either" and rng.random() < 0.5)  # noqa: PLR2004
    tables = print_tables(figures.template, rows, raws, is_halfwidth=is_halfwidth)
    details += [harm.on_tables(tables, rng) for harm in harms if harm.on_tables is not None]
    page, facts = write_page(figures, template, tables, rng)
    if is_halfwidth:
        page = _narrow_page(page)
    details += [harm.on_page(page, rng) for harm in harms if harm.on_page is not None]
    lines = chosen.lay_out(page, rng)
    details += [harm.on_lines(lines, rng) for harm in harms if harm.on_lines is not None]

    cell_lines: dict[CellKey, int] = {}
    heading_lines: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        for cell in line.cells:
            cell_lines[cell] = number
        for section in line.heads:
            heading_lines[section] = number
    printed = {cell: raws[cell] for cell in raws if cell in cell_lines}
    is_traditional = "traditional_characters" in names
    text = "\n".join(line.text for line in lines) + "\n"
    if chosen.media_type == "text/html":
        text = text.replace('charset="utf-8"', f'charset="{encoding}"')
    return RenderedReport(
        text=text,
        figures={cell: None if raw in _BLANK_OR_DASH else figures.values[cell] for cell, raw in printed.items()},
        raws=printed,
        lines=cell_lines,
        lost=frozenset(cell for cell in raws if cell not in cell_lines),
        heading_lines=heading_lines,
        agency_name=figures.agency.name.translate(TO_TRADITIONAL) if is_traditional else figures.agency.name,
        report_year=figures.report_year,
        published_date=facts.published_date,
        index_number=facts.index_number,
        title=facts.title.translate(TO_TRADITIONAL) if is_traditional and facts.title is not None else facts.title,
        template=figures.template,
        variants=figures.variants,
        layout=layout,
        damage=damage,
        damage_detail="; ".join(details),
        slips=figures.slips,
        media_type=chosen.media_type,
        suffix=chosen.suffix,
        slug=figures.agency.slug,
        encoding=encoding,
    )


def _print_values(figures: ReportFigures, template: Template, rng: Random) -> dict[CellKey, str]:
    """The values as an agency prints them: counts plain, changes with their sign, money with or without its unit."""
    plus = rng.choice(("+", "+", ""))
    money_unit = rng.choice(("", "", "元"))
    raws: dict[CellKey, str] = {}
    for table in template.tables:
        for row in form_rows(table, figures.variants):
            for column in table.columns_of(row):
                value = figures.values[table.table, row, column.column]
                text = str(int(value)) if value == int(value) else repr(value)
                if column.kind == "signed" and value > 0:
                    text = plus + text
                if column.kind == "decimal" and column.unit is None and value:
                    text += money_unit
                raws[table.table, row, column.column] = text
    return raws


def _narrow_page(page: Page) -> Page:
    """Full-width punctuation of the prose in ASCII; the tables are printed so already."""
    return Page(
        page.title,
        page.header,
        [to_halfwidth(text) for text in page.preamble],
        [block._replace(text=to_halfwidth(block.text)) for block in page.blocks],
        [to_halfwidth(text) for text in page.footer],
    )
