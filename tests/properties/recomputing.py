"""Every indicator computed again from the published long facts, in polars and by hand: nothing here reads indicators.yml or its SQL.

`PYTHONPATH=tests:. python -m properties.recomputing <published folder>` does so for any publication (a folder of Parquet files).
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path

import polars as pl

from ingest.errors import NianbaoError

FACTS = ("fct_reports", "fct_requests", "fct_disputes", "fct_proactive_disclosures", "fct_mentions")
DENIED = (
    *("state_secret", "prohibited_by_law", "endangers_security", "third_party_rights", "internal_affairs"),
    *("process_information", "enforcement_file", "administrative_inquiry"),
)
APPLICANTS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "social_organization",
    "legal_service",
    "other_organization",
)
COUNTS = {"I-01a", "I-02", "I-16a", "I-17a", "I-17b", "I-17c", "I-18a", "I-19a", "I-19b", "I-19c"}
RATIOS = {"I-12a", "I-12b", "I-12c", "I-15a", "I-16b", "I-17d"}
ONE_FORM = {"I-10b", "I-10c", "I-16a", "I-16b", "I-18a"}
"""Their series breaks between the 2019 and the 2021 form."""


def cell(table: str, row: str, column: str) -> pl.Expr:
    return pl.col(f"{table}|{row}|{column}")


def total(row: str) -> pl.Expr:
    """总计 of a row of table 三."""
    return cell("requests", row, "total")


def case(row: str, column: str = "total") -> pl.Expr:
    """A cell of table 四."""
    return cell("disputes", row, column)


def added(parts: list[pl.Expr]) -> pl.Expr:
    return reduce(add, parts)


def received() -> pl.Expr:
    return total("new_received")


def accepted() -> pl.Expr:
    return total("new_received") + total("carried_over")


def processed() -> pl.Expr:
    return total("total_processed")


def disclosed() -> pl.Expr:
    return total("granted") + total("partly_granted")


def denied() -> pl.Expr:
    return added([total(f"denied_{ground}") for ground in DENIED])


def unavailable() -> pl.Expr:
    return total("unavailable_not_held") + total("unavailable_needs_creation") + total("unavailable_still_unclear")


def not_processed() -> pl.Expr:
    rows = ("petition", "repeat", "publication", "excessive", "confirmation")
    return added([total(f"not_processed_{row}") for row in rows])


def otherwise() -> pl.Expr:
    """One row of the 2019 form, three of the 2021 form; a report prints one or the other."""
    three = total("other_overdue_correction") + total("other_overdue_fee") + total("other_other")
    return pl.when(pl.col("prints_one_other_row")).then(total("other_processed")).otherwise(three)


def applicant(column: str) -> pl.Expr:
    return cell("requests", "new_received", column)


def applicants() -> pl.Expr:
    return added([applicant(column) for column in APPLICANTS])


def squares() -> pl.Expr:
    return added([applicant(column) * applicant(column) for column in APPLICANTS])


def lawsuits(column: str = "total") -> pl.Expr:
    return case("litigation_direct", column) + case("litigation_after_review", column)


def concluded_reviews() -> pl.Expr:
    return case("review", "upheld") + case("review", "corrected") + case("review", "other")


def concluded_lawsuits() -> pl.Expr:
    return lawsuits("upheld") + lawsuits("corrected") + lawsuits("other")


def documents(column: str) -> pl.Expr:
    return cell("proactive", "normative_document", column)


def decisions(row: str) -> pl.Expr:
    return cell("proactive", row, "decisions")


def stated(subject: str) -> pl.Expr:
    return cell("mentions", subject, "figure")


Pair = tuple[Callable[[], pl.Expr], Callable[[], pl.Expr] | None]

INDICATORS: dict[str, Pair] = {
    "I-01a": (received, None),
    "I-02": (accepted, None),
    "I-03a": (processed, accepted),
    "I-03b": (lambda: total("carried_forward"), accepted),
    "I-04": (disclosed, processed),
    "I-05a": (lambda: total("granted"), processed),
    "I-05b": (lambda: total("partly_granted"), processed),
    "I-06": (disclosed, lambda: disclosed() + denied() + unavailable()),
    "I-07a": (denied, processed),
    "I-07b": (lambda: total("denied_state_secret"), denied),
    "I-07c": (lambda: total("denied_prohibited_by_law"), denied),
    "I-07d": (lambda: total("denied_endangers_security"), denied),
    "I-07e": (lambda: total("denied_third_party_rights"), denied),
    "I-07f": (lambda: total("denied_internal_affairs"), denied),
    "I-07g": (lambda: total("denied_process_information"), denied),
    "I-07h": (lambda: total("denied_enforcement_file"), denied),
    "I-07i": (lambda: total("denied_administrative_inquiry"), denied),
    "I-08a": (unavailable, processed),
    "I-08b": (lambda: total("unavailable_not_held"), processed),
    "I-09a": (not_processed, processed),
    "I-09b": (lambda: total("not_processed_petition"), processed),
    "I-09c": (lambda: total("not_processed_excessive"), processed),
    "I-10a": (otherwise, processed),
    "I-10b": (lambda: total("other_overdue_correction"), processed),
    "I-10c": (lambda: total("other_overdue_fee"), processed),
    "I-11a": (lambda: applicant("natural_person"), received),
    "I-11b": (lambda: applicant("commercial_enterprise"), received),
    "I-11c": (lambda: applicant("legal_service"), received),
    "I-11d": (squares, lambda: applicants() * applicants()),
    "I-12a": (lambda: case("review"), processed),
    "I-12b": (lawsuits, processed),
    "I-12c": (lambda: case("review") + case("litigation_direct"), processed),
    "I-13a": (lambda: case("review", "corrected"), concluded_reviews),
    "I-13b": (lambda: case("review", "corrected"), lambda: case("review")),
    "I-14": (lambda: lawsuits("corrected"), concluded_lawsuits),
    "I-15a": (lambda: case("litigation_after_review"), concluded_reviews),
    "I-15b": (lambda: case("review", "pending"), lambda: case("review")),
    "I-15c": (lambda: lawsuits("pending"), lawsuits),
    "I-16a": (lambda: documents("made") - documents("repealed"), None),
    "I-16b": (lambda: documents("repealed"), lambda: pl.col("in_force_before")),
    "I-17a": (lambda: decisions("licence"), None),
    "I-17b": (lambda: decisions("penalty"), None),
    "I-17c": (lambda: decisions("enforcement"), None),
    "I-17d": (lambda: decisions("penalty"), lambda: decisions("licence")),
    "I-18a": (lambda: cell("proactive", "fee", "cny"), None),
    "I-19a": (lambda: stated("fee_notices"), None),
    "I-19b": (lambda: stated("fee_amount"), None),
    "I-19c": (lambda: stated("fee_collected"), None),
    "I-19d": (lambda: stated("fee_collected"), lambda: stated("fee_amount")),
    "I-27": (lambda: stated("official_documents_published"), lambda: stated("official_documents_made")),
}
SAMPLES: dict[str, Callable[[], pl.Expr]] = {"I-11d": applicants, "I-19d": lambda: stated("fee_notices")}
"""What has to reach 30 where it is not the denominator."""

VALUES = ("numerator", "denominator", "indicator_value", "is_small_sample")
SERIES = ("previous_value", "change", "change_ratio", "three_year_growth_ratio")
PEERS = ("peer_count", "peer_percentile")
KEY = ["document_id", "indicator_id"]


@dataclass(frozen=True)
class Comparison:
    """`checks`: single values and nulls compared; `differences`: the rows that disagree, with both sides."""

    indicators: int
    agency_years: int
    checks: int
    values: int
    differences: pl.DataFrame


def read_published(folder: Path) -> dict[str, pl.DataFrame]:
    """The tables needed, from the Parquet files of a publication."""
    names = (*FACTS, "mart_agency_indicators", "mart_agency_years", "dim_indicators")
    absent = [name for name in names if not (folder / f"{name}.parquet").exists()]
    if absent:
        raise NianbaoError(f"{folder} is no publication: it has no {', '.join(absent)}")
    return {name: pl.read_parquet(folder / f"{name}.parquet") for name in names}


def recompute(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """document_id, indicator_id and VALUES, SERIES, PEERS of every report and indicator, from the long facts."""
    wide = _widen(tables)
    parts = []
    for indicator, (count, base) in INDICATORS.items():
        numerator = count().cast(pl.Float64)
        denominator = pl.lit(None, pl.Float64) if base is None else base().cast(pl.Float64)
        size = SAMPLES[indicator]() if indicator in SAMPLES else denominator
        parts.append(
            wide.select(
                "document_id",
                "agency_id",
                "report_year",
                "template",
                "report_scope",
                "group",
                indicator_id=pl.lit(indicator),
                numerator=numerator,
                denominator=denominator,
                is_small_sample=None if base is None else size < 30,
            )
        )
    listed = pl.concat([part.with_columns(pl.col("is_small_sample").cast(pl.Boolean)) for part in parts])
    part, whole = pl.col("numerator"), pl.col("denominator")
    is_share = ~pl.col("indicator_id").is_in([*COUNTS, *RATIOS])
    sound = (whole > 0) & (part >= 0) & ((part <= whole) | ~is_share)
    valued = listed.with_columns(
        indicator_value=pl.when(pl.col("indicator_id").is_in(list(COUNTS))).then(part).when(sound).then(part / whole)
    )
    return _rank(_chain(valued))


def compare(tables: Mapping[str, pl.DataFrame]) -> Comparison:
    """The published marts against `recompute`: every value and every null of every field, in the long mart and in the wide one."""
    again = recompute(tables)
    fields = (*VALUES, *SERIES, *PEERS)
    mart = tables["mart_agency_indicators"].select(*KEY, *fields)
    joined = mart.join(again.select(*KEY, *fields), on=KEY, how="full", coalesce=True, suffix="_again")
    # The n-th root is the one operation that two libraries may round differently.
    both = [_agree(pl.col(field), pl.col(f"{field}_again"), 1e-12 if field == "three_year_growth_ratio" else 0) for field in fields]
    wrong = []
    for field, agreed in zip(fields, both, strict=True):
        sides = {"mart": pl.col(field).cast(pl.Float64), "again": pl.col(f"{field}_again").cast(pl.Float64)}
        wrong.append(joined.filter(~agreed).select(*KEY, field=pl.lit(field), **sides))
    columns = dict(tables["dim_indicators"].filter(pl.col("grain") == "agency_year").select("indicator_id", "indicator_key").iter_rows())
    if set(columns) != set(INDICATORS):
        raise NianbaoError(f"declared and recomputed indicators differ: {sorted(set(columns) ^ set(INDICATORS))}")
    checks = joined.height * len(fields)
    for indicator, column in columns.items():
        side = tables["mart_agency_years"].select("document_id", mart=pl.col(column).cast(pl.Float64))
        pairs = side.join(again.filter(pl.col("indicator_id") == indicator), on="document_id", how="full", coalesce=True)
        checks += pairs.height
        disagree = pairs.filter(~_agree(pl.col("mart"), pl.col("indicator_value"), 0))
        wrong.append(
            disagree.select("document_id", indicator_id=pl.lit(indicator), field=pl.lit(column), mart="mart", again="indicator_value")
        )
    return Comparison(
        indicators=len(INDICATORS),
        agency_years=tables["mart_agency_years"].height,
        checks=checks,
        values=mart["indicator_value"].count(),
        differences=pl.concat(wrong),
    )


def _agree(left: pl.Expr, right: pl.Expr, tolerance: float) -> pl.Expr:
    left, right = left.cast(pl.Float64), right.cast(pl.Float64)
    return (left.is_null() & right.is_null()) | ((left - right).abs() <= tolerance).fill_null(value=False)


def _widen(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per report, one column `table|row|column` per cell that an indicator can name."""
    proactive = tables["fct_proactive_disclosures"]
    cells = [
        tables["fct_requests"].select("document_id", key=_key("requests"), figure=pl.col("request_count").cast(pl.Float64)),
        tables["fct_disputes"].select("document_id", key=_key("disputes"), figure=pl.col("case_count").cast(pl.Float64)),
        proactive.select("document_id", key=_key("proactive"), figure=pl.col("item_count").cast(pl.Float64)),
        proactive.filter((pl.col("row_key") == "fee") & pl.col("amount_cny").is_not_null()).select(
            "document_id", key=pl.lit("proactive|fee|cny"), figure=pl.col("amount_cny").cast(pl.Float64)
        ),
        _read_stated(tables["fct_mentions"]),
    ]
    wide = pl.concat(cells).pivot(on="key", index="document_id", values="figure", aggregate_function="first")
    reports = (
        tables["fct_reports"]
        .select(
            "document_id",
            "agency_id",
            "report_year",
            "template",
            "report_scope",
            group=pl.concat_str(pl.col("region_code").str.head(2), "agency_level", "agency_kind", "report_scope", separator="/"),
        )
        .join(wide, on="document_id", how="left")
    )
    needed = {
        name for pair in INDICATORS.values() for part in pair if part is not None for name in part().meta.root_names() if "|" in name
    } | {"proactive|normative_document|in_force"}
    absent = sorted(needed - set(reports.columns))
    reports = reports.with_columns(*(pl.lit(None, pl.Float64).alias(name) for name in absent))
    single = tables["fct_requests"].filter((pl.col("row_key") == "other_processed") & (pl.col("column_key") == "total"))
    reports = reports.with_columns(prints_one_other_row=pl.col("document_id").is_in(single["document_id"].to_list()))
    before = reports.select(
        "agency_id",
        "template",
        "report_scope",
        report_year=pl.col("report_year") + 1,
        in_force_before="proactive|normative_document|in_force",
    )
    return reports.join(before, on=["agency_id", "template", "report_scope", "report_year"], how="left", nulls_equal=True)


