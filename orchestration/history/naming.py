"""Which agency and which cell a person means; near names when none is meant for certain."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import polars as pl

from ingest.errors import NianbaoError
from ingest.templates import Row, load_templates

_SHOWN: Final = 6
_NUMBER: Final = re.compile(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+[.．、])")
_SEPARATORS: Final = re.compile(r"[\s,，、>|·]+")


class UnknownNameError(NianbaoError):
    """A name that means no agency or cell, or several."""


class CellName(NamedTuple):
    """The key of a cell of a form (contract: table, row, column)."""

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        return ".".join(self)


def find_agency(name: str, documents: pl.DataFrame) -> str:
    """The agency_id that a name means among DOCUMENTS: its id, its name in full or as printed, or a part that only one agency bears.

    Raises UnknownNameError with the near names otherwise.
    """
    sought = "".join(name.split())
    known = documents.drop_nulls("agency_id").select("agency_id", "agency_name", "agency_canonical_name").unique(maintain_order=True)
    names = [pl.col(column) for column in ("agency_id", "agency_name", "agency_canonical_name")]
    tests = (
        pl.any_horizontal(column == sought for column in names),
        pl.any_horizontal(column.str.contains(sought, literal=True) for column in names[1:]),
    )
    for test in tests if sought else ():
        found = known.filter(test)
        if found["agency_id"].n_unique() == 1:
            return str(found["agency_id"][0])
        if not found.is_empty():
            told = "; ".join(_describe_agencies(found.unique("agency_id", maintain_order=True).sort("agency_name").head(_SHOWN)))
            raise UnknownNameError(f"“{name}” names {found['agency_id'].n_unique()} agencies; give one in full or by id: {told}")
    bearers = dict(known.select("agency_name", "agency_id").drop_nulls().iter_rows())
    near = known.filter(pl.col("agency_id").is_in([bearers[one] for one in find_near(sought, bearers)]))
    told = "; ".join(_describe_agencies(near.unique("agency_id", maintain_order=True)))
    raise UnknownNameError(f"no agency is called “{name}”" + (f"; near: {told}" if told else ""))


def find_cell(name: str, template: str | None, held: Iterable[tuple[str, str, str]] = ()) -> CellName:
    """The cell that a name means in a form: `requests.new_received.total`, the same with `/`, or printed labels (`三 本年新收 总计`).

    `held`: the cells of the document, where the form is no fixed grid (before 2019) or holds rows of its own.
    Raises UnknownNameError with the near keys when it means none, or several.
    """
    labels = dict(_list_labels(template))
    for key in held:
        labels.setdefault(CellName(*key), (key[1], key[2], ""))
    keys = {str(key): key for key in labels}
    dotted = name.strip().replace("/", ".")
    if dotted in keys:
        return keys[dotted]
    words = [word for word in _SEPARATORS.split(name.strip().replace("/", " ")) if word]
    for is_exact in (True, False):
        found = [key for key, said in labels.items() if _is_meant(words, key, said, is_exact=is_exact)]
        if len(found) == 1:
            return found[0]
        if found:
            told = ", ".join(map(str, found[:_SHOWN])) + (", …" if len(found) > _SHOWN else "")
            raise UnknownNameError(f"“{name}” names {len(found)} cells of form {template}; give one of them: {told}")
    near = ", ".join(find_near(dotted, keys))
    listed = f"; all: nianbao templates show {template}" if template in load_templates() else ""
    raise UnknownNameError(f"form {template} has no cell “{name}”" + (f"; near: {near}" if near else "") + listed)


def label_cell(key: tuple[str, str, str], template: str | None) -> str:
    """The cell as its form prints it: title / group / row / column; the key where the form has no such cell."""
    said = dict(_list_labels(template)).get(CellName(*key))
    if said is None:
        return " / ".join(key[1:])
    row, column, place = said
    return " / ".join(part for part in (place, row, column) if part)


def find_near(word: str, names: Iterable[str], most: int = 5) -> list[str]:
    """The names most like a word, likest first: by the pairs of neighbouring characters that they share, at least half of the shorter's."""
    own = _pair(word)
    scores: dict[str, float] = {}
    for name in names:
        other = _pair(name)
        shared = len(own & other)
        if shared and 2 * shared >= min(len(own), len(other)):
            scores[name] = shared / len(own | other)
    return sorted(scores, key=lambda name: (-scores[name], name))[:most]


def _pair(word: str) -> set[str]:
    return {word[at : at + 2] for at in range(len(word) - 1)}


def _describe_agencies(agencies: pl.DataFrame) -> Iterator[str]:
    for agency_id, name, canonical in agencies.iter_rows():
        yield f"{canonical or name} ({agency_id})"


def _list_labels(template: str | None) -> Iterator[tuple[CellName, tuple[str, str, str]]]:
    """Every cell of a form, variant rows too, with its row label, its column label, and title and group before them."""
    forms = load_templates()
    for table in forms[template].tables if template in forms else ():
        rows: tuple[Row, ...] = (*table.rows, *table.variants)
        for row in rows:
            place = " / ".join(part for part in (table.title, row.group) if part)
            for column in table.columns_of(row.row):
                yield CellName(table.table, row.row, column.column), (row.label, column.label, place)


def _is_meant(words: list[str], key: CellName, said: tuple[str, str, str], *, is_exact: bool) -> bool:
    """Whether the words are, in order, the table's numeral (or none), the row's label and the column's (or none, for the only one)."""
    row, column, place = said
    *of_row, last = words[1:] if len(words) > 1 and place.startswith(words[0]) else words or [""]
    if not of_row:
        return False
    if is_exact:
        return last in {column, key.column} and "".join(of_row) in {row, strip_label(row), key.row}
    return last in column and all(word in f"{place} {row}" for word in of_row) and of_row[-1] in row


def strip_label(label: str) -> str:
    """A row's label without its number and what follows in brackets: （一）予以公开 → 予以公开."""
    return _NUMBER.sub("", label).split("（")[0]
