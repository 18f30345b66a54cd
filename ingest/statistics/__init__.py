"""The statistics tables of reports for years before 2019: 国办发〔2014〕32号's national table and the local forms beside it.

`read_statistics` gives the cells of a text, table `statistics`. A row's key is the indicator's printed label without spaces and numbering;
a leading 其中： stays. The column is `value`, or the printed head where a table has several columns of figures.

A label that is printed under two indicators (被依法纠错数 under 行政复议数量 and 行政诉讼数量) keeps its printed form under
the one that the form has first. Under the other its key has that indicator's label and a full-width colon before it:
行政诉讼数量：被依法纠错数. Where the text does not show under which it stands, its cells are doubtful.
"""

from ingest.statistics.readings import is_annual, read_statistics

__all__ = ["is_annual", "read_statistics"]
