"""The careful path on small texts whose every cell a person placed."""

import pytest

from ingest.interpreting import Reading, read_document
from ingest.lexicon import load_lexicon
from ingest.samples import generate_figures, render_report

PROACTIVE_HEAD = "第二十条第（一）项\n信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |\n"
REQUESTS_HEAD = "三、收到和处理政府信息公开申请情况\n申请人情况 |\n"


def read(text: str) -> Reading:
    return read_document(text, load_lexicon(), "text/plain")


def values(reading: Reading) -> dict[tuple[str, str], list[float | None]]:
    rows: dict[tuple[str, str], list[float | None]] = {}
    for cell in reading.cells:
        rows.setdefault((cell.table, cell.row), []).append(cell.value)
    return rows


def test_values_stand_with_their_label_and_line() -> None:
    reading = read(PROACTIVE_HEAD + "规章 | 1 | 2 | 3 |\n行政规范性文件 | 4 | 5 | 6 |\n五、存在的主要问题及改进情况\n")
    assert values(reading) == {("proactive", "regulation"): [1, 2, 3], ("proactive", "normative_document"): [4, 5, 6]}
    assert {(c.row, c.line) for c in reading.cells} == {("regulation", 3), ("normative_document", 4)}
    assert reading.template == "2021"


def test_a_blank_and_a_dash_are_no_zero() -> None:
    reading = read(PROACTIVE_HEAD + "规章 | 0 | | - |\n五、存在的主要问题及改进情况\n")
    assert [(c.value, c.raw) for c in reading.cells] == [(0, "0"), (None, ""), (None, "-")]


def test_joined_digits_are_not_split_by_guess() -> None:
    assert (
        read(PROACTIVE_HEAD + "规章\n693665\n行政规范性文件\n4\n5\n6\n五、存在的主要问题及改进情况\n").cells[0].row == "normative_document"
    )


def test_a_sentence_between_tables_gives_no_value() -> None:
    prose = "2022年，共收到8份政府信息公开申请，其中，予以公开2件，部分公开2件，属于四类过程性信息1件。\n"
    text = REQUESTS_HEAD + prose + "一、本年新收政府信息公开申请数量 | 8 | 0 | 0 | 0 | 0 | 0 | 8 |\n五、存在的主要问题及改进情况\n"
    assert values(read(text)) == {("requests", "new_received"): [8, 0, 0, 0, 0, 0, 8]}


def test_a_page_number_between_rows_is_no_value() -> None:
    rows = "一、本年新收政府信息公开申请数量 3 0 0 0 0 0 3\n- 2 -\n二、上年结转政府信息公开申请数量 1 0 0 0 0 0 1\n"
    assert values(read(REQUESTS_HEAD + rows + "五、存在的主要问题及改进情况\n")) == {
        ("requests", "new_received"): [3, 0, 0, 0, 0, 0, 3],
        ("requests", "carried_over"): [1, 0, 0, 0, 0, 0, 1],
    }


def test_a_row_without_label_takes_the_only_row_that_is_missing() -> None:
    rows = [
        "1.属于国家秘密 | 1 | 0 | 0 | 0 | 0 | 0 | 1 |",
        "| 2 | 0 | 0 | 0 | 0 | 0 | 2 |",
        "3.危及“三安全一稳定” | 3 | 0 | 0 | 0 | 0 | 0 | 3 |",
    ]
    reading = read(REQUESTS_HEAD + "\n".join(rows) + "\n五、存在的主要问题及改进情况\n")
    assert values(reading)["requests", "denied_prohibited_by_law"] == [2, 0, 0, 0, 0, 0, 2]
    assert {c.method for c in reading.cells if c.row == "denied_prohibited_by_law"} == {"order"}


