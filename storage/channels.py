"""Channels: those that were made over the API with their settings, and of all of them how they do."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.deliveries import NewDeliveryRow, deliveries, delivery_attempts, delivery_days, insert_many
from storage.ids import ChannelId, Instant
from storage.metadata import Serial, metadata

channels = Table(
    "channels",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("type", String(16), nullable=False),
    Column("source", String(8), nullable=False),  # file, api
    Column("settings", Text, nullable=False, server_default="{}"),  # of one from a file, these are in the file
    Column("present", Boolean, nullable=False, server_default="1"),  # of one from a file: it still names it
    Column("disabled_at", BigInteger),
    Column("disabled_reason", Text),
    Column("paused_until", BigInteger),
    Column("pause_reason", Text),
    Column("last_state", String(8)),
    Column("last_at", BigInteger),
    Column("last_error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)


class ChannelRow(NamedTuple):
    """A channel, as stored."""

    id: ChannelId
    name: str
    type: str
    source: str
    settings: str
    disabled_at: Instant | None
    disabled_reason: str | None
    paused_until: Instant | None
    pause_reason: str | None
    last_state: str | None
    last_at: Instant | None
    last_error: str | None
    created_at: Instant
    updated_at: Instant


class DayRow(NamedTuple):
    """What became of a channel's deliveries on one day."""

    channel_id: ChannelId
    day: str
    sent: int
    failed: int
    dropped: int


_CHANNEL = select(*(channels.c[name] for name in ChannelRow._fields))
_PRESENT = _CHANNEL.where(channels.c.present.is_(True)).order_by(channels.c.name)
_BY_NAME = _CHANNEL.where(channels.c.present.is_(True), channels.c.name == bindparam("name"))
_STAMP = select(func.count(), func.max(channels.c.updated_at)).where(channels.c.source == "api")
_ADD = insert_unless_there(channels)
_CHANGE = update(channels).where(channels.c.id == bindparam("channel"))
_REMOVE = delete(channels).where(channels.c.id == bindparam("channel"))
_REMOVE_DAYS = delete(delivery_days).where(delivery_days.c.channel_id == bindparam("channel"))
_GONE = (
    update(channels)
    .where(
        channels.c.source == "file",
        channels.c.present.is_(True),
        channels.c.name.not_in(bindparam("names", expanding=True)),
    )
    .values(present=False, updated_at=bindparam("now"))
)
_PENDING = (
    select(deliveries.c.channel_id, func.count())
    .where(deliveries.c.state == "pending", deliveries.c.channel_id.in_(bindparam("ids", expanding=True)))
    .group_by(deliveries.c.channel_id)
)
_SEQ = select(deliveries.c.seq).where(deliveries.c.id == bindparam("id"))
_SETTLE = update(deliveries).where(deliveries.c.id == bindparam("of_id"))
_ATTEMPTED = insert(delivery_attempts)
_DAYS = (
    select(*(delivery_days.c[name] for name in DayRow._fields))
    .where(
        delivery_days.c.channel_id.in_(bindparam("ids", expanding=True)),
        delivery_days.c.day >= bindparam("since"),
    )
    .order_by(delivery_days.c.day)
)


def present(connection: Connection) -> list[ChannelRow]:
    """All that there are, in the order of their names."""
    return sorted((ChannelRow._make(row) for row in connection.execute(_PRESENT)), key=lambda row: row.name)


def by_name(connection: Connection, name: str) -> ChannelRow | None:
    row = connection.execute(_BY_NAME, {"name": name}).one_or_none()
    return None if row is None else ChannelRow._make(row)


def stamp(connection: Connection) -> tuple[int, Instant]:
    """What changes with every change of a channel that was made over the API."""
    count, latest = connection.execute(_STAMP).one()
    return count, Instant(latest or 0)


def add(connection: Connection, name: str, kind: str, settings: str, now: Instant) -> ChannelId | None:
    """The new channel, made over the API; nothing where there is one of this name. It takes the place of one that
    the files named once, with what was sent by that."""
    values = {"type": kind, "source": "api", "settings": settings, "present": True, "updated_at": now}
    fresh = {"disabled_at": None, "disabled_reason": None, "paused_until": None, "pause_reason": None}
    statement = _ADD.values(name=name, created_at=now, **values).on_conflict_do_update(
        index_elements=[channels.c.name],
        set_={**values, **fresh, "created_at": now},
        where=channels.c.present.is_(False),
    )
    return connection.execute(statement.returning(channels.c.id)).scalar_one_or_none()


def change(connection: Connection, channel: ChannelId, values: Mapping[str, object]) -> None:
    connection.execute(_CHANGE.values(dict(values)), {"channel": channel})


def remove(connection: Connection, channel: ChannelId) -> None:
    """Forget a channel. What was sent by it stays."""
    connection.execute(_REMOVE_DAYS, {"channel": channel})
    connection.execute(_REMOVE, {"channel": channel})


def name_from_files(
    connection: Connection, found: Mapping[str, str], now: Instant, kept: Collection[str] = ()
) -> list[str]:
    """Let the channels of the files be these, each with its type; those that are kept stay, if they are there.
    The names that channels of the API have are answered, and stay theirs."""
    connection.execute(_GONE, {"names": [*found, *kept], "now": now})
    taken = []
    for name, kind in found.items():
        values = {"type": kind, "source": "file", "settings": "{}", "present": True}
        statement = _ADD.values(name=name, created_at=now, updated_at=now, **values).on_conflict_do_update(
            index_elements=[channels.c.name], set_=values, where=channels.c.source == "file"
        )
        if connection.execute(statement.returning(channels.c.id)).scalar_one_or_none() is None:
            taken.append(name)
    return taken


def pending(connection: Connection, ids: Collection[ChannelId]) -> dict[ChannelId, int]:
    """How much waits to be sent by each of these."""
    return {ChannelId(row[0]): row[1] for row in connection.execute(_PENDING, {"ids": list(ids)})}


def days(connection: Connection, ids: Collection[ChannelId], since: str) -> list[DayRow]:
    """What became of the deliveries of these, from that day on."""
    return [DayRow._make(row) for row in connection.execute(_DAYS, {"ids": list(ids), "since": since})]


def begin_test(connection: Connection, row: NewDeliveryRow) -> None:
    """Put a test into the history, as what it is if nobody comes back to say how it ended."""
    insert_many(connection, [row])


def end_test(
    connection: Connection,
    delivery: str,
    settled: Mapping[str, object],
    *,
    began_at: Instant,
    took_ms: int,
    outcome: str,
    sentence: str,
) -> None:
    """Say how a test ended, and that it was attempted once."""
    connection.execute(_SETTLE.values(attempt=1, **settled), {"of_id": delivery})
    attempt = {"number": 1, "began_at": began_at, "took_ms": took_ms, "outcome": outcome, "sentence": sentence}
    seq = connection.execute(_SEQ, {"id": delivery}).scalar_one()
    connection.execute(_ATTEMPTED, {"delivery_seq": seq, **attempt})
