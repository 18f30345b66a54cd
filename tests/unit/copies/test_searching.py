"""Small corpora whose copies a person planted."""

from random import Random

import numpy as np
import polars as pl
import pytest

from expectations.copies.narratives import NARRATIVES
from expectations.copies.searching import SearchResult, SearchTerms, find_copied_narratives
from expectations.copies.shingles import build_sets, find_boilerplate, is_member, measure_similarity
from expectations.copies.signatures import build_signatures, estimate_similarity, pair_candidates


def invent(seed: int, length: int = 300) -> str:
    """Characters without meaning: two seeds have no five in a row in common."""
    return "".join(Random(seed).choices([chr(code) for code in range(0x5100, 0x5A00)], k=length))


def search(
    texts: dict[str, str], agencies: dict[str, str] | None = None, years: dict[str, int] | None = None, **terms: int
) -> SearchResult:
    """Documents by name; each of an agency of its own and of 2023 unless said otherwise."""
    names = list(texts)
    reports = pl.DataFrame(
        {
            "document_id": names,
            "agency_id": [(agencies or {}).get(name, f"ag_{name}") for name in names],
            "agency_name": [(agencies or {}).get(name, f"临江市{name}局") for name in names],
            "report_year": [(years or {}).get(name, 2023) for name in names],
        },
        schema_overrides={"document_id": pl.String, "agency_id": pl.String, "agency_name": pl.String, "report_year": pl.Int16},
    )
    narratives = pl.DataFrame([(name, "overview", 5, text) for name, text in texts.items()], schema=NARRATIVES, orient="row")

    def read(wanted):
        yield narratives if wanted is None else narratives.filter(pl.col("document_id").is_in(list(wanted)))

    return find_copied_narratives(reports, read, SearchTerms(**terms))


def list_pairs(result: SearchResult) -> set[tuple[str, str]]:
    return set(result.copies.select("document_id", "other_document_id").iter_rows())


def test_a_shingle_set_holds_each_run_of_five_once():
    sets = build_sets(["甲乙丙丁戊己", "甲乙丙丁", "甲甲甲甲甲甲甲"])
    assert np.diff(sets.offsets).tolist() == [2, 0, 1]
    assert measure_similarity(build_sets(["甲乙丙丁戊己"]).hashes, build_sets(["乙丙丁戊己庚"]).hashes) == pytest.approx(1 / 3)


def test_no_shingle_runs_from_one_text_into_the_next():
    assert build_sets(["甲乙丙", "丁戊己庚辛"]).offsets.tolist() == [0, 0, 1]


def test_membership_is_exact():
    members = np.array([3, 70_000, 4_000_000_000], dtype=np.uint32)
    asked = np.array([3, 4, 70_000, 70_001, 4_000_000_000, 0], dtype=np.uint32)
    assert is_member(asked, members).tolist() == [True, False, True, False, True, False]


def test_boilerplate_is_what_enough_of_the_sets_hold():
    sets = build_sets(["甲乙丙丁戊", "甲乙丙丁戊", "甲乙丙丁戊己", "子丑寅卯辰", ""])
    assert find_boilerplate(sets, least=3, share=0.5).tolist() == build_sets(["甲乙丙丁戊"]).hashes.tolist()
    assert find_boilerplate(sets, least=4, share=0.5).size == 0
    assert find_boilerplate(sets, least=3, share=0.8).size == 0


def test_signatures_estimate_the_similarity_of_the_sets():
    shared = invent(1, 800)
    sets = build_sets([shared + invent(2, 200), shared + invent(3, 200)])
    exact = measure_similarity(sets.get_set(0), sets.get_set(1))
    assert exact == pytest.approx(796 / 1196, abs=0.005)
    assert estimate_similarity(build_signatures(sets), np.array([[0, 1]]))[0] == pytest.approx(exact, abs=0.15)


def test_a_copy_of_another_agency_is_found_and_unrelated_texts_are_not():
    result = search({"a": invent(1), "b": invent(2), "c": invent(1)[:280] + invent(4, 20)})
    assert list_pairs(result) == {("c", "a")}
    row = result.copies.row(0, named=True)
    # 300 characters give 296 shingles; 276 of them are in the first 280 characters.
    assert row["similarity"] == pytest.approx(276 / 316)
    assert (row["is_same_agency"], row["passage_count"], row["shared_share"]) == (False, 1, pytest.approx(280 / 300))
    assert (row["start_line"], row["end_line"], row["other_start_line"], row["other_end_line"]) == (5, 5, 5, 5)


def test_the_later_year_of_one_agency_comes_first():
    result = search({"a": invent(1), "b": invent(1)}, {"a": "临江市财政局", "b": "临江市财政局"}, {"a": 2024, "b": 2023})
    assert result.copies.select("document_id", "report_year", "other_report_year", "is_same_agency").rows() == [("a", 2024, 2023, True)]


def test_two_renderings_of_one_report_are_no_copy():
    assert list_pairs(search({"a": invent(1), "b": invent(1)}, {"a": "临江市财政局", "b": "临江市财政局"})) == set()


def test_nobody_says_whether_two_names_of_which_one_holds_the_other_are_one_agency():
    result = search({"a": invent(1), "b": invent(1)}, {"a": "望海区人民政府", "b": "临江市望海区人民政府办公室"})
    assert result.copies["is_same_agency"].to_list() == [None]


def test_short_formulas_are_not_compared():
    result = search({"a": invent(1, 63), "b": invent(1, 63), "c": invent(2, 64), "d": invent(2, 64)})
    assert list_pairs(result) == {("d", "c")}  # 64 characters give 60 shingles
    assert (result.counts.narratives, result.counts.too_short) == (4, 2)


def test_what_all_agencies_write_makes_no_copies():
    shared = invent(99, 400)
    texts = {f"d{number:02}": shared + invent(number, 100) for number in range(24)}
    assert list_pairs(search({**texts, "x": shared + invent(5, 100)})) == {("x", "d05")}


def test_a_crowd_of_equal_texts_gives_bounded_pairs_and_says_what_it_left_out():
    texts = {f"d{number:02}": invent(1) for number in range(12)}
    result = search(texts, neighbours=3)
    # Twelve members with the next three each: 9 × 3 + 2 + 1 of the 66 pairs; the others are counted once per band.
    assert result.copies.height == 30
    assert (result.counts.crowded_buckets, result.counts.skipped_pairs) == (24, 24 * 36)
    assert set(result.copies["document_id"]) | set(result.copies["other_document_id"]) == set(texts)


def test_an_agencys_own_years_are_paired_in_a_crowd():
    texts = {f"d{number:02}": invent(1) for number in range(12)}
    own = {"d00": "临江市财政局", "d11": "临江市财政局"}
    result = search(texts, own, {"d11": 2022}, neighbours=1)
    assert ("d00", "d11") in list_pairs(result)


def test_a_copy_that_still_names_its_source_is_told_by_line():
    source = "二〇二三年东河县公安局\n" + invent(1)
    result = search({"a": source, "b": source}, {"a": "东河县公安局", "b": "临江市公安局"})
    assert result.copies.select("document_id", "named_line").rows() == [("b", 5)]


def test_an_empty_corpus_has_no_copies():
    assert search({}).copies.is_empty()


def test_pairs_are_made_within_a_group_only():
    signatures = build_signatures(build_sets([invent(1)] * 3))
    assert pair_candidates(signatures, np.array([0, 1, 0]), 20).pairs.tolist() == [[0, 2]]