def test_a_row_without_label_is_left_out_where_two_rows_are_missing() -> None:
    rows = [
        "1.属于国家秘密 | 1 | 0 | 0 | 0 | 0 | 0 | 1 |",
        "| 2 | 0 | 0 | 0 | 0 | 0 | 2 |",
        "4.保护第三方合法权益 | 3 | 0 | 0 | 0 | 0 | 0 | 3 |",
    ]
    reading = read(REQUESTS_HEAD + "\n".join(rows) + "\n五、存在的主要问题及改进情况\n")
    assert {row for _, row in values(reading)} == {"denied_state_secret", "denied_third_party_rights"}


def test_values_that_stand_before_their_wrapped_label_are_not_given_to_the_label_above() -> None:
    rows = [
        "8.属于行政查询事项 0 0 0 0 0 0 0",
        "10 0 0 0 0 0 10",
        "1.本机关不掌握相关政府信息",
        "（四）无法提供",
        "3 0 0 0 0 0 3",
        "2.没有现成信息需要另行制作",
        "3.补正后申请内容仍不明确 1 0 0 0 0 0 1",
    ]
    reading = values(read(REQUESTS_HEAD + "\n".join(rows) + "\n五、存在的主要问题及改进情况\n"))
    assert reading["requests", "unavailable_not_held"][0] == 10
    assert reading["requests", "unavailable_needs_creation"][0] == 3


FULL_ROW = "一、本年新收政府信息公开申请数量 | 8 | 0 | 0 | 0 | 0 | 0 | 8 |\n"


def test_the_last_number_of_a_cut_text_may_be_the_beginning_of_a_longer_one() -> None:
    reading = values(read(REQUESTS_HEAD + FULL_ROW + "二、上年结转政府信息公开申请数量 | 2 | 0 | 0 | 0 | 0 | 0 | 1"))
    assert reading["requests", "carried_over"] == [2, 0, 0, 0, 0, 0]


def test_a_row_cut_off_by_the_end_of_the_text_keeps_the_cells_that_are_printed() -> None:
    reading = read(REQUESTS_HEAD + FULL_ROW + "二、上年结转政府信息公开申请数量 | 2 | 0 | 1 | 0")
    assert [(c.column, c.value) for c in reading.cells if c.row == "carried_over"] == [
        ("natural_person", 2),
        ("commercial_enterprise", 0),
        ("research_institution", 1),
        ("social_organization", 0),
    ]


@pytest.mark.parametrize("row", ["二、上年结转政府信息公开申请数量 || 2 | 0 | 1 | 0", "二、上年结转政府信息公开申请数量\n2\n0\n1"])
def test_a_cut_row_whose_first_column_is_open_is_left_out(row: str) -> None:
    assert ("requests", "carried_over") not in values(read(REQUESTS_HEAD + FULL_ROW + row))


def test_a_cut_row_with_more_values_than_the_form_has_columns_is_left_out() -> None:
    full, cut = FULL_ROW.replace(" |", ""), "二、上年结转政府信息公开申请数量 2 0 1 0 0 0 3 4 5"
    assert set(values(read(REQUESTS_HEAD + full + cut))) == {("requests", "new_received")}


def test_a_gap_behind_a_label_is_no_blank_cell_where_full_rows_have_it_too() -> None:
    rows = "二、上年结转政府信息公开申请数量 || 1 | 0 | 0 | 0 | 0 | 1 |\n（七）总计 || 8 | 0 | 0 | 0 | 0 | 0 | 8 |\n"
    reading = values(read(REQUESTS_HEAD + FULL_ROW + rows + "五、存在的主要问题及改进情况\n"))
    assert ("requests", "carried_over") not in reading  # one of its seven values is lost
    assert reading["requests", "total_processed"] == [8, 0, 0, 0, 0, 0, 8]


def test_a_cut_text_keeps_a_last_row_whose_own_total_proves_it() -> None:
    assert len(read(REQUESTS_HEAD + "一、本年新收政府信息公开申请数量 | 8 | 0 | 0 | 0 | 0 | 0 | 8").cells) == 7


