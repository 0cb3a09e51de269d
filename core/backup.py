"""Backup and restore of a home on SQLite: one private archive with the database, the configuration, and what
proves them whole.

A backup is made by the server while it works. A restore needs the home to itself, checks everything before it
touches anything, and sets aside what it replaces."""

import gzip
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import file_digest, sha256
from io import BytesIO
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from core import config
from core.clock import Clock, SystemClock, to_datetime
from core.errors import ConflictError, HomeError, InvalidError
from core.home import Home
from core.sockets import Lock
from core.version import VERSION
from storage import copies, snapshot
from storage.errors import StorageError
from storage.migrate import HEAD

FORMAT = 1
_MANIFEST = "manifest.json"
_DATABASE = "callboard.db"
_TEXTS = ("config.toml", "notifications.json")
_NAMES = (_MANIFEST, _DATABASE, *_TEXTS)
_LARGEST_TEXT = 16 * 1024 * 1024
_PIECE = 1024 * 1024


class Manifest(Struct, frozen=True):
    """What is in an archive."""

    format: int
    version: str
    schema: str
    created_at: datetime
    sha256: dict[str, str]


class Restored(Struct, frozen=True):
    """What a restore did, and what its reader should look at."""

    created_at: datetime
    schema: str
    held_deliveries: int
    held_sessions: int
    working_keys: list[str]  # by their prefixes: revoke what was revoked since
    set_aside: str | None


@contextmanager
def archived(home: Home, schema: str, now: datetime) -> Iterator[Path]:
    """An archive of the home as it is at this moment, for as long as the block lasts."""
    home.backups.mkdir(mode=0o700, exist_ok=True)
    for interrupted in home.backups.glob("making-*"):
        shutil.rmtree(interrupted, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="making-", dir=home.backups))
    try:
        copies.copy(home.database, folder / _DATABASE)
        for text in _texts(home):
            shutil.copyfile(text, folder / text.name)
        named = [name for name in (_DATABASE, *_TEXTS) if (folder / name).exists()]
        manifest = Manifest(FORMAT, VERSION, schema, now, {name: _sha256(folder / name) for name in named})
        archive = folder / "archive.tar.gz"
        with _private(archive) as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as tar:
            _add(tar, _MANIFEST, BytesIO(msgspec.json.encode(manifest)), now)
            for name in named:
                with (folder / name).open("rb") as content:
                    _add(tar, name, content, now)
        yield archive
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def restore(home: Home, file: Path, *, force: bool = False, clock: Clock | None = None) -> Restored:
    """Put the archive's contents into the home. Whatever is wrong, the home is left as it was, or not made."""
    try:
        if not home.path.exists():
            with tempfile.TemporaryDirectory(prefix="callboard-restoring-") as look:
                _whole(file, Path(look))
        return _restore(home, file, force, clock or SystemClock())
    except StorageError as error:
        raise InvalidError(error.sentence, str(file)) from None
    except OSError as error:
        raise HomeError(f"The home {home.path} could not be restored: {error.strerror or error}.") from None


def _restore(home: Home, file: Path, force: bool, clock: Clock) -> Restored:
    home.create()
    if config.database_url(config.load(home.config).database) is not None:
        raise InvalidError("This home's data is in PostgreSQL: restore it with pg_restore or psql.")
    lock = Lock(home)
    folder = Path(tempfile.mkdtemp(prefix="restoring-", dir=home.path))
    try:
        manifest = _whole(file, folder)
        if (home.database.exists() or _texts(home)) and not force:
            raise ConflictError(
                f"{home.path} is not empty: restore into another home, or set aside what is there with --force."
            )
        now = clock.now()
        stilled = snapshot.still(folder / _DATABASE, now)
        aside = _set_aside(home, to_datetime(now))
        for name in (_DATABASE, *_TEXTS):
            if (folder / name).exists():
                (folder / name).rename(home.path / name)
        _flush(home.path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
    return Restored(
        manifest.created_at,
        manifest.schema,
        stilled.deliveries,
        stilled.sessions,
        stilled.keys,
        None if aside is None else str(aside),
    )


def _whole(file: Path, folder: Path) -> Manifest:
    """Unpack the archive, and refuse one that is not whole."""
    manifest = _unpack(file, folder)
    _verify(file, folder, manifest)
    return manifest


def _unpack(file: Path, folder: Path) -> Manifest:
    """Write the files that an archive may have, each under its own name here, and read the manifest."""
    try:
        with gzip.open(file) as plain, tarfile.open(fileobj=plain, mode="r:") as tar:
            for member in tar:
                if member.name not in _NAMES or not member.isreg() or (folder / member.name).exists():
                    raise _damaged(file, f"it has an entry '{member.name[:80]}' that does not belong there")
                if member.name != _DATABASE and member.size > _LARGEST_TEXT:
                    raise _damaged(file, f"{member.name} is too large")
                content = tar.extractfile(member)
                if content is not None:
                    with _private(folder / member.name) as target:
                        shutil.copyfileobj(content, target)
            while plain.read(_PIECE):  # to its end, where its checksum is
                pass
        return msgspec.json.decode((folder / _MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        if error.filename == str(folder / _MANIFEST):
            raise _damaged(file, "it has no manifest") from None
        raise InvalidError("There is no such file.", str(file)) from None
    except (tarfile.TarError, EOFError, zlib.error, msgspec.MsgspecError, OSError) as error:
        if isinstance(error, PermissionError):
            raise InvalidError("The file cannot be read.", str(file)) from None
        raise _damaged(file, "it is cut short, or not a backup of Callboard") from None
    except (ValueError, OverflowError):
        raise _damaged(file, "it is not a backup of Callboard") from None


def _verify(file: Path, folder: Path, manifest: Manifest) -> None:
    if manifest.format != FORMAT or manifest.schema > HEAD:
        raise InvalidError(
            f"The backup was made by a newer version ({manifest.version[:40]}): update Callboard first.",
            str(file),
        )
    found = {path.name for path in folder.iterdir()} - {_MANIFEST}
    if found != set(manifest.sha256) or _DATABASE not in found:
        raise _damaged(file, "its files are not those of its manifest")
    for name, expected in manifest.sha256.items():
        if _sha256(folder / name) != expected:
            raise _damaged(file, f"{name} is not what was saved")
    if snapshot.inspect(folder / _DATABASE) != manifest.schema:
        raise _damaged(file, "its database has another schema than its manifest says")


def _set_aside(home: Home, now: datetime) -> Path | None:
    """Move what is about to be replaced into the backups."""
    if not (home.database.exists() or _texts(home)):
        return None
    home.backups.mkdir(mode=0o700, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f"replaced-{now:%Y%m%d-%H%M%S}-", dir=home.backups))
    for path in (home.database, *_texts(home), *home.path.glob(home.database.name + "-*")):
        if path.exists():
            path.rename(aside / path.name)
    return aside


def _texts(home: Home) -> list[Path]:
    """The files of the configuration that there are."""
    return [path for path in (home.config, home.notifications) if path.exists()]


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file for the owner alone, on the disk when the block ends."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], now: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, os.SEEK_END)
    content.seek(0)
    entry.mode, entry.mtime = 0o600, int(now.timestamp())
    tar.addfile(entry, content)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, sha256).hexdigest()


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _damaged(file: Path, why: str) -> InvalidError:
    return InvalidError(f"The backup is damaged: {why}. Nothing was changed.", str(file))
