"""`callboard inbox tidy`: what is old enough to be cleared away, and to clear it away now."""

import threading
from datetime import datetime

import click
from msgspec.structs import asdict

from core.api import inbox as api
from core.api.inbox import Leaving, RetentionPlan, RetentionState, Tidying
from core.clock import SystemClock, to_datetime
from tui.cli.commands import Command, json_option, with_invocation
from tui.cli.invocation import Invocation
from tui.cli.output import Column, local, print_json, print_table, say, when

_PAUSE = 0.5


@click.command(cls=Command)
@click.option("--dry-run", is_flag=True, help="Only say what would go now, in a week and in a month.")
@json_option
@with_invocation
def tidy(invocation: Invocation, dry_run: bool, as_json: bool) -> None:
    """Clear away what is old, as it happens daily by itself.

    Read notifications stay 30 days, others 90, starred ones for good, unless the configuration says otherwise. To
    clear away now is for admins; what would go, anybody can see of their own.
    """
    if dry_run:
        _foretell(invocation, as_json)
        return
    state = invocation.send(api.tidy(), "Clearing away")
    while state.running:
        threading.Event().wait(_PAUSE)
        state = invocation.send(api.retention(), "Clearing away")
    if as_json:
        print_json(state)
    elif state.last is not None:
        say(f"Cleared away: {_removed(state.last)}.")


def _foretell(invocation: Invocation, as_json: bool) -> None:
    plan, state = invocation.send(api.retention_plan()), invocation.send(api.retention())
    if as_json:
        print_json({**asdict(plan), **asdict(state)})
        return
    now = to_datetime(SystemClock().now())
    rows = [_row("yours", leaving, now) for leaving in plan.own]
    rows += [_row("everybody's", leaving, now) for leaving in plan.home or ()]
    print_table(
        [
            Column("WHOSE"),
            Column("WITHIN"),
            Column("READ", right=True),
            Column("UNREAD", right=True),
            Column("OLDEST", right=True),
        ],
        rows,
        empty="",
    )
    say(_explained(plan))
    say(_last(state))


def _row(whose: str, leaving: Leaving, now: datetime) -> list[str]:
    within = f"{leaving.days} days" if leaving.days else "now"
    return [whose, within, str(leaving.read), str(leaving.unread), when(leaving.oldest, now) or "-"]


def _explained(plan: RetentionPlan) -> str:
    return f"Read ones stay {plan.read_days} days, others {plan.unread_days}; starred ones stay for good."


def _last(state: RetentionState) -> str:
    if state.running:
        return "Old ones are being cleared away now."
    if state.last is None:
        return "Nothing has been cleared away yet."
    when_it_was = local(state.last.began_at)
    if state.last.removed is None:
        return f"The last time was {when_it_was}."
    return f"The last time, {when_it_was}: {_removed(state.last)}."


def _removed(tidying: Tidying) -> str:
    return (
        ", ".join(f"{count:,} {what}" for what, count in (tidying.removed or {}).items())
        or "nothing was old enough"
    )
