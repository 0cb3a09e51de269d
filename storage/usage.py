"""The cost ledger: one row for each turn that used something. Rows are added and never changed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from storage.ids import AutomationId, Instant, SessionId, TurnId, WorkspaceId
from storage.metadata import Serial, metadata

_SUMMED = ("cost", "input_tokens", "output_tokens")  # so that an index has all that a sum needs

usage = Table(
    "usage",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("month", Integer, nullable=False),  # of UTC, as in 202603
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("session_id", BigInteger, nullable=False),
    Column("turn_id", BigInteger, nullable=False, unique=True),
    Column("ticket_id", String(200)),
    Column("automation_id", BigInteger),
    Column("purpose", String(16), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("model", Text),
    Column("cost", BigInteger),  # millionths of a dollar; none where it is unknown
    Column("source", String(8), nullable=False),  # reported, priced, unknown
    Column("input_tokens", BigInteger),
    Column("cached_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Index("ix_usage_at", "at"),
    Index("ix_usage_month", "month", *_SUMMED),
    Index("ix_usage_workspace_id_month", "workspace_id", "month", *_SUMMED),
    Index("ix_usage_session_id", "session_id"),
    Index("ix_usage_ticket_id", "ticket_id"),
    sqlite_autoincrement=True,
)

conversation_totals = Table(
    "conversation_totals",
    metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation", String(200), primary_key=True),
    Column("cost", BigInteger),
    Column("input_tokens", BigInteger),
    Column("cached_tokens", BigInteger),
    Column("output_tokens", BigInteger),
)
"""What a provider last said a conversation had used by then: the next turn is charged the difference."""


class NewUsageRow(NamedTuple):
    """What a turn used. What is not known is nothing."""

    at: Instant
    workspace_id: WorkspaceId
    session_id: SessionId
    turn_id: TurnId
    ticket_id: str | None
    automation_id: AutomationId | None
    purpose: str
    provider: str
    model: str | None
    cost: int | None
    source: str
    input_tokens: int | None
    cached_tokens: int | None
    output_tokens: int | None


class TotalsRow(NamedTuple):
    """What a conversation had used by then."""

    cost: int | None = None
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None


class SumRow(NamedTuple):
    """What is known of several turns together, and of how many nothing is."""

    cost: int | None = None
    unmetered: int = 0


_ADD = insert_unless_there(usage).on_conflict_do_nothing(index_elements=["turn_id"])
_TOTALS = select(*(conversation_totals.c[name] for name in TotalsRow._fields)).where(
    conversation_totals.c.session_id == bindparam("session"),
    conversation_totals.c.conversation == bindparam("conversation"),
)
_totals = insert_unless_there(conversation_totals)
_REMEMBER = _totals.on_conflict_do_update(
    index_elements=["session_id", "conversation"],
    set_={name: _totals.excluded[name] for name in TotalsRow._fields},
)
_SUMS = (
    select(usage.c.session_id, func.sum(usage.c.cost), func.count() - func.count(usage.c.cost))
    .where(usage.c.session_id.in_(bindparam("sessions", expanding=True)))
    .group_by(usage.c.session_id)
)
_OF_TURNS = select(usage.c.turn_id, usage.c.cost, usage.c.input_tokens, usage.c.output_tokens).where(
    usage.c.session_id == bindparam("session")
)


def add(connection: Connection, row: NewUsageRow) -> None:
    """Charge a turn, once."""
    connection.execute(_ADD, {**row._asdict(), "month": month_of(row.at)})


def month_of(at: Instant) -> int:
    """The month of an instant, in UTC, as in 202603."""
    moment = datetime.fromtimestamp(at // 1_000_000, UTC)
    return moment.year * 100 + moment.month


def totals(connection: Connection, session: SessionId, conversation: str) -> TotalsRow | None:
    """What the conversation had used when it was last heard of."""
    found = connection.execute(_TOTALS, {"session": session, "conversation": conversation}).one_or_none()
    return None if found is None else TotalsRow._make(found)


def remember(connection: Connection, session: SessionId, conversation: str, row: TotalsRow) -> None:
    connection.execute(_REMEMBER, {"session_id": session, "conversation": conversation, **row._asdict()})


def sums(connection: Connection, ids: Sequence[SessionId]) -> dict[SessionId, SumRow]:
    """What each of these sessions has cost."""
    found = connection.execute(_SUMS, {"sessions": list(ids)})
    return {
        SessionId(session): SumRow(None if cost is None else int(cost), unmetered)
        for session, cost, unmetered in found
    }


def of_turns(
    connection: Connection, session: SessionId
) -> dict[TurnId, tuple[int | None, int | None, int | None]]:
    """Cost, tokens read and tokens written of each turn of a session that has any."""
    found = connection.execute(_OF_TURNS, {"session": session})
    return {TurnId(turn): (cost, read, written) for turn, cost, read, written in found}
