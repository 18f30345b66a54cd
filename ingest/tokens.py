"""A batch of documents as one stream of tokens: the cells of every table, whatever separates them, with their line.

One pass of polars for the whole batch. A token is what stands between two pipes, tabs or line ends, outer spaces of pipe cells removed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

LINE_MARK = "\x02"
"""Begins the first token of a line. Where a document holds this control character itself, `_FOREIGN_MARK` stands for it in the stream."""
_FOREIGN_MARK = "\ufffd"

_SEPARATORS = {
    " | ": "\n",
    " |\n": f"\n{LINE_MARK}",
    "\n| ": f"\n{LINE_MARK}",
    " |": "\n",
    "| ": "\n",
    "|": "\n",
    "\t": "\n",
    "\n": f"\n{LINE_MARK}",
}
_SPACES = {" ": "\n", "\u3000": "\n"}
_BLOCK_HEAD = r"第\s*二\s*十\s*[条條]\s*第?\s*[（(]\s*一\s*[)）]\s*[项項]"
_SECTION_MARK = r"\s*[一二三四五六]\s*[、.．]"
_HEADING_BYTES = 180


@dataclass(frozen=True)
class TokenStream:
    """`tokens`: doc (UInt32, row of the batch), line (Int32, 1-based), token (String); blanks left out. `headings`: those that begin a
    line with 一、 … 六、. `block_heads`: the head of the first block of table 二. `line_counts`: lines of each document.
    """

    tokens: pl.DataFrame
    headings: pl.DataFrame
    block_heads: pl.DataFrame
    line_counts: NDArray[np.int64]


def read_tokens(texts: pl.Series, *, split_spaces: bool = False) -> TokenStream:
    """The token stream of a batch. `texts`: String without nulls, lines ended by \\n.

    With `split_spaces` a space separates cells too, and a section's heading may stand inside a line: for tables whose borders are spaces.
    """
    separators = _SEPARATORS | _SPACES if split_spaces else _SEPARATORS
    if texts.str.contains(LINE_MARK, literal=True).any():
        texts = texts.str.replace_all(LINE_MARK, _FOREIGN_MARK, literal=True)  # no number holds it: the careful path reads such a cell
    cells = texts.str.replace_many(list(separators), list(separators.values()), leftmost=True).str.split("\n")
    lengths = cells.list.len().to_numpy().astype(np.int64)
    token = cells.explode(empty_as_null=False)
    marks = token.str.starts_with(LINE_MARK).cum_sum().to_numpy().astype(np.int64)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    base = marks[starts] if len(marks) else marks
    doc = np.repeat(np.arange(len(texts), dtype=np.uint32), lengths)
    stream = pl.DataFrame({"doc": doc, "line": (marks - base[doc] + 1).astype(np.int32), "token": token}).filter(
        (pl.col("token") != "") & (pl.col("token") != LINE_MARK)
    )
    stream = stream.with_columns(place=pl.int_range(pl.len(), dtype=pl.UInt32))
    size = pl.col("token").str.len_bytes()
    return TokenStream(
        tokens=stream,
        headings=stream.filter(
            (size < _HEADING_BYTES) & pl.col("token").str.contains(f"^{LINE_MARK}{'?' if split_spaces else ''}{_SECTION_MARK}")
        ),
        block_heads=stream.filter(size.is_between(20, 100) & pl.col("token").str.contains(_BLOCK_HEAD)),
        line_counts=marks[ends - 1] - base + 1,
    )
