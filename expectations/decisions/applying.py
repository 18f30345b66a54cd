"""What applied decisions change for the marts. The dbt models do the same in SQL; the marts gate compares the two."""

import polars as pl

from ingest.tables import CELLS, conform

_CELL_KEY = ["document_id", "table", "row", "column"]


def select_applied(decisions: pl.DataFrame, made: str) -> pl.DataFrame:
    """DECISIONS of this kind upon whole documents, those in force only."""
    is_whole = pl.col("table").is_null() & pl.col("rule_id").is_null()
    return decisions.filter((pl.col("status") == "applied") & (pl.col("decision") == made) & is_whole)


def printed_value() -> pl.Expr:
    """The value of CELLS as the marts hold what is printed: a figure with several readings is none."""
    return pl.when(~pl.col("is_doubtful")).then("value").alias("value")


def apply_to_cells(cells: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """document_id, table, row, column, value: CELLS as the marts count with them, `value` the decided one where a decision applies.

    A corrected cell that the document does not hold is added.
    """
    decided = _select_upon_cells(decisions).select(*_CELL_KEY, "decided_value", is_decided=pl.lit(value=True))
    printed = cells.select(*_CELL_KEY, printed_value())
    if decided.is_empty():
        return printed
    joined = printed.join(decided, on=_CELL_KEY, how="full", coalesce=True)
    return joined.select(*_CELL_KEY, value=pl.when("is_decided").then("decided_value").otherwise("value"))


def apply_to_tables(reports: pl.DataFrame, cells: pl.DataFrame, decisions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """REPORTS and CELLS as the marts count with them: without excluded reports, those let in accepted, decided figures in their cells.

    `raw`, `line` and `method` stay those of what is printed; a corrected cell that the document does not hold has none.
    """
    is_excluded, is_let_in = (
        pl.col("document_id").is_in(select_applied(decisions, made).get_column("document_id").implode()) for made in ("exclude", "accept")
    )
    status = pl.when(is_let_in).then(pl.lit("accepted", reports.schema["status"])).otherwise("status")
    counted = reports.filter(~is_excluded).with_columns(status=status)
    upon_cells = _select_upon_cells(decisions)
    if upon_cells.is_empty():
        return counted, cells
    is_touched = pl.col("document_id").is_in(upon_cells.get_column("document_id").implode())
    touched = cells.filter(is_touched)  # a decision is upon few of a year's documents
    decided = apply_to_cells(touched, upon_cells).join(touched.drop("value"), on=_CELL_KEY, how="left", maintain_order="left")
    return counted, pl.concat([cells.filter(~is_touched), conform(decided.with_columns(is_doubtful=pl.lit(value=False)), CELLS)])


def _select_upon_cells(decisions: pl.DataFrame) -> pl.DataFrame:
    return decisions.filter((pl.col("status") == "applied") & pl.col("table").is_not_null())
