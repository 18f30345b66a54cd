from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.identity import IDENTITY, build_agency_id, read_identity, read_report_years
from ingest.tables import RAW_DOCUMENTS

SECTIONS = "\n一、总体情况\n（一）主动公开\n"


def frame(*texts: str | None) -> pl.DataFrame:
    rows = [{"document_id": str(number), "report_year": None, "text": text} for number, text in enumerate(texts)]
    return pl.DataFrame(rows, schema={name: RAW_DOCUMENTS[name] for name in ("document_id", "report_year", "text")})


def read_year(text: str) -> int | None:
    year: int | None = read_report_years(frame(text)).item()
    return year


def read(text: str) -> dict[str, Any]:
    return read_identity(frame(text)).row(0, named=True)


@pytest.mark.parametrize(
    "title",
    [
        "甲县乙局2023年政府信息公开工作年度报告",
        "甲县乙局2023年度政府信息公开工作年度报告",
        "甲县乙局 2023 年政府信息公开工作年度报告",
        "甲县乙局２０２３年政府信息公开工作年度报告",
        "甲县乙局二〇二三年度政府信息公开工作年度报告",
        "甲县乙局二○二三年政府信息公开年度报告",
        "甲县乙局2 0 2 3 年政府信息公开工作年度报告",
        "2023年甲县乙局政府信息公开工作年度报告",
        "2023年度甲县乙局信息公开年报",
        "甲县乙局政府信息公开2023年度报告",
        "甲县乙局2023年度政务公开工作总结",
        "标题: 甲县乙局2023年政府信息公开工作年度报告",
        "# 甲县乙局2023年政府信息公开工作年度报告",
        "甲县乙局2023年政府信息公开工作\n年度报告",
        "| 甲县乙局2023年政府信息公开工作年度报告 |",
        "关于甲县乙局2023年政府信息公开工作年度报告的公示",
        "甲縣乙局2023年政府信息公開工作年度報告",
    ],
)
def test_year_and_agency_of_every_form_of_title(title: str) -> None:
    text = f"{title}\n{SECTIONS}"
    assert read_year(text) == 2023
    assert read(text)["agency_name"] in {"甲县乙局", "甲縣乙局"}


@pytest.mark.parametrize(
    "text",
    [
        "所列数据的统计期限自2021年1月1日起至2021年12月31日止。",
        "统计期限：2021年1月1日—12月31日",
        "统计期限为 2021 年 1 月 1 日至 12 月 31 日",
        "统计期限从２０２１年1月1日到12月31日",
        "统计时段：2021.01.01-2021.12.31",
        "数据为2021年1-12月",
        "自二〇二一年1月1日至\n二〇二一年12月31日",
    ],
)
def test_the_stated_period_gives_the_year(text: str) -> None:
    assert read_year(f"年度报告{SECTIONS}{text}") == 2021


@pytest.mark.parametrize(
    "text",
    [
        "现将我局2020年度政府信息公开工作情况报告如下。",
        "现公布甲区2020年政府信息公开工作年度报告。",
        "特向社会公布2020年度信息公开年度报告。",
        "現將我局2020年度政府信息公開情況報告如下。",
        "下面汇报我镇2020年政府信息公开工作。",
    ],
)
def test_the_opening_statement_gives_the_year(text: str) -> None:
    assert read_year(text + SECTIONS) == 2020


def test_prose_gives_the_year_when_nothing_else_does() -> None:
    assert read_year("一、总体情况\n2019年，我乡公开信息12条，比2018年增加3条。\n二、主动公开政府信息情况\n第二十条 2018年") == 2019


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一、总体情况\n我局依法公开信息。",
        "根据国办公开办函〔2021〕30号和国办函〔2020〕109号的要求，我局编制本报告。",
        "根据《关于做好2022年政府信息公开年度报告工作的通知》，我局编制本报告。",
        "发布日期：2024-01-20\n一、总体情况\n我局依法公开信息。",
        "一、总体情况\n2021年公开3条。2022年公开3条。",
        "电话：0517-2023年报栏目",
        "编号12023年",
        "甲县乙局1999年政府信息公开工作年度报告",
    ],
)
def test_without_evidence_the_year_is_null_never_a_guess(text: str) -> None:
    assert read_year(text) is None


