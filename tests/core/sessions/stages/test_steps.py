from typing import Any

import msgspec
import pytest

from core.sessions.stages.definition import (
    ApprovalStep,
    CommandStep,
    CompleteStep,
    Definition,
    PlanStep,
    PromptStep,
    Step,
)
from core.sessions.stages.planning import plan, plan_command
from core.sessions.stages.running import run
from core.sessions.stages.work import CommandEnd, Planned, StageEnd
from core.sessions.turns import Outcome, TurnResult
from tests.fakes.work import ScriptedWork, said, subject

PASSED, FAILED = CommandEnd(0, ""), CommandEnd(1, "2 failed")
HOSTILE = {"version": '1"; rm -rf / #', "note": "$(id) `id` {{date}} a b"}
REFUSED = "Refused, or not answered in time."


def planned(step: Step, parameters: dict[str, Any] | None = None) -> Planned:
    workflow = Definition("release", "1", "", {}, [step])
    return plan("develop", (), None, workflow, parameters or {})[0]


async def test_a_prompt_gets_its_values_at_the_last_moment() -> None:
    step = PromptStep(
        id="a",
        prompt="{{version}} {{date}} {{datetime}} {{session_id}} {{prev.text}} {{prev.exit_code}} {{iteration}}|",
    )
    work = ScriptedWork(
        subject(parameters={"version": "1.2"}), [said("ok")], last_text="{{version}}", last_exit_code=3
    )

    assert await run(planned(step), work) == StageEnd("passed")

    assert work.turns[0].prompt == "1.2 2026-03-02 2026-03-02T09:30:00Z 12 {{version}} 3 |"
    assert work.turns[0].purpose == "step"


async def test_what_an_automation_knows_has_a_value() -> None:
    step = PromptStep(id="a", prompt="{{trigger}} {{iteration}} {{missed_count}}", fresh=True)
    known = {"trigger": "loop", "iteration": 4, "missed_count": 2}
    work = ScriptedWork(subject(parameters=known), [said("ok")])

    await run(planned(step), work)

    assert work.turns[0].prompt == "loop 4 2"
    assert work.turns[0].fresh


async def test_a_verified_prompt_is_tried_again_with_what_the_check_said() -> None:
    step = PromptStep(id="a", prompt="Do it", verify=["test", "{{version}}"], retries=2)
    work = ScriptedWork(subject(parameters=HOSTILE), [said("1"), said("2")], [FAILED, PASSED])

    assert await run(planned(step), work) == StageEnd("passed")

    assert [ran.argv for ran in work.commands] == [("test", '1"; rm -rf / #')] * 2
    assert "exit code 1" in work.turns[1].prompt
    assert "2 failed" in work.turns[1].prompt
    assert "Do it" not in work.turns[1].prompt


async def test_a_fresh_prompt_is_told_the_task_again() -> None:
    step = PromptStep(id="a", prompt="Do it", verify=["test"], retries=1, fresh=True)
    work = ScriptedWork(answers=[said("1"), said("2")], ends=[FAILED, PASSED])

    await run(planned(step), work)

    assert work.turns[1].prompt.startswith("Do it")
    assert work.turns[1].fresh


async def test_a_prompt_that_is_never_right_fails_and_names_its_step() -> None:
    step = PromptStep(id="bump", prompt="Do it", verify=["test"], retries=1)
    work = ScriptedWork(answers=[said("1"), said("2")], ends=[FAILED, FAILED])
    why = "test: It ended with exit code 1."

    assert await run(planned(step), work) == StageEnd("failed", why)
    assert work.told == [("workflow:step-failed", {"workflow": "release", "step": "bump", "reason": why})]


async def test_the_arguments_of_a_command_are_never_split() -> None:
    step = CommandStep(id="a", argv=["git", "switch", "v{{version}}", "{{note}}", "{{iteration}}"], seconds=5)
    work = ScriptedWork(subject(parameters=HOSTILE), ends=[PASSED])

    assert await run(planned(step, HOSTILE), work) == StageEnd("passed")

    (ran,) = work.commands
    assert ran.argv == ("git", "switch", 'v1"; rm -rf / #', "$(id) `id` {{date}} a b", "")
    assert ran.seconds == 5
    assert not any(name.startswith("PARAM_") for name in ran.env)


async def test_what_no_command_can_take_is_taken_out_of_its_arguments() -> None:
    step = CommandStep(id="a", argv=["echo", "{{prev.text}}"])
    work = ScriptedWork(ends=[PASSED], last_text="a\0b\ud800")

    await run(planned(step), work)

    assert work.commands[0].argv == ("echo", "a\ufffdb\ufffd")


async def test_a_line_for_the_shell_finds_parameters_in_its_environment_alone() -> None:
    step = msgspec.convert({"kind": "command", "id": "a", "shell": 'echo "$PARAM_VERSION"'}, CommandStep)
    work = ScriptedWork(subject(parameters={**HOSTILE, "trigger": "webhook"}), ends=[PASSED])

    await run(planned(step, HOSTILE), work)

    (ran,) = work.commands
    assert ran.argv == ("/bin/sh", "-c", 'echo "$PARAM_VERSION"')
    assert {name: value for name, value in ran.env.items() if name.startswith("PARAM_")} == {
        "PARAM_VERSION": HOSTILE["version"],
        "PARAM_NOTE": HOSTILE["note"],
        "PARAM_TRIGGER": "webhook",
    }


