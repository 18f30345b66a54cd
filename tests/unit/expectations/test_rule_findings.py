import polars as pl
from builders.staging import build_partition, make_report

from expectations import findings
from expectations.catalogue import load_catalogue
from expectations.checks import KINDS
from expectations.checks.verdicts import Kind
from expectations.decisions.tables import DECISIONS
from expectations.examples import RejectedInput
from expectations.findings import compute_findings, select_published
from ingest.errors import Issue
from ingest.tables import FINDINGS, STAGING_SORT_KEYS, empty

CATALOGUE = load_catalogue()
WRONG = {"requests.total_processed.total": "4"}


def partition():
    return build_partition(
        make_report(1),
        make_report(2, changes=WRONG),
        make_report(3, status="suspect", expected=201),
        make_report(4, agency=None),
        make_report(5, agency="a1"),
        rejected=(RejectedInput(source="x.txt", issue=Issue.NOT_A_REPORT),),
    )


def test_every_rule_says_something_of_every_document_and_of_the_partition():
    found = compute_findings(partition(), CATALOGUE, report_year=2023)
    assert found.schema == FINDINGS
    said = set(found.select("rule_id", "document_id").rows())
    expected = {(rule.id, f"d{n}") for rule in CATALOGUE.of_scope("report") for n in range(1, 6)}
    expected |= {(rule.id, None) for rule in CATALOGUE.of_scope("partition")}
    assert said == expected


def test_a_document_that_fails_a_rule_has_only_failed_rows_of_it():
    found = compute_findings(partition(), CATALOGUE, report_year=2023)
    verdicts = found.group_by("rule_id", "document_id").agg(pl.col("verdict").n_unique().alias("kinds"), pl.len())
    assert verdicts["kinds"].max() == 1
    summaries = found.filter(pl.col("verdict") != "failed").group_by("rule_id", "document_id").len()
    assert summaries["len"].max() == 1


def test_not_applicable_always_says_why_and_failed_always_has_both_messages():
    found = compute_findings(partition(), CATALOGUE, report_year=2023)
    assert found.filter((pl.col("verdict") == "not_applicable") & pl.col("reason").is_null()).height == 0
    failed = found.filter(pl.col("verdict") == "failed")
    assert failed.height == 7  # three identities of d2 and their sum, completeness of d3 (report and corpus), the copy d5
    assert failed.filter(pl.col("message_zh").is_null() | pl.col("message_en").is_null()).height == 0
    assert failed.filter(pl.col("document_id").is_not_null() & pl.col("cause").is_null()).height == 0


def test_the_order_of_the_inputs_does_not_change_the_findings():
    tables = partition()
    shuffled = {name: frame.reverse() for name, frame in tables.items()}
    one = compute_findings(tables, CATALOGUE, report_year=2023)
    assert one.equals(compute_findings(shuffled, CATALOGUE, report_year=2023))
    assert one.equals(one.sort(*STAGING_SORT_KEYS["findings"]))


def test_an_empty_partition_gives_only_verdicts_on_the_partition():
    found = compute_findings(build_partition(), CATALOGUE, report_year=None)
    assert found.schema == FINDINGS
    assert found["document_id"].null_count() == found.height == len(CATALOGUE.of_scope("partition"))
    assert set(found["verdict"]) == {"not_applicable"}


def test_a_rule_that_raises_is_errored_with_the_reason_and_the_others_still_run(monkeypatch):
    def explode(batch, terms, tolerance):
        raise ZeroDivisionError("no rows")

    kind = KINDS["balance"]
    monkeypatch.setitem(findings.KINDS, "balance", Kind(kind.scope, kind.terms, explode))
    found = compute_findings(partition(), CATALOGUE, report_year=2023)
    (row,) = found.filter(pl.col("rule_id") == "requests.balance").rows(named=True)
    assert (row["verdict"], row["reason"], row["document_id"]) == ("errored", "ZeroDivisionError: no rows", None)
    assert found.filter((pl.col("rule_id") == "requests.row_total") & (pl.col("verdict") == "failed")).height == 1


def test_a_missing_staging_table_is_an_errored_rule_not_a_silent_pass():
    tables = partition()
    del tables["sections"]
    found = compute_findings(tables, CATALOGUE, report_year=2023)
    errored = found.filter(pl.col("verdict") == "errored")["rule_id"].to_list()
    assert errored == ["corpus.conservation", "report.headings_faithful", "report.problems_stated", "report.sections_present"]


def test_only_accepted_unquarantined_reports_of_a_known_agency_and_year_are_published():
    tables = partition()
    found = compute_findings(tables, CATALOGUE, report_year=2023)
    published = select_published({**tables, "findings": found}, CATALOGUE, empty(DECISIONS))
    # d2 has an arithmetic slip, which is recorded; d3 is suspect, d4 has no agency, d5 is a copy of d1.
    assert published["document_id"].to_list() == ["d1", "d2"]
