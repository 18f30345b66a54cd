"""`nianbao build`, `ui`, `bench` and `docs`: the pipeline from the command line."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.languages import LanguageOption, choose_language

Reports = Annotated[
    list[Path] | None,
    typer.Option(help="Folder, file, archive or corpus; may be given several times. Default: NIANBAO_REPORTS.", show_default=False),
]


def build(
    reports: Reports = None,
    marts_only: Annotated[
        bool, typer.Option("--marts-only", help="Read nothing; make the marts from each year's last good tables and publish them.")
    ] = False,
    full_refresh: Annotated[
        bool,
        typer.Option("--full-refresh", help="Make every table of the warehouse from nothing, not only the report years that changed."),
    ] = False,
    accept_drift: Annotated[
        list[str] | None,
        typer.Option(help="A drift rule whose failure is meant this time, such as drift.agency_years_removed; may be given several times."),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Read all reports, judge them, make the marts, publish: the whole pipeline.

    Only report years with news are made again. A year whose gate blocks keeps its last good tables, and what readers see stays as it
    was. Exit status: 0 published or nothing new; 1 a gate blocked; 2 an error.
    """
    from ingest.reading import scan_inputs
    from orchestration.alerting.building import watch_build
    from orchestration.building import build as build_warehouse
    from orchestration.cli.consoles import show_progress
    from orchestration.cli.summaries import print_summary
    from orchestration.settings import load_settings

    settings = load_settings()
    if reports:
        settings = settings.with_reports(tuple(path.expanduser().resolve() for path in reports))
    with watch_build(settings, marts_only=marts_only) as watch:
        if not marts_only:
            scan_inputs(settings.reports)  # reads nothing yet, but says now and not from within a run that a path does not exist
        with show_progress(is_logged=True) as progress:
            summary = build_warehouse(
                settings, marts_only=marts_only, full_refresh=full_refresh, accepted_drift=accept_drift or (), progress=progress
            )
        watch.summary = summary
    print_summary(summary, choose_language(lang, settings), None if marts_only else settings.reports)
    if summary.is_blocked:
        raise typer.Exit(1)


def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the web server.")] = 3000,
    host: Annotated[str, typer.Option(help="Address to listen on. There is no password: keep it local.")] = "127.0.0.1",
) -> None:
    """Start Dagster's web pages and its daemon: the asset graph, runs and their checks, backfills, the sensor and the schedule.

    Stop with Ctrl-C.
    """
    from orchestration.cli.consoles import print_error
    from orchestration.serving import serve_ui
    from orchestration.settings import DEFAULT_UI_URL, load_settings

    settings, address = load_settings(), f"http://{host}:{port}"
    if settings.ui_url == DEFAULT_UI_URL:
        settings = settings.model_copy(update={"ui_url": address})  # where the links in alerts lead
    print_error(f"Dagster at {address} in about half a minute; Ctrl-C stops it")
    status = serve_ui(settings, host=host, port=port)
    if status:
        raise typer.Exit(status)


def bench(
    reports: Annotated[int, typer.Option(min=1, help="How many reports to generate.")] = 20_000,
    corpus: Annotated[Path | None, typer.Option(help="Measure on these inputs instead.", show_default=False)] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Runs of each; medians are printed.")] = 3,
    seed: Annotated[int, typer.Option(help="Seed of the generated reports.")] = 0,
) -> None:
    """Measure how fast reports are read, on one core, against a plain pass over the same Parquet."""
    from orchestration.benchmarking import run_benchmark
    from orchestration.cli.consoles import print_error, print_plain

    print_error(f"... {'generating ' + format(reports, ',') + ' reports' if corpus is None else f'reading {corpus}'}, then {repeats} runs")
    print_plain(run_benchmark(reports, corpus=corpus, repeats=repeats, seed=seed).describe())


def docs() -> None:
    """Write the derived files anew (rule book, data dictionary, dbt seeds), the Data Docs of the latest gates and dbt's pages.

    The first are part of the repository. The Data Docs are pages of Great Expectations for a browser, dbt's show the models, their columns
    and tests, and the lineage from the staging tables to the dashboards.
    """
    from orchestration.cli.consoles import print_plain
    from orchestration.dbt_docs import build_dbt_docs
    from orchestration.documenting import write_derived
    from orchestration.settings import REPOSITORY, load_settings

    for page in write_derived(REPOSITORY):
        print_plain(f"written: {page}")
    paths = load_settings().paths
    if not any(paths.gates.glob("*.json")):
        print_plain(f"no gate has run yet (nothing in {paths.gates}): `nianbao build` runs them, then Data Docs can be built")
        return
    from expectations.data_docs import build_data_docs

    print_plain(f"Data Docs: {build_data_docs(paths.gates)}")
    if (paths.warehouse / "built").exists():
        print_plain(f"dbt's pages: {build_dbt_docs(paths)}")
