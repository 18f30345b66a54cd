"""What the identity rests on: every place with its line, and whether it agrees. The agencies are invented, the regions are real."""

from datetime import date
from typing import Any

import polars as pl

from ingest.identity import read_identities
from ingest.tables import EVIDENCE, RAW_DOCUMENTS

PAGE = """索 引 号: | 11341702486344515H/2024-00012 | 文 号: 甲政办〔2024〕5号 |
发布机构: 池州市贵池区丙局 | 发布日期: 2024-01-26
池州市贵池区丙局2023年政府信息公开
工作年度报告
本报告由池州市贵池区丙局
编制，数据统计期限自2023年1月1日起
至2023年12月31日止。地址：池州市贵池区丁路1号。
一、总体情况
2023年，我局公开信息3条。{filler}
六、其他需要报告的事项
无。
池州市贵池区丙局
2024年1月20日
皖公网安备 34170202000123号 政府网站标识码：3417000008 皖ICP备05000000号
""".replace("{filler}", "我局依法公开信息。" * 120)


def read(text: str, year: int | None = 2023) -> tuple[dict[str, Any], pl.DataFrame]:
    schema = {name: RAW_DOCUMENTS[name] for name in ("document_id", "report_year", "text")}
    found = read_identities(pl.DataFrame([{"document_id": "d", "report_year": year, "text": text}], schema=schema))
    assert found.evidence.schema == EVIDENCE
    return found.identity.row(0, named=True), found.evidence


def list_places(evidence: pl.DataFrame, fact: str) -> list[tuple[Any, ...]]:
    return evidence.filter(pl.col("fact") == fact).select("origin", "value", "line", "is_chosen", "agrees").rows()


def test_every_fact_of_a_page_comes_with_the_lines_that_state_it() -> None:
    row, evidence = read(PAGE)
    assert row | {"document_id": "d"} == {
        "document_id": "d",
        "report_year": 2023,
        "agency_id": row["agency_id"],
        "agency_name": "池州市贵池区丙局",
        "agency_canonical_name": "安徽省池州市贵池区丙局",
        "region_code": "341702",
        "agency_level": "county",
        "agency_kind": "department",
        "report_scope": "own",
        "title": "池州市贵池区丙局2023年政府信息公开工作年度报告",
        "published_date": date(2024, 1, 26),
        "written_date": date(2024, 1, 20),
        "index_number": "11341702486344515H/2024-00012",
        "document_number": "甲政办〔2024〕5号",
        "site_code": "3417000008",
    }
    name = "池州市贵池区丙局"
    assert list_places(evidence, "agency") == [
        ("title", name, 3, True, True),
        ("header", name, 2, False, True),
        ("opening", name, 5, False, True),
        ("signature", name, 12, False, True),
    ]
    assert list_places(evidence, "region") == [
        ("title", "341702", 3, True, True),
        ("header", "341702", 2, True, True),
        ("opening", "341702", 5, True, True),
        ("signature", "341702", 12, True, True),
        ("credit_code", "341702", 1, True, True),
        ("site_code", "341700", 14, False, True),
        ("police_record", "341702", 14, True, True),
        ("icp_record", "340000", 14, False, None),
        ("address", "341702", 7, True, True),
    ]
    assert list_places(evidence, "report_year") == [
        ("title", "2023", 3, True, True),
        ("period", "2023", 6, True, True),
        ("period_end", "2023", 6, True, True),
    ]
    assert list_places(evidence, "published_date") == [("header", "2024-01-26", 2, True, None), ("footer", "2024-01-20", 13, False, None)]
    assert list_places(evidence, "written_date") == [("signature", "2024-01-20", 12, True, None)]
    assert list_places(evidence, "document_number") == [("header", "甲政办〔2024〕5号", 1, True, None)]
    assert list_places(evidence, "index_number") == [("header", "11341702486344515H/2024-00012", 1, True, None)]
    assert list_places(evidence, "site_code") == [("footer", "3417000008", 14, True, None)]
    assert list_places(evidence, "report_scope") == [("title", "own", 3, True, None)]


def test_the_code_of_another_prefecture_leaves_the_region_open_and_is_kept() -> None:
    row, evidence = read(PAGE.replace("池州市贵池区", "宣城市宁国市"))
    assert (row["region_code"], row["agency_canonical_name"]) == (None, None)
    assert ("credit_code", "341702", 1, False, False) in list_places(evidence, "region")


def test_a_code_with_a_wrong_check_character_is_no_evidence() -> None:
    _, evidence = read(PAGE.replace("11341702486344515H", "11341702486344515J"))
    assert "credit_code" not in evidence["origin"].cast(pl.String).to_list()


def test_a_signature_of_another_body_contradicts_the_title() -> None:
    head, _, foot = PAGE.rpartition("池州市贵池区丙局\n")
    _, evidence = read(f"{head}池州市贵池区戊局\n{foot}")
    assert ("signature", "池州市贵池区戊局", 12, False, False) in list_places(evidence, "agency")


def test_a_last_year_left_standing_in_the_period_contradicts() -> None:
    _, evidence = read(PAGE.replace("自2023年1月1日起", "自2022年1月1日起"))
    assert ("period", "2022", 6, False, False) in list_places(evidence, "report_year")


def test_what_a_government_counts_is_its_scope() -> None:
    title = "池州市贵池区人民政府2023年政府信息公开工作年度报告\n一、总体情况\n"
    for sentence, scope in [
        ("2023年，全区共收到政府信息公开申请12件。", "region_total"),
        ("全区各级行政机关受理政府信息公开申请12件。", "region_total"),
        ("区本级收到政府信息公开申请3件。", "level"),
        ("全区收到申请12件，其中区本级收到申请3件。", None),
        ("2023年收到政府信息公开申请3件。", None),
        ("全区干部参加培训，收到反馈，申请不多。", None),
    ]:
        row, evidence = read(title + sentence)
        assert row["report_scope"] == scope, sentence
        assert {line for _, _, line, _, _ in list_places(evidence, "report_scope")} <= {3}


def test_without_a_year_or_a_text_nothing_of_the_region_is_decided() -> None:
    assert read(PAGE, year=None)[0]["region_code"] is None
    schema = {name: RAW_DOCUMENTS[name] for name in ("document_id", "report_year", "text")}
    found = read_identities(pl.DataFrame([{"document_id": "d", "report_year": None, "text": None}], schema=schema))
    assert (found.identity.height, found.evidence.height) == (1, 0)
