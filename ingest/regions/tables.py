"""The region table as it lies in the package."""

from functools import cache
from importlib.resources import files
from typing import Final

import polars as pl

LEVELS: Final = ("province", "prefecture", "county")

REGIONS: Final = pl.Schema(
    {
        "code": pl.String(),  # 6 digits, GB/T 2260; the same code may mean another region in other years
        "name": pl.String(),  # official full name
        "level": pl.Enum(LEVELS),
        "parent_code": pl.String(),  # null for provinces; a county directly under its province has the province's code
        "valid_from_year": pl.Int16(),  # first year on whose last day the code was in force; 1980 is the first year known
        "valid_to_year": pl.Int16(),  # last such year; null: still in force
    }
)
"""What `load_regions` gives."""


@cache
def load_regions() -> pl.DataFrame:
    """Every region with its validity (schema REGIONS), by code and first year. About 7,700 rows."""
    return pl.read_csv(files(__package__).joinpath("regions.csv").read_bytes(), schema=REGIONS).sort("code", "valid_from_year")


SUCCESSORS: Final = pl.Schema(
    {
        "code": pl.String(),
        "valid_to_year": pl.Int16(),  # last year of the region that ended
        "successor_code": pl.String(),  # in force in the year after; may be the same code under another name
        "change": pl.String(),  # 撤县设区, 撤销, 更名, 同名改码 and the like, as the source names it
    }
)
"""What `load_successors` gives."""


@cache
def load_successors() -> pl.DataFrame:
    """What became of regions that ended in 2007 or later (schema SUCCESSORS). A region without a row: not known."""
    return pl.read_csv(files(__package__).joinpath("successors.csv").read_bytes(), schema=SUCCESSORS).sort("code", "valid_to_year")
