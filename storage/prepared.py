"""Statements for the few places where many of them run for each request: compiled once for each engine, and sent
without being looked up, bound and typed again each time, which is half of what a small statement costs.

Values go to the driver as they are, and rows come as it gives them: for columns of numbers and text, and of truth
values on the way in."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Table, bindparam, insert
from sqlalchemy.sql.elements import ClauseElement


class Prepared:
    """One statement, by the names of its parameters."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None, dict[str, Any]]] = {}

    def run(self, connection: Connection, values: Mapping[str, object]) -> CursorResult[Any]:
        """Run it with these values; what the statement itself has bound need not be among them."""
        engine = connection.dialect.name
        if engine not in self._compiled:
            self._compiled[engine] = self._compile(connection)
        sql, order, constants = self._compiled[engine]
        bound = {**constants, **values} if constants else values
        if order is None:
            return connection.exec_driver_sql(sql, dict(bound))
        return connection.exec_driver_sql(sql, tuple(bound[name] for name in order))

    @classmethod
    def insertion(cls, table: Table, columns: Iterable[str]) -> "Prepared":
        """Inserts a row with these columns."""
        return cls(insert(table).inline().values({name: bindparam(name) for name in columns}))

    def _compile(self, connection: Connection) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
        compiled = self._statement.compile(dialect=connection.dialect)
        order = getattr(compiled, "positiontup", None)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return str(compiled), None if order is None else tuple(order), constants
