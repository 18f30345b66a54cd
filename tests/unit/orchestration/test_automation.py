"""The folder sensor and the schedule."""

import os
from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from orchestration.jobs import ALL_YEARS, WHOLE_RANGE
from orchestration.schedules import build_schedules
from orchestration.sensors import build_sensors, digest_listing
from orchestration.settings import Settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "sub" / "a.txt").write_text("a")
    return Settings(home=tmp_path / "home", reports=(tmp_path / "in",))


def evaluate(settings: Settings, cursor: str | None) -> dg.SensorResult | dg.SkipReason:
    (sensor,) = build_sensors(settings)
    with dg.build_sensor_context(cursor=cursor) as context:
        return sensor(context)


def test_a_new_file_starts_one_run_of_the_whole_range_and_no_second_one(settings):
    result = evaluate(settings, None)
    (request,) = result.run_requests
    assert {**request.tags} == {**WHOLE_RANGE}
    assert isinstance(evaluate(settings, result.cursor), dg.SkipReason)
    (settings.reports[0] / "b.txt").write_text("b")
    assert len(evaluate(settings, result.cursor).run_requests) == 1


def test_a_missing_folder_is_said_and_starts_nothing(settings, tmp_path):
    lost = settings.model_copy(update={"reports": (tmp_path / "gone",)})
    assert "gone" in evaluate(lost, "x").skip_message


def test_the_listing_changes_with_name_size_time_and_removal_and_with_nothing_else(settings):
    path = settings.reports[0] / "sub" / "a.txt"
    os.utime(path, ns=(1, 1))
    digests = [digest_listing(settings.reports), digest_listing(settings.reports)]
    assert digests[0] == digests[1]
    os.utime(path, ns=(1, 2))
    digests.append(digest_listing(settings.reports))
    path.write_text("ab")
    os.utime(path, ns=(1, 2))
    digests.append(digest_listing(settings.reports))
    path.rename(path.with_name("c.txt"))
    digests.append(digest_listing(settings.reports))
    path.with_name("c.txt").unlink()
    digests.append(digest_listing(settings.reports))
    assert len(set(digests)) == len(digests) - 1


def test_the_nightly_run_covers_the_whole_range():
    (schedule,) = build_schedules()
    when = datetime(2026, 1, 2, 2, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    with dg.build_schedule_context(scheduled_execution_time=when) as context:
        (request,) = schedule.evaluate_tick(context).run_requests
    assert WHOLE_RANGE.items() <= request.tags.items()


def test_sensor_and_schedule_are_off_until_somebody_turns_them_on(settings):
    assert [sensor.default_status for sensor in build_sensors(settings)] == [dg.DefaultSensorStatus.STOPPED]
    assert [schedule.default_status for schedule in build_schedules()] == [dg.DefaultScheduleStatus.STOPPED]
    assert {definition.job_name for definition in (*build_sensors(settings), *build_schedules())} == {ALL_YEARS}
