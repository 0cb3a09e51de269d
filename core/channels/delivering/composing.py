"""A delivery as the message that its channel sends: what it belongs to, where it leads, and whether it says that
something is over."""

from collections.abc import Mapping
from typing import Final

import msgspec

from core.api.inbox import Severity
from core.api.wire import API
from core.channels.message import Message
from core.events.catalogue import word
from core.events.kind import When
from core.events.templates import text_of
from storage.deliveries import DueRow
from storage.delivering import Subject

RESOLVING: Final[Mapping[str, When | None]] = {
    "sla:met": None,
    "quality:gate:passed": None,
    "approval:resolved": None,
    "task:recovered": None,
    "task:transition": When("to", ("completed",)),
    "mission:completed": None,
    "session:finished": None,
    "key:rotated": None,
}
"""The events that say that what was told of the same thing is over, some of them where their payload says so."""

_THREADS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("approval:", ("approvalId",)),
    ("approval:", ("requestId",)),
    ("sla:", ("entityType", "entityId")),
    ("quality:gate:", ("missionId", "gateName")),
    ("key:", ("keyId",)),
    ("automation:", ("automationId",)),
    ("mission:", ("missionId",)),
    ("session:", ("sessionId",)),
    ("", ("taskId",)),
    ("", ("sessionId",)),
    ("", ("missionId",)),
)
"""By which fields of its payload an event belongs to one thing, by how its name begins: the first that it has."""
_PLACES: Final = {"session": "sessions", "automation": "automations", "approval": "approvals"}
"""What of the app's links can be looked at over the API."""


def compose(row: DueRow, subject: Subject | None, public: str | None) -> Message:
    """The message; `public` is where others reach this server."""
    payload = _payload(subject)
    return Message(
        id=row.id,
        title=row.title,
        body=row.body,
        severity=msgspec.convert(row.severity, Severity),
        event=row.event,
        rule=row.rule_id,
        data=payload,
        at=row.created_at,
        thread=_thread(row, payload),
        link=_link(row, payload, public),
        resolves=_resolves(row.event, payload),
        held_back=row.held_back,
        held_since=row.held_since,
    )


def _payload(subject: Subject | None) -> dict[str, object]:
    if subject is None:
        return {}
    payload: dict[str, object] = msgspec.json.decode(subject.payload, type=dict[str, object])
    scope = {"missionId": subject.mission_id, "taskId": subject.ticket_id}
    return {**{name: value for name, value in scope.items() if value}, **payload}


def _thread(row: DueRow, payload: Mapping[str, object]) -> str:
    for beginning, fields in _THREADS:
        if row.event.startswith(beginning):
            named = [text_of(payload.get(field)) for field in fields]
            if any(named) and named[-1]:
                area = beginning.rstrip(":") or fields[-1].removesuffix("Id")
                return ":".join((str(row.workspace_id or 0), area, *named))
    return row.event


def _link(row: DueRow, payload: Mapping[str, object], public: str | None) -> str | None:
    """Where a browser finds what the event is about, where it is known how this server is reached."""
    target = None if not public else word(row.event, payload).link
    if target is None or not public:
        return None
    kind, _, subject = target.removeprefix("callboard:").partition("/")
    place = _PLACES.get(kind)
    return None if place is None or not subject else f"{public.rstrip('/')}{API}/{place}/{subject}"


def _resolves(event: str, payload: Mapping[str, object]) -> bool:
    if event not in RESOLVING:
        return False
    when = RESOLVING[event]
    return when is None or when.holds(payload)
