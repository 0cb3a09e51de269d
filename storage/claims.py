"""The claim kernel: work that exactly one worker does at a time, on both engines.

A job is a row. While it is ready, `run_at` is when it is due; while it is leased, `run_at` is when the lease
ends: so one index serves new work, retries, delayed work and the recovery from a crash alike. The lease token
is the fence: a worker that was too slow finds that its token is no longer the job's."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    func,
    not_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage.ids import Instant, JobId
from storage.metadata import Serial, metadata

_open = text("state IN ('ready', 'leased')")

jobs = Table(
    "jobs",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("queue", String(32), nullable=False),
    Column("key", Text, nullable=False),  # what makes the job unique within its queue
    Column("payload", Text, nullable=False, server_default="{}"),
    Column("state", String(8), nullable=False, server_default="ready"),  # ready, leased, done, dead, held
    Column("run_at", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("max_attempts", Integer, nullable=False, server_default="0"),  # 0: no limit
    Column("lease_token", String(32)),
    Column("leased_by", Text),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    UniqueConstraint("queue", "key"),
    Index("ix_jobs_due", "queue", "run_at", sqlite_where=_open, postgresql_where=_open),
    sqlite_autoincrement=True,
)


class JobState(StrEnum):
    """Where a job is: ready ⇄ leased → done or dead, and ready ⇄ held."""

    READY = "ready"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"
    HELD = "held"


class Job(NamedTuple):
    """A job as its worker gets it. `attempt` counts from 1, attempts that ended in a crash included."""

    id: JobId
    queue: str
    key: str
    payload: str
    attempt: int
    max_attempts: int


_VALUES: dict[str, BindParameter[object]] = {
    name: bindparam(name) for name in ("queue", "key", "payload", "run_at", "max_attempts", "created_at")
}
_ENQUEUE = {
    "sqlite": sqlite.insert(jobs).values(_VALUES).on_conflict_do_nothing().returning(jobs.c.id),
    "postgresql": postgresql.insert(jobs).values(_VALUES).on_conflict_do_nothing().returning(jobs.c.id),
}

_OF_QUEUE = jobs.c.queue == bindparam("of_queue")
_JOB = (jobs.c.id, jobs.c.queue, jobs.c.key, jobs.c.payload, jobs.c.attempt, jobs.c.max_attempts)
_DUE = and_(_OF_QUEUE, _open, jobs.c.run_at <= bindparam("now"))
_NO_MORE = and_(jobs.c.max_attempts > 0, jobs.c.attempt >= jobs.c.max_attempts)
_AMONG = jobs.c.id.in_(bindparam("ids", expanding=True))
_HELD_BY = and_(jobs.c.state == JobState.LEASED, jobs.c.lease_token == bindparam("token"))
_NO_LEASE = {"lease_token": None, "leased_by": None}

_FIND_DUE = (
    select(*_JOB)
    .where(_DUE)
    .order_by(jobs.c.run_at, jobs.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(jobs)
    .where(_AMONG)
    .values(
        state=JobState.LEASED,
        attempt=jobs.c.attempt + 1,
        run_at=bindparam("until"),
        lease_token=bindparam("token"),
        leased_by=bindparam("worker"),
    )
)
_BURY = (
    update(jobs)
    .where(_DUE, jobs.c.state == JobState.LEASED, _NO_MORE)
    .values(state=JobState.DEAD, settled_at=bindparam("now"), error=bindparam("reason"), **_NO_LEASE)
    .returning(*_JOB)
)
_EXTEND = update(jobs).where(_AMONG, _HELD_BY).values(run_at=bindparam("until")).returning(jobs.c.id)
_FINISH = (
    update(jobs)
    .where(jobs.c.id == bindparam("job"), _HELD_BY)
    .values(state=JobState.DONE, settled_at=bindparam("now"), error=None, **_NO_LEASE)
)
_RETRY = (
    update(jobs)
    .where(jobs.c.id == bindparam("job"), _HELD_BY, not_(_NO_MORE))
    .values(state=JobState.READY, run_at=bindparam("retry"), error=bindparam("reason"), **_NO_LEASE)
)
_KILL = (
    update(jobs)
    .where(jobs.c.id == bindparam("job"), _HELD_BY)
    .values(state=JobState.DEAD, settled_at=bindparam("now"), error=bindparam("reason"), **_NO_LEASE)
)
_RELEASE = (
    update(jobs)
    .where(_AMONG, _HELD_BY)
    .values(state=JobState.READY, run_at=bindparam("now"), attempt=jobs.c.attempt - 1, **_NO_LEASE)
)
_HOLD = (
    update(jobs)
    .where(_OF_QUEUE, _AMONG, jobs.c.state == JobState.READY)
    .values(state=JobState.HELD)
    .returning(jobs.c.id)
)
_RESUME = (
    update(jobs)
    .where(_OF_QUEUE, _AMONG, jobs.c.state == JobState.HELD)
    .values(state=JobState.READY, run_at=bindparam("now"))
    .returning(jobs.c.id)
)
_WITHDRAW = delete(jobs).where(
    _OF_QUEUE, jobs.c.key == bindparam("of_key"), jobs.c.state.in_([JobState.READY, JobState.HELD])
)
_NEXT_DUE = select(func.min(jobs.c.run_at)).where(_OF_QUEUE, _open)
_COUNT = select(jobs.c.state, func.count()).where(_OF_QUEUE).group_by(jobs.c.state)

_LOST = "The worker did not come back from the last attempt that was allowed."


def enqueue(
    connection: Connection,
    queue: str,
    key: str,
    payload: str,
    *,
    run_at: Instant,
    now: Instant,
    max_attempts: int = 0,
) -> JobId | None:
    """Add a job, due at `run_at`; none where the queue has one of that key already, settled ones included."""
    values = {
        "queue": queue,
        "key": key,
        "payload": payload,
        "run_at": run_at,
        "max_attempts": max_attempts,
        "created_at": now,
    }
    return connection.execute(_ENQUEUE[connection.dialect.name], values).scalar_one_or_none()


def claim(
    connection: Connection, queue: str, limit: int, *, worker: str, token: str, now: Instant, lease: int
) -> list[Job]:
    """Lease the jobs that are due, the longest due first, those of a worker that did not come back included."""
    bury(connection, queue, now)
    due = {"of_queue": queue, "now": now, "at_most": limit}
    found = [Job(*row) for row in connection.execute(_FIND_DUE, due)]
    if found:
        ids = [job.id for job in found]
        connection.execute(_LEASE, {"ids": ids, "until": now + lease, "token": token, "worker": worker})
    return [job._replace(attempt=job.attempt + 1) for job in found]


def bury(connection: Connection, queue: str, now: Instant) -> list[Job]:
    """Give up the jobs whose last attempt ended with its lease: what they do may be what stops their workers."""
    given_up = connection.execute(_BURY, {"of_queue": queue, "now": now, "reason": _LOST})
    return [Job(*row) for row in given_up]


def heartbeat(connection: Connection, ids: Sequence[JobId], token: str, until: Instant) -> set[JobId]:
    """Hold the jobs until then, and return those that are still the worker's."""
    return set(connection.execute(_EXTEND, {"ids": list(ids), "token": token, "until": until}).scalars())


