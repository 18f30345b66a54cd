"""Who reports: every name that title, header, opening and signature print, and the one that counts."""

from __future__ import annotations

from typing import Final

import polars as pl

from ingest.identity.heads import NO_LINE, Heads, read_whole
from ingest.identity.patterns import (
    ACTING,
    ANNOUNCED,
    COMPILER,
    IS_AGENCY,
    IS_ALIAS,
    IS_NO_ACTOR,
    IS_NO_AGENCY,
    NAME_NO_DIGIT,
    SUBJECT,
    TOPIC,
    YEAR,
)

AGENCY_FACTS: Final = pl.Schema({
    "position": pl.UInt32(), "rank": pl.Int8(), "origin": pl.String(), "raw": pl.String(), "line": pl.Int32(),
})  # fmt: skip
_TITLED, _HEADER, _COMPILED, _ANNOUNCED, _SUBJECT, _SHORT_HEADER, _SIGNED, _ACTOR = range(8)
"""Which name counts: the lowest rank. A short header name such as 区…办 counts only when no sentence of the opening names the body."""


def read_agencies(heads: Heads, titles: pl.DataFrame, headers: pl.DataFrame, signatures: pl.DataFrame) -> pl.LazyFrame:
    """Every name of a body with where it stands (AGENCY_FACTS and `whole`, see Heads.locate), by position and rank: the first of each
    document is the one that counts.

    The weak sentences (subject, actor) are only read where nothing stronger names the body.
    """
    header = _read_header(headers.lazy())
    openings = heads.frame.lazy()
    strong = _keep(
        pl.concat(
            [
                _read_titled(titles.lazy()),
                header.filter(pl.col("rank") == _HEADER),
                _read_opening(openings, _COMPILED, COMPILER),
                _read_opening(openings, _ANNOUNCED, ANNOUNCED),
            ]
        )
    ).collect()
    rest = openings.join(strong.lazy().select("position"), on="position", how="anti", maintain_order="left")
    signed = signatures.lazy().select(
        "position", "raw", "line", origin=pl.lit("signature"), rank=pl.lit(_SIGNED, dtype=pl.Int8), whole=pl.lit(None, dtype=pl.String)
    )
    weak = _keep(
        pl.concat(
            [
                header.filter(pl.col("rank") != _HEADER).select(*_COLUMNS),
                _read_opening(rest, _SUBJECT, SUBJECT).select(*_COLUMNS),
                signed.select(*_COLUMNS),
            ]
        )
    ).collect()
    found = pl.concat([strong, weak])
    unnamed = heads.lines.lazy().filter("is_top").join(found.lazy().select("position"), on="position", how="anti", maintain_order="left")
    actors = _keep(_read_actors(unnamed))
    return pl.concat([found.lazy(), actors]).sort("position", "rank", maintain_order=True)


_COLUMNS: Final = (*AGENCY_FACTS, "whole")


def _keep(facts: pl.LazyFrame) -> pl.LazyFrame:
    """The facts whose name can be a body's: ends as one does, and is no pronoun, label or collective."""
    return facts.select(*_COLUMNS).filter(is_agency(pl.col("raw")))


def is_agency(name: pl.Expr) -> pl.Expr:
    """Whether the name can be a body's name."""
    return name.str.contains(IS_AGENCY) & ~name.str.contains(IS_NO_AGENCY)


def _read_titled(titles: pl.LazyFrame) -> pl.LazyFrame:
    """The body that the title names: before its year, between year and topic, in brackets at its end, or on the line above."""
    title = pl.col("name")
    parts = (
        titles.with_columns(name=pl.col("title").str.replace(r"^(?:关于|關於)?(?:[发發]布|公布|印[发發])?", ""))
        .with_columns(
            before=title.str.extract(rf"^({NAME_NO_DIGIT}{{2,60}}?)的?{YEAR}").str.replace(rf"(?:政府)?{TOPIC}.*$", ""),
            between=complete_government(title.str.extract(rf"^(?:{YEAR}年?度?)?({NAME_NO_DIGIT}{{2,45}}?)的?(?:政府)?{TOPIC}")),
            bracketed=title.str.extract(r"[（(〔]([^）)〕]{2,30})[）)〕]$"),
            above=pl.col("above").str.replace(rf"{YEAR}年?度?$", ""),
        )
        .with_columns(pl.when(is_agency(pl.col(name))).then(name).alias(name) for name in ("before", "between", "bracketed", "above"))
        .with_columns(titled=pl.coalesce("before", "between", "bracketed"))
    )
    is_titled = pl.col("titled").is_not_null()
    return (
        parts.select(
            "position",
            rank=pl.lit(_TITLED),
            origin=pl.when(is_titled).then(pl.lit("title")).otherwise(pl.lit("above_title")),
            raw=pl.coalesce("titled", "above"),
            line=pl.when(is_titled).then("title_line").otherwise(pl.col("title_line") - 1),
        )
        .drop_nulls("raw")
        .cast(AGENCY_FACTS)
        .select(*AGENCY_FACTS, whole=pl.lit(None, dtype=pl.String))
    )


def _read_header(headers: pl.LazyFrame) -> pl.LazyFrame:
    named = headers.filter(pl.col("agency").is_not_null()).unique("position", keep="first", maintain_order=True)
    is_short = pl.col("agency").str.contains(IS_ALIAS)
    rank = pl.when(is_short).then(pl.lit(_SHORT_HEADER)).otherwise(pl.lit(_HEADER)).cast(pl.Int8)
    return named.select(
        "position", rank=rank, origin=pl.lit("header"), raw="agency", line="line", whole=pl.lit(None, dtype=pl.String)
    ).select(*_COLUMNS)


def _read_opening(openings: pl.LazyFrame, rank: int, pattern: str) -> pl.LazyFrame:
    match = pl.col("match").struct
    name = complete_government(match.field("2")) if rank == _ANNOUNCED else match.field("2")
    return (
        openings.select("position", match=read_whole(pl.col("flat"), pattern))
        .select("position", rank=pl.lit(rank, dtype=pl.Int8), origin=pl.lit("opening"), raw=name, line=NO_LINE, whole=match.field("1"))
        .drop_nulls("raw")
    )


def _read_actors(lines: pl.LazyFrame) -> pl.LazyFrame:
    """The subject of a sentence about the year's work."""
    match = pl.col("match").struct
    return (
        lines.group_by("position", maintain_order=True)
        .agg(text=pl.col("text").str.join("\n"))
        .select("position", match=read_whole(pl.col("text"), ACTING))
        .select(
            "position",
            rank=pl.lit(_ACTOR, dtype=pl.Int8),
            origin=pl.lit("body"),
            raw=match.field("2"),
            line=NO_LINE,
            whole=match.field("1").str.replace_all("\n", "", literal=True),
        )
        .drop_nulls("raw")
        .filter(~pl.col("raw").str.contains(IS_NO_ACTOR))
    )


def complete_government(name: pl.Expr) -> pl.Expr:
    """X人民 + 政府信息公开 is read as X人民政府 + 信息公开; X + 政府信息公开 stays X."""
    return pl.when(name.str.ends_with("人民")).then(name + "政府").otherwise(name)
