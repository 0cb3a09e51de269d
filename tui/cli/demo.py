"""`callboard demo`: the app on a throw-away home full of sample work."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click
import msgspec

from core.demo.keeper import Ready
from core.errors import UnavailableError
from tui.cli.commands import command as a_command
from tui.cli.errors import DONE
from tui.cli.opening import open_app, require_terminal
from tui.cli.output import say
from tui.cli.progress import waiting

_ITEMS = 150
_MOST_ITEMS = 5_000
_END_SECONDS = 30


@a_command("demo")
@click.option(
    "--items",
    type=click.IntRange(0, _MOST_ITEMS),
    default=_ITEMS,
    show_default=True,
    help="How many notifications there are for you.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=7, show_default=True, help="Another number, another month."
)
@click.option("--no-app", is_flag=True, help="Print where the home is, and keep it until Ctrl-C.")
def command(items: int, seed: int, no_app: bool) -> int:
    """Open the app on a throw-away home with a month of sample work.

    The home and its server are gone when the app is left.
    """
    if not no_app:
        require_terminal()
    with _sample_home(items, seed) as home:
        if not no_app:
            return open_app(home, None)
        say(home)
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            while True:
                signal.pause()
    return DONE


@contextmanager
def _sample_home(items: int, seed: int) -> Iterator[str]:
    """A home that is there as long as the body runs, and not a moment longer than this process."""
    keeper = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-m", "core.demo.keeper", str(items), str(seed)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    if keeper.stdin is None or keeper.stdout is None:
        raise AssertionError("pipes were asked for")
    try:
        with waiting("Making a month of sample work"):
            said = keeper.stdout.readline()
        if not said:
            raise UnavailableError("The sample home could not be made: try `callboard doctor`.")
        ready = msgspec.json.decode(said, type=Ready)
        if ready.error:
            raise UnavailableError(f"The sample home could not be made: {ready.error}")
        yield ready.home
    finally:
        keeper.stdin.close()
        with suppress(KeyboardInterrupt, subprocess.TimeoutExpired), waiting("Taking the sample home away"):
            keeper.wait(_END_SECONDS)
        keeper.stdout.close()
