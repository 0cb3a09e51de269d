"""The dispatcher: recorded events become inbox items and deliveries, in the order in which they happened.

A batch is one transaction: items, deliveries, changes and the cursor's move together or not at all. So a
dispatcher killed at any line and started again neither loses one of them nor writes one twice."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from functools import partial

import msgspec

from core.clock import Clock
from core.events.catalogue import word
from core.events.record import NewEvent, record
from core.ids import Entropy, SystemEntropy
from core.inbox.mutes import silenced
from core.inbox.recipients import Directory, recipients
from core.inbox.sources import source_of
from core.mywork.hiding import bring_back
from core.routing.dispatching import Outgoing
from core.routing.live import LiveRules
from core.text import storable
from storage import changes, events, inbox, people
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.errors import UnavailableDatabaseError
from storage.events import EventRow
from storage.ids import Instant
from storage.inbox import NewItemRow

CURSOR = "inbox"
_BATCH = 200
_MOST_ITEMS = 800  # a batch ends early rather than hold the writer up
_MOST_DELIVERIES = 300
_POLL_SECONDS = 1.0
_ATTEMPTS = 3

_log = logging.getLogger("callboard.dispatcher")


class Dispatcher:
    """Follows the events of one database. Any number may run on one PostgreSQL: they take turns at the cursor."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        entropy: Entropy | None = None,
        rules: LiveRules | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy or SystemEntropy()
        self._rules = rules or LiveRules()
        self._woken = asyncio.Event()
        self._attempts = 0  # at the one event that is next
        self._singly = 0  # events to take one by one, because one among them failed
        database.on_commit(self.wake)

    def wake(self) -> None:
        """There may be something to dispatch. A wake-up that gets lost costs one poll."""
        self._woken.set()

    async def behind(self) -> int:
        """How many recorded events are not addressed yet."""
        return await self._database.read(partial(events.behind, cursor=CURSOR))

    async def run(self) -> None:
        """Dispatch until cancelled."""
        while True:
            self._woken.clear()
            if not await self.catch_up():
                await asyncio.sleep(_POLL_SECONDS)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL_SECONDS):
                    await self._woken.wait()

    async def catch_up(self) -> bool:
        """Dispatch all that is recorded. False when something stands in the way and must be tried again."""
        while await self._database.read(partial(events.pending, cursor=CURSOR)):
            limit = 1 if self._singly else _BATCH
            try:
                await self._dispatch(limit)
            except UnavailableDatabaseError:
                self._rules.forget()
                raise
            except Exception:
                self._rules.forget()
                _log.exception("Events could not be dispatched", extra={"limit": limit})
                if not await self._go_on_after_failure(limit):
                    return False
            else:
                self._attempts = 0
                self._singly = max(0, self._singly - 1)
        return True

    async def _go_on_after_failure(self, limit: int) -> bool:
        """Look for the event that fails one by one; try it a few times, then leave it behind."""
        if limit > 1:
            self._singly = _BATCH
            return True
        self._attempts += 1
        if self._attempts < _ATTEMPTS:
            return False
        try:
            await self._database.write(partial(address_next, now=self._clock.now(), entropy=self._entropy))
        except UnavailableDatabaseError:
            raise
        except Exception:
            _log.exception("An event could not be addressed either")
            await self._database.write(partial(skip_next, now=self._clock.now(), entropy=self._entropy))
        self._attempts = 0
        return True

    async def _dispatch(self, limit: int) -> int:
        unit = partial(
            dispatch_batch, rules=self._rules, now=self._clock.now(), entropy=self._entropy, limit=limit
        )
        return await self._database.write(unit)


def dispatch_batch(
    connection: Connection, rules: LiveRules | None, now: Instant, entropy: Entropy, limit: int = _BATCH
) -> int:
    """Address and route the next events, and say how many items they became. Without rules, nothing is routed."""
    batch = events.after(connection, events.position(connection, CURSOR), limit)
    if not batch:
        return 0
    directory, first, last = Directory(connection), batch[0].seq, batch[0].seq
    items: list[NewItemRow] = []
    live = None if rules is None else rules.current(connection)
    outgoing = None if live is None or live.idle else Outgoing(connection, live, now, entropy)
    for event in batch:
        if len(items) >= _MOST_ITEMS or (outgoing is not None and len(outgoing) >= _MOST_DELIVERIES):
            break
        payload = msgspec.json.decode(event.payload, type=dict[str, object])
        items += address(event, payload, directory)
        if outgoing is not None:
            outgoing.add(event, payload)
        last = event.seq
    bring_back(connection, [event for event in batch if event.seq <= last], now)
    inbox.insert_items(connection, silenced(connection, items, now))
    if items:
        addressed = inbox.addressed(connection, first, last)
        changes.append(
            connection,
            [NewChange("inbox", str(item), person, workspace, now) for item, person, workspace in addressed],
        )
    if outgoing is not None:
        outgoing.write()
    events.move(connection, CURSOR, last)
    return len(items)


def address_next(connection: Connection, now: Instant, entropy: Entropy) -> None:
    """Address the next event, and send nothing of it."""
    for event in events.after(connection, events.position(connection, CURSOR), 1):
        _log.error("An event was not routed", extra={"event": event.id, "event_name": event.name})
        dispatch_batch(connection, None, now, entropy, limit=1)
        _tell_admins(connection, event, f"An event was sent nowhere: {event.name}", now, entropy)


def skip_next(connection: Connection, now: Instant, entropy: Entropy) -> None:
    """Pass over the next event without addressing it."""
    for event in events.after(connection, events.position(connection, CURSOR), 1):
        _log.error("An event was passed over", extra={"event": event.id, "event_name": event.name})
        events.move(connection, CURSOR, event.seq)
        _tell_admins(connection, event, f"An event could not be shown: {event.name}", now, entropy)


def address(event: EventRow, payload: Mapping[str, object], directory: Directory) -> list[NewItemRow]:
    """The event as the inbox items of those who must know."""
    told = recipients(event, payload, directory)
    if not told:
        return []
    wording = word(event.name, _with_scope(event, payload))
    link = None if wording.link is None else storable(wording.link)
    source = source_of(event.name, link, _sender(event, directory), wording.source)
    return [
        NewItemRow(
            person,
            event.seq,
            event.name,
            event.workspace_id,
            storable(wording.title),
            storable(wording.body),
            wording.severity,
            reason,
            link,
            wording.link_label,
            event.recorded_at,
            source,
            event.ticket_id,
        )
        for person, reason in told.items()
    ]


def _sender(event: EventRow, directory: Directory) -> str | None:
    """Who sent it to its recipients by name."""
    if event.recipients is None or event.actor_id is None:
        return None
    return directory.name_of(event.actor_id)


def _with_scope(event: EventRow, payload: Mapping[str, object]) -> Mapping[str, object]:
    """The payload, with the mission and the ticket where only the event itself names them."""
    scope = {"missionId": event.mission_id, "taskId": event.ticket_id}
    return {**{name: value for name, value in scope.items() if value}, **payload}


def _tell_admins(connection: Connection, event: EventRow, title: str, now: Instant, entropy: Entropy) -> None:
    if event.name == "system:notice":
        return
    notice = NewEvent(
        "system:notice",
        {
            "title": title,
            "body": f"The log says why, at the event {event.id}.",
            "severity": "warning",
        },
        recipients=tuple(people.admins(connection)),
    )
    record(connection, notice, now=now, entropy=entropy)
