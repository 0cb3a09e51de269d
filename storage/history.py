"""The history of automations as lists, and where each stands by it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select

from storage.automations import Seen, automations, last_outcome, latest_of, visible
from storage.criteria import Criterion, contains
from storage.executions import ExecutionRow, executions
from storage.ids import AutomationId, ExecutionId, Instant, SessionId
from storage.listing import Match, conditions, is_any
from storage.people import workspaces


class Latest(NamedTuple):
    """What there is to say of an automation from its history."""

    outcome: str | None
    started_at: Instant | None
    session: SessionId | None  # in flight


_LATEST = select(
    automations.c.id,
    last_outcome,
    latest_of(executions.c.started_at, executions.c.started_at.is_not(None)),
    latest_of(executions.c.session_id, executions.c.outcome.is_(None), executions.c.session_id.is_not(None)),
).where(automations.c.id.in_(bindparam("ids", expanding=True)))
_PAGE = (
    select(*(executions.c[name] for name in ExecutionRow._fields), automations.c.name.label("automation"))
    .join(automations, automations.c.id == executions.c.automation_id)
    .join(workspaces, workspaces.c.id == executions.c.workspace_id)
)
_MATCHES: dict[str, Match] = {
    "text": lambda wanted: contains((automations.c.name, executions.c.reason), wanted.texts),
    "automation": lambda wanted: _of_automation(wanted),
    "outcome": lambda wanted: func.coalesce(executions.c.outcome, "running").in_(wanted.texts),
    "trigger": lambda wanted: func.coalesce(executions.c.trigger, "unknown").in_(wanted.texts),
    "workspace": lambda wanted: workspaces.c.slug.in_(wanted.texts),
    "session": lambda wanted: is_any(executions.c.session_id, wanted, _numbers(wanted), 0),
    "since": lambda wanted: executions.c.created_at >= wanted.instant,
    "until": lambda wanted: executions.c.created_at < wanted.instant,
}


def latest(connection: Connection, ids: Collection[AutomationId]) -> dict[AutomationId, Latest]:
    """How the automations stand by their history."""
    found = connection.execute(_LATEST, {"ids": list(ids)}) if ids else ()
    return {AutomationId(row[0]): Latest(*row[1:]) for row in found}


def page(
    connection: Connection,
    seen: Seen,
    criteria: Sequence[Criterion],
    *,
    below: ExecutionId | None,
    limit: int,
) -> list[tuple[ExecutionRow, str]]:
    """Executions with the names of their automations, newest first."""
    statement = _PAGE.where(visible(seen), *conditions(_MATCHES, criteria))
    if below is not None:
        statement = statement.where(executions.c.id < below)
    statement = statement.order_by(executions.c.id.desc()).limit(limit)
    return [(ExecutionRow._make(row[:-1]), row[-1]) for row in connection.execute(statement)]


def _of_automation(wanted: Criterion) -> ColumnElement[bool]:
    """By number, which an index answers, or by name."""
    numbers = _numbers(wanted)
    if len(numbers) == len(wanted.values):
        return executions.c.automation_id.in_(numbers)
    return or_(automations.c.name.in_(wanted.texts), executions.c.automation_id.in_(numbers))


def _numbers(wanted: Criterion) -> list[int]:
    texts = (str(value) for value in wanted.values)
    return [int(number) for number in texts if number.isascii() and number.isdigit() and len(number) < 19]
