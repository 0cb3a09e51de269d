"""`callboard run`: run a workflow as a session."""

from collections.abc import Sequence

import click

from core.api import sessions as api
from core.api.sessions import SessionCreation
from tui.cli.commands import command as a_command
from tui.cli.commands import json_option, with_invocation
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.invocation import Invocation
from tui.cli.sessions import after_start, wait_option
from tui.cli.values import data_of

parameters_option = click.option(
    "-p",
    "--parameter",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="A parameter: key=text, or key:=json. Can be given again.",
)


@a_command("run")
@click.argument("name")
@parameters_option
@workspace_option
@click.option("--provider", help="What runs its prompts; the configured default otherwise.")
@click.option("--model", help="A model of the provider.")
@click.option("--ticket", help="The ticket that it works on.")
@click.option("--title", default="", help="What to call it; otherwise as the workflow.")
@click.option("--notify", is_flag=True, help="Tell me in the inbox how it ended.")
@wait_option
@json_option
@with_invocation
def command(
    invocation: Invocation,
    name: str,
    pairs: Sequence[str],
    workspace: str | None,
    provider: str | None,
    model: str | None,
    ticket: str | None,
    title: str,
    notify: bool,
    wait: bool,
    as_json: bool,
) -> int:
    """Run the workflow NAME as a Develop session, and print the session's number.

    \b
    callboard run release -p version=4.2
    """
    creation = SessionCreation(
        the_workspace(invocation, workspace),
        kind="develop",
        workflow=name,
        parameters=data_of(pairs, "-p"),
        provider=provider,
        model=model,
        ticket=ticket,
        title=title,
        notify=notify,
    )
    return after_start(invocation, invocation.send(api.create_session(creation)), wait, as_json)
