"""The ledger of automations: every occurrence, as a run or as the reason why there was none.

An occurrence is claimed first, in the transaction that says what is due after it, and started then: a row without
an outcome and without a start is owed, whoever was killed in between."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.ids import AutomationId, ExecutionId, Instant, PersonId, SessionId, WorkspaceId
from storage.metadata import Serial, metadata
from storage.numbering import numbers_for
from storage.prepared import Prepared, PreparedRows
from storage.sessions import sessions

_unfinished = text("outcome IS NULL")
_claimed = text("outcome IS NULL AND started_at IS NULL")

executions = Table(
    "executions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("automation_id", ForeignKey("automations.id", ondelete="CASCADE"), nullable=False),
    Column("workspace_id", BigInteger, nullable=False),
    Column("trigger", String(10)),  # schedule, run-now, webhook, catch-up, loop; none where it was not recorded
    Column("actor_id", BigInteger),  # who pressed Run Now
    Column("fingerprint", String(8)),  # of a webhook's token
    Column("scheduled_for", BigInteger),
    Column("missed_count", Integer, nullable=False, server_default="0"),
    Column("iteration", BigInteger),
    Column("parameters", Text, nullable=False, server_default="{}"),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("outcome", String(12)),  # none while it runs
    Column("reason", Text, nullable=False, server_default=""),
    Column("session_id", BigInteger),  # the session that it started, or the one that was in its way
    UniqueConstraint("automation_id", "scheduled_for"),
    Index("ix_executions_automation_id_id", "automation_id", "id"),
    Index("ix_executions_workspace_id_id", "workspace_id", "id"),
    Index("ix_executions_session_id", "session_id"),
    Index("ix_executions_claimed", "id", sqlite_where=_claimed, postgresql_where=_claimed),
    Index("ix_executions_unfinished", "automation_id", sqlite_where=_unfinished, postgresql_where=_unfinished),
    sqlite_autoincrement=True,
)


class ExecutionRow(NamedTuple):
    """One occurrence, as stored."""

    id: ExecutionId
    automation_id: AutomationId
    workspace_id: WorkspaceId
    trigger: str | None
    actor_id: PersonId | None
    fingerprint: str | None
    scheduled_for: Instant | None
    missed_count: int
    iteration: int | None
    parameters: str
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    outcome: str | None
    reason: str
    session_id: SessionId | None


class NewExecutionRow(NamedTuple):
    """An occurrence to be noted."""

    automation_id: AutomationId
    workspace_id: WorkspaceId
    trigger: str
    created_at: Instant
    actor_id: PersonId | None = None
    fingerprint: str | None = None
    scheduled_for: Instant | None = None
    missed_count: int = 0
    parameters: str = "{}"
    finished_at: Instant | None = None
    outcome: str | None = None
    reason: str = ""


class BegunRow(NamedTuple):
    """An occurrence that is noted as it starts its session."""

    id: ExecutionId
    automation_id: AutomationId
    workspace_id: WorkspaceId
    trigger: str
    actor_id: PersonId | None
    fingerprint: str | None
    iteration: int | None
    parameters: str
    created_at: Instant
    started_at: Instant
    session_id: SessionId


class Ended(NamedTuple):
    """A run whose session has ended. `state` is nothing when the session is gone."""

    id: ExecutionId
    automation_id: AutomationId
    session_id: SessionId
    state: str | None
    outcome: str | None
    detail: str | None
    ended_at: Instant | None


_ROW = select(*(executions.c[name] for name in ExecutionRow._fields))
_BY_ID = _ROW.where(executions.c.id == bindparam("id"))
_insertion = insert_unless_there(executions)
_INSERT = Prepared(
    _insertion.values({name: bindparam(name) for name in NewExecutionRow._fields})
    .on_conflict_do_nothing()
    .returning(executions.c.id)
)
_ADD_BEGUN = PreparedRows(executions, BegunRow._fields)
_CLAIM = _insertion.on_conflict_do_nothing()
_OPEN = executions.c.outcome.is_(None)
_OWED = and_(_OPEN, executions.c.started_at.is_(None))
_CATCH_UP = func.coalesce(executions.c.trigger, "") == "catch-up"
_NEXT_OWED = (
    _ROW.where(_OWED, ~_CATCH_UP)
    .order_by(executions.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NEXT_CATCH_UPS = (
    _ROW.where(_OWED, _CATCH_UP)
    .order_by(executions.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_ANY_OWED = select(executions.c.id).where(_OWED, ~_CATCH_UP).limit(1)
_ANY_CATCH_UP = select(executions.c.id).where(_OWED, _CATCH_UP).limit(1)
_ANY_OPEN = select(executions.c.id).where(_OPEN).limit(1)
_CATCH_UPS = select(func.count()).where(_OPEN, _CATCH_UP, executions.c.started_at.is_not(None))
_BEGIN = Prepared(
    update(executions)
    .where(executions.c.id == bindparam("execution"))
    .values(started_at=bindparam("now"), session_id=bindparam("session"), iteration=bindparam("number"))
)
_FINISH = (
    update(executions)
    .where(executions.c.id == bindparam("execution"), _OPEN)
    .values(
        outcome=bindparam("ending"),
        finished_at=bindparam("now"),
        reason=bindparam("why"),
        session_id=func.coalesce(bindparam("session", type_=BigInteger), executions.c.session_id),
    )
)
_DROP_OWED = (
    update(executions)
    .where(executions.c.automation_id == bindparam("automation"), _OWED)
    .values(outcome=bindparam("ending"), finished_at=bindparam("now"), reason=bindparam("why"))
)
_ENDED = (
    select(
        executions.c.id,
        executions.c.automation_id,
        executions.c.session_id,
        sessions.c.state,
        sessions.c.outcome,
        sessions.c.detail,
        sessions.c.ended_at,
    )
    .outerjoin(sessions, sessions.c.id == executions.c.session_id)
    .where(
        _OPEN,
        executions.c.started_at.is_not(None),
        or_(sessions.c.id.is_(None), sessions.c.state.not_in(["queued", "running", "asking"])),
    )
    .limit(bindparam("limit"))
)
_UNFINISHED = select(executions.c.id).where(executions.c.automation_id == bindparam("automation"), _OPEN).limit(1)
_OF_AUTOMATION = _ROW.where(executions.c.automation_id == bindparam("automation"))
_LAST_RUN = _OF_AUTOMATION.where(executions.c.started_at.is_not(None)).order_by(executions.c.id.desc()).limit(1)
_OF_SESSION = (
    _ROW.where(executions.c.session_id == bindparam("session"), executions.c.started_at.is_not(None))
    .order_by(executions.c.id)
    .limit(1)
)


def add(connection: Connection, row: NewExecutionRow) -> ExecutionId | None:
    """The new row, or nothing where the automation has one for this time."""
    number: ExecutionId | None = _INSERT.scalar(connection, row._asdict())
    return number


def numbers(connection: Connection, count: int) -> list[ExecutionId]:
    """The numbers of rows that this transaction adds before any others."""
    return [ExecutionId(number) for number in numbers_for(connection, executions, count)]


def add_begun(connection: Connection, rows: Sequence[BegunRow]) -> None:
    """Occurrences that have started, under numbers of theirs."""
    _ADD_BEGUN.run(connection, rows)


def claim(connection: Connection, rows: Sequence[NewExecutionRow]) -> None:
    """Note these occurrences, but for those whose automation has a row for their time."""
    if rows:
        connection.execute(_CLAIM, [row._asdict() for row in rows])


def by_id(connection: Connection, execution: ExecutionId) -> ExecutionRow | None:
    return _execution(connection.execute(_BY_ID, {"id": execution}).one_or_none())


def of_session(connection: Connection, session: SessionId) -> ExecutionRow | None:
    """The execution that started the session."""
    return _execution(connection.execute(_OF_SESSION, {"session": session}).one_or_none())


def owed(connection: Connection, limit: int) -> list[ExecutionRow]:
    """What is claimed and not started yet, but for what catches up; on PostgreSQL, for this transaction alone."""
    return [ExecutionRow._make(row) for row in connection.execute(_NEXT_OWED, {"limit": limit})]


def owed_catch_ups(connection: Connection, limit: int) -> list[ExecutionRow]:
    """The next that are to catch up on what was missed."""
    return [ExecutionRow._make(row) for row in connection.execute(_NEXT_CATCH_UPS, {"limit": limit})]


def any_owed(connection: Connection) -> bool:
    return connection.execute(_ANY_OWED).first() is not None


def any_catch_up_owed(connection: Connection) -> bool:
    return connection.execute(_ANY_CATCH_UP).first() is not None


def any_open(connection: Connection) -> bool:
    """Whether any execution has not ended."""
    return connection.execute(_ANY_OPEN).first() is not None


def catch_ups_in_flight(connection: Connection) -> int:
    return connection.execute(_CATCH_UPS).scalar_one()


def begin(
    connection: Connection, execution: ExecutionId, session: SessionId, iteration: int | None, now: Instant
) -> None:
    """The execution has started this session."""
    values = {"execution": execution, "session": session, "number": iteration, "now": now}
    _BEGIN.run(connection, values)


def finish(
    connection: Connection,
    execution: ExecutionId,
    outcome: str,
    reason: str,
    now: Instant,
    session: SessionId | None = None,
) -> bool:
    """The execution has ended so; whether nobody had noted its end before."""
    values = {"execution": execution, "ending": outcome, "why": reason, "now": now, "session": session}
    return connection.execute(_FINISH, values).rowcount == 1


def drop_owed(connection: Connection, automation: AutomationId, outcome: str, reason: str, now: Instant) -> None:
    """What the automation has not started yet is not started any more."""
    connection.execute(_DROP_OWED, {"automation": automation, "ending": outcome, "why": reason, "now": now})


def ended(connection: Connection, limit: int) -> list[Ended]:
    """Executions that have not ended, though their sessions have."""
    return [Ended._make(row) for row in connection.execute(_ENDED, {"limit": limit})]


def is_unfinished(connection: Connection, automation: AutomationId) -> bool:
    """Whether any execution of the automation has not ended."""
    return connection.execute(_UNFINISHED, {"automation": automation}).first() is not None


def last_run(connection: Connection, automation: AutomationId) -> ExecutionRow | None:
    """The latest execution that started a session."""
    return _execution(connection.execute(_LAST_RUN, {"automation": automation}).one_or_none())


def _execution(row: Row[tuple[object, ...]] | None) -> ExecutionRow | None:
    return None if row is None else ExecutionRow._make(row)
