"""`callboard send`: a message straight to a channel, past all rules."""

from datetime import timedelta
from typing import cast, get_args

import click

from core.api import deliveries as api
from core.api.deliveries import Sending
from core.api.inbox import Severity
from tui.cli.commands import command as a_command
from tui.cli.commands import json_option, with_invocation
from tui.cli.completing import a_channel
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.invocation import Invocation
from tui.cli.output import exact, print_json, say
from tui.cli.values import Duration

_MILLISECOND = timedelta(milliseconds=1)


@a_command("send")
@click.argument("channel", shell_complete=a_channel)
@click.argument("title")
@click.argument("body")
@click.option("--delay", type=Duration(), metavar="DURATION", help="Send it after so long, such as 5m or 2h.")
@click.option(
    "--severity",
    type=click.Choice(get_args(Severity)),
    default="info",
    show_default=True,
    help="How urgent it is.",
)
@workspace_option
@click.option("--id", help="Your own id of the message: the same one twice is sent once.")
@json_option
@with_invocation
def command(
    invocation: Invocation,
    channel: str,
    title: str,
    body: str,
    delay: timedelta | None,
    severity: str,
    workspace: str | None,
    id: str | None,
    as_json: bool,
) -> None:
    """Send TITLE and BODY to CHANNEL, now or later; a server that is stopped in between sends it when it is back.

    \b
    callboard send ops 'Deployment complete' 'Version 4.2 is in production.'
    callboard send ops 'Standup' 'In five minutes.' --delay 25m --id standup-today
    """
    milliseconds = 0 if delay is None else delay // _MILLISECOND
    sending = Sending(channel, title, body, cast(Severity, severity), milliseconds, id)
    scheduled = invocation.send(api.send(the_workspace(invocation, workspace), sending))
    if as_json:
        print_json(scheduled)
    elif delay is None:
        say(f"Accepted as {scheduled.id}. See what became of it with: callboard deliveries show {scheduled.id}")
    else:
        say(
            f"Accepted as {scheduled.id}, for {exact(scheduled.fires_at)}."
            f" Take it back with: callboard deliveries cancel {scheduled.id}"
        )
