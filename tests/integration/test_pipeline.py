"""The whole road with real Dagster, dbt and Great Expectations: one small set of reports, built once, then spoilt and mended."""

import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest
from properties.recomputing import INDICATORS, compare, read_published
from properties.recomputing_marts import is_close, recompute_marts

from expectations.catalogue import load_catalogue
from ingest.samples import RenderedReport, generate_reports
from ingest.tables import STAGING_TABLES
from orchestration.building import BuildSummary, build
from orchestration.dbt_docs import build_dbt_docs
from orchestration.instances import open_instance
from orchestration.jobs import ONE_YEAR
from orchestration.publishing import read_publication
from orchestration.refreshing import has_news, list_stale, refresh_partition, refresh_raw
from orchestration.settings import REPOSITORY, Settings, build_child_environment
from orchestration.storage import Storage

with warnings.catch_warnings():
    # dagster-dbt imports a package that calls itself deprecated; nobody here can act on that.
    warnings.filterwarnings("ignore", message="sqlglotrs is deprecated", category=DeprecationWarning)
    from orchestration.definitions import build_definitions

pytestmark = pytest.mark.filterwarnings(
    "ignore:AssetExecutionContext.op is deprecated:DeprecationWarning",  # dagster-dbt calls it
)

AGENCIES = 6
YEARS = range(2019, 2026)
SPOILT_YEAR = 2023


@dataclass(frozen=True)
class Pipeline:
    settings: Settings
    storage: Storage
    reports: dict[Path, RenderedReport]
    first: BuildSummary

    def spoil(self, year: int, count: int) -> None:
        """The text of some reports is cut off behind the head of their tables, as a broken crawler leaves it."""
        for path in [path for path, report in self.reports.items() if report.report_year == year][:count]:
            text = path.read_text("utf-8")
            path.write_text(text[: len(text) // 3], "utf-8")

    def mend(self) -> None:
        for path, report in self.reports.items():
            if not path.exists() or path.read_bytes() != report.content:
                path.write_bytes(report.content)


def read_files(folder: Path, pattern: str) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob(pattern))}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("pipeline")
    settings = Settings(home=folder / "home", reports=(folder / "reports",))
    (folder / "reports").mkdir()
    reports = {}
    for report in generate_reports(AGENCIES * len(YEARS), seed=7):
        path = folder / "reports" / f"{report.slug}-{report.report_year}{report.suffix}"
        path.write_bytes(report.content)
        reports[path] = report
    yield Pipeline(settings, Storage(settings.paths), reports, build(settings))


def test_every_report_becomes_an_outcome_and_the_accepted_ones_reach_the_published_marts(pipeline):
    summary = pipeline.first
    assert len(pipeline.reports) == AGENCIES * len(YEARS) == summary.inputs == sum(summary.statuses.values())
    assert summary.is_published and not summary.is_blocked
    current = pipeline.settings.paths.published / "current"
    with duckdb.connect(str(current / "nianbao.duckdb"), read_only=True) as connection:
        by_year = dict(connection.execute("select report_year, count(*) from mart_agency_years group by all").fetchall())
        views = connection.execute("select count(*) from duckdb_views() where not internal").fetchall()
    assert set(by_year) == set(YEARS)
    assert views == [(0,)]  # a view would read files that readers do not have
    assert sum(by_year.values()) == pl.read_parquet(current / "mart_agency_years.parquet").height == summary.mart_rows["mart_agency_years"]
    assert not (current / "nianbao.duckdb").stat().st_mode & 0o222


def test_a_published_figure_is_the_one_the_report_was_made_from(pipeline):
    marts = pl.read_parquet(pipeline.settings.paths.published / "current" / "fct_requests.parquet")
    documents = pipeline.storage.read_sightings().select("source", "document_id")
    sources = {f"{path.parent.name}/{path.name}": report for path, report in pipeline.reports.items()}
    checked = 0
    for source, document_id in documents.iter_rows():
        rows = marts.filter((pl.col("document_id") == document_id) & (pl.col("column_key") == "total"))
        for row_key, count in rows.select("row_key", "request_count").iter_rows():
            assert count == sources[source].figures["requests", row_key, "total"], (source, row_key)
            checked += 1
    assert checked > 20 * pipeline.first.mart_rows["mart_agency_years"]


