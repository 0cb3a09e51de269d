"""A few times to choose from, at the foot of the screen: until when a notification is out of the way."""

from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.clock import Clock, to_datetime
from tui.times import short
from tui.widgets.asking import Asking
from tui.widgets.looks import Looks

_MORNING, _EVENING = 9, 18


class Preset(NamedTuple):
    title: str
    until: datetime


class SnoozeMenu(Asking, can_focus=True):
    """A number chooses; escape leaves things as they are."""

    HINT = "a number chooses  j k move  ⏎ chooses  esc leaves it"

    DEFAULT_CSS = "SnoozeMenu { dock: bottom; background: $panel; margin-bottom: 1; }"

    class Chosen(Message):
        """Until then."""

        def __init__(self, ids: list[int], until: datetime) -> None:
            super().__init__()
            self.ids = ids
            self.until = until

    def __init__(self, clock: Clock, zone: tzinfo, ids: list[int]) -> None:
        super().__init__(id="snooze")
        self._now = to_datetime(clock.now())
        self._zone = zone
        self._ids = ids
        self._presets = presets(self._now, zone)
        self._cursor = 0
        self._focus_before: Widget | None = None

    def on_mount(self) -> None:
        self._focus_before = self.screen.focused
        self.styles.height = len(self._presets) + 2
        self.focus()

    def render_line(self, y: int) -> Strip:
        looks = Looks.of(self)
        width = self.size.width
        if y == 0:
            what = "it" if len(self._ids) == 1 else f"all {len(self._ids)}"
            segments = [
                Segment(f"  Snooze {what} until", looks.base + looks.strong),
            ]
            return Strip(segments).adjust_cell_length(width, looks.base)
        number = y - 1
        if number >= len(self._presets):
            return Strip.blank(width, looks.base)
        preset = self._presets[number]
        ground = looks.cursor if number == self._cursor else looks.base
        segments = [
            Segment("▌ " if number == self._cursor else "  ", ground + looks.accent),
            Segment(f"{number + 1}  ", ground + looks.accent),
            Segment(f"{preset.title:<20}", ground),
            Segment(short(preset.until, self._now, self._zone), ground + looks.muted),
        ]
        return Strip(segments).adjust_cell_length(width, ground)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        character = event.character or ""
        if character.isdecimal() and 1 <= int(character) <= len(self._presets):
            self._choose(int(character) - 1)
        elif event.key in ("j", "down", "k", "up"):
            step = 1 if event.key in ("j", "down") else -1
            self._cursor = (self._cursor + step) % len(self._presets)
            self.refresh()
        elif event.key == "enter":
            self._choose(self._cursor)
        elif event.key in ("escape", "q", "b"):
            self._leave()

    def on_click(self, event: events.Click) -> None:
        if 1 <= event.y <= len(self._presets):
            self._choose(event.y - 1)

    def _choose(self, number: int) -> None:
        self._leave()
        self.post_message(self.Chosen(self._ids, self._presets[number].until))

    def _leave(self) -> None:
        if self._focus_before is not None:
            self._focus_before.focus()
        self.remove()


def presets(now: datetime, zone: tzinfo) -> list[Preset]:
    """The times that make sense at this hour, the nearest first."""
    local = now.astimezone(zone)

    def at(days: int, hour: int) -> datetime:
        day = (local + timedelta(days=days)).date()
        return datetime(day.year, day.month, day.day, hour, tzinfo=zone)

    until_monday = 7 - local.weekday()
    found = [Preset("In an hour", now + timedelta(hours=1)), Preset("In three hours", now + timedelta(hours=3))]
    if local.hour < _EVENING - 1:
        found.append(Preset("This evening", at(0, _EVENING)))
    found.append(Preset("Tomorrow morning", at(1, _MORNING)))
    if 1 < until_monday < 7:
        found.append(Preset("Monday morning", at(until_monday, _MORNING)))
    found.append(Preset("In a week", at(7, _MORNING)))
    return found
