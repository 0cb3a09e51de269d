"""What a person has pinned for a quick launch: kept as the server says, and changed there."""

from collections.abc import Callable, Coroutine, Sequence

from core.api import bots
from core.api.bots import Pin, PinnedThing, Pinning
from core.api.stream import Change
from tui.live.feed import Heard
from tui.live.looking import Looking
from tui.live.source import Source

MOST = 9


class LivePins:
    """In their order: the first is on the key 1."""

    def __init__(
        self,
        source: Source,
        start: Callable[[Coroutine[None, None, None]], None],
        changed: Callable[[], None],
        pins: Sequence[Pin],
    ) -> None:
        self._source = source
        self._changed = changed
        self._looking = Looking(self._look, start)
        self.pins = list(pins)

    def at(self, place: int) -> Pin | None:
        """What is on a key, counted from 1."""
        return self.pins[place - 1] if place <= len(self.pins) else None

    def hear(self, heard: Heard) -> None:
        renamed = isinstance(heard, Change) and any(
            heard.topic == pin.kind + "s" and heard.id == str(pin.id) for pin in self.pins
        )
        if renamed:
            self._looking.again()
        self._looking.hear(heard, {"pins"}, known=False)

    async def _look(self) -> None:
        self._take((await self._source.send(bots.pins())).pins)

    def _take(self, pins: Sequence[Pin]) -> None:
        if list(pins) != self.pins:
            self.pins = list(pins)
            self._changed()

    async def keep(self, pins: Sequence[Pin]) -> None:
        """Pin exactly these: here at once, and on the server, whose word counts."""
        before = self.pins
        self._take(pins)
        try:
            things = [PinnedThing(pin.kind, pin.id) for pin in pins]
            self._take((await self._source.send(bots.pin(Pinning(things)))).pins)
        except BaseException:
            self._take(before)
            raise
