"""What single sentences state. Hand-checked; the agencies are invented."""

import pytest
from builders.mentions import read_mentions

STATED = [
    # requests
    ("2023年，我局共收到政府信息公开申请12件。", {"requests_received": 12}),
    ("全年新收政府信息公开申请5件，其中自然人3件，法人或其他组织2件；上年结转1件。",
     {"requests_received": 5, "requests_by_natural_persons": 3, "requests_by_organizations": 2, "requests_carried_over": 1}),
    ("收到政府信息公开申请8件，办结7件，结转1件。", {"requests_received": 8, "requests_answered": 7, "requests_carried_forward": 1}),
    ("2023年共收到申请8件，上年结转2件，办结9件，结转下年度继续办理1件。",
     {"requests_received": 8, "requests_carried_over": 2, "requests_answered": 9, "requests_carried_forward": 1}),
    ("青山镇收到7份政府信息公开申请，均为自然人申请。", {"requests_received": 7}),
    ("我办收到群众通过邮寄、网络提交的各类政府信息公开申请共计9件。", {"requests_received": 9}),
    ("政府信息公开申请中，当面申请3件，网络申请5件，信函2件。", {"requests_in_person": 3, "requests_online": 5, "requests_by_letter": 2}),
    ("全区受理政府信息公开申请21件，均在法定期限答复。", {"requests_handled": 21}),
    ("答复政府信息公开申请805件（含上年度结转申请18件，另有72件申请按照《条例》顺延到下年度答复）。",
     {"requests_answered": 805, "requests_carried_over": 18, "requests_carried_forward": 72}),
    ("全年新收政府信息公开申请数量0件,上年结转政府信息公开申请数量0件。", {"requests_received": 0, "requests_carried_over": 0}),
    ("收到政府信息公开申请30件，申请量同比增长50%。", {"requests_received": 30, "requests_rise_percent": 50}),
    ("收到政府信息公开申请30件，申请数量较去年回落12.3%。", {"requests_received": 30, "requests_fall_percent": 12.3}),
    ("收到政府信息公开申请6件，按时办结率100%。", {"requests_received": 6, "completion_rate": 100}),
    ("办结依申请公开81件，其中：予以公开及部分公开42件，占51.85%；不予公开5件；无法提供31件；不予处理1件；其他处理2件。",
     {"requests_answered": 81, "outcome_granted_or_partly": 42, "outcome_denied": 5, "outcome_unavailable": 31,
      "outcome_not_processed": 1, "outcome_other": 2}),
    ("予以公开3件、部分公开2件。", {"outcome_granted": 3, "outcome_partly_granted": 2}),
    ("其中，同意公开3件，占比37.5%；区分处理后公开1件，占比12.5%。", {"outcome_granted": 3, "outcome_partly_granted": 1}),
    ("收到信息公开申请3件，本机关不掌握相关政府信息1件。", {"requests_received": 3, "unavailable_not_held": 1}),
    # none
    ("2023年度我局未收到政府信息公开申请。", {"requests_received": 0}),
    ("本年度没有收到公民提出的公开政府信息申请。", {"requests_received": 0}),
    ("我单位没有收到公民、法人和其他组织提出的政府信息公开申请。", {"requests_received": 0}),
    ("没有公民、法人或其他组织因政府信息公开提起行政复议。", {"reviews": 0}),
    ("2023年度未收到政府信息公开申请及行政复议及行政诉讼。", {"requests_received": 0, "reviews": 0, "litigation": 0}),
    ("没有因政府信息公开被申请行政复议或提起行政诉讼。", {"reviews": 0, "litigation": 0}),
    ("2023年没有发生因政府信息公开申请的行政复议、行政诉讼。", {"reviews": 0, "litigation": 0}),
    ("本年度，本机关未收取信息处理费。", {"fee_collected": 0}),
    ("2023年，我办未发生政府信息公开收费事项。", {"fee_collected": 0}),
    ("本年度没有发出收费通知，也没有收取信息处理费。", {"fee_notices": 0, "fee_collected": 0}),
    ("我局未收取信息处理费，发出收费通知的件数、总金额和实际收取的金额均为0。", {"fee_notices": 0, "fee_amount": 0, "fee_collected": 0}),
    ("不存在因政务公开导致的投诉、举报。", {"complaints": 0}),
    ("本年度未制发行政规范性文件。", {"normative_documents_made": 0}),
    # disputes
    ("因政府信息公开被申请行政复议3件，被提起行政诉讼2件。", {"reviews": 3, "litigation": 2}),
    ("信息公开类行政复议7件，诉讼9件。", {"reviews": 7, "litigation": 9}),
    ("有1件涉及政府信息公开工作的行政复议。", {"reviews": 1}),
    ("政府信息公开行政复议5件，其中维持3件、纠正1件、尚未审结1件。",
     {"reviews": 5, "reviews_upheld": 3, "reviews_corrected": 1, "reviews_pending": 1}),
    # proactive
    ("2023年我局共主动公开各类信息300余条。", {"items_published": 300}),
    ("主动公开政府信息388条,其中主动公开公文40篇。", {"items_published": 388, "official_documents_published": 40}),
    ("2023年本机关制发公文707件，其中主动公开673件。", {"official_documents_made": 707, "official_documents_published": 673}),
    ("我局共印发公文56份，主动公开56份，公开率100%。",
     {"official_documents_made": 56, "official_documents_published": 56, "official_documents_publication_rate": 100}),
    ("经审核的市政府公文主动公开率达90.2%。", {"official_documents_publication_rate": 90.2}),
    ("主动公开公文673件，占制发公文总数的95.19%。", {"official_documents_published": 673}),
    ("通过微信公众号发布公文3篇。", {"items_on_wechat": 3}),
    # documents sorted by whether they are open are no requests
    ("全年制发公文120份，主动公开96份，依申请公开14份，不予公开10份。",
     {"official_documents_made": 120, "official_documents_published": 96}),
    ("全年制发规范性文件20件，主动公开18件，依申请公开2件。", {"normative_documents_made": 20}),
    ("全年主动公开政府信息120条，依申请公开8条，不予公开3条。", {"items_published": 120}),
    ("全年制发公文20件，收到政府信息公开申请3件，不予公开1件。",
     {"official_documents_made": 20, "requests_received": 3, "outcome_denied": 1}),
    ("依申请公开8件，予以公开5件，不予公开3件。", {"requests_received": 8, "outcome_granted": 5, "outcome_denied": 3}),
    ("通过政府门户网站，主动公开政府信息63条。", {"items_on_website": 63}),
    ("通过“青山镇人民政府门户网站”发布信息31条、“微青山公众号”发布信息138条。", {"items_on_website": 31, "items_on_wechat": 138}),
    ("通过“青山发布”新浪微博发布各类信息601条。", {"items_on_weibo": 601}),
    ("通过公示公告栏等途径发布信息86条。", {"items_elsewhere": 86}),
    ("全区各板块、各部门通过区政府门户网站发布信息458条。", {"items_on_website": 458}),
    ("主动公开规章13件，行政规范性文件60件，其他文件162件。", {"regulations_published": 13, "normative_documents_published": 60}),
    ("全年制发行政规范性文件4件，废止行政规范性文件2件，现行有效行政规范性文件31件。",
     {"normative_documents_made": 4, "normative_documents_repealed": 2, "normative_documents_in_force": 31}),
    ("全年作出行政许可决定31件、行政处罚决定5件。", {"licence_decisions": 31, "penalty_decisions": 5}),
    ("编发公报24期，刊登规范性文件等112件，政策解读83件。", {"gazette_issues": 24}),
    ("行政事业性收费金额1.2万元。", {"admin_fee_amount": 1.2}),
    # other work
    ("全年组织业务培训3次，参训120人次。", {"training_sessions": 3, "training_persons": 120}),
    ("召开政务公开专题会议2次。", {"meetings": 2}),
    ("举办新闻发布会6场。", {"press_conferences": 6}),
    ("全年发布文字、图表和视频解读12篇。", {"interpretations": 12}),
    ("发布回应信息15条。", {"responses": 15}),
    ("收取政府信息公开信息处理费120元。", {"fee_collected": 120}),
    # numerals and their print
    ("全年组织培训十二次。", {"training_sessions": 12}),
    ("收到政府信息公开申请一百零三件。", {"requests_received": 103}),
    ("公开信息一千二百条。", {"items_published": 1200}),
    ("主动公开政府信息1.2万条。", {"items_published": 12000}),
    ("主动公开政府信息3万余条。", {"items_published": 30000}),
    ("主动公开政府信息12,345条。", {"items_published": 12345}),
    ("收到政府信息公开申请１２件。", {"requests_received": 12}),
    ("2023年，收到政府信息公開申請12件，辦結11件。", {"requests_received": 12, "requests_answered": 11}),
    ("2023 年 1 月 1 日至 12 月 31 日，收到政府信息公开申请 12 件。", {"requests_received": 12}),
]  # fmt: skip

