"""The administrative divisions of GB/T 2260 from 1980 on, each with the years in which its code was in force.

Codes are reused and renamed: a code means something only together with a year. The years are those on whose last day a code was in force.
Townships are not in the table: a township is named with the code of its county. Functional zones and bodies of the 兵团 have no code of
their own either. ATTRIBUTION.md names the sources and their licences, `deriving` how the table is made.
"""

from ingest.regions.gazetteers import Gazetteer, Region, find_region, list_regions_of_code, load_gazetteer, strip_region_kind
from ingest.regions.tables import REGIONS, SUCCESSORS, load_regions, load_successors

__all__ = [
    "REGIONS",
    "SUCCESSORS",
    "Gazetteer",
    "Region",
    "find_region",
    "list_regions_of_code",
    "load_gazetteer",
    "load_regions",
    "load_successors",
    "strip_region_kind",
]
