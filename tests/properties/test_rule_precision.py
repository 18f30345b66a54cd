"""Clean generated reports fail no rule of severity error; a planted slip is found, with the right cause."""

import re

import polars as pl

from expectations.catalogue import load_catalogue
from expectations.findings import compute_findings
from ingest.documents import build_documents
from ingest.parsing import build_outcomes, parse_documents
from ingest.reading import ReadLimits, scan_inputs
from ingest.samples import LAYOUTS, SLIPS, generate_history, plant_slip, render_report
from ingest.samples.agencies import invent_agency
from ingest.samples.seeding import make_rng

CATALOGUE = load_catalogue()
FORMS = [(year, "2019" if year < 2021 else "2021", ()) for year in range(2019, 2026)]
AGENCIES = 150


def draw_histories(count, seed):
    """Reports of `count` agencies over seven years: (layout, figures, generator)."""
    layouts = [layout for layout in LAYOUTS.values() if layout.weight]
    for number in range(count):
        rng = make_rng("precision", seed, number)
        layout = rng.choices(layouts, [layout.weight for layout in layouts])[0]
        for figures in generate_history(invent_agency(number), FORMS, rng):
            yield layout.name, figures, rng


def judge(reports, folder, change=lambda number, text: text):
    """FINDINGS of rendered reports, year after year."""
    for number, report in enumerate(reports):
        (folder / name_source(number, report)).write_bytes(change(number, report.text).encode(report.encoding))
    documents, sightings = build_documents(scan_inputs([folder], ReadLimits()))
    sightings = sightings.with_columns(pl.col("source").str.split("/").list.last())
    parsed = parse_documents(documents)
    outcomes = build_outcomes(sightings, parsed)
    found, previous = [], None
    for year in sorted(outcomes["report_year"].drop_nulls().unique()):
        own = outcomes.filter(pl.col("report_year") == year)
        tables = {"outcomes": own} | {
            name: getattr(parsed, name).join(own, on="document_id", how="semi", maintain_order="left")
            for name in ("reports", "cells", "unplaced", "sections", "mentions", "evidence")
        }
        found.append(compute_findings(tables, CATALOGUE, previous=previous, report_year=year))
        previous = tables
    return pl.concat(found)


def name_source(number, report):
    """The name tells the year, for some pages do not."""
    return f"{number}-{report.report_year}{report.suffix}"


def failures(found):
    return found.filter((pl.col("verdict") == "failed") & pl.col("document_id").is_not_null())


def test_a_thousand_clean_reports_fail_no_rule_of_severity_error(tmp_path):
    found = judge([render_report(figures, layout, "none", 3) for layout, figures, _ in draw_histories(AGENCIES, 3)], tmp_path)
    assert found.filter(pl.col("verdict") == "errored").height == 0
    assert found.filter(pl.col("document_id").is_not_null())["document_id"].n_unique() == AGENCIES * len(FORMS)
    wrong = failures(found).filter(pl.col("severity") == "error")
    assert wrong.select("rule_id", "source", "message_zh").rows() == []
    # Rules on prose are no dead letters: they are judged, and warnings of theirs are rare too.
    judged = found.filter((pl.col("rule_id") == "mentions.requests_received") & (pl.col("verdict") == "passed")).height
    assert judged > 0.95 * AGENCIES * len(FORMS)


def test_planted_slips_of_the_figures_are_found_and_called_the_agencys(tmp_path):
    """One year of each agency has a slip; one between years needs the year before."""
    kinds = sorted(SLIPS)
    reports, planted = [], {}
    for number, (layout, figures, rng) in enumerate(draw_histories(16, 4)):
        kind = kinds[number // len(FORMS) % len(kinds)] if number % len(FORMS) == 4 else None
        report = render_report(figures if kind is None else plant_slip(figures, kind, rng), layout, "none", 4)
        reports.append(report)
        if kind is not None:
            planted[name_source(number, report)] = kind
    found = failures(judge(reports, tmp_path)).filter((pl.col("severity") == "error") & pl.col("source").is_in(planted.keys()))
    assert planted.keys() == set(found["source"])
    assert "parse" not in set(found["cause"])


CONTRADICTIONS = {
    "mentions.applicants": (r"(自然人)(\d+)件", 1000),
    "mentions.decisions": (r"(行政处罚决定)(\d+)件", 100000),
    "mentions.disputes": (r"(申请行政复议|公开行政复议)(\d+)件", 1000),
    "mentions.documents": (r"(行政规范性文件)(\d+)件", 1000),
    "mentions.outcomes": (r"(予以公开|部分公开)(\d+)件", 1000),
    "mentions.requests_answered": (r"(，办结)(\d+)件", 1000),
    "mentions.requests_carried": (r"(上年结转|结转下年度继续办理)(\d+)件", 1000),
    "mentions.requests_received": (r"(收政府信息公开申请|收到政府信息公开申请|新收申请)(\d+)件", 1000),
}


def test_planted_contradictions_between_prose_and_table_are_found_by_their_rule(tmp_path):
    """One in each report, the rules in turn; nine of ten are found, none is called our misreading."""
    rules = sorted(CONTRADICTIONS)
    planted = {rule: set() for rule in rules}
    reports = [render_report(figures, layout, "none", 5) for layout, figures, _ in draw_histories(48, 5)]

    def change(number, text):
        rule = rules[number % len(rules)]
        pattern, gap = CONTRADICTIONS[rule]
        spoilt = re.sub(pattern, lambda m: f"{m[1]}{int(m[2]) + gap}件", text)
        if spoilt != text:
            planted[rule].add(name_source(number, reports[number]))
        return spoilt

    found = failures(judge(reports, tmp_path, change))
    for rule, sources in planted.items():
        assert sources, rule
        ours = found.filter((pl.col("rule_id") == rule) & pl.col("source").is_in(sources))
        assert ours["source"].n_unique() >= 0.9 * len(sources), f"{rule}: {ours['source'].n_unique()} of {len(sources)}"
        assert "parse" not in set(ours["cause"])
    assert found.filter((pl.col("severity") == "error") & ~pl.col("rule_id").str.starts_with("mentions.")).height == 0
