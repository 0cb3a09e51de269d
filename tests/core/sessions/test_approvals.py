"""Approvals: asked by a workflow or an agent, answered by the person asked, and never left open."""

import json
import os
import sys

import pytest

from core.api.approvals import Approval, ApprovalAnswer
from core.api.sessions import SessionDetail
from core.api.wire import ListQuery
from core.api.workflows import WorkflowWriting
from core.caller import Permission
from core.clock import HOUR, MINUTE
from core.config import SessionSettings
from core.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from core.provider_settings import ProviderSettings
from core.sessions.workflows import Workflows
from tests.core.sessions.studio import Studio
from tests.fakes.agents import __file__ as agents

ASKS = """
name = "release"
[[steps]]
id = "ok"
kind = "approval"
to = "TO"
message = "Release it?"
[[steps]]
id = "go"
kind = "command"
argv = ["echo", "released"]
"""


async def ask(studio: Studio, to: str = "owner", **parts: object) -> tuple[SessionDetail, Approval]:
    """A session that waits for an answer."""
    workflows = Workflows(studio.road.database, studio.road.clock)
    writer = studio.holding("ann", Permission.AUTOMATIONS_MANAGE)
    await workflows.add(writer, "shop", WorkflowWriting(ASKS.replace("TO", to)))
    session = await studio.create(prompt=None, kind="develop", workflow="release", **parts)  # type: ignore[arg-type]
    return await asking(studio, session)


async def asking(studio: Studio, session: SessionDetail) -> tuple[SessionDetail, Approval]:
    session = await studio.until(session, lambda now: now.approvals == 1)
    (approval,) = (await studio.approvals.page(studio.road.callers["root"], ListQuery())).items
    return session, approval


async def answer(studio: Studio, approval: Approval, choice: str, by: str = "ann") -> Approval:
    return await studio.approvals.answer(studio.road.callers[by], approval.id, ApprovalAnswer(choice))


async def test_a_session_asks_and_goes_on_when_it_was_allowed(studio: Studio) -> None:
    async with studio.running():
        session, approval = await ask(studio)
        await studio.road.dispatcher.catch_up()
        told = await studio.road.items("ann")
        answered = await answer(studio, approval, "allow")
        ended = await studio.ended(session)

    assert (session.state, approval.title, approval.detail) == ("asking", "ok", "Release it?")
    assert (answered.state, answered.answer, answered.answered_by) == ("allowed", "allow", "ann")
    assert (ended.outcome, ended.turns[-1].text) == ("succeeded", "released\n")
    assert [(item.title, item.link) for item in told] == [
        ("Approval wanted: ok", f"callboard:approval/{approval.id}")
    ]
    assert [event.name for event in await studio.events("approval:")] == [
        "approval:requested",
        "approval:resolved",
    ]


async def test_a_refusal_ends_the_run(studio: Studio) -> None:
    async with studio.running():
        session, approval = await ask(studio)
        await answer(studio, approval, "refuse")
        ended = await studio.ended(session)

    assert (ended.state, ended.outcome) == ("failed", "failed")
    assert [stage.state for stage in ended.stages] == ["failed", "pending"]


async def test_no_answer_in_time_is_a_refusal(studio: Studio) -> None:
    async with studio.running():
        session, approval = await ask(studio)
        studio.road.clock.advance(4 * HOUR + MINUTE)
        ended = await studio.ended(session)

    expired = await studio.approvals.show(studio.ann, approval.id)
    assert (expired.state, expired.answer, ended.state) == ("expired", None, "failed")
    assert [event.name for event in await studio.events("approval:timeout")] == ["approval:timeout"]
    with pytest.raises(ConflictError, match="expired"):
        await answer(studio, approval, "allow")


async def test_stopping_what_asks_takes_the_question_back(studio: Studio) -> None:
    async with studio.running():
        session, approval = await ask(studio)
        await studio.sessions.stop(studio.ann, session.id)
        ended = await studio.ended(session)

    assert ended.state == "cancelled"
    assert (await studio.approvals.show(studio.ann, approval.id)).state == "cancelled"


async def test_the_step_says_who_is_asked_and_nobody_else_may_answer(studio: Studio) -> None:
    async with studio.running():
        session, approval = await ask(studio, "user:ben")
        await studio.road.dispatcher.catch_up()
        with pytest.raises(NotAllowedError, match="for ben"):
            await answer(studio, approval, "allow")
        with pytest.raises(NotFoundError):
            await answer(studio, approval, "allow", by="eva")
        await answer(studio, approval, "allow", by="ben")
        ended = await studio.ended(session)

    assert ended.outcome == "succeeded"
    assert await studio.road.told() == {"ben": "the step names you as its approver"}


async def test_the_developer_of_the_ticket_is_asked(studio: Studio) -> None:
    await studio.road.make_responsible("ticket", "T-7", "developer", "eva")
    async with studio.running():
        _, approval = await ask(studio, "developer", ticket="T-7")

    assert approval.approver == "eva"


async def test_whoever_manages_all_sessions_may_answer(studio: Studio) -> None:
    manager = studio.holding("kim", Permission.SESSIONS_VIEW_ALL, Permission.SESSIONS_MANAGE_ALL)
    async with studio.running():
        session, approval = await ask(studio)
        await studio.approvals.answer(manager, approval.id, ApprovalAnswer("allow"))
        ended = await studio.ended(session)

    assert ended.outcome == "succeeded"


async def test_only_the_first_answer_counts(studio: Studio) -> None:
    async with studio.running():
        session, approval = await ask(studio)
        with pytest.raises(InvalidError, match="there are allow, refuse"):
            await answer(studio, approval, "perhaps")
        await answer(studio, approval, "allow")
        with pytest.raises(ConflictError, match="allowed"):
            await answer(studio, approval, "refuse")
        await studio.ended(session)


async def test_one_that_only_waits_for_a_person_lets_others_run(studio: Studio) -> None:
    studio.rules = SessionSettings(at_once=1)
    async with studio.running():
        session, approval = await ask(studio)
        other = await studio.ended(await studio.create("true"))
        still = await studio.show(session)
        await answer(studio, approval, "allow")
        ended = await studio.ended(session)

    assert (other.outcome, still.state, ended.outcome) == ("succeeded", "asking", "succeeded")


async def test_the_end_of_the_server_leaves_no_question_open(studio: Studio) -> None:
    async with studio.running():
        session, approval = await ask(studio)

    assert (await studio.show(session)).state == "waiting"
    assert (await studio.approvals.show(studio.ann, approval.id)).state == "cancelled"


@pytest.mark.parametrize(("choice", "said"), [("always", "always"), ("refuse", "no")])
async def test_an_agent_asks_and_is_told_the_choice(studio: Studio, choice: str, said: str) -> None:
    rude = os.path.join(os.path.dirname(agents), "rude_agent.py")
    argv = (sys.executable, "-I", rude, "asks_a_person")
    studio.configured["rude"] = ProviderSettings(kind="acp", argv=argv)
    studio.begin_anew()
    async with studio.running():
        session, approval = await asking(studio, await studio.create("hello", provider="rude"))
        await answer(studio, approval, choice)
        ended = await studio.ended(session)

    (event,) = await studio.events("approval:requested")
    assert [one.id for one in approval.choices][:3] == ["yes", "always", "no"]
    assert json.loads(event.payload)["sessionOwner"] == "ann"
    assert said in ended.turns[0].text
    assert (await studio.approvals.show(studio.ann, approval.id)).answer == said
