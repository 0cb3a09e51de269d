"""One connection whose transactions the store begins and ends itself, past SQLAlchemy: a SAVEPOINT sent through
it would cost as much as the unit that it guards."""

import logging

from sqlalchemy import Connection

from storage.connecting import raw
from storage.engines import Dialect

_log = logging.getLogger(__name__)


class Link:
    """A connection, and the driver's own below it."""

    def __init__(self, dialect: Dialect, connection: Connection) -> None:
        self.connection = connection
        self._dialect = dialect
        self._raw = raw(connection)
        self._cursor = self._raw.cursor()
        self._broken = False

    def send(self, *statements: str) -> None:
        for statement in statements:
            self._dialect.send(self._cursor, statement)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, be it a failed one."""
        return not self.lost and self._dialect.in_transaction(self._raw)

    @property
    def can_commit(self) -> bool:
        """Whether a transaction is open that a commit would make durable."""
        return not self.lost and self._dialect.can_commit(self._raw)

    @property
    def lost(self) -> bool:
        """Whether the connection has ended, and another one must be opened."""
        return self._broken or self.connection.invalidated or self._dialect.has_ended(self._raw)

    def rollback(self) -> None:
        """Leave the transaction, if there still is one."""
        if not self.in_transaction:
            return
        try:
            self.send("ROLLBACK")
        except Exception as error:
            self._broken = True
            _log.warning("A connection to the database is given up: %s", error)

    def close(self) -> None:
        self._broken = True
        try:
            self._dialect.close(self.connection)
        except Exception as error:
            _log.debug("A connection that was lost could not be closed: %s", error)