def test_a_merged_cell_between_values_is_no_blank() -> None:
    text = "第二十条第（五）项\n信息内容 | 上一年项目数量 | 本年增/减 || 处理决定数量 |\n行政许可 | 7 || -1 | 5 |\n"
    text = "第二十条第（一）项\n信息内容 | 本年新制作数量 | 本年新公开数量 || 对外公开总数量 |\n" + text + "五、存在的主要问题及改进情况\n"
    assert values(read(text)) == {("proactive", "licence"): [7, -1, 5]}


def test_fifteen_values_make_table_four_and_fourteen_make_nothing() -> None:
    head = REQUESTS_HEAD + "四、政府信息公开行政复议、行政诉讼情况\n行政复议 | 行政诉讼 |\n结果维持 | 结果纠正 |\n"
    whole = " | ".join(str(n) for n in range(1, 16))
    assert values(read(head + whole + " |\n五、存在的主要问题及改进情况\n")) == {
        ("disputes", "review"): [1, 2, 3, 4, 5],
        ("disputes", "litigation_direct"): [6, 7, 8, 9, 10],
        ("disputes", "litigation_after_review"): [11, 12, 13, 14, 15],
    }
    assert read(head + whole.removesuffix(" | 15") + " |\n五、存在的主要问题及改进情况\n").cells == []


def test_a_unit_printed_in_the_cell_is_kept() -> None:
    text = "第二十条第（一）项\n信息内容 | 本年新制作数量 |\n第二十条第（九）项\n政府集中采购 | 2笔 | 984361元 |\n"
    text += "五、存在的主要问题及改进情况\n"
    assert [(c.value, c.raw, c.unit) for c in read(text).cells] == [(2, "2笔", "笔"), (984361, "984361元", "元")]


def test_blocks_of_table_two_in_another_order_are_told_by_their_labels() -> None:
    text = "第二十条第（五）项\n信息内容 | 本年处理决定数量 |\n行政许可 | 97 |\n第二十条第（一）项\n信息内容 | 本年制发件数 |\n"
    text += "规章 | 1 | 2 | 3 |\n行政规范性文件 | 13 | 0 | 55 |\n第二十条第（六）项\n行政处罚 | 7 |\n行政强制 | 8 |\n"
    text += "五、存在的主要问题及改进情况\n"
    assert values(read(text)) == {
        ("proactive", "licence"): [97],
        ("proactive", "regulation"): [1, 2, 3],
        ("proactive", "normative_document"): [13, 0, 55],
        ("proactive", "penalty"): [7],
        ("proactive", "enforcement"): [8],
    }


def test_table_four_with_two_values_lost_is_not_split_until_the_sums_hold() -> None:
    head = REQUESTS_HEAD + "四、政府信息公开行政复议、行政诉讼情况\n行政复议 | 行政诉讼 |\n结果维持 | 结果纠正 |\n"
    numbers = ["13", "0", "67", "9", "89", "75", "26", "2", "85", "26", "94", "90", "285"]  # 15 were printed
    assert read(head + " |\n".join(numbers) + " |\n五、存在的主要问题及改进情况\n").cells == []


def test_a_value_left_over_behind_a_row_may_be_its_own() -> None:
    row = "一、本年新收政府信息公开申请数量\n3440\n2094\n3401\n3320\n3695\n3\n3985\n备注\n19935\n"
    following = "二、上年结转政府信息公开申请数量\n1\n2\n3\n4\n5\n6\n21\n五、存在的主要问题及改进情况\n"
    assert ("requests", "new_received") not in values(read(REQUESTS_HEAD + row + following))


