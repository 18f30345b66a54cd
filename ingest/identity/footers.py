"""The foot of a page: signature, 政府网站标识码, 公网安备 and ICP备 numbers."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.identity.heads import read_day, read_whole
from ingest.identity.patterns import ALONE, DAY, SIGNED

FOOT_CHARS: Final = 800
_SIGNATURE_CHARS: Final = 400
_HAS_DAY: Final = r"20[0-9]{2}[^\n]{1,8}[0-9]{1,2}[^\n]{0,8}(?:\n|$)"
_HAS_RECORD: Final = "ICP|网安|網安|标识码|標識碼"
_SITE: Final = r"(?:标识码|標識碼)[\s:：|]*((?:[0-9]{10}|[bB][mM][0-9]{8}))(?:[^0-9]|$)"
_POLICE: Final = r"公[网網]安[备備][\s:：|]*(?:案?[号號])?[\s:：|]*([0-9]{14})(?:[^0-9]|$)"
_ICP: Final = r"([京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀黔贵滇云藏陕甘陇青宁新])[ \t]*ICP[ \t]*[备備]"

_FACTS: Final = pl.Schema({
    "position": pl.UInt32(), "origin": pl.String(), "raw": pl.String(), "line": pl.Int32(), "day": pl.Date(),
})  # fmt: skip


def read_footers(documents: pl.DataFrame) -> pl.DataFrame:
    """position, origin (signature, lone_date, site_code, police_record, icp_record), raw, line, day (of a signature and a lone date).

    The records' raw is the bare code. Only feet with a mark of any of them are looked at.
    """
    feet = (
        documents.lazy()
        .select("text", position=pl.int_range(pl.len(), dtype=pl.UInt32), foot=pl.col("text").str.tail(FOOT_CHARS))
        .with_columns(end=pl.col("foot").str.tail(_SIGNATURE_CHARS))
    )
    foot = pl.col("foot").str
    signed = (
        feet.filter(pl.col("end").str.contains(_HAS_DAY))
        .with_columns(signed=read_whole(pl.col("end"), SIGNED), alone=pl.col("end").str.extract(f"({ALONE})"))
        .with_columns(signer=pl.col("signed").struct.field("2"), signed_text=pl.col("signed").struct.field("1"))
        .filter(pl.col("signer").is_not_null() | pl.col("alone").is_not_null())
    )
    recorded = (
        feet.filter(foot.contains(_HAS_RECORD))
        .with_columns(site=foot.extract(_SITE), police=foot.extract(_POLICE), icp=foot.extract(_ICP))
        .filter(pl.any_horizontal(pl.col("site", "police", "icp").is_not_null()))
    )
    line_count = pl.col("text").str.count_matches("\n", literal=True) + 1
    signed_feet, recorded_feet = pl.collect_all([part.with_columns(line_count=line_count).drop("text") for part in (signed, recorded)])
    parts = pl.concat(
        [
            _take(signed_feet, "signature", "signer", "signed_text", read_day(pl.col("signed_text"), DAY)),
            _take(signed_feet, "lone_date", "alone", "alone", read_day(pl.col("alone"), DAY)),
            _take(recorded_feet, "site_code", "site", "site"),
            _take(recorded_feet, "police_record", "police", "police"),
            _take(recorded_feet, "icp_record", "icp", "icp"),
        ]
    )
    return parts.cast(_FACTS).collect()


def gather_footers(footers: pl.DataFrame) -> pl.LazyFrame:
    """One row per document: lone_date, signature (dates), site_code, and the line of each (`<name>_line`)."""

    def first(origin: str, column: str) -> pl.Expr:
        return pl.col(column).filter(pl.col("origin") == origin).first()

    return (
        footers.lazy()
        .group_by("position")
        .agg(
            lone_date=first("lone_date", "day"),
            lone_date_line=first("lone_date", "line"),
            signature=first("signature", "day"),
            signature_line=first("signature", "line"),
        )
    )


def _take(feet: pl.DataFrame, origin: str, raw: str, match: str, day: pl.Expr | None = None) -> pl.LazyFrame:
    """The rows that hold the fact. Its line: of the document's lines, less those from the last place where the match stands."""
    held = feet.lazy().filter(pl.col(raw).is_not_null())
    after = pl.col("foot").str.split(pl.col(match)).list.last()
    own = pl.col(match).str.count_matches("\n", literal=True)
    line = pl.col("line_count") - after.str.count_matches("\n", literal=True) - own
    return held.select(
        "position",
        origin=pl.lit(origin),
        raw=pl.col(raw).str.strip_chars(),
        line=line.cast(pl.Int32),
        day=pl.lit(None, dtype=pl.Date) if day is None else day,
    )
