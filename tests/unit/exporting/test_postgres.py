"""The export to PostgreSQL against a real server: what is there, what readers see meanwhile, what is refused."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest
from builders.commands import Nianbao, Outcome
from builders.published_marts import HOSTILE, build_publication
from builders.servers import serve_postgres

from orchestration.exporting import servers
from orchestration.settings import Paths

Server = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serve_postgres() as address:
        yield address


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return build_publication(tmp_path_factory.mktemp("published") / "home")[0]


@pytest.fixture
def server(url: str) -> Iterator[Server]:
    with psycopg.connect(url, autocommit=True) as connection:
        for (schema,) in connection.execute("select nspname from pg_namespace where nspname ~ '^(nianbao|other)'").fetchall():
            connection.execute(f'drop schema "{schema}" cascade')
        yield connection


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


def load(nianbao: Nianbao, url: str, paths: Paths, *arguments: str) -> Outcome:
    return nianbao("export", "--format", "postgres", "--url", url, "--home", paths.home, *arguments)


def list_schemas(server: Server) -> list[str]:
    return [str(name) for (name,) in server.execute("select nspname from pg_namespace where nspname ~ '^nianbao' order by 1").fetchall()]


def test_every_table_is_there_with_every_value(nianbao: Nianbao, url: str, server: Server, paths: Paths) -> None:
    done = load(nianbao, url, paths)
    assert done.status == 0, done.err
    with duckdb.connect(str(paths.published / "current" / "nianbao.duckdb"), read_only=True) as published:
        names = [name for (name,) in published.execute("select table_name from duckdb_tables() order by 1").fetchall()]
        assert len(names) == 9
        for name in sorted(set(names) - {"fct_oddities"}):
            expected = published.execute(f"select * from {name} order by all").fetchall()
            columns = ", ".join(str(number + 1) for number in range(len(published.description)))
            found = server.execute(f"select * from nianbao.{name}").fetchall()
            assert sorted(map(repr, found)) == sorted(map(repr, expected)), columns
    assert server.execute("select * from nianbao.fct_oddities").fetchall() == [("a", "[1, 2]", None, 'say "hi",\n你好')]
    found = server.execute("select raw from nianbao.fct_findings order by finding_id").fetchall()
    assert tuple(raw for (raw,) in found) == HOSTILE  # a database is no spreadsheet: texts as printed


def test_types_keys_not_null_and_comments_are_those_of_the_publication(nianbao: Nianbao, url: str, server: Server, paths: Paths) -> None:
    load(nianbao, url, paths)
    columns = server.execute(
        "select column_name, data_type, is_nullable from information_schema.columns"
        " where table_schema = 'nianbao' and table_name = 'mart_agency_years' order by ordinal_position"
    ).fetchall()
    assert columns[0] == ("agency_id", "text", "NO")
    assert columns[1] == ("report_year", "integer", "NO")
    assert columns[6] == ("new_received_count", "bigint", "YES")
    assert columns[10:] == [
        ("disclosure_share", "double precision", "YES"),
        ("fee_10k_yuan", "numeric", "YES"),
        ("has_source_errors", "boolean", "NO"),
    ]
    keys = server.execute(
        "select relname, pg_get_constraintdef(pg_constraint.oid) from pg_constraint"
        " inner join pg_class on conrelid = pg_class.oid where contype = 'p'"
    )
    assert dict(keys.fetchall())["mart_agency_years"] == "PRIMARY KEY (agency_id, report_year)"
    assert server.execute("select obj_description('nianbao.mart_agency_years'::regclass)").fetchone() == (
        "One row per agency and report year, the agency's own figures.",
    )
    assert server.execute("select col_description('nianbao.mart_agency_years'::regclass, 7)").fetchone() == ("本年新收, 件.",)
    note = str(server.execute("select obj_description('nianbao'::regnamespace)").fetchone())
    assert "4 reports of 2 agencies" in note


def test_loading_again_gives_the_same_and_leaves_one_schema(nianbao: Nianbao, url: str, server: Server, paths: Paths) -> None:
    load(nianbao, url, paths)
    first = server.execute("select * from nianbao.fct_requests").fetchall()
    assert load(nianbao, url, paths).status == 0
    assert server.execute("select * from nianbao.fct_requests").fetchall() == first
    assert list_schemas(server) == ["nianbao"]


def test_another_publication_takes_the_place_of_the_earlier_and_so_does_a_selection(
    nianbao: Nianbao, url: str, server: Server, paths: Paths, tmp_path: Path
) -> None:
    load(nianbao, url, paths)
    other, _ = build_publication(tmp_path / "home", years=(2021,))
    assert load(nianbao, url, other).status == 0
    assert server.execute("select distinct report_year from nianbao.fct_reports").fetchall() == [(2021,)]
    load(nianbao, url, paths, "--table", "fct_reports", "--year", "2022")
    assert server.execute("select relname from pg_class where relnamespace = 'nianbao'::regnamespace and relkind = 'r'").fetchall() == [
        ("fct_reports",)
    ]
    assert server.execute("select report_year from nianbao.fct_reports").fetchall() == [(2022,), (2022,)]


def test_a_reader_never_sees_half_a_publication_and_is_not_waited_for(
    nianbao: Nianbao, url: str, server: Server, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "_DROP_TIMEOUT", "100ms")
    load(nianbao, url, paths)
    other, _ = build_publication(tmp_path / "home", years=(2021,))
    seen = []
    loading = servers._load_table

    def load_and_look(*arguments: object) -> int:
        count = loading(*arguments)  # type: ignore[arg-type]
        seen.append(server.execute("select max(report_year), count(*) from nianbao.fct_reports").fetchone())
        return count

    monkeypatch.setattr(servers, "_load_table", load_and_look)
    with psycopg.connect(url) as reader:
        reader.execute("select count(*) from nianbao.fct_requests")  # its transaction stays open
        done = load(nianbao, url, other)
        assert done.status == 0, done.err
        assert seen == [(2023, 4)] * 9
        assert server.execute("select max(report_year) from nianbao.fct_reports").fetchone() == (2021,)
        assert "nianbao__old0" in done.out
        assert list_schemas(server) == ["nianbao", "nianbao__old0"]
    load(nianbao, url, other)
    assert list_schemas(server) == ["nianbao"]


def test_a_load_that_fails_halfway_leaves_the_earlier_tables(
    nianbao: Nianbao, url: str, server: Server, paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(nianbao, url, paths)
    other, _ = build_publication(tmp_path / "home", years=(2021,))
    monkeypatch.setitem(servers._TYPES, "text", "integer")
    done = load(nianbao, url, other)
    assert done.status == 2
    assert "nothing was changed" in done.err
    assert list_schemas(server) == ["nianbao"]
    assert server.execute("select max(report_year), count(*) from nianbao.fct_reports").fetchone() == (2023, 4)


def test_who_might_read_the_tables_may_read_the_new_ones(nianbao: Nianbao, url: str, server: Server, paths: Paths) -> None:
    load(nianbao, url, paths)
    server.execute("do $$ begin create role bi; exception when duplicate_object then null; end $$")
    server.execute("grant usage on schema nianbao to bi")
    server.execute("grant select on nianbao.fct_reports to bi")
    load(nianbao, url, paths)
    rights = "select has_schema_privilege('bi', 'nianbao', 'usage'), has_table_privilege('bi', 'nianbao.fct_reports', 'select')"
    assert server.execute(rights).fetchone() == (True, True)
    assert server.execute("select has_table_privilege('bi', 'nianbao.fct_requests', 'select')").fetchone() == (False,)


def test_a_schema_of_others_is_left_alone(nianbao: Nianbao, url: str, server: Server, paths: Paths) -> None:
    server.execute("create schema nianbao")
    server.execute("create table nianbao.mine as select 1 as x")
    done = load(nianbao, url, paths)
    assert done.status == 2
    assert "--schema" in done.err
    assert server.execute("select x from nianbao.mine").fetchone() == (1,)
    assert load(nianbao, url, paths, "--schema", "nianbao_2").status == 0


def test_a_view_of_others_that_would_go_stale_is_named_before_anything_changes(
    nianbao: Nianbao, url: str, server: Server, paths: Paths
) -> None:
    load(nianbao, url, paths)
    server.execute("create schema other")
    server.execute("create view other.totals as select * from nianbao.mart_agency_years")
    done = load(nianbao, url, paths)
    assert done.status == 2
    assert "other.totals" in done.err
    assert list_schemas(server) == ["nianbao"]


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://nianbao:s3cret@127.0.0.1:1/none",
        "postgresql://nianbao:s3cr@et@127.0.0.1:1/none",
        "postgresql://nianbao:s3cret@127.0.0.1:port/none",
    ],
)
def test_a_server_that_is_not_there_is_named_without_the_password(nianbao: Nianbao, paths: Paths, address: str) -> None:
    done = load(nianbao, address, paths)
    assert done.status == 2
    assert "nianbao: " in done.err
    assert "s3cr" not in done.err
    assert "et@" not in done.err


def test_a_schema_name_that_would_need_quotes_is_refused(nianbao: Nianbao, paths: Paths) -> None:
    done = load(nianbao, "postgresql://h/d", paths, "--schema", 'x"; drop')
    assert done.status == 2
    assert "choose another" in done.err
