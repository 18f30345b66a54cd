"""What is written from the catalogue, the templates and the dbt project: the generated pages of `docs/`, and the dbt seeds.

They are kept in the repository so that people can read them there; tests compare them with what would be written now.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from expectations.catalogue import load_catalogue
from expectations.exporting import render_rule_book, write_seeds
from expectations.indicators.compiling import compile_columns, compile_figures, compile_indicators, describe_columns, replace_region
from expectations.indicators.declaring import load_indicators
from expectations.indicators.describing import render_indicator_page
from ingest.errors import NianbaoError
from ingest.mentions.describing import render_mention_page
from ingest.mentions.subjects import load_mentions
from ingest.templates import load_templates
from orchestration.settings import DBT_PROJECT

_ORDER: Final = ("mart_", "fct_", "dim_")
"""What a reader opens first comes first."""


class ModelDescriptionError(NianbaoError):
    """A model of the marts has no description, or one of its columns has none."""


def write_derived(repository: Path) -> list[Path]:
    """Write the generated models, pages and dbt seeds under the repository; returns the files."""
    written = []
    for render in (render_models, render_pages):  # the data dictionary is made of the models' descriptions
        for name, text in render().items():
            (repository / name).write_text(text, encoding="utf-8")
            written.append(repository / name)
    return [*written, *write_seeds(repository / "dbt_project" / "seeds")]


def render_models() -> dict[str, str]:
    """Path in the repository → text of each dbt file that is generated from the indicators, in whole or between its marker lines."""
    declaration = load_indicators()
    models = DBT_PROJECT / "models"
    wide = models / "marts" / "mart_agency_years.sql"
    columns = wide.with_suffix(".yml")
    texts = {
        models / "intermediate" / "int_figures_pivoted.sql": compile_figures(declaration),
        models / "intermediate" / "int_indicators_computed.sql": compile_indicators(declaration, load_templates()),
        wide: replace_region(wide.read_text(encoding="utf-8"), "--", compile_columns(declaration)),
        columns: replace_region(columns.read_text(encoding="utf-8"), "#", describe_columns(declaration)),
    }
    return {f"dbt_project/{path.relative_to(DBT_PROJECT).as_posix()}": text for path, text in texts.items()}


def render_pages() -> dict[str, str]:
    """Path in the repository → text of each generated page."""
    return {
        "docs/rules.md": render_rule_book(load_catalogue()),
        "docs/marts.md": render_data_dictionary(DBT_PROJECT),
        "docs/mentions.md": render_mention_page(load_mentions()),
        "docs/indicators.md": render_indicator_page(load_indicators(), load_templates()),
    }


def render_data_dictionary(dbt_project: Path) -> str:
    """The data dictionary of the published tables, from the descriptions in `models/marts/*.yml`.

    Raises ModelDescriptionError naming the model and column when a description is missing.
    """
    models = sorted(_load_models(dbt_project / "models" / "marts"), key=lambda model: (_rank(model["name"]), model["name"]))
    lines = [
        "# Data dictionary",
        "",
        "The published tables. Generated from `dbt_project/models/marts/*.yml`; do not edit. `make docs` writes it anew.",
        "",
        "Names end in what they hold: `_count` 件, `_cny` 元, `_share` a part between 0 and 1, `_id` a key, `_date` a day.",
        "A figure is null when the report does not state it; 0 is a printed 0.",
        "",
        *(f"- [`{model['name']}`](#{model['name']})" for model in models),
    ]
    for model in models:
        lines += ["", f"## `{model['name']}`", "", _join(_read_description(model, model["name"])), ""]
        lines += ["| column | type | | description |", "|---|---|---|---|"]
        lines += [_write_column(column, model["name"]) for column in model["columns"]]
    return "\n".join(lines) + "\n"


def _load_models(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.yml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))["models"]


def _rank(name: str) -> int:
    for rank, prefix in enumerate(_ORDER):
        if name.startswith(prefix):
            return rank
    raise ModelDescriptionError(f"{name} is no mart, fact or dimension; name it mart_…, fct_… or dim_…, or move it out of models/marts")


def _write_column(column: dict[str, Any], model: str) -> str:
    constraints = [constraint["type"].replace("_", " ") for constraint in column.get("constraints", ())]
    if "unique" in column.get("data_tests", ()):
        constraints.append("unique")
    description = _join(_read_description(column, f"{model}.{column['name']}")).replace("|", "\\|")
    return f"| `{column['name']}` | {column['data_type']} | {', '.join(constraints)} | {description} |"


def _read_description(entry: dict[str, Any], name: str) -> str:
    if not entry.get("description"):
        raise ModelDescriptionError(f"{name} has no description; add one to dbt_project/models/marts")
    return str(entry["description"])


def _join(text: str) -> str:
    return " ".join(text.split())
