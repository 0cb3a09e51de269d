"""`callboard notify`: a word from one person to another."""

import os
import sys
from typing import get_args

import click

from core.api import events as api
from core.api.events import NoticeRequest
from core.api.inbox import Severity
from tui.cli.commands import command as a_command
from tui.cli.commands import json_option, with_invocation
from tui.cli.completing import a_person
from tui.cli.emit import workspace_option
from tui.cli.invocation import Invocation
from tui.cli.output import print_json, say


@a_command("notify")
@click.argument("person", shell_complete=a_person)
@click.argument("title")
@click.argument("body", default="")
@click.option("--severity", type=click.Choice(get_args(Severity)), default="info", show_default=True)
@click.option("--link", metavar="URL", help="Where the notification leads.")
@click.option("--id", help="Your own id of it: the same one twice is sent once.")
@workspace_option
@json_option
@with_invocation
def command(
    invocation: Invocation,
    person: str,
    title: str,
    body: str,
    severity: Severity,
    link: str | None,
    id: str | None,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Send PERSON a notification with this TITLE; a BODY of - is read from standard input."""
    if body == "-":
        body = sys.stdin.read()
    chosen = workspace or os.environ.get("CALLBOARD_WORKSPACE")
    request = NoticeRequest(person, title, body, severity, link, chosen, id)
    recorded = invocation.send(api.notify(request))
    if as_json:
        print_json(recorded)
    else:
        say(f"{person} is told.")
