"""`callboard events`: what was recorded in a workspace."""

import json

from core.api import events as api
from core.clock import SystemClock, to_datetime
from tui.cli.commands import group, listing
from tui.cli.emit import the_workspace, workspace_option
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, on_terminal, print_json, print_table, when


@group("events")
def command() -> None:
    """List what was recorded in a workspace."""


@command.command("list")
@workspace_option
@listing
def list_(invocation: Invocation, workspace: str | None, filter_: str, limit: int, as_json: bool) -> None:
    """List events, newest first."""
    slug = the_workspace(invocation, workspace)
    events = list(
        invocation.every(
            lambda size, cursor: api.page(slug, limit=size, cursor=cursor, filter=filter_),
            limit,
            "Reading events",
        )
    )
    if as_json:
        print_json(events)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("SEQ", right=True),
            Column("AGE", right=True) if on_terminal() else Column("RECORDED"),
            Column("EVENT"),
            Column("TICKET"),
            Column("DATA", gives=True),
        ],
        [
            [
                str(event.seq),
                when(event.recorded_at, now),
                Cell(event.event, "bold"),
                event.task_id or "-",
                json.dumps(event.data, ensure_ascii=False),
            ]
            for event in events
        ],
        empty="Nothing was recorded yet.",
    )
