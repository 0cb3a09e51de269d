"""What the sample automations did in two weeks: every outcome that there is, with the session of each run.

Runs are counted from the newest: which of them did not succeed is the same whenever the demo is opened."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from core.api.approvals import ApprovalState
from core.api.automations import Trigger
from core.api.sessions import SessionState, StageState
from core.automations.schedules import following
from core.clock import DAY, HOUR, MINUTE, SECOND, to_datetime
from core.demo import automations as sample
from core.demo.parts import YOU, Part, SampleApproval, SampleAutomation, SampleExecution, SampleSession, Used
from core.demo.talks import HUNTING, ITERATION
from core.sessions.placeholders import fill
from storage.ids import Instant

Ending = Literal["succeeded", "failed", "cancelled", "interrupted"]
"""How a run ended."""

WEEKS = 14 * DAY

_LATELY = 3 * MINUTE  # what ran then might still run
_TRIAGE_OFF = 2 * DAY
_TRIAGE_RUNS = 14
_ITERATIONS = 12
_PAUSE = 20 * SECOND
_CALLS = (95, 430, 1_150, 1_153, 2_900, 4_410, 7_300, 10_060, 13_800, 18_220)  # minutes ago
_PRESSED = ((26 * 60, "ann"), (5 * 1_440, YOU), (12 * 1_440 + 30, "ann"))
_STATES: Mapping[Ending, SessionState] = {
    "succeeded": "done",
    "failed": "failed",
    "cancelled": "cancelled",
    "interrupted": "waiting",
}
_PARTS: Mapping[Ending, StageState] = {
    "succeeded": "passed",
    "failed": "failed",
    "cancelled": "cancelled",
    "interrupted": "interrupted",
}
_WHY: Mapping[str, str] = {
    "failed": "It ended with exit code 1.",
    "interrupted": "The server was killed while it ran.",
    "cancelled": "It was stopped.",
}
_NO_ACCESS = "It ended with exit code 22.\nThe tracker answered 401: its token has expired."
_MISSED_TWO = "2 runs were missed: the server was not running."


def history(end: Instant, live: SampleSession) -> list[SampleExecution]:
    """All that ran and did not run up to `end`, in no order, and the run of the loop that goes on."""
    told: dict[str, Callable[[SampleAutomation, Instant], Iterator[SampleExecution]]] = {
        sample.AUDIT: _audits,
        sample.RELEASE: _releases,
        sample.TRIAGE: _triages,
        sample.PAYOUTS: _payouts,
        sample.UPDATES: _updates,
        sample.SMOKE: _calls,
        sample.NOTES: _notes,
        HUNTING: _hunts,
    }
    done = [each for one in sample.AUTOMATIONS if one.name in told for each in told[one.name](one, end)]
    at = Instant(end - live.ago)
    return [*done, SampleExecution(HUNTING, "loop", at, None, session=live, iteration=ITERATION)]


def _audits(one: SampleAutomation, end: Instant) -> Iterator[SampleExecution]:
    for age, at in enumerate(_occurrences(one, end)):
        match age:
            case 2:
                yield _run(
                    one,
                    end,
                    at,
                    age,
                    "failed",
                    reason="It ended with exit code 1.\npage basket: no answer in 30 s",
                )
            case 5:
                yield _run(one, end, at, age, "succeeded", trigger="catch-up", missed=3, late=6 * HOUR)
            case 6 | 7:
                pass  # it stands for these too
            case 10:
                yield _run(one, end, at, age, "interrupted")
            case _:
                yield _run(one, end, at, age, "succeeded")


def _releases(one: SampleAutomation, end: Instant) -> Iterator[SampleExecution]:
    built = (
        Part(output="The image is built.\n", minutes=9),
        Part(output="GET / 200\nGET /basket 200\n", minutes=3),
    )
    agreed = Part(detail="Approved.", minutes=22)
    deployed = Part(output="zone a: live\nzone b: live\nzone c: live\n", minutes=4)
    for age, at in enumerate(_occurrences(one, end)):
        if age == 0:
            run = _run(one, end, at, age, "succeeded", parts=(*built, agreed, deployed, Part(minutes=0)))
            yield _releasing(run, "4.18.2", "allowed")
        else:
            taken_back = Part("cancelled", detail="The question was taken back.", minutes=22)
            parts = (*built, taken_back, Part("pending"), Part("pending"))
            yield _releasing(_run(one, end, at, age, "cancelled", parts=parts), "4.18.0", "cancelled")


def _hunts(one: SampleAutomation, end: Instant) -> Iterator[SampleExecution]:
    lasts = round(one.lasts * MINUTE)
    for age in range(_ITERATIONS):
        at = Instant(end - MINUTE - (age + 1) * (lasts + _PAUSE))
        outcome: Ending = "failed" if age == 4 else "succeeded"
        yield _run(one, end, at, age, outcome, trigger="loop", iteration=ITERATION - 1 - age)


def _triages(one: SampleAutomation, end: Instant) -> Iterator[SampleExecution]:
    seen = _occurrences(one, Instant(end - _TRIAGE_OFF))[:_TRIAGE_RUNS]
    for age, at in enumerate(seen):
        if age < 3:
            part = Part("failed", "", _NO_ACCESS, 0.1, _NO_ACCESS.splitlines()[1] + "\n", exit_code=22)
            yield _run(one, end, at, age, "failed", reason=_NO_ACCESS, parts=(part,))
        elif age == 7:
            yield from _skipped(one, end, at, seen[age + 1])
        elif age != 8:
            yield _run(one, end, at, age, "succeeded")


def _payouts(one: SampleAutomation, end: Instant) -> Iterator[SampleExecution]:
    seen = _occurrences(one, end)
    for age, at in enumerate(seen):
        match age:
            case 3 if age + 1 < len(seen):
                yield from _skipped(one, end, at, seen[age + 1])
            case 4:
                pass
            case 9:
                yield SampleExecution(one.name, "schedule", at, "missed", _MISSED_TWO, missed=2)
            case 10:
                pass
            case 13:
                yield _run(
                    one, end, at, age, "failed", reason="It ended with exit code 1.\nbooking 88,114 is in no list"
                )
            case _:
                yield _run(one, end, at, age, "succeeded")


def _updates(one: SampleAutomation, end: Instant) -> Iterator[SampleExecution]:
    for age, at in enumerate(_occurrences(one, end)):
        yield _run(one, end, at, age, "succeeded")


def _calls(one: SampleAutomation, end: Instant) -> Iterator[SampleExecution]:
    times = [Instant(end - minutes * MINUTE) for minutes in _CALLS]
    for age, at in enumerate(times):
        if age == 2:
            yield from _skipped(one, end, at, times[age + 1], trigger="webhook")
        elif age != 3:
            yield _run(one, end, at, age, "succeeded", trigger="webhook")


def _notes(one: SampleAutomation, end: Instant) -> Iterator[SampleExecution]:
    for age, (minutes, actor) in enumerate(_PRESSED):
        run = _run(one, end, Instant(end - minutes * MINUTE), age, "succeeded", trigger="run-now")
        yield replace(run, actor=actor)


def _occurrences(one: SampleAutomation, end: Instant) -> list[Instant]:
    """When it was due in these weeks, the newest first."""
    found: list[Instant] = []
    at: Instant | None = Instant(end - WEEKS)
    while at is not None and at < end:
        at = following(one.cron or "", one.zone or "UTC", at)
        if at is not None and at < end - _LATELY - round(one.lasts * MINUTE):
            found.append(at)
    return found[::-1]


def _skipped(
    one: SampleAutomation, end: Instant, at: Instant, before: Instant, trigger: Trigger = "schedule"
) -> Iterator[SampleExecution]:
    """One that was skipped, and the run in its way, which took longer than usual."""
    long = replace(one, lasts=1.2 * (at - before) / MINUTE + 9)
    run = _run(long, end, before, 1, "succeeded", trigger=trigger)
    yield run
    yield SampleExecution(one.name, trigger, at, "skipped", session=run.session)


def _run(
    one: SampleAutomation,
    end: Instant,
    at: Instant,
    age: int,
    outcome: Ending,
    *,
    trigger: Trigger = "schedule",
    reason: str = "",
    parts: tuple[Part, ...] = (),
    missed: int = 0,
    iteration: int | None = None,
    late: int = 0,
) -> SampleExecution:
    """One run and its session."""
    why = reason or _WHY.get(outcome, "")
    session = _session(one, end, Instant(at + late), age, outcome, why, parts, iteration)
    return SampleExecution(
        one.name, trigger, at, outcome, why, session, missed=missed, iteration=iteration, late=late
    )


def _session(
    one: SampleAutomation,
    end: Instant,
    at: Instant,
    age: int,
    outcome: Ending,
    why: str,
    parts: tuple[Part, ...],
    iteration: int | None,
) -> SampleSession:
    known = {"date": f"{to_datetime(at):%Y-%m-%d}", "iteration": iteration, **one.parameters}
    bot = next((each for each in sample.BOTS if each[1] == one.bot), None)
    provider, model = (bot[2], bot[3]) if bot is not None else (one.provider or "", None)
    waits = provider != "shell" and age == 0 and outcome == "succeeded"
    return SampleSession(
        workspace=one.workspace,
        title=one.name,
        owner=one.creator,
        ago=end - at,
        state="waiting" if waits else _STATES[outcome],
        prompt=None if one.prompt is None else fill(one.prompt, known).text,
        kind=one.kind,
        provider=provider,
        model=model,
        outcome=outcome,
        detail=why,
        parts=parts or (_part(one, age, outcome, why),),
        bot=one.bot,
        workflow=one.workflow,
        parameters=one.parameters,
        auto_complete=one.auto_complete,
        automation=one.name,
    )


def _part(one: SampleAutomation, age: int, outcome: Ending, why: str) -> Part:
    printed = one.printed[age % len(one.printed)]
    used = None if one.provider == "shell" else Used(18_400 + 2_150 * age, (9_120 + 310 * age, 402 + 11 * age))
    minutes = one.lasts - (age * 7 % 5) * one.lasts / 20
    if outcome == "succeeded":
        return Part(text=printed.strip(), minutes=minutes, output=printed, used=used)
    return Part(
        _PARTS[outcome], "", why, minutes / 2, why + "\n", used, exit_code=1 if outcome == "failed" else None
    )


def _releasing(run: SampleExecution, version: str, answered: ApprovalState) -> SampleExecution:
    """The run, whose session asked whether to deploy this version."""
    if run.session is None:
        return run
    asked = SampleApproval(
        f"Deploy {version} to production",
        f"The image is built and the smoke test has passed. Deploy storefront {version} to production?",
        answered,
        run.session.owner,
    )
    return replace(run, session=replace(run.session, parameters={"version": version}, questions=(asked,)))
