import polars as pl

from orchestration.charts import build_table, chart_layouts


def test_a_pipe_or_line_break_in_a_value_does_not_break_the_table():
    assert build_table(["a"], [["x|y\nz"]]) == "| a |\n| --- |\n| x\\|y z |"


def test_a_single_suspect_report_among_many_is_still_drawn():
    layouts = pl.DataFrame({"layout": ["html", "html"], "status": ["accepted", "suspect"], "reports": [9999, 1]})
    line = chart_layouts(layouts, rejected=0).splitlines()[-1]
    assert line == f"| html | `{'█' * 24}▒` | 9999 | 1 | 0 |"


def test_rejected_inputs_have_a_bar_of_their_own():
    layouts = pl.DataFrame({"layout": ["html"], "status": ["accepted"], "reports": [2]})
    assert chart_layouts(layouts, rejected=1).splitlines()[2:] == [
        f"| (not read) | `{'·' * 12}` | 0 | 0 | 1 |",
        f"| html | `{'█' * 24}` | 2 | 0 | 0 |",
    ]


def test_nothing_is_said_in_words():
    assert chart_layouts(pl.DataFrame(schema={"layout": pl.String, "status": pl.String, "reports": pl.Int64}), rejected=0) == "no reports"
