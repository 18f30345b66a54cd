"""`nianbao rules`, `templates` and `samples`: what the software knows, to be read; sample reports, to be tried on."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from orchestration.cli.languages import LanguageOption, choose_language

Action = Annotated[Literal["list", "show"], typer.Argument()]


def rules(
    action: Action = "list",
    rule_id: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    lang: LanguageOption = None,
) -> None:
    """The rules that reports are judged by: source, formula, severity, and when they stop a publication.

    `list` gives one line each, `show ID` one of them in full; a code such as T3-01 shows every rule that bears it.
    """
    from expectations.catalogue import load_catalogue
    from orchestration.cli.consoles import open_console, print_plain
    from orchestration.settings import load_settings

    language = choose_language(lang, load_settings())
    catalogue = load_catalogue()
    if _is_shown(action, rule_id, "nianbao rules show requests.balance"):
        from expectations.catalogue import Rule
        from expectations.describing import describe_rule, describe_undecided

        for number, entry in enumerate(catalogue.find(str(rule_id))):
            if number:
                print_plain("")
            print_plain(describe_rule(entry, language) if isinstance(entry, Rule) else describe_undecided(entry, language))
        return
    from rich import box
    from rich.table import Table

    grid = Table("rule", "severity", "on failure", "stops a year", "title", box=box.SIMPLE_HEAD, pad_edge=False)
    for rule in catalogue.rules:
        title = rule.title_zh if language == "zh" else rule.title_en
        grid.add_row(rule.id, rule.severity, rule.on_failure, "yes" if rule.gate.blocks else "no", title)
    open_console().print(grid)


def templates(
    action: Action = "list",
    template_id: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
) -> None:
    """The statutory forms: their tables, rows and columns, with the keys that figures carry.

    `list` gives one line each, `show ID` one of them in full.
    """
    from rich import box
    from rich.table import Table

    from ingest.errors import TemplateError
    from ingest.templates import load_templates
    from orchestration.cli.consoles import open_console, print_plain

    known = load_templates()
    console = open_console()
    if not _is_shown(action, template_id, "nianbao templates show 2021"):
        grid = Table("template", "instrument", "reports for", "cells", box=box.SIMPLE_HEAD, pad_edge=False)
        for form in known.values():
            years = f"{form.valid_from_year} – {form.valid_to_year if form.valid_to_year is not None else ''}"
            grid.add_row(form.template, form.instrument, years, str(len(form.cells)))
        console.print(grid)
        return
    if template_id not in known:
        raise TemplateError(f"there is no template {template_id}; known: {', '.join(known)}")
    form = known[str(template_id)]
    print_plain(f"{form.template}  {form.instrument}  {len(form.cells)} cells")
    for table in form.tables:
        print_plain(f"\n{table.title}  ({table.table})")
        for column in table.columns:
            print_plain(f"  column {column.column:<24} {column.label}  {column.unit or ''} {column.kind}")
        for row in (*table.rows, *table.variants):
            group = f"{row.group} / " if row.group is not None else ""
            print_plain(f"  row    {row.row:<34} {group}{row.label}")


def samples(
    out: Annotated[Path, typer.Option(help="Folder to write to; it gets `reports/<year>/` and `manifest.jsonl`.", show_default=False)],
    reports: Annotated[int | None, typer.Option(min=1, help="How many to generate. Default: the bundled set.", show_default=False)] = None,
    seed: Annotated[int, typer.Option(help="The same seed and number give the same files.")] = 0,
) -> None:
    """Write sample reports of invented agencies: any number, all layouts, some damage, some planted slips.

    The manifest says of each file what was planted and where.
    """
    from ingest.errors import NianbaoError
    from ingest.samples import write_samples
    from orchestration.cli.consoles import print_plain, show_progress

    with show_progress(is_logged=False) as progress:
        try:
            count = write_samples(out, reports, seed, lambda done: progress("writing", done, reports))
        except OSError as error:
            raise NianbaoError(f"{out} cannot be written ({error.strerror}); choose another folder with --out") from error
    print_plain(f"{count} files in {out / 'reports'}; what was planted: {out / 'manifest.jsonl'}")
    print_plain(f"next: nianbao check {out / 'reports'} --quiet")


def _is_shown(action: Literal["list", "show"], name: str | None, example: str) -> bool:
    """Whether one entry is asked for; BadParameter when it is not said which."""
    if action == "show" and name is None:
        raise typer.BadParameter(f"say which one, such as: {example}")
    if action == "list" and name is not None:
        raise typer.BadParameter(f"list takes no name; to see one: {example}")
    return action == "show"
