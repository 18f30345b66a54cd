"""Small tables and bars in Markdown, for the metadata of runs."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

_WIDTH: Final = 24
_MARKS: Final = {"accepted": "█", "suspect": "▒", "rejected": "·"}


def build_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; a pipe inside a value is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(value).replace("|", "\\|").replace("\n", " ") for value in line) + " |" for line in lines)


def chart_layouts(layouts: pl.DataFrame, rejected: int) -> str:
    """Accepted, suspect and rejected by layout as bars, from (layout, status, reports). Rejected inputs have no layout: their own bar."""
    if layouts.is_empty() and not rejected:
        return "no reports"
    counts: dict[str, dict[str, int]] = {}
    for layout, status, reports in layouts.select("layout", "status", "reports").iter_rows():
        counts.setdefault(layout, {})[status] = reports
    if rejected:
        counts["(not read)"] = {"rejected": rejected}
    longest = max(sum(parts.values()) for parts in counts.values())
    rows = [[layout, _draw_bar(parts, longest), *(parts.get(status, 0) for status in _MARKS)] for layout, parts in sorted(counts.items())]
    legend = ", ".join(f"{mark} {status}" for status, mark in _MARKS.items())
    return build_table(["layout", legend, *_MARKS], rows)


def _draw_bar(parts: Mapping[str, int], longest: int) -> str:
    """Each status at its share of the longest bar; a status that occurs is never invisible."""
    return (
        "`" + "".join(mark * max(1, round(_WIDTH * parts[status] / longest)) for status, mark in _MARKS.items() if parts.get(status)) + "`"
    )
