"""`callboard config`: the home's configuration, which it reads without a server."""

from core.config import Settings, example, load
from core.errors import HomeError, InvalidError
from core.home import Home
from tui.cli.commands import group, json_option, with_invocation
from tui.cli.errors import DONE, FAILED
from tui.cli.invocation import Invocation
from tui.cli.output import print_json, say


@group("config")
def command() -> None:
    """Check the configuration, or show where it is."""


@command.command()
@json_option
@with_invocation
def check(invocation: Invocation, as_json: bool) -> int:
    """Say whether the configuration is right, or in which line it is not.

    What is wrong with channels and rules keeps no server from starting; the exit code is 1 all the same.
    """
    from core.routing.checking import check_files

    home = invocation.home
    settings = settings_of(home)
    _check_the_app()
    problems = check_files(home, settings).problems
    exists = home.config.exists()
    if as_json:
        found = {"path": str(home.config), "exists": exists, "ok": not problems, "problems": problems}
        print_json(found)
    elif problems:
        for problem in problems:
            say(f"{problem.place}: {problem.sentence}")
    elif exists:
        say(f"{home.config} is right.")
    else:
        say(f"There is no {home.config}: the defaults apply.")
    return FAILED if problems else DONE


@command.command()
@json_option
@with_invocation
def path(invocation: Invocation, as_json: bool) -> None:
    """Print where the configuration is, or would be."""
    if as_json:
        print_json({"path": str(invocation.home.config)})
    else:
        say(str(invocation.home.config))


@command.command("example")
def example_() -> None:
    """Print a configuration that says every default, to start from."""
    say(example().rstrip("\n"), multiline=True)


def _check_the_app() -> None:
    """The app's keys, theme and layout are each person's own, in a file of their own."""
    from tui.keymap import check, settings_path

    if wrong := check(settings_path()):
        raise HomeError(" ".join(wrong))


def settings_of(home: Home) -> Settings:
    """The home's settings. A mistake in the file is a state of the home, not a wrong use of the command."""
    try:
        if home.exists:
            home.check()
        return load(home.config)
    except InvalidError as error:
        raise HomeError(error.sentence) from None
