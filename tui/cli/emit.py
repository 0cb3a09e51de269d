"""`callboard emit`: record an event from a script."""

import os
from collections.abc import Sequence

import click

from core.api import events as api
from core.api import people as people_api
from core.api.events import EventRequest
from tui.cli.commands import command as a_command
from tui.cli.commands import json_option, with_invocation
from tui.cli.completing import a_person, a_workspace, an_event
from tui.cli.invocation import Invocation
from tui.cli.output import print_json, say
from tui.cli.values import data_of

workspace_option = click.option(
    "-w",
    "--workspace",
    metavar="SLUG",
    shell_complete=a_workspace,
    help="The workspace; not needed when you see only one.  [env: CALLBOARD_WORKSPACE]",
)


@a_command("emit")
@click.argument("event", shell_complete=an_event)
@click.option(
    "-d",
    "--data",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="A field of the payload: key=text, or key:=json. Can be given again.",
)
@click.option("--id", help="Your own id of the event: the same one twice is recorded once.")
@workspace_option
@click.option("--mission", metavar="ID", help="The mission that it belongs to.")
@click.option("--ticket", "--task", "ticket", metavar="ID", help="The ticket that it belongs to.")
@click.option(
    "--to",
    "people",
    multiple=True,
    metavar="PERSON",
    shell_complete=a_person,
    help="Tell this person. Can be given again.",
)
@json_option
@with_invocation
def command(
    invocation: Invocation,
    event: str,
    pairs: Sequence[str],
    id: str | None,
    workspace: str | None,
    mission: str | None,
    ticket: str | None,
    people: Sequence[str],
    as_json: bool,
) -> None:
    """Record EVENT, such as hook:failed, in a workspace; whoever must know is told.

    \b
    callboard emit hook:failed -d hook=pre-push -d exitCode:=2 --ticket T-12
    callboard emit deploy:done -d version=4.2 --to ann --id deploy-4.2
    """
    request = EventRequest(event, data_of(pairs), id, mission, ticket, list(people) or None)
    recorded = invocation.send(api.post(the_workspace(invocation, workspace), request))
    if as_json:
        print_json(recorded)
    else:
        say(recorded.id)


def the_workspace(invocation: Invocation, named: str | None) -> str:
    """The workspace that was named, or the only one there is for this person."""
    chosen = named or os.environ.get("CALLBOARD_WORKSPACE")
    if chosen:
        return chosen
    visible = [workspace.slug for workspace in invocation.send(people_api.workspaces(limit=50)).items]
    if len(visible) == 1:
        return visible[0]
    if not visible:
        raise click.UsageError("You belong to no workspace: ask an admin to add you to one.")
    raise click.UsageError(f"Say in which workspace, with --workspace: {', '.join(visible)}.")
