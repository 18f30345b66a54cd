"""Sentences that a page's width cut."""

from builders.mentions import read_mentions

PAGE = "\n".join(
    [
        "一、总体情况",
        "2023年，青山镇人民政府认真落实各项部署要求，持续推进政",
        "府信息公开工作，健全工作机制，细化任务分工，在镇政府网站",
        "公开政府信息12",
        "36条。全年收到政府信息公开申请21",
        "件，办结20件，均在法定期限内答复，没有逾期的情况，也没有",
        "",
        "- 2 -",
        "因政府信息公开被申请行政复议。全年组织业务培训3次，参加人",
        "员认真学习，掌握了公开的范围、程序和时限，工作能力有所提",
        "高，群众对公开工作总体满意，全年召开政务公开专题会议2",
        "次。",
    ]
)


def test_a_number_is_found_on_the_line_where_it_is_printed() -> None:
    found = read_mentions(PAGE)
    rows = set(found.select("subject", "value", "line").rows())
    assert {("requests_received", 21.0, 5), ("requests_answered", 20.0, 6), ("training_sessions", 3.0, 9), ("meetings", 2.0, 11)} <= rows


def test_a_negation_goes_on_behind_a_page_number() -> None:
    assert ("reviews", 0.0, "没有") in read_mentions(PAGE).select("subject", "value", "raw").rows()


def test_a_short_line_is_not_joined_to_the_digits_below_it() -> None:
    assert 1236.0 not in read_mentions(PAGE)["value"].to_list()


def test_digits_that_the_page_width_tore_apart_are_one_number() -> None:
    page = PAGE.replace("公开政府信息12\n36条", "公开政府信息，本年度在政府网站主动公开政府信息12\n36条")
    assert ("items_on_website", 1236.0, "1236", 4) in read_mentions(page).select("subject", "value", "raw", "line").rows()


def test_paragraphs_on_lines_of_their_own_are_not_joined() -> None:
    text = "全年主动公开政府信息12\n36条，内容涉及各个方面，包括机构职能、规划计划、财政资金等方面的信息，" * 3
    assert read_mentions(text + "并且" * 60).filter(line=1).is_empty()
