"""Bytes of any kind, reports cut, shuffled and doubled, and shapes made to exhaust a reader: one outcome each, no exception, no hang."""

import time
from functools import cache

import polars as pl
import pytest
from builders.documents import build_raw
from hypothesis import given, settings
from hypothesis import strategies as st
from properties.cases import build_case
from properties.hostile_shapes import HOSTILE
from properties.judging import judge_cases, read_case

from ingest.parsing import parse_documents
from ingest.reading.readers import read_bytes
from ingest.samples import LAYOUTS
from ingest.tables import RAW_DOCUMENTS

MOST_SECONDS = 20
"""Of processor time for one hostile document. Each takes less than a second when nothing is quadratic, but 10,000 heads of table 二
take 4 to 7 by the machine; what is quadratic takes minutes."""

STRANGE = "\x00\x01\x0b\x0c\x1f\x85\u200b\u2028\ufeff\ufffe\U0010ffff|\t 　0９７٣-—,.()（件元一二三第总计"

steady = settings(derandomize=True, deadline=None, database=None, max_examples=60)


@cache
def render_text(layout: str, seed: int) -> str:
    return read_case(build_case(layout, "none", seed % 3, seed))


texts = st.builds(render_text, st.sampled_from(sorted(LAYOUTS)), st.integers(0, 2))


def assert_one_outcome(raw: pl.DataFrame) -> None:
    parsed = parse_documents(raw)
    assert parsed.outcomes_by_document["document_id"].to_list() == sorted(raw["document_id"])
    assert not parsed.reports["document_id"].is_duplicated().any()
    assert not parsed.cells.select("document_id", "table", "row", "column").is_duplicated().any(), "a cell was read twice"
    read = parsed.cells.filter(pl.col("value").is_not_null())
    assert read["value"].is_finite().all()
    assert parsed.cells.join(raw, on="document_id").select((pl.col("line") <= pl.col("text").str.count_matches("\n") + 1).all()).item()


@steady
@given(st.binary(max_size=2000), st.sampled_from(["text/plain", "text/html", "text/markdown", "application/octet-stream"]))
def test_any_bytes_have_one_outcome(data: bytes, media_type: str) -> None:
    content = read_bytes(data, media_type)
    assert (content.text is None) == (content.issue is not None)
    row = {"document_id": "a" * 64, "media_type": media_type, "byte_count": len(data), "text": content.text, "issue": content.issue}
    parsed = parse_documents(pl.DataFrame([row], schema=RAW_DOCUMENTS))
    assert len(parsed.outcomes_by_document) == 1
    assert parsed.outcomes_by_document["status"].item() == "rejected" or content.text is not None


@steady
@given(texts, st.data())
def test_damaged_bytes_of_a_report_have_one_outcome(text: str, data: st.DataObject) -> None:
    content = bytearray(text.encode(data.draw(st.sampled_from(["utf-8", "gb18030", "utf-16"]))))
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    decoded = read_bytes(bytes(content), "text/plain").text
    if decoded is not None:
        assert_one_outcome(build_raw([decoded]))


@steady
@given(texts, st.data())
def test_a_cut_shuffled_or_doubled_report_has_one_outcome(text: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    start, end = sorted((data.draw(st.integers(0, len(lines))), data.draw(st.integers(0, len(lines)))))
    change = data.draw(st.sampled_from(["cut", "cut out", "shuffled", "turned", "doubled", "woven", "cut at a character"]))
    changed = {
        "cut": lines[start:end],
        "cut out": lines[:start] + lines[end:],
        "shuffled": lines[:start] + data.draw(st.randoms(use_true_random=False)).sample(lines[start:end], end - start) + lines[end:],
        "turned": lines[::-1],
        "doubled": lines + lines,
        "woven": [line for line in lines for _ in (0, 1)],
        "cut at a character": text[: data.draw(st.integers(0, len(text)))].split("\n"),
    }[change]
    assert_one_outcome(build_raw(["\n".join(changed)]))


@steady
@given(texts, st.lists(st.tuples(st.floats(0, 1), st.text(STRANGE, min_size=1, max_size=6)), min_size=1, max_size=30))
def test_strange_characters_anywhere_leave_one_outcome(text: str, insertions: list[tuple[float, str]]) -> None:
    for place, strange in insertions:
        at = int(place * len(text))
        text = text[:at] + strange + text[at:]
    assert_one_outcome(build_raw([text]))


@pytest.mark.parametrize("shape", HOSTILE)
def test_a_hostile_shape_is_read_in_bounded_time(shape: str) -> None:
    make, media_type = HOSTILE[shape]
    content = make().encode()
    started = time.process_time()
    text = read_bytes(content, media_type).text
    if text is not None:
        assert_one_outcome(build_raw([text], media_type))
    assert time.process_time() - started < MOST_SECONDS


def test_a_report_that_ends_at_any_place_gives_no_wrong_number() -> None:
    cases = [
        build_case(layout, "cut anywhere", 0, f"end {seed}") for layout in ("bare_cells", "pipe_rows", "close_cells") for seed in range(100)
    ]
    assert [error for verdict in judge_cases(cases) for error in verdict.silent] == []
