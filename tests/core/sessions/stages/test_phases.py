import pytest

from core.api.sessions import Mode, StageState
from core.sessions.stages.planning import plan
from core.sessions.stages.running import run
from core.sessions.stages.work import CommandEnd, Commands, Planned, StageEnd
from core.sessions.turns import Outcome, TurnResult
from tests.fakes.work import ScriptedWork, said, subject

CLEAN = '{"blocking": [], "notes": ["rename x"]}'
BLOCKING = '{"blocking": ["x.py:3 loses data", "no check"], "notes": []}'
PASSED, FAILED = CommandEnd(0, ""), CommandEnd(2, "1 failed\n")
PUT_BACK = "It changed files, which it was not to do; they were put back."


def stage(mode: Mode) -> Planned:
    found = plan("develop", (mode,), "Add a page", None, {})
    return found[0] if mode == "architecture" else found[1]


def main(*modes: Mode) -> Planned:
    return next(stage for stage in plan("develop", modes, "Add a page", None, {}) if stage.name == "main")


async def test_architecture_only_looks_and_its_design_goes_ahead_of_the_prompt() -> None:
    work = ScriptedWork(answers=[said("Use {task} and {design}"), said("Done")])

    assert await run(stage("architecture"), work) == StageEnd("passed")
    assert await run(main("architecture"), work) == StageEnd("passed")

    first, second = work.turns
    assert (first.purpose, first.read_only) == ("architecture", True)
    assert first.prompt.endswith("Add a page")
    assert (second.purpose, second.read_only) == ("main", False)
    assert second.prompt.index("Use {task} and {design}") < second.prompt.index("Add a page")


async def test_without_a_design_the_prompt_is_as_it_was_written() -> None:
    work = ScriptedWork(answers=[said("ok"), said("ok")])

    await run(main("architecture"), work)
    await run(main(), work)

    assert [turn.prompt for turn in work.turns] == ["Add a page", "Add a page"]


@pytest.mark.parametrize(
    ("answer", "meddle", "repository", "end"),
    [
        (said("A design"), [0], True, StageEnd("inconclusive", PUT_BACK)),
        (said(" "), [], True, StageEnd("inconclusive", "The agent answered nothing.")),
        (said("", Outcome.FAILED, "It broke."), [0], True, StageEnd("failed", f"It broke. {PUT_BACK}")),
        (said("A design"), [], False, StageEnd("passed", "That it changed nothing cannot be checked here.")),
    ],
)
async def test_a_design_counts_when_nothing_was_changed_for_it(
    answer: TurnResult, meddle: list[int], repository: bool, end: StageEnd
) -> None:
    work = ScriptedWork(answers=[answer], meddle=meddle, repository=repository)

    assert await run(stage("architecture"), work) == end
    assert work.tree == 0


@pytest.mark.parametrize("mode", ["ux", "edge-cases", "docs"])
async def test_a_follow_up_is_a_turn_in_the_same_conversation(mode: Mode) -> None:
    work = ScriptedWork(answers=[said("Did it")])

    assert await run(stage(mode), work) == StageEnd("passed")

    (turn,) = work.turns
    assert (turn.purpose, turn.fresh, turn.read_only) == (mode, False, False)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.FAILED, "failed"),
        (Outcome.TIMED_OUT, "failed"),
        (Outcome.CANCELLED, "cancelled"),
        (Outcome.INTERRUPTED, "interrupted"),
    ],
)
@pytest.mark.parametrize("mode", ["ux", "tests"])
async def test_a_turn_that_did_not_succeed_ends_its_stage(
    mode: Mode, outcome: Outcome, state: StageState
) -> None:
    work = ScriptedWork(answers=[said("", outcome, "Why.")])

    assert await run(stage(mode), work) == StageEnd(state, "Why.")


async def test_the_tests_command_decides_whether_tests_pass() -> None:
    ours = subject(commands=Commands(test=["make", "test"]))
    passing = ScriptedWork(ours, [said("ok")], [PASSED])
    failing = ScriptedWork(ours, [said("ok")], [FAILED])

    assert await run(stage("tests"), passing) == StageEnd("passed")
    assert await run(stage("tests"), failing) == StageEnd(
        "failed", "make test: It ended with exit code 2.", leave_open=True
    )
    assert failing.told == [
        ("verification:failed", {"command": "make test", "exitCode": 2, "reason": "1 failed"})
    ]
    assert passing.commands[0].argv == ("make", "test")
    assert passing.commands[0].env["CALLBOARD_SESSION"] == "12"


async def test_tests_without_a_command_are_not_verified() -> None:
    end = await run(stage("tests"), ScriptedWork(answers=[said("all pass, trust me")]))

    assert end == StageEnd("inconclusive", "Not verified: the workspace has no test command.")


async def test_a_review_looks_at_the_change_with_fresh_eyes() -> None:
    work = ScriptedWork(answers=[said(CLEAN)], patch="+hostile {form} {title}")

    assert await run(stage("review"), work) == StageEnd("passed", "No blocking issues. Notes:\n- rename x")

    (turn,) = work.turns
    assert (turn.purpose, turn.fresh, turn.read_only) == ("review", True, True)
    assert "+hostile {form} {title}" in turn.prompt
    assert "Add a page" in turn.prompt


