"""The statutory tables of a report as a person reads them, with what the rules say marked in them."""

from collections.abc import Mapping
from typing import Final

from rich import box
from rich.table import Table as Grid
from rich.text import Text

from ingest.errors import TemplateError
from ingest.templates import Row, Table, load_templates
from ingest.templates.printing import list_rows
from orchestration.cli.judging import JudgedInput
from orchestration.cli.languages import Language

BLANK: Final[Mapping[Language, str]] = {"zh": "空", "en": "blank"}
"""How a cell is shown that the document holds and left blank."""
ABSENT: Final[Mapping[Language, str]] = {"zh": "缺", "en": "absent"}
"""How a cell is shown that the form has and the document does not hold, or that was not found in it."""
_DOUBTFUL: Final = "?"
_LABEL_WIDTH: Final = 36
_COLUMN_WIDTH: Final = 14
_SEVERITY_ORDER: Final = ("error", "warning", "info")

CellKey = tuple[str, str, str]


def build_tables(judged: JudgedInput, language: Language) -> list[Grid]:
    """One grid per statutory table of the report's form, every cell as printed; a list of indicators for a report from before 2019.

    Empty for an input that is no report or holds no tables.
    """
    report = judged.report
    if report is None or report["template"] is None:
        return []
    cells = {read_key(cell): cell for cell in judged.cells}
    marks = _mark_cells(judged)
    templates = load_templates()
    template = str(report["template"])
    if template not in templates:
        return [_build_indicators(cells, marks, language)] if cells else []
    tables = templates[template].tables
    return [_build_table(table, cells, marks, language) for table in tables if any(key[0] == table.table for key in cells)]


def explain_marks(language: Language) -> str:
    """What the signs in the tables mean."""
    if language == "zh":
        return f"{BLANK['zh']} 空白单元格，{ABSENT['zh']} 文本中没有，{_DOUBTFUL} 读法不唯一；红色：与规则不符"
    return f"{BLANK['en']}: left blank, {ABSENT['en']}: not in the text, {_DOUBTFUL}: one of several readings; red: breaks a rule"


def _build_table(table: Table, cells: Mapping[CellKey, Mapping[str, object]], marks: Mapping[CellKey, str], language: Language) -> Grid:
    grid = _start_grid(f"{table.title}")
    for column in table.columns:
        grid.add_column(column.label, justify="right", max_width=_COLUMN_WIDTH, overflow="fold")
    held = {row for name, row, _ in cells if name == table.table}
    for row in list_rows(table, held):
        own = {column.column for column in table.columns_of(row.row)}
        texts = [
            _write_cell(cells.get((table.table, row.row, column.column)), marks.get((table.table, row.row, column.column)), language)
            if column.column in own
            else Text("")
            for column in table.columns
        ]
        grid.add_row(_write_label(row), *texts)
    return grid


def _build_indicators(cells: Mapping[CellKey, Mapping[str, object]], marks: Mapping[CellKey, str], language: Language) -> Grid:
    grid = _start_grid("统计表")
    columns = list(dict.fromkeys(key[2] for key in cells))
    for column in columns:
        grid.add_column(column, justify="right")
    for table, row in dict.fromkeys((key[0], key[1]) for key in cells):
        texts = [_write_cell(cells.get((table, row, column)), marks.get((table, row, column)), language) for column in columns]
        grid.add_row(row, *texts)
    return grid


def _start_grid(title: str) -> Grid:
    grid = Grid(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    grid.add_column("", max_width=_LABEL_WIDTH, no_wrap=True, overflow="ellipsis")
    return grid


def _write_label(row: Row) -> str:
    """The label with the numeral of its group: （三）1.属于国家秘密."""
    if row.group is not None and row.group.startswith("（"):
        return row.group[: row.group.index("）") + 1] + row.label
    return row.label


def _write_cell(cell: Mapping[str, object] | None, severity: str | None, language: Language) -> Text:
    if cell is None:
        return Text(ABSENT[language], style="dim")
    raw = str(cell["raw"])
    text = Text(BLANK[language], style="dim") if raw == "" else Text(raw)
    if cell["is_doubtful"]:
        text = Text(raw + _DOUBTFUL, style="yellow")
    if severity == "error":
        text.stylize("bold red")
    elif severity is not None:
        text.stylize("yellow")
    return text


def _mark_cells(judged: JudgedInput) -> dict[CellKey, str]:
    """Cell → severity of the gravest finding that rests on it."""
    marks: dict[CellKey, str] = {}
    for severity in reversed(_SEVERITY_ORDER):
        for finding in judged.findings:
            cells = finding["cells"]
            if finding["severity"] == severity and isinstance(cells, list):
                marks |= {read_key(cell): severity for cell in cells}
    return marks


def read_key(cell: Mapping[str, object]) -> CellKey:
    """(table, row, column) of a cell; TemplateError when it names none."""
    match cell["table"], cell["row"], cell["column"]:
        case str(table), str(row), str(column):
            return table, row, column
        case key:
            raise TemplateError(f"{key} names no cell: table, row and column are needed")
