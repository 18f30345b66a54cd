"""The sensors: off until somebody turns them on in the UI."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from orchestration.jobs import ALL_YEARS, WHOLE_RANGE
from orchestration.settings import Settings


def digest_listing(paths: Sequence[Path]) -> str:
    """Digest of path, size and modification time of every file: changes when a file is added, changed or removed. Opens no file."""
    digest = hashlib.sha256()
    for path in paths:
        for line in sorted(_list_files(path)):
            digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def build_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """`new_reports`: one run of everything when the configured sources changed. The cursor is the digest of their listing."""

    @dg.sensor(
        name="new_reports",
        job_name=ALL_YEARS,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Starts `all_years` when files under NIANBAO_REPORTS were added, changed or removed.",
    )
    def new_reports(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        missing = [str(path) for path in settings.reports if not path.exists()]
        if missing:
            return dg.SkipReason(f"NIANBAO_REPORTS names what does not exist: {', '.join(missing)}")
        listing = digest_listing(settings.reports)
        if listing == context.cursor:
            return dg.SkipReason("no file was added, changed or removed")
        request = dg.RunRequest(tags=dict(WHOLE_RANGE))
        return dg.SensorResult(run_requests=[request], cursor=listing)

    return [new_reports]


def _list_files(path: Path) -> Iterator[str]:
    if path.is_file():
        yield _describe(path)
    for folder, _, names in os.walk(path):
        for name in names:
            yield _describe(Path(folder) / name)


def _describe(path: Path) -> str:
    try:
        status = path.stat()
    except OSError as error:  # vanished since it was listed, or a dangling link: the scan will say what it is
        return f"{path}\0{error.errno}\n"
    return f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n"
