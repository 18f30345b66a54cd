"""The real documents beside the repository against labels that were read from them by eye."""

import json
from functools import cache
from pathlib import Path

import pytest

from ingest.documents import build_documents
from ingest.parsing import ParsedTables, build_outcomes, parse_documents
from ingest.reading import scan_inputs

REPORTS = Path(__file__).parents[3] / "shared" / "reports"
SEEDS = ("seed-000", "seed-001", "seed-002", "seed-003", "seed-004")


def gold() -> list[dict[str, object]]:
    files = sorted((REPORTS / "gold").glob("*.json"))
    if not files:
        pytest.fail(f"the real reports are not at {REPORTS}: put the folder `shared` beside the checkout")
    return [json.loads(file.read_text("utf-8")) for file in files]


@cache
def parsed() -> tuple[ParsedTables, dict[str, str], dict[str, tuple[str, str | None]]]:
    gold()
    documents, sightings = build_documents(scan_inputs([REPORTS]))
    tables = parse_documents(documents)
    outcomes = build_outcomes(sightings, tables)
    names = {Path(s).name: d for s, d in sightings.select("source", "document_id").iter_rows()}
    states = {Path(s).name: (status, issue) for s, status, issue in outcomes.select("source", "status", "issue").iter_rows()}
    return tables, names, states


@cache
def cells() -> dict[str, dict[tuple[str, str, str], tuple[float | None, int, bool]]]:
    out: dict[str, dict[tuple[str, str, str], tuple[float | None, int, bool]]] = {}
    frame = parsed()[0].cells.select("document_id", "table", "row", "column", "value", "line", "is_doubtful")
    for document, table, row, column, value, line, doubtful in frame.iter_rows():
        out.setdefault(document, {})[table, row, column] = (value, line, doubtful)
    return out


def test_no_number_is_wrong_in_a_cell_that_is_not_marked_doubtful() -> None:
    wrong: list[str] = []
    for label in gold():
        document = parsed()[1][label["file"]]
        mine = dict(cells()[document]) if document in cells() else {}
        for table, row, column, printed in label["cells"]:
            value, _, doubtful = mine.pop((table, row, column), (None, 0, False))
            if value is not None and not doubtful and value != printed:
                wrong.append(f"{label['file']} {table}.{row}.{column}: read {value}, printed {printed}")
        wrong += [f"{label['file']} {key}: invented {cell[0]}" for key, cell in mine.items() if cell[0] is not None and not cell[2]]
    assert wrong == []


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cell_of_a_seed_is_read_with_the_line_it_stands_on(seed: str) -> None:
    label = next(g for g in gold() if str(g["file"]).startswith(seed))
    lines = (REPORTS / str(label["file"])).read_text("utf-8").split("\n")
    mine = cells()[parsed()[1][label["file"]]]
    assert len(label["cells"]) == 200
    for table, row, column, printed in label["cells"]:
        value, line, doubtful = mine[table, row, column]
        assert (value, doubtful) == (printed, False), (table, row, column)
        assert f"{printed:g}" in lines[line - 1]
    assert parsed()[2][str(label["file"])] == ("accepted", None)


@pytest.mark.parametrize(("name", "count"), [("fujian-pingtan-police-2014.txt", 22), ("fujian-pingtan-gwh-2015.txt", 32)])
def test_every_cell_of_a_statistics_table_is_read_with_the_line_it_stands_on(name: str, count: int) -> None:
    label = next(g for g in gold() if g["file"] == name)
    lines = (REPORTS / name).read_text("utf-8").split("\n")
    mine = cells()[parsed()[1][name]]
    assert len(label["cells"]) == len(mine) == count
    for table, row, column, printed in label["cells"]:
        value, line, doubtful = mine[table, row, column]
        assert (value, doubtful) == (printed, False), (row, column)
        assert f"{printed:g}" in lines[line - 1]
    assert parsed()[2][name] == ("accepted", None)


def test_what_is_no_report_is_rejected() -> None:
    labels = [json.loads(line) for line in (REPORTS / "gold" / "not-reports.jsonl").read_text("utf-8").splitlines()]
    assert [g["file"] for g in labels if parsed()[2][Path(g["file"]).name][0] != "rejected"] == []


def test_the_template_is_read_from_the_tables() -> None:
    """Unsupported files have none yet; a fragment of table 三 alone does not tell."""
    found = dict(parsed()[0].reports.select("document_id", "template").iter_rows())
    for label in gold():
        document = parsed()[1][label["file"]]
        if document in found and found[document] is not None:
            assert found[document] == label["template"], label["file"]
