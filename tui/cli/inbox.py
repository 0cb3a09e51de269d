"""`callboard inbox`: what needs the person who asks."""

import sys
from datetime import datetime

import click

from core.api import inbox as api
from core.api.inbox import InboxAction, InboxActionRequest, InboxItem
from core.clock import SystemClock, to_datetime
from tui.cli.commands import filter_option, group, json_option, limit_option, with_invocation, yes_option
from tui.cli.completing import an_item
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
from tui.cli.values import MOMENT

_SEVERITY: dict[str, Style] = {"critical": "red", "warning": "yellow", "info": ""}
_LARGEST_REQUEST = 500

ids_argument = click.argument("ids", nargs=-1, type=int, metavar="[ID]...", shell_complete=an_item)


@group("inbox")
def command() -> None:
    """List, read, star, dismiss and snooze your notifications.

    A filter is one line of terms, such as:  is:unread severity:critical since:7d deploy
    """


@command.command("list")
@filter_option
@limit_option
@click.option("--all", "everything", is_flag=True, help="All that match, however many.")
@json_option
@with_invocation
def list_(invocation: Invocation, filter_: str, limit: int, everything: bool, as_json: bool) -> None:
    """List notifications: starred first, then newest first."""
    items = list(
        invocation.every(
            lambda size, cursor: api.page(limit=size, cursor=cursor, filter=filter_),
            None if everything else limit,
            "Reading the inbox",
        )
    )
    if as_json:
        print_json(items)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("ID", right=True),
            Column("STATE"),
            Column("SEVERITY"),
            Column("AGE", right=True) if on_terminal() else Column("CREATED"),
            Column("WORKSPACE"),
            Column("TITLE", gives=True),
        ],
        [_row(item, now) for item in items],
        empty="Nothing matches." if filter_ else "The inbox is empty.",
    )


@command.command()
@click.argument("id", type=int, shell_complete=an_item)
@click.option("--peek", is_flag=True, help="Leave it unread.")
@json_option
@with_invocation
def show(invocation: Invocation, id: int, peek: bool, as_json: bool) -> None:
    """Show one notification whole, and mark it read."""
    item = invocation.send(api.show(id))
    if not peek and item.read_at is None:
        invocation.send(api.act(InboxActionRequest("read", [id])))
        item = invocation.send(api.show(id))
    if as_json:
        print_json(item)
        return
    print_parts(
        [
            ("Title", Cell(item.title, "bold")),
            ("Severity", Cell(item.severity, _SEVERITY[item.severity])),
            ("Event", item.event),
            ("Workspace", item.workspace),
            ("Reason", item.reason),
            ("Link", _link(item)),
            ("Created", local(item.created_at)),
            ("Read", local(item.read_at)),
            ("Starred", local(item.starred_at)),
            ("Dismissed", local(item.dismissed_at)),
            ("Snoozed until", local(item.snoozed_until)),
        ]
    )
    if item.body:
        say()
        say(item.body, multiline=True)


@command.command()
@json_option
@with_invocation
def count(invocation: Invocation, as_json: bool) -> None:
    """Say how many notifications are unread, starred, and there at all."""
    counts = invocation.send(api.counts())
    if as_json:
        print_json(counts)
        return
    print_parts([("Unread", str(counts.unread)), ("Starred", str(counts.starred)), ("All", str(counts.total))])


@command.command()
@ids_argument
@click.option("--until", type=MOMENT, required=True, help="For how long or until when: 2h, 3d, 2026-12-01T09:00.")
@filter_option
@yes_option
@json_option
@with_invocation
def snooze(
    invocation: Invocation, ids: tuple[int, ...], until: datetime, filter_: str, yes: bool, as_json: bool
) -> None:
    """Put notifications away until later."""
    _act(invocation, "snooze", ids, filter_, yes, as_json, until)


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
        say(f"Took back: {result.action} of {_notifications(len(result.changed))}.")


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
        raise click.UsageError(f"At most {_LARGEST_REQUEST} ids at once: use --filter for more.")
    if filter_ and not yes:
        _confirm(invocation, action, filter_)
    request = InboxActionRequest(action, list(ids), filter_ or None, until)
    result = invocation.send(api.act(request), "Changing notifications")
    if as_json:
        print_json(result)
        return
    if result.undo is None:
        say("Nothing to change.")
        return
    until_text = f" until {local(until)}" if until else ""
    say(
        f"{_DONE[action][1]}: {_notifications(len(result.changed))}{until_text}. "
        f"Take it back with: callboard inbox undo {result.undo}"
    )


def _confirm(invocation: Invocation, action: InboxAction, filter_: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("With --filter, add --yes: there is nobody to ask here.")
    matching = len(invocation.send(api.index(filter_)).ids)
    click.confirm(f"{action} {_notifications(matching)}?", abort=True, err=True)


def _row(item: InboxItem, now: datetime) -> list[str | Cell]:
    emphasis: Style = "bold" if item.read_at is None else ""
    return [
        str(item.id),
        _state(item, now),
        Cell(item.severity, _SEVERITY[item.severity]),
        when(item.created_at, now),
        item.workspace or "-",
        Cell(item.title, emphasis),
    ]


def _state(item: InboxItem, now: datetime) -> str:
    """What is special about it, in words: a sign alone would say nothing to a script."""
    found = [
        ("unread", item.read_at is None),
        ("starred", item.starred_at is not None),
        ("dismissed", item.dismissed_at is not None),
        ("snoozed", item.snoozed_until is not None and item.snoozed_until > now),
    ]
    return " ".join(word for word, holds in found if holds) or "read"


def _link(item: InboxItem) -> str | None:
    if item.link is None:
        return None
    return f"{item.link} ({item.link_label})" if item.link_label else item.link


def _notifications(number: int) -> str:
    return "1 notification" if number == 1 else f"{number} notifications"
