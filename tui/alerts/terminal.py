"""Writes sequences to the terminal that the app owns: each in one piece, so that none lands inside a frame."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.alerts.choosing import Plan
from core.alerts.sequences import sequence
from core.alerts.words import Alert

if TYPE_CHECKING:
    from textual.app import App

Write = Callable[[str], None]


class TerminalAlerts:
    """Where nothing can be written to a terminal now, an alert says that it was not sent."""

    def __init__(self, write: Write | None) -> None:
        self._write = write
        self._number = 0

    @classmethod
    def of(cls, app: "App[None]") -> "TerminalAlerts":
        """Through the app's driver, as Textual's own bell goes."""

        def write(text: str) -> None:
            driver = app._driver
            if driver is None or app.is_headless:
                raise BlockingIOError("there is no terminal")
            driver.write(text)

        return cls(write)

    def send(self, alert: Alert, plan: Plan, *, away: bool) -> bool:
        """Whether it was sent. That it is seen nobody can say."""
        if self._write is None:
            return False
        self._number += 1
        name = f"{os.getpid()}-{self._number}"  # other apps of ours may be in the same terminal
        text = sequence(alert, plan.fallback, wrapper=plan.wrapper, bell=plan.bell, name=name, away=away)
        try:
            self._write(text)
        except (AssertionError, OSError):  # suspended, or the terminal is gone
            return False
        return True
