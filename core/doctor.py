"""What can be wrong with a home and the machine it is on, each as a check with advice."""

import locale
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from shlex import quote
from typing import Literal

from msgspec import Struct

from core import config
from core.api.server import Status, status
from core.client import Client
from core.config import Settings
from core.errors import CallboardError, UnreachableError
from core.home import Home
from core.sockets import group_id
from core.version import VERSION
from storage import filesystem
from storage.errors import StorageError
from storage.migrate import HEAD
from storage.sqlite import has_full_text, library_version

State = Literal["ok", "warn", "fail"]

_SAFE_SQLITE = (3, 51, 3)
_MENDED_SQLITE = ((3, 44, 6), (3, 50, 7))
_LEAST_FREE = 500 * 1024 * 1024


class Check(Struct, frozen=True):
    """One thing that was looked at. `advice` says what to do, where something is to be done."""

    name: str
    state: State
    said: str
    advice: str = ""


def examine(home: Home, socket: Path | None = None) -> list[Check]:
    """Look at everything. A check that fails keeps none of the others from being made."""
    return list(_checks(home, socket or home.socket))


def _checks(home: Home, socket: Path) -> Iterator[Check]:
    yield _python()
    yield _parser()
    yield _sqlite(library_version())
    yield _search(has_full_text())
    yield from _home(home)
    settings = None
    try:
        settings = config.load(home.config)
        config.database_url(settings.database)
        group_id(settings.server.group)
        said = str(home.config) if home.config.exists() else "there is none: the defaults hold"
        yield Check("configuration", "ok", said)
    except CallboardError as error:
        if home.exists and home.path.stat().st_uid != os.getuid() and not os.access(home.path, os.R_OK):
            yield Check("configuration", "ok", "for the home's owner alone to read")
        else:
            advice = "Correct this line; `callboard config check` tries it."
            yield Check("configuration", "fail", error.sentence, advice)
    yield from _server(socket)
    if settings is not None:
        yield _door(settings)
        yield _notifications(home, settings)
    yield from _lingering()
    yield _terminal()


def _python() -> Check:
    said = ".".join(map(str, sys.version_info[:3]))
    return Check("python", "ok", said)


def _parser() -> Check:
    from core.http.door import require_compiled_parser

    try:
        require_compiled_parser()
    except CallboardError as error:
        return Check("http parser", "fail", error.sentence)
    return Check("http parser", "ok", "compiled")


def _sqlite(version: tuple[int, ...]) -> Check:
    said = ".".join(map(str, version))
    if version < (3, 35):
        return Check("sqlite", "fail", said, "Use a Python with SQLite 3.35 or later.")
    if version < _SAFE_SQLITE and version not in _MENDED_SQLITE:
        return Check(
            "sqlite",
            "warn",
            f"{said} has a rare fault that can damage a database whose log is reset while it is written",
            "There is no hurry: it takes two connections that write, and here is one. SQLite 3.51.3 fixes it.",
        )
    return Check("sqlite", "ok", said)


def _search(indexed: bool) -> Check:
    if indexed:
        return Check("full text", "ok", "SQLite has FTS5")
    return Check(
        "full text",
        "warn",
        "this SQLite has no FTS5: a search in the inbox reads every notification",
        "That is slow from about 100,000 on: use a Python whose SQLite has FTS5, as nearly all have.",
    )


def _home(home: Home) -> Iterator[Check]:
    if not home.exists:
        yield Check("home", "ok", f"{home.path} does not exist yet: it is made at the first start")
        return
    try:
        home.check()
    except (CallboardError, OSError) as error:
        yield Check("home", "fail", str(error))
        return
    open_to = sorted(path.name for path in (home.database, home.logs, home.backups) if _readable_by_others(path))
    if open_to:
        names = " ".join(open_to)
        yield Check(
            "home",
            "warn",
            f"others can read {', '.join(open_to)} in {home.path}",
            f"Take that away with: cd {home.path} && chmod go-rwx {names}",
        )
    elif home.path.stat().st_uid == os.getuid() and not os.access(home.path, os.W_OK | os.X_OK):
        advice = f"Give yourself that right: chmod u+rwx {quote(str(home.path))}"
        yield Check("home", "fail", f"{home.path} cannot be written", advice)
    else:
        yield Check("home", "ok", f"{home.path} is private")
    try:
        filesystem.refuse_network(home.database, filesystem.mounts())
        yield _space(home)
    except StorageError as error:
        yield Check("file system", "fail", error.sentence)


