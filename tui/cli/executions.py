"""`callboard executions`: what automations did, and why they did not."""

from collections.abc import Sequence
from datetime import datetime

import click

from core.api import automations as api
from core.api.automations import Execution
from core.clock import SystemClock, to_datetime
from tui.cli.commands import group, json_option, listing, with_invocation
from tui.cli.invocation import Invocation
from tui.cli.output import Cell, Column, Style, local, on_terminal, print_json, print_parts, print_table, when

STYLES: dict[str, Style] = {
    "running": "cyan",
    "succeeded": "green",
    "failed": "red",
    "cancelled": "yellow",
    "interrupted": "yellow",
    "skipped": "yellow",
    "missed": "yellow",
    "superseded": "dim",
    "disabled": "dim",
}


@group("executions")
def command() -> None:
    """Every occurrence of every automation, as a run or as the reason why there was none."""


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List executions, newest first.

    \b
    callboard executions list -f 'automation:3 outcome:skipped,missed since:7d'
    """
    print_executions(invocation, filter_, limit, as_json)


@command.command()
@click.argument("id", type=click.IntRange(1))
@json_option
@with_invocation
def show(invocation: Invocation, id: int, as_json: bool) -> None:
    """Show one execution."""
    found = invocation.send(api.execution(id))
    if as_json:
        print_json(found)
    else:
        print_execution(found)


def print_executions(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    found = list(
        invocation.every(lambda size, cursor: api.executions(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("ID", right=True),
            Column("AGE", right=True) if on_terminal() else Column("AT"),
            Column("AUTOMATION", gives=True),
            Column("TRIGGER"),
            Column("BY"),
            Column("DUE"),
            Column("OUTCOME"),
            Column("SESSION", right=True),
            Column("REASON", gives=True),
        ],
        [_row(each, now) for each in found],
        empty="Nothing has run yet.",
    )


def print_execution(execution: Execution) -> None:
    print_parts(
        [
            ("Id", str(execution.id)),
            ("Automation", Cell(f"{execution.automation_name} ({execution.automation})", "bold")),
            ("Workspace", execution.workspace),
            ("Trigger", execution.trigger or "unknown"),
            ("Run by", execution.actor),
            ("Token", execution.fingerprint),
            ("Due", local(execution.scheduled_for)),
            ("Started", local(execution.started_at)),
            ("Finished", local(execution.finished_at)),
            ("Outcome", _outcome(execution)),
            ("Reason", execution.reason or None),
            ("Missed runs", str(execution.missed_count) if execution.missed_count else None),
            ("Iteration", None if execution.iteration is None else str(execution.iteration)),
            ("Session", None if execution.session is None else str(execution.session)),
        ]
    )


def _row(execution: Execution, now: datetime) -> Sequence[str | Cell]:
    return [
        str(execution.id),
        when(execution.created_at, now),
        Cell(execution.automation_name, "bold"),
        execution.trigger or "unknown",
        execution.actor or execution.fingerprint or "-",
        when(execution.scheduled_for, now) or "-",
        _outcome(execution),
        "-" if execution.session is None else str(execution.session),
        execution.reason or "-",
    ]


def _outcome(execution: Execution) -> Cell:
    said = execution.outcome or ("running" if execution.started_at else "waiting")
    return Cell(said, STYLES.get(said, ""))
