"""The command line `nianbao`. What a command needs is imported inside it: `parse` and `check` have to answer at once."""

from collections.abc import Sequence

from orchestration.cli.commands import build_app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command (default: of the process's arguments); returns or exits with its status.

    0 done; 1 a gate blocked, or `check` found something; 2 wrong usage, or an error whose message names the place and the remedy.
    """
    from ingest.errors import NianbaoError
    from orchestration.cli.consoles import print_error

    try:
        build_app()(args=arguments, prog_name="nianbao")
    except NianbaoError as error:
        print_error(f"nianbao: {error}")
        return 2
    return 0


__all__ = ["main"]
