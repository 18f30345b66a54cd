"""The batch path: tokens by their bytes, and that it reads what the careful path reads."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from builders.documents import build_raw

from ingest.coding import NUMBER, OPEN, TokenCodes
from ingest.headings import find_headings
from ingest.interpreting import read_document
from ingest.lexicon import load_lexicon
from ingest.parsing import parse_documents
from ingest.samples import generate_figures, render_report
from ingest.tables import SECTIONS
from ingest.tokens import find_block_heads, read_batch, read_tokens


def cut(text: str, *, split_spaces: bool = False) -> list[tuple[str, int, int | None]]:
    """Text, line and plain value of every token of a text."""
    batch = read_batch(pl.Series([text]))
    tokens = read_tokens(batch, np.array([0]), batch.starts[:1], batch.starts[1:], split_spaces=split_spaces)
    texts = tokens.read_texts(batch, np.arange(len(tokens)))
    values = [int(v) if plain else None for v, plain in zip(tokens.value, tokens.is_plain, strict=True)]
    return list(zip(texts, tokens.line.tolist(), values, strict=True))


def test_tokens_stand_between_pipes_tabs_and_line_ends_with_their_line() -> None:
    assert cut("规章 | 12 ||\n\n| 1. 属于\t7\n") == [("规章", 1, None), ("12", 1, 12), ("1. 属于", 3, None), ("7", 3, 7)]


def test_spaces_and_wide_spaces_are_borders_only_where_asked() -> None:
    assert cut("规章 1\u30002") == [("规章 1\u30002", 1, None)]
    assert cut("规章 1\u30002", split_spaces=True) == [("规章", 1, None), ("1", 1, 1), ("2", 1, 2)]


@pytest.mark.parametrize(
    ("printed", "value"),
    [("0", 0), ("90", 90), ("99999999", 99999999), *((text, None) for text in ("123456789", "007", "-1", "1a", "１２"))],
)
def test_only_up_to_eight_digits_without_a_zero_in_front_are_read_as_they_stand(printed: str, value: int | None) -> None:
    assert cut(f"|{printed}|") == [(printed, 1, value)]


def test_many_blanks_and_empty_lines_shift_no_line() -> None:
    assert cut("|" + " " * 50 + "5" + " " * 50 + "|" + "\n" * 30 + "6") == [("5", 1, 5), ("6", 31, 6)]


def test_headings_begin_a_line_and_texts_do_not_run_into_each_other() -> None:
    batch = read_batch(pl.Series(["三、", "\u3000一 、总体情况\n文中五、其他需要报告的事项", "| 六、其他需要报告的事项 | 1\n"]))
    found = find_headings(batch, load_lexicon())
    assert [(int(d), int(line), SECTIONS[s]) for d, line, s in zip(found.doc, found.line, found.section, strict=True)] == [
        (1, 1, "overview"),
        (2, 1, "other"),
    ]
    assert found.text.to_list() == ["\u3000一 、总体情况", "六、其他需要报告的事项"]


def test_a_sentence_that_quotes_the_head_of_table_two_is_no_head() -> None:
    sentence = "按照《中华人民共和国政府信息公开条例》第二十条第（一）项以及其他有关规定，本机关主动公开政府信息。" * 2
    heads = find_block_heads(read_batch(pl.Series([f"{sentence}\n第二十条 第（一）项\n", "第二十条\n第（一）项", ""])))
    assert heads.counts.tolist() == [1, 0, 0]
    assert heads.places.tolist() == [len(sentence.encode()) + 1, -1, -1]


def test_words_keep_their_codes_when_nothing_but_the_codes_remembers_them() -> None:
    codes = TokenCodes(load_lexicon())
    assert codes.code(pl.Series(["1,234", "007"])).tolist() == [NUMBER, OPEN]
    first = codes.code(pl.Series(["信息内容", "12件"])).tolist()
    assert codes.code(pl.Series(["12件", "007", "信息内容", "长" * 200])).tolist() == [NUMBER, OPEN, first[0], OPEN]


@pytest.mark.parametrize("layout", ["bare_cells", "pipe_rows", "tab_rows", "markdown", "spaced_rows"])
@pytest.mark.parametrize("damage", ["none", "missing_table", "dashes_for_zero", "page_noise", "thousands_separators"])
def test_both_paths_read_the_same_cells(layout: str, damage: str) -> None:
    for seed in range(4):
        text = render_report(generate_figures(f"both-{seed}"), layout, damage if layout != "spaced_rows" else "none", seed=seed).text
        careful = read_document(text, load_lexicon(), "text/plain").cells
        cells = parse_documents(build_raw([text])).cells.select("table", "row", "column", "value", "raw", "line", "unit", "is_doubtful")
        assert sorted(cells.rows()) == sorted((c.table, c.row, c.column, c.value, c.raw, c.line, c.unit, c.is_doubtful) for c in careful)


def test_a_shifted_table_four_is_doubtful_in_a_batch_too() -> None:
    figures = generate_figures("shifted")
    shifted = [54, 15, 169, 30, 3, 92, 82, 207, 1, 2, 3, 4, 10, 3, 1]  # 92 + 82 + ... holds nowhere; 1 + 2 + 3 + 4 = 10 one place further
    keys = [key for key in figures.values if key[0] == "disputes"]
    report = render_report(replace(figures, values={**figures.values, **dict(zip(keys, map(float, shifted), strict=True))}), "bare_cells")
    cells = parse_documents(build_raw([report.text])).cells.filter(pl.col("table") == "disputes")
    assert (len(cells), cells["is_doubtful"].all()) == (15, True)
