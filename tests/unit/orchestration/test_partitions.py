import pytest

from orchestration.partitions import PARTITIONS, find_previous, name_partition, read_year, span_partitions


@pytest.mark.parametrize(
    ("year", "partition"), [(2008, "2008"), (2023, "2023"), (2030, "2030"), (2007, "unknown"), (2031, "unknown"), (None, "unknown")]
)
def test_a_year_outside_the_partitions_is_unknown_and_not_lost(year, partition):
    assert name_partition(year) == partition


def test_partitions_go_from_the_first_reports_to_unknown():
    assert PARTITIONS[0] == "2008"
    assert PARTITIONS[-2:] == ("2030", "unknown")
    assert len(PARTITIONS) == 24


def test_a_partition_name_with_a_typing_error_is_refused():
    with pytest.raises(ValueError, match="'2o23' is no partition"):
        read_year("2o23")


@pytest.mark.parametrize(("partition", "previous"), [("2023", "2022"), ("2008", None), ("unknown", None)])
def test_the_year_before_is_the_one_whose_figures_are_carried_over(partition, previous):
    assert find_previous(partition) == previous


def test_a_range_spans_unknown_last():
    assert span_partitions({"unknown", "2021", "2019"}) == ("2019", "unknown")
    assert span_partitions({"2021"}) == ("2021", "2021")
    with pytest.raises(ValueError, match="no partition"):
        span_partitions(set())
