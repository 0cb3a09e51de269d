import pytest

from core.sessions.settings_words import Hook
from core.sessions.stages.hooks import run_hooks
from core.sessions.stages.work import CommandEnd, Commands, StageEnd
from tests.fakes.work import ScriptedWork, subject

PASSED, FAILED = CommandEnd(0, ""), CommandEnd(2, "no such host\n")


def with_hooks(when: Hook, *commands: list[str], ends: list[CommandEnd]) -> ScriptedWork:
    hooks = Commands(hooks={when: list(commands)}, hook_seconds=7)
    return ScriptedWork(subject(commands=hooks, title="A\nB\0", ticket="T-1"), ends=ends)


async def test_a_workspace_without_hooks_runs_none() -> None:
    work = with_hooks("on_done", ["a"], ends=[])

    assert await run_hooks("on_start", work) is None
    assert work.commands == []


async def test_hooks_run_in_their_order_and_know_their_session() -> None:
    work = with_hooks("on_start", ["a", "b c"], ["d"], ends=[PASSED, PASSED])

    assert await run_hooks("on_start", work) == StageEnd("passed")

    assert [ran.argv for ran in work.commands] == [("a", "b c"), ("d",)]
    assert work.commands[0].seconds == 7
    assert work.commands[0].env == {
        "CALLBOARD_HOOK": "on_start",
        "CALLBOARD_SESSION": "12",
        "CALLBOARD_SESSION_KIND": "develop",
        "CALLBOARD_SESSION_TITLE": "A\nB\ufffd",
        "CALLBOARD_TICKET": "T-1",
        "CALLBOARD_WORKSPACE": "shop",
    }


@pytest.mark.parametrize(
    ("when", "leave_open"),
    [
        ("on_start", False),
        ("on_turn_end", False),
        ("on_failure", False),
        ("on_done", True),
        ("pre_merge", True),
    ],
)
async def test_a_hook_that_fails_is_told_and_may_hold_the_session(when: Hook, leave_open: bool) -> None:
    work = with_hooks(when, ["push", "it"], ["never"], ends=[FAILED])

    end = await run_hooks(when, work)

    assert end == StageEnd("failed", f"Hook {when}: push it: It ended with exit code 2.", leave_open)
    assert work.told == [
        ("hook:failed", {"hook": when, "command": "push it", "exitCode": 2, "reason": "no such host"})
    ]


async def test_a_hook_that_outlives_its_limit_says_so() -> None:
    work = with_hooks("on_done", ["a"], ends=[CommandEnd(None, "", "It took longer than 7 s.")])

    end = await run_hooks("on_done", work)

    assert end is not None
    assert end.detail == "Hook on_done: a: It took longer than 7 s."
    assert work.told[0][1]["reason"] == "It took longer than 7 s."
