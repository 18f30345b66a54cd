from pathlib import Path

import pytest
import yaml

from bi.bundles import build_bundle, describe_datasets, open_contracts
from bi.declarations import load_declarations
from bi.exposures import EXPOSURES, render_exposures
from bi.serving import ServingError, build_server_command, prepare_superset
from orchestration.settings import DBT_PROJECT, Settings

DATABASE = Path("/srv/nianbao/published/current/nianbao.duckdb")


@pytest.fixture(scope="module")
def bundle():
    declarations = load_declarations()
    with open_contracts(DBT_PROJECT) as connection:
        texts = build_bundle(declarations, describe_datasets(declarations, connection), DATABASE)
    return {path: yaml.safe_load(text) for path, text in texts.items()}


def test_the_same_declarations_give_the_same_bundle_so_that_importing_again_updates(bundle):
    declarations = load_declarations()
    with open_contracts(DBT_PROJECT) as connection:
        again = build_bundle(declarations, describe_datasets(declarations, connection), DATABASE)
    assert {path: yaml.safe_load(text) for path, text in again.items()} == bundle
    ids = [document["uuid"] for document in bundle.values() if "uuid" in document]
    assert len(ids) == len(set(ids)) == len(bundle) - 1  # all but the metadata


def test_the_database_is_the_publication_read_only_and_nothing_but_that_file(bundle):
    database = bundle["databases/nianbao.yaml"]
    assert database["sqlalchemy_uri"] == "duckdb:////srv/nianbao/published/current/nianbao.duckdb"
    assert database["extra"]["engine_params"]["connect_args"] == {"read_only": True, "config": {"enable_external_access": False}}
    assert not any(database[right] for right in ("allow_dml", "allow_ctas", "allow_cvas", "allow_csv_upload"))


def test_every_chart_stands_on_its_dashboard_and_draws_on_a_dataset_of_the_bundle(bundle):
    datasets = {document["uuid"] for path, document in bundle.items() if path.startswith("datasets/")}
    charts = {document["uuid"]: document for path, document in bundle.items() if path.startswith("charts/")}
    assert {chart["dataset_uuid"] for chart in charts.values()} == datasets
    placed = [
        part["meta"]["uuid"]
        for path, document in bundle.items()
        if path.startswith("dashboards/")
        for part in document["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    ]
    assert sorted(placed) == sorted(charts)


def test_charts_over_all_years_stand_outside_the_filter_by_year(bundle):
    overview = bundle["dashboards/year_overview.yaml"]
    (year,) = [entry for entry in overview["metadata"]["native_filter_configuration"] if entry["name"] == "年度"]
    excluded = {
        part["meta"]["sliceName"]
        for part in overview["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART" and part["meta"]["chartId"] in year["scope"]["excluded"]
    }
    assert len(excluded) == 5
    assert all(title.startswith("历年") for title in excluded)
    assert year["requiredFirst"] and year["controlValues"]["defaultToFirstItem"] and not year["controlValues"]["sortAscending"]


def test_titles_say_the_unit_of_what_is_counted(bundle):
    counted = [
        document["slice_name"] for path, document in bundle.items() if path.startswith("charts/") and document["viz_type"] != "table"
    ]
    assert [title for title in counted if not title.endswith("）")] == []


def test_dbt_knows_the_dashboards_as_exposures_of_the_marts_that_they_read():
    with open_contracts(DBT_PROJECT) as connection:
        assert EXPOSURES.read_text(encoding="utf-8") == render_exposures(load_declarations(), connection), "run `make docs`"


def test_superset_listens_on_this_machine_only():
    command = build_server_command(8088)
    assert command[command.index("--bind") + 1] == "127.0.0.1:8088"


def test_without_a_publication_it_says_what_to_run(tmp_path):
    with pytest.raises(ServingError, match=r"nothing is published under .*; run `make run` first"):
        prepare_superset(Settings(home=tmp_path, reports=()))
    assert list(tmp_path.iterdir()) == []


def test_a_dashboard_that_adds_up_agencies_begins_with_their_own_reports(bundle):
    begins = {
        path: {entry["name"]: entry["defaultDataMask"]["extraFormData"] for entry in document["metadata"]["native_filter_configuration"]}
        for path, document in bundle.items()
        if path.startswith("dashboards/")
    }
    own = {"filters": [{"col": "report_scope", "op": "IN", "val": ["本机关"]}]}
    assert sum(filters.get("汇报范围") == own for filters in begins.values()) == 4
    assert not any(given for filters in begins.values() for name, given in filters.items() if name != "汇报范围")
