"""PostgreSQL, through psycopg: any number of servers may share a database."""

from dataclasses import dataclass, field

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError

from storage.connecting import connect, dispose, original
from storage.errors import DamagedDatabaseError, StorageError, UnavailableDatabaseError
from storage.order import TAKE_TURN, has_turn

_SETTINGS = (
    "SET idle_in_transaction_session_timeout = '10s'",  # a server that was stopped must not hold up the others
    "SET lock_timeout = '20s'",
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)
_INTRANS, _INERROR = 2, 3  # libpq's PQTRANS_INTRANS and PQTRANS_INERROR
_IN_TRANSACTION = {_INTRANS, _INERROR}
_DAMAGED = {"XX001", "XX002"}
_CANCELED = "57014"
_TROUBLE = {
    "08": "the connection to it was lost; it is tried again with the next request",
    "28": "it refused the user or the password; look at [database] url",
    "3D": "there is no database of that name; create it, or look at [database] url",
    "53": "it is out of disk space, memory or connections",
    "55": "another server holds a lock for too long",
    "57": "it is starting, stopping, or was told to end this connection",
    "58": "its machine reports an error; look into the log of PostgreSQL",
}


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL database by its URL. Servers that share it write one after the other, see `storage.order`."""

    url: str = field(repr=False)
    name: str = "postgresql"
    begin_write: str = f"BEGIN; {TAKE_TURN}"
    begin_read: str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    next_savepoint: tuple[str, ...] = ("RELEASE unit; SAVEPOINT unit",)
    largest_batch: int = 60  # PostgreSQL remembers 64 subtransactions cheaply

    def open_writer(self) -> Connection:
        connection = self._open()
        has_turn(connection)
        return connection

    def open_reader(self) -> Connection:
        return self._open()

    def open_inspector(self) -> Connection:
        return self._open()

    def close(self, connection: Connection) -> None:
        dispose(connection)

    def send(self, cursor: DBAPICursor, statement: str) -> None:
        cursor.execute(statement, prepare=False)  # type: ignore[call-arg]  # several statements at once

    def in_transaction(self, connection: DBAPIConnection) -> bool:
        return connection.pgconn.transaction_status in _IN_TRANSACTION

    def can_commit(self, connection: DBAPIConnection) -> bool:
        return bool(connection.pgconn.transaction_status == _INTRANS)

    def has_ended(self, connection: DBAPIConnection) -> bool:
        return bool(connection.closed)

    def retry_alone(self, error: BaseException) -> bool:
        """A deadlock or a serialisation failure between two servers ends the whole batch: its units go again."""
        return _sqlstate(error) in {"40P01", "40001"}

    def explain(self, error: BaseException) -> StorageError | None:
        state = _sqlstate(error)
        if state is None:
            driver = original(error)
            if type(driver).__name__ != "OperationalError":
                return None
            reason = (str(driver).strip().splitlines() or ["no reason given"])[0]
            return UnavailableDatabaseError(f"The database {self._shown()} cannot be reached: {reason}.")
        if state in _DAMAGED:
            return DamagedDatabaseError(f"The database {self._shown()} is damaged: restore a backup.")
        trouble = _TROUBLE.get(state[:2])
        if trouble is None or state == _CANCELED:
            return None
        return UnavailableDatabaseError(f"The database {self._shown()} cannot be used: {trouble}.")

    def _open(self) -> Connection:
        def prepare(connection: DBAPIConnection) -> None:
            for setting in _SETTINGS:
                connection.execute(setting).close()

        url = self._parsed().set(drivername="postgresql+psycopg")
        defaults = {"application_name": "callboard", "connect_timeout": "10"}
        try:
            return connect(url.update_query_dict(defaults | dict(url.query)), prepare)
        except ModuleNotFoundError as error:
            raise UnavailableDatabaseError(
                f"PostgreSQL needs the Python package {error.name}: install `callboard[postgres]`."
            ) from error
        except Exception as error:
            raise self.explain(error) or error from error

    def _parsed(self) -> URL:
        try:
            url = make_url(self.url)
        except ArgumentError:
            raise UnavailableDatabaseError(
                "The database's URL cannot be read: write it as postgresql://user:password@host/name."
            ) from None
        return url

    def _shown(self) -> str:
        url = self._parsed()
        return f"{url.database} at {url.host or url.query.get('host') or 'this machine'}"


def _sqlstate(error: BaseException) -> str | None:
    """The five characters of the standard, where PostgreSQL itself reported the error."""
    return getattr(original(error), "sqlstate", None)
