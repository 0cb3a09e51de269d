"""What a session is made of: its stages, in order, and the turns that were run for them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
    update,
)

from storage.ids import Instant, PersonId, SessionId, StageId, TurnId
from storage.metadata import Serial, metadata
from storage.numbering import numbers_for
from storage.prepared import Prepared, PreparedRows

_running = text("outcome IS NULL AND started_at IS NOT NULL")

stages = Table(
    "stages",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("attempt", Integer, nullable=False, server_default="1"),
    Column("name", String(64), nullable=False),  # the step's id, or the phase
    Column("kind", String(12), nullable=False),
    Column("title", Text, nullable=False),
    Column("spec", Text, nullable=False, server_default="{}"),  # what it is to do, JSON
    Column("state", String(12), nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    UniqueConstraint("session_id", "number", "attempt"),
    sqlite_autoincrement=True,
)

turns = Table(
    "turns",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("stage_id", BigInteger),
    Column("purpose", String(16), nullable=False),
    Column("prompt", Text, nullable=False),
    Column("author_id", BigInteger),  # the person whose words the prompt is, where a person wrote it
    Column("provider", String(64), nullable=False),
    Column("model", Text),
    Column("outcome", String(12)),
    Column("detail", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False, server_default=""),
    Column("exit_code", Integer),
    Column("resume_id", Text),
    Column("mark", String(64), nullable=False),
    Column("worker", Text),
    Column("pid", BigInteger),
    Column("pid_started", BigInteger),
    Column("boot", String(64)),
    Column("denied_tools", Integer, nullable=False, server_default="0"),
    Column("failed_tools", Integer, nullable=False, server_default="0"),
    Column("output_bytes", BigInteger, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    UniqueConstraint("session_id", "number"),
    Index("ix_turns_running", "worker", sqlite_where=_running, postgresql_where=_running),
    sqlite_autoincrement=True,
)


class StageRow(NamedTuple):
    """A stage, as stored."""

    id: StageId
    session_id: SessionId
    number: int
    attempt: int
    name: str
    kind: str
    title: str
    spec: str
    state: str
    detail: str
    started_at: Instant | None
    ended_at: Instant | None


class NewStageRow(NamedTuple):
    """A stage that is to be run."""

    session_id: SessionId
    number: int
    name: str
    kind: str
    title: str
    spec: str
    attempt: int = 1
    state: str = "pending"


class TurnRow(NamedTuple):
    """A turn, as stored."""

    id: TurnId
    session_id: SessionId
    number: int
    stage_id: StageId | None
    purpose: str
    prompt: str
    author_id: PersonId | None
    provider: str
    model: str | None
    outcome: str | None
    detail: str
    text: str
    exit_code: int | None
    resume_id: str | None
    mark: str
    worker: str | None
    pid: int | None
    pid_started: int | None
    boot: str | None
    denied_tools: int
    failed_tools: int
    output_bytes: int
    created_at: Instant
    started_at: Instant | None
    ended_at: Instant | None


class NewTurnRow(NamedTuple):
    """A turn: one that waits for its stage, or, with a worker and a time, one that begins."""

    session_id: SessionId
    number: int
    stage_id: StageId | None
    purpose: str
    prompt: str
    provider: str
    model: str | None
    mark: str
    created_at: Instant
    author_id: PersonId | None = None
    detail: str = ""
    worker: str | None = None
    started_at: Instant | None = None


_OF_SESSION: BindParameter[SessionId] = bindparam("session")
_STAGES = (
    select(*(stages.c[name] for name in StageRow._fields))
    .where(stages.c.session_id == _OF_SESSION)
    .order_by(stages.c.number, stages.c.attempt)
)
_STAGE = select(*(stages.c[name] for name in StageRow._fields)).where(stages.c.id == bindparam("id"))
_STATES = (
    select(stages.c.session_id, stages.c.number, stages.c.state)
    .where(stages.c.session_id.in_(bindparam("sessions", expanding=True)))
    .order_by(stages.c.session_id, stages.c.number, stages.c.attempt)
)
_LEAVE = (
    update(stages)
    .where(stages.c.session_id == _OF_SESSION, stages.c.state.in_(["running", "waiting"]))
    .values(state=bindparam("to"), detail=bindparam("why"), ended_at=bindparam("now"))
)
_TURN = select(*(turns.c[name] for name in TurnRow._fields))
_TURNS = _TURN.where(turns.c.session_id == _OF_SESSION).order_by(turns.c.number)
_ONE = _TURN.where(turns.c.session_id == _OF_SESSION, turns.c.number == bindparam("number", type_=BigInteger))
_LAST = _TURN.where(turns.c.session_id == _OF_SESSION).order_by(turns.c.number.desc()).limit(1)
_PROMISED = _TURN.where(
    turns.c.session_id == _OF_SESSION, turns.c.stage_id == bindparam("stage"), turns.c.started_at.is_(None)
).order_by(turns.c.number)
_OF_WORKERS = _TURN.where(
    turns.c.outcome.is_(None),
    turns.c.started_at.is_not(None),
    turns.c.worker.in_(bindparam("workers", expanding=True)),
)
_HIGHEST = select(func.max(turns.c.number)).where(turns.c.session_id == _OF_SESSION)
_ADD_STAGES = PreparedRows(stages, ("id", *NewStageRow._fields))
_ADD_TURN = Prepared.insertion(turns, NewTurnRow._fields, returning=turns.c.id)
_ADD_TURNS = PreparedRows(turns, NewTurnRow._fields)


def add_stage(connection: Connection, row: NewStageRow) -> StageId:
    return add_stages(connection, [row])[0]


def add_stages(connection: Connection, rows: Sequence[NewStageRow]) -> list[StageId]:
    """The new stages, in this order."""
    numbers = numbers_for(connection, stages, len(rows))
    _ADD_STAGES.run(connection, [(number, *row) for number, row in zip(numbers, rows, strict=True)])
    return [StageId(number) for number in numbers]


def stages_of(connection: Connection, session: SessionId) -> list[StageRow]:
    """Every attempt at every stage, in their order."""
    return [StageRow._make(row) for row in connection.execute(_STAGES, {"session": session})]


def existing_stage(connection: Connection, stage: StageId) -> StageRow:
    """A stage that is known to be there."""
    return StageRow._make(connection.execute(_STAGE, {"id": stage}).one())


def states_of(connection: Connection, ids: Sequence[SessionId]) -> dict[SessionId, dict[int, str]]:
    """Where each stage of each session stands: the latest attempt at it, by its number."""
    found: dict[SessionId, dict[int, str]] = {session: {} for session in ids}
    for row in connection.execute(_STATES, {"sessions": list(ids)}):
        found[row.session_id][row.number] = row.state
    return found


def change_stage(connection: Connection, stage: StageId, values: Mapping[str, object]) -> None:
    """Set these columns of a stage."""
    connection.execute(update(stages).where(stages.c.id == stage).values(dict(values)))


def leave_stages(connection: Connection, session: SessionId, state: str, detail: str, now: Instant) -> None:
    """What of the session's stages was running is in this state now."""
    connection.execute(_LEAVE, {"session": session, "to": state, "why": detail, "now": now})