SILENT = [
    "共产生政府信息120条，其中主动公开100条，依申请公开15条，不予公开5条。",
    "政府信息公开属性认定：主动公开50件，依申请公开20件，不予公开3件。",
    "2022年收到政府信息公开申请12件。",  # another year
    "较上年增加12件。",
    "收到政府信息公开申请比上年增加12件。",
    "2023年计划收到政府信息公开申请12件。",
    "下一步，组织培训5次。",
    "自2008年以来，累计主动公开政府信息345条。",
    "截至2023年底，我局主动公开政府信息累计345条。",
    "上半年收到政府信息公开申请5件。",
    "10月26日，收到政府信息公开申请5件。",
    "指导下级单位公开信息20条。",
    "各乡镇主动公开政府信息674条。",
    "财政信息2条，动态类信息36条。",
    "今年我局共受理审批事项117件，办结171件，办结率100%。",
    "全年受理低保申请25件，办结24件。",
    "全年接受企业政策咨询40次。",
    "通过12345热线回复办理284件。",
    "处理群众网络留言7条，办结率100%。",
    "根据《关于印发办法的通知》（国办函〔2020〕109号）和第二十条第（一）项。",
    "收到申请当日登记，两个工作日内转承办科室。",
    "主动公开政府信息占34.82%。",
    "全年受理行政复议案件300件。",  # as the reviewing body
    "行政复议、行政诉讼3件。",
    "收到政府信息公开申请1 136件。",  # torn digits
    "主动公开政府信息数十条。",
    "组织培训十几次。",
    "公开信息012条。",
    "收到行政复议申请人提交的补充材料5件。",
    "没有逾期答复的政府信息公开申请。",
    "没有行政复议、行政诉讼被纠正的情况。",
    "如果没有收到政府信息公开申请，应当说明。",
    "区教育局公开信息300条，区民政局公开信息200条。",
    "电话：0517-87222589，邮编：223100。",
    "为5个高频事项公开信息，期限20个工作日。",
    "行政许可办理结果公示100余条。",
    "未及时答复政府信息公开申请。",
    "市教育局收到政府信息公开申请5件，市民政局收到政府信息公开申请3件。",
    "不予公开政府信息5件。",
    "今年收到行政复议案件3件，均为房屋征收。",
    "答复政府信息公开申请的平均时间为8天。",
]


