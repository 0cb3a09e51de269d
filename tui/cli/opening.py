"""Opens the app on a home's server, or on the socket that was named."""

import gc
import sys

from core.errors import InvalidError
from core.home import Home
from tui.cli.invocation import named_socket


def open_app(home_option: str | None, socket_option: str | None) -> int:
    """Run the app until it is left, and answer with its exit code."""
    require_terminal()
    gc.disable()  # nothing that a start loads is garbage; the app collects again after its first frame
    from tui.app import run

    return run(Home.find(home_option), named_socket(home_option, socket_option))


def require_terminal() -> None:
    """Refuse to open the app where nobody could see it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InvalidError("The app needs a terminal: the commands for scripts are in `callboard --help`.")
