"""`callboard up` and `callboard down`: the server in the background."""

import click

from core import launch
from tui.cli.commands import command as a_command
from tui.cli.commands import json_option, with_invocation
from tui.cli.invocation import Invocation
from tui.cli.output import print_json, say
from tui.cli.progress import waiting


@a_command("up")
@json_option
@with_invocation
def up(invocation: Invocation, as_json: bool) -> None:
    """Start the home's server in the background, unless it runs already."""
    _refuse_socket(invocation)
    with waiting("Starting the server"):
        started = launch.ensure(invocation.home)
    if as_json:
        print_json({"started": started, "socket": str(invocation.home.socket)})
    else:
        say("The server is up." if started else "The server was up already.")


@a_command("down")
@json_option
@with_invocation
def down(invocation: Invocation, as_json: bool) -> None:
    """Stop the home's server, after it has finished what it accepted."""
    _refuse_socket(invocation)
    with waiting("Stopping the server"):
        stopped = launch.stop(invocation.home)
    if as_json:
        print_json({"stopped": stopped})
    else:
        say("The server is down." if stopped else "No server was running.")


def _refuse_socket(invocation: Invocation) -> None:
    if invocation.named_socket is not None:
        raise click.UsageError("This works on a home, not on a socket: leave --socket and CALLBOARD_SOCKET out.")
