"""Deliveries as they are seen: rows in the shape of the wire."""

from collections.abc import Sequence
from typing import cast

from core.api.deliveries import Attempt, Delivery, DeliveryStats, DeliveryStatus
from core.api.inbox import Severity
from core.clock import maybe_datetime, to_datetime
from storage import people, standings
from storage.database import Connection
from storage.delivery_counts import Counts
from storage.delivery_lists import AttemptRow, DeliveryRow
from storage.ids import ChannelId, Instant

_UNDER_WAY = "under way"


def shown_deliveries(connection: Connection, rows: Sequence[DeliveryRow]) -> list[Delivery]:
    slugs = people.slugs(connection, {row.workspace_id for row in rows if row.workspace_id is not None})
    names = people.names(connection, {row.sender_id for row in rows if row.sender_id is not None})
    waiting = {row.channel_id for row in rows if row.state == "pending" and row.channel_id is not None}
    pauses = {channel: _paused_until(connection, channel) for channel in waiting}
    return [
        Delivery(
            id=row.id,
            status=cast(DeliveryStatus, row.state),
            channel=row.channel,
            channel_type=row.channel_type,
            rule_id=row.rule_id,
            rule_name=row.rule_name,
            event=row.event,
            event_id=row.event_id,
            workspace=None if row.workspace_id is None else slugs.get(row.workspace_id),
            title=row.title,
            body=row.body,
            severity=cast(Severity, row.severity),
            attempts=row.attempt,
            error=row.error,
            reason=row.reason,
            sender=None if row.sender_id is None else names.get(row.sender_id),
            scheduled_at=to_datetime(row.created_at),
            fires_at=to_datetime(row.fires_at),
            next_attempt_at=maybe_datetime(_next_attempt(row, pauses)),
            settled_at=maybe_datetime(row.settled_at),
        )
        for row in rows
    ]


def shown_attempts(rows: Sequence[AttemptRow]) -> list[Attempt]:
    return [
        Attempt(
            number=row.number,
            began_at=to_datetime(row.began_at),
            took_ms=row.took_ms,
            outcome=row.outcome or _UNDER_WAY,
            sentence=row.sentence,
        )
        for row in rows
    ]


def shown_stats(counts: Counts) -> DeliveryStats:
    return DeliveryStats(total=sum(counts), **counts._asdict())


def _next_attempt(row: DeliveryRow, pauses: dict[ChannelId, Instant]) -> Instant | None:
    """Of one that waits: not of one that is under way, whose end nobody knows."""
    if row.state != "pending" or row.lease_token is not None:
        return None
    pause = 0 if row.channel_id is None else pauses.get(row.channel_id, 0)
    return Instant(max(row.run_at, pause))


def _paused_until(connection: Connection, channel: ChannelId) -> Instant:
    found = standings.of(connection, channel)
    return Instant(0) if found is None or found.paused_until is None else found.paused_until
