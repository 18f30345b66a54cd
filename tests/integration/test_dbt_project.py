"""One dbt build of the real project over a few reports whose marts a person worked out."""

import csv
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import yaml
from builders.dbt_staging import Staging
from properties.recomputing import FACTS, compare

from ingest.tables import STAGING_TABLES

PROJECT = Path(__file__).parents[2] / "dbt_project"
PUBLIC = ("dim_", "fct_", "mart_")


def build_requests(**totals: float | str) -> dict[tuple[str, str, str], float | str]:
    """The 总计 cells of table 三 by row key."""
    return {("requests", row, "total"): figure for row, figure in totals.items()}


def stage_reports() -> Staging:
    """Two agencies over 2020–2023 on three forms, and every way to stay out of the marts."""
    staging = Staging()
    # 45 + 5 = 40 + 10; outcomes 12 + 4 + (6 + 2) + 10 + 2 + (1 + 3) = 40.
    staging.add_report(
        "full",
        2023,
        "临江区财政局",
        {
            **build_requests(
                new_received=45,
                carried_over=5,
                granted=12,
                partly_granted=4,
                denied_third_party_rights=6,
                denied_process_information=2,
                unavailable_not_held=10,
                not_processed_petition=2,
                other_overdue_correction=1,
                other_other=3,
                total_processed=40,
                carried_forward=10,
            ),
            ("requests", "new_received", "natural_person"): 40,
            ("requests", "new_received", "commercial_enterprise"): 4,
            ("requests", "new_received", "legal_service"): 1,
            ("disputes", "review", "upheld"): 4,
            ("disputes", "review", "corrected"): 2,
            ("disputes", "review", "other"): 2,
            ("disputes", "review", "pending"): 1,
            ("disputes", "review", "total"): 9,
            ("disputes", "litigation_direct", "corrected"): 1,
            ("disputes", "litigation_direct", "total"): 1,
            ("disputes", "litigation_after_review", "upheld"): 3,
            ("disputes", "litigation_after_review", "total"): 3,
            ("proactive", "normative_document", "in_force"): 7,
            ("proactive", "licence", "decisions"): 34309,
            ("proactive", "fee", "amount_10k_yuan"): 12.5,
        },
        sources=("b/full.txt", "a/copy-of-full.txt"),
    )
    # The 2019 form: one row （六）其他处理, other facts in table 二; a total that the agency left blank.
    staging.add_report(
        "trial",
        2020,
        "临江区财政局（国资局）",
        {
            **build_requests(new_received=10, granted=5, denied_state_secret="", other_processed=2, total_processed=10),
            ("proactive", "normative_document", "disclosed_total"): 99,
            ("proactive", "fee", "prior_items"): 3,
            ("proactive", "fee", "items_change"): -2,
            ("proactive", "procurement", "amount"): 251000,
        },
        template="2019",
    )
    staging.rows["reports"][-1]["agency_id"] = "id-临江区财政局"
    # The mixed form: 2021 table 二 with the single row （六）其他处理; nothing was concluded.
    staging.add_report(
        "mixed", 2023, "青山镇人民政府", build_requests(new_received=4, granted=1, other_processed=3, total_processed=4), is_mixed=True
    )
    staging.rows["reports"][-1]["report_scope"] = "region_total"
    staging.add_report("zeros", 2022, "青山镇人民政府")
    # Printed figures that contradict each other: more granted than processed.
    staging.add_report("slip", 2021, "青山镇人民政府", build_requests(new_received=3, granted=5, total_processed=4, carried_forward="-"))
    staging.add_finding(
        "requests.record",
        "slip",
        2021,
        cause="source",
        source="slip.txt",
        line=80,
        raw="4",
        table="requests",
        row="total_processed",
        column="total",
        lhs=4.0,
        rhs=5.0,
        residual=-1.0,
        message_en="total processed 4, outcomes 5",
        cells=[
            {"table": "requests", "row": "total_processed", "column": "total"},
            {"table": "requests", "row": "granted", "column": "total"},
        ],
    )
    staging.add_finding("requests.record", "full", 2023, verdict="passed")
    # Before the grid: indicators of the statistics table under their printed labels.
    figures: dict[tuple[str, str, str], float | str] = {
        ("statistics", "收到申请数", "value"): 3,
        ("statistics", "其中：当面申请数", "value"): "-",
        ("statistics", "依申请公开信息收取的费用", "value"): 0.25,
    }
    staging.add_report("early", 2016, "青山镇人民政府", figures, template="pre2019")
    # Kept out.
    staging.add_report("spoilt", 2023, "石桥街道办事处", build_requests(new_received=1000))
    staging.add_finding("report.quarantine", "spoilt", 2023, cause="unknown")
    staging.add_report("unnamed", 2023, None, build_requests(new_received=1000))
    staging.add_report("undated", None, "石桥街道办事处", build_requests(new_received=1000))
    staging.add_report("picture", 2022, "石桥街道办事处", template=None, layout=None, status="suspect", issue="no_tables")
    staging.add_outcome("notice.txt", None, 2022, "rejected", "not_a_report")
    staging.add_outcome("broken.zip", None, None, "rejected", "unreadable")
    # A finding on a whole year quarantines nobody.
    staging.add_finding("report.quarantine", None, 2023, severity="warning")
    staging.add_copy("full", "zeros", "overview", 0.9, is_same_agency=False, start_line=4, end_line=9, passage_count=2)
    staging.add_copy("full", "spoilt", "overview", 0.9)  # of a report that is not in the marts
    staging.gate_results = [{**GATE_RESULT, "verdict": "failed", "observed_count": 4, "example_source": "slip.txt", "example_line": 80}]
    return staging