def test_title_and_period_that_disagree_give_null() -> None:
    text = "甲县乙局2023年政府信息公开工作年度报告\n统计期限自2022年1月1日至2022年12月31日。"
    assert read_year(text) is None


@pytest.mark.parametrize(("published", "year"), [("2024-01-20", 2023), ("2023-01-20", 2022), ("2025-01-20", None)])
def test_the_publication_date_settles_a_disagreement_and_only_that(published: str, year: int | None) -> None:
    text = f"甲县乙局2023年政府信息公开工作年度报告\n发布日期：{published}\n统计期限自2022年1月1日至2022年12月31日。"
    assert read_year(text) == year


def test_a_period_over_two_years_gives_null() -> None:
    assert read_year("统计期限自2022年1月1日至2023年12月31日。") is None


def test_a_title_that_the_prose_contradicts_gives_null() -> None:
    text = f"甲县乙局2022年政府信息公开工作年度报告{SECTIONS}2023年，我局公开信息3条。2023年收到申请2件。"
    assert read_year(text) is None
    assert read_year(text.replace("\n一", "\n发布日期：2024-01-05\n一", 1)) == 2023


def test_two_kinds_of_evidence_outweigh_the_prose() -> None:
    text = f"甲县乙局2022年政府信息公开工作年度报告\n统计期限自2022年1月1日至12月31日。{SECTIONS}2023年工作打算。2023年，我局将加强公开。"
    assert read_year(text) == 2022


def test_a_report_is_not_published_before_its_year() -> None:
    assert read_year("甲县乙局2023年政府信息公开工作年度报告\n发布日期：2022-01-20\n") is None
    assert read_year("甲县乙局2023年政府信息公开工作年度报告\n发布日期：2023-12-30\n") == 2023


def test_prose_alone_is_refuted_by_a_publication_years_later() -> None:
    assert read_year("发布日期：2024-01-20\n一、总体情况\n2020年，我局公开信息3条。") is None
    assert read_year("发布日期：2021-01-20\n一、总体情况\n2020年，我局公开信息3条。") == 2020


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("甲县人民政府2023年政府信息公开工作年度报告\n", "甲县人民政府"),
        ("2023年甲县人民政府信息公开工作年度报告\n", "甲县人民政府"),
        ("2023年甲县人民政府办公室政府信息公开工作年度报告\n", "甲县人民政府办公室"),
        ("2023年度丁镇政府信息公开工作年度报告\n", "丁镇"),
        ("甲市2023年政府信息公开工作年度报告\n", "甲市"),
        ("甲县人民政府\n2023年政府信息公开工作年度报告\n", "甲县人民政府"),
        ("甲市工业和信息化局\n政府信息公开工作年度报告\n", "甲市工业和信息化局"),
        ("甲市乙局2020年度\n政府信息公开工作年度报告\n", "甲市乙局"),
        ("2023年政府信息公开工作年度报告（甲县乙局）\n", "甲县乙局"),
        ("甲区政务服务和大数据管理局2023年政府信息公开工作年度报告\n", "甲区政务服务和大数据管理局"),
        ("發文機關: 甲縣乙局\n成文日期: 2023-01-12\n", "甲縣乙局"),
        ("索 引 号: | x/1 | 公开目录: | 年报 |\n发布机构: | 甲新区乙局 | 发布日期: | 2024-01-26 |\n", "甲新区乙局"),
        ("发 布 机 构 甲县乙局 主题分类 综合政务\n", "甲县乙局"),
        ("本年度报告由甲县人民政府办公室汇总编制。\n", "甲县人民政府办公室"),
        ("本报告由甲市乙区人民\n政府办公室根据《条例》要求编制。\n", "甲市乙区人民政府办公室"),
        ("依据《条例》第五十条，甲县乙局编制本年度报告。\n", "甲县乙局"),
        ("为落实《条例》的要求,甲县乙局组织编制了2019年政府信息公开工作年度报告。\n", "甲县乙局"),
        ("本年度報告由甲縣(xiàn)乙局根據(jù)《條例》要求編制而成。\n", "甲縣乙局"),
        ("根据《条例》要求，甲市人民政府结合全市2022年度政府信息公开工作情况，编制本报告。\n", "甲市人民政府"),
        ("根据《条例》规定,丙街道办事处现向社会公开2022年度报告。\n", "丙街道办事处"),
        ("现公布甲经济技术开发区2022年政府信息公开工作年度报告。\n", "甲经济技术开发区"),
        ("现将丙街道办事处2023年度信息公开工作的总体情况报告如下。\n", "丙街道办事处"),
        ("现将丙街道办事处二〇二三年度信息公开工作报告如下。\n", "丙街道办事处"),
        ("特向社会公开丁乡2019年度政府信息公开工作年度报告。\n", "丁乡"),
        ("特向社会公布2013年度甲县乙局信息公开年度报告。\n", "甲县乙局"),
        ("一、总体情况\n2023年,在区委、区政府的坚强领导下,丙街道办事处认真贯彻条例。\n", "丙街道办事处"),
        ("一、总体情况\n我局公开信息。\n六、其他\n无。\n甲县乙局\n2024年1月20日\n", "甲县乙局"),
        ("发布机构 区乙办\n一、总体情况\n本报告由甲市丙区乙办公室编制。\n", "甲市丙区乙办公室"),
        ("发布机构 区乙办\n一、总体情况\n我办公开信息。\n", "区乙办"),
    ],
)
def test_the_agency_is_read_from_the_strongest_evidence(text: str, agency: str) -> None:
    assert read(text)["agency_name"] == agency


