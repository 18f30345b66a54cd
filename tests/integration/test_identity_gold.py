"""Report year and agency of the real reports against what was read from them by eye (contract, section 4)."""

import json
from pathlib import Path

import polars as pl
import pytest

from ingest.documents import build_documents
from ingest.identity import read_identity
from ingest.reading import scan_inputs

REPORTS = Path(__file__).parents[2].parent / "shared" / "reports"


@pytest.fixture(scope="module")
def identities() -> dict[str, tuple[int | None, str | None]]:
    if not (REPORTS / "gold").is_dir():
        pytest.fail(f"{REPORTS} is not there: the real reports and their gold files belong beside the repository")
    documents, sightings = build_documents(scan_inputs([REPORTS]))
    rows = sightings.drop("report_year").join(read_identity(documents), on="document_id")
    return {Path(source).name: (year, agency) for source, year, agency in rows.select("source", "report_year", "agency_name").rows()}


@pytest.fixture(scope="module")
def gold(identities: dict[str, tuple[int | None, str | None]]) -> list[tuple[str, int | None, str | None]]:
    rows = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((REPORTS / "gold").glob("*.json"))]
    readable = [(row["file"], row["report_year"], row["agency"]) for row in rows if row["file"] in identities]
    assert len(readable) >= 30, "the gold files of the real reports are missing"
    return readable


def test_every_report_year_is_the_one_that_a_person_read(
    identities: dict[str, tuple[int | None, str | None]], gold: list[tuple[str, int | None, str | None]]
) -> None:
    wrong = {file: (year, identities[file][0]) for file, year, _ in gold if identities[file][0] != year}
    assert wrong == {}


def test_every_agency_is_the_one_that_a_person_read_up_to_its_region(
    identities: dict[str, tuple[int | None, str | None]], gold: list[tuple[str, int | None, str | None]]
) -> None:
    wrong = {}
    for file, _, agency in gold:
        read = identities[file][1]
        same = read == agency or (agency is not None and read is not None and (agency.endswith(read) or read.endswith(agency)))
        if not same:
            wrong[file] = (agency, read)
    assert wrong == {}


def test_every_input_of_the_folder_is_one_sighting() -> None:
    _, sightings = build_documents(scan_inputs([REPORTS]))
    files = [path for path in REPORTS.rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert sightings.height == len(files)
    assert sightings.get_column("source").n_unique() == len(files)
    assert sightings.filter(pl.col("document_id").is_null()).get_column("issue").null_count() == 0
