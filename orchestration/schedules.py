"""The schedules: off until somebody turns them on in the UI."""

import dagster as dg

from orchestration.jobs import ALL_YEARS, WHOLE_RANGE


def build_schedules() -> list[dg.ScheduleDefinition]:
    """`nightly`: everything at 02:30 China Standard Time, when the agencies' sites are not being edited."""

    @dg.schedule(
        name="nightly",
        job_name=ALL_YEARS,
        cron_schedule="30 2 * * *",
        execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Read all sources and refresh every report year that has news.",
    )
    def nightly(_context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(tags=dict(WHOLE_RANGE))

    return [nightly]
