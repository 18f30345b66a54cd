"""CSV, JSON Lines and Parquet exports: what another program reads back is what was published."""

import csv
import hashlib
import json
import warnings
from pathlib import Path

import duckdb
import polars as pl
import pytest
from builders.commands import Nianbao
from builders.published_marts import HOSTILE, build_publication
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from orchestration.exporting.files import neutralise_text

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of what the validator of the standard imports
    import frictionless

from orchestration.settings import Paths


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return build_publication(tmp_path_factory.mktemp("published") / "home")[0]


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_published(paths: Paths, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(paths.published / "current" / "nianbao.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_csv_has_a_byte_order_mark_and_the_columns_and_rows_in_published_order(paths: Paths, nianbao: Nianbao, tmp_path: Path) -> None:
    assert nianbao("export", "--format", "csv", "--out", tmp_path / "x", "--home", paths.home).status == 0
    content = (tmp_path / "x" / "mart_agency_years.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfagency_id,report_year,agency_name,")
    rows = read_rows(tmp_path / "x" / "fct_requests.csv")
    published = read_published(paths, "select document_id, row_key, column_key, request_count, raw from fct_requests")
    assert len(rows) == 4 * 175
    names = ("document_id", "row_key", "column_key", "request_count", "raw")
    assert [tuple(row[name] for name in names) for row in rows] == [tuple(map(str, row)) for row in published]


def test_no_text_of_a_csv_begins_with_what_a_spreadsheet_runs_and_each_can_be_undone(
    paths: Paths, nianbao: Nianbao, tmp_path: Path
) -> None:
    nianbao("export", "--format", "csv", "--out", tmp_path / "x", "--table", "fct_findings", "--home", paths.home)
    rows = sorted(read_rows(tmp_path / "x" / "fct_findings.csv"), key=lambda row: row["finding_id"])
    assert [row["raw"] for row in rows] == ["'" + text for text in HOSTILE]
    assert [float(row["residual"]) for row in rows][:3] == [0.0, -0.125, -0.25]  # a negative number stays a number
    assert rows[1]["residual"] == "-0.125"
    assert rows[0]["message_zh"] == "第0条"
    assert rows[0]["judged_at"] == "2026-03-01T02:30:00.500000Z"


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("=+-@'\t\r\n ＝＋－＠\u3000\ufeff\u200b1a年"), max_size=5))
def test_neutralised_texts_are_harmless_and_taking_the_apostrophe_away_gives_them_back(text: str) -> None:
    neutral = neutralise_text(text)
    assert neutral[:1] not in set("\t\r\n")
    assert neutral.lstrip(" \t\r\n\u3000\ufeff\u200b")[:1] not in set("=+-@＝＋－＠")
    assert neutral.removeprefix("'") == text


@settings(deadline=None, max_examples=50)  # a busy machine is slow to open a database
@given(st.lists(st.text(alphabet=st.sampled_from("=-@'\t\n\v ＝＋\u3000\ufeff\u00a01a"), max_size=4), min_size=1, max_size=20))
def test_sql_and_python_neutralise_the_same_texts(texts: list[str]) -> None:
    from orchestration.exporting.files import _write_csv
    from orchestration.exporting.tables import Column

    expression = _write_csv(Column("t", "VARCHAR", None, is_nullable=True))
    with duckdb.connect() as connection:
        found = connection.execute(f"select {expression} from (select unnest($texts) as t)", {"texts": texts}).fetchall()
    assert [text for (text,) in found] == [neutralise_text(text) for text in texts]


def test_null_and_a_printed_blank_are_told_apart_in_csv(paths: Paths, tmp_path: Path, nianbao: Nianbao) -> None:
    blank = ("requests", "granted", "total", None, "", "件")
    home, _ = build_publication(tmp_path / "home", changes={("ag_a", 2023): [blank]})
    nianbao("export", "--format", "csv", "--out", tmp_path / "x.csv", "--table", "fct_requests", "--home", home.home)
    lines = (tmp_path / "x.csv").read_text("utf-8-sig").splitlines()
    (line,) = [line for line in lines if line.startswith("ag_a-2023,") and ",granted,total," in line]
    assert ',granted,total,,"",' in line
    assert "apostrophe" in (tmp_path / "x.PROVENANCE.md").read_text("utf-8")


