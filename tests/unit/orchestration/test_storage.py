import fcntl
import threading
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from expectations.decisions.tables import DECISIONS
from expectations.recording import GATE_RESULTS
from ingest.errors import StorageError
from ingest.tables import CELLS, RAW_DOCUMENTS, RAW_SIGHTINGS, STAGING_TABLES, conform, empty
from orchestration.manifests import PartitionManifest, digest_manifests
from orchestration.settings import Paths
from orchestration.storage import Storage, scan_snapshot, sort_rows, write_parquet


@pytest.fixture
def storage(tmp_path) -> Storage:
    return Storage(Paths(tmp_path))


def build_manifest(partition: str, inputs: str = "a") -> PartitionManifest:
    return PartitionManifest(partition=partition, inputs=inputs, software="s", previous=None, statuses={}, issues={}, findings={}, rules=())


def build_tables(*document_ids: str) -> dict[str, pl.DataFrame]:
    cells = pl.DataFrame(
        [
            {"document_id": name, "table": "requests", "row": row, "column": "total", "value": 1.0, "raw": "1"}
            for name in document_ids
            for row in "ba"
        ]
    )
    return {name: empty(schema) for name, schema in STAGING_TABLES.items()} | {"cells": conform(cells, CELLS)}


def read_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def build_documents(**years: int | None) -> pl.DataFrame:
    return conform(pl.DataFrame([{"document_id": name, "report_year": year, "text": name} for name, year in years.items()]), RAW_DOCUMENTS)


def test_documents_are_stored_once_per_content_in_the_folder_of_their_year(storage):
    stored = storage.list_stored()
    assert storage.store_documents(build_documents(a=2020, b=None, c=2050), stored) == 3
    assert storage.store_documents(build_documents(a=2020, d=2020), stored) == 1
    assert storage.list_stored() == {("a", "2020"), ("b", "unknown"), ("c", "unknown"), ("d", "2020")} == stored
    folders = {path.parent.name: 0 for path in (storage.paths.raw / "documents").rglob("*.parquet")}
    assert set(folders) == {"report_year=2020", "report_year=unknown"}


def test_a_document_whose_year_is_decided_anew_is_stored_under_the_new_year_and_the_old_row_is_not_touched(storage):
    stored = storage.list_stored()
    storage.store_documents(build_documents(a=2020), stored)
    before = read_files(storage.paths.raw)
    assert storage.store_documents(build_documents(a=2021), stored) == 1
    after = read_files(storage.paths.raw)
    assert before.items() <= after.items()
    assert [frame["document_id"].to_list() for frame in storage.iterate_documents("2021", {"a"}, 100)] == [["a"]]


def test_a_sighted_document_that_is_not_stored_is_an_error_and_not_an_empty_result(storage):
    storage.store_documents(build_documents(a=2020), storage.list_stored())
    with pytest.raises(StorageError, match=r"1 sighted documents of 2020 are not stored, such as zz"):
        list(storage.iterate_documents("2020", {"a", "zz"}, 100))


def test_sightings_are_those_of_the_latest_scan_only(storage):
    assert storage.read_sightings().schema == RAW_SIGHTINGS
    storage.replace_sightings(pl.DataFrame({"source": ["x", "y"], "report_year": [2020, None]}))
    storage.replace_sightings(pl.DataFrame({"source": ["z", "v"], "report_year": [2020, 1999]}))
    assert storage.read_sightings()["source"].to_list() == ["v", "z"]
    assert storage.count_sighted_partitions() == {"2020": 1, "unknown": 1}
    assert storage.read_partition_sightings("unknown")["source"].to_list() == ["v"]


def test_the_same_documents_in_another_order_give_the_same_bytes(storage):
    storage.replace_tables(build_tables("a", "b"), build_manifest("2020"))
    before = read_files(storage.paths.staging)
    storage.replace_tables(build_tables("b", "a"), build_manifest("2020"))
    assert read_files(storage.paths.staging) == before
    assert set(before) == {f"{name}/report_year=2020.parquet" for name in STAGING_TABLES}