def test_a_row_placed_against_a_label_near_it_is_doubtful_until_every_sum_holds() -> None:
    rows = [
        "8.属于行政查询事项 0 0 0 0 0 0 0",
        "10 0 0 0 0 0 10",
        "1.本机关不掌握相关政府信息",
        "3 0 0 0 0 0 3",
        "2.没有现成信息需要另行制作",
        "3.补正后申请内容仍不明确 1 0 0 0 0 0 1",
    ]
    cells = read(REQUESTS_HEAD + "\n".join(rows) + "\n五、存在的主要问题及改进情况\n").cells
    assert {c.row for c in cells if c.is_doubtful} == {"unavailable_not_held", "unavailable_needs_creation"}


def test_a_label_that_stands_before_two_rows_is_trusted_before_neither() -> None:
    row = "一、本年新收政府信息公开申请数量 | {0} | 0 | 0 | 0 | 0 | 0 | {0} |\n"
    assert values(read(REQUESTS_HEAD + row.format(8) + row.format(9) + "五、存在的主要问题及改进情况\n")) == {}


def test_table_four_whose_sums_hold_one_place_further_is_doubtful() -> None:
    head = REQUESTS_HEAD + "四、政府信息公开行政复议、行政诉讼情况\n行政复议 | 行政诉讼 |\n结果维持 | 结果纠正 |\n"
    shifted = [
        "52",
        "54",
        "15",
        "169",
        "30",
        "3",
        "92",
        "82",
        "207",
        "1",
        "2",
        "3",
        "4",
        "10",
        "3",
    ]  # the first value lost, a stray at the end
    cells = read(head + " |\n".join(shifted) + " |\n五、存在的主要问题及改进情况\n").cells
    assert {c.is_doubtful for c in cells} == {True}


def test_an_agencys_own_wrong_totals_do_not_make_table_four_doubtful() -> None:
    head = REQUESTS_HEAD + "四、政府信息公开行政复议、行政诉讼情况\n行政复议 | 行政诉讼 |\n结果维持 | 结果纠正 |\n"
    printed = ["10", "1", "0", "0", "0", "0", "0", "0", "0", "0", "5", "0", "0", "0", "0"]
    cells = read(head + " |\n".join(printed) + " |\n五、存在的主要问题及改进情况\n").cells
    assert {c.is_doubtful for c in cells} == {False}


def test_a_row_with_a_blank_cell_takes_no_number_from_the_next_line() -> None:
    text = "第二十条第（一）项\n信息内容 | 本年制发件数 |\n第二十条第（八）项\n行政事业性收费 |  |\n0\n五、存在的主要问题及改进情况\n"
    assert [(c.value, c.raw) for c in read(text).cells] == [(None, "")]


BARS = (
    "第二十条第（一）项 | |||\n|\n信息内容 |\n本年制发件数 |\n|\n{}行政规范性文件\n5\n12\n8\n|\n"
    "行政许可\n1 | ||\n|\n五、存在的主要问题及改进情况\n"
)


def test_a_border_more_than_ends_a_row_is_a_blank_cell() -> None:
    reading = read(BARS.format("规章\n1\n0\n|\n|\n"))
    assert [(c.value, c.raw, c.line) for c in reading.cells if c.row == "regulation"] == [(1, "1", 7), (0, "0", 8), (None, "", 9)]


def test_a_row_that_ends_as_all_do_and_lacks_a_value_is_left_out() -> None:
    assert ("proactive", "regulation") not in values(read(BARS.format("规章\n1\n0\n|\n")))


STRAY = """1.属于国家秘密 | 1 | 0 | 0 | 0 | 0 | 0 | 1 |
{}| 2 | 0 | 0 | 0 | 0 | 0 | 2 |
{}3.危及“三安全一稳定” | 3 | 0 | 0 | 0 | 0 | 0 | 3 |
"""


def test_rows_beside_a_lone_number_are_placed_by_order_and_doubted_without_their_sums() -> None:
    reading = read(REQUESTS_HEAD + STRAY.format("7\n", "") + "五、存在的主要问题及改进情况\n")
    found = [c for c in reading.cells if c.row == "denied_prohibited_by_law"]
    assert [c.value for c in found] == [2, 0, 0, 0, 0, 0, 2]
    assert all(c.is_doubtful for c in found)


