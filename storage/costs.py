"""What turns have cost, summed: by month, workspace, session, ticket, provider or automation, page by page."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, func, or_, select, true

from storage.criteria import Criterion
from storage.listing import Match, conditions, is_any
from storage.people import workspaces
from storage.sessions import Viewer, sessions
from storage.usage import usage


class SumsRow(NamedTuple):
    """What is known of the turns of a group together; a month is a group like 202603. `cost` is in millionths of
    a dollar, of those whose cost is known; `unmetered` counts the others."""

    group: str
    cost: int | None
    turns: int
    unmetered: int
    input_tokens: int | None
    output_tokens: int | None


class _Grouping(NamedTuple):
    """`key` is what turns are summed by, and what the pages go by."""

    key: Column[Any]
    newest_first: bool = False


_GROUPINGS: Final[dict[str, _Grouping]] = {
    "month": _Grouping(usage.c.month, newest_first=True),
    "workspace": _Grouping(usage.c.workspace_id),
    "session": _Grouping(usage.c.session_id, newest_first=True),
    "ticket": _Grouping(usage.c.ticket_id),
    "provider": _Grouping(usage.c.provider),
    "automation": _Grouping(usage.c.automation_id, newest_first=True),
}
_SUMS = (
    func.sum(usage.c.cost).label("cost"),
    func.count().label("turns"),
    (func.count() - func.count(usage.c.cost)).label("unmetered"),
    func.sum(usage.c.input_tokens).label("input_tokens"),
    func.sum(usage.c.output_tokens).label("output_tokens"),
)
_MATCHES: dict[str, Match] = {
    "workspace": lambda wanted: usage.c.workspace_id.in_(
        select(workspaces.c.id).where(workspaces.c.slug.in_(wanted.texts))
    ),
    "provider": lambda wanted: usage.c.provider.in_(wanted.texts),
    "automation": lambda wanted: is_any(usage.c.automation_id, wanted, wanted.values, 0),
    "ticket": lambda wanted: is_any(usage.c.ticket_id, wanted, wanted.texts, ""),
    "session": lambda wanted: usage.c.session_id.in_(wanted.values),
    "since": lambda wanted: usage.c.at >= wanted.instant,
    "until": lambda wanted: usage.c.at < wanted.instant,
}


def page(
    connection: Connection,
    viewer: Viewer,
    by: str,
    criteria: Sequence[Criterion],
    after: str | int | None,
    limit: int,
) -> list[SumsRow]:
    """The sums of the sessions that the viewer may see. Months, sessions and automations come newest first, the
    others in order of their names; a page begins `after` a group."""
    grouping = _GROUPINGS[by]
    chosen = select(grouping.key.label("key"), *_SUMS).where(
        _visible(viewer), grouping.key.is_not(None), *conditions(_MATCHES, criteria)
    )
    if by == "workspace":
        sums = chosen.group_by(grouping.key).subquery()
        named = select(workspaces.c.slug, *(sums.c[name] for name in SumsRow._fields[1:]))
        named = named.join_from(sums, workspaces, workspaces.c.id == sums.c.key).order_by(workspaces.c.slug)
        statement = named if after is None else named.where(workspaces.c.slug > after)
    else:
        if after is not None:
            key = grouping.key
            chosen = chosen.where(key < after if grouping.newest_first else key > after)
        order = grouping.key.desc() if grouping.newest_first else grouping.key
        statement = chosen.group_by(grouping.key).order_by(order)
    return [_row(*row) for row in connection.execute(statement.limit(limit))]


def _row(
    group: object, cost: int | None, turns: int, unmetered: int, read: int | None, written: int | None
) -> SumsRow:
    return SumsRow(str(group), _whole(cost), turns, unmetered, _whole(read), _whole(written))


def _whole(total: int | None) -> int | None:
    """PostgreSQL adds whole numbers up to a decimal."""
    return None if total is None else int(total)


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    here = true() if viewer.workspaces is None else usage.c.workspace_id.in_(sorted(viewer.workspaces))
    if viewer.everything:
        return here
    theirs = or_(sessions.c.owner_id == viewer.person, sessions.c.creator_id == viewer.person)
    return here & usage.c.session_id.in_(select(sessions.c.id).where(theirs))
