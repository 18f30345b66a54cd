"""The region table against changes that a person looked up (民政部 yearly changes, GB/T 2260)."""

import json
from pathlib import Path

import pytest

from ingest.errors import NianbaoError
from ingest.regions import REGIONS, SUCCESSORS, find_region, list_regions_of_code, load_gazetteer, load_regions, load_successors
from ingest.regions.deriving import derive_regions, derive_successors


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("330109", 2000, None),  # 萧山 was a city, 330181
        ("330109", 2001, "萧山区"),
        ("610115", 1997, "临潼区"),
        ("410502", 1980, "鹤山区"),  # of 鹤壁: the code was used again
        ("410502", 2023, "文峰区"),
        ("150700", 2022, "呼伦贝尔市"),
        ("330114", 2020, None),
        ("330114", 2021, "钱塘区"),
        ("540481", 2022, None),
        ("540481", 2023, "米林市"),
        ("653229", 2023, None),
        ("653229", 2024, "和安县"),
        ("500157", 2024, None),
        ("500157", 2025, "两江新区"),
        ("500105", 2024, "江北区"),
        ("500105", 2025, None),
        ("500112", 2024, "渝北区"),
        ("500112", 2025, None),
        ("419001", 2023, "济源市"),
        ("659013", 2025, None),  # in the listing of 2026, undated
        ("659013", 2026, "草湖市"),
        ("653132", 2025, None),
        ("653132", 2026, "岑岭县"),
        ("110000", 1979, None),
    ],
)
def test_a_code_means_a_region_only_in_its_years(code: str, year: int, name: str | None) -> None:
    region = find_region(code, year)
    assert (None if region is None else region.name) == name


def test_counties_of_a_year_are_as_many_as_the_ministry_counted() -> None:
    # 2,843 county-level regions at the end of 2021 and 2,846 at the end of 2024 (中国统计年鉴).
    for year, count in ((2021, 2843), (2024, 2846)):
        regions = load_gazetteer(year).by_code.values()
        assert sum(region.level == "county" for region in regions) == count
        assert sum(region.level == "province" for region in regions) == 34


def test_no_code_means_two_regions_in_one_year_and_every_parent_is_there() -> None:
    for year in (1980, 2007, 2015, 2019, 2021, 2023, 2026):
        gazetteer = load_gazetteer(year)
        valid = [
            region for regions in map(list_regions_of_code, set(load_regions()["code"])) for region in regions if region.is_valid_in(year)
        ]
        assert len(valid) == len(gazetteer.by_code)
        assert [r for r in valid if r.parent_code is not None and r.parent_code not in gazetteer.by_code] == []


def test_a_region_under_its_province_has_the_province_as_parent() -> None:
    gazetteer = load_gazetteer(2023)
    assert [region.name for region in gazetteer.list_line(gazetteer.by_code["419001"])] == ["河南省", "济源市"]
    assert [region.name for region in gazetteer.list_line(gazetteer.by_code["500107"])] == ["重庆市", "九龙坡区"]
    assert [region.name for region in gazetteer.list_line(gazetteer.by_code["610115"])] == ["陕西省", "西安市", "临潼区"]


def test_one_name_may_be_several_regions_and_autonomous_ones_are_known_by_their_short_names() -> None:
    gazetteer = load_gazetteer(2023)
    assert [region.code for region in gazetteer.by_name["鼓楼区"]] == ["320106", "320302", "350102", "410204"]
    assert [region.code for region in gazetteer.by_name["化隆县"]] == ["630224"]
    assert [region.code for region in gazetteer.by_name["延边州"]] == ["222400"]
    assert [region.code for region in gazetteer.by_stem["内蒙古"]] == ["150000"]


def test_the_table_has_its_declared_schema() -> None:
    assert load_regions().schema == REGIONS
    assert load_regions().select("code", "valid_from_year").is_duplicated().sum() == 0


