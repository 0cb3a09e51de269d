"""The provider that speaks the Agent Client Protocol, with an agent that keeps to it and one that does not."""

import asyncio
import json
import os
import re
import sys
from typing import Any

import pytest

from core.provider_settings import Price, ProviderSettings
from core.sessions.providers.acp.provider import AcpProvider
from core.sessions.supervision.command import Limits
from core.sessions.supervision.marks import marked
from core.sessions.turns import Choice, Outcome, Question, Tokens, TurnResult, Usage
from tests.core.sessions.providers.conftest import Turns, Watched
from tests.fakes.agents import __file__ as agents

FOLDER = os.path.dirname(agents)


def rude(what: str, **settings: Any) -> AcpProvider:
    argv = (sys.executable, "-I", os.path.join(FOLDER, "rude_agent.py"), what)
    return AcpProvider("rude", ProviderSettings(kind="acp", argv=argv, **settings), os.environ)


async def run(what: str, turns: Turns, watched: Watched, **changes: object) -> TurnResult:
    async with asyncio.timeout(40):
        return await rude(what).run(turns("hello", **changes), watched.stand())


async def test_a_polite_agent_answers(turns: Turns, watched: Watched) -> None:
    result = await run("polite", turns, watched, instructions="Be kind.")

    assert (result.outcome, result.detail) == (Outcome.SUCCEEDED, "")
    assert result.text == "You said: Be kind.\n\nhello"
    assert watched.text == result.text
    assert result.usage == Usage()
    assert result.resume_id is None
    assert len(watched.started) == 1


async def test_what_is_unknown_or_garbage_is_passed_over(turns: Turns, watched: Watched) -> None:
    result = await run("shows_everything", turns, watched)

    assert (result.outcome, result.text, result.failed_tools) == (Outcome.SUCCEEDED, "Done.", 1)
    assert watched.text.splitlines() == ["⚙ Read a file", "⚙ Run a test", "✗ Run a test", "Done."]


async def test_money_is_that_of_the_session_and_its_context_is_not_what_was_used(
    turns: Turns, watched: Watched
) -> None:
    result = await run("shows_everything", turns, watched)

    assert result.usage == Usage(4_200, "total", Tokens(100, None, 7), "turn")


async def test_neither_files_nor_terminals_are_given(turns: Turns, watched: Watched) -> None:
    result = await run("asks_for_files", turns, watched)

    assert json.loads(result.text) == [
        ["fs/read_text_file", -32601],
        ["terminal/create", -32601],
        ["anything/else", -32601],
    ]


ANSWERS = [
    ("yes", Outcome.SUCCEEDED, {"outcome": "selected", "optionId": "yes"}, 0),
    ("always", Outcome.SUCCEEDED, {"outcome": "selected", "optionId": "always"}, 0),
    ("no", Outcome.FAILED, {"outcome": "selected", "optionId": "no"}, 1),
    (None, Outcome.FAILED, {"outcome": "cancelled"}, 1),
    ("never offered", Outcome.FAILED, {"outcome": "cancelled"}, 1),
]


@pytest.mark.parametrize(("choice", "outcome", "told", "denied"), ANSWERS)
async def test_a_person_decides_on_a_permission(
    choice: str | None, outcome: Outcome, told: dict[str, str], denied: int, turns: Turns, watched: Watched
) -> None:
    async def decide(_: Question) -> str | None:
        return choice

    result = await rude("asks_a_person").run(turns("x"), watched.stand(decide))

    assert (result.outcome, result.denied_tools) == (outcome, denied)
    assert json.loads(result.text) == told
    assert result.detail == ("It stopped after your refusal." if denied else "")
    assert watched.questions == [
        Question(
            "Run a command",
            '{\n  "command": "rm -rf b"\n}',
            (
                Choice("yes", "Allow", "allow_once"),
                Choice("always", "Always allow (for this agent session)", "allow_always"),
                Choice("no", "Reject", "reject_once"),
            ),
        )
    ]
    assert watched.text.startswith("⚙ Run a command: rm -rf b\n")


async def test_nobody_is_silent_while_a_person_decides(turns: Turns, watched: Watched) -> None:
    async def decide(_: Question) -> str | None:
        loop = asyncio.get_running_loop()
        longer = loop.create_future()
        loop.call_later(0.7, longer.set_result, "yes")
        chosen: str = await longer
        return chosen

    result = await rude("asks_a_person").run(turns("x", limits=Limits(30, 0.25)), watched.stand(decide))

    assert result.outcome is Outcome.SUCCEEDED


async def test_a_stop_cancels_what_is_asked_and_waits_for_the_agent(turns: Turns, watched: Watched) -> None:
    async def decide(_: Question) -> str | None:
        await asyncio.Event().wait()
        return "yes"

    running = asyncio.create_task(rude("waits_for_a_person").run(turns("x"), watched.stand(decide)))
    async with asyncio.timeout(30):
        while b"waiting" not in watched.shown or len(watched.questions) < 2:
            watched.saw.clear()
            await watched.saw.wait()
        watched.stop.set()
        result = await running

    assert (result.outcome, result.detail, result.denied_tools) == (Outcome.CANCELLED, "It was stopped.", 0)
    told = [json.loads(line) for line in result.text.splitlines() if line.startswith("{")]
    assert [each["result"]["outcome"] for each in told if "result" in each] == [{"outcome": "cancelled"}] * 2
    assert [each["method"] for each in told if "method" in each] == ["session/cancel"]


