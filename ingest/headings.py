"""The headings of the statutory sections in a batch: the tokens with the numeral and the words of a section."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl

from ingest.lexicon import Lexicon, read_heading
from ingest.tables import SECTIONS
from ingest.tokens import Bools, Bytes, Ints, TextBatch, Tokens

_NUMERALS: Final = tuple("一二三四五六")
_POINTS: Final = ("、", ".", "．")
_BLANKS: Final = (" ", "\u3000", "\u00a0", "\v", "\f", "\r")
_SPACE, _PIPE = b" |"
_HEADING_BYTES: Final = 180
_ENDING: Final = (SECTIONS.index("problems"), SECTIONS.index("other"))
"""Their heading ends the tables."""


@dataclass(frozen=True)
class Headings:
    """Headings at the beginning of a line, in order. `place`: of the token in the batch's bytes; `section`: index in SECTIONS; `text`: as
    printed, outer blanks included.
    """

    doc: Ints
    line: Ints
    place: Ints
    section: Ints
    text: pl.Series

    @property
    def ends_tables(self) -> Bools:
        """Whether the tables are over where it stands: section 五 or 六."""
        ends: Bools = np.isin(self.section, _ENDING)
        return ends


def find_headings(batch: TextBatch, lexicon: Lexicon) -> Headings:
    """The headings of a batch that begin a line. Reports number paragraphs in the same way: only known words make a heading."""
    firsts = batch.newlines + 1
    places = np.concatenate((batch.starts[:-1], firsts))
    places = places[places < len(batch.data)]
    places = _skip_border(batch.data, places)
    places = np.sort(places[_is_numbered(batch.data, places)])
    docs = np.searchsorted(batch.starts, places, side="right") - 1
    ends = np.append(batch.newlines, len(batch.data))[np.searchsorted(batch.newlines, places)]
    ends = np.minimum(ends, batch.starts[docs + 1])
    text = batch.slice_texts(docs, places, ends).str.extract("^([^|\t]*)").str.strip_suffix(" ")
    section = _read_sections(text, lexicon)
    kept = section >= 0
    return Headings(docs[kept], batch.read_lines(docs[kept], places[kept]), places[kept], section[kept], text.filter(pl.Series(kept)))


def find_ending_tokens(batch: TextBatch, tokens: Tokens, lexicon: Lexicon) -> Ints:
    """Indices of the tokens that print the heading of section 五 or 六, wherever in their line they stand."""
    words = np.flatnonzero(~tokens.is_plain)
    words = words[_is_numbered(batch.data, tokens.start[words])]
    text = tokens.read_texts(batch, words)
    found: Ints = words[np.isin(_read_sections(text, lexicon), _ENDING)]
    return found


def _read_sections(text: pl.Series, lexicon: Lexicon) -> Ints:
    """The index in SECTIONS of each text, -1 where it is no heading or too long for one."""
    distinct = text.unique()
    codes = pl.Series([_read_section(word, lexicon) for word in distinct], dtype=pl.Int64)
    return text.replace_strict(distinct, codes, return_dtype=pl.Int64).to_numpy()


@lru_cache(maxsize=1 << 16)
def _read_section(text: str, lexicon: Lexicon) -> int:
    section = read_heading(text, lexicon) if len(text.encode()) < _HEADING_BYTES else None
    return -1 if section is None else SECTIONS.index(section)


def _is_numbered(data: Bytes, places: Ints) -> Bools:
    """Whether the numeral of a section and a point stand at each place, whatever blanks around the numeral."""
    found = np.zeros(len(places), dtype=bool)
    left = np.flatnonzero(_MAY_BEGIN[data[places]]) if len(data) else np.arange(0)
    behind = _match_any(data, _skip_blanks(data, places[left]), _NUMERALS)
    left, behind = left[behind >= 0], behind[behind >= 0]
    found[left] = _match_any(data, _skip_blanks(data, behind), _POINTS) >= 0
    return found


def _skip_border(data: Bytes, places: Ints) -> Ints:
    """Behind the pipe and space with which a line begins."""
    places = places.copy()
    piped = np.flatnonzero(data[places] == _PIPE)
    piped = piped[places[piped] + 2 < len(data)]
    piped = piped[data[places[piped] + 1] == _SPACE]
    places[piped] += 2
    return places


def _skip_blanks(data: Bytes, places: Ints) -> Ints:
    """Behind the blanks that stand at each place; a line end or tab is none. More blanks than a heading may have are not followed."""
    places = places.copy()
    moving = np.arange(len(places))
    for _ in range(_HEADING_BYTES):
        moving = moving[places[moving] < len(data)]
        moving = moving[_IS_BLANK[data[places[moving]]]]
        if not len(moving):
            break
        steps = np.maximum(_match_any(data, places[moving], _BLANKS) - places[moving], 0)
        places[moving] += steps
        moving = moving[steps > 0]
    return places


def _match_any(data: Bytes, places: Ints, characters: tuple[str, ...]) -> Ints:
    """The place behind the one of these characters that stands at each place, -1 where none does."""
    out = np.full(len(places), -1, dtype=np.int64)
    for character in characters:
        encoded = character.encode()
        left = np.flatnonzero(places <= len(data) - len(encoded))
        for step, byte in enumerate(encoded):
            left = left[data[places[left] + step] == byte]
        out[left] = places[left] + len(encoded)
    return out


def _list_first_bytes(characters: tuple[str, ...]) -> Bools:
    """[byte]: whether one of these characters begins with it."""
    first = np.zeros(256, dtype=bool)
    first[[character.encode()[0] for character in characters]] = True
    return first


_IS_BLANK: Final = _list_first_bytes(_BLANKS)
_MAY_BEGIN: Final = _list_first_bytes(_BLANKS + _NUMERALS)
