"""What a quality gate makes of the tickets before it, case by case."""

import pytest

from core.api.tickets import GateState, TicketState
from core.planning.gates import Gate, judge
from storage.tickets import CountedTicket


def a_ticket(id: str, state: TicketState = "completed", score: float | None = None) -> CountedTicket:
    return CountedTicket(id, f"title {id}", state, score)


A, B = a_ticket("a"), a_ticket("b")
BOTH = ("a", "b")
WANTS_THREE = Gate("g", BOTH, min_score=3)
LENIENT = Gate("g", BOTH, require_all=False)
CASES: dict[str, tuple[Gate, list[CountedTicket], GateState]] = {
    "all are completed": (Gate("g", BOTH), [A, B], "passed"),
    "named by title": (Gate("g", ("title a",)), [A], "passed"),
    "an id goes before a title": (Gate("g", ("a",)), [A, CountedTicket("x", "a", "pending", None)], "passed"),
    "all of one title": (Gate("g", ("t",)), [CountedTicket(i, "t", "pending", None) for i in "ab"], "waiting"),
    "one is under way": (Gate("g", BOTH), [A, a_ticket("b", "qa-approval")], "waiting"),
    "one has a merge conflict": (Gate("g", BOTH), [A, a_ticket("b", "merge-conflict")], "waiting"),
    "one is not there yet": (Gate("g", BOTH), [A], "waiting"),
    "one failed while another goes on": (
        Gate("g", BOTH),
        [a_ticket("a", "failed"), a_ticket("b", "pending")],
        "waiting",
    ),
    "one failed": (Gate("g", BOTH), [A, a_ticket("b", "failed")], "failed"),
    "one was cancelled": (Gate("g", BOTH), [A, a_ticket("b", "cancelled")], "failed"),
    "one failed, which may be": (LENIENT, [A, a_ticket("b", "failed")], "passed"),
    "the mean is enough": (WANTS_THREE, [a_ticket("a", score=2), a_ticket("b", score=4)], "passed"),
    "the mean is exactly enough in decimals": (
        Gate("g", ("a", "b", "c"), min_score=3.3),
        [a_ticket("a", score=3.2), a_ticket("b", score=3.3), a_ticket("c", score=3.4)],
        "passed",
    ),
    "the mean is too low": (WANTS_THREE, [a_ticket("a", score=2), a_ticket("b", score=3.9)], "failed"),
    "only one has a score": (WANTS_THREE, [A, a_ticket("b", score=3)], "passed"),
    "none has a score": (WANTS_THREE, [A, B], "failed"),
    "others do not matter": (Gate("g", ("a",)), [A, a_ticket("z", "failed", 1)], "passed"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_gate_is_decided_by_the_tickets_before_it(case: str) -> None:
    gate, tickets, state = CASES[case]

    verdict = judge(gate, tickets)

    assert verdict.state == state
    assert bool(verdict.reason) == (state != "passed")


def test_what_did_not_pass_says_why() -> None:
    failed = judge(Gate("g", BOTH), [a_ticket("a", "failed"), a_ticket("b", "cancelled")])
    low = judge(WANTS_THREE, [a_ticket("a", score=1), a_ticket("b", score=2.5)])

    assert failed.reason == "title a failed, and 1 more."
    assert low.reason == "The mean score is 1.75, and must be 3 at least."
