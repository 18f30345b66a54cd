import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import Issue
from ingest.reading import read_bytes, read_row_text
from ingest.reading.html import render_html


def read_lines(html: str) -> list[str]:
    result = read_bytes(html.encode(), "text/html")
    assert result.text is not None, result
    assert result.text.endswith("\n")
    return result.text.removesuffix("\n").split("\n")


def test_blocks_and_breaks_end_lines_and_inline_markup_does_not() -> None:
    assert read_lines("<h1>甲县乙局</h1><p>一、总<b>体</b>情况<br>共<span>1</span><span>2</span>件</p>文尾<div>丙</div>") == [
        "甲县乙局",
        "一、总体情况",
        "共12件",
        "文尾",
        "丙",
    ]


def test_a_page_on_one_line_and_a_pretty_printed_page_read_the_same() -> None:
    cells = "<tr><td>规章</td><td>1</td><td>&nbsp;</td></tr>"
    pretty = "<table>\n  <tbody>\n <tr>\n <td>\n <p>规章</p></td>\n<td>1</td>\n<td>\n&nbsp;</td>\n</tr>\n</tbody></table>"
    assert read_lines(f"<p>二</p><table>{cells}</table>") == ["二", "| 规章 | 1 |  |"]
    assert read_lines(f"<p>二</p>{pretty}") == ["二", "| 规章 | 1 |  |"]


def test_a_blank_cell_a_dash_and_a_zero_stay_three_things() -> None:
    assert read_lines("<table><tr><td>许可</td><td>&nbsp;</td><td>-</td><td>0</td><td></td></tr></table>") == ["| 许可 |  | - | 0 |  |"]


def test_word_markup_leaves_only_its_text() -> None:
    cell = '<td colspan="3" valign="top"><p class="MsoNormal"><span>一</span><span>、新收<o:p></o:p></span></p></td>'
    assert read_lines(f"<table><tr>{cell}<td><p><o:p>&nbsp;</o:p></p></td><td>26</td></tr></table>") == ["| 一、新收 |||  | 26 |"]


def test_spans_keep_the_columns_of_the_grid() -> None:
    html = """<table>
      <tr><td colspan="3">新收</td><td>5</td><td>5</td></tr>
      <tr><td rowspan="3">结果</td><td colspan="2">予以公开</td><td>1</td><td>1</td></tr>
      <tr><td rowspan="2">不予公开</td><td>秘密</td><td>2</td><td>2</td></tr>
      <tr><td>禁止</td><td>3</td><td>3</td></tr>
      <tr><td colspan="3">结转</td><td>4</td><td>4</td></tr>
    </table>"""
    lines = read_lines(html)
    assert lines == [
        "| 新收 ||| 5 | 5 |",
        "| 结果 | 予以公开 || 1 | 1 |",
        "|| 不予公开 | 秘密 | 2 | 2 |",
        "||| 禁止 | 3 | 3 |",
        "| 结转 ||| 4 | 4 |",
    ]
    assert {line.count("|") for line in lines} == {6}


def test_a_rowspan_at_the_end_of_a_row_leaves_its_place_empty_below() -> None:
    html = '<table><tr><td>甲</td><td rowspan="2">总计</td></tr><tr><td>乙</td></tr></table>'
    assert read_lines(html) == ["| 甲 | 总计 |", "| 乙 ||"]


def test_a_short_row_gets_no_invented_cells() -> None:
    assert read_lines("<table><tr><td>甲</td><td>1</td><td>2</td></tr><tr><td>乙</td><td>3</td></tr></table>") == [
        "| 甲 | 1 | 2 |",
        "| 乙 | 3 |",
    ]


@pytest.mark.parametrize("span", ["0", "-1", "x", "", "999999999"])
def test_absurd_spans_neither_raise_nor_explode(span: str) -> None:
    lines = read_lines(f'<table><tr><td colspan="{span}" rowspan="{span}">甲</td><td>1</td></tr><tr><td>乙</td></tr></table>')
    assert "甲" in lines[0]
    assert "乙" in lines[1]
    assert sum(map(len, lines)) < 1000


