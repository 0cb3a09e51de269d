"""What workers make of deliveries: which channels have some waiting, attempts and their ends, and what is given
up."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from storage.channels import channels
from storage.deliveries import CLAIMS, DueRow, delivery_attempts
from storage.deliveries import deliveries as outbox
from storage.events import events
from storage.ids import ChannelId, DeliveryId, EventSeq, Instant
from storage.standings import STANDING, Standing, made_of

INTERRUPTED = "interrupted"
"""How an attempt ended whose server did not come back from it."""

_FAILURES = ("transient", "ambiguous", INTERRUPTED)


class Waiting(NamedTuple):
    """A channel for which something is pending, and when the first of it is due."""

    standing: Standing
    due: Instant


class Subject(NamedTuple):
    """What the event of a delivery was about."""

    payload: str
    mission_id: str | None
    ticket_id: str | None


class EndedAttempt(NamedTuple):
    """How an attempt ended."""

    seq: DeliveryId
    number: int
    outcome: str
    took_ms: int | None
    sentence: str


_pending = outbox.c.state == literal_column("'pending'")


def _waiting(pending: ColumnElement[bool]) -> Select[Any]:
    """The channels for which something is pending, found by a step for each, however much is pending."""
    lowest = select(func.min(outbox.c.channel_id).label("id"))
    first = lowest.where(pending).cte("waiting", recursive=True)
    following = lowest.where(pending, outbox.c.channel_id > first.c.id).correlate(first).scalar_subquery()
    some = first.union_all(select(following).where(first.c.id.is_not(None)))
    due = select(func.min(outbox.c.run_at)).where(_pending, outbox.c.channel_id == some.c.id)
    return (
        select(some.c.id, *STANDING, due.correlate(some).scalar_subquery())
        .select_from(some.outerjoin(channels, channels.c.id == some.c.id))
        .where(some.c.id.is_not(None))
    )


_WAITING = {"sqlite": _waiting(func.likely(_pending)), "postgresql": _waiting(_pending)}
"""SQLite would go by the state instead of by the channel, if it were not told that many have this one."""
_ANY_NOWHERE = (
    select(outbox.c.seq).where(_pending, outbox.c.channel_id.is_(None)).order_by(outbox.c.run_at).limit(1)
)
_ROWS = select(*(outbox.c[name] for name in DueRow._fields))
_OF_CHANNEL = _ROWS.where(_pending, outbox.c.channel_id == bindparam("channel"))
_past = and_(
    _pending,
    outbox.c.channel_id == bindparam("channel"),
    outbox.c.run_at <= bindparam("now"),
    outbox.c.give_up_at <= bindparam("now"),
)
_ANY_PAST = select(outbox.c.seq).where(_past).limit(1)
_PAST = _ROWS.where(_past).limit(bindparam("limit")).with_for_update(skip_locked=True)
_ALL_OF = (
    _OF_CHANNEL.where(or_(outbox.c.lease_token.is_(None), outbox.c.run_at <= bindparam("now")))
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NOWHERE = (
    _ROWS.where(_pending, outbox.c.channel_id.is_(None))
    .order_by(outbox.c.run_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_GIVE_UP = (
    update(outbox)
    .where(outbox.c.seq == bindparam("of_seq"), _pending)
    .values(
        state="failed",
        error=bindparam("said"),
        settled_at=bindparam("now"),
        lease_token=None,
        leased_by=None,
    )
)
_INTERRUPT = (
    update(delivery_attempts)
    .where(
        delivery_attempts.c.delivery_seq.in_(bindparam("seqs", expanding=True)),
        delivery_attempts.c.outcome.is_(None),
    )
    .values(outcome=INTERRUPTED, sentence=bindparam("said"))
)
_BEGIN = insert(delivery_attempts).inline()
_END = (
    update(delivery_attempts)
    .where(
        delivery_attempts.c.delivery_seq == bindparam("of_seq"),
        delivery_attempts.c.number == bindparam("of_number"),
    )
    .values(outcome=bindparam("ended"), took_ms=bindparam("took"), sentence=bindparam("said"))
)
_FORGET = delete(delivery_attempts).where(
    delivery_attempts.c.delivery_seq.in_(bindparam("seqs", expanding=True)), delivery_attempts.c.outcome.is_(None)
)
_FAILED_BEFORE = (
    select(delivery_attempts.c.delivery_seq, func.count())
    .where(
        delivery_attempts.c.delivery_seq.in_(bindparam("seqs", expanding=True)),
        delivery_attempts.c.outcome.in_(_FAILURES),
    )
    .group_by(delivery_attempts.c.delivery_seq)
)
_BE_LATE = (
    update(outbox)
    .where(outbox.c.seq.in_(bindparam("seqs", expanding=True)), outbox.c.reason.is_(None))
    .values(reason=bindparam("said"), give_up_at=bindparam("until"))
)
_SUBJECTS = select(events.c.seq, *(events.c[name] for name in Subject._fields)).where(
    events.c.seq.in_(bindparam("seqs", expanding=True))
)
_TAKE_OVER = update(outbox).where(_pending, outbox.c.lease_token.is_not(None)).values(run_at=bindparam("now"))


def waiting(connection: Connection) -> list[Waiting]:
    """The channels for which something is pending."""
    return [Waiting(made_of(row[:-1]), row[-1]) for row in connection.execute(_WAITING[connection.dialect.name])]


def any_nowhere(connection: Connection) -> bool:
    """Whether anything is pending for a channel that there never was."""
    return connection.execute(_ANY_NOWHERE).first() is not None


def begin(connection: Connection, rows: Sequence[DueRow], now: Instant, interrupted: str) -> None:
    """Note that these are attempted now. Of an attempt that was under way, `interrupted` is said."""
    again = [row.seq for row in rows if row.lease_token is not None]
    if again:
        connection.execute(_INTERRUPT, {"seqs": again, "said": interrupted})
    values = [{"delivery_seq": row.seq, "number": row.attempt, "began_at": now} for row in rows]
    connection.execute(_BEGIN, values)


def be_late(connection: Connection, seqs: Collection[DeliveryId], reason: str, until: Instant) -> None:
    """Say of these why they are late, where nothing is said of them yet, and try them until then."""
    connection.execute(_BE_LATE, {"seqs": list(seqs), "said": reason, "until": until})


def end_attempts(connection: Connection, ended: Sequence[EndedAttempt]) -> None:
    """Write how these attempts ended."""
    connection.execute(
        _END,
        [
            {
                "of_seq": one.seq,
                "of_number": one.number,
                "ended": one.outcome,
                "took": one.took_ms,
                "said": one.sentence,
            }
            for one in ended
        ],
    )


def failures(connection: Connection, seqs: Collection[DeliveryId]) -> dict[DeliveryId, int]:
    """How many attempts of each of these did not work, those aside that were told to come back later."""
    return {DeliveryId(row[0]): row[1] for row in connection.execute(_FAILED_BEFORE, {"seqs": list(seqs)})}


def give_back(connection: Connection, seqs: Sequence[DeliveryId], token: str, now: Instant) -> None:
    """Let others have what was not begun; its attempts do not count."""
    connection.execute(_FORGET, {"seqs": list(seqs)})
    CLAIMS.release(connection, seqs, token, now)


def take_over(connection: Connection, now: Instant) -> int:
    """Free what is leased: for the one who knows that nobody else is at work."""
    return connection.execute(_TAKE_OVER, {"now": now}).rowcount


def any_past(connection: Connection, channel: ChannelId, now: Instant) -> bool:
    """Whether anything that waits for the channel has waited long enough."""
    return connection.execute(_ANY_PAST, {"channel": channel, "now": now}).first() is not None


def past(connection: Connection, channel: ChannelId, now: Instant, limit: int) -> list[DueRow]:
    """What waits for a channel that does not work, and has waited long enough."""
    return _due(connection, _PAST, {"channel": channel, "now": now, "limit": limit})


def all_of(connection: Connection, channel: ChannelId, now: Instant, limit: int) -> list[DueRow]:
    """What waits for a channel, and is not under way."""
    return _due(connection, _ALL_OF, {"channel": channel, "now": now, "limit": limit})


def nowhere(connection: Connection, limit: int) -> list[DueRow]:
    """What waits for a channel that there never was."""
    return _due(connection, _NOWHERE, {"limit": limit})


def give_up(connection: Connection, seqs: Sequence[DeliveryId], error: str, now: Instant) -> None:
    """These failed without another attempt."""
    connection.execute(_GIVE_UP, [{"of_seq": seq, "said": error, "now": now} for seq in seqs])


def subjects(connection: Connection, seqs: Collection[EventSeq]) -> dict[EventSeq, Subject]:
    """What these events were about, as far as they are kept."""
    if not seqs:
        return {}
    found = connection.execute(_SUBJECTS, {"seqs": list(seqs)})
    return {EventSeq(row[0]): Subject(*row[1:]) for row in found}


def _due(
    connection: Connection, statement: Select[tuple[object, ...]], values: Mapping[str, object]
) -> list[DueRow]:
    return [DueRow._make(row) for row in connection.execute(statement, values)]
