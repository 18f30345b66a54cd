import math
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from browser.expected_figures import EXPECTED
from builders.superset import Row, Visit

from bi.declarations import load_declarations
from bi.serving import prepare_superset

DASHBOARDS = load_declarations().dashboards
OF_REPORTS = ("mart_agency_years", "fct_requests", "fct_disputes", "fct_proactive_disclosures")
CHARTS = [(slug, chart.id) for slug, dashboard in DASHBOARDS.items() for chart in dashboard.charts]


@pytest.fixture(scope="module")
def shown(visit) -> dict[str, tuple[list[str], dict[str, list[Row]]]]:
    """Dashboard → charts that failed, and what each chart was given."""
    seen = {}
    for slug, dashboard in DASHBOARDS.items():
        visit.open_dashboard(slug)
        seen[slug] = (visit.list_failures(), {chart.id: visit.read_chart(chart.id) for chart in dashboard.charts})
    return seen


def query(published: Path, sql: str, slug: str) -> list[Row]:
    """Of a dashboard that begins with 汇报范围 本机关, over the tables as if no agency had reported on more than itself."""
    with duckdb.connect(os.path.realpath(published), read_only=True) as connection:
        for table in OF_REPORTS if "report_scope" in DASHBOARDS[slug].filters else ():
            own = "document_id in (select document_id from nianbao.main.fct_reports where report_scope = 'own')"
            connection.execute(f"create temp view {table} as from nianbao.main.{table} where {own}")
        result = connection.execute(sql)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def compare(given: list[Row], wanted: list[Row]) -> None:
    """Rows in any order; a number of either kind is the same number, and shares agree to the last bits of a double."""
    assert {name for row in given for name in row} == {name for row in wanted for name in row}
    left, right = (sorted((read_row(row) for row in rows), key=name_row) for rows in (given, wanted))
    assert len(left) == len(right)
    for one, other in zip(left, right, strict=True):
        for name, value in one.items():
            alike = math.isclose(value, other[name], rel_tol=1e-12) if isinstance(value, float) else value == other[name]
            assert alike, (name, one, other)


def read_row(row: Row) -> dict[str, Any]:
    return {name: read_value(row[name]) for name in sorted(row)}


def name_row(row: Row) -> str:
    """Sorting by shares as they are would part two that differ in the last bit."""
    return str([round(value, 9) if isinstance(value, float) else value for value in row.values()])


def read_value(value: object) -> object:
    if isinstance(value, (int, float, Decimal)):
        return float(value)
    return value


@pytest.mark.parametrize("slug", DASHBOARDS)
def test_every_chart_of_a_dashboard_draws_something(shown, slug):
    failures, answers = shown[slug]
    assert failures == []
    assert all(answers.values())


def test_every_chart_has_expected_figures():
    assert [(slug, chart) for slug, charts in EXPECTED.items() for chart in charts] == sorted(
        CHARTS, key=lambda pair: (list(EXPECTED).index(pair[0]), list(EXPECTED[pair[0]]).index(pair[1]))
    )


@pytest.mark.parametrize(("slug", "chart"), CHARTS)
def test_a_chart_shows_what_sql_on_the_marts_says(shown, published, slug, chart):
    compare(shown[slug][1][chart], query(published, EXPECTED[slug][chart], slug))


@pytest.mark.parametrize(
    ("slug", "name", "value", "chart", "sql"),
    [
        (
            "year_overview",
            "report_year",
            "2023",
            "new_received",
            "select sum(new_received_count) as new_received from mart_agency_years where report_year = 2023",
        ),
        (
            "agency_history",
            "agency",
            "青岚市卫生健康局",
            "flow",
            """select report_year, new_received_count as new_received, processed_count as processed,
            carried_forward_count as carried_forward from mart_agency_years where agency_name = '青岚市卫生健康局'""",
        ),
        (
            "region_ranking",
            "agency_kind",
            "乡镇街道",
            "provinces",
            """select case when agency_name like '鹭篁市%' then '鹭篁市（未定）' else '霁屿区（未定）' end as province,
            sum(new_received_count) as new_received from mart_agency_years
            where report_year = 2025 and (agency_name like '%街道%' or agency_name like '%镇人民政府') group by all""",
        ),
        (
            "refusal_grounds",
            "agency_level",
            "5 乡级",
            "denied",
            "select sum(denied_count) as denied from mart_agency_years where agency_name like '%街道%' or agency_name like '%镇人民政府'",
        ),
        (
            "remedies",
            "report_year",
            "2022",
            "ways",
            """select case row_key when 'review' then '1 行政复议' when 'litigation_direct' then
            '2 未经复议直接起诉' else '3 复议后起诉' end as remedy, sum(case_count) filter (column_key = 'upheld') as "1 结果维持",
            sum(case_count) filter (column_key = 'corrected') as "2 结果纠正",
            sum(case_count) filter (column_key = 'other') as "3 其他结果",
            sum(case_count) filter (column_key = 'pending') as "4 尚未审结" from fct_disputes where report_year = 2022 group by row_key""",
        ),
        (
            "data_quality",
            "severity",
            "1 错误",
            "findings_count",
            "select count(document_id) as findings from fct_findings where severity = 'error'",
        ),
    ],
)
def test_a_filter_changes_the_figures_to_those_of_its_value(visit, shown, published, slug, name, value, chart, sql):
    visit.open_dashboard(slug)
    visit.choose(name, value)
    given = visit.read_chart(chart)
    assert given != shown[slug][1][chart]
    compare(given, query(published, sql, slug))
    assert visit.list_failures() == []


