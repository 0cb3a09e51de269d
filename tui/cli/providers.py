"""`callboard providers`: the programs that run turns, and whether they can be used."""

import click

from core.api import providers as api
from core.api.providers import Provider
from tui.cli.commands import group, json_option, with_invocation
from tui.cli.errors import DONE, FAILED
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, print_json, print_parts, print_table


@group("providers")
def command() -> None:
    """List and test the programs that run turns."""


@command.command("list")
@json_option
@with_invocation
def list_(invocation: Invocation, as_json: bool) -> None:
    """List the providers, and whether each can be used here."""
    found = invocation.send(api.providers(), "Looking for the providers").items
    if as_json:
        print_json(found)
        return
    print_table(
        [Column("NAME"), Column("KIND"), Column("READY"), Column("DETAIL", gives=True)],
        [[Cell(each.name, "bold"), each.kind, _ready(each), each.detail] for each in found],
        empty="There are no providers.",
    )


@command.command()
@click.argument("name")
@json_option
@with_invocation
def test(invocation: Invocation, name: str, as_json: bool) -> int:
    """See whether a provider can be used; nothing is asked of a model."""
    found = invocation.send(api.test_provider(name), "Looking at the provider")
    if as_json:
        print_json(found)
    else:
        print_parts(
            [
                ("Name", Cell(found.name, "bold")),
                ("Kind", found.kind),
                ("Parser", found.parser),
                ("Models", " ".join(found.models) or "any"),
                ("Continues a conversation", "yes" if found.can_resume else "no"),
                ("Ready", _ready(found)),
                ("Detail", found.detail),
            ]
        )
    return DONE if found.ready else FAILED


def _ready(provider: Provider) -> Cell:
    if provider.ready is None:
        return Cell("?", "yellow")
    return Cell("yes", "green") if provider.ready else Cell("no", "dim")
