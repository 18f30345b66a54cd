"""`nianbao query`: answers as tables, CSV and JSON, and nothing else that SQL can do."""

import csv
import io
import json
from pathlib import Path

import pytest
from builders.commands import Nianbao
from builders.published_marts import HOSTILE, build_publication
from rich.cells import cell_len

from orchestration.settings import Paths


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return build_publication(tmp_path_factory.mktemp("published") / "home")[0]


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


def test_columns_of_chinese_and_of_numbers_stand_in_line(nianbao: Nianbao, paths: Paths) -> None:
    sql = "select agency_name, template, 7 as n from mart_agency_years union all select '区', '2021', 123 order by 3, 1"
    done = nianbao("query", sql, "--home", paths.home)
    assert done.status == 0
    assert done.err == "5 rows shown\n"
    lines = [line for line in done.out.splitlines() if "2021" in line]
    assert len(lines) == 5
    assert len({cell_len(line[: line.index("2021")]) for line in lines}) == 1
    assert len({cell_len(line.rstrip()) for line in lines}) == 1  # numbers end in one column


def test_a_table_shows_a_hundred_rows_and_says_that_there_are_more(nianbao: Nianbao, paths: Paths) -> None:
    done = nianbao("query", "select * from fct_requests", "--home", paths.home)
    assert "100 rows shown; there are more: --limit N" in done.err
    assert "3 rows shown; there are more" in nianbao("query", "from fct_requests", "--limit", "3", "--home", paths.home).err


def test_csv_and_json_hold_every_row_exactly(nianbao: Nianbao, paths: Paths) -> None:
    sql = "select finding_id, raw, residual, 1.10::decimal(20, 6) as d, date '2024-01-20' as day, null as n from fct_findings order by 1"
    rows = list(csv.DictReader(io.StringIO(nianbao("query", sql, "--format", "csv", "--home", paths.home).out)))
    assert [row["raw"] for row in rows] == ["'" + text for text in HOSTILE]
    assert rows[1] == {
        "finding_id": "f01",
        "raw": "'+86 10 1234",
        "residual": "-0.125",
        "d": "1.100000",
        "day": "2024-01-20",
        "n": "",
    }
    records = [json.loads(line) for line in nianbao("query", sql, "--format", "json", "--home", paths.home).out.splitlines()]
    assert [record["raw"] for record in records] == list(HOSTILE)
    assert records[1] == {"finding_id": "f01", "raw": HOSTILE[1], "residual": -0.125, "d": 1.1, "day": "2024-01-20", "n": None}
    assert nianbao("query", "select 1 as a where false", "--format", "csv", "--home", paths.home).out == "a\n"
    large = nianbao("query", "select 12345678901234.123456::decimal(20, 6) as d", "--format", "json", "--home", paths.home).out
    assert json.loads(large) == {"d": "12345678901234.123456"}  # no double has these digits


def test_a_query_comes_from_a_file_or_from_standard_input(
    nianbao: Nianbao, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "q.sql").write_text("select count(*) as n -- 件\nfrom fct_reports;\n", "utf-8")
    assert nianbao("query", tmp_path / "q.sql", "--format", "json", "--home", paths.home).out == '{"n": 4}\n'
    monkeypatch.setattr("sys.stdin", io.StringIO("select 5 as n"))
    assert nianbao("query", "-", "--format", "json", "--home", paths.home).out == '{"n": 5}\n'
    assert "cannot be read" in nianbao("query", tmp_path / "none.sql", "--home", paths.home).err


def test_the_tables_are_listed_with_what_they_hold(nianbao: Nianbao, paths: Paths) -> None:
    done = nianbao("query", "--tables", "--format", "json", "--home", paths.home)
    tables = {record["table"]: record for record in map(json.loads, done.out.splitlines())}
    assert len(tables) == 9
    assert tables["mart_agency_years"] == {
        "table": "mart_agency_years",
        "rows": 4,
        "what it holds": "One row per agency and report year, the agency's own figures.",
    }


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("update mart_agency_years set report_year = 1", "only SELECT"),
        ("delete from fct_reports", "only SELECT"),
        ("create table x as select 1", "only SELECT"),
        ("create temp table x as select 1", "only SELECT"),
        ("copy fct_reports to 'OUT'", "only SELECT"),
        ("export database 'OUT'", "only SELECT"),
        ("attach 'OUT'", "only SELECT"),
        ("install httpfs", "only SELECT"),
        ("load httpfs", "only SELECT"),
        ("set enable_external_access = true", "only SELECT"),
        ("pragma enable_profiling", "only SELECT"),
        ("select 1; drop table fct_reports", "one statement"),
        ("", "one statement"),
        ("select * from read_csv('SECRET')", "reads the published tables and nothing else"),
        ("select * from read_text('SECRET')", "reads the published tables and nothing else"),
        ("select * from glob('/*')", "reads the published tables and nothing else"),
        ("explain analyze copy fct_reports to 'OUT'", "reads the published tables and nothing else"),
        ("from 'SECRET'", "reads the published tables and nothing else"),
        ("select * from fct_report", "did you mean fct_reports"),
        ("select nope from fct_reports", "nope"),
        ("selec 1", "syntax error"),
        ("select cast(agency_name as integer) from fct_reports", "Could not convert"),
    ],
)
def test_what_is_refused_says_why_and_does_nothing(nianbao: Nianbao, paths: Paths, tmp_path: Path, sql: str, message: str) -> None:
    (tmp_path / "secret.csv").write_text("a\nsecret\n", "utf-8")
    text = sql.replace("OUT", str(tmp_path / "out")).replace("SECRET", str(tmp_path / "secret.csv"))
    done = nianbao("query", text, "--home", paths.home)
    assert done.status == 2
    assert message in done.err
    assert done.err.startswith("nianbao: ")
    assert "secret\n" not in done.out
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_a_query_and_tables_together_or_neither_is_wrong_usage(nianbao: Nianbao, paths: Paths) -> None:
    assert nianbao("query", "--home", paths.home).status == 2
    assert nianbao("query", "select 1", "--tables", "--home", paths.home).status == 2
