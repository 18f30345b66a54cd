"""`nianbao copies`: pairs of reports of which one repeats the other, with the shared passages side by side."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from ingest.errors import NianbaoError

if TYPE_CHECKING:
    from orchestration.copying import CopiedPair

_SHOWN: Final = 20


class NoCopiesError(NianbaoError):
    """The home folder holds no table of copies yet."""


def copies(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders, files, archives or corpora to compare with each other; none: what the latest build found."),
    ] = None,
    home: Annotated[Path | None, typer.Option(help="Home folder of the build. Default: NIANBAO_HOME.", show_default=False)] = None,
    least: Annotated[float, typer.Option(min=0.5, max=1.0, help="Least similarity of a narrative to show.")] = 0.85,
    limit: Annotated[int, typer.Option(min=0, help="Pairs to show, most alike first; 0 shows all.")] = _SHOWN,
    output_format: Annotated[Literal["text", "json"], typer.Option("--format", help="json: one object per line and pair.")] = "text",
) -> None:
    """Show near-copies (内容雷同): reports that repeat their own last year or another agency, passage by passage.

    Figures, years, names and common boilerplate are left out before texts are compared. Tables with the same figures are pairs too.
    A pair is a matter to look at, no proof: exit status 0 whether there are pairs or not.
    """
    import polars as pl

    from ingest.reading import ReadLimits, scan_inputs
    from orchestration.cli.consoles import print_error, show_progress
    from orchestration.copying import open_stored_corpus, read_corpus, read_pairs, search_corpus
    from orchestration.settings import Paths, load_settings
    from orchestration.storage import Storage

    settings = load_settings()
    with TemporaryDirectory(prefix="nianbao-") as folder, show_progress(is_logged=False) as progress:
        if paths:
            inputs = scan_inputs(paths, ReadLimits(max_bytes=settings.max_bytes))
            corpus, sources = read_corpus(inputs, Path(folder))
            found, _ = search_corpus(corpus, progress)
        else:
            storage = Storage(settings.paths if home is None else Paths(home.expanduser().resolve()))
            stored = storage.read_copies()
            if stored is None:
                raise NoCopiesError(f"no copies under {storage.paths.corpus}; run `nianbao build`, or name reports to compare")
            found, corpus = stored, open_stored_corpus(storage)
            sightings = storage.read_sightings().drop_nulls("document_id").sort("source").unique("document_id", keep="first")
            sources = dict(sightings.select("document_id", "source").iter_rows())
        chosen = found.filter((pl.col("similarity") >= least) | (pl.col("kind") == "figures"))
        ranked = chosen.sort("similarity", "document_id", "other_document_id", "section", descending=[True, False, False, False])
        shown = ranked.head(limit) if limit else ranked
        pairs = list(read_pairs(shown, corpus, sources, progress))
    if output_format == "json":
        _print_json(pairs)
    else:
        _print_pairs(pairs)
        print_error(f"{shown.height} of {chosen.height} pairs shown" + ("; --limit 0 shows all" if shown.height < chosen.height else ""))


def _print_json(pairs: "list[CopiedPair]") -> None:
    from orchestration.cli.consoles import print_plain

    for pair in pairs:
        passages = [
            {
                "start_line": passage.start_line,
                "end_line": passage.end_line,
                "other_start_line": passage.other_start_line,
                "other_end_line": passage.other_end_line,
                "text": pair.quote(passage),
                "other_text": pair.quote_other(passage),
            }
            for passage in pair.passages
        ]
        record = {"source": pair.source, "other_source": pair.other_source, **pair.row, "passages": passages}
        print_plain(json.dumps(record, ensure_ascii=False, allow_nan=False))


def _print_pairs(pairs: "list[CopiedPair]") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from orchestration.cli.consoles import open_console

    console = open_console()
    for pair in pairs:
        row = pair.row
        places = f"{pair.source}:{row['start_line']} repeats {pair.other_source}:{row['other_start_line']}"
        console.print(Text(f"\n{places}", style="bold"), Text(_describe(row)), soft_wrap=True)
        if row["named_line"] is not None:
            console.print(Text(f"{pair.source}:{row['named_line']}: names the other agency", style="yellow"), soft_wrap=True)
        if row["repeated_number_count"] and row["is_same_agency"]:
            told = f"{pair.source}:{row['repeated_number_line']}: {row['repeated_number_count']} numbers in shared passages are the same"
            console.print(Text(told, style="yellow"), soft_wrap=True)
        if not pair.passages:
            continue
        grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines=True)
        for head in ("line", "passage", "line", "in the other"):
            grid.add_column(head, overflow="fold")
        for passage in pair.passages:
            grid.add_row(
                _say_lines(passage.start_line, passage.end_line),
                Text(pair.quote(passage)),
                _say_lines(passage.other_start_line, passage.other_end_line),
                Text(pair.quote_other(passage)),
            )
        console.print(grid)


def _describe(row: dict[str, object]) -> str:
    what = "same figures" if row["kind"] == "figures" else f"similarity {row['similarity']:.2f}"
    who = {True: "same agency", False: "another agency", None: "perhaps one agency"}[row["is_same_agency"]]  # type: ignore[index]
    return f"{row['section']}, {what}, {who}, {row['report_year']} and {row['other_report_year']}"


def _say_lines(start: int, end: int) -> str:
    return str(start) if start == end else f"{start}-{end}"