def test_an_empty_table_is_written_with_its_declared_schema(storage):
    storage.replace_tables(build_tables(), build_manifest("2020"))
    for name, schema in STAGING_TABLES.items():
        assert pl.read_parquet(storage.paths.staging / name / "report_year=2020.parquet").schema == schema


def test_a_column_that_is_not_declared_does_not_reach_staging(storage):
    tables = build_tables() | {"cells": pl.DataFrame({"document_id": ["a"], "valeu": [1.0]})}
    with pytest.raises(StorageError, match="valeu"):
        storage.replace_tables(tables, build_manifest("2020"))
    assert storage.read_tables("2020") is None


def test_a_process_that_died_between_the_renames_is_finished_by_the_next_one(storage, monkeypatch):
    storage.replace_tables(build_tables("old"), build_manifest("2020", "old"))
    real, renamed = Path.replace, []

    def die_at_third(path, target):
        if "staging" in str(target) and ".candidates" not in str(target):
            renamed.append(target)
            if len(renamed) == 3:
                raise KeyboardInterrupt
        return real(path, target)

    monkeypatch.setattr(Path, "replace", die_at_third)
    with pytest.raises(KeyboardInterrupt):
        storage.replace_tables(build_tables("new"), build_manifest("2020", "new"))
    monkeypatch.undo()
    tables = storage.read_tables("2020")
    assert tables["cells"]["document_id"].unique().to_list() == ["new"]
    assert storage.read_manifest("2020").inputs == "new"
    assert not list((storage.paths.staging / ".candidates").iterdir())


