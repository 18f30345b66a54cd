"""The indicators of another grain than the report, computed again from the published facts in plain Python, without the marts' SQL.

I-22b is not among them: the rules that held, which it divides by, are in staging only (a dbt unit test has its figures).
`PYTHONPATH=tests:. python -m properties.recomputing_marts <published folder>` does so for any publication.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

Row = dict[str, Any]
Read = Callable[[str], list[Row]]
Pair = tuple[str, object, object]
"""What is compared, as published, as computed here."""


def recompute_marts(folder: Path) -> list[Pair]:
    """Every value and null of I-20, I-21, I-22a, I-23, I-24 and I-26 in a publication."""

    def read(name: str) -> list[Row]:
        return pl.read_parquet(folder / f"{name}.parquet").to_dicts()

    return [
        *_recompute_timeliness(read),
        *_recompute_coverage(read),
        *_recompute_completeness(read),
        *_recompute_similarity(read),
        *_recompute_requests(read),
    ]


def is_close(published: object, computed: object) -> bool:
    """Equal, or as near as two ways to divide come."""
    if isinstance(published, int | float) and isinstance(computed, int | float):
        return abs(published - computed) < 1e-12
    return published is None and computed is None


def divide(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _recompute_timeliness(read: Read) -> Iterator[Pair]:
    reports = {row["document_id"]: row for row in read("fct_reports")}
    late: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for row in read("mart_timeliness"):
        report = reports[row["document_id"]]
        year, published = report["report_year"], report["published_date"]
        is_government = report["agency_kind"] in ("government", "government_office")
        has_deadline = year <= 2018 or is_government or report["agency_kind"] == "department"
        deadline = date(year + 1, 3, 31) if year <= 2018 or is_government else date(year + 1, 1, 31)
        is_judged = published is not None and published.year == year + 1 and has_deadline
        days = (published - deadline).days if is_judged else None
        yield f"I-20a {row['document_id']}", row["days_late"], days
        if days is not None:
            late[year, report["agency_level"], report["agency_kind"]].append(days)
    for row in read("mart_timeliness_years"):
        days_late = late[row["report_year"], row["agency_level"], row["agency_kind"]]
        yield f"I-20b {row['timeliness_year_id']}", row["on_time_share"], divide(sum(day <= 0 for day in days_late), len(days_late))


def _recompute_coverage(read: Read) -> Iterator[Pair]:
    statuses: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for row in read("fct_expected_reports"):
        statuses[row["region_code"], row["report_year"]].append(row["status"])
    for row in read("mart_region_years"):
        found = statuses[row["region_code"], row["report_year"]]
        yield f"I-21 {row['region_code']} {row['report_year']}", row["coverage_share"], divide(found.count("published"), len(found))


def _recompute_completeness(read: Read) -> Iterator[Pair]:
    printed: dict[str, int] = defaultdict(int)
    for table in ("fct_requests", "fct_disputes", "fct_proactive_disclosures", "fct_statistics"):
        for row in read(table):
            printed[row["document_id"]] += row["is_printed"]
    for row in read("mart_scorecards"):
        if row["is_published"] and row["expected_cell_count"]:
            share = divide(printed[row["document_id"]], row["expected_cell_count"])
            yield f"I-22a {row['document_id']}", row["cell_share"], share


def _recompute_similarity(read: Read) -> Iterator[Pair]:
    own: dict[str, list[float]] = defaultdict(list)
    peers: dict[str, list[float]] = defaultdict(list)
    for row in read("fct_copies"):
        if row["copy_kind"] != "narrative":
            continue
        if row["is_same_agency"] is False:  # null: it cannot be told, so the pair counts for neither
            peers[row["document_id"]].append(row["similarity"])
            peers[row["other_document_id"]].append(row["similarity"])
        elif row["is_same_agency"] and row["other_report_year"] == row["report_year"] - 1:
            own[row["document_id"]].append(row["similarity"])
    for row in read("mart_copied_narratives"):
        document = row["document_id"]
        yield f"I-23a {document}", row["own_year_similarity_share"], max(own[document], default=None)
        yield f"I-23b {document}", row["peer_similarity_share"], max(peers[document], default=None)


def _recompute_requests(read: Read) -> Iterator[Pair]:
    received = {
        row["document_id"]: row["request_count"]
        for row in read("fct_requests")
        if (row["row_key"], row["column_key"]) == ("new_received", "total")
    }
    standing = {row["document_id"] for row in read("mart_agency_years")}  # of several reports of an agency, that which stands for it
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    regions: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for row in read("fct_reports"):
        count = received.get(row["document_id"])
        if row["document_id"] in standing and count is not None:
            groups[row["report_year"], row["report_scope"], row["agency_level"], row["agency_kind"]].append(count)
            if row["report_scope"] == "own" and row["region_code"] is not None:
                regions[row["report_year"], row["region_code"]].append(count)
    for row in read("mart_zero_requests"):
        counts = groups[row["report_year"], row["report_scope"], row["agency_level"], row["agency_kind"]]
        yield f"I-24 {row['zero_request_id']}", row["zero_request_share"], divide(counts.count(0), len(counts))
    for row in read("mart_concentration"):
        counts = regions[row["report_year"], row["region_code"]]
        share = divide(sum(sorted(counts)[-10:]), sum(counts)) if len(counts) > 10 else None
        yield f"I-26 {row['region_code']} {row['report_year']}", row["top_ten_share"], share


def main() -> int:
    """Compare a publication and say what was compared."""
    (folder,) = sys.argv[1:]
    pairs = recompute_marts(Path(folder))
    differing = [pair for pair in pairs if not is_close(pair[1], pair[2])]
    valued = sum(published is not None for _, published, _ in pairs)
    print(f"{len(pairs):,} values and nulls of another grain compared, {valued:,} have a value, {len(differing)} differences")
    for pair in differing[:20]:
        print(*pair)
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
