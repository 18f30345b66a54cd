import polars as pl
import pytest

from expectations.copies.masking import list_names, mask_text, mask_texts


def test_figures_dates_names_and_numbering_are_left_out():
    text = "（一）2023年，临江市望海区财政局收到申请12件，\n较2022年增加三件。我局网站发布信息。"
    assert mask_texts(pl.Series([text]), ["临江市望海区财政局"]) == ["年收到申请件较年增加件网站发布信息"]


def test_two_agencies_that_differ_in_name_and_figures_only_have_the_same_mask():
    texts = ["2023年临江市公安局办结申请7件，临江公安", "二〇二四年东河县公安局办结申请 103 件，东河公安"]
    assert mask_texts(pl.Series(texts), ["临江市公安局", "东河县公安局"]) == ["年办结申请件公安", "年办结申请件公安"]


def test_prescribed_wording_is_left_out():
    text = "一、总体情况\n根据《中华人民共和国政府信息公开条例》（以下简称《条例》）编制。"
    assert mask_texts(pl.Series([text]), [None]) == ["根据编制"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("临江市望海区财政局", ("临江市望海区财政局", "临江市望海区", "望海区财政局", "临江市", "望海区", "财政局", "临江", "望海")),
        ("市场监督管理局", ("市场监督管理局",)),  # 市 ends no place here: nothing stands before it
        (None, ()),
    ],
)
def test_a_name_is_masked_with_its_places_and_its_body(name, parts):
    assert list_names(name) == parts


def test_each_character_that_is_left_knows_its_line_and_place():
    masked = mask_text("2023年\n我局办理12件\n收到。", first_line=40)
    assert masked.characters == "年办理件收到"
    assert masked.lines == [40, 41, 41, 41, 42, 42]
    assert masked.places == [4, 8, 9, 12, 14, 15]


@pytest.mark.parametrize("agency", ["临江市望海区财政局", None])
def test_one_text_is_masked_as_many_are(agency):
    texts = ["临江临江市望海区财政局我市，全区12件 abc 三是", "", "12345", "以下简称条例以下简称条例，望海区望海"]
    assert [mask_text(text, agency).characters for text in texts] == mask_texts(pl.Series(texts), [agency] * len(texts))
