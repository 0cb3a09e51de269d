"""Making the index of words: for items that were there before it, and again when most of what it holds is gone.
All of it is done in small units, so that whoever else writes never waits long."""

from sqlalchemy import insert, update

from storage.connecting import raw
from storage.database import Connection
from storage.search import (
    MADE,
    NOT_BUILDING,
    SETTINGS,
    TABLE,
    State,
    able,
    entries,
    inbox_index,
    newest,
    put,
    state,
)

_CLEARED = 50
_MERGED = 2  # so many changes or more, FTS5's documentation says, where something was merged
_LEFT_ALONE = 50_000
"""The index is not made anew for fewer items that are gone than this."""
_MERGE = "INSERT INTO {0}({0}, rank) VALUES ('merge', {1})"
_CLEAR = "DELETE FROM {0}_data WHERE id IN (SELECT id FROM {0}_data WHERE id > 10 ORDER BY id DESC LIMIT {1})"
_EMPTY = "INSERT INTO {0}({0}) VALUES ('delete-all')"
_USED = "SELECT 1 FROM {0}_idx LIMIT 1"
_COUNT = "SELECT count(*) FROM inbox_items"


def begin(connection: Connection) -> None:
    """Make what is missing. Where this SQLite has no full-text search, what stands in the index falls behind: it
    is made anew where there is one again."""
    if connection.dialect.name != "sqlite":
        return
    if not able(connection):
        _set(connection, State(0, 0, 0, 0, 0))
        return
    for name in MADE.values():
        connection.exec_driver_sql(TABLE.format(name))
        for setting in SETTINGS:
            connection.exec_driver_sql(setting.format(name))


def held(connection: Connection) -> int:
    """How many items there are."""
    return int(connection.exec_driver_sql(_COUNT).scalar_one())


def is_stale(connection: Connection) -> bool:
    """Whether most of what the index holds is gone. PostgreSQL deletes the words with the items."""
    now = state(connection)
    if connection.dialect.name != "sqlite" or not now.current or now.built != NOT_BUILDING:
        return False
    there = held(connection)
    gone = now.held + newest(connection) - now.upto - there
    return gone > max(there, _LEFT_ALONE)


def start(connection: Connection) -> None:
    """Begin to make the index anew, in the table that does not answer."""
    now = state(connection)
    if now.built == NOT_BUILDING and now.current:
        _set(connection, now._replace(built=0))


def index_some(connection: Connection, limit: int) -> int:
    """Put the next of the items that came into the index, and say how many there were."""
    now = state(connection)
    if not now.current or connection.dialect.name != "sqlite":
        return 0
    found = entries(connection, now.whole, limit)
    if found:
        put(connection, found, now.current)
        _set(connection, now._replace(whole=found[-1].id))
    return len(found)


def build_some(connection: Connection, limit: int) -> int:
    """Put the next items into the table that is being made, and say how many there were."""
    now = state(connection)
    if now.built == NOT_BUILDING:
        return 0
    found = entries(connection, now.built, limit)
    if found:
        put(connection, found, target(now))
        _set(connection, now._replace(built=found[-1].id))
    return len(found)


def switch(connection: Connection, held: int) -> bool:
    """Let the table that was made answer from now on, unless it lacks an item."""
    now = state(connection)
    if now.built == NOT_BUILDING or now.built < newest(connection):
        return False
    _set(connection, State(target(now), NOT_BUILDING, held, now.built, now.built))
    return True


def merge_some(connection: Connection, table: int, pages: int) -> bool:
    """Bring a few pages of the index together, and say whether there may be more to do."""
    before: int = raw(connection).total_changes
    connection.exec_driver_sql(_MERGE.format(MADE[table], int(pages)))
    after: int = raw(connection).total_changes
    return after - before >= _MERGED


def clear_some(connection: Connection, table: int) -> bool:
    """Give back some of the room of the table that does not answer, and say whether there is more."""
    name = MADE[table]
    if connection.exec_driver_sql(_USED.format(name)).first() is None:
        return False
    removed = connection.exec_driver_sql(_CLEAR.format(name, _CLEARED)).rowcount
    if removed < _CLEARED:
        connection.exec_driver_sql(_EMPTY.format(name))
    return True


def target(now: State) -> int:
    """The table that is made, or would be next."""
    return 2 if now.current == 1 else 1


def _set(connection: Connection, now: State) -> None:
    values = now._asdict()
    if not connection.execute(update(inbox_index).values(values).where(inbox_index.c.id == 1)).rowcount:
        connection.execute(insert(inbox_index).values(id=1, **values))
