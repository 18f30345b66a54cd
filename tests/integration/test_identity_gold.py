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


REGIONS = {
    # Read by eye. The name says the county or city, and no other region of the year bears it, unless said otherwise.
    "chongqing-jiulongpo-erlang-street-2022.txt": "500107",
    "fujian-pingtan-finance-2020.txt": "350128",  # a zone, under 平潭县 whose name it bears; so are the others of 平潭
    "fujian-pingtan-gwh-2015.txt": "350128",
    "fujian-pingtan-gwh-2019.txt": "350128",
    "fujian-pingtan-gwh-2021.txt": "350128",
    "fujian-pingtan-gwh-2022.txt": "350128",
    "fujian-pingtan-gwh-2023.txt": "350128",
    "fujian-pingtan-local-tax-2013-no-table.txt": "350128",
    "fujian-pingtan-police-2014.txt": "350128",
    "fujian-pingtan-police-2024.txt": "350128",
    "guangdong-xuwen-justice-2023.txt": None,  # 我局: no body is named
    "guangzhou-haizhu-guanzhou-street-2023.txt": None,  # the street's district is not in the text
    "hebei-xiongxian-township-2019.txt": None,
    "huaian-hongze-govt-2023.plumber.txt": "320813",  # a district since 2016
    "huaian-hongze-govt-2023.pymupdf.txt": "320813",
    "huaian-hongze-govt-2023.tables.md": "320813",
    "hunan-hengdong-yanglin-town-2023-oldtemplate.txt": "430424",
    "jiangsu-suqian-city-2023.txt": "321300",
    "jiangxi-dongxiang-meteorology-2022-oldtemplate-traditional.txt": "361003",  # a district since 2016; printed 東鄉區
    "nanjing-gaochun-district-2022-narrative-only.txt": "320118",
    "neimenggu-wuhai-miit-2020.txt": "150300",
    "qinghai-hualong-qunke-center-2020.txt": "630224",  # 化隆县: 化隆回族自治县
    "seed-000_1c0c086920841392.txt": None,  # 沂河新区: a zone whose name bears no region
    "seed-001_f5bd25535f6ad151.txt": "610115",  # the police record and the county's name in the opening
    "seed-002_8f6a0cdd81ca4d1e.txt": "150700",  # a zone, under its city; the site code says so too
    "seed-003_7310e8e43cef02b2.txt": "330109",
    "seed-004_11a477df60dc3f67.txt": "410502",
    "shaanxi-jiaxian-xi-town-2022-oldtemplate-blank.txt": None,
    "shanghai-govoffice-2019.html": "310000",
    "shanghai-kewei-2024.md": "310000",
    "sichuan-dazhu-chuanzhu-township-2019.txt": None,
    "wuhan-ecology-bureau-2020-traditional.txt": None,
    "wuhan-hanyang-govoffice-2022.txt": None,  # 区政府办公室
    "xinjiang-nileke-town-2023.txt": None,
    "yunnan-suijiang-huiyi-town-2021.txt": None,
}


def test_every_region_is_the_one_that_a_person_read_or_none() -> None:
    documents, sightings = build_documents(scan_inputs([REPORTS]))
    rows = sightings.drop("report_year").join(read_identity(documents), on="document_id")
    read = {Path(source).name: code for source, code in rows.select("source", "region_code").rows()}
    assert {file: read[file] for file in REGIONS} == REGIONS


def test_every_input_of_the_folder_is_one_sighting() -> None:
    _, sightings = build_documents(scan_inputs([REPORTS]))
    files = [path for path in REPORTS.rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert sightings.height == len(files)
    assert sightings.get_column("source").n_unique() == len(files)
    assert sightings.filter(pl.col("document_id").is_null()).get_column("issue").null_count() == 0
