"""`callboard status`: how the server is."""

from core.api import server as api
from core.clock import SystemClock, to_datetime
from tui.cli.commands import command as a_command
from tui.cli.commands import json_option, with_invocation
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, local, print_json, print_parts
from tui.words.times import ago


@a_command("status")
@json_option
@with_invocation
def command(invocation: Invocation, as_json: bool) -> None:
    """Say how the server is; it is started when none runs."""
    status = invocation.send(api.status())
    if as_json:
        print_json(status)
        return
    since = ago(status.started_at, to_datetime(SystemClock().now()))
    print_parts(
        [
            ("Server", Cell(f"callboard {status.version}, process {status.pid}", "bold")),
            ("Home", status.home),
            ("Socket", status.socket),
            ("HTTP", status.http or "off"),
            ("Database", f"{status.engine}, schema {status.schema}"),
            ("Started", f"{local(status.started_at)} ({since})"),
            ("Events waiting", str(status.behind)),
            ("Apps connected", str(status.clients)),
        ]
    )
