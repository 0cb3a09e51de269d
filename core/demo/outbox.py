"""The outbox of the last two weeks: what the sample rules make of the events of the month is decided by the code
that decides it on a server, and what became of it is drawn."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Final, NamedTuple

import msgspec

from core.channels.delivering.backoff import PATIENCE
from core.clock import DAY, day_of
from core.demo.alerting import CHANNELS, RULES, TOLD, Course, SampleDelivery, course
from core.demo.rows import Row
from core.ids import Entropy, delivery_id
from core.routing.cooldown import Remembered
from core.routing.dispatching import held_back
from core.routing.reading import in_words_of_files, read_rule
from core.routing.router import Answer, Event, answers
from core.routing.rule import Rule
from core.routing.rule_set import RuleSet
from core.routing.wording import worded
from storage import events
from storage.cooldowns import CooldownRow
from storage.database import Connection, Database
from storage.deliveries import NewDeliveryRow
from storage.events import EventRow
from storage.ids import ChannelId, EventSeq, Instant, PersonId, WorkspaceId
from storage.people import workspace_by_slug
from storage.samples import SampleTable, put

_KEPT: Final = 14 * DAY
_MADE: Final = 28 * DAY
_SEED: Final = 11
_MOST_EVENTS: Final = 100_000
_THERE: Final = "platform"
_CHANNELS = {channel.name: (ChannelId(number), channel) for number, channel in enumerate(CHANNELS, 1)}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the demo, and when."""

    person: PersonId
    name: str
    end: Instant


class Made(NamedTuple):
    """A delivery, and what became of it."""

    row: NewDeliveryRow
    course: Course


async def write_outbox(database: Database, you: Viewer, entropy: Entropy) -> None:
    """Write it all, with its channels and rules, when the month is over: nothing is sent of it meanwhile."""
    await database.write(partial(_write, you=you, entropy=entropy))


def _write(connection: Connection, you: Viewer, entropy: Entropy) -> None:
    rules = tuple(_rules(connection))
    cooldowns = Remembered()
    happened = events.after(connection, EventSeq(0), _MOST_EVENTS)
    lately = [row for row in happened if row.recorded_at > you.end - _KEPT]
    found = workspace_by_slug(connection, _THERE)
    there = None if found is None else found.id
    made = [
        *_routed(lately, RuleSet(rules), cooldowns, you, entropy),
        *(_told(each, there, you, entropy) for each in TOLD),
    ]
    made.sort(key=lambda each: each.row.created_at)
    tables: dict[SampleTable, Sequence[Row]] = {
        "channels": [_channel(name, you, made) for name in _CHANNELS],
        "rules": [_rule(rule, you) for rule in rules],
        "rule_cooldowns": [
            CooldownRow._make((*key, *state))._asdict() for key, state in sorted(cooldowns.changed.items())
        ],
        "deliveries": [
            {**each.row._asdict(), "seq": seq, "attempt": len(each.course.tries)}
            for seq, each in enumerate(made, 1)
        ],
        "delivery_attempts": [row for seq, each in enumerate(made, 1) for row in _attempts(seq, each)],
        "delivery_days": list(_days(made)),
    }
    put(connection, tables)


def _rules(connection: Connection) -> Iterator[Rule]:
    for new in RULES:
        (rule,) = read_rule(in_words_of_files(new)).rules
        there = None if new.workspace is None else workspace_by_slug(connection, new.workspace)
        yield rule if there is None else replace(rule, workspace=there.id)


def _routed(
    happened: Iterable[EventRow], rules: RuleSet, cooldowns: Remembered, you: Viewer, entropy: Entropy
) -> Iterator[Made]:
    """What the rules send of these events, or hold back."""
    random = Random(_SEED)  # noqa: S311 - sample data
    for row in happened:
        payload = msgspec.json.decode(row.payload, type=dict[str, object])
        event = Event(row.name, payload, row.recorded_at, row.workspace_id, row.ticket_id, row.mission_id)
        for answer in answers(event, rules, None, None, cooldowns):
            for channel in answer.candidate.rule.channels:
                became = course(random, channel, Instant(you.end - row.recorded_at))
                yield _sent_of(row, event, answer, channel, became, entropy)


