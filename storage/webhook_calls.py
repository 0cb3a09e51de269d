"""What calls of webhooks were answered, so that the same call again is answered alike and runs nothing."""

from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    bindparam,
    delete,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_change

from storage.ids import AutomationId, Instant
from storage.metadata import metadata
from storage.prepared import Prepared

webhook_calls = Table(
    "webhook_calls",
    metadata,
    Column("automation_id", ForeignKey("automations.id", ondelete="CASCADE"), nullable=False),
    Column("delivery", String(200), nullable=False),  # the sender's own id of the call
    Column("at", BigInteger, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    PrimaryKeyConstraint("automation_id", "delivery"),
    Index("ix_webhook_calls_at", "at"),
)


class WebhookCallRow(NamedTuple):
    """A call, and what it was answered."""

    automation_id: AutomationId
    delivery: str
    at: Instant
    status: int
    answer: str


_KEY = [webhook_calls.c.automation_id, webhook_calls.c.delivery]
_ANSWERED = Prepared(
    select(*(webhook_calls.c[name] for name in WebhookCallRow._fields)).where(
        webhook_calls.c.automation_id == bindparam("automation"),
        webhook_calls.c.delivery == bindparam("delivery"),
        webhook_calls.c.at > bindparam("since"),
    )
)
_insertion = insert_or_change(webhook_calls)
_KEEP = Prepared(
    _insertion.values({name: bindparam(name) for name in WebhookCallRow._fields}).on_conflict_do_update(
        index_elements=["automation_id", "delivery"],
        set_={name: _insertion.excluded[name] for name in ("at", "status", "answer")},
    )
)
_OLD = webhook_calls.c.at <= bindparam("before")
_ANY_OLD = select(webhook_calls.c.at).where(_OLD).limit(1)
_DROP = delete(webhook_calls).where(
    tuple_(*_KEY).in_(select(*_KEY).where(_OLD).order_by(webhook_calls.c.at).limit(bindparam("limit")))
)


def answered(
    connection: Connection, automation: AutomationId, delivery: str, since: Instant
) -> WebhookCallRow | None:
    """What this call was answered, unless that is longer ago."""
    values = {"automation": automation, "delivery": delivery, "since": since}
    found = _ANSWERED.one(connection, values)
    return None if found is None else WebhookCallRow._make(found)


def keep(connection: Connection, row: WebhookCallRow) -> None:
    """From now on the call is answered so, whatever it was answered before."""
    _KEEP.run(connection, row._asdict()).close()


def any_old(connection: Connection, before: Instant) -> bool:
    return connection.execute(_ANY_OLD, {"before": before}).first() is not None


def drop_old(connection: Connection, before: Instant, limit: int) -> int:
    """Forget the oldest of what is that old, and say how many."""
    return connection.execute(_DROP, {"before": before, "limit": limit}).rowcount
