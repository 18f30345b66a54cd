import shutil

import pytest
import yaml

from bi.bundles import describe_datasets, open_contracts
from bi.declarations import FOLDER, DeclarationError, Metric, load_declarations
from orchestration.settings import DBT_PROJECT


@pytest.fixture(scope="module")
def contracts():
    with open_contracts(DBT_PROJECT) as connection:
        yield connection


def test_every_column_that_a_chart_or_a_filter_names_exists_in_its_dataset(contracts):
    declarations = load_declarations()
    columns = describe_datasets(declarations, contracts)
    lost = [
        (slug, chart.id, name)
        for slug, dashboard in declarations.dashboards.items()
        for chart in dashboard.charts
        for name in (*chart.list_columns(), *(column.removeprefix("-") for column in chart.sort))
        if name not in columns[chart.dataset]
    ]
    lost += [
        ("filters", name, declared.dataset) for name, declared in declarations.filters.items() if name not in columns[declared.dataset]
    ]
    assert lost == []


def test_every_metric_is_an_aggregate_that_duckdb_computes_on_its_dataset(contracts):
    declarations = load_declarations()
    for name, dataset in declarations.datasets.items():
        expressions = ", ".join(metric.expression for metric in dataset.metrics.values())
        assert len(contracts.execute(f"select {expressions} from ({declarations.queries[name]})").fetchall()) == 1


def test_no_label_and_no_dataset_is_left_over(contracts):
    declarations = load_declarations()
    columns = describe_datasets(declarations, contracts)
    charts = [chart for dashboard in declarations.dashboards.values() for chart in dashboard.charts]
    assert set(declarations.labels) == {name for names in columns.values() for name in names}
    assert set(declarations.datasets) == {chart.dataset for chart in charts}


def test_an_agency_stands_in_the_region_of_its_year_and_else_in_the_undecided_place_of_its_name():
    with open_contracts(DBT_PROJECT) as connection:
        for agency, name, region, year in (
            ("coded", "临江市东河区教育局", "990102", 2024),
            ("earlier", "临江市东河区教育局", "990102", 2023),  # the code is not in force in that year
            ("named", "青岚省乙河县教育局", None, 2024),
            ("bare", "教育局", None, 2024),
        ):
            document = {"document_id": agency, "agency_id": agency, "report_year": year, "agency_name": name, "region_code": region}
            for table in ("fct_reports", "mart_agency_years", "dim_agencies"):
                known = {column for column, *_ in connection.execute(f"describe {table}").fetchall()} & document.keys()
                row = ", ".join(f"${column} as {column}" for column in known)
                connection.execute(f"insert into {table} by name select {row}", {column: document[column] for column in known})
        connection.execute(
            "insert into dim_regions by name select '990102' as region_code, 2024 as report_year, '戊省' as province_name,"
            " '戊省临江市东河区' as region_full_name"
        )
        found = connection.execute(f"select agency_id, province, place from ({load_declarations().queries['agency_years']})").fetchall()
    assert sorted(found) == [
        ("bare", "区划未定", "区划未定"),
        ("coded", "戊省", "戊省临江市东河区"),
        ("earlier", "临江市（未定）", "临江市东河区（未定）"),
        ("named", "青岚省（未定）", "青岚省乙河县（未定）"),
    ]


def test_a_share_is_null_on_a_base_of_zero_and_leaves_out_reports_that_have_no_share(contracts):
    share = Metric(label="公开率（%）", share=("part", "base", "known")).expression
    rows = "(values (3, 4, 0.75), (9, 2, null), (0, 0, null)) as rows (part, base, known)"
    assert contracts.execute(f"select {share} from {rows}").fetchall() == [(0.75,)]
    assert contracts.execute(f"select {share} from {rows} where base = 0").fetchall() == [(None,)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dataset": "agency_year"}, "remedies.reviews: no such dataset: agency_year"),
        ({"metrics": ["review"]}, r"remedies.reviews: dataset agency_years has no metric \['review'\]"),
        ({"metrics": []}, "remedies.reviews: nothing to show"),
        ({"id": "litigations"}, r"remedies: chart ids repeat: \['litigations'\]"),
        ({"width": 4}, "are not 12 columns wide"),
        ({"ignores": ["severity"]}, "ignores filters that the dashboard does not have"),
        ({"colour": "red"}, "remedies.yml(.|\n)*colour"),
    ],
)
def test_a_chart_that_contradicts_itself_is_named(tmp_path, change, message):
    folder = tmp_path / "bi"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "dashboards" / "remedies.yml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    written["rows"][0]["charts"][0] |= change
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    with pytest.raises(DeclarationError, match=message):
        load_declarations(folder)


def test_datasets_that_go_round_in_a_circle_or_name_none_are_named(tmp_path):
    folder = tmp_path / "bi"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    query = folder / "datasets" / "agency_years.sql"
    query.write_text("select * from (${findings})")
    with pytest.raises(DeclarationError, match=r"agency_years.* → .*round in a circle"):
        load_declarations(folder)
    query.write_text("select * from (${finding})")
    with pytest.raises(DeclarationError, match=r"agency_years.sql: no such dataset: \['finding'\]"):
        load_declarations(folder)


def test_a_dataset_that_a_mart_no_longer_fits_is_named(contracts):
    declarations = load_declarations()
    contracts.execute("begin; alter table mart_quality drop column input_count")
    try:
        with pytest.raises(DeclarationError, match=r"datasets/input_quality.sql does not fit the published tables.*input_count"):
            describe_datasets(declarations, contracts)
    finally:
        contracts.execute("rollback")