def test_a_bracket_behind_a_label_is_part_of_it_whatever_it_says() -> None:
    row = "规章（设区的市、自治州人民政府应提供相关数据。含2019年以前的3件） | 1 | 0 | 4 |\n"
    reading = read(PROACTIVE_HEAD + row + "五、存在的主要问题及改进情况\n")
    assert values(reading) == {("proactive", "regulation"): [1, 0, 4]}


def test_a_row_that_the_form_does_not_have_is_kept_as_printed() -> None:
    rows = "1.属于国家秘密 | 1 | 0 | 0 | 0 | 0 | 0 | 1 |\n属于工作秘密 | 4 | 0 | 0 | 0 | 0 | 0 | 4 |\n"
    reading = read(REQUESTS_HEAD + rows + "五、存在的主要问题及改进情况\n")
    assert {row for _, row in values(reading)} == {"denied_state_secret"}
    assert {(x.table, x.label, x.line, x.reason) for x in reading.unplaced} == {("requests", "属于工作秘密", 4, "unknown_row")}
    assert [x.raw for x in reading.unplaced] == ["4", "0", "0", "0", "0", "0", "4"]


def test_digits_that_nothing_splits_are_kept_under_their_label() -> None:
    reading = read("第二十条第（一）项信息内容本年制发件数规章000行政规范性文件693665三、收到和处理政府信息公开申请情况")
    assert [(x.label, x.raw, x.reason) for x in reading.unplaced if x.raw != "000"] == [("行政规范性文件", "693665", "undecided")]


@pytest.mark.parametrize(("height", "template"), [(22, "2021"), (20, None)])  # 20 rows have the form of 2019 and the mixed one
def test_the_merged_cell_of_the_outcomes_tells_the_form_of_a_fragment(height: int, template: str | None) -> None:
    row = "| 三、本年度办理结果 | （一）予以公开 | 1 | 0 | 0 | 0 | 0 | 0 | 1 |\n"
    text = REQUESTS_HEAD + FULL_ROW + row + "||\n" * (height - 1)
    reading = read_document(text, load_lexicon(), "text/html")
    assert reading.template == template
    assert values(reading)["requests", "granted"] == [1, 0, 0, 0, 0, 0, 1]


def test_a_stray_in_the_cell_of_a_value_leaves_both_undecided() -> None:
    labels = ("一、本年新收政府信息公开申请数量", "（七）总计")
    rows = "".join(f"{label} |\n" + "".join(f"{n} |\n" for n in range(7)) for label in labels)
    last = "四、结转下年度继续办理 |\n0 |\n0 |\n3\n12 |\n0 |\n0 |\n0 |\n3 |\n"
    reading = read(REQUESTS_HEAD + rows + last + "五、存在的主要问题及改进情况\n")
    assert ("requests", "carried_forward") not in values(reading)
    assert [number.raw for number in reading.unplaced if " " in number.raw] == ["3 12"]


def test_values_below_a_label_are_doubtful_where_the_row_that_follows_in_the_form_is_missing() -> None:
    lines = render_report(generate_figures(5), "label_lines", "none", seed=5).text.split("\n")
    label = next(i for i, line in enumerate(lines) if line.startswith("2.重复申请"))
    del lines[label + 1 : label + 3]  # its values, and the label of the row below
    cells = [c for c in read("\n".join(lines)).cells if c.row == "not_processed_repeat"]
    assert {c.is_doubtful for c in cells} == {True}