def test_every_published_indicator_equals_its_recomputation_from_the_long_facts(pipeline):
    tables = read_published(pipeline.settings.paths.published / "current")
    result = compare(tables)
    assert result.differences.rows() == []
    assert (result.indicators, result.agency_years) == (len(INDICATORS), pipeline.first.mart_rows["mart_agency_years"])
    assert result.checks == len(INDICATORS) * result.agency_years * 11  # ten fields of the long mart and the column of the wide one
    assert result.values > 15 * result.agency_years
    # The comparison sees what it has to see: a value, a null, a row.
    long = tables["mart_agency_indicators"]
    half = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(None, pl.Float64)).otherwise(pl.col("numerator")).alias("numerator")
    assert compare({**tables, "mart_agency_indicators": long.sort("numerator").reverse().with_columns(half)}).differences.height == 1
    assert compare({**tables, "mart_agency_indicators": long.slice(1)}).differences.height > 0


def test_every_published_indicator_of_another_grain_equals_its_recomputation(pipeline, tmp_path):
    pairs = recompute_marts(pipeline.settings.paths.published / "current")
    assert [pair for pair in pairs if not is_close(pair[1], pair[2])] == []
    assert {"I-20a", "I-20b", "I-22a", "I-23a", "I-23b", "I-24"} <= {
        name.split()[0] for name, published, _ in pairs if published is not None
    }
    # The comparison sees what it has to see.
    spoilt = tmp_path / "spoilt"
    shutil.copytree(pipeline.settings.paths.published / "current", spoilt, copy_function=shutil.copyfile)
    late = pl.read_parquet(spoilt / "mart_timeliness.parquet").with_columns(pl.col("days_late") + 1)
    late.write_parquet(spoilt / "mart_timeliness.parquet")
    zero = pl.read_parquet(spoilt / "mart_zero_requests.parquet").with_columns(zero_request_share=pl.lit(None, pl.Float64))
    zero.write_parquet(spoilt / "mart_zero_requests.parquet")
    differing = {pair[0].split()[0] for pair in recompute_marts(spoilt) if not is_close(pair[1], pair[2])}
    assert differing == {"I-20a", "I-24"}


def test_the_graph_runs_from_raw_through_dbt_to_published(pipeline):
    graph = build_definitions(pipeline.settings).resolve_asset_graph()
    above = graph.get_ancestor_asset_keys(dg.AssetKey("published"))
    expected = [
        ["raw", "documents"],
        ["staging", "outcomes"],
        ["staging", "reports"],
        ["staging", "cells"],
        ["staging", "findings"],
        ["mart_years"],
    ]
    assert {dg.AssetKey(path) for path in expected} <= above


def test_dbts_pages_hold_the_lineage_from_staging_to_dashboards_in_one_file_that_asks_no_host(pipeline):
    page = build_dbt_docs(pipeline.settings.paths).read_text("utf-8")
    assert "default-src 'none'" in page.split("</head>")[0]
    for node in ("source.nianbao.staging.cells", "model.nianbao.mart_agency_years", "exposure.nianbao.region_ranking"):
        assert f'"{node}"' in page