def write_sources(folder: Path, counties: dict[str, str], events: list[dict[str, object]]) -> tuple[Path, Path, Path]:
    header = "year,province_name,city_name,county_name,province_adcode,city_adcode,county_adcode,rank\n"
    rows = "".join(
        f"{year},甲省,,,110000,,,1\n{year},甲省,乙市,,110000,110100,,2\n{year},甲省,乙市,丙县,110000,110100,110121,3\n"
        f"{year},甲省,直辖县,丁市,110000,119000,119001,3\n"
        for year in (2022, 2024)
    )
    tree = {
        "meta": {"fetched_at": "2026-09-11"},
        "provinces": {
            "甲省": {
                "code": "110000000000",
                "cities": {
                    "乙市": {"code": "110100000000", "counties": {name: f"{code}000000" for name, code in counties.items()}},
                    "": {"code": None, "counties": {"丁市": "119001000000"}},
                },
            }
        },
    }
    paths = folder / "years.csv", folder / "divisions.json", folder / "changes.json"
    paths[0].write_text(header + rows, encoding="utf-8")
    paths[1].write_text(json.dumps(tree), encoding="utf-8")
    paths[2].write_text(json.dumps({"events": events}), encoding="utf-8")
    return paths


def test_years_are_joined_to_runs_and_the_snapshot_adds_what_its_events_date(tmp_path: Path) -> None:
    events = [
        {"year": 2025, "old": {"code": "110121000000", "name": "丙县"}, "new": {"code": "110122000000", "name": "丙区"}},
    ]
    sources = write_sources(tmp_path, {"丙区": "110122", "戊县": "110123"}, events)
    assert derive_regions(*sources) == [
        ("110000", "甲省", "province", "", 2022, "2022"),
        ("110000", "甲省", "province", "", 2024, ""),
        ("110100", "乙市", "prefecture", "110000", 2022, "2022"),
        ("110100", "乙市", "prefecture", "110000", 2024, ""),
        ("110121", "丙县", "county", "110100", 2022, "2022"),
        ("110121", "丙县", "county", "110100", 2024, "2024"),
        ("110122", "丙区", "county", "110100", 2025, ""),
        ("110123", "戊县", "county", "110100", 2026, ""),  # no event: known from the snapshot's year on
        ("119001", "丁市", "county", "110000", 2022, "2022"),
        ("119001", "丁市", "county", "110000", 2024, ""),
    ]


def test_a_region_that_went_without_an_event_is_an_error_not_a_guess(tmp_path: Path) -> None:
    with pytest.raises(NianbaoError, match="丙县"):
        derive_regions(*write_sources(tmp_path, {}, []))


def test_successors_are_what_events_of_the_next_year_name_where_both_sides_are_in_the_table(tmp_path: Path) -> None:
    events = [
        {
            "year": 2025,
            "type": "撤县设区",
            "old": {"code": "110121000000", "name": "丙县"},
            "new": {"code": "110122000000", "name": "丙区"},
        },
        {
            "year": 2025,
            "type": "码位改派",
            "old": {"code": "110121000000", "name": "丙县"},
            "new": {"code": "119001000000", "name": "丁市"},
        },
        {"year": 2025, "type": "撤销", "old": {"code": "110121000000", "name": "丙县"}, "new": {"code": "110199000000", "name": "己区"}},
        {"year": 2024, "type": "撤销", "old": {"code": "110121000000", "name": "丙县"}, "new": {"code": "119001000000", "name": "丁市"}},
        {"year": 2025, "type": "新设", "old": {"code": None, "name": None}, "new": {"code": "110122000000", "name": "丙区"}},
    ]
    changes = tmp_path / "changes.json"
    changes.write_text(json.dumps({"events": events}), encoding="utf-8")
    regions = [
        ("110121", "丙县", "county", "110100", 1990, "2024"),
        ("110122", "丙区", "county", "110100", 2025, ""),
        ("119001", "丁市", "county", "110000", 1990, ""),
    ]
    assert derive_successors(regions, changes) == [("110121", 2024, "110122", "撤县设区")]


def test_what_became_of_a_region_is_in_force_the_year_after() -> None:
    successors = load_successors()
    assert successors.schema == SUCCESSORS
    assert successors.select("code", "valid_to_year").is_duplicated().sum() == 0
    assert dict(successors.select("code", "successor_code").filter(successors["successor_code"] == "500157").iter_rows()) == {
        "500105": "500157",
        "500112": "500157",
    }
    for code, last, successor, _ in successors.iter_rows():
        assert any(region.valid_to_year == last for region in list_regions_of_code(code)), code
        assert find_region(successor, last + 1) is not None, code
