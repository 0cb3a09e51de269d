"""`callboard work`: all that needs the person or is theirs, of every type."""

import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import get_args

import click

from core.api import work as api
from core.api.work import (
    TYPES,
    Sidebar,
    WorkAction,
    WorkActionRequest,
    WorkItem,
    WorkSection,
    WorkSort,
    WorkType,
)
from core.clock import SystemClock, to_datetime
from tui.cli.commands import filter_option, group, json_option, limit_option, with_invocation, yes_option
from tui.cli.completing import a_thing
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

_STYLES: dict[str, Style] = {
    "running": "green",
    "asking": "yellow",
    "waiting": "cyan",
    "failed": "red",
    "unread": "bold",
}
_MOST_SHOWN = 20
_MOST_ASKED = 1_000
_READ_BY: dict[WorkType, str] = {"session": "sessions show", "notification": "inbox show"}
_DONE: dict[WorkAction, str] = {"hide": "Hidden", "show": "Shown"}

refs_argument = click.argument("refs", nargs=-1, metavar="[REF]...", shell_complete=a_thing)


@group("work", invoke_without_command=True)
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(1, 200),
    default=_MOST_SHOWN,
    show_default=True,
    help="At most so many of each type.",
)
@json_option
@click.pass_context
@with_invocation
def command(invocation: Invocation, context: click.Context, limit: int, as_json: bool) -> None:
    """Show what needs you and what is in progress; list, hide and show your work of all types.

    A thing is named by its type and number, such as session/12. A filter is one line of terms, such as:

    \b
    type:session state:failed since:7d deploy
    """
    if context.invoked_subcommand is not None:
        return
    sidebar = invocation.send(api.sidebar(limit))
    if as_json:
        print_json(sidebar)
    else:
        _print_sections(sidebar)


@command.command("list")
@filter_option
@click.option("--sort", type=click.Choice(get_args(WorkSort)), default="updated", show_default=True)
@click.option(
    "--order",
    type=click.Choice(["down", "up"]),
    default="down",
    show_default=True,
    help="Down is newest first, or from A; up is the other way round.",
)
@limit_option
@click.option("--all", "everything", is_flag=True, help="All that match, however many.")
@json_option
@with_invocation
def list_(
    invocation: Invocation,
    filter_: str,
    sort: WorkSort,
    order: str,
    limit: int,
    everything: bool,
    as_json: bool,
) -> None:
    """List all that is yours in one table, finished and hidden included."""
    found = list(
        invocation.every(
            lambda size, cursor: api.work(limit=size, cursor=cursor, filter=filter_, sort=sort, order=order),
            None if everything else limit,
            "Reading your work",
        )
    )
    if as_json:
        print_json(found)
        return
    now = to_datetime(SystemClock().now())
    exact = not on_terminal()
    print_table(
        [
            Column("REF"),
            Column("STATE"),
            Column("CREATED" if exact else "AGE", right=not exact),
            Column("UPDATED", right=not exact),
            Column("WORKSPACE"),
            Column("TITLE", gives=True),
        ],
        [
            [
                item.ref,
                _state(item),
                when(item.created_at, now),
                when(item.updated_at, now),
                item.workspace or "-",
                item.title,
            ]
            for item in found
        ],
        empty="Nothing matches." if filter_ else "There is nothing yet.",
    )


@command.command("open")
@click.argument("ref", shell_complete=a_thing)
@json_option
@with_invocation
def open_(invocation: Invocation, ref: str, as_json: bool) -> None:
    """Say what REF is, where it leads, and how to open it."""
    kind, number = _parts(ref)
    item = invocation.send(api.one(kind, number))
    if as_json:
        print_json(item)
        return
    read_by = _READ_BY.get(item.type)
    print_parts(
        [
            ("Title", Cell(item.title, "bold")),
            ("State", _state(item)),
            ("Doing", item.doing or None),
            ("Since", local(item.since)),
            ("Link", item.link),
            ("Read it here", f"callboard {read_by} {item.id}" if read_by else None),
            ("In the app", f"callboard, among its {TYPES[item.type].section.lower()}"),
        ]
    )


