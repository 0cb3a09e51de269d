"""`callboard people`: who is here and what they may do."""

from collections.abc import Sequence

import click

from core.api import people as api
from core.api.people import Person, PersonChange, PersonCreation
from core.caller import Permission
from tui.cli.commands import group, json_option, listing, with_invocation
from tui.cli.completing import a_permission, a_person
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, print_json, print_parts, print_table

name_argument = click.argument("name", shell_complete=a_person)
permissions_argument = click.argument(
    "permissions", nargs=-1, required=True, metavar="PERMISSION...", shell_complete=a_permission
)


@group("people", epilog=f"Permissions: {', '.join(Permission)}.")
def command() -> None:
    """List and add people, grant and revoke permissions."""


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List the people of this server."""
    found = list(
        invocation.every(lambda size, cursor: api.people(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    print_table(
        [
            Column("NAME"),
            Column("DISPLAY NAME", gives=True),
            Column("ROLE"),
            Column("WORKSPACES"),
            Column("PERMISSIONS", gives=True),
        ],
        [
            [
                Cell(person.name, "bold"),
                person.display_name or "-",
                _role(person),
                " ".join(person.workspaces) or "-",
                _permissions(person),
            ]
            for person in found
        ],
        empty="Nobody matches.",
    )


@command.command()
@name_argument
@json_option
@with_invocation
def show(invocation: Invocation, name: str, as_json: bool) -> None:
    """Show one person."""
    _print(invocation.send(api.person(name)), as_json)


@command.command()
@click.argument("name")
@click.option("--display-name", default="", metavar="NAME", help="The name that others read.")
@click.option("--admin", is_flag=True, help="Make them an admin.")
@click.option(
    "-p",
    "--permission",
    "permissions",
    multiple=True,
    metavar="PERMISSION",
    shell_complete=a_permission,
    help="Grant it from the start. Can be given again.",
)
@json_option
@with_invocation
def add(
    invocation: Invocation, name: str, display_name: str, admin: bool, permissions: Sequence[str], as_json: bool
) -> None:
    """Add a person who will come with the account NAME, or with API keys only."""
    creation = PersonCreation(name, display_name, list(permissions), admin)
    _print(invocation.send(api.add_person(creation)), as_json)


@command.command()
@name_argument
@click.argument("display_name")
@json_option
@with_invocation
def rename(invocation: Invocation, name: str, display_name: str, as_json: bool) -> None:
    """Change the name that others read."""
    _change(invocation, name, PersonChange(display_name=display_name), as_json)


@command.command()
@name_argument
@permissions_argument
@json_option
@with_invocation
def grant(invocation: Invocation, name: str, permissions: Sequence[str], as_json: bool) -> None:
    """Grant permissions."""
    held = invocation.send(api.person(name)).permissions
    _change(invocation, name, PersonChange(permissions=sorted({*held, *permissions})), as_json)


@command.command()
@name_argument
@permissions_argument
@json_option
@with_invocation
def revoke(invocation: Invocation, name: str, permissions: Sequence[str], as_json: bool) -> None:
    """Take permissions away."""
    unknown = set(permissions) - set(Permission)
    if unknown:
        raise click.BadParameter(f"there is no permission {sorted(unknown)[0]!r}.", param_hint="PERMISSION")
    held = invocation.send(api.person(name)).permissions
    _change(invocation, name, PersonChange(permissions=sorted({*held} - {*permissions})), as_json)


@command.command()
@name_argument
@click.option("--off", is_flag=True, help="Make them an admin no longer.")
@json_option
@with_invocation
def admin(invocation: Invocation, name: str, off: bool, as_json: bool) -> None:
    """Make somebody an admin."""
    _change(invocation, name, PersonChange(admin=not off), as_json)


@command.command()
@name_argument
@click.option("--back", is_flag=True, help="They have come back.")
@json_option
@with_invocation
def leave(invocation: Invocation, name: str, back: bool, as_json: bool) -> None:
    """Say that somebody left: they are told nothing more and their keys stop working."""
    _change(invocation, name, PersonChange(left=not back), as_json)


def _change(invocation: Invocation, name: str, change: PersonChange, as_json: bool) -> None:
    _print(invocation.send(api.change_person(name, change)), as_json)


def _print(person: Person, as_json: bool) -> None:
    if as_json:
        print_json(person)
        return
    print_parts(
        [
            ("Name", Cell(person.name, "bold")),
            ("Display name", person.display_name or None),
            ("Role", _role(person)),
            ("Time zone", person.time_zone),
            ("Workspaces", " ".join(person.workspaces) or "none"),
            ("Permissions", _permissions(person)),
        ]
    )


def _role(person: Person) -> str:
    if person.left:
        return "left"
    return "admin" if person.admin else "member"


def _permissions(person: Person) -> str:
    return "all" if person.admin else " ".join(person.permissions) or "none"
