"""dim_regions, dim_agencies and their like as dbt builds them, against changes that a person looked up (民政部 yearly changes)."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from builders.dbt_building import build_warehouse
from builders.dbt_staging import Staging
from builders.documents import build_raw

from ingest.identity import read_identity
from ingest.templates import load_templates

IDENTITY_COLUMNS = ("agency_id", "agency_canonical_name", "region_code", "agency_level", "agency_kind")
ZONE = "呼伦贝尔经济技术开发区管理委员会"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    root = tmp_path_factory.mktemp("regions")
    staging = Staging()
    for year in (2022, 2023):
        staging.add_report(f"zone-{year}", year, ZONE)
        (identity,) = read_identity(build_raw([f"{ZONE}{year}年政府信息公开工作年度报告\n"])).rows(named=True)
        staging.rows["reports"][-1].update({name: identity[name] for name in IDENTITY_COLUMNS})
    staging.add_report("unplaced", 2023, "霁屿区档案局")
    staging.write(root / "staging")
    with duckdb.connect(str(build_warehouse(root)), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(
    ("code", "full_name", "first", "last", "successor"),
    [
        ("330109", "浙江省杭州市萧山区", 2008, 2026, None),
        ("610115", "陕西省西安市临潼区", 2008, 2026, None),
        ("410502", "河南省安阳市文峰区", 2008, 2026, None),  # 鹤壁市鹤山区 in 1980 and 1981: never in a report year
        ("330114", "浙江省杭州市钱塘区", 2021, 2026, None),
        ("540422", "西藏自治区林芝市米林县", 2015, 2022, "540481"),
        ("540481", "西藏自治区林芝市米林市", 2023, 2026, None),
        ("653229", "新疆维吾尔自治区和田地区和安县", 2024, 2026, None),
        ("500157", "重庆市两江新区", 2025, 2026, None),
        ("500105", "重庆市江北区", 2008, 2024, "500157"),
        ("500112", "重庆市渝北区", 2008, 2024, "500157"),
        ("150700", "内蒙古自治区呼伦贝尔市", 2008, 2026, None),
        ("419001", "河南省济源市", 2008, 2026, None),
    ],
)
def test_a_region_stands_in_its_years_under_its_parents(
    warehouse: duckdb.DuckDBPyConnection, code: str, full_name: str, first: int, last: int, successor: str | None
) -> None:
    rows = warehouse.execute(
        "select region_full_name, min(report_year), max(report_year), max(successor_code), count(*) from dim_regions "
        "where region_code = ? group by all",
        [code],
    ).fetchall()
    assert rows == [(full_name, first, last, successor, last - first + 1)]


def test_every_parent_is_in_force_in_the_year_of_its_child(warehouse: duckdb.DuckDBPyConnection) -> None:
    orphans = warehouse.execute(
        "select region_code, report_year from dim_regions anti join (select region_code as parent_code, report_year from dim_regions) "
        "using (parent_code, report_year) where parent_code is not null"
    ).fetchall()
    assert orphans == []
    assert warehouse.execute("select count(*) from dim_regions where region_level = 'county' and report_year = 2021").fetchone() == (2843,)


def test_a_zone_stands_under_the_code_of_its_host(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select is_functional_zone, agency_level, region_code, region_report_year, region_full_name, province_code, report_count "
        "from dim_agencies where agency_name = ?",
        [ZONE],
    ).fetchall()
    assert rows == [(True, "zone", "150700", 2023, "内蒙古自治区呼伦贝尔市", "150000", 2)]


def test_an_agency_without_a_region_keeps_its_row_and_is_called_no_zone_nor_not(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select region_code, region_full_name, is_functional_zone from dim_agencies where agency_name = '霁屿区档案局'"
    ).fetchall()
    assert rows == [(None, None, None)]


def test_names_are_kept_by_year(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select report_year, agency_name, document_id from dim_agency_names order by report_year, document_id desc"
    ).fetchall()
    assert rows == [(2022, ZONE, "zone-2022"), (2023, ZONE, "zone-2023"), (2023, "霁屿区档案局", "unplaced")]


def test_years_have_the_form_in_force_and_the_statutory_deadlines(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select report_year, template, department_deadline_date, government_deadline_date from dim_report_years order by all"
    ).fetchall()
    assert [row[0] for row in rows] == list(range(2008, 2027))
    by_year = {row[0]: row[1:] for row in rows}
    assert by_year[2013] == (None, date(2014, 3, 31), date(2014, 3, 31))
    assert by_year[2018] == ("pre2019", date(2019, 3, 31), date(2019, 3, 31))
    assert by_year[2019] == ("2019", date(2020, 1, 31), date(2020, 3, 31))
    assert by_year[2025] == ("2021", date(2026, 1, 31), date(2026, 3, 31))
    for year, (template, *_) in by_year.items():
        in_force = [known.template for known in load_templates().values() if known.is_valid_for(year)]
        assert [template] == in_force or (template in (None, "pre2019") and not set(in_force) - {"pre2019"})


def test_only_own_reports_may_be_summed(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute("select report_scope, is_summable from dim_report_scopes order by all").fetchall()
    assert rows == [("level", False), ("own", True), ("region_total", False), ("unknown", False)]
