"""`nianbao publications`, `diff` and `rollback`: what was published, what changed between two of them, and one of them put back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from orchestration.cli.tracing import read_number, write_figure

if TYPE_CHECKING:
    from orchestration.history.comparing import Comparison
    from orchestration.history.publications import KeptPublication

_SHORT: Final = 10
"""Characters of a digest that people compare."""


def publications(
    output_format: Annotated[Literal["text", "json"], typer.Option("--format", help="json: one list.")] = "text",
) -> None:
    """List the publications that are kept, newest first: when, of how many inputs, made with what, their size.

    NIANBAO_KEPT_PUBLICATIONS says how many stay besides the current one (* in the list). `own` is the size without the files that another
    publication has too.
    """
    from orchestration.cli.consoles import print_plain
    from orchestration.history.publications import list_publications
    from orchestration.settings import load_settings

    settings = load_settings()
    kept = list_publications(settings.paths)
    if output_format == "json":
        print_plain(json.dumps([_describe_publication(one) for one in kept], ensure_ascii=False, indent=1))
    elif not kept:
        print_plain(f"nothing is published under {settings.paths.published}; run `nianbao build` first")
    else:
        _print_publications(kept)


def diff(
    before: Annotated[str, typer.Argument(metavar="[A]", help="Beginning of its name, or `previous`.")] = "previous",
    after: Annotated[str, typer.Argument(metavar="[B]", help="Beginning of its name, or `current`.")] = "current",
    output_format: Annotated[Literal["text", "json", "csv"], typer.Option("--format", help="json: one object.")] = "text",
    limit: Annotated[int, typer.Option(min=0, help="Numbers to show; 0 shows all. The summary counts all.")] = 50,
    out: Annotated[Path | None, typer.Option(help="Write to this file and not to standard output.")] = None,
) -> None:
    """Compare two publications: every number that changed, with file and line on both sides, and why.

    A and B are names of `nianbao publications`; without them, what readers saw before the current publication, and the current one.
    Exit status: 0 whether anything changed or not; 2 there is no such publication.
    """
    import polars as pl
    import polars.selectors as cs

    from orchestration.cli.reports import open_output
    from orchestration.exporting.files import neutralise_text
    from orchestration.history.comparing import compare_publications
    from orchestration.history.publications import find_publication
    from orchestration.settings import load_settings

    paths = load_settings().paths
    one, other = find_publication(paths, before), find_publication(paths, after)
    comparison = compare_publications(one.folder, other.folder)
    shown = comparison.changes.head(limit) if limit else comparison.changes
    with open_output(out) as output:
        match output_format:
            case "json":
                record = {
                    "before": one.name,
                    "after": other.name,
                    "summary": comparison.summary.to_dicts(),
                    "changes": [
                        row | {name: read_number(row[name]) for name in ("from_value", "to_value")} for row in shown.iter_rows(named=True)
                    ],
                }
                output.write(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")
            case "csv":
                safe = cs.string().map_elements(neutralise_text, return_dtype=pl.String)
                plain = pl.col("from_value", "to_value").cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
                output.write(shown.with_columns(safe, plain).write_csv())
            case "text":
                _print_comparison(comparison, shown.iter_rows(named=True), one, other, output)
    if shown.height < comparison.changes.height:
        from orchestration.cli.consoles import print_error

        print_error(f"{shown.height} of {comparison.changes.height} numbers shown; --limit 0 shows all")


def rollback(
    version: Annotated[str, typer.Argument(help="Beginning of the name of a kept publication, or `previous`.", show_default=False)],
    reason: Annotated[str, typer.Option(help="Why; it is kept in the journal and shown to others.", show_default=False)],
) -> None:
    """Put a kept publication back: readers see it from then on, in one move. Recorded with time, user and reason.

    It stays until there are new inputs: a build without any publishes nothing and says so. `nianbao rollback` with the name of the newest
    publication puts that one back.
    """
    from orchestration.cli.consoles import print_plain
    from orchestration.history.publications import roll_back
    from orchestration.settings import load_settings

    if not reason.strip():
        raise typer.BadParameter("say why: --reason '…'")
    settings = load_settings()
    event = roll_back(settings.paths, version, by=settings.user, reason=reason.strip())
    print_plain(f"{event.publication} is what readers see now, instead of {event.before}")
    print_plain(f"what changed: nianbao diff {event.before} {event.publication}")


def _print_publications(kept: "Sequence[KeptPublication]") -> None:
    from rich import box
    from rich.table import Table

    from orchestration.cli.consoles import open_console
    from orchestration.cli.summaries import describe_rollback

    made_with = ("software", "parser", "rules", "project")
    grid = Table("", "publication", "published (UTC)", "inputs", "reports", "size", "own", *made_with, box=box.SIMPLE_HEAD, pad_edge=False)
    for one in kept:
        manifest, origins = one.manifest, one.manifest.origins
        statuses = ", ".join(f"{count} {status}" for status, count in manifest.statuses.items())
        made = ("", "", "") if origins is None else (origins.software, origins.parser[:_SHORT], origins.rules[:_SHORT])
        grid.add_row(
            "*" if one.is_current else "",
            one.name,
            f"{one.published_at:%Y-%m-%d %H:%M}",
            statuses,
            str(manifest.tables["fct_reports"].rows) if "fct_reports" in manifest.tables else "",
            _write_size(one.byte_count),
            _write_size(one.own_byte_count),
            *made,
            manifest.project[:_SHORT],
        )
    console = open_console()
    console.print(grid)
    for one in kept:
        for event in one.rollbacks:
            console.print(f"{one.name} put back {describe_rollback(event)}", soft_wrap=True, markup=False)


def _describe_publication(one: "KeptPublication") -> dict[str, object]:
    return {
        "name": one.name,
        "is_current": one.is_current,
        "published_at": one.published_at.isoformat(),
        "byte_count": one.byte_count,
        "own_byte_count": one.own_byte_count,
        "rollbacks": [json.loads(event.model_dump_json()) for event in one.rollbacks],
        **json.loads(one.manifest.model_dump_json()),
    }


def _write_size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def _print_comparison(
    comparison: "Comparison", rows: Iterable[Mapping[str, Any]], before: "KeptPublication", after: "KeptPublication", output: IO[str]
) -> None:
    output.write(f"{before.name} ({before.published_at:%Y-%m-%d %H:%M}) → {after.name} ({after.published_at:%Y-%m-%d %H:%M})\n")
    if comparison.changes.is_empty():
        output.write("no number changed\n")
        return
    output.write(f"{comparison.changes.height} numbers changed\n")
    for reason, reports, figures in comparison.summary.iter_rows():
        output.write(f"  {figures:>8} {reason.replace('_', ' ')}, in {reports} report{'s' if reports != 1 else ''}\n")
    heading = ""
    for row in rows:
        scope = f" ({row['report_scope']})" if row["report_scope"] is not None else ""
        detail = f": {row['detail']}" if row["detail"] is not None else ""
        told = f"{row['agency_name']} {row['report_year']}{scope}  {row['reason'].replace('_', ' ')}{detail}"
        if told != heading:
            heading = told
            output.write(f"\n{told}\n")
        cell = f"{row['table']}.{row['row']}.{row['column']}"
        output.write(f"  {cell}: {_say_side(row, 'from')} → {_say_side(row, 'to')}\n")


def _say_side(row: Mapping[str, Any], side: str) -> str:
    if row[f"{side}_value"] is None:
        return "none"
    return f"{write_figure(row[f'{side}_value'])} ({row[f'{side}_source']}:{row[f'{side}_line']})"