def test_a_second_build_without_news_makes_no_run_and_imports_nothing_heavy(pipeline):
    script = """
import json, sys
from orchestration.building import build
from orchestration.settings import load_settings
summary = build(load_settings())
heavy = [name for name in ("dagster", "dagster_dbt", "dbt", "great_expectations", "pandas") if name in sys.modules]
print(json.dumps([summary.is_unchanged, summary.inputs, summary.run_ids, heavy]))
"""
    env = build_child_environment(pipeline.settings.to_environment())
    output = subprocess.run([sys.executable, "-c", script], env=env, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert json.loads(output) == [True, len(pipeline.reports), [], []]


def test_made_again_from_the_same_inputs_a_partition_has_the_same_bytes(pipeline):
    before = read_files(pipeline.settings.paths.staging, "*/report_year=2021.parquet")
    assert len(before) == len(STAGING_TABLES)
    (pipeline.settings.paths.staging / "manifests" / "2021.json").unlink()
    result = refresh_partition("2021", pipeline.storage, load_catalogue())
    assert not result.is_unchanged
    assert read_files(pipeline.settings.paths.staging, "*/report_year=2021.parquet") == before


def test_a_year_with_a_third_of_its_reports_spoilt_keeps_its_last_good_tables_and_the_publication(pipeline):
    paths = pipeline.settings.paths
    before = read_files(paths.staging, f"*/report_year={SPOILT_YEAR}.parquet")
    publication = read_publication(paths)
    pipeline.spoil(SPOILT_YEAR, AGENCIES // 3)
    try:
        summary = build(pipeline.settings)
        assert set(summary.blocked) == {str(SPOILT_YEAR)}
        assert not summary.is_published
        assert read_files(paths.staging, f"*/report_year={SPOILT_YEAR}.parquet") == before
        assert read_publication(paths) == publication
        blocking = {entry.rule_id for entry in summary.blocked[str(SPOILT_YEAR)]}
        with open_instance(paths) as instance:
            failed = read_failed_checks(instance, summary.run_ids[-1])
        assert {rule_id.replace(".", "__") for rule_id in blocking} <= failed
        # Whoever wants the other years published all the same says so; here they are published already.
        override = build(pipeline.settings, marts_only=True)
        assert (override.is_unchanged, override.is_blocked, override.publication) == (True, False, publication)
    finally:
        pipeline.mend()


def test_in_a_backfill_the_other_years_publish_and_the_spoilt_one_fails_alone(pipeline):
    paths = pipeline.settings.paths
    earlier = read_publication(paths)
    pipeline.spoil(SPOILT_YEAR, AGENCIES // 3)
    gone = next(path for path, report in pipeline.reports.items() if report.report_year == 2025)
    gone.unlink()
    kept = read_files(paths.staging, f"*/report_year={SPOILT_YEAR}.parquet")
    try:
        refresh_raw(pipeline.settings, pipeline.storage)
        job = build_definitions(pipeline.settings).resolve_job_def(ONE_YEAR)
        with open_instance(paths) as instance:
            results = {
                year: job.execute_in_process(instance=instance, partition_key=str(year), raise_on_error=False)
                for year in (SPOILT_YEAR, 2025)
            }
        assert {year: result.success for year, result in results.items()} == {SPOILT_YEAR: False, 2025: True}
        assert read_files(paths.staging, f"*/report_year={SPOILT_YEAR}.parquet") == kept
        later = read_publication(paths)
        assert later.version != earlier.version
        assert sum(earlier.statuses.values()) - sum(later.statuses.values()) == 1
    finally:
        pipeline.mend()


def test_inputs_and_partitions_that_changed_are_noticed(pipeline):
    pipeline.mend()
    refresh_raw(pipeline.settings, pipeline.storage)
    assert not has_news(pipeline.settings, pipeline.storage)
    path = next(path for path, report in pipeline.reports.items() if report.report_year == 2020)
    path.write_bytes(pipeline.reports[path].content + b"\n")
    try:
        assert has_news(pipeline.settings, pipeline.storage)
        refresh_raw(pipeline.settings, pipeline.storage)
        stale = list_stale(pipeline.storage, load_catalogue())
        assert {"2020", "2021"} <= set(stale)  # 2021 compares its carried-over figures with those of 2020
        assert "2024" not in stale
    finally:
        pipeline.mend()


def read_failed_checks(instance: dg.DagsterInstance, run_id: str) -> set[str]:
    """Names of the asset checks that the event log of a run has as failed."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
    evaluations = [record.event_log_entry.dagster_event.asset_check_evaluation_data for record in records]
    return {evaluation.check_name for evaluation in evaluations if not evaluation.passed}
