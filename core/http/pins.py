"""What a person has pinned, over HTTP."""

from core.api.bots import PinList, Pinning
from core.automations.pins import Pins
from core.http.endpoint import Asked, Endpoint


def endpoints(pins: Pins) -> list[Endpoint]:
    async def show(asked: Asked[None, None]) -> PinList:
        return await pins.show(asked.caller)

    async def pin(asked: Asked[None, Pinning]) -> PinList:
        return await pins.set(asked.caller, asked.body)

    return [
        Endpoint("GET", "/me/pins", "What you have pinned for a quick launch", show, PinList),
        Endpoint("PUT", "/me/pins", "Pin exactly these, in this order", pin, PinList, body=Pinning),
    ]
