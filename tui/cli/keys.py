"""`callboard keys`: API keys, for programs and people on other machines."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import click

from core.api import people as api
from core.api.people import Key, KeyCreation, KeyRotation, NewKey
from core.caller import Permission
from core.clock import SystemClock, to_datetime
from tui.cli.commands import group, json_option, listing, with_invocation
from tui.cli.completing import a_key, a_permission, a_person
from tui.cli.invocation import Invocation
from tui.cli.output import (
    Cell,
    Column,
    Style,
    local,
    on_terminal,
    print_json,
    print_parts,
    print_table,
    say,
    when,
)
from tui.cli.values import DURATION, MOMENT

_STATE: dict[str, Style] = {"active": "green", "rotated": "yellow", "expired": "red", "revoked": "red"}

id_argument = click.argument("id", shell_complete=a_key)


@group("keys", epilog=f"Permissions: {', '.join(Permission)}.")
def command() -> None:
    """Create, list, rotate and revoke API keys."""


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List keys. The keys themselves are stored nowhere."""
    found = list(
        invocation.every(lambda size, cursor: api.keys(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("ID"),
            Column("NAME", gives=True),
            Column("OWNER"),
            Column("PREFIX"),
            Column("STATE"),
            Column("EXPIRES"),
            Column("LAST USED"),
            Column("PERMISSIONS", gives=True),
        ],
        [_row(key, now) for key in found],
        empty="There are no keys.",
    )


@command.command()
@click.argument("name")
@click.option(
    "-p",
    "--permission",
    "permissions",
    multiple=True,
    metavar="PERMISSION",
    shell_complete=a_permission,
    help="What it may do. Can be given again.",
)
@click.option("--expires", type=MOMENT, help="For how long or until when it works: 90d, 2027-01-31.")
@click.option(
    "--owner", metavar="PERSON", shell_complete=a_person, help="Whose key it is; yours, when not given."
)
@json_option
@with_invocation
def create(
    invocation: Invocation,
    name: str,
    permissions: Sequence[str],
    expires: datetime | None,
    owner: str | None,
    as_json: bool,
) -> None:
    """Create a key, and show it once."""
    _print_new(invocation.send(api.create_key(KeyCreation(name, list(permissions), owner, expires))), as_json)


@command.command()
@id_argument
@click.option(
    "--grace", type=DURATION, default="24h", show_default=True, help="How long the old key goes on working."
)
@json_option
@with_invocation
def rotate(invocation: Invocation, id: str, grace: timedelta, as_json: bool) -> None:
    """Make a new key in the place of this one, and show it once."""
    rotation = KeyRotation(int(grace.total_seconds()))
    _print_new(invocation.send(api.rotate_key(id, rotation)), as_json)


@command.command()
@id_argument
@json_option
@with_invocation
def revoke(invocation: Invocation, id: str, as_json: bool) -> None:
    """Stop a key at once."""
    done = invocation.send(api.revoke_key(id))
    if as_json:
        print_json(done)
    else:
        say("The key no longer works.")


def _row(key: Key, now: datetime) -> list[str | Cell]:
    return [
        key.id,
        Cell(key.name, "bold"),
        key.owner,
        key.prefix,
        Cell(key.state, _STATE[key.state]),
        when(key.expires_at, now) or "never",
        when(key.last_used_at, now) or "never",
        " ".join(key.permissions) or "none",
    ]


def _print_new(key: NewKey, as_json: bool) -> None:
    if as_json:
        print_json(key)
        return
    print_parts(
        [
            ("Id", key.id),
            ("Name", Cell(key.name, "bold")),
            ("Owner", key.owner),
            ("Permissions", " ".join(key.permissions) or "none"),
            ("Expires", local(key.expires_at) or "never"),
            ("Key", Cell(key.key, "bold")),
        ]
    )
    if on_terminal():
        say()
        say("Keep the key now: it is not shown again.")