def test_a_line_break_in_a_cell_is_a_space_and_a_pipe_is_replaced() -> None:
    assert read_lines("<table><tr><td>商业<br>企业</td><td>1|2</td></tr></table>") == ["| 商业 企业 | 1\uff5c2 |"]


def test_a_layout_table_is_read_as_blocks_and_the_table_inside_as_rows() -> None:
    inner = "<table><tr><td>规章</td><td>3</td></tr></table>"
    html = f"<table><tr><td>首页</td><td><p>一、总体情况</p>{inner}<p>文尾</p></td></tr></table>"
    assert read_lines(html) == ["首页", "一、总体情况", "| 规章 | 3 |", "文尾"]


def test_a_table_of_one_column_is_prose() -> None:
    assert read_lines("<table><tr><td><p>甲</p><p>乙</p></td></tr></table>") == ["甲", "乙"]


def test_a_cell_as_long_as_a_chapter_is_prose() -> None:
    prose = "本机关依法公开。" * 60
    assert read_lines(f"<table><tr><td>栏目</td><td><p>{prose}</p><p>丙</p></td></tr></table>") == ["栏目", prose, "丙"]


def test_scripts_styles_heads_and_comments_are_not_content() -> None:
    html = (
        "<html><head><title>网站</title><style>p{}</style></head><body><!-- 注 --><script>var a = 1;</script>"
        "<noscript>x</noscript><nav>导航</nav><p>正文</p></body></html>"
    )
    assert read_lines(html) == ["导航", "正文"]


def test_text_that_stands_between_rows_is_not_lost() -> None:
    lines = read_lines("<table>单位：件<caption>表一</caption><tr>杂<td>甲</td><td>1</td></tr></table>")
    assert lines[-1] == "| 甲 | 1 |"
    assert {"单位：件", "杂", "表一"} <= set(lines)


def test_preformatted_text_keeps_its_lines() -> None:
    assert read_lines("<pre>一、总体情况\n规章 0 0 0</pre>") == ["一、总体情况", "规章 0 0 0"]


def test_entities_are_characters() -> None:
    assert read_lines("<p>&lt;规划&gt;&ldquo;甲&rdquo;&#20214;</p>") == ["<规划>“甲”件"]


@pytest.mark.parametrize("label", ["gb2312", "GBK", "gb18030"])
def test_the_declared_charset_is_honoured(label: str) -> None:
    html = f'<html><head><meta charset="{label}"></head><body><p>規劃的公开，一件</p></body></html>'
    result = read_bytes(html.encode("gb18030"), "text/html")
    assert (result.text, result.encoding) == ("規劃的公开，一件\n", "gb18030")


def test_a_wrong_declaration_falls_back_to_the_bytes() -> None:
    html = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8"><p>规章的公开数量，共一件</p>'
    assert read_bytes(html.encode("gb18030"), "text/html").encoding == "gb18030"
    unknown = html.replace("utf-8", "no-such-charset").encode()
    assert read_bytes(unknown, "text/html").text == "规章的公开数量，共一件\n"


def test_a_byte_order_mark_goes_before_the_declaration() -> None:
    html = '\ufeff<meta charset="gb2312"><p>公开</p>'
    assert read_bytes(html.encode(), "text/html").text == "公开\n"


def test_html_in_a_text_file_is_recognised() -> None:
    result = read_bytes(b"<!DOCTYPE html><html><body><p>a</p><p>b</p></body></html>", "text/plain")
    assert (result.text, result.media_type) == ("a\nb\n", "text/html")


def test_a_row_of_a_corpus_is_html_only_when_it_clearly_is() -> None:
    assert read_row_text("<p>甲</p><table><tr><td>规章</td><td>0</td></tr></table>").text == "甲\n| 规章 | 0 |\n"
    assert read_row_text("<甲>不是标记").text == "<甲>不是标记"
    assert read_row_text("甲 <p> 乙").text == "甲 <p> 乙"
    assert read_row_text("  ").issue is Issue.EMPTY


def test_a_page_without_text_is_empty() -> None:
    assert read_bytes(b"<html><body><script>1</script></body></html>", "text/html").issue is Issue.EMPTY


