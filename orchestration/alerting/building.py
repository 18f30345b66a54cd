"""Alerts around `nianbao build`, which needs no daemon."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.errors import InputPathError, NianbaoError
from orchestration.alerting.causes import RunScope
from orchestration.alerting.collecting import RunOutcome
from orchestration.alerting.evaluating import shorten_error, tell_safely
from orchestration.building import BuildError, BuildSummary
from orchestration.settings import Settings


@dataclass
class Watch:
    """What the build made; whoever builds puts it in."""

    summary: BuildSummary | None = None


@contextmanager
def watch_build(settings: Settings, *, marts_only: bool) -> Iterator[Watch]:
    """Look and tell when the build within ends, well or not. Its errors pass on; alerts add none of their own."""
    scope = RunScope(job="marts_only" if marts_only else "all_years", is_whole=not marts_only)
    watch = Watch()
    try:
        yield watch
    except InputPathError:
        tell_safely(settings, datetime.now(UTC))  # told as a stale source
        raise
    except Exception as error:
        run_id = error.run_id if isinstance(error, BuildError) else None
        said = str(error) if isinstance(error, NianbaoError) else f"{type(error).__name__}: {error}"
        now = datetime.now(UTC)
        tell_safely(settings, now, run_id=run_id, outcome=RunOutcome(scope, shorten_error(said), now))
        raise
    summary = watch.summary
    if summary is not None:
        now = datetime.now(UTC)
        outcome = None if summary.is_blocked else RunOutcome(scope, None, now)  # a gate stopped it: nothing failed, nothing was finished
        tell_safely(settings, now, run_id=summary.run_ids[-1] if summary.run_ids else None, outcome=outcome)
