"""`callboard costs`: what sessions have cost."""

import click

from core.api import costs as api
from core.api.costs import Cost, Grouping
from tui.cli.commands import command as a_command
from tui.cli.commands import listing
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, print_json, print_table

_GROUPINGS = ("month", "workspace", "session", "ticket", "provider", "automation")


@a_command("costs")
@click.option("--by", type=click.Choice(_GROUPINGS), default="month", show_default=True, help="Sum by this.")
@listing
def command(invocation: Invocation, by: Grouping, filter_: str, limit: int, as_json: bool) -> None:
    """Show what sessions have cost, in dollars; months are of UTC.

    Where a turn's cost is not known it is not counted as 0: the column UNKNOWN says of how many that is so. A
    filter is one line of terms, such as:  workspace:shop provider:codex since:30d
    """
    found = list(
        invocation.every(lambda size, cursor: api.costs(by, limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    print_table(
        [
            Column(by.upper(), gives=True),
            Column("COST", right=True),
            Column("TURNS", right=True),
            Column("UNKNOWN", right=True),
            Column("READ", right=True),
            Column("WRITTEN", right=True),
        ],
        [
            [
                Cell(cost.group, "bold"),
                _money(cost),
                str(cost.turns),
                Cell(str(cost.unmetered), "yellow" if cost.unmetered else "dim"),
                _tokens(cost.input_tokens),
                _tokens(cost.output_tokens),
            ]
            for cost in found
        ],
        empty="Nothing matches." if filter_ else "Nothing has been charged yet.",
    )


def _money(cost: Cost) -> str | Cell:
    return Cell("unknown", "yellow") if cost.cost is None else f"${cost.cost:.4f}"


def _tokens(count: int | None) -> str:
    return "unknown" if count is None else str(count)
