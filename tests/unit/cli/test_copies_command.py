"""`nianbao copies`: pairs of reports with the shared passages side by side."""

import json
from pathlib import Path

import pytest
from builders.commands import Nianbao

SHARED = """围绕群众最关心的供水供电事项，把办事条件、办理时限和收费依据逐条列明，并在服务窗口张贴。
对网站栏目作了调整，停用长期没有更新的栏目，把内容并入新设的惠民政策专题。
请退休教师和社区网格员担任监督员，每季度查看公示栏，把看不懂的地方记下来交给编辑修改。"""
TABLES = Path(__file__).parents[3] / "samples" / "reports"


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    sample = next(path for path in sorted(TABLES.rglob("*.txt")) if "\n二、" in path.read_text("utf-8"))
    tables = sample.read_text("utf-8").partition("\n二、")[2]
    folder = tmp_path / "reports"
    folder.mkdir()
    for agency in ("临江市财政局", "东河县公安局"):
        text = f"{agency}2023年政府信息公开工作年度报告\n一、总体情况\n{agency}公开信息{len(agency)}条。\n{SHARED}\n二、{tables}"
        (folder / f"{agency}.txt").write_text(text, "utf-8")
    return folder


def test_the_shared_passages_stand_side_by_side_with_their_lines(nianbao: Nianbao, reports: Path) -> None:
    found = nianbao("copies", reports, "--limit", "1")
    assert found.status == 0
    assert "overview, similarity 1.00, another agency, 2023 and 2023" in found.out
    assert found.out.count("请退休教师和社区网格员") == 2
    assert "3-6" in found.out


def test_json_has_one_object_per_pair(nianbao: Nianbao, reports: Path) -> None:
    found = nianbao("copies", reports, "--format", "json", "--limit", "0")
    records = [json.loads(line) for line in found.out.splitlines()]
    (overview,) = [record for record in records if record["section"] == "overview"]
    assert {overview["source"], overview["other_source"]} == {"reports/临江市财政局.txt", "reports/东河县公安局.txt"}
    assert [(passage["start_line"], passage["end_line"]) for passage in overview["passages"]] == [(3, 6)]
    assert SHARED[:-1] in overview["passages"][0]["text"]


def test_a_home_without_a_build_is_told_what_to_do(nianbao: Nianbao, tmp_path: Path) -> None:
    found = nianbao("copies", "--home", tmp_path)
    assert found.status == 2
    assert "nianbao build" in found.err
