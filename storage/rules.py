"""Rules that were added while the server ran, and those of tickets and missions."""

from collections.abc import Sequence
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
    UniqueConstraint,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_change

from storage.ids import Instant, PersonId, WorkspaceId
from storage.metadata import Serial, metadata
from storage.people import workspaces
from storage.prepared import Prepared

_written = text("written IS NOT NULL")

rules = Table(
    "rules",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", String(128), nullable=False, unique=True),
    Column("source", String(8), nullable=False),  # api, deadline, gate
    Column("owner", String(300)),  # of a rule that a mission's gate added: the mission, with which it goes
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE")),
    Column("written", Text, nullable=False),  # the rule, in the words of the configuration
    Column("created_by", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_rules_owner", "owner"),
    sqlite_autoincrement=True,
)

rule_versions = Table(
    "rule_versions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1 counts `rules`, 2 `scoped_rules`
    Column("version", BigInteger, nullable=False),
)
"""Counts the changes of the two: whoever routes knows by it whether theirs are the latest."""

scoped_rules = Table(
    "scoped_rules",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(8), nullable=False),  # ticket, mission
    Column("subject_id", String(200), nullable=False),
    Column("mission_id", String(200)),  # of a ticket: the mission that it belongs to
    Column("name", Text),  # of a mission, which some events name by its name alone
    Column("written", Text),  # its notifications, if it has any
    Column("gone_at", BigInteger),  # of a thing that is no more: what it told of before still finds its rules
    UniqueConstraint("workspace_id", "kind", "subject_id"),
    Index("ix_scoped_rules_name", "workspace_id", "name"),
    Index("ix_scoped_rules_written", "workspace_id", sqlite_where=_written, postgresql_where=_written),
    Index("ix_scoped_rules_gone_at", "gone_at"),
    sqlite_autoincrement=True,
)


class NewRuleRow(NamedTuple):
    """A rule to add, or to put in the place of the one of its id."""

    id: str
    source: str
    owner: str | None
    workspace_id: WorkspaceId | None
    written: str
    created_by: PersonId | None
    created_at: Instant
    updated_at: Instant


class RuleRow(NamedTuple):
    """A rule, as stored, with its workspace's slug."""

    seq: int
    id: str
    source: str
    owner: str | None
    workspace_id: WorkspaceId | None
    workspace: str | None
    written: str
    created_by: PersonId | None
    created_at: Instant
    updated_at: Instant


class ScopeRow(NamedTuple):
    """What a ticket or a mission says of its notifications."""

    workspace_id: WorkspaceId
    kind: str
    subject_id: str
    mission_id: str | None
    name: str | None
    written: str | None
    gone_at: Instant | None = None


class Versions(NamedTuple):
    """How often rules were changed, and those of tickets and missions."""

    rules: int
    scopes: int


_OF_RULES, _OF_SCOPES = 1, 2
_RULE = select(
    *(workspaces.c.slug.label("workspace") if name == "workspace" else rules.c[name] for name in RuleRow._fields)
).select_from(rules.outerjoin(workspaces, workspaces.c.id == rules.c.workspace_id))
_ALL = _RULE.order_by(rules.c.seq)
_BY_ID = _RULE.where(rules.c.id == bindparam("id"))
_COUNT = select(func.count()).select_from(rules)
_OF_IDS = _RULE.where(rules.c.id.in_(bindparam("ids", expanding=True)))
_insertion = insert_or_change(rules)
_PUT = _insertion.on_conflict_do_update(
    index_elements=["id"],
    set_={
        name: _insertion.excluded[name] for name in ("source", "owner", "workspace_id", "written", "updated_at")
    },
)
_REMOVE = delete(rules).where(rules.c.id == bindparam("id"))
_REMOVE_OWNED = (
    delete(rules).where(rules.c.owner == bindparam("of_owner")).returning(rules.c.id, rules.c.workspace_id)
)
_BUMP = (
    insert_or_change(rule_versions)
    .values(version=1)
    .on_conflict_do_update(index_elements=["id"], set_={"version": rule_versions.c.version + 1})
)
_VERSIONS = Prepared(select(rule_versions.c.id, rule_versions.c.version))

