"""A message straight to a channel, past all rules: now or later. A server that stops in between loses nothing."""

from typing import Final

from core.api.deliveries import DIRECT, Scheduled, Sending
from core.api.rules import Problem
from core.caller import Caller
from core.channels.adapter import Adapters
from core.channels.delivering.backoff import PATIENCE
from core.channels.delivering.usable import usable
from core.clock import DAY, Clock, to_datetime
from core.errors import ConflictError, InvalidError
from core.ids import Entropy, delivery_id
from core.people import audit
from core.people.audit import Audit
from core.people.words import quoted
from core.people.workspaces import visible_workspace
from core.text import storable
from storage import changes, deliveries, delivery_lists, standings
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.deliveries import NewDeliveryRow
from storage.delivery_lists import DeliveryRow
from storage.ids import Instant, WorkspaceId
from storage.standings import Standing

EVENT: Final = "direct:send"
RULE_NAME: Final = "Sent by hand"

_LONGEST_DELAY: Final = 30 * DAY
_LONGEST_TITLE: Final = 1_000
_LONGEST_BODY: Final = 100_000
_LONGEST_ID: Final = 200
_MILLISECOND: Final = 1_000


class DirectSends:
    """What people and programs send by hand."""

    def __init__(self, database: Database, clock: Clock, entropy: Entropy, adapters: Adapters) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy
        self._adapters = adapters
        self._audit = Audit(database, clock)

    async def send(self, caller: Caller, slug: str, sending: Sending) -> Scheduled:
        """Put it into the outbox; the same id again answers as it did the first time."""
        _check(sending)
        target = f"{slug}/{sending.channel}"

        def unit(connection: Connection) -> Scheduled:
            workspace = visible_workspace(connection, caller, slug).id
            if sending.id is not None:
                before = delivery_lists.by_external_id(connection, workspace, storable(sending.id))
                if before is not None:
                    return _again(before, sending)
            row = self._row(caller, workspace, self._channel(connection, sending.channel), sending)
            deliveries.insert_many(connection, [row])
            detail = {"workspace": slug, "channel": sending.channel, "delayMs": sending.delay_ms}
            audit.write(connection, caller, "delivery.send", row.id, "done", detail, row.created_at)
            changes.append(connection, [NewChange("deliveries", row.id, None, workspace, row.created_at)])
            return Scheduled(row.id, to_datetime(row.created_at), to_datetime(row.fires_at))

        return await self._audit.attempt(caller, "delivery.send", target, unit)

    def _channel(self, connection: Connection, name: str) -> Standing:
        found = standings.called(connection, name) if storable(name) == name else None
        if found is None:
            raise InvalidError(f"There is no channel {quoted(name)}.", "channel")
        if found.disabled_at is not None:
            why = found.disabled_reason or "by hand"
            raise ConflictError(f"The channel {quoted(name)} is disabled ({why}): enable it first.")
        ready = usable(self._adapters, name)
        if isinstance(ready, Problem):
            raise ConflictError(f"The channel {quoted(name)} cannot be used: {ready.sentence}")
        return found

    def _row(self, caller: Caller, workspace: WorkspaceId, channel: Standing, sending: Sending) -> NewDeliveryRow:
        now = self._clock.now()
        fires_at = Instant(now + sending.delay_ms * _MILLISECOND)
        return NewDeliveryRow(
            id=delivery_id(now, self._entropy),
            external_id=None if sending.id is None else storable(sending.id),
            event_seq=None,
            event_id=None,
            event=EVENT,
            rule_id=DIRECT,
            rule_name=RULE_NAME,
            channel=sending.channel,
            channel_type=channel.type or "",
            channel_id=channel.id,
            workspace_id=workspace,
            private=False,
            title=storable(sending.title),
            body=storable(sending.body),
            severity=sending.severity,
            sender_id=caller.person,
            held_back=0,
            held_since=None,
            state="pending",
            run_at=fires_at,
            error=None,
            reason=None,
            created_at=now,
            fires_at=fires_at,
            give_up_at=Instant(fires_at + PATIENCE),
            settled_at=None,
        )


def _check(sending: Sending) -> None:
    for place, text, longest in (
        ("channel", sending.channel, _LONGEST_ID),
        ("title", sending.title, _LONGEST_TITLE),
        ("body", sending.body, _LONGEST_BODY),
    ):
        if not text.strip():
            raise InvalidError("This is missing.", place)
        if len(text) > longest:
            raise InvalidError(f"It has {longest:,} characters at most.", place)
    if not 0 <= sending.delay_ms * _MILLISECOND <= _LONGEST_DELAY:
        raise InvalidError(
            f"It is between 0 and {_LONGEST_DELAY // _MILLISECOND:,}, which is 30 days.", "delayMs"
        )
    if sending.id is not None and not 0 < len(sending.id) <= _LONGEST_ID:
        raise InvalidError(f"An id has 1 to {_LONGEST_ID} characters.", "id")


def _again(before: DeliveryRow, sending: Sending) -> Scheduled:
    """The answer of then, if the same was asked then."""
    delay = (before.fires_at - before.created_at) // _MILLISECOND
    then = (before.channel, before.title, before.body, before.severity, delay)
    asked = (
        sending.channel,
        storable(sending.title),
        storable(sending.body),
        sending.severity,
        sending.delay_ms,
    )
    if then != asked:
        raise ConflictError("Something else was sent under this id: give what is new an id of its own.")
    return Scheduled(before.id, to_datetime(before.created_at), to_datetime(before.fires_at))
