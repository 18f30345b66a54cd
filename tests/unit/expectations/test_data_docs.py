"""Data Docs can be read on a machine without a network."""

import re

import pytest
from builders.staging import build_partition, make_report

from expectations.catalogue import load_catalogue
from expectations.data_docs import build_data_docs, find_page
from expectations.findings import compute_findings
from expectations.gates import audit_partition
from ingest.errors import StorageError

CATALOGUE = load_catalogue()
WRONG = {"requests.total_processed.total": "4"}


def audit(folder, year, slips):
    tables = build_partition(*(make_report(n, changes=WRONG if n < slips else None) for n in range(9)))
    found = compute_findings(tables, CATALOGUE, report_year=2023)
    audit_partition({**tables, "findings": found}, CATALOGUE, report_year=year, results_dir=folder)


def test_every_suite_has_a_page_with_a_style_of_its_own_and_nothing_from_elsewhere(tmp_path):
    audit(tmp_path, 2022, 0)
    audit(tmp_path, 2023, 3)
    index = build_data_docs(tmp_path)
    assert sorted(page.name for page in index.parent.iterdir()) == ["index.html", "staging-2022.html", "staging-2023.html"]
    assert find_page(tmp_path, "staging-2023") == index.with_name("staging-2023.html")
    for page in index.parent.iterdir():
        text = page.read_text("utf-8")
        assert re.findall(r"https?://|<script|<link", text) == []
        assert text.count("<style>") == 1
        assert set(re.findall(r'href="([^"#]+)"', text)) <= {path.name for path in index.parent.iterdir()}
    assert "requests.balance 各列收支平衡" in index.with_name("staging-2023.html").read_text("utf-8")


def test_the_index_says_which_gates_failed_and_by_which_rules(tmp_path):
    audit(tmp_path, 2023, 3)
    rows = re.findall(r"<tr><td>.*</tr>", build_data_docs(tmp_path).read_text("utf-8"))
    assert len(rows) == 1
    assert "✘ failed" in rows[0] and "requests.balance" in rows[0]


def test_pages_of_a_suite_that_is_no_longer_kept_go_away(tmp_path):
    audit(tmp_path, 2022, 0)
    audit(tmp_path, 2023, 0)
    build_data_docs(tmp_path)
    (tmp_path / "staging-2022.json").unlink()
    assert not build_data_docs(tmp_path).with_name("staging-2022.html").exists()
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["data_docs"]


def test_without_results_the_remedy_is_named(tmp_path):
    with pytest.raises(StorageError, match="run the job first"):
        build_data_docs(tmp_path)
