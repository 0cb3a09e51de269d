"""Recording an event: the one line by which a service makes something known, inside its own transaction."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from core.api.wire import DEEPEST
from core.errors import InvalidError
from core.events.catalogue import CATALOGUE
from core.events.kind import Payload
from core.events.templates import text_of
from core.ids import Entropy, event_id
from core.text import storable
from storage import changes, events
from storage.changes import NewChange
from storage.database import Connection
from storage.events import NewEventRow
from storage.ids import EventId, Instant, PersonId, WorkspaceId

LONGEST_NAME = 200
LONGEST_ID = 200

_NAME = re.compile(r"[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)*")
_PLACE = re.compile(r"^(?P<sentence>.*?)(?: - at `\$(?P<place>[^`]*)`)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened. `recipients` says who is told, instead of whom the catalogue says."""

    name: str
    payload: Mapping[str, object] | Payload = field(default_factory=dict)
    workspace: WorkspaceId | None = None
    mission: str | None = None
    ticket: str | None = None
    external_id: str | None = None
    recipients: tuple[PersonId, ...] | None = None
    actor: PersonId | None = None


def record(
    connection: Connection, event: NewEvent, *, now: Instant, entropy: Entropy, also: Sequence[NewChange] = ()
) -> EventId:
    """Record the event with whatever else the transaction does. An external id that its workspace has recorded
    before records nothing and answers the id of then. `also` is what else must be looked at again."""
    return keep(connection, prepare(event, now=now, entropy=entropy), also)


def record_all(
    connection: Connection,
    told: Sequence[NewEvent],
    *,
    now: Instant,
    entropy: Entropy,
    also: Sequence[NewChange] = (),
) -> None:
    """The same of many events that have no external id, in this order."""
    rows = [prepare(event, now=now, entropy=entropy) for event in told]
    events.append_new(connection, rows)
    changes.append(connection, [*map(_news, rows), *also])


def prepare(event: NewEvent, *, now: Instant, entropy: Entropy) -> NewEventRow:
    """The event as a row, checked against the catalogue."""
    check_name(event.name)
    payload = event.payload
    fields: Mapping[str, object] = msgspec.to_builtins(payload) if isinstance(payload, Payload) else payload
    _check_payload(event.name, fields)
    return NewEventRow(
        id=event_id(now, entropy),
        origin="server" if event.workspace is None else f"ws:{event.workspace}",
        external_id=_checked_id(event.external_id, "id"),
        name=event.name,
        workspace_id=event.workspace,
        mission_id=_checked_id(event.mission or text_of(fields.get("missionId")) or None, "missionId"),
        ticket_id=_checked_id(event.ticket or text_of(fields.get("taskId")) or None, "taskId"),
        payload=_encoded(fields),
        recipients=None if event.recipients is None else json.dumps(event.recipients),
        actor_id=event.actor,
        recorded_at=now,
    )


def keep(connection: Connection, row: NewEventRow, also: Sequence[NewChange] = ()) -> EventId:
    """Record a prepared event."""
    kept = events.append(connection, row)
    news = [_news(row)] if kept == row.id else []
    changes.append(connection, [*news, *also])
    return kept


def _news(row: NewEventRow) -> NewChange:
    return NewChange("events", row.id, None, row.workspace_id, row.recorded_at)


def check_name(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise InvalidError(f"An event's name has at most {LONGEST_NAME} characters.", "event")
    if not _NAME.fullmatch(name):
        raise InvalidError(
            "An event's name is like area:what: letters, digits, '_', '-' and '.', with ':' between the parts.",
            "event",
        )


def _checked_id(text: str | None, place: str) -> str | None:
    if text is None:
        return None
    if not 0 < len(text) <= LONGEST_ID:
        raise InvalidError(f"An id has 1 to {LONGEST_ID} characters.", place)
    return storable(text)


def _check_payload(name: str, fields: Mapping[str, object]) -> None:
    if _deeper_than(fields, DEEPEST):
        raise InvalidError(f"Objects and lists may be nested {DEEPEST} deep at most.", "data")
    kind = CATALOGUE.get(name)
    if kind is None:
        return
    try:
        msgspec.convert(fields, kind.payload)
    except msgspec.ValidationError as error:
        found = _PLACE.match(str(error))
        sentence, place = (found["sentence"], found["place"]) if found else (str(error), None)
        raise InvalidError(f"{sentence}, in the event {name}.", f"data{place or ''}") from None


def _deeper_than(value: object, limit: int) -> bool:
    if isinstance(value, Mapping):
        return limit == 0 or any(_deeper_than(part, limit - 1) for part in value.values() if _nests(part))
    if isinstance(value, list):
        return limit == 0 or any(_deeper_than(part, limit - 1) for part in value if _nests(part))
    return False


def _nests(value: object) -> bool:
    return isinstance(value, dict | list)


def _encoded(fields: Mapping[str, object]) -> str:
    try:
        return msgspec.json.encode(fields).decode()
    except (UnicodeEncodeError, OverflowError, TypeError, ValueError):
        pass
    try:
        return storable(json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
    except (TypeError, ValueError) as error:
        raise InvalidError(f"This cannot be written as JSON: {error}.", "data") from None
