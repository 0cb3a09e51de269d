"""Trying a channel: whether its service can be reached and knows us, or whether a message arrives. A test is one
attempt, made at once whatever waits for the channel, and stands in the history like what was sent by hand."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Final

from core.api.channels import ChannelTest
from core.api.deliveries import DIRECT
from core.caller import Caller
from core.channels.adapter import Adapter
from core.channels.delivering.settling import OUTCOMES, bounded, said
from core.channels.delivering.worker import SEND_SECONDS
from core.channels.message import Message
from core.channels.outcome import Ambiguous, Outcome, RetryAt, Sent, Transient
from core.clock import Clock, day_of, to_datetime
from core.ids import Entropy, delivery_id
from storage import changes, standings
from storage import channels as store
from storage.changes import NewChange
from storage.channels import ChannelRow
from storage.database import Connection, Database
from storage.deliveries import NewDeliveryRow, count
from storage.ids import Instant

EVENT: Final = "channel:test"
_RULE_NAME = "Sent by hand"
_TITLE = "A test of Callboard"
_INTERRUPTED = "The server stopped in the middle of it."

_log = logging.getLogger("callboard.channels")


@dataclass(frozen=True, slots=True)
class Trying:
    """What tests are made with. `seconds` is what one may take."""

    database: Database
    clock: Clock
    entropy: Entropy
    seconds: float = SEND_SECONDS

    async def reach(self, row: ChannelRow, adapter: Adapter) -> ChannelTest:
        """Ask the service whether it is there, sending nothing to anybody."""
        began = self.clock.monotonic()
        outcome = await self._within(adapter.check(), Transient)
        return _tested(row, outcome, self._since(began), "It can be reached.")

    async def send(self, caller: Caller, row: ChannelRow, adapter: Adapter) -> ChannelTest:
        """Send a message now, and keep what became of it."""
        now = self.clock.now()
        if row.paused_until is not None and row.paused_until > now:
            until = f"{to_datetime(row.paused_until):%H:%M:%S} UTC"
            return ChannelTest(row.name, False, f"Its service wants to hear nothing until {until}: try it then.")
        new = _delivery(caller, row, delivery_id(now, self.entropy), now)
        await self.database.write(lambda connection: store.begin_test(connection, new))
        began = self.clock.monotonic()
        outcome = await self._within(adapter.send(_message(new)), Ambiguous)
        took = self._since(began)
        await self.database.write(lambda connection: self._settle(connection, row, new, outcome, took))
        found = _tested(row, outcome, took, "A test message was sent.")
        return ChannelTest(found.channel, found.ok, found.sentence, isinstance(outcome, Sent), took)

    async def _within(
        self, attempt: Coroutine[None, None, Outcome], unknown: type[Transient | Ambiguous]
    ) -> Outcome:
        """The attempt, which may take only so long; nobody knows then what became of it."""
        try:
            async with asyncio.timeout(self.seconds):
                return await attempt
        except TimeoutError:
            return unknown(f"There was no answer within {self.seconds:g} seconds.")
        except Exception:
            _log.exception("A channel could not be tried")
            return Transient("It could not be tried, by a fault of the server; its log says more.")

    def _settle(
        self, connection: Connection, row: ChannelRow, new: NewDeliveryRow, outcome: Outcome, took: int
    ) -> None:
        now, sentence = self.clock.now(), said(outcome.sentence)
        settled: dict[str, object] = {"state": "failed", "error": sentence, "settled_at": now}
        if isinstance(outcome, Sent):
            settled |= {"state": "sent", "error": None, "receipt": said(outcome.receipt) or None}
            standings.note_sent(connection, row.id, now)
        else:
            standings.note_failed(connection, row.id, sentence, now)
        store.end_test(
            connection,
            new.id,
            settled,
            began_at=new.created_at,
            took_ms=took,
            outcome=OUTCOMES[type(outcome)],
            sentence=sentence,
        )
        if isinstance(outcome, RetryAt):
            standings.pause(connection, row.id, bounded(outcome.at, 1, now), sentence, now)
        sent = isinstance(outcome, Sent)
        count(connection, row.id, day_of(now), sent=int(sent), failed=int(not sent))
        told = [
            NewChange("channels", row.name, None, None, now),
            NewChange("deliveries", new.id, None, None, now),
        ]
        changes.append(connection, told)

    def _since(self, began: float) -> int:
        return int((self.clock.monotonic() - began) * 1000)


def _tested(row: ChannelRow, outcome: Outcome, took: int, well: str) -> ChannelTest:
    if not isinstance(outcome, Sent):
        return ChannelTest(row.name, False, outcome.sentence, took_ms=took)
    off = " It is disabled, though: enable it, and what waits goes out." if row.disabled_at is not None else ""
    return ChannelTest(row.name, True, (outcome.sentence or well) + off, took_ms=took)


def _delivery(caller: Caller, row: ChannelRow, id: str, now: Instant) -> NewDeliveryRow:
    """A test as the history has it; unless its end is written, it failed with the server."""
    return NewDeliveryRow(
        id=id,
        external_id=None,
        event_seq=None,
        event_id=None,
        event=EVENT,
        rule_id=DIRECT,
        rule_name=_RULE_NAME,
        channel=row.name,
        channel_type=row.type,
        channel_id=row.id,
        workspace_id=None,
        private=False,
        title=_TITLE,
        body=f"The channel {row.name} works: whoever reads this can be reached by it.",
        severity="info",
        sender_id=caller.person,
        held_back=0,
        held_since=None,
        state="failed",
        run_at=now,
        error=_INTERRUPTED,
        reason="It was a test.",
        created_at=now,
        fires_at=now,
        give_up_at=now,
        settled_at=now,
    )


def _message(new: NewDeliveryRow) -> Message:
    return Message(
        id=new.id,
        title=new.title,
        body=new.body,
        severity="info",
        event=new.event,
        rule=new.rule_id,
        data={},
        at=new.created_at,
        thread=EVENT,
    )
