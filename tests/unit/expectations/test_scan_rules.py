"""The gate of a scan: nothing lost, bytes readable, repeats told."""

import polars as pl

from expectations.catalogue import load_catalogue
from expectations.gates import audit_scan
from ingest.tables import RAW_SIGHTINGS, conform

CATALOGUE = load_catalogue()


def audit(tmp_path, sightings, *, scanned=None, stored=None):
    """`sightings`: source → document id or issue."""
    rows = [
        {"source": source, "document_id": None, "issue": what} if what in ("unreadable", "too_large", "unsupported") else
        {"source": source, "document_id": what}
        for source, what in sightings
    ]  # fmt: skip
    frame = conform(pl.DataFrame(rows, schema={"source": pl.String, "document_id": pl.String, "issue": pl.String}), RAW_SIGHTINGS)
    known = {row["document_id"]: None for row in rows} if stored is None else stored
    pairs = [(name, issue) for name, issue in known.items() if name is not None]
    documents = pl.DataFrame(pairs, schema={"document_id": pl.String, "issue": pl.String}, orient="row")
    sources = [source for source, _ in sightings] if scanned is None else scanned
    report = audit_scan(pl.DataFrame({"source": sources}, schema={"source": pl.String}), frame, documents, CATALOGUE, results_dir=tmp_path)
    return {entry.rule_id.removeprefix("raw."): entry for entry in report.results}


def test_a_scan_whose_every_input_is_kept_passes(tmp_path):
    found = audit(tmp_path, [("a", "d1"), ("b", "d2"), ("c", "unreadable")])
    assert {entry.verdict for entry in found.values()} == {"passed"}
    assert found["inputs_conserved"].applicable_count == 3


def test_each_way_to_lose_an_input_blocks_and_is_named(tmp_path):
    cases = {
        "an input without a sighting: 1 (z)": audit(tmp_path, [("a", "d1")], scanned=["a", "z"]),
        "a sighting without an input: 1 (b)": audit(tmp_path, [("a", "d1"), ("b", "d2")], scanned=["a"]),
        "an input sighted twice: 2 (a)": audit(tmp_path, [("a", "d1"), ("a", "d1")], scanned=["a"]),
        "neither a document nor a reason: 1 (a)": audit(tmp_path, [("a", None)]),
        "a document that is not stored: 1 (a)": audit(tmp_path, [("a", "d1")], stored={}),
    }
    for message, found in cases.items():
        assert found["inputs_conserved"].is_blocking, message
        assert message in found["inputs_conserved"].worst[0].message_en


def test_a_third_of_a_scan_unreadable_blocks_also_when_the_bytes_are_stored(tmp_path):
    good = [(f"g{n}", f"d{n}") for n in range(70)]
    bad = [(f"b{n}", f"x{n}") for n in range(15)] + [(f"c{n}", "unreadable") for n in range(16)]
    stored = {name: None for _, name in good} | {f"x{n}": "undecodable" for n in range(15)}
    assert not audit(tmp_path, good + bad[1:], stored=stored)["readable"].is_blocking  # 30 of 100
    found = audit(tmp_path, good[1:] + bad, stored=stored)["readable"]
    assert (found.verdict, found.failed_count, found.applicable_count, found.is_blocking) == ("failed", 31, 100, True)


def test_files_of_kinds_that_nobody_reads_are_not_counted(tmp_path):
    found = audit(tmp_path, [("a", "d1"), *((f"{n}.exe", "unsupported") for n in range(90))])["readable"]
    assert (found.applicable_count, found.failed_count) == (1, 0)


def test_one_page_saved_under_many_names_is_told_and_blocks_nothing(tmp_path):
    found = audit(tmp_path, [(f"{n:02}.html", "login") for n in range(22)] + [("a.txt", "d1")])["repeated_bytes"]
    assert (found.verdict, found.failed_count, found.is_blocking) == ("failed", 21, False)
    assert found.worst[0].message_en == "21 of 23 inputs repeat the bytes of another; the most frequent, 22 times: 00.html"


def test_an_empty_scan_is_not_judged(tmp_path):
    assert {entry.verdict for entry in audit(tmp_path, []).values()} == {"not_applicable"}
