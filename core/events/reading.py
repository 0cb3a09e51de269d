"""Which of a workspace's events somebody may read: not those about a session or an automation of others, without
the permission to see these.

Whose they are is asked of the responsibilities. Where nobody holds a role there, it is no thing of this home."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from core.caller import Caller, Permission
from core.events.templates import text_of
from core.text import storable
from storage import events, responsibilities
from storage.criteria import Criterion
from storage.database import Connection
from storage.events import EventRow
from storage.ids import EventSeq, WorkspaceId

_THINGS = (
    ("session", "sessionId", Permission.SESSIONS_VIEW_ALL),
    ("automation", "automationId", Permission.AUTOMATIONS_VIEW_ALL),
)
_ABOUT_THINGS = ("session:", "automation:", "approval:")
_AT_ONCE = 200
_FEW = 50
_MOST_ROUNDS = 20


class Part(NamedTuple):
    """Some of the events, newest first, and where those after them begin, if there may be any."""

    rows: list[EventRow]
    next: EventSeq | None


def read(
    connection: Connection,
    caller: Caller,
    workspace: WorkspaceId,
    criteria: tuple[Criterion, ...],
    before: EventSeq | None,
    limit: int,
) -> Part:
    """As many events as were asked for; fewer, where most of a long stretch is not the caller's to read."""
    found: list[EventRow] = []
    for _ in range(_MOST_ROUNDS):
        size = limit + 1 if sees_all(caller) else max(limit + 1, _AT_ONCE)
        rows = events.page(connection, workspace, caller.person, criteria, before, size)
        found += _readable(connection, caller, workspace, rows)
        if len(found) > limit:
            return Part(found[:limit], found[limit - 1].seq)
        if len(rows) < size:
            return Part(found, None)
        before = rows[-1].seq
    return Part(found, before)


def closed(connection: Connection, caller: Caller, named: Mapping[EventSeq, str]) -> set[EventSeq]:
    """Of these events, with their names, those that are about what is others'. Of one that is kept no longer only
    its name tells that."""
    if sees_all(caller):
        return set()
    known: set[EventSeq] = set()
    readable: set[EventSeq] = set()
    seqs = sorted(named)
    for start in range(0, len(seqs), _FEW):  # payloads may be large
        kept: dict[WorkspaceId | None, list[EventRow]] = {}
        for row in events.these(connection, seqs[start : start + _FEW]):
            known.add(row.seq)
            kept.setdefault(row.workspace_id, []).append(row)
        readable |= {row.seq for row in kept.pop(None, [])}
        for workspace, rows in kept.items():
            if workspace is not None:
                readable |= {row.seq for row in _readable(connection, caller, workspace, rows)}
    gone = {seq for seq in named.keys() - known if named[seq].startswith(_ABOUT_THINGS)}
    return gone | (known - readable)


def sees_all(caller: Caller) -> bool:
    return all(caller.may(permission) for _, _, permission in _THINGS)


def _readable(
    connection: Connection, caller: Caller, workspace: WorkspaceId, rows: Sequence[EventRow]
) -> list[EventRow]:
    if sees_all(caller):
        return list(rows)
    payloads = {row.seq: msgspec.json.decode(row.payload, type=dict[str, object]) for row in rows}
    closed: set[EventSeq] = set()
    for kind, place, permission in _THINGS:
        if not caller.may(permission):
            named = {seq: _subject(payload, place) for seq, payload in payloads.items()}
            subjects = sorted({subject for subject in named.values() if subject})
            held = responsibilities.holders(connection, workspace, kind, subjects)
            others = {subject for subject, people in held.items() if caller.person not in people}
            closed |= {seq for seq, subject in named.items() if subject in others}
    return [row for row in rows if row.actor_id == caller.person or row.seq not in closed]


def _subject(payload: Mapping[str, object], place: str) -> str:
    return storable(text_of(payload.get(place)))
