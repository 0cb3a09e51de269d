"""Until when a notification is out of the way: a few times to choose from, or one that is typed."""

from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from textual.message import Message

from core.clock import Clock, to_datetime
from tui.moments import EXAMPLES, MORNING, moment_typed
from tui.widgets.menu import Choice, Menu
from tui.words.times import from_now, short


class Preset(NamedTuple):
    title: str
    until: datetime


class SnoozeMenu(Menu):
    """Beside each choice stands the time that it comes to, where the person is."""

    class Chosen(Message):
        """Until then."""

        def __init__(self, ids: list[int], until: datetime) -> None:
            super().__init__()
            self.ids = ids
            self.until = until

    def __init__(self, clock: Clock, zone: tzinfo, ids: list[int]) -> None:
        self._clock = clock
        self._zone = zone
        self._ids = ids
        now = self._now
        choices = [
            Choice(title, short(until, now, zone), lambda until=until: self._take(until))  # type: ignore[misc]
            for title, until in presets(now, zone)
        ]
        choices.append(Choice("Another time", EXAMPLES, self._ask))
        what = "it" if len(ids) == 1 else f"all {len(ids)}"
        super().__init__(f"Snooze {what} until", choices, id="snooze")

    @property
    def _now(self) -> datetime:
        return to_datetime(self._clock.now())

    def press(self, key: str, character: str) -> None:
        if key == "b":
            self.leave()
        else:
            super().press(key, character)

    def _ask(self) -> None:
        self.ask("Snooze until when?", self._typed_whole, self._means)

    def _means(self, typed: str) -> tuple[str, bool]:
        now = self._now
        try:
            until = moment_typed(typed, now, self._zone)
        except ValueError as error:
            return str(error), not typed.strip()
        return f"{short(until, now, self._zone)} · {from_now(until, now)}", True

    def _typed_whole(self, typed: str) -> None:
        with suppress(ValueError):
            self._take(moment_typed(typed, self._now, self._zone))

    def _take(self, until: datetime) -> None:
        self.leave()
        self.post_message(self.Chosen(self._ids, until))


def presets(now: datetime, zone: tzinfo) -> list[Preset]:
    """The times that are one key away."""
    local = now.astimezone(zone)

    def morning(days: int) -> datetime:
        day = (local + timedelta(days=days)).date()
        return datetime(day.year, day.month, day.day, MORNING, tzinfo=zone)

    return [
        Preset("In an hour", now + timedelta(hours=1)),
        Preset("In three hours", now + timedelta(hours=3)),
        Preset("Tomorrow", morning(1)),
        Preset("In three days", morning(3)),
        Preset("Next week", morning(7 - local.weekday())),
    ]
