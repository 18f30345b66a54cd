"""Where Dagster calls: when a run ends, and once a minute for checks, stale sources and channels that were down.

They run by themselves as soon as a channel is configured. All three look at the same stored state, so their order does not matter.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import dagster as dg

from ingest.errors import InputPathError
from orchestration.alerting.causes import RunScope
from orchestration.alerting.collecting import RunOutcome
from orchestration.alerting.evaluating import deliver, shorten_error, tell
from orchestration.jobs import ALL_YEARS
from orchestration.partitions import PARTITIONS
from orchestration.settings import Settings

_IN_PROGRESS: Final = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def build_alert_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """`alerts_on_failure`, `alerts_on_success` and `alerts`."""
    status = dg.DefaultSensorStatus.RUNNING if settings.alert_urls else dg.DefaultSensorStatus.STOPPED

    @dg.run_failure_sensor(
        name="alerts_on_failure", default_status=status, description="Tells of a run that a gate blocked, or that failed otherwise."
    )
    def alerts_on_failure(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        outcome = RunOutcome(read_scope(run.job_name, run.tags), shorten_error(_read_error(context)), _read_end(context))
        is_told_otherwise = _is_blocked(context) or _is_without_source(context) or is_over(context.instance, outcome)
        context.log.info(tell(settings, datetime.now(UTC), run_id=run.run_id, outcome=None if is_told_otherwise else outcome).describe())

    @dg.run_status_sensor(
        name="alerts_on_success",
        run_status=dg.DagsterRunStatus.SUCCESS,
        default_status=status,
        description="Tells what is over, and what passed its gate but is new.",
    )
    def alerts_on_success(context: dg.RunStatusSensorContext) -> None:
        run = context.dagster_run
        outcome = RunOutcome(read_scope(run.job_name, run.tags), None, _read_end(context))
        context.log.info(tell(settings, datetime.now(UTC), run_id=run.run_id, outcome=outcome).describe())

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=60,
        default_status=status,
        description="Tells what failed asset checks and stale sources say, and delivers what a channel did not take.",
    )
    def alerts(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        now = datetime.now(UTC)
        if is_running(context.instance, now):
            return dg.SensorResult(
                skip_reason=dg.SkipReason(f"a run is in progress; {deliver(settings, now).describe()}"), cursor=context.cursor
            )
        run_id, cursor = read_new_checks(context.instance, context.cursor, now)
        summary = tell(settings, now, run_id=run_id)
        return dg.SensorResult(skip_reason=dg.SkipReason(summary.describe()), cursor=cursor)

    return [alerts_on_failure, alerts_on_success, alerts]


def read_scope(job: str, tags: Mapping[str, str]) -> RunScope:
    """What a run was to refresh, from its tags. A job without partitions has none."""
    if "dagster/partition" in tags:
        return RunScope(job=job, partitions=(tags["dagster/partition"],))
    if "dagster/asset_partition_range_start" in tags:
        first = PARTITIONS.index(tags["dagster/asset_partition_range_start"])
        last = PARTITIONS.index(tags["dagster/asset_partition_range_end"])
        partitions = PARTITIONS[first : last + 1]
        is_whole = job == ALL_YEARS and partitions == PARTITIONS
        return RunScope(job=job, is_whole=True) if is_whole else RunScope(job=job, partitions=partitions)
    return RunScope(job=job)


def is_running(instance: dg.DagsterInstance, now: datetime) -> bool:
    """Whether a run is in progress that began today; an older one may be the remains of a machine that lost power."""
    runs = dg.RunsFilter(statuses=_IN_PROGRESS, created_after=now - timedelta(days=1))
    return instance.get_runs_count(runs) > 0


def is_over(instance: dg.DagsterInstance, failure: RunOutcome) -> bool:
    """Whether a later run that covers the failed one has succeeded already: the daemon may be late."""
    later = instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS], updated_after=failure.ended))
    return any(read_scope(record.dagster_run.job_name, record.dagster_run.tags).covers(failure.scope) for record in later)


def read_new_checks(instance: dg.DagsterInstance, cursor: str | None, now: datetime) -> tuple[str | None, str]:
    """The run of the latest failed asset check since the cursor, and the new cursor. Without one, nothing old is replayed.

    The cursor is a time, seconds since 1970: event ids count anew in each run where Dagster stores them in SQLite.
    """
    if cursor is None:
        return None, str(now.timestamp())
    since = float(cursor)
    # The instance's own method of this name is deprecated without another for checks; the storage's is not.
    records = instance.event_log_storage.get_event_records(
        dg.EventRecordsFilter(
            event_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION,
            after_cursor=dg.RunShardedEventsCursor(id=0, run_updated_after=datetime.fromtimestamp(since, UTC)),
            after_timestamp=since,
        )
    )
    latest = max((record.timestamp for record in records), default=since)
    for record in sorted(records, key=lambda record: record.timestamp, reverse=True):
        event = record.event_log_entry.dagster_event
        if event is not None and not event.asset_check_evaluation_data.passed:
            return record.run_id, str(latest)
    return None, str(latest)


def _is_blocked(context: dg.RunFailureSensorContext) -> bool:
    """A gate stopped the run: our failure carries `blocked`."""
    failures = [event.step_failure_data.user_failure_data for event in context.get_step_failure_events()]
    return any(data is not None and "blocked" in data.metadata for data in failures)


def _is_without_source(context: dg.RunFailureSensorContext) -> bool:
    """A configured path does not exist: told as a stale source."""
    return any(name == InputPathError.__name__ for _, name, _ in _list_errors(context))


def _read_error(context: dg.RunFailureSensorContext) -> str:
    for step, _, message in _list_errors(context):
        return f"{step}: {message}"
    return context.failure_event.message or "the run failed before its first step"


def _list_errors(context: dg.RunFailureSensorContext) -> list[tuple[str | None, str | None, str]]:
    """Step, name of the error's class and its message, of the cause at the root."""
    found = []
    for event in context.get_step_failure_events():
        error = event.step_failure_data.error
        if error is not None:
            while error.cause is not None:
                error = error.cause
            found.append((event.step_key, error.cls_name, error.message))
    return found


def _read_end(context: dg.RunStatusSensorContext) -> datetime:
    record = context.instance.get_run_record_by_id(context.dagster_run.run_id)
    return datetime.now(UTC) if record is None or record.end_time is None else datetime.fromtimestamp(record.end_time, UTC)