def test_json_lines_hold_what_their_schemas_say(paths: Paths, nianbao: Nianbao, tmp_path: Path) -> None:
    nianbao("export", "--format", "jsonl", "--out", tmp_path / "x", "--home", paths.home)
    for path in sorted((tmp_path / "x").glob("*.jsonl")):
        schema = json.loads(path.with_suffix(".schema.json").read_text("utf-8"))
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        for line in path.read_text("utf-8").splitlines():
            validator.validate(json.loads(line))
    schema = json.loads((tmp_path / "x" / "mart_agency_years.schema.json").read_text("utf-8"))
    assert schema["description"] == "One row per agency and report year, the agency's own figures."
    assert schema["properties"]["new_received_count"] == {"type": ["integer", "null"], "description": "本年新收, 件."}
    assert schema["properties"]["agency_id"] == {"type": "string"}
    records = [json.loads(line) for line in (tmp_path / "x" / "fct_findings.jsonl").read_text("utf-8").splitlines()]
    assert sorted(record["raw"] for record in records) == sorted(HOSTILE)  # JSON is no spreadsheet: texts stay as printed


def test_a_wrong_line_does_not_pass_its_schema(paths: Paths, nianbao: Nianbao, tmp_path: Path) -> None:
    nianbao("export", "--format", "jsonl", "--out", tmp_path / "x", "--table", "mart_agency_years", "--home", paths.home)
    schema = json.loads((tmp_path / "x" / "mart_agency_years.schema.json").read_text("utf-8"))
    record = json.loads((tmp_path / "x" / "mart_agency_years.jsonl").read_text("utf-8").splitlines()[0])
    validator = Draft202012Validator(schema)
    assert validator.is_valid(record)
    for change in ({"agency_id": None}, {"report_year": "2023"}, {"extra": 1}):
        assert not validator.is_valid({**record, **change})
    assert not validator.is_valid({key: value for key, value in record.items() if key != "source"})


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "parquet"])
def test_the_package_and_its_data_pass_the_standards_own_validator(
    paths: Paths, nianbao: Nianbao, tmp_path: Path, file_format: str
) -> None:
    nianbao("export", "--format", file_format, "--out", tmp_path / "x", "--home", paths.home)
    package = json.loads((tmp_path / "x" / "datapackage.json").read_text("utf-8"))
    assert frictionless.Package.metadata_validate(package) is not None
    assert list(frictionless.Package.metadata_validate(package)) == []
    for resource in package["resources"]:
        content = (tmp_path / "x" / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
    assert {resource["title"]: resource["schema"].get("primaryKey") for resource in package["resources"]} == {
        "dim_agencies": ["agency_id"],
        "fct_disputes": ["document_id", "row_key", "column_key"],
        "fct_findings": ["finding_id"],
        "fct_oddities": None,
        "fct_proactive_disclosures": ["document_id", "row_key", "column_key"],
        "fct_reports": ["document_id"],
        "fct_requests": ["document_id", "row_key", "column_key"],
        "fct_statistics": ["document_id", "indicator", "column_key"],
        "mart_agency_years": ["agency_id", "report_year"],
    }
    assert package["sources"] == [{"title": "政府信息公开工作年度报告: 4 reports of 2 agencies, report years 2022 to 2023"}]
    if file_format == "csv":
        report = frictionless.validate(str(tmp_path / "x" / "datapackage.json"))
        assert report.valid, report.flatten(["title", "message"])


def test_parquet_has_the_published_values_and_types(paths: Paths, nianbao: Nianbao, tmp_path: Path) -> None:
    nianbao("export", "--format", "parquet", "--out", tmp_path / "x", "--home", paths.home)
    for name in ("mart_agency_years", "fct_findings", "fct_oddities"):
        assert pl.read_parquet(tmp_path / "x" / f"{name}.parquet").equals(pl.read_parquet(paths.published / "current" / f"{name}.parquet"))


def test_agencies_and_years_restrict_every_table_that_knows_them(paths: Paths, nianbao: Nianbao, tmp_path: Path) -> None:
    done = nianbao("export", "--format", "csv", "--agency", "东河县公安局", "--year", "2022", "--out", tmp_path / "x", "--home", paths.home)
    assert done.status == 0, done.err
    assert {row["document_id"] for row in read_rows(tmp_path / "x" / "fct_requests.csv")} == {"ag_b-2022"}
    assert [row["agency_id"] for row in read_rows(tmp_path / "x" / "dim_agencies.csv")] == ["ag_b"]
    assert read_rows(tmp_path / "x" / "fct_findings.csv") == []
    assert "| fct_oddities.csv | 1 | all rows |" in (tmp_path / "x" / "PROVENANCE.md").read_text("utf-8")
    assert "report years 2022; agencies 东河县公安局" in (tmp_path / "x" / "PROVENANCE.md").read_text("utf-8")


def test_notes_say_who_printed_the_figures_and_what_each_column_means(paths: Paths, nianbao: Nianbao, tmp_path: Path) -> None:
    nianbao("export", "--format", "csv", "--out", tmp_path / "x", "--home", paths.home)
    notes = (tmp_path / "x" / "PROVENANCE.md").read_text("utf-8")
    assert "printed by the agencies themselves" in notes
    assert json.loads((paths.published / "current" / "manifest.json").read_text("utf-8"))["version"] in notes
    dictionary = (tmp_path / "x" / "DATA_DICTIONARY.md").read_text("utf-8")
    assert "| `new_received_count` | bigint |  | 本年新收, 件. |" in dictionary
    assert "| `agency_id` | varchar | not null |  |" in dictionary
    listed = dict(reversed(line.split("  ")) for line in (tmp_path / "x" / "checksums.txt").read_text("utf-8").splitlines())
    assert set(listed) == {path.name for path in (tmp_path / "x").iterdir()} - {"checksums.txt"}
    assert all(hashlib.sha256((tmp_path / "x" / name).read_bytes()).hexdigest() == digest for name, digest in listed.items())


def test_the_same_publication_gives_the_same_bytes_and_an_earlier_export_is_replaced(
    paths: Paths, nianbao: Nianbao, tmp_path: Path
) -> None:
    for _ in range(2):
        assert nianbao("export", "--format", "csv", "--out", tmp_path / "x", "--home", paths.home).status == 0
    nianbao("export", "--format", "csv", "--out", tmp_path / "y", "--home", paths.home)
    contents = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("x", "y")]
    assert contents[0] == contents[1]
    assert {path.name for path in tmp_path.iterdir()} == {"x", "y"}


