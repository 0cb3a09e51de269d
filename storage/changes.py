"""The change feed: what connected clients must look at again. It is both the live bus and the log that a
reconnecting client resumes from."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Index, String, Table, Text, bindparam, func, select

from storage.ids import ChangeSeq, Instant, PersonId, WorkspaceId
from storage.metadata import Serial, metadata
from storage.order import take_turn
from storage.prepared import Prepared, PreparedRows

changes = Table(
    "changes",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("topic", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("person_id", BigInteger),  # nobody in particular when null
    Column("workspace_id", BigInteger),
    Column("at", BigInteger, nullable=False),
    Index("ix_changes_at", "at"),
    sqlite_autoincrement=True,
)


class NewChange(NamedTuple):
    """Something that whoever shows it must look at again."""

    topic: str
    subject: str
    person_id: PersonId | None
    workspace_id: WorkspaceId | None
    at: Instant


class ChangeRow(NamedTuple):
    """A change, as stored."""

    seq: ChangeSeq
    topic: str
    subject: str
    person_id: PersonId | None
    workspace_id: WorkspaceId | None


_CHANGE = select(*(changes.c[name] for name in ChangeRow._fields))
_INSERT = PreparedRows(changes, NewChange._fields)
_AFTER = Prepared(
    _CHANGE.where(changes.c.seq > bindparam("seq")).order_by(changes.c.seq).limit(bindparam("limit"))
)
_LAST = select(func.max(changes.c.seq))
_FIRST = select(func.min(changes.c.seq))


def append(connection: Connection, rows: Sequence[NewChange]) -> None:
    """Note the changes, in this order."""
    if rows:
        take_turn(connection)
        _INSERT.run(connection, rows)


def after(connection: Connection, seq: ChangeSeq, limit: int) -> list[ChangeRow]:
    """The next changes in the order in which they were committed."""
    return [ChangeRow._make(row) for row in _AFTER.all(connection, {"seq": seq, "limit": limit})]


def last(connection: Connection) -> ChangeSeq:
    """The latest change there is."""
    return ChangeSeq(connection.execute(_LAST).scalar_one() or 0)


def first(connection: Connection) -> ChangeSeq:
    """The oldest change that is still there."""
    return ChangeSeq(connection.execute(_FIRST).scalar_one() or 0)
