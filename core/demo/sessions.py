"""The work on the sample tickets: one session for each, and how it came out."""

from typing import Literal

from core.api.sessions import Mode, RunOutcome, SessionState
from core.clock import DAY, HOUR, MINUTE
from core.demo import words
from core.demo.cast import TICKETS, WORKSPACES
from core.demo.parts import YOU, Part, SampleApproval, SampleSession, Used
from core.demo.printed import FAILING, SHORT, agent_run, suite

Course = Literal["done", "waiting", "blocked", "unverified", "failed", "cancelled", "interrupted"]
"""How the work on a ticket went."""

_AGENTS: dict[str, tuple[str, str | None]] = {
    "claude": ("claude", "sonnet"),
    "codex": ("codex", "gpt-5.2-codex"),
    "aider": ("aider", None),
}
_STANDS: dict[Course, tuple[SessionState, RunOutcome]] = {
    "done": ("done", "succeeded"),
    "waiting": ("waiting", "succeeded"),
    "blocked": ("waiting", "succeeded"),
    "unverified": ("waiting", "succeeded"),
    "failed": ("failed", "failed"),
    "cancelled": ("cancelled", "cancelled"),
    "interrupted": ("waiting", "interrupted"),
}
_MODES: tuple[Mode, ...] = ("review", "verification")
_KILLED = "The server was killed while it ran."
_STOPPED = "It was stopped."
_UNDONE = Part("pending")
_APPROVED = "No blocking issues. Notes:\n- the name of the second test says less than it could"
_CHECKED = Part(detail="The command passed.", minutes=0.7, output=SHORT)
_ALL_CHECKED = Part(detail="The command passed.", minutes=0.7, output=suite())


def _work(number: int, workspace: str, agent: str) -> Part:
    """What an agent did that came to its end. What aider costs nobody reports."""
    text = words.SUMMARIES[(number + 1) % len(words.SUMMARIES)]
    known = agent != "aider"
    cost = 184_300 + 96_450 * (number % 9) if known else None
    used = Used(cost, (61_300 + 8_917 * number, 3_120 + 401 * number))
    output = agent_run(text, words.CONFLICTS[list(WORKSPACES).index(workspace)])
    return Part(text=text, minutes=6 + number % 11, output=output, used=used)


def _reviewed(number: int, said: str, *, blocks: bool) -> Part:
    used = Used(48_200 + 3_100 * number, (38_112, 1_204 + number))
    return Part("failed" if blocks else "passed", said, said, 2.4, used=used)


def _unfinished(course: Course, number: int) -> Part:
    """What an agent did that came to no end."""
    output = "I begin with the places that the ticket names.\n\n● Read src/checkout/coupon.py\n"
    match course:
        case "failed":
            why = words.FAILURES[number % len(words.FAILURES)]
            used = Used(1_204_000, (402_117, 21_084))
            return Part("failed", "", why, 21, output + why + "\n", used, exit_code=1)
        case "cancelled":
            return Part("cancelled", "", _STOPPED, 3, output, Used(91_000, (22_408, 911)), exit_code=None)
        case _:
            return Part("interrupted", "", _KILLED, 8, output, exit_code=None)


def _parts(course: Course, number: int, workspace: str, agent: str) -> tuple[Part, ...]:
    if course in ("failed", "cancelled", "interrupted"):
        return (_unfinished(course, number), _UNDONE, _UNDONE)
    work = _work(number, workspace, agent)
    if course == "blocked":
        issues = words.REVIEWS[number % len(words.REVIEWS)].splitlines()
        count = "1 blocking issue" if len(issues) == 1 else f"{len(issues)} blocking issues"
        said = "\n".join([f"{count}:", *(f"- {issue}" for issue in issues)])
        return (work, _reviewed(number, said, blocks=True), _ALL_CHECKED)
    reviewed = _reviewed(number, _APPROVED, blocks=False)
    if course == "unverified":
        why = f"`make test` ended with 1.\n1 failed, 959 passed in 38.20s\n{FAILING}"
        return (work, reviewed, Part("failed", "", why, 0.7, suite(FAILING), exit_code=1))
    return (work, reviewed, _CHECKED)


def _ticket(
    id: str,
    owner: str,
    ago: int,
    course: Course,
    agent: str = "claude",
    *,
    questions: tuple[SampleApproval, ...] = (),
) -> SampleSession:
    number = next(number for number, each in enumerate(TICKETS) if each.id == id)
    ticket = TICKETS[number]
    state, outcome = _STANDS[course]
    provider, model = _AGENTS[agent]
    parts = _parts(course, number, ticket.workspace, agent)
    return SampleSession(
        workspace=ticket.workspace,
        title=ticket.title,
        owner=owner,
        ago=ago,
        state=state,
        prompt=f"{id}: {ticket.title}.\n\nFind the cause, mend it, and add the test that would have caught it.",
        provider=provider,
        model=model,
        outcome=outcome,
        detail="" if state == "done" else next((each.detail for each in parts if each.state != "passed"), ""),
        parts=parts,
        modes=_MODES,
        ticket=id,
        branch=f"callboard/{id.lower()}",
        questions=questions,
    )


def _asked(number: int, state: Literal["allowed", "refused", "expired"], of: str) -> SampleApproval:
    title, detail = words.APPROVALS[number]
    return SampleApproval(title, detail, state, of)


WORK: tuple[SampleSession, ...] = (
    _ticket("SF-118", YOU, 7 * HOUR, "blocked", questions=(_asked(1, "allowed", YOU),)),
    _ticket("SF-121", "ann", 13 * DAY, "done", "codex", questions=(_asked(2, "refused", "ann"),)),
    _ticket("SF-124", "chau", 26 * HOUR, "waiting"),
    _ticket("SF-127", YOU, 4 * DAY + 2 * HOUR, "done", questions=(_asked(2, "refused", YOU),)),
    _ticket("SF-131", "somchai", 2 * DAY + HOUR, "cancelled", "codex"),
    _ticket("SF-133", YOU, 50 * HOUR, "waiting", "aider", questions=(_asked(1, "allowed", YOU),)),
    _ticket("SF-136", "somchai", 9 * DAY, "done", "codex", questions=(_asked(1, "allowed", "somchai"),)),
    _ticket("SF-140", "ben", 6 * DAY + 5 * HOUR, "failed"),
    _ticket("BIL-42", "mei", 11 * DAY, "done"),
    _ticket("BIL-45", YOU, 5 * HOUR + 20 * MINUTE, "unverified", "codex"),
    _ticket("BIL-47", "chau", 30 * HOUR, "done"),
    _ticket("BIL-51", YOU, 9 * HOUR, "failed", questions=(_asked(4, "expired", YOU),)),
    _ticket("BIL-53", "mei", 3 * DAY, "waiting", questions=(_asked(3, "allowed", "mei"),)),
    _ticket("BIL-58", YOU, 8 * DAY, "done", "aider", questions=(_asked(3, "refused", YOU),)),
    _ticket("OPS-77", YOU, 28 * HOUR, "interrupted"),
    _ticket("OPS-80", "dmitri", 5 * DAY, "done", "codex"),
    _ticket("OPS-83", "dmitri", 12 * DAY, "done", questions=(_asked(0, "allowed", "dmitri"),)),
    _ticket("OPS-86", "ben", 130 * MINUTE, "blocked", "codex", questions=(_asked(2, "allowed", "ben"),)),
    _ticket("OPS-91", YOU, 3 * HOUR + 30 * MINUTE, "done", questions=(_asked(0, "allowed", YOU),)),
)
