import os
from pathlib import Path

import pytest

from orchestration.settings import DEFAULT_MAX_BYTES, SAMPLE_REPORTS, SettingsError, export_environment, load_settings


def test_an_empty_environment_gives_the_bundled_samples_and_a_data_folder_in_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load_settings({})
    assert settings.home == tmp_path / "data"
    assert settings.reports == (SAMPLE_REPORTS,)
    assert settings.max_bytes == DEFAULT_MAX_BYTES
    assert settings.language == "en"
    assert settings.paths.dagster == tmp_path / "data" / "dagster"


def test_several_sources_are_split_at_colons_and_commas_and_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load_settings({"NIANBAO_REPORTS": f"a{os.pathsep}/b/c.zip , d,"})
    assert settings.reports == (tmp_path / "a", Path("/b/c.zip"), tmp_path / "d")


@pytest.mark.parametrize(("variable", "value"), [("NIANBAO_MAX_BYTES", "20MB"), ("NIANBAO_MAX_BYTES", "0"), ("NIANBAO_LANG", "fr")])
def test_a_value_that_cannot_be_used_names_its_variable(variable, value):
    with pytest.raises(SettingsError, match=f"{variable}.*{value}"):
        load_settings({variable: value})


def test_a_child_process_reads_the_same_settings(tmp_path):
    settings = load_settings(
        {"NIANBAO_HOME": str(tmp_path / "h"), "NIANBAO_REPORTS": "/x:/y", "NIANBAO_MAX_BYTES": "7", "NIANBAO_LANG": "zh"}
    )
    assert load_settings(settings.to_environment()) == settings


def test_exported_variables_are_gone_afterwards_also_when_the_body_fails(monkeypatch):
    monkeypatch.setenv("NIANBAO_TEST_KEPT", "before")
    monkeypatch.delenv("NIANBAO_TEST_NEW", raising=False)
    with pytest.raises(ZeroDivisionError), export_environment({"NIANBAO_TEST_KEPT": "x", "NIANBAO_TEST_NEW": "y"}):
        assert (os.environ["NIANBAO_TEST_KEPT"], os.environ["NIANBAO_TEST_NEW"]) == ("x", "y")
        raise ZeroDivisionError
    assert os.environ["NIANBAO_TEST_KEPT"] == "before"
    assert "NIANBAO_TEST_NEW" not in os.environ
