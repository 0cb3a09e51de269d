"""From events to rows of the outbox: what the rules send, worded and written in the transaction in which the
dispatcher moves past the events."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from core.api.rules import Rendered
from core.channels.delivering.backoff import PATIENCE
from core.clock import day_of, written
from core.events.record import NewEvent, record
from core.ids import Entropy, delivery_id
from core.routing.cooldown import Cooldown
from core.routing.live import Live
from core.routing.router import Answer, Event, answers
from core.routing.rule import Rule
from core.routing.wording import worded
from core.text import storable
from storage import changes, channels, cooldowns, deliveries, events
from storage.changes import NewChange
from storage.channels import ChannelRow
from storage.cooldowns import CooldownRow
from storage.database import Connection
from storage.deliveries import NewDeliveryRow
from storage.events import EventRow
from storage.ids import EventSeq, Instant

LETTER: Final = "system:notice"
"""To people by name this is a letter, which only its readers may see."""


class Kept:
    """The cooldowns of the database, each asked for once, with what a batch makes of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str], Cooldown | None] = {}
        self._changed: set[tuple[str, str]] = set()

    def get(self, rule: str, scope: str) -> Cooldown | None:
        key = (rule, scope)
        if key not in self._known:
            row = cooldowns.one(self._connection, rule, scope)
            self._known[key] = None if row is None else Cooldown(*row[2:])
        return self._known[key]

    def put(self, rule: str, scope: str, cooldown: Cooldown) -> None:
        self._known[rule, scope] = cooldown
        self._changed.add((rule, scope))

    def write(self) -> None:
        """Keep what has changed."""
        changed = ((key, self._known[key]) for key in sorted(self._changed))
        rows = [CooldownRow._make((*key, *state)) for key, state in changed if state is not None]
        cooldowns.store(self._connection, rows)


class Outgoing:
    """What the events of one batch send. Nothing is written before `write`."""

    def __init__(self, connection: Connection, live: Live, now: Instant, entropy: Entropy) -> None:
        self._connection = connection
        self._live = live
        self._now = now
        self._entropy = entropy
        self._cooldowns = Kept(connection)
        self._channels: dict[str, ChannelRow] | None = None
        self._rows: list[NewDeliveryRow] = []
        self._restored: EventSeq | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: EventRow, payload: Mapping[str, object]) -> None:
        """What the event sends, by the rules of its ticket, its mission and the home."""
        live = self._live
        if not live.scopes.any_there and not live.rules.firing(row.name, payload):
            return
        event = Event(row.name, payload, row.recorded_at, row.workspace_id, row.ticket_id, row.mission_id)
        scopes = live.scopes.of(self._connection, event)
        texts: dict[tuple[object, ...], Rendered] = {}
        for answer in answers(event, live.rules, *scopes, self._cooldowns):
            rule = answer.candidate.rule
            written = (rule.title, rule.template, rule.severity)
            if written not in texts:
                texts[written] = worded(rule, event)
            self._rows += (self._delivery(row, answer, channel, texts[written]) for channel in rule.channels)

    def write(self) -> None:
        """Put all of it into the outbox, and tell of what failed from the start."""
        self._cooldowns.write()
        if not self._rows:
            return
        deliveries.insert_many(self._connection, self._rows)
        self._count()
        latest = {row.workspace_id: row.id for row in self._rows}
        changes.append(
            self._connection,
            [NewChange("deliveries", last, None, workspace, self._now) for workspace, last in latest.items()],
        )
        for row in self._rows:
            if row.state == "failed":
                record(self._connection, _failure(row), now=self._now, entropy=self._entropy)

    def _delivery(self, event: EventRow, answer: Answer, channel: str, text: Rendered) -> NewDeliveryRow:
        rule, now = answer.candidate.rule, self._now
        known = self._known().get(channel)
        state, error, reason = "pending", None, None
        if answer.dropped_until is not None:
            state, reason = "dropped", held_back(rule, answer.dropped_until)
        elif event.seq <= self._last_restored():
            state, reason = "cancelled", _NOT_AGAIN
        elif known is None:
            state, error = "failed", f"There is no channel {channel!r}."
        return NewDeliveryRow(
            id=delivery_id(now, self._entropy),
            external_id=None,
            event_seq=event.seq,
            event_id=event.id,
            event=event.name,
            rule_id=rule.id,
            rule_name=rule.name,
            channel=channel,
            channel_type="" if known is None else known.type,
            channel_id=None if known is None else known.id,
            workspace_id=event.workspace_id,
            private=event.name == LETTER and event.recipients is not None,
            title=storable(text.title),
            body=storable(text.body),
            severity=text.severity,
            sender_id=None,
            held_back=answer.held_back,
            held_since=answer.held_since,
            state=state,
            run_at=now,
            error=error,
            reason=reason,
            created_at=now,
            fires_at=now,
            give_up_at=Instant(now + PATIENCE),
            settled_at=None if state == "pending" else now,
        )

    def _known(self) -> dict[str, ChannelRow]:
        """The channels that there are, by their names."""
        if self._channels is None:
            self._channels = {row.name: row for row in channels.present(self._connection)}
        return self._channels

    def _last_restored(self) -> EventSeq:
        if self._restored is None:
            self._restored = events.restored(self._connection)
        return self._restored

    def _count(self) -> None:
        dropped = Counter(row.channel_id for row in self._rows if row.state == "dropped")
        for channel, number in dropped.items():
            if channel is not None:
                deliveries.count(self._connection, channel, day_of(self._now), dropped=number)


_NOT_AGAIN = "The home was restored from a backup: send this again if it is still wanted."


def held_back(rule: Rule, until: Instant) -> str:
    """Why a message was not sent: what people read of it."""
    return f"held back by the cooldown of {rule.name} until {written(until)}"


def _failure(row: NewDeliveryRow) -> NewEvent:
    payload = {
        "ruleId": row.rule_id,
        "channel": row.channel,
        "event": row.event,
        "error": row.error,
        "deliveryId": row.id,
    }
    return NewEvent("notification:failed", payload, row.workspace_id)
