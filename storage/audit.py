"""The append-only record of who did what to which thing, refused attempts included."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    String,
    Table,
    Text,
    insert,
    or_,
    select,
)

from storage.criteria import Criterion, contains
from storage.ids import Instant
from storage.listing import Match, conditions
from storage.metadata import Serial, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(128), nullable=False),  # a person's name, or "server"
    Column("via", String(64), nullable=False),  # "socket", "key:<id>", "server"
    Column("action", String(64), nullable=False),
    Column("target", Text, nullable=False),
    Column("outcome", String(16), nullable=False),  # "done" or "refused"
    Column("detail", Text, nullable=False, server_default="{}"),
    Index("ix_audit_action_id", "action", "id"),
    sqlite_autoincrement=True,
)


class AuditRow(NamedTuple):
    """One thing that somebody did, or was refused."""

    id: int
    at: Instant
    actor: str
    via: str
    action: str
    target: str
    outcome: str
    detail: str


_ADD = insert(audit)
_MATCHES: dict[str, Match] = {
    "text": lambda wanted: contains((audit.c.target, audit.c.detail), wanted.texts),
    "action": lambda wanted: or_(*(_named(pattern) for pattern in wanted.texts)),
    "actor": lambda wanted: audit.c.actor.in_(wanted.texts),
    "via": lambda wanted: audit.c.via.in_(wanted.texts),
    "target": lambda wanted: audit.c.target.in_(wanted.texts),
    "outcome": lambda wanted: audit.c.outcome.in_(wanted.texts),
    "since": lambda wanted: audit.c.at >= wanted.instant,
    "until": lambda wanted: audit.c.at < wanted.instant,
}


def add_audit(
    connection: Connection,
    at: Instant,
    *,
    actor: str,
    via: str,
    action: str,
    target: str,
    outcome: str,
    detail: str,
) -> None:
    """Append a record. Nothing here changes or removes one."""
    values = {"at": at, "actor": actor, "via": via, "action": action, "target": target}
    connection.execute(_ADD, {**values, "outcome": outcome, "detail": detail})


def audit_page(
    connection: Connection, criteria: Sequence[Criterion], *, limit: int, before: int | None
) -> list[AuditRow]:
    """Records, newest first."""
    statement = select(*(audit.c[name] for name in AuditRow._fields)).where(*conditions(_MATCHES, criteria))
    if before is not None:
        statement = statement.where(audit.c.id < before)
    statement = statement.order_by(audit.c.id.desc()).limit(limit)
    return [AuditRow._make(row) for row in connection.execute(statement)]


def _named(pattern: str) -> ColumnElement[bool]:
    """The action of this name, or with `*` at the end all whose names begin like this."""
    if pattern.endswith("*"):
        return audit.c.action.startswith(pattern[:-1], autoescape=True)
    return audit.c.action == pattern
