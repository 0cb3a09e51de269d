"""Tickets and missions at the door, as another program asks for them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from core.api.wire import API
from tests.core.planning.test_notifications import MISSION, TASK
from tests.servers import Here, here, home_in


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Here]:
    async with here(home_in(tmp_path)) as running:
        yield running


async def ask(server: Here, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
    connector = aiohttp.UnixConnector(path=str(server.home.socket))
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.request(method, f"http://localhost{API}{path}", data=body) as response,
    ):
        return response.status, json.loads(await response.read())


async def test_what_the_other_program_posts_is_answered_in_its_envelope(server: Here) -> None:
    status, ticket = await ask(server, "POST", "/projects/default/tasks", TASK)
    also, mission = await ask(server, "POST", "/projects/default/missions", MISSION)
    path = f"/projects/default/tasks/{ticket['data']['id']}"
    moved = await ask(server, "POST", f"{path}/transitions", b'{"to": "implementation"}')
    found = await ask(server, "GET", "/projects/default/tasks?filter=is:open")

    assert (status, also, ticket["ok"], mission["ok"]) == (201, 201, True, True)
    assert ticket["data"]["assignTo"] == "db-agent"
    assert ticket["data"]["notifications"]["rules"][0]["channels"] == ["telegram-oncall", "slack"]
    assert mission["data"]["status"] == "draft"
    assert (moved[0], moved[1]["data"]["status"]) == (200, "implementation")
    assert [each["id"] for each in found[1]["data"]["items"]] == [ticket["data"]["id"]]


REFUSED = {
    "a deadline that cannot be read": ({"title": "x", "deadline": "soon"}, "deadline"),
    "a deadline without a zone": ({"title": "x", "deadline": "2026-03-01T09:30:00"}, "deadline"),
    "a score that is no number": ({"title": "x", "score": "five"}, "score"),
    "a field that there is not": ({"title": "x", "asignTo": "ann"}, "asignTo"),
    "a condition that cannot be read": (
        {
            "title": "x",
            "notifications": {
                "rules": [
                    {"id": "a", "events": ["*"], "channels": ["b"], "condition": {"field": "to", "op": "~"}}
                ]
            },
        },
        "notifications.rules[0].condition.op",
    ),
}


async def test_what_cannot_be_read_is_refused_with_its_place(server: Here) -> None:
    found = {
        case: await ask(server, "POST", "/projects/default/tasks", json.dumps(body).encode())
        for case, (body, _) in REFUSED.items()
    }

    for case, (_, place) in REFUSED.items():
        status, answer = found[case]
        assert (status, answer["code"], place in answer["error"]) == (400, "invalid", True), (case, answer)
    assert (await ask(server, "GET", "/tasks"))[1]["data"]["items"] == []


async def test_what_cannot_be_done_now_is_a_conflict(server: Here) -> None:
    await ask(server, "POST", "/projects/default/tasks", b'{"title": "x", "id": "T-1"}')
    path = "/projects/default/tasks/T-1"

    skipped = await ask(server, "POST", f"{path}/transitions", b'{"to": "completed"}')
    other = await ask(server, "POST", "/projects/default/tasks", b'{"title": "y", "id": "T-1"}')

    assert (skipped[0], skipped[1]["code"]) == (409, "conflict")
    assert "it can go to" in skipped[1]["error"]
    assert other[0] == 409
    assert (await ask(server, "DELETE", path))[0] == 200
    assert (await ask(server, "GET", path))[0] == 404
