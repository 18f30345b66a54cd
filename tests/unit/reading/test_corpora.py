import json
from pathlib import Path

import polars as pl
import pytest

from ingest.errors import Issue
from ingest.reading import Input, ReadLimits, scan_inputs


def scan(path: Path, limits: ReadLimits | None = None) -> list[Input]:
    return list(scan_inputs([path], limits or ReadLimits()))


def write_jsonl(path: Path, rows: list[object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("column", ["text", "content", "full_text", "body"])
def test_rows_of_both_kinds_of_corpus_are_inputs(tmp_path: Path, column: str) -> None:
    rows = [{"id": 1, column: "甲"}, {"id": 2, column: "乙乙"}]
    for path in (write_jsonl(tmp_path / "c.jsonl", rows), tmp_path / "c.parquet"):
        if path.suffix == ".parquet":
            pl.DataFrame(rows).write_parquet(path)
        modified = path.stat().st_mtime_ns
        assert scan(path) == [
            Input(f"{path.name}#0", None, "甲", "text/plain", 3, modified, None, None),
            Input(f"{path.name}#1", None, "乙乙", "text/plain", 6, modified, None, None),
        ]


def test_the_first_text_column_in_the_order_of_names_counts(tmp_path: Path) -> None:
    row = {"body": "b", "text": "t"}
    assert scan(write_jsonl(tmp_path / "c.jsonl", [row]))[0].text == "t"
    pl.DataFrame([row]).write_parquet(tmp_path / "c.parquet")
    assert scan(tmp_path / "c.parquet")[0].text == "t"


def test_a_corpus_without_a_text_column_is_one_unsupported_input(tmp_path: Path) -> None:
    rows = [{"file": "a.txt", "year": 2023}, {"file": "b.txt", "year": 2022}]
    (item,) = scan(write_jsonl(tmp_path / "index.jsonl", rows))
    assert (item.source, item.issue) == ("index.jsonl", Issue.UNSUPPORTED)
    assert item.detail == "2 rows, no column is named text, content, full_text, body"
    pl.DataFrame(rows).write_parquet(tmp_path / "index.parquet")
    (item,) = scan(tmp_path / "index.parquet")
    assert (item.source, item.issue) == ("index.parquet", Issue.UNSUPPORTED)


def test_a_parquet_text_column_of_numbers_is_unsupported(tmp_path: Path) -> None:
    pl.DataFrame({"text": [1, 2]}).write_parquet(tmp_path / "c.parquet")
    assert [item.issue for item in scan(tmp_path / "c.parquet")] == [Issue.UNSUPPORTED]


def test_bad_rows_among_good_ones_are_inputs_each_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    lines = ['{"id": 0}', "no json", '{"text": "甲"}', "", '{"text": 5}', "[1]", '{"text": null}', '{"text": "\\ud800"}', '{"text": ""}']
    path.write_text("\n".join(lines), encoding="utf-8")
    assert [(item.source, item.issue, item.text) for item in scan(path)] == [
        ("c.jsonl#0", Issue.UNSUPPORTED, None),
        ("c.jsonl#1", Issue.UNREADABLE, None),
        ("c.jsonl#2", None, "甲"),
        ("c.jsonl#3", Issue.UNSUPPORTED, None),
        ("c.jsonl#4", Issue.UNSUPPORTED, None),
        ("c.jsonl#5", None, None),
        ("c.jsonl#6", Issue.UNDECODABLE, None),
        ("c.jsonl#7", None, ""),
    ]


def test_a_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_bytes(b'\xef\xbb\xbf{"text": "a"}\r\n{"text": "b"}\r\n')
    assert [item.text for item in scan(tmp_path / "c.jsonl")] == ["a", "b"]


@pytest.mark.parametrize("data", [b"", b"\n\n"])
def test_a_corpus_without_rows_is_one_empty_input(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "c.jsonl").write_bytes(data)
    assert [(item.source, item.issue) for item in scan(tmp_path / "c.jsonl")] == [("c.jsonl", Issue.EMPTY)]
    pl.DataFrame({"text": []}, schema={"text": pl.String}).write_parquet(tmp_path / "c.parquet")
    assert [(item.source, item.issue) for item in scan(tmp_path / "c.parquet")] == [("c.parquet", Issue.EMPTY)]


def test_a_row_over_the_limit_is_too_large_and_the_next_is_read(tmp_path: Path) -> None:
    rows: list[object] = [{"text": "x" * 101}, {"text": "x" * 5000}, {"text": "y"}]
    inputs = scan(write_jsonl(tmp_path / "c.jsonl", rows), ReadLimits(max_bytes=100))
    assert [(item.source, item.issue, item.text) for item in inputs] == [
        ("c.jsonl#0", Issue.TOO_LARGE, None),
        ("c.jsonl#1", Issue.TOO_LARGE, None),
        ("c.jsonl#2", None, "y"),
    ]


def test_a_broken_parquet_file_is_one_unreadable_input(tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    pl.DataFrame({"text": ["a"] * 100}).write_parquet(path)
    whole = path.read_bytes()
    for data in (b"", b"PAR1", whole[:-20], b"x" * 200):
        path.write_bytes(data)
        assert [(item.source, item.issue) for item in scan(path)] == [("c.parquet", Issue.UNREADABLE)]


def test_a_long_parquet_corpus_keeps_order_and_numbers_over_its_batches(tmp_path: Path) -> None:
    texts = [f"第{number}行" for number in range(5000)]
    pl.DataFrame({"text": texts}).write_parquet(tmp_path / "c.parquet", row_group_size=700)
    inputs = scan(tmp_path / "c.parquet")
    assert [item.text for item in inputs] == texts
    assert [item.source for item in inputs] == [f"c.parquet#{number}" for number in range(5000)]


def test_a_parquet_name_with_wildcards_is_a_name(tmp_path: Path) -> None:
    pl.DataFrame({"text": ["a"]}).write_parquet(tmp_path / "c[1].parquet")
    assert [item.source for item in scan(tmp_path / "c[1].parquet")] == ["c[1].parquet#0"]


def test_unchanged_rows_are_recognised_by_number_and_size(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "c.jsonl", [{"text": "甲"}, {"text": "乙"}])
    inputs = list(scan_inputs([path], unchanged=lambda source, byte_count, _: (source, byte_count) == ("c.jsonl#0", 3)))
    assert [item.is_unchanged for item in inputs] == [True, False]
