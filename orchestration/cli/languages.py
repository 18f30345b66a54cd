"""The language of messages about reports."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from orchestration.settings import Settings

Language = Literal["zh", "en"]
LanguageOption = Annotated[
    Language | None, typer.Option("--lang", help="Language of messages. Default: NIANBAO_LANG, else zh.", show_default=False)
]


def choose_language(asked: Language | None, settings: "Settings") -> Language:
    """What was asked for, else what is configured, else Chinese: messages quote labels of Chinese forms."""
    if asked is not None:
        return asked
    return settings.language if "language" in settings.model_fields_set else "zh"
