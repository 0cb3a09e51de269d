"""`callboard doctor`: what may be wrong with the home and the machine, without a server."""

from core.doctor import State, examine
from tui.cli.commands import command as a_command
from tui.cli.commands import json_option, with_invocation
from tui.cli.errors import DONE, FAILED
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, Row, Style, print_json, print_table, say
from tui.cli.progress import waiting

_STYLES: dict[State, Style] = {"ok": "green", "warn": "yellow", "fail": "red"}


@a_command("doctor")
@json_option
@with_invocation
def command(invocation: Invocation, as_json: bool) -> int:
    """Look for what is wrong with the home, and say how to mend it.

    The exit code is 1 when something fails; a warning alone is none.
    """
    with waiting("Looking"):
        checks = examine(invocation.home, invocation.named_socket)
    if as_json:
        print_json(checks)
    else:
        rows: list[Row] = [[Cell(each.state, _STYLES[each.state]), each.name, each.said] for each in checks]
        print_table([Column("STATE"), Column("CHECK"), Column("FOUND")], rows, empty="")
        for each in checks:
            if each.advice:
                say(f"{each.name}: {each.advice}")
    return FAILED if any(each.state == "fail" for each in checks) else DONE
