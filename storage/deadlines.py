"""The columns by which tickets and missions have deadlines, and what is due to be looked at: found by an index
that holds only what is still to be watched."""

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Index, String, Table, bindparam, func, select, text, update

from storage.ids import Instant, WorkspaceId

_watched = text("deadline_check_at IS NOT NULL")


def deadline_columns() -> list[Column[Any]]:
    return [
        Column("deadline", BigInteger),
        Column("deadline_set_at", BigInteger),  # from here on its time counts
        Column("deadline_state", String(8), nullable=False, server_default="none"),
        Column("deadline_check_at", BigInteger),  # when to look again: nothing where there is nothing to tell
    ]


def deadline_index(table: str) -> Index:
    return Index(f"ix_{table}_due", "deadline_check_at", sqlite_where=_watched, postgresql_where=_watched)


class DeadlineRow(NamedTuple):
    """A deadline that is watched, and whose it is."""

    seq: int
    workspace_id: WorkspaceId
    id: str
    deadline: Instant
    deadline_set_at: Instant
    deadline_state: str
    deadline_check_at: Instant


class Deadlines:
    """The deadlines of one table."""

    def __init__(self, table: Table) -> None:
        rows = select(*(table.c[name] for name in DeadlineRow._fields))
        check_at = table.c.deadline_check_at
        self._due = rows.where(check_at <= bindparam("now")).order_by(check_at).limit(bindparam("limit"))
        self._watched = (
            rows.where(check_at.is_not(None), table.c.deadline_state == "open", table.c.seq > bindparam("after"))
            .order_by(table.c.seq)
            .limit(bindparam("limit"))
        )
        self._next = select(func.min(check_at)).where(check_at.is_not(None))
        self._settle = (
            update(table)
            .where(table.c.seq == bindparam("of"), check_at == bindparam("before"))
            .values(deadline_state=bindparam("to"), deadline_check_at=bindparam("then"))
        )

    def due(self, connection: Connection, now: Instant, limit: int) -> list[DeadlineRow]:
        """Those to look at now, the longest due first."""
        found = connection.execute(self._due, {"now": now, "limit": limit})
        return [DeadlineRow._make(row) for row in found]

    def unwarned(self, connection: Connection, after: int, limit: int) -> list[DeadlineRow]:
        """Those of which nobody has been warned, in the order in which they were made."""
        found = connection.execute(self._watched, {"after": after, "limit": limit})
        return [DeadlineRow._make(row) for row in found]

    def next_due(self, connection: Connection) -> Instant | None:
        """When the next one is to be looked at."""
        soonest: Instant | None = connection.execute(self._next).scalar_one()
        return soonest

    def settle(self, connection: Connection, row: DeadlineRow, state: str, then: Instant | None) -> bool:
        """Note what was found, and when to look again; whether nobody else had done so before."""
        values = {"of": row.seq, "before": row.deadline_check_at, "to": state, "then": then}
        return connection.execute(self._settle, values).rowcount == 1
