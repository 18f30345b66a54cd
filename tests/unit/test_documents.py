import hashlib
from pathlib import Path

import polars as pl
import pytest

from ingest.documents import build_documents, find_unchanged, iter_document_batches
from ingest.errors import Issue, StorageError
from ingest.reading import Input, ReadLimits, scan_inputs
from ingest.tables import RAW_DOCUMENTS, RAW_SIGHTINGS

REPORT = "甲县乙局2023年政府信息公开工作年度报告\n一、总体情况\n2023年，乙局认真办理。\n"


def file_input(source: str, data: bytes, media_type: str = "text/plain") -> Input:
    return Input(source, data, None, media_type, len(data), 7, None, None)


def row_input(source: str, text: str) -> Input:
    return Input(source, None, text, "text/plain", len(text.encode()), 7, None, None)


def refused_input(source: str) -> Input:
    return Input(source, None, None, "application/octet-stream", 99, 7, Issue.UNSUPPORTED, "no reader")


def test_the_same_bytes_in_two_places_are_one_document_and_two_sightings() -> None:
    documents, sightings = build_documents([file_input("a.txt", REPORT.encode()), file_input("b.txt", REPORT.encode())])
    digest = hashlib.sha256(REPORT.encode()).hexdigest()
    assert documents.to_dicts() == [
        {
            "document_id": digest,
            "report_year": 2023,
            "media_type": "text/plain",
            "encoding": "utf-8",
            "byte_count": len(REPORT.encode()),
            "text": REPORT,
            "issue": None,
            "detail": None,
        }
    ]
    assert sightings.select("source", "document_id", "report_year").rows() == [("a.txt", digest, 2023), ("b.txt", digest, 2023)]


def test_a_corpus_row_and_a_utf8_file_of_the_same_text_are_one_document() -> None:
    documents, sightings = build_documents([row_input("c.jsonl#0", REPORT), file_input("a.txt", REPORT.encode())])
    assert (documents.height, sightings.height) == (1, 2)


def test_other_bytes_of_the_same_text_are_another_document() -> None:
    documents, _ = build_documents([file_input("a.txt", REPORT.encode()), file_input("b.txt", REPORT.encode("gb18030"))])
    assert documents.get_column("text").to_list() == [REPORT, REPORT]
    assert documents.get_column("encoding").to_list() == ["utf-8", "gb18030"]


def test_a_document_that_cannot_be_decoded_keeps_its_row_with_the_issue() -> None:
    documents, sightings = build_documents([file_input("a.txt", b"\x00\x01\x02\xff"), file_input("b.txt", b"")])
    assert documents.select("text", "issue", "report_year").rows() == [(None, "undecodable", None), (None, "empty", None)]
    assert sightings.get_column("document_id").null_count() == 0


def test_an_input_without_bytes_is_a_sighting_without_a_document() -> None:
    documents, sightings = build_documents([refused_input("a.pdf")])
    assert documents.height == 0
    assert sightings.to_dicts() == [
        {
            "source": "a.pdf",
            "document_id": None,
            "report_year": None,
            "byte_count": 99,
            "modified_ns": 7,
            "issue": "unsupported",
            "detail": "no reader",
        }
    ]


def test_no_input_gives_empty_frames_of_the_declared_schemas() -> None:
    documents, sightings = build_documents([])
    assert (documents.schema, sightings.schema) == (RAW_DOCUMENTS, RAW_SIGHTINGS)
    assert (documents.height, sightings.height) == (0, 0)


def test_the_declared_schemas_hold_for_every_batch() -> None:
    for documents, sightings in iter_document_batches([refused_input("a.pdf"), file_input("b.txt", b"b")], size=1):
        assert (documents.schema, sightings.schema) == (RAW_DOCUMENTS, RAW_SIGHTINGS)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_batches_hold_the_same_rows_as_one_build_whatever_their_size(size: int) -> None:
    inputs = [
        file_input("a.txt", REPORT.encode()),
        refused_input("b.pdf"),
        file_input("c.txt", REPORT.encode()),
        file_input("d.txt", b"other"),
        row_input("e.jsonl#0", REPORT),
    ]
    batches = list(iter_document_batches(inputs, size=size))
    assert max(sightings.height for _, sightings in batches) <= size
    documents, sightings = build_documents(inputs)
    assert pl.concat([batch for batch, _ in batches]).equals(documents)
    assert pl.concat([batch for _, batch in batches]).equals(sightings)
    assert documents.get_column("document_id").n_unique() == documents.height == 2
    assert sightings.height == len(inputs)


def test_a_second_scan_reads_only_what_changed_and_loses_no_sighting(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.txt").write_text(REPORT, encoding="utf-8")
    (folder / "b.txt").write_text("old", encoding="utf-8")
    (folder / "c.png").write_bytes(b"PNG")
    _, first = build_documents(scan_inputs([folder]))
    (folder / "b.txt").write_text("newer", encoding="utf-8")
    inputs = list(scan_inputs([folder], unchanged=find_unchanged(first)))
    assert [item.is_unchanged for item in inputs] == [True, False, False]
    documents, second = build_documents(inputs, first)
    assert documents.get_column("text").to_list() == ["newer"]
    assert second.get_column("source").to_list() == ["reports/a.txt", "reports/b.txt", "reports/c.png"]
    assert second.row(0) == first.row(0)


def test_a_refused_input_is_tried_again_when_the_limit_is_raised(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("0123456789")
    _, first = build_documents(scan_inputs([tmp_path / "a.txt"], ReadLimits(max_bytes=5)))
    assert first.get_column("issue").to_list() == ["too_large"]
    documents, _ = build_documents(scan_inputs([tmp_path / "a.txt"], unchanged=find_unchanged(first)), first)
    assert documents.get_column("text").to_list() == ["0123456789"]


def test_an_unchanged_input_without_an_earlier_sighting_is_the_callers_mistake() -> None:
    unchanged = Input("a.txt", None, None, "text/plain", 3, 7, None, None)
    with pytest.raises(StorageError, match=r"a\.txt is unchanged but has no earlier sighting"):
        build_documents([unchanged])


def test_html_is_stored_as_the_text_that_line_numbers_refer_to() -> None:
    html = "<p>甲县乙局2022年政府信息公开工作年度报告</p><p>发布日期：2023-01-05</p><table><tr><td>规章</td><td>0</td></tr></table>"
    documents, _ = build_documents([file_input("a.html", html.encode(), "text/html")])
    row = documents.row(0, named=True)
    assert row["text"] == "甲县乙局2022年政府信息公开工作年度报告\n发布日期：2023-01-05\n| 规章 | 0 |\n"
    assert (row["report_year"], row["byte_count"]) == (2022, len(html.encode()))


def test_two_builds_of_the_same_inputs_are_equal() -> None:
    inputs = [file_input("a.txt", REPORT.encode()), refused_input("b.pdf")]
    first, second = build_documents(inputs), build_documents(inputs)
    assert first[0].equals(second[0])
    assert first[1].equals(second[1])
