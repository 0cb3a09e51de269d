"""Channels over HTTP."""

from core.api.channels import Channel, ChannelChange, ChannelTest, ChannelTesting, NewChannel
from core.api.wire import Done, ListQuery, Page
from core.channels.service import Channels
from core.http.endpoint import Asked, Endpoint


def endpoints(channels: Channels) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[Channel]:
        return await channels.page(asked.caller, asked.query)

    async def show(asked: Asked[None, None]) -> Channel:
        return await channels.show(asked.caller, asked.path["channel"])

    async def add(asked: Asked[None, NewChannel]) -> Channel:
        return await channels.add(asked.caller, asked.body)

    async def change(asked: Asked[None, ChannelChange]) -> Channel:
        return await channels.change(asked.caller, asked.path["channel"], asked.body)

    async def delete(asked: Asked[None, None]) -> Done:
        return await channels.delete(asked.caller, asked.path["channel"])

    async def test(asked: Asked[None, ChannelTesting]) -> ChannelTest:
        return await channels.test(asked.caller, asked.path["channel"], asked.body)

    return [
        Endpoint("GET", "/channels", "The channels, and how they do", page, Page[Channel], query=ListQuery),
        Endpoint("POST", "/channels", "Make a channel", add, Channel, body=NewChannel, status=201),
        Endpoint("GET", "/channels/{channel}", "One channel", show, Channel),
        Endpoint("PATCH", "/channels/{channel}", "Change a channel", change, Channel, body=ChannelChange),
        Endpoint("DELETE", "/channels/{channel}", "Delete a channel that no rule names", delete, Done),
        Endpoint(
            "POST",
            "/channels/{channel}/test",
            "Reach a channel, or send a message over it now",
            test,
            ChannelTest,
            body=ChannelTesting,
        ),
    ]
