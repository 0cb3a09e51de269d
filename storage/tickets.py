"""Tickets. Who answers for one is in `responsibilities`, where addressing finds it."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
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
    case,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.criteria import Criterion, contains
from storage.deadlines import Deadlines, deadline_columns, deadline_index
from storage.ids import Instant, TicketSeq, WorkspaceId
from storage.listing import Match, conditions, is_any
from storage.metadata import Serial, metadata
from storage.people import people, responsibilities, workspaces

LONGEST_ID = 128

tickets = Table(
    "tickets",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("id", String(LONGEST_ID), nullable=False),
    Column("mission_id", String(64)),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("agent", Text),  # who works on it, where that is no person
    Column("score", Float),
    Column("weight", Float, nullable=False, server_default="1"),
    *deadline_columns(),
    Column("notifications", Text),  # as they were written
    Column("creation", String(64)),  # of one with its maker's own id: the digest of what was asked for
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("workspace_id", "id"),
    Index("ix_tickets_workspace_id", "workspace_id", "seq"),
    Index("ix_tickets_state", "workspace_id", "state", "seq"),
    Index("ix_tickets_mission_id", "workspace_id", "mission_id", "seq"),
    deadline_index("tickets"),
    sqlite_autoincrement=True,
)

deadlines = Deadlines(tickets)


class TicketRow(NamedTuple):
    """A ticket, as stored."""

    seq: TicketSeq
    workspace_id: WorkspaceId
    id: str
    mission_id: str | None
    title: str
    description: str
    state: str
    reason: str
    agent: str | None
    score: float | None
    weight: float
    deadline: Instant | None
    deadline_set_at: Instant | None
    deadline_state: str
    deadline_check_at: Instant | None
    notifications: str | None
    creation: str | None
    created_at: Instant
    updated_at: Instant


class CountedTicket(NamedTuple):
    """What a gate looks at."""

    id: str
    title: str
    state: str
    score: float | None


class Tally(NamedTuple):
    """The tickets of a mission in one state: how many, and their scores by weight."""

    workspace_id: WorkspaceId
    mission_id: str
    state: str
    number: int
    scores: float
    weights: float


_TICKET = select(*(tickets.c[name] for name in TicketRow._fields))
_BY_ID = _TICKET.where(tickets.c.workspace_id == bindparam("workspace"), tickets.c.id == bindparam("id"))
_BY_SEQ = _TICKET.where(tickets.c.seq == bindparam("seq"))
_ADD = insert_unless_there(tickets).on_conflict_do_nothing().returning(tickets.c.seq)
_REMOVE = delete(tickets).where(tickets.c.seq == bindparam("of"))
_OF_MISSION = and_(tickets.c.workspace_id == bindparam("workspace"), tickets.c.mission_id == bindparam("mission"))
_SOME_OF = _TICKET.where(_OF_MISSION).order_by(tickets.c.seq).limit(bindparam("limit"))
_COUNTED = (
    select(*(tickets.c[name] for name in CountedTicket._fields))
    .where(
        _OF_MISSION,
        or_(
            tickets.c.id.in_(bindparam("names", expanding=True)),
            tickets.c.title.in_(bindparam("names", expanding=True)),
        ),
    )
    .order_by(tickets.c.seq)
)
_scored = case((tickets.c.score.is_not(None), tickets.c.weight), else_=0.0)
_TALLIES = (
    select(
        tickets.c.workspace_id,
        tickets.c.mission_id,
        tickets.c.state,
        func.count(),
        func.sum(func.coalesce(tickets.c.score, 0.0) * tickets.c.weight),
        func.sum(_scored),
    )
    .where(
        tickets.c.workspace_id.in_(bindparam("workspaces", expanding=True)),
        tickets.c.mission_id.in_(bindparam("missions", expanding=True)),
    )
    .group_by(tickets.c.workspace_id, tickets.c.mission_id, tickets.c.state)
)
_HELD = and_(
    responsibilities.c.workspace_id == tickets.c.workspace_id,
    responsibilities.c.subject_kind == "ticket",
    responsibilities.c.subject_id == tickets.c.id,
)
_PEOPLE = (
    select(tickets.c.seq, responsibilities.c.role, people.c.name)
    .join(responsibilities, _HELD)
    .join(people, people.c.id == responsibilities.c.person_id)
    .where(tickets.c.seq.in_(bindparam("seqs", expanding=True)))
)
_NAME = people.alias("named")


def _held_by(role: str, wanted: Criterion) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            responsibilities.c.workspace_id == tickets.c.workspace_id,
            responsibilities.c.subject_kind == "ticket",
            responsibilities.c.subject_id == tickets.c.id,
            responsibilities.c.role == role,
            responsibilities.c.person_id.in_(select(_NAME.c.id).where(_NAME.c.name.in_(wanted.texts))),
        )
        .correlate(tickets)
    )


_OVER = tickets.c.state.in_(["completed", "failed", "cancelled"])
_STANDINGS = {
    "open": ~_OVER,
    "over": _OVER,
    "late": and_(~_OVER, tickets.c.deadline_state == "violated"),
}
_MATCHES: dict[str, Match] = {
    "state": lambda wanted: tickets.c.state.in_(wanted.texts),
    "is": lambda wanted: or_(false(), *(_STANDINGS[standing] for standing in wanted.texts)),
    "mission": lambda wanted: is_any(tickets.c.mission_id, wanted, wanted.texts, ""),
    "assignee": lambda wanted: or_(
        _held_by("developer", wanted), is_any(tickets.c.agent, wanted, wanted.texts, "")
    ),
    "qa": lambda wanted: _held_by("qa", wanted),
    "creator": lambda wanted: _held_by("creator", wanted),
    "workspace": lambda wanted: tickets.c.workspace_id.in_(
        select(workspaces.c.id).where(workspaces.c.slug.in_(wanted.texts))
    ),
    "due": lambda wanted: func.coalesce(tickets.c.deadline < wanted.instant, false()),
    "since": lambda wanted: tickets.c.created_at >= wanted.instant,
    "until": lambda wanted: tickets.c.created_at < wanted.instant,
    "text": lambda wanted: contains((tickets.c.id, tickets.c.title, tickets.c.description), wanted.texts),
}


def add(connection: Connection, values: Mapping[str, object]) -> TicketSeq | None:
    """The new ticket, or nothing when its workspace has one of this id."""
    return connection.execute(_ADD, values).scalar_one_or_none()


def by_id(connection: Connection, workspace: WorkspaceId, id: str) -> TicketRow | None:
    found = connection.execute(_BY_ID, {"workspace": workspace, "id": id}).one_or_none()
    return None if found is None else TicketRow._make(found)


def existing(connection: Connection, ticket: TicketSeq) -> TicketRow:
    """A ticket that is known to be there."""
    return TicketRow._make(connection.execute(_BY_SEQ, {"seq": ticket}).one())


def change(connection: Connection, ticket: TicketSeq, values: Mapping[str, object]) -> None:
    """Set these columns."""
    connection.execute(update(tickets).where(tickets.c.seq == ticket).values(dict(values)))


def remove(connection: Connection, ticket: TicketSeq) -> None:
    connection.execute(_REMOVE, {"of": ticket})


def of_mission(connection: Connection, workspace: WorkspaceId, mission: str, limit: int) -> list[TicketRow]:
    """The first tickets of a mission, in the order in which they were made."""
    found = connection.execute(_SOME_OF, {"workspace": workspace, "mission": mission, "limit": limit})
    return [TicketRow._make(row) for row in found]


def counted(
    connection: Connection, workspace: WorkspaceId, mission: str, names: Collection[str]
) -> list[CountedTicket]:
    """Those tickets of a mission that are called so, by id or title."""
    values = {"workspace": workspace, "mission": mission, "names": sorted(names)}
    return [CountedTicket._make(row) for row in connection.execute(_COUNTED, values)] if names else []


def tallies(
    connection: Connection, workspaces: Collection[WorkspaceId], missions: Collection[str]
) -> list[Tally]:
    """How many tickets these missions have in which states."""
    values = {"workspaces": list(workspaces), "missions": list(missions)}
    return [Tally._make(row) for row in connection.execute(_TALLIES, values)] if missions else []


def people_of(connection: Connection, seqs: Collection[int]) -> dict[int, dict[str, str]]:
    """Who holds which role in each of these, by name."""
    found: dict[int, dict[str, str]] = {}
    for seq, role, name in connection.execute(_PEOPLE, {"seqs": list(seqs)}) if seqs else ():
        found.setdefault(seq, {})[role] = name
    return found


def page(
    connection: Connection,
    criteria: Sequence[Criterion],
    *,
    among: Collection[WorkspaceId] | None,
    below: int | None,
    limit: int,
) -> list[TicketRow]:
    """Tickets, newest first: all of them, or those of these workspaces."""
    statement = _TICKET.where(*conditions(_MATCHES, criteria))
    if among is not None:
        statement = statement.where(tickets.c.workspace_id.in_(sorted(among)))
    if below is not None:
        statement = statement.where(tickets.c.seq < below)
    statement = statement.order_by(tickets.c.seq.desc()).limit(limit)
    return [TicketRow._make(row) for row in connection.execute(statement)]
