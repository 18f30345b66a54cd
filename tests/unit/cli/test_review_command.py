"""`nianbao review`: what it says when it cannot do what it is asked."""

from pathlib import Path

import pytest
from builders.commands import Nianbao


@pytest.fixture
def nianbao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Nianbao:
    monkeypatch.setenv("NIANBAO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIANBAO_USER", "王")
    monkeypatch.chdir(tmp_path)
    return Nianbao(capsys)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["review"], "run `nianbao build` first"),
        (["review", "list", "x.txt"], "say what to do with x.txt"),
        (["review", "accept"], "a decision needs a report and a reason"),
        (["review", "accept", "x.txt"], "a decision needs a report and a reason"),
        (["review", "accept", "x.txt", "--reason", "r"], "no report of the latest scan is x.txt"),
    ],
)
def test_the_remedy_is_named(nianbao: Nianbao, arguments: list[str], said: str, tmp_path: Path) -> None:
    found = nianbao(*arguments)
    assert (found.status, said in found.err) == (2, True), found.err
    assert not (tmp_path / "decisions").exists()
