"""What Dagster's runs say: what a run was to do, whether one is in progress, whether a failure is over already."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from orchestration.alerting.causes import RunScope
from orchestration.alerting.collecting import RunOutcome
from orchestration.alerting.sensing import is_over, is_running, read_scope
from orchestration.jobs import ALL_YEARS, ONE_YEAR, WHOLE_RANGE
from orchestration.partitions import PARTITIONS

HOUR = timedelta(hours=1)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def add_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, partition: str = "2023") -> None:
    instance.add_run(dg.DagsterRun(job_name=ONE_YEAR, status=status, tags={"dagster/partition": partition}))


def test_the_scope_of_a_run_is_read_from_its_tags():
    assert read_scope("ingest", {}) == RunScope(job="ingest")
    assert read_scope(ONE_YEAR, {"dagster/partition": "2023"}) == RunScope(job=ONE_YEAR, partitions=("2023",))
    tags = {"dagster/asset_partition_range_start": "2029", "dagster/asset_partition_range_end": "unknown"}
    assert read_scope(ALL_YEARS, tags).partitions == PARTITIONS[-3:]
    assert read_scope(ALL_YEARS, WHOLE_RANGE) == RunScope(job=ALL_YEARS, is_whole=True)


@pytest.mark.parametrize(("status", "expected"), [("STARTED", True), ("STARTING", True), ("SUCCESS", False), ("FAILURE", False)])
def test_a_run_is_in_progress_from_its_start_to_its_end(instance, status, expected):
    add_run(instance, dg.DagsterRunStatus[status])
    assert is_running(instance, datetime.now(UTC)) is expected


def test_a_run_that_began_before_yesterday_keeps_nobody_waiting(instance):
    add_run(instance, dg.DagsterRunStatus.STARTED)
    assert not is_running(instance, datetime.now(UTC) + timedelta(days=2))


def test_a_failure_that_is_told_late_is_over_when_a_later_run_of_its_work_succeeded(instance):
    def look(partition: str, ended: datetime) -> bool:
        return is_over(instance, RunOutcome(RunScope(job=ONE_YEAR, partitions=(partition,)), "disk is full", ended))

    now = datetime.now(UTC)
    add_run(instance, dg.DagsterRunStatus.FAILURE)
    assert not look("2023", now - HOUR)
    add_run(instance, dg.DagsterRunStatus.SUCCESS)
    assert look("2023", now - HOUR)
    assert not look("2022", now - HOUR)
    assert not look("2023", now + HOUR)
