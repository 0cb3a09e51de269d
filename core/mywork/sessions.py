"""Sessions in My Work: those that a person owns."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from core.api.work import WorkItem
from core.caller import Caller
from core.clock import DAY, to_datetime
from core.mywork.kind import Kind
from core.sessions.access import sees
from storage import approvals, hidden, people, sessions
from storage.database import Connection
from storage.ids import Instant, SessionId
from storage.mywork import Asker
from storage.mywork_types import SESSIONS
from storage.sessions import SessionRow


def _shown(connection: Connection, asker: Asker, ids: Sequence[int]) -> Mapping[int, WorkItem]:
    rows = sessions.these(connection, [SessionId(number) for number in ids])
    slugs = people.slugs(connection, {row.workspace_id for row in rows.values()})
    away = hidden.hidden(connection, asker.person, "session", rows)
    asking = [row.id for row in rows.values() if row.state == "asking"]
    asked = approvals.asked_at(connection, asking) if asking else {}
    return {
        row.id: WorkItem(
            ref=f"session/{row.id}",
            type="session",
            id=row.id,
            title=row.title,
            state=row.state,
            doing=row.detail,
            needs=needs(row, asker.now),
            over=over(row, asker.now),
            workspace=slugs.get(row.workspace_id),
            link=f"callboard:session/{row.id}",
            created_at=to_datetime(row.created_at),
            updated_at=to_datetime(row.updated_at),
            since=to_datetime(asked.get(row.id) or _since(row)),
            hidden=row.id in away,
        )
        for row in rows.values()
    }


def over(row: SessionRow, now: Instant) -> bool:
    """Whether it has nothing more to say in the sidebar. A failure has, for a day."""
    return row.state in {"done", "cancelled"} or (row.state == "failed" and not _lately(row, now))


def needs(row: SessionRow, now: Instant) -> bool:
    """Whether it can only go on when a person does something."""
    return row.state in {"asking", "waiting"} or (row.state == "failed" and _lately(row, now))


def _lately(row: SessionRow, now: Instant) -> bool:
    return (row.ended_at or row.updated_at) > now - DAY


def _since(row: SessionRow) -> Instant:
    """When it came to be where it is."""
    match row.state:
        case "running" | "asking":
            return row.started_at or row.updated_at
        case "queued":
            return row.updated_at
        case _:
            return row.ended_at or row.updated_at


def _visible(connection: Connection, caller: Caller, ids: Collection[int]) -> Collection[int]:
    rows = sessions.these(connection, [SessionId(number) for number in ids])
    return [row.id for row in rows.values() if sees(caller, row)]


KIND: Final = Kind("session", SESSIONS, _shown, _visible)
