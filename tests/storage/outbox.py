"""Deliveries for tests that need some in the outbox."""

from storage.deliveries import NewDeliveryRow
from storage.ids import ChannelId, EventSeq, Instant

CHANNEL = ChannelId(7)


def delivery(
    number: int, *, channel: int = CHANNEL, run_at: int = 0, state: str = "pending", **values: object
) -> NewDeliveryRow:
    """The one that the event of this number caused."""
    row = NewDeliveryRow(
        id=f"notif_{number}",
        external_id=None,
        event_seq=EventSeq(number),
        event_id=None,
        event="task:created",
        rule_id="all",
        rule_name="All",
        channel=f"channel {channel}",
        channel_type="webhook",
        channel_id=ChannelId(channel),
        workspace_id=None,
        private=False,
        title=f"Delivery {number}",
        body="",
        severity="info",
        sender_id=None,
        held_back=0,
        held_since=None,
        state=state,
        run_at=Instant(run_at),
        error=None,
        reason=None,
        created_at=Instant(run_at),
        fires_at=Instant(run_at),
        give_up_at=Instant(run_at + 1),
        settled_at=None,
    )
    return row._replace(**values)  # type: ignore[arg-type]
