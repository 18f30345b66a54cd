"""The gates over three real runs: a first publication, one that lost a third of a province, and the same with the loss accepted."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ingest.errors import RuleError
from ingest.samples import generate_figures, render_report
from ingest.samples.agencies import invent_agency
from orchestration.building import BuildSummary, build
from orchestration.settings import Settings
from orchestration.storage import Storage

pytestmark = [
    pytest.mark.filterwarnings("ignore:AssetExecutionContext.op is deprecated:DeprecationWarning"),  # dagster-dbt calls it
    pytest.mark.filterwarnings("ignore:sqlglotrs is deprecated:DeprecationWarning"),
]

HEBEI = ("正定县", "元氏县", "灵寿县", "高邑县", "赞皇县", "无极县", "平山县", "行唐县", "井陉县", "赵县", "晋州市", "新乐市")
SHANDONG = ("商河县", "平阴县", "桓台县", "高青县", "沂源县", "利津县", "临朐县", "昌乐县")
GONE = HEBEI[:4]
LOST = {"drift.reports_by_region", "drift.reports_by_template"}


@dataclass(frozen=True)
class Runs:
    settings: Settings
    first: BuildSummary
    blocked: BuildSummary
    published_then: Path
    accepted: BuildSummary
    warehouse_then: pl.DataFrame

    @property
    def storage(self) -> Storage:
        return Storage(self.settings.paths)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("gates")
    settings = Settings(home=folder / "home", reports=(folder / "in",))
    (folder / "in").mkdir()
    for number, county in enumerate((*HEBEI, *SHANDONG)):
        agency = replace(invent_agency(0), name=f"{county}人民政府", slug=f"county-{number}")
        report = render_report(generate_figures(number, agency=agency), "pipe_rows", seed=number)
        (folder / "in" / f"{county}.txt").write_bytes(report.content)
    first = build(settings)
    for county in GONE:
        (folder / "in" / f"{county}.txt").unlink()
    blocked = build(settings)
    then = (settings.paths.published / "current").resolve()
    with duckdb.connect(str(settings.paths.warehouse / "built" / "nianbao.duckdb"), read_only=True) as connection:
        warehouse = connection.execute("from fct_gate_results").pl()
    return Runs(settings, first, blocked, then, build(settings, accepted_drift=sorted(LOST)), warehouse)


def select_entries(summary: BuildSummary, prefix: str) -> dict[str, str]:
    return {entry.rule_id: entry.verdict for entry in summary.marts_gate if entry.rule_id.startswith(prefix)}


def test_at_the_first_publication_there_is_nothing_to_compare_and_every_drift_rule_says_so(runs: Runs) -> None:
    assert runs.first.is_published and not runs.first.is_blocked
    assert set(select_entries(runs.first, "drift.").values()) == {"not_applicable"}
    reasons = {entry.reason for entry in runs.first.marts_gate if entry.rule_id.startswith("drift.")}
    assert reasons == {"no_previous_publication"}
    assert {entry.verdict for entry in runs.first.raw_gate} == {"passed"}


def test_a_third_of_a_province_gone_blocks_and_readers_keep_what_they_had(runs: Runs) -> None:
    blocking = {entry.rule_id: entry for entry in runs.blocked.marts_gate if entry.is_blocking}
    assert set(blocking) == LOST
    assert blocking["drift.reports_by_region"].worst[0].message_zh == "1 个年度省份中有 1 个报告数明显减少：2023 河北省 12 → 8"
    assert not runs.blocked.is_published
    assert runs.blocked.publication == runs.first.publication
    assert pl.read_parquet(runs.published_then / "mart_agency_years.parquet").height == len(HEBEI) + len(SHANDONG)


def test_the_vanished_agency_years_are_named_although_so_few_are_tolerated(runs: Runs) -> None:
    (removed,) = [entry for entry in runs.blocked.marts_gate if entry.rule_id == "drift.agency_years_removed"]
    assert (removed.verdict, removed.failed, removed.applicable) == ("passed", 4, 20)
    message = removed.worst[0].message_en or ""
    assert all(f"{county}人民政府 2023 (in/{county}.txt)" in message for county in GONE)
    listed = pl.read_csv(runs.settings.paths.gates / "gone_agency_years.csv")
    assert listed.select("source", "cause").sort("source").rows() == sorted((f"in/{county}.txt", "removed") for county in GONE)


def test_every_run_leaves_its_rows_and_the_next_warehouse_holds_them(runs: Runs) -> None:
    history = runs.storage.read_gate_results()
    for summary in (runs.first, runs.blocked):
        ingest, marts = (history.filter(pl.col("run_id") == run_id) for run_id in summary.run_ids)
        assert set(ingest["scope"].cast(pl.String)) == {"raw"}
        assert set(marts["scope"].cast(pl.String)) == {"staging", "marts", "drift"}
    assert set(runs.warehouse_then["run_id"]) == {*runs.first.run_ids, *runs.blocked.run_ids}
    region = history.filter(pl.col("rule_id") == "drift.reports_by_region").select(
        "verdict", "is_blocking", "is_accepted", "observed_count", "threshold_count", "evaluated_count"
    )
    assert [tuple(map(str, row)) for row in region.rows()] == [
        ("not_applicable", "False", "False", "0", "0", "0"),
        ("failed", "True", "False", "1", "0", "1"),
        ("failed", "False", "True", "1", "0", "1"),
    ]


def test_an_accepted_loss_is_published_with_the_results_of_its_own_gates(runs: Runs) -> None:
    assert runs.accepted.is_published and not runs.accepted.is_blocked
    assert runs.accepted.publication != runs.first.publication
    current = runs.settings.paths.published / "current"
    assert pl.read_parquet(current / "mart_agency_years.parquet").height == len(HEBEI) + len(SHANDONG) - len(GONE)
    published = pl.read_parquet(current / "fct_gate_results.parquet")
    assert published.height == runs.storage.read_gate_results().height
    accepted = published.filter(pl.col("is_accepted"))
    assert set(accepted["rule_id"]) == LOST
    assert set(accepted["run_id"]) == {runs.accepted.run_ids[-1]}


def test_great_expectations_observed_what_polars_counts_from_the_two_publications(runs: Runs) -> None:
    kept = json.loads((runs.settings.paths.gates / "drift.json").read_text("utf-8"))
    by_rule = {entry["expectation_config"]["meta"]["rule_id"]: entry for entry in kept["results"]}
    observed = {rule: entry["result"].get("observed_value") for rule, entry in by_rule.items()}
    before, now = (
        pl.read_parquet(folder / "fct_reports.parquet") for folder in (runs.published_then, runs.settings.paths.published / "current")
    )
    gone = before.join(now, on=["agency_id", "report_year"], how="anti")
    assert observed["drift.agency_years_removed"] == gone.height
    assert f"of {before.height} fail" in by_rule["drift.agency_years_removed"]["expectation_config"]["description"]
    counts = {
        code: (before["region_code"].str.starts_with(code).sum(), now["region_code"].str.starts_with(code).sum()) for code in ("13", "37")
    }
    groups = [pair for pair in counts.values() if pair[0] >= 10]
    assert observed["drift.reports_by_region"] == sum(was - left > max(3, was * 0.1) for was, left in groups) == 1


def test_the_pages_of_a_run_ask_no_other_host_for_anything(runs: Runs) -> None:
    pages = sorted((runs.settings.paths.gates / "data_docs").glob("*.html"))
    assert [page.name for page in pages] == ["drift.html", "index.html", "marts.html", "raw.html", "staging-2023.html"]
    for page in pages:
        text = page.read_text("utf-8")
        assert "http://" not in text and "https://" not in text
        assert "<script" not in text


def test_only_drift_rules_can_be_accepted(runs: Runs) -> None:
    with pytest.raises(RuleError, match=r"no drift rule is named marts\.keys_unique; known: drift\.acceptance_rate"):
        build(runs.settings, accepted_drift=["marts.keys_unique"])
