"""The generated pages of docs/ are those that the software would write now."""

import re
from pathlib import Path

import pytest

from expectations.indicators.declaring import load_indicators
from orchestration.documenting import ModelDescriptionError, render_data_dictionary, render_models, render_pages

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("page", ["docs/rules.md", "docs/marts.md", "docs/mentions.md", "docs/indicators.md"])
def test_the_page_is_not_stale(page: str) -> None:
    assert (ROOT / page).read_text(encoding="utf-8") == render_pages()[page], "run `make docs`"


def test_the_models_of_the_indicators_are_not_stale() -> None:
    for path, text in render_models().items():
        assert (ROOT / path).read_text(encoding="utf-8") == text, f"{path}: run `make docs`"


def test_every_published_table_is_described_with_its_units() -> None:
    page = render_pages()["docs/marts.md"]
    models = {path.stem for path in (ROOT / "dbt_project" / "models" / "marts").glob("*.sql")}
    assert {line.removeprefix("## `").removesuffix("`") for line in page.splitlines() if line.startswith("## `")} == models
    assert "| `new_received_count` | bigint |  | 一、本年新收政府信息公开申请数量, 总计, 件. |" in page


def test_every_indicator_of_another_grain_names_a_column_that_a_mart_has() -> None:
    page = render_pages()["docs/marts.md"]
    chapters = dict(zip(*[iter(re.split(r"^## `(\w+)`$", page, flags=re.MULTILINE)[1:])] * 2, strict=True))
    for indicator in load_indicators().indicators:
        if indicator.model is not None:
            assert f"| `{indicator.column}` |" in chapters[indicator.model], indicator.id


def test_a_column_without_a_description_is_named(tmp_path: Path) -> None:
    marts = tmp_path / "models" / "marts"
    marts.mkdir(parents=True)
    (marts / "m.yml").write_text(
        "models: [{name: mart_x, description: A mart., columns: [{name: some_count, data_type: bigint}]}]", encoding="utf-8"
    )
    with pytest.raises(ModelDescriptionError, match=r"mart_x\.some_count has no description"):
        render_data_dictionary(tmp_path)
