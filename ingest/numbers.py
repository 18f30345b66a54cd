"""Numbers as tables print them. What is printed is kept; a text that is no number stays none."""

import re
from dataclasses import dataclass
from typing import Literal

NUMBER = r"[+\-]?\d[\d,]*(?:\.\d+)?"
UNITS = ("万元", "元", "件", "项", "条", "笔", "个", "次", "宗", "份", "例", "户")
DASHES = frozenset("-–—－―/／\\无")
"""Characters that stand for "nothing to report": a dash is not a zero."""

_PRINTED = re.compile(rf"({NUMBER})\s*({'|'.join(UNITS)})?")
_THOUSANDS = re.compile(r"[+\-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number with the unit printed beside it, if any."""

    value: float
    unit: str | None


def is_dash(text: str) -> bool:
    """Whether the cell prints a dash, slash or 无 in place of a number."""
    return bool(text) and all(character in DASHES for character in text)


def read_number(text: str) -> PrintedNumber | None:
    """The number that a whole cell prints (half-width, outer spaces removed), or None.

    A leading zero ("007", "01") is no number but joined digits; commas must separate thousands.
    """
    match = _PRINTED.fullmatch(text)
    if match is None:
        return None
    printed = match[1]
    if "," in printed and _THOUSANDS.fullmatch(printed) is None:
        return None
    digits = printed.replace(",", "")
    whole = digits.lstrip("+-").partition(".")[0]
    if len(whole) > 1 and whole.startswith("0"):
        return None
    return PrintedNumber(float(digits), match[2])


def read_kind(text: str) -> Literal["number", "dash", "blank", "text"]:
    """What a cell holds."""
    if not text:
        return "blank"
    if is_dash(text):
        return "dash"
    return "number" if read_number(text) is not None else "text"
