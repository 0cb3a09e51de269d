"""Muting what a notification comes from, for a time or for good; and what is muted, to hear it again."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import partial

from msgspec.structs import replace

from core.api.inbox import InboxItem
from core.api.mutes import Mute, Muting
from core.clock import Clock, to_datetime
from core.text import clean
from tui.widgets.menu import Choice, Menu
from tui.words.times import short

MOST = 200  # muted sources that are listed
_SPANS = (
    ("For an hour", timedelta(hours=1)),
    ("For 8 hours", timedelta(hours=8)),
    ("For a day", timedelta(days=1)),
    ("For a week", timedelta(weeks=1)),
)


class MuteMenu(Menu):
    """First what is muted, then until when. What needs an answer is never muted: the server sees to that."""

    def __init__(
        self,
        clock: Clock,
        zone: tzinfo,
        item: InboxItem | None,
        muted: Sequence[Mute],
        mute: Callable[[Muting, str], object],
        unmute: Callable[[Mute], object],
    ) -> None:
        self._now = to_datetime(clock.now())
        self._zone = zone
        self._muted = muted
        self._mute = mute
        self._unmute = unmute
        super().__init__("Mute", self._first(item), id="mute")

    def press(self, key: str, character: str) -> None:
        if key == "m":
            self.leave()
        else:
            super().press(key, character)

    def _first(self, item: InboxItem | None) -> list[Choice]:
        choices = [] if item is None or not item.source else [*self._of(item)]
        count = len(self._muted)
        if not count:
            return [*choices, Choice("Nothing is muted so far.", "", None)]
        return [*choices, Choice("Muted sources …", f"{count} of them", self._list)]

    def _of(self, item: InboxItem) -> Iterator[Choice]:
        """To mute the item's source, or only its event from there; or to hear of it again."""
        ways = (
            (Muting(item.source), f"Everything from {clean(item.source)}"),
            (Muting(item.source, item.event), f"Only {clean(item.event)} from {clean(item.source)}"),
        )
        for muting, words in ways:
            there = next((one for one in self._muted if _same(one, muting)), None)
            if there is None:
                yield Choice(words, "", partial(self._until_when, muting, words))
            else:
                yield Choice(words, f"muted {self._until(there.until)}; unmutes it", partial(self._hear, there))

    def _until_when(self, muting: Muting, words: str) -> None:
        times: list[tuple[str, datetime | None]] = [(title, self._now + span) for title, span in _SPANS]
        choices = [
            Choice(title, self._until(until), partial(self._take, muting, until))
            for title, until in [*times, ("For good", None)]
        ]
        self.show(f"Mute: {words}", choices)

    def _take(self, muting: Muting, until: datetime | None) -> None:
        self.leave()
        self._mute(replace(muting, until=until), self._until(until))

    def _list(self) -> None:
        """All that is muted."""
        choices = []
        for one in self._muted:
            only = f"{clean(one.event)} from " if one.event else ""
            choices.append(
                Choice(
                    only + clean(one.source),
                    f"{self._until(one.until)}; ⏎ unmutes it",
                    partial(self._hear, one),
                )
            )
        self.show("Muted", choices)

    def _hear(self, one: Mute) -> None:
        self.leave()
        self._unmute(one)

    def _until(self, until: datetime | None) -> str:
        return "for good" if until is None else "until " + short(until, self._now, self._zone)


def _same(one: Mute, muting: Muting) -> bool:
    return (one.source, one.event, one.workspace) == (muting.source, muting.event, muting.workspace)
