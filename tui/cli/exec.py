"""`callboard exec`: run any command as a session, and hear in the inbox how it ended."""

import os

import click

from core.api import sessions as api
from core.api.sessions import CommandCreation
from tui.cli.commands import command as a_command
from tui.cli.commands import json_option, with_invocation
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.errors import DONE, FAILED
from tui.cli.following import ended_quietly, follow
from tui.cli.invocation import Invocation
from tui.cli.output import print_json, say


@a_command("exec", context_settings={"allow_interspersed_args": False})
@click.option("--title", default="", help="What to call it; otherwise the command itself.")
@workspace_option
@click.option("--wait", is_flag=True, help="Show what it prints, and exit as it does. Ctrl+C leaves it running.")
@json_option
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND...")
@with_invocation
def command(
    invocation: Invocation, title: str, workspace: str | None, wait: bool, as_json: bool, argv: tuple[str, ...]
) -> int:
    """Run COMMAND in this folder as a session, and print the session's number. Your inbox says how it ended.

    \b
    callboard exec -- make test
    callboard exec --title "Nightly build" --wait -- ./build.sh --all
    """
    creation = CommandCreation(the_workspace(invocation, workspace), list(argv), title, os.getcwd())
    session = invocation.send(api.run_command(creation))
    if not wait:
        if as_json:
            print_json(session)
        else:
            say(str(session.id))
        return DONE
    if as_json:
        ended = ended_quietly(invocation, session.id)
        print_json(ended)
    else:
        ended = follow(invocation, session.id)
    code = ended.turns[-1].exit_code if ended.turns else None
    if code is None:
        click.echo(
            f"callboard: session {ended.id} {ended.state}: {ended.detail or 'it did not end by itself'}", err=True
        )
        return FAILED
    return code