GATE_RESULT = {
    "run_id": "r1",
    "judged_at": datetime(2026, 3, 1, 2, 30, tzinfo=UTC).replace(tzinfo=None),
    "scope": "staging",
    "suite": "staging-2021",
    "rule_id": "requests.record",
    "rule_version": 1,
    "severity": "error",
    "report_year": 2021,
    "is_blocking": True,
    "is_accepted": False,
    "threshold_count": 2,
    "evaluated_count": 9,
}

RULES = [
    {"rule_id": "requests.record", "severity": "error", "on_failure": "record"},
    {"rule_id": "report.quarantine", "severity": "error", "on_failure": "quarantine"},
]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """The finished `dbt build`, unit and data tests included; warnings are errors."""
    root = tmp_path_factory.mktemp("dbt")
    stage_reports().write(root / "staging")
    project = root / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    columns = list(read_seed_types()["rules"])
    rules = pl.DataFrame([{**dict.fromkeys(columns, "1"), "blocks": "true", **rule} for rule in RULES])
    rules.write_csv(project / "seeds" / "rules.csv")
    program = "import sys; from dbt.cli.main import cli; sys.exit(cli(sys.argv[1:]))"
    return subprocess.run(
        [
            sys.executable,
            "-c",
            program,
            "--warn-error",
            "--no-use-colors",
            "build",
            *("--project-dir", str(project), "--profiles-dir", str(project)),
        ],
        env={
            "NIANBAO_STAGING": str(root / "staging"),
            "NIANBAO_WAREHOUSE": str(root / "warehouse.duckdb"),
            "PATH": "/usr/bin:/bin",
            "HOME": str(root),
            "LANG": "C.UTF-8",
            "DO_NOT_TRACK": "1",
        },
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def warehouse(build: subprocess.CompletedProcess[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    assert build.returncode == 0, build.stdout[-6000:]
    path = next(Path(part) for part in build.args if part.endswith("project")).parent / "warehouse.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def read_seed_types() -> dict[str, dict[str, str]]:
    seeds = yaml.safe_load((PROJECT / "seeds" / "_seeds.yml").read_text("utf-8"))["seeds"]
    return {seed["name"]: seed["config"]["column_types"] for seed in seeds}


def read_row(warehouse: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    rows = warehouse.execute(query).pl().rows(named=True)
    assert len(rows) == 1, rows
    return rows[0]


def read_agency_year(warehouse: duckdb.DuckDBPyConnection, document_id: str) -> dict[str, Any]:
    return read_row(warehouse, f"from mart_agency_years where document_id = '{document_id}'")


def test_build_passes_every_data_test_and_unit_test_without_a_warning(build: subprocess.CompletedProcess[str]) -> None:
    assert build.returncode == 0, build.stdout[-6000:]
    assert "WARN=0 ERROR=0 SKIP=0" in build.stdout
    assert " unit tests" in build.stdout


def test_indicators_of_blanks_slips_and_mixed_forms_equal_their_recomputation(warehouse: duckdb.DuckDBPyConnection) -> None:
    names = (*FACTS, "mart_agency_indicators", "mart_agency_years", "dim_indicators")
    result = compare({name: warehouse.execute(f"from {name}").pl() for name in names})
    assert result.differences.rows() == []
    statuses = warehouse.execute("select status, count(*) from mart_agency_indicators group by all").fetchall()
    assert dict(statuses).keys() == {"value", "zero_denominator", "missing_cells", "not_in_template", "contradictory"}


def test_a_series_runs_over_the_forms_only_where_they_ask_the_same(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The 2019 form for 2020 and the 2021 form for 2023: 10 and 45 requests; items of fees and their money; no report for 2022."""
    rows = warehouse.execute(
        "select indicator_id, previous_value, three_year_growth_ratio from mart_agency_indicators"
        " where document_id = 'full' and indicator_id in ('I-01a', 'I-18a') order by all"
    ).fetchall()
    assert rows == [("I-01a", None, pytest.approx(4.5 ** (1 / 3) - 1)), ("I-18a", None, None)]
    # 青山镇 reports on itself in 2021 and 2022, of its region in 2023.
    changes = warehouse.execute(
        "select report_year, change from mart_agency_indicators"
        " where agency_id = 'id-青山镇人民政府' and indicator_id = 'I-01a' order by all"
    ).fetchall()
    assert changes == [(2016, None), (2021, None), (2022, -3.0), (2023, None)]


def test_gate_results_reach_the_warehouse_with_their_numbers_and_example(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = read_row(warehouse, "from fct_gate_results")
    assert row == GATE_RESULT | {
        "verdict": "failed",
        "observed_count": 4,
        "reason": None,
        "example_source": "slip.txt",
        "example_line": 80,
        "example_zh": None,
        "example_en": None,
    }


def test_agency_year_has_the_hand_computed_totals_and_shares(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = read_agency_year(warehouse, "full")
    expected = {
        "agency_id": "id-临江区财政局",
        "report_year": 2023,
        "agency_name": "临江区财政局",
        "document_id": "full",
        "source": "a/copy-of-full.txt",
        "template": "2021",
        "layout": "pipe_rows",
        "published_date": None,
        "new_received_count": 45,
        "carried_over_count": 5,
        "accepted_request_count": 50,
        "processed_count": 40,
        "carried_forward_count": 10,
        "granted_count": 12,
        "partly_granted_count": 4,
        "denied_count": 8,
        "unavailable_count": 10,
        "not_processed_count": 2,
        "other_processed_count": 4,
        "natural_person_count": 40,
        "organization_count": 5,
        "disclosure_share": 0.4,
        "denial_share": 0.2,
        "unavailable_share": 0.25,
        "not_processed_share": 0.05,
        "completion_share": 0.8,
        "review_count": 9,
        "review_corrected_count": 2,
        "review_concluded_count": 8,
        "review_correction_share": 0.25,
        "litigation_count": 4,
        "litigation_corrected_count": 1,
        "litigation_concluded_count": 4,
        "litigation_correction_share": 0.25,
        "regulation_in_force_count": 0,
        "normative_document_in_force_count": 7,
        "regulation_disclosed_total_count": None,
        "normative_document_disclosed_total_count": None,
        "licence_decision_count": 34309,
        "penalty_decision_count": 0,
        "enforcement_decision_count": 0,
        "fee_10k_yuan": Decimal("12.500000"),
        "carried_forward_share": 0.2,
        "substantive_disclosure_share": 16 / 34,
        "denied_third_party_rights_share": 0.75,
        "applicant_hhi_share": (1600 + 16 + 1) / 2025,
        "review_pending_share": 1 / 9,
        "is_small_sample": False,
        "finding_error_count": 0,
        "has_source_errors": False,
    }
    assert {key: row[key] for key in expected} == expected


def test_2019_form_has_its_own_facts_and_a_blank_row_makes_its_group_null(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = read_agency_year(warehouse, "trial")
    assert (row["template"], row["other_processed_count"], row["unavailable_count"]) == ("2019", 2, 0)
    assert row["denied_count"] is None
    assert row["denial_share"] is None
    assert row["disclosure_share"] == 0.5
    assert (row["normative_document_disclosed_total_count"], row["normative_document_in_force_count"]) == (99, None)
    assert row["fee_10k_yuan"] is None


def test_mixed_form_counts_its_single_other_row(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = read_agency_year(warehouse, "mixed")
    assert (row["template"], row["other_processed_count"], row["disclosure_share"]) == ("2021", 3, 0.25)


def test_shares_without_a_base_are_null_not_zero(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = read_agency_year(warehouse, "zeros")
    shares = {name: value for name, value in row.items() if name.endswith("_share")}
    assert len(shares) == 35
    assert set(shares.values()) == {None}
    assert (row["processed_count"], row["denied_count"], row["review_count"]) == (0, 0, 0)


def test_contradicting_figures_stand_as_printed_and_give_no_share(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = read_agency_year(warehouse, "slip")
    assert (row["granted_count"], row["processed_count"], row["carried_forward_count"]) == (5, 4, None)
    assert row["disclosure_share"] is None
    assert (row["finding_error_count"], row["has_source_errors"]) == (1, True)


def test_reports_kept_out_are_listed_with_every_reason(warehouse: duckdb.DuckDBPyConnection) -> None:
    listed = warehouse.execute("select document_id, source, status, reasons from fct_quarantined_reports order by all").fetchall()
    assert listed == [
        ("picture", "picture.txt", "suspect", "suspect:no_tables"),
        ("spoilt", "spoilt.txt", "accepted", "rule:report.quarantine"),
        ("undated", "undated.txt", "accepted", "no_report_year"),
        ("unnamed", "unnamed.txt", "accepted", "no_agency"),
    ]
    kept = warehouse.execute("select document_id from mart_agency_years order by all").fetchall()
    assert kept == [("early",), ("full",), ("mixed",), ("slip",), ("trial",), ("zeros",)]
    for fact in ("fct_requests", "fct_disputes", "fct_proactive_disclosures"):
        assert warehouse.execute(f"select distinct document_id from {fact} order by all").fetchall() == kept[1:]


def test_statistics_are_listed_by_indicator_with_their_unit(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute(
        "select document_id, indicator, column_key, value, unit, raw, line from fct_statistics order by line"
    ).fetchall() == [
        ("early", "收到申请数", "value", Decimal(3), "件", "3", 1),
        ("early", "其中：当面申请数", "value", None, "件", "-", 2),
        ("early", "依申请公开信息收取的费用", "value", Decimal("0.25"), "件", "0.25", 3),
    ]


def test_facts_hold_each_cell_once_and_keep_blank_dash_and_zero_apart(warehouse: duckdb.DuckDBPyConnection) -> None:
    # 175 cells of table 三 on the 2021 form, 161 on the 2019 form and on the mixed form.
    counts = dict(warehouse.execute("select document_id, count(*) from fct_requests group by document_id").fetchall())
    assert counts == {"full": 175, "zeros": 175, "slip": 175, "mixed": 161, "trial": 161}
    assert warehouse.execute("select count(*) from fct_disputes").fetchall() == [(5 * 15,)]
    assert warehouse.execute("select count(*) from fct_proactive_disclosures").fetchall() == [(4 * 10 + 22,)]
    figures = warehouse.execute(
        "select document_id, row_key, request_count, raw, line from fct_requests where column_key = 'total'"
        " and (document_id, row_key) in (('trial', 'denied_state_secret'), ('slip', 'carried_forward'), ('zeros', 'granted'))"
        " order by all"
    ).fetchall()
    # Lines of the builder: cell n of the form stands on line n. 10 + 25 × 7, 10 + 3 × 7 and 22 + 5 × 7.
    assert figures == [
        ("slip", "carried_forward", None, "-", 185),
        ("trial", "denied_state_secret", None, "", 57),
        ("zeros", "granted", 0, "0", 31),
    ]


def test_money_has_a_type_only_when_its_unit_is_known(warehouse: duckdb.DuckDBPyConnection) -> None:
    query = (
        "select row_key, column_key, value, unit, item_count, amount_10k_yuan, amount_cny from fct_proactive_disclosures"
        " where row_key in ('fee', 'procurement') and document_id in ('full', 'trial') order by all"
    )
    assert warehouse.execute(query).fetchall() == [
        ("fee", "amount_10k_yuan", Decimal("12.5"), "万元", None, Decimal("12.5"), Decimal(125000)),
        ("fee", "items_change", Decimal(-2), "项", -2, None, None),
        ("fee", "prior_items", Decimal(3), "项", 3, None, None),
        ("procurement", "amount", Decimal(251000), None, None, None, None),
        ("procurement", "projects", Decimal(0), "项", 0, None, None),
    ]


def test_copies_are_those_between_reports_in_the_marts(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute(
        "select document_id, other_document_id, agency_id, other_agency_id, report_year, other_report_year, section, copy_kind,"
        " similarity, is_same_agency, start_line, passage_count from fct_copies"
    ).fetchall() == [
        ("full", "zeros", "id-临江区财政局", "id-青山镇人民政府", 2023, 2022, "overview", "narrative", 0.9, False, 4, 2),
    ]


def test_findings_lead_to_file_and_line(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = read_row(warehouse, "from fct_findings where document_id = 'slip'")
    assert (row["rule_id"], row["source"], row["line"], row["raw"], row["residual"]) == ("requests.record", "slip.txt", 80, "4", -1.0)
    assert row["evidence_cells"] == "requests/total_processed/total, requests/granted/total"
    assert row["is_published"] is True
    others = warehouse.execute("select document_id, severity, is_published from fct_findings where document_id is distinct from 'slip'")
    assert sorted(others.fetchall(), key=str) == [("spoilt", "error", False), (None, "warning", False)]


def test_years_add_up_their_reports_and_count_what_is_kept_out(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select report_year, input_count, report_count, agency_count, suspect_report_count, quarantined_report_count,"
        " rejected_input_count, blank_total_report_count, new_received_count, disclosure_share from mart_years order by report_year"
    ).fetchall()
    assert rows == [
        (2016, 1, 1, 1, 0, 0, 0, 1, None, None),
        (2020, 1, 1, 1, 0, 0, 0, 1, 10, 0.5),
        (2021, 1, 1, 1, 0, 0, 0, 1, 3, None),
        (2022, 3, 1, 1, 1, 0, 1, 0, 0, None),
        (2023, 5, 2, 2, 0, 2, 0, 0, 45, 16 / 40),  # the report of 青山镇 is of its region
    ]


def test_quality_counts_every_input_once(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "select quality_id, input_count, accepted_input_count, suspect_input_count, rejected_input_count, report_count,"
        " quarantined_report_count, located_cell_count, error_finding_count, warning_finding_count, acceptance_share"
        " from mart_quality order by quality_id"
    ).fetchall()
    assert rows == [
        ("2016/pipe_rows/pre2019", 1, 1, 0, 0, 1, 0, 3, 0, 0, 1.0),
        ("2020/pipe_rows/2019", 1, 1, 0, 0, 1, 0, 198, 0, 0, 1.0),
        ("2021/pipe_rows/2021", 1, 1, 0, 0, 1, 0, 200, 1, 0, 1.0),
        ("2022/none/none", 2, 0, 1, 1, 1, 0, 0, 0, 0, 0.0),
        ("2022/pipe_rows/2021", 1, 1, 0, 0, 1, 0, 200, 0, 0, 1.0),
        ("2023/none/none", 0, 0, 0, 0, 0, 0, None, 0, 1, None),
        ("2023/pipe_rows/2021", 5, 5, 0, 0, 4, 2, 786, 1, 0, 1.0),
        ("unknown/none/none", 1, 0, 0, 1, 0, 0, None, 0, 0, None),
        ("unknown/pipe_rows/2021", 1, 1, 0, 0, 1, 1, 200, 0, 0, 1.0),
    ]


def test_reports_of_other_scopes_add_nothing_to_the_sums_of_a_year(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute("select year_scope_id, report_count, new_received_count from mart_year_scopes order by all").fetchall()
    assert rows == [
        ("2016/own/unknown", 1, None),
        ("2020/own/unknown", 1, 10),
        ("2021/own/unknown", 1, 3),
        ("2022/own/unknown", 1, 0),
        ("2023/own/unknown", 1, 45),
        ("2023/region_total/unknown", 1, 4),
    ]


def test_every_report_has_a_scorecard_and_the_worst_are_those_kept_out(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute("select document_id, is_published, failed_error_rule_count, quality_share from mart_scorecards order by all")
    assert rows.fetchall() == [
        ("early", True, 0, None),
        ("full", True, 0, 1.0),
        ("mixed", True, 0, None),
        ("picture", False, 0, None),
        ("slip", True, 1, 0.0),
        ("spoilt", False, 1, 0.0),
        ("trial", True, 0, None),
        ("undated", False, 0, None),
        ("unnamed", False, 0, None),
        ("zeros", True, 0, None),
    ]


def test_agencies_carry_their_latest_name_and_first_and_last_year(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute(
        "select agency_id, agency_name, first_report_year, last_report_year, report_count from dim_agencies order by agency_id"
    ).fetchall() == [
        ("id-临江区财政局", "临江区财政局", 2020, 2023, 2),
        ("id-青山镇人民政府", "青山镇人民政府", 2016, 2023, 4),
    ]


def test_every_column_that_readers_see_says_what_it_means(warehouse: duckdb.DuckDBPyConnection) -> None:
    columns = warehouse.execute("select table_name, column_name, comment from duckdb_columns() where not internal").fetchall()
    public = {(table, column): comment for table, column, comment in columns if table.startswith(PUBLIC)}
    assert {table for table, _ in public} == {path.stem for path in (PROJECT / "models" / "marts").glob("*.sql")}
    assert [key for key, comment in public.items() if not comment] == []


def test_sources_are_the_declared_staging_tables() -> None:
    sources = yaml.safe_load((PROJECT / "models/staging/_nianbao__sources.yml").read_text("utf-8"))["sources"]
    assert [(source["name"], [table["name"] for table in source["tables"]]) for source in sources] == [
        ("corpus", ["copies", "decisions", "publishers", "agency_changes", "region_totals", "gate_results"]),
        ("staging", list(STAGING_TABLES)),
    ]


@pytest.mark.parametrize("seed", ["rules", "template_cells", "indicators", "regions", "report_periods", "report_scopes"])
def test_seed_columns_have_declared_types(seed: str) -> None:
    with (PROJECT / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == list(read_seed_types()[seed])
