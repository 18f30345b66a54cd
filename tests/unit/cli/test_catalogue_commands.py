"""`nianbao rules`, `templates`, `samples`, `--version` and the help pages."""

import json
import tomllib
from pathlib import Path

import pytest
from builders.commands import Nianbao

from expectations.catalogue import load_catalogue

ROOT = Path(__file__).parents[3]
COMMANDS = ("parse", "check", "copies", "build", "ui", "rules", "templates", "samples", "bench", "docs")


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


def test_rules_lists_every_rule(nianbao: Nianbao) -> None:
    listed = [line.split()[0] for line in nianbao("rules").out.splitlines() if line.split()]
    assert [name for name in listed if "." in name] == [rule.id for rule in load_catalogue().rules]


def test_rules_show_gives_source_and_threshold(nianbao: Nianbao) -> None:
    result = nianbao("rules", "show", "requests.balance", "--lang", "zh")
    assert result.status == 0
    assert "依据：" in result.out
    assert "门槛" in result.out


def test_an_unknown_rule_is_answered_with_the_known_ones(nianbao: Nianbao) -> None:
    result = nianbao("rules", "show", "requests.balanse")
    assert result.status == 2
    assert result.err.startswith("nianbao: there is no rule requests.balanse; known: ")
    assert "requests.balance" in result.err


def test_templates_show_gives_every_row_and_column_key(nianbao: Nianbao) -> None:
    result = nianbao("templates", "show", "2019")
    assert "国办公开办函〔2019〕60号" in result.out
    assert "198 cells" in result.out
    for key in ("prior_items", "other_processed", "natural_person", "litigation_after_review"):
        assert f" {key} " in result.out


def test_an_unknown_template_is_answered_with_the_known_ones(nianbao: Nianbao) -> None:
    result = nianbao("templates", "show", "2035")
    assert (result.status, result.err) == (2, "nianbao: there is no template 2035; known: 2021, 2019\n")


def test_samples_are_reproducible_and_described(nianbao: Nianbao, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        assert nianbao("samples", "--reports", "12", "--seed", "4", "--out", tmp_path / folder).status == 0
    one, two = (sorted(path for path in (tmp_path / folder).rglob("*") if path.is_file()) for folder in ("one", "two"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    entries = [json.loads(line) for line in (tmp_path / "one" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(entries) == 12
    assert all((tmp_path / "one" / entry["file"]).is_file() for entry in entries)


def test_version_is_that_of_the_project(nianbao: Nianbao) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert nianbao("--version").out == f"nianbao {version}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_page_teaches_by_example(nianbao: Nianbao, command: str) -> None:
    result = nianbao(command, "--help")
    assert result.status == 0
    assert f"nianbao {command}" in result.out.split("Examples", 1)[1]


def test_help_lists_the_commands(nianbao: Nianbao) -> None:
    result = nianbao("--help")
    assert all(f" {command} " in result.out for command in COMMANDS)


def test_the_installed_command_is_this_one() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"nianbao": "orchestration.cli:main"}
    assert "-m orchestration.cli" in (ROOT / "Makefile").read_text(encoding="utf-8")
