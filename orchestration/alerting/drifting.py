"""Drift: a report year's inputs or accepted share fell between two publications by less than a gate stops."""

import json
from collections.abc import Mapping

from orchestration.alerting.causes import Alert, Both, Limits, load_causes, name_place
from orchestration.manifests import PartitionManifest, digest_manifests
from orchestration.publishing import read_publication
from orchestration.refreshing import pick_unread
from orchestration.storage import Storage

Statuses = Mapping[str, int]
"""status → inputs of one report year."""


def collect_drifts(
    storage: Storage, manifests: Mapping[str, PartitionManifest], opened: Mapping[str, Alert], memory: dict[str, str]
) -> tuple[list[Alert], set[str]]:
    """The years that drifted, and the keys undecided because staging is not what is published.

    A year is compared with its publication before. While it is drifted, that stays the one it is compared with, so it is over when the
    figures are back; `memory` keeps it under `drift:<partition>`.
    """
    publication = read_publication(storage.paths)
    if publication is None or publication.staging != digest_manifests(dict(manifests)):
        return [], {key for key in opened if key.startswith("drift:")}
    alerts = []
    for partition, manifest in manifests.items():
        key = f"drift:{partition}"
        counts = compare_statuses(partition, json.loads(memory[key]), manifest.statuses, load_causes().limits) if key in memory else []
        if counts:
            tables = storage.read_tables(partition)
            worst = () if tables is None else pick_unread(tables)
            alerts.append(Alert(key=key, cause="drift", place=name_place(partition), counts=tuple(counts), worst=worst))
        else:
            memory[key] = json.dumps(manifest.statuses)
    return alerts, set()


def compare_statuses(partition: str, before: Statuses, after: Statuses, limits: Limits) -> list[Both]:
    """A line for each figure that fell by more than the limits; nothing: no drift. What rises is no drift."""
    least = limits.drift_min_inputs.value
    lines = []
    total, total_now = sum(before.values()), sum(after.values())
    lost = total - total_now
    if lost >= least and lost > limits.drift_lost_share.value * total:
        lines.append(Both(f"{partition} · 输入：{total} → {total_now}", f"{partition} · inputs: {total} → {total_now}"))
    if total and total_now:
        accepted, accepted_now = before.get("accepted", 0), after.get("accepted", 0)  # absent: no such input
        fall = accepted / total - accepted_now / total_now
        if fall > limits.drift_accepted_share.value and fall * total_now >= least:
            lines.append(
                Both(
                    f"{partition} · 接受：{total} 份中 {accepted} 份 → {total_now} 份中 {accepted_now} 份",
                    f"{partition} · accepted: {accepted} of {total} → {accepted_now} of {total_now}",
                )
            )
    return lines
