"""Notifications as `callboard inbox list` prints them: one table, or one for each group."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from msgspec import Struct

from core.api import inbox as api
from core.api.inbox import InboxGrouping, InboxItem
from core.clock import SystemClock, to_datetime
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, Style, on_terminal, print_json, print_table, say, when
from tui.words.times import day_named

GROUPINGS: tuple[InboxGrouping, ...] = get_args(InboxGrouping)
SEVERITY: dict[str, Style] = {"critical": "red", "warning": "yellow", "info": ""}
_PAGE = 200


class Group(Struct, frozen=True):
    """Notifications that belong together: of one day, from one source, of one severity; or all starred ones."""

    group: str
    items: list[InboxItem]


def groups_of(invocation: Invocation, filter_: str, by: InboxGrouping, most: int | None) -> list[Group]:
    """What matches, the first `most` of it, in groups."""
    index = invocation.send(api.index(filter_, by), "Reading the inbox")
    wanted = index.ids[:most]
    items: dict[int, InboxItem] = {}
    for start in range(0, len(wanted), _PAGE):
        page = invocation.send(api.these(wanted[start : start + _PAGE], filter_), "Reading the inbox")
        items |= {item.id: item for item in page.items}
    found, start = [], 0
    for key, count in [("starred", index.starred), *((group.key, group.count) for group in index.groups)]:
        some = [items[number] for number in wanted[start : start + count] if number in items]
        start += count
        if some:
            found.append(Group(key, some))
    return found


def print_groups(groups: Sequence[Group], as_json: bool) -> None:
    if as_json:
        print_json(groups)
        return
    for place, group in enumerate(groups):
        if place:
            say()
        say(f"{_named(group.group)} ({len(group.items)})")
        print_items(group.items, "")
    if not groups and on_terminal():
        say("Nothing matches.")


def print_items(items: Sequence[InboxItem], nothing: str) -> None:
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
        empty=nothing,
    )


def _named(key: str) -> str:
    """A day in words where a person reads it."""
    if not on_terminal():
        return key
    try:
        return day_named(key, to_datetime(SystemClock().now()).astimezone().date())
    except ValueError:
        return key.capitalize() if key.isalpha() else key


def _row(item: InboxItem, now: datetime) -> list[str | Cell]:
    emphasis: Style = "bold" if item.read_at is None else ""
    return [
        str(item.id),
        _state(item, now),
        Cell(item.severity, SEVERITY[item.severity]),
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
