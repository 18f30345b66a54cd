"""Each format of `nianbao check` from the installed command, as an office or its CI runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import html

ROOT = Path(__file__).parents[2]
SLIPPED = "samples/reports/2025/dancen-county-government-2025.txt"


def run_check(*arguments: str) -> str:
    command = [sys.executable, "-m", "orchestration.cli", "check", SLIPPED, "--history", "samples/reports/2024", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text(lang: str) -> None:
    lines = run_check("--quiet", "--lang", lang).splitlines()
    assert lines[0].startswith(f"{SLIPPED}:77: error disputes.row_total ")


def test_json() -> None:
    answer = json.loads(run_check("--format", "json"))
    assert answer["summary"]["error"] == 1
    assert answer["inputs"][0]["findings"][0]["line"] == 77


def test_sarif() -> None:
    (run,) = json.loads(run_check("--format", "sarif"))["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": SLIPPED, "index": 0}, "region": {"startLine": 77}}


def test_html() -> None:
    page = html.document_fromstring(run_check("--format", "html"))
    (cell,) = page.xpath('//td[contains(@class, "error")]')
    assert cell.text == "6"
    assert len(page.xpath('//table[contains(@class, "form")]')) == 3
