"""`callboard workspaces`: what work belongs to, and who belongs to it."""

import shlex
from collections.abc import Sequence

import click

from core.api import people as api
from core.api import workflows as settings_api
from core.api.people import Workspace, WorkspaceCreation
from core.api.workflows import WorkspaceSettings, WorkspaceSettingsChange
from tui.cli.commands import group, json_option, listing, with_invocation
from tui.cli.completing import a_person, a_workspace
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, local, print_json, print_parts, print_table
from tui.cli.settings import change_of, settings_options

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


@command.command()
@slug_argument
@settings_options
@json_option
@with_invocation
def settings(invocation: Invocation, /, slug: str, as_json: bool, **options: object) -> None:
    """Show where and how a workspace's work is done; with options, change it.

    \b
    callboard workspaces settings shop --folder ~/src/shop --base main --verify "make check"
    callboard workspaces settings shop --hook on_done="./notify done"

    The commands run as the account of the server, so only an admin may change them, and not with an API key.
    Each is split into its arguments here, and no shell reads it. An option that is given again adds a command; an
    empty text takes away what there was.
    """
    change = change_of(options)
    if change == WorkspaceSettingsChange():
        found = invocation.send(settings_api.settings(slug))
    else:
        found = invocation.send(settings_api.change_settings(slug, change))
    _print_settings(found, as_json)


def _print_settings(settings: WorkspaceSettings, as_json: bool) -> None:
    if as_json:
        print_json(settings)
        return
    hooks = [(hook, argv) for hook, commands in settings.hooks.items() for argv in commands]
    print_parts(
        [
            ("Folder", settings.folder or "none"),
            ("Base", settings.base),
            *(("Verify", shlex.join(argv)) for argv in settings.verify),
            ("Test", None if settings.test is None else shlex.join(settings.test)),
            ("Instructions", settings.instructions or None),
            *((f"Hook {hook}", shlex.join(argv)) for hook, argv in hooks),
            ("Hooks may take", f"{settings.hook_seconds} s"),
            ("GitHub's secret", "set" if settings.request_secret_set else "not set"),
            ("GitHub's address", settings.request_url),
        ]
    )


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