def finish(connection: Connection, job: JobId, token: str, now: Instant) -> bool:
    """Settle the job as done; false when it is no longer the worker's."""
    return connection.execute(_FINISH, {"job": job, "token": token, "now": now}).rowcount == 1


def fail(
    connection: Connection, job: JobId, token: str, *, now: Instant, error: str, retry_at: Instant | None
) -> JobState | None:
    """Put the job back until `retry_at`, or settle it as dead where there is no other attempt; none when it is no
    longer the worker's."""
    values = {"job": job, "token": token, "reason": error}
    if retry_at is not None and connection.execute(_RETRY, values | {"retry": retry_at}).rowcount == 1:
        return JobState.READY
    if connection.execute(_KILL, values | {"now": now}).rowcount == 1:
        return JobState.DEAD
    return None


def release(connection: Connection, ids: Sequence[JobId], token: str, now: Instant) -> int:
    """Give back jobs that were not begun, as a worker that stops does: the attempt does not count."""
    return connection.execute(_RELEASE, {"ids": list(ids), "token": token, "now": now}).rowcount


def hold(connection: Connection, queue: str, ids: Sequence[JobId]) -> set[JobId]:
    """Keep jobs that have not begun from running, and return those that are held now."""
    return set(connection.execute(_HOLD, {"of_queue": queue, "ids": list(ids)}).scalars())


def resume(connection: Connection, queue: str, ids: Sequence[JobId], now: Instant) -> set[JobId]:
    """Let held jobs run, and return those that will."""
    return set(connection.execute(_RESUME, {"of_queue": queue, "ids": list(ids), "now": now}).scalars())


def withdraw(connection: Connection, queue: str, key: str) -> bool:
    """Remove a job that has not begun, so that its key is free again."""
    return connection.execute(_WITHDRAW, {"of_queue": queue, "of_key": key}).rowcount == 1


def next_due(connection: Connection, queue: str) -> Instant | None:
    """When there will next be something to claim, if nothing is added."""
    due: Instant | None = connection.execute(_NEXT_DUE, {"of_queue": queue}).scalar_one()
    return due


def count(connection: Connection, queue: str) -> dict[JobState, int]:
    """How many jobs of the queue are in which state."""
    return {JobState(state): number for state, number in connection.execute(_COUNT, {"of_queue": queue})}
