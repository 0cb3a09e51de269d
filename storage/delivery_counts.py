"""How many deliveries of a workspace are in which state: kept exact by triggers on the deliveries (see migration
0004), so that to count is to look up. Whoever makes the table of the deliveries anew makes them anew."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import BigInteger, Boolean, Column, Connection, Table, bindparam, func, select

from storage.ids import WorkspaceId
from storage.metadata import metadata

NONE = WorkspaceId(0)
"""In the place of a workspace, where a delivery belongs to none."""


class Counts(NamedTuple):
    """So many are in each state."""

    pending: int = 0
    sent: int = 0
    failed: int = 0
    dropped: int = 0
    cancelled: int = 0


delivery_counts = Table(
    "delivery_counts",
    metadata,
    Column("workspace_id", BigInteger, primary_key=True, autoincrement=False),
    Column("private", Boolean, primary_key=True),
    *(Column(state, BigInteger, nullable=False) for state in Counts._fields),
)

_SUMS = select(*(func.coalesce(func.sum(delivery_counts.c[state]), 0) for state in Counts._fields))
_OF_SOME = _SUMS.where(delivery_counts.c.workspace_id.in_(bindparam("workspaces", expanding=True)))
_OPEN = delivery_counts.c.private.is_(False)


def count(connection: Connection, workspaces: Collection[WorkspaceId] | None, *, private: bool) -> Counts:
    """Those of these workspaces, or of all and none; with private ones or without."""
    statement = _SUMS if workspaces is None else _OF_SOME
    values = {} if workspaces is None else {"workspaces": list(workspaces)}
    found = connection.execute(statement if private else statement.where(_OPEN), values).one()
    return Counts(*map(int, found))