def test_a_folder_with_files_of_others_is_left_alone(paths: Paths, nianbao: Nianbao, tmp_path: Path) -> None:
    nianbao("export", "--format", "csv", "--out", tmp_path / "x", "--home", paths.home)
    (tmp_path / "x" / "mine.txt").write_text("mine", "utf-8")
    refused = nianbao("export", "--format", "csv", "--out", tmp_path / "x", "--home", paths.home)
    assert refused.status == 2
    assert "mine.txt" in refused.err
    assert (tmp_path / "x" / "mine.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--format", "csv"), "--out"),
        (("--format", "csv", "--out", "x", "--url", "postgresql://h/d"), "no --url"),
        (("--format", "postgres", "--out", "x"), "--url"),
        (("--format", "csv", "--out", "x.csv"), "--table"),
        (("--format", "csv", "--out", "x", "--table", "mart_agency_year"), "did you mean mart_agency_years"),
        (("--format", "csv", "--out", "x", "--agency", "临江市财改局"), "临江市财政局 (ag_a)"),
        (("--format", "csv", "--out", "x", "--agency", "局"), "more than one agency"),
        (("--format", "xlsx", "--out", "x", "--table", "fct_reports"), "x.xlsx"),
        (("--format", "xlsx", "--out", "x", "--year", "1999"), "no published report"),
    ],
)
def test_wrong_usage_names_the_remedy(
    paths: Paths, nianbao: Nianbao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = nianbao("export", *arguments, "--home", paths.home)
    assert done.status == 2
    assert message in " ".join(done.err.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


def test_before_the_first_publication_there_is_nothing_to_export(nianbao: Nianbao, tmp_path: Path) -> None:
    done = nianbao("export", "--format", "csv", "--out", tmp_path / "x", "--home", tmp_path)
    assert done.status == 2
    assert "nianbao build" in done.err
