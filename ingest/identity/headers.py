"""The labelled facts above a report: 索引号, 发布机构, 发布日期, 成文日期, 文号."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.identity.heads import Heads, read_day
from ingest.identity.patterns import ALONE, GAP, HEADER_AGENCY, INDEX_NUMBER, RELEASED, SEPARATORS, WRITTEN

_HAS_LABEL: Final = (
    "索引[号號]|[发發][布文](?:[机機]|[单單]位|日期|[时時][间間]|于)|公[开開布](?:日期|[时時][间間]|于)|上[传傳](?:日期|[时時][间間]|于)|成文|文[号號]"
    "|(?:[时時][间間]|日期)[:：]"
)
_DOCUMENT_NUMBER: Final = rf"文{GAP}[号號]{SEPARATORS}([^\s|:：，,。;；]{{1,20}}[〔\[（(【]\s*20[0-9]{{2}}\s*[〕\])）】]\s*第?\s*[0-9]{{1,5}}\s*[号號])"
_HAS_DAY: Final = r"20[0-9]{2}.*[0-9]"
_LONGEST_DAY: Final = 120  # bytes


def read_headers(heads: Heads) -> pl.DataFrame:
    """position, line and what the line says: agency, released, written (dates), index_number, document_number, alone (a date on a line of
    its own). One row per line of the top that holds a label or a lone date, in printed order. A value may stand on the line below."""
    top = heads.lines.with_columns(below=pl.col("raw").shift(-1), owner_below=pl.col("position").shift(-1)).filter("is_top")
    labelled = top.filter(pl.col("text").str.contains(_HAS_LABEL)).with_columns(
        window=pl.when(pl.col("owner_below") == pl.col("position")).then(pl.concat_str("raw", pl.lit("\n"), "below")).otherwise("raw")
    )
    index_number = pl.col("raw").str.extract(INDEX_NUMBER)
    facts = labelled.select(
        "position",
        line="number",
        agency=pl.col("raw").str.extract(HEADER_AGENCY),
        released=read_day(pl.col("window"), RELEASED),
        written=read_day(pl.col("raw"), WRITTEN),
        index_number=pl.when(index_number.str.contains("[0-9]")).then(index_number),
        document_number=pl.col("raw").str.extract(_DOCUMENT_NUMBER),
        alone=pl.lit(None, dtype=pl.Date),
    ).filter(pl.any_horizontal(pl.col("agency", "released", "written", "index_number", "document_number").is_not_null()))
    alone = (
        top.filter(pl.col("raw").str.len_bytes() < _LONGEST_DAY)
        .filter(pl.col("raw").str.contains(_HAS_DAY))
        .select("position", line="number", alone=read_day(pl.col("raw"), ALONE))
        .drop_nulls("alone")
    )
    return pl.concat([facts, alone], how="diagonal").sort("position", "line")


def pick_first(facts: pl.DataFrame, column: str) -> pl.DataFrame:
    """position, line and the column: the first row of each document that has it."""
    return facts.select("position", "line", column).drop_nulls(column).unique("position", keep="first", maintain_order=True)
