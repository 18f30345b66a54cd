"""The labelled facts above a report: 索引号, 发布机构, 发布日期, 成文日期, 文号."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.identity.heads import Heads, read_day
from ingest.identity.patterns import ALONE, GAP, HEADER_AGENCY, INDEX_NUMBER, RELEASED, SEPARATORS, WRITTEN

_HAS_LABEL: Final = (
    "索引[号號]|[发發][布文表稿](?:[机機]|[单單]位|日期|[时時][间間]|于)|公[开開布](?:日期|[时時][间間]|于)|上[传傳](?:日期|[时時][间間]|于)|成文|文[号號]"
    "|(?:[时時][间間]|日期)[:：]"
)
_DOCUMENT_NUMBER: Final = (
    rf"文{GAP}[号號]{SEPARATORS}([^\s|:：，,。;；]{{1,20}}[〔\[（(【]\s*20[0-9]{{2}}\s*[〕\])）】]\s*第?\s*[0-9]{{1,5}}\s*[号號])"
)
_ENDS_WITH_LABEL: Final = "(?:日期|[时時][间間]|于)[:：]?$"
_HAS_DAY: Final = r"20[0-9]{2}.*[0-9]"
_LONGEST_DAY: Final = 120  # bytes

HEADER_FACTS: Final = ("agency", "released", "written", "index_number", "document_number", "alone")


def read_headers(heads: Heads) -> pl.LazyFrame:
    """position, line and what the line says: agency, released, written (dates), index_number, document_number, alone (a date on a line of
    its own). One row per line of the top that holds a label or a lone date, in printed order. A value may stand on the line below."""
    top = heads.lines.lazy().with_columns(below=pl.col("raw").shift(-1), owner_below=pl.col("position").shift(-1)).filter("is_top")
    has_below = pl.col("owner_below") == pl.col("position")
    is_open = has_below & pl.col("text").str.contains(_ENDS_WITH_LABEL)
    window = pl.when(is_open).then(pl.concat_str("raw", pl.lit("\n"), "below"))
    index_number = pl.col("raw").str.extract(INDEX_NUMBER)
    labelled = top.filter(pl.col("text").str.contains(_HAS_LABEL)).select(
        "position",
        line="number",
        agency=pl.col("raw").str.extract(HEADER_AGENCY),
        released=pl.coalesce(read_day(pl.col("raw"), RELEASED), read_day(window, RELEASED)),
        written=read_day(pl.col("raw"), WRITTEN),
        index_number=pl.when(index_number.str.contains("[0-9]")).then(index_number),
        document_number=pl.col("raw").str.extract(_DOCUMENT_NUMBER),
        alone=pl.lit(None, dtype=pl.Date),
    )
    alone = (
        top.filter(pl.col("raw").str.len_bytes() < _LONGEST_DAY)
        .filter(pl.col("raw").str.contains(_HAS_DAY))
        .select("position", line="number", alone=read_day(pl.col("raw"), ALONE))
        .drop_nulls("alone")
    )
    return (
        pl.concat([labelled, alone], how="diagonal").filter(pl.any_horizontal(pl.col(HEADER_FACTS).is_not_null())).sort("position", "line")
    )


def gather_headers(headers: pl.DataFrame) -> pl.LazyFrame:
    """One row per document with the first of each fact and the line it stands on (`<fact>_line`)."""
    return (
        headers.lazy()
        .group_by("position")
        .agg(
            pl.col(HEADER_FACTS).drop_nulls().first(),
            *(pl.col("line").filter(pl.col(name).is_not_null()).first().alias(f"{name}_line") for name in HEADER_FACTS),
        )
    )
