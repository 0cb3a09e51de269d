"""`callboard service`: the systemd units, printed and not installed."""

import click

from core.units import for_one, for_team
from tui.cli.commands import command as a_command
from tui.cli.commands import json_option, with_invocation
from tui.cli.invocation import Invocation
from tui.cli.output import print_json, say


@a_command("service")
@click.option("--team", is_flag=True, help="A server for all members of a group, instead of one of your own.")
@json_option
@with_invocation
def command(invocation: Invocation, team: bool, as_json: bool) -> None:
    """Print the systemd units that run the server, and the commands that put them into service."""
    service = for_team() if team else for_one(invocation.home)
    if as_json:
        units = [{"path": str(unit.path), "text": unit.text} for unit in service.units]
        print_json({"units": units, "steps": service.steps})
        return
    for unit in service.units:
        say(f"# {unit.path}")
        say(unit.text.rstrip("\n"), multiline=True)
        say()
    say("# Then:")
    for step in service.steps:
        say(f"#   {step}")
