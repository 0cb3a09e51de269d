"""`callboard filters`: lines of the filter language that a person has given names to."""

from collections.abc import Sequence
from typing import get_args

import click

from core.api import filters as api
from core.api.filters import FilteredList, SavedFilter, Saving
from tui.cli.commands import group, json_option, with_invocation
from tui.cli.completing import a_filter
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, print_json, print_table

LISTS = get_args(FilteredList)

list_option = click.option(
    "-l",
    "--list",
    "list_",
    type=click.Choice(LISTS),
    default="inbox",
    show_default=True,
    help="Which list it is for.",
)


@group("filters")
def command() -> None:
    """Give names to filters that you use again.

    A saved filter is used by its name with an @ in front:  callboard inbox list --filter @urgent
    """


@command.command("list")
@json_option
@with_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """List what you have saved, in its order."""
    _print(_saved(invocation), as_json)


@command.command()
@click.argument("name")
@click.argument("filter", metavar="FILTER")
@list_option
@json_option
@with_invocation
def save(invocation: Invocation, name: str, filter: str, list_: FilteredList, as_json: bool) -> None:
    """Save FILTER as NAME; what is saved under this name is replaced."""
    filters = _saved(invocation)
    new = SavedFilter(name.strip().removeprefix("@"), filter, list_)
    place = _place(filters, new.name, list_)
    if place is None:
        filters.append(new)
    else:
        filters[place] = new
    _keep(invocation, filters, as_json)


@command.command()
@click.argument("name", shell_complete=a_filter)
@list_option
@json_option
@with_invocation
def remove(invocation: Invocation, name: str, list_: FilteredList, as_json: bool) -> None:
    """Forget a saved filter."""
    filters = _saved(invocation)
    del filters[_known(filters, name, list_)]
    _keep(invocation, filters, as_json)


@command.command()
@click.argument("name", shell_complete=a_filter)
@click.argument("new_name")
@list_option
@json_option
@with_invocation
def rename(invocation: Invocation, name: str, new_name: str, list_: FilteredList, as_json: bool) -> None:
    """Give a saved filter another name."""
    filters = _saved(invocation)
    place = _known(filters, name, list_)
    filters[place] = SavedFilter(new_name.strip().removeprefix("@"), filters[place].filter, list_)
    _keep(invocation, filters, as_json)


def saved_filter(invocation: Invocation, command: str, text: str) -> str:
    """What `@name` stands for in the lists of this command; where none can be saved, it is a word like others."""
    if command not in LISTS:
        return text
    filters = _saved(invocation)
    return filters[_known(filters, text, command)].filter


def _saved(invocation: Invocation) -> list[SavedFilter]:
    return list(invocation.send(api.saved()).filters)


def _place(filters: Sequence[SavedFilter], name: str, list_: str) -> int | None:
    for place, one in enumerate(filters):
        if (one.name, one.list) == (name, list_):
            return place
    return None


def _known(filters: Sequence[SavedFilter], name: str, list_: str) -> int:
    place = _place(filters, name.strip().removeprefix("@"), list_)
    if place is None:
        names = ", ".join(f"@{one.name}" for one in filters if one.list == list_)
        there = f"there are {names}" if names else "callboard filters save NAME FILTER saves one"
        raise click.UsageError(f"You have saved no filter {name!r} for {list_}: {there}.")
    return place


def _keep(invocation: Invocation, filters: list[SavedFilter], as_json: bool) -> None:
    _print(invocation.send(api.save(Saving(filters))).filters, as_json)


def _print(filters: Sequence[SavedFilter], as_json: bool) -> None:
    if as_json:
        print_json(filters)
        return
    print_table(
        [Column("LIST"), Column("NAME", gives=True), Column("FILTER", gives=True)],
        [[one.list, Cell(f"@{one.name}", "bold"), one.filter] for one in filters],
        empty="No filter is saved: save one with callboard filters save NAME FILTER.",
    )
