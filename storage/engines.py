"""What differs between the two engines: how a connection is opened, how a transaction begins, and what an error
means.

Connections run in the driver's autocommit mode, and the store sends BEGIN, SAVEPOINT and COMMIT itself: so both
engines go through the same lines, and a unit of work costs no more round trips than it has statements."""

from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor

from storage.errors import StorageError
from storage.postgresql import Postgres as Postgres
from storage.sqlite import Sqlite as Sqlite


class Dialect(Protocol):
    """One engine, as the store needs it."""

    @property
    def name(self) -> str:
        """`sqlite` or `postgresql`."""

    @property
    def begin_write(self) -> str:
        """What begins a transaction that writes."""

    @property
    def begin_read(self) -> str:
        """What begins a transaction that sees one snapshot."""

    @property
    def next_savepoint(self) -> tuple[str, ...]:
        """What ends the savepoint `unit` and begins the next one."""

    @property
    def largest_batch(self) -> int:
        """How many units are committed together at most."""

    def open_writer(self) -> Connection:
        """The connection that writes. On SQLite there is one, and it alone checkpoints."""

    def open_reader(self) -> Connection:
        """A connection that only reads."""

    def open_inspector(self) -> Connection:
        """A connection that looks at a database of unknown schema and leaves no trace."""

    def close(self, connection: Connection) -> None:
        """Close a connection and what stands behind it."""

    def send(self, cursor: DBAPICursor, statement: str) -> None:
        """Run a statement that begins, guards or ends a transaction."""

    def in_transaction(self, connection: DBAPIConnection) -> bool:
        """Whether a transaction is open, be it a failed one."""

    def can_commit(self, connection: DBAPIConnection) -> bool:
        """Whether a transaction is open that a commit would make durable."""

    def has_ended(self, connection: DBAPIConnection) -> bool:
        """Whether the connection is known to have ended."""

    def retry_alone(self, error: BaseException) -> bool:
        """Whether what met this error may succeed if it is tried again."""

    def explain(self, error: BaseException) -> StorageError | None:
        """What an error of the driver says about the database itself, where it does."""
