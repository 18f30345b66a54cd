"""Generated sets and the bundled folder."""

import json
from collections import Counter
from hashlib import sha256
from itertools import islice
from pathlib import Path

from ingest.samples import build_bundle, generate_reports, render_bundle, render_report, write_samples
from ingest.samples.bundling import describe_bundle
from ingest.samples.figures import generate_figures

ROSTERS = ("agency_changes.csv", "publishers.csv")
"""Kept by hand beside the generated files (docs/regions.md)."""
SAMPLES = Path(__file__).parents[3] / "samples"


def test_the_bundled_folder_is_what_the_generator_writes(tmp_path: Path) -> None:
    write_samples(tmp_path)
    fresh = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {path.relative_to(SAMPLES).as_posix(): path.read_bytes() for path in SAMPLES.rglob("*") if path.is_file()}
    assert sorted(kept) == sorted([*fresh, *ROSTERS])
    assert [name for name in fresh if kept[name] != fresh[name]] == [], "stale: write the samples again (samples/README.md)"


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    def digest(seed: int) -> str:
        return sha256(b"".join(report.content for report in generate_reports(60, seed))).hexdigest()

    assert digest(1) == digest(1) != digest(2)


def test_a_shorter_set_is_the_start_of_a_longer_one() -> None:
    assert [r.content for r in generate_reports(10, 5)] == [r.content for r in islice(generate_reports(400, 5), 10)]


def test_a_set_holds_as_many_reports_as_asked_and_reports_progress() -> None:
    seen: list[int] = []
    reports = list(generate_reports(23, 0, seen.append))
    assert len(reports) == 23
    assert seen == list(range(1, 24))
    assert [report.report_year for report in reports[:8]] == [2019, 2020, 2021, 2022, 2023, 2024, 2025, 2019]


def test_no_two_reports_of_a_set_are_alike() -> None:
    texts = [report.text for report in generate_reports(700, 0)]
    assert len(set(texts)) == 700


def test_sets_lean_on_the_common_layouts_and_leave_out_the_hardest() -> None:
    reports = list(generate_reports(1400, 0))
    layouts = Counter(report.layout for report in reports)
    assert sum(layouts[name] for name in ("pipe_rows", "pipe_cells", "bare_cells", "tab_rows")) > 0.7 * 1400
    assert not {"digit_runs", "split_pipes", "lone_pipes"} & set(layouts)
    assert 0.7 < sum(report.damage == "none" for report in reports) / 1400 < 0.9
    assert {report.template for report in reports if report.report_year == 2020} == {"2019"}
    assert 0 < sum(report.template == "2019" for report in reports if report.report_year > 2020) < 100


def test_every_report_names_its_agency_and_its_period() -> None:
    for report in generate_reports(300, 0):
        text = report.text.replace("\n", "").replace("　", "").replace("- 1 -", "")
        assert report.agency_name in text, report.layout
        assert f"{report.report_year}年1月1日" in text
        if report.index_number is not None:
            assert report.index_number in text


def test_texts_are_as_long_as_real_ones() -> None:
    sizes = sorted(len(report.content) for report in generate_reports(300, 0))
    assert 9_000 < sizes[150] < 18_000
    assert sizes[0] > 4_000


def test_a_written_set_has_one_manifest_line_per_file(tmp_path: Path) -> None:
    assert write_samples(tmp_path, 30, seed=4) == 30
    entries = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text("utf-8").splitlines()]
    assert len(entries) == 30
    for entry, report in zip(entries, generate_reports(30, 4), strict=True):
        assert (tmp_path / entry["file"]).read_bytes() == report.content
        assert (entry["agency"], entry["year"], entry["damage"]) == (report.agency_name, report.report_year, report.damage)
    assert not (tmp_path / "README.md").exists()


def test_gb18030_bytes_decode_to_the_text() -> None:
    report = render_report(generate_figures(1), "html", encoding="gb18030")
    assert report.content.decode("gb18030") == report.text
    assert '<meta charset="gb18030">' in report.text


def test_the_bundle_is_mostly_clean_and_no_year_carries_two_slips() -> None:
    reports = render_bundle()
    assert len(reports) == 63
    assert {report.report_year for report in reports} == set(range(2019, 2026))
    assert {report.template for report in reports} == {"2019", "2021"}
    slips = Counter(report.report_year for report in reports for _ in report.slips)
    assert slips == {2021: 1, 2023: 1, 2024: 1, 2025: 1}
    incomplete = [(report.report_year, report.damage) for report in reports if report.lost]
    assert incomplete == [(2022, "truncated")]
    layouts = Counter(report.layout for report in reports)
    assert min(layouts[name] for name in ("pipe_rows", "pipe_cells", "bare_cells", "tab_rows")) >= 10


def test_the_bundle_carries_over_except_where_a_slip_says_so() -> None:
    by_key = {(report.slug, report.report_year): report for report in render_bundle()}
    disagreeing = []
    for (slug, year), report in by_key.items():
        before = by_key.get((slug, year - 1))
        if before is None:
            continue
        for column in ("natural_person", "commercial_enterprise", "total"):
            over, forward = ("requests", "carried_over", column), ("requests", "carried_forward", column)
            if over in report.figures and forward in before.figures and report.figures[over] != before.figures[forward]:
                disagreeing.append((slug, year, column))
    assert disagreeing == [("qinglan-government", 2023, "natural_person"), ("qinglan-government", 2023, "total")]
    (slip,) = by_key["qinglan-government", 2023].slips
    assert slip.consistent == by_key["qinglan-government", 2022].figures["requests", "carried_forward", "natural_person"]


def test_the_bundle_holds_one_exact_copy_and_one_notice() -> None:
    files = build_bundle()
    kinds = Counter(file.entry["kind"] for file in files)
    assert kinds == {"report": 63, "duplicate": 1, "notice": 1}
    same = Counter(file.content for file in files)
    assert sorted(same.values())[-2:] == [1, 2]
    (notice,) = [file for file in files if file.entry["kind"] == "notice"]
    assert "第二十条第" not in notice.content.decode()


def test_the_readme_lists_each_planted_slip_with_its_line() -> None:
    files = build_bundle()
    readme = describe_bundle(files)
    for file in files:
        for slip in file.entry["slips"]:
            if file.entry["kind"] == "report":
                text = file.content.decode(file.entry["encoding"]).split("\n")[slip["line"] - 1]
                assert f"{slip['printed']:g}" in text
                assert f"on line {slip['line']} prints {slip['printed']:g}" in readme
