"""`callboard mutes`: what arrives as read, and raises no alert."""

from datetime import datetime

import click

from core.api import mutes as api
from core.api.mutes import Mute, Muting
from core.clock import SystemClock, to_datetime
from tui.cli.commands import group, json_option, listing, with_invocation
from tui.cli.completing import a_mute, a_workspace, an_event
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, local, print_json, print_table, say, when
from tui.cli.values import MOMENT


@group("mutes")
def command() -> None:
    """Mute what notifications come from: they arrive as read, and raise no alert.

    A source is automation/12, session/7, person/dana, or the first part of an event's name, such as task. What
    waits for your answer is never muted.
    """


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List what you have muted."""
    found = list(
        invocation.every(lambda size, cursor: api.mutes(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("ID", right=True),
            Column("SOURCE", gives=True),
            Column("EVENT", gives=True),
            Column("WORKSPACE"),
            Column("UNTIL"),
        ],
        [_row(mute, now) for mute in found],
        empty="Nothing matches." if filter_ else "Nothing is muted.",
    )


@command.command()
@click.argument("source")
@click.option(
    "--until", type=MOMENT, help="For how long or until when: 8h, 3d, 2026-12-01T09:00. For good without."
)
@click.option("--event", metavar="NAME", shell_complete=an_event, help="Only events of this name.")
@click.option("-w", "--workspace", metavar="SLUG", shell_complete=a_workspace, help="Only in this workspace.")
@json_option
@with_invocation
def add(
    invocation: Invocation,
    source: str,
    until: datetime | None,
    event: str | None,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Mute SOURCE; muted again, it has the new end."""
    muting = Muting(source.removeprefix("callboard:"), event, workspace, until)
    mute = invocation.send(api.mute(muting))
    if as_json:
        print_json(mute)
        return
    for_how_long = f"until {local(mute.until)}" if mute.until else "for good"
    say(f"Muted {mute.source} {for_how_long}. Take it back with: callboard mutes remove {mute.id}")


@command.command()
@click.argument("id", type=int, shell_complete=a_mute)
@json_option
@with_invocation
def remove(invocation: Invocation, id: int, as_json: bool) -> None:
    """Unmute what is muted."""
    done = invocation.send(api.unmute(id))
    if as_json:
        print_json(done)
    else:
        say("It is no longer muted.")


def _row(mute: Mute, now: datetime) -> list[str | Cell]:
    return [
        str(mute.id),
        Cell(mute.source, "bold"),
        mute.event or "-",
        mute.workspace or "-",
        when(mute.until, now) or "for good",
    ]
