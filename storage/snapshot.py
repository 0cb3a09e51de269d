"""A SQLite database outside of a server: whether it is whole, and what must be stilled before it is used
again."""

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import NamedTuple

from storage.errors import DamagedDatabaseError

_KNOWS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
_HOLD_DELIVERIES = """
    UPDATE deliveries SET state = 'cancelled', settled_at = ?, lease_token = NULL, leased_by = NULL,
    reason = 'The home was restored from a backup: send this again if it is still wanted.' WHERE state = 'pending'
"""
_END_ATTEMPTS = """
    UPDATE delivery_attempts SET outcome = 'interrupted', sentence = 'The backup was made in the middle of it.'
    WHERE outcome IS NULL
"""
_HOLD_EVENTS = """
    INSERT INTO cursors (name, position) SELECT 'restored', coalesce(max(seq), 0) FROM events WHERE true
    ON CONFLICT (name) DO UPDATE SET position = excluded.position
"""
_HOLD_SESSIONS = """
    UPDATE sessions SET state = 'waiting', outcome = 'interrupted', ended_at = ?, updated_at = ?,
    detail = 'The home was restored from a backup: resume this if it is still wanted.' WHERE state = 'queued'
"""
_WITH_DEADLINES = ("tickets", "missions")
_HOLD_PASSED = """
    UPDATE {} SET deadline_state = 'violated', deadline_check_at = NULL
    WHERE deadline_check_at IS NOT NULL AND deadline < ?
"""
_HOLD_NEAR = (
    "UPDATE {} SET deadline_state = 'warned', deadline_check_at = deadline + 1 WHERE deadline_check_at <= ?"
)
_WORKING_KEYS = """
    SELECT prefix FROM api_keys
    WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) ORDER BY prefix
"""
_AUDIT = """
    INSERT INTO audit (at, actor, via, action, target, outcome, detail)
    VALUES (?, 'server', 'server', 'server.restore', 'database', 'done', ?)
"""
_DAMAGED = "The database in it is damaged"


class Stilled(NamedTuple):
    """What a restored database would have gone on with by itself."""

    deliveries: int  # that were not sent yet: they go out only when somebody sends them again
    sessions: int  # that waited for their turn: they run only when somebody resumes them
    keys: list[str]  # the API keys that work again, though they may have been revoked since, by their prefixes


def inspect(path: Path) -> str:
    """The schema of a whole database. Raises when it is not whole."""
    try:
        with contextlib.closing(sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)) as connection:
            faults = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if faults != ("ok",):
                raise DamagedDatabaseError(f"{_DAMAGED}: {faults[0]}.")
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise DamagedDatabaseError(f"{_DAMAGED}: it has rows that refer to rows that are gone.")
            (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(schema)
    except (sqlite3.Error, TypeError) as error:
        raise DamagedDatabaseError(f"{_DAMAGED}: {error}.") from None


def still(path: Path, now: int) -> Stilled:
    """Hold every delivery and session that waits, so that nothing which was due since fires, and nothing is done
    again. Deadlines that neared or passed since are noted and not told of; what is recorded and not addressed yet
    is sent to nobody either. What ran is found to be interrupted when a server starts."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        deliveries = sessions = 0
        if connection.execute(_KNOWS, ("deliveries",)).fetchone():
            deliveries = connection.execute(_HOLD_DELIVERIES, (now,)).rowcount
            connection.execute(_END_ATTEMPTS)
        connection.execute(_HOLD_EVENTS)
        if connection.execute(_KNOWS, ("sessions",)).fetchone():
            sessions = connection.execute(_HOLD_SESSIONS, (now, now)).rowcount
        for table in _WITH_DEADLINES:
            if connection.execute(_KNOWS, (table,)).fetchone():
                connection.execute(_HOLD_PASSED.format(table), (now,))
                connection.execute(_HOLD_NEAR.format(table), (now,))
        keys = [prefix for (prefix,) in connection.execute(_WORKING_KEYS, (now,))]
        held = {"held_deliveries": deliveries, "held_sessions": sessions, "working_keys": keys}
        connection.execute(_AUDIT, (now, json.dumps(held)))
        connection.execute("COMMIT")
    return Stilled(deliveries, sessions, keys)