@pytest.mark.parametrize(
    "text",
    [
        "现将我局2020年度政府信息公开情况报告如下。\n",
        "一、总体情况\n2019年,我乡明确专人负责。\n",
        "2023年政府信息公开工作年度报告\n一、总体情况\n本机关依法公开。\n",
        "发布机构: \n栏目: 政府信息公开年报\n一、总体情况\n全镇上下认真落实。\n",
        "一、总体情况\n2023年，县政府高度重视政府信息公开工作。\n",
        "一、总体情况\n各部门认真落实，广大干部积极参与。\n",
        "发布机构 主题分类 综合政务\n",
    ],
)
def test_a_text_that_names_no_body_has_no_agency(text: str) -> None:
    row = read(text)
    assert (row["agency_name"], row["agency_id"]) == (None, None)


def test_the_title_goes_before_the_header_block_and_its_short_name() -> None:
    text = "发布机构 区乙办 主题分类 综合\n甲市丙区乙办公室2023年度政府信息公开工作年度报告\n发布日期:2024-01-16 09:39 信息来源:区乙办\n"
    row = read(text)
    assert row["agency_name"] == "甲市丙区乙办公室"
    assert row["title"] == "甲市丙区乙办公室2023年度政府信息公开工作年度报告"
    assert row["published_date"] == date(2024, 1, 16)


def test_the_same_name_has_the_same_id_and_another_name_another() -> None:
    rows = read_identity(
        frame(
            "甲县乙局2022年政府信息公开工作年度报告\n",
            "甲县 乙局 2023 年政府信息公开工作年度报告\n",
            "甲縣乙局2023年政府信息公開工作年度報告\n",
            "甲县丙局2023年政府信息公开工作年度报告\n",
        )
    ).get_column("agency_id")
    assert rows[0] == rows[1] == rows[2] != rows[3]
    assert rows[0] == build_agency_id("甲县乙局")


def test_characters_that_print_nothing_hide_no_name() -> None:
    text = "\u200b".join("甲县乙局2023年政府信息公开工作年度报告") + "\u200e\u2060\n一、总体情况\n"
    assert read(text)["agency_name"] == "甲县乙局"
    assert read("某海关2023年政府信息公开工作年度报告\n")["agency_name"] == "某海关"


