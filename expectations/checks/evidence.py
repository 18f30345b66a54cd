"""Whether the places that state one fact of a report's identity agree."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import polars as pl
from pydantic import Field

from expectations.checks.verdicts import FAILURES, Batch, Terms, Verdicts, build_verdicts

_SINGLE: Final = "single_source"


class EvidenceTerms(Terms):
    """What is judged: rows of `evidence` of this fact from these origins.

    `decided`: none of them contradicts what was decided. `each_other`: all of them state one value, whatever was decided.
    """

    fact: str
    origins: Annotated[list[str], Field(min_length=1)]
    against: Literal["decided", "each_other"]


def check_evidence(batch: Batch, terms: EvidenceTerms, _tolerance: float) -> Verdicts:
    """One subject per report. With fewer than two places that can be compared the rule does not apply."""
    rows = batch.tables["evidence"].filter(
        (pl.col("fact").cast(pl.String) == terms.fact)
        & pl.col("origin").cast(pl.String).is_in(terms.origins)
        & pl.col("value").is_not_null()
    )
    if terms.against == "decided":
        rows = rows.filter(pl.col("agrees").is_not_null())
        is_split = (~pl.col("agrees")).any()
    else:
        is_split = pl.col("value").n_unique() > 1
    place = pl.concat_str(
        pl.col("origin").cast(pl.String), pl.lit(":"), pl.col("line").cast(pl.String).fill_null("?"), pl.lit(" "), "value"
    )
    judged = rows.group_by("document_id", maintain_order=True).agg(
        place_count=pl.len(), is_split=is_split, places=place.unique(maintain_order=True).str.join("; "), line=pl.col("line").first()
    )
    summary = (
        batch.reports.select("document_id")
        .join(judged, on="document_id", how="left", maintain_order="left")
        .select(
            "document_id",
            assessed_count=pl.when(pl.col("place_count") > 1).then(1).otherwise(0),
            reason=pl.when(pl.col("place_count").fill_null(0) < 2).then(pl.lit(_SINGLE)),  # noqa: PLR2004
        )
    )
    failures = judged.filter((pl.col("place_count") > 1) & pl.col("is_split")).select(
        "document_id",
        "line",
        raw="places",
        cause=pl.lit("unknown").cast(FAILURES["cause"]),
        message_zh=pl.format("各处说法不一（出处:行号）：{}", "places"),
        message_en=pl.format("what is stated differs from place to place (place:line): {}", "places"),
    )
    return build_verdicts(failures, summary)
