"""Statements for the few places where many of them run for each request: compiled once for each engine, and sent
past SQLAlchemy, without being looked up, bound and typed again each time: four fifths of what a small one costs.

Values go to the driver as they are, and rows come as it gives them: for columns of numbers and text, and of truth
values on the way in."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, insert
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.elements import ClauseElement

from storage.connecting import raw


class Prepared:
    """One statement, by the names of its parameters."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None, dict[str, Any]]] = {}

    def run(self, connection: Connection, values: Mapping[str, object]) -> DBAPICursor:
        """Run it with these values; what the statement itself has bound need not be among them."""
        engine = connection.dialect.name
        if engine not in self._compiled:
            self._compiled[engine] = self._compile(connection)
        sql, order, constants = self._compiled[engine]
        bound = {**constants, **values} if constants else values
        parameters = dict(bound) if order is None else tuple([bound[name] for name in order])
        cursor = raw(connection).cursor()
        cursor.execute(sql, parameters)
        return cursor

    def one(self, connection: Connection, values: Mapping[str, object]) -> tuple[Any, ...] | None:
        """Its only row, or nothing where there is none."""
        cursor = self.run(connection, values)
        row = cursor.fetchone()
        cursor.close()
        return row

    def scalar(self, connection: Connection, values: Mapping[str, object]) -> Any:
        """What is first in its only row, or nothing where there is none."""
        row = self.one(connection, values)
        return None if row is None else row[0]

    @classmethod
    def insertion(
        cls, table: Table, columns: Iterable[str], *, returning: Column[Any] | None = None
    ) -> "Prepared":
        """Inserts a row with these columns, and answers one that the database fills in."""
        statement = insert(table).inline().values({name: bindparam(name) for name in columns})
        return cls(statement if returning is None else statement.returning(returning))

    def _compile(self, connection: Connection) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
        compiled = self._statement.compile(dialect=connection.dialect)
        order = getattr(compiled, "positiontup", None)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return str(compiled), None if order is None else tuple(order), constants
