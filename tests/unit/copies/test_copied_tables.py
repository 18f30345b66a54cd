import polars as pl
import pytest

from expectations.copies.figures import find_copied_tables, fingerprint_tables
from ingest.tables import CELLS, conform

LARGE = {"new_received": 1200, "granted": 731, "carried_over": 57, "carried_forward": 902}  # 10.2 + 9.5 + 5.9 + 9.8 bits


def build_cells(document: str, figures: dict[str, float | None], **fields: object) -> pl.DataFrame:
    rows = [
        {
            "document_id": document, "table": "requests", "row": row, "column": "total",
            "value": value, "raw": "" if value is None else str(value), "line": line, "is_doubtful": False, **fields,
        }
        for line, (row, value) in enumerate(figures.items(), start=30)
    ]  # fmt: skip
    return conform(pl.DataFrame(rows, infer_schema_length=None), CELLS)


def find(*cells: pl.DataFrame, years: dict[str, int] | None = None, agencies: dict[str, str] | None = None) -> pl.DataFrame:
    names = [frame["document_id"][0] for frame in cells]
    reports = pl.DataFrame(
        {
            "document_id": names,
            "agency_id": [(agencies or {}).get(name, name) for name in names],
            "agency_name": [f"临江市{name}局" for name in names],
            "report_year": pl.Series([(years or {}).get(name, 2023) for name in names], dtype=pl.Int16),
        }
    )
    return find_copied_tables(reports, [fingerprint_tables(pl.concat(cells))])


def test_the_same_figures_in_the_same_cells_are_a_pair_whatever_the_zeros_look_like():
    found = find(build_cells("a", LARGE | {"partly_granted": 0}), build_cells("b", LARGE | {"partly_granted": None}))
    assert found.select("document_id", "other_document_id", "section", "kind", "similarity", "is_same_agency").rows() == [
        ("b", "a", "requests", "figures", 1.0, False)
    ]
    assert found.select("start_line", "end_line", "other_start_line", "other_end_line").rows() == [(30, 34, 30, 34)]


def test_last_years_table_is_found_and_the_later_year_comes_first():
    found = find(build_cells("a", LARGE), build_cells("b", LARGE), years={"a": 2024}, agencies={"a": "x", "b": "x"})
    assert found.select("document_id", "report_year", "other_report_year", "is_same_agency").rows() == [("a", 2024, 2023, True)]


@pytest.mark.parametrize(
    "other",
    [
        LARGE | {"granted": 732},
        {"new_received": 731, "granted": 1200, "carried_over": 57, "carried_forward": 902},  # the same figures in other cells
        LARGE | {"partly_granted": 1},
    ],
)
def test_one_figure_or_place_that_differs_is_another_table(other):
    assert find(build_cells("a", LARGE), build_cells("b", other)).is_empty()


def test_small_tables_coincide_honestly():
    small = {"new_received": 3, "granted": 2, "carried_over": 1, "carried_forward": 4}
    assert find(build_cells("a", small), build_cells("b", small)).is_empty()


def test_two_figures_are_too_few_however_large():
    few = {"new_received": 123456, "granted": 987654, "total_processed": 987654}
    assert find(build_cells("a", few), build_cells("b", few)).is_empty()


def test_a_doubtful_or_unreadable_figure_proves_nothing():
    assert find(build_cells("a", LARGE), build_cells("b", LARGE, is_doubtful=True)).is_empty()
    unreadable = build_cells("b", LARGE | {"partly_granted": None}).with_columns(
        raw=pl.when(pl.col("row") == "partly_granted").then(pl.lit("1 2")).otherwise("raw")
    )
    assert find(build_cells("a", LARGE), unreadable).is_empty()