def _readable_by_others(path: Path) -> bool:
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except OSError:
        return False


def _space(home: Home) -> Check:
    found = os.statvfs(home.path)
    free = found.f_bavail * found.f_frsize
    said = f"local, {free // (1024 * 1024)} MiB free"
    if free < _LEAST_FREE:
        return Check("file system", "warn", said, "Make room: a full disk stops every change.")
    return Check("file system", "ok", said)


def _server(socket: Path) -> Iterator[Check]:
    try:
        with Client(socket, timeout=5) as client:
            found = client.send(status())
    except UnreachableError as error:
        if socket.exists():
            yield Check(
                "server", "warn", error.sentence, "`callboard up` starts it, and clears what a kill left."
            )
        else:
            yield Check("server", "ok", "none is running: `callboard` or `callboard up` starts it")
        return
    except CallboardError as error:
        yield Check("server", "fail", error.sentence)
        return
    yield _running(found)
    if found.schema != HEAD:
        yield Check(
            "schema",
            "fail",
            f"the server's database has schema {found.schema}, this program knows {HEAD}",
            "Restart the server: `callboard down`, `callboard up`.",
        )
    else:
        yield Check("schema", "ok", f"{found.schema} on {found.engine}")


def _running(found: Status) -> Check:
    said = f"version {found.version}, process {found.pid}"
    if found.version != VERSION:
        return Check(
            "server",
            "warn",
            f"{said}; this program is {VERSION}",
            "Restart it: `callboard down`, `callboard up`.",
        )
    if found.behind > 1000:
        return Check("server", "warn", f"{said}, {found.behind} events behind", "Look into its log.")
    return Check("server", "ok", said)


def _door(settings: Settings) -> Check:
    http = settings.server.http
    if http is None:
        return Check("tcp", "ok", "no TCP door")
    if settings.server.allow_remote:
        return Check(
            "tcp", "warn", f"{http} may be reached from other machines", "Put a proxy with TLS in front of it."
        )
    return Check("tcp", "ok", http)


def _notifications(home: Home, settings: Settings) -> Check:
    from core.routing.checking import check_files

    if not home.exists:
        return Check("notifications", "ok", "no channels and no rules in files")
    found = check_files(home, settings)
    if not found.problems:
        said = f"{len(found.channels)} channels and {len(found.rules)} rules in files"
        return Check("notifications", "ok", said)
    first, more = found.problems[0], len(found.problems) - 1
    said = f"{first.place}: {first.sentence}" + (f" And {more} more." if more else "")
    return Check("notifications", "warn", said, "All else works; `callboard rules check` lists what is wrong.")


def _lingering(exists: Callable[[Path], bool] = Path.exists, uid: int | None = None) -> Iterator[Check]:
    """A user's services, and what they started, may end with the last login unless the user lingers."""
    uid = os.getuid() if uid is None else uid
    if uid == 0 or not exists(Path("/run/systemd/system")):
        return
    import pwd

    name = pwd.getpwuid(uid).pw_name
    if exists(Path("/var/lib/systemd/linger") / name):
        yield Check("lingering", "ok", "your services stay when you log out")
    else:
        yield Check(
            "lingering",
            "warn",
            "your services, and on some systems the server, end when you log out",
            "loginctl enable-linger",
        )


def _terminal() -> Check:
    said = f"{os.environ.get('TERM', 'no TERM')}, {locale.getpreferredencoding(False)}"
    if locale.getpreferredencoding(False).upper().replace("-", "") != "UTF8":
        return Check("terminal", "warn", said, "Set LANG to a UTF-8 locale, as in: export LANG=C.UTF-8")
    if sys.stdout.isatty() and os.environ.get("TERM", "dumb") == "dumb":
        return Check(
            "terminal", "warn", said, "Set TERM to what your terminal is, as in: export TERM=xterm-256color"
        )
    return Check("terminal", "ok", said)
