"""A build that carries over what did not change publishes what one from nothing publishes, byte by byte."""

import shutil
from pathlib import Path

import duckdb
import pytest
from builders.commands import Nianbao

from orchestration.publishing import Publication, read_publication
from orchestration.settings import Paths
from orchestration.warehousing import get_dbt_target

SAMPLES = Path(__file__).parents[2] / "samples" / "reports"
FACTS = ("fct_disputes", "fct_mentions", "fct_proactive_disclosures", "fct_requests", "fct_statistics")
"""Made again by report year; every other table is made from nothing."""

pytestmark = pytest.mark.filterwarnings(
    "ignore:AssetExecutionContext.op is deprecated:DeprecationWarning",  # dagster-dbt calls it
    "ignore:sqlglotrs is deprecated:DeprecationWarning",  # dagster-dbt imports it
)


@pytest.fixture
def nianbao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Nianbao:
    for year in ("2021", "2022", "2023", "2024", "2025"):
        shutil.copytree(SAMPLES / year, tmp_path / "reports" / year)
    monkeypatch.setenv("NIANBAO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIANBAO_REPORTS", str(tmp_path / "reports"))
    monkeypatch.chdir(tmp_path)
    return Nianbao(capsys)


def read_statement(paths: Paths, table: str) -> str:
    """What dbt ran to fill the table in the latest build."""
    return (get_dbt_target(paths) / "run" / "nianbao" / "models" / "marts" / f"{table}.sql").read_text("utf-8").strip()


def list_digests(publication: Publication) -> dict[str, str]:
    """Without the gate results, which hold times."""
    return {name: table.sha256 for name, table in publication.tables.items() if name != "fct_gate_results"}


def count_years(paths: Paths, table: str) -> dict[int, int]:
    with duckdb.connect(str(paths.published / "current" / "nianbao.duckdb"), read_only=True) as connection:
        return dict(connection.execute(f"select report_year, count(*) from {table} group by all").fetchall())


def test_years_that_changed_are_made_again_and_the_result_is_that_of_a_full_refresh(nianbao: Nianbao, tmp_path: Path) -> None:
    paths = Paths(tmp_path / "home")
    assert nianbao("build").status == 0
    first = read_publication(paths)
    before = count_years(paths, "fct_requests")
    assert all(read_statement(paths, table).startswith("create") for table in FACTS)

    year = tmp_path / "reports" / "2024"
    changed = year / "qinglan-health-bureau-2024.txt"
    changed.write_text(changed.read_text("utf-8") + "\n本机关2024年未收取信息处理费。\n", "utf-8")
    (year / "luhuang-city-market-regulation-bureau-2024.txt").unlink()
    excluded = "reports/2024/dancen-county-finance-bureau-2024.txt"
    assert nianbao("review", "exclude", excluded, "--reason", "机关撤回", "--by", "王").status == 0
    shutil.rmtree(tmp_path / "reports" / "2025")
    drift = ("--accept-drift", "drift.agency_years_removed")
    assert nianbao("build", *drift).status == 0
    carried = read_publication(paths)
    assert all(read_statement(paths, table).startswith("insert") for table in FACTS)
    assert read_statement(paths, "fct_reports").startswith("create")
    after = count_years(paths, "fct_requests")
    assert after == {2021: before[2021], 2022: before[2022], 2023: before[2023], 2024: after[2024]}
    assert after[2024] < before[2024]

    assert nianbao("build", "--full-refresh", *drift).status == 0
    full = read_publication(paths)
    assert all(read_statement(paths, table).startswith("create") for table in FACTS)
    assert list_digests(full) == list_digests(carried)
    assert full.version == carried.version != first.version