def test_an_agency_id_is_stable_over_versions() -> None:
    assert build_agency_id("甲县（乙）局") == build_agency_id("甲县乙局") == "ag_d472fc998110"


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("发布时间: 2016-01-12 16:08\n", date(2016, 1, 12)),
        ("发布日期：2020年01月31日\n", date(2020, 1, 31)),
        ("发布机构: | 甲局 | 发布日期: | 2024-01-26 |\n", date(2024, 1, 26)),
        ("来源:丁镇 发布时间:2024/3/6\n", date(2024, 3, 6)),
        ("来源:    时间:2021年01月18日    \n", date(2021, 1, 18)),
        ("甲县乙局2023年政府信息公开年度报告\n(2024年3 月 26日)\n", date(2024, 3, 26)),
        ("甲县乙局2023年政府信息公开年度报告\n2024-01-26 09:31\n", date(2024, 1, 26)),
        ("[2024-01-26]\n", date(2024, 1, 26)),
        ("2024-01-26 09:31 来源：甲县乙局 浏览次数：17\n", date(2024, 1, 26)),
        ("2024-01-26 甲县乙局开展培训。\n", None),
        ("发表时间：2024-01-26 09:31:05\n", date(2024, 1, 26)),
        ("成文日期 2024-01-16\n", date(2024, 1, 16)),
        ("成文日期 2024-01-16\n发布日期 2024-02-01\n", date(2024, 2, 1)),
        ("一、总体情况\n无。\n甲县乙局\n2023年1月11日\n主办单位\n", date(2023, 1, 11)),
        ("发布时间: \n文号: \n", None),
        ("发布日期：2023-13-45\n", None),
        ("截至2023年12月31日，共公开3条。\n", None),
    ],
)
def test_the_publication_date(text: str, published: date | None) -> None:
    assert read(text)["published_date"] == published


@pytest.mark.parametrize(
    ("text", "index_number"),
    [
        ("索 引 号: | abc/2024-0000053 | 公开目录: | 年报 |\n", "abc/2024-0000053"),
        ("索 引 號:DX0054/2023-15406\n", "DX0054/2023-15406"),
        ("索 引 号 H042/2024-75954 成文日期 2024-01-16\n", "H042/2024-75954"),
        ("索引号：11340000X/202301-00012\n", "11340000X/202301-00012"),
        ("索引号: \n公开目录: 年报\n", None),
        ("索引号 公开目录\n", None),
        ("无\n", None),
    ],
)
def test_the_index_number(text: str, index_number: str | None) -> None:
    assert read(text)["index_number"] == index_number


def test_one_row_per_document_in_order_with_the_declared_columns_whatever_the_texts() -> None:
    documents = frame(None, "甲县乙局2022年政府信息公开工作年度报告\n", "", None)
    result = read_identity(documents.with_columns(report_year=pl.Series([None, 2022, None, None], dtype=pl.Int16)))
    assert result.schema == IDENTITY
    assert result.get_column("document_id").to_list() == ["0", "1", "2", "3"]
    assert result.get_column("agency_name").to_list() == [None, "甲县乙局", None, None]
    assert result.get_column("report_year").to_list() == [None, 2022, None, None]
    assert read_report_years(documents).to_list() == [None, 2022, None, None]
    assert read_identity(documents.clear()).schema == IDENTITY
    assert read_report_years(documents.clear()).to_list() == []


def test_the_year_decided_at_ingest_is_not_decided_again() -> None:
    documents = frame("甲县乙局2022年政府信息公开工作年度报告\n").with_columns(report_year=pl.lit(2031, dtype=pl.Int16))
    assert read_identity(documents).get_column("report_year").to_list() == [2031]


def test_a_document_is_read_the_same_alone_and_in_a_batch() -> None:
    texts = [
        "甲县乙局2022年政府信息公开工作年度报告\n",
        "现将我局2020年度政府信息公开情况报告如下。\n",
        "一、总体情况\n2019年，我乡公开信息12条。",
        "发布机构: 甲县乙局\n",
        "",
    ]
    assert read_report_years(frame(*texts)).to_list() == [read_year(text) for text in texts]
    together = read_identity(frame(*texts)).drop("document_id").rows()
    assert together == [tuple(value for key, value in read(text).items() if key != "document_id") for text in texts]


PIECES = st.lists(
    st.sampled_from(
        [
            "2023年",
            "二〇二二年",
            "政府信息公开",
            "年度报告",
            "1月1日至12月31日",
            "现将",
            "由",
            "甲县乙局",
            "编制",
            "\n",
            "（",
            "）",
            "《",
            "》",
            " | ",
            "发布日期：",
            "2024-01-05",
            "\x00",
        ]
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(PIECES.map("".join), st.text(max_size=200)))
def test_no_text_raises_and_a_year_is_always_one_that_the_text_prints(text: str) -> None:
    year = read_year(text)
    assert year is None or 2004 <= year <= 2099
    agency = read(text)["agency_name"]
    assert agency is None or agency in text.replace(" ", "").replace("\n", "").replace("|", "") or agency.endswith("人民政府")
