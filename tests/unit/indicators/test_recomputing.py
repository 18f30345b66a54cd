"""The independent recomputation, on figures that others have published."""

import polars as pl
import pytest
from properties.recomputing import recompute

REPORTS = {
    "document_id": pl.String,
    "agency_id": pl.String,
    "report_year": pl.Int32,
    "template": pl.String,
    "region_code": pl.String,
    "agency_level": pl.String,
    "agency_kind": pl.String,
    "report_scope": pl.String,
}


def build_facts(totals: dict[str, dict[str, int | None]]) -> dict[str, pl.DataFrame]:
    """Reports for 2023 with these totals of table 三, county departments of one province."""
    keys = {"document_id": pl.String, "row_key": pl.String, "column_key": pl.String}
    reports = [(name, name, 2023, "2021", "330109", "county", "department", "own") for name in totals]
    cells = [(name, row, "total", figure) for name, rows in totals.items() for row, figure in rows.items()]
    return {
        "fct_reports": pl.DataFrame(reports, schema=REPORTS, orient="row"),
        "fct_requests": pl.DataFrame(cells, schema={**keys, "request_count": pl.Int64}, orient="row"),
        "fct_disputes": pl.DataFrame(schema={**keys, "case_count": pl.Int64}),
        "fct_proactive_disclosures": pl.DataFrame(schema={**keys, "item_count": pl.Int64, "amount_cny": pl.Decimal(24, 2)}),
        "fct_mentions": pl.DataFrame(
            schema={
                "document_id": pl.String,
                "subject": pl.String,
                "value": pl.Decimal(20, 6),
                "unit": pl.String,
                "value_precision": pl.String,
            }
        ),
    }


def read_value(facts: dict[str, pl.DataFrame], document: str, indicator: str) -> float | None:
    rows = recompute(facts).filter((pl.col("document_id") == document) & (pl.col("indicator_id") == indicator))
    return rows["indicator_value"].item()


@pytest.mark.parametrize(
    ("granted", "partly", "processed", "percent"),
    [(10538, 0, 34430, 30.61), (81, 0, 263, 30.80)],  # 上海 2023, 普陀 first half of 2022, as their offices state the 公开率
)
def test_the_disclosure_rate_is_the_one_that_offices_publish(granted: int, partly: int, processed: int, percent: float) -> None:
    facts = build_facts({"a": {"granted": granted, "partly_granted": partly, "total_processed": processed}})
    assert round(100 * (read_value(facts, "a", "I-04") or 0), 2) == percent


def test_blank_zero_and_contradiction_give_no_value() -> None:
    facts = build_facts(
        {
            "blank": {"granted": 1, "partly_granted": None, "total_processed": 4},
            "zero": {"granted": 0, "partly_granted": 0, "total_processed": 0},
            "more": {"granted": 5, "partly_granted": 0, "total_processed": 4},
        }
    )
    assert [read_value(facts, document, "I-04") for document in ("blank", "zero", "more")] == [None, None, None]


def test_peers_are_counted_from_below_and_equals_share_a_place() -> None:
    facts = build_facts({name: {"new_received": figure} for name, figure in zip("abcde", (4, 7, 7, 9, 1), strict=True)})
    ranked = recompute(facts).filter(pl.col("indicator_id") == "I-01a").sort("document_id")
    assert ranked["peer_percentile"].to_list() == [0.25, 0.5, 0.5, 1.0, 0.0]
    assert set(ranked["peer_count"]) == {5}
