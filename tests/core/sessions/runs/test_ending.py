"""Where a session goes when a run has ended, and from where it can go where."""

from typing import get_args

import pytest

from core.api.sessions import SessionState
from core.sessions.runs.ending import RunEnd, decide
from core.sessions.states import HELD, MOVES, OPEN, OVER
from core.sessions.turns import Outcome

SUCCEEDED = Outcome.SUCCEEDED


@pytest.mark.parametrize(
    ("end", "state", "detail"),
    [
        (RunEnd(SUCCEEDED), "waiting", ""),
        (RunEnd(SUCCEEDED, complete=True), "done", ""),
        (RunEnd(SUCCEEDED, complete=True, open_for="2 blocking issues"), "waiting", "2 blocking issues"),
        (RunEnd(SUCCEEDED, complete=True, only_if_unchanged=True, changed=False), "done", ""),
        (
            RunEnd(SUCCEEDED, complete=True, only_if_unchanged=True, changed=True),
            "waiting",
            "Files have changed: look at them.",
        ),
        (
            RunEnd(SUCCEEDED, complete=True, only_if_unchanged=True),
            "waiting",
            "It is not known whether files changed.",
        ),
        (RunEnd(Outcome.FAILED, "exit 2", complete=True), "failed", "exit 2"),
        (RunEnd(Outcome.TIMED_OUT, "too long"), "failed", "too long"),
        (RunEnd(Outcome.CANCELLED, "stopped"), "cancelled", "stopped"),
        (RunEnd(Outcome.INTERRUPTED, "killed", complete=True), "waiting", "killed"),
    ],
)
def test_where_a_session_goes_at_the_end_of_a_run(end: RunEnd, state: SessionState, detail: str) -> None:
    assert decide(end) == (state, detail)
    assert state in MOVES["running"]


def test_every_state_has_its_moves() -> None:
    states = set(get_args(SessionState))
    assert set(MOVES) == states
    assert set().union(*MOVES.values()) == states


def test_what_is_over_is_what_can_be_queued_again() -> None:
    assert {state for state, onward in MOVES.items() if "queued" in onward} == set(OVER)
    assert {state for state, onward in MOVES.items() if "done" in onward} - set(HELD) == set(OPEN)
