"""What went out, and what is to: as lists, one by one, sent again, and taken back.

What belongs to a workspace is for its members, what belongs to none for those who manage channels; a letter is
for its sender, its recipients, and those who manage channels. What tells of a session or an automation of others
is for whoever may read its event."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple, get_args

from msgspec import Raw

from core import filtering, paging
from core.api.deliveries import Delivery, DeliveryDetail, DeliveryQuery, DeliveryStats, DeliveryStatus
from core.api.wire import Page
from core.caller import Caller, Permission
from core.channels.delivering.backoff import PATIENCE
from core.channels.delivery_views import shown_attempts, shown_deliveries, shown_stats
from core.clock import Clock
from core.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.events.reading import closed
from core.filters import DELIVERY_FIELDS
from core.people import audit
from core.people.audit import Audit, HiddenError
from core.people.words import quoted
from core.people.workspaces import visible_workspace
from storage import changes, delivery_lists, standings
from storage.changes import NewChange
from storage.criterion import Criterion
from storage.database import Connection, Database
from storage.delivery_counts import count
from storage.delivery_lists import DeliveryRow, Reader
from storage.ids import DeliveryId, Instant, WorkspaceId

MOST: Final = 500
_STATUSES = get_args(DeliveryStatus)
_MOST_ROUNDS: Final = 20


class _Part(NamedTuple):
    """Some of the deliveries, newest first, and the cursor of those after them, if there may be any."""

    rows: list[DeliveryRow]
    next: str | None


def reader_of(caller: Caller) -> Reader:
    workspaces = None if caller.admin else caller.workspaces
    return Reader(caller.person, workspaces, caller.may(Permission.CHANNELS_MANAGE))


class Deliveries:
    """The history of what was sent, and what waits."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._audit = Audit(database, clock)

    async def page(self, caller: Caller, query: DeliveryQuery, slug: str | None = None) -> Page[Delivery]:
        """Deliveries that the caller may see, newest first; of one workspace, or of all."""
        if not 1 <= query.limit <= MOST:
            raise InvalidError(f"A page holds 1 to {MOST} deliveries.", "limit")
        criteria = self._criteria(caller, query)
        below = None if query.cursor is None else DeliveryId(paging.number(query.cursor))

        def unit(connection: Connection) -> Page[Delivery]:
            of = _workspace(connection, caller, slug)
            part = _readable(connection, caller, criteria, of, below, query.limit)
            return Page(shown_deliveries(connection, part.rows), part.next)

        return await self._database.read(unit)

    async def stats(self, caller: Caller, slug: str | None = None) -> DeliveryStats:
        """How many of them are in which state."""
        reader = reader_of(caller)

        def unit(connection: Connection) -> DeliveryStats:
            of = _workspace(connection, caller, slug)
            return shown_stats(delivery_lists.counts(connection, reader, of))

        return await self._database.read(unit)

    async def by_state(self) -> Mapping[str, int]:
        """How many of all there are in each state, as figures of the server."""
        return (await self._database.read(partial(count, workspaces=None, private=True)))._asdict()

    async def show(self, caller: Caller, id: str) -> DeliveryDetail:
        """One, with all that was tried and what its event said."""

        def unit(connection: Connection) -> DeliveryDetail:
            row = _visible(connection, caller, id)
            payload = None if row.event_seq is None else delivery_lists.payload(connection, row.event_seq)
            return DeliveryDetail(
                shown_deliveries(connection, [row])[0],
                shown_attempts(delivery_lists.attempts(connection, row.seq)),
                Raw((payload or "{}").encode()),
            )

        return await self._database.read(unit)

    async def retry(self, caller: Caller, id: str) -> Delivery:
        """Send again what failed, or was dropped or cancelled; at once, what waits."""

        def unit(connection: Connection) -> Delivery:
            row = _visible(connection, caller, id, locked=True)
            _require(caller, row, "send it again")
            now = self._clock.now()
            self._send_again(connection, caller, row, now)
            return self._changed(connection, caller, row, "delivery.retry", now)

        return await self._audit.attempt(caller, "delivery.retry", id, unit)

    async def cancel(self, caller: Caller, id: str) -> Delivery:
        """Take back what waits."""

        def unit(connection: Connection) -> Delivery:
            row = _visible(connection, caller, id, locked=True)
            _require(caller, row, "take it back")
            now = self._clock.now()
            if row.state != "pending":
                raise ConflictError(f"It is {row.state} already: only what is pending can be taken back.")
            if row.lease_token is not None and row.run_at > now:
                raise ConflictError("It is being sent at this moment: look again in a few seconds.")
            delivery_lists.cancel(connection, row.seq, f"Taken back by {caller.name}.", now)
            return self._changed(connection, caller, row, "delivery.cancel", now)

        return await self._audit.attempt(caller, "delivery.cancel", id, unit)

    def _criteria(self, caller: Caller, query: DeliveryQuery) -> list[Criterion]:
        if query.status and query.status not in _STATUSES:
            raise InvalidError(f"It is one of {', '.join(_STATUSES)}.", "status")
        asked = (("state", query.status), ("channel", query.channel), ("rule", query.rule))
        given = [Criterion(what, (value,)) for what, value in asked if value]
        return [*given, *filtering.parse(query.filter, DELIVERY_FIELDS, self._clock.now(), caller.zone)]

    def _send_again(self, connection: Connection, caller: Caller, row: DeliveryRow, now: Instant) -> None:
        if row.state == "sent":
            raise ConflictError("It was sent: send a new one, if it is wanted twice.")
        if row.lease_token is not None and row.run_at > now:
            raise ConflictError("It is being sent at this moment.")
        channel = standings.called(connection, row.channel)
        if channel is None:
            raise ConflictError(f"There is no channel {quoted(row.channel)} any more: make it first.")
        reason = row.reason if row.state == "pending" else f"Sent again by {caller.name}."
        until = Instant(now + PATIENCE)
        delivery_lists.again(connection, row.seq, channel.id, channel.type or "", reason, now, until)

    def _changed(
        self, connection: Connection, caller: Caller, row: DeliveryRow, action: str, now: Instant
    ) -> Delivery:
        audit.write(connection, caller, action, row.id, "done", {"channel": row.channel}, now)
        changes.append(connection, [NewChange("deliveries", row.id, None, row.workspace_id, now)])
        found = delivery_lists.by_id(connection, row.id)
        return shown_deliveries(connection, [found or row])[0]


