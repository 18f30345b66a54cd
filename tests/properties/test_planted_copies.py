"""Of the copies planted in an invented corpus nearly all are found, and nothing else is."""

from pathlib import Path

from properties.copying import CopiedCorpus
from properties.measuring_copies import measure_recall, search_corpus, write_corpus


def test_copies_of_85_percent_and_more_are_found_and_no_pair_that_is_none(tmp_path: Path) -> None:
    corpus = CopiedCorpus(900, seed=5)
    write_corpus(corpus, tmp_path)
    measured = measure_recall(search_corpus(tmp_path).copies, corpus.planted, 0)
    recall = {row["planted"]: row["recall"] for row in measured["recall"]}
    assert all(share >= 0.95 for planted, share in recall.items() if planted >= 0.7), recall
    assert measured["precision"] == 1.0
