"""The mentions of a batch of documents: which sentences may hold one, what their numbers are, and where they stand.

Sentences are cut and masked for the whole batch in polars; only shapes that were not seen before are bound in Python
(ingest.mentions.binding).
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.mentions.binding import bind_shape
from ingest.mentions.wrapping import find_wrapped, join_wrapped_lines
from ingest.tables import MENTIONS
from ingest.tokens import Ints, TextBatch

_LEAST_BYTES = 20
"""Six Chinese characters and a mark: no line that names a subject and a number is shorter."""
_ROW_BORDERS = 3
"""A line with so many borders is the row of a table."""
_LONGEST_BYTES = 4500
"""A longer sentence is a table without line ends."""
_SENTENCE_CHARACTERS = 200
_DATE = r"[0-9０-９]{1,2} ?月(?: ?[0-9０-９]{1,2} ?日)?"
_NUMBER = r"[0-9０-９]+(?:[,，][0-9０-９]{3})*(?:[.．][0-9０-９]+)?"
_OUTER = " \t\n\u00a0\u3000"
_PRINTED = rf"{_DATE}|{_NUMBER}"
_WIDE_DIGIT = "|".join("０１２３４５６７８９")
_UNIT = "件|条|次|元|%|％|份|篇|期|场|人|名|个|宗|起|项|部|例|笔|则|轮|批|班|條|場|個|項|筆|則"
_COUNTED = rf"[0-9０-９][\s余餘多十百千万萬亿億]*(?:{_UNIT})"
_TOLD = "信息|申请|复议|诉讼|培训|会议|解读|规范性|申請|復議|訴訟|培訓|會議|解讀|規範性"
_NUMERAL = "|".join(digit + unit for digit in "一二两三四五六七八九十" for unit in "件次份场期") + "|百件|余件|余次|百条|千条|余条|十条"
"""Few enough to be searched all at once."""
_NONE = "未|没有|沒有|无|無|不存在"
_DENIED = "申请|申請|复议|復議|诉讼|訴訟|费|費|规范性|規範性|规章|投诉|举报|结转|結轉"
_ZERO = "为0"
_REQUESTS, _DISCLOSURE = "公开申请|依申请|公開申請|依申請", "信息公开|政务公开|信息公開|政務公開"
_WITHOUT_TABLE = ("overview", "problems", "other")
_FIRST_YEAR, _LAST_YEAR = 1949, 2100
_RAW_NUMBER = r"^(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.[0-9]+)?$"


def find_mentions(batch: TextBatch, report_years: pl.Series) -> pl.DataFrame:
    """doc and the columns of MENTIONS but document_id and section, in printed order. `report_years`: Int16, one a document of the batch.

    A number of another year than the one reported on is no mention.
    """
    shapes = _find_shapes(batch)
    bindings = _bind(shapes)
    if bindings.is_empty():
        return pl.DataFrame(schema=_FOUND)
    sentences = shapes.join(bindings.select("shape_id").unique(), on="shape_id", how="semi").with_columns(
        numbers=pl.col("sentence").str.extract_all(_PRINTED)
    )
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


def _find_shapes(batch: TextBatch) -> pl.DataFrame:
    """place, doc, line, sentence, shape_id, shape, two flags: the sentences that may hold a mention."""
    sentences = _find_sentences(batch)
    text = sentences["sentence"]
    is_counted, is_denied, is_numeral = (np.zeros(len(text), dtype=bool) for _ in range(3))
    digits = text.str.contains("[0-9]") | text.str.contains(_WIDE_DIGIT)
    digits_at = digits.arg_true()
    counted = text.gather(digits_at)
    is_counted[digits_at.to_numpy()] = counted.str.contains(_COUNTED) | counted.str.contains(_ZERO, literal=True)
    _narrow(is_denied, text, ~is_counted, _NONE, _DENIED)
    _narrow(is_numeral, text, ~is_counted, _NUMERAL, _TOLD)
    chosen = sentences.filter(pl.Series(is_counted | is_denied | is_numeral))
    chosen = chosen.filter(pl.col("sentence").str.len_bytes() <= _LONGEST_BYTES)
    before = np.maximum(chosen["place"].to_numpy().astype(np.int64) - 1, 0)
    context = text.gather(before)
    is_same_doc = sentences["doc"].gather(before) == chosen["doc"]
    chosen = chosen.with_columns(
        shape=_mask(chosen["sentence"]),
        is_about_requests=context.str.contains(_REQUESTS) & is_same_doc,
        is_about_disclosure=context.str.contains(_DISCLOSURE) & is_same_doc,
    )
    key = ["shape", "is_about_requests", "is_about_disclosure"]
    distinct = chosen.select(key).unique().with_row_index("shape_id")
    return chosen.join(distinct, on=key, how="inner", maintain_order="left")


def _narrow(found: NDArray[np.bool_], text: pl.Series, within: NDArray[np.bool_], *patterns: str) -> None:
    """Marks the texts that hold every pattern, each asked of what the one before left."""
    at = np.flatnonzero(within)
    for pattern in patterns:
        at = at[text.gather(at).str.contains(pattern).to_numpy()]
    found[at] = True


def _find_sentences(batch: TextBatch) -> pl.DataFrame:
    """place, doc, line (of the sentence's first character), sentence: of the lines that are long enough to say something."""
    lines = _read_lines(batch, np.arange(batch.size), _LEAST_BYTES)
    wrapped = find_wrapped(lines)
    if wrapped.is_empty():
        return _split_sentences(lines).with_row_index("place")
    joined = _split_sentences(join_wrapped_lines(_read_lines(batch, wrapped.sort().to_numpy().astype(np.int64), 1)))
    breaks = pl.col("sentence").str.count_matches("\n", literal=True)
    joined = joined.with_columns(pl.col("line") + (breaks.cum_sum() - breaks).over("paragraph").cast(pl.Int32))
    others = lines.filter(~pl.col("doc").is_in(wrapped.implode()))
    return _split_sentences(others).merge_sorted(joined, key="doc").drop("paragraph").with_row_index("place")


def _read_lines(batch: TextBatch, docs: Ints, least_bytes: int) -> pl.DataFrame:
    """doc, line, token: the lines of these documents with so many bytes, without the rows of tables."""
    counts = batch.line_counts[docs]
    doc = np.repeat(docs, counts)
    line = np.arange(len(doc)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    start = batch.find_line_starts(doc, line)
    end = np.where(line == batch.line_counts[doc], batch.starts[doc + 1], batch.find_line_starts(doc, line + 1) - 1)
    kept = np.flatnonzero(end - start >= least_bytes)
    lines = pl.DataFrame(
        {
            "doc": doc[kept].astype(np.uint32),
            "line": line[kept].astype(np.int32),
            "token": batch.slice_texts(doc[kept], start[kept], end[kept]),
        }
    )
    return lines.filter(pl.col("token").str.count_matches(r"[|\t]") < _ROW_BORDERS)


def _split_sentences(tokens: pl.DataFrame) -> pl.DataFrame:
    """paragraph, doc, line (of the token), sentence."""
    return (
        tokens.with_row_index("paragraph")
        .select("paragraph", "doc", "line", sentence=pl.col("token").str.split("。"))
        .explode("sentence", empty_as_null=False)
    )


def _mask(sentences: pl.Series) -> pl.Series:
    """Every number as 0; a month and day are kept and followed by 0."""
    has_date = sentences.str.contains(r"[0-9０-９] ?月")
    masked = sentences.str.replace_all(_NUMBER, "0")
    if not has_date.any():
        return masked
    at = has_date.arg_true()
    return masked.scatter(at, sentences.gather(at).str.replace_all(rf"({_DATE})|{_NUMBER}", "${1}0"))


def _bind(shapes: pl.DataFrame) -> pl.DataFrame:
    """shape_id, order (in the sentence) and the fields of Binding."""
    distinct = shapes.select("shape_id", "shape", "is_about_requests", "is_about_disclosure").unique("shape_id", maintain_order=True)
    rows = [
        (shape_id, order, *binding)
        for shape_id, shape, requests, disclosure in distinct.iter_rows()
        for order, binding in enumerate(bind_shape(shape, is_about_requests=requests, is_about_disclosure=disclosure))
    ]
    return pl.DataFrame(rows, schema=_BINDING, orient="row")


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
    number = pl.Series("number", plain.str.replace_all(",", "", literal=True)).cast(pl.Float64, strict=False)
    is_number = plain.str.contains(_RAW_NUMBER)
    value = pl.when(pl.col("number_at").is_null()).then(pl.col("stated")).when(is_number).then(number * pl.col("factor"))
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
