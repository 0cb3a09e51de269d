"""Sessions: one row for each, with where it stands, where it works, and what it belongs to."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    and_,
    bindparam,
    literal_column,
    select,
    text,
    true,
    union,
    update,
)

from storage.criteria import Criterion, contains
from storage.ids import AutomationId, BotId, ExecutionId, Instant, PersonId, SessionId, WorkspaceId
from storage.listing import Match, conditions, is_any
from storage.metadata import Serial, metadata
from storage.numbering import numbers_for
from storage.people import people, workspaces
from storage.prepared import PreparedRows

_in_flight = text("state IN ('queued', 'running', 'asking')")
_with_request = text("pr_url IS NOT NULL")
_with_request_to_look_at = text("pr_due_at IS NOT NULL")
_with_worktree = text("branch IS NOT NULL AND workdir IS NOT NULL")
_unfinished = text("state IN ('queued', 'running', 'asking', 'waiting', 'failed')")

sessions = Table(
    "sessions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(8), nullable=False),  # develop, chat, bot
    Column("state", String(10), nullable=False),  # queued, running, asking, waiting, done, failed, cancelled
    Column("outcome", String(12)),  # of the last run; none before one has ended
    Column("detail", Text, nullable=False, server_default=""),  # what it is doing, or why it is where it is
    Column("title", Text, nullable=False),
    Column("prompt", Text, nullable=False, server_default=""),
    Column("owner_id", ForeignKey("people.id"), nullable=False),
    Column("creator_id", ForeignKey("people.id"), nullable=False),
    Column("ticket_id", String(200)),
    Column("bot_id", BigInteger),
    Column("bot_name", Text),
    Column("instructions", Text, nullable=False, server_default=""),  # the bot's, as they were at the start
    Column("provider", String(64), nullable=False),
    Column("model", Text),
    Column("workflow", Text),  # its name
    Column("workflow_snapshot", Text),  # its definition as it was at the start, JSON
    Column("parameters", Text, nullable=False, server_default="{}"),
    Column("modes", Text, nullable=False, server_default="[]"),
    Column("auto_complete", Boolean, nullable=False, server_default="0"),
    Column("only_if_unchanged", Boolean, nullable=False, server_default="0"),
    Column("automation_id", BigInteger),
    Column("execution_id", BigInteger),
    Column("notify", Boolean, nullable=False, server_default="0"),  # its owner is told how it ended
    Column("worker", Text),  # the server that runs it
    Column("stop_asked_at", BigInteger),
    Column("workdir", Text),
    Column("branch", Text),
    Column("base_ref", Text),
    Column("base_sha", String(64)),
    Column("tree_before", String(140)),
    Column("head_before", String(64)),
    Column("resume_id", Text),
    Column("denied_tools", Integer, nullable=False, server_default="0"),
    Column("failed_tools", Integer, nullable=False, server_default="0"),
    Column("pr_url", Text),
    Column("pr_state", String(8)),  # open, merged, closed, unknown
    Column("pr_head", String(64)),  # the commit that it was at when it was last seen
    Column("pr_due_at", BigInteger),  # when to look at it again; never, when there is nothing
    Column("pr_unknowns", Integer, nullable=False, server_default="0"),  # looks in a row that told nothing
    Column("pr_settled_at", BigInteger),  # when it was first seen merged or closed
    Column("merged_commit", String(64)),  # of its base, where its branch was merged here
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),  # of the last run
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_sessions_workspace_id_id", "workspace_id", "id"),
    Index("ix_sessions_owner_id_id", "owner_id", "id"),
    Index("ix_sessions_creator_id_id", "creator_id", "id"),
    Index("ix_sessions_automation_id_id", "automation_id", "id"),
    Index(
        "ix_sessions_in_flight",
        "state",
        "updated_at",
        "id",
        sqlite_where=_in_flight,
        postgresql_where=_in_flight,
    ),
    Index(
        "ix_sessions_request_due",
        "pr_due_at",
        sqlite_where=_with_request_to_look_at,
        postgresql_where=_with_request_to_look_at,
    ),
    Index(
        "ix_sessions_request",
        "workspace_id",
        "pr_url",
        sqlite_where=_with_request,
        postgresql_where=_with_request,
    ),
    Index("ix_sessions_owner_id_updated_at", "owner_id", "updated_at", "id"),
    Index(
        "ix_sessions_unfinished",
        "owner_id",
        "state",
        "updated_at",
        "id",
        "workspace_id",
        "ended_at",  # these two only so that the index answers alone
        sqlite_where=_unfinished,
        postgresql_where=_unfinished,
    ),
    Index("ix_sessions_worktree", "id", sqlite_where=_with_worktree, postgresql_where=_with_worktree),
    sqlite_autoincrement=True,
)


class SessionRow(NamedTuple):
    """A session, as stored, without its long texts."""

    id: SessionId
    workspace_id: WorkspaceId
    kind: str
    state: str
    outcome: str | None
    detail: str
    title: str
    owner_id: PersonId
    creator_id: PersonId
    ticket_id: str | None
    bot_id: BotId | None
    bot_name: str | None
    provider: str
    model: str | None
    workflow: str | None
    modes: str
    auto_complete: bool
    only_if_unchanged: bool
    automation_id: AutomationId | None
    execution_id: ExecutionId | None
    notify: bool
    worker: str | None
    stop_asked_at: Instant | None
    workdir: str | None
    branch: str | None
    base_ref: str | None
    base_sha: str | None
    tree_before: str | None
    head_before: str | None
    resume_id: str | None
    denied_tools: int
    failed_tools: int
    pr_url: str | None
    pr_state: str | None
    pr_head: str | None
    pr_due_at: Instant | None
    pr_unknowns: int
    pr_settled_at: Instant | None
    merged_commit: str | None
    created_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    updated_at: Instant


class SessionTexts(NamedTuple):
    """What of a session is long."""

    prompt: str
    instructions: str
    parameters: str


class NewSessionRow(NamedTuple):
    """A session to be."""

    workspace_id: WorkspaceId
    kind: str
    title: str
    prompt: str
    owner_id: PersonId
    creator_id: PersonId
    provider: str
    model: str | None
    created_at: Instant
    state: str = "queued"
    ticket_id: str | None = None
    bot_id: BotId | None = None
    bot_name: str | None = None
    instructions: str = ""
    workflow: str | None = None
    workflow_snapshot: str | None = None
    parameters: str = "{}"
    modes: str = "[]"
    auto_complete: bool = False
    only_if_unchanged: bool = False
    automation_id: AutomationId | None = None
    execution_id: ExecutionId | None = None
    workdir: str | None = None
    notify: bool = False


class Viewer(NamedTuple):
    """Whose list it is: of these workspaces (all of them, where there is nothing), what is their own, or all."""

    person: PersonId
    workspaces: frozenset[WorkspaceId] | None
    everything: bool


IN_FLIGHT = ("queued", "running", "asking")

FLYING = sessions.c.state.in_([literal_column(f"'{state}'", String) for state in IN_FLIGHT])
UNFINISHED = sessions.c.state.in_(
    [literal_column(f"'{state}'", String) for state in (*IN_FLIGHT, "waiting", "failed")]
)
"""In the words of the indexes, which a database uses only where it can see them."""

_SESSION = select(*(sessions.c[name] for name in SessionRow._fields))
_BY_ID = _SESSION.where(sessions.c.id == bindparam("id"))
_BY_IDS = _SESSION.where(sessions.c.id.in_(bindparam("ids", expanding=True)))
_TEXTS = select(*(sessions.c[name] for name in SessionTexts._fields)).where(sessions.c.id == bindparam("id"))
_OF_AUTOMATION = (
    _SESSION.where(sessions.c.automation_id == bindparam("automation"), FLYING)
    .order_by(sessions.c.id.desc())
    .limit(1)
)
_INSERT = PreparedRows(sessions, ("id", *NewSessionRow._fields, "updated_at"))
_COUNT_TOOLS = (
    update(sessions)
    .where(sessions.c.id == bindparam("session"))
    .values(
        denied_tools=sessions.c.denied_tools + bindparam("denied"),
        failed_tools=sessions.c.failed_tools + bindparam("failed"),
        updated_at=bindparam("now"),
    )
)
_NAME = people.alias("named")


def _named(column: ColumnElement[int], names: Sequence[str]) -> ColumnElement[bool]:
    return column.in_(select(_NAME.c.id).where(_NAME.c.name.in_(names)))


_MATCHES: dict[str, Match] = {
    "state": lambda wanted: sessions.c.state.in_(wanted.texts),
    "kind": lambda wanted: sessions.c.kind.in_(wanted.texts),
    "workspace": lambda wanted: sessions.c.workspace_id.in_(
        select(workspaces.c.id).where(workspaces.c.slug.in_(wanted.texts))
    ),
    "owner": lambda wanted: _named(sessions.c.owner_id, wanted.texts),
    "provider": lambda wanted: sessions.c.provider.in_(wanted.texts),
    "automation": lambda wanted: is_any(sessions.c.automation_id, wanted, wanted.values, 0),
    "ticket": lambda wanted: is_any(sessions.c.ticket_id, wanted, wanted.texts, ""),
    "bot": lambda wanted: is_any(sessions.c.bot_name, wanted, wanted.texts, ""),
    "outcome": lambda wanted: is_any(sessions.c.outcome, wanted, wanted.texts, ""),
    "is": lambda wanted: FLYING,
    "worktree": lambda wanted: and_(sessions.c.branch.is_not(None), sessions.c.workdir.is_not(None)),
    "since": lambda wanted: sessions.c.created_at >= wanted.instant,
    "until": lambda wanted: sessions.c.created_at < wanted.instant,
    "text": lambda wanted: contains((sessions.c.title, sessions.c.prompt, sessions.c.detail), wanted.texts),
}


def add(connection: Connection, row: NewSessionRow) -> SessionId:
    """The new session."""
    return add_all(connection, [row])[0]


def add_all(connection: Connection, rows: Sequence[NewSessionRow]) -> list[SessionId]:
    """The new sessions, in this order."""
    numbers = numbers_for(connection, sessions, len(rows))
    _INSERT.run(connection, [(number, *row, row.created_at) for number, row in zip(numbers, rows, strict=True)])
    return [SessionId(number) for number in numbers]


def by_id(connection: Connection, session: SessionId) -> SessionRow | None:
    found = connection.execute(_BY_ID, {"id": session}).one_or_none()
    return None if found is None else SessionRow._make(found)


def existing(connection: Connection, session: SessionId) -> SessionRow:
    """A session that is known to be there."""
    return SessionRow._make(connection.execute(_BY_ID, {"id": session}).one())


def texts(connection: Connection, session: SessionId) -> SessionTexts:
    return SessionTexts._make(connection.execute(_TEXTS, {"id": session}).one())


def in_flight(connection: Connection, automation: AutomationId) -> SessionRow | None:
    """The automation's session that has not ended, the latest if there are several."""
    found = connection.execute(_OF_AUTOMATION, {"automation": automation}).one_or_none()
    return None if found is None else SessionRow._make(found)


