"""What remains of a gate after its run: rows of the history, and pages for people."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from expectations.recording import tabulate_gate
from orchestration.locking import hold_lock
from orchestration.storage import Storage

if TYPE_CHECKING:
    from expectations.gates import GateReport


def record_gates(storage: Storage, gates: "Sequence[GateReport]", run_id: str, step: str) -> Path | None:
    """Append the results of one step of a run to the history and build Data Docs anew. None: nothing was judged.

    Returns the Parquet file of the step. The same step of the same run replaces its own rows.
    """
    if not gates:
        return None
    from expectations.data_docs import build_data_docs

    now = datetime.now(UTC).replace(tzinfo=None)
    path = storage.keep_gate_results(pl.concat([tabulate_gate(gate, run_id, now) for gate in gates]), run_id, step)
    with hold_lock(storage.paths.gates / ".lock"):  # runs of other years build the same pages
        build_data_docs(storage.paths.gates)
    return path
