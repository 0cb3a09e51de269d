"""`desktop-notifier`, whose failures are silent: what it does not report as dispatched has failed.

It is imported when the first alert is to be shown. A daemon that never answers is given a few seconds, and a
notifier that failed is replaced: its connection may be dead for good."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.alerts.words import Alert

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

PROBE = 2.0  # seconds to say what it can do
SEND = 3.0  # seconds to take an alert
_LIBRARY = "desktop_notifier"
_AS_TEXT = str.maketrans("<>", "‹›")
_IN_MARKUP = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}


class Notifier:
    """The desktop session, as it is at present."""

    def __init__(self, probe: float, send: float) -> None:
        self._probe = probe
        self._send = send
        self._notifier: DesktopNotifier | None = None
        self._log = _Kept()
        self.trouble = ""  # why the last alert did not arrive

    async def tell(self, alert: Alert, clicked: Callable[[], object]) -> bool:
        """Whether the desktop took it. `clicked` is called when the person activates it."""
        if self._notifier is not None and not self._connected:
            self.close()
        try:
            await self._show(self._notifier or await self._made(), alert, clicked)
        except Exception as error:  # whatever the library or the bus raises: it has not arrived
            self.trouble = self._log.take() or str(error) or f"no answer ({type(error).__name__})"
            self.close()
            return False
        self.trouble = ""
        return True

    def close(self) -> None:
        """Leave the bus."""
        bus = self._bus
        self._notifier = None
        if bus is not None and bus.connected:
            bus.disconnect()

    @property
    def _bus(self) -> Any:
        """What the library holds by itself, where it is on D-Bus."""
        return getattr(getattr(self._notifier, "_backend", None), "bus", None)

    @property
    def _connected(self) -> bool:
        """A dead connection would be waited for in vain."""
        return self._bus is None or bool(self._bus.connected)

    async def _made(self) -> "DesktopNotifier":
        logger = logging.getLogger(_LIBRARY)
        logger.propagate = False
        logger.handlers = [self._log]
        from desktop_notifier import DesktopNotifier

        self._notifier = notifier = DesktopNotifier(app_name="Callboard", app_icon=None)
        can = await asyncio.wait_for(notifier.get_capabilities(), self._probe)
        if not can:  # what stands in on a desktop that the library cannot use says that it dispatched everything
            raise OSError("This program can show nothing on this desktop.")
        return notifier

    async def _show(self, notifier: "DesktopNotifier", alert: Alert, clicked: Callable[[], object]) -> None:
        from desktop_notifier import Urgency

        arrived: list[str] = []
        urgency = {"low": Urgency.Low, "normal": Urgency.Normal, "critical": Urgency.Critical}[alert.urgency]
        await asyncio.wait_for(
            notifier.send(
                alert.title,
                await self._body(notifier, alert.body),
                urgency=urgency,
                on_dispatched=lambda: arrived.append(alert.title),
                on_clicked=clicked,
            ),
            self._send,
        )
        if not arrived:
            raise OSError("The desktop did not take it.")

    async def _body(self, notifier: "DesktopNotifier", body: str) -> str:
        """The library does not say whether the daemon reads markup: the daemon is asked past it. Where that
        cannot be done, nothing is left in the text that could be markup."""
        if not any(sign in body for sign in "<>&"):
            return body
        interface: Any = getattr(getattr(notifier, "_backend", None), "interface", None)
        ask = getattr(interface, "call_get_capabilities", None)
        if ask is None:
            return body.translate(_AS_TEXT)
        listed = await asyncio.wait_for(ask(), self._probe)
        return body.translate(_IN_MARKUP) if "body-markup" in listed else body


class _Kept(logging.Handler):
    """Keeps the last complaint of the library, which would be printed onto the screen."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._last = ""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._last = f"{type(error).__name__}: {error}" if error else record.getMessage()

    def take(self) -> str:
        last, self._last = self._last, ""
        return last
