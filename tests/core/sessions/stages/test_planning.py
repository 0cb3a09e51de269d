import pytest

from core.api.sessions import Mode, SessionKind, StageState
from core.sessions.stages.definition import ApprovalStep, CompleteStep, Definition, PlanStep, PromptStep
from core.sessions.stages.planning import MOST_ATTEMPTS, next_after, plan, plan_command, resume_at
from core.sessions.stages.spec import Spec, decode
from core.sessions.stages.work import StageEnd

ALL: tuple[Mode, ...] = ("verification", "review", "docs", "tests", "edge-cases", "ux", "architecture")
RELEASE = Definition(
    name="release",
    version="1",
    description="Cut a release",
    params={},
    steps=[
        PlanStep(id="plan", prompt="Plan {{version}}"),
        PromptStep(id="bump", prompt="Bump to {{version}}", title="Bump {{version}}"),
        ApprovalStep(id="ok", message="Go?", on_reject="retry:bump"),
        CompleteStep(id="end"),
    ],
)


def test_the_phases_stand_around_the_prompt_in_their_order() -> None:
    stages = plan("develop", ALL, "Add a page", None, {})

    assert [(stage.name, stage.kind) for stage in stages] == [
        ("architecture", "phase"),
        ("main", "prompt"),
        ("ux", "phase"),
        ("edge-cases", "phase"),
        ("tests", "phase"),
        ("docs", "phase"),
        ("review", "phase"),
        ("verification", "phase"),
    ]
    assert decode(stages[0].spec) == Spec(prompt="Add a page")
    assert decode(stages[1].spec) == Spec(prompt="Add a page", designed=True)


@pytest.mark.parametrize("kind", ["chat", "bot", "develop"])
def test_without_modes_there_is_only_the_prompt(kind: SessionKind) -> None:
    (stage,) = plan(kind, (), "Hello {{x}}", None, {"x": "y"})

    assert (stage.name, stage.kind, decode(stage.spec)) == ("main", "prompt", Spec(prompt="Hello {{x}}"))


def test_the_steps_of_a_workflow_come_before_the_phases() -> None:
    stages = plan("develop", ("review", "architecture"), None, RELEASE, {"version": "1.2"})

    assert [(stage.name, stage.kind, stage.title) for stage in stages] == [
        ("architecture", "phase", "Code Architecture"),
        ("plan", "plan", "plan"),
        ("bump", "prompt", "Bump 1.2"),
        ("ok", "approval", "ok"),
        ("end", "complete", "end"),
        ("review", "phase", "Code Review"),
    ]
    assert decode(stages[0].spec).prompt == "Cut a release\n\nBump to 1.2"
    assert [decode(stage.spec).designed for stage in stages] == [False, True, False, False, False, False]
    assert decode(stages[2].spec) == Spec(workflow="release", step=RELEASE.steps[1])


def test_a_command_keeps_its_arguments_as_they_were_typed() -> None:
    assert decode(plan_command(["echo", "{{date}}", "a b"]).spec) == Spec(argv=["echo", "{{date}}", "a b"])


@pytest.mark.parametrize(
    ("end", "following"),
    [
        (StageEnd("passed"), 4),
        (StageEnd("inconclusive"), 4),
        (StageEnd("skipped"), 4),
        (StageEnd("failed", leave_open=True), 4),
        (StageEnd("failed"), None),
        (StageEnd("cancelled"), None),
        (StageEnd("interrupted"), None),
        (StageEnd("failed", back_to="bump"), 2),
        (StageEnd("failed", back_to="nowhere"), None),
        (StageEnd("failed", back_to="end"), None),
    ],
)
def test_what_follows_depends_on_how_a_stage_ended(end: StageEnd, following: int | None) -> None:
    stages = plan("develop", (), None, RELEASE, {})

    assert next_after(stages, 3, end, 1) == following


def test_the_last_stage_is_followed_by_none() -> None:
    assert next_after(plan("chat", (), "x", None, {}), 1, StageEnd("passed"), 1) is None


def test_what_is_refused_again_and_again_is_left_to_a_person() -> None:
    stages, refused = plan("develop", (), None, RELEASE, {}), StageEnd("failed", back_to="bump")

    assert next_after(stages, 3, refused, MOST_ATTEMPTS - 1) == 2
    assert next_after(stages, 3, refused, MOST_ATTEMPTS) is None


@pytest.mark.parametrize(
    ("states", "again", "skipping"),
    [
        (["passed", "interrupted", "pending"], 2, 3),
        (["passed", "skipped", "failed"], 3, None),
        (["inconclusive", "cancelled", "pending"], 2, 3),
        (["passed", "pending"], 2, None),
        (["passed", "passed"], None, None),
    ],
)
def test_a_session_goes_on_at_the_first_stage_that_it_did_not_get_past(
    states: list[StageState], again: int | None, skipping: int | None
) -> None:
    assert resume_at(states, skip=False) == again
    assert resume_at(states, skip=True) == skipping
