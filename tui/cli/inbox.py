"""`callboard inbox`: what needs the person who asks."""

import sys
from datetime import datetime

import click
from msgspec.structs import asdict

from core.api import inbox as api
from core.api.inbox import InboxAction, InboxActionRequest, InboxGrouping, InboxItem
from core.errors import NotFoundError
from tui.cli.commands import filter_option, group, json_option, limit_option, with_invocation, yes_option
from tui.cli.completing import an_item
from tui.cli.inbox_lists import GROUPINGS, SEVERITY, groups_of, print_groups, print_items
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, local, print_json, print_parts, say
from tui.cli.tidying import tidy
from tui.cli.values import later
from tui.moments import EXAMPLES
from tui.views import BY_ID

_LARGEST_REQUEST = 5_000

ids_argument = click.argument("ids", nargs=-1, type=int, metavar="[ID]...", shell_complete=an_item)


@group("inbox")
def command() -> None:
    """List, read, star, dismiss and snooze your notifications.

    A filter is one line of terms, such as:  is:unread severity:critical since:7d deploy
    """


@command.command("list")
@filter_option
@click.option("--view", type=click.Choice(list(BY_ID)), default="inbox", show_default=True, help="Among which.")
@click.option("--group", type=click.Choice(GROUPINGS), default="none", help="In groups, the starred ones first.")
@limit_option
@click.option("--all", "everything", is_flag=True, help="All that match, however many.")
@json_option
@with_invocation
def list_(
    invocation: Invocation,
    filter_: str,
    view: str,
    group: InboxGrouping,
    limit: int,
    everything: bool,
    as_json: bool,
) -> None:
    """List notifications: starred first, then newest first."""
    narrowed = f"{BY_ID[view].filter} {filter_}".strip()
    most = None if everything else limit
    if group == "none":
        items = list(
            invocation.every(
                lambda size, cursor: api.page(limit=size, cursor=cursor, filter=narrowed),
                most,
                "Reading the inbox",
            )
        )
        if as_json:
            print_json(items)
        else:
            print_items(items, "Nothing matches." if filter_ else f"{BY_ID[view].nothing}.")
        return
    print_groups(groups_of(invocation, narrowed, group, most), as_json)


@command.command()
@click.argument("id", type=int, shell_complete=an_item)
@click.option("--peek", is_flag=True, help="Leave it unread.")
@json_option
@with_invocation
def show(invocation: Invocation, id: int, peek: bool, as_json: bool) -> None:
    """Show one notification whole, and mark it read."""
    item = invocation.send(api.show(id))
    if not peek and item.read_at is None:
        item = _opened(invocation, item)
    if as_json:
        print_json(item)
        return
    print_parts(
        [
            ("Title", Cell(item.title, "bold")),
            ("Severity", Cell(item.severity, SEVERITY[item.severity])),
            ("Event", item.event),
            ("From", item.source or None),
            ("Workspace", item.workspace),
            ("Ticket", item.ticket),
            ("Reason", item.reason),
            ("Link", _link(item)),
            ("Created", local(item.created_at)),
            ("Read", local(item.read_at)),
            ("Starred", local(item.starred_at)),
            ("Dismissed", local(item.dismissed_at)),
            ("Snoozed until", local(item.snoozed_until)),
            ("Leaves", local(item.leaves_at)),
        ]
    )
    if item.body:
        say()
        say(item.body, multiline=True)


@command.command("open")
@click.argument("id", type=int, shell_complete=an_item)
@json_option
@with_invocation
def open_(invocation: Invocation, id: int, as_json: bool) -> None:
    """Mark one notification read, and say where its link leads."""
    item = invocation.send(api.show(id))
    if item.link is None:
        raise NotFoundError(f"Notification {id} has no link: read it with `callboard inbox show {id}`.")
    if item.read_at is None:
        item = _opened(invocation, item)
    if as_json:
        print_json(item)
    else:
        say(str(item.link))


@command.command("counts")
@json_option
@with_invocation
def counts_(invocation: Invocation, as_json: bool) -> None:
    """Say how many notifications are unread, starred and snoozed, and how many there are."""
    counts = invocation.send(api.counts())
    if as_json:
        print_json(counts)
        return
    print_parts([(name.capitalize(), str(number)) for name, number in asdict(counts).items()])


