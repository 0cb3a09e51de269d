"""`callboard audit`: the record of who did what."""

import json

from core.api import people as api
from core.clock import SystemClock, to_datetime
from tui.cli.commands import command as a_command
from tui.cli.commands import listing
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, on_terminal, print_json, print_table, when


@a_command("audit")
@listing
def command(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """Show who did what to which thing, newest first, refused attempts included."""
    records = list(
        invocation.every(lambda size, cursor: api.audit(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(records)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("ID", right=True),
            Column("AGE", right=True) if on_terminal() else Column("AT"),
            Column("WHO"),
            Column("VIA"),
            Column("DID"),
            Column("TO WHAT", gives=True),
            Column("OUTCOME"),
            Column("DETAIL", gives=True),
        ],
        [
            [
                str(record.id),
                when(record.at, now),
                Cell(record.actor, "bold"),
                record.via,
                record.action,
                record.target or "-",
                Cell(record.outcome, "red" if record.outcome == "refused" else ""),
                json.dumps(record.detail, ensure_ascii=False) if record.detail else "-",
            ]
            for record in records
        ],
        empty="Nothing is recorded yet.",
    )