_scope = insert_or_change(scoped_rules)
_PUT_SCOPE = _scope.on_conflict_do_update(
    index_elements=["workspace_id", "kind", "subject_id"],
    set_={name: _scope.excluded[name] for name in ("mission_id", "name", "written", "gone_at")},
)
_OF_SUBJECT = (
    scoped_rules.c.workspace_id == bindparam("of_workspace"),
    scoped_rules.c.kind == bindparam("of_kind"),
    scoped_rules.c.subject_id == bindparam("of_subject"),
)
_SCOPE = select(*(scoped_rules.c[name] for name in ScopeRow._fields))
_SCOPE_OF = Prepared(_SCOPE.where(*_OF_SUBJECT))
_MISSION_CALLED = Prepared(
    _SCOPE.where(
        scoped_rules.c.workspace_id == bindparam("of_workspace"),
        scoped_rules.c.name == bindparam("called"),
        scoped_rules.c.kind == "mission",
    )
    .order_by(scoped_rules.c.gone_at.is_not(None), scoped_rules.c.written.is_(None), scoped_rules.c.subject_id)
    .limit(1)
)
_ANY_SCOPE = select(scoped_rules.c.workspace_id).where(_written).limit(1)
_REMOVE_SCOPE = delete(scoped_rules).where(*_OF_SUBJECT)
_LEAVE_SCOPE = (
    update(scoped_rules).where(*_OF_SUBJECT, scoped_rules.c.gone_at.is_(None)).values(gone_at=bindparam("now"))
)


def versions(connection: Connection) -> Versions:
    """By which whoever routes knows whether their rules are the latest."""
    cursor = _VERSIONS.run(connection, {})
    counted = dict(cursor.fetchall())
    cursor.close()
    return Versions(counted.get(_OF_RULES, 0), counted.get(_OF_SCOPES, 0))


def every(connection: Connection) -> list[RuleRow]:
    """All of them, in the order in which they were added."""
    return [RuleRow._make(row) for row in connection.execute(_ALL)]


def by_id(connection: Connection, id: str) -> RuleRow | None:
    found = connection.execute(_BY_ID, {"id": id}).one_or_none()
    return None if found is None else RuleRow._make(found)


def of_ids(connection: Connection, ids: Sequence[str]) -> list[RuleRow]:
    return [RuleRow._make(row) for row in connection.execute(_OF_IDS, {"ids": list(ids)})]


def count(connection: Connection) -> int:
    return connection.execute(_COUNT).scalar_one()


def put(connection: Connection, rows: Sequence[NewRuleRow]) -> None:
    """Add the rules. One whose id is there takes its place in the order, too."""
    if rows:
        connection.execute(_PUT, [row._asdict() for row in rows])
        connection.execute(_BUMP, {"id": _OF_RULES})


def remove(connection: Connection, id: str) -> bool:
    """Whether there was one of this id."""
    if connection.execute(_REMOVE, {"id": id}).rowcount == 0:
        return False
    connection.execute(_BUMP, {"id": _OF_RULES})
    return True


def remove_owned(connection: Connection, owner: str) -> list[tuple[str, WorkspaceId | None]]:
    """Remove the rules that go with this owner, and say which they were, and for which workspace."""
    removed = [(row[0], row[1]) for row in connection.execute(_REMOVE_OWNED, {"of_owner": owner})]
    if removed:
        connection.execute(_BUMP, {"id": _OF_RULES})
    return removed


def put_scope(connection: Connection, row: ScopeRow) -> None:
    """Write what a ticket or a mission says, in the place of what it said."""
    connection.execute(_PUT_SCOPE, row._asdict())
    connection.execute(_BUMP, {"id": _OF_SCOPES})


def remove_scope(connection: Connection, workspace: WorkspaceId, kind: str, subject: str) -> None:
    """Forget what a ticket or a mission said."""
    of_subject = {"of_workspace": workspace, "of_kind": kind, "of_subject": subject}
    if connection.execute(_REMOVE_SCOPE, of_subject).rowcount:
        connection.execute(_BUMP, {"id": _OF_SCOPES})


def leave_scope(connection: Connection, workspace: WorkspaceId, kind: str, subject: str, now: Instant) -> None:
    """The ticket or mission is no more. What it said is kept for what it has told of by now."""
    of_subject = {"of_workspace": workspace, "of_kind": kind, "of_subject": subject, "now": now}
    if connection.execute(_LEAVE_SCOPE, of_subject).rowcount:
        connection.execute(_BUMP, {"id": _OF_SCOPES})


def any_scope(connection: Connection) -> bool:
    """Whether any ticket or mission has notifications of its own."""
    return connection.execute(_ANY_SCOPE).first() is not None


def scope_of(connection: Connection, workspace: WorkspaceId, kind: str, subject: str) -> ScopeRow | None:
    """What the ticket or mission says."""
    found = _SCOPE_OF.one(connection, {"of_workspace": workspace, "of_kind": kind, "of_subject": subject})
    return None if found is None else ScopeRow._make(found)


def mission_called(connection: Connection, workspace: WorkspaceId, name: str) -> ScopeRow | None:
    """What the mission of this name says: of several, one that is there and says something."""
    found = _MISSION_CALLED.one(connection, {"of_workspace": workspace, "called": name})
    return None if found is None else ScopeRow._make(found)