def _key(table: str) -> pl.Expr:
    return pl.concat_str(pl.lit(table), "row_key", "column_key", separator="|")


def _read_stated(mentions: pl.DataFrame) -> pl.DataFrame:
    """公文 in 件, 信息处理费 in 件 and 元: one exact number per report and subject, or none."""
    units = {"元": 1.0, "万元": 10_000.0, "亿元": 100_000_000.0}
    counted = ["fee_notices", "official_documents_made", "official_documents_published"]
    found = mentions.filter(pl.col("subject").is_in([*counted, "fee_amount", "fee_collected"]))
    rows: dict[tuple[str, str], set[float | None]] = {}
    for row in found.select("document_id", "subject", "value", "unit", "value_precision").iter_rows(named=True):
        value = float(row["value"])
        if row["subject"] in counted or value == 0:
            figure: float | None = value
        else:
            figure = value * units[row["unit"]] if row["unit"] in units else None
        rows.setdefault((row["document_id"], row["subject"]), set()).add(figure if row["value_precision"] == "exact" else None)
    sure = [(document, f"mentions|{subject}|figure", *values) for (document, subject), values in rows.items() if len(values) == 1]
    schema = {"document_id": pl.String, "key": pl.String, "figure": pl.Float64}
    return pl.DataFrame([row for row in sure if row[2] is not None], schema=schema, orient="row")


