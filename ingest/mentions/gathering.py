"""The mentions of a batch of documents: which sentences hold one, what their numbers are, and where they stand.

Candidates are found in the bytes (ingest.mentions.candidates) and masked in polars; only shapes that were not seen before are bound in
Python (ingest.mentions.binding).
"""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from ingest.mentions.binding import bind_shape, read_outline
from ingest.mentions.candidates import Candidates, find_candidates
from ingest.tables import MENTIONS
from ingest.tokens import TextBatch

_SENTENCE_CHARACTERS = 200
_DATE = r"[0-9０-９]{1,2} ?月(?: ?[0-9０-９]{1,2} ?日)?"
_NUMBER = r"[0-9０-９]+(?:[,，][0-9０-９]{3})*(?:[.．][0-9０-９]+)?"
_OUTER = " \t\n\u00a0\u3000"
_PRINTED = rf"{_DATE}|{_NUMBER}"
_REQUESTS, _DISCLOSURE = "公开申请|依申请|公開申請|依申請", "信息公开|政务公开|信息公開|政務公開"
_WITHOUT_TABLE = ("overview", "problems", "other")
_FIRST_YEAR, _LAST_YEAR = 1949, 2100
_RAW_NUMBER = r"^(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?$"


def find_mentions(batch: TextBatch, report_years: pl.Series) -> pl.DataFrame:
    """doc and the columns of MENTIONS but document_id and section, in printed order. `report_years`: Int16, one a document of the batch.

    A number of another year than the one reported on is no mention.
    """
    found = [_read_candidates(candidates, report_years) for candidates in find_candidates(batch)]
    return found[0] if len(found) == 1 else pl.concat(found).sort("doc", maintain_order=True)


def _read_candidates(candidates: Candidates, report_years: pl.Series) -> pl.DataFrame:
    sentences, bindings = _bind(candidates)
    if bindings.is_empty():
        return pl.DataFrame(schema=_FOUND)
    found = sentences.join(bindings, on="shape_id", how="inner", maintain_order="left_right")
    found = _read_numbers(found)
    year = pl.col("numbers").list.get(pl.col("year_at"), null_on_oob=True).str.replace_all(" ", "").cast(pl.Float64, strict=False)
    found = found.with_columns(year=year, report_year=report_years.gather(found["doc"]))
    is_own_year = pl.col("year").is_null() | ~pl.col("year").is_between(_FIRST_YEAR, _LAST_YEAR) | (pl.col("year") == pl.col("report_year"))
    found = found.filter(is_own_year & pl.col("value").is_not_null())
    return found.select(
        "doc",
        "subject",
        "value",
        "precision",
        "raw",
        "unit",
        line=(pl.col("line") + pl.col("line_at")).cast(pl.Int32),
        sentence=_bound_sentence(found),
    )


