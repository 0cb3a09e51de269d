"""The demo's server: it runs what waits, interrupts nothing of the past, and its question can be answered."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from core.api.approvals import answer, approvals
from core.api.sessions import Session, sessions
from core.clock import SystemClock
from core.demo.fill import Sample, opened
from core.live_client import LiveClient
from tests.servers import here, home_in

_PATIENCE = 30


async def test_the_server_of_the_demo_runs_what_waits_and_its_question_can_be_answered(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    async with opened(home) as (database, you):
        await Sample(database, home, you, SystemClock().now()).fill(0, 7)

    async with here(home) as server:
        client = server.client
        asking = await _until(client, "state:asking", lambda found: len(found) == 1)
        going = await _until(client, "state:running", lambda found: len(found) == 3)
        waiting = await _until(client, "state:queued", lambda found: len(found) == 1)
        interrupted = (await client.send(sessions(filter="outcome:interrupted"))).items
        question = (await client.send(approvals(filter="is:open"))).items[0]

        await client.send(answer(question.id, "allow"))
        await _until(client, "state:asking", lambda found: not found)

        assert question.session == asking[0].id
        assert {each.provider for each in [*going, *asking, *waiting]} == {"shell"}
        assert any(each.automation is not None for each in going)
        assert {each.title for each in interrupted} == {
            "Move the queue workers to the new base image",
            "Nightly accessibility audit",
        }


async def _until(client: LiveClient, filter: str, fits: Callable[[list[Session]], bool]) -> list[Session]:
    async with asyncio.timeout(_PATIENCE):
        while True:
            found = (await client.send(sessions(filter=filter))).items
            if fits(found):
                return found
            await asyncio.sleep(0.05)
