"""What a person has pinned for a quick launch: kept as the server says, and changed there."""

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING

from core.api import bots
from core.api.bots import Pin, PinKind, PinnedThing, Pinning
from core.api.stream import Change
from core.errors import UnreachableError
from core.text import clean
from tui.live.feed import Heard
from tui.live.source import Source

if TYPE_CHECKING:
    from tui.screens.place import Place

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
        self._start = start
        self._changed = changed
        self._again = False
        self._asking = False
        self.pins = list(pins)

    def at(self, place: int) -> Pin | None:
        """What is on a key, counted from 1."""
        return self.pins[place - 1] if place <= len(self.pins) else None

    def hear(self, heard: Heard) -> None:
        renamed = isinstance(heard, Change) and any(
            heard.topic == pin.kind + "s" and heard.id == str(pin.id) for pin in self.pins
        )
        if renamed or heard == "live" or (isinstance(heard, Change) and heard.topic == "pins"):
            self.look_again()

    def look_again(self) -> None:
        self._again = True
        if not self._asking:
            self._asking = True
            self._start(self._look())

    async def _look(self) -> None:
        try:
            while self._again:
                self._again = False
                self._take((await self._source.send(bots.pins())).pins)
        except UnreachableError:
            return  # asked again once the connection is there
        finally:
            self._asking = False

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


async def toggle_pin(place: "Place", kind: PinKind, number: int, name: str) -> None:
    """Pin an automation or a bot at the next free key, or unpin it; and say which."""
    source = place.desk.source
    pins = (await source.send(bots.pins())).pins
    there = [PinnedThing(pin.kind, pin.id) for pin in pins]
    thing = PinnedThing(kind, number)
    if thing in there:
        await source.send(bots.pin(Pinning([other for other in there if other != thing])))
        place.flash(f"Unpinned “{clean(name)}”")
    elif len(there) >= MOST:
        place.flash(f"There are {MOST} places: unpin something first.", "trouble")
    else:
        await source.send(bots.pin(Pinning([*there, thing])))
        place.flash(f"Pinned “{clean(name)}”: {len(there) + 1} runs it from My Work")
