"""Sessions from the queue to their end, with real processes."""

import json

from tests.core.sessions.studio import Studio


async def test_a_session_runs_and_waits_for_a_person(studio: Studio) -> None:
    async with studio.running():
        session = await studio.create("echo hello; echo more")

        ended = await studio.ended(session)

    assert (ended.state, ended.outcome) == ("waiting", "succeeded")
    assert (ended.turns[0].text, ended.turns[0].exit_code) == ("hello\nmore", 0)
    assert await studio.output(ended) == "hello\nmore\n"