def test_deep_nesting_loses_no_text() -> None:
    depth = 3000
    html = "<div>" * depth + "底" + "</div>" * depth
    result = read_bytes(html.encode(), "text/html")
    assert result.text == "底\n" or result.issue is Issue.UNDECODABLE


def test_tables_nested_without_end_do_not_raise() -> None:
    html = "<table><tr><td>" * 2000 + "底"
    result = read_bytes(html.encode(), "text/html")
    assert result.text == "底\n" or result.issue is Issue.UNDECODABLE


def test_an_xml_declaration_is_no_obstacle() -> None:
    html = '<?xml version="1.0" encoding="gb2312"?><html><body><p>甲</p></body></html>'
    assert read_lines(html) == ["甲"]


CELL_TEXTS = st.lists(st.lists(st.sampled_from(["", "0", "12", "-", "规章", "+3"]), min_size=2, max_size=8), min_size=1, max_size=6)


@settings(max_examples=100, deadline=None)
@given(CELL_TEXTS)
def test_every_cell_of_every_row_comes_out_in_order(rows: list[list[str]]) -> None:
    html = "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"
    result = read_bytes(html.encode(), "text/html")
    expected = [row for row in rows if any(row)]
    lines = [] if result.text is None else result.text.splitlines()
    assert [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines] == expected


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>/tablerdhp =\"'&;!-甲0\x00", max_size=200))
def test_no_markup_raises(markup: str) -> None:
    result = read_bytes(markup.encode(), "text/html")
    assert (result.text is None) == (result.issue is not None)


LINKS = "".join(
    f'<li><a href="/{year}.html">乙市丙局{year}年政府信息公开工作年度报告</a><span>{year + 1}-01-20</span></li>'
    for year in range(2010, 2023)
)


def test_lists_of_links_to_other_reports_are_not_content_and_the_title_block_is() -> None:
    menu = "".join(f'<li><a href="/c{n}">栏目{n}</a></li>' for n in range(80))
    html = f"""<body><div class="top"><ul>{menu}</ul></div>
      <div class="side"><h3>相关文档</h3><ul>{LINKS}</ul></div>
      <table><tr><td>索引号</td><td>014416330/2024-00012</td><td>发布机构</td><td>甲县乙局</td></tr></table>
      <h1>甲县乙局2023年政府信息公开工作年度报告</h1>
      <p>见<a href="/a">附件一</a>、<a href="/b">附件二</a>和<a href="/c">附件三</a>，共3件。</p>
      <table><tr><td>规章</td><td>3</td></tr></table>
      <div>主办：甲县政府 网站标识码：3202810009 <a href="/b">苏公网安备 32028102000123号</a> <a href="/i">苏ICP备05001234号</a>
      <a href="/m">网站地图</a></div></body>"""
    assert read_lines(html) == [
        "| 索引号 | 014416330/2024-00012 | 发布机构 | 甲县乙局 |",
        "甲县乙局2023年政府信息公开工作年度报告",
        "见附件一、附件二和附件三，共3件。",
        "| 规章 | 3 |",
        "主办：甲县政府 网站标识码：3202810009 苏公网安备 32028102000123号 苏ICP备05001234号 网站地图",
    ]


def test_a_list_of_links_in_a_layout_table_is_dropped_and_the_report_beside_it_stays() -> None:
    links = LINKS.replace("li>", "td>").replace("<td>", "<tr><td>")
    html = f"<table><tr><td><table>{links}</table></td><td><p>一、总体情况</p></td></tr></table>"
    assert read_lines(html) == ["一、总体情况"]


def test_links_within_the_page_and_few_links_are_content() -> None:
    toc = '<ul><li><a href="#1">一、总体情况</a></li><li><a href="#2">二、主动公开</a></li><li><a href="#3">三、申请</a></li></ul>'
    assert read_lines(toc) == ["一、总体情况", "二、主动公开", "三、申请"]
    assert read_lines('<p><a href="/1">附件1</a><a href="/2">附件2</a></p>') == ["附件1附件2"]


