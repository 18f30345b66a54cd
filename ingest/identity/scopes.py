"""What a report covers: the agency alone, its level of government, or all of its region (国办发〔2014〕32号: 本级, 本行政区域汇总)."""

from __future__ import annotations

from typing import Final

import polars as pl

_CHARS: Final = 4000
_GOVERNING: Final = ("government", "government_office", "zone_committee")
_OWN: Final = ("department", "township_government", "public_institution", "enterprise")

_APPLIED: Final = r"[^。；;，,\n]{0,16}?(?:收到|受理|接收|新收)[^。；;\n]{0,30}?申请"
_TOTAL: Final = rf"全[省市区县州盟旗]{_APPLIED}"
_LEVEL: Final = rf"本级{_APPLIED}"


def read_scopes(texts: pl.DataFrame) -> pl.DataFrame:
    """position, report_scope, origin, raw, line from rows of position, text, kind, and origin, raw and line of the agency's name.

    A department, a township or an institution reports on itself. A government, its office or a zone says whose applications it counts
    (全市共收到…申请, 市本级收到…申请); where it says both or neither, there is no row with a scope.
    """
    own = texts.filter(pl.col("kind").is_in(_OWN)).select("position", "origin", "raw", "line", report_scope=pl.lit("own"))
    governing = texts.filter(pl.col("kind").is_in(_GOVERNING)).with_columns(start=pl.col("text").str.head(_CHARS))
    parts = [own]
    for scope, pattern in (("region_total", _TOTAL), ("level", _LEVEL)):
        said = governing.with_columns(raw=pl.col("start").str.extract(f"({pattern})")).drop_nulls("raw")
        before = pl.col("start").str.splitn(pl.col("raw"), 2).struct.field("field_0")
        line = before.str.count_matches("\n", literal=True).cast(pl.Int32) + 1
        parts.append(said.select("position", "raw", origin=pl.lit("body"), line=line, report_scope=pl.lit(scope)).select(own.columns))
    return pl.concat(parts)


def decide_scopes(scopes: pl.DataFrame) -> pl.DataFrame:
    """position, report_scope: where all that is said of it is the same."""
    found = scopes.group_by("position").agg(pl.col("report_scope").unique())
    return found.filter(pl.col("report_scope").list.len() == 1).with_columns(pl.col("report_scope").list.first())
