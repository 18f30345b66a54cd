import pytest

from ingest.errors import InputPathError
from ingest.samples import generate_reports
from orchestration.manifests import select_blocking
from orchestration.refreshing import count_layouts, has_news, read_raw_gate, refresh_raw
from orchestration.settings import Settings
from orchestration.storage import Storage


@pytest.fixture
def settings(tmp_path) -> Settings:
    reports = tmp_path / "in"
    reports.mkdir()
    for number, report in enumerate(generate_reports(3, seed=3)):
        (reports / f"{number}.txt").write_bytes(report.content)
    return Settings(home=tmp_path / "home", reports=(reports,))


@pytest.fixture
def storage(settings) -> Storage:
    return Storage(settings.paths)


def test_the_same_bytes_in_two_places_are_one_document_and_two_sightings(settings, storage):
    (settings.reports[0] / "again.txt").write_bytes((settings.reports[0] / "0.txt").read_bytes())
    summary = refresh_raw(settings, storage)
    assert (summary.inputs, summary.new_documents, summary.unread) == (4, 3, 0)
    assert storage.read_sightings()["document_id"].n_unique() == 3
    assert sum(summary.partitions.values()) == 4


def test_an_unchanged_file_is_not_read_again_and_a_changed_one_is(settings, storage):
    refresh_raw(settings, storage)
    (settings.reports[0] / "1.txt").write_bytes((settings.reports[0] / "1.txt").read_bytes() + b"\n")
    summary = refresh_raw(settings, storage)
    assert (summary.inputs, summary.new_documents, summary.unread) == (3, 1, 2)


def test_a_file_that_is_gone_leaves_the_sightings_but_not_the_store(settings, storage):
    refresh_raw(settings, storage)
    stored = storage.list_stored()
    (settings.reports[0] / "2.txt").unlink()
    assert has_news(settings, storage)
    assert refresh_raw(settings, storage).inputs == 2
    assert storage.read_sightings().height == 2
    assert storage.list_stored() == stored


def test_a_lower_limit_reads_everything_again(settings, storage):
    refresh_raw(settings, storage)
    strict = settings.model_copy(update={"max_bytes": 100})
    assert has_news(strict, storage)
    summary = refresh_raw(strict, storage)
    assert (summary.unread, summary.issues) == (0, {"too_large": 3})


def test_another_folder_with_files_of_the_same_name_size_and_time_is_read_and_not_taken_for_the_first(settings, storage, tmp_path):
    import os

    refresh_raw(settings, storage)
    other = tmp_path / "elsewhere" / "in"
    other.mkdir(parents=True)
    for path in settings.reports[0].iterdir():
        text = path.read_bytes()
        (other / path.name).write_bytes(text[:-1] + b"x")
        os.utime(other / path.name, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    summary = refresh_raw(settings.model_copy(update={"reports": (other,)}), storage)
    assert (summary.unread, summary.new_documents) == (0, 3)


def test_a_folder_that_does_not_exist_is_an_error_and_the_earlier_sightings_stay(settings, storage, tmp_path):
    refresh_raw(settings, storage)
    lost = settings.model_copy(update={"reports": (tmp_path / "not-mounted",)})
    with pytest.raises(InputPathError, match="not-mounted"):
        refresh_raw(lost, storage)
    assert storage.read_sightings().height == 3


def test_a_file_that_can_never_be_read_is_no_news_the_second_time(settings, storage):
    (settings.reports[0] / "picture.jpg").write_bytes(b"\xff\xd8")
    (settings.reports[0] / "nothing.txt").write_bytes(b"")
    assert has_news(settings, storage)
    summary = refresh_raw(settings, storage)
    assert summary.issues == {"unsupported": 1}  # the empty file is a document, found empty when it is read
    assert not has_news(settings, storage)


def test_a_spoilt_delivery_does_not_replace_the_sightings_and_is_judged_again_until_it_is_mended(settings, storage):
    refresh_raw(settings, storage)
    bad = [settings.reports[0] / f"{number}.docx" for number in range(21)]
    for path in bad:
        path.write_bytes(b"PK broken " + path.name.encode())
    summary = refresh_raw(settings, storage)
    assert summary.is_blocked
    assert [entry.rule_id for entry in select_blocking(read_raw_gate(storage))] == ["raw.readable"]
    assert storage.read_sightings().height == 3
    assert has_news(settings, storage)
    for path in bad:
        path.unlink()
    assert not refresh_raw(settings, storage).is_blocked
    assert select_blocking(read_raw_gate(storage)) == ()


def test_layouts_of_no_reports_are_an_empty_table():
    assert count_layouts(None).is_empty()
    assert count_layouts(None).columns == ["layout", "status", "reports"]
