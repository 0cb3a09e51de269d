"""What a person has muted, over HTTP."""

from core.api.mutes import Mute, Muting
from core.api.wire import Done, ListQuery, Page
from core.http.endpoint import Asked, Endpoint
from core.inbox.mutes import Mutes


def endpoints(mutes: Mutes) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[Mute]:
        return await mutes.page(asked.caller, asked.query)

    async def mute(asked: Asked[None, Muting]) -> Mute:
        return await mutes.mute(asked.caller, asked.body)

    async def unmute(asked: Asked[None, None]) -> Done:
        return await mutes.unmute(asked.caller, asked.number("mute"))

    return [
        Endpoint("GET", "/mutes", "What you have muted", page, Page[Mute], query=ListQuery),
        Endpoint("POST", "/mutes", "Mute what notifications come from", mute, Mute, body=Muting),
        Endpoint("DELETE", "/mutes/{mute}", "Unmute it", unmute, Done),
    ]
