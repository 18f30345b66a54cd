"""`nianbao totals`: what does not agree, and who is missing."""

import json
from pathlib import Path

import polars as pl
import pytest
from builders.commands import Nianbao

AGENCIES = {"ag_1": "霁屿区人民政府", "ag_2": "澹岑县人民政府"}
CELL = {
    "table_key": "requests", "row_key": "new_received", "column_key": "total", "raw": "11", "line": 17, "own_office_count": 1,
    "largest_child_count": 5, "largest_child_name": "霁屿区听雨街道办事处", "report_scope": "region_total",
}  # fmt: skip


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    def cell(agency: str, year: int, reported: int, **more: object) -> dict[str, object]:
        counts = {"reported_count": reported, "children_count": 10, "residual_count": reported - 10}
        people = {"children_expected": 3, "children_present": 3, "children_counted": 3, "missing_children": None, "unread_children": None}
        key = {"agency_id": agency, "document_id": f"{agency}-{year}", "report_year": year}
        return {**key, **CELL, **counts, **people, "status": "equal", "reason": None, **more}

    missing = {"children_expected": 3, "children_present": 2, "missing_children": "霁屿区听雨街道办事处"}
    cells = [
        cell("ag_1", 2021, 10),
        cell("ag_1", 2022, 11, status="differs"),
        cell("ag_1", 2023, 10, **missing, status="not_assessable", reason="children_missing"),
        cell(
            "ag_2",
            2022,
            9,
            children_expected=None,
            missing_children="乙镇人民政府",
            unread_children="澹岑县财政局",
            status="below_children",
        ),
    ]
    current = tmp_path / "published" / "current"
    current.mkdir(parents=True)
    pl.DataFrame(cells, infer_schema_length=None).write_parquet(current / "fct_region_totals.parquet")
    pl.DataFrame({"agency_id": list(AGENCIES), "agency_name": list(AGENCIES.values())}).write_parquet(current / "dim_agencies.parquet")
    documents = sorted({str(row["document_id"]) for row in cells})
    pl.DataFrame({"document_id": documents, "source": [f"{name}.txt" for name in documents]}).write_parquet(current / "fct_reports.parquet")
    return tmp_path


def test_cells_that_do_not_agree_are_printed_with_their_line_and_missing_children_are_named(nianbao: Nianbao, home: Path) -> None:
    found = nianbao("totals", "--home", home)
    assert found.status == 1
    assert found.out.splitlines() == [
        "霁屿区人民政府 2021 (region_total): 3 children with a report of 3 expected",
        "  1 equal",
        "澹岑县人民政府 2022 (region_total): 3 children with a report, no roster",
        "  missing: 乙镇人民政府",
        "  1 below_children",
        "  ag_2-2022.txt:17: 本年新收政府信息公开申请数量总计 below_children: 9 printed, 10 in 3 reports; not read: 澹岑县财政局",
        "霁屿区人民政府 2022 (region_total): 3 children with a report of 3 expected",
        "  1 differs",
        "  ag_1-2022.txt:17: 本年新收政府信息公开申请数量总计 differs: 11 printed, 10 in 3 reports",
        "霁屿区人民政府 2023 (region_total): 2 children with a report of 3 expected",
        "  missing: 霁屿区听雨街道办事处",
        "  1 not_assessable (children_missing)",
        "2 of 4 cells of 4 region totals do not agree",
    ]


def test_an_agency_and_a_year_can_be_chosen_and_what_cannot_be_told_is_no_failure(nianbao: Nianbao, home: Path) -> None:
    found = nianbao("totals", "霁屿区", "2023", "--home", home)
    assert (found.status, len(found.out.splitlines())) == (0, 4)
    assert nianbao("totals", "ag_2", "--home", home).status == 1


def test_json_has_one_object_per_cell_that_does_not_agree(nianbao: Nianbao, home: Path) -> None:
    found = nianbao("totals", "--format", "json", "--home", home)
    records = [json.loads(line) for line in found.out.splitlines()]
    assert [(record["agency_name"], record["line"], record["residual_count"], record["missing_children"]) for record in records] == [
        ("澹岑县人民政府", 17, -1, "乙镇人民政府"),
        ("霁屿区人民政府", 17, 1, None),
    ]


def test_an_unknown_agency_and_a_home_without_a_build_are_told_what_to_do(nianbao: Nianbao, home: Path, tmp_path: Path) -> None:
    unknown = nianbao("totals", "丙县", "--home", home)
    assert (unknown.status, "nianbao totals" in unknown.err) == (2, True)
    empty = nianbao("totals", "--home", tmp_path / "elsewhere")
    assert (empty.status, "nianbao build" in empty.err) == (2, True)
