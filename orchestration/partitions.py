"""The partitions: one per report year, and `unknown`. No Dagster in the plain part, so that `storage` can use it."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dagster import StaticPartitionsDefinition

FIRST_REPORT_YEAR: Final = 2008
"""政府信息公开条例 (国务院令第492号) is in force since 2008-05-01; article 31 asks for the first report, on 2008, by 2009-03-31."""
LAST_REPORT_YEAR: Final = 2030
"""Partitions are fixed so that a year can be scheduled before its first report arrives. Raise this number when the day comes:
until then a later year goes to `unknown`, where it is seen, and not to a partition nobody looks at."""
UNKNOWN: Final = "unknown"
"""Documents whose report year is not decidable or outside the years above, and inputs that could not be read at all."""
PARTITIONS: Final = (*(str(year) for year in range(FIRST_REPORT_YEAR, LAST_REPORT_YEAR + 1)), UNKNOWN)
"""Every partition key, ascending."""


def name_partition(report_year: int | None) -> str:
    """The partition of a report year."""
    if report_year is None or not FIRST_REPORT_YEAR <= report_year <= LAST_REPORT_YEAR:
        return UNKNOWN
    return str(report_year)


def read_year(partition: str) -> int | None:
    """The report year of a partition; None for `unknown`. Raises ValueError for a name that is no partition."""
    if partition not in PARTITIONS:
        raise ValueError(f"{partition!r} is no partition; give a year from {FIRST_REPORT_YEAR} to {LAST_REPORT_YEAR} or {UNKNOWN!r}")
    return None if partition == UNKNOWN else int(partition)


def find_previous(partition: str) -> str | None:
    """The partition of the year before, whose carried-forward figures this one's rules compare with; None when there is none."""
    year = read_year(partition)
    return str(year - 1) if year is not None and year > FIRST_REPORT_YEAR else None


def span_partitions(partitions: set[str]) -> tuple[str, str]:
    """The first and last of some partitions in ascending order: one Dagster run takes a contiguous range. Raises ValueError when empty."""
    ordered = [name for name in PARTITIONS if name in partitions]
    if not ordered:
        raise ValueError("no partition to span")
    return ordered[0], ordered[-1]


def build_report_years() -> "StaticPartitionsDefinition":
    """The Dagster partitions of all staging tables."""
    import dagster as dg

    return dg.StaticPartitionsDefinition(list(PARTITIONS))
