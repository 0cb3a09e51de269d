"""Missions: approved plans, whose tickets name them."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.criteria import Criterion, contains
from storage.deadlines import Deadlines, deadline_columns, deadline_index
from storage.ids import Instant, MissionSeq, PersonId, WorkspaceId
from storage.listing import Match, conditions
from storage.metadata import Serial, metadata
from storage.people import people, workspaces

LONGEST_ID = 64

missions = Table(
    "missions",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("id", String(LONGEST_ID), nullable=False),
    Column("name", Text, nullable=False),
    Column("plan", Text, nullable=False, server_default=""),  # as it was given: text, or JSON
    Column("state", String(12), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("creator_id", ForeignKey("people.id")),
    Column("threshold", Float),
    Column("below", Boolean, nullable=False, server_default="0"),  # its threshold, as was told
    *deadline_columns(),
    Column("notifications", Text),  # as they were written
    Column("creation", String(64)),  # of one with its maker's own id: the digest of what was asked for
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("workspace_id", "id"),
    Index("ix_missions_workspace_id", "workspace_id", "seq"),
    deadline_index("missions"),
    sqlite_autoincrement=True,
)

deadlines = Deadlines(missions)


class MissionRow(NamedTuple):
    """A mission, as stored, and its plan where somebody asks for it, as it may be long."""

    seq: MissionSeq
    workspace_id: WorkspaceId
    id: str
    name: str
    state: str
    reason: str
    creator_id: PersonId | None
    threshold: float | None
    below: bool
    deadline: Instant | None
    deadline_set_at: Instant | None
    deadline_state: str
    deadline_check_at: Instant | None
    notifications: str | None
    creation: str | None
    created_at: Instant
    updated_at: Instant
    plan: str | None


_FIELDS = [missions.c[name] for name in MissionRow._fields[:-1]]
_MISSION = select(*_FIELDS, literal(None).label("plan"))
_PLAN = select(missions.c.plan).where(missions.c.seq == bindparam("seq"))
_BY_ID = _MISSION.where(missions.c.workspace_id == bindparam("workspace"), missions.c.id == bindparam("id"))
_BY_SEQ = _MISSION.where(missions.c.seq == bindparam("seq"))
_ADD = insert_unless_there(missions).on_conflict_do_nothing().returning(missions.c.seq)
_REMOVE = delete(missions).where(missions.c.seq == bindparam("of"))
_SEQS = select(missions.c.workspace_id, missions.c.id, missions.c.seq).where(
    tuple_(missions.c.workspace_id, missions.c.id).in_(bindparam("ids", expanding=True))
)
_OVER = missions.c.state.in_(["completed", "failed", "cancelled"])
_STANDINGS = {
    "open": ~_OVER,
    "over": _OVER,
    "late": and_(~_OVER, missions.c.deadline_state == "violated"),
}
_NAME = people.alias("named")
_MATCHES: dict[str, Match] = {
    "state": lambda wanted: missions.c.state.in_(wanted.texts),
    "is": lambda wanted: or_(false(), *(_STANDINGS[standing] for standing in wanted.texts)),
    "creator": lambda wanted: missions.c.creator_id.in_(select(_NAME.c.id).where(_NAME.c.name.in_(wanted.texts))),
    "workspace": lambda wanted: missions.c.workspace_id.in_(
        select(workspaces.c.id).where(workspaces.c.slug.in_(wanted.texts))
    ),
    "due": lambda wanted: func.coalesce(missions.c.deadline < wanted.instant, false()),
    "since": lambda wanted: missions.c.created_at >= wanted.instant,
    "until": lambda wanted: missions.c.created_at < wanted.instant,
    "text": lambda wanted: contains((missions.c.id, missions.c.name), wanted.texts),
}


def add(connection: Connection, values: Mapping[str, object]) -> MissionSeq | None:
    """The new mission, or nothing when its workspace has one of this id."""
    return connection.execute(_ADD, values).scalar_one_or_none()


def by_id(connection: Connection, workspace: WorkspaceId, id: str) -> MissionRow | None:
    found = connection.execute(_BY_ID, {"workspace": workspace, "id": id}).one_or_none()
    return None if found is None else MissionRow._make(found)


def existing(connection: Connection, mission: MissionSeq) -> MissionRow:
    """A mission that is known to be there."""
    return MissionRow._make(connection.execute(_BY_SEQ, {"seq": mission}).one())


def with_plan(connection: Connection, row: MissionRow) -> MissionRow:
    """The same with its plan."""
    return row._replace(plan=connection.execute(_PLAN, {"seq": row.seq}).scalar_one())


def seqs(
    connection: Connection, ids: Collection[tuple[WorkspaceId, str]]
) -> dict[tuple[WorkspaceId, str], MissionSeq]:
    """The numbers of these, by their workspace and id."""
    found = connection.execute(_SEQS, {"ids": [tuple(each) for each in ids]}) if ids else ()
    return {(WorkspaceId(workspace), called): MissionSeq(seq) for workspace, called, seq in found}


def change(connection: Connection, mission: MissionSeq, values: Mapping[str, object]) -> None:
    """Set these columns."""
    connection.execute(update(missions).where(missions.c.seq == mission).values(dict(values)))


def remove(connection: Connection, mission: MissionSeq) -> None:
    """Remove it with its gates; its tickets are not touched."""
    connection.execute(_REMOVE, {"of": mission})


def page(
    connection: Connection,
    criteria: Sequence[Criterion],
    *,
    among: Collection[WorkspaceId] | None,
    below: int | None,
    limit: int,
) -> list[MissionRow]:
    """Missions, newest first: all of them, or those of these workspaces."""
    statement = _MISSION.where(*conditions(_MATCHES, criteria))
    if among is not None:
        statement = statement.where(missions.c.workspace_id.in_(sorted(among)))
    if below is not None:
        statement = statement.where(missions.c.seq < below)
    statement = statement.order_by(missions.c.seq.desc()).limit(limit)
    return [MissionRow._make(row) for row in connection.execute(statement)]
