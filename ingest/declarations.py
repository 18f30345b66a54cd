"""YAML files in the packages: forms, wordings, rules, names. Data, read once."""

from __future__ import annotations

from typing import Final

import yaml

# The parser in C is ten times as fast, and a command for one report starts by reading all of them. Its builds have it everywhere we run.
_LOADER: Final = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


def parse_yaml(text: str) -> object:
    """The plain values of a YAML text. Raises yaml.YAMLError, which names the line."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, both of them
