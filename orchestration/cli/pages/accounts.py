"""What the page says of a finding: the rule in words, both sides of it, the lines it was printed on, its source and its cause."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from expectations.catalogue import Rule
from expectations.checks.arithmetic import BalanceTerms, ColumnTotalTerms, RowTotalTerms
from expectations.checks.wording import label_column, label_row
from orchestration.cli.excerpts import BREAK, Excerpt, cut_text, select_lines
from orchestration.cli.judging import JudgedInput, Printed
from orchestration.cli.languages import Language
from orchestration.cli.pages.words import word
from orchestration.cli.quoting import strip_number
from orchestration.cli.tables import CellKey, read_key

_SEVERITY_ORDER: Final = {"error": 0, "warning": 1, "info": 2}
_SIDES: Final[Mapping[str, tuple[str, str]]] = {
    "carried_from_last_year": ("this_year", "last_year"),
    "statements": ("prose", "table"),
    "stated_rate": ("prose", "computed"),
}
"""Kind of rule → what its two numbers are."""
_MOST_QUOTES: Final = 6
_DIGIT: Final = "[0-9０-９.．]"
"""What beside a number makes it another number."""
_BREAK: Final = " ／ "
"""Between short printed lines that are quoted as one."""
_QUOTE_WIDTH: Final = 110
"""Columns of a printed line that are shown; a Chinese character is two."""


@dataclass(frozen=True)
class Side:
    """One side: its operands that are not 0 with their names, how many others are 0, and its sum. A bare number has no operands."""

    name: str
    operands: tuple[tuple[str, str], ...]
    zeros: int
    total: str

    @property
    def is_sum(self) -> bool:
        """Whether it is more than one number."""
        return len(self.operands) + self.zeros > 1


@dataclass(frozen=True)
class Quote:
    """Printed lines first … last of the report and what stands there."""

    first: int
    last: int
    text: str


@dataclass(frozen=True)
class Account:
    """One finding, numbered within its report. `subject`: the cell that it is about; `keys`: all cells that it rests on.

    `sentence`: of prose that disagrees, what stands before the number, the number, and what stands after it.
    """

    number: int
    rule_id: str
    code: str
    title: str
    message: str
    severity: str
    cause: str
    source: str
    formula: str
    line: int | None
    subject: CellKey | None
    keys: tuple[CellKey, ...]
    sides: tuple[Side, Side] | None
    gap: str | None
    quotes: tuple[Quote, ...]
    more_quotes: int
    sentence: tuple[str, str, str] | None


def build_accounts(judged: JudgedInput, rules: Mapping[str, Rule], language: Language) -> list[Account]:
    """The findings of a report, errors first, then by line."""
    cells = {read_key(cell): cell for cell in judged.cells}
    ranked = sorted(judged.findings, key=lambda finding: _SEVERITY_ORDER[str(finding["severity"])])
    return [_account(number, finding, rules[str(finding["rule_id"])], judged, cells, language) for number, finding in enumerate(ranked, 1)]


def say_value(value: object) -> str:
    """A number as people write it: 12, not 12.0; to six places, as the messages of findings; nothing for null."""
    if not isinstance(value, float):
        return "" if value is None else str(value)
    rounded = round(value, 6)  # of sums, whose last places are those of binary fractions
    return str(int(rounded)) if rounded.is_integer() else str(rounded)


def _account(
    number: int,
    finding: Mapping[str, object],
    rule: Rule,
    judged: JudgedInput,
    cells: Mapping[CellKey, Mapping[str, object]],
    language: Language,
) -> Account:
    operands = finding["cells"]
    keys = tuple(read_key(cell) for cell in operands) if isinstance(operands, list) else ()
    has_subject = all(finding[part] is not None for part in ("table", "row", "column"))
    subject = read_key(finding) if has_subject else None
    line = finding["line"] if isinstance(finding["line"], int) else None
    quotes = [] if judged.printed is None else list(_quote_cells(keys, subject, cells, judged.printed))
    sentence = None if judged.printed is None else _find_sentence(finding, judged.printed)
    if line is not None and sentence is None and judged.printed is not None and not any(q.first <= line <= q.last for q in quotes):
        quotes[:0] = _quote_span(judged.printed, (line, line), [str(finding["raw"] or "")])
    residual = finding["residual"]
    return Account(
        number=number,
        rule_id=rule.id,
        code=rule.code,
        title=rule.title_zh if language == "zh" else rule.title_en,
        message=str(finding[f"message_{language}"]),
        severity=str(finding["severity"]),
        cause=str(finding["cause"] or "unknown"),
        source=rule.source,
        formula=rule.title_zh if language == "zh" else rule.formula,
        line=line,
        subject=subject,
        keys=keys,
        sides=_read_sides(finding, rule, keys, cells, language),
        gap=say_value(abs(residual)) if isinstance(residual, float) and residual else None,
        quotes=tuple(quotes[:_MOST_QUOTES]),
        more_quotes=max(0, len(quotes) - _MOST_QUOTES),
        sentence=sentence,
    )


def _read_sides(
    finding: Mapping[str, object],
    rule: Rule,
    keys: Sequence[CellKey],
    cells: Mapping[CellKey, Mapping[str, object]],
    language: Language,
) -> tuple[Side, Side] | None:
    """Both sides with their operands where the rule is a sum of cells; two bare numbers where only these are known."""
    lhs, rhs = finding["lhs"], finding["rhs"]
    if lhs is None or rhs is None:
        return None
    left, right = _split_operands(rule, keys)
    names = [word(name, language) for name in _SIDES.get(rule.kind, ())] or ["", ""]
    by_column = isinstance(rule.terms, RowTotalTerms)
    sides = []
    for name, own, total in zip(names, (left, right), (lhs, rhs), strict=True):
        told = [(_name_operand(key, language, by_column=by_column), say_value(cells[key]["value"])) for key in own if key in cells]
        shown = tuple(pair for pair in told if pair[1] != "0") if len(told) > 2 else tuple(told)  # noqa: PLR2004 two are told, 0 or not
        sides.append(Side(name, shown, len(told) - len(shown), say_value(total)))
    return sides[0], sides[1]


def _split_operands(rule: Rule, keys: Sequence[CellKey]) -> tuple[list[CellKey], list[CellKey]]:
    match rule.terms:
        case BalanceTerms(right=right):
            is_right = [key[1] in right for key in keys]
        case RowTotalTerms(total=total):
            is_right = [key[2] == total for key in keys]
        case ColumnTotalTerms(total=total):
            is_right = [key[1] == total for key in keys]
        case _:
            return [], []
    pairs = list(zip(keys, is_right, strict=True))
    return [key for key, right in pairs if not right], [key for key, right in pairs if right]


def _name_operand(key: CellKey, language: Language, *, by_column: bool) -> str:
    label = label_column(key[0], key[2]) if by_column else label_row(key[0], key[1])
    return label.zh if language == "zh" else label.en


def _quote_cells(
    keys: Sequence[CellKey], subject: CellKey | None, cells: Mapping[CellKey, Mapping[str, object]], printed: Printed
) -> Iterator[Quote]:
    """The lines of the rows that the finding rests on, in printed order; rows of zeros only are left out, but not the subject's."""
    spans: dict[tuple[str, str], tuple[int, int]] = {}
    for key in keys:
        cell = cells.get(key)
        line = None if cell is None else cell["line"]
        if cell is None or not isinstance(line, int) or (key != subject and cell["value"] == 0):
            continue
        first, last = spans.get(key[:2], (line, line))
        spans[key[:2]] = min(first, line), max(last, line)
    rows: dict[tuple[int, int], list[str]] = {}
    for (table, row), span in sorted(spans.items(), key=lambda item: item[1]):
        rows.setdefault(span, []).append(_name_row(table, row))
    for span, labels in rows.items():
        yield from _quote_span(printed, span, labels)


