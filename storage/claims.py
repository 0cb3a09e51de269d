"""The claim kernel: work that exactly one worker does at a time, on both engines, over any table of such work.

While a row is open, `run_at` is when it is due; while it is leased, `run_at` is when the lease ends: so one index
serves new work, retries, delayed work and the recovery from a crash alike. The lease token is the fence: a worker
that was too slow finds that its token is no longer the row's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Table, TextClause, and_, bindparam, func, select, update

from storage.ids import Instant

R = TypeVar("R")
_NO_LEASE = {"lease_token": None, "leased_by": None}


class Claims(Generic[R]):
    """The claims on a table with `run_at`, `attempt`, `lease_token` and `leased_by`, in groups that are claimed
    each by itself. A row is work as long as it is `opened`. A worker gets it as a `row`, made of these columns;
    `attempt` counts from 1 there, attempts that ended in a crash included."""

    def __init__(
        self,
        table: Table,
        row: Callable[..., R],
        columns: Sequence[str],
        *,
        group: Column[Any],
        opened: ColumnElement[bool] | TextClause,
    ) -> None:
        self._row = row
        (key,) = table.primary_key.columns
        run_at, attempt, token = table.c.run_at, table.c.attempt, table.c.lease_token
        of_group = and_(group == bindparam("of_group"), opened)
        among = key.in_(bindparam("keys", expanding=True))
        held = and_(opened, token == bindparam("token"))
        shown = [(attempt + 1).label("attempt") if name == "attempt" else table.c[name] for name in columns]
        self._find = (
            select(key.label("claimed"), *shown)
            .where(of_group, run_at <= bindparam("now"))
            .order_by(run_at, key)
            .limit(bindparam("at_most"))
            .with_for_update(skip_locked=True)
        )
        self._lease = (
            update(table)
            .where(among)
            .values(
                attempt=attempt + 1,
                run_at=bindparam("until"),
                lease_token=bindparam("token"),
                leased_by=bindparam("worker"),
            )
        )
        self._extend = update(table).where(among, held).values(run_at=bindparam("until")).returning(key)
        self._settle = update(table).where(key == bindparam("key"), held).values(_NO_LEASE)
        self._release = (
            update(table).where(among, held).values(run_at=bindparam("now"), attempt=attempt - 1, **_NO_LEASE)
        )
        self._next_due = select(func.min(run_at)).where(of_group)

    def claim(
        self, connection: Connection, group: int, limit: int, *, worker: str, token: str, now: Instant, lease: int
    ) -> list[R]:
        """Lease what is due, the longest due first, that of a worker that did not come back included."""
        found = connection.execute(self._find, {"of_group": group, "now": now, "at_most": limit}).all()
        if found:
            keys = [row.claimed for row in found]
            connection.execute(
                self._lease, {"keys": keys, "until": now + lease, "token": token, "worker": worker}
            )
        return [self._row(*row[1:]) for row in found]

    def heartbeat(self, connection: Connection, keys: Sequence[int], token: str, until: Instant) -> set[int]:
        """Hold these until then, and return those that are still the worker's."""
        held = connection.execute(self._extend, {"keys": list(keys), "token": token, "until": until})
        return set(held.scalars())

    def settle(self, connection: Connection, key: int, token: str, values: Mapping[str, object]) -> bool:
        """End the lease and write these columns: another state, or with a later `run_at` another attempt. False,
        and nothing is written, when it is no longer the worker's."""
        return connection.execute(self._settle, {**values, "key": key, "token": token}).rowcount == 1

    def release(self, connection: Connection, keys: Sequence[int], token: str, now: Instant) -> int:
        """Give back what was not begun, as a worker that stops does: the attempt does not count."""
        return connection.execute(self._release, {"keys": list(keys), "token": token, "now": now}).rowcount

    def next_due(self, connection: Connection, group: int) -> Instant | None:
        """When there will next be something to claim, if nothing is added."""
        due: Instant | None = connection.execute(self._next_due, {"of_group": group}).scalar_one()
        return due
