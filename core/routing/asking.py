"""What somebody asks of rules without sending anything: why an event sends what it sends, and what a rule that is
being written would have sent."""

from collections import Counter

import msgspec

from core.api.rules import Explaining, Explanation, Preview, Previewing
from core.caller import Caller, Permission
from core.channels.configuring.places import below, dotted
from core.clock import to_datetime
from core.errors import InvalidError, NotFoundError
from core.events.reading import read
from core.events.record import LONGEST_NAME
from core.people.words import quoted
from core.people.workspaces import visible_workspace
from core.routing.cooldown import Remembered
from core.routing.dispatching import LETTER, Kept
from core.routing.explaining import explain
from core.routing.live import Live
from core.routing.reading import in_words_of_files, read_rule
from core.routing.replaying import replay
from core.routing.router import Event
from core.routing.rule import Rule
from core.routing.rule_set import RuleSet
from core.routing.wording import worded
from storage import events, inbox, people, workspaces
from storage.database import Connection
from storage.events import EventRow
from storage.ids import EventSeq, Instant, ItemId, WorkspaceId

MOST_EVENTS = 1_000
_LATEST = 5
_WITHOUT_ID = "the-new-rule"
_LAST = 2**63 - 1


def explained(connection: Connection, caller: Caller, live: Live, asked: Explaining, now: Instant) -> Explanation:
    """What the rules make of an event that the caller may read, or of one as it might be."""
    if sum(one is not None for one in (asked.event_id, asked.notification, asked.event)) != 1:
        raise InvalidError(
            "Name either a recorded event, by eventId or notification, or one as it might be, by event and data."
        )
    row = None if asked.event is not None else _recorded(connection, caller, asked)
    event = _imagined(connection, caller, asked, now) if row is None else _routed(row)
    scopes = live.scopes.of(connection, event)
    visible = {rule.id for rule in live.rules.rules if rule.workspace is None or caller.sees(rule.workspace)}
    found = explain(event, live.rules, *scopes, Kept(connection))
    verdicts = [one for one in found.verdicts if one.scope != "global" or one.rule_id in visible]
    found = msgspec.structs.replace(found, verdicts=verdicts)
    return found if row is None else _told(connection, found, row)


def _told(connection: Connection, found: Explanation, row: EventRow) -> Explanation:
    """With what is known of a recorded event."""
    slug = None
    if row.workspace_id is not None:
        slug = people.slugs(connection, {row.workspace_id}).get(row.workspace_id)
    return msgspec.structs.replace(
        found, event_id=row.id, workspace=slug, recorded_at=to_datetime(row.recorded_at)
    )


def previewed(connection: Connection, caller: Caller, asked: Previewing) -> Preview:
    """What the rule would have sent of the latest events that the caller may read."""
    if not 1 <= asked.events <= MOST_EVENTS:
        raise InvalidError(f"Between 1 and {MOST_EVENTS} events can be looked at.", "events")
    rule = _written(asked)
    if asked.rule.workspace is None:
        seen = caller.workspaces if not caller.admin else workspaces.all_workspaces(connection)
    else:
        seen = frozenset([visible_workspace(connection, caller, asked.rule.workspace).id])
    latest = _latest(connection, caller, seen, asked.events)
    return _preview(rule, [_routed(row) for row in reversed(latest)])


def _preview(rule: Rule, found: list[Event]) -> Preview:
    """Of events in the order in which they happened."""
    rules = RuleSet([rule])
    matched = [event for event in found if rules.candidates(event.name)]
    sent = list(replay(found, rules, Remembered()))
    fired = [one for one in sent if one.dispatches[0].dropped_until is None]
    return Preview(
        seen=len(found),
        matched=len(matched),
        fired=len(fired),
        held_back=len(sent) - len(fired),
        latest=[worded(rule, one.event) for one in fired[: -_LATEST - 1 : -1]],
        names=dict(Counter(one.event.name for one in fired)),
        example=msgspec.json.encode(matched[-1].data).decode() if matched else None,
    )


def _written(asked: Previewing) -> Rule:
    written = {"id": _WITHOUT_ID, **in_words_of_files(asked.rule), "enabled": True}
    if not written.get("channels"):
        written["channels"] = [_WITHOUT_ID]  # it may be chosen last
    found = read_rule(written, below(dotted, ("rule",)))
    for problem in found.problems:
        raise InvalidError(problem.sentence, problem.place)
    (rule,) = found.rules
    return rule


def _latest(connection: Connection, caller: Caller, seen: frozenset[WorkspaceId], count: int) -> list[EventRow]:
    """The latest events of these workspaces, newest first."""
    found: list[EventRow] = []
    for workspace in sorted(seen):
        found += read(connection, caller, workspace, (), None, count).rows
    found.sort(key=lambda row: row.seq, reverse=True)
    return found[:count]


def _recorded(connection: Connection, caller: Caller, asked: Explaining) -> EventRow:
    if asked.event_id is not None:
        return _readable(connection, caller, asked.event_id)
    number = asked.notification or 0
    seq = inbox.event_of(connection, caller.person, ItemId(number)) if 0 < number <= _LAST else None
    if seq is None:
        raise NotFoundError(f"There is no notification {asked.notification}.")
    for row in events.after(connection, EventSeq(seq - 1), 1):
        if row.seq == seq and _may_read(connection, caller, row):
            return row
    raise NotFoundError("Its event is kept no longer, or is none that you may see.")


def _readable(connection: Connection, caller: Caller, event: str) -> EventRow:
    row = events.by_id(connection, event)
    if row is not None and _may_read(connection, caller, row):
        return row
    raise NotFoundError(f"There is no event {quoted(event)}, or none that you may see.")


def _may_read(connection: Connection, caller: Caller, row: EventRow) -> bool:
    if row.workspace_id is None:
        letter = row.name == LETTER and row.recipients is not None
        return caller.may(Permission.CHANNELS_MANAGE) and not letter
    if not caller.sees(row.workspace_id):
        return False
    newest = read(connection, caller, row.workspace_id, (), EventSeq(row.seq + 1), 1).rows
    return bool(newest) and newest[0].seq == row.seq


def _imagined(connection: Connection, caller: Caller, asked: Explaining, now: Instant) -> Event:
    data: object = {} if asked.data is None else asked.data
    if not isinstance(data, dict):
        raise InvalidError("What an event carries is an object.", "data")
    if asked.event is None or not 0 < len(asked.event) <= LONGEST_NAME:
        raise InvalidError(f"An event's name has 1 to {LONGEST_NAME} characters.", "event")
    workspace = None if asked.workspace is None else visible_workspace(connection, caller, asked.workspace).id
    return Event(asked.event, data, now, workspace, asked.task_id, asked.mission_id)


def _routed(row: EventRow) -> Event:
    data = msgspec.json.decode(row.payload, type=dict[str, object])
    return Event(row.name, data, row.recorded_at, row.workspace_id, row.ticket_id, row.mission_id)
