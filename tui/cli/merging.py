"""What becomes of a session's branch, by command: merged, in a pull request, or cleared away."""

import click

from core.api import sessions as api
from core.api import worktrees as worktrees_api
from core.api.sessions import MergeRequest, RequestBinding
from core.client import Client
from tui.cli.commands import Group, json_option, listing, with_invocation
from tui.cli.commands import command as a_command
from tui.cli.completing import a_session
from tui.cli.errors import DONE, FAILED
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, print_json, print_table, say
from tui.cli.progress import waiting

_PATIENCE = 24 * 3600.0  # the workspace's commands may take their time

_number = click.argument("number", type=int, shell_complete=a_session)


@a_command("merge")
@_number
@click.option("--dry-run", is_flag=True, help="Only say whether it can be done.")
@json_option
@with_invocation
def merge(invocation: Invocation, number: int, dry_run: bool, as_json: bool) -> int:
    """Merge a session's branch into its base, with what is in no commit yet.

    The workspace's commands before a merge are run first. A conflict touches nothing.
    """
    invocation.client()
    with Client(invocation.socket, timeout=_PATIENCE) as client, waiting("Merging"):
        result = client.send(api.merge(number, MergeRequest(dry_run)))
    if as_json:
        print_json(result)
    else:
        say(result.detail)
        for file in result.files:
            say(f"  {file}")
    return DONE if result.merged else FAILED


@a_command("pull-request")
@_number
@click.argument("url", required=False)
@click.option("--title", help="Of the pull request that is opened; the session's otherwise.")
@json_option
@with_invocation
def pull_request(invocation: Invocation, number: int, url: str | None, title: str | None, as_json: bool) -> None:
    """Bind a session to the pull request at URL; without one, open one with the gh program."""
    if url is not None and title is not None:
        raise click.UsageError("A pull request that is there has a title: leave out --title.")
    session = invocation.send(api.bind_request(number, RequestBinding(url, title)), "Asking GitHub")
    if as_json:
        print_json(session)
    else:
        say(f"Session {session.id}: {session.pull_request}, which is {session.pull_request_state or 'unknown'}.")


@a_command("worktrees")
@listing
def worktrees(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List the worktrees of sessions, and why each is kept; that of a session that is done goes by itself."""
    found = list(
        invocation.every(
            lambda size, cursor: worktrees_api.worktrees(limit=size, cursor=cursor, filter=filter_),
            limit,
            "Looking at worktrees",
        )
    )
    if as_json:
        print_json(found)
        return
    print_table(
        [
            Column("SESSION", right=True),
            Column("STATE"),
            Column("BRANCH"),
            Column("PATH", gives=True),
            Column("KEPT BECAUSE", gives=True),
        ],
        [
            [
                str(each.session),
                each.state,
                Cell(each.branch, "bold"),
                Cell(each.path, "" if each.there else "dim"),
                each.reason or Cell("it can be removed", "green"),
            ]
            for each in found
        ],
        empty="Nothing matches." if filter_ else "There are no worktrees.",
    )


@a_command("remove-worktree")
@_number
@json_option
@with_invocation
def remove_worktree(invocation: Invocation, number: int, as_json: bool) -> None:
    """Remove a session's worktree and its branch, unless something would be lost with them."""
    done = invocation.send(worktrees_api.remove_worktree(number), "Removing the worktree")
    if as_json:
        print_json(done)
    else:
        say(f"Removed: the worktree of session {number}.")


def add_to(sessions: Group) -> None:
    """Make these commands of the family `callboard sessions`."""
    for command in (merge, pull_request, worktrees, remove_worktree):
        sessions.add_command(command)