def _chain(valued: pl.DataFrame) -> pl.DataFrame:
    """The values of one and of three years before, where form and scope let the series run on."""
    for years, name in ((1, "previous_value"), (3, "third_value")):
        before = valued.select(
            "agency_id",
            "indicator_id",
            "report_scope",
            report_year=pl.col("report_year") + years,
            form="template",
            earlier="indicator_value",
        )
        valued = valued.join(
            before, on=["agency_id", "indicator_id", "report_scope", "report_year"], how="left", nulls_equal=True, validate="1:1"
        )
        on_grid = pl.col("template").is_in(["2019", "2021"]) & pl.col("form").is_in(["2019", "2021"])
        runs_on = (pl.col("template") == pl.col("form")) | (on_grid & ~pl.col("indicator_id").is_in(list(ONE_FORM)))
        valued = valued.with_columns(pl.when(runs_on).then("earlier").alias(name)).drop("form", "earlier")
    now, before_, third = pl.col("indicator_value"), pl.col("previous_value"), pl.col("third_value")
    is_count = pl.col("indicator_id").is_in(list(COUNTS))
    return valued.with_columns(
        change=now - before_,
        change_ratio=pl.when(is_count & (before_ > 0)).then(now / before_ - 1),
        three_year_growth_ratio=pl.when(is_count & (now > 0) & (third > 0)).then((now / third).pow(1 / 3) - 1),
    )


