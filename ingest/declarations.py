"""How the YAML that is part of the software is read: forms, patterns, rules."""

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    """The plain data of one YAML document; yaml.YAMLError when it is none.

    By libyaml where PyYAML has it, which is seven times as fast: the commands that people type read some 100 KB at every start.
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 one of two safe loaders