def these(connection: Connection, ids: Collection[SessionId]) -> dict[SessionId, SessionRow]:
    """The sessions that there are among these."""
    found = connection.execute(_BY_IDS, {"ids": list(ids)})
    return {SessionId(row.id): SessionRow._make(row) for row in found}


def change(connection: Connection, session: SessionId, values: Mapping[str, object], now: Instant) -> None:
    """Set these columns of a session."""
    statement = update(sessions).where(sessions.c.id == session)
    connection.execute(statement.values({**values, "updated_at": now}))


def count_tools(connection: Connection, session: SessionId, denied: int, failed: int, now: Instant) -> None:
    """Add what a turn was denied, and what failed in it."""
    values = {"session": session, "denied": denied, "failed": failed, "now": now}
    connection.execute(_COUNT_TOOLS, values)


def move(
    connection: Connection,
    session: SessionId,
    before: Collection[str],
    values: Mapping[str, object],
    now: Instant,
    *,
    worker: str | None = None,
) -> bool:
    """Set these columns if the session is in one of these states, and, where one is named, with this server."""
    statement = update(sessions).where(sessions.c.id == session, sessions.c.state.in_(list(before)))
    if worker is not None:
        statement = statement.where(sessions.c.worker == worker)
    return connection.execute(statement.values({**values, "updated_at": now})).rowcount == 1


def page(
    connection: Connection,
    viewer: Viewer,
    criteria: Sequence[Criterion],
    below: SessionId | None,
    limit: int,
) -> list[SessionRow]:
    """Sessions that the viewer may see, newest first."""
    place = [] if below is None else [sessions.c.id < below]
    wanted = [_here(viewer), *place, *conditions(_MATCHES, criteria)]
    if not viewer.everything:
        own = (sessions.c.owner_id == viewer.person, sessions.c.creator_id == viewer.person)
        wanted = [sessions.c.id.in_(union(*(_first_ids([each, *wanted], limit) for each in own)))]
    statement = _SESSION.where(*wanted).order_by(sessions.c.id.desc()).limit(limit)
    return [SessionRow._make(row) for row in connection.execute(statement)]


def _first_ids(wanted: Sequence[ColumnElement[bool]], limit: int) -> Select[tuple[int]]:
    """The newest that meet all of this: each by an index of its own, so that a page costs the same among many."""
    newest = select(sessions.c.id).where(*wanted).order_by(sessions.c.id.desc()).limit(limit)
    return select(newest.subquery().c.id)


def _here(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.workspaces is None else sessions.c.workspace_id.in_(sorted(viewer.workspaces))