def test_a_candidate_that_was_never_committed_does_not_count(storage, monkeypatch):
    storage.replace_tables(build_tables("old"), build_manifest("2020", "old"))
    monkeypatch.setattr(Storage, "_finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    monkeypatch.setattr("orchestration.storage._COMMIT", "not-the-mark")
    with pytest.raises(KeyboardInterrupt):
        storage.replace_tables(build_tables("new"), build_manifest("2020", "new"))
    monkeypatch.undo()
    assert storage.read_tables("2020")["cells"]["document_id"].unique().to_list() == ["old"]


def test_a_snapshot_keeps_its_version_when_a_partition_is_replaced_afterwards(storage):
    storage.replace_tables(build_tables("old"), build_manifest("2020"))
    storage.replace_tables(build_tables("x"), build_manifest("2021"))
    folder, manifests = storage.take_snapshot()
    digest = digest_manifests(manifests)
    storage.replace_tables(build_tables("new"), build_manifest("2020"))
    assert sorted(scan_snapshot(folder)["cells"].collect()["document_id"].unique()) == ["old", "x"]
    folder, manifests = storage.take_snapshot()
    assert sorted(scan_snapshot(folder)["cells"].collect()["document_id"].unique()) == ["new", "x"]
    assert digest_manifests(manifests) != digest


def test_a_snapshot_of_nothing_still_has_every_table_with_its_schema(storage):
    folder, manifests = storage.take_snapshot()
    assert manifests == {}
    for name, frame in scan_snapshot(folder).items():
        assert_frame_equal(frame.collect(), empty(DECISIONS if name == "decisions" else STAGING_TABLES[name]))


def test_two_years_replaced_from_two_threads_while_a_third_reads_never_mix_versions(storage):
    partitions = ["2020", "2021"]
    problems: list[str] = []

    def write(partition: str) -> None:
        for number in range(8):
            name = f"{partition}-{number}"
            storage.replace_tables(build_tables(name), build_manifest(partition, name))

    def read() -> None:
        for _ in range(12):
            folder, manifests = storage.take_snapshot()
            held = set(scan_snapshot(folder)["cells"].collect()["document_id"])
            if held != {manifest.inputs for manifest in manifests.values()}:
                problems.append(f"{held} is not {manifests.keys()}")

    threads = [threading.Thread(target=write, args=(partition,)) for partition in partitions] + [threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert problems == []
    assert {partition: storage.read_manifest(partition).inputs for partition in partitions} == {"2020": "2020-7", "2021": "2021-7"}


def test_candidate_files_are_written_before_the_lock_so_a_reader_never_waits_for_writing(storage, monkeypatch):
    storage.replace_tables(build_tables("old"), build_manifest("2020"))
    was_free: list[bool] = []
    from orchestration import storage as module

    real = module.write_parquet

    def probe(frame, path):
        with (storage.paths.staging / ".lock").open() as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            was_free.append(True)
        real(frame, path)

    monkeypatch.setattr(module, "write_parquet", probe)
    storage.replace_tables(build_tables("new"), build_manifest("2020"))
    assert was_free == [True] * len(STAGING_TABLES)


def test_a_blocked_candidate_is_remembered_until_a_later_one_is_let_in(storage):
    storage.keep_blocked(build_manifest("2020", "bad"))
    assert {partition: manifest.inputs for partition, manifest in storage.read_blocked().items()} == {"2020": "bad"}
    storage.replace_tables(build_tables("good"), build_manifest("2020", "good"))
    assert storage.read_blocked() == {}


def test_sorting_by_ranks_is_sorting_by_text_with_nulls_first_and_equal_rows_in_their_order():
    frame = pl.DataFrame({"a": ["市", None, "b", "B", "", "b"], "b": ["2", "x", "10", "1", "1", "10"], "n": [0, 1, 2, 3, 4, 5]})
    assert sort_rows(frame, ["a", "b"])["n"].to_list() == [1, 4, 3, 2, 5, 0]
    assert_frame_equal(sort_rows(frame, ["a", "b"]), frame.sort("a", "b", maintain_order=True))
    assert sort_rows(frame.clear(), ["a", "b"]).is_empty()


def test_words_in_codes_are_written_as_text_and_give_the_same_bytes_whatever_was_seen_before(tmp_path):
    words = pl.Series("unit", ["件", None, "项", "件"])
    write_parquet(pl.DataFrame([words.cast(pl.Categorical(pl.Categories("first")))]), tmp_path / "first.parquet")
    categories = pl.Categories("second")
    seen = pl.Series(["别", "项", "件"], dtype=pl.Categorical(categories))
    write_parquet(pl.DataFrame([words.cast(pl.Categorical(categories))]), tmp_path / "second.parquet")
    assert len(seen) == 3
    assert (tmp_path / "first.parquet").read_bytes() == (tmp_path / "second.parquet").read_bytes()
    assert pl.read_parquet(tmp_path / "first.parquet")["unit"].cast(pl.String).to_list() == words.to_list()


def build_results(run: str, *rules: str) -> pl.DataFrame:
    return conform(pl.DataFrame({"run_id": run, "suite": "marts", "rule_id": rules}), GATE_RESULTS)


def test_the_history_of_the_gates_grows_by_run_and_a_repeated_step_replaces_its_own_rows(storage):
    storage.keep_gate_results(build_results("r1", "a.a", "b.b"), "r1", "published")
    storage.keep_gate_results(build_results("r2", "a.a"), "r2", "published")
    storage.keep_gate_results(build_results("r1", "a.a"), "r1", "published")
    assert storage.read_gate_results().select("run_id", "rule_id").sort("run_id").rows() == [("r1", "a.a"), ("r2", "a.a")]
    snapshot, _ = storage.take_snapshot()
    assert pl.read_parquet(snapshot / "gate_results").height == 2


def test_dbt_finds_the_history_before_the_first_gate(storage):
    assert storage.read_gate_results().is_empty()
    snapshot, _ = storage.take_snapshot()
    assert pl.read_parquet(snapshot / "gate_results").schema == GATE_RESULTS
