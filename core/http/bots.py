"""Bots over HTTP."""

from core.api.bots import Bot, BotChange, BotCreation
from core.api.wire import Done, ListQuery, Page
from core.http.endpoint import Asked, Endpoint
from core.sessions.bots import Bots


def endpoints(bots: Bots) -> list[Endpoint]:
    async def page(asked: Asked[ListQuery, None]) -> Page[Bot]:
        return await bots.page(asked.caller, asked.query)

    async def show(asked: Asked[None, None]) -> Bot:
        return await bots.show(asked.caller, asked.path["bot"])

    async def create(asked: Asked[None, BotCreation]) -> Bot:
        return await bots.create(asked.caller, asked.body)

    async def change(asked: Asked[None, BotChange]) -> Bot:
        return await bots.change(asked.caller, asked.path["bot"], asked.body)

    async def delete(asked: Asked[None, None]) -> Done:
        return await bots.delete(asked.caller, asked.path["bot"])

    return [
        Endpoint("GET", "/bots", "The bots", page, Page[Bot], query=ListQuery),
        Endpoint("POST", "/bots", "Make a bot", create, Bot, body=BotCreation, status=201),
        Endpoint("GET", "/bots/{bot}", "One bot", show, Bot),
        Endpoint("PATCH", "/bots/{bot}", "Change a bot", change, Bot, body=BotChange),
        Endpoint("DELETE", "/bots/{bot}", "Delete a bot", delete, Done),
    ]
