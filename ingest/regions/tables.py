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
