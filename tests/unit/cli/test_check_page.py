"""`nianbao check --format html`: one page that stands alone, shows the tables of the form and leads from a wrong cell to what is wrong."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from builders.commands import Nianbao, write_report
from lxml import etree, html

from ingest.samples import generate_figures, plant_slip, render_report
from ingest.samples.seeding import make_rng
from orchestration.cli.pages import words
from orchestration.cli.pages.accounts import say_value

SAMPLES = Path(__file__).parents[3] / "samples" / "reports"
SLIPPED = SAMPLES / "2025" / "dancen-county-government-2025.txt"
"""Its 行政复议 prints 4 + 1 + 0 + 0 and a total of 6, on line 77."""

ReadPage = Callable[..., html.HtmlElement]


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


@pytest.fixture
def read_page(nianbao: Nianbao) -> ReadPage:
    """Runs the check and reads its page, which has to be well-formed, alone in the world and without dead links."""

    def read(*arguments: str | Path) -> html.HtmlElement:
        text = nianbao("check", *arguments, "--format", "html").out
        etree.fromstring(text.encode())  # every tag closed, every attribute quoted, nothing unescaped
        page = html.document_fromstring(text)
        ids = page.xpath("//@id")
        assert len(set(ids)) == len(ids)
        assert {link.removeprefix("#") for link in page.xpath("//@href")} <= set(ids)
        assert not page.xpath("//script | //link | //img | //iframe | //@src | //@onclick | //@onload")
        assert "url(" not in text and "@import" not in text
        return page

    return read


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def rows_of(table: html.HtmlElement) -> list[list[str]]:
    return [[words_of(cell) for cell in row.xpath("./th | ./td")] for row in table.xpath("./tr")]


def test_the_tables_stand_as_the_form_prints_them(read_page: ReadPage) -> None:
    proactive, requests, disputes = read_page(SLIPPED).xpath('//table[contains(@class, "form")]')
    assert rows_of(proactive)[:3] == [
        ["第二十条第（一）项"],
        ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        ["规章", "0", "0", "0"],
    ]
    assert [(cell.get("colspan"), cell.get("rowspan")) for cell in requests.xpath("./tr[1]/th")] == [("3", "3"), ("7", None)]
    assert rows_of(requests)[5] == ["三、本年度办理结果", "（一）予以公开", "14", "2", "0", "0", "0", "0", "16"]
    assert [cell.get("rowspan") for cell in requests.xpath("./tr[6]/th")] == ["22", None]
    assert [words_of(cell) for cell in disputes.xpath("./tr[1]/th")] == ["行政复议", "行政诉讼"]
    assert rows_of(disputes)[3][5:] == ["2", "0", "0", "0", "2", "0", "0", "1", "0", "1"]


def test_a_planted_slip_is_marked_in_its_cell_and_explained_under_its_number(read_page: ReadPage) -> None:
    page = read_page(SLIPPED)
    (cell,) = page.xpath('//td[contains(@class, "error")]')
    (link,) = cell.xpath("./a")
    (finding,) = page.xpath(f'//*[@id="{link.get("href")[1:]}"]')
    entries = dict(zip(map(words_of, finding.xpath(".//dt")), map(words_of, finding.xpath(".//dd")), strict=True))

    assert (cell.text, link.text, cell.get("title")) == ("6", "1", "第 77 行")
    assert [part.text for part in page.xpath('//td[contains(@class, "part")]')] == ["4", "1", "0", "0"]
    assert entries["两边"] == "结果维持 4 + 结果纠正 1 (其余 2 项为 0) = 5 ≠ 总计 6 相差 1"
    assert entries["原文"].startswith("第 77 行 4 │ 1 │ 0 │ 0 │ 6 │")
    assert entries["可能的原因"].startswith("原文如此")
    assert entries["依据"].startswith("国办公开办函〔2021〕30号附表四")
    assert "发现 1 处错误" in words_of(page.xpath('//*[contains(@class, "verdict")]')[0])


@pytest.mark.parametrize("slip", ["total_off", "row_total_off", "disputes_total_off"])
@pytest.mark.parametrize("layout", ["bare_cells", "html_word"])
def test_each_slip_is_marked_whatever_the_layout(read_page: ReadPage, tmp_path: Path, slip: str, layout: str) -> None:
    figures = plant_slip(generate_figures(seed=21, report_year=2022), slip, make_rng("test", slip))
    page = read_page(write_report(tmp_path, render_report(figures, layout)))
    printed = f"{figures.slips[0].printed:g}"
    assert printed in [cell.text for cell in page.xpath('//td[contains(@class, "error")]')]


def test_what_a_report_prints_is_text_and_never_markup(read_page: ReadPage, tmp_path: Path) -> None:
    hostile = SLIPPED.read_text(encoding="utf-8")
    hostile = hostile.replace("澄棹市澹岑县人民政府", "<script>alert(1)</script>县人民政府").replace("\t6\t2", '\t6"><img src=x>\t2')
    path = tmp_path / 'a"><b onclick=x>&amp;.txt'
    path.write_text(hostile.replace("一、总体情况", "一、总体情况\u202e\x1b[31m"), encoding="utf-8")
    page = read_page(path)
    assert 'a"><b onclick=x>&amp;.txt' in words_of(page.xpath('//*[@class="file"]')[0])
    assert not page.xpath("//b[@onclick]")


def test_blank_doubtful_and_absent_cells_can_be_told_apart(read_page: ReadPage, tmp_path: Path) -> None:
    text = SLIPPED.read_text(encoding="utf-8").replace("规章\t0\t0\t0", "规章\t0\t\t0")
    (tmp_path / "blank.txt").write_text(text[: text.index("（五）不予处理")], encoding="utf-8")
    page = read_page(tmp_path / "blank.txt")
    assert [cell.text for cell in page.xpath('//td[contains(@class, "blank")]')] == [None]  # whatever marks it may bear
    absent = page.xpath('//td[contains(@class, "absent")]')
    assert len(absent) == 7 * 10
    assert "文本中没有读到此表。" in words_of(page)  # 四 is cut off


def test_the_summary_counts_every_input_and_leads_to_it(read_page: ReadPage) -> None:
    page = read_page(SAMPLES / "2023")
    rows = page.xpath('//table[@class="list"]/tbody/tr')
    assert len(rows) == 10
    assert len(page.xpath('//section[@class="report"]')) == 10
    rejected = [row for row in rows if "未能核查" in words_of(row)]
    section = page.get_element_by_id(rejected[0].xpath(".//@href")[0][1:])
    assert "该文本不是政府信息公开工作年度报告" in words_of(section)


def test_quiet_leaves_out_reports_that_have_nothing_to_say(read_page: ReadPage) -> None:
    page = read_page(SAMPLES / "2025", "--quiet")
    rows = [[words_of(cell) for cell in row.xpath("./td")] for row in page.xpath('//table[@class="list"]/tbody/tr')]
    told = [row[0] for row in rows if row[3:] != ["0", "0", "0"]]
    assert (len(rows), "澄棹市澹岑县人民政府 2025 年度" in told) == (9, True)
    assert 0 < len(told) < 9
    assert [words_of(head) for head in page.xpath("//section/h2")] == told


def test_a_copied_narrative_stands_beside_the_earlier_one(read_page: ReadPage, tmp_path: Path) -> None:
    earlier = SLIPPED.read_text(encoding="utf-8").replace("2025", "2024").replace("2026", "2025")
    (tmp_path / "earlier.txt").write_text(earlier, encoding="utf-8")
    page = read_page(SLIPPED, "--history", tmp_path / "earlier.txt")
    titles = [words_of(head) for head in page.xpath('//table[@class="pair"]//th[@colspan]')]
    assert "一、总体情况 · 本机关：澄棹市澹岑县人民政府 2024 年度 · 相似度 100%" in titles
    first = page.xpath('//table[@class="pair"]/tbody/tr[1]/td')
    assert [words_of(cell).split("行")[0] for cell in first[:2]] == ["第 12–22 ", "第 12–22 "]
    assert "做好主动公开方面" in words_of(first[0]) and "做好主动公开方面" in words_of(first[1])


def test_a_single_report_has_nothing_to_be_compared_with(read_page: ReadPage) -> None:
    assert "内容雷同" not in words_of(read_page(SLIPPED))


def test_the_page_speaks_english_when_asked(read_page: ReadPage) -> None:
    page = read_page(SLIPPED, "--lang", "en")
    assert page.get("lang") == "en"
    assert "Errors found: 1." in words_of(page)
    assert "row review: upheld 4 + corrected 1" in words_of(page)


def test_a_report_from_before_2019_is_listed_by_indicator(read_page: ReadPage, tmp_path: Path) -> None:
    table = "| 统计指标 | 单位 | 统计数 |\n| 一、主动公开情况 | —— | |\n| 主动公开政府信息数 | 条 | 120 |\n| 收到申请数 | 件 | 3 |\n"
    title = "澄棹市财政局2015年政府信息公开工作年度报告\n\n2015年，我局认真做好政府信息公开工作。\n\n"
    (tmp_path / "early.txt").write_text(f"{title}政府信息公开情况统计表\n{table}", encoding="utf-8")
    page = read_page(tmp_path / "early.txt")
    rows = rows_of(page.xpath('//table[contains(@class, "statistics")]')[0])
    assert ["收到申请数", "3"] in rows


def test_nothing_to_check_is_said(read_page: ReadPage, tmp_path: Path) -> None:
    assert "没有可以核查的文件" in words_of(read_page(tmp_path))


def test_the_page_goes_to_a_file_whole_and_not_to_a_terminal(nianbao: Nianbao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "check.html"
    answer = nianbao("check", SLIPPED, "--format", "html", "--out", out)
    assert (answer.status, answer.out) == (1, "")
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert nianbao("check", SLIPPED, "--format", "html").status == 2


@pytest.mark.parametrize(
    ("value", "told"),
    [(12.0, "12"), (1243.519, "1243.519"), (123456789.12, "123456789.12"), (0.1 + 0.2, "0.3"), (-3.0, "-3"), (None, "")],
)
def test_numbers_are_written_in_full(value: float | None, told: str) -> None:
    assert say_value(value) == told


def test_both_languages_have_the_same_words() -> None:
    assert words._WORDS["zh"].keys() == words._WORDS["en"].keys()


def test_a_sentence_that_disagrees_is_quoted_with_its_number(tmp_path: Path) -> None:
    from orchestration.cli.judging import Printed
    from orchestration.cli.pages.accounts import _find_sentence

    mention = {"line": 14, "raw": "25", "sentence": "共收到申请25件，办结24件。"}
    printed = Printed("", "text/plain", [], [{**mention, "line": 3}, mention])
    assert _find_sentence({"line": 14, "raw": "25"}, printed) == ("共收到申请", "25", "件，办结24件。")
    assert _find_sentence({"line": 14, "raw": "24"}, printed) is None


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("2025年收到申请2件。", ("2025年收到申请", "2", "件。")),
        ("行政复议2件、行政诉讼2件。", ("行政复议2件、行政诉讼2件。", "", "")),  # nobody can say which
        ("收到2,000件，其中2件退回。", ("收到2,000件，其中2件退回。", "", "")),
    ],
)
def test_only_the_number_that_is_meant_stands_out(sentence: str, parts: tuple[str, str, str]) -> None:
    from orchestration.cli.judging import Printed
    from orchestration.cli.pages.accounts import _find_sentence

    printed = Printed("", "text/plain", [], [{"line": 1, "raw": "2", "sentence": sentence}])
    assert _find_sentence({"line": 1, "raw": "2"}, printed) == parts