def _rank(valued: pl.DataFrame) -> pl.DataFrame:
    """Peers by counting, not by a rank function: how many of the group are lower."""
    ranked = valued.filter(pl.col("indicator_value").is_not_null() & pl.col("group").is_not_null()).select(
        *KEY, "group", "report_year", "indicator_value"
    )
    place = ["group", "report_year", "indicator_id"]
    # Lower values sort in front; the first of equals has as many in front of it as are lower.
    ordered = ranked.sort("indicator_value").with_columns(row=pl.int_range(pl.len()).over(place), peer_count=pl.len().over(place))
    lower = ordered.with_columns(lower=pl.col("row").min().over([*place, "indicator_value"]))
    peers = lower.select(
        *KEY,
        "peer_count",
        peer_percentile=pl.when(pl.col("peer_count") >= 5).then(pl.col("lower") / (pl.col("peer_count") - 1)),
    )
    return valued.join(peers, on=KEY, how="left")


def main() -> int:
    """Compare a publication and say what was compared."""
    (folder,) = sys.argv[1:]
    result = compare(read_published(Path(folder)))
    print(
        f"{result.indicators} indicators of {result.agency_years} agency-years: {result.checks:,} values and nulls compared,"
        f" {result.values:,} indicators have a value, {result.differences.height} differences"
    )
    if result.differences.height:
        print(result.differences.head(20))
    return int(result.differences.height > 0)


if __name__ == "__main__":
    sys.exit(main())
