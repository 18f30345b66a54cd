"""Names of agencies: regions, full forms, kinds, levels and keys. The regions are real, the bodies are invented."""

import pytest

from ingest.identity import build_agency_id
from ingest.identity.naming import parse_name
from ingest.identity.resolving import Clue, Resolution, compare_names, resolve_agency


def resolve(*names: str, year: int | None = 2023, clues: tuple[Clue, ...] = (), context: str = "") -> Resolution:
    return resolve_agency(names, year, clues, context)


@pytest.mark.parametrize(
    ("name", "canonical", "region", "level", "kind"),
    [
        ("临潼区甲街办", "陕西省西安市临潼区甲街道办事处", "610115", "township", "township_government"),
        ("杭州市萧山区甲局", "浙江省杭州市萧山区甲局", "330109", "county", "department"),
        ("浙江杭州市甲局", "浙江省杭州市甲局", "330100", "prefecture", "department"),
        ("宿迁市", "江苏省宿迁市人民政府", "321300", "prefecture", "government"),
        ("洪泽区政府办", "江苏省淮安市洪泽区人民政府办公室", "320813", "county", "government_office"),
        ("上海市人民政府办公厅", "上海市人民政府办公厅", "310000", "province", "government_office"),
        ("济源市甲镇", "河南省济源市甲镇人民政府", "419001", "township", "township_government"),
        ("东莞市甲镇人民政府", "广东省东莞市甲镇人民政府", "441900", "township", "township_government"),
        ("化隆县甲局", "青海省海东市化隆回族自治县甲局", "630224", "county", "department"),
        ("呼伦贝尔经济技术开发区", "内蒙古自治区呼伦贝尔经济技术开发区管理委员会", "150700", "zone", "zone_committee"),
        ("呼伦贝尔市经济技术开发区管委会", "内蒙古自治区呼伦贝尔经济技术开发区管理委员会", "150700", "zone", "zone_committee"),
        ("国家税务总局宿迁市税务局", "江苏省宿迁市国家税务总局税务局", "321300", "prefecture", "department"),
        ("萧山區氣象局", "浙江省杭州市萧山区气象局", "330109", "county", "department"),
        ("宿迁市甲有限公司", "江苏省宿迁市甲有限公司", "321300", "prefecture", "enterprise"),
        ("宿迁市第一中学", "江苏省宿迁市第一中学", "321300", "prefecture", "public_institution"),
    ],
)
def test_a_name_with_one_region_has_a_full_form(name: str, canonical: str, region: str, level: str, kind: str) -> None:
    found = resolve(name)
    assert (found.canonical_name, found.region_code, found.level, found.kind) == (canonical, region, level, kind)


@pytest.mark.parametrize(
    "name",
    [
        "鼓楼区甲局",  # four cities
        "西湖区甲街道办事处",
        "新城区甲局",  # one county of the name in GB/T 2260 beside many quarters of cities
        "城区街道办事处",
        "滨海新区甲局",
        "西安经济技术开发区",  # 西安市, or 西安区 in two cities
        "甲县乙局",
        "丁镇人民政府",
        "区财政局",
        "宿迁市公安局甲分局",
        "西安市甲街道办事处",  # its county is not said
    ],
)
def test_a_name_that_several_places_share_has_no_region(name: str) -> None:
    found = resolve(name)
    assert (found.region_code, found.canonical_name) == (None, None)


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("钱塘区甲局", 2021, "330114"),
        ("钱塘区甲局", 2020, None),
        ("重庆市江北区甲局", 2024, "500105"),
        ("重庆市江北区甲局", 2025, None),  # not 重庆市 either
        ("重庆市戊区甲局", 2023, None),
        ("重庆市城市管理局", 2023, "500000"),
        ("重庆市市场监督管理局", 2023, "500000"),
        ("重庆市戊高新技术产业开发区甲局", 2023, "500000"),  # a zone under its host
        ("文峰区甲局", 2023, "410502"),
        ("文峰区甲局", None, None),
    ],
)
def test_a_region_is_one_of_the_report_year(name: str, year: int | None, code: str | None) -> None:
    assert resolve(name, year=year).region_code == code


@pytest.mark.parametrize(
    ("clues", "context", "code"),
    [
        ((Clue("site_code", "320106"),), "", "320106"),
        ((Clue("site_code", "320100"),), "", "320106"),
        ((Clue("credit_code", "350102"),), "", "350102"),
        ((), "根据南京市有关规定", "320106"),
        ((), "南京市与徐州市", None),
        ((Clue("police_record", "320106"),), "", None),  # a mirror's record may be anywhere
        ((Clue("icp_record", "苏"),), "", None),
        ((Clue("site_code", "110101"),), "", None),
    ],
)
def test_an_ambiguous_county_needs_a_sign_of_the_government_or_its_city_in_the_text(
    clues: tuple[Clue, ...], context: str, code: str | None
) -> None:
    assert resolve("鼓楼区甲局", clues=clues, context=context).region_code == code