def _sent_of(
    event_row: EventRow, event: Event, answer: Answer, channel: str, became: Course, entropy: Entropy
) -> Made:
    rule = answer.candidate.rule
    if answer.dropped_until is not None:
        became = Course("dropped", reason=held_back(rule, answer.dropped_until))
    text = worded(rule, event)
    made = _made(channel, event.at, event.at, became, entropy)
    row = made.row._replace(
        event_seq=event_row.seq,
        event_id=event_row.id,
        event=event.name,
        rule_id=rule.id,
        rule_name=rule.name,
        workspace_id=event.workspace,
        title=text.title,
        body=text.body,
        severity=text.severity,
        held_back=answer.held_back,
        held_since=answer.held_since,
    )
    return made._replace(row=row)


def _told(told: SampleDelivery, there: WorkspaceId | None, you: Viewer, entropy: Entropy) -> Made:
    """One that has a story."""
    at = Instant(you.end - told.ago)
    became = told.course._replace(reason=None if told.course.reason is None else told.course.reason % you.name)
    made = _made(told.channel, at, Instant(at + told.wait), became, entropy)
    row = made.row._replace(
        id=told.id or made.row.id,
        event=told.event,
        rule_id=told.rule,
        rule_name=told.rule_name,
        workspace_id=there,
        title=told.title,
        body=told.body,
        severity=told.severity,
        sender_id=you.person if told.by_hand else None,
    )
    return made._replace(row=row)


def _made(channel: str, at: Instant, due: Instant, became: Course, entropy: Entropy) -> Made:
    """A delivery of which nothing is known yet but where it goes, when, and what becomes of it."""
    number, sample = _CHANNELS[channel]
    row = NewDeliveryRow(
        id=delivery_id(at, entropy),
        external_id=None,
        event_seq=None,
        event_id=None,
        event="",
        rule_id="",
        rule_name="",
        channel=channel,
        channel_type=sample.type,
        channel_id=number,
        workspace_id=None,
        private=False,
        title="",
        body="",
        severity="info",
        sender_id=None,
        held_back=0,
        held_since=None,
        state=became.state,
        run_at=Instant(due + became.again_after),
        error=became.error,
        reason=became.reason,
        created_at=at,
        fires_at=due,
        give_up_at=Instant(due + PATIENCE),
        settled_at=became.settled(at, due),
    )
    return Made(row, became)


def _attempts(seq: int, made: Made) -> Iterator[Row]:
    for number, each in enumerate(made.course.tries, 1):
        yield {
            "delivery_seq": seq,
            "number": number,
            "began_at": Instant(made.row.fires_at + each.after),
            "took_ms": each.took_ms,
            "outcome": each.outcome,
            "sentence": each.sentence,
        }


def _days(made: Iterable[Made]) -> Iterator[Row]:
    """What became of each channel's deliveries, by day."""
    counted: dict[tuple[ChannelId, str], Counter[str]] = {}
    for row, _ in made:
        if row.settled_at is not None and row.channel_id is not None:
            day = day_of(row.settled_at)
            counted.setdefault((row.channel_id, day), Counter())[row.state] += 1
    for (channel, day), states in sorted(counted.items()):
        yield {
            "channel_id": channel,
            "day": day,
            "sent": states["sent"],
            "failed": states["failed"],
            "dropped": states["dropped"],
        }


def _channel(name: str, you: Viewer, made: Sequence[Made]) -> Row:
    """The channel, as its last attempt left it."""
    number, sample = _CHANNELS[name]
    tried = [each for each in made if each.row.channel == name and each.course.tries]
    tried.sort(key=lambda each: each.row.fires_at + each.course.tries[-1].after)
    last = tried[-1] if tried else None
    worked = last is None or last.row.state == "sent"
    standing: Mapping[str, object] = {
        "disabled_at": None,
        "disabled_reason": None,
        "paused_until": None,
        "pause_reason": None,
    }
    changed = {
        key: you.end + value if isinstance(value, int) else value for key, value in sample.standing.items()
    }
    return {
        "id": number,
        "name": name,
        "type": sample.type,
        "source": "api",
        "settings": json.dumps(sample.settings),
        "present": True,
        **standing,
        **changed,
        "last_state": None if last is None else "sent" if worked else "failed",
        "last_at": None if last is None else Instant(last.row.fires_at + last.course.tries[-1].after),
        "last_error": None if last is None or worked else last.row.error,
        "created_at": Instant(you.end - _MADE),
        "updated_at": changed.get("disabled_at", Instant(you.end - _MADE)),
    }


def _rule(rule: Rule, you: Viewer) -> Row:
    made = Instant(you.end - _MADE)
    return {
        "id": rule.id,
        "source": "api",
        "workspace_id": rule.workspace,
        "written": rule.written,
        "created_by": you.person,
        "created_at": made,
        "updated_at": made,
    }
