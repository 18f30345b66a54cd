from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration.history.publications import list_publications
from orchestration.publishing import publish_warehouse, read_publication, scan_compared
from orchestration.settings import Paths
from orchestration.warehousing import BuiltWarehouse

BUILT = BuiltWarehouse(staging="s", project="p", statuses={"accepted": 2})


def write_warehouse(folder: Path, figure: int) -> Path:
    path = folder / f"{figure}.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table mart_years as select * from (values (2022, 1), (2021, ?)) t(report_year, n)", [figure])
        connection.execute("comment on table mart_years is 'years, the agencies'' sum'")
        connection.execute("comment on column mart_years.n is '件'")
        connection.execute("create table int_hidden as select 1 as x")
        connection.execute("create view stg_hidden as select 1 as x")
        connection.execute("create table dim_agencies as select 'a' as agency_id where false")
    return path


@pytest.fixture
def paths(tmp_path) -> Paths:
    return Paths(tmp_path / "home")


def test_only_dimensions_facts_and_marts_are_published_each_as_table_and_parquet(paths, tmp_path):
    publication = publish_warehouse(paths, write_warehouse(tmp_path, 5), BUILT)
    current = paths.published / "current"
    assert {path.name for path in current.iterdir()} == {"nianbao.duckdb", "manifest.json", "mart_years.parquet", "dim_agencies.parquet"}
    assert {name: table.rows for name, table in publication.tables.items()} == {"mart_years": 2, "dim_agencies": 0}
    assert pl.read_parquet(current / "mart_years.parquet").rows() == [(2021, 5), (2022, 1)]
    with duckdb.connect(str(current / "nianbao.duckdb"), read_only=True) as connection:
        assert connection.execute("select table_name, comment from duckdb_tables() order by all").fetchall() == [
            ("dim_agencies", None),
            ("mart_years", "years, the agencies' sum"),
        ]
        assert connection.execute("select comment from duckdb_columns() where column_name = 'n'").fetchall() == [("件",)]
    assert read_publication(paths) == publication
    assert all(path.stat().st_mode & 0o777 == 0o444 for path in current.iterdir())


def test_columns_that_always_hold_a_value_say_so_in_the_publication(paths, tmp_path):
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute("create table dim_agencies (agency_id varchar not null, agency_name varchar)")
        connection.execute("insert into dim_agencies values ('a', null)")
    publish_warehouse(paths, tmp_path / "w.duckdb", BUILT)
    with duckdb.connect(str(paths.published / "current" / "nianbao.duckdb"), read_only=True) as connection:
        assert connection.execute(
            "select column_name, is_nullable from duckdb_columns() where not internal order by column_index"
        ).fetchall() == [
            ("agency_id", False),
            ("agency_name", True),
        ]


def test_the_same_data_give_the_same_version_and_other_data_another(paths, tmp_path):
    first = publish_warehouse(paths, write_warehouse(tmp_path, 5), BUILT)
    (tmp_path / "5.duckdb").unlink()
    assert publish_warehouse(paths, write_warehouse(tmp_path, 5), BUILT) == first
    assert publish_warehouse(paths, write_warehouse(tmp_path, 6), BUILT).version != first.version
    assert publish_warehouse(paths, tmp_path / "6.duckdb", BUILT.model_copy(update={"staging": "t"})).version != first.version


def test_a_reader_that_has_the_earlier_version_open_is_not_disturbed(paths, tmp_path):
    publish_warehouse(paths, write_warehouse(tmp_path, 5), BUILT)
    with duckdb.connect(str(paths.published / "current" / "nianbao.duckdb"), read_only=True) as reader:
        publish_warehouse(paths, write_warehouse(tmp_path, 6), BUILT)
        assert reader.execute("select n from mart_years where report_year = 2021").fetchall() == [(5,)]
    with duckdb.connect(str(paths.published / "current" / "nianbao.duckdb"), read_only=True) as reader:
        assert reader.execute("select n from mart_years where report_year = 2021").fetchall() == [(6,)]


def test_as_many_earlier_versions_are_kept_as_asked_for_and_never_fewer_than_the_current_one(paths, tmp_path):
    versions = [publish_warehouse(paths, write_warehouse(tmp_path, figure), BUILT, kept=2).version for figure in range(5)]
    assert {path.name for path in (paths.published / ".versions").iterdir()} == set(versions[-3:])
    assert (paths.published / "current").resolve().name == versions[-1]
    alone = publish_warehouse(paths, write_warehouse(tmp_path, 9), BUILT, kept=0)
    assert [path.name for path in (paths.published / ".versions").iterdir()] == [alone.version]


def test_a_parquet_file_that_two_publications_have_in_common_takes_its_room_once(paths, tmp_path):
    names = [publish_warehouse(paths, write_warehouse(tmp_path, figure), BUILT).version for figure in (5, 6, 7)]
    folders = [paths.published / ".versions" / name for name in names]
    assert len({(folder / "dim_agencies.parquet").stat().st_ino for folder in folders}) == 1
    assert len({(folder / "mart_years.parquet").stat().st_ino for folder in folders}) == 3
    assert {path.name for path in folders[2].iterdir()} == {"nianbao.duckdb", "manifest.json", "mart_years.parquet", "dim_agencies.parquet"}
    one, other, _ = reversed(list_publications(paths))
    assert one.byte_count - one.own_byte_count == (folders[0] / "dim_agencies.parquet").stat().st_size
    assert other.own_byte_count < other.byte_count


def test_the_gate_history_is_completed_but_is_no_part_of_the_version(paths, tmp_path):
    for run, figure in (("r1", 5), ("r2", 5), ("r3", 6)):
        database = write_warehouse(tmp_path, figure)
        with duckdb.connect(str(database)) as connection:
            connection.execute("create table fct_gate_results as select 'r0' as run_id, 'raw' as suite")
        pl.DataFrame({"suite": ["marts"], "run_id": [run]}).write_parquet(tmp_path / "results.parquet")
        publication = publish_warehouse(paths, database, BUILT, tmp_path / "results.parquet")
        assert pl.read_parquet(paths.published / "current" / "fct_gate_results.parquet").rows() == [("r0", "raw"), (run, "marts")]
        assert (paths.published / "current").resolve().name.startswith(publication.version)
        database.unlink()
    versions = [path.name.split("-")[0] for path in (paths.published / ".versions").iterdir()]
    assert sorted(map(versions.count, set(versions))) == [1, 2]


def test_what_the_drift_gate_compares_is_the_current_publication(paths, tmp_path):
    assert scan_compared(paths) is None
    publish_warehouse(paths, write_warehouse(tmp_path, 5), BUILT)
    assert scan_compared(paths) == {}  # of another version of this software: none of the tables is there


def test_a_publication_that_fails_halfway_leaves_the_earlier_one_and_no_rubbish(paths, tmp_path):
    first = publish_warehouse(paths, write_warehouse(tmp_path, 5), BUILT)
    (tmp_path / "broken.duckdb").write_bytes(b"not a database")
    with pytest.raises(duckdb.Error):
        publish_warehouse(paths, tmp_path / "broken.duckdb", BUILT)
    assert read_publication(paths) == first
    assert {path.name for path in paths.published.iterdir()} == {".versions", "current", "journal.jsonl"}


def test_before_the_first_publication_there_is_none(paths):
    assert read_publication(paths) is None
