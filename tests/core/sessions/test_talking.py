"""A conversation: it goes on by its id where the provider has one, and is told again otherwise."""

import sys
from pathlib import Path

import pytest

from core.api.sessions import Resumption
from core.errors import ConflictError, InvalidError
from core.provider_settings import ProviderSettings
from core.sessions.runs.continuing import FORGOTTEN, FRESH
from tests.core.sessions.studio import Studio

ECHO = "import sys; sys.stdout.write('heard: ' + sys.stdin.read())"
REMEMBERS = """
import json, sys
said, known = sys.stdin.read(), sys.argv[1:]
print(json.dumps({"type": "thread.started", "thread_id": known[0] if known else "th-1"}))
print(json.dumps({"type": "turn.started"}))
item = {"id": "i1", "type": "agent_message", "text": " ".join([*known, said])}
print(json.dumps({"type": "item.completed", "item": item}))
used = {"input_tokens": 30, "cached_input_tokens": 0, "output_tokens": 5}
print(json.dumps({"type": "turn.completed", "usage": used}))
"""


@pytest.fixture
def talking(studio: Studio) -> Studio:
    """With one provider that forgets everything, and one that can go on."""
    python = (sys.executable, "-I", "-c")
    studio.configured["forgets"] = ProviderSettings(argv=(*python, ECHO))
    studio.configured["remembers"] = ProviderSettings(
        argv=(*python, REMEMBERS), resume=(*python, REMEMBERS, "{resume_id}"), parser="codex"
    )
    studio.begin_anew()
    return studio


async def test_a_provider_that_can_goes_on_with_its_conversation(talking: Studio) -> None:
    async with talking.running():
        first = await talking.ended(await talking.create("one", provider="remembers"))
        await talking.say(first, "two")
        second = await talking.ended(first)

    assert [turn.text for turn in second.turns] == ["one", "th-1 two"]
    assert [turn.author for turn in second.turns] == ["ann", "ann"]
    assert (second.state, second.unmetered, second.cost) == ("waiting", 2, None)


async def test_one_that_cannot_is_told_again_and_people_see_that(talking: Studio) -> None:
    async with talking.running():
        first = await talking.ended(await talking.create("one", provider="forgets"))
        await talking.say(first, "two")
        second = await talking.ended(first)

    told = second.turns[1].text
    assert told.index("one") < told.index("heard: one") < told.index("two")
    assert (second.turns[1].prompt, second.turns[1].detail) == ("two", FRESH)


async def test_nothing_is_put_before_a_script(talking: Studio) -> None:
    async with talking.running():
        first = await talking.ended(await talking.create("echo one"))
        await talking.say(first, "echo two")
        second = await talking.ended(first)

    assert (second.turns[1].text, second.turns[1].detail) == ("two", FORGOTTEN)
    assert second.unmetered == 0


async def test_what_is_at_work_must_be_waited_for(talking: Studio) -> None:
    session = await talking.create("one")

    with pytest.raises(ConflictError, match="at work"):
        await talking.say(session, "two")
    with pytest.raises(InvalidError, match="empty"):
        await talking.say(session, "  ")


async def test_a_command_cannot_be_talked_to(talking: Studio) -> None:
    async with talking.running():
        ended = await talking.ended(await talking.run_command("true"))

    with pytest.raises(ConflictError, match="nobody to talk to"):
        await talking.say(ended, "hello")


async def test_a_develop_session_that_waits_takes_what_is_next_in_its_place(
    talking: Studio, tmp_path: Path
) -> None:
    await talking.set_up(folder=str(tmp_path))
    async with talking.running():
        first = await talking.ended(await talking.create("echo 1 > n", kind="develop"))
        await talking.say(first, "cat n")
        second = await talking.ended(first)

    assert (second.state, second.turns[1].text) == ("waiting", "1")
    assert [stage.name for stage in second.stages] == ["main", "message"]


async def test_a_message_that_failed_can_be_sent_again(talking: Studio, tmp_path: Path) -> None:
    hold = tmp_path / "hold"
    hold.touch()
    async with talking.running():
        first = await talking.ended(await talking.create("true"))
        await talking.say(first, f"test ! -e {hold}")
        failed = await talking.ended(first)
        hold.unlink()
        await talking.resume(failed)
        ended = await talking.ended(failed)

    assert (failed.state, failed.can_resume) == ("failed", True)
    assert (ended.state, ended.can_resume) == ("waiting", False)


async def test_the_instructions_of_the_workspace_come_first(talking: Studio) -> None:
    await talking.set_up(instructions="Be brief.")
    async with talking.running():
        ended = await talking.ended(await talking.create("one", provider="forgets"))

    assert ended.turns[0].text == "heard: Be brief.\n\none"
    assert ended.turns[0].prompt == "one"


async def test_what_was_stopped_before_it_began_is_not_said_with_what_comes_next(talking: Studio) -> None:
    async with talking.running():
        session = await talking.ended(await talking.create("one", provider="forgets"))
    await talking.say(session, "two")
    stopped = await talking.sessions.stop(talking.ann, session.id)
    async with talking.running():
        await talking.say(session, "three")
        ended = await talking.ended(session)

    assert [(turn.prompt, turn.outcome) for turn in stopped.turns] == [("one", "succeeded"), ("two", "cancelled")]
    assert [turn.outcome for turn in ended.turns] == ["succeeded", "cancelled", "succeeded"]
    assert "heard: two" not in ended.turns[2].text


async def test_what_was_stopped_before_it_began_can_be_resumed(talking: Studio) -> None:
    async with talking.running():
        session = await talking.ended(await talking.create("one", provider="forgets"))
    await talking.say(session, "two")
    await talking.sessions.stop(talking.ann, session.id)
    async with talking.running():
        await talking.sessions.resume(talking.ann, session.id, Resumption())
        ended = await talking.ended(session)

    assert [(turn.prompt, turn.outcome) for turn in ended.turns][1:] == [
        ("two", "cancelled"),
        ("two", "succeeded"),
    ]