@command.command("count", hidden=True)
@json_option
@click.pass_context
def count(context: click.Context, as_json: bool) -> None:
    """What `counts` was called before there were so many."""
    context.invoke(counts_, as_json=as_json)


@command.command()
@ids_argument
@click.option("--until", required=True, metavar="WHEN", help=f"For how long or until when: {EXAMPLES}.")
@filter_option
@yes_option
@json_option
@with_invocation
def snooze(
    invocation: Invocation, ids: tuple[int, ...], until: str, filter_: str, yes: bool, as_json: bool
) -> None:
    """Put notifications away until later. A date or a time of day is one in the zone of your profile."""
    _act(invocation, "snooze", ids, filter_, yes, as_json, later(invocation, until))


@command.command()
@click.argument("step", type=int, required=False)
@json_option
@with_invocation
def undo(invocation: Invocation, step: int | None, as_json: bool) -> None:
    """Take back the latest step, or the step of this number."""
    result = invocation.send(api.undo(step))
    if as_json:
        print_json(result)
    else:
        say(f"Undone: {result.action} of {_notifications(result.count)}.")


_DONE: dict[InboxAction, tuple[str, str]] = {
    "read": ("Mark notifications read.", "Marked read"),
    "unread": ("Mark notifications unread.", "Marked unread"),
    "star": ("Star notifications: they stay on top and are never cleared away.", "Starred"),
    "unstar": ("Take the star away.", "Unstarred"),
    "dismiss": ("Dismiss notifications: they leave the inbox and stay in the history.", "Dismissed"),
    "restore": ("Bring dismissed notifications back.", "Restored"),
    "snooze": ("Put notifications away until later.", "Snoozed"),
    "unsnooze": ("Bring snoozed notifications back now.", "Brought back"),
}


def _add_verb(action: InboxAction) -> None:
    @command.command(action, help=_DONE[action][0])
    @ids_argument
    @filter_option
    @yes_option
    @json_option
    @with_invocation
    def verb(invocation: Invocation, ids: tuple[int, ...], filter_: str, yes: bool, as_json: bool) -> None:
        _act(invocation, action, ids, filter_, yes, as_json)


for _action in _DONE:
    if _action != "snooze":
        _add_verb(_action)
command.add_command(tidy)


def _act(
    invocation: Invocation,
    action: InboxAction,
    ids: tuple[int, ...],
    filter_: str,
    yes: bool,
    as_json: bool,
    until: datetime | None = None,
) -> None:
    if bool(ids) == bool(filter_):
        raise click.UsageError(f"Say which: callboard inbox {action} ID..., or --filter FILTER.")
    if len(ids) > _LARGEST_REQUEST:
        raise click.UsageError(f"At most {_LARGEST_REQUEST:,} ids at once: use --filter for more.")
    upto = _confirmed(invocation, action, filter_) if filter_ and not yes else None
    request = InboxActionRequest(action, list(ids), filter_ or None, until, upto)
    result = invocation.send(api.act(request), "Changing notifications")
    if as_json:
        print_json(result)
        return
    if result.undo is None:
        say("Nothing to change.")
        return
    until_text = f" until {local(until)}" if until else ""
    say(
        f"{_DONE[action][1]}: {_notifications(result.count)}{until_text}. "
        f"Take it back with: callboard inbox undo {result.undo}"
    )


def _confirmed(invocation: Invocation, action: InboxAction, filter_: str) -> int:
    """Ask first, with the number; answer the highest id of these: what comes later was not asked about."""
    if not sys.stdin.isatty():
        raise click.UsageError("With --filter, add --yes: there is nobody to ask here.")
    matching = invocation.send(api.index(filter_)).ids
    click.confirm(f"{action} {_notifications(len(matching))}?", abort=True, err=True)
    return max(matching, default=0)


def _opened(invocation: Invocation, item: InboxItem) -> InboxItem:
    """The item, read by being opened: that is no step to undo."""
    invocation.send(api.act(InboxActionRequest("read", [item.id], undoable=False)))
    return invocation.send(api.show(item.id))


def _link(item: InboxItem) -> str | None:
    if item.link is None:
        return None
    return f"{item.link} ({item.link_label})" if item.link_label else item.link


def _notifications(number: int) -> str:
    return "1 notification" if number == 1 else f"{number:,} notifications"
