"""Chinese numerals of prose: 十二, 一百零三, 两千, 三万二千. What is no plain numeral stays none."""

import re
from functools import lru_cache
from typing import Final

DIGITS: Final = dict(zip("〇零一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_POWERS: Final = {"十": 10, "百": 100, "千": 1000}
MULTIPLES: Final = {"万": 10_000, "亿": 100_000_000}
_BELOW_TEN_THOUSAND: Final = (
    r"(?:[一二两三四五六七八九]千)?零?(?:[一二两三四五六七八九]百)?零?(?:[一二三四五六七八九]?十)?零?[一二两三四五六七八九]?"
)
_NUMERAL: Final = re.compile(rf"(?:(?P<high>{_BELOW_TEN_THOUSAND})万)?(?P<low>{_BELOW_TEN_THOUSAND})")


@lru_cache(maxsize=4096)
def read_numeral(text: str) -> int | None:
    """The value of a whole Chinese numeral below 100 million, or None: 二〇二三 (a year), 十几 and 数百 are none."""
    if text in ("零", "〇"):
        return 0
    match = _NUMERAL.fullmatch(text)
    if match is None or not text or text.endswith("零") or (match["high"] is not None and not match["high"]):
        return None
    return _read_below(match["high"] or "") * MULTIPLES["万"] + _read_below(match["low"])


def _read_below(text: str) -> int:
    value, digit = 0, 0
    for character in text:
        if character in _POWERS:
            value += (digit or 1) * _POWERS[character]
            digit = 0
        else:
            digit = DIGITS[character]
    return value + digit