@pytest.mark.parametrize(("printed", "value"), [("减4", -4), ("减少 4", -4), ("增3", 3), ("增加3", 3), ("减0", 0), ("-4", -4), ("+3", 3)])
def test_a_change_told_in_words_has_its_sign(printed: str, value: int) -> None:
    heads = "第二十条第（一）项\n信息内容 | 对外公开总数量 |\n第二十条第（五）项\n信息内容 | 上一年项目数量 | 本年增/减 | 处理决定数量 |\n"
    reading = read(f"{heads}行政许可 | 7 | {printed} | 5 |\n五、存在的主要问题及改进情况\n")
    assert values(reading)["proactive", "licence"] == [7, value, 5]
    assert next(c.raw for c in reading.cells if c.column == "items_change") == printed


def test_a_change_told_in_prose_between_tables_is_no_value() -> None:
    text = REQUESTS_HEAD + FULL_ROW + "较上年增加4\n五、存在的主要问题及改进情况\n"
    assert values(read(text))["requests", "new_received"] == [8, 0, 0, 0, 0, 0, 8]
    assert len(read(text).cells) == 7


def test_a_stray_between_a_label_and_its_only_value_leaves_both_undecided() -> None:
    heads = "第二十条第（一）项\n信息内容\n本年制发件数\n第二十条第（六）项\n信息内容\n本年处理决定数量\n"
    fee = "第二十条第（八）项\n信息内容\n行政事业性收费\n5\n五、存在的主要问题及改进情况\n"
    reading = read(f"{heads}行政处罚\n7\n行政强制\n12\n\n819\n\n{fee}")
    assert values(reading) == {("proactive", "penalty"): [7], ("proactive", "fee"): [5]}


def test_a_number_before_the_head_of_a_block_is_no_value_of_its_rows() -> None:
    heads = "第二十条第（一）项\n信息内容\n本年制发件数\n第二十条第（六）项\n信息内容\n本年处理决定数量\n行政处罚\n7\n行政强制\n12\n"
    fee = "第二十条第（八）项\n信息内容\n行政事业性收费\n五、存在的主要问题及改进情况\n"
    assert values(read(f"{heads}819\n{fee}")) == {("proactive", "penalty"): [7]}


END = "五、存在的主要问题及改进情况\n"
NEW_ROW = "一、本年新收政府信息公开申请数量"


@pytest.mark.parametrize(
    "printed", ["1S", "3733B", "1.71E+04", "33O", "337<br>00", "3?", "7（更正为10519）", "79(应为0)", "约 20 余", "约20", "20余件"]
)
def test_a_figure_with_foreign_signs_behind_it_is_no_value(printed: str) -> None:
    reading = read(PROACTIVE_HEAD + "规章 | 0 | 0 | 0 |\n行政许可 | " + printed + " |\n" + END)
    assert ("proactive", "licence") not in values(reading)
    assert values(reading)["proactive", "regulation"] == [0, 0, 0]


@pytest.mark.parametrize("printed", ["12件", "12（其中修订3件）", "12①", "**12**"])
def test_a_unit_a_remark_and_marks_of_type_change_no_figure(printed: str) -> None:
    assert values(read(PROACTIVE_HEAD + "行政许可 | " + printed + " |\n" + END))["proactive", "licence"] == [12]


@pytest.mark.parametrize(("printed", "value"), [("-7", -7), ("–7", -7), ("−7", -7), ("（减）7", -7), ("减少7", -7), ("（增）7", 7)])
def test_a_change_has_its_sign(printed: str, value: float) -> None:
    head = "第二十条第（五）项\n信息内容 | 上一年项目数量 | 本年增/减 | 处理决定数量 |\n"
    text = PROACTIVE_HEAD.replace("本年制发件数 | 本年废止件数 | 现行有效件数", "本年新制作数量 | 本年新公开数量 | 对外公开总数量")
    rows = values(read(text + "规章 | 0 | 0 | 0 |\n" + head + f"行政许可 | 5 | {printed} | 9 |\n" + END))
    assert rows["proactive", "licence"] == [5, value, 9]


