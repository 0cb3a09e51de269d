"""`callboard rules`: when an event goes out, and to where."""

from tui.cli.commands import group
from tui.cli.rules_offline import check, replay_


@group("rules")
def command() -> None:
    """When an event goes out, and to where."""


command.add_command(check)
command.add_command(replay_)
