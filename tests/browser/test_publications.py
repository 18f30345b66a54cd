import shutil
import subprocess
from pathlib import Path

import duckdb
from builders.superset import Server, Visit

from bi.declarations import FOLDER
from bi.serving import ENVIRONMENT


def publish_one_report_less(published: Path) -> Path:
    """A second version beside the current one, and the link moved to it, as `nianbao build` does it; returns the first."""
    first = published.parent.resolve()
    second = first.with_name("second")
    shutil.rmtree(second, ignore_errors=True)
    shutil.copytree(first, second)
    (second / published.name).chmod(0o644)
    with duckdb.connect(str(second / published.name)) as connection:
        connection.execute("delete from mart_agency_years where report_year = 2025 and agency_name = '青岚市卫生健康局'")
    move_link(published, second)
    return first


def move_link(published: Path, version: Path) -> None:
    link = published.parent.with_name(".next")
    link.symlink_to(version, target_is_directory=True)
    link.replace(published.parent)


def test_the_next_look_at_a_dashboard_shows_the_new_publication_and_no_file_stays_open(visit: Visit, server: Server, published: Path):
    visit.open_dashboard("year_overview")
    assert visit.read_chart("reports") == [{"reports": 6}]
    assert not {name for name in server.list_open_files() if name.endswith(".duckdb")}, "an open file would hold up who writes it"
    first = publish_one_report_less(published)
    try:
        visit.open_dashboard("year_overview")
        assert visit.read_chart("reports") == [{"reports": 5}]
    finally:
        move_link(published, first)


def test_a_query_that_overlaps_with_one_on_the_old_publication_sees_the_new_one(server: Server, published: Path):
    script = f"""
import runpy, sys
from sqlalchemy import create_engine
from sqlalchemy.engine.url import make_url
from sqlalchemy.pool import NullPool
mutate = runpy.run_path({str(FOLDER / "superset" / "superset_config.py")!r})["DB_CONNECTION_MUTATOR"]
def connect():
    options = {{"connect_args": {{"read_only": True}}, "poolclass": NullPool}}
    uri, params = mutate(make_url("duckdb:///{published}"), options, None, None, None)
    return create_engine(uri, **params).connect()
count = "select count(*) from mart_agency_years where report_year = 2025"
old = connect()
print(old.execute(count).scalar(), flush=True)
sys.stdin.readline()
print(connect().execute(count).scalar(), old.execute(count).scalar(), flush=True)
"""
    python = str(ENVIRONMENT / "bin" / "python")
    with subprocess.Popen(
        [python, "-c", script], env=server.home.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "9\n"
        first = publish_one_report_less(published)
        try:
            assert process.communicate("\n", timeout=60)[0] == "8 9\n"
        finally:
            move_link(published, first)
