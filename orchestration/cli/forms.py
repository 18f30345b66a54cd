"""The statutory tables of a report rebuilt as the form prints them: rows in their groups, each with how it was placed and where."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.tables import METHODS
from ingest.templates import Row, Table, Template, Variant, load_templates
from ingest.templates.printing import list_rows
from orchestration.cli.judging import JudgedInput
from orchestration.cli.tables import CellKey, read_key

Cell = Mapping[str, object]


@dataclass(frozen=True)
class FormRow:
    """One row: what the form calls it, its depth in groups, and its cells in the order of `heads`; null: the text does not hold the cell.

    `line` of each cell is where it was printed; `methods` in their declared order.
    """

    label: str
    depth: int
    keys: tuple[CellKey, ...]
    heads: tuple[str, ...]
    cells: tuple[Cell | None, ...]

    @property
    def held(self) -> list[Cell]:
        """The cells that the text holds."""
        return [cell for cell in self.cells if cell is not None]

    @property
    def lines(self) -> tuple[int, int] | None:
        """First and last line of its cells."""
        lines = [line for cell in self.held if isinstance(line := cell["line"], int)]
        return (min(lines), max(lines)) if lines else None

    @property
    def methods(self) -> list[str]:
        """How its cells were placed."""
        used = {cell["method"] for cell in self.held}
        return [method for method in METHODS if method in used]

    @property
    def is_open(self) -> bool:
        """Whether a person has something to decide: a cell is missing or doubtful."""
        return any(cell is None or cell["is_doubtful"] for cell in self.cells)


@dataclass(frozen=True)
class Group:
    """The label of a group above its rows."""

    label: str
    depth: int


@dataclass(frozen=True)
class Part:
    """Rows under the same column heads; `head` is the label of a block with heads of its own."""

    head: str
    columns: tuple[str, ...]
    lines: tuple[Group | FormRow, ...]

    @property
    def rows(self) -> list[FormRow]:
        """Its rows without the labels of groups."""
        return [line for line in self.lines if isinstance(line, FormRow)]


@dataclass(frozen=True)
class Form:
    """One table as printed: `table` is its key, `title` its heading in the form."""

    table: str
    title: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> list[FormRow]:
        """All rows in printed order."""
        return [row for part in self.parts for row in part.rows]


def find_template(judged: JudgedInput) -> Template | None:
    """The form that a report uses. Where the reading settled on none, the newest that has all of its cells; null: a list of indicators."""
    templates = load_templates()
    report = judged.report
    if report is not None and report["template"] is not None:
        return templates.get(str(report["template"]))  # `pre2019` is no fixed form
    keys = {read_key(cell) for cell in judged.cells}
    for template in templates.values():
        if keys and keys <= _list_keys(template):
            return template
    return None


def rebuild_forms(judged: JudgedInput, statistics_title: str) -> list[Form]:
    """The tables of the report, all of its form's when it uses one; empty when no cell was read.

    Cells of a table that the form does not have, such as the `statistics` of a report from before 2019, are listed as indicators.
    """
    cells = {read_key(cell): cell for cell in judged.cells}
    if not cells:
        return []
    template = find_template(judged)
    tables = () if template is None else template.tables
    forms = [_rebuild_table(table, cells) for table in tables]
    known = {row_key for form in forms for row in form.rows for row_key in row.keys}
    others = {key: cell for key, cell in cells.items() if key not in known}
    return [*forms, *_list_indicators(others, statistics_title)]


def _list_keys(template: Template) -> set[CellKey]:
    variants = {(t.table, v.row, c.column) for t in template.tables for v in t.variants for c in t.columns_of(v.row)}
    return {(table, row, column.column) for table, row, column in template.cells} | variants


def _rebuild_table(table: Table, cells: Mapping[CellKey, Cell]) -> Form:
    held = {row for name, row, _ in cells if name == table.table}
    rows = list(list_rows(table, held))
    blocks = [(block.head, block.rows) for block in table.blocks]
    parts = []
    for head, names in blocks or [("", tuple(row.row for row in table.rows))]:
        own = [row for row in rows if row.row in names or (isinstance(row, Variant) and set(row.replaces) & set(names))]
        columns = table.columns_of(names[0])
        keys = {row.row: tuple((table.table, row.row, column.column) for column in columns) for row in own}
        labels = tuple(column.label for column in columns)
        parts.append(Part(head, labels, tuple(_nest_rows(own, keys, labels, cells))))
    return Form(table.table, table.title, tuple(parts))


def _nest_rows(
    rows: Sequence[Row], keys: Mapping[str, tuple[CellKey, ...]], heads: tuple[str, ...], cells: Mapping[CellKey, Cell]
) -> Iterator[Group | FormRow]:
    """The rows, each new group named before its first row. A group that is numbered like 三、 holds those numbered like （一）."""
    outer, inner = None, None
    for row in rows:
        group = row.group
        if group is None:
            outer, inner, depth = None, None, 0
        elif group.startswith("（"):
            depth = 1 if outer is None else 2
            if group != inner:
                yield Group(group, depth - 1)
            inner = group
        else:
            if group != outer:
                yield Group(group, 0)
            outer, inner, depth = group, None, 1
        yield FormRow(row.label, depth, keys[row.row], heads, tuple(cells.get(key) for key in keys[row.row]))


def _list_indicators(cells: Mapping[CellKey, Cell], title: str) -> Iterator[Form]:
    """One value a line, for reports whose columns are not known beforehand: a row with one value, or its columns below its label."""
    for table in dict.fromkeys(key[0] for key in cells):
        lines: list[Group | FormRow] = []
        by_row: dict[str, list[CellKey]] = {}
        for key in cells:
            if key[0] == table:
                by_row.setdefault(key[1], []).append(key)
        for row, keys in by_row.items():
            if len(keys) == 1 and keys[0][2] == "value":
                lines.append(FormRow(row, 0, (keys[0],), ("",), (cells[keys[0]],)))
                continue
            lines.append(Group(row, 0))
            lines += [FormRow(key[2], 1, (key,), ("",), (cells[key],)) for key in keys]
        yield Form(table, title, (Part("", ("",), tuple(lines)),))