def _name_row(table: str, row: str) -> str:
    try:
        return strip_number(label_row(table, row).zh)
    except KeyError:  # an indicator of a report from before 2019 is its own label
        return row


def _quote_span(printed: Printed, span: tuple[int, int], sought: Sequence[str]) -> Iterator[Quote]:
    """The printed lines as one quote; none when nothing but blanks stands there."""
    shown = [line.strip().replace("\t", " │ ") for line in printed.text.split("\n")[span[0] - 1 : span[1]]]
    excerpts = list(select_lines(shown, 1, len(shown), _QUOTE_WIDTH, 2, sought))
    text = " … ".join(excerpt.text.replace(BREAK, _BREAK) for excerpt in excerpts if isinstance(excerpt, Excerpt))
    if text:
        yield Quote(*span, cut_text(text, 2 * _QUOTE_WIDTH, sought))


def _find_sentence(finding: Mapping[str, object], printed: Printed) -> tuple[str, str, str] | None:
    """The sentence of the prose that the finding is about, parted at its number; whole when the number stands in it more than once."""
    raw = finding["raw"]
    for mention in printed.mentions:
        if raw and mention["line"] == finding["line"] and mention["raw"] == raw:
            sentence = str(mention["sentence"])
            places = list(re.finditer(rf"(?<!{_DIGIT}){re.escape(str(raw))}(?!{_DIGIT})", sentence))
            if len(places) != 1:
                return sentence, "", ""
            start, end = places[0].span()
            return sentence[:start], sentence[start:end], sentence[end:]
    return None
