"""Pinning something for a quick launch, and taking it off again."""

from core.api import bots
from core.api.bots import PinKind, PinnedThing, Pinning
from core.text import clean
from tui.live.pins import MOST
from tui.screens.place import Place


async def toggle_pin(place: Place, kind: PinKind, number: int, name: str) -> None:
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