@pytest.mark.parametrize(("sentence", "expected"), STATED)
def test_a_sentence_states_exactly_these_numbers(sentence: str, expected: dict[str, float]) -> None:
    found = read_mentions("年度报告\n" + sentence)
    assert dict(found.select("subject", "value").rows()) == expected
    assert found.height == len(expected)
    assert set(found["line"]) == {2}


@pytest.mark.parametrize("sentence", SILENT)
def test_a_sentence_that_states_nothing_certain_gives_nothing(sentence: str) -> None:
    assert read_mentions(sentence).rows() == []


@pytest.mark.parametrize(
    ("printed", "precision", "raw"),
    [
        ("300条", "exact", "300"),
        ("300余条", "at_least", "300余"),
        ("300多条", "at_least", "300多"),
        ("近300条", "about", "近300"),
        ("约300条", "about", "约300"),
        ("300条左右", "about", "300条左右"),
        ("300条以上", "at_least", "300条以上"),
        ("超过300条", "at_least", "超过300"),
        ("不少于300条", "at_least", "不少于300"),
        ("至少300条", "at_least", "至少300"),
        ("达300条之多", "about", "300条之多"),
        ("不到300条", "at_most", "不到300"),
        ("300条以内", "at_most", "300条以内"),
        ("三百余条", "at_least", "三百余"),
    ],
)
def test_words_beside_a_number_tell_how_exact_it_is(printed: str, precision: str, raw: str) -> None:
    found = read_mentions(f"全年主动公开政府信息{printed}。")
    assert found.select("value", "precision", "raw", "unit").rows() == [(300.0, precision, raw, "条")]


def test_words_of_a_negation_are_its_raw_text() -> None:
    found = read_mentions("本单位未收到政府信息公开申请。")
    assert found.select("value", "precision", "raw", "unit").rows() == [(0.0, "exact", "未收到", None)]


def test_the_sentence_before_tells_what_a_sentence_is_about() -> None:
    found = read_mentions("规范办理政府信息公开申请。办结7件。")
    assert found.select("subject", "value").rows() == [("requests_answered", 7.0)]
    assert read_mentions("规范办理各类事项。办结7件。").is_empty()


def test_a_report_of_unknown_year_keeps_only_what_names_no_year() -> None:
    found = read_mentions("2023年，收到政府信息公开申请12件。主动公开政府信息5条。", year=None)
    assert found.select("subject").to_series().to_list() == ["items_published"]


def test_a_long_sentence_is_printed_around_its_number() -> None:
    sentence = "围绕群众关切持续用力，" * 30 + "收到政府信息公开申请12件，" + "不断改进，" * 40
    printed = read_mentions(sentence + "。")["sentence"].item()
    assert len(printed) == 200
    assert "收到政府信息公开申请12件" in printed