@command.command()
@refs_argument
@filter_option
@yes_option
@json_option
@with_invocation
def hide(invocation: Invocation, refs: tuple[str, ...], filter_: str, yes: bool, as_json: bool) -> None:
    """Hide things from what is shown first. Notifications among them are dismissed.

    They stay in the table, and come back when they need you.
    """
    _act(invocation, "hide", refs, filter_, yes, as_json)


@command.command()
@refs_argument
@filter_option
@yes_option
@json_option
@with_invocation
def show(invocation: Invocation, refs: tuple[str, ...], filter_: str, yes: bool, as_json: bool) -> None:
    """Show again what was hidden, and bring dismissed notifications back."""
    _act(invocation, "show", refs, filter_, yes, as_json)


@command.command()
@click.argument("step", type=int, required=False)
@json_option
@with_invocation
def undo(invocation: Invocation, step: int | None, as_json: bool) -> None:
    """Take back your latest step, here or in the inbox, or the step of this number."""
    undone = invocation.send(api.undo(step))
    if as_json:
        print_json(undone)
    else:
        say(f"Undone: {undone.action} of {_things(undone.count)}.")


def _act(
    invocation: Invocation,
    action: WorkAction,
    refs: Sequence[str],
    filter_: str,
    yes: bool,
    as_json: bool,
) -> None:
    if bool(refs) == bool(filter_):
        raise click.UsageError(f"Say which: callboard work {action} REF..., or --filter FILTER.")
    named = ["{}/{}".format(*_parts(ref)) for ref in refs]
    if filter_ and not yes:
        _confirm(invocation, action, filter_)
    request = WorkActionRequest(action, named, filter_ or None)
    result = invocation.send(api.act(request), "Changing your work")
    if as_json:
        print_json(result)
    elif result.undo is None:
        say("Nothing to change.")
    else:
        say(
            f"{_DONE[action]}: {_things(len(result.changed))}. "
            f"Take it back with: callboard work undo {result.undo}"
        )


def _confirm(invocation: Invocation, action: WorkAction, filter_: str) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("With --filter, add --yes: there is nobody to ask here.")
    first = invocation.send(api.work(limit=_MOST_ASKED, filter=filter_))
    count = f"more than {_MOST_ASKED} things" if first.next else _things(len(first.items))
    click.confirm(f"{action} {count}?", abort=True, err=True)


def _print_sections(sidebar: Sidebar) -> None:
    shown = [section for section in sidebar.sections if section.count]
    if not shown:
        if on_terminal():
            say("Nothing needs you, and nothing is in progress.")
        return
    now = to_datetime(SystemClock().now())
    for place, section in enumerate(shown):
        if place:
            say()
        _print_section(section, now)


def _print_section(section: WorkSection, now: datetime) -> None:
    need = f", {section.needing} need{'s' if section.needing == 1 else ''} you" if section.needing else ""
    say(f"{TYPES[section.type].section}: {section.count}{need}")
    exact = not on_terminal()
    print_table(
        [
            Column("REF"),
            Column("STATE"),
            Column("SINCE" if exact else "FOR", right=not exact),
            Column("WORKSPACE"),
            Column("TITLE", gives=True),
            Column("DOING", gives=True),
        ],
        [
            [
                item.ref,
                _state(item),
                when(item.since, now),
                item.workspace or "-",
                item.title,
                item.doing or "-",
            ]
            for item in section.items
        ],
        empty="",
    )
    if section.count > len(section.items):
        more = shlex.join(["callboard", "work", "list", "--filter", f"type:{section.type} is:open"])
        say(f"and {section.count - len(section.items)} more: {more}")


def _state(item: WorkItem) -> Cell:
    """What is special about it, in words."""
    words = [item.state, *(["starred"] if item.starred else [])]
    if item.hidden and item.state != "dismissed":
        words.append("hidden")
    return Cell(" ".join(words), _STYLES.get(item.state, ""))


def _parts(ref: str) -> tuple[str, int]:
    """The type and the number of a thing, as it is typed or as its link has it."""
    kind, _, digits = ref.removeprefix("callboard:").partition("/")
    if kind not in get_args(WorkType) or not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise click.BadParameter(
            f"{ref!r} names nothing: write its type and its number, such as session/12.", param_hint="REF"
        )
    return kind, int(digits)


def _things(number: int) -> str:
    return "1 thing" if number == 1 else f"{number} things"
