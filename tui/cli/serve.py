"""`callboard serve`: the server, in front."""

import click

from tui.cli.commands import command as a_command
from tui.cli.commands import with_invocation
from tui.cli.config import settings_of
from tui.cli.invocation import Invocation


@a_command("serve")
@click.option(
    "--http", metavar="HOST:PORT", help="Open the TCP door here, for API keys, whatever the configuration says."
)
@with_invocation
def command(invocation: Invocation, http: str | None) -> int:
    """Run the home's server until it is told to stop; it says `ready` when it accepts."""
    if invocation.socket_option is not None:
        raise click.UsageError("A server makes the socket of its own home: leave --socket out.")
    settings_of(invocation.home)
    from core import server

    return server.run(invocation.home, http=http)
