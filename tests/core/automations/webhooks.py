"""A door with nothing but webhooks behind it, on an office where sessions queue and none is run."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.web import BaseRequest

from core.api.automations import NewAutomation
from core.api.trigger import HTTP_TRIGGER
from core.automations.trigger import Trigger
from core.caller import Caller
from core.errors import NotAuthenticatedError
from core.http.app import answering
from core.http.door import Door
from core.http.trigger import routes
from storage.webhook_calls import webhook_calls
from tests.core.automations.conftest import Office
from tests.core.http.raw import Answered, exchange, get, post

FIELDS = [
    "success",
    "error",
    "sessionId",
    "sessionUrl",
    "executionId",
    "automationName",
    "unresolvedPlaceholders",
]


class Hooks:
    """What a sender can do."""

    def __init__(self, office: Office, where: Path) -> None:
        self.office = office
        self.where = where
        self.begun = 0
        self.trigger = Trigger(
            office.database, office.clock, office.firing, lambda: "https://board.example.org/", self._count
        )

    def _count(self) -> None:
        self.begun += 1

    async def made(self, **fields: object) -> NewAutomation:
        """An automation of Ann's that a webhook triggers."""
        known: dict[str, Any] = {
            "name": "Deploy",
            "type": "http",
            "prompt": "Deploy {{ref}}.",
            "provider": "echo",
        }
        made = await self.office.create(**{**known, **fields})
        assert isinstance(made, NewAutomation)
        return made

    async def send(self, sent: bytes) -> Answered:
        return await exchange(self.where, sent)

    async def call(self, token: str | None, body: bytes = b"", *headers: str, query: str = "") -> Answered:
        """A POST with the token in its header."""
        named = [] if token is None else [f"Api-Authentication: {token}"]
        return await self.send(post(HTTP_TRIGGER + query, body, *named, *headers))

    async def get(self, token: str | None, query: str = "") -> Answered:
        """A GET with the token in its path."""
        path = HTTP_TRIGGER if token is None else f"{HTTP_TRIGGER}/{token}"
        return await self.send(get(path + query))

    async def prompts(self) -> list[str]:
        """The prompts of all sessions, oldest first."""
        return [await self.office.prompt_of(one.id) for one in await self.office.sessions()]

    async def remembered(self) -> int:
        """How many calls would be answered as they were."""
        return await self.office.database.read(
            lambda connection: len(connection.execute(webhook_calls.select()).all())
        )


@asynccontextmanager
async def hooks_of(office: Office, folder: Path) -> AsyncIterator[Hooks]:
    """The door of an office's webhooks, until the block ends."""
    hooks = Hooks(office, folder / "hooks.sock")
    door = Door(answering(routes(hooks.trigger), _nobody, lambda error: None))
    listener = await asyncio.get_running_loop().create_unix_server(door, hooks.where)
    try:
        yield hooks
    finally:
        listener.close()
        await door.close(1.0)


def enveloped(answer: Answered) -> dict[str, Any]:
    """What an answer says, which has exactly the fields that are promised."""
    said: dict[str, Any] = json.loads(answer.body)
    assert list(said) == FIELDS, answer
    assert said["success"] is (answer.status == 200)
    assert (said["error"] is None) is said["success"]
    assert isinstance(said["unresolvedPlaceholders"], list)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    return said


async def _nobody(_: BaseRequest) -> Caller:
    raise NotAuthenticatedError("Nobody is known here.")
