"""Approvals: what an agent, a step or a plan may not do before a person has said so."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    true,
    update,
)

from storage.criteria import Criterion, contains
from storage.ids import ApprovalId, Instant, PersonId, SessionId, StageId, TurnId, WorkspaceId
from storage.listing import Match, conditions, is_any
from storage.metadata import Serial, metadata
from storage.people import people, workspaces
from storage.sessions import Viewer, sessions

_open = text("state = 'open'")

approvals = Table(
    "approvals",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE")),
    Column("turn_id", BigInteger),
    Column("stage_id", BigInteger),
    Column("title", Text, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Column("choices", Text, nullable=False),  # a JSON list
    Column("state", String(10), nullable=False),  # open, allowed, refused, expired, cancelled
    Column("answer", Text),
    Column("approver_id", ForeignKey("people.id"), nullable=False),
    Column("answered_by", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Index("ix_approvals_open", "expires_at", sqlite_where=_open, postgresql_where=_open),
    Index("ix_approvals_approver_id_id", "approver_id", "id"),
    Index("ix_approvals_session_id_id", "session_id", "id"),
    sqlite_autoincrement=True,
)


class ApprovalRow(NamedTuple):
    """An approval, as stored."""

    id: ApprovalId
    workspace_id: WorkspaceId
    session_id: SessionId | None
    turn_id: TurnId | None
    stage_id: StageId | None
    title: str
    detail: str
    choices: str
    state: str
    answer: str | None
    approver_id: PersonId
    answered_by: PersonId | None
    created_at: Instant
    expires_at: Instant
    answered_at: Instant | None


class NewApprovalRow(NamedTuple):
    """A question to a person."""

    workspace_id: WorkspaceId
    session_id: SessionId | None
    turn_id: TurnId | None
    stage_id: StageId | None
    title: str
    detail: str
    choices: str
    approver_id: PersonId
    created_at: Instant
    expires_at: Instant
    state: str = "open"


_APPROVAL = select(*(approvals.c[name] for name in ApprovalRow._fields))
_BY_ID = _APPROVAL.where(approvals.c.id == bindparam("id"))
_OPEN_OF = _APPROVAL.where(approvals.c.session_id == bindparam("session"), approvals.c.state == "open")
_COUNTS = (
    select(approvals.c.session_id, func.count())
    .where(approvals.c.session_id.in_(bindparam("sessions", expanding=True)), approvals.c.state == "open")
    .group_by(approvals.c.session_id)
)
_ASKED = (
    select(approvals.c.session_id, func.min(approvals.c.created_at))
    .where(approvals.c.session_id.in_(bindparam("sessions", expanding=True)), approvals.c.state == "open")
    .group_by(approvals.c.session_id)
)
_INSERT = insert(approvals).returning(approvals.c.id)
_SETTLE = (
    update(approvals)
    .where(approvals.c.id == bindparam("approval"), approvals.c.state == "open")
    .values(
        state=bindparam("to"), answer=bindparam("said"), answered_by=bindparam("by"), answered_at=bindparam("now")
    )
)
_NAME = people.alias("named")
_MATCHES: dict[str, Match] = {
    "state": lambda wanted: approvals.c.state.in_(wanted.texts),
    "is": lambda wanted: approvals.c.state == "open",
    "workspace": lambda wanted: approvals.c.workspace_id.in_(
        select(workspaces.c.id).where(workspaces.c.slug.in_(wanted.texts))
    ),
    "approver": lambda wanted: approvals.c.approver_id.in_(
        select(_NAME.c.id).where(_NAME.c.name.in_(wanted.texts))
    ),
    "session": lambda wanted: is_any(approvals.c.session_id, wanted, wanted.values, 0),
    "since": lambda wanted: approvals.c.created_at >= wanted.instant,
    "until": lambda wanted: approvals.c.created_at < wanted.instant,
    "text": lambda wanted: contains((approvals.c.title, approvals.c.detail), wanted.texts),
}


def add(connection: Connection, row: NewApprovalRow) -> ApprovalId:
    return ApprovalId(connection.execute(_INSERT, row._asdict()).scalar_one())


def by_id(connection: Connection, approval: ApprovalId) -> ApprovalRow | None:
    found = connection.execute(_BY_ID, {"id": approval}).one_or_none()
    return None if found is None else ApprovalRow._make(found)


def existing(connection: Connection, approval: ApprovalId) -> ApprovalRow:
    """An approval that is known to be there."""
    return ApprovalRow._make(connection.execute(_BY_ID, {"id": approval}).one())


def open_of(connection: Connection, session: SessionId) -> list[ApprovalRow]:
    """What a session waits for."""
    return [ApprovalRow._make(row) for row in connection.execute(_OPEN_OF, {"session": session})]


def asked_at(connection: Connection, sessions: Sequence[SessionId]) -> dict[SessionId, Instant]:
    """Since when each of these sessions has waited for an answer."""
    return {
        SessionId(row[0]): Instant(row[1]) for row in connection.execute(_ASKED, {"sessions": list(sessions)})
    }


def open_counts(connection: Connection, ids: Sequence[SessionId]) -> dict[SessionId, int]:
    """How much each of these sessions waits for."""
    return {
        SessionId(session): number for session, number in connection.execute(_COUNTS, {"sessions": list(ids)})
    }


def settle(
    connection: Connection,
    approval: ApprovalId,
    state: str,
    answer: str | None,
    by: PersonId | None,
    now: Instant,
) -> bool:
    """Close the approval; false when it was closed before: of several answers the first counts."""
    values = {"approval": approval, "to": state, "said": answer, "by": by, "now": now}
    return connection.execute(_SETTLE, values).rowcount == 1


def page(
    connection: Connection,
    viewer: Viewer,
    criteria: Sequence[Criterion],
    below: ApprovalId | None,
    limit: int,
) -> list[ApprovalRow]:
    """What the viewer is asked, and what their sessions wait for, newest first."""
    statement = _APPROVAL.where(_visible(viewer), *conditions(_MATCHES, criteria))
    if below is not None:
        statement = statement.where(approvals.c.id < below)
    statement = statement.order_by(approvals.c.id.desc()).limit(limit)
    return [ApprovalRow._make(row) for row in connection.execute(statement)]


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    here = true() if viewer.workspaces is None else approvals.c.workspace_id.in_(sorted(viewer.workspaces))
    if viewer.everything:
        return here
    own = exists().where(
        sessions.c.id == approvals.c.session_id,
        or_(sessions.c.owner_id == viewer.person, sessions.c.creator_id == viewer.person),
    )
    return and_(here, or_(approvals.c.approver_id == viewer.person, own))