def test_a_dash_that_touches_a_figure_may_be_a_minus_or_another_cell() -> None:
    assert ("proactive", "licence") not in values(read(PROACTIVE_HEAD + "行政许可 | —7 |\n" + END))


def doubted(reading: Reading, table: str = "requests") -> set[tuple[str, str]]:
    return {(cell.row, cell.column) for cell in reading.cells if cell.table == table and cell.is_doubtful}


def test_the_last_figure_of_a_row_may_go_on_below_it_unless_its_sum_holds() -> None:
    torn = REQUESTS_HEAD + f"{NEW_ROW} 30 4 0 0 0 0 3\n4\n二、上年结转政府信息公开申请数量 1 0 0 0 0 0 1\n2\n" + END
    assert doubted(read(torn)) == {("new_received", "total")}
    single = PROACTIVE_HEAD + "规章 0 0 0\n行政许可 8489\n1\n" + END
    assert list(values(read(single))) == [("proactive", "regulation")]


HEADS = "自然人 | 法人或其他组织 | 总计 |\n商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 |\n"
ROW = f"{NEW_ROW} | 3 | 0 | 0 | 0 | 0 | 1 | 4 |\n二、上年结转政府信息公开申请数量 | 1 | 0 | 0 | 0 | 0 | 0 | 1 |\n"


def test_columns_in_another_order_than_the_form_are_doubtful() -> None:
    swapped = HEADS.replace("法律服务机构 | 其他", "其他 | 法律服务机构")
    assert doubted(read(REQUESTS_HEAD + HEADS + ROW + END)) == set()
    assert doubted(read(REQUESTS_HEAD + HEADS + HEADS + ROW + END)) == set()  # printed twice, as where a page begins
    assert len(doubted(read(REQUESTS_HEAD + swapped + ROW + END))) == 14
    assert doubted(read(PROACTIVE_HEAD + "规章 | 1 | 2 | 3 |\n" + END), "proactive") == set()
    exchanged = PROACTIVE_HEAD.replace("本年废止件数 | 现行有效件数", "现行有效件数 | 本年废止件数")
    assert len(doubted(read(exchanged + "规章 | 1 | 2 | 3 |\n" + END), "proactive")) == 3


def test_a_total_whose_head_comes_first_is_a_taller_cell_unless_the_sums_say_otherwise() -> None:
    heads = "总计 |\n" + HEADS.replace(" | 总计", "")
    assert doubted(read(REQUESTS_HEAD + heads + ROW + END)) == set()
    shifted = f"{NEW_ROW} | 4 | 3 | 0 | 0 | 0 | 0 | 1 |\n二、上年结转政府信息公开申请数量 | 1 | 1 | 0 | 0 | 0 | 0 | 0 |\n"
    assert len(doubted(read(REQUESTS_HEAD + heads + shifted + END))) == 14


DISPUTES = (
    "四、政府信息公开行政复议、行政诉讼情况\n行政复议 | 行政诉讼 |\n未经复议直接起诉 | 复议后起诉 |\n"
    + "结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |\n" * 3
)
CASES = "1 | 0 | 0 | 0 | 1 | 0 | 2 | 0 | 0 | 2 | 0 | 0 | 3 | 0 | 3 |\n"


def test_the_groups_of_table_4_in_another_order_or_on_its_side_are_doubtful() -> None:
    text = PROACTIVE_HEAD + "规章 | 0 | 0 | 0 |\n" + REQUESTS_HEAD + HEADS + ROW + DISPUTES
    assert doubted(read(text + CASES + END), "disputes") == set()
    swapped = text.replace("未经复议直接起诉 | 复议后起诉", "复议后起诉 | 未经复议直接起诉")
    assert len(doubted(read(swapped + CASES + END), "disputes")) == 15
    half_lines = "1 0 0 1 0 2 0\n0 0 2 0 0 3 0 3\n"
    assert len(doubted(read(text + half_lines + END), "disputes")) == 15


