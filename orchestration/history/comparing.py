"""Two publications compared: which numbers changed, where each is printed, and why."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from orchestration.history.figures import CELL, FIGURE, read_documents, scan_figures
from orchestration.publishing import Publication, read_manifest

REASONS: Final = (
    "document_changed",
    "another_document",
    "parser_changed",
    "code_changed",
    "kept_out",
    "let_in",
    "gone",
    "appeared",
)
"""Why a number changed:
document_changed   the same file holds other bytes
another_document   another document stands for the agency and year
parser_changed     the same document is read otherwise by another version of the parser
code_changed       the same document, the same parser: the marts are made otherwise, or a person's decision changed
kept_out, let_in   the report was published and is quarantined now, or the other way round (`detail`: why, and whether rules changed)
gone, appeared     one of the two has no report of the agency and year: its file was not there, or was rejected
"""
CHANGES: Final = pl.Schema(
    {
        "reason": pl.Enum(REASONS),
        "detail": pl.String(),
        "agency_id": pl.String(),
        "agency_name": pl.String(),
        "report_year": pl.Int32(),
        "report_scope": pl.String(),
        "table": pl.String(),
        "row": pl.String(),
        "column": pl.String(),
        "from_value": FIGURE,  # null: no figure (blank, dash, or no such cell)
        "from_raw": pl.String(),
        "from_source": pl.String(),
        "from_line": pl.Int32(),
        "from_document_id": pl.String(),
        "to_value": FIGURE,
        "to_raw": pl.String(),
        "to_source": pl.String(),
        "to_line": pl.Int32(),
        "to_document_id": pl.String(),
    }
)
"""One row per number that is not the same in both, by agency, year and cell."""

_KEY: Final = ["agency_id", "report_year", "report_scope"]
_MATCHES: Final = ((["document_id"], False), (_KEY, False), (_KEY[:2], True))
"""What reports have in common that are the same in both, surest first. The last only where it leaves one on each side: the scope is told
otherwise now, and of several it would be a guess which is which."""


@dataclass(frozen=True)
class Comparison:
    """What `compare_publications` found."""

    changes: pl.DataFrame
    """CHANGES."""
    summary: pl.DataFrame
    """reason, reports, figures: the reasons that occur, in the order of REASONS."""


def compare_publications(before: Path, after: Path) -> Comparison:
    """The numbers of two publications (folders of Parquet files), matched by report and cell.

    Reports are the same when their document is, or else their agency, year and scope. Figures are read one report year at a time.
    """
    pairs = match_reports(read_documents(before), read_documents(after), read_manifest(before), read_manifest(after))
    parts = [pl.DataFrame(schema=CHANGES)]
    parts += [_compare_figures(year, before, after) for year in pairs.partition_by("report_year")]
    changes = pl.concat(parts).sort("agency_name", "report_year", "report_scope", *CELL)
    reports = changes.group_by("reason").agg(
        pl.concat_str("from_document_id", "to_document_id", separator=" ", ignore_nulls=True).n_unique().alias("reports"),
        pl.len().alias("figures"),
    )
    return Comparison(changes, reports.sort("reason"))


def match_reports(before: pl.DataFrame, after: pl.DataFrame, earlier: Publication | None, later: Publication | None) -> pl.DataFrame:
    """One row per report that either publication (DOCUMENTS, manifest) holds among its figures.

    Columns agency_id, agency_name, report_year, report_scope, from_document_id, from_source, to_document_id, to_source (null: not there),
    reason and detail for the case that a number differs.
    """
    old, new = _select_published(before, "from"), _select_published(after, "to")
    pairs: list[pl.DataFrame] = []
    for keys, is_only in _MATCHES:
        found = _pair_reports(old, new, keys, is_only=is_only)
        old = old.join(found, on="from_document_id", how="anti")
        new = new.join(found, on="to_document_id", how="anti")
        pairs.append(found)
    matched = pl.concat([*pairs, old.drop("document_id"), new.drop("document_id")], how="diagonal")
    both = pl.col("from_document_id").is_not_null() & pl.col("to_document_id").is_not_null()
    held_after = after.select(from_document_id="document_id", after_reasons=pl.col("reasons"), is_after=pl.lit(value=True))
    held_before = before.select(to_document_id="document_id", before_reasons=pl.col("reasons"), is_before=pl.lit(value=True))
    file_after = _list_kept_out(after).rename({"source": "from_source", "reasons": "after_file_reasons"})
    file_before = _list_kept_out(before).rename({"source": "to_source", "reasons": "before_file_reasons"})
    told = (
        matched.join(held_after.unique("from_document_id"), on="from_document_id", how="left")
        .join(held_before.unique("to_document_id"), on="to_document_id", how="left")
        .join(file_after, on="from_source", how="left")
        .join(file_before, on="to_source", how="left")
    )
    is_same = pl.col("from_document_id") == pl.col("to_document_id")
    is_parser = _differs(earlier, later, "parser")
    is_rules = _differs(earlier, later, "rules")
    reason = (
        pl.when(both & is_same)
        .then(pl.lit("parser_changed" if is_parser else "code_changed"))
        .when(both & (pl.col("from_source") == pl.col("to_source")))
        .then(pl.lit("document_changed"))
        .when(both)
        .then(pl.lit("another_document"))
        .when(pl.col("to_document_id").is_null() & pl.coalesce("after_reasons", "after_file_reasons").is_not_null())
        .then(pl.lit("kept_out"))
        .when(pl.col("to_document_id").is_null())
        .then(pl.lit("gone"))
        .when(pl.coalesce("before_reasons", "before_file_reasons").is_not_null())
        .then(pl.lit("let_in"))
        .otherwise(pl.lit("appeared"))
    )
    quarantined = pl.coalesce("after_reasons", "after_file_reasons", "before_reasons", "before_file_reasons")
    detail = (
        pl.when(both & ~is_same & pl.col("is_after"))
        .then(pl.format("the earlier document is kept out: {}", pl.col("after_reasons").fill_null("")))
        .when(~both & quarantined.is_not_null())
        .then(pl.concat_str(quarantined, pl.lit("; the rules changed" if is_rules else "")))
    )
    return told.select(*_KEY, "agency_name", "from_document_id", "from_source", "to_document_id", "to_source", reason=reason, detail=detail)


def _differs(earlier: Publication | None, later: Publication | None, part: str) -> bool:
    """Whether the two were made with another parser or rules; False where one of them does not say."""
    if earlier is None or later is None or earlier.origins is None or later.origins is None:
        return False
    return bool(getattr(earlier.origins, part) != getattr(later.origins, part))


def _select_published(documents: pl.DataFrame, side: str) -> pl.DataFrame:
    published = documents.filter(pl.col("reasons").is_null()).unique("document_id", keep="first", maintain_order=True)
    return published.select(
        *_KEY,
        "agency_name",
        "document_id",
        pl.col("document_id").alias(f"{side}_document_id"),
        pl.col("source").alias(f"{side}_source"),
    )


def _list_kept_out(documents: pl.DataFrame) -> pl.DataFrame:
    """source, reasons of the files whose report is kept out: a file may hold another document than before."""
    kept_out = documents.filter(pl.col("reasons").is_not_null() & pl.col("source").is_not_null())
    return kept_out.select("source", "reasons").unique("source", keep="first", maintain_order=True)


def _pair_reports(old: pl.DataFrame, new: pl.DataFrame, keys: list[str], *, is_only: bool) -> pl.DataFrame:
    if is_only:
        old, new = (side.filter(pl.len().over(keys) == 1) for side in (old, new))
    found = new.drop("from_document_id", "from_source", strict=False).join(
        old.select(*keys, "from_document_id", "from_source"), on=keys, how="inner", nulls_equal=True
    )
    for side in ("from_document_id", "to_document_id"):
        found = found.unique(side, keep="first", maintain_order=True)
    return found.drop("document_id")


def _compare_figures(pairs: pl.DataFrame, before: Path, after: Path) -> pl.DataFrame:
    """CHANGES of some pairs of reports."""
    numbered = pairs.with_row_index("pair")
    sides = []
    for side, folder in (("from", before), ("to", after)):
        ids = numbered.select("pair", document_id=f"{side}_document_id").drop_nulls("document_id")
        figures = scan_figures(folder).filter(pl.col("value").is_not_null()).join(ids.lazy(), on="document_id", how="inner")
        names = {name: f"{side}_{name}" for name in ("value", "raw", "line")}
        sides.append(figures.select("pair", *CELL, *names).rename(names))
    changed = (
        sides[0]
        .join(sides[1], on=["pair", *CELL], how="full", coalesce=True)
        .filter(pl.col("from_value").ne_missing(pl.col("to_value")))
        .collect()
    )
    return changed.join(numbered, on="pair", how="inner").select(pl.col(name).cast(dtype) for name, dtype in CHANGES.items())