def add_turn(connection: Connection, row: NewTurnRow) -> TurnId:
    return TurnId(_ADD_TURN.scalar(connection, row._asdict()))


def add_turns(connection: Connection, rows: Sequence[NewTurnRow]) -> None:
    """The new turns, in this order."""
    _ADD_TURNS.run(connection, rows)


def next_number(connection: Connection, session: SessionId) -> int:
    """The number of the session's next turn."""
    return (connection.execute(_HIGHEST, {"session": session}).scalar_one() or 0) + 1


def turns_of(connection: Connection, session: SessionId) -> list[TurnRow]:
    return [TurnRow._make(row) for row in connection.execute(_TURNS, {"session": session})]


def turn_of(connection: Connection, session: SessionId, number: int | None) -> TurnRow | None:
    """The session's turn of this number, or its last one."""
    if number is None:
        found = connection.execute(_LAST, {"session": session}).one_or_none()
    else:
        found = connection.execute(_ONE, {"session": session, "number": number}).one_or_none()
    return None if found is None else TurnRow._make(found)


def existing_turn(connection: Connection, session: SessionId, number: int) -> TurnRow:
    """A turn that is known to be there."""
    return TurnRow._make(connection.execute(_ONE, {"session": session, "number": number}).one())


def promised(connection: Connection, session: SessionId, stage: StageId) -> TurnRow | None:
    """The turn that waits for its stage to begin."""
    found = connection.execute(_PROMISED, {"session": session, "stage": stage}).first()
    return None if found is None else TurnRow._make(found)


def running_of(connection: Connection, workers: Sequence[str]) -> list[TurnRow]:
    """The turns that these servers run, or ran when they were last seen."""
    return [TurnRow._make(row) for row in connection.execute(_OF_WORKERS, {"workers": list(workers)})]


def change_turn(connection: Connection, turn: TurnId, values: Mapping[str, object]) -> None:
    """Set these columns of a turn."""
    connection.execute(update(turns).where(turns.c.id == turn).values(dict(values)))


def end_turn(connection: Connection, turn: TurnId, values: Mapping[str, object]) -> bool:
    """Write how the turn ended, unless that has been written."""
    unended = (turns.c.id == turn, turns.c.outcome.is_(None))
    return connection.execute(update(turns).where(*unended).values(dict(values))).rowcount == 1