def test_a_table_whose_labels_are_links_keeps_its_rows() -> None:
    rows = "".join(f'<tr><td><a href="/{n}">规章{n}</a></td><td>{n}</td></tr>' for n in range(5))
    other = "<table><tr><td>行政许可</td><td>3</td></tr></table>"
    assert read_lines(f"<table>{rows}</table>{other}") == [*(f"| 规章{n} | {n} |" for n in range(5)), "| 行政许可 | 3 |"]


def test_a_page_that_is_nothing_but_links_is_read_whole() -> None:
    assert len(read_lines(f"<ul>{LINKS}</ul>")) == 13


def test_what_is_not_shown_is_not_read() -> None:
    html = (
        '<div style="DISPLAY : none"><table><tr><td>规章</td><td>9</td></tr></table></div><p hidden>旧</p>'
        "<select><option>2019年报告</option></select>"
        "<table><tr><td>规章</td><td>3<span style='display:none'>7</span></td></tr></table>尾"
    )
    assert read_lines(html) == ["| 规章 | 3 |", "尾"]


def test_a_report_that_a_script_would_unhide_is_read() -> None:
    assert read_lines('<p>标题</p><div style="display:none"><table><tr><td>规章</td><td>9</td></tr></table></div>') == [
        "标题",
        "| 规章 | 9 |",
    ]


def test_the_mark_of_a_note_is_no_digit_of_the_number_before_it() -> None:
    assert read_lines("<table><tr><td>规章</td><td>5<sup>2</sup></td></tr></table>") == ["| 规章 | 5 2 |"]


def test_a_page_whose_start_is_a_comment_or_a_table_is_recognised() -> None:
    assert read_bytes(b"<!-- saved from url=(0014)about:internet -->\r\n<html><p>a</p><p>b</p></html>", "text/plain").text == "a\nb\n"
    assert read_bytes(b"<table><tr><td>a</td><td>1</td></tr></table>", "application/vnd.ms-excel").text == "| a | 1 |\n"


def test_rows_that_a_span_announces_and_that_are_not_there_are_shown_as_covered() -> None:
    page = "<table><tr><td rowspan='4'>三、本年度办理结果</td><td>（一）予以公开</td><td>1</td></tr></table>"
    assert render_html(page, "utf-8").text == "| 三、本年度办理结果 | （一）予以公开 | 1 |\n||\n||\n||\n"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<p><span> 3 </span></p>", "3"),
        ("<p>1</p><p>2</p>", "1 2"),
        ("x<p>1</p>", "x 1"),
        ("<p>1</p>y", "1 y"),
        ("<p>1<sup>2</sup></p>", "1 2"),
        ("<p><style>p {}</style></p>", ""),
        ("<!-- a note -->4", "4"),
        ("<p>|</p>", "\uff5c"),
    ],
)
def test_the_text_of_a_cell_is_that_of_all_it_holds(cell: str, text: str) -> None:
    rows = read_lines(f"<table><tr><td>规章</td><td>{cell}</td></tr><tr><td>a</td><td>b</td></tr></table>")
    assert rows == [f"| 规章 | {text} |", "| a | b |"]


@pytest.mark.parametrize(
    "mark", ["<del>46</del>", "<s>46</s>", "<strike>46</strike>", '<span style="text-decoration: line-through">46</span>']
)
def test_a_struck_out_figure_is_not_read_and_the_one_beside_it_is(mark: str) -> None:
    row = f"<tr><td>规章</td><td>{mark}12</td><td>{mark}</td><td>{mark}<ins>0</ins></td></tr>"
    assert read_lines(f"<table>{row}</table>") == ["| 规章 | 12 |  | 0 |"]


def test_html_tables_inside_a_plain_text_are_read_by_row() -> None:
    text = '# 年度报告\n\n<table><tr><td colspan="2">第二十条</td></tr>\n<tr><td>规章</td><td>1 < 2</td></tr></table>\n正文 <br> 5\n'
    result = read_bytes(text.encode(), "text/plain")
    assert result.text == "# 年度报告\n\n\n| 第二十条 ||\n| 规章 | 1 < 2 |\n\n正文 <br> 5\n"
    corpus_row = read_row_text(text)
    assert corpus_row.text == result.text
    plain = "没有表格的文字 <td 1\n"
    assert read_bytes(plain.encode(), "text/plain").text == plain