@pytest.mark.parametrize(
    ("clues", "context", "code"),
    [
        ((Clue("police_record", "610115"),), "临潼区人民政府", "610115"),
        ((Clue("police_record", "610115"),), "", None),
        ((Clue("site_code", "610115"),), "", "610115"),
        ((Clue("site_code", "610100"),), "", None),
        ((Clue("address", None, "陕西省西安市临潼区丁街道一号"),), "", "610115"),
        ((Clue("address", None, "陕西省西安市临潼区戊路一号"),), "", None),
        ((Clue("site_code", "610115"), Clue("site_code", "610116")), "", None),
    ],
)
def test_a_township_without_region_needs_two_signs_or_one_of_its_government(
    clues: tuple[Clue, ...], context: str, code: str | None
) -> None:
    assert resolve("丁街道办事处", clues=clues, context=context).region_code == code


def test_the_opening_may_name_the_same_body_in_full() -> None:
    found = resolve("丁街道办事处", "西安市临潼区丁街道")
    assert (found.region_code, found.name_agrees) == ("610115", (True, True))


@pytest.mark.parametrize(
    ("clue", "agrees"),
    [
        (Clue("site_code", "341702"), False),
        (Clue("credit_code", "341702"), False),
        (Clue("site_code", "341800"), True),
        (Clue("site_code", "340000"), True),
        (Clue("site_code", "341881"), True),
        (Clue("site_code", "341822"), None),
        (Clue("police_record", "340103"), None),
        (Clue("police_record", "110108"), False),
        (Clue("icp_record", "京"), None),
    ],
)
def test_a_code_of_another_prefecture_contradicts_the_region_and_leaves_it_open(clue: Clue, agrees: bool | None) -> None:
    found = resolve("宣城市宁国市甲局", clues=(clue,))
    assert found.clue_agrees == (agrees,)
    assert found.region_code == (None if agrees is False else "341881")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("西安市临潼区甲街道办事处", "陕西省西安市临潼区甲街道"),
        ("临潼区甲街道办事处", "临潼区甲街办"),
        ("宿迁市", "江苏省宿迁市人民政府"),
        ("萧山区 甲局", "杭州市蕭山區甲局"),
    ],
)
def test_small_differences_of_a_name_keep_its_id(one: str, other: str) -> None:
    assert resolve(one).agency_id == resolve(other, year=2022).agency_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("宿迁市自然资源局", "宿迁市自然资源和规划局"),
        ("宿迁市人民政府", "宿迁市人民政府办公室"),
        ("南京市鼓楼区甲局", "徐州市鼓楼区甲局"),
        ("南京市鼓楼区甲局", "鼓楼区甲局"),
    ],
)
def test_renames_and_other_bodies_have_other_ids(one: str, other: str) -> None:
    assert resolve(one).agency_id != resolve(other).agency_id


@pytest.mark.parametrize("name", ["区财政局", "财政局", "政府办公室", "自然资源局", "区审管办"])
def test_a_name_that_three_thousand_bodies_bear_has_no_id(name: str) -> None:
    assert resolve(name).agency_id is None


def test_the_key_of_a_name_without_region_is_its_full_form() -> None:
    assert build_agency_id("甲县") == build_agency_id("甲县人民政府") != build_agency_id("甲县人民政府办公室")
    assert build_agency_id("甲县乙街道") == build_agency_id("甲县乙街办") == build_agency_id("甲縣乙街道辦事處")


@pytest.mark.parametrize(
    ("own", "other", "agrees"),
    [
        ("甲县财政局", "财政局", True),
        ("甲县财政局", "甲县民政局", False),
        ("宿迁市财政局", "宿迁市民政局", False),
        ("宿迁市财政局", "宿迁市人民政府办公室", None),
        ("宿迁市科学技术局", "市科技局", True),
        ("宿迁市财政局", "市民政局", None),
        ("宿迁市财政局", "南京市财政局", False),
        ("宿迁市教育局", "宿迁市教育体育局", True),
        ("宿迁市财政局", "宿迁市政务服务管理办公室", None),
    ],
)
def test_two_names_contradict_each_other_only_when_both_are_full(own: str, other: str, agrees: bool | None) -> None:
    assert compare_names(parse_name(own, 2023), parse_name(other, 2023)) is agrees


def test_ministries_have_no_region() -> None:
    found = resolve("国家甲乙总局")
    assert (found.level, found.kind, found.region_code) == ("ministry", "department", None)
