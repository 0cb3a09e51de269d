"""The dispatcher: recorded events become inbox items, in the order in which they happened.

A batch is one transaction: items, changes and the cursor's move together or not at all. So a dispatcher killed at
any line and started again neither loses an item nor writes one twice."""

import asyncio
import logging
from collections.abc import Mapping

import msgspec

from core.clock import Clock
from core.events.catalogue import word
from core.events.record import NewEvent, record
from core.ids import Entropy, SystemEntropy
from core.inbox.recipients import Directory, recipients
from core.text import storable
from storage import changes, events, inbox, people
from storage.changes import NewChange
from storage.database import Connection, Database
from storage.events import EventRow
from storage.ids import Instant
from storage.inbox import NewItemRow

CURSOR = "inbox"
_BATCH = 200
_POLL_SECONDS = 1.0
_ATTEMPTS = 3

_log = logging.getLogger(__name__)


class Dispatcher:
    """Follows the events of one database. Any number may run on one PostgreSQL: they take turns at the cursor."""

    def __init__(self, database: Database, clock: Clock, entropy: Entropy | None = None) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy or SystemEntropy()
        self._woken = asyncio.Event()
        self._failures = 0
        database.on_commit(self.wake)

    def wake(self) -> None:
        """There may be something to dispatch. A wake-up that gets lost costs one poll."""
        self._woken.set()

    async def behind(self) -> int:
        """How many recorded events are not addressed yet."""
        return await self._database.read(lambda connection: events.behind(connection, CURSOR))

    async def run(self) -> None:
        """Dispatch until cancelled."""
        while True:
            self._woken.clear()
            caught_up = await self.catch_up()
            timeout = _POLL_SECONDS
            if not caught_up:
                await asyncio.sleep(timeout)
                continue
            try:
                async with asyncio.timeout(timeout):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def catch_up(self) -> bool:
        """Dispatch all that is recorded. False when something stands in the way and must be tried again."""
        try:
            while await self._database.read(lambda connection: events.pending(connection, CURSOR)):
                await self._dispatch(1 if self._failures else _BATCH)
                self._failures = 0
        except Exception:
            self._failures += 1
            _log.exception("Events could not be dispatched", extra={"attempt": self._failures})
            if self._failures > _ATTEMPTS:
                return await self._step_over()
            return self._failures == 1
        return True

    async def _dispatch(self, limit: int) -> int:
        now = self._clock.now()
        return await self._database.write(
            lambda connection: dispatch_batch(connection, now, limit, self._entropy)
        )

    async def _step_over(self) -> bool:
        """Leave behind the one event that cannot be dispatched, and say so to the admins."""
        now = self._clock.now()
        try:
            await self._database.write(lambda connection: skip_next(connection, now, self._entropy))
        except Exception:
            _log.exception("The database does not take what must be dispatched")
            return False
        self._failures = 0
        return await self.catch_up()


def dispatch_batch(
    connection: Connection, now: Instant, limit: int = _BATCH, entropy: Entropy | None = None
) -> int:
    """Address the next events, and say how many there were."""
    batch = events.after(connection, events.position(connection, CURSOR), limit)
    if not batch:
        return 0
    directory = Directory(connection)
    items: list[NewItemRow] = []
    for event in batch:
        try:
            items += address(event, directory)
        except Exception:
            _log.exception("An event could not be addressed", extra={"event": event.id, "event_name": event.name})
            _tell_admins(connection, event, now, entropy or SystemEntropy())
    inbox.insert_items(connection, items)
    if items:
        addressed = inbox.addressed(connection, batch[0].seq, batch[-1].seq)
        changes.append(
            connection,
            [NewChange("inbox", str(item), person, workspace, now) for item, person, workspace in addressed],
        )
    events.move(connection, CURSOR, batch[-1].seq)
    return len(batch)


def skip_next(connection: Connection, now: Instant, entropy: Entropy) -> None:
    """Pass over the next event without addressing it."""
    for event in events.after(connection, events.position(connection, CURSOR), 1):
        _log.error("An event was passed over", extra={"event": event.id, "event_name": event.name})
        events.move(connection, CURSOR, event.seq)
        _tell_admins(connection, event, now, entropy)


def address(event: EventRow, directory: Directory) -> list[NewItemRow]:
    """The event as the inbox items of those who must know."""
    payload: dict[str, object] = msgspec.json.decode(event.payload, type=dict[str, object])
    told = recipients(event, payload, directory)
    if not told:
        return []
    wording = word(event.name, _with_scope(event, payload))
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
            None if wording.link is None else storable(wording.link),
            wording.link_label,
            event.recorded_at,
        )
        for person, reason in told.items()
    ]


def _with_scope(event: EventRow, payload: Mapping[str, object]) -> Mapping[str, object]:
    """The payload, with the mission and the ticket where only the event itself names them."""
    scope = {"missionId": event.mission_id, "taskId": event.ticket_id}
    return {**{name: value for name, value in scope.items() if value}, **payload}


def _tell_admins(connection: Connection, event: EventRow, now: Instant, entropy: Entropy) -> None:
    if event.name == "system:notice":
        return
    notice = NewEvent(
        "system:notice",
        {
            "title": f"An event could not be shown: {event.name}",
            "body": f"The event {event.id} was passed over; the log says why.",
            "severity": "warning",
        },
        recipients=tuple(people.admins(connection)),
    )
    record(connection, notice, now=now, entropy=entropy)
