"""`callboard workspaces`: what work belongs to, and who belongs to it."""

from collections.abc import Sequence

import click

from core.api import people as api
from core.api.people import Workspace, WorkspaceCreation
from tui.cli.commands import group, json_option, listing, with_invocation
from tui.cli.completing import a_person, a_workspace
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, local, print_json, print_parts, print_table

slug_argument = click.argument("slug", shell_complete=a_workspace)
person_argument = click.argument("person", shell_complete=a_person)


@group("workspaces")
def command() -> None:
    """List and create workspaces, and who belongs to them."""


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List the workspaces that you see."""
    found = list(
        invocation.every(lambda size, cursor: api.workspaces(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    print_table(
        [Column("SLUG"), Column("NAME", gives=True), Column("MEMBERS", gives=True)],
        [[Cell(each.slug, "bold"), each.name, " ".join(each.members) or "-"] for each in found],
        empty="You belong to no workspace.",
    )


@command.command()
@slug_argument
@json_option
@with_invocation
def show(invocation: Invocation, slug: str, as_json: bool) -> None:
    """Show one workspace."""
    _print(invocation.send(api.workspace(slug)), as_json)


@command.command()
@click.argument("slug")
@click.option("--name", default="", help="Its name in full.")
@click.option(
    "-m",
    "--member",
    "members",
    multiple=True,
    metavar="PERSON",
    shell_complete=a_person,
    help="Add this person as well.",
)
@json_option
@with_invocation
def create(invocation: Invocation, slug: str, name: str, members: Sequence[str], as_json: bool) -> None:
    """Create a workspace; you become a member of it."""
    _print(invocation.send(api.add_workspace(WorkspaceCreation(slug, name, list(members)))), as_json)


@command.command("add-member")
@slug_argument
@person_argument
@json_option
@with_invocation
def add_member(invocation: Invocation, slug: str, person: str, as_json: bool) -> None:
    """Make a person a member."""
    _print(invocation.send(api.add_member(slug, person)), as_json)


@command.command("remove-member")
@slug_argument
@person_argument
@json_option
@with_invocation
def remove_member(invocation: Invocation, slug: str, person: str, as_json: bool) -> None:
    """Make a person a member no longer."""
    _print(invocation.send(api.remove_member(slug, person)), as_json)


def _print(workspace: Workspace, as_json: bool) -> None:
    if as_json:
        print_json(workspace)
        return
    print_parts(
        [
            ("Slug", Cell(workspace.slug, "bold")),
            ("Name", workspace.name),
            ("Members", " ".join(workspace.members) or "none"),
            ("Created", local(workspace.created_at)),
        ]
    )