async def test_blocking_issues_are_told_and_leave_the_session_open() -> None:
    work = ScriptedWork(answers=[said(BLOCKING)])

    end = await run(stage("review"), work)

    assert end == StageEnd("failed", "2 blocking issues:\n- x.py:3 loses data\n- no check", leave_open=True)
    assert work.told == [("review:blocking", {"issues": 2, "summary": "- x.py:3 loses data\n- no check"})]


async def test_an_unreadable_review_is_asked_again_once() -> None:
    work = ScriptedWork(answers=[said("Looks fine!"), said(CLEAN)])

    assert (await run(stage("review"), work)).state == "passed"
    assert "Looks fine!" in work.turns[1].prompt
    assert (work.turns[1].fresh, work.turns[1].read_only) == (True, True)


async def test_a_review_that_stays_unreadable_is_inconclusive() -> None:
    work = ScriptedWork(answers=[said("Fine!"), said("Really fine!")])

    end = await run(stage("review"), work)

    assert end == StageEnd("inconclusive", "Inconclusive: the answer has no verdict that can be read.")
    assert work.told == []


async def test_a_review_that_fails_is_inconclusive_and_leaves_the_session_open() -> None:
    work = ScriptedWork(answers=[said("", Outcome.FAILED, "No credit.")])

    assert await run(stage("review"), work) == StageEnd(
        "inconclusive", "Inconclusive: the review failed. No credit.", leave_open=True
    )


async def test_what_a_reviewer_changed_is_put_back_and_said() -> None:
    work = ScriptedWork(answers=[said('{"blocking": [], "notes": []}')], meddle=[0])

    end = await run(stage("review"), work)

    assert end.detail == f"No blocking issues. {PUT_BACK}"
    assert work.tree == 0


async def test_a_reviewer_who_changed_files_and_was_asked_again_is_still_said_to_have_done_so() -> None:
    work = ScriptedWork(answers=[said("Fine!"), said('{"blocking": [], "notes": []}')], meddle=[0])

    assert (await run(stage("review"), work)).detail == f"No blocking issues. {PUT_BACK}"


async def test_nothing_that_changed_is_nothing_to_review() -> None:
    work = ScriptedWork(patch="")

    assert (await run(stage("review"), work)).state == "skipped"


async def test_outside_a_repository_the_files_are_reviewed() -> None:
    work = ScriptedWork(subject(base_sha=None), [said(CLEAN)], repository=False)

    assert (await run(stage("review"), work)).state == "passed"
    assert "look at the files" in work.turns[0].prompt


async def test_every_verify_command_must_pass_up_to_the_first_that_does_not() -> None:
    ours = subject(commands=Commands(verify=[["lint"], ["test", "-q"], ["build"]]))
    passing = ScriptedWork(ours, ends=[PASSED, PASSED, PASSED])
    failing = ScriptedWork(ours, ends=[PASSED, CommandEnd(None, "", "It took longer than an hour.")])

    assert (await run(stage("verification"), passing)).state == "passed"
    assert await run(stage("verification"), failing) == StageEnd(
        "failed", "test -q: It took longer than an hour.", leave_open=True
    )
    assert [ran.argv for ran in failing.commands] == [("lint",), ("test", "-q")]
    assert failing.told == [
        (
            "verification:failed",
            {"command": "test -q", "exitCode": None, "reason": "It took longer than an hour."},
        )
    ]


async def test_a_verification_that_a_person_stopped_has_not_failed() -> None:
    ours = subject(commands=Commands(verify=[["lint"]]))
    work = ScriptedWork(ours, ends=[CommandEnd(None, "", "Stopped by ann.", stopped=True)])

    assert await run(stage("verification"), work) == StageEnd("cancelled", "Stopped by ann.")
    assert work.told == []


@pytest.mark.parametrize(
    ("answer", "state", "leave_open", "told"),
    [
        (CLEAN, "passed", False, []),
        (BLOCKING, "failed", True, ["verification:failed"]),
        ("It is fine.", "inconclusive", False, []),
    ],
)
async def test_an_opinion_is_labelled_as_one(answer: str, state: str, leave_open: bool, told: list[str]) -> None:
    work = ScriptedWork(answers=[said(answer)])

    end = await run(stage("verification"), work)

    assert (end.state, end.leave_open) == (state, leave_open)
    assert end.detail.startswith("Agent opinion (the workspace has no verify command):")
    assert (work.turns[0].fresh, work.turns[0].read_only) == (True, True)
    assert "Add a page" in work.turns[0].prompt
    assert [event for event, _ in work.told] == told


@pytest.mark.parametrize("mode", ["architecture", "ux", "edge-cases", "docs", "review"])
async def test_what_is_meant_for_an_agent_is_never_run_as_a_script(mode: Mode) -> None:
    work = ScriptedWork(subject(script=True))

    assert (await run(stage(mode), work)).state == "skipped"
    assert work.turns == []


async def test_with_a_script_instead_of_an_agent_only_commands_decide() -> None:
    ours = subject(script=True, commands=Commands(test=["make", "test"]))
    work = ScriptedWork(ours, ends=[PASSED])

    assert await run(stage("tests"), work) == StageEnd("passed")
    assert (await run(stage("verification"), work)).state == "inconclusive"
    assert work.turns == []


async def test_a_script_is_run_as_it_was_written() -> None:
    work = ScriptedWork(subject(script=True), [said("ok")], answered={"architecture": "rm -rf /"})

    await run(main("architecture"), work)

    assert work.turns[0].prompt == "Add a page"
