"""Binds each number of a sentence to what it counts.

A sentence comes as its shape: every run of digits is one `0`, so that sentences that differ in their figures alone are bound once. What
is not certain binds nothing: a term that a wording does not name, a change, a share, a plan, another body or another year.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from ingest.mentions.numerals import MULTIPLES, read_numeral
from ingest.mentions.subjects import BODY, LONG, NUMBER_CODE, UNKNOWN, Rule, load_vocabulary
from ingest.normalising import straighten

MASK = "0"
CACHE_SIZE = 32_768
"""Shapes remembered, each bounded by the longest sentence that is read."""

_LONG_GAP = 24
_BODY_ENDINGS = tuple("局委办镇乡厅处队站府院校会区县市州旗省")
_NUMERALS = "一二两三四五六七八九十百千零〇万"
_SCALES = {"十": 10, "百": 100, "千": 1000, **MULTIPLES}
_KINDS = ("date", "torn", "year", "ordinal", "several", "number", "word", "plain", "border", "mark")
_UNNAMED = ("plain", "torn", "ordinal", "several")
_INNER = ("ahead", "digits", "scale", "numeral", "almost", "multiple", "unit", "behind")
_ABOUT, _AT_LEAST, _AT_MOST = "about", "at_least", "at_most"
_AHEAD = {
    **dict.fromkeys(("约", "大约", "近", "将近", "接近", "大概"), _ABOUT),
    **dict.fromkeys(("超过", "超", "逾", "突破", "不少于", "不低于", "至少", "多达"), _AT_LEAST),
    **dict.fromkeys(("不到", "不足", "不超过", "至多", "最多"), _AT_MOST),
}
_BEHIND = {"左右": _ABOUT, "上下": _ABOUT, "之多": _ABOUT, "以上": _AT_LEAST, "以内": _AT_MOST, "以下": _AT_MOST}
_ALMOST = {"余": _AT_LEAST, "多": _AT_LEAST, "来": _ABOUT}
_SPACES = " \t\u00a0\u3000"
_INK = re.compile(rf"[^{_SPACES}\n]+")
_SEGMENT = re.compile(r"[^,;。]*[,;。]|[^,;。]+")
"""No token stands across these borders."""
_QUOTES = "“”‘’\"'「」『』"
_BORDERS = ",;:()。!?|"
_TITLE = re.compile(r"“[^”“,。;]{1,10}发布”|《[^》]*》|<[^>]*>|〔[^〕]*〕|\[[^\]]*\]")
_OPENS = re.compile(r"[“《<＜〔\[［]")
_HEADING = re.compile(r"(?:\([一二三四五六七八九十]+\)|(?:^|(?<=[\s。;]))[一二三四五六七八九十]+、)[^,。;:0]{2,30}?(?:[ \xa0]|情况(?=0年))")
"""A heading that stands in one line with what it heads; its last character becomes a border."""
_DATE = re.compile(r"(\d{1,2})月(?:(\d{1,2})日?)?0")


class Binding(NamedTuple):
    """A number of a shape and what it counts. `number_at`: which run of digits, None for a Chinese numeral or a negation, whose value is
    `value`; `factor`: 10000 for 万; `year_at`: the run of digits before 年 that governs it; `line_at`: line breaks before it."""

    subject: str
    number_at: int | None
    value: float | None
    factor: float
    precision: str
    before: str  # printed before the digits and part of the number
    after: str
    unit: str | None
    year_at: int | None
    line_at: int
    joined: int  # runs of digits that make the number: more than one where a line break tore it apart

    @property
    def raw_is_number(self) -> bool:
        """Whether a number is printed, in digits or in Chinese numerals; else words that say none."""
        return self.joined > 0 or self.unit is not None


class _Token(NamedTuple):
    """A piece of a segment, without its place in the sentence: a segment is read once, wherever it stands."""

    kind: str
    name: str  # of a border its character, of a gap its text
    size: int
    code: str  # in a clause
    runs: int  # of digits
    match: re.Match[str] | None  # in the segment; none for a gap


class Outline(NamedTuple):
    """A shape made ready: `text` as the tokens see it; `places`, where in the shape each character of it is."""

    text: str
    places: Sequence[int]
    tokens: list[_Token]


@lru_cache(maxsize=CACHE_SIZE)
def bind_shape(shape: str, *, is_about_requests: bool, is_about_disclosure: bool) -> tuple[Binding, ...]:
    """The bindings of a shape in printed order. The flags say what the sentence before it is about."""
    outline = read_outline(shape)
    if outline is None:
        return ()
    return _Binder(shape, outline, is_about_requests=is_about_requests, is_about_disclosure=is_about_disclosure).bind()


@lru_cache(maxsize=CACHE_SIZE)
def read_outline(shape: str) -> Outline | None:
    """The tokens of a shape; None where no number or negation stands beside a term, so that nothing can be bound."""
    text, places = _tidy(shape)
    tokens = [token for segment in _SEGMENT.findall(text) for token in _read_tokens(segment)]
    has_number = has_term = False
    for token in tokens:
        has_number = has_number or token.kind == "number" or token.name == "none"
        has_term = has_term or (token.kind == "term" and token.name != "none")
    return Outline(text, places, tokens) if has_number and has_term else None


@lru_cache(maxsize=CACHE_SIZE)
def _read_tokens(segment: str) -> tuple[_Token, ...]:
    words = load_vocabulary()
    out: list[_Token] = []
    end = 0
    for match in _token_pattern().finditer(segment):
        start = match.start()
        if start > end:
            out.append(_read_gap(segment[end:start]))
        end = match.end()
        kind = match.lastgroup or "mark"
        kind = next(k for k in _KINDS if match[k] is not None) if kind in _INNER else kind
        name = match[0] if kind == "border" else ""
        if kind == "word":
            kind, name = words.words[match[0]]
        elif kind in words.spellings:
            _, kind, name = words.spellings[kind]
        elif kind == "number" and match["numeral"] and read_numeral(match["numeral"]) is None:
            out.append(_read_gap(match[0]))
            continue
        code = words.codes[name] if kind == "term" else UNKNOWN if kind in _UNNAMED else ""
        out.append(_Token(kind, name, end - start, code, match[0].count(MASK) if kind != "date" else 1, match))
    if end < len(segment):
        out.append(_read_gap(segment[end:]))
    return tuple(out)


def _read_gap(text: str) -> _Token:
    code = BODY if text.endswith(_BODY_ENDINGS) else UNKNOWN if len(text) <= _LONG_GAP else LONG
    return _Token("gap", text, len(text), code, text.count(MASK), None)


@cache
def _token_pattern() -> re.Pattern[str]:
    words = load_vocabulary()
    by_first: dict[str, list[str]] = {}
    for word in sorted(words.words, key=lambda w: -len(w)):
        by_first.setdefault(word[0], []).append(word[1:])
    firsts = re.escape("".join(by_first))
    literal = f"(?=[{firsts}])(?:" + "|".join(first + "(?:" + "|".join(rest) + ")" for first, rest in by_first.items()) + ")"
    spelt = "|".join(f"(?P<{group}>{word})" for group, (word, _, _) in words.spellings.items())
    units = "|".join(unit + (f"(?!{'|'.join(words.unit_guards[unit])})" if unit in words.unit_guards else "") for unit in words.units)
    ahead = "|".join(sorted(_AHEAD, key=len, reverse=True))
    number = (
        rf"(?P<ahead>{ahead})?(?:(?P<digits>0(?:\n0)*)(?P<scale>[十百千]?[万亿]?)|(?P<numeral>[{_NUMERALS}]+))"
        rf"(?P<almost>[余多来])?(?P<multiple>[万亿])?余?(?:(?P<unit>{units})|(?=[{re.escape(_BORDERS)}]|$))"
        rf"(?P<behind>{'|'.join(_BEHIND)})?"
    )
    return re.compile(
        rf"(?P<date>\d{{1,2}}月(?:\d{{1,2}}日?)?0)|(?P<torn>0(?:_?0)+)|(?P<year>0年度?)|(?P<ordinal>第[0{_NUMERALS}]+)"
        rf"|(?P<several>[数几][{_NUMERALS}]+|[{_NUMERALS}]+几)|{spelt}|(?P<word>{literal})"
        rf"|(?P<number>{number})|(?P<plain>0)|(?P<border>[{re.escape(_BORDERS)}])|(?P<mark>[、{_QUOTES}\n_])"
    )


@lru_cache(maxsize=CACHE_SIZE)
def _match_rules(codes: str) -> tuple[Rule, ...]:
    """The rules whose wording a clause with a number has."""
    return tuple(rule for rule in load_vocabulary().rules if rule.pattern.match(codes))


class _Binder:
    """One walk over the tokens of a sentence."""

    def __init__(self, shape: str, outline: Outline, *, is_about_requests: bool, is_about_disclosure: bool) -> None:
        self.words = load_vocabulary()
        self.shape = shape
        self.text, self.places, self.tokens = outline
        self.topic = "requests" if is_about_requests else None
        self.abouts = {name for name, words in self.words.abouts.items() if any(word in self.text for word in words)}
        if is_about_disclosure:
            self.abouts.add("disclosure")
        self.found: list[Binding] = []
        self.seen: set[str] = set()
        self.verb = ""  # of the number before, for the next in a list
        self.counts_documents = self.in_parts = self.is_cumulative = self.has_end = self.has_this_year = self.has_channel = False
        self.outside: list[bool] = []  # what `in_parts` was before each open bracket
        self.year_at: int | None = None
        self.dates: list[tuple[int, int]] = []
        self.at = 0  # offset of the token
        self.clause_at = 0  # offset of the clause
        self.runs = 0  # of digits so far

    def bind(self) -> tuple[Binding, ...]:
        codes, via, has_number = "", "", False
        if self.topic is None:
            topics = {self.words.topics[t.name] for t in self.tokens if t.kind == "term" and t.name in self.words.topics}
            if topics == {"requests"}:
                self.topic = "requests"
        for at, token in enumerate(self.tokens):
            if token.kind == "stop":
                return self._settle()
            if token.kind == "number":
                self._bind_number(token, via + codes, self._read_codes(at + 1))
                codes, via, has_number = "", "", True
            elif token.kind == "border":
                if not has_number:
                    self._bind_nothing(codes)
                via = codes if token.name == "," and not has_number and self._opens_with_channel(codes) else ""
                codes, has_number = "", False
                self._pass_border(token.name)
                self.clause_at = self.at + token.size
            else:
                codes += token.code
                self._read_word(token)
            self.runs += token.runs
            self.at += token.size
        if not has_number:
            self._bind_nothing(codes)
        return self._settle()

    def _read_codes(self, at: int) -> str:
        """The codes of the tokens up to the next number or border."""
        out = ""
        while at < len(self.tokens) and self.tokens[at].kind not in ("number", "border", "stop"):
            out += self.tokens[at].code
            at += 1
        return out

    def _opens_with_channel(self, codes: str) -> bool:
        """Whether a clause like 通过政府网站 speaks for the next."""
        via = self.words.codes["via"]
        return via in codes and any(self.words.codes[c] in codes for c in self.words.channels)

    def _read_word(self, token: _Token) -> None:
        if token.kind == "year":
            self.year_at, self.dates, self.has_this_year = self.runs, [], True
        elif token.kind == "date":
            parts = _DATE.match(self.text, self.at)
            self.dates.append((int(parts[1]), int(parts[2] or 0)) if parts else (0, 0))
        elif token.kind == "part":
            self.in_parts = True
        elif token.kind == "cumulative":
            self.is_cumulative = True
        elif token.kind == "until":
            self.has_end = True
        elif token.kind == "this_year":
            self.has_this_year = True
        elif token.kind == "term":
            self.seen.add(token.name)
            self.counts_documents = self.words.counting.get(token.name, self.counts_documents)
            self.topic = self.words.topics.get(token.name, self.topic)

    def _pass_border(self, border: str) -> None:
        if border == "(":
            self.outside.append(self.in_parts)
            self.in_parts = True
        elif border == ")" and self.outside:
            self.in_parts = self.outside.pop()
        elif border in ";。!?":
            self.in_parts = False
            self.verb = ""

    def _is_whole_year(self) -> bool:
        """Whether what is said is of the year as a whole: not a month, not many years together."""
        if self.is_cumulative and (self.has_end or not self.has_this_year):
            return False
        return not self.dates or (self.dates[-1] == (12, 31) and set(self.dates) <= {(1, 1), (12, 31)})

    def _bind_number(self, token: _Token, left: str, right: str) -> None:
        match = token.match
        printed = _read_printed(match) if match is not None else None
        if match is None or printed is None or not self._is_whole_year():
            return
        value, factor, unit = printed
        rules = _match_rules(left + NUMBER_CODE + right)
        if not rules and self.verb and left:
            rules = tuple(r for r in _match_rules(self.verb + left + NUMBER_CODE) if r.is_listed)
        topic = next((self.words.topics[t] for code in right if (t := self.words.terms.get(code)) in self.words.topics), self.topic)
        rule = next((r for r in rules if unit in r.units and self._allows(r, topic)), None)
        if rule is None:
            return
        verb = left.lstrip(BODY)[:1]
        if verb in self.words.verbs:
            self.verb = verb if rule.is_listed else ""
        is_digits = match["digits"] is not None
        shift = self.at - match.start()  # of the segment
        number_start, number_end = (shift + place for place in match.span("digits" if is_digits else "numeral"))
        after_end = shift + (match.start("unit") if match["unit"] and not match["behind"] else match.end())
        precision = _AHEAD.get(match["ahead"] or "") or _ALMOST.get(match["almost"] or "") or _BEHIND.get(match["behind"] or "")
        if "余" in match[0]:
            precision = _AT_LEAST
        before = self._print(self.at, number_start if is_digits else number_end)
        for subject in rule.subjects:
            self.found.append(
                Binding(
                    subject,
                    self.runs if is_digits else None,
                    value,
                    factor,
                    precision or "exact",
                    before,
                    self._print(number_end, after_end),
                    unit or None,
                    self.year_at,
                    self._count_lines(number_start),
                    match["digits"].count(MASK) if is_digits else 0,
                )
            )

    def _bind_nothing(self, codes: str) -> None:
        none = self.words.codes["none"]
        if none not in codes or not self._is_whole_year() or self.in_parts:
            return
        rule = next((r for r in self.words.nothing if r.pattern.fullmatch(codes) and self._allows(r, self.topic)), None)
        at = next((m for m in _token_pattern().finditer(self.text, self.clause_at) if self.words.words.get(m[0]) == ("term", "none")), None)
        if rule is None or at is None:
            return
        behind = _token_pattern().match(self.text, at.end())
        is_verb = behind is not None and self.words.words.get(behind[0], ("", ""))[1] in (
            "received",
            "new_received",
            "arise",
            "charge",
            "made",
        )
        raw = self._print(at.start(), behind.end() if behind is not None and is_verb else at.end())
        line = self._count_lines(at.start())
        self.found += [Binding(s, None, 0.0, 1.0, "exact", raw, "", None, self.year_at, line, 0) for s in rule.subjects]

    def _allows(self, rule: Rule, topic: str | None) -> bool:
        return (
            (rule.within is None or rule.within == topic)
            and (rule.about is None or rule.about in self.abouts)
            and (rule.after is None or rule.after in self.seen)
            and not (rule.is_of_requests and self.counts_documents)
            and (rule.in_parts or not self.in_parts)
        )

    def _print(self, start: int, end: int) -> str:
        """What the sentence prints there, without spaces and line ends."""
        return "".join(self.shape[self.places[at]] for at in range(start, end)).strip()

    def _count_lines(self, at: int) -> int:
        return self.shape.count("\n", 0, self.places[at])

    def _settle(self) -> tuple[Binding, ...]:
        """Without the subjects that the sentence gives two numbers for one year. A negation outweighs a number beside it: both say none."""
        numbers = [(b.subject, b.year_at) for b in self.found if b.raw_is_number]
        denied = {(b.subject, b.year_at) for b in self.found if not b.raw_is_number}
        return tuple(
            b
            for b in self.found
            if not b.raw_is_number or (numbers.count((b.subject, b.year_at)) == 1 and (b.subject, b.year_at) not in denied)
        )


def _read_printed(match: re.Match[str]) -> tuple[float | None, float, str] | None:
    """(value of a Chinese numeral, factor, unit), or None."""
    unit = match["unit"] or ""
    scale = (match["scale"] or "") + (match["multiple"] or "")
    value: float | None = None
    if match["numeral"]:
        numeral = read_numeral(match["numeral"])
        if numeral is None:
            return None
        value = float(numeral)
    if unit == "元" and scale and scale[-1] in MULTIPLES:
        unit, scale = scale[-1] + unit, scale[:-1]
    factor = 1.0
    for character in scale:
        factor *= _SCALES[character]
    return value, factor, unit


def _tidy(shape: str) -> tuple[str, Sequence[int]]:
    """The shape in simplified, half-width characters without titles, spaces and line ends, and where each character of it was.

    Digits torn by a space are marked `_`, by a line end `\\n`.
    """
    straight = straighten(shape)
    if _OPENS.search(straight):
        straight = _TITLE.sub(lambda m: "《" * len(m[0]), straight)
    straight = _HEADING.sub(lambda m: m[0][:-1] + ";", straight)
    parts = list(_INK.finditer(straight))
    if len(parts) == 1:
        return parts[0][0], range(*parts[0].span())
    out: list[str] = []
    places: list[int] = []
    end, last = 0, ""
    for part in parts:
        text, start = part[0], part.start()
        if last == MASK == text[0]:
            gap = straight[end:start]
            out.append("\n" if gap.strip(_SPACES) and not gap.strip("\n") else "_")
            places.append(start - 1)
        out.append(text)
        places.extend(range(start, part.end()))
        end, last = part.end(), text[-1]
    return "".join(out), places
