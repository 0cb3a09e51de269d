"""A SQLite database outside of a server: whether it is whole, and what must be stilled before it is used
again."""

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import NamedTuple

from storage.errors import DamagedDatabaseError

_HOLD = """
    UPDATE jobs SET state = 'held', lease_token = NULL, leased_by = NULL WHERE state IN ('ready', 'leased')
"""
_KNOWS_SESSIONS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'sessions'"
_HOLD_SESSIONS = """
    UPDATE sessions SET state = 'waiting', outcome = 'interrupted', ended_at = ?, updated_at = ?,
    detail = 'The home was restored from a backup: resume this if it is still wanted.' WHERE state = 'queued'
"""
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

    jobs: int  # held back: they run only when somebody releases them
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
    """Hold every job and session that waits, so that nothing which was due since fires, and nothing is done
    again. What ran is found to be interrupted when a server starts."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        jobs = connection.execute(_HOLD).rowcount
        sessions = 0
        if connection.execute(_KNOWS_SESSIONS).fetchone():
            sessions = connection.execute(_HOLD_SESSIONS, (now, now)).rowcount
        keys = [prefix for (prefix,) in connection.execute(_WORKING_KEYS, (now,))]
        connection.execute(
            _AUDIT, (now, json.dumps({"held_jobs": jobs, "held_sessions": sessions, "working_keys": keys}))
        )
        connection.execute("COMMIT")
    return Stilled(jobs, sessions, keys)
