"""What must hold of a scan before its sightings replace those of the scan before: nothing lost, bytes readable, few repeats.

`batch.tables`: `scanned` (source: every input that the scan gave), `sightings` (RAW_SIGHTINGS), `stored` (document_id, issue: the
documents that raw storage holds).
"""

from __future__ import annotations

import polars as pl

from expectations.checks.corpus import ReadableTerms
from expectations.checks.structure import NoTerms
from expectations.checks.verdicts import Batch, Verdicts, judge_partition

_NAMED = 5


def check_scan_conserved(batch: Batch, _terms: NoTerms, _tolerance: float) -> Verdicts:
    """Subjects: inputs of the scan. Held when the input has one sighting, and that a stored document or the reason why there is none."""
    scanned, sightings = batch.tables["scanned"], batch.tables["sightings"]
    if scanned.is_empty() and sightings.is_empty():
        return judge_partition(0, 0, "", "", reason="no_inputs")
    unstored = sightings.drop_nulls("document_id").join(batch.tables["stored"], on="document_id", how="anti")
    wrongs = {
        ("没有记录的输入", "an input without a sighting"): scanned.join(sightings, on="source", how="anti"),
        ("没有输入的记录", "a sighting without an input"): sightings.join(scanned, on="source", how="anti"),
        ("重复记录的输入", "an input sighted twice"): sightings.filter(pl.col("source").is_duplicated()),
        ("既无文件也无原因", "neither a document nor a reason"): sightings.filter(
            pl.col("document_id").is_null() & pl.col("issue").is_null()
        ),
        ("内容没有存下", "a document that is not stored"): unstored,
    }
    found = {name: frame for name, frame in wrongs.items() if frame.height}
    lost = pl.concat([frame.select("source") for frame in wrongs.values()]).n_unique() if found else 0
    return judge_partition(
        max(0, scanned.height - lost),
        max(scanned.height, lost),
        "读取不守恒：" + "；".join(f"{zh} {frame.height}（{_name(frame)}）" for (zh, _), frame in found.items()),
        "the scan is not conserved: " + "; ".join(f"{en}: {frame.height} ({_name(frame)})" for (_, en), frame in found.items()),
    )


def check_bytes_readable(batch: Batch, terms: ReadableTerms, _tolerance: float) -> Verdicts:
    """Subjects: inputs of kinds that a reader takes. Held when their bytes could be read."""
    own = batch.tables["sightings"].select("source", "document_id", own=pl.col("issue").cast(pl.String))
    known = batch.tables["stored"].select("document_id", pl.col("issue").cast(pl.String)).unique("document_id", keep="first")
    inputs = own.join(known, on="document_id", how="left").with_columns(pl.coalesce("own", "issue").alias("issue"))
    inputs = inputs.filter(~pl.col("issue").is_in([issue.value for issue in terms.ignored]).fill_null(value=False))
    if inputs.is_empty():
        return judge_partition(0, 0, "", "", reason="no_inputs")
    bad = inputs.filter(pl.col("issue").is_in([issue.value for issue in terms.issues]).fill_null(value=False))
    return judge_partition(
        inputs.height - bad.height,
        inputs.height,
        f"{inputs.height} 个输入中有 {bad.height} 个无法读取：{_name(bad)}",
        f"{bad.height} of {inputs.height} inputs cannot be read: {_name(bad)}",
    )


def check_repeated_bytes(batch: Batch, _terms: NoTerms, _tolerance: float) -> Verdicts:
    """Subjects: inputs with bytes. Held by the first input of each content, by source; the others repeat it."""
    inputs = batch.tables["sightings"].drop_nulls("document_id").sort("source")
    if inputs.is_empty():
        return judge_partition(0, 0, "", "", reason="no_inputs")
    distinct = inputs["document_id"].n_unique()
    worst = (
        inputs.group_by("document_id", maintain_order=True)
        .agg(pl.len(), pl.col("source").first())
        .sort("len", descending=True, maintain_order=True)
    )
    source, times = worst.select("source", "len").row(0)
    return judge_partition(
        distinct,
        inputs.height,
        f"{inputs.height} 个输入中有 {inputs.height - distinct} 个内容重复；最多的一份出现 {times} 次：{source}",
        f"{inputs.height - distinct} of {inputs.height} inputs repeat the bytes of another; the most frequent, {times} times: {source}",
    )


def _name(frame: pl.DataFrame) -> str:
    sources = frame["source"].unique().sort().to_list()
    return ", ".join(map(str, sources[:_NAMED])) + (", …" if len(sources) > _NAMED else "")
