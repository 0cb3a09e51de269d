"""A desktop's notification daemon, on a bus of the test's own: it takes alerts, hangs or dies as it is told."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from dbus_fast.aio.message_bus import MessageBus
from dbus_fast.annotations import DBusSignature
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
DAEMON = shutil.which("dbus-daemon")

_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@contextmanager
def private_bus(folder: Path) -> Iterator["PrivateBus"]:
    """A session bus that knows no services but those of the test."""
    bus = PrivateBus(folder)
    try:
        yield bus
    finally:
        bus.die()


class PrivateBus:
    """`dbus-daemon` with a configuration of its own."""

    def __init__(self, folder: Path) -> None:
        assert DAEMON is not None
        configuration = folder / "bus.conf"
        configuration.write_text(_CONFIGURATION.format(socket=folder / "bus"))
        self._process = subprocess.Popen(
            [DAEMON, f"--config-file={configuration}", "--print-address", "--nofork", "--nopidfile"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath},
            text=True,
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()

    def die(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@dataclass(frozen=True)
class Shown:
    number: int
    app: str
    title: str
    body: str
    urgency: int
    actions: tuple[str, ...]


class NotificationDaemon(ServiceInterface):
    """Its methods are called as the desktop's specification has them."""

    def __init__(self, capabilities: tuple[str, ...]) -> None:
        super().__init__(NAME)
        self.capabilities = capabilities
        self.hung = False
        self.over = asyncio.Event()
        self.let_go = asyncio.Event()
        self.shown: list[Shown] = []

    @dbus_method()
    async def GetCapabilities(self) -> Annotated[list[str], DBusSignature("as")]:  # noqa: N802
        return list(self.capabilities)

    @dbus_method()
    async def GetServerInformation(self) -> Annotated[list[str], DBusSignature("ssss")]:  # noqa: N802
        return ["Callboard's tests", "nobody", "1", "1.2"]

    @dbus_method()
    async def Notify(  # noqa: N802
        self,
        app: Annotated[str, DBusSignature("s")],
        replaces: Annotated[int, DBusSignature("u")],
        icon: Annotated[str, DBusSignature("s")],
        title: Annotated[str, DBusSignature("s")],
        body: Annotated[str, DBusSignature("s")],
        actions: Annotated[list[str], DBusSignature("as")],
        hints: Annotated[dict[str, Any], DBusSignature("a{sv}")],
        timeout: Annotated[int, DBusSignature("i")],
    ) -> Annotated[int, DBusSignature("u")]:
        if self.hung:
            await self.over.wait()
            self.let_go.set()
        number = len(self.shown) + 1
        self.shown.append(Shown(number, app, title, body, hints["urgency"].value, tuple(actions)))
        return number

    @dbus_method()
    def CloseNotification(self, number: Annotated[int, DBusSignature("u")]) -> None:  # noqa: N802
        pass

    @dbus_signal()
    def ActionInvoked(self, number: int, action: str) -> Annotated[list[Any], DBusSignature("us")]:  # noqa: N802
        return [number, action]

    @dbus_signal()
    def NotificationClosed(self, number: int, reason: int) -> Annotated[list[Any], DBusSignature("uu")]:  # noqa: N802
        return [number, reason]

    def click(self, number: int) -> None:
        self.ActionInvoked(number, "default")
        self.NotificationClosed(number, 2)


@asynccontextmanager
async def daemon_on(
    bus: PrivateBus, *, capabilities: tuple[str, ...] = ("body", "actions")
) -> AsyncIterator[NotificationDaemon]:
    """A daemon that dies at the end."""
    connection = await MessageBus(bus_address=bus.address).connect()
    daemon = NotificationDaemon(capabilities)
    connection.export(PATH, daemon)
    await connection.request_name(NAME)
    try:
        yield daemon
    finally:
        if daemon.hung:
            daemon.over.set()
            await daemon.let_go.wait()
            await connection.introspect(NAME, PATH)  # by then its late answer is on its way
        connection.disconnect()
