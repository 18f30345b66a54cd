from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.solving import solve_groups, solve_requests, split_freely

ROWS = ("new_received", "carried_over", "granted", "denied", "total_processed", "carried_forward")
numbers = st.integers(0, 40)


def join(values: list[int]) -> str:
    return "".join(map(str, values))


def test_a_run_without_leading_zeros_is_split_in_every_way() -> None:
    assert split_freely(["1005"], 3) == [(10, 0, 5)]
    assert sorted(split_freely(["6936"], 3)) == [(6, 9, 36), (6, 93, 6), (69, 3, 6)]


def test_a_border_between_runs_is_kept() -> None:
    assert split_freely(["1", "12"], 3) == [(1, 1, 2)]
    assert split_freely(["1", "12"], 4) == []


def test_the_sum_of_the_columns_decides_between_two_readings_of_a_row() -> None:
    rows = {
        "new_received": ["640020470"],
        "carried_over": ["0000000"],
        "granted": ["270020130"],
        "denied": ["370000340"],
        "total_processed": ["640020470"],
        "carried_forward": ["0000000"],
    }
    assert len(split_freely(rows["granted"], 7)) > 2
    solved = solve_requests(rows, 7)
    assert solved["granted"] == (27, 0, 0, 2, 0, 1, 30)
    assert solved["new_received"] == (64, 0, 0, 2, 0, 4, 70)


def test_two_joint_readings_leave_the_rows_unread_in_which_they_differ() -> None:
    rows = {
        "new_received": ["121224"],
        "carried_over": ["000"],
        "granted": ["11112"],  # 1|11|12 or 11|1|12, and the other row the other way round
        "denied": ["11112"],
        "total_processed": ["121224"],
        "carried_forward": ["000"],
    }
    assert solve_requests(rows, 3) == {
        "new_received": (12, 12, 24),
        "carried_over": (0, 0, 0),
        "total_processed": (12, 12, 24),
        "carried_forward": (0, 0, 0),
    }


def test_rows_whose_own_sums_are_wrong_are_not_bent_into_shape() -> None:
    rows = {"new_received": ["113"], "carried_over": ["000"], "granted": ["112"], "total_processed": ["112"], "carried_forward": ["000"]}
    assert "new_received" not in solve_requests(rows, 3)


def test_a_hostile_run_costs_little_and_is_not_read() -> None:
    rows = {row: ["1" * 60] for row in ROWS}
    assert solve_requests(rows, 7) == {}
    assert solve_groups(["1" * 80], 3, 5) is None


def test_table_four_is_split_by_the_sum_of_each_group() -> None:
    assert solve_groups(["110024001510102"], 3, 5) == (1, 1, 0, 0, 2, 4, 0, 0, 1, 5, 1, 0, 1, 0, 2)
    assert solve_groups(["111111111111111"], 3, 5) is None


@settings(deadline=None)
@given(st.lists(st.lists(numbers, min_size=6, max_size=6), min_size=4, max_size=4))
def test_what_is_solved_is_what_was_printed(parts: list[list[int]]) -> None:
    granted, denied, over, forward = parts
    processed = [a + b for a, b in zip(granted, denied, strict=True)]
    new = [p + f - o for p, f, o in zip(processed, forward, over, strict=True)]
    if min(new) < 0:
        return
    values = dict(zip(ROWS, ([*r, sum(r)] for r in (new, over, granted, denied, processed, forward)), strict=True))
    solved = solve_requests({row: [join(v)] for row, v in values.items()}, 7)
    assert all(solved[row] == tuple(values[row]) for row in solved)
