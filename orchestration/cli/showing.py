"""`nianbao show` and `compare`: an agency's published figures over the years, and two agencies side by side, in the terminal."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from orchestration.cli.exporting import HomeOption
from orchestration.cli.languages import Language, LanguageOption, choose_language

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from orchestration.panels import Measure, Panel, Row

_STEPS: Final = "▁▂▃▄▅▆▇█"
_GAP: Final = "·"
"""A year without the figure; a printed 0 is the lowest bar."""
_BAR: Final = 30
_MOST_FINDINGS: Final = 12
FormatOption = Annotated[Literal["text", "json"], typer.Option("--format", help="json: one object with everything.")]
AgencyArgument = Annotated[str, typer.Argument(help="An agency's name or id; a part of its name does when no other has it.")]


def show(
    agency: AgencyArgument,
    year: Annotated[int | None, typer.Argument(help="One report year. Default: all.", show_default=False)] = None,
    output_format: FormatOption = "text",
    lang: LanguageOption = None,
    home: HomeOption = None,
) -> None:
    """Show what one agency reported: its counts and shares over the years, what is wrong with them, and where they are printed.

    With YEAR, the figures of that report, each with its line in the source. A point stands for a figure that the report does not state;
    a share comes with its numerator and denominator.
    """
    from orchestration.cli.consoles import open_console, print_plain
    from orchestration.panels import read_panel
    from orchestration.querying import open_published
    from orchestration.settings import Paths, load_settings

    settings = load_settings()
    language = choose_language(lang, settings)
    paths = settings.paths if home is None else Paths(home.expanduser().resolve())
    with open_published(paths, is_locked=True) as connection:
        panel = read_panel(connection, agency, year)
    if output_format == "json":
        print_plain(_write_json(_describe_panel(panel)))
        return
    console = open_console()
    print_plain(f"{panel.agency_name}  {panel.agency_id}")
    names = sorted({row["agency_name"] for row in panel.years} - {panel.agency_name})
    if names:
        print_plain(f"{'报告中的其他名称' if language == 'zh' else 'named in its reports also'}: {'、'.join(names)}")
    if year is None:
        _print_years(console, panel, language)
        _print_sources(panel, language)
    else:
        console.print(_build_year(panel, language))
    _print_findings(panel, language)


def compare(
    first: AgencyArgument,
    second: AgencyArgument,
    year: Annotated[int | None, typer.Option(help="Report year. Default: the latest that both have.", show_default=False)] = None,
    output_format: FormatOption = "text",
    lang: LanguageOption = None,
    home: HomeOption = None,
) -> None:
    """Compare two agencies in one report year: figures side by side, their difference, and what speaks against comparing them."""
    from rich import box
    from rich.table import Table

    from orchestration.cli.consoles import open_console, print_plain
    from orchestration.panels import choose_common_year, list_caveats, list_measures, read_panel
    from orchestration.querying import open_published
    from orchestration.settings import Paths, load_settings

    settings = load_settings()
    language = choose_language(lang, settings)
    paths = settings.paths if home is None else Paths(home.expanduser().resolve())
    with open_published(paths, is_locked=True) as connection:
        panels = [read_panel(connection, agency) for agency in (first, second)]
    chosen = choose_common_year(panels[0], panels[1], year)
    rows = [next(row for row in panel.years if row["report_year"] == chosen) for panel in panels]
    caveats = list_caveats(rows[0], rows[1])
    measures = list_measures(rows)
    if output_format == "json":
        differences = {measure.column: _subtract(rows[0].get(measure.column), rows[1].get(measure.column)) for measure in measures}
        notes = [{"zh": zh, "en": en} for zh, en in caveats]
        print_plain(_write_json({"report_year": chosen, "agencies": rows, "differences": differences, "caveats": notes}))
        return
    console = open_console()
    grid = Table(title=str(chosen), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    grid.add_column("")
    for name in (*(panel.agency_name for panel in panels), "差" if language == "zh" else "difference"):
        grid.add_column(name, justify="right", overflow="fold")
    for measure in measures:
        difference = _subtract(rows[0].get(measure.column), rows[1].get(measure.column))
        grid.add_row(
            _name(measure, language), *(_write_value(row, measure) for row in rows), _write_difference(difference, measure, language)
        )
    console.print(grid)
    for zh, en in caveats:
        print_plain(f"! {zh if language == 'zh' else en}")
    for row in rows:
        print_plain(f"{row['agency_name']}: {row['source']}")


def draw_sparkline(values: Sequence[float | None]) -> str:
    """One character a value, from 0 to the largest; a point where there is none."""
    largest = max((value for value in values if value is not None), default=0)
    return "".join(
        _GAP if value is None else _STEPS[0 if largest <= 0 else min(int(max(value, 0) / largest * len(_STEPS)), len(_STEPS) - 1)]
        for value in values
    )


def _print_years(console: "Console", panel: "Panel", language: Language) -> None:
    """As many years side by side as the window is wide, the others below: no figure is cut off."""
    from orchestration.cli.consoles import measure_grid

    size = max(len(panel.years), 1)
    while size > 1 and measure_grid(console, _build_years(panel, panel.years[-size:], language))[1] > console.width:
        size -= 1
    widest = max((measure_grid(console, _build_years(panel, [row], language))[1] for row in panel.years), default=0)
    console.width = max(console.width, widest)
    for start in range(0, len(panel.years), size):
        console.print(_build_years(panel, panel.years[start : start + size], language))


def _build_years(panel: "Panel", years: "Sequence[Row]", language: Language) -> Any:
    """The table of some years; the sparklines of all years stand behind the last."""
    from rich import box
    from rich.table import Table

    from orchestration.panels import list_measures

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    grid.add_column("")
    for row in years:
        grid.add_column(str(row["report_year"]), justify="right", no_wrap=True)
    is_last = years[-1] is panel.years[-1]
    if is_last:
        grid.add_column("", no_wrap=True)

    def add(name: str, texts: "Sequence[Text | str]", values: Sequence[float | None] = ()) -> None:
        grid.add_row(name, *texts, *([draw_sparkline(values)] if is_last else []))

    add("表式" if language == "zh" else "form", [str(row["template"]) for row in years])
    for measure in list_measures(panel.years):
        add(_name(measure, language), [_write_value(row, measure) for row in years], [row.get(measure.column) for row in panel.years])
    counts = {row["report_year"]: sum(finding["report_year"] == row["report_year"] for finding in panel.findings) for row in panel.years}
    add("规则发现" if language == "zh" else "findings", [str(counts[row["report_year"]]) for row in years], list(counts.values()))
    return grid


def _build_year(panel: "Panel", language: Language) -> Any:
    from rich import box
    from rich.table import Table

    from orchestration.panels import OUTCOMES, list_measures

    (row,) = panel.years
    grid = Table(title=str(row["report_year"]), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    heads = ("", "", "占办理总计", "来源") if language == "zh" else ("", "", "of all processed", "source")
    for head, justify in zip(heads, ("left", "right", "left", "left"), strict=True):
        grid.add_column(head, justify=justify, overflow="fold")  # type: ignore[arg-type]
    total = row.get("processed_count")
    for measure in list_measures(panel.years):
        value = row.get(measure.column)
        bar = "█" * max(round(_BAR * value / total), 1) if measure.column in OUTCOMES and value and total else ""
        line = panel.places.get((row["report_year"], measure.column))
        grid.add_row(_name(measure, language), _write_value(row, measure), bar, "" if line is None else f"{row['source']}:{line}")
    return grid


def _print_sources(panel: "Panel", language: Language) -> None:
    from orchestration.cli.consoles import print_plain

    print_plain("来源" if language == "zh" else "sources")
    for row in panel.years:
        line = panel.places.get((row["report_year"], "new_received_count"))
        print_plain(f"  {row['report_year']}  {row['source']}" + ("" if line is None else f":{line}"))


def _print_findings(panel: "Panel", language: Language) -> None:
    from orchestration.cli.consoles import print_plain

    print_plain(f"\n{'规则发现' if language == 'zh' else 'findings'}: {len(panel.findings)}")
    for finding in panel.findings[:_MOST_FINDINGS]:
        place = finding["source"] if finding["line"] is None else f"{finding['source']}:{finding['line']}"
        message = finding["message_zh"] if language == "zh" else finding["message_en"]
        print_plain(f"  {place}: {finding['severity']} {finding['rule_id']}  {message}")
    if len(panel.findings) > _MOST_FINDINGS:
        print_plain(f"  … {len(panel.findings) - _MOST_FINDINGS}; --format json")


def _name(measure: "Measure", language: Language) -> str:
    return measure.zh if language == "zh" else measure.en


def _write_value(row: "Row", measure: "Measure") -> "Text":
    """A count, or a share with what it is of; a point for what the report does not state, never a number for it."""
    from rich.text import Text

    from orchestration.panels import write_share

    value = row.get(measure.column)
    if not measure.parts:
        return Text(_GAP, style="dim") if value is None else Text(f"{value:,}")
    numerator, base = write_share(row, measure)
    of = f"{_GAP if numerator is None else numerator}/{_GAP if base is None else base}"
    return Text(f"{_GAP} ({of})", style="dim") if value is None else Text(f"{value:.1%} ({of})")


def _subtract(first: Any, second: Any) -> Any:
    return None if first is None or second is None else first - second


def _write_difference(difference: Any, measure: "Measure", language: Language) -> str:
    if difference is None:
        return _GAP
    if measure.parts:
        return f"{difference * 100:+.1f} {'个百分点' if language == 'zh' else 'points'}"
    return f"{difference:+,}"


def _describe_panel(panel: "Panel") -> dict[str, Any]:
    years = [
        {**row, "lines": {column: line for (year, column), line in panel.places.items() if year == row["report_year"]}}
        for row in panel.years
    ]
    return {"agency_id": panel.agency_id, "agency_name": panel.agency_name, "years": years, "findings": list(panel.findings)}


def _write_json(value: dict[str, Any]) -> str:
    from orchestration.cli.querying import encode_value

    return json.dumps(value, ensure_ascii=False, default=encode_value)
