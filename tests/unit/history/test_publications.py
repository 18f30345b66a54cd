"""Publications are listed, found by name and put back; a rollback is recorded and holds until there are new inputs."""

import json
from pathlib import Path

import duckdb
import pytest
from builders.commands import Nianbao

from orchestration.history.figures import PublicationError
from orchestration.history.journals import read_events
from orchestration.history.publications import find_publication, is_held, list_publications, read_rollback, roll_back
from orchestration.manifests import Origins
from orchestration.publishing import publish_warehouse
from orchestration.settings import Paths
from orchestration.warehousing import BuiltWarehouse


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "home")


def publish(paths: Paths, figure: int, kept: int = 5) -> str:
    """Publish a warehouse with one figure, made from inputs `i<figure>`; returns its name."""
    paths.home.mkdir(exist_ok=True)
    database = paths.home / f"{figure}.duckdb"
    if not database.exists():
        with duckdb.connect(str(database)) as connection:
            connection.execute("create table fct_reports as select ? as n", [figure])
    return publish_warehouse(paths, database, describe(f"i{figure}"), kept=kept).version


def describe(inputs: str, code: str = "c", project: str = "p") -> BuiltWarehouse:
    origins = Origins(inputs=inputs, input_count=1, software="0", parser="", templates="", rules="", code=code)
    return BuiltWarehouse(staging=f"staging of {inputs}", project=project, statuses={"accepted": 1}, origins=origins)


def read_figure(paths: Paths) -> int:
    with duckdb.connect(str(paths.published / "current" / "nianbao.duckdb"), read_only=True) as connection:
        return connection.execute("select n from fct_reports").fetchall()[0][0]


def test_publications_are_listed_newest_first_with_the_current_one_marked(paths: Paths) -> None:
    assert list_publications(paths) == []
    names = [publish(paths, figure) for figure in (1, 2, 3)]
    kept = list_publications(paths)
    assert [(one.name, one.is_current) for one in kept] == [(names[2], True), (names[1], False), (names[0], False)]
    assert [one.published_at for one in kept] == [event.at for event in reversed(read_events(paths.published))]


def test_a_publication_is_found_by_the_beginning_of_its_name_and_previous_is_what_readers_saw_before(paths: Paths) -> None:
    names = [publish(paths, figure) for figure in (1, 2, 3)]
    assert find_publication(paths, names[0][:8]).name == names[0]
    assert (find_publication(paths, "current").name, find_publication(paths, "previous").name) == (names[2], names[1])
    roll_back(paths, names[0], by=None, reason="x")
    assert (find_publication(paths, "current").name, find_publication(paths, "previous").name) == (names[0], names[2])
    for unknown in ("zzz", ""):
        with pytest.raises(PublicationError, match=names[1]):
            find_publication(paths, unknown)


def test_a_rollback_switches_what_readers_see_and_is_recorded(paths: Paths) -> None:
    first, second = publish(paths, 1), publish(paths, 2)
    roll_back(paths, first, by="li", reason="broken export")
    assert read_figure(paths) == 1
    event = read_events(paths.published)[-1]
    assert (event.action, event.publication, event.before, event.by, event.reason) == ("rolled_back", first, second, "li", "broken export")
    assert read_rollback(paths) == event
    assert [one.rollbacks for one in list_publications(paths)] == [(), (event,)]
    with pytest.raises(PublicationError, match="current publication already"):
        roll_back(paths, first, by="li", reason="again")


def test_a_rollback_holds_against_the_inputs_of_the_newest_publication_only(paths: Paths) -> None:
    first, second = publish(paths, 1), publish(paths, 2)
    publish(paths, 3)
    assert not is_held(paths, describe("i3"))  # nothing was put back
    roll_back(paths, second, by=None, reason="x")
    roll_back(paths, first, by=None, reason="further back")
    assert is_held(paths, describe("i3"))
    made_again = describe("i3").model_copy(update={"staging": "findings tell other changes"})
    assert is_held(paths, made_again)
    assert not is_held(paths, describe("i4"))
    assert not is_held(paths, describe("i3", code="mended"))
    assert not is_held(paths, describe("i3", project="other models"))
    publish(paths, 4)
    assert read_rollback(paths) is None
    assert not is_held(paths, describe("i3"))


def test_putting_the_newest_publication_back_ends_the_rollback(paths: Paths) -> None:
    first, second = publish(paths, 1), publish(paths, 2)
    roll_back(paths, first, by=None, reason="x")
    roll_back(paths, second, by=None, reason="it was right after all")
    assert read_figure(paths) == 2
    assert read_rollback(paths) is None


def test_a_publication_in_use_is_never_pruned_however_old_it_is(paths: Paths) -> None:
    first = publish(paths, 1)
    publish(paths, 2)
    roll_back(paths, first, by=None, reason="x")
    latest = publish(paths, 3, kept=1)
    assert {one.name for one in list_publications(paths)} == {latest, first}  # it was in use last


def test_a_line_of_the_journal_that_a_crash_cut_off_is_skipped(paths: Paths) -> None:
    publish(paths, 1)
    with (paths.published / "journal.jsonl").open("a") as file:
        file.write('{"action": "publ')
    assert [event.action for event in read_events(paths.published)] == ["published"]
    publish(paths, 2)
    assert [event.action for event in read_events(paths.published)] == ["published", "published"]


def test_the_commands_list_and_put_back(paths: Paths, capsys, monkeypatch) -> None:
    monkeypatch.setenv("NIANBAO_HOME", str(paths.home))
    monkeypatch.setenv("NIANBAO_USER", "li")
    nianbao = Nianbao(capsys)
    assert "nothing is published" in nianbao("publications").out
    first, second = publish(paths, 1), publish(paths, 2)
    assert nianbao("rollback", first).status == 2  # without a reason
    assert nianbao("rollback", "nosuch", "--reason", "x").status == 2
    told = nianbao("rollback", "previous", "--reason", "broken export")
    assert (told.status, f"{first} is what readers see now, instead of {second}" in told.out) == (0, True)
    listed = nianbao("publications").out
    assert f"* {first}" in " ".join(listed.split())
    assert f"{first} put back instead of {second}" in listed
    assert "by li: broken export" in listed
    newest, oldest = json.loads(nianbao("publications", "--format", "json").out)
    assert (newest["name"], oldest["is_current"], oldest["rollbacks"][0]["by"]) == (second, True, "li")
