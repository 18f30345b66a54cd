"""The corpus table of copies, from stored documents of several report years."""

from pathlib import Path

import polars as pl
import pytest

from expectations.catalogue import load_catalogue
from ingest.samples import generate_reports
from orchestration.copying import refresh_copies
from orchestration.refreshing import list_stale, refresh_partition, refresh_raw
from orchestration.settings import Settings
from orchestration.storage import Storage

OWN = """围绕群众最关心的供水供电事项，把办事条件、办理时限和收费依据逐条列明，并在服务窗口张贴。
对网站栏目作了调整，停用长期没有更新的三个栏目，把内容并入新设的惠民政策专题。
请退休教师和社区网格员担任监督员，每季度查看公示栏，把看不懂的地方记下来交给编辑修改。"""


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """Two years of one agency with the same narrative, figures and lines of their own."""
    folder = tmp_path / "in"
    folder.mkdir()
    sample = next(iter(generate_reports(1, seed=3)))
    for year in (2022, 2023):
        text = f"临江市财政局{year}年政府信息公开工作年度报告\n一、总体情况\n{OWN}\n全年发布信息{year - 1900}条。\n"
        (folder / f"{year}.txt").write_text(text + "\n" * (year - 2022) + sample_tables(sample.text), "utf-8")
    settings = Settings(home=tmp_path / "home", reports=(folder,))
    storage = Storage(settings.paths)
    refresh_raw(settings, storage)
    for partition in list_stale(storage, load_catalogue()):
        refresh_partition(partition, storage, load_catalogue())
    return storage


def sample_tables(text: str) -> str:
    return text[text.index("二、主动公开") :]


def test_last_years_narrative_is_found_over_partitions_with_its_lines(storage):
    record, is_new = refresh_copies(storage)
    assert is_new
    copies = storage.read_copies()
    assert copies is not None
    row = copies.filter(section="overview").row(0, named=True)
    assert (row["report_year"], row["other_report_year"], row["is_same_agency"], row["similarity"]) == (2023, 2022, True, 1.0)
    assert (row["start_line"], row["end_line"], row["passage_count"]) == (3, 6, 1)
    assert record.counts.narratives == 6


def test_an_unchanged_corpus_is_not_searched_again_and_gives_the_same_bytes_when_it_is(storage):
    refresh_copies(storage)
    table = storage.paths.corpus / "copies.parquet"
    first = table.read_bytes()
    assert refresh_copies(storage)[1] is False
    (storage.paths.corpus / "copies.json").unlink()
    assert refresh_copies(storage)[1] is True
    assert table.read_bytes() == first


def test_a_table_of_an_older_version_is_replaced_and_not_read(storage):
    refresh_copies(storage)
    table, record = (storage.paths.corpus / name for name in ("copies.parquet", "copies.json"))
    pl.DataFrame({"document_id": ["a"]}).write_parquet(table)
    record.write_text(record.read_text("utf-8").replace('"made_from": "', '"made_from": "older'), "utf-8")
    assert refresh_copies(storage)[1] is True
    assert storage.read_copies() is not None


def test_a_corpus_without_any_report_has_an_empty_table(tmp_path):
    storage = Storage(Settings(home=tmp_path, reports=(tmp_path,)).paths)
    record, _ = refresh_copies(storage)
    copies = storage.read_copies()
    assert copies is not None and copies.is_empty()
    assert record.counts.narratives == 0


def test_dbt_finds_the_table_before_the_first_search(tmp_path):
    storage = Storage(Settings(home=tmp_path, reports=(tmp_path,)).paths)
    snapshot, _ = storage.take_snapshot()
    assert (snapshot / "copies" / "corpus.parquet").exists()