async def test_a_command_that_fails_names_its_step_and_one_that_was_stopped_tells_nobody() -> None:
    step = CommandStep(id="a", argv=["make"])
    failing = ScriptedWork(ends=[FAILED])
    stopped = ScriptedWork(ends=[CommandEnd(None, "", "Stopped by ann.", stopped=True)])

    assert (await run(planned(step), failing)).state == "failed"
    assert (await run(planned(step), stopped)).state == "cancelled"

    assert [event for event, _ in failing.told] == ["workflow:step-failed"]
    assert stopped.told == []


async def test_a_session_that_is_a_command_runs_what_was_typed() -> None:
    work = ScriptedWork(ends=[CommandEnd(3, "")])

    end = await run(plan_command(["echo", "{{date}}", "a b"]), work)

    assert end == StageEnd("failed", "echo '{{date}}' 'a b': It ended with exit code 3.")
    assert (work.commands[0].argv, work.commands[0].seconds) == (("echo", "{{date}}", "a b"), None)
    assert work.told == []


@pytest.mark.parametrize(
    ("answer", "on_reject", "end", "told"),
    [
        (True, "stop", StageEnd("passed", "Approved."), []),
        (False, "stop", StageEnd("failed", REFUSED), ["workflow:step-failed"]),
        (False, "retry:bump", StageEnd("failed", REFUSED, back_to="bump"), []),
        (None, "retry:bump", StageEnd("cancelled", "The question was taken back."), []),
    ],
)
async def test_an_approval_waits_for_a_person(
    answer: bool | None, on_reject: str, end: StageEnd, told: list[str]
) -> None:
    step = ApprovalStep(id="ok", message="Release {{version}}?", to="user:eva", on_reject=on_reject)
    work = ScriptedWork(subject(parameters={"version": "1.2"}), approvals=[answer])

    assert await run(planned(step), work) == end

    assert work.asked == [("ok", "Release 1.2?", "user:eva")]
    assert [event for event, _ in work.told] == told


async def test_a_plan_is_shown_before_it_may_be_followed() -> None:
    step = PlanStep(id="plan", prompt="Do {{version}}", to="developer", on_reject="retry:plan")
    work = ScriptedWork(
        subject(parameters={"version": "1.2"}), [said("1. Look\n2. Leap")], approvals=[False], meddle=[0]
    )

    end = await run(planned(step), work)

    assert work.turns[0].read_only
    assert work.turns[0].prompt.endswith("Do 1.2")
    assert work.asked == [("plan", "1. Look\n2. Leap", "developer")]
    assert (end.state, end.back_to, work.tree) == ("failed", "plan", 0)
    assert "they were put back" in end.detail


@pytest.mark.parametrize("answer", [said("  "), said("", Outcome.FAILED, "No credit.")])
async def test_without_a_plan_nobody_is_asked(answer: TurnResult) -> None:
    work = ScriptedWork(answers=[answer])

    end = await run(planned(PlanStep(id="plan", prompt="x")), work)

    assert (end.state, work.asked) == ("failed", [])


async def test_a_step_can_say_that_the_session_is_done_at_its_end() -> None:
    work = ScriptedWork()

    assert (await run(planned(CompleteStep(id="end", only_if_no_changes=True)), work)).state == "passed"
    assert work.to_complete == [True]


async def test_a_chat_is_only_its_prompt() -> None:
    work = ScriptedWork(subject(kind="chat"), [said("Hi")])

    await run(plan("chat", (), "Hello {{date}}", None, {})[0], work)

    assert (work.turns[0].prompt, work.turns[0].purpose) == ("Hello {{date}}", "chat")


async def test_a_script_refers_to_the_values_from_outside() -> None:
    work = ScriptedWork(subject(script=True, parameters=HOSTILE), [said("done")])

    await run(planned(PromptStep(id="a", prompt="echo {{version}} {{date}}")), work)

    assert [turn.prompt for turn in work.turns] == ['echo "${PARAM_VERSION}" 2026-03-02']


@pytest.mark.parametrize("name", ["prev.text", "trigger"])
async def test_what_is_in_no_variable_does_not_become_a_part_of_a_script(name: str) -> None:
    work = ScriptedWork(subject(script=True))

    end = await run(planned(PromptStep(id="a", prompt=f"echo {{{{{name}}}}}")), work)

    assert (end.state, work.turns) == ("failed", [])


async def test_a_script_may_name_what_the_server_knows_and_is_tried_again_as_it_is() -> None:
    step = PromptStep(id="a", prompt="echo {{date}} {{session_id}}", verify=["test"], retries=1)
    lying = {"date": "$(id)", "session_id": "$(id)"}
    work = ScriptedWork(
        subject(script=True, parameters=lying), [said("1"), said("2")], [CommandEnd(1, "$(id)"), PASSED]
    )

    assert await run(planned(step), work) == StageEnd("passed")
    assert [turn.prompt for turn in work.turns] == ["echo 2026-03-02 12"] * 2


async def test_a_script_makes_no_plans() -> None:
    work = ScriptedWork(subject(script=True))

    assert (await run(planned(PlanStep(id="a", prompt="x")), work)).state == "failed"
    assert (work.turns, work.asked) == ([], [])
