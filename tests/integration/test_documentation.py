"""What README, CONTRIBUTING and docs/ say is true: links lead somewhere, commands run, recipes work."""

import re
import shlex
from pathlib import Path

import duckdb
import polars as pl
import pytest
import yaml
from builders.commands import Nianbao
from builders.documents import build_raw

from expectations.catalogue import load_catalogue, parse_rules
from expectations.checks.verdicts import Batch
from expectations.examples import expand_example
from expectations.findings import judge_rules
from ingest.lexicon import build_lexicon
from ingest.parsing import parse_documents
from ingest.samples import generate_figures, render_report
from ingest.templates import Aliases, load_aliases, load_templates, parse_template
from orchestration.cli.commands import build_app
from orchestration.settings import load_settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(str(path.relative_to(ROOT)) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("samples/*.md")))
READMES = ("README.md", "README.zh-CN.md")


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


def read_page(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def list_blocks(page: str, language: str = "") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", read_page(page), flags=re.MULTILINE | re.DOTALL)


def list_commands(page: str) -> list[str]:
    """The lines of fenced blocks that are commands, without their comments."""
    lines = [line.split("#", 1)[0].strip() for block in list_blocks(page) for line in block.splitlines()]
    return [line for line in lines if re.match(r"(make|nianbao|dagster) ", line)]


def list_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", read_page("Makefile"), flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page: str) -> None:
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", read_page(page)) if not target.startswith("http")]
    missing = [target for target in targets if target and not ((ROOT / page).parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_and_command_that_is_named_exists(page: str) -> None:
    named = set(re.findall(r"`make ([a-z]+)", read_page(page))) | {
        command.split()[1] for command in list_commands(page) if command.startswith("make ")
    }
    assert named <= list_targets()
    commands = set(re.findall(r"`nianbao ([a-z]+)", read_page(page)))
    assert commands <= {command.callback.__name__ for command in build_app().registered_commands if command.callback is not None}


def test_make_help_lists_every_target() -> None:
    makefile = read_page("Makefile")
    phony = set(re.findall(r"^\.PHONY: ([a-z]+)$", makefile, flags=re.MULTILINE))
    explained = set(re.findall(r"^([a-z]+):.*## ", makefile, flags=re.MULTILINE))
    assert list_targets() == phony == explained


def test_both_languages_of_the_readme_show_the_same_commands_and_links() -> None:
    english, chinese = (read_page(page) for page in READMES)
    assert list_commands("README.md") == list_commands("README.zh-CN.md")
    assert [line for line in english.splitlines() if line.startswith("#")].__len__() == chinese.count("\n#") + 1
    links = [re.findall(r"\]\(((?!README)[^)\s]+)\)", text) for text in (english, chinese)]
    assert links[0] == links[1]


def test_the_commands_of_the_readme_run(nianbao: Nianbao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    commands = [command for command in list_commands("README.md") if command.startswith("nianbao")]
    statuses = {command: nianbao(*shlex.split(command)[1:]).status for command in commands}
    assert len(statuses) == 8
    assert {command: status for command, status in statuses.items() if status != 0} == dict.fromkeys(commands[:2], 1)  # `check` finds slips
    assert len((tmp_path / "figures.jsonl").read_text(encoding="utf-8").splitlines()) == 65


def test_the_summary_shown_in_the_readme_is_that_of_the_samples(nianbao: Nianbao) -> None:
    result = nianbao("check", ROOT / "samples" / "reports", "--quiet", "--lang", "en")
    assert "65 inputs: 63 accepted, 1 suspect, 1 rejected" in result.out
    shown = re.search(r"requests\.row_total  (\S+): (row granted.*)", read_page("README.md"))
    assert shown is not None
    assert f"{shown[1].removeprefix('reports/')}: error requests.row_total {shown[2]}" in result.out


@pytest.mark.parametrize("readme", READMES)
def test_the_map_of_the_tree_names_every_folder(readme: str) -> None:
    named = set(re.findall(r"^\| `([a-z_]+)/` \|", read_page(readme), flags=re.MULTILINE))
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}
    assert named <= folders
    assert {"ingest", "expectations", "orchestration", "dbt_project", "samples", "tests", "docs", "requirements"} == named


def test_every_variable_is_documented_where_people_look() -> None:
    variables = {name for name in load_settings({}).to_environment() if name.startswith("NIANBAO_")}
    for page in ("docs/runbook.md", ".env.example"):
        assert variables <= set(re.findall(r"NIANBAO_[A-Z_]+", read_page(page))), page
        assert set(re.findall(r"NIANBAO_[A-Z_]+", read_page(page))) <= variables, page


def test_recipe_for_a_rule_its_examples_pass_and_fail() -> None:
    (text,) = [block for block in list_blocks("CONTRIBUTING.md", "yaml") if "kind: balance" in block]
    (rule,) = parse_rules(text, "CONTRIBUTING.md")
    assert rule.id not in {known.id for known in load_catalogue().rules}
    verdicts = []
    for example in (rule.examples.passing, rule.examples.failing):
        frames = expand_example(example)
        found = judge_rules(Batch(frames["tables"] or {}, 2023), [rule])
        verdicts.append(set(found["verdict"]))
    assert verdicts == [{"passed"}, {"failed"}]


def test_recipe_for_a_spelling_the_row_is_found_by_its_new_label() -> None:
    (text,) = [block for block in list_blocks("CONTRIBUTING.md", "yaml") if block.startswith("rows:")]
    added = Aliases.model_validate(yaml.safe_load(text))
    (alias,) = added.rows
    aliases = load_aliases().model_copy(update={"rows": (*load_aliases().rows, alias)})
    report = render_report(generate_figures(seed=3, report_year=2023), "pipe_rows")
    document = build_raw([report.text.replace("2.重复申请", alias.label)])
    cells = parse_documents(document, build_lexicon(load_templates(), aliases)).cells
    assert set(cells.filter(pl.col("row") == alias.row)["method"]) == {"label"}
    assert cells.height == 200


def test_recipe_for_a_form_one_file_of_data_and_its_reports_are_read() -> None:
    text = read_page("ingest/templates/t2021.yml").replace('template: "2021"', 'template: "2035"')
    text = text.replace("valid_from_year: 2021", "valid_from_year: 2035").replace("本年废止件数", "本年失效件数")
    new = parse_template(text, "t2035.yml")
    lexicon = build_lexicon({new.template: new, **load_templates()}, load_aliases())
    report = render_report(generate_figures(seed=3, report_year=2023), "pipe_rows")
    parsed = parse_documents(build_raw([report.text.replace("本年废止件数", "本年失效件数")]), lexicon)
    assert parsed.reports.select("template", "status").rows() == [("2035", "accepted")]
    assert parsed.cells.height == 200


def test_recipe_for_a_mart_the_query_gives_the_declared_columns() -> None:
    (text,) = [block for block in list_blocks("CONTRIBUTING.md", "yaml") if block.startswith("models:")]
    (query,) = list_blocks("CONTRIBUTING.md", "sql")
    (model,) = yaml.safe_load(text)["models"]
    with duckdb.connect() as connection:
        connection.execute("create table mart_agency_years as select '2021' as template, 2023 as report_year from range(3)")
        relation = connection.sql(re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", query))
        assert relation.columns == [column["name"] for column in model["columns"]]
        assert relation.fetchall() == [("2021", 2023, 3)]
        assert [str(dtype).lower() for dtype in relation.types] == [column["data_type"] for column in model["columns"]]
