"""The files that people keep: what they mean, and the words in which a row that does not hold is refused."""

from pathlib import Path

import pytest

from ingest.identity import build_agency_id
from ingest.rosters import AGENCY_CHANGES, LAST_YEAR, PUBLISHERS, RosterError, read_agency_changes, read_publishers
from orchestration.settings import SAMPLE_AGENCY_CHANGES, SAMPLE_PUBLISHERS

HEAD = "agency_name,region_code,parent_agency_name,report_scope,first_report_year,last_report_year"


def write(tmp_path: Path, *rows: str, head: str = HEAD) -> Path:
    path = tmp_path / "publishers.csv"
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return path


def test_a_row_is_an_expectation_for_each_of_its_years_and_an_open_one_goes_on(tmp_path: Path) -> None:
    frame = read_publishers(write(tmp_path, "霁屿区档案局,,,own,2021,2022", "霁屿区财政局,,,,2029,"))
    assert frame.schema == PUBLISHERS
    rows = frame.select("agency_name", "report_year", "agency_kind", "agency_level", "report_scope", "line").rows()
    assert rows == [
        ("霁屿区档案局", 2021, "department", None, "own", 2),
        ("霁屿区档案局", 2022, "department", None, "own", 2),
        ("霁屿区财政局", 2029, "department", None, None, 3),
        ("霁屿区财政局", LAST_YEAR, "department", None, None, 3),
    ]
    assert frame["agency_id"][0] == build_agency_id("霁屿区档案局")


def test_the_region_code_says_which_of_several_regions_a_name_means(tmp_path: Path) -> None:
    frame = read_publishers(write(tmp_path, "鼓楼区财政局,320106,,,2023,2023", "南京市鼓楼区民政局,,,,2023,2023"))
    assert frame.sort("line").select("region_code", "agency_level").rows() == [("320106", "county"), ("320106", "county")]
    (named,) = read_publishers(write(tmp_path, "江苏省南京市鼓楼区财政局,,,,2023,2023"))["agency_id"]
    assert named == frame.sort("line")["agency_id"][0]


def test_an_agency_whose_region_changed_its_code_keeps_a_row_for_each_code(tmp_path: Path) -> None:
    frame = read_publishers(write(tmp_path, "米林县财政局,540422,,,2021,2022", "米林市财政局,540481,,,2023,2024"))
    assert frame.select("report_year", "region_code").rows() == [(2021, "540422"), (2022, "540422"), (2023, "540481"), (2024, "540481")]
    assert frame["agency_id"].n_unique() == 2


def test_the_parent_is_the_agency_of_that_name_in_that_year(tmp_path: Path) -> None:
    frame = read_publishers(write(tmp_path, "霁屿区人民政府,,,region_total,2023,2023", "霁屿区档案局,,霁屿区人民政府,own,2023,2023"))
    by_line = dict(frame.select("line", "parent_agency_id").iter_rows())
    assert by_line == {2: None, 3: build_agency_id("霁屿区人民政府")}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["霁屿区档案局,33010,,,2021,"], "line 2: region_code: .*33010"),
        (["霁屿区档案局,,,all,2021,"], "line 2: report_scope: .*all"),
        (["霁屿区档案局,,,,1999,"], "line 2: first_report_year: .*1999"),
        (["霁屿区档案局,,,,2022,2021"], "line 2: the years 2022 to 2021 are none; swap them"),
        (["米林市财政局,540481,,,2021,2024"], "line 2: region_code 540481 was not in force in all of 2021-2024; give the code"),
        (["霁屿区档案局,,霁屿区人民政府,,2021,"], "line 2: parent_agency_name 霁屿区人民政府 is no agency_name here; write it the same"),
        (["霁屿区档案局,,,,2021,2023", "霁屿区档案局,,,,2023,"], "line 3: 霁屿区档案局 is expected in 2023 already by line 2; delete one"),
        (["财政局,,,,2021,"], "line 2: 财政局 is a name of many agencies; write it with its region"),
        (["甲县人民政府,,,,2021,2021", "甲县档案局,,甲县人民政府,,2021,2022"], "line 3: the parent 甲县人民政府 is not expected in 2022"),
        (["甲县人民政府,,甲县档案局,,2021,2021", "甲县档案局,,甲县人民政府,,2021,2021"], "in 2021 the agency is its own parent"),
        (["霁屿区档案局,,,,2021,,more"], "line 2: more cells than columns; quote cells that hold a comma"),
    ],
)
def test_a_row_that_does_not_hold_is_named_with_its_line_and_the_remedy(tmp_path: Path, rows: list[str], said: str) -> None:
    with pytest.raises(RosterError, match=f"publishers.csv, {said}" if said.startswith("line") else said):
        read_publishers(write(tmp_path, *rows))


@pytest.mark.parametrize("head", ["agency_name,region_code", HEAD + ",colour", HEAD + ",region_code"])
def test_a_head_that_is_not_that_of_the_file_is_refused_with_its_columns(tmp_path: Path, head: str) -> None:
    with pytest.raises(RosterError, match=r"line 1: columns missing .*first_report_year"):
        read_publishers(write(tmp_path, head=head))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "publishers.csv"
    path.write_bytes("agency_name,first_report_year\n霁屿区档案局,2021".encode("gb18030"))
    with pytest.raises(RosterError, match="in UTF-8"):
        read_publishers(path)


def test_a_merger_is_a_row_for_each_predecessor_and_a_change_needs_its_source(tmp_path: Path) -> None:
    head = "predecessor_name,successor_name,first_report_year,change_kind,source"
    rows = ("甲县文化局,甲县文化和旅游局,2019,merged,甲编发〔2019〕1号", "甲县旅游局,甲县文化和旅游局,2019,merged,同上")
    path = write(tmp_path, *rows, head=head)
    frame = read_agency_changes(path)
    assert frame.schema == AGENCY_CHANGES
    assert frame["successor_id"].unique().to_list() == [build_agency_id("甲县文化和旅游局")]
    assert set(frame["predecessor_id"]) == {build_agency_id("甲县文化局"), build_agency_id("甲县旅游局")}
    for row, said in (
        ("甲县文化局,甲县文化和旅游局,2019,merged,", "line 2: source"),
        ("甲县文化局,甲县文化局,2019,renamed,x", "line 2: predecessor and successor are one agency"),
        ("甲县文化局,甲县文化和旅游局,2019,lost,x", "line 2: change_kind"),
    ):
        with pytest.raises(RosterError, match=said):
            read_agency_changes(write(tmp_path, row, head=head))


def test_the_bundled_files_hold() -> None:
    assert set(read_publishers(SAMPLE_PUBLISHERS).filter(report_year=2024)["agency_level"].drop_nulls()) == {
        "prefecture",
        "county",
        "township",
        "zone",
    }
    assert read_agency_changes(SAMPLE_AGENCY_CHANGES).height == 1