async def test_an_agent_that_does_not_stop_is_ended(
    turns: Turns, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.sessions.providers.acp.turn._CANCEL_SECONDS", 0.2)
    turn = turns("x")
    running = asyncio.create_task(rude("ignores_cancel").run(turn, watched.stand()))
    async with asyncio.timeout(30):
        await watched.saw.wait()
        watched.stop.set()
        result = await running

    assert (result.outcome, result.text) == (Outcome.CANCELLED, "busy")
    assert marked(turn.mark) == []


async def test_a_sudden_end_is_a_sentence(turns: Turns, watched: Watched) -> None:
    result = await run("dies", turns, watched)

    assert (result.outcome, result.exit_code, result.text) == (Outcome.FAILED, 7, "half")
    assert result.detail == "The agent ended before it answered (exit code 7). out of memory"


async def test_a_question_of_an_agent_that_is_gone_is_given_up(turns: Turns, watched: Watched) -> None:
    given_up = asyncio.Event()

    async def decide(_: Question) -> str | None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()
        return "yes"

    async with asyncio.timeout(30):
        result = await rude("dies_while_asking").run(turns("x"), watched.stand(decide))

    assert (result.outcome, result.denied_tools) == (Outcome.FAILED, 0)
    assert given_up.is_set()


async def test_much_on_every_stream_is_no_trouble(turns: Turns, watched: Watched) -> None:
    result = await run("floods", turns, watched)

    assert result.outcome is Outcome.SUCCEEDED
    assert len(result.text) == 64 * 1024
    assert len(watched.shown) > 5_300_000


FAILURES = [
    ("fails", "The agent answered with an error: Internal error: quota exhausted."),
    ("refuses", "The agent refused to go on."),
    ("makes_no_sense", "The agent's answer to session/prompt is none that the protocol has."),
    ("speaks_another_version", "The agent speaks version 9 of the Agent Client Protocol, and Callboard 1"),
    ("signs_in", "The agent wants to be signed in to first: start it once in a terminal."),
]


@pytest.mark.parametrize(("what", "why"), FAILURES)
async def test_what_goes_wrong_is_a_result(what: str, why: str, turns: Turns, watched: Watched) -> None:
    result = await run(what, turns, watched)

    assert result.outcome is Outcome.FAILED
    assert result.detail.startswith(why)


async def test_an_agent_that_ignores_the_end_of_its_input_is_ended(
    turns: Turns, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.sessions.providers.acp.turn._LEAVE_SECONDS", 0.1)
    turn = turns("x")

    result = await rude("ignores_the_end").run(turn, watched.stand())

    assert (result.outcome, result.exit_code) == (Outcome.SUCCEEDED, None)
    assert marked(turn.mark) == []


async def test_what_an_agent_leaves_behind_is_ended(turns: Turns, watched: Watched) -> None:
    turn = turns("x")

    result = await rude("leaves_children").run(turn, watched.stand())

    assert result.outcome is Outcome.SUCCEEDED
    assert marked(turn.mark) == []


@pytest.mark.parametrize("what", ["loads", "resumes"])
async def test_a_conversation_goes_on_without_its_past(what: str, turns: Turns, watched: Watched) -> None:
    provider = rude(what)

    first = await provider.run(turns("one"), watched.stand())
    second = await provider.run(turns("two", resume_id=first.resume_id), watched.stand())

    assert first.resume_id == "rude-1"
    assert provider.can_resume
    assert second.outcome is Outcome.SUCCEEDED, second.detail
    assert second.text.endswith("You said: two")
    assert ("told long ago" in second.text) is (what == "resumes")


async def test_an_agent_that_cannot_go_on_says_so(turns: Turns, watched: Watched) -> None:
    provider = rude("polite")

    result = await provider.run(turns("x", resume_id="r"), watched.stand())

    assert result.detail == "This agent cannot continue a conversation: start a new one."
    assert not provider.can_resume


async def test_only_a_model_and_a_mode_that_are_offered_are_set(turns: Turns, watched: Watched) -> None:
    provider = rude("polite", read_access="plan")

    result = await provider.run(turns("x", model="small", read_only=True), watched.stand())
    refused = await provider.run(turns("x", model="huge"), Watched().stand())

    assert result.outcome is Outcome.SUCCEEDED
    assert [line.split()[0] for line in watched.text.splitlines()[:2]] == [
        "session/set_config_option",
        "session/set_mode",
    ]
    assert '"value": "small"' in watched.text
    assert '"modeId": "plan"' in watched.text
    assert refused.detail == "The agent does not offer the model huge; it offers large, small."


async def test_a_turn_that_may_only_read_says_when_no_mode_holds_it(turns: Turns, watched: Watched) -> None:
    await run("polite", turns, watched, read_only=True)

    assert watched.text.startswith("This agent has no mode that only reads")


async def test_the_agent_is_only_met_by_a_probe() -> None:
    assert await rude("loads").probe() == (True, "Rude Agent 0.1")
    assert (await rude("speaks_another_version").probe()).ready is False
    absent = AcpProvider("x", ProviderSettings(kind="acp", argv=("no-such-agent",)), os.environ)
    assert (await absent.probe()).detail.startswith("no-such-agent is not installed")
    silent = AcpProvider("x", ProviderSettings(kind="acp", argv=("/bin/sh", "-c", "echo no >&2")), os.environ)
    ended = await silent.probe()
    assert not ended.ready
    assert re.fullmatch(
        r"The agent (ended before it answered|takes nothing more: it has ended, .*)\. no", ended.detail
    )


async def test_tokens_of_a_turn_have_their_price_where_money_is_not_told(turns: Turns, watched: Watched) -> None:
    price = {"small": Price(input=1.0, output=2.0)}

    result = await rude("counts", price=price).run(turns("x", model="small"), watched.stand())

    assert result.usage == Usage(114, "turn", Tokens(100, None, 7), "turn")