def test_a_page_that_prints_its_report_twice_is_one_report_and_two_different_ones_are_two() -> None:
    text = render_report(generate_figures("twice"), "pipe_rows").text
    once, twice = read(text), read(text + text)
    assert twice.head_count == once.head_count == 1
    assert twice.cells == once.cells
    other = render_report(generate_figures("other"), "pipe_rows").text
    assert read(text + other).head_count == 2


def test_figures_that_a_stray_number_makes_up_to_the_count_of_the_rows_are_doubtful() -> None:
    rows = [
        "4.无正当理由大量反复申\n2 3 1 0 0 0 6\n请",
        "5.要求行政机关确认或重\n1\n3 0 0 0 28 0 31\n新出具已获取信息",
        "1.申请人无正当理由逾期\n理其政府信息公开申请",
        "2.申请人逾期未按收费通\n2 0 0 0 0 0 2\n开申请",
    ]
    anchored = ["3.要求提供公开出版物 0 0 0 0 7 0 7", *rows, "3.其他 11 0 0 0 0 0 11"]
    reading = read(REQUESTS_HEAD + HEADS + f"{NEW_ROW} 1 0 0 0 0 0 1\n" + "\n".join(anchored) + "\n" + END)
    read_surely = {cell.row for cell in reading.cells if not cell.is_doubtful}
    assert read_surely == {"new_received", "not_processed_publication", "other_other"}


def test_numbers_behind_a_piece_of_a_label_are_a_row() -> None:
    row = "1.申请人无正当理由逾期\n不补正、行政机关不再处 28 7 0 0 0 0 35\n理其政府信息公开申请\n"
    lexemes = REQUESTS_HEAD + HEADS + f"{NEW_ROW} 1 0 0 0 0 0 1\n" + row + END
    assert read(lexemes).value_count == 14


def test_entities_and_line_breaks_of_markup_are_no_part_of_a_label() -> None:
    text = PROACTIVE_HEAD + "规章&nbsp;|&nbsp;1&nbsp;|&nbsp;2&nbsp;| 3 |\n行政<br>许可 | 4 |\n" + END
    assert values(read(text)) == {("proactive", "regulation"): [1, 2, 3], ("proactive", "licence"): [4]}


def test_a_value_that_is_none_costs_its_own_row_alone() -> None:
    rows = [
        f"{NEW_ROW}\n3\n0\nO\n0\n0\n0\n3",
        "二、上年结转政府信息公开申请数量\n1\n0\n0\n0\n0\n0\n1",
        "（一）予以公开\n4\n0\n0\n0\n0\n0\n4",
    ]
    text = REQUESTS_HEAD + HEADS.replace(" | ", "\n").replace(" |", "") + "\n".join(rows) + "\n" + END
    assert values(read(text)) == {("requests", "carried_over"): [1, 0, 0, 0, 0, 0, 1], ("requests", "granted"): [4, 0, 0, 0, 0, 0, 4]}


def test_a_row_of_heads_that_ends_a_line_of_cells_takes_no_letters_of_the_line_below() -> None:
    """其他 ends the heads of 三 on a page that repeats them, and 结果维持 begins those of 四 below."""
    repeated = "三、收到和处理政府信息公开申请情况\n申请人情况 | |\n自然人 | 法人或其他组织 | | 总计 |\n| | 法律服务机构 | 其他 | |\n"
    first, *rest = DISPUTES.splitlines(keepends=True)
    text = PROACTIVE_HEAD + "规章 | 0 | 0 | 0 |\n" + REQUESTS_HEAD + HEADS + ROW + first + "".join(rest[:2])
    reading = read(text + repeated + "| | " + "".join(rest[2:]) + CASES + END)
    assert doubted(reading) == set()
    assert values(reading)["disputes", "review"] == [1, 0, 0, 0, 1]
    assert values(reading)["disputes", "litigation_after_review"] == [0, 0, 3, 0, 3]
