"""Automations: what runs by itself, and when it will next.

An automation that is disabled or deleted has no next run: what is due is found by that column alone."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    Text,
    and_,
    bindparam,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    text,
    true,
    update,
)

from storage.bots import bots
from storage.criteria import Criterion, contains
from storage.executions import executions
from storage.ids import AutomationId, BotId, Instant, PersonId, WorkspaceId
from storage.listing import Match, conditions
from storage.metadata import Serial, metadata
from storage.people import people, workspaces
from storage.prepared import Prepared
from storage.workflows import workflows

T = TypeVar("T")

_scheduled = text("next_run_at IS NOT NULL")
_kept = text("deleted_at IS NULL")
_resting = text("type = 'loop' AND next_run_at IS NULL AND deleted_at IS NULL")

automations = Table(
    "automations",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("type", String(10), nullable=False),  # manual, one-time, recurring, loop, http
    Column("kind", String(8), nullable=False),  # develop, chat, bot
    Column("creator_id", ForeignKey("people.id"), nullable=False),
    Column("prompt", Text),
    Column("workflow", String(64)),
    Column("bot_id", BigInteger),
    Column("parameters", Text, nullable=False, server_default="{}"),
    Column("provider", String(64)),
    Column("model", Text),
    Column("modes", Text, nullable=False, server_default="[]"),
    Column("ticket_id", String(200)),
    Column("auto_complete", Boolean, nullable=False, server_default="0"),
    Column("only_if_unchanged", Boolean, nullable=False, server_default="0"),
    Column("run_missed", Boolean, nullable=False, server_default="0"),
    Column("parallel", Boolean, nullable=False, server_default="0"),
    Column("cron", String(256)),
    Column("zone", String(64)),
    Column("run_at", BigInteger),  # of a one-time automation
    Column("wall_time", String(32)),  # the same, as it was written
    Column("zone_data", String(32)),  # the version of the zone data that the next run was computed with
    Column("next_run_at", BigInteger),  # none while nothing is due by itself
    Column("last_scheduled_for", BigInteger),  # what was due up to here is accounted for
    Column("enabled", Boolean, nullable=False, server_default="1"),
    Column("disabled_reason", Text),
    Column("disabled_at", BigInteger),
    Column("disabled_by", Text),
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("skips", Integer, nullable=False, server_default="0"),  # in a row
    Column("iteration", BigInteger, nullable=False, server_default="0"),
    Column("token_hash", LargeBinary(32), unique=True),
    Column("token_fingerprint", String(8)),
    Column("token_made_at", BigInteger),
    Column("signature", String(10)),  # github, gitlab, standard
    Column("signature_secret", Text),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    Index("ix_automations_due", "next_run_at", sqlite_where=_scheduled, postgresql_where=_scheduled),
    Index("ix_automations_resting", "id", sqlite_where=_resting, postgresql_where=_resting),
    Index("ix_automations_workspace_id_id", "workspace_id", "id", sqlite_where=_kept, postgresql_where=_kept),
    Index("ix_automations_creator_id_id", "creator_id", "id", sqlite_where=_kept, postgresql_where=_kept),
    Index("ix_automations_bot_id", "bot_id"),
    sqlite_autoincrement=True,
)


class AutomationRow(NamedTuple):
    """An automation, as stored."""

    id: AutomationId
    workspace_id: WorkspaceId
    name: str
    type: str
    kind: str
    creator_id: PersonId
    prompt: str | None
    workflow: str | None
    bot_id: BotId | None
    parameters: str
    provider: str | None
    model: str | None
    modes: str
    ticket_id: str | None
    auto_complete: bool
    only_if_unchanged: bool
    run_missed: bool
    parallel: bool
    cron: str | None
    zone: str | None
    run_at: Instant | None
    wall_time: str | None
    next_run_at: Instant | None
    last_scheduled_for: Instant | None
    enabled: bool
    disabled_reason: str | None
    disabled_at: Instant | None
    disabled_by: str | None
    failures: int
    skips: int
    iteration: int
    token_fingerprint: str | None
    signature: str | None
    signature_secret: str | None
    revision: int
    created_at: Instant
    updated_at: Instant


class Move(NamedTuple):
    """What is due next, and up to where all that was due is accounted for."""

    automation: AutomationId
    next_run_at: Instant | None
    accounted: Instant


class Seen(NamedTuple):
    """Which automations somebody may see: of these workspaces, of all where that is nothing, and whose."""

    workspaces: Collection[WorkspaceId] | None
    creator: PersonId | None


class Orphan(NamedTuple):
    """An automation whose bot or workflow is gone."""

    id: AutomationId
    bot_id: BotId | None
    workflow: str | None


_HERE = automations.c.deleted_at.is_(None)
_ROW = select(*(automations.c[name] for name in AutomationRow._fields))
_BY_ID = _ROW.where(automations.c.id == bindparam("id"), _HERE)
_LOCKED = _BY_ID.with_for_update()
_BY_TOKEN = _ROW.where(automations.c.token_hash == bindparam("hash"), _HERE)
_LOCKED_BY_TOKEN = Prepared(_BY_TOKEN.with_for_update())
_TRUTHS = [isinstance(automations.c[name].type, Boolean) for name in AutomationRow._fields]
_THESE = _ROW.where(automations.c.id.in_(bindparam("ids", expanding=True)))
_INSERT = insert(automations).returning(automations.c.id)
_DUE = (
    _ROW.where(automations.c.next_run_at <= bindparam("now"))
    .order_by(automations.c.next_run_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NEXT_DUE = select(func.min(automations.c.next_run_at)).where(automations.c.next_run_at.is_not(None))
_MOVE = (
    update(automations)
    .where(automations.c.id == bindparam("automation"))
    .values(next_run_at=bindparam("next"), last_scheduled_for=bindparam("accounted"))
)
_PLAN = (
    update(automations)
    .where(automations.c.id == bindparam("automation"), automations.c.next_run_at == bindparam("before"))
    .values(next_run_at=bindparam("next"), zone_data=bindparam("version"))
)
_AFTER = and_(automations.c.id > bindparam("after"), _HERE, automations.c.enabled.is_(True))
_RESTING = (
    _ROW.where(_AFTER, text("type = 'loop'"), automations.c.next_run_at.is_(None))
    .order_by(automations.c.id)
    .limit(bindparam("limit"))
)
_OUTDATED = (
    _ROW.where(
        _AFTER,
        automations.c.type == "recurring",
        func.coalesce(automations.c.zone_data, "") != bindparam("version"),
    )
    .order_by(automations.c.id)
    .limit(bindparam("limit"))
)
_NO_BOT = and_(automations.c.bot_id.is_not(None), ~exists().where(bots.c.id == automations.c.bot_id))
_NO_WORKFLOW = and_(
    automations.c.workflow.is_not(None),
    ~exists().where(
        workflows.c.workspace_id == automations.c.workspace_id, workflows.c.name == automations.c.workflow
    ),
)
_ORPHANS = (
    select(*(automations.c[name] for name in Orphan._fields))
    .where(_AFTER, automations.c.type.in_(["one-time", "recurring", "loop"]), or_(_NO_BOT, _NO_WORKFLOW))
    .order_by(automations.c.id)
    .limit(bindparam("limit"))
)
_THINGS = [
    select(func.count(), func.max(table.c.id), func.max(table.c.updated_at)).select_from(table)
    for table in (bots, workflows)
]
_BOT_NAMES = select(bots.c.id, bots.c.name).where(bots.c.id.in_(bindparam("ids", expanding=True)))


def latest_of(column: ColumnElement[T], *more: ColumnElement[bool]) -> ColumnElement[T]:
    """Of the latest execution of each automation in a list."""
    found = select(column).where(executions.c.automation_id == automations.c.id, *more)
    return found.order_by(executions.c.id.desc()).limit(1).correlate(automations).scalar_subquery()


last_outcome = latest_of(executions.c.outcome, executions.c.outcome.is_not(None))
"""How the latest execution that has ended did."""

_MATCHES: dict[str, Match] = {
    "text": lambda wanted: contains(
        (automations.c.name, automations.c.prompt, automations.c.workflow), wanted.texts
    ),
    "name": lambda wanted: automations.c.name.in_(wanted.texts),
    "type": lambda wanted: automations.c.type.in_(wanted.texts),
    "kind": lambda wanted: automations.c.kind.in_(wanted.texts),
    "workspace": lambda wanted: workspaces.c.slug.in_(wanted.texts),
    "creator": lambda wanted: people.c.name.in_(wanted.texts),
    "state": lambda wanted: or_(
        false(), *(automations.c.enabled.is_(state == "enabled") for state in wanted.texts)
    ),
    "outcome": lambda wanted: func.coalesce(last_outcome, "never").in_(wanted.texts),
    "due": lambda wanted: func.coalesce(automations.c.next_run_at < wanted.instant, false()),
}


def add(connection: Connection, values: Mapping[str, object]) -> AutomationId:
    """The new automation."""
    return AutomationId(connection.execute(_INSERT, values).scalar_one())


def by_id(connection: Connection, automation: AutomationId) -> AutomationRow | None:
    return _automation(connection.execute(_BY_ID, {"id": automation}).one_or_none())


def locked(connection: Connection, automation: AutomationId) -> AutomationRow | None:
    """The automation, which nobody else changes before this transaction ends."""
    return _automation(connection.execute(_LOCKED, {"id": automation}).one_or_none())


def by_token(connection: Connection, hash: bytes) -> AutomationRow | None:
    return _automation(connection.execute(_BY_TOKEN, {"hash": hash}).one_or_none())


def locked_by_token(connection: Connection, hash: bytes) -> AutomationRow | None:
    """The automation of this token, which nobody else changes before this transaction ends."""
    found = _LOCKED_BY_TOKEN.one(connection, {"hash": hash})
    if found is None:
        return None
    return AutomationRow._make(
        [bool(value) if truth else value for value, truth in zip(found, _TRUTHS, strict=True)]
    )


def these(connection: Connection, ids: Collection[AutomationId]) -> dict[AutomationId, AutomationRow]:
    """The automations that there are or were among these."""
    found = connection.execute(_THESE, {"ids": list(ids)}) if ids else ()
    return {AutomationId(row.id): AutomationRow._make(row) for row in found}


def change(connection: Connection, automation: AutomationId, values: Mapping[str, object]) -> None:
    """Set these columns."""
    connection.execute(update(automations).where(automations.c.id == automation).values(values))


def due(connection: Connection, now: Instant, limit: int) -> list[AutomationRow]:
    """What is due, the longest due first; on PostgreSQL, for this transaction alone."""
    found = connection.execute(_DUE, {"now": now, "limit": limit})
    return [AutomationRow._make(row) for row in found]


def next_due(connection: Connection) -> Instant | None:
    """When the next automation is due."""
    soonest: Instant | None = connection.execute(_NEXT_DUE).scalar_one()
    return soonest


def move_on(connection: Connection, moves: Sequence[Move]) -> None:
    """Note what is due next."""
    rows = [{"automation": a, "next": then, "accounted": accounted} for a, then, accounted in moves]
    if rows:
        connection.execute(_MOVE, rows)


def plan(
    connection: Connection, automation: AutomationId, before: Instant, then: Instant | None, version: str
) -> bool:
    """Put another next run in the place of one; whether that one was still planned."""
    values = {"automation": automation, "before": before, "next": then, "version": version}
    return connection.execute(_PLAN, values).rowcount == 1


def resting_loops(connection: Connection, after: AutomationId, limit: int) -> list[AutomationRow]:
    """Loops that are enabled and wait for their session to end, in order of their ids."""
    found = connection.execute(_RESTING, {"after": after, "limit": limit})
    return [AutomationRow._make(row) for row in found]


def outdated(connection: Connection, version: str, after: AutomationId, limit: int) -> list[AutomationRow]:
    """Recurring automations whose next run was computed with other zone data."""
    found = connection.execute(_OUTDATED, {"version": version, "after": after, "limit": limit})
    return [AutomationRow._make(row) for row in found]


def things_named(connection: Connection) -> tuple[object, ...]:
    """What changes when a bot or a workflow is made, changed or deleted."""
    return tuple(tuple(connection.execute(statement).one()) for statement in _THINGS)


def orphans(connection: Connection, after: AutomationId, limit: int) -> list[Orphan]:
    """Enabled automations that name a bot or a workflow that is gone."""
    return [Orphan._make(row) for row in connection.execute(_ORPHANS, {"after": after, "limit": limit})]


def bot_names(connection: Connection, ids: Collection[BotId]) -> dict[BotId, str]:
    found = connection.execute(_BOT_NAMES, {"ids": list(ids)}) if ids else ()
    return {BotId(row.id): row.name for row in found}


def page(
    connection: Connection,
    seen: Seen,
    criteria: Sequence[Criterion],
    *,
    below: AutomationId | None,
    limit: int,
) -> list[AutomationRow]:
    """Automations, newest first."""
    statement = _joined().where(_HERE, visible(seen), *conditions(_MATCHES, criteria))
    if below is not None:
        statement = statement.where(automations.c.id < below)
    statement = statement.order_by(automations.c.id.desc()).limit(limit)
    return [AutomationRow._make(row) for row in connection.execute(statement)]


def coming(connection: Connection, seen: Seen, until: Instant, limit: int) -> list[AutomationRow]:
    """What is planned before an instant, the soonest first."""
    statement = _ROW.where(automations.c.next_run_at < until, visible(seen))
    statement = statement.order_by(automations.c.next_run_at).limit(limit)
    return [AutomationRow._make(row) for row in connection.execute(statement)]


def visible(seen: Seen) -> ColumnElement[bool]:
    """Whether somebody may see an automation."""
    here = true() if seen.workspaces is None else automations.c.workspace_id.in_(sorted(seen.workspaces))
    return here if seen.creator is None else and_(here, automations.c.creator_id == seen.creator)


def _joined() -> Select[tuple[object, ...]]:
    statement = _ROW.join(people, people.c.id == automations.c.creator_id)
    return statement.join(workspaces, workspaces.c.id == automations.c.workspace_id)


def _automation(row: Row[tuple[object, ...]] | None) -> AutomationRow | None:
    return None if row is None else AutomationRow._make(row)
