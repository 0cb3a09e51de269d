"""`callboard deliveries`: what went out to channels, what waits, and what failed."""

from collections.abc import Sequence
from datetime import datetime

import click

from core.api import deliveries as api
from core.api.deliveries import Attempt, Delivery, DeliveryDetail, DeliveryStats
from core.clock import SystemClock, to_datetime
from tui.cli.commands import group, json_option, listing, with_invocation
from tui.cli.completing import a_delivery, a_workspace
from tui.cli.invocation import Invocation
from tui.cli.output import (
    Cell,
    Column,
    Style,
    local,
    on_terminal,
    print_json,
    print_parts,
    print_table,
    say,
    when,
)

STYLES: dict[str, Style] = {
    "pending": "cyan",
    "sent": "green",
    "failed": "red",
    "dropped": "dim",
    "cancelled": "dim",
}
_SEVERITIES: dict[str, Style] = {"critical": "red", "warning": "yellow"}

_id = click.argument("id", shell_complete=a_delivery)


@group("deliveries")
def command() -> None:
    """What went out to channels, what waits, and what failed."""


@command.command("list")
@listing
def list_(invocation: Invocation, filter_: str, limit: int, as_json: bool) -> None:
    """List deliveries, newest first.

    \b
    callboard deliveries list -f 'status:failed since:7d'
    callboard deliveries list -f 'channel:ops rule:direct'
    """
    found = list(
        invocation.every(lambda size, cursor: api.deliveries(limit=size, cursor=cursor, filter=filter_), limit)
    )
    if as_json:
        print_json(found)
        return
    now = to_datetime(SystemClock().now())
    print_table(
        [
            Column("ID"),
            Column("AGE", right=True) if on_terminal() else Column("AT"),
            Column("STATUS"),
            Column("CHANNEL"),
            Column("RULE"),
            Column("TRIES", right=True),
            Column("NEXT"),
            Column("TITLE", gives=True),
            Column("WHY", gives=True),
        ],
        [_row(each, now) for each in found],
        empty="Nothing was sent yet.",
    )


@command.command()
@_id
@json_option
@with_invocation
def show(invocation: Invocation, id: str, as_json: bool) -> None:
    """Show one delivery, with all that was tried."""
    found = invocation.send(api.delivery(id))
    if as_json:
        print_json(found)
    else:
        _print(found)


@command.command()
@_id
@json_option
@with_invocation
def retry(invocation: Invocation, id: str, as_json: bool) -> None:
    """Send again what failed, or was dropped or cancelled; at once, what is pending."""
    _said(invocation.send(api.retry(id)), "It is sent again.", as_json)


@command.command()
@_id
@json_option
@with_invocation
def cancel(invocation: Invocation, id: str, as_json: bool) -> None:
    """Take back what is pending."""
    _said(invocation.send(api.cancel(id)), "It is not sent.", as_json)


@command.command()
@click.option(
    "-w", "--workspace", metavar="SLUG", shell_complete=a_workspace, help="Only those of this workspace."
)
@json_option
@with_invocation
def stats(invocation: Invocation, workspace: str | None, as_json: bool) -> None:
    """Count deliveries by what became of them."""
    found: DeliveryStats = invocation.send(api.stats(workspace) if workspace else api.delivery_stats())
    if as_json:
        print_json(found)
        return
    print_parts([(name.capitalize(), f"{getattr(found, name):,}") for name in DeliveryStats.__struct_fields__])


def _said(delivery: Delivery, sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(delivery)
    else:
        say(sentence)


def _print(found: DeliveryDetail) -> None:
    delivery = found.delivery
    print_parts(
        [
            ("Id", delivery.id),
            ("Status", Cell(delivery.status, STYLES.get(delivery.status, ""))),
            ("Title", Cell(delivery.title, "bold")),
            ("Severity", Cell(delivery.severity, _SEVERITIES.get(delivery.severity, ""))),
            ("Channel", f"{delivery.channel} ({delivery.channel_type})"),
            ("Rule", f"{delivery.rule_name} ({delivery.rule_id})"),
            ("Event", delivery.event),
            ("Event id", delivery.event_id),
            ("Workspace", delivery.workspace),
            ("Sent by", delivery.sender),
            ("Accepted", local(delivery.scheduled_at)),
            ("Due", local(delivery.fires_at)),
            ("Next try", local(delivery.next_attempt_at)),
            ("Settled", local(delivery.settled_at)),
            ("Error", delivery.error),
            ("Reason", delivery.reason),
        ]
    )
    say()
    say(delivery.body, multiline=True)
    if found.attempts:
        say()
        print_table(
            [
                Column("TRY", right=True),
                Column("AT"),
                Column("TOOK", right=True),
                Column("OUTCOME"),
                Column("SAID"),
            ],
            [_attempt(attempt) for attempt in found.attempts],
            empty="",
        )


def _attempt(attempt: Attempt) -> Sequence[str | Cell]:
    return [
        str(attempt.number),
        local(attempt.began_at) or "-",
        "-" if attempt.took_ms is None else f"{attempt.took_ms:,} ms",
        attempt.outcome,
        attempt.sentence or "-",
    ]


def _row(delivery: Delivery, now: datetime) -> Sequence[str | Cell]:
    return [
        delivery.id,
        when(delivery.scheduled_at, now),
        Cell(delivery.status, STYLES.get(delivery.status, "")),
        delivery.channel,
        delivery.rule_id,
        str(delivery.attempts),
        when(delivery.next_attempt_at, now) or "-",
        Cell(delivery.title, "bold"),
        delivery.error or delivery.reason or "-",
    ]
