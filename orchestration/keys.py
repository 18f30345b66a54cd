"""The key of each mart: the columns that name a row, as the tests of the dbt project declare them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


def load_keys(dbt_project: Path) -> dict[str, tuple[str, ...]]:
    """Table → its key, as the tests of the dbt project declare it: `unique_combination` of the model, else a `unique` column."""
    keys: dict[str, tuple[str, ...]] = {}
    for path in sorted((dbt_project / "models" / "marts").glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", ()):
            key = _read_key(model)
            if key:
                keys[model["name"]] = key
    return keys


def _read_key(model: Mapping[str, Any]) -> tuple[str, ...]:
    for test in model.get("data_tests", ()):
        if isinstance(test, dict) and "unique_combination" in test:
            return tuple(test["unique_combination"]["arguments"]["columns"])
    return tuple(column["name"] for column in model["columns"] if "unique" in column.get("data_tests", ()))[:1]
