"""The rosters among the corpus tables: read again when they changed, empty without a file."""

from pathlib import Path

import pytest

from ingest.errors import InputPathError
from ingest.rosters import RosterError
from orchestration.rostering import digest_expected, read_expected, refresh_rosters
from orchestration.settings import SAMPLE_PUBLISHERS, Settings, load_settings
from orchestration.storage import Storage
from orchestration.warehousing import digest_staging

ROSTER = "agency_name,first_report_year,last_report_year\n霁屿区档案局,2021,2022\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "publishers.csv"
    path.write_text(ROSTER, encoding="utf-8")
    return Settings(home=tmp_path / "home", reports=(tmp_path,), publishers=path)


def test_the_table_follows_its_file_and_is_left_alone_otherwise(settings: Settings) -> None:
    storage = Storage(settings.paths)
    record, is_new = refresh_rosters(settings, storage)
    assert is_new and (record.publishers, record.agency_changes) == (2, 0)
    assert refresh_rosters(settings, storage)[1] is False
    assert read_expected(storage, 2021)["agency_name"].to_list() == ["霁屿区档案局"]
    assert read_expected(storage, None).is_empty() and digest_expected(storage, "2023") == ""
    before = {year: digest_expected(storage, year) for year in ("2021", "2022")}
    assert settings.publishers is not None
    settings.publishers.write_text(ROSTER.replace("2021,", "2022,"), encoding="utf-8")
    staging = digest_staging(storage, {})
    assert refresh_rosters(settings, storage)[1] is True
    assert digest_expected(storage, "2021") == "" and digest_expected(storage, "2022") == before["2022"] != ""
    assert digest_staging(storage, {}) != staging  # what was published is no longer current


def test_without_files_the_tables_are_empty_and_change_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, reports=(tmp_path,))
    storage = Storage(settings.paths)
    before = digest_staging(storage, {})
    assert refresh_rosters(settings, storage)[0].content == ""
    assert digest_staging(storage, {}) == before
    snapshot, _ = storage.take_snapshot()
    assert (snapshot / "publishers" / "corpus.parquet").exists()


def test_a_wrong_row_keeps_the_earlier_table(settings: Settings) -> None:
    storage = Storage(settings.paths)
    refresh_rosters(settings, storage)
    assert settings.publishers is not None
    settings.publishers.write_text("agency_name,first_report_year\n霁屿区档案局,never\n", encoding="utf-8")
    with pytest.raises(RosterError, match="line 2"):
        refresh_rosters(settings, storage)
    assert read_expected(storage, 2021).height == 1
    settings.publishers.unlink()
    with pytest.raises(InputPathError, match="NIANBAO_PUBLISHERS"):
        refresh_rosters(settings, storage)


def test_the_bundled_rosters_go_with_the_bundled_reports_only(tmp_path: Path) -> None:
    samples = load_settings({})
    assert samples.publishers == SAMPLE_PUBLISHERS
    assert samples.with_reports((tmp_path,)).publishers is None
    assert load_settings({"NIANBAO_REPORTS": str(tmp_path)}).publishers is None
    own = load_settings({"NIANBAO_REPORTS": str(tmp_path), "NIANBAO_PUBLISHERS": str(tmp_path / "p.csv")})
    assert own.with_reports(()).publishers == tmp_path / "p.csv"
