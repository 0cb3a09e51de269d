"""A Develop session with phases and a workflow from end to end, with real processes."""

import sys
from pathlib import Path

import pytest

from core.api.workflows import WorkflowWriting
from core.caller import Permission
from core.provider_settings import ProviderSettings
from core.sessions.workflows import Workflows
from tests.core.sessions.git.repositories import commit, git
from tests.core.sessions.studio import Studio

AGENT = """
import sys
said = sys.stdin.read()
if "blocking" in said:
    print('{"blocking": ["new.txt:1 says nothing"], "notes": []}')
else:
    open("new.txt", "w").write("hello")
    print("made it")
"""
STEPS = """
name = "release"
[params.version]
required = true
[[steps]]
id = "build"
kind = "command"
argv = ["test", "-e", "FILE"]
[[steps]]
id = "say"
kind = "command"
argv = ["echo", "{{version}} after {{prev.exit_code}}"]
[[steps]]
id = "end"
kind = "complete"
"""


@pytest.fixture
async def building(studio: Studio, tmp_path: Path) -> Studio:
    """With an agent that changes a file, and a review that finds something in it."""
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, readme="hello")
    studio.configured["agent"] = ProviderSettings(argv=(sys.executable, "-I", "-c", AGENT))
    studio.begin_anew()
    await studio.set_up(folder=str(folder), verify=[["true"], ["sh", "-c", "echo broken; exit 6"]])
    return studio


async def test_what_a_review_and_a_check_find_leaves_the_session_to_a_person(building: Studio) -> None:
    async with building.running():
        session = await building.create(
            "Make it.",
            kind="develop",
            provider="agent",
            modes=["review", "verification"],
            auto_complete=True,
            ticket="T-7",
        )
        ended = await building.ended(session)
        await building.road.dispatcher.catch_up()

    assert (ended.state, ended.outcome, ended.can_resume) == ("waiting", "succeeded", True)
    assert [(stage.name, stage.state) for stage in ended.stages] == [
        ("main", "passed"),
        ("review", "failed"),
        ("verification", "failed"),
    ]
    assert [turn.purpose for turn in ended.turns] == ["main", "review", "step", "step"]
    assert "new.txt:1 says nothing" in ended.detail
    assert [event.name for event in await building.events("")][-3:] == [
        "review:blocking",
        "verification:failed",
        "session:finished",
    ]
    assert len(await building.road.items("ann")) == 2


async def test_a_workflow_names_the_step_that_failed_and_is_resumed_from_it(
    building: Studio, tmp_path: Path
) -> None:
    needed = tmp_path / "needed"
    workflows = Workflows(building.road.database, building.road.clock)
    writer = building.holding("ann", Permission.AUTOMATIONS_MANAGE)
    await workflows.add(writer, "shop", WorkflowWriting(STEPS.replace("FILE", str(needed))))
    async with building.running():
        session = await building.create(
            prompt=None,  # type: ignore[arg-type]
            kind="develop",
            workflow="release",
            parameters={"version": "4.2"},
        )
        failed = await building.ended(session)
        needed.touch()
        await building.resume(failed)
        ended = await building.ended(failed)

    assert (failed.state, [stage.state for stage in failed.stages]) == (
        "failed",
        ["failed", "pending", "pending"],
    )
    assert len(await building.events("workflow:step-failed")) == 1
    assert (ended.state, ended.turns[-1].text) == ("done", "4.2 after 0\n")
    assert [(stage.name, stage.attempt) for stage in ended.stages] == [
        ("build", 1),
        ("build", 2),
        ("say", 1),
        ("end", 1),
    ]
