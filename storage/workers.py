"""The servers that run sessions: one row for each, with when it was last seen; and what each of them runs."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    String,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_change

from storage.ids import Instant, SessionId
from storage.metadata import metadata
from storage.sessions import FLYING, SessionRow, sessions

workers = Table(
    "workers",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("home", Text, nullable=False),  # which folder on which machine: one server at a time has it
    Column("boot", String(64), nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)


class WorkerRow(NamedTuple):
    """A server, as stored."""

    name: str
    home: str
    boot: str
    seen_at: Instant


_HELD = and_(FLYING, sessions.c.state.in_(["running", "asking"]))
_insertion = insert_or_change(workers)
_SEE = _insertion.on_conflict_do_update(index_elements=["name"], set_={"seen_at": _insertion.excluded.seen_at})
_ALL = select(*(workers.c[name] for name in WorkerRow._fields)).order_by(workers.c.name)
_QUEUED = (
    select(sessions.c.id)
    .where(FLYING, sessions.c.state == "queued")
    .order_by(sessions.c.updated_at, sessions.c.id)
    .limit(bindparam("limit"))
)
_CLAIM = (
    update(sessions)
    .where(sessions.c.id == bindparam("session"), sessions.c.state == "queued")
    .values(
        state="running",
        worker=bindparam("by"),
        outcome=None,
        detail="",
        ended_at=None,
        started_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
)
_MINE = select(sessions.c.id, sessions.c.stop_asked_at).where(_HELD, sessions.c.worker == bindparam("worker"))
_OF = select(*(sessions.c[name] for name in SessionRow._fields)).where(
    _HELD, sessions.c.worker.in_(bindparam("workers", expanding=True))
)
_UNKNOWN = select(sessions.c.worker).where(_HELD, sessions.c.worker.not_in(select(workers.c.name))).distinct()
_FORGET = delete(workers).where(workers.c.name.in_(bindparam("names", expanding=True)))


def see(connection: Connection, worker: WorkerRow) -> None:
    """The server is there."""
    connection.execute(_SEE, worker._asdict())


def all_seen(connection: Connection) -> list[WorkerRow]:
    return [WorkerRow._make(row) for row in connection.execute(_ALL)]


def forget(connection: Connection, names: Sequence[str]) -> None:
    """These servers are no more."""
    connection.execute(_FORGET, {"names": list(names)})


def unknown(connection: Connection) -> list[str]:
    """Servers that hold sessions and have no row."""
    return [str(name) for name in connection.execute(_UNKNOWN).scalars()]


def queued(connection: Connection, limit: int) -> list[SessionId]:
    """What waits for a server, the longest first."""
    return [SessionId(session) for session in connection.execute(_QUEUED, {"limit": limit}).scalars()]


def claim(connection: Connection, session: SessionId, worker: str, now: Instant) -> bool:
    """Whether the session is this server's from now on: of several that want it, exactly one gets it."""
    values = {"session": session, "by": worker, "now": now}
    return connection.execute(_CLAIM, values).rowcount == 1


def mine(connection: Connection, worker: str) -> dict[SessionId, bool]:
    """What the server runs, and whether it has been asked to stop it."""
    found = connection.execute(_MINE, {"worker": worker})
    return {SessionId(row.id): row.stop_asked_at is not None for row in found}


def held_by(connection: Connection, names: Sequence[str]) -> list[SessionRow]:
    """The sessions that these servers run, or ran when they were last seen."""
    return [SessionRow._make(row) for row in connection.execute(_OF, {"workers": list(names)})]
