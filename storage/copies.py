"""Copies of a SQLite database, made while it is in use."""

import contextlib
import os
import sqlite3
from pathlib import Path

_KEPT = 3


def copy(source: Path, target: Path) -> None:
    """Write a whole, private copy of the database to `target`, which must not exist."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
    with (
        contextlib.closing(sqlite3.connect(source.absolute().as_uri() + "?mode=ro", uri=True)) as reading,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        reading.backup(writing, pages=-1)
        writing.execute("PRAGMA journal_mode=DELETE").close()
    _flush(target)
    _flush(target.parent)


def keep(source: Path, folder: Path, schema: str) -> Path:
    """Put a copy beside the earlier ones of `folder`, and keep the last three."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    numbers = {path: _number(path) for path in folder.glob("before-migration-*.db")}
    number = max(numbers.values(), default=0) + 1
    target = folder / f"before-migration-{number:04}-from-{schema}.db"
    unfinished = target.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    copy(source, unfinished)
    unfinished.rename(target)
    for path in sorted(numbers, key=numbers.__getitem__, reverse=True)[_KEPT - 1 :]:
        path.unlink()
    return target


def _number(path: Path) -> int:
    digits = path.name.removeprefix("before-migration-")[:4]
    return int(digits) if digits.isdigit() else 0


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
