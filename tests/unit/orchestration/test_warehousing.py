import pytest

from orchestration.manifests import PartitionManifest, RuleEntry
from orchestration.settings import Paths
from orchestration.storage import Storage
from orchestration.warehousing import BuiltWarehouse, WarehouseError, accept_candidate, find_changed, keep_gate, read_built, read_gate

BUILT = BuiltWarehouse(staging="s", project="p", statuses={})
ENTRY = RuleEntry(
    rule_id="marts.x",
    title_zh="",
    title_en="",
    severity="error",
    verdict="failed",
    is_blocking=True,
    applicable=1,
    failed=1,
    allowed=0,
    reason=None,
    worst=(),
)


@pytest.fixture
def paths(tmp_path) -> Paths:
    paths = Paths(tmp_path)
    Storage(paths).take_snapshot()
    (paths.warehouse / "candidate").mkdir()
    (paths.warehouse / "candidate" / "nianbao.duckdb").write_bytes(b"new")
    return paths


def test_an_accepted_candidate_takes_its_snapshot_along(paths):
    database = accept_candidate(paths, BUILT)
    assert read_built(paths) == (database, BUILT)
    assert database.read_bytes() == b"new"
    assert (database.parent / "snapshot" / "cells").is_dir()
    assert not (paths.warehouse / "snapshot").exists()


def test_a_candidate_that_was_not_accepted_cannot_be_published(paths):
    with pytest.raises(WarehouseError, match="marts_only"):
        read_built(paths)


def test_a_crash_while_accepting_leaves_no_record_that_could_be_wrong(paths, monkeypatch):
    accept_candidate(paths, BUILT)
    with pytest.raises(FileNotFoundError):  # the second candidate has no file
        accept_candidate(paths, BUILT.model_copy(update={"staging": "t"}))
    with pytest.raises(WarehouseError):
        read_built(paths)


def test_the_verdict_of_the_marts_gate_is_kept(paths):
    assert read_gate(paths) == ()
    accept_candidate(paths, BUILT)
    keep_gate(paths, (ENTRY,))
    assert read_gate(paths) == (ENTRY,)


def hold(partition: str, inputs: int) -> PartitionManifest:
    return PartitionManifest(
        partition=partition, inputs="", software="", previous=None, statuses={"accepted": inputs}, issues={}, findings={}, rules=()
    )


@pytest.mark.parametrize(
    ("last", "now", "changed"),
    [
        ({"2022": "a", "2023": "b"}, {"2022": "a", "2023": "b"}, []),
        ({"2022": "a", "2023": "b"}, {"2022": "a", "2023": "c"}, ["2023"]),
        ({"2022": "a"}, {"2022": "a", "2023": "b"}, ["2023"]),
        ({"2021": "z", "2022": "a", "2023": "b"}, {"2022": "a", "2023": "b"}, ["2021"]),
        ({"2022": "a", "2023": "b"}, {"2022": "d", "2023": "b"}, None),  # more than half of the inputs
        ({}, {"2022": "a", "2023": "b"}, None),  # built by a version that kept no digests
    ],
)
def test_a_build_is_carried_over_when_at_most_half_of_the_inputs_are_in_changed_partitions(paths, last, now, changed):
    built = BUILT.model_copy(update={"partitions": now, "statuses": {"accepted": 30}})
    manifests = {"2022": hold("2022", 16), "2023": hold("2023", 14)}
    assert find_changed(paths, built, manifests) is None  # nothing was built yet
    accept_candidate(paths, BUILT.model_copy(update={"partitions": last}))
    assert find_changed(paths, built, manifests) == changed
    assert find_changed(paths, built.model_copy(update={"project": "other"}), manifests) is None
