"""The server of a home: takes the lock, opens the database, builds the services, opens the doors; and closes it
all in reverse."""

import asyncio
import logging
import os
import pwd
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from core import config, log, systemd
from core.api.server import Status
from core.api.wire import API
from core.background import Background
from core.clock import Clock, SystemClock, to_datetime
from core.config import Settings
from core.errors import CallboardError, HomeError, UnavailableError
from core.home import Home
from core.http.app import answering, route_of
from core.http.auth import by_key, by_peer
from core.http.backup import Backup
from core.http.door import Door, require_compiled_parser
from core.http.openapi import Document
from core.http.routes import Route
from core.http.status import Vitals
from core.http.stream import Stream
from core.ids import Entropy, SystemEntropy
from core.services import Services
from core.sockets import Lock, group_id, inherited, share_folder, tcp_listener, unix_listener
from core.text import clean
from core.version import VERSION
from storage.database import Database
from storage.engines import Dialect, Postgres, Sqlite
from storage.errors import StorageError
from storage.migrate import prepare

_log = logging.getLogger("callboard.server")
_FINISH_SECONDS = 5.0
_MOST_FILES = 65_536
_BACKLOG = 512
_SWITCH_SECONDS = 0.0001  # the loop gives the interpreter up at each system call, and should not wait long for it


class Server:
    """A running server, as long as the block of `running` lasts."""

    def __init__(self, home: Home, settings: Settings, http: str | None, clock: Clock) -> None:
        self.home = home
        self.settings = settings
        self.http: str | None = http
        self.socket = str(home.socket)
        self.schema = ""
        self.clock = clock
        self.started_at = clock.now()
        self.services: Services
        self.database: Database

    @property
    def engine(self) -> str:
        return self.database.engine

    @property
    def base(self) -> str:
        """Where others reach this server, as far as it knows: nothing where only the socket is open."""
        public = self.settings.server.public_url
        if public is not None:
            return public.rstrip("/")
        return "" if self.http is None else f"http://{self.http}"

    async def status(self) -> Status:
        return Status(
            pid=os.getpid(),
            version=VERSION,
            home=str(self.home.path),
            socket=self.socket,
            http=self.http,
            schema=self.schema,
            engine=self.engine,
            started_at=to_datetime(self.started_at),
            behind=await self.services.dispatcher.behind(),
            clients=self.services.feed.clients,
        )

    def reload(self) -> None:
        """Read the configuration again. A wrong one is logged, and the old one stays."""
        try:
            self.read_again()
        except CallboardError as error:
            _log.error("The configuration was not read again: %s", error.sentence)
        else:
            self.services.files.read_soon()

    def read_again(self) -> None:
        """The same at the request of somebody, who is told what is wrong with it."""
        self.home.check()
        settings = config.load(self.home.config)
        if (settings.server, settings.database) != (self.settings.server, self.settings.database):
            _log.warning("[server] and [database] take effect at the next start")
        self.settings = settings
        logging.getLogger().setLevel(settings.log.level.upper())
        _log.info("The configuration was read again")


@asynccontextmanager
async def running(
    home: Home,
    *,
    http: str | None = None,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
) -> AsyncIterator[Server]:
    """A server that accepts on the home's socket, and on `http` or what the configuration names."""
    require_compiled_parser()
    home.create()
    settings = config.load(home.config)
    server = Server(home, settings, http or settings.server.http, clock or SystemClock())
    async with AsyncExitStack() as stack:
        stack.callback(Lock(home).release)
        gid = group_id(settings.server.group)
        local, remote = _listeners(server, gid, stack)
        database = await _open(home, settings, server)
        stack.push_async_callback(database.close)
        server.database = database
        server.services = services = Services(
            database,
            server.clock,
            entropy or SystemEntropy(),
            lambda: server.settings.retention,
            gid,
            lambda: server.settings.providers,
            home.path,
            lambda: server.settings.sessions,
            lambda: server.base,
            lambda: server.settings.server.public_url,
            lambda: server.settings,
            server.read_again,
        )
        stack.push_async_callback(services.ready.close)
        await services.files.read()
        await services.people.found(os.getuid(), _login())
        await services.inbox.finish_actions()
        await services.feed.catch_up()
        background = Background()
        services.start(background)
        stack.push_async_callback(background.stop)
        await _open_doors(server, local, remote, stack)
        yield server


