"""The pull requests that sessions are bound to: which are to be looked at next, and what was seen."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from storage.ids import Instant, SessionId, WorkspaceId
from storage.sessions import SessionRow, sessions


class DueRow(NamedTuple):
    """A pull request to look at, and since when."""

    session: SessionId
    url: str
    due: Instant


_IS_DUE = (sessions.c.pr_due_at.is_not(None), sessions.c.pr_due_at <= bindparam("now"))
_DUE = (
    select(sessions.c.id, sessions.c.pr_url, sessions.c.pr_due_at)
    .where(*_IS_DUE)
    .order_by(sessions.c.pr_due_at, sessions.c.id)
    .limit(bindparam("limit"))
)
_NEXT = select(func.min(sessions.c.pr_due_at)).where(sessions.c.pr_due_at.is_not(None))
_CLAIM = (
    update(sessions)
    .where(sessions.c.id == bindparam("session"), sessions.c.pr_due_at == bindparam("due"))
    .values(pr_due_at=bindparam("until"))
)
_OF_URL = select(*(sessions.c[name] for name in SessionRow._fields)).where(
    sessions.c.workspace_id == bindparam("workspace"),
    sessions.c.pr_url.is_not(None),
    func.lower(sessions.c.pr_url) == bindparam("url"),
)


def due(connection: Connection, now: Instant, limit: int) -> list[DueRow]:
    """What is to be looked at, the longest overdue first."""
    return [DueRow._make(row) for row in connection.execute(_DUE, {"now": now, "limit": limit})]


def next_due(connection: Connection) -> Instant | None:
    """When there will be one to look at."""
    found = connection.execute(_NEXT).scalar_one()
    return None if found is None else Instant(found)


def claim(connection: Connection, row: DueRow, until: Instant) -> bool:
    """Whether it is this server's to look at; should it be killed, it is anybody's again at `until`."""
    values = {"session": row.session, "due": row.due, "until": until}
    return connection.execute(_CLAIM, values).rowcount == 1


def of_url(connection: Connection, workspace: WorkspaceId, url: str) -> list[SessionRow]:
    """The sessions of the workspace that are bound to this pull request; addresses know no capitals."""
    found = connection.execute(_OF_URL, {"workspace": workspace, "url": url.lower()})
    return [SessionRow._make(row) for row in found]


def write(connection: Connection, session: SessionId, values: Mapping[str, object]) -> None:
    """Set these columns. The session counts as changed only where whoever shows it would see that."""
    connection.execute(update(sessions).where(sessions.c.id == session).values(dict(values)))