def place_mentions(found: pl.DataFrame, sections: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """With `section`, and without what stands on a line that holds cells of a table: there a number belongs to the table.

    `sections` and `cells` have doc instead of document_id. Where several sections begin on the line of a mention, its section is null.
    """
    starts = sections.select("doc", "section", line="start_line").with_columns(pl.col("doc").cast(pl.UInt32), pl.col("line").cast(pl.Int32))
    shared = starts.group_by("doc", "line").agg(is_shared=pl.len() > 1)
    starts = starts.join(shared, on=["doc", "line"], how="left").with_columns(
        section=pl.when("is_shared").then(None).otherwise(pl.col("section"))
    )
    # The last start of a line stands for it; of several, none.
    ordered = found.with_row_index("order").sort("doc", "line")
    placed = (
        ordered.join_asof(starts.sort("doc", "line").drop("is_shared"), on="line", by="doc", check_sortedness=False)
        .sort("order")
        .drop("order")
    )
    near_tables = placed.filter(~pl.col("section").is_in(_WITHOUT_TABLE) | pl.col("section").is_null())["doc"].unique()
    lines = cells.filter(pl.col("doc").is_in(near_tables.implode())).select(pl.col("doc").cast(pl.UInt32), "line").unique()
    return placed.join(lines, on=["doc", "line"], how="anti", maintain_order="left")


_FOUND = pl.Schema({"doc": pl.UInt32(), **{name: dtype for name, dtype in MENTIONS.items() if name not in ("document_id", "section")}})


def _mask(sentences: pl.Series) -> pl.Series:
    """Every number as 0; a month and day are kept and followed by 0."""
    has_date = sentences.str.contains(r"[0-9０-９] ?月")
    masked = sentences.str.replace_all(_NUMBER, "0")
    if not has_date.any():
        return masked
    at = has_date.arg_true()
    return masked.scatter(at, sentences.gather(at).str.replace_all(rf"({_DATE})|{_NUMBER}", "${1}0"))


def _bind(candidates: Candidates) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The sentences that state something, with `shape_id` and `numbers`; and by shape_id, order (in the sentence) the fields of Binding.

    A shape that can bind nothing is dropped before the sentence in front of it is read.
    """
    sentences = candidates.sentences.with_row_index("at").with_columns(shape=_mask(candidates.sentences["sentence"]))
    distinct = sentences.select("shape").unique()
    hopeful = distinct.filter(pl.Series([read_outline(shape) is not None for shape in distinct["shape"]], dtype=pl.Boolean))
    sentences = sentences.join(hopeful.with_row_index("text_id"), on="shape", how="inner", maintain_order="left")
    context = candidates.read_contexts(sentences["at"].to_numpy())
    flags = [context.str.contains(pattern).cast(pl.UInt32) for pattern in (_REQUESTS, _DISCLOSURE)]
    sentences = sentences.with_columns(shape_id=pl.col("text_id") * 4 + flags[0] * 2 + flags[1])
    shapes = sentences["shape_id"].unique()
    texts = hopeful["shape"].gather(shapes // 4)
    rows = [
        (shape_id, order, *binding)
        for shape_id, shape in zip(shapes, texts, strict=True)
        for order, binding in enumerate(bind_shape(shape, is_about_requests=bool(shape_id & 2), is_about_disclosure=bool(shape_id & 1)))
    ]
    bindings = pl.DataFrame(rows, schema=_BINDING, orient="row")
    bound = sentences.filter(pl.col("shape_id").is_in(bindings["shape_id"].unique().implode()))
    return bound.select("doc", "line", "sentence", "shape_id", numbers=pl.col("sentence").str.extract_all(_PRINTED)), bindings


_BINDING: dict[str, pl.DataType] = {
    "shape_id": pl.UInt32(),
    "order": pl.UInt16(),
    "subject": pl.String(),
    "number_at": pl.UInt16(),
    "stated": pl.Float64(),
    "factor": pl.Float64(),
    "precision": MENTIONS["precision"],
    "before": pl.String(),
    "after": pl.String(),
    "unit": pl.String(),
    "year_at": pl.UInt16(),
    "line_at": pl.Int32(),
    "joined": pl.UInt8(),
}


def _read_numbers(found: pl.DataFrame) -> pl.DataFrame:
    """With `value` and `raw`; a number that is none (leading zero, torn thousands) has no value."""
    digits = pl.col("numbers").list.get(pl.col("number_at"), null_on_oob=True)
    if (found["joined"] > 1).any():
        digits = pl.when(pl.col("joined") > 1).then(pl.col("numbers").list.slice("number_at", "joined").list.join("")).otherwise(digits)
    found = found.with_columns(digits=digits)
    plain = found["digits"]
    if plain.str.contains("[０-９，．]").any():
        plain = plain.str.replace_many(list("０１２３４５６７８９，．"), list("0123456789,."))
    # 0.81万 is 81 * 10000 / 100: every step is exact where 0.81 * 10000 is not.
    number = plain.str.replace_all("[,.]", "").cast(pl.Float64, strict=False)
    decimals = plain.str.extract(r"\.([0-9]+)$").str.len_bytes().fill_null(0)
    is_number = plain.str.contains(_RAW_NUMBER)
    scaled = number * pl.col("factor") / pl.lit(10.0).pow(decimals)
    value = pl.when(pl.col("number_at").is_null()).then(pl.col("stated")).when(is_number).then(scaled)
    return found.with_columns(value=value, raw=pl.concat_str("before", pl.col("digits").fill_null(""), "after"))


def _bound_sentence(found: pl.DataFrame) -> pl.Expr | pl.Series:
    """The sentence as printed; of a long one the part around the number."""
    text = found["sentence"].str.strip_chars(_OUTER)
    is_long = text.str.len_chars() > _SENTENCE_CHARACTERS
    if not is_long.any():
        return text
    rows = found.select("raw", sentence=text, is_long=is_long, number_at="number_at")
    return pl.Series("sentence", [_cut_sentence(*row) for row in rows.iter_rows()], dtype=pl.String)


@cache
def _printed_pattern() -> re.Pattern[str]:
    return re.compile(_PRINTED)


def _cut_sentence(raw: str, sentence: str, is_long: bool, number_at: int | None) -> str:  # noqa: FBT001
    if not is_long:
        return sentence
    starts = [m.start() for m in _printed_pattern().finditer(sentence)]
    at = starts[number_at] if number_at is not None and number_at < len(starts) else max(0, sentence.find(raw[:1]))
    start = max(0, min(at - _SENTENCE_CHARACTERS // 2, len(sentence) - _SENTENCE_CHARACTERS))
    return sentence[start : start + _SENTENCE_CHARACTERS]
