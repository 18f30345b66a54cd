"""The passages that two texts share, with their lines on both sides."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from expectations.copies.masking import MaskedText, mask_text
from expectations.copies.shingles import SHINGLE_LENGTH

_UNITS: Final = frozenset("件条次人项个期份篇场起户家部类名宗万")
_NUMBER: Final = re.compile(r"[0-9０-９][0-9０-９,.]*[0-9０-９]")
_SHORTEST: Final = 12
"""Masked characters: shorter runs are common phrases, not copied sentences."""


class Passage(NamedTuple):
    """What two texts share. Lines are 1-based and inclusive; spans are places in the unmasked texts; positions and `length` are of the
    masked ones."""

    start_line: int
    end_line: int
    other_start_line: int
    other_end_line: int
    span: tuple[int, int]
    other_span: tuple[int, int]
    length: int
    position: int
    other_position: int


def find_shared_passages(
    text: str,
    other: str,
    *,
    agency_name: str | None = None,
    other_agency_name: str | None = None,
    first_line: int = 1,
    other_first_line: int = 1,
) -> list[Passage]:
    """The runs of at least 12 masked characters that both texts have, in the order of the first; figures and names in them may differ.

    Every character of the first text is in one passage at most; a sentence that the other repeats is matched where its context goes on.
    """
    return match_passages(mask_text(text, agency_name, first_line), mask_text(other, other_agency_name, other_first_line))


def match_passages(masked: MaskedText, other: MaskedText) -> list[Passage]:
    """`find_shared_passages` of texts that are masked already."""
    left, right = masked.characters, other.characters
    first_places: dict[str, int] = {}
    for place in range(len(right) - SHINGLE_LENGTH, -1, -1):
        first_places[right[place : place + SHINGLE_LENGTH]] = place
    passages = []
    at = 0
    last = 0  # where the passage before ended in the other text: the likeliest place to go on
    while at <= len(left) - SHINGLE_LENGTH:
        shingle = left[at : at + SHINGLE_LENGTH]
        if shingle not in first_places:
            at += 1
            continue
        later = right.find(shingle, last)
        length, place = max((_measure_run(left, at, right, start), start) for start in {first_places[shingle], later} if start >= 0)
        if length < _SHORTEST:
            at += 1
            continue
        passages.append(_describe(masked, at, other, place, length))
        at += length
        last = place + length
    return passages


def measure_share(passages: list[Passage], masked: MaskedText) -> float:
    """The share of the first text's masked characters that lie in the passages; 0 of an empty text."""
    return sum(passage.length for passage in passages) / len(masked.characters) if masked.characters else 0.0


def find_repeated_numbers(text: str, other: str, masked: MaskedText, other_masked: MaskedText, passages: list[Passage]) -> list[int]:
    """The lines of the first text where a shared passage has the same number on both sides: perhaps last year's, left in the sentence.

    Numbers of two digits or more before a unit of counting (120条); smaller ones recur by chance. Years, dates, articles (第38条) and
    document numbers (30号) are none.
    """
    lines = []
    for passage in passages:
        for step in range(passage.length - 1):
            at, place = passage.position + step, passage.other_position + step
            if masked.characters[at + 1] not in _UNITS or masked.characters[at] == "第":
                continue
            number = _NUMBER.search(text, masked.places[at] + 1, masked.places[at + 1])
            other_number = _NUMBER.search(other, other_masked.places[place] + 1, other_masked.places[place + 1])
            if number is not None and other_number is not None and number[0] == other_number[0]:
                lines.append(masked.lines[at + 1])
    return lines


def _measure_run(left: str, at: int, right: str, place: int) -> int:
    most = min(len(left) - at, len(right) - place)
    length = 0
    while length < most and left[at + length] == right[place + length]:
        length += 1
    return length


def _describe(masked: MaskedText, at: int, other: MaskedText, place: int, length: int) -> Passage:
    end, other_end = at + length - 1, place + length - 1
    return Passage(
        masked.lines[at],
        masked.lines[end],
        other.lines[place],
        other.lines[other_end],
        (masked.places[at], masked.places[end] + 1),
        (other.places[place], other.places[other_end] + 1),
        length,
        at,
        place,
    )