def run(home: Home, *, http: str | None = None, announce: Callable[[str], None] | None = None) -> int:
    """Be the server of this home until SIGTERM or SIGINT. Raises what keeps it from starting."""
    os.umask(0o077)
    sys.setswitchinterval(_SWITCH_SECONDS)
    _set_limits()
    home.create()
    settings = config.load(home.config)
    secret = config.database_url(settings.database)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    log.configure(home.logs, settings.log.level, [] if secret is None else [secret])
    try:
        return asyncio.run(_serve(home, http, announce or _print))
    except StorageError as error:
        raise HomeError(error.sentence) from error
    finally:
        log.close()


async def _serve(home: Home, http: str | None, announce: Callable[[str], None]) -> int:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with running(home, http=http) as server:
        loop.add_signal_handler(signal.SIGHUP, _hang_up, server)
        watchdog = systemd.watchdog_seconds()
        background = Background()
        if watchdog is not None:
            background.keep("watchdog", lambda: systemd.keep_watchdog(watchdog, server.status))
        _log.info("The server is ready", extra={"pid": os.getpid(), "schema": server.schema})
        announce(f"ready pid={os.getpid()} socket={server.socket} http={server.http or 'none'}")
        systemd.say("READY=1")
        await ended.wait()
        systemd.say("STOPPING=1")
        _log.info("The server stops")
        await background.stop()
    return 0


def _hang_up(server: Server) -> None:
    server.reload()
    log.reopen()


def _listeners(
    server: Server, gid: int | None, stack: AsyncExitStack
) -> tuple[socket.socket, socket.socket | None]:
    """The bound sockets of the two doors. What systemd opened stays when the server goes."""
    home, settings = server.home, server.settings
    local, remote = inherited()
    share_folder(home.path, None if local or home.socket.parent != home.path else gid)
    if local is None:
        if home.socket.parent != home.path:
            share_folder(home.socket.parent, gid)
        local = unix_listener(home.socket, gid)
        stack.callback(_remove, home.socket, home.socket.stat().st_ino)
    else:
        server.socket = str(local.getsockname())
    stack.callback(local.close)
    if remote is None and server.http is not None:
        host, port = config.listening_address(server.http, allow_remote=settings.server.allow_remote)
        remote = tcp_listener(host, port)
    if remote is not None:
        stack.callback(remote.close)
        host, port = remote.getsockname()[:2]
        server.http = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return local, remote


async def _open(home: Home, settings: Settings, server: Server) -> Database:
    url = config.database_url(settings.database)
    dialect: Dialect = (
        Sqlite(home.database, settings.database.durability) if url is None else Postgres(url.reveal())
    )
    try:
        server.schema = await asyncio.to_thread(prepare, dialect, backup_folder=home.backups)
        return Database(dialect)
    except StorageError as error:
        raise HomeError(error.sentence) from error


async def _open_doors(
    server: Server, local: socket.socket, remote: socket.socket | None, stack: AsyncExitStack
) -> None:
    services, loop = server.services, asyncio.get_running_loop()
    vitals = Vitals(server.status, services.deliveries.by_state)
    stream = Stream(services.feed)
    routes = [route_of(endpoint) for endpoint in [*vitals.endpoints(), *services.endpoints()]]
    backup = Backup(server, services.audit, server.clock)
    routes += [*vitals.routes(), *stream.routes(), *backup.routes(), *services.routes()]
    routes.append(Route("GET", f"{API}/openapi.json", Document(routes).answer, open=True))
    doors = {"socket": Door(answering(routes, by_peer(services.doors), _translated))}
    if remote is not None:
        doors["tcp"] = Door(answering(routes, by_key(services.doors), _translated))
    vitals.doors.update(doors)
    for door in doors.values():
        stack.push_async_callback(door.close, _FINISH_SECONDS)
    stack.push_async_callback(stream.close)
    accepting = [await loop.create_server(doors["socket"], sock=local, backlog=_BACKLOG)]
    if remote is not None:
        accepting.append(await loop.create_server(doors["tcp"], sock=remote, backlog=_BACKLOG))
    for listener in accepting:
        stack.callback(listener.close)


def _translated(error: Exception) -> CallboardError | None:
    return UnavailableError(error.sentence) if isinstance(error, StorageError) else None


def _remove(path: Path, inode: int) -> None:
    """Take our socket away, unless another one has its name by now."""
    with suppress(OSError):
        if path.stat().st_ino == inode:
            path.unlink()


def _set_limits() -> None:
    """As many connections as the system lets us have, and no memory of ours in a core file."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_FILES if most < 0 else min(most, _MOST_FILES), most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _login() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


def _print(line: str) -> None:
    sys.stdout.write(clean(line) + "\n")
    sys.stdout.flush()
