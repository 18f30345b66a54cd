from orchestration.benchmarking import run_benchmark


def test_a_small_benchmark_reads_every_report_and_reports_both_passes():
    result = run_benchmark(12, repeats=1)
    assert result.reports == 12
    assert result.raw_bytes > 12 * 1000
    assert result.ratio == result.staging_seconds / result.reference_seconds > 0
    assert result.staging_peak_bytes > 50_000_000
    lines = result.describe().splitlines()
    assert [line.split("  ")[0] for line in lines[1:4]] == ["reference pass", "raw -> staging", "findings, on top"]
    assert [line.split()[0] for line in lines[4:6]] == ["fast", "careful"]
    assert 0 <= result.careful_seconds < result.staging_seconds
    assert result.html.pandas > result.html.cells > 0
    assert lines[-1] == f"raw -> staging is {result.ratio:.1f} x the reference pass"
