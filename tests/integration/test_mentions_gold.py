"""Numbers stated in the prose of real reports against what a person read there: subject, value, line."""

from pathlib import Path

import polars as pl
import pytest

from ingest.documents import build_documents
from ingest.mentions.subjects import load_vocabulary
from ingest.parsing import ParsedTables, parse_documents
from ingest.reading import scan_inputs

REPORTS = Path(__file__).parents[2].parent / "shared" / "reports"

READ_BY_EYE: dict[str, list[tuple[str, float, int]]] = {
    "fujian-pingtan-gwh-2023.txt": [
        ("requests_received", 81, 8),
        ("requests_by_natural_persons", 80, 8),
        ("requests_by_enterprises", 1, 8),
        ("requests_answered", 81, 8),
        ("outcome_granted_or_partly", 42, 8),
        ("outcome_denied", 5, 8),
        ("outcome_unavailable", 31, 8),
        ("outcome_not_processed", 1, 8),
        ("outcome_other", 2, 8),
        ("reviews", 2, 8),
        ("litigation", 7, 8),
    ],
    "huaian-hongze-govt-2023.pymupdf.txt": [
        ("items_on_website", 1136, 19),
        ("requests_handled", 21, 21),
        ("fee_collected", 0, 353),
    ],
    "nanjing-gaochun-district-2022-narrative-only.txt": [
        ("items_on_website", 4583, 3),
        ("items_on_weibo", 6012, 3),
        ("items_on_wechat", 722, 3),
        ("requests_received", 130, 4),
        ("requests_rise_percent", 103, 4),
        ("completion_rate", 100, 4),
        ("outcome_granted_or_partly", 59, 4),
        ("outcome_denied", 32, 4),
        ("outcome_unavailable", 26, 4),
        ("outcome_not_processed", 1, 4),
        ("outcome_other", 12, 4),
    ],
    "neimenggu-wuhai-miit-2020.txt": [
        ("items_published", 2942, 6),
        ("items_on_website", 52, 6),
        ("items_on_weibo", 541, 6),
        ("items_on_wechat", 175, 6),
        ("interpretations", 7, 6),
    ],
    "seed-000_1c0c086920841392.txt": [
        ("items_published", 300, 7),
        ("requests_received", 0, 9),
        ("training_sessions", 1, 16),
        ("complaints", 0, 16),
        ("fee_collected", 0, 332),
    ],
    "seed-003_7310e8e43cef02b2.txt": [
        ("items_published", 65, 15),
        ("normative_documents_published", 1, 15),
        ("normative_documents_repealed", 2, 15),
        ("items_on_wechat", 195, 15),
        ("requests_received", 0, 19),
        ("reviews", 0, 19),
        ("litigation", 0, 19),
        ("fee_collected", 0, 622),
    ],
    "shanghai-govoffice-2019.html": [
        ("requests_handled", 859, 14),
        ("requests_fall_percent", 12.3, 14),
        ("requests_answered", 805, 14),
        ("requests_carried_over", 18, 14),
        ("requests_carried_forward", 72, 14),
        ("outcome_granted_or_partly", 258, 14),
        ("outcome_denied", 35, 14),
        ("outcome_unavailable", 265, 14),
        ("outcome_not_processed", 158, 14),
        ("outcome_other", 0, 14),
        ("reviews", 7, 14),
        ("litigation", 9, 14),
        ("official_documents_publication_rate", 90.2, 16),
        ("gazette_issues", 24, 21),
    ],
    "shanghai-kewei-2024.md": [
        ("reviews", 1, 19),
        ("litigation", 0, 21),
        ("requests_received", 34, 42),
        ("requests_carried_over", 2, 43),
        ("outcome_granted", 9, 44),
        ("outcome_partly_granted", 0, 44),
        ("outcome_denied", 2, 44),
        ("outcome_unavailable", 10, 45),
        ("outcome_not_processed", 0, 45),
        ("outcome_other", 14, 45),
        ("requests_carried_forward", 1, 46),
        ("items_on_website", 2139, 65),
        ("items_on_wechat", 1640, 68),
        ("fee_collected", 0, 207),
    ],
    "wuhan-hanyang-govoffice-2022.txt": [
        ("requests_received", 8, 50),
        ("outcome_granted", 2, 50),
        ("outcome_partly_granted", 2, 50),
        ("unavailable_not_held", 2, 50),
        ("requests_carried_forward", 0, 50),
    ],
}

OTHER_SCOPE = {("fujian-pingtan-gwh-2022.txt", "requests_received"), ("fujian-pingtan-gwh-2022.txt", "requests_by_natural_persons")}
"""The prose counts new requests and the one carried over together."""


@pytest.fixture(scope="module")
def parsed() -> tuple[ParsedTables, pl.DataFrame]:
    """The tables of all real reports, and their mentions with the name of the file."""
    if not (REPORTS / "gold").is_dir():
        pytest.fail(f"{REPORTS} is not there: the real reports belong beside the repository")
    documents, sightings = build_documents(scan_inputs([REPORTS]))
    tables = parse_documents(documents)
    names = sightings.select("document_id", file=pl.col("source").str.split("/").list.last()).unique("document_id")
    return tables, tables.mentions.join(names, on="document_id", maintain_order="left")


@pytest.mark.parametrize("file", READ_BY_EYE)
def test_the_mentions_are_those_that_a_person_read(file: str, parsed: tuple[ParsedTables, pl.DataFrame]) -> None:
    found = parsed[1].filter(file=file).select("subject", "value", "line").rows()
    assert sorted(found) == sorted(READ_BY_EYE[file])


def test_what_prose_and_tables_both_state_is_the_same_number(parsed: tuple[ParsedTables, pl.DataFrame]) -> None:
    """Every exact mention of a subject with a cell, wherever the cell was read."""
    tables, mentions = parsed
    cells = pl.DataFrame(
        [(subject, *cell) for subject, cell in load_vocabulary().cells.items()], schema=["subject", "table", "row", "column"], orient="row"
    )
    compared = (
        mentions.filter(precision="exact")
        .join(cells, on="subject")
        .join(tables.cells.select("document_id", "table", "row", "column", cell="value"), on=["document_id", "table", "row", "column"])
        .drop_nulls("cell")
    )
    different = compared.filter(pl.col("value") != pl.col("cell")).select("file", "subject").rows()
    assert set(different) == OTHER_SCOPE
    assert compared.height >= 25
