from expectations.copies.masking import mask_text
from expectations.copies.passages import find_repeated_numbers, find_shared_passages, match_passages

SOURCE = """一、总体情况
2022年，临江市财政局主动公开信息120条。
建立专栏并且安排专人每周核对栏目内容是否更新。
举办培训班两期，请来讲师讲解答复书的写法。"""
COPY = """一、总体情况
2023年，东河县财政局主动公开信息87条。
新设了一处查阅点，群众可以自行打印材料。
建立专栏并且安排专人每周核对栏目内容是否更新。
举办培训班3期，请来讲师讲解答复书的写法。"""


def test_shared_sentences_are_found_on_both_sides_over_changed_figures():
    passages = find_shared_passages(
        COPY, SOURCE, agency_name="东河县财政局", other_agency_name="临江市财政局", first_line=11, other_first_line=21
    )
    # 年主动公开信息条 is eight characters: a common phrase. The third and fourth sentence follow each other on both sides.
    assert [passage[:4] for passage in passages] == [(14, 15, 23, 24)]
    (passage,) = passages
    assert COPY[slice(*passage.span)] == "建立专栏并且安排专人每周核对栏目内容是否更新。\n举办培训班3期，请来讲师讲解答复书的写法"
    assert SOURCE[slice(*passage.other_span)] == "建立专栏并且安排专人每周核对栏目内容是否更新。\n举办培训班两期，请来讲师讲解答复书的写法"
    assert passage.length == 22 + 18


def test_sentences_in_another_order_are_found_one_by_one():
    first, second = "建立专栏并且安排专人每周核对栏目内容", "举办培训班请来讲师讲解答复书的写法"
    passages = find_shared_passages(f"{first}。\n{second}。", f"{second}。\n{first}。")
    assert [passage[:4] for passage in passages] == [(1, 1, 2, 2), (2, 2, 1, 1)]


def test_unrelated_texts_share_nothing():
    assert find_shared_passages("建立专栏并且安排专人每周核对栏目内容", "举办培训班请来讲师讲解答复书的写法") == []


def test_a_run_of_eleven_characters_is_a_phrase_and_of_twelve_a_passage():
    assert find_shared_passages("甲乙丙丁戊己庚辛壬癸子", "甲乙丙丁戊己庚辛壬癸子") == []
    assert [passage.length for passage in find_shared_passages("甲乙丙丁戊己庚辛壬癸子丑", "甲乙丙丁戊己庚辛壬癸子丑")] == [12]


def list_repeated(text: str, other: str) -> list[int]:
    masked, other_masked = mask_text(text), mask_text(other)
    return find_repeated_numbers(text, other, masked, other_masked, match_passages(masked, other_masked))


def test_a_number_that_stayed_in_a_copied_sentence_is_told_by_its_line():
    before = "全年通过网站和公众号发布信息120条，\n回复网民留言咨询35件，办理群众来信来访18次。"
    after = "全年通过网站和公众号发布信息87条，\n回复网民留言咨询35件，办理群众来信来访18次。"
    assert list_repeated(after, before) == [2, 2]


def test_years_articles_document_numbers_and_single_digits_are_no_left_over_numbers():
    text = "2021年按照条例第38条和国办公开办函30号的要求，编制信息公开报告3份报送主管部门。"
    assert list_repeated(text, text) == []


def test_a_number_on_one_side_only_or_another_number_is_not_repeated():
    assert list_repeated("全年通过网站和公众号发布政务信息120条", "全年通过网站和公众号发布政务信息1201条") == []
    assert list_repeated("全年通过网站和公众号发布政务信息120条", "全年通过网站和公众号发布政务信息若干条") == []