def test_choosing_a_region_leads_to_its_parts_and_agencies(visit):
    visit.open_dashboard("region_ranking")
    visit.choose("province", "澄棹市（未定）")
    assert [row["place"] for row in visit.read_chart("places")] == ["澄棹市澹岑县（未定）"]
    assert [row["agency"] for row in visit.read_chart("agencies")] == ["澄棹市澹岑县财政局"]
    visit.choose("report_scope", "范围未写明")  # besides 本机关, which is chosen at first: a government's report on its level
    assert {row["agency"] for row in visit.read_chart("agencies")} == {"澄棹市澹岑县人民政府", "澄棹市澹岑县财政局"}
    assert list(visit.read_chart("provinces_by_year")[0]) == ["report_year", "澄棹市（未定）"]


def test_the_page_to_log_in_is_chinese_and_nothing_leaves_this_machine(visit: Visit, shown, server):
    stranger = visit.page.context.browser.new_context(locale="zh-CN").new_page()
    stranger.goto(f"{server.url}/login/")
    stranger.get_by_text("密码").first.wait_for()
    stranger.context.close()
    # Superset's pages are built with a pixel that counts visits; the content security policy stops it in the browser.
    assert {request.failure for request in visit.outside} <= {"csp"}


def test_nobody_can_write_to_the_publication_or_read_another_file(visit: Visit, server, settings):
    token = visit.page.request.get(f"{server.url}/api/v1/security/csrf_token/").json()["result"]
    database = visit.page.request.get(f"{server.url}/api/v1/database/").json()["result"][0]["id"]

    def run(sql: str) -> tuple[int, str]:
        answer = visit.page.request.post(
            f"{server.url}/api/v1/sqllab/execute/",
            headers={"X-CSRFToken": token, "Referer": server.url},
            data={"database_id": database, "sql": sql, "schema": "main", "runAsync": False, "client_id": os.urandom(5).hex()},
        )
        return answer.status, answer.text()

    secret = settings.home / "bi" / "secret_key"
    assert run("select count(*) as n from mart_years")[0] == 200
    assert run("create table mine (n int)")[0] >= 400
    assert run("delete from mart_years")[0] >= 400
    status, text = run(f"select * from read_csv('{secret}', header = false)")
    assert status >= 400 and secret.read_text().strip() not in text
    status, text = run(f"attach '{settings.home / 'new.duckdb'}'")
    assert status >= 400 and not (settings.home / "new.duckdb").exists()


def test_preparing_again_updates_and_leaves_what_people_made(visit: Visit, server, settings):
    def count(kind: str) -> int:
        return int(visit.page.request.get(f"{server.url}/api/v1/{kind}/").json()["count"])

    token = visit.page.request.get(f"{server.url}/api/v1/security/csrf_token/").json()["result"]
    made = visit.page.request.post(
        f"{server.url}/api/v1/dashboard/", headers={"X-CSRFToken": token, "Referer": server.url}, data={"dashboard_title": "自己的看板"}
    )
    assert made.status == 201
    before = {kind: count(kind) for kind in ("dashboard", "chart", "dataset", "database")}
    assert before["dashboard"] == len(DASHBOARDS) + 1 and before["chart"] == len(CHARTS) and before["database"] == 1
    prepare_superset(settings)
    assert {kind: count(kind) for kind in before} == before
