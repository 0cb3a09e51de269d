"""The append-only record of who did what to which thing, refused attempts included."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Index, String, Table, Text, insert, or_, select

from storage.ids import Instant
from storage.listing import Match, Term, conditions
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
    "text": lambda text: or_(
        audit.c.target.icontains(text, autoescape=True), audit.c.detail.icontains(text, autoescape=True)
    ),
    "action": lambda pattern: (
        audit.c.action.startswith(pattern[:-1], autoescape=True)
        if pattern.endswith("*")
        else audit.c.action == pattern
    ),
    "actor": lambda name: audit.c.actor == name,
    "via": lambda via: audit.c.via == via,
    "target": lambda target: audit.c.target == target,
    "outcome": lambda outcome: audit.c.outcome == outcome,
    "since": lambda instant: audit.c.at >= instant,
    "until": lambda instant: audit.c.at < instant,
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
    connection: Connection, terms: Sequence[Term], *, limit: int, before: int | None
) -> list[AuditRow]:
    """Records, newest first."""
    statement = select(*(audit.c[name] for name in AuditRow._fields)).where(*conditions(_MATCHES, terms))
    if before is not None:
        statement = statement.where(audit.c.id < before)
    statement = statement.order_by(audit.c.id.desc()).limit(limit)
    return [AuditRow._make(row) for row in connection.execute(statement)]
