"""Where Dagster calls: when a run ends, and once a minute for checks, stale sources and channels that were down.

They run by themselves as soon as a channel is configured. All three look at the same stored state, so their order does not matter.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import dagster as dg

from orchestration.alerting.causes import RunScope
from orchestration.alerting.collecting import RunOutcome
from orchestration.alerting.evaluating import shorten_error, tell
from orchestration.partitions import PARTITIONS
from orchestration.settings import Settings


def build_alert_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """`alerts_on_failure`, `alerts_on_success` and `alerts`."""
    status = dg.DefaultSensorStatus.RUNNING if settings.alert_urls else dg.DefaultSensorStatus.STOPPED

    @dg.run_failure_sensor(
        name="alerts_on_failure", default_status=status, description="Tells of a run that a gate blocked, or that failed otherwise."
    )
    def alerts_on_failure(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        outcome = None if _is_blocked(context) else RunOutcome(read_scope(run.job_name, run.tags), shorten_error(_read_error(context)))
        context.log.info(tell(settings, datetime.now(UTC), run_id=run.run_id, outcome=outcome).describe())

    @dg.run_status_sensor(
        name="alerts_on_success",
        run_status=dg.DagsterRunStatus.SUCCESS,
        default_status=status,
        description="Tells what is over, and what passed its gate but is new.",
    )
    def alerts_on_success(context: dg.RunStatusSensorContext) -> None:
        run = context.dagster_run
        outcome = RunOutcome(read_scope(run.job_name, run.tags), None)
        context.log.info(tell(settings, datetime.now(UTC), run_id=run.run_id, outcome=outcome).describe())

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=60,
        default_status=status,
        description="Tells what failed asset checks and stale sources say, and delivers what a channel did not take.",
    )
    def alerts(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        now = datetime.now(UTC)
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
        return RunScope(job=job, partitions=PARTITIONS[first : last + 1])
    return RunScope(job=job)


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


def _read_error(context: dg.RunFailureSensorContext) -> str:
    for event in context.get_step_failure_events():
        error = event.step_failure_data.error
        if error is not None:
            while error.cause is not None:
                error = error.cause
            return f"{event.step_key}: {error.message}"
    return context.failure_event.message or "the run failed before its first step"