def _workspace(connection: Connection, caller: Caller, slug: str | None) -> WorkspaceId | None:
    return None if slug is None else visible_workspace(connection, caller, slug).id


def _visible(connection: Connection, caller: Caller, id: str, *, locked: bool = False) -> DeliveryRow:
    """The delivery of this id, if the caller may see it."""
    sentence = f"There is no delivery {quoted(id)}, or none that you may see."
    row = delivery_lists.by_id(connection, id, locked=locked)
    if row is None:
        raise NotFoundError(sentence)
    if not may_see(connection, caller, row):
        raise HiddenError(sentence)
    return row


def may_see(connection: Connection, caller: Caller, row: DeliveryRow) -> bool:
    """Whether the caller may see it, which goes as far as they may read its event."""
    visible = delivery_lists.is_visible(connection, reader_of(caller), row.seq)
    return visible and bool(_open(connection, caller, [row]))


def _open(connection: Connection, caller: Caller, rows: Sequence[DeliveryRow]) -> list[DeliveryRow]:
    """Without what tells of a session or an automation of others. Who manages channels sees all that goes out."""
    if caller.may(Permission.CHANNELS_MANAGE):
        return list(rows)
    named = {row.event_seq: row.event for row in rows if row.event_seq is not None}
    shut = closed(connection, caller, named)
    return [row for row in rows if row.event_seq not in shut]


def _readable(
    connection: Connection,
    caller: Caller,
    criteria: Sequence[Criterion],
    of: WorkspaceId | None,
    below: DeliveryId | None,
    limit: int,
) -> _Part:
    """As many as were asked for; fewer, where most of a long stretch is not the caller's to read."""
    reader = reader_of(caller)
    found: list[DeliveryRow] = []
    for _ in range(_MOST_ROUNDS):
        rows = delivery_lists.page(connection, reader, criteria, of=of, below=below, limit=limit + 1)
        found += _open(connection, caller, rows)
        if len(found) > limit:
            return _Part(found[:limit], str(found[limit - 1].seq))
        if len(rows) <= limit:
            return _Part(found, None)
        below = rows[-1].seq
    return _Part(found, str(below))


def _require(caller: Caller, row: DeliveryRow, what: str) -> None:
    """Its sender may do this, and whoever manages channels."""
    if row.sender_id != caller.person and not caller.may(Permission.CHANNELS_MANAGE):
        raise NotAllowedError(
            f"You may see this delivery; to {what} takes the permission {Permission.CHANNELS_MANAGE}:"
            " ask an admin for it."
        )
