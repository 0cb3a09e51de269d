"""The way in: no subcommand opens the app, anything else is a command. What is asked most, the app and the
version, does not wait for the command line's own library to load."""

import os
import sys
from collections.abc import Sequence

_WHERE = ("--home", "--socket")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program, and answer with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    from tui.cli.errors import guarded

    if given == ["--version"]:
        return guarded(_print_version)
    where = None if "_CALLBOARD_COMPLETE" in os.environ else _only_where(given)
    if where is not None:
        home, socket = where
        return guarded(lambda: _open_app(home, socket))
    from tui.cli.root import run

    return guarded(lambda: run(given))


def _only_where(given: Sequence[str]) -> tuple[str | None, str | None] | None:
    """The home and the socket, when the arguments name nothing else; otherwise nothing."""
    found: dict[str, str] = {}
    rest = iter(given)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name not in _WHERE:
            return None
        if not equals:
            following = next(rest, None)
            if following is None:
                return None
            value = following
        found[name] = value
    return found.get("--home"), found.get("--socket")


def _open_app(home: str | None, socket: str | None) -> int:
    from tui.cli.opening import open_app

    return open_app(home, socket)


def _print_version() -> int:
    from core.version import VERSION

    sys.stdout.write(f"callboard {VERSION}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
